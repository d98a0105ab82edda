"""Runs a job on a checkout, and compares what two checkouts print and write."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from corpus.jobs import Job

#: A run that takes longer is ended; its outputs are then not compared.
SECONDS = 300
#: The time of every report.
EPOCH = "1700000000"
#: How fast a run was is not the same twice.
_SPEED = re.compile(rb" in [\d.,]+ s, [\d,.]+ a second")


@dataclass(frozen=True)
class Outputs:
    """The exit statuses of a job, what its commands printed, and the files that it wrote."""

    parts: Mapping[str, bytes]

    def differences(self, other: Outputs) -> list[str]:
        """Return the names of the parts that the two do not have in common, byte for byte."""
        return sorted(name for name in {*self.parts, *other.parts} if self.parts.get(name) != other.parts.get(name))


def run(job: Job, checkout: Path, inputs: Path, folder: Path) -> Outputs:
    """Run a job in an empty folder with the `rulewright` of a checkout."""
    folder.mkdir(parents=True)
    (folder / "inputs").symlink_to(inputs)
    parts: dict[str, bytes] = {}
    data = "".join(f"{answer}\n" for answer in job.answers).encode()
    for number, words in enumerate(job.commands):
        command = [sys.executable, "-m", "rulewright", *words]
        try:
            ran = subprocess.run(
                command, cwd=folder, env=_environment(checkout), input=data, capture_output=True, timeout=SECONDS
            )
        except subprocess.TimeoutExpired:
            parts[f"{number} exit status"] = f"ended after {SECONDS} s".encode()
            break
        parts[f"{number} exit status"] = str(ran.returncode).encode()
        parts[f"{number} standard output"] = _comparable(ran.stdout, checkout, folder)
        parts[f"{number} standard error"] = _comparable(ran.stderr, checkout, folder)
        data = ran.stdout
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_relative_to(folder / "inputs"):
            parts[str(path.relative_to(folder))] = _comparable(path.read_bytes(), checkout, folder)
    shutil.rmtree(folder)
    return Outputs(parts)


def _environment(checkout: Path) -> dict[str, str]:
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("RULEWRIGHT_")},
        "PYTHONPATH": str(checkout / "engine"),
        "PYTHONWARNINGS": "error",
        "SOURCE_DATE_EPOCH": EPOCH,
        # nothing that one checkout cached is read by the other
        "RULEWRIGHT_CACHE": "",
        "COLUMNS": "100",
        "NO_COLOR": "1",
    }


def _comparable(data: bytes, checkout: Path, folder: Path) -> bytes:
    data = data.replace(str(folder).encode(), b"FOLDER").replace(str(checkout).encode(), b"CHECKOUT")
    return _SPEED.sub(b" in SECONDS", data)
