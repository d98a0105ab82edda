"""Checks that inputs, the kind of their rows, and the options for columns match."""

from __future__ import annotations

from collections.abc import Sequence

from rulewright.batch.columns import Columns
from rulewright.batch.inputs import Input, InputFormat
from rulewright.batch.rows import Rows
from rulewright.diagnostics import Diagnostic, Span, did_you_mean
from rulewright.model.rulebook import Rulebook


def is_of_rows(source: Input) -> bool:
    """Return true if an input is a table, so that its rows are facts."""
    return source.format in (InputFormat.CSV, InputFormat.PARQUET)


def rows_for(source: Input, rows: Rows | None, rulebook: Rulebook) -> tuple[Rows | None, Diagnostic | None]:
    """Return the given form of an input's rows, or that of the only kind; a diagnostic if there is no valid form."""
    kinds = list(rulebook.kinds)
    if rows is None and is_of_rows(source) and len(kinds) == 1:
        return Rows(kinds[0]), None
    if rows is None and is_of_rows(source):
        help_ = "say it with --kind: " + ", ".join(kinds)
        return None, Diagnostic("U006", "which kind of fact a row is has to be said", Span(source.name), help_)
    if rows is not None and rows.kind not in kinds:
        return None, Diagnostic("F001", f"unknown kind of fact `{rows.kind}`", help=did_you_mean(rows.kind, kinds))
    return rows, None


def columns_for(columns: Columns, inputs: Sequence[Input], rows: Rows | None) -> list[Diagnostic]:
    """Return a diagnostic for each option that applies to none of the inputs."""
    is_csv = any(source.format is InputFormat.CSV for source in inputs)
    wrong = []
    for name, value in (("--delimiter", columns.delimiter), ("--encoding", columns.encoding)):
        if value is not None and inputs and not is_csv:
            help_ = f"leave {name} out, or say with --input csv that the files are CSV"
            wrong.append(Diagnostic("U025", f"{name} is for CSV files, and no input is one", help=help_))
    if columns.renamed and inputs and rows is None:
        help_ = "say with --kind what each row is, or leave --columns out"
        wrong.append(
            Diagnostic("U026", "--columns renames columns of rows, and the inputs hold whole cases", help=help_)
        )
    return wrong
