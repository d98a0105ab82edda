"""Names and SQL types of the columns with the observed data of each subject."""

from __future__ import annotations

from rulewright.language.types import TYPES

ROW, CASE, REF, AS_OF, VERDICT_COLUMN = "row_number", "case_number", "ref", "as_of", "verdict"

SQL_TYPES = {type_: entry.sql for type_, entry in TYPES.items()}


def value_column(field: str) -> str:
    """Return the column with the value of a field; null if it is none or unknown."""
    return f"f_{field}"


def none_column(field: str) -> str:
    """Return the column that is true if a field is none; never null, and only for fields that can be none."""
    return f"n_{field}"


def stated_column(field: str) -> str:
    """Return the column with the stated value of a field that is also derived."""
    return f"g_{field}"


def computed_column(field: str) -> str:
    """Return the column with the computed value of a field that can also be stated or concluded."""
    return f"p_{field}"


def computed_none_column(field: str) -> str:
    """Return the column that is true if the computed value of such a field is none."""
    return f"pn_{field}"


def concluded_column(field: str, level: int) -> str:
    """Return the column with the value that the rules of one level conclude for a field."""
    return f"c_{field}_{level}"


def concluded_conflict_column(field: str, level: int) -> str:
    """Return the column that is true if the rules of one level conclude different values for a field."""
    return f"cx_{field}_{level}"


def outcome_column(rule_number: int) -> str:
    """Return the column with the outcome of a rule that other rules read."""
    return f"o_{rule_number}"


def situation_column(level: int) -> str:
    """Return the column with the situation of a subject at one level."""
    return f"q_{level}"


def listed_column(kind: str) -> str:
    """Return the column that is true if the subject's case lists the facts of a kind."""
    return f"l_{kind}"
