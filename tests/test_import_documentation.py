"""The page on importers: its example is a package whose importer works as the page says."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import pytest

from commands import AT_FAULT, FINE, Ran, environment, process, write
from packages import install

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "importers.md").read_text(encoding="utf-8")


def block(language: str) -> str:
    """Return the one block of the page in this language."""
    (found,) = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    return str(found)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the package of the page, as an installer leaves it, and the answer beside it."""
    project = tomllib.loads(block("toml"))["project"]
    site = tmp_path / "site"
    write(site / "example_servers.py", block("python"))
    install(site, project["name"], project["version"], project["entry-points"])
    write(tmp_path / "servers.json", block("json"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(folder: Path, *words: str) -> Ran:
    return process(*words, PYTHONPATH=os.pathsep.join([str(folder / "site"), environment()["PYTHONPATH"]]))


def test_the_command_of_the_page_writes_what_the_page_shows(folder: Path) -> None:
    (command,) = re.findall(r"^`rulewright (import .*)` writes:$", PAGE, re.MULTILINE)
    ran = run(folder, *command.split())
    assert (ran.status, ran.err) == (FINE, "")
    assert ran.out == block("yaml")


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ('{"Machines": []}', "I003"),
        ('{"Servers": [{"Id": "server-1", "Charge": "Week"}]}', "I004"),
        ('{"Servers": [{"Id": "a", "Charge": "Hour"}, {"Id": "a", "Charge": "Month"}]}', "I005"),
        ("no JSON", "I002"),
    ],
)
def test_the_example_refuses_other_answers(folder: Path, answer: str, code: str) -> None:
    write(folder / "servers.json", answer)
    ran = run(folder, "import", "example", "servers.json")
    assert (ran.status, ran.codes, ran.out) == (AT_FAULT, [code], "")


def test_the_case_is_checked_by_a_rulebook_with_its_vocabulary(folder: Path) -> None:
    write(
        folder / "servers.yaml",
        "rulebook: servers\nedition: 2024-01-01\nlanguage: 1\ntitle: Servers\nfacts:\n  server:\n    fields:\n"
        "      region: {type: text}\n      billing: {type: choice, of: [subscription, pay_as_you_go]}\n"
        "rules:\n  subscribed: {about: server, require: {billing: subscription}}\n",
    )
    run(folder, "import", "example", "servers.json", "-o", "case.yaml")
    ran = run(folder, "check", "case.yaml", "-r", "servers.yaml", "--as-of", "2024-06-01", "-f", "json")
    assert ran.json["verdict"] == "not_ready"
    write(folder / "servers.yaml", (folder / "servers.yaml").read_text().replace("region:", "zone:"))
    assert run(folder, "check", "case.yaml", "-r", "servers.yaml").codes[:1] == ["F002"]


def test_the_page_names_modules_that_are_there() -> None:
    named = set(re.findall(r"`([a-z_/]+\.py)`", PAGE)) - {"example_servers.py"}
    assert named and all((ROOT / "engine" / "rulewright" / "vendors" / name).is_file() for name in named)
