"""Running batches in tests, and fact files for them in every form."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from rulewright.batch.columns import AS_THEY_ARE, Columns
from rulewright.batch.inputs import find_inputs
from rulewright.batch.options import Detail, Options, OutputFormat, Request
from rulewright.batch.report import BatchReport
from rulewright.batch.rows import Rows
from rulewright.batch.run import run_batch
from rulewright.model.facts import Case, Fact
from rulewright.model.values import Known

#: Cases without a date are judged on this day.
TODAY = date(2026, 6, 1)


@dataclass(frozen=True)
class Came:
    """What a batch came to: its output, its rejected cases, its counts, and what it said."""

    output: bytes | None
    rejected: str | None
    counts: Mapping[str, Any]
    diagnostics: tuple[str, ...]
    is_whole: bool


def run(
    files: Sequence[Path],
    rulebook: Path | str,
    output: Path,
    *,
    engine: str = "durable",
    format_: str = "jsonl",
    detail: str = "findings",
    rows: Rows | None = None,
    jobs: int = 1,
    chunk_bytes: int | None = None,
    as_of: date | None = None,
    by: Sequence[tuple[str, str]] = (),
    sample: int = 0,
    resume: bool = False,
    maximum_rejected: int | None = None,
    columns: Columns = AS_THEY_ARE,
) -> Came:
    """Run a batch over files to an output, whose files are taken away once they are read."""
    inputs, wrong = find_inputs([str(file) for file in files], None)
    assert not wrong, wrong
    options = Options(
        str(rulebook), None, as_of, TODAY, engine, OutputFormat(format_), Detail(detail), rows, tuple(by), sample
    )
    options = replace(options, columns=columns)
    report = run_batch(inputs, options, Request(output, jobs, chunk_bytes, maximum_rejected, resume))
    return came(report, output)


def came(report: BatchReport, output: Path) -> Came:
    """What a batch came to; its files are taken away."""
    rejected = output.with_name(output.name + ".rejected.jsonl")
    counts = report.tally.to_json()
    for name in ("subjects", "outcomes", "by"):
        counts[name] = sorted((item for item in counts[name] if item[-1]), key=str)
    for name in ("verdicts", "codes"):
        counts[name] = {key: number for key, number in sorted(counts[name].items()) if number}
    result = Came(
        output.read_bytes() if output.exists() else None,
        rejected.read_text(encoding="utf-8") if rejected.exists() else None,
        counts,
        tuple(map(str, report.diagnostics)),
        report.is_whole,
    )
    for path in (output, rejected):
        path.unlink(missing_ok=True)
    left = [path.name for path in output.parent.iterdir() if path.name.startswith(output.name)]
    assert not left, left
    return result


def without_rows(reject: dict[str, Any]) -> dict[str, Any]:
    """A reject as Spark writes it, without the rows of the case."""
    return {
        key: value for key, value in reject.items() if key not in ("row", "row_line", "row_complete", "header", "kept")
    }


# --- cases as files -----------------------------------------------------------------------------------------------


def json_value(value: Known) -> Any:
    """A value of a fact as `json.dumps` takes it; decimals are written by `dumped`."""
    return value.isoformat() if isinstance(value, date) else value


class _Exact(float):
    """A number that is written with the digits of a decimal."""

    def __new__(cls, text: str) -> _Exact:
        made = super().__new__(cls, text)
        made.text = text
        return made

    text: str

    def __repr__(self) -> str:
        return self.text


def dumped(value: object, **options: Any) -> str:
    """JSON in which decimals keep their digits."""
    return json.dumps(_with_exact(value), **options)


def _with_exact(value: object) -> object:
    match value:
        case dict():
            return {key: _with_exact(item) for key, item in value.items()}
        case list() | tuple():
            return [_with_exact(item) for item in value]
        case Decimal():
            return _Exact(f"{value:f}")
        case date():
            return value.isoformat()
        case _:
            return value


def nested(case: Case) -> dict[str, Any]:
    """A case as a JSON document."""
    return {
        "case": case.name,
        "as_of": case.as_of.isoformat(),
        **{kind: [{"ref": fact.ref, **fact.values} for fact in facts] for kind, facts in case.facts.items()},
    }


def flat(facts: Sequence[Fact]) -> list[dict[str, Any]]:
    """Facts of one kind as rows."""
    return [{"ref": fact.ref, **fact.values} for fact in facts]


def cell(value: object) -> str:
    """A value as it stands in a cell."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case Decimal():
            return f"{value:f}"
        case date():
            return value.isoformat()
        case _:
            return str(value)


def csv_text(rows: Sequence[Mapping[str, object]], columns: Sequence[str], ending: str = "\n") -> str:
    """Rows as a CSV file with a header."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator=ending)
    writer.writerow(columns)
    for row in rows:
        writer.writerow([cell(row.get(column)) for column in columns])
    return text.getvalue()


def write_parquet(path: Path, rows: Sequence[Mapping[str, object]], types: Mapping[str, str]) -> Path:
    """Rows as a Parquet file whose columns have these DuckDB types."""
    import duckdb  # noqa: PLC0415

    columns = ", ".join(f'"{name}" {type_}' for name, type_ in types.items())
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE t ({columns})")
        marks = ", ".join("?" for _ in types)
        for row in rows:
            connection.execute(f"INSERT INTO t VALUES ({marks})", [row.get(column) for column in types])
        connection.execute("COPY t TO '" + str(path).replace("'", "''") + "' (FORMAT parquet)")
    return path
