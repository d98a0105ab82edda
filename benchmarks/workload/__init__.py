"""Cases without end, the same for the same seed, and what each of them comes to by rules written in plain Python."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias

from benchmarks.workload import filing, flat, nested, own_situations

#: A case as its line of JSON has it.
Case: TypeAlias = dict[str, Any]
#: The violated rules in the order of the rulebook, and the verdict: ready, at risk or not ready.
Answer: TypeAlias = tuple[list[str], str]


@dataclass(frozen=True, slots=True)
class Workload:
    """What is judged: the cases of a block by seed and number, the key that names a case, its rules.

    `arguments` tell `rulewright check` how to read the cases. `spoil` puts dirt into the line at an index, and
    `is_rejected` returns true where a line with dirt is no valid case.
    """

    name: str
    block: Callable[[int, int], Iterator[Case]]
    decide: Callable[[Case], Answer]
    key: str
    rules: tuple[str, ...]
    rulebook: Path
    arguments: tuple[str, ...] = ()
    spoil: Callable[[int, bytes], bytes] | None = None
    is_rejected: Callable[[int], bool] | None = None


_HERE = Path(__file__).parent
_ROWS = ("--kind", "instance", "--ref", "id")

FLAT = Workload("flat", flat.block, flat.decide, "id", flat.RULES, _HERE / "hosting-check", _ROWS)
NESTED = Workload("nested", nested.block, nested.decide, "case", nested.RULES, _HERE / "site-filing")
OWN_SITUATIONS = Workload(
    "own-situations",
    own_situations.block,
    own_situations.decide,
    "id",
    own_situations.RULES,
    _HERE / "own-situations",
    ("--kind", "server", "--ref", "id"),
)
FILING = Workload(
    "filing",
    filing.block,
    filing.decide,
    "ref",
    filing.RULES,
    _HERE.parent.parent / "rulebook" / "alibaba-cloud-icp-filing",
    ("--kind", "instance"),
)
DIRTY_FILING = replace(FILING, name="filing-dirty", spoil=filing.spoil, is_rejected=filing.is_rejected)
WORKLOADS = {workload.name: workload for workload in (FLAT, NESTED, OWN_SITUATIONS, FILING, DIRTY_FILING)}
