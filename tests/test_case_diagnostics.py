"""Every diagnostic of case files: a bad file for each, and the messages that it gives."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

import rulewright as rw
from rulewright.diagnostic_types import DIAGNOSTIC_TYPES

ROOT = Path(__file__).parent.parent
FOLDERS = sorted(folder for folder in (ROOT / "tests" / "case_diagnostics").iterdir() if folder.is_dir())
#: The families that are tested elsewhere: test files and usage by the commands, imports by their importers.
ELSEWHERE = {
    "T": ("test_author_commands.py", "test_merging.py"),
    "U": (
        "test_*command*.py",
        "test_batch_resume.py",
        "test_diagnostic_pages.py",
        "test_exit_status.py",
        "test_fix.py",
        "test_which_rulebook.py",
    ),
    "I": ("test_import*.py",),
    "F": ("test_batch_command.py", "test_tables_command.py"),
}


@pytest.fixture(scope="module")
def rulebook() -> rw.Rulebook:
    return rw.load(ROOT / "tests" / "case_diagnostics" / "rulebook.yaml")


@pytest.fixture(autouse=True)
def stay(monkeypatch: pytest.MonkeyPatch) -> None:
    """Return to the folder of before, after a test has gone into that of its files."""
    monkeypatch.chdir(ROOT)


def read(folder: Path, rulebook: rw.Rulebook) -> tuple[list[str], list[rw.Diagnostic]]:
    """The names of the good cases in a folder, which is the current one, and what is told of the others."""
    os.chdir(folder)
    (file,) = (path for path in folder.iterdir() if path.name.startswith("case."))
    rejected: list[rw.RejectedCase] = []
    good, wrong = [], []
    try:
        cases = rw.read_cases(file.name, on_rejected=rejected.append)
    except rw.InputError as error:
        return [], list(error.diagnostics)
    for case in cases:
        try:
            good.append(rulebook.check(case, as_of=case.as_of or rulebook.edition).case)
        except rw.InputError as error:
            wrong += error.diagnostics
    wrong += [one for each in rejected for one in each.diagnostics]
    return good, list(rw.InputError(wrong).diagnostics)  # in source order


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_what_is_printed(folder: Path, rulebook: rw.Rulebook, request: pytest.FixtureRequest) -> None:
    cases, diagnostics = read(folder, rulebook)
    good = ", ".join(cases) or "none"
    printed = "".join(f"{line}\n" for line in [*map(str, diagnostics), f"good: {good}"])
    expected = folder / "expected.txt"
    if request.config.getoption("--update-golden"):
        expected.write_bytes(printed.encode())
    assert printed == expected.read_bytes().decode()
    assert folder.name[:4] in {diagnostic.code for diagnostic in diagnostics}


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_how_messages_are_written(folder: Path, rulebook: rw.Rulebook) -> None:
    """Lower case first, no final period, a place within the file, and a way out."""
    (file,) = (path for path in folder.iterdir() if path.name.startswith("case."))
    lines = file.read_text(encoding="utf-8").split("\n")
    for diagnostic in read(folder, rulebook)[1]:
        for text in (diagnostic.message, diagnostic.help or "so", *(related.message for related in diagnostic.related)):
            assert text[0] == text[0].lower()
            assert not text.endswith(".")
            assert text.count("`") % 2 == 0
        assert all(line.isprintable() for line in str(diagnostic).split("\n"))
        for span in (diagnostic.span, *(related.span for related in diagnostic.related)):
            assert span is not None
            assert 1 <= span.line <= len(lines)
            assert 1 <= span.column <= len(lines[span.line - 1]) + 1


def test_every_code_has_a_test() -> None:
    codes = {code for code in DIAGNOSTIC_TYPES if code.startswith(("F", "T", "I", "U"))}
    tested = {folder.name[:4] for folder in FOLDERS}
    for family, files in ELSEWHERE.items():
        found = [file for pattern in files for file in (ROOT / "tests").glob(pattern)]
        texts = "".join(file.read_text(encoding="utf-8") for file in found)
        tested |= set(re.findall(rf"\b{family}\d{{3}}\b", texts))
    assert codes - tested == set()
