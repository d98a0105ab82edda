"""Apache Spark comes to what a local run comes to, row for row, in the records as in what is rejected."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import assume, given, settings, strategies as st

from batches import TODAY, dumped, flat, nested, run, without_rows, write_parquet
from commands import ROOT, rulebook_folder
from odd_files import FLAT_RULEBOOK, NEXT_FLAT_RULEBOOK, NEXT_RULEBOOK, RULEBOOK, Writer, lines_of
from rulewright import RulebookError
from rulewright.batch.rows import Rows
from rulewright.model.values import FieldType
from strategies import Drawer, books, cases_of, read, write_rulebook

# ruff: noqa: PLC0415  pyspark is not there for everybody

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

#: Set where a missing Spark is a fault, as in the runs that a change has to pass.
REQUIRED = "RULEWRIGHT_REQUIRE_SPARK" in os.environ
try:
    import pyspark  # noqa: F401
except ImportError:
    REASON = "pyspark is not installed: pip install 'rulewright[spark]'"
else:
    REASON = "" if shutil.which("java") or os.environ.get("JAVA_HOME") else "there is no Java"
pytestmark = [
    pytest.mark.skipif(bool(REASON) and not REQUIRED, reason=REASON),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

THING = Rows("thing")
INTERPRETED = {"spark.sql.codegen.wholeStage": "false", "spark.sql.codegen.factoryMode": "NO_CODEGEN"}


def examples(number: int) -> int:
    """So many examples, and as many more in a nightly run as others have."""
    return max(1, number * settings.default.max_examples // 60)


def new_session(master: str, **more: str) -> SparkSession:
    """A session with little memory, in which nothing of Python can run on a worker."""
    from pyspark.sql import SparkSession

    options = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.driver.memory": "2g",
        "spark.sql.shuffle.partitions": "2",
        "spark.pyspark.python": "/bin/false",
        "spark.pyspark.driver.python": sys.executable,
        "spark.log.level": "OFF",
        **more,
    }
    builder = SparkSession.builder.master(master)
    for name, value in options.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()


@pytest.fixture(scope="module")
def spark() -> Iterator[SparkSession]:
    """A session that interprets: for so few rows the compiler takes many times as long as they do."""
    session = new_session("local[2]", **INTERPRETED)
    yield session
    session.stop()


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    if not REASON:
        monkeypatch.setattr("rulewright.spark.dated_programs.DatedPrograms.today", lambda self: TODAY)


def in_any_order(items: Sequence[dict[str, Any]]) -> list[str]:
    return sorted(json.dumps(item, sort_keys=True) for item in items)


def here(files: Sequence[Path], rulebook: Path, detail: str, **asked: Any) -> tuple[list[str], list[str]]:
    """The records and what is rejected, as a local run has them."""
    came = run(files, rulebook, files[0].parent / "out", detail=detail, **asked)
    records = [json.loads(line) for line in (came.output or b"").decode().splitlines()]
    rejected = [without_rows(json.loads(line)) for line in (came.rejected or "").split("\n") if line]
    return in_any_order(records), in_any_order(rejected)


def there(
    session: SparkSession, files: Sequence[Path], rulebook: Path, detail: str, rows: Rows | None = None, **asked: Any
) -> tuple[list[str], list[str]]:
    """The records and what is rejected, as Spark has them."""
    from rulewright.spark import check_rows, json_lines, parquet_rows
    from rulewright.spark.input_rows import Keys

    keys = Keys() if rows is None else Keys(rows.ref, rows.case)
    source = parquet_rows if files[0].suffix == ".parquet" else json_lines
    found = source(session, [str(file) for file in files], keys)
    with check_rows(found, str(rulebook), kind=rows and rows.kind, detail=detail, **asked) as checked:
        records = [row.asDict(recursive=True) for row in checked.records.collect()]
        rejected = [row.asDict(recursive=True) for row in checked.rejected.collect()]
    return in_any_order(records), in_any_order(rejected)


def agreed(
    session: SparkSession, files: Sequence[Path], rulebook: Path, detail: str, **asked: Any
) -> tuple[list[str], list[str]]:
    """What both come to, which is the same."""
    expected = here(files, rulebook, detail, **asked)
    came = there(session, files, rulebook, detail, **asked)
    assert came[0] == expected[0]
    assert came[1] == expected[1]
    return came


# --- random rulebooks ------------------------------------------------------------------------------------------------


@settings(max_examples=examples(2))
@given(book=books(), data=st.data())
def test_random_rulebooks(
    book: dict[str, Any], data: st.DataObject, spark: SparkSession, tmp_path_factory: pytest.TempPathFactory
) -> None:
    rulebook = read(book)
    cases = [case for _ in range(3) for case in data.draw(cases_of(rulebook, 8))]
    folder = tmp_path_factory.mktemp("random")
    (folder / "book.yaml").write_text(write_rulebook(book), encoding="utf-8")
    text = "".join(dumped(nested(case), ensure_ascii=number % 2 == 0) + "\n" for number, case in enumerate(cases))
    (folder / "cases.jsonl").write_text(text, encoding="utf-8")
    try:
        expected = here([folder / "cases.jsonl"], folder / "book.yaml", "findings")
    except RulebookError:
        assume(False)
    assert there(spark, [folder / "cases.jsonl"], folder / "book.yaml", "findings") == expected


SQL_TYPES = {
    FieldType.YES_NO: "BOOLEAN",
    FieldType.WHOLE_NUMBER: "BIGINT",
    FieldType.DECIMAL: "DECIMAL(24, 9)",
    FieldType.DATE: "DATE",
}


@settings(max_examples=examples(1))
@given(book=books(), data=st.data())
def test_random_rows_of_cases(
    book: dict[str, Any], data: st.DataObject, spark: SparkSession, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """One kind's facts, some together in a case, as JSON lines and as Parquet."""
    rulebook = read(book)
    kind = data.draw(st.sampled_from(list(rulebook.kinds)))
    drawer = Drawer(data.draw)
    rows: list[dict[str, Any]] = []
    for number in range(3):
        for case in data.draw(cases_of(rulebook, 4)):
            header = {"case": f"{case.name} of {number}", "as_of": case.as_of} if drawer.chance(70) else {}
            rows += [{**row, **header} for row in flat(case.facts.get(kind, ()))]
    assume(rows)
    fields = [field for field in rulebook.kinds[kind].fields.values() if field.may_be_given]
    types = {"ref": "VARCHAR", "case": "VARCHAR", "as_of": "DATE"}
    types |= {field.name: SQL_TYPES.get(field.type, "VARCHAR") for field in fields}
    folder = tmp_path_factory.mktemp("rows")
    (folder / "book.yaml").write_text(write_rulebook(book), encoding="utf-8")
    lines, table = folder / "r.jsonl", write_parquet(folder / "r.parquet", rows, types)
    lines.write_text("".join(dumped(row) + "\n" for row in rows), encoding="utf-8")
    for file in (lines, table):
        try:
            expected = here([file], folder / "book.yaml", "verdict", rows=Rows(kind))
        except RulebookError:
            assume(False)
        assert there(spark, [file], folder / "book.yaml", "verdict", Rows(kind)) == expected


def test_levels_upon_levels(spark: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is kept of a level is made of what is kept of those below, but for where rows went between workers."""
    monkeypatch.setattr("rulewright.spark.observing._LONGEST_CHAIN", 2)
    levels = range(1, 5)
    fields = "".join(f"      f{number}: {{type: whole number}}\n" for number in (0, *levels))
    rules = "".join(
        f"  r{number}: {{about: thing, when: {{other.f{number - 1}: {{at_least: {number - 1}}}}}, "
        f"conclude: {{f{number}: {number}}}, source: {{document: d}}}}\n"
        for number in levels
    )
    text = "rulebook: deep\nedition: 2024-01-01\nlanguage: 1\ntitle: Deep\ndocuments: {d: {title: D}}\n"
    text += f"facts:\n  thing:\n    fields:\n      other: {{type: reference, to: thing}}\n{fields}rules:\n{rules}"
    text += "  end: {about: thing, require: {other.f4: {at_least: 4}}, source: {document: d}, explain: x}\n"
    (tmp_path / "book.yaml").write_text(text, encoding="utf-8")
    things = [
        [{"ref": "a", "other": "b", **({"f0": number % 3 - 1} if number % 4 else {})}, {"ref": "b", "f0": number % 5}]
        for number in range(60)
    ]
    lines = [dumped({"thing": [first, {**second, "other": "a"}]}) + "\n" for first, second in things]
    (tmp_path / "c.jsonl").write_text("".join(lines), encoding="utf-8")
    records, _ = agreed(spark, [tmp_path / "c.jsonl"], tmp_path / "book.yaml", "findings")
    assert len({json.loads(line)["verdict"] for line in records}) == 2


# --- odd files -------------------------------------------------------------------------------------------------------


#: How `case` may be written as a key.
CASE_KEY = re.compile(rb"c(a|\\u0061)se|\\u0063")


@pytest.mark.parametrize("seed", range(examples(1)))
@pytest.mark.parametrize("form", ["cases", "rows"])
def test_odd_files(form: str, seed: int, spark: SparkSession, tmp_path: Path) -> None:
    """Lines with everything in them that files have had in them, judged by two editions."""
    random = Random(seed)
    writer = Writer(random)
    text = (RULEBOOK, NEXT_RULEBOOK) if form == "cases" else (FLAT_RULEBOOK, NEXT_FLAT_RULEBOOK)
    book = rulebook_folder(tmp_path / "odd", on_2024_01_01=text[0], on_2025_01_01=text[1])
    written = writer.case if form == "cases" else writer.row
    data = lines_of(written, 250, random)
    if form == "rows":  # a local run takes only rows that follow each other for one case
        data = b"\n".join(line for line in data.split(b"\n") if not CASE_KEY.search(line))
    (tmp_path / "odd.jsonl").write_bytes(data)
    records, rejected = agreed(
        spark, [tmp_path / "odd.jsonl"], book, "findings", rows=None if form == "cases" else THING
    )
    assert len(records) > 10
    assert len(rejected) > 10


def test_rows_of_a_case_are_together_wherever_they_stand(spark: SparkSession, tmp_path: Path) -> None:
    (tmp_path / "book.yaml").write_text(FLAT_RULEBOOK, encoding="utf-8")
    rows: list[dict[str, Any]] = [
        {"ref": f"t{part}", "case": f"case {case}", "size": 3 * part, **({"part_of": f"t{part - 1}"} if part else {})}
        for case in range(6)
        for part in range(case % 4 + 1)
    ]
    rows += [{"ref": "t1", "case": "dangling", "part_of": "t0"}, {"ref": "a", "case": "twice", "size": 1}]
    rows += [{"ref": "a", "case": "twice", "size": 1}, {"case": "unnamed", "size": 5}, {"case": "unnamed", "size": 500}]
    rows += [
        {"ref": "alone", "size": 1},
        {"size": 1},
        {"ref": "alone", "size": 1},
        {"ref": "nothing"},
        {"case": "bad", "size": "1"},
        {"case": "bad", "size": 1},
    ]
    days = {"case": "days", "size": 1}
    rows += [{"ref": "a", "as_of": "2024-02-01", **days}, {"ref": "b", "as_of": "2024-03-01", **days}]
    # only the reader of single cases knows that these name a case
    odd = (
        "{ref: odd, case: case 3, size: 2}\n"
        + '{"ref": "odd", "case": "\\ud83d\\ude00", "size": 1}\n'
        + '{"case": "😀", "ref": "b", "size": 1}\n'
    )
    together, apart = tmp_path / "r.jsonl", tmp_path / "apart" / "r.jsonl"
    apart.parent.mkdir()
    lines = [dumped(row) + "\n" for row in rows]
    split = next(number for number, row in enumerate(rows) if row.get("case") == "case 4")
    together.write_text("".join(lines[:split]) + odd + "".join(lines[split:]), encoding="utf-8")
    records, rejected = agreed(spark, [together], tmp_path / "book.yaml", "findings", rows=THING)
    assert len(records) == 12
    assert {json.loads(line)["code"] for line in rejected} == {"F003", "F006", "F007", "F014", "S012"}
    # the other way round, but for those whose names tell their place
    named = [line for line in lines if '"ref"' in line and '"as_of"' not in line]
    together.write_text("".join(named), encoding="utf-8")
    apart.write_text("".join(sorted(named, key=lambda line: line[::-1])), encoding="utf-8")
    expected = here([together], tmp_path / "book.yaml", "verdict", rows=THING)
    assert there(spark, [apart], tmp_path / "book.yaml", "verdict", THING)[0] == expected[0]


def test_texts_in_other_forms_and_periods_in_no_order(spark: SparkSession, tmp_path: Path) -> None:
    from test_texts_and_periods import BOOK, HOSTS, NAMES, PERIODS

    facts: list[dict[str, Any]] = [{"ref": other, "owner": name, "payer": other} for name, other in NAMES]
    facts += [{"ref": f"h{n}", "owner": "a", "payer": "a", "site": a, "domain": b} for n, (a, b, _) in enumerate(HOSTS)]
    facts += [{"ref": f"p{n}", "owner": "a", "payer": "a", **dates} for n, (dates, _) in enumerate(PERIODS)]
    (tmp_path / "2024-01-01.yaml").write_text(BOOK, encoding="utf-8")
    file = tmp_path / "facts.jsonl"
    file.write_text("".join(json.dumps(fact, ensure_ascii=False) + "\n" for fact in facts), encoding="utf-8")
    records, rejected = agreed(spark, [file], tmp_path / "2024-01-01.yaml", "findings", rows=Rows("lease"))
    assert len(rejected) == sum(not good for _, good in PERIODS)
    assert len(records) == len(facts) - len(rejected)


def test_several_files_with_other_columns_for_ref_and_case(spark: SparkSession, tmp_path: Path) -> None:
    (tmp_path / "book.yaml").write_text(FLAT_RULEBOOK, encoding="utf-8")
    rows = Rows("thing", "id", "group")
    files = [tmp_path / f"part {number}.x.jsonl" for number in range(3)]
    for number, file in enumerate(files):
        lines = [f'{{"id": "a{number}{row}", "size": {row * 40}, "group": "g{number}{row // 2}"}}' for row in range(5)]
        lines += ["", '{"size": 1}', '{"ref": "no", "size": 1}', '{"size": "1"}']
        file.write_text("\r\n".join(lines) + "\r\n", encoding="utf-8")
    records, rejected = agreed(spark, files, tmp_path / "book.yaml", "verdict", rows=rows)
    assert (len(records), len(rejected)) == (15, 3)


PRICES = [None, Decimal("0.1"), Decimal("0.100000000"), Decimal("999999999999999"), Decimal("1.123456789"), Decimal(-1)]


def test_columns_of_parquet_files(spark: SparkSession, tmp_path: Path) -> None:
    """Types of columns that hold a field's values, and values in them that the field does not take."""
    (tmp_path / "book.yaml").write_text(FLAT_RULEBOOK, encoding="utf-8")
    texts = [None, "a", "", " ", "ü", "a\x00b", "x" * 10_000, "x" * 10_001]
    for place, (whole, decimal) in enumerate([("BIGINT", "DECIMAL(24, 9)"), ("INTEGER", "DOUBLE")]):
        rows = [
            {
                "ref": texts[number % 5] if number % 7 == 0 else f"r{number}",
                "name": texts[number % len(texts)],
                "colour": [None, "red", "yes", "blue"][number % 4],
                "size": [None, 1, -1000, -1001, 101][number % 5],
                "price": PRICES[number % len(PRICES)],
                "lit": [None, True, False][number % 3],
                "from": [None, date(2024, 2, 29), date(1, 1, 1), date(9999, 12, 31)][number % 4],
            }
            for number in range(40)
        ]
        columns = {"ref": "VARCHAR", "name": "VARCHAR", "colour": "VARCHAR", "size": whole, "price": decimal}
        columns |= {"lit": "BOOLEAN", "from": "DATE"}
        file = write_parquet(tmp_path / f"p{place}.parquet", rows, columns)
        records, rejected = agreed(spark, [file], tmp_path / "book.yaml", "findings", rows=THING)
        assert records and rejected


# --- the rulebooks that come with the program ------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["alibaba-cloud-icp-filing", "annual-leave"])
def test_shipped_rulebooks(name: str, spark: SparkSession, tmp_path: Path) -> None:
    """The cases of the tests of all editions, each on its own day."""
    from test_batch_agreement import shipped_cases

    folder = next(one for one in (ROOT / "rulebook" / name, ROOT / "examples" / name) if one.is_dir())
    cases = shipped_cases(folder)
    file = tmp_path / "cases.jsonl"
    file.write_text("".join(dumped(nested(case), ensure_ascii=False) + "\n" for case in cases), encoding="utf-8")
    records, _ = agreed(spark, [file], folder, "findings")
    assert len(records) > len(cases) // 2
    agreed(spark, [file], folder, "verdict", as_of=date(2019, 1, 1))


# --- dataframes ------------------------------------------------------------------------------------------------------


def test_dataframes_of_any_making(spark: SparkSession, tmp_path: Path) -> None:
    """Columns of structs and of arrays of structs: a dataframe has no files, so that rows are told apart by names."""
    from rulewright.spark import check

    (tmp_path / "book.yaml").write_text(RULEBOOK, encoding="utf-8")
    texts = [
        """SELECT 'a' AS case, DATE'2024-02-29' AS as_of, named_struct('ref', 't', 'size', 7, 'owner', 'p') AS thing,
        array(named_struct('ref', 'p', 'age', 30), named_struct('ref', 'q', 'age', 3)) AS person""",
        "SELECT 'b', NULL, named_struct('ref', NULL, 'size', 70000, 'owner', NULL), NULL",
        "SELECT 'twice', NULL, named_struct('ref', 'x', 'size', 1, 'owner', NULL), array()",
        "SELECT 'twice', NULL, named_struct('ref', 'y', 'size', 2, 'owner', NULL), array()",
        "SELECT NULL, NULL, NULL, array()",
        "SELECT 'nothing', NULL, NULL, NULL",
        """SELECT 'low', NULL, named_struct('ref', 'z', 'size', -5000, 'owner', 'p'),
        array(named_struct('ref', 'p', 'age', 1))""",
        "SELECT 'null in it', NULL, NULL, array(NULL, named_struct('ref', 'p', 'age', 1))",
    ]
    frame = spark.sql(" UNION ALL ".join(texts))
    lines = [
        {"case": "a", "as_of": "2024-02-29", "thing": {"ref": "t", "size": 7, "owner": "p"},
         "person": [{"ref": "p", "age": 30}, {"ref": "q", "age": 3}]},
        {"case": "b", "thing": {"size": 70000}},
        {"case": "twice", "thing": {"ref": "x", "size": 1}, "person": []},
        {"case": "twice", "thing": {"ref": "y", "size": 2}, "person": []},
        {"case": "case", "person": []},
    ]  # fmt: skip
    (tmp_path / "c.jsonl").write_text("".join(dumped(line) + "\n" for line in lines), encoding="utf-8")
    with check(frame, str(tmp_path / "book.yaml"), detail="findings") as checked:
        records = in_any_order([row.asDict(recursive=True) for row in checked.records.collect()])
        rejected = {(row["case"], row["code"]) for row in checked.rejected.collect()}
    assert records == here([tmp_path / "c.jsonl"], tmp_path / "book.yaml", "findings")[0]
    assert rejected == {("nothing", "F011"), ("low", "F005"), ("null in it", "F008")}


def test_what_is_wrong_with_all_rows_is_told_at_once(spark: SparkSession, tmp_path: Path) -> None:
    from rulewright.spark import RefusedError, check, check_rows, json_lines

    (tmp_path / "book.yaml").write_text(FLAT_RULEBOOK, encoding="utf-8")
    book = str(tmp_path / "book.yaml")
    frame = spark.sql("SELECT 'a' AS ref, 1 AS name, '1' AS size, 2 AS sise, 1.5D AS price, DATE'2024-01-01' AS as_of")
    with pytest.raises(RefusedError) as refused:
        check(frame, book, kind="thing")
    assert [one.code for one in refused.value.diagnostics] == ["F003", "F003", "F002"]
    with pytest.raises(RefusedError, match="F001 unknown kind of fact `thng`"):
        check(frame, book, kind="thng")
    with pytest.raises(RefusedError, match="F001 unknown kind of fact `ref`"):
        check(frame, book)
    with pytest.raises(RefusedError, match="U001"):
        check(frame, str(tmp_path / "no.yaml"), kind="thing")
    file = tmp_path / "c.jsonl"
    file.write_text('{"ref": "a", "size": "1"}\n' * 30, encoding="utf-8")
    with pytest.raises(RefusedError, match=r"U021 more than 20 rows are not plainly what.*\n.*F003 `size`"):
        check_rows(json_lines(spark, str(file)), book, kind="thing", maximum_odd=20)
