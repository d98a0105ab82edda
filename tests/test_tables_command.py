"""Tables as spreadsheets and other programs write them: separators, encodings, blank rows, columns, rejects."""

from __future__ import annotations

import gzip
import json
import re
import runpy
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import duckdb
import pytest

from commands import AT_FAULT, NOT_READY, REJECTED, ROOT, Ran, edition, rulebook_folder, rw, write
from rulewright.batch.run import _Batch

CSV = ["--kind", "request", "-f", "csv"]


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return rulebook_folder(tmp_path / "leave", on_2024_01_01=edition("2024-01-01"))


@pytest.fixture
def decimal_book(tmp_path: Path) -> Path:
    text = edition("2024-01-01").replace("reason: {type: text}", "reason: {type: text}\n      pay: {type: decimal}")
    return rulebook_folder(tmp_path / "pay", on_2024_01_01=text)


def check(facts: Path, book: Path, *more: str | Path) -> tuple[Ran, list[str], list[dict[str, Any]]]:
    """Check a table: the cases with their verdicts, and the rejects."""
    out = facts.parent / "out.jsonl"
    words = [] if "--kind" in more else ["--kind", "request"]
    ran = rw("check", facts, "-r", book, "-f", "jsonl", "--detail", "verdict", "-o", out, *words, *more)
    records = [json.loads(line) for line in out.read_text().splitlines()] if out.exists() else []
    rejected = Path(f"{out}.rejected.jsonl")
    rejects = [json.loads(line) for line in rejected.read_text().splitlines()] if rejected.exists() else []
    return ran, [f"{record['case']} {record['verdict']}" for record in records], rejects


# --- rows that are no facts ---------------------------------------------------------------------------------------

LEFT_OVER = 'ref,days,reason\na,1,x\n,,\n  ,"", \n\n,\n,,,,,\nTotal,,\nb,2,\n" Total ", ,\u3000\n\t,\t,\t\n'


@pytest.mark.parametrize("engine", ["durable", "plain"])
@pytest.mark.parametrize("size", ["1", "9", "100000"])
def test_blank_rows_are_skipped_and_rows_with_only_a_name_rejected(
    book: Path, tmp_path: Path, engine: str, size: str
) -> None:
    facts = write(tmp_path / "f.csv", LEFT_OVER)
    ran, cases, rejects = check(facts, book, "--chunk-bytes", size, "--engine", engine)
    assert cases == ["a ready", "b ready"]
    assert [(one["line"], one["code"], one["row"]) for one in rejects] == [
        (8, "F014", "Total,,"),
        (10, "F014", '" Total ", ,\u3000'),
    ]
    assert rejects[0]["message"] == "the row states no field of `request`: it has only the name `Total`"
    assert "6 skipped (blank rows: 6)" in ran.err


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("case,ref,days\nk,a,3\nk,Total,\n", ["F014"]),
        ("ref,as_of,days\nTotal,2024-02-01,\n", ["F014"]),
        ("ref,days,reason\nTotal,,x\n", []),
        ("ref,days\nTotal,many\n", ["F003"]),
    ],
)
def test_a_name_with_a_case_or_a_date_states_nothing(book: Path, tmp_path: Path, text: str, codes: list[str]) -> None:
    _, cases, rejects = check(write(tmp_path / "f.csv", text), book)
    assert [one["code"] for one in rejects] == codes
    assert bool(cases) != bool(codes)


@pytest.mark.parametrize("unknown", ["ignore", "keep"])
def test_a_column_that_is_no_field_states_nothing(book: Path, tmp_path: Path, unknown: str) -> None:
    facts = write(tmp_path / "f.csv", 'owner,ref,days,reason\nx,a,1,y\nx,b, ,"\n"\nx,c,,\n,d, ,z\n')
    _, cases, rejects = check(facts, book, "--unknown-columns", unknown)
    assert cases == ["a ready"]
    assert [reject["code"] for reject in rejects] == ["F014", "F014", "F003"]


def test_rows_of_parquet_and_lines_of_json_that_state_nothing(book: Path, tmp_path: Path) -> None:
    rows = "(VALUES ('a', 1), (NULL, NULL), ('Total', NULL), ('b', 20)) AS t(ref, days)"
    file = tmp_path / "f.parquet"
    duckdb.sql(f"COPY (SELECT * FROM {rows}) TO '{file}' (FORMAT parquet)")
    ran, cases, rejects = check(file, book)
    assert cases == ["a ready", "b not_ready"]
    assert [(one["line"], one["code"], one["row"]) for one in rejects] == [(3, "F014", '{"ref":"Total"}')]
    assert "blank rows: 1" in ran.err
    lines = '{"ref": "a", "days": 1}\n{"ref": "Total"}\n{"ref": "n", "days": null}\n{}\n'
    _, cases, rejects = check(write(tmp_path / "f.jsonl", lines), book)
    assert cases == ["a ready"]
    assert [(one["line"], one["code"]) for one in rejects] == [(2, "F014"), (3, "F014"), (4, "F014")]


def test_a_file_with_mostly_blank_rows_is_read_without_a_table_of_them(book: Path, tmp_path: Path) -> None:
    text = "ref;days\na;1\n" + ";\n" * 20_000 + "b;2\n" + ' ;""\r\n' * 20_000 + "Total;\n"
    ran, cases, rejects = check(write(tmp_path / "f.csv", text), book)
    assert cases == ["a ready", "b ready"]
    assert [one["line"] for one in rejects] == [40_004]
    assert "blank rows: 40,000" in ran.err


def test_a_report_counts_blank_rows_and_names_rows_that_state_nothing(book: Path, tmp_path: Path) -> None:
    facts = write(tmp_path / "f.csv", LEFT_OVER)
    ran = rw("check", facts, "-r", book, "--kind", "request")
    assert ran.status == REJECTED
    assert ran.codes == ["F014", "F014"]
    assert "6 rows skipped: blank rows" in ran.err
    assert "2 cases: 2 ready" in ran.out


# --- separators and encodings -------------------------------------------------------------------------------------

TABLE = [["ref", "days", "reason"], ["a", "1", 'x,y;z|"w"\tv'], ["b", "20", "年假"]]


def table(delimiter: str, rows: Sequence[Sequence[str]] = TABLE, end: str = "\n") -> str:
    """A table as CSV, with quotes around each cell that has something in it that needs them."""

    def cell(text: str) -> str:
        return '"' + text.replace('"', '""') + '"' if re.search(r'[,;|\t"\r\n]', text) else text

    return end.join(delimiter.join(map(cell, row)) for row in rows) + end


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize(
    "form", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "mark-be", "utf-32", "\r", "sep", "gz"]
)
def test_separators_and_encodings_that_are_recognized(book: Path, tmp_path: Path, delimiter: str, form: str) -> None:
    text = table(delimiter, end={"\r": "\r", "sep": "\r\n"}.get(form, "\n"))
    text = f"sep={delimiter}\r\n{text}" if form == "sep" else "\ufeff" + text if form == "mark-be" else text
    encoding = form if form.startswith("utf") else "utf-16-be" if form == "mark-be" else "utf-8"
    data = gzip.compress(text.encode()) if form == "gz" else text.encode(encoding)
    facts = write(tmp_path / ("f.csv.gz" if form == "gz" else "f.csv"), data)
    for size in ("1", "100000"):
        _, cases, rejects = check(facts, book, "--chunk-bytes", size)
        assert (cases, rejects) == (["a ready", "b not_ready"], [])
    piped = rw("check", "-", "--input", "csv", *CSV, "-r", book, data=data)
    assert piped.out.splitlines()[1:] == ['a,ready,"","",""', 'b,not_ready,short-enough,"",""']
    report = rw("check", facts, "-r", book, "--kind", "request", "-f", "json")
    assert [one["verdict"] for one in report.json] == ["ready", "not_ready"]


def test_the_reason_is_read_as_it_is(book: Path, tmp_path: Path) -> None:
    view = edition("2024-01-01") + (
        "views: {all: {title: All, rule: short-enough, outcome: violated, show: [days, reason]}}\n"
    )
    shown = rulebook_folder(tmp_path / "shown", on_2024_01_01=view)
    rows = [TABLE[0], ["a", "20", 'x,y;z|"w"\tv\nnext'], ["b", "20", "年假"]]
    for encoding in ("utf-8", "utf-16", "gb18030"):
        facts = write(tmp_path / "f.csv", table(";", rows).encode(encoding))
        named = ["--encoding", "GB18030"] if encoding == "gb18030" else []
        ran = rw("check", facts, "-r", shown, "--kind", "request", "--view", "all", "-f", "jsonl", *named)
        assert [json.loads(line)["reason"] for line in ran.out.splitlines()] == [row[2] for row in rows[1:]]


@pytest.mark.parametrize("encoding", ["gb18030", "big5", "shift_jis", "cp1252"])
def test_an_unknown_encoding_is_shown_and_named(book: Path, tmp_path: Path, encoding: str) -> None:
    name = "été" if encoding == "cp1252" else "日月"
    facts = write(tmp_path / "f.csv", f"ref,{name}\na,1\nb,20\n".encode(encoding))
    ran, cases, _ = check(facts, book)
    assert (ran.status, ran.codes, cases) == (AT_FAULT, ["U025"], [])
    assert "the header is not UTF-8: its byte 5 is 0x" in ran.err
    assert f"--encoding {encoding} reads `ref,{name}`" in ran.err
    _, cases, _ = check(facts, book, "--encoding", encoding, "--columns", f"{name}=days")
    assert cases == ["a ready", "b not_ready"]


def test_a_row_in_another_encoding_is_told_with_the_option(book: Path, tmp_path: Path) -> None:
    facts = write(tmp_path / "f.csv", "ref,days,reason\na,1,x\nb,2,年假\nc,3,y\n".encode("gb18030"))
    _, cases, rejects = check(facts, book)
    assert cases == ["a ready", "c ready"]
    assert [(one["line"], one["column"], one["code"]) for one in rejects] == [(3, 5, "S002")]
    assert "--encoding gb18030" in rejects[0]["help"]
    assert (rejects[0]["row_complete"], rejects[0]["case"]) == (False, "b")
    _, cases, rejects = check(facts, book, "--encoding", "gb18030")
    assert (len(cases), rejects) == (3, [])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--delimiter", ""], "cannot separate cells"),
        (["--delimiter", ";;"], "cannot separate cells"),
        (["--delimiter", "a"], "cannot separate cells"),
        (["--delimiter", '"'], "cannot separate cells"),
        (["--delimiter", "。"], "cannot separate cells"),
        (["--encoding", "klingon"], "no known encoding"),
        (["--encoding", "hex"], "no known encoding"),
        (["--encoding", "idna"], "no known encoding"),
        (["--encoding", ""], "no known encoding"),
    ],
)
def test_separators_and_encodings_that_are_none(book: Path, tmp_path: Path, words: list[str], said: str) -> None:
    facts = write(tmp_path / "f.csv", table(","))
    for format_ in ("csv", "text"):
        ran = rw("check", facts, "-r", book, "--kind", "request", "-f", format_, *words)
        assert (ran.status, ran.codes, ran.out) == (AT_FAULT, ["U025"], "")
        assert said in ran.err


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("ref,days;reason", "a comma gives 1 known column and a semicolon gives 1 known column"),
        ("x,y;z", "a comma gives 0 known columns and a semicolon gives 0 known columns"),
        ("days|ref,reason", "a comma gives 1 known column and a vertical bar gives 1 known column"),
    ],
)
def test_a_separator_that_is_not_clear_is_never_guessed(book: Path, tmp_path: Path, header: str, said: str) -> None:
    facts = write(tmp_path / "f.csv", f"{header}\na,1;2\n")
    ran, cases, _ = check(facts, book, "--unknown-columns", "ignore")
    assert (ran.status, ran.codes, cases) == (AT_FAULT, ["U025"], [])
    assert said in ran.err
    assert "name it: --delimiter ','" in ran.err


def test_any_separator_can_be_named(book: Path, tmp_path: Path) -> None:
    facts = write(tmp_path / "f.csv", table("~"))
    _, cases, _ = check(facts, book, "--delimiter", "~")
    assert cases == ["a ready", "b not_ready"]
    facts = write(tmp_path / "f.csv", "ref,days;reason\na,1;x\n")
    _, cases, _ = check(facts, book, "--delimiter", ",", "--columns", "days;reason=reason")
    assert cases == ["a needs_information"]


def test_options_of_csv_without_csv(book: Path, tmp_path: Path) -> None:
    facts = write(tmp_path / "f.jsonl", '{"ref": "a", "days": 1}\n')
    for words in (["--delimiter", ";"], ["--encoding", "big5"]):
        for format_ in ("jsonl", "text"):
            ran = rw("check", facts, "-r", book, "--kind", "request", "-f", format_, *words)
            assert (ran.status, ran.codes) == (AT_FAULT, ["U025"])


def test_a_workbook_is_no_csv(book: Path, tmp_path: Path) -> None:
    ran, _, _ = check(write(tmp_path / "f.csv", b"PK\x03\x04" + bytes(100)), book)
    assert ran.codes == ["U006"]
    assert "save it as CSV UTF-8" in ran.err


@pytest.mark.parametrize("delimiter", [";", "\t", ","])
def test_a_decimal_comma_is_told_with_the_form_wanted(decimal_book: Path, tmp_path: Path, delimiter: str) -> None:
    rows = [["ref", "days", "pay"], ["a", "1", "1,5"], ["b", "2", "2.5"], ["c", "1,632", "1"], ["d", "1", "-1,632"]]
    _, cases, rejects = check(write(tmp_path / "f.csv", table(delimiter, rows)), decimal_book)
    assert cases == ["b ready"]
    assert [(one["code"], one["help"]) for one in rejects] == [
        ("F003", "write a decimal point: 1.5"),
        ("F003", "write a whole number without a comma"),
        ("F003", "write a decimal point, -1.632, or no separator of thousands, -1632"),
    ]


# --- columns ------------------------------------------------------------------------------------------------------

OWNED = "ref,days,owner,cost center\na,1,ann,17\nb,20,,\nc,many,bob,18\n"


def test_an_unknown_column_is_rejected_with_the_option_named(book: Path, tmp_path: Path) -> None:
    ran, cases, _ = check(write(tmp_path / "f.csv", "ref,dayz,owner\na,1,x\n"), book)
    assert (ran.status, ran.codes, cases) == (AT_FAULT, ["F002", "F002"], [])
    assert "did you mean `days`? Rename it with --columns dayz=days, or drop" in ran.err
    assert ran.err.count("--unknown-columns ignore") == 2


@pytest.mark.parametrize("format_", ["jsonl", "csv", "parquet"])
@pytest.mark.parametrize("engine", ["durable", "plain"])
@pytest.mark.parametrize("detail", ["verdict", "findings", "full"])
def test_unknown_columns_are_ignored_or_passed_through(
    book: Path, tmp_path: Path, format_: str, engine: str, detail: str
) -> None:
    facts, out = write(tmp_path / "f.csv", OWNED), tmp_path / f"out.{format_}"
    words = ["check", facts, "-r", book, "--kind", "request", "-f", format_, "--detail", detail, "--engine", engine]
    plain = {}
    for choice in ("ignore", "keep"):
        ran = rw(*words, "-o", out, "--unknown-columns", choice)
        assert ran.codes == []
        if format_ == "jsonl":
            records = [json.loads(line) for line in out.read_text().splitlines()]
        else:
            read = f"read_{format_}" + ("_auto" if format_ == "csv" else "")
            options = ", all_varchar = true" if format_ == "csv" else ""
            found = duckdb.sql(f"SELECT * FROM {read}('{out}'{options})")
            records = [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]
        assert {record["case"] for record in records} == {"a", "b"}
        plain[choice] = records
    names = ["extra"] if format_ == "jsonl" else ["owner", "cost center"]
    kept = [[record.pop(name) for name in names] for record in plain["keep"]]
    assert plain["keep"] == plain["ignore"]
    values = {record["case"]: one for record, one in zip(plain["keep"], kept, strict=True)}
    if format_ == "jsonl":
        assert values == {"a": [[{"owner": "ann", "cost center": "17"}]], "b": [[{}]]}
    else:
        assert values == {"a": ["ann", "17"], "b": [None, None]}


@pytest.mark.parametrize("size", ["1", "40", "100000"])
def test_values_of_several_rows_of_a_case_stand_together(book: Path, tmp_path: Path, size: str) -> None:
    text = "case,ref,days,owner\nk,a,1,ann\nk,b,2,bob\nk,c,3,ann\nl,a,many,eve\nl,b,2,\n,,,\nm,a,4,\n,z,1,=x\n"
    facts, out = write(tmp_path / "f.csv", text), tmp_path / "out.csv"
    rw("check", facts, "-r", book, *CSV, "-o", out, "--unknown-columns", "keep", "--chunk-bytes", size)
    lines = out.read_text().splitlines()
    assert [line.split(",")[0] for line in lines[1:]] == ["k", "m", "z"]
    assert [line.split(",")[-1] for line in lines] == ["owner", "ann;bob", "", "'=x"]
    _, _, rejects = check(facts, book, "--unknown-columns", "keep", "--chunk-bytes", size, "--keep", "owner")
    records = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert [record["extra"] for record in records] == [
        [{"owner": "ann"}, {"owner": "bob"}, {"owner": "ann"}],
        [{}],
        [{"owner": "=x"}],
    ]
    assert [(one["case"], one["row"], one["kept"]) for one in rejects] == [
        ("l", "l,a,many,eve\nl,b,2,", [{"owner": "eve"}, {}])
    ]


def test_extra_keys_of_lines_and_cases(book: Path, tmp_path: Path) -> None:
    lines = '{"ref": "a", "days": 1, "owner": {"name": "ann"}, "cost": 1.50}\n'
    lines += '{"ref": "b", "days": 20}\n{"ref": "c", "dys": 1}\n'
    facts = write(tmp_path / "f.jsonl", lines)
    _, cases, rejects = check(facts, book)
    assert (cases, [one["code"] for one in rejects]) == (["b not_ready"], ["F002", "F002", "F002"])
    for choice in ("ignore", "keep"):
        _, cases, rejects = check(facts, book, "--unknown-columns", choice)
        assert cases == ["a ready", "b not_ready"]
        assert [(one["case"], one["code"]) for one in rejects] == [("c", "F014")]
    records = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert [record["extra"] for record in records] == [[{"owner": {"name": "ann"}, "cost": 1.5}], [{}]]
    cases_ = (
        '{"case": "k", "team": "blue", "request": [{"ref": "a", "days": 1, "owner": "ann"}, {"ref": "b", "days": 2}]}\n'
    )
    facts, out = write(tmp_path / "c.jsonl", cases_), tmp_path / "c.out"
    words = ["check", facts, "-r", book, "--detail", "verdict", "-o", out, "--unknown-columns"]
    assert rw(*words, "ignore", "-f", "jsonl").status == 0
    assert rw(*words, "keep", "-f", "jsonl").status == 0
    assert json.loads(out.read_text())["extra"] == [{"team": "blue", "request": [{"ref": "a", "owner": "ann"}]}]
    assert rw(*words, "keep", "-f", "csv").status == 0
    assert out.read_text().splitlines()[0] == "case,verdict,violated,unknown,advised,extra"
    report = rw("check", facts, "-r", book, "-f", "json", "--unknown-columns", "ignore")
    assert report.json["verdict"] == "ready"


@pytest.mark.parametrize(
    ("header", "words", "said"),
    [
        ("ref,days,verdict", ["--unknown-columns", "keep"], "the unknown column `verdict` has the name of a column"),
        ("ref,days,Verdict", ["--unknown-columns", "keep"], "the unknown column `Verdict` has the name of a column"),
        ("ref,days,x,X", ["--unknown-columns", "keep"], "differ only in capital letters"),
        ("ref,dayz,days", ["--columns", "dayz=days"], "a column that the file has already"),
        ("ref,days", ["--columns", "dys=days"], "no input has the column `dys`"),
        ("ref,days", ["--columns", "days"], "renames nothing"),
        ("ref,days", ["--columns", "=days"], "renames nothing"),
        ("ref,a,b", ["--columns", "a=days", "--columns", "b=days"], "gives two columns the name `days`"),
        ("ref,a,b", ["--columns", "a=days", "--columns", "a=reason"], "renames `a` twice"),
        ("ref,days", ["--keep", "owner"], "no input has the column `owner`"),
        (
            "ref,days",
            ["--unknown-columns", "keep", "--sample", "1", "-f", "jsonl"],
            "a sample shows no unknown columns",
        ),
    ],
)
def test_columns_that_do_not_go_together(book: Path, tmp_path: Path, header: str, words: list[str], said: str) -> None:
    cells = ",".join("1" for _ in header.split(","))
    facts, out = write(tmp_path / "f.csv", f"{header}\n{cells}\n"), tmp_path / "out"
    ran = rw("check", facts, "-r", book, *CSV, "-o", out, *words)
    assert (ran.status, ran.codes) == (AT_FAULT, ["U026"])
    assert said in ran.err
    assert not out.exists()


def test_reports_keep_nothing(book: Path, tmp_path: Path) -> None:
    facts = write(tmp_path / "f.csv", OWNED)
    for words in (["--unknown-columns", "keep"], ["--keep", "owner"]):
        ran = rw("check", facts, "-r", book, "--kind", "request", *words)
        assert (ran.status, ran.codes, ran.out) == (AT_FAULT, ["U026"], "")
    ran = rw("check", facts, "-r", book, "--kind", "request", "-f", "json", "--unknown-columns", "ignore")
    assert [one["case"] for one in ran.json] == ["a", "b"]


@pytest.mark.parametrize("form", ["csv", "parquet", "jsonl"])
def test_columns_are_renamed_before_they_are_looked_up(book: Path, tmp_path: Path, form: str) -> None:
    rows = [
        {"批次": "k", "名称": "a", "天数": 1},
        {"批次": "k", "名称": "b", "天数": 20},
        {"批次": "l", "名称": "c", "天数": 3},
    ]
    facts = tmp_path / f"f.{form}"
    if form == "csv":
        write(facts, "批次,名称,天数\n" + "".join(",".join(map(str, row.values())) + "\n" for row in rows))
    elif form == "jsonl":
        write(facts, "".join(json.dumps(row) + "\n" for row in rows))
    else:
        values = ", ".join(str(tuple(row.values())) for row in rows)
        duckdb.sql(
            f'COPY (SELECT * FROM (VALUES {values}) AS t("批次", "名称", "天数")) TO \'{facts}\' (FORMAT parquet)'
        )
    words = [word for pair in ("批次=case", "名称=ref", "天数=days") for word in ("--columns", pair)]
    for size in ("1", "100000"):
        ran, cases, rejects = check(facts, book, *words, "--chunk-bytes", size)
        assert (cases, rejects) == (["k not_ready", "l ready"], []), ran.err
    ran, _, _ = check(facts, book)
    assert ran.status == AT_FAULT


def test_a_header_without_any_field_names_the_option(book: Path, tmp_path: Path) -> None:
    facts = write(tmp_path / "f.csv", "名称,天数\na,1\n")
    for choice in ("reject", "ignore", "keep"):
        ran, cases, _ = check(facts, book, "--unknown-columns", choice)
        assert (ran.status, ran.codes, cases) == (AT_FAULT, ["F002"], [])
        assert "--columns 名称=ref" in ran.err


def test_columns_without_a_name_and_columns_that_are_there_twice(book: Path, tmp_path: Path) -> None:
    facts = write(tmp_path / "f.csv", "ref,days,,\na,1,,\nb,2, ,\nc,3,x,\nd,4,,,,\n")
    ran, cases, rejects = check(facts, book)
    assert cases == ["a ready", "b ready", "d ready"], ran.err
    assert [(one["code"], one["message"]) for one in rejects] == [
        ("F013", "the cell is in column 3, which has no name in the header")
    ]
    _, cases, rejects = check(facts, book, "--unknown-columns", "ignore")
    assert (len(cases), rejects) == (4, [])
    for header, ignored in (("ref,days,days", ["F013"]), ("ref,days,x,x", []), ("ref,days,x,X", [])):
        cells = ",".join("1" for _ in header.split(","))
        facts = write(tmp_path / "g.csv", f"{header}\n{cells}\n")
        assert check(facts, book)[0].status == AT_FAULT
        assert check(facts, book, "--unknown-columns", "ignore")[0].codes == ignored


def interrupt(words: Sequence[str | Path], after: int) -> None:
    """Begin a batch and end it from outside once so many chunks are done."""
    take, taken = _Batch._take, 0

    def taking(batch: _Batch, *more: Any) -> None:
        nonlocal taken
        if taken == after:
            raise KeyboardInterrupt
        taken += 1
        take(batch, *more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_Batch, "_take", taking)
        with suppress(KeyboardInterrupt):
            rw(*words)
    assert taken == after


def test_a_changed_choice_of_columns_is_not_resumed(book: Path, tmp_path: Path) -> None:
    facts, out = write(tmp_path / "f.csv", OWNED), tmp_path / "out.csv"
    words = ["check", facts, "-r", book, *CSV, "-o", out, "-j", "1", "--chunk-bytes", "1"]
    asked = ["--unknown-columns", "ignore", "--keep", "owner"]
    interrupt([*words, *asked], after=1)
    for other in (
        [],
        ["--unknown-columns", "keep", "--keep", "owner"],
        [*asked, "--columns", "owner=reason"],
        ["--unknown-columns", "ignore"],
        [*asked, "--delimiter", ","],
        [*asked, "--encoding", "gb18030"],
    ):
        ran = rw(*words, *other, "--resume")
        assert ran.status == AT_FAULT
        assert ran.codes in (["U008"], ["F002", "F002"], ["U026"]), other
        assert Path(f"{out}.journal").exists()
    assert rw(*words, *asked, "--resume").codes == []
    assert [line.split(",")[0] for line in out.read_text().splitlines()] == ["case", "a", "b"]


@pytest.mark.parametrize("after", [0, 1, 3])
@pytest.mark.parametrize("name", ["f.csv", "f.csv.gz"])
def test_a_run_over_another_encoding_is_resumed(book: Path, tmp_path: Path, name: str, after: int) -> None:
    data = table(";", [["ref", "days", "reason"], *([f"r{n}", str(n % 15), "年\n假"] for n in range(9))]).encode(
        "utf-16"
    )
    facts, out = write(tmp_path / name, gzip.compress(data) if name.endswith("gz") else data), tmp_path / "out.csv"
    words = ["check", facts, "-r", book, *CSV, "-o", out, "-j", "1", "--chunk-bytes", "30"]
    rw(*words)
    clean = out.read_bytes(), Path(f"{out}.rejected.jsonl").read_bytes()
    interrupt(words, after)
    rw(*words, "--resume")
    assert (out.read_bytes(), Path(f"{out}.rejected.jsonl").read_bytes()) == clean


def test_whole_numbers_of_any_size_in_parquet(book: Path, tmp_path: Path) -> None:
    for type_ in ("UBIGINT", "HUGEINT", "UTINYINT"):
        file = tmp_path / "f.parquet"
        duckdb.sql(f"COPY (SELECT 'a' AS ref, 3::{type_} AS days) TO '{file}' (FORMAT parquet)")
        ran, cases, _ = check(file, book)
        assert cases == (["a ready"] if type_ != "HUGEINT" else cases), ran.err
    duckdb.sql(f"COPY (SELECT 'a' AS ref, 18446744073709551615::UBIGINT AS days) TO '{file}' (FORMAT parquet)")
    ran, cases, rejects = check(file, book)
    # what no case was evaluated of replaces nothing
    assert (ran.status, cases, len(rejects)) == (AT_FAULT, ["a ready"], 1)


# --- rejects ------------------------------------------------------------------------------------------------------


def test_a_reject_has_its_row_and_the_columns_asked_for(book: Path, tmp_path: Path) -> None:
    text = 'ref;days;reason;owner\r\na;1;x;ann\r\nb;many;"two\r\nlines";bob\r\nc;1;x\r\nd;0;"q;""q""";\r\n'
    facts = write(tmp_path / "f.csv", text)
    _, cases, rejects = check(facts, book, "--unknown-columns", "ignore", "--keep", "owner", "--keep", "reason")
    assert cases == ["a ready"]
    found = [(one["case"], one["row"], one["row_line"], one["kept"]) for one in rejects]
    assert found == [
        ("b", 'b;many;"two\r\nlines";bob', 3, [{"owner": "bob", "reason": "two\r\nlines"}]),
        (None, "c;1;x", 5, []),
        ("d", 'd;0;"q;""q""";', 6, [{"reason": 'q;"q"'}]),
    ]
    assert {(one["header"], one["row_complete"]) for one in rejects} == {("ref;days;reason;owner", True)}


def test_a_row_that_is_too_long_is_cut_and_marked(book: Path, tmp_path: Path) -> None:
    facts = write(tmp_path / "f.csv", f"ref,days,reason\na,1,{'x' * 70_000}\nb,x,{'y' * 9_000}\n")
    _, _, rejects = check(facts, book)
    assert [(len(one["row"]), one["row_complete"]) for one in rejects] == [(65_536, False), (9_004, True)]


@pytest.mark.parametrize("form", ["parquet", "jsonl"])
def test_rows_of_parquet_and_json_come_back_as_json(decimal_book: Path, tmp_path: Path, form: str) -> None:
    facts = tmp_path / f"f.{form}"
    if form == "parquet":
        rows = "(VALUES ('a', 0, 1.50::DECIMAL(9, 2), 'ann'), ('b', 1, 2.25, 'bob')) AS t(ref, days, pay, owner)"
        duckdb.sql(f"COPY (SELECT * FROM {rows}) TO '{facts}' (FORMAT parquet)")
    else:
        write(facts, '{"ref": "a", "days": 0, "pay": 1.50, "owner": "ann"}\n{"ref": "b", "days": 1, "pay": 2.25}\n')
    _, cases, rejects = check(facts, decimal_book, "--unknown-columns", "ignore", "--keep", "owner")
    assert cases == ["b ready"]
    assert [(one["code"], one["kept"], one["header"]) for one in rejects] == [("F005", [{"owner": "ann"}], None)]
    mended = rejects[0]["row"].replace('"days":0', '"days":4').replace('"days": 0', '"days": 4')
    _, cases, rejects = check(write(tmp_path / "m.jsonl", mended + "\n"), decimal_book, "--unknown-columns", "ignore")
    assert (cases, rejects) == (["a ready"], [])


def test_rejects_are_mended_and_checked_again_as_documented(
    book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    documentation = (ROOT / "docs" / "batch.md").read_text(encoding="utf-8")
    commands = re.findall(
        r"^rulewright (check \S+ --kind request --format csv -o (?:verdicts|more)\.csv)$", documentation, re.M
    )
    (script,) = re.findall(r"```python\n# mend.py\n(.*?)```", documentation, re.S)
    bad = 'case,ref,days,reason\nk,a,three,move\nk,b,2,"a ""long"" one\n, really"\nl,c,20,\n'
    bad += 'm,d,0,x\nm,e,zwei,y\n,f,1,"x"\n'
    good = bad.replace("three", "3").replace(",0,", ",4,").replace("zwei", "2")
    write(tmp_path / "facts.csv", bad)
    assert rw(*commands[0].split(), "-r", book).status == REJECTED
    write(tmp_path / "mend.py", script)
    runpy.run_path(str(tmp_path / "mend.py"))
    mended = (tmp_path / "mended.csv").read_text(encoding="utf-8")
    assert mended.splitlines()[0] == "case,ref,days,reason"
    write(tmp_path / "mended.csv", mended.replace("three", "3").replace(",0,", ",4,").replace("zwei", "2"))
    assert rw(*commands[1].split(), "-r", book).status == 0
    assert not Path("more.csv.rejected.jsonl").exists()
    both = sorted(line for name in ("verdicts.csv", "more.csv") for line in Path(name).read_text().splitlines()[1:])
    write(tmp_path / "facts.csv", good)
    assert rw(*commands[0].split(), "-r", book).status == NOT_READY
    assert both == sorted(Path("verdicts.csv").read_text().splitlines()[1:])
    shown = next(line for line in documentation.splitlines() if '"row_complete"' in line)
    write(tmp_path / "facts.csv", "ref,days,reason\na,1,x\nb,three,move\n")
    rw(*commands[0].split(), "-r", book)
    assert Path("verdicts.csv.rejected.jsonl").read_text() == shown + "\n"


def test_whole_numbers_of_unknown_columns_stay_whole(book: Path, tmp_path: Path) -> None:
    facts = write(
        tmp_path / "facts.jsonl", '{"ref": "a", "days": 1, "n": 7, "m": -0, "x": 7.5, "l": [1, {"k": 20}], "t": "7"}\n'
    )
    words = ("--kind", "request", "--unknown-columns", "keep", "--format", "jsonl", "--detail", "verdict")
    ran = rw("check", facts, "-r", book, *words)
    (line,) = ran.out.splitlines()
    assert '"extra":[{"n":7,"m":0,"x":7.5,"l":[1,{"k":20}],"t":"7"}]' in line
