"""The trials of a ruthless tester, in brief: `python tests/hardship` runs them in full."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from commands import environment

pytestmark = pytest.mark.slow

#: The trials that run in brief, with how many mutations of each format.
BRIEF = {"mutated-inputs": 2, "signals": 10, "full-disk": 2, "no-temporary-folder": 2, "few-handles": 2, "odd-names": 0}


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="resource limits as Linux has them")
@pytest.mark.parametrize("trial", BRIEF)
def test_hardship(trial: str, tmp_path: Path) -> None:
    program = Path(__file__).parent / "hardship"
    words = ["--only", trial, "--mutations", str(BRIEF[trial]), "--seed", "5"]
    ran = subprocess.run(
        [sys.executable, str(program), *words],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env=environment(TMPDIR=str(tmp_path)),
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert " 0 breaches" in ran.stdout
