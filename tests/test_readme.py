"""What the README tells a reader to do works as it is written."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from commands import ROOT, rw

README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = [
    line.partition("#")[0].strip()
    for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
    for line in block.splitlines()
    if line.startswith("rulewright") and "examples/" in line
]


def test_there_are_commands_to_try() -> None:
    assert len(COMMANDS) >= 2


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_of_the_tour(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    _, *words = shlex.split(command)
    ran = rw(*words)
    assert ran.status == (1 if words[0] == "check" else 0)
    assert ran.out


def test_the_shipped_example_is_judged_as_the_first_command_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    ran = rw("check", "examples/shop-launch.yaml")
    assert ran.status == 1
    assert ran.out.startswith("Not ready")


def test_the_example_in_python_runs(capsys: pytest.CaptureFixture[str]) -> None:
    (block,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    exec(compile(block, "README.md", "exec"), {})
    assert "web-1" in capsys.readouterr().out


def test_the_mistake_that_lint_tells_is_told_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    book = Path("examples/annual-leave/2026-01-01.yaml")
    text = (ROOT / book).read_text(encoding="utf-8")
    assert text.count("require: {days:") == 1
    (tmp_path / book).parent.mkdir(parents=True)
    (tmp_path / book).write_text(text.replace("require: {days:", "require: {dys:"), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    told = rw("lint", book.parent).err.rpartition("\n1 rulebook file")[0]
    assert f"```\n{told}\n```" in README


def test_every_file_that_is_linked_is_there() -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", README)
    assert len(links) >= 5
    assert [link for link in links if not (ROOT / link).exists()] == []


@pytest.mark.parametrize("page", ["CONTRIBUTING.md", "docs/architecture.md", "docs/adr/0001-observe-then-infer.md"])
def test_the_modules_that_a_page_names_are_there(page: str) -> None:
    named = re.findall(r"`([\w/]+/[\w/]*\w+\.(?:py|toml|md))`", (ROOT / page).read_text(encoding="utf-8"))
    roots = (ROOT, ROOT / "engine", ROOT / "engine" / "rulewright")
    assert named
    named = [one for one in named if "CODE" not in one]
    assert [one for one in named if not any((root / one).is_file() for root in roots)] == []
