"""What is measured: Rulewright by its command, and the peers, each run a process of its own."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from benchmarks.equality import compare
from benchmarks.measure import FailedError, Process, measure, version_of
from benchmarks.peers import Peer
from benchmarks.results import Ratio, Run, Tool
from benchmarks.workload import Workload

#: The exit status of `rulewright check` where all is ready, where something is not, and where lines were rejected.
_JUDGED = (0, 1, 3)
_AS_OF = "2026-01-01"


@dataclass(frozen=True, slots=True)
class Contender:
    """What judges a workload, by the detail of Rulewright's command or by a peer."""

    workload: Workload
    judge: str | Peer
    cases: int

    @property
    def name(self) -> str:
        """What it is called in options."""
        return f"rulewright-{self.judge}" if isinstance(self.judge, str) else self.judge.module

    def tool(self) -> Tool:
        """What is told of it, without any run."""
        peer = self.judge
        if isinstance(peer, str):
            told = (f"Rulewright, `--detail {peer}`", version_of("rulewright"), True, "yes")
        else:
            told = (peer.title, version_of(peer.distribution), peer.chains, peer.explains)
        title, version, chains, explains = told
        return Tool(
            name=self.name,
            title=title,
            workload=self.workload.name,
            version=version,
            cases=self.cases,
            chains=chains,
            explains=explains,
            missing=[],
            runs=[],
        )

    def run(self, source: Path, folder: Path) -> tuple[Run, int]:
        """Judge a file; give what it took, and how many of its cases were compared with plain Python."""
        output = folder / f"{self.name}.results.jsonl"
        output.unlink(missing_ok=True)
        run = self.judge_file(source, output)
        checked = compare(self.workload, source, output)
        output.unlink()
        return run, checked

    def judge_file(self, source: Path, output: Path) -> Run:
        """Judge a file, whatever comes out."""
        return self._run_peer(source, output) if isinstance(self.judge, Peer) else self._run_command(source, output)

    def _run_peer(self, source: Path, output: Path) -> Run:
        process = measure([sys.executable, "-m", "benchmarks.peers", self.name, str(source), str(output)])
        told = json.loads(process.output)
        return _run_of(process, told["seconds"], told["set_up"])

    def _run_command(self, source: Path, output: Path) -> Run:
        summary = output.with_name("summary.json")
        summary.unlink(missing_ok=True)
        command = check_command(self.workload, str(self.judge), str(source), str(output), str(summary))
        process = measure([sys.executable, "-m", *command], _JUDGED)
        if not summary.exists():  # Python ends with the status of a case that is not ready when it fails
            raise FailedError(process.errors)
        told = json.loads(summary.read_text(encoding="utf-8"))
        # its start, with reading and compiling the rulebook
        return _run_of(process, told["seconds"], process.wall - told["seconds"])


def check_command(workload: Workload, detail: str, source: str, output: str, summary: str) -> list[str]:
    """The command line that judges a file."""
    what = ["--rulebook", str(workload.rulebook), *workload.arguments, "--as-of", _AS_OF]
    return [
        "rulewright",
        "check",
        source,
        *what,
        "--format",
        "jsonl",
        "--detail",
        detail,
        "-o",
        output,
        "--summary",
        summary,
    ]


def _run_of(process: Process, seconds: float, set_up: float) -> Run:
    return Run(seconds=seconds, set_up=set_up, wall=process.wall, cpu=process.cpu, peak=process.peak)


def ratio(
    tools: dict[str, Tool], one: str, other: str, at_least: float, measured: Literal["seconds", "cpu"] = "seconds"
) -> Ratio | None:
    """How many times as fast as the other one is, in each repetition; none if one of the two did not run."""
    if one not in tools or other not in tools:
        return None
    first, second = tools[one], tools[other]
    pairs = zip(first["runs"], second["runs"], strict=True)
    found = [(first["cases"] / a[measured]) / (second["cases"] / b[measured]) for a, b in pairs]
    title = f"{first['title']} to {second['title']}"
    return Ratio(title=title, workload=first["workload"], at_least=at_least, ratios=found)
