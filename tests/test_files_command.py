"""Files on the command line: each input is read once, no output replaces an input, failures end in a diagnostic."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from hashlib import blake2b
from pathlib import Path

import duckdb
import pytest

from commands import AT_FAULT, FINE, NOT_READY, REJECTED, Ran, edition, environment, process, rulebook_folder, rw, write
from rulewright.command.last_resort import failure

pytestmark = pytest.mark.slow

#: A request of leave that is ready.
ROW = '{"ref": "a", "days": 3}\n'
ROWS = ("--kind", "request", "--format", "jsonl", "--detail", "verdict", "--jobs", "1")


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return rulebook_folder(tmp_path / "leave", on_2026_01_01=edition("2026-01-01"))


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own, which is the current one."""
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def check(book: Path, *words: str | Path) -> Ran:
    return rw("check", *words, "--rulebook", book, *ROWS)


def names(ran: Ran) -> list[str]:
    return [json.loads(line)["case"] for line in ran.out.splitlines()]


# --- each file is read once -----------------------------------------------------------------------------------------


def made(folder: Path) -> None:
    """Two files in a folder, and every way to name one of them twice."""
    write(folder / "facts" / "a.jsonl", ROW)
    write(folder / "facts" / "below" / "b.jsonl", ROW.replace('"a"', '"b"'))
    (folder / "facts" / "below" / "up").symlink_to("..")
    (folder / "facts" / "self").symlink_to(".")
    (folder / "link.jsonl").symlink_to("facts/a.jsonl")
    (folder / "chain.jsonl").symlink_to("link.jsonl")
    (folder / "hard.jsonl").hardlink_to(folder / "facts" / "a.jsonl")
    (folder / "again").symlink_to("facts")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["facts/a.jsonl", "./facts/a.jsonl"], ["a"]),
        (["facts/a.jsonl", "facts/../facts//a.jsonl"], ["a"]),
        (["facts", "facts/a.jsonl"], ["a", "b"]),
        (["facts/below/b.jsonl", "facts"], ["b", "a"]),
        (["link.jsonl", "facts/a.jsonl"], ["a"]),
        (["chain.jsonl", "facts"], ["a", "b"]),
        (["hard.jsonl", "facts/a.jsonl"], ["a"]),
        (["facts", "facts", "again"], ["a", "b"]),
        (["again", "facts/below"], ["a", "b"]),
        (["facts/**/*.jsonl"], ["a", "b"]),
        (["facts/**/*.jsonl", "facts/*.jsonl", "facts/a.jsonl"], ["a", "b"]),
        (["facts/self/self/a.jsonl", "facts/**"], ["a", "b"]),
        (["*/a.jsonl", "l*.jsonl"], ["a"]),
    ],
)
def test_a_file_is_read_once_where_it_is_named_first(
    book: Path, here: Path, words: list[str], expected: list[str]
) -> None:
    made(here)
    ran = check(book, *words)
    assert (ran.status, names(ran)) == (FINE, expected), ran.err


def test_standard_input_from_a_file_is_that_file(book: Path, here: Path) -> None:
    write(here / "a.jsonl", ROW)
    command = [sys.executable, "-m", "rulewright", "check", "a.jsonl", "-", "--input", "jsonl", "-r", str(book), *ROWS]
    with Path("a.jsonl").open("rb") as file:
        ran = subprocess.run(command, stdin=file, capture_output=True, check=False, env=environment(), timeout=120)
    assert (ran.returncode, ran.stdout.count(b'"ready"')) == (FINE, 1)


@pytest.mark.parametrize("name", ["A.JSONL", "a.jsonl.GZ", "a.NdJson.Gz", "a.json.gz", "a.CSV"])
def test_endings_are_recognised_in_capitals(book: Path, here: Path, name: str) -> None:
    text = "ref,days\na,3\n" if name.endswith("CSV") else ROW
    data = gzip.compress(text.encode()) if name.lower().endswith(".gz") else text.encode()
    write(here / "facts" / name, data)
    ran = check(book, "facts")
    if ".json." in name:  # a JSON document is a case
        assert ran.status == AT_FAULT
    else:
        assert (ran.status, names(ran)) == (FINE, ["a"]), ran.err


@pytest.mark.parametrize("format_", ["jsonl", "json", "text", "html"])
@pytest.mark.parametrize(
    "broken", ["dangling.jsonl", "circle.jsonl", "dangling-folder", "named/missing.jsonl", "nothing-*.jsonl"]
)
def test_what_cannot_be_opened_costs_the_others_nothing(book: Path, here: Path, broken: str, format_: str) -> None:
    write(here / "facts" / "good.yaml", "request: {days: 3}\n")
    (here / "facts" / "dangling.jsonl").symlink_to("nowhere.jsonl")
    (here / "facts" / "circle.jsonl").symlink_to("circle.jsonl")
    (here / "facts" / "dangling-folder").symlink_to("/nowhere/at/all")
    for other in (here / "facts").iterdir():
        if other.is_symlink() and other.name != broken:
            other.unlink()
    words = ["facts", broken] if "named" in broken or "*" in broken else ["facts"]
    ran = rw("check", *words, "--rulebook", book, "--format", format_)
    assert ran.status not in (FINE, NOT_READY)
    assert set(ran.codes) & {"S001", "U006"}, ran.err
    assert broken in ran.err
    assert "ready" in ran.out.lower()


def test_a_folder_below_that_cannot_be_opened_is_reported(
    book: Path, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(here / "facts" / "a.jsonl", ROW)
    write(here / "facts" / "closed" / "b.jsonl", ROW)
    real = os.scandir

    def scandir(path: str) -> object:  # the system's own refusal does not hold for an administrator
        if str(path).endswith("closed"):
            raise PermissionError(13, "Permission denied", path)
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    for words in (["facts"], ["facts/**/*.jsonl"], ["facts/*/*.jsonl", "facts/a.jsonl"]):
        ran = check(book, *words)
        assert "facts/closed:1:1: S001 the folder cannot be read: permission denied" in ran.err
        assert names(ran) == ["a"]
        assert ran.status not in (FINE, NOT_READY)


def test_special_and_hidden_files_in_a_folder_are_left_out_with_a_reason(book: Path, here: Path) -> None:
    write(here / "facts" / "a.jsonl", ROW)
    write(here / "facts" / ".b.jsonl", ROW)
    write(here / "facts" / ".hidden" / "c.jsonl", ROW)
    write(here / "facts" / "out.rejected.jsonl", "{}\n")
    write(here / "facts" / "out.partial" / "00000000.parquet", "")
    write(here / "facts" / "out.journal", "{}\n")
    os.mkfifo(here / "facts" / "pipe.jsonl")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(here / "facts" / "socket.json"))
        for words in (["facts"], ["facts/*.json*"]):
            ran = check(book, *words)
            assert ran.codes.count("U035") >= 2, ran.err
            assert "pipe.jsonl:1:1: U035 not read: this is a named pipe" in ran.err
            assert "socket.json:1:1: U035 not read: this is a socket" in ran.err
            if words == ["facts"]:
                assert (ran.status, names(ran)) == (FINE, ["a"])
                assert "not read, because hidden: `.b.jsonl`, `.hidden`" in ran.err
                assert "not read, because written by an earlier run: `out.partial`, `out.rejected.jsonl`" in ran.err
    assert names(check(book, "facts/.hidden")) == ["a"]
    assert names(check(book, "facts/.b.jsonl")) == ["a"]


# --- no output replaces an input ------------------------------------------------------------------------------------


def digests(folder: Path) -> dict[str, str]:
    """Every file below a folder, by what is in it, and every folder."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "folder"
        for path in sorted(folder.rglob("*"))
    }


CASE = "request: {days: 3}\n"
BATCH = ("--kind", "request", "--format", "jsonl")


@pytest.mark.parametrize(
    "words",
    [
        ("check", "in.jsonl", *BATCH, "-o", "in.jsonl"),
        ("check", "in.jsonl", *BATCH, "-o", "./sub/../in.jsonl"),
        ("check", "in.jsonl", *BATCH, "-o", "link"),
        ("check", "link", "--input", "jsonl", *BATCH, "-o", "in.jsonl"),
        ("check", "hard", "--input", "jsonl", *BATCH, "-o", "in.jsonl"),
        ("check", "in.jsonl", *BATCH, "-o", "elsewhere/in.jsonl"),
        ("check", "out.partial", "--input", "jsonl", *BATCH, "-o", "out"),
        ("check", "out.journal", "--input", "jsonl", *BATCH, "-o", "out"),
        ("check", "out.rejected.jsonl", *BATCH, "-o", "out"),
        ("check", "out.partial.whole", "--input", "jsonl", *BATCH[:2], "--format", "parquet", "-o", "out"),
        ("check", "p.partial/in.jsonl", *BATCH[:2], "--format", "parquet", "-o", "p"),
        ("check", "case.yaml", *BATCH[2:], "-o", "p"),
        ("check", "in.jsonl", *BATCH, "-o", "out", "--summary", "in.jsonl"),
        ("check", "in.jsonl", *BATCH, "-o", "new", "--summary", "new"),
        ("check", "in.jsonl", *BATCH, "-o", "new", "--summary", "./new"),
        ("check", "in.jsonl", *BATCH, "-o", "new", "--summary", "new.journal"),
        ("check", "in.jsonl", *BATCH, "-o", "new", "--summary", "new.rejected.jsonl"),
        ("check", "in.jsonl", *BATCH, "-o", "sub/new", "--summary", "elsewhere/sub/new"),
        ("check", "sub", *BATCH, "-o", "sub/new.jsonl"),
        ("check", "sub", *BATCH, "--summary", "elsewhere/sub/new.json"),
        ("check", "*.jsonl", *BATCH, "-o", "new.jsonl"),
        ("check", "**/*.jsonl", *BATCH, "-o", "sub/new.jsonl"),
        ("check", "in.jsonl", *BATCH, "-o", "own"),
        ("check", "case.yaml", "--format", "html", "-o", "case.yaml"),
        ("check", "case.yaml", "--format", "html", "--templates", "mine", "-o", "mine/page.html.j2"),
        ("check", "case.yaml", "--format", "json", "-o", "BOOK"),
        ("check", "case.yaml", "--record", "case.yaml"),
        ("check", "sub", "case.yaml", "--record", "sub"),
        ("check", "sub", "case.yaml", "--record", "sub/records"),
        ("check", "case.yaml", "--record", "new", "-o", "new"),
        ("fix", "case.yaml", "-o", "case.yaml"),
        ("fix", "case.yaml", "-o", "new", "--write", "new"),
        ("fix", "case.yaml", "--write", "BOOK"),
        ("explain", "case.yaml", "-o", "case.yaml"),
        ("explain", "case.yaml", "-o", "BOOK"),
        ("ask", "case.yaml", "-o", "BOOK"),
        ("schema", "cases", "-o", "BOOK"),
        ("trace", "BOOK", "-o", "BOOK"),
        ("replay", "records", "-o", "records/a.json"),
        ("replay", "records", "-o", "records/new.json"),
        ("import", "aliyun-ecs", "answer.json", "-o", "answer.json"),
        ("check", "--spark", "local[1]", "in.jsonl", "in.jsonl"),
    ],
    ids=" ".join,
)
def test_an_output_that_would_replace_an_input_is_refused(
    book: Path, here: Path, words: tuple[str, ...], tmp_path: Path
) -> None:
    for name in ("in.jsonl", "out.partial", "out.rejected.jsonl", "out.partial.whole", "sub/in.jsonl"):
        write(here / name, ROW)
    write(here / "p.partial" / "in.jsonl", ROW)
    write(here / "out.journal" if "out.journal" in words else here / "other", ROW)
    write(here / "case.yaml", CASE)
    write(here / "answer.json", "{}")
    write(here / "mine" / "page.html.j2", "{{ nobody }}")
    write(here / "records" / "a.json", "{}")
    write(here / "own.partial" / "diary.txt", "Dear diary\n")
    (here / "link").symlink_to("in.jsonl")
    (here / "elsewhere").symlink_to(".")
    (here / "hard").hardlink_to(here / "in.jsonl")
    file = book / "2026-01-01.yaml"
    given = [str(file) if word == "BOOK" else word for word in words]
    if words[0] not in ("import", "trace", "replay") and "--rulebook" not in words:
        given += ["--rulebook", str(file if "BOOK" in words else book)]
    before = digests(tmp_path)
    ran = rw(*given)
    assert (ran.status, set(ran.codes)) == (AT_FAULT, {"U031"}), ran.err
    assert all(line.startswith("  help: ") for line in ran.err.splitlines()[1::2])
    assert not ran.out
    assert digests(tmp_path) == before


@pytest.mark.parametrize(
    "words",
    [
        ("check", "sub", *BATCH, "-o", "new.jsonl"),
        ("check", "sub", *BATCH, "-o", "sub/new.txt"),
        ("check", "in.jsonl", *BATCH, "-o", "sub/new.jsonl"),
        ("check", "in.jsonl", *BATCH, "-o", "sub/in.jsonl"),
        ("check", "in.jsonl", *BATCH, "-o", "/dev/null", "--summary", "new"),
        ("check", "case.yaml", "--record", "records", "-o", "records/page.txt"),
        ("fix", "case.yaml", "--write", "case.yaml"),
        ("explain", "case.yaml", "-o", "new"),
    ],
    ids=" ".join,
)
def test_other_outputs_are_written(book: Path, here: Path, words: tuple[str, ...]) -> None:
    write(here / "in.jsonl", ROW)
    write(here / "sub" / "in.jsonl", ROW)
    write(here / "case.yaml", "request: {days: 30, reason: tired}\n")
    ran = rw(*words, "--rulebook", book)
    assert ran.status in (FINE, NOT_READY), ran.err
    assert "U031" not in ran.codes


def test_standard_output_that_is_an_input_is_refused(book: Path, here: Path) -> None:
    write(here / "in.jsonl", ROW)
    command = [sys.executable, "-m", "rulewright", "check", "in.jsonl", "--rulebook", str(book), *ROWS]
    with Path("in.jsonl").open("ab") as file:
        ran = subprocess.run(command, stdout=file, stderr=subprocess.PIPE, check=False, env=environment(), timeout=120)
    assert (ran.returncode, Path("in.jsonl").read_text()) == (AT_FAULT, ROW)
    assert b"U031 standard output goes to `in.jsonl`" in ran.stderr


# --- odd values of options ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("option", ["--ref", "--case"])
@pytest.mark.parametrize("name", ["", "\\0x", "a\nb", 'a"b', "\\", "\udcff", "x" * 1_001, "\x7f"])
def test_names_that_no_column_can_have(book: Path, here: Path, option: str, name: str) -> None:
    write(here / "in.jsonl", ROW)
    ran = check(book, "in.jsonl", option, name)
    assert (ran.status, ran.codes, ran.out) == (AT_FAULT, ["U033"], "")


@pytest.mark.parametrize("name", ["名", "a'b", "$.x", "a b", "*", "x" * 1_000, "é", ";--"])
def test_unusual_names_of_columns(book: Path, here: Path, name: str) -> None:
    write(here / "in.jsonl", json.dumps({name: "r", "days": 3}) + "\n")
    ran = check(book, "in.jsonl", "--ref", name)
    assert (ran.status, names(ran)) == (FINE, ["r"]), ran.err


@pytest.mark.parametrize("option", ["--output", "--summary", "--record", "--templates"])
def test_options_that_name_no_file(book: Path, here: Path, option: str) -> None:
    write(here / "case.yaml", CASE)
    ran = rw("check", "case.yaml", "--rulebook", book, "--format", "html", option, "")
    assert (ran.status, ran.codes) == (AT_FAULT, ["U033"])
    assert [path.name for path in here.iterdir()] == ["case.yaml"]


@pytest.mark.parametrize("name", ["", "\0", "a\nb", "\udcff", "x" * 300, "-", "--", "a'b"])
@pytest.mark.parametrize(
    "words",
    [
        ("check", "NAME"),
        ("check", "in.jsonl", "--format", "jsonl", "--kind", "NAME"),
        ("check", "in.jsonl", "--format", "jsonl", "--by", "NAME"),
        ("check", "in.jsonl", "--format", "jsonl", "--view", "NAME"),
        ("check", "in.jsonl", "--edition", "NAME"),
        ("check", "in.jsonl", "--lang", "NAME"),
        ("check", "case.yaml", "--format", "html", "--templates", "NAME"),
        ("explain", "case.yaml", "--rule", "NAME"),
        ("fix", "case.yaml", "--subject", "NAME"),
    ],
    ids=" ".join,
)
def test_odd_words_end_in_a_diagnostic(book: Path, here: Path, words: tuple[str, ...], name: str) -> None:
    write(here / "in.jsonl", ROW)
    write(here / "case.yaml", "request: {days: 30}\n")
    ran = rw(*[name if word == "NAME" else word for word in words], "--rulebook", book, data="")
    assert ran.status == AT_FAULT, ran.out
    assert ran.codes, ran.err


@pytest.mark.parametrize(
    "name", ["a\nb.jsonl", "a'b.jsonl", 'a"b.jsonl', "\udcff.jsonl", "a b.jsonl", "-a.jsonl", "[a].jsonl"]
)
def test_odd_names_of_files_are_read_and_written(book: Path, here: Path, name: str) -> None:
    write(here / "facts" / name, ROW + "{\n")
    for words in (["facts"], [f"facts/{name}"]):
        ran = check(book, *words, "-o", "out of " + name)
        assert Path("out of " + name).read_text(encoding="utf-8").startswith('{"case":"a","verdict":"ready"'), ran.err
        Path("out of " + name).unlink()
    for format_ in ("json", "html", "sarif", "junit", "markdown", "oscal", "text"):
        ran = rw("check", "facts", "--rulebook", book, "--kind", "request", "--format", format_, "-o", "page")
        assert Path("page").is_file(), ran.err
        Path("page").unlink()


# --- many small files -----------------------------------------------------------------------------------------------

FORMATS = {
    "jsonl": '{{"ref": "r{0}", "days": {1}}}\n{{"ref": "s{0}", "days": "three"}}\n',
    "csv": "ref,days\nr{0},{1}\ns{0},three\n",
    "yaml": "case: r{0}\nrequest: {{days: {1}}}\n---\ncase: s{0}\nrequest: {{days: three}}\n",
    "json": '{{"case": "r{0}", "request": {{"days": {1}}}}}\n',
}


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_many_small_files_come_out_as_each_alone(book: Path, here: Path, kind: str, jobs: str) -> None:
    for number in range(30):
        text = FORMATS[kind].format(number, number % 15 + 1)
        packed = number % 7 == 0
        write(
            here / "facts" / f"f{number:02}.{kind}{'.gz' if packed else ''}",
            gzip.compress(text.encode()) if packed else text,
        )
    rows = ("--kind", "request") if kind in ("jsonl", "csv") else ()
    words = ("--rulebook", book, *rows, "--format", "jsonl", "--detail", "verdict")
    rw("check", "facts", *words, "--jobs", jobs, "-o", "all", "--summary", "all.txt")
    one_by_one, rejected = "", ""
    for file in sorted((here / "facts").iterdir()):
        rw("check", f"facts/{file.name}", *words, "-o", "one")
        one_by_one += Path("one").read_text()
        rejected += Path("one.rejected.jsonl").read_text() if Path("one.rejected.jsonl").exists() else ""
    assert Path("all").read_text() == one_by_one
    assert one_by_one.count("\n") == 30
    assert (Path("all.rejected.jsonl").read_text() if Path("all.rejected.jsonl").exists() else "") == rejected
    assert rejected.count("\n") == (0 if kind == "json" else 30)
    counts = json.loads(Path("all.txt").read_text())
    assert (counts["cases"], counts["rejected"]) == (30, rejected.count("\n"))


def test_cases_without_a_name_are_called_by_their_own_file(book: Path, here: Path) -> None:
    for number in range(5):
        write(here / "facts" / f"f{number}.jsonl", '{"days": 1}\n{"days": 2}\n')
    assert names(check(book, "facts")) == [f"f{number}-{line}" for number in range(5) for line in (1, 2)]


def test_a_bad_file_among_small_ones_costs_itself(book: Path, here: Path) -> None:
    for number in range(6):
        write(here / "facts" / f"f{number}.jsonl.gz", gzip.compress(ROW.replace('"a"', f'"{number}"').encode()))
    broken = here / "facts" / "f3.jsonl.gz"
    broken.write_bytes(broken.read_bytes()[:-12])
    ran = check(book, "facts")
    assert names(ran) == ["0", "1", "2", "4", "5"]
    assert "facts/f3.jsonl.gz:1:1: S001" in ran.err


# --- templates under limits -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("a\n{% for i in range(10**9) %}x{% endfor %}", "2:1: U034 a range has more than 100,000 numbers"),
        ("{{ 'x' * 10**10 }}", "U034 `*` would make 10,000,000,000 characters"),
        ("{{ 10**10 * 'x' }}", "U034 `*` would make 10,000,000,000 characters"),
        ("{{ [0] * 10**8 }}", "U034 `*` would make 100,000,000 characters or items"),
        ("{{ 2 ** 1000000000 }}", "U034 the exponent 1,000,000,000 is above the limit"),
        ("{{ 'x' | center(10**11) }}", "U034 the templates need more than 2,048 MB of memory"),
        ("{{ 'x'.ljust(10**11) }}", "U034 the templates need more than 2,048 MB of memory"),
        ("{{ '%099999999999d' % 1 }}", "U034 the templates need more than 2,048 MB of memory"),
        ("{{ '{:099999999999}'.format(1) }}", "U034 the templates need more than 2,048 MB of memory"),
        ("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "U034 the template is nested too deep, or a macro calls"),
        ('{% include "parts/footer.html.j2" %}', "U034 the template is nested too deep"),
        ('{{ "\\ud800" | safe }}', "U016 the page has the character U+D800, half of a pair"),
        (b"a\n\xff", "2:1: U016 the template is not UTF-8: it has the byte 0xFF"),
        ("{{ ref | nothing }}", "U016 no filter named `nothing`"),
    ],
)
def test_templates_that_take_too_much(
    book: Path, here: Path, monkeypatch: pytest.MonkeyPatch, template: str | bytes, message: str
) -> None:
    monkeypatch.setenv("RULEWRIGHT_TEMPLATE_SECONDS", "20")
    write(here / "case.yaml", CASE)
    write(here / "mine" / "parts" / "footer.html.j2", template)
    ran = rw("check", "case.yaml", "--rulebook", book, "--format", "html", "--templates", "mine", "-o", "page")
    assert ran.status == AT_FAULT
    assert message in ran.err
    assert not Path("page").exists()


@pytest.mark.parametrize(
    "template",
    [
        "{% for i in range(99999) %}{% for j in range(99999) %}{{ '' }}{% endfor %}{% endfor %}",
        "{{ range(99999) | map('center', 99999) | list | length }}",
        "{% set n = namespace(x='xx') %}{% for i in range(99) %}{% set n.x = n.x ~ n.x %}{% endfor %}",
    ],
)
def test_templates_that_do_not_end(book: Path, here: Path, monkeypatch: pytest.MonkeyPatch, template: str) -> None:
    monkeypatch.setenv("RULEWRIGHT_TEMPLATE_SECONDS", "1")
    write(here / "case.yaml", CASE)
    write(here / "mine" / "parts" / "footer.html.j2", template)
    ran = rw("check", "case.yaml", "--rulebook", book, "--format", "html", "--templates", "mine", "-o", "page")
    assert (ran.status, ran.codes) == (AT_FAULT, ["U034"]), ran.err
    assert not Path("page").exists()


def test_templates_that_are_folders_or_pipes(book: Path, here: Path) -> None:
    write(here / "case.yaml", CASE)
    for number, part in enumerate(("parts/style.css", "page.html.j2", "parts/page.js")):
        folder = here / f"mine{number}"
        (folder / part).mkdir(parents=True)
        ran = rw("check", "case.yaml", "--rulebook", book, "--format", "html", "--templates", folder)
        assert (ran.status, ran.codes) == (AT_FAULT, ["U016"]), ran.err
        (folder / part).rmdir()
        os.mkfifo(folder / part)
        ran = rw("check", "case.yaml", "--rulebook", book, "--format", "html", "--templates", folder)
        assert (ran.status, ran.codes) == (AT_FAULT, ["U016"]), ran.err


# --- the last resort ------------------------------------------------------------------------------------------------

FAILING = """
import rulewright.command.check as check
def fail(*words, **named):
    raise {0}
check.read_cases_of = fail
"""


@pytest.mark.parametrize(
    ("error", "message"),
    [
        ("RuntimeError('something\\nodd')", "U032 rulewright failed: RuntimeError: something"),
        ("AssertionError()", "U032 rulewright failed: AssertionError"),
        ("RecursionError('too deep')", "U032 rulewright failed: RecursionError: too deep"),
        ("MemoryError()", "U032 there is not enough memory"),
        ("OSError(12, 'Cannot allocate memory')", "U032 there is not enough memory"),
        ('RuntimeError("can\'t start new thread")', "U032 there is not enough memory"),
        ("ImportError('x.so: failed to map segment from shared object')", "U032 there is not enough memory"),
        ("ImportError('no module named x')", "U032 rulewright failed: ImportError: no module named x"),
        ("OSError(24, 'Too many open files', 'x')", "U005 `x` cannot be opened, read or written: too many open files"),
        ("OSError(28, 'No space left on device')", "U005 a file cannot be opened, read or written: no space left"),
        ("BrokenPipeError(32, 'Broken pipe')", ""),
        ("EOFError()", ""),
        ("SystemExit(2)", ""),
        ("GeneratorExit()", "U032 rulewright failed: GeneratorExit"),
    ],
)
def test_a_failure_is_one_coded_message(book: Path, here: Path, error: str, message: str) -> None:
    write(here / "case.yaml", CASE)
    write(here / "page", "before")
    ran = process("check", "case.yaml", "--rulebook", book, "-o", "page", before=FAILING.format(error))
    assert ran.status == AT_FAULT
    assert message in ran.err
    assert "Traceback" not in ran.err
    assert Path("page").read_text() == "before"


@pytest.mark.skipif(sys.platform == "win32", reason="processes that are spawned do not have what is patched")
@pytest.mark.parametrize("name", ["queues.Queue._start_thread", "process.BaseProcess.start"])
def test_a_thread_that_cannot_start_ends_the_run(book: Path, here: Path, name: str) -> None:
    """The pool of processes waits for ever for what such a thread would have passed on."""
    write(here / "in.jsonl", "".join(ROW.replace('"a"', f'"a{n}"') for n in range(200)))
    before = f"""
import multiprocessing.queues, multiprocessing.process
def fail(*_):
    raise RuntimeError("can't start new thread")
multiprocessing.{name} = fail
"""
    words = [*ROWS[:-1], "2", "--chunk-bytes", "500", "-o", "out"]
    ran = process("check", "in.jsonl", "--rulebook", book, *words, before=before)
    assert (ran.status, ran.codes) == (AT_FAULT, ["U032"]), ran.err
    assert "there is not enough memory" in ran.err
    assert "Traceback" not in ran.err
    assert not Path("out").exists()


def test_a_failure_shows_its_traceback_when_asked(book: Path, here: Path) -> None:
    write(here / "case.yaml", CASE)
    before = FAILING.format("RuntimeError('odd')")
    ran = process("check", "case.yaml", "--rulebook", book, before=before, RULEWRIGHT_DEBUG="1")
    assert ran.status == AT_FAULT
    assert "Traceback" in ran.err
    assert "U032 rulewright failed: RuntimeError: odd" in ran.err


def test_an_interrupt_has_the_exit_status_of_one(book: Path, here: Path) -> None:
    write(here / "case.yaml", CASE)
    ran = process("check", "case.yaml", "--rulebook", book, before=FAILING.format("KeyboardInterrupt"))
    assert (ran.status, ran.out) == (130, "")
    assert "Traceback" not in ran.err


def test_a_failure_in_the_database_is_out_of_memory() -> None:
    error = type("OutOfMemoryException", (Exception,), {})("could not allocate")
    assert failure(error).message == "there is not enough memory"


def test_names_that_the_database_cannot_open(book: Path, here: Path) -> None:
    write(here / "facts.jsonl", ROW)
    words = ("check", "facts.jsonl", "--rulebook", book, "--kind", "request", "--format", "parquet", "-o")
    ran = rw(*words, "\udcff.parquet")
    assert (ran.status, ran.codes) == (AT_FAULT, ["U005"])
    assert rw(*words, "x.parquet").status == FINE
    duckdb.sql("COPY (SELECT 'b' AS ref, 3 AS days) TO 'good.parquet' (FORMAT parquet)")
    Path("good.parquet").rename("\udcff.parquet")
    ran = check(book, "facts.jsonl", "\udcff.parquet", "-o", "out")
    assert (ran.status, ran.codes) == (REJECTED, ["U006"])
    assert [json.loads(line)["case"] for line in Path("out").read_text().splitlines()] == ["a"]


def test_few_of_many_mistakes_in_one_case_are_printed(book: Path, here: Path) -> None:
    facts = ", ".join('{"ref": "a", "days": 1}' for _ in range(31))
    write(here / "cases.jsonl", f'{{"request": [{facts}]}}\n{{"request": {{"days": 1}}}}\n')
    words = ("check", "cases.jsonl", "--rulebook", book, "--format", "jsonl")
    ran = rw(*words)
    assert ran.codes == ["F006"] * 10
    assert "… and 20 more mistakes of this case: -o writes the first 100 to a file" in ran.err
    rw(*words, "-o", "out")
    rejects = [json.loads(line) for line in Path("out.rejected.jsonl").read_text().splitlines()]
    assert len(rejects) == 30
    assert not any("not_listed" in reject for reject in rejects)


@pytest.mark.parametrize(("keys", "not_listed"), [(99, None), (100, None), (101, 1), (5_000, 4_900)])
def test_a_hundred_mistakes_of_one_case_are_written(book: Path, here: Path, keys: int, not_listed: int | None) -> None:
    unknown = ", ".join(f'"k{number}": 1' for number in range(keys))
    write(here / "cases.jsonl", f'{{{unknown}}}\n{{"ref": "good", "days": 1}}\n')
    ran = rw("check", "cases.jsonl", "--rulebook", book, "--kind", "request", "--format", "jsonl", "-o", "out")
    assert ran.status == REJECTED
    rejects = [json.loads(line) for line in Path("out.rejected.jsonl").read_text().splitlines()]
    assert len(rejects) == min(keys, 100)
    assert [reject.get("not_listed") for reject in rejects] == [None] * (len(rejects) - 1) + [not_listed]
    assert Path("out").read_text().count("\n") == 1


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_run_that_is_terminated_removes_its_temporary_files(book: Path, here: Path, jobs: str) -> None:
    """The signal comes while the run reads a pipe that nobody writes to the end."""
    temporary = here / "temporary"
    temporary.mkdir()
    command = [
        sys.executable,
        "-m",
        "rulewright",
        "check",
        "-",
        "--input",
        "jsonl",
        "--rulebook",
        str(book),
        *ROWS[:-1],
    ]
    started = subprocess.Popen(
        [*command, jobs, "-o", "out"],
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(TMPDIR=str(temporary)),
    )
    assert started.stdin is not None
    end = time.monotonic() + 60
    while not Path("out.partial").exists() and time.monotonic() < end:
        time.sleep(0.05)
    started.send_signal(signal.SIGTERM)
    _, err = started.communicate(timeout=60)
    assert started.returncode == -signal.SIGTERM
    assert b"Traceback" not in err
    assert not Path("out").exists()
    assert not list(temporary.iterdir())
    # the folder in memory is named by the output
    own = blake2b(os.fsencode(Path("out").resolve()), digest_size=8).hexdigest()
    assert not list(Path("/dev/shm").glob(f"rulewright-{own}-*"))


@pytest.mark.parametrize("closed", ["1", "2", "0", "1,2"])
@pytest.mark.parametrize("format_", ["text", "json", "jsonl", "html"])
def test_closed_streams_give_no_traceback(book: Path, here: Path, closed: str, format_: str) -> None:
    write(here / "case.yaml", CASE)
    shut = "import os\n" + "\n".join(f"os.close({number})" for number in closed.split(","))
    code = f"{shut}\nimport os, sys\nos.execv(sys.executable, [sys.executable, '-m', 'rulewright', *sys.argv[1:]])"
    words = ["check", "case.yaml", "--rulebook", str(book), "--format", format_]
    ran = subprocess.run(
        [sys.executable, "-c", code, *words], capture_output=True, check=False, env=environment(), timeout=120
    )
    assert ran.returncode == (AT_FAULT if "1" in closed else FINE)
    assert b"Traceback" not in ran.stderr


@pytest.mark.parametrize("format_", ["jsonl", "text"])
@pytest.mark.parametrize("place", [0.1, 0.3, 0.5, 0.6, 0.7, 0.9])
def test_a_damaged_parquet_file_costs_no_good_file(book: Path, here: Path, place: float, format_: str) -> None:
    columns = "'r' || range AS ref, (range % 9 + 1)::INTEGER AS days, repeat('x', 30) || range AS reason"
    duckdb.sql(f"COPY (SELECT {columns} FROM range(2000)) TO 'bad.parquet' (FORMAT parquet)")
    data = bytearray(Path("bad.parquet").read_bytes())
    for number in range(40):
        data[int(place * len(data)) + number] ^= 0xA5
    Path("bad.parquet").write_bytes(data)
    write(here / "good.jsonl", '{"ref": "good", "days": 1}\n')
    words = ("--rulebook", book, "--kind", "request", "--format", format_, "-o", "out")
    ran = rw("check", "bad.parquet", "good.jsonl", *words)
    assert ran.status == REJECTED
    assert set(ran.codes) <= {"S001", "U006", "F003"}
    assert "good" in Path("out").read_text()
