"""Statements that write records into a file, in the form of each format."""

from __future__ import annotations

from pathlib import Path

from sqlglot import exp

from rulewright.batch.options import OutputFormat
from rulewright.batch.records import Shape
from rulewright.observe import sql
from rulewright.observe.sql import Sql

#: What a spreadsheet takes for the start of a formula.
_FORMULA = r"^[=+\-@\t\r]"


def copy_statement(query: str, shape: Shape, path: Path, format_: OutputFormat) -> str:
    """Return the statement that writes the records of a query into a file, in order and without a header.

    The query has the number of the case and the place of the record in the case. The statement always sorts by them:
    no join promises the order of its rows. DuckDB sorts rows that are nearly in order at little cost.
    """
    where = sql.string(str(path)).sql(dialect="duckdb")
    columns = ", ".join(sql.alias(_cell(name, shape, format_), name).sql(dialect="duckdb") for name in shape.columns)
    match format_:
        case OutputFormat.JSON_LINES:
            options = "FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER '\x01'"
        case OutputFormat.CSV:
            options = "FORMAT csv, HEADER false"
        case OutputFormat.PARQUET:
            options = "FORMAT parquet"
    return f"COPY (SELECT {columns} FROM ({query}) AS r ORDER BY case_number, place) TO {where} ({options})"


def _cell(name: str, shape: Shape, format_: OutputFormat) -> Sql:
    """A column as it is written: in CSV, a text that a spreadsheet would run begins with a quote."""
    column = sql.column(name)
    if format_ is not OutputFormat.CSV or name not in shape.texts:
        return column
    is_formula = exp.Anonymous(this="REGEXP_MATCHES", expressions=[column, sql.string(_FORMULA)])
    return sql.choose((is_formula, sql.function("CONCAT", sql.string("'"), column)), otherwise=column)
