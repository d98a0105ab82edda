"""`python tests/corpus`: two checkouts are compared byte by byte."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from commands import ROOT

ONLY = ("--only", "that is not there", "--drawn", "0")
MESSAGE = "there is no rulebook"


def compare(old: Path, new: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "tests" / "corpus"), str(old), str(new), *options]
    return subprocess.run(
        command, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(ROOT / "engine")}
    )


def changed_checkout(folder: Path) -> Path:
    """Return a copy of the project in which one message is another."""
    for name in ("engine", "rulebook", "templates"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    (place,) = (path for path in folder.rglob("engine/**/*.py") if MESSAGE in path.read_text(encoding="utf-8"))
    place.write_text(place.read_text(encoding="utf-8").replace(MESSAGE, "no such rulebook"), encoding="utf-8")
    return folder


def test_a_checkout_is_equal_to_itself() -> None:
    compared = compare(ROOT, ROOT, *ONLY)
    assert (compared.returncode, compared.stdout, compared.stderr) == (0, "7 jobs, 0 with differences\n", "")


def test_another_message_is_a_difference(tmp_path: Path) -> None:
    compared = compare(ROOT, changed_checkout(tmp_path), *ONLY)
    assert compared.returncode == 1
    assert compared.stdout.startswith("rulebook that is not there: 0 standard error\n")
    assert "-U001 there is no rulebook `alibaba`" in compared.stdout
    assert "+U001 no such rulebook `alibaba`" in compared.stdout
    assert compared.stdout.endswith("7 jobs, 1 with differences\n")


def test_nothing_compared_is_not_equal() -> None:
    compared = compare(ROOT, ROOT, "--only", "no job has this name", "--drawn", "0")
    assert (compared.returncode, compared.stdout) == (1, "0 jobs, 0 with differences\n")
