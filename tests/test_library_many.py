"""Tables and files of many cases by the library."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

import rulewright as rw
from commands import REJECTED, edition, environment, process, rw as run_command, write

CASES = "\n".join(
    json.dumps({"case": name, "request": {"days": days, "reason": "x"}})
    for name, days in (("a", 1), ("b", 30), ("c", "3"), ("d", 5))
)


@pytest.fixture(scope="module")
def leave(tmp_path_factory: pytest.TempPathFactory) -> rw.Rulebook:
    return rw.load(write(tmp_path_factory.mktemp("leave") / "leave.yaml", edition("2024-01-01")), as_of="2024-06-01")


def table(rows: str, columns: str = "ref, days, reason") -> duckdb.DuckDBPyRelation:
    return duckdb.connect().sql(f"SELECT * FROM (VALUES {rows}) AS rows({columns})")


def rows_of(checked: rw.CheckedTable) -> list[tuple[Any, ...]]:
    found: list[tuple[Any, ...]] = duckdb.connect().from_arrow(checked).fetchall()
    return found


def codes(error: pytest.ExceptionInfo[rw.RulewrightError]) -> list[str]:
    return [one.code for one in error.value.diagnostics]


# --- tables ----------------------------------------------------------------------------------------------------------


def test_the_rows_of_a_table_are_evaluated(leave: rw.Rulebook) -> None:
    checked = leave.check_table(table("('a', 3, 'x'), ('b', 30, 'x'), ('c', NULL, 'x')"), "request")
    assert checked.columns == ("case", "verdict", "violated", "unknown", "advised")
    expected = [
        ("a", "ready", [], [], []),
        ("b", "not_ready", ["short-enough"], [], []),
        ("c", "needs_information", [], ["short-enough"], []),
    ]
    assert rows_of(checked) == expected
    assert rows_of(checked) == expected, "it can be read again"
    assert (len(checked), checked.rejected) == (3, ())


def test_a_table_needs_no_pyarrow() -> None:
    before = (
        "import sys\n"
        "sys.modules['pyarrow'] = None\n"
        "import duckdb, rulewright as rw\n"
        "book = rw.load('alibaba-cloud-icp-filing')\n"
        "checked = book.check_table(duckdb.sql(\"SELECT 'a' AS ref, 'ecs' AS service_type\"), 'instance')\n"
        "print(len(checked), type(checked.__arrow_c_stream__()).__name__, file=sys.stderr)\n"
        "sys.exit()\n"
    )
    assert process(before=before).err == "1 PyCapsule\n"


def test_a_table_of_another_library_is_read(leave: rw.Rulebook) -> None:
    polars = pytest.importorskip("polars")
    frame = polars.DataFrame({"ref": ["a", "b"], "days": [3, 30], "reason": ["x", "x"]})
    checked = polars.DataFrame(leave.check_table(frame, "request"))
    assert checked["verdict"].to_list() == ["ready", "not_ready"]


def test_rows_with_one_case_are_one_case(leave: rw.Rulebook) -> None:
    rows = "('one', 'a', 3, 'x'), ('one', 'b', 30, 'x'), ('two', 'a', 3, 'x')"
    checked = leave.check_table(table(rows, "batch, ref, days, reason"), "request", case="batch")
    assert [row[:2] for row in rows_of(checked)] == [("one", "not_ready"), ("two", "ready")]


def test_a_row_for_each_rule(leave: rw.Rulebook) -> None:
    checked = leave.check_table(table("('a', 30, 'x')"), "request", detail="full")
    found = {row[checked.columns.index("rule")]: row[checked.columns.index("message")] for row in rows_of(checked)}
    assert found["short-enough"] == "a is for 30 days."


def test_columns_are_renamed_ignored_or_passed_through(leave: rw.Rulebook) -> None:
    odd = table("('a', 3, 'x', 'north')", "ref, Tage, reason, office")
    with pytest.raises(rw.InputError) as error:
        leave.check_table(odd, "request")
    assert [str(one.span) for one in error.value.diagnostics] == ["<table>:1:2", "<table>:1:4"]
    assert all("--" not in f"{one.message} {one.help}" for one in error.value.diagnostics)
    renamed = {"Tage": "days"}
    ignored = leave.check_table(odd, "request", columns=renamed, unknown_columns="ignore")
    assert rows_of(ignored) == [("a", "ready", [], [], [])]
    kept = leave.check_table(odd, "request", columns=renamed, unknown_columns="keep")
    assert dict(zip(kept.columns, rows_of(kept)[0], strict=True))["office"] == "north"


def test_a_bad_row_costs_no_other_and_is_returned(leave: rw.Rulebook) -> None:
    checked = leave.check_table(table("('a', 3, 'x'), ('b', 0, 'x'), ('c', 4, 'x')"), "request")
    assert [row[0] for row in rows_of(checked)] == ["a", "c"]
    (rejected,) = checked.rejected
    (diagnostic,) = rejected.diagnostics
    assert (rejected.number, rejected.name, diagnostic.code, str(diagnostic.span)) == (2, "b", "F005", "<table>:2:2")


@pytest.mark.parametrize("rows", ["('a', 3, 'x')", "('a', 0, 'x')"])
def test_a_table_may_have_no_row_or_only_bad_ones(leave: rw.Rulebook, rows: str) -> None:
    source = table(rows)
    checked = leave.check_table(source if "0" in rows else source.limit(0), "request")
    assert (rows_of(checked), checked.columns[:2]) == ([], ("case", "verdict"))
    assert len(checked.rejected) == rows.count("0")


@pytest.mark.parametrize(
    ("given", "arguments", "code"),
    [
        ([1, 2], {"kind": "request"}, "U004"),
        (None, {"kind": "requst"}, "F001"),
        (None, {"kind": "request", "detail": "all"}, "U004"),
        (None, {"kind": "request", "unknown_columns": "drop"}, "U004"),
        (None, {"kind": "request", "jobs": 0}, "U004"),
    ],
)
def test_arguments_that_a_table_does_not_take(
    leave: rw.Rulebook, given: Any, arguments: dict[str, Any], code: str
) -> None:
    with pytest.raises(rw.ArgumentError) as error:
        leave.check_table(given if given is not None else table("('a', 3, 'x')"), **arguments)
    assert codes(error) == [code]


def test_types_that_do_not_fit_are_mistakes_of_the_columns(leave: rw.Rulebook) -> None:
    for rows in ("('a', TIMESTAMP '2024-01-01', 'x')", "('a', [3], 'x')"):
        with pytest.raises(rw.InputError):
            leave.check_table(table(rows), "request")


# --- files -----------------------------------------------------------------------------------------------------------


def test_files_are_evaluated_as_on_the_command_line(leave: rw.Rulebook, tmp_path: Path) -> None:
    file, book = write(tmp_path / "cases.jsonl", CASES), tmp_path / "leave.yaml"
    write(book, edition("2024-01-01"))
    words = ("check", file, "-r", book, "--as-of", "2024-06-01", "--format", "jsonl")
    by_command = run_command(*words, "-o", tmp_path / "command.jsonl", "--summary", tmp_path / "summary.json")
    summary = leave.check_files(file, tmp_path / "library.jsonl")
    assert by_command.status == REJECTED
    assert (tmp_path / "library.jsonl").read_bytes() == (tmp_path / "command.jsonl").read_bytes()
    rejects = (tmp_path / "command.jsonl.rejected.jsonl").read_bytes()
    assert summary.rejected_file is not None
    assert summary.rejected_file.read_bytes() == rejects
    written = json.loads((tmp_path / "summary.json").read_text(encoding="utf-8"))
    data = summary.to_dict()
    assert {**written, "run": None, "seconds": 0} == {**data, "run": None, "seconds": 0}
    assert summary.verdicts[rw.Verdict.READY] == 2
    assert (summary.cases, summary.rejected) == (3, 1)
    assert (summary.rows_read, summary.rows_evaluated, summary.rows_rejected, summary.rows_skipped) == (4, 3, 1, {})


@pytest.mark.parametrize("ending", ["jsonl", "csv", "parquet"])
def test_the_ending_of_the_output_says_the_format(leave: rw.Rulebook, tmp_path: Path, ending: str) -> None:
    file = write(tmp_path / "in.csv", "ref;days;Grund\na;3;x\nb;30;x\n")
    output = tmp_path / f"out.{ending}"
    summary = leave.check_files([str(file)], output, kind="request", columns={"Grund": "reason"}, delimiter=";")
    reader = {"jsonl": "read_json", "csv": "read_csv", "parquet": "read_parquet"}[ending]
    found = duckdb.connect().execute(f"SELECT \"case\", verdict FROM {reader}('{output}')").fetchall()
    assert found == [("a", "ready"), ("b", "not_ready")]
    assert summary.rejected_file is None


def test_several_files_are_one_batch(leave: rw.Rulebook, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    for name in ("a", "b"):
        write(folder / f"{name}.yaml", f"case: {name}\nrequest: {{days: 3}}\n")
    one = leave.check_files(folder, tmp_path / "one.jsonl", by=["days"])
    other = leave.check_files((folder / name for name in ("a.yaml", "b.yaml")), tmp_path / "other.jsonl")
    third = leave.check_files(str(folder / "*.yaml"), tmp_path / "third.out", format="csv", detail="findings")
    assert one.cases == other.cases == third.cases == 2
    assert one.to_dict()["by"] == {"request.days": [{"value": "3", "ready": 2}]}
    assert (tmp_path / "third.out").read_text(encoding="utf-8").startswith("case,kind,ref")


def test_several_processes_give_the_same_output(leave: rw.Rulebook, tmp_path: Path) -> None:
    lines = "".join(f'{{"case": "c{number}", "request": {{"days": {number % 20 + 1}}}}}\n' for number in range(60_000))
    file = write(tmp_path / "cases.jsonl", lines)
    one = leave.check_files(file, tmp_path / "one.csv")
    two = leave.check_files(file, tmp_path / "two.csv", jobs=2)
    assert one.cases == two.cases == 60_000
    assert (tmp_path / "one.csv").read_bytes() == (tmp_path / "two.csv").read_bytes()


@pytest.fixture
def refused(leave: rw.Rulebook, tmp_path: Path) -> Iterator[Any]:
    """A call that must be refused and leave no output."""
    file = write(tmp_path / "cases.jsonl", CASES)

    def call(
        error: type[rw.RulewrightError], files: Any = None, output: str = "out.jsonl", **arguments: Any
    ) -> list[str]:
        with pytest.raises(error) as raised:
            leave.check_files(file if files is None else files, tmp_path / output, **arguments)
        assert all("--" not in f"{one.message} {one.help}" for one in raised.value.diagnostics)
        assert file.read_text(encoding="utf-8") == CASES
        return codes(raised)

    yield call
    assert not [one for one in tmp_path.iterdir() if one.name.startswith("out.") and "rejected" not in one.name]


def test_what_cannot_be_read_or_written_is_refused(refused: Any, tmp_path: Path) -> None:
    assert refused(rw.InputError, tmp_path / "none.jsonl") == ["S001"]
    assert refused(rw.InputError, write(tmp_path / "empty.jsonl", "")) == ["U028"]
    assert refused(rw.InputError, write(tmp_path / "bad.jsonl", "{\n")) == ["U028"]
    assert refused(rw.InputError, max_rejected=0) == ["U007"]
    assert refused(rw.OutputError, output="no/folder/out.csv") == ["U005"]
    assert refused(rw.ArgumentError, output="cases.jsonl") == ["U031"]


def test_arguments_that_do_not_fit_are_refused(refused: Any, tmp_path: Path) -> None:
    rows = write(tmp_path / "rows.csv", "ref,days\na,3\n")
    assert refused(rw.ArgumentError, output="out.xlsx") == ["U004"]
    assert refused(rw.ArgumentError, format="xlsx") == ["U004"]
    assert refused(rw.ArgumentError, detail="most") == ["U004"]
    assert refused(rw.ArgumentError, input="xml") == ["U004"]
    assert refused(rw.ArgumentError, jobs=0) == ["U004"]
    assert refused(rw.ArgumentError, kind="requst") == ["F001"]
    assert refused(rw.ArgumentError, view="none") == ["U006"]
    assert refused(rw.ArgumentError, by=["dys"]) == ["F002"]
    assert refused(rw.ArgumentError, delimiter=";") == ["U025"]
    assert refused(rw.ArgumentError, columns={"Tage": "days"}) == ["U026"]
    assert refused(rw.ArgumentError, columns={"Tage": "days", "Dauer": "days"}, kind="request") == ["U026"]
    assert refused(rw.ArgumentError, rows, delimiter="ab", kind="request") == ["U025"]
    assert refused(rw.InputError, rows, columns={"Tage": "days"}, kind="request") == ["U026"]


def test_a_run_that_was_stopped_is_resumed(leave: rw.Rulebook, tmp_path: Path) -> None:
    file = write(tmp_path / "cases.jsonl", CASES)
    whole = leave.check_files(file, tmp_path / "whole.jsonl")
    again = leave.check_files(file, tmp_path / "whole.jsonl", resume=True)
    assert (again.cases, again.rejected) == (whole.cases, whole.rejected)
    (tmp_path / "stopped.jsonl.journal").write_bytes(b"")
    summary = leave.check_files(file, tmp_path / "stopped.jsonl", resume=True)
    assert summary.cases == 3
    assert (tmp_path / "stopped.jsonl").read_bytes() == (tmp_path / "whole.jsonl").read_bytes()


def test_a_batch_in_a_thread_starts_its_processes_anew(leave: rw.Rulebook, tmp_path: Path) -> None:
    lines = "".join(f'{{"case": "c{number}", "request": {{"days": 3}}}}\n' for number in range(40_000))
    write(tmp_path / "cases.jsonl", lines)
    write(tmp_path / "leave.yaml", edition("2024-01-01"))
    script = write(
        tmp_path / "script.py",
        "import threading, sys\n"
        "import rulewright as rw\n"
        "def main():\n"
        "    threading.Thread(target=threading.Event().wait, daemon=True).start()\n"
        "    summary = rw.load('leave.yaml').check_files('cases.jsonl', 'out.csv', jobs=2)\n"
        "    print(summary.cases)\n"
        "if __name__ == '__main__':\n"
        "    main()\n",
    )
    ran = subprocess.run(
        [sys.executable, script], cwd=tmp_path, env=environment(), capture_output=True, timeout=120, check=False
    )
    assert (ran.returncode, ran.stdout) == (0, b"40000\n"), ran.stderr.decode()
