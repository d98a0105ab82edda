"""Every diagnostic of rulebooks: a bad file for each, and the messages that it gives."""

from __future__ import annotations

from pathlib import Path

import pytest

from rulewright import Diagnostic
from rulewright.catalogue import check_file, check_rulebook
from rulewright.diagnostic_types import DIAGNOSTIC_TYPES
from rulewright.diagnostics import in_source_order

ROOT = Path(__file__).parent.parent
FOLDERS = sorted(folder for folder in (ROOT / "tests" / "diagnostics").iterdir() if folder.is_dir())
#: Codes whose bad file is too big to be kept, and is made in a test; S012 is of JSON, which no rulebook is.
GENERATED = {"S006", "S012", "S013"}

HEAD = b"rulebook: leave\nedition: 2024-01-01\nlanguage: 1\ntitle: Leave\n"
REST = b"facts: {employee: {fields: {}}}\nrules: {}\n"


def told(folder: Path) -> list[Diagnostic]:
    """What is told of the rulebook in a folder, which is the current one, so that the file has its bare name."""
    files = sorted(path.name for path in folder.iterdir() if path.suffix in (".yaml", ".bin"))
    _, diagnostics = check_file(Path(files[0] if files else "rulebook.yaml"))
    return in_source_order(diagnostics)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_what_is_printed(folder: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    monkeypatch.chdir(folder)
    diagnostics = told(folder)
    printed = "\n".join(map(str, diagnostics)) + "\n"
    expected = folder / "expected.txt"
    if request.config.getoption("--update-golden"):
        expected.write_bytes(printed.encode())
    assert printed == expected.read_bytes().decode()
    assert folder.name[:4] in {diagnostic.code for diagnostic in diagnostics}


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_how_messages_are_written(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lower case first, no final period, and a place within the file."""
    monkeypatch.chdir(folder)
    files = [path for path in folder.iterdir() if path.suffix in (".yaml", ".bin")]
    lines_of = {path.name: path.read_bytes().decode("utf-8", "replace").split("\n") for path in files}
    for diagnostic in told(folder):
        for text in (diagnostic.message, diagnostic.help or "so", *(related.message for related in diagnostic.related)):
            assert text[0] == text[0].lower()
            assert not text.endswith(".")
            assert text.count("`") % 2 == 0
        for span in (diagnostic.span, *(related.span for related in diagnostic.related)):
            assert span is not None
            lines = lines_of.get(span.file, [""])
            assert 1 <= span.line <= len(lines)
            assert 1 <= span.column <= len(lines[span.line - 1]) + 1


def test_every_code_of_rulebooks_has_a_folder() -> None:
    codes = {code for code in DIAGNOSTIC_TYPES if code.startswith(("S", "R", "W"))}
    assert codes == {folder.name[:4] for folder in FOLDERS} | GENERATED


def _chain_of_aliases(links: int) -> bytes:
    """Aliases that each nest the one before thirty deep: short to write, and thousands deep when written out."""
    lines = [b"a0: &a0 " + b"[" * 30 + b"]" * 30]
    for link in range(1, links):
        lines.append(b"a%d: &a%d " % (link, link) + b"[" * 30 + b"*a%d" % (link - 1) + b"]" * 30)
    return b"\n".join(lines) + b"\n"


def _bomb_of_aliases(links: int) -> bytes:
    lines = [b"a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    for link in range(1, links):
        lines.append(b"a%d: &a%d [" % (link, link) + b", ".join([b"*a%d" % (link - 1)] * 10) + b"]")
    return b"\n".join(lines) + b"\n"


@pytest.mark.parametrize(
    ("data", "code", "line", "column"),
    [
        pytest.param(HEAD + b"note: " + b"x" * 10_000_000, "S006", 1, 1, id="ten megabytes"),
        pytest.param(HEAD + b"facts: " + b"[" * 10_000 + b"]" * 10_000, "S005", 5, 71, id="nested 10,000 deep"),
        pytest.param(HEAD + b"facts:\n" + b"- " * 10_000, "S005", 6, 127, id="dashes nested 10,000 deep"),
        pytest.param(HEAD + b"{" * 10_000, "S004", 5, 1, id="braces never closed"),
        pytest.param(HEAD + _chain_of_aliases(400), "S005", 7, 39, id="aliases that nest"),
        pytest.param(HEAD + _bomb_of_aliases(30), "S007", 10, 25, id="aliases that multiply"),
        pytest.param(HEAD + b"a: &a [*a]\n", "S007", 5, 8, id="an alias of itself"),
        pytest.param(b"\xff\xfer\x00u\x00l\x00e\x00", "S002", 1, 1, id="UTF-16"),
        pytest.param(HEAD + "title_of: Ü\n".encode() + b"x: \xfc\n", "S002", 6, 4, id="Latin-1"),
        pytest.param(HEAD + b"facts:\n\temployee: {}\n", "S003", 6, 1, id="tab"),
        pytest.param(HEAD + b'x: "\\UFFFFFFFF"\n' + REST, "S004", 5, 5, id="an escape beyond Unicode"),
        pytest.param(HEAD + b"x: \x00\n" + REST, "S004", 5, 4, id="a null character"),
        pytest.param(b"", "S008", 1, 1, id="no bytes"),
        pytest.param(b"\xef\xbb\xbf", "S008", 1, 1, id="nothing but a byte order mark"),
        pytest.param(b"---\n...\n---\n", "S008", 1, 1, id="empty documents"),
        pytest.param(b"[1, 2]\n", "R003", 1, 1, id="a list"),
        pytest.param(b"just words\n", "R003", 1, 1, id="words"),
    ],
)
def test_files_that_nobody_meant(data: bytes, code: str, line: int, column: int) -> None:
    _, diagnostics = check_rulebook(data, "rulebook.yaml")
    first = next(diagnostic for diagnostic in diagnostics if diagnostic.code == code)
    assert first.span is not None
    assert (first.span.line, first.span.column) == (line, column)


def test_mistakes_do_not_hide_each_other() -> None:
    """What is declared and broken is told once, and not again wherever it is used; everything else is told too."""
    data = HEAD + (
        b"facts:\n  employee:\n    fields:\n      tenure: {type: numbr}\n      grade: {type: text}\nrules:\n"
        b"  one:\n    about: employee\n    require: {tenure: {at_least: 1}}\n    explain: '{{ tenure | months }}'\n"
        b"  two:\n    about: employee\n    require: {grad: senior}\n    explain: '{{ rank }}'\n"
        b"  three:\n    about: employee\n    require: {outcome: {one: met}, grade: a}\n    explain: '{{ rank }}'\n"
    )
    _, diagnostics = check_rulebook(data, "rulebook.yaml")
    assert [diagnostic.code for diagnostic in diagnostics] == ["R004", "R012", "R041", "R041"]


def test_a_message_shows_no_control_characters() -> None:
    data = HEAD + b'"\\e[31mred\\nnext": 1\n' + REST
    _, diagnostics = check_rulebook(data, "rulebook.yaml")
    printed = "\n".join(map(str, diagnostics))
    assert "unknown key `\\x1b[31mred\\nnext`" in printed
    assert "\x1b" not in printed
