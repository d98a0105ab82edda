"""Tables in memory, evaluated as a batch: Arrow data in, an Arrow table out."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol

import duckdb

from rulewright.api.arguments import at_least_one, refuse, word_of
from rulewright.api.cases import RejectedCase
from rulewright.api.files import columns_of, run
from rulewright.api.options import in_python
from rulewright.batch.options import Detail, OutputFormat
from rulewright.batch.output_paths import Paths
from rulewright.batch.preparation import Asked
from rulewright.batch.records import shape_of
from rulewright.batch.rows import Rows
from rulewright.diagnostics import Diagnostic, Span
from rulewright.errors import InputError

#: How diagnostics name the table.
_TABLE = "<table>"
#: The mistake of a batch in which no case was evaluated, which is none for a table.
_NOTHING = "U028"


class ArrowTable(Protocol):
    """A table that gives its rows as an Arrow stream: of Polars, pandas, DuckDB, PyArrow and others."""

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """Return the stream as a PyCapsule."""


@dataclass(frozen=True, eq=False)
class CheckedTable:
    """The result of a table, returned by `Rulebook.check_table`: an Arrow table with a row for each case.

    `polars.DataFrame(checked)`, `pyarrow.table(checked)` and others read it, as often as they like. `columns` are the
    names of its columns; `len(checked)` is the number of its rows. `rejected` has the rows that were not evaluated,
    with the reasons: the line of a place is the number of the row, counted from 1, and the column that of the column.
    """

    columns: tuple[str, ...]
    rejected: tuple[RejectedCase, ...]
    _connection: duckdb.DuckDBPyConnection = field(repr=False)

    def __len__(self) -> int:
        (number,) = self._connection.cursor().execute("SELECT count(*) FROM records").fetchone() or (0,)
        return int(number)

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """Return the rows as an Arrow stream."""
        return self._connection.cursor().sql("SELECT * FROM records").__arrow_c_stream__(requested_schema)


def check_table(
    rulebook: str,
    edition: date | None,
    as_of: date | None,
    engine: str,
    table: ArrowTable,
    kind: str,
    *,
    detail: str,
    ref: str,
    case: str,
    unknown_columns: str,
    columns: Mapping[str, str] | None,
    jobs: int,
) -> CheckedTable:
    """Evaluate a table as `Rulebook.check_table` says."""
    if not hasattr(table, "__arrow_c_stream__"):
        name = type(table).__name__
        refuse(
            "U004",
            f"`table` is of the type `{name}`, which gives no Arrow stream",
            "give a DataFrame, or an Arrow table",
        )
    wanted = word_of(detail, Detail, "detail")
    with TemporaryDirectory(prefix="rulewright-", ignore_cleanup_errors=True) as folder:
        source, target = Path(folder) / "table.parquet", Path(folder) / "records.parquet"
        _write(table, source)
        asked = Asked(
            [str(source)],
            rulebook,
            edition,
            as_of,
            OutputFormat.PARQUET,
            wanted,
            str(target),
            engine,
            rows=Rows(kind, ref, case),
            jobs=at_least_one(jobs, "jobs"),
            columns=columns_of(unknown_columns, columns or {}),
        )
        try:
            run(asked)
        except InputError as error:
            if any(one.code != _NOTHING for one in error.diagnostics):
                raise InputError(_renamed(one, str(source)) for one in error.diagnostics) from None
        connection = duckdb.connect()
        if target.exists():
            connection.execute("CREATE TABLE records AS SELECT * FROM read_parquet(?)", [str(target)])
        else:  # no row was evaluated
            types = shape_of(OutputFormat.PARQUET, wanted).columns.items()
            declared = ", ".join(f'"{name}" {type_}' for name, type_ in types)
            connection.execute(f"CREATE TABLE records ({declared})")
        names = connection.execute("SELECT * FROM records LIMIT 0").description
        return CheckedTable(
            tuple(str(name) for name, *_ in names),
            _rejected(Paths(Path(os.path.realpath(target))).rejected),
            connection,
        )


class _Stream:
    """A table that is nothing but its stream, whatever else DuckDB would know of its type."""

    def __init__(self, table: ArrowTable) -> None:
        self._table = table

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self._table.__arrow_c_stream__(requested_schema)


def _write(table: ArrowTable, file: Path) -> None:
    """Write a table as Parquet, its rows in their order."""
    with duckdb.connect() as connection:
        try:
            connection.register("source", _Stream(table))
            connection.execute("CREATE TABLE given AS SELECT * FROM source")
            connection.execute("COPY given TO ? (FORMAT parquet)", [str(file)])
        except duckdb.Error as error:
            reason = str(error).partition("\n")[0]
            raise InputError([Diagnostic("U006", f"the table cannot be read: {reason}", Span(_TABLE))]) from error


def _rejected(file: Path) -> tuple[RejectedCase, ...]:
    """Return the rejected rows of a batch, each with all that is wrong with it."""
    if not file.exists():
        return ()
    found: dict[tuple[str | None, int], list[Diagnostic]] = {}
    for line in file.read_text(encoding="utf-8").splitlines():
        told: Mapping[str, Any] = json.loads(line)
        span = Span(_TABLE, told["line"], told["column"] or 1)
        diagnostic = Diagnostic(told["code"], told["message"], span, told["help"])
        found.setdefault((told["case"], told["line"]), []).append(diagnostic)
    return tuple(RejectedCase(line, case, tuple(in_python(wrong))) for (case, line), wrong in found.items())


def _renamed(diagnostic: Diagnostic, file: str) -> Diagnostic:
    """Return a diagnostic that names the table in place of its temporary file."""
    span = diagnostic.span
    at = replace(span, file=_TABLE) if span is not None and span.file == file else span
    return replace(diagnostic, span=at, message=diagnostic.message.replace(file, _TABLE))
