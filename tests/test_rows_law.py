"""Every row of an input is evaluated, rejected or skipped, in the order of the input, however it is read.

The inputs are composed here from parts of which the documentation says what becomes of each. What was read is counted
by a few lines of its own, and never taken from the program.
"""

from __future__ import annotations

import gzip
import json
import os
import threading
from dataclasses import dataclass
from pathlib import Path

import pytest
import zstandard
from hypothesis import given, strategies as st

from commands import FINE, NOT_READY, Ran, rulebook_folder, rw
from rulewright.nodes import MAXIMUM_BYTES

pytestmark = pytest.mark.slow

BOOK = """\
rulebook: tree
edition: 2024-01-01
language: 1
title: Tree
documents: {d: {title: D}}
facts:
  person:
    fields:
      boss: {type: reference, to: person}
      age: {type: whole number}
      note: {type: text}
rules:
  grown: {about: person, require: {boss.boss.age: {at_least: 18}}, source: {document: d}, explain: x}
  few: {about: person, require: {count: {of: person, through: boss, at_most: 5}}, source: {document: d}, explain: x}
"""

GOOD, BAD, SKIPPED = "good", "bad", "skipped"
#: Lines that are no JSON object, or none of the vocabulary's.
BAD_LINES = [
    b"null", b"~", b"true", b"0", b'"x"', b"[]", b"{", b"}", b"]", b"[{", b"{}}", b"{},", b'"case": "x",', b"a: 1",
    b"- a", b"---", b"# comment", b"nul", b"None", b"NaN", b"\x00", b"\xff", b'{"age": 1e999999999}', b"{'ref': 'a'}",
    b'{"ref": "a"} {"ref": "b"}', b'{"ref": "a"}\r{"ref": "b"}', b'{"ref": "a", "ref": "a"}',
    b'{"ref": "a", "person": {', b'{"age": ' + b"9" * 5_000 + b"}", b"[" * 500, b'{"a":' * 300 + b"1" + b"}" * 300,
    b'{"ref": "\x01"}', b'{"ref": "\\ud83d"}', b'{"unheard_of": 1}', b"\xef\xbb\xbfnull", b"\x0c", b"\xc2\xa0",
    b"&a [*a]", b'{"ref": "a", "age": "1"}', b'{"ref": "a", "boss": "nobody"}', b'{"case": 1}', b"// x", b"{a: 1}",
]  # fmt: skip
BLANK_LINES = [b"", b"", b" ", b"\t", b"\r", b" \t \r"]


@dataclass(frozen=True)
class Input:
    """The bytes of an input; what is to become of each of its rows; and which options read it."""

    name: str
    data: bytes
    parts: tuple[tuple[str, str], ...]
    options: tuple[str, ...] = ()

    @property
    def evaluated(self) -> list[str]:
        """The names of the cases that are evaluated, in order."""
        return [name for what, name in self.parts if what == GOOD]


def count_lines(data: bytes) -> int:
    """Lines as everybody counts them: a last one without its end is one."""
    return len(data.split(b"\n")) - (data.endswith(b"\n") or not data)


@st.composite
def json_lines(draw: st.DrawFn, *, is_fact: bool) -> Input:
    lines, parts = [], []
    for number in range(draw(st.integers(1, 14))):
        what = draw(st.sampled_from([GOOD, GOOD, BAD, SKIPPED]))
        if what == GOOD:
            name = f"p{number}"
            person = {"ref": name, "age": draw(st.sampled_from([1, 17, 18, 400])), "boss": name}
            value = person if is_fact else {"case": name, "person": draw(st.sampled_from([person, [person]]))}
            line = json.dumps(value, separators=draw(st.sampled_from([(",", ":"), (", ", ": ")]))).encode()
            line = draw(st.sampled_from([line, line, line[:-1] + b",}"]))
            line = draw(st.sampled_from([b"", b" ", b"\t"])) + line + draw(st.sampled_from([b"", b"\r", b"  "]))
        elif what == BAD:
            name, line = "", draw(st.sampled_from(BAD_LINES))
        else:
            name, line = "", draw(st.sampled_from(BLANK_LINES)) + (b"" if number else b" ")
        lines.append(line)
        parts.append((what, name))
    data = draw(st.sampled_from([b"", b"", b"\xef\xbb\xbf"])) + b"\n".join(lines)
    data += draw(st.sampled_from([b"\n", b""])) if lines[-1] else b"\n"
    assert count_lines(data) == len(parts)
    return Input("cases.jsonl", data, tuple(parts), ("--kind", "person") if is_fact else ())


BAD_DOCUMENTS = [
    b"null\n", b"~\n", b"- a\n", b"text\n", b"3\n", b"a: [\n", b'"\n', b"{\n", b"}\n", b"a: b: c\n", b"a: *nobody\n",
    b"person: 3\n", b"stranger: {}\n", b"!!set {a}\n", b"person: {age: x}\n", b"\tperson: {}\n", b"a: 1\na: 2\n",
    b"person: " + b"{a: " * 100 + b"1" + b"}" * 100 + b"\n", b"a: &a [1, 1]\nb: &b [*a, *a]\nperson: *b\n", b"{}\n",
    b"person: {boss: gone}\n", b"person: {age: 1e99999999}\n", b"person: [{ref: a}, {ref: a}]\n", b"a: '\n", b"\x00\n",
    b"".join(b"a%d: &a%d [%s]\n" % (i, i, b", ".join([b"*a%d" % (i - 1)] * 9) if i else b"x") for i in range(12)),
]  # fmt: skip


@st.composite
def yaml_documents(draw: st.DrawFn) -> Input:
    data, parts = b"", []
    for number in range(draw(st.integers(1, 7))):
        what = draw(st.sampled_from([GOOD, BAD, SKIPPED]))
        name = f"p{number}" if what == GOOD else ""
        data += b"---" + draw(st.sampled_from([b"\n", b" # \xc3\xa9\n", b"\r\n"]))
        if what == GOOD:
            data += f"case: {name}\nperson: {{ref: a, boss: a, age: 20, note: 'a --- b'}}\n".encode()
        elif what == BAD:
            data += draw(st.sampled_from(BAD_DOCUMENTS))
        else:
            data += draw(st.sampled_from([b"", b"# nothing\n", b"\n\n", b"  \n# --- \n"]))
        data += draw(st.sampled_from([b"", b"", b"...\n", b"...\n# behind\n"]))
        parts.append((what, name))
    return Input("cases.yaml", data, tuple(parts))


@st.composite
def json_files(draw: st.DrawFn) -> Input:
    good = {"case": "p", "person": [{"ref": "a", "boss": "a", "age": 30}]}
    indent = draw(st.sampled_from([None, 2]))
    texts = {
        json.dumps(good, indent=indent): GOOD,
        json.dumps([good, good], indent=indent): BAD,
        json.dumps(good, indent=2) + "\n" + json.dumps(good, indent=2): BAD,
        json.dumps(good, indent=indent)[:-1]: BAD,
        "null": BAD,
        "~": BAD,
        "case: p\nperson: {ref: a}\n": BAD,
    }
    text, what = draw(st.sampled_from(sorted(texts.items())))
    return Input("case.json", text.encode() + draw(st.sampled_from([b"", b"\n"])), ((what, "p"),))


def read_through_a_pipe(pipe: Path, data: bytes, *words: str | Path) -> Ran:
    def write() -> None:
        with pipe.open("wb") as file:
            for start in range(0, len(data), 50):  # in drops, so that not all is there at once
                file.write(data[start : start + 50])
                file.flush()

    os.mkfifo(pipe)
    writer = threading.Thread(target=write)
    writer.start()
    try:
        return rw("check", pipe, *words)
    finally:
        writer.join(30)
        pipe.unlink()


WAYS = ["file", "gzip", "zstd in two frames", "standard input", "pipe", "packed pipe"]


def run(folder: Path, given_: Input, way: str, *words: str | Path) -> Ran:
    """Check an input in one of the ways in which it can come."""
    kind = given_.name.rpartition(".")[2]
    file = folder / given_.name
    words = (*given_.options, *words)
    match way:
        case "file":
            file.write_bytes(given_.data)
            return rw("check", file, *words)
        case "gzip":
            packed = file.with_name(file.name + ".gz")
            packed.write_bytes(gzip.compress(given_.data))
            return rw("check", packed, *words)
        case "zstd in two frames":
            packed, half = file.with_name(file.name + ".zst"), len(given_.data) // 2
            frames = (given_.data[:half], given_.data[half:])
            packed.write_bytes(b"".join(zstandard.ZstdCompressor().compress(frame) for frame in frames))
            return rw("check", packed, *words)
        case "standard input":
            return rw("check", "-", "--input", kind, *words, data=given_.data)
        case "pipe":
            return read_through_a_pipe(folder / "pipe", given_.data, "--input", kind, *words)
        case _:
            return read_through_a_pipe(folder / "pipe", gzip.compress(given_.data), "--input", kind, *words)


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return rulebook_folder(tmp_path_factory.mktemp("book") / "tree", on_2024_01_01=BOOK)


def inputs() -> st.SearchStrategy[Input]:
    return st.one_of(json_lines(is_fact=True), json_lines(is_fact=False), yaml_documents(), json_files())


@given(
    given_=inputs(),
    way=st.sampled_from(WAYS),
    format_=st.sampled_from(["jsonl", "csv"]),
    detail=st.sampled_from(["verdict", "full"]),
    chunk=st.sampled_from([1, 40, 300, 1_000_000]),
)
def test_every_row_is_accounted_for(
    book: Path, tmp_path_factory: pytest.TempPathFactory, given_: Input, way: str, format_: str, detail: str, chunk: int
) -> None:
    folder = tmp_path_factory.mktemp("run")
    out, summary = folder / "out", folder / "summary.json"
    detail = detail if format_ == "jsonl" else "verdict"
    words = ["-r", book, "-f", format_, "--detail", detail, "-o", out, "--summary", summary, "--jobs", "1"]
    ran = run(folder, given_, way, *map(str, words), "--chunk-bytes", str(chunk))
    counted = {what: sum(one == what for one, _ in given_.parts) for what in (GOOD, BAD, SKIPPED)}
    rows = json.loads(summary.read_text())["rows"]
    assert rows == {
        "read": len(given_.parts),
        "evaluated": counted[GOOD],
        "rejected": counted[BAD],
        "skipped": counted[SKIPPED],
    }, ran.err
    assert out.exists() == bool(given_.evaluated)  # with nothing evaluated, nothing is written
    lines = out.read_text().splitlines() if out.exists() else []
    names = (
        [line.split(",")[0] for line in lines[1:]] if format_ == "csv" else [json.loads(one)["case"] for one in lines]
    )
    assert names == given_.evaluated
    if given_.name.endswith(".jsonl"):
        rejects = Path(f"{out}.rejected.jsonl")
        told = [json.loads(line) for line in rejects.read_text().splitlines()] if rejects.exists() else []
        expected = [number for number, (what, _) in enumerate(given_.parts, start=1) if what == BAD]
        assert sorted({one["line"] for one in told}) == expected
        assert all("YAML" not in one["message"] and one["help"] != "" for one in told)
    assert not given_.evaluated or (ran.status in (FINE, NOT_READY)) == (counted[BAD] == 0)


@given(given_=inputs(), way=st.sampled_from(WAYS))
def test_a_report_has_every_good_case(
    book: Path, tmp_path_factory: pytest.TempPathFactory, given_: Input, way: str
) -> None:
    folder = tmp_path_factory.mktemp("run")
    ran = run(folder, given_, way, "-r", str(book), "-f", "json")
    told = json.loads(ran.out) if ran.out else []
    told = told if isinstance(told, list) else [told]
    assert [one["case"] for one in told] == given_.evaluated
    bad = sum(what == BAD for what, _ in given_.parts)
    assert bad == 0 or len(ran.codes) >= bad
    assert not given_.evaluated or (ran.status in (FINE, NOT_READY)) == (bad == 0)


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_rows_of_several_processes(book: Path, tmp_path: Path, jobs: str) -> None:
    lines = [f'{{"ref": "p{number}", "boss": "p{number}"}}'.encode() for number in range(300)]
    for number in range(0, 300, 7):
        lines[number] = BAD_LINES[number % len(BAD_LINES)]
    for number in range(0, 300, 11):
        lines[number] = b""
    (tmp_path / "f.jsonl").write_bytes(b"\n".join(lines) + b"\n")
    out, summary = tmp_path / "out", tmp_path / "s.json"
    words = [
        "-f",
        "jsonl",
        "--detail",
        "verdict",
        "-o",
        out,
        "--summary",
        summary,
        "--jobs",
        jobs,
        "--chunk-bytes",
        "999",
    ]
    rw("check", tmp_path / "f.jsonl", "--kind", "person", "-r", book, *words)
    blank = len(range(0, 300, 11))
    bad = len([number for number in range(0, 300, 7) if number % 11])
    rows = json.loads(summary.read_text())["rows"]
    assert rows == {"read": 300, "evaluated": 300 - blank - bad, "rejected": bad, "skipped": blank}
    names = [json.loads(line)["case"] for line in out.read_text().splitlines()]
    assert names == [f"p{number}" for number in range(300) if number % 7 and number % 11]


@pytest.mark.parametrize(
    ("way", "line_end", "kind", "chunk"),
    [
        ("file", b"\n", True, "10"),
        ("file", b"\r\n", False, "100000000"),
        ("file", b"", True, "10"),
        ("gzip", b"\n", False, "10"),
        ("gzip", b"", True, "100000000"),
        ("standard input", b"\r\n", True, "10"),
    ],
)
def test_a_line_that_is_too_long_costs_itself(
    book: Path, tmp_path: Path, way: str, line_end: bytes, kind: bool, chunk: str
) -> None:
    def case(name: str) -> bytes:
        person = b'{"ref": "%s", "boss": "%s"}' % ((name.encode(),) * 2)
        return person if kind else b'{"case": "%s", "person": %s}' % (name.encode(), person)

    long = b'{"ref": "' + b"x" * (MAXIMUM_BYTES + 1) + b'"}'
    data = case("a") + b"\n" + long + line_end + (case("b") if line_end else b"")
    parts = ((GOOD, "a"), (BAD, ""), *([(GOOD, "b")] if line_end else []))
    given_ = Input("cases.jsonl", data, parts, ("--kind", "person") if kind else ())
    out, summary = tmp_path / "out", tmp_path / "summary.json"
    words = ["-r", book, "-f", "jsonl", "--detail", "verdict", "-o", out, "--summary", summary]
    run(tmp_path, given_, way, *words, "--chunk-bytes", chunk)
    assert [json.loads(line)["case"] for line in out.read_text().splitlines()] == given_.evaluated
    (told,) = [json.loads(line) for line in Path(f"{out}.rejected.jsonl").read_text().splitlines()]
    assert (told["line"], told["code"]) == (2, "S006")
    assert f"{len(long):,} bytes: the maximum is {MAXIMUM_BYTES:,}" in told["message"]
    assert json.loads(summary.read_text())["rows"]["read"] == len(parts)


@pytest.mark.parametrize("ending", ["yaml", "json"])
def test_a_file_of_documents_that_is_too_large_costs_itself(book: Path, tmp_path: Path, ending: str) -> None:
    (tmp_path / f"a.{ending}.gz").write_bytes(gzip.compress(b"#" * (65 * 1024 * 1024), 1))
    (tmp_path / "b.yaml").write_text("case: b\nperson: {ref: a, boss: a}\n")
    out = tmp_path / "out"
    rw(
        "check",
        tmp_path / f"a.{ending}.gz",
        tmp_path / "b.yaml",
        "-r",
        book,
        "-f",
        "jsonl",
        "--detail",
        "verdict",
        "-o",
        out,
    )
    assert [json.loads(line)["case"] for line in out.read_text().splitlines()] == ["b"]
    (told,) = [json.loads(line) for line in Path(f"{out}.rejected.jsonl").read_text().splitlines()]
    assert told["code"] == "S013"


def test_repeated_refs_are_not_multiplied(book: Path, tmp_path: Path) -> None:
    """Each reference to a ref that a case has n times would find n facts, and each of these n more."""
    person = {"ref": "a", "boss": "a", "age": 20}
    cases = [
        {"case": "good", "person": person},
        {"case": "bad", "person": [person] * 300},
        {"case": "last", "person": person},
    ]
    file, out = tmp_path / "f.jsonl", tmp_path / "out"
    file.write_text("".join(json.dumps(case) + "\n" for case in cases))
    rw("check", file, "-r", book, "-f", "jsonl", "--detail", "verdict", "-o", out)
    assert [json.loads(line)["case"] for line in out.read_text().splitlines()] == ["good", "last"]
    rows = [*(f"c{number},a,a,{'x' if number % 2 else 20}" for number in range(1_000)), "good,a,a,20"]
    csv = tmp_path / "f.csv"
    csv.write_text("case,ref,boss,age\n" + "\n".join(rows) + "\n")
    rw("check", csv, "-r", book, "-f", "jsonl", "--detail", "verdict", "-o", out, "--summary", tmp_path / "s.json")
    rows_told = json.loads((tmp_path / "s.json").read_text())["rows"]
    assert rows_told == {"read": 1_001, "evaluated": 501, "rejected": 500, "skipped": 0}


def test_a_run_that_reads_a_pipe_is_not_resumed(book: Path, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    words = ["-r", book, "--input", "jsonl", "-f", "jsonl", "-o", tmp_path / "out", "--resume"]
    ran = rw("check", tmp_path / "pipe", *words)
    assert ran.codes == ["U004"]
    assert "pipe" in ran.err


def test_parquet_is_not_read_from_a_pipe(book: Path, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    ran = rw("check", tmp_path / "pipe", "-r", book, "--input", "parquet", "-f", "jsonl")
    assert ran.codes == ["U006"]
