"""What the README tells a reader to do works as it is written."""

from __future__ import annotations

import re
import shlex

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


def test_every_file_that_is_linked_is_there() -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", README)
    assert len(links) >= 5
    assert [link for link in links if not (ROOT / link).exists()] == []
