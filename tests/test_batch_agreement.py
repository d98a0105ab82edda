"""What is judged in columns is what is judged case by case, byte for byte, in every format and however it is cut."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import assume, given, note, settings, strategies as st

from batches import Came, csv_text, dumped, flat, nested, run, write_parquet
from commands import ROOT
from odd_files import FIELDS, FLAT_RULEBOOK, RULEBOOK, Writer, lines_of
from rulewright import RulebookError
from rulewright.batch.rows import Rows
from rulewright.catalogue import load
from rulewright.model.facts import Case
from rulewright.model.values import FieldType
from rulewright.testing.tests_reader import read_tests
from strategies import Drawer, books, cases_of, read, write_rulebook

pytestmark = pytest.mark.slow

FORMATS = ["jsonl", "csv", "parquet"]
THING = Rows("thing")


def examples(number: int) -> int:
    """So many examples, and as many more in a nightly run as others have."""
    return max(1, number * settings.default.max_examples // 60)


def agreed(files: Sequence[Path], rulebook: Path, chunkings: Sequence[tuple[int | None, int]], **asked: Any) -> Came:
    """What a batch comes to, which is the same in columns, with any chunks and any number of processes."""
    output = files[0].parent / "out"
    expected = run(files, rulebook, output, engine="plain", **asked)
    for chunk_bytes, jobs in chunkings:
        came = run(files, rulebook, output, chunk_bytes=chunk_bytes, jobs=jobs, **asked)
        assert came == expected, (chunk_bytes, jobs)
    return expected


# --- random rulebooks ------------------------------------------------------------------------------------------------


def drawn_options(drawer: Drawer, fields: Sequence[tuple[str, str]]) -> dict[str, Any]:
    return {
        "format_": drawer.pick(FORMATS),
        "detail": drawer.pick(["findings", "verdict"]),
        "by": drawer.some(fields, 0, 2),
    }


@settings(max_examples=examples(3))
@given(books(), st.data())
def test_random_rulebooks_and_cases(book: dict[str, Any], data: st.DataObject) -> None:
    rulebook = read(book)
    cases = data.draw(cases_of(rulebook, 6))
    drawer = Drawer(data.draw)
    options = drawn_options(drawer, [(kind.name, name) for kind in rulebook.kinds.values() for name in kind.fields])
    text = "".join(dumped(nested(case), ensure_ascii=drawer.chance(50)) + "\n" for case in cases)
    note(text)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "book.yaml").write_text(write_rulebook(book), encoding="utf-8")
        (folder / "cases.jsonl").write_text(text, encoding="utf-8")
        chunking = [(None, 1), (drawer.number(1, len(text)), 1)]
        try:
            agreed([folder / "cases.jsonl"], folder / "book.yaml", chunking, **options)
        except RulebookError:
            assume(False)


SQL_TYPES = {
    FieldType.YES_NO: "BOOLEAN",
    FieldType.WHOLE_NUMBER: "BIGINT",
    FieldType.DECIMAL: "DECIMAL(24, 9)",
    FieldType.DATE: "DATE",
}


@settings(max_examples=examples(2))
@given(books(), st.data())
def test_random_rows_in_every_format(book: dict[str, Any], data: st.DataObject) -> None:
    """One kind's facts as JSON lines, as CSV and as Parquet come to the same."""
    rulebook = read(book)
    kind = data.draw(st.sampled_from(list(rulebook.kinds)))
    cases = data.draw(cases_of(rulebook, 4))
    drawer = Drawer(data.draw)
    fields = [field for field in rulebook.kinds[kind].fields.values() if field.may_be_given]
    options = drawn_options(drawer, [(kind, field.name) for field in fields])
    rows: list[dict[str, Any]] = []
    for case in cases:
        for row in flat(case.facts.get(kind, ())):
            # neither a format nor a cell tells an empty text from none
            stated = {name: value for name, value in row.items() if value != ""}
            rows.append({**stated, **({"case": case.name, "as_of": case.as_of} if drawer.chance(70) else {})})
    columns = ["ref", "case", "as_of", *(field.name for field in fields)]
    types = {"ref": "VARCHAR", "case": "VARCHAR", "as_of": "DATE"}
    types |= {field.name: SQL_TYPES.get(field.type, "VARCHAR") for field in fields}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "book.yaml").write_text(write_rulebook(book), encoding="utf-8")
        files = [folder / "r.jsonl", folder / "r.csv", write_parquet(folder / "r.parquet", rows, types)]
        files[0].write_text("".join(dumped(row) + "\n" for row in rows), encoding="utf-8")
        files[1].write_text(csv_text(rows, columns), encoding="utf-8", newline="")
        chunking = [(None, 1), (drawer.number(1, 500), 1)]
        try:
            came = [agreed([file], folder / "book.yaml", chunking, rows=Rows(kind), **options) for file in files]
        except RulebookError:
            assume(False)
        assert came[0].counts == came[1].counts == came[2].counts
        if not came[0].counts["rejected"]:
            assert came[0].output == came[1].output == came[2].output


# --- odd files -------------------------------------------------------------------------------------------------------


@settings(max_examples=examples(2))
@given(st.integers(0, 1_000_000))
@pytest.mark.parametrize("form", ["cases", "rows", "csv"])
def test_odd_files(form: str, seed: int) -> None:
    """Lines and cells with everything in them that files have had in them."""
    random = Random(seed)
    writer = Writer(random)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "book.yaml").write_text(RULEBOOK if form == "cases" else FLAT_RULEBOOK, encoding="utf-8")
        file = folder / ("odd.csv" if form == "csv" else "odd.jsonl")
        if form == "csv":
            columns = [column for column in FIELDS if column != "owner" and writer.chance(80)]
            columns += [column for column in ("ref", "case", "as_of") if writer.chance(60)]
            data = lines_of(lambda: writer.csv_row(columns), 60, random, ",".join(columns))
        else:
            data = lines_of(writer.case if form == "cases" else writer.row, 60, random)
        file.write_bytes(data)
        by = [
            ("thing", field)
            for field in random.sample([field for field in FIELDS if field not in ("owner", "part_of")], 2)
        ]
        chunking = [(None, 1), (random.randint(len(data) // 30 + 1, len(data) + 1), random.choice([1, 1, 2]))]
        options = {
            "format_": random.choice(["jsonl", "csv"]),
            "detail": random.choice(["findings", "verdict"]),
            "by": by,
        }
        agreed([file], folder / "book.yaml", chunking, rows=None if form == "cases" else THING, **options)


# --- the rulebooks that come with the program ------------------------------------------------------------------------

FOLDERS = [*sorted((ROOT / "rulebook").iterdir()), ROOT / "examples" / "annual-leave"]


@cache
def shipped_cases(folder: Path) -> list[Case]:
    """The cases of the tests of all editions, each on its own day."""
    cases = []
    for tests in sorted(folder.glob("*.tests.yaml")):
        program, _ = load(tests.with_name(tests.name.replace(".tests.yaml", ".yaml")))
        assert program is not None
        found, _ = read_tests(tests.read_bytes(), tests.name, program.rulebook)
        cases += [test.case for test in found]
    return cases


@pytest.mark.parametrize("detail", ["verdict", "findings"])
@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_shipped_rulebooks(folder: Path, format_: str, detail: str, tmp_path: Path) -> None:
    cases = shipped_cases(folder)
    file = tmp_path / "cases.jsonl"
    file.write_text("".join(dumped(nested(case), ensure_ascii=False) + "\n" for case in cases), encoding="utf-8")
    chunking: list[tuple[int | None, int]] = [(None, 1)]
    chunking += [(file.stat().st_size // 3, 2)] if (format_, detail) == ("jsonl", "verdict") else []
    came = agreed([file], folder, chunking, format_=format_, detail=detail)
    judged = sum(came.counts["verdicts"].values())
    assert judged + came.counts["rejected"] == len(cases)
    assert judged > len(cases) // 2


@pytest.mark.parametrize("format_", FORMATS)
def test_full_detail_is_the_same_for_all_chunks(format_: str, tmp_path: Path) -> None:
    cases = shipped_cases(ROOT / "examples" / "annual-leave")
    file = tmp_path / "cases.jsonl"
    file.write_text("".join(dumped(nested(case)) + "\n" for case in cases), encoding="utf-8")
    runs = [
        run(
            [file],
            ROOT / "examples" / "annual-leave",
            tmp_path / "out",
            format_=format_,
            detail="full",
            engine=engine,
            chunk_bytes=size,
            jobs=jobs,
        )
        for engine, size, jobs in [("durable", None, 1), ("durable", 777, 2), ("plain", None, 1)]
    ]
    assert runs[0] == runs[1]
    if format_ == "jsonl":  # names its engine
        assert runs[0].output is not None and runs[2].output is not None
        assert runs[0].output.count(b'"engine":') == len(cases)
    else:
        assert runs[0] == runs[2]


# --- by hand ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def flat_book(tmp_path: Path) -> Path:
    path = tmp_path / "flat.yaml"
    path.write_text(FLAT_RULEBOOK, encoding="utf-8")
    return path


def names_and_verdicts(came: Came) -> list[tuple[str, str]]:
    assert came.output is not None
    rows = [line.split(",") for line in came.output.decode().splitlines()[1:]]
    return [(row[0], row[1]) for row in rows]


NUMBERS = [
    ("1", True), ("-0", True), ("0.10", True), ("1e2", True), ("1E+2", True), ("10e-1", True), ("1.50000000000", True),
    ("123456789012345", True), ("1234567890123456", False), ("0.1000000000000000055511151231257827", False),
    ("0.123456789", True), ("0.1234567891", False), ("99999999999999.9", True), ("999999999999999.9", False),
    ("1e-9", True), ("1e-10", False), ("1e400", False), ("NaN", False), ("Infinity", False), ("-Infinity", False),
    ('"1"', False), ("true", False), ("0x10", False), ("1_000", False), ("01", False), ("+1", False), (".5", False),
]  # fmt: skip


def test_numbers_in_every_form(flat_book: Path, tmp_path: Path) -> None:
    """A number that is not one of JSON is rejected, though YAML has it."""
    file = tmp_path / "n.jsonl"
    file.write_text("".join(f'{{"ref": "n{place}", "price": {text}}}\n' for place, (text, _) in enumerate(NUMBERS)))
    came = agreed(
        [file], flat_book, [(None, 1), (1, 1)], rows=THING, format_="csv", detail="verdict", by=[("thing", "price")]
    )
    assert [name for name, _ in names_and_verdicts(came)] == [
        f"n{place}" for place, (_, good) in enumerate(NUMBERS) if good
    ]


def test_a_number_is_not_what_a_binary_number_makes_of_it(flat_book: Path, tmp_path: Path) -> None:
    """`exactly` advises where the price is 0.1, and only there."""
    texts = ["0.1", "0.10", "1e-1", "0.100000000", "0.100000001", "0.099999999"]
    file = tmp_path / "n.jsonl"
    file.write_text("".join(f'{{"ref": "{text}", "price": {text}}}\n' for text in texts))
    came = agreed([file], flat_book, [(None, 1)], rows=THING, format_="csv", detail="verdict")
    assert came.output is not None
    advised = [line.split(",")[0] for line in came.output.decode().splitlines() if "exactly" in line.split(",")[-1]]
    assert advised == texts[:4]


FRAMES = {
    "plain": ("", "\n", "\n"),
    "no final newline": ("", "\n", ""),
    "CRLF": ("", "\r\n", "\r\n"),
    "byte order mark": ("\ufeff", "\n", "\n"),
    "byte order mark and CRLF": ("\ufeff", "\r\n", ""),
    "blank lines": ("\n", "\n\n \n", "\n\n"),
}


@pytest.mark.parametrize("form", ["cases", "rows", "csv"])
@pytest.mark.parametrize("frame", FRAMES)
def test_frames(form: str, frame: str, flat_book: Path, tmp_path: Path) -> None:
    before, between, after = FRAMES[frame]
    if form == "csv" and frame == "blank lines":
        before, between = "", "\n\n"
    line = {"cases": '{"case": "c%d", "thing": {"name": "ü"}}', "rows": '{"ref": "c%d", "name": "ü"}', "csv": "c%d,ü"}[
        form
    ]
    lines = [line % number for number in range(5)]
    file = tmp_path / ("f.csv" if form == "csv" else "f.jsonl")
    file.write_bytes((before + between.join(["ref,name", *lines] if form == "csv" else lines) + after).encode())
    sizes = [(size, 1) for size in (None, 1, 40)]
    came = agreed([file], flat_book, sizes, rows=None if form == "cases" else THING, format_="csv", detail="verdict")
    assert [name for name, _ in names_and_verdicts(came)] == [f"c{number}" for number in range(5)]
    assert came.rejected is None


def grouped_files(folder: Path) -> list[Path]:
    """Rows of which some are of one case, with references between them, in three formats."""
    rows: list[dict[str, Any]] = []
    for case in range(6):
        for part in range(case % 4 + 1):
            part_of = {"part_of": f"t{part - 1}"} if part else {}
            rows.append({"ref": f"t{part}", "case": f"case {case}", "name": "a", "size": part * 3, **part_of})
        rows.append({"ref": f"alone {case}", "size": 1})
    rows += [{"ref": "t0", "case": "case 0", "size": 2}, {"ref": "t1", "case": "case 0", "part_of": "t0"}]
    rows += [
        {"ref": "t1", "case": "dangling", "part_of": "t0"},
        {"ref": "a", "case": "twice", "size": 1},
        {"ref": "a", "case": "twice", "size": 1},
    ]
    rows += [{"ref": "a", "case": "days", "as_of": "2024-02-01", "size": 1}]
    rows += [{"ref": "b", "case": "days", "as_of": "2024-03-01", "size": 1}]
    rows += [{"case": "unnamed", "size": 5}, {"case": "unnamed", "size": 500}]
    columns = {
        "ref": "VARCHAR",
        "case": "VARCHAR",
        "as_of": "DATE",
        "name": "VARCHAR",
        "size": "BIGINT",
        "part_of": "VARCHAR",
    }
    (folder / "g.jsonl").write_text("".join(dumped(row) + "\n" for row in rows))
    (folder / "g.csv").write_text(csv_text(rows, list(columns)), newline="")
    return [folder / "g.jsonl", folder / "g.csv", write_parquet(folder / "g.parquet", rows, columns)]


@pytest.mark.parametrize("detail", ["verdict", "findings"])
def test_rows_of_a_case_are_one_case_wherever_the_chunks_end(detail: str, flat_book: Path, tmp_path: Path) -> None:
    came = []
    for file in grouped_files(tmp_path):
        sizes = [(size, 1) for size in (None, 1, 200)] + [(64, 2)]
        came.append(agreed([file], flat_book, sizes, rows=THING, format_="csv", detail=detail))
    assert came[0].output == came[1].output == came[2].output
    if detail == "verdict":
        names = [name for name, _ in names_and_verdicts(came[0])]
        assert names == [
            *(name for case in range(6) for name in (f"case {case}", f"alone {case}")), "case 0", "days", "unnamed"
        ]  # fmt: skip
    assert [came_of.counts["codes"] for came_of in came] == [{"F006": 1, "F007": 1}] * 3


def test_a_line_that_columns_cannot_read_is_of_the_case_around_it(flat_book: Path, tmp_path: Path) -> None:
    """Keys and names with escapes, and commas behind the last part."""
    rows = [
        '{"ref": "a", "case": "one", "size": 1}', '{"ref": "b", "case": "one", "size": 1, }',
        '{"ref": "c", "\\u0063ase": "one", "size": 1}', '{"ref": "d", "case": "\\u006fne", "size": 1}',
        '{"ref": "e", "case": "two", "size": 1}', '{"ref": "f", "case": "two", "size": 1, }',
        '{"ref": "g", "size": 1}', '{"ref": "h", "size": 1, }', '{"ref": "i", "case": "two", "size": 1}',
        '{"ref": "j", "case": "two", "nme": 1}', '{"ref": "k", "case": "two", "size": 1',
    ]  # fmt: skip
    file = tmp_path / "y.jsonl"
    file.write_text("\n".join(rows))
    came = agreed(
        [file], flat_book, [(size, 1) for size in (None, 1, 30, 61)], rows=THING, format_="csv", detail="findings"
    )
    assert came.output is not None
    found = dict.fromkeys(tuple(line.split(",")[:3:2]) for line in came.output.decode().splitlines()[1:])
    assert list(found) == [
        *[("one", ref) for ref in "abcd"], ("two", "e"), ("two", "f"), ("g", "g"), ("h", "h")
    ]  # fmt: skip
    assert came.counts["codes"] == {"F002": 1, "S012": 1}


QUOTING = '''\
ref,name,note
a,"x, y","say ""hello"""
b,"two
lines",z
c,5" disk,z
d,"open,z
e,"closed"x,z
f,z
g,z,z,z

h," ",
"i",,
,"no, ref",z
j,"a""",z
k,z"
l,"z
m,z"
n,a\rb,z
'''


def test_quotes_in_csv_cost_no_other_row(flat_book: Path, tmp_path: Path) -> None:
    file = tmp_path / "q.csv"
    file.write_text(QUOTING, newline="")
    sizes = [(size, 1) for size in (None, 1, 5, 13, 29)]
    came = agreed([file], flat_book, sizes, rows=THING, format_="csv", detail="verdict")
    assert [name for name, _ in names_and_verdicts(came)] == ["a", "b", "q-13", "j"]
    assert came.rejected is not None
    told = [json.loads(line) for line in came.rejected.splitlines()]
    assert [(one["line"], one["column"], one["message"]) for one in told] == [
        (5, 4, "a quote stands inside of a cell"),
        (6, 3, "a cell begins with a quote and does not end with one"),
        (7, 11, "something stands behind the quote that ends a cell"),
        (8, 1, "a row of 2 cells, where the header has 3"),
        (9, 1, "a row of 4 cells, where the header has 3"),
        (11, 1, "the row states no field of `thing`: it has only the name `h`"),
        (12, 1, "the row states no field of `thing`: it has only the name `i`"),
        (15, 4, "a quote stands inside of a cell"),
        (16, 1, "a row of 2 cells, where the header has 3"),
        (18, 4, "a carriage return ends no row, without a line feed"),
    ]


def test_parquet_columns_of_other_types(flat_book: Path, tmp_path: Path) -> None:
    """Dictionaries, binary fractions as they are written, small integers, and columns of nulls are read."""
    types = {
        "ref": "VARCHAR", "colour": "ENUM('red', 'green', 'blue')", "price": "DOUBLE", "size": "SMALLINT",
        "lit": "BOOLEAN", "from": "DATE", "name": "VARCHAR",
    }  # fmt: skip
    rows: list[dict[str, Any]] = [
        {"ref": "a", "colour": "red", "price": 0.1, "size": 3, "lit": True, "from": "2024-02-29"},
        {"ref": "b", "colour": "blue", "price": 1e15},
        {"ref": "c", "price": 1e14, "size": -2000},
        {"ref": "d", "price": float("nan")},
        {"ref": "e", "price": float("inf")},
        {"ref": "f", "price": 0.1 + 0.2},
        {"ref": "g", "price": -0.0},
        {"ref": "h", "price": 1e-7},
        {},
    ]
    file = write_parquet(tmp_path / "p.parquet", rows, types)
    came = agreed(
        [file],
        flat_book,
        [(None, 1), (1, 1), (200, 1)],
        rows=THING,
        format_="csv",
        detail="verdict",
        by=[("thing", "price")],
    )
    assert [name for name, _ in names_and_verdicts(came)] == ["a", "c", "g", "h", "p-9"] or came.rejected
    assert came.counts["codes"] == {"F003": 3, "F004": 1, "F005": 1}
