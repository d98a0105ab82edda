"""What all benchmarks share: options, the folder of their files, what is told of the circumstances."""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timezone
from pathlib import Path

from benchmarks.contenders import Contender
from benchmarks.measure import machine, measure, version_of
from benchmarks.results import About, Tool
from benchmarks.workload import Workload

DOCS = Path(__file__).parent.parent / "docs"


def options(module: str, description: str | None) -> argparse.ArgumentParser:
    """The options that all have."""
    parser = argparse.ArgumentParser(prog=f"python -m {module}", description=description)
    parser.add_argument("--seed", type=int, default=7, help="of the workload")
    parser.add_argument("--folder", type=Path, help="where the files are while it runs; the system's own if left out")
    parser.add_argument("--docs", type=Path, default=DOCS, help="where the page and its figures go")
    return parser


def files(folder: Path | None) -> AbstractContextManager[str]:
    """A folder for files, which is removed."""
    return tempfile.TemporaryDirectory(prefix="rulewright-bench-", dir=folder)


def generate(workload: Workload, cases: int, seed: int, path: Path) -> None:
    """Make a file of cases, in a process of its own."""
    say(f"making {cases:,} {workload.name} cases")
    command = [sys.executable, "-m", "benchmarks.workload", workload.name]
    measure([*command, "--cases", str(cases), "--seed", str(seed), "-o", str(path)])


def about() -> About:
    """The circumstances of what is measured now."""
    return About(
        date=datetime.now(timezone.utc).date().isoformat(),
        machine=machine(),
        python=platform.python_version(),
        engine=version_of("rulewright"),
        load=os.getloadavg()[0],
        command=f"python -m {_module()} {' '.join(_told(sys.argv[1:]))}".strip(),
    )


def _module() -> str:
    spec = sys.modules["__main__"].__spec__
    return "benchmarks" if spec is None else spec.name.removesuffix(".__main__")


def _told(arguments: Sequence[str]) -> list[str]:
    """The arguments without those that say where files are."""
    told = list(arguments)
    for option in ("--docs", "--folder"):
        if option in told:
            place = told.index(option)
            del told[place : place + 2]
    return told


def repeat(
    contenders: Sequence[Contender], sources: dict[Contender, Path], folder: Path, times: int
) -> tuple[list[Tool], int]:
    """Run all, so many times, one after the other, each time another one first; how many cases were compared, too."""
    tools = [contender.tool() for contender in contenders]
    checked = 0
    for repetition in range(times):
        for step in range(len(contenders)):
            place = (step + repetition) % len(contenders)
            contender = contenders[place]
            run, compared = contender.run(sources[contender], folder)
            tools[place]["runs"].append(run)
            checked += compared
            rate = contender.cases / run["seconds"]
            say(f"{repetition + 1}/{times} {contender.name} ({contender.workload.name}): {rate:,.0f} cases a second")
    return tools, checked


def say(text: str) -> None:
    """Tell how far it is."""
    print(text, file=sys.stderr, flush=True)
