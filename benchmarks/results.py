"""What was measured, as it is kept in JSON and made into a page."""

from __future__ import annotations

import json
from pathlib import Path
from statistics import median
from typing import Any, TypedDict, cast


class Run(TypedDict):
    """One run: seconds from file to file and of setting up, those of the whole process and of all cores, and bytes."""

    seconds: float
    set_up: float
    wall: float
    cpu: float
    peak: int


class Missing(TypedDict):
    """What a tool made of a case without a field."""

    field: str
    outcome: str


class Tool(TypedDict):
    """What judges a workload, on so many cases, with its runs in the order of the repetitions."""

    name: str
    title: str
    workload: str
    version: str
    cases: int
    chains: bool
    explains: str
    missing: list[Missing]
    runs: list[Run]


class Ratio(TypedDict):
    """How many times as fast as another a tool is, repetition by repetition, and how fast it should be at least."""

    title: str
    workload: str
    at_least: float
    ratios: list[float]


class About(TypedDict):
    """When, where and how something was measured; `load` is how busy the machine was at the start."""

    date: str
    machine: str
    python: str
    engine: str
    load: float
    command: str


class Comparison(TypedDict):
    """The tools side by side; `checked` cases of each run were compared with what plain Python says of them."""

    about: About
    tools: list[Tool]
    ratios: list[Ratio]
    checked: int


class Point(TypedDict):
    """So many cases in one run."""

    cases: int
    run: Run


class Scaling(TypedDict):
    """How time and memory grow; `straight` is how well a straight line describes the seconds (1: exactly)."""

    about: About
    points: list[Point]
    seconds_a_million: float
    straight: float


class Situations(TypedDict):
    """Cases of which each is a situation of its own."""

    about: About
    tools: list[Tool]
    ratios: list[Ratio]
    situations: int


class Filing(TypedDict):
    """The flagship rulebook on clean and dirty rows; `checked` cases were compared with what plain Python says."""

    about: About
    tools: list[Tool]
    ratios: list[Ratio]
    checked: int


class Single(TypedDict):
    """Single cases: `tools` evaluate many cases one by one, `commands` are processes that evaluate one case."""

    about: About
    tools: list[Tool]
    commands: list[Tool]
    ratios: list[Ratio]
    checked: int


def speed(tool: Tool) -> float:
    """Cases a second, of the median run."""
    return tool["cases"] / median(run["seconds"] for run in tool["runs"])


def keep(result: Comparison | Scaling | Situations | Filing | Single, path: Path) -> None:
    """Write a result."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def kept(path: Path) -> Any:
    """A result that was written, if it was."""
    return cast(Any, json.loads(path.read_text(encoding="utf-8"))) if path.exists() else None
