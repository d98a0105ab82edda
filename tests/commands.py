"""Running the command line in tests, and small rulebooks for it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from rulewright.command.app import app

ROOT = Path(__file__).parent.parent
EXAMPLE = ROOT / "examples" / "shop-launch.yaml"
FINE, NOT_READY, AT_FAULT, REJECTED = 0, 1, 2, 3


@dataclass(frozen=True)
class Ran:
    """How a command ended and what it wrote."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def codes(self) -> list[str]:
        """The codes of the diagnostics, in order."""
        words = (line.split() for line in self.err.splitlines() if not line.startswith(" "))
        return [word for line in words for word in line[:2] if len(word) == 4 and word[1:].isdigit()][:50]


def rw(*words: str | Path, data: str | bytes | None = None) -> Ran:
    """Run a command in this process; an exception that it does not catch is raised here."""
    result = CliRunner().invoke(app, [str(word) for word in words], input=data, catch_exceptions=False)
    return Ran(result.exit_code, result.stdout, result.stderr)


def environment(**more: str) -> dict[str, str]:
    """The environment of a process that runs the program of this one."""
    paths = [path for path in sys.path if path]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "PYTHONIOENCODING": "utf-8", **more}


def process(*words: str | Path, before: str = "", data: bytes | None = None, **more: str) -> Ran:
    """Run a command in a process of its own; `before` is Python that runs in it first."""
    code = f"{before}\nfrom rulewright.command.app import run\nrun()"
    command = [sys.executable, "-c", code] if before else [sys.executable, "-m", "rulewright"]
    result = subprocess.run(
        [*command, *map(str, words)], input=data, capture_output=True, check=False, env=environment(**more), timeout=120
    )
    return Ran(result.returncode, result.stdout.decode(), result.stderr.decode())


def edition(day: str, most: int = 10, **keys: str) -> str:
    """A small rulebook: a request for leave is ready when it is for not more than so many days."""
    more = "".join(f"{key}: {value}\n" for key, value in keys.items())
    return f"""\
rulebook: leave
edition: {day}
language: 1
title: Leave
{more}documents: {{handbook: {{title: Handbook}}}}
facts:
  request:
    fields:
      days: {{type: whole number, unit: day, minimum: 1, ask: For how many days is it?, changes: {{}}}}
      reason: {{type: text}}
rules:
  short-enough:
    about: request
    require: {{days: {{at_most: {most}}}}}
    source: {{document: handbook}}
    explain: "{{{{ ref }}}} is for {{{{ days | days }}}}."
  told-why:
    about: request
    applies: {{days: {{more_than: 5}}}}
    require: {{reason: {{is_not: ""}}}}
    severity: warning
    source: {{document: handbook}}
    explain: "The reason is {{{{ reason }}}}."
"""


def rulebook_folder(folder: Path, **editions: str) -> Path:
    """A folder of editions, each under its day, with underscores for dashes."""
    folder.mkdir(exist_ok=True)
    for day, text in editions.items():
        (folder / f"{day.removeprefix('on_').replace('_', '-')}.yaml").write_text(text, encoding="utf-8")
    return folder


def write(path: Path, text: str | bytes) -> Path:
    """A file with this text."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path
