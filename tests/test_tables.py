"""Tables made from the documentation and counted by other readers: no row is lost, and records keep their order."""

from __future__ import annotations

import csv
import gzip
import io
import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings, strategies as st

from batches import Came, run
from commands import edition, rw
from rulewright.batch.columns import Columns, Unknown
from rulewright.batch.rows import Rows

pytestmark = pytest.mark.slow

ROWS = Rows("request")
TEXTS = [
    "x",
    "",
    " ",
    "a b",
    'say "so"',
    "two\nlines",
    "two\r\nlines",
    "a,b",
    "a;b",
    "a\tb",
    "a|b",
    "年假",
    "é",
    '"',
    "\n",
    "'=1",
]


def examples(number: int) -> int:
    """So many examples, and as many more in a nightly run as others have."""
    return max(1, number * settings.default.max_examples // 60)


@dataclass(frozen=True)
class Table:
    """A table: its bytes, how it is to be read, and what Python's reader makes of it."""

    data: bytes
    name: str
    columns: Columns
    evaluated: list[str]
    rejected: list[tuple[int, str]]
    skipped: int


def blank(cells: list[str]) -> bool:
    return all(cell.strip() == "" for cell in cells)


def rows_of(random: Random, columns: list[str], number: int) -> Iterator[list[str]]:
    """Rows of all kinds: good ones, blank ones, totals, ragged ones, ones with values that do not fit."""
    for place in range(number):
        good = {"ref": f"r{place}", "days": str(random.randint(1, 20)), "reason": random.choice(TEXTS)}
        row = [good.get(column, random.choice(TEXTS)) if column else "" for column in columns]
        match random.choice(["good"] * 6 + ["blank", "total", "short", "long", "padded", "bad", "unnamed"]):
            case "blank":
                row = [random.choice(["", "", " ", "\t"]) for _ in range(random.choice([1, len(row), len(row) + 2]))]
            case "total":
                row = ["Total" if column == "ref" else random.choice(["", " "]) for column in columns]
            case "short":
                row = row[:-1]
            case "long":
                row = [*row, "z"]
            case "padded":
                row = [*row, "", " "]
            case "bad":
                row[columns.index("days")] = random.choice(["many", "0", "1.5", "1,5", " "])
            case "unnamed" if "" in columns:
                row[columns.index("")] = "z"
        yield row


def table_of(random: Random) -> Table:
    unknown = random.choice([[], [], ["owner"], ["owner", "owner"]])
    columns = ["ref", "days", "reason", *unknown]
    random.shuffle(columns)
    columns += [""] * random.choice([0, 0, 1, 2])
    ending = random.choice(["\n", "\n", "\r\n", "\r"])
    delimiter = random.choice([",", ",", ";", "\t", "|"])
    rows = [columns, *rows_of(random, columns, random.randint(0, 12))]
    if ending == "\r":  # a line break within a cell would end a row for others
        rows = [[cell.replace("\r\n", " ").replace("\n", " ") for cell in row] for row in rows]

    def written(cell: str) -> str:
        needs = any(one in cell for one in f'{delimiter}"\r\n')
        return '"' + cell.replace('"', '""') + '"' if needs or random.random() < 0.1 else cell

    text = ending.join(delimiter.join(map(written, row)) for row in rows) + random.choice(
        [ending, ending, "", ending * 3]
    )
    counted = list(
        csv.reader(io.StringIO(text.replace("\r", "\n") if ending == "\r" else text, newline=""), delimiter=delimiter)
    )
    evaluated, rejected, skipped, ignored = [], [], 0, bool(unknown) and random.random() < 0.9
    for number, row in enumerate(counted[1:], start=1):
        if len(row) > len(columns) and blank(row[len(columns) :]):
            row = row[: len(columns)]
        cells = dict(zip(reversed(columns), reversed(row), strict=False)) if len(row) == len(columns) else {}
        named = {column: cell for column, cell in zip(columns, row, strict=False) if column in ("days", "reason")}
        if blank(row):
            skipped += 1
        elif len(row) != len(columns) or (not ignored and not blank(one_of(columns, row, ""))):
            rejected.append((number, "F013"))
        elif blank(list(named.values())):
            rejected.append((number, "F014"))
        elif cells["days"] in ("many", "0", "1.5", "1,5", " "):
            rejected.append((number, "F005" if cells["days"] == "0" else "F003"))
        else:
            evaluated.append(cells["ref"])
    if ending == "\r" or random.random() < 0.7:
        encoding = random.choice(["utf-8", "utf-8-sig", "utf-16"])
    else:
        encoding = random.choice(["gb18030", "utf-16-le", "utf-16-be"])
    is_packed = random.random() < 0.3
    data = text.encode(encoding)
    asked = Columns(
        Unknown.IGNORE if ignored else Unknown.REJECT,
        delimiter=delimiter if random.random() < 0.2 else None,
        encoding="gb18030" if encoding == "gb18030" else None,
    )
    if unknown and not ignored:
        evaluated, rejected, skipped = [], [], -1
    return Table(
        gzip.compress(data) if is_packed else data,
        "t.csv.gz" if is_packed else "t.csv",
        asked,
        evaluated,
        rejected,
        skipped,
    )


def one_of(columns: list[str], row: list[str], name: str) -> list[str]:
    """The cells of all columns of a name."""
    return [cell for column, cell in zip(columns, row, strict=True) if column == name]


def told(came: Came) -> tuple[list[str], list[str], int]:
    """The evaluated cases, the codes of the rejected ones, and the number of skipped rows."""
    records = [json.loads(line)["case"] for line in (came.output or b"").decode().splitlines()]
    codes: dict[tuple[Any, Any], str] = {}
    for line in (came.rejected or "").splitlines():
        reject = json.loads(line)
        codes.setdefault((reject["file"], reject["row_line"]), reject["code"])
    return records, list(codes.values()), sum(came.counts["skipped"].values())


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("leave")
    (folder / "2024-01-01.yaml").write_text(edition("2024-01-01"), encoding="utf-8")
    return folder


@settings(max_examples=examples(25))
@given(st.integers(0, 2**32))
def test_every_row_of_a_csv_file_is_evaluated_rejected_or_skipped(book: Path, seed: int) -> None:
    random = Random(seed)
    table = table_of(random)
    with tempfile.TemporaryDirectory() as name:
        file = Path(name) / table.name
        file.write_bytes(table.data)
        came = [
            run([file], book, Path(name) / "out", rows=ROWS, detail="verdict", columns=table.columns, chunk_bytes=size)
            for size in (None, 1, random.randint(2, 60))
        ]
        came.append(
            run([file], book, Path(name) / "out", rows=ROWS, detail="verdict", columns=table.columns, engine="plain")
        )
    assert came[0] == came[1] == came[2] == came[3]
    if table.skipped < 0:
        assert came[0].output is None
        return
    expected = table.evaluated, [code for _, code in table.rejected], table.skipped
    assert told(came[0]) == expected


@settings(max_examples=examples(10))
@given(st.integers(0, 2**32))
def test_every_row_of_a_pipe_is_counted_too(book: Path, seed: int) -> None:
    table = table_of(Random(seed))
    words = ["--unknown-columns", table.columns.unknown.value]
    words += ["--delimiter", table.columns.delimiter] if table.columns.delimiter else []
    words += ["--encoding", table.columns.encoding] if table.columns.encoding else []
    shared = ["check", "-", "--input", "csv", "-r", book, "--kind", "request", "-f", "jsonl", "--detail", "verdict"]
    ran = rw(*shared, *words, "--chunk-bytes", "7", data=table.data)
    cases = [json.loads(line)["case"] for line in ran.out.splitlines()]
    assert cases == table.evaluated


def test_two_processes_keep_the_order(book: Path, tmp_path: Path) -> None:
    random = Random(7)
    columns = ["ref", "days", "reason"]
    rows = [columns, *rows_of(random, columns, 3_000)]
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerows(rows)
    file = tmp_path / "t.csv"
    file.write_bytes(text.getvalue().encode("utf-16"))
    first = run([file], book, tmp_path / "out", rows=ROWS, detail="verdict", jobs=1)
    second = run([file], book, tmp_path / "out", rows=ROWS, detail="verdict", jobs=2, chunk_bytes=5_000)
    assert first == second
    records, codes, skipped = told(first)
    assert len(records) + len(codes) + skipped == len(rows) - 1
    assert records == sorted(records, key=lambda name: int(name[1:]))


@settings(max_examples=examples(15))
@given(st.integers(0, 2**32))
def test_every_row_of_a_parquet_file_is_evaluated_rejected_or_skipped(book: Path, seed: int) -> None:
    random = Random(seed)
    rows = []
    expected: tuple[list[str], list[str], int] = ([], [], 0)
    skipped = 0
    for place in range(random.randint(0, 15)):
        ref = random.choice([f"r{place}", f"r{place}", None])
        days, reason = random.choice([None, 0, 1, 20]), random.choice([None, "", " ", "x"])
        owner = random.choice([None, "ann"])
        rows.append((ref, days, reason, owner))
        if ref is days is reason is owner is None:
            skipped += 1
        elif days is None and reason is None:
            expected[1].append("F014")
        elif days == 0:
            expected[1].append("F005")
        else:
            expected[0].append(ref or f"t-{place + 1}")
    with tempfile.TemporaryDirectory() as name:
        file = Path(name) / "t.parquet"
        with duckdb.connect() as connection:
            connection.execute("CREATE TABLE t (ref VARCHAR, days UBIGINT, reason VARCHAR, owner VARCHAR)")
            if rows:
                connection.executemany("INSERT INTO t VALUES (?, ?, ?, ?)", rows)
            connection.execute(f"COPY t TO '{file}' (FORMAT parquet)")
        came = [
            run(
                [file],
                book,
                Path(name) / "out",
                rows=ROWS,
                detail="verdict",
                columns=Columns(Unknown.IGNORE),
                chunk_bytes=size,
                engine=engine,
            )
            for size, engine in ((None, "durable"), (1, "durable"), (200, "durable"), (None, "plain"))
        ]
    assert came[0] == came[1] == came[2] == came[3]
    assert told(came[0]) == (expected[0], expected[1], skipped)
