"""The pages of diagnostics: each example causes its code, each page fits a terminal, and `explain` prints it."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Callable
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

import test_spark
from commands import AT_FAULT, FINE, environment, process, rw, write
from rulewright.batch.spool import Spool
from rulewright.diagnostic_types import DIAGNOSTIC_TYPES

PAGES = Path(__file__).parent.parent / "docs" / "diagnostics"
_PART = re.compile(
    r"^(?:`(?P<file>[^`\n]+)`:\n\n)?```(?P<language>[a-z]*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL
)
_WIDTH = 80


@dataclass(frozen=True)
class Example:
    """The files of an example, each with its text, and its commands."""

    files: dict[str, str]
    commands: list[str]

    @classmethod
    def of(cls, page: str) -> Example:
        parts = list(_PART.finditer(page))
        shell = "".join(part["body"] for part in parts if part["language"] == "sh" and not part["file"])
        files = {part["file"]: part["body"] for part in parts if part["file"]}
        return cls(files, shell.replace("\\\n", " ").splitlines())


def page_of(code: str) -> str:
    return (PAGES / f"{code}.md").read_text(encoding="utf-8")


COMMON = Example.of(page_of("README"))


#: What runs first in the processes of examples that have processes of their own: Spark needs its own folder.
PROCESSES = {
    "U020": "",
    # two lines are as many as 200,000 under a lower limit
    "U021": "from rulewright.spark.checking import check_rows\ncheck_rows.__kwdefaults__['maximum_odd'] = 1",
    "U032": "import rulewright.command.check as module\nmodule.run_check = None",
}


def printed_codes(code: str, command: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Run a command of the example of a code; return the codes that it prints on standard error."""
    words = shlex.split(command, comments=True)
    variables: dict[str, str] = {}
    while "=" in words[0]:
        name, value = words.pop(0).split("=", 1)
        variables[name] = value
    if words[0] == "rulewright":
        if "PYTHONPATH" in variables:
            path = os.pathsep.join([variables["PYTHONPATH"], environment()["PYTHONPATH"]])
            return process(*words[1:], PYTHONPATH=path).codes
        if code in PROCESSES:
            return process(*words[1:], before=PROCESSES[code] or "pass").codes
        with monkeypatch.context() as patch:
            for name, value in variables.items():
                patch.setenv(name, value)
            return rw(*words[1:]).codes
    subprocess.run(["sh", "-c", command], check=True)
    return []


def without_the_engine(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("rulewright.infer._IMPORT_ERROR", ImportError("No module named 'durable_rules_engine'"))


def after_an_interrupted_run(_: pytest.MonkeyPatch) -> None:
    words = (
        "check",
        "requests.jsonl",
        "--kind",
        "request",
        "--rulebook",
        "leave.yaml",
        "-f",
        "jsonl",
        "-o",
        "verdicts",
    )
    before = "import os\nfrom rulewright.batch.spool import Spool\nSpool.put = lambda *_: os._exit(9)"
    assert process(*words, "--jobs", "1", before=before).status == 9


def with_an_ended_worker(patch: pytest.MonkeyPatch) -> None:
    def end(*_: object, **__: object) -> object:
        raise BrokenProcessPool

    patch.setattr("rulewright.command.batch.run_batch", end)


def with_a_lost_row(patch: pytest.MonkeyPatch) -> None:
    put = Spool.put
    patch.setattr(Spool, "put", lambda spool, *chunk: replace(put(spool, *chunk), rows=2))


def without_java(patch: pytest.MonkeyPatch) -> None:
    patch.delenv("JAVA_HOME", raising=False)
    patch.setattr(shutil, "which", lambda _: None)


#: What has to be done before an example that needs more than files, as its page says in words.
CIRCUMSTANCES: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "U003": without_the_engine,
    "U008": after_an_interrupted_run,
    "U009": with_an_ended_worker,
    "U022": without_java,
    "U023": with_a_lost_row,
}


def run_example(code: str, folder: Path, patch: pytest.MonkeyPatch) -> list[str]:
    """Write the files of an example and run its commands; return the codes that they print."""
    example = Example.of(page_of(code))
    assert any("rulewright" in command for command in example.commands), "the page has no command"
    patch.chdir(folder)
    for name, text in {**COMMON.files, **example.files}.items():
        write(folder / name, text)
    CIRCUMSTANCES.get(code, lambda _: None)(patch)
    return [printed for command in example.commands for printed in printed_codes(code, command, patch)]


@pytest.mark.parametrize("code", sorted(DIAGNOSTIC_TYPES.keys() - {"U020", "U021"}))
def test_an_example_causes_its_code_and_no_other(code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert set(run_example(code, tmp_path, monkeypatch)) == {code}


class TestSpark:
    pytestmark = test_spark.pytestmark

    @pytest.mark.parametrize("code", ["U020", pytest.param("U021", marks=pytest.mark.slow)])
    def test_an_example_causes_its_code(self, code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        assert set(run_example(code, tmp_path, monkeypatch)) == {code}


@pytest.mark.parametrize("code", DIAGNOSTIC_TYPES)
def test_explain_prints_a_page_that_fits(code: str) -> None:
    ran = rw("explain", code)
    assert (ran.status, ran.err) == (FINE, "")
    lines = ran.out.splitlines()
    assert lines[0] == f"{code}: {DIAGNOSTIC_TYPES[code].title}"
    assert max(map(len, lines)) <= _WIDTH
    assert not any(line.startswith(("```", "#")) for line in lines)
    assert "What to do" in lines
    assert "](" not in ran.out


def test_a_page_is_plain_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert (
        rw("explain", "t005").out
        == """\
T005: test without an expectation

The test expects nothing, so it can never fail.

Example

`leave.tests.yaml`:

    tests:
      - name: short enough
        given: {request: {ref: summer, days: 5}}
        expect: {}

    rulewright test leave.yaml

What to do

Write what you expect: a verdict, outcomes, values, missing facts, or an error.
"""
    )


def test_a_page_is_written_to_a_file(tmp_path: Path) -> None:
    assert rw("explain", "R012", "-o", tmp_path / "page.txt").status == FINE
    assert (tmp_path / "page.txt").read_text(encoding="utf-8") == rw("explain", "R012").out
    ran = rw("explain", "R012", "-o", tmp_path / "none" / "page.txt")
    assert (ran.status, ran.codes) == (AT_FAULT, ["U005"])


@pytest.mark.parametrize(
    ("word", "near"),
    [
        ("R011", "`R009`, `R010` or `R012`"),
        ("r47", "`R045`, `R046` or `R048`"),
        ("U999", "`U035`, `U036` or `U037`"),
        ("X012", "`F012`, `R012` or `S012`"),
    ],
)
def test_an_unknown_code_gets_the_nearest(
    word: str, near: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = rw("explain", word)
    assert (ran.status, ran.out) == (AT_FAULT, "")
    assert ran.err == f"U037 no diagnostic has the code `{word}`\n  help: did you mean {near}?\n"


@pytest.mark.parametrize("word", ["R01200", "RR12", "R012.yaml", "012", "R\u0661\u0662"])
def test_another_word_names_a_case_file(word: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "leave.yaml", COMMON.files["leave.yaml"])
    ran = rw("explain", word, "-r", "leave.yaml")
    assert (ran.status, ran.codes) == (AT_FAULT, ["S001"])


@pytest.mark.parametrize("word", ["R012", "./R012"])
def test_a_file_named_like_a_code_is_a_case(word: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "leave.yaml", COMMON.files["leave.yaml"])
    write(tmp_path / "R012", COMMON.files["case.yaml"])
    ran = rw("explain", word, "-r", "leave.yaml")
    assert ran.status == FINE
    assert ran.out.startswith("Not ready  june")


def test_options_for_a_case_do_not_go_with_a_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    ran = rw("explain", "R012", "--rule", "short-enough", "-f", "json", "--all")
    assert (ran.status, ran.codes, ran.out) == (AT_FAULT, ["U033"] * 3, "")
    assert "--rule is for a case, and `R012` is a code\n  help: leave --rule out\n" in ran.err
