"""Exit statuses, rejected rows and the identity of a run: the same meaning in every format."""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
import re
import signal
from datetime import datetime, timezone
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import duckdb
import pytest

from commands import AT_FAULT, FINE, NOT_READY, REJECTED, Ran, edition, process, rulebook_folder, rw, write

REPORTS = ["text", "json", "html", "markdown", "junit", "sarif", "oscal"]
RECORDS = ["jsonl", "csv", "parquet"]
FORMATS = [*REPORTS, *RECORDS]
READY, TOO_LONG, BAD = '{"ref": "a", "days": 3}', '{"ref": "b", "days": 11}', '{"ref": "c", "days": "x"}'


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return rulebook_folder(tmp_path / "leave", on_2024_01_01=edition("2024-01-01"))


def check(facts: Path | str, book: Path, format_: str, *words: str | Path, data: str | None = None) -> tuple[Ran, Path]:
    """Check rows to a file; the file may not be there afterwards."""
    output = book.parent / f"out.{format_}"
    ran = rw("check", facts, "--kind", "request", "-r", book, "-f", format_, "-o", output, *words, data=data)
    return ran, output


def lines(folder: Path, *rows: str) -> Path:
    return write(folder / "rows.jsonl", "".join(row + "\n" for row in rows))


# --- the statuses ---------------------------------------------------


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize(
    ("rows", "words", "status"),
    [
        ([READY], [], FINE),
        ([READY, TOO_LONG], [], NOT_READY),
        ([READY, BAD], [], REJECTED),
        ([TOO_LONG, BAD], [], REJECTED),
        ([READY, BAD], ["--allow-rejected", "1"], FINE),
        ([TOO_LONG, BAD], ["--allow-rejected", "50%"], NOT_READY),
        ([READY, BAD], ["--allow-rejected", "0"], REJECTED),
        ([READY, BAD], ["--allow-rejected", "49.9%"], REJECTED),
        ([READY, TOO_LONG, READY.replace('"a"', '"d"'), BAD], ["--allow-rejected", "25%"], NOT_READY),
        ([READY, BAD], ["--max-rejected", "0"], AT_FAULT),
        ([BAD], ["--allow-rejected", "100%"], AT_FAULT),
    ],
)
def test_statuses(rows: list[str], words: list[str], status: int, format_: str, book: Path) -> None:
    ran, output = check(lines(book.parent, *rows), book, format_, *words)
    assert (ran.status, output.exists()) == (status, status != AT_FAULT), ran.err


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("empty.jsonl", ""),
        ("empty.csv", ""),
        ("header.csv", "ref,days\n"),
        ("blank.jsonl", "\n \n\n"),
        ("blank.csv", "ref,days\n,\n,\n"),
        ("null.jsonl", "null\n"),
        ("bad.jsonl", BAD + "\n"),
        ("names.csv", "ref,days\na,\n"),
    ],
)
def test_nothing_evaluated(name: str, data: str, format_: str, book: Path) -> None:
    """Nothing evaluated is exit status 2 with a coded message, and what was there before stays."""
    output = write(book.parent / f"out.{format_}", "from before\n")
    ran, _ = check(write(book.parent / name, data), book, format_, "--allow-rejected", "100%")
    assert ran.status == AT_FAULT
    assert ran.codes, ran.err
    assert output.read_text() == "from before\n"


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize("name", ["null.yaml", "tilde.yaml", "empty.yaml", "comment.yaml", "null.json", "stream.yaml"])
def test_no_case_in_a_document(name: str, format_: str, book: Path) -> None:
    texts = {"null.yaml": "null\n", "tilde.yaml": "~\n", "empty.yaml": "", "comment.yaml": "# nothing\n"}
    texts |= {"null.json": "null", "stream.yaml": "---\n---\n# nothing\n---\n"}
    file, output = write(book.parent / name, texts[name]), book.parent / f"out.{format_}"
    ran = rw("check", file, "-r", book, "-f", format_, "-o", output)
    assert (ran.status, output.exists(), bool(ran.codes)) == (AT_FAULT, False, True), ran.err


@pytest.mark.parametrize("format_", FORMATS)
def test_an_input_that_cannot_be_read_is_never_allowed(format_: str, book: Path) -> None:
    good = lines(book.parent, READY)
    ran, output = check(good, book, format_, book.parent / "none.jsonl", "--allow-rejected", "100%")
    assert (ran.status, output.exists(), "S001" in ran.err) == (REJECTED, True, True)
    ran, _ = check(book.parent / "none.jsonl", book, format_)
    assert ran.status == AT_FAULT


@pytest.mark.parametrize("word", ["x", "-1", "1.5", "101%", "%", "0.5", "1e3", "", " 3", "٣", "1%%"])
@pytest.mark.parametrize("format_", ["text", "jsonl"])
def test_an_allowance_that_is_none(word: str, format_: str, book: Path) -> None:
    ran, output = check(lines(book.parent, READY), book, format_, f"--allow-rejected={word}")
    assert (ran.status, ran.codes, output.exists()) == (AT_FAULT, ["U029"], False)


def test_other_commands(book: Path) -> None:
    several = "---\ncase: a\nrequest: {days: 11}\n---\ncase: b\nrequest: {days: x}\n"
    file = write(book.parent / "cases.yaml", several)
    good = write(book.parent / "good.yaml", "case: a\nrequest: {days: 3}\n")
    bad = write(book.parent / "bad.yaml", "case: b\nrequest: {days: x}\n")
    fixed = rw("fix", file, "-r", book)
    assert fixed.status == REJECTED
    assert "This report does not cover all rows. 2 rows read: 1 evaluated, 1 rejected, 0 skipped" in fixed.out
    assert [rw("fix", one, "-r", book).status for one in (good, bad)] == [FINE, AT_FAULT]
    assert [rw("explain", one, "-r", book).status for one in (file, good, bad)] == [REJECTED, FINE, AT_FAULT]
    explained = rw("explain", file, "-r", book, "--format", "json").json
    assert [(case["case"], case["run"]["rows"]["rejected"]) for case in explained] == [("a", 1)]
    records = book.parent / "records"
    assert rw("check", good, "-r", book, "--record", records).status == FINE
    assert rw("replay", records, "-r", book).status == FINE
    broken = write(records / "broken.json", "{}")
    assert rw("replay", records, "-r", book).status == REJECTED
    assert rw("replay", broken, "-r", book).status == AT_FAULT
    tested = rw("test", book)
    assert (tested.status, tested.codes) == (AT_FAULT, ["U028"])


# --- what reports say of rejected rows ---------------------------------------------------


def incomplete(book: Path, format_: str, number: int = 3) -> str:
    """A report of a run with one good row, so many bad ones and two blank ones."""
    bad = [BAD.replace('"c"', f'"c{place}"') for place in range(number)]
    ran, output = check(lines(book.parent, READY, "", *bad, ""), book, format_)
    assert ran.status == REJECTED
    return output.read_text(encoding="utf-8")


@pytest.mark.parametrize("format_", ["text", "html", "markdown", "sarif", "oscal", "junit"])
def test_reports_say_what_is_not_in_them(format_: str, book: Path) -> None:
    report = re.sub(r"\s+", " ", incomplete(book, format_, 30))
    assert "33 rows read: 1 evaluated, 30 rejected, 2 skipped (blank lines: 2)" in report
    assert report.count("whole number") >= 20
    assert "10 more problems not shown here" in report


def test_json_says_what_is_not_in_it(book: Path) -> None:
    (case,) = json.loads(incomplete(book, "json", 30))
    run = case["run"]
    assert run["rows"] == {"read": 33, "evaluated": 1, "rejected": 30, "skipped": {"blank lines": 2}}
    assert (len(run["rejects"]), run["more_rejects"], run["cases"], run["unread_inputs"]) == (20, 10, 1, 0)
    assert run["rejects"][0]["code"] == "F003"
    assert (run["rejects"][0]["line"], run["rejects"][0]["file"]) == (3, str(book.parent / "rows.jsonl"))


@pytest.mark.parametrize("format_", ["text", "html", "markdown"])
def test_reports_in_chinese(format_: str, book: Path) -> None:
    bad = lines(book.parent, READY, BAD)
    ran, output = check(bad, book, format_, "--lang", "zh")
    assert ran.status == REJECTED
    report = output.read_text(encoding="utf-8")
    assert "本报告未涵盖所有行。" in report
    assert "共读取 2 行：评估 1 行，拒绝 1 行，跳过 0 行" in report


def test_the_table_of_many_cases_says_what_is_not_in_it(book: Path) -> None:
    rows = [READY.replace('"a"', f'"a{number}"') for number in range(20)]
    ran, output = check(lines(book.parent, *rows, BAD), book, "html")
    assert ran.status == REJECTED
    assert "21 rows read: 20 evaluated, 1 rejected, 0 skipped" in output.read_text(encoding="utf-8")


def test_a_complete_report_says_no_such_thing(book: Path) -> None:
    for format_ in REPORTS:
        _, output = check(lines(book.parent, READY), book, format_)
        assert "does not cover all rows" not in output.read_text(encoding="utf-8")


# --- the identity of a run ---------------------------------------------------


@pytest.mark.parametrize("format_", FORMATS)
def test_every_format_has_the_identity_of_the_run(format_: str, book: Path) -> None:
    facts, summary = lines(book.parent, READY), book.parent / "summary.json"
    ran, output = check(facts, book, format_, "--as-of", "2024-06-01", "--summary", summary)
    assert ran.status == FINE, ran.err
    written = output.read_text(encoding="utf-8") if format_ in REPORTS else summary.read_text(encoding="utf-8")
    flat = re.sub(r"\s+", " ", written)
    assert re.search("2026-06-01[T ]08:30:00", flat)
    assert hashlib.sha256(facts.read_bytes()).hexdigest() in flat
    assert "--as-of" in flat
    assert re.search(f"{facts.stat().st_size}\\b", flat)


@pytest.mark.parametrize("format_", FORMATS)
def test_times_are_true(format_: str, book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    before = datetime.now(timezone.utc).replace(microsecond=0)
    facts, summary = lines(book.parent, READY), book.parent / "summary.json"
    ran, output = check(facts, book, format_, "--as-of", "2024-06-01", "--summary", summary)
    after = datetime.now(timezone.utc)
    assert ran.status == FINE
    report = output if format_ in REPORTS else summary
    found = re.findall(r"(20\d\d-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)", report.read_text(encoding="utf-8"))
    times = [datetime.fromisoformat(f"{day}T{time}+00:00") for day, time in found]
    assert times
    assert all(before <= one <= after for one in times)


@pytest.mark.parametrize("epoch", ["x", "-1", "1.5", "1e9", "99999999999999", " 1", "32503680000"])
@pytest.mark.parametrize("format_", ["text", "csv"])
def test_an_epoch_that_is_no_time(epoch: str, format_: str, book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
    ran, output = check(lines(book.parent, READY), book, format_)
    assert (ran.status, ran.codes, output.exists()) == (AT_FAULT, ["U030"], False)


def inputs_of(summary: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(summary.read_text(encoding="utf-8"))["run"]["inputs"]
    return found


@pytest.mark.parametrize("words", [["-j", "1", "--chunk-bytes", "100"], ["-j", "2"], ["--format", "text"]])
def test_inputs_are_hashed_as_they_are_on_the_disk(words: list[str], book: Path) -> None:
    """Plain, packed, of several kinds, and standard input; one that is damaged has no hash."""
    folder, summary = book.parent / "in", book.parent / "summary.json"
    rows = "".join(json.dumps({"ref": f"r{number}", "days": 1 + number % 9}) + "\n" for number in range(50))
    write(folder / "a.jsonl", rows)
    write(folder / "b.jsonl.gz", gzip.compress(rows.replace("r", "s").encode()))
    write(folder / "c.csv", "ref,days\n" + "".join(f"t{number},{1 + number % 9}\n" for number in range(50)))
    write(folder / "d.csv", "ref;days\nu1;2\n".encode("utf-16"))
    damaged = write(folder / "e.jsonl.gz", gzip.compress(rows.replace("r", "v").encode())[:-20])
    rows_in = "ref,days\nx1,2\n"
    duckdb.sql("SELECT 'y1' AS ref, 2 AS days").write_parquet(str(folder / "f.parquet"))
    ran, _ = check(folder, book, "jsonl", "--summary", summary, *words)
    assert ran.status == REJECTED, ran.err
    for one in inputs_of(summary):
        data = Path(one["name"]).read_bytes()
        if Path(one["name"]) == damaged and "text" in words:
            assert (one["size"], one["sha256"]) == (None, None)
        else:
            assert (one["size"], one["sha256"]) == (len(data), hashlib.sha256(data).hexdigest()), one["name"]
    ran, _ = check("-", book, "jsonl", "--input", "csv", "--summary", summary, *words, data=rows_in)
    assert ran.status == FINE, ran.err
    digest = hashlib.sha256(rows_in.encode()).hexdigest()
    assert inputs_of(summary) == [{"name": "-", "size": len(rows_in), "sha256": digest}]


def test_arguments_of_any_bytes(book: Path) -> None:
    """An argument that is no text, and one with control characters, break no format."""
    odd = "a\udcff\x1b[31m\u2028<b>.jsonl"
    for format_ in REPORTS:
        ran = process(
            *("check", book.parent / odd, lines(book.parent, READY), "--kind", "request", "-r", book, "-f", format_),
            SOURCE_DATE_EPOCH="1780302600",
        )
        assert ran.status == REJECTED, ran.err
        assert "\x1b" not in ran.out
        match format_:
            case "junit":
                ElementTree.fromstring(ran.out)
            case "json" | "sarif" | "oscal":
                json.loads(ran.out)


def test_the_summary_of_the_same_run_has_the_same_bytes(book: Path) -> None:
    rows = [json.dumps({"ref": f"r{number}", "days": 1 + number % 12}) for number in range(40)]
    facts, summary = lines(book.parent, *rows, BAD), book.parent / "summary.json"
    found = set()
    for _ in range(2):
        ran, _ = check(facts, book, "csv", "--by", "days", "--summary", summary)
        assert ran.status == REJECTED
        found.add(summary.read_bytes())
    assert len(found) == 1


def test_a_summary_of_every_format(book: Path) -> None:
    """The counts of the summary are the same for all formats."""
    facts, summary = lines(book.parent, READY, TOO_LONG, "", BAD), book.parent / "summary.json"
    found = []
    for format_ in FORMATS:
        ran, _ = check(facts, book, format_, "--summary", summary)
        assert ran.status == REJECTED
        counts = json.loads(summary.read_text(encoding="utf-8"))
        found.append(
            {key: counts[key] for key in ("cases", "rejected", "rows", "skipped", "verdicts", "rules", "codes")}
        )
    assert all(one == found[0] for one in found)
    assert found[0]["rows"] == {"read": 4, "evaluated": 2, "rejected": 1, "skipped": 1}


def test_a_summary_that_cannot_be_written_keeps_the_output(book: Path) -> None:
    """Nothing takes its place before all has been written; then the run can be resumed."""
    facts, output = lines(book.parent, READY, TOO_LONG), write(book.parent / "out.csv", "from before\n")
    words = ["--summary", book.parent / "none" / "summary.json"]
    ran, _ = check(facts, book, "csv", *words)
    assert (ran.status, ran.codes) == (AT_FAULT, ["U005"])
    assert output.read_text() == "from before\n"
    assert (book.parent / "out.csv.journal").exists()
    (book.parent / "none").mkdir()
    ran, _ = check(facts, book, "csv", *words, "--resume")
    assert ran.status == NOT_READY
    assert [row["verdict"] for row in csv.DictReader(output.read_text().splitlines())] == ["ready", "not_ready"]
    assert json.loads((book.parent / "none" / "summary.json").read_text())["cases"] == 2
    assert not (book.parent / "out.csv.journal").exists()


#: Replaces the check by what DuckDB does when a signal arrives during a query: it forgets the exception of the handler.
IN_A_QUERY = """
import os, signal, time
import rulewright.command.check

# a process in the background of a shell ignores SIGINT
signal.signal(signal.SIGINT, signal.default_int_handler)

def query(*words, **options):
    try:
        os.kill(os.getpid(), signal.{name})
        time.sleep(5)
    except BaseException:
        raise RuntimeError("Query interrupted") from None

rulewright.command.check.run_check = query
"""


@pytest.mark.parametrize(("name", "status"), [("SIGINT", 130), ("SIGTERM", -signal.SIGTERM)])
def test_a_signal_during_a_query_ends_the_run_and_is_no_failure(
    book: Path, tmp_path: Path, name: str, status: int
) -> None:
    facts = lines(tmp_path, READY)
    ran = process("check", facts, "--kind", "request", "-r", book, before=IN_A_QUERY.format(name=name))
    assert (ran.status, ran.err) == (status, "")


@pytest.mark.parametrize("format_", FORMATS)
def test_a_broken_rulebook_is_named_for_rows_too(tmp_path: Path, format_: str) -> None:
    broken = write(tmp_path / "leave.yaml", edition("2024-01-01").replace("days: {at_most", "nights: {at_most"))
    facts = lines(tmp_path, READY)
    ran = rw("check", facts, "--kind", "request", "-r", broken, "-f", format_, "-o", tmp_path / "out")
    assert (ran.status, ran.codes) == (AT_FAULT, ["R012"])
    assert not (tmp_path / "out").exists()
