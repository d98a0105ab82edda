"""The report of a batch: counts, duration, notices and diagnostics."""

from __future__ import annotations

from dataclasses import dataclass, field

from rulewright.batch.rejected import Rejected
from rulewright.batch.tally import Tally
from rulewright.diagnostics import Diagnostic
from rulewright.model.rulebook import View
from rulewright.model.run import Run, RunInput

#: The maximum number of distinct situations to count: more take memory, and "more than a million" is enough to know.
MAXIMUM_COUNTED = 1_000_000


@dataclass(slots=True)
class BatchReport:
    """The result of a batch: counts, seconds, the number of distinct situations, notices and mistakes.

    `rejected` has the rejected cases unless a file has them; `view` is the requested view. `inputs` are hashed on
    request; `run` is the identity of the run; `programs` has the name, edition and digest of each rulebook used.
    """

    tally: Tally
    seconds: float = 0.0
    situations: int = 0
    notices: list[str] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    is_whole: bool = True
    programs: list[tuple[str, str, str]] = field(default_factory=list)
    view: View | None = None
    inputs: list[RunInput] = field(default_factory=list)
    run: Run | None = None
