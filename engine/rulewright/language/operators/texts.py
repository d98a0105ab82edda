"""Tests of texts, and the flag with which a test takes capital and small letters as the same."""

from __future__ import annotations

from rulewright.language import operands
from rulewright.language.groups import TEXTS
from rulewright.model.entries import Comparator, Keyword, Move, Operator, Schema, Sql

IGNORE_CASE = "ignore_case"
IGNORE_CASE_ABOUT = "`yes` takes the letters A to Z as a to z, for is, is_not, in, not_in and starts_with."
IGNORE_CASE_SCHEMA: Schema = operands.YES_NO


def _starts_with_sql(left: Sql, right: Sql) -> Sql:
    from sqlglot import exp  # noqa: PLC0415  # a single case does not need it

    return exp.StartsWith(this=left, expression=right)


def _continued(operand: str, filler: str) -> tuple[str, ...]:
    return (operand + filler,)


STARTS_WITH = Comparator(
    key="starts_with",
    keywords=(
        Keyword(
            "starts_with",
            "Begins with this text.",
            TEXTS,
            synonyms=("startswith", "starts", "begins_with", "beginswith", "prefix", "has_prefix"),
        ),
    ),
    schema=operands.TEXT,
    holds=str.startswith,
    sql=_starts_with_sql,
    moves=(Move.NEITHER, Move.NEITHER),
    boundaries=_continued,
)

OPERATORS: tuple[Operator, ...] = (STARTS_WITH,)
