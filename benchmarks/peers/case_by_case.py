"""Files for tools that judge one case, or a few, at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, TypeAlias

import orjson

Case: TypeAlias = dict[str, Any]
Answer: TypeAlias = tuple[Sequence[str], str]
Judge: TypeAlias = Callable[[Path, Path], None]

_AT_ONCE = 1_000


def by_case(judge: Callable[[Case], Answer], key: str = "id") -> Judge:
    """What judges a file, from what judges a case."""
    return by_batch(lambda cases: map(judge, cases), key)


def by_batch(judge: Callable[[list[Case]], Iterable[Answer]], key: str = "id") -> Judge:
    """What judges a file, from what judges a list of cases."""
    return partial(_judge, judge, key)


def _judge(judge: Callable[[list[Case]], Iterable[Answer]], key: str, source: Path, output: Path) -> None:
    with source.open("rb") as lines, output.open("wb") as results:
        for cases in _batches(lines):
            results.writelines(
                orjson.dumps({"case": case[key], "verdict": verdict, "violated": violated}) + b"\n"
                for case, (violated, verdict) in zip(cases, judge(cases), strict=True)
            )


def _batches(lines: Iterator[bytes]) -> Iterator[list[Case]]:
    while cases := [orjson.loads(line) for line in islice(lines, _AT_ONCE)]:
        yield cases
