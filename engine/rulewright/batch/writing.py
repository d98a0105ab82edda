"""Statements that write records to a file in each output format."""

from __future__ import annotations

from pathlib import Path

from rulewright.batch.duckdb_sql import name, string
from rulewright.batch.options import OutputFormat
from rulewright.batch.records import Shape

#: The first characters that make a spreadsheet treat a cell as a formula.
_FORMULA = r"^[=+\-@\t\r]"
_QUOTE = "'"


def copy_statement(query: str, shape: Shape, path: Path, format_: OutputFormat) -> str:
    """Return the statement that writes the records of a query to a file, in order and without a header.

    The query has the number of the case and the place of the record in the case. The statement always sorts by them,
    because joins do not guarantee an order. DuckDB sorts nearly ordered rows at little cost.
    """
    where = string(str(path))
    columns = ", ".join(f"{_cell(column, shape, format_)} AS {name(column)}" for column in shape.columns)
    match format_:
        case OutputFormat.JSON_LINES:
            options = "FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER '\x01'"
        case OutputFormat.CSV:
            options = "FORMAT csv, HEADER false"
        case OutputFormat.PARQUET:
            options = "FORMAT parquet"
    return f"COPY (SELECT {columns} FROM ({query}) AS r ORDER BY case_number, place) TO {where} ({options})"


def _cell(column: str, shape: Shape, format_: OutputFormat) -> str:
    """Return the output expression of a column: in CSV, a text that looks like a formula gets a quote in front."""
    cell = name(column)
    if format_ is not OutputFormat.CSV or column not in shape.texts:
        return cell
    is_formula = f"REGEXP_MATCHES({cell}, {string(_FORMULA)})"
    return f"CASE WHEN {is_formula} THEN CONCAT({string(_QUOTE)}, {cell}) ELSE {cell} END"
