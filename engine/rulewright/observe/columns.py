"""Names of the columns in which the observation keeps what is known of each subject, and their SQL types."""

from __future__ import annotations

from rulewright.language.types import TYPES

ROW, CASE, REF, AS_OF, VERDICT_COLUMN = "row_number", "case_number", "ref", "as_of", "verdict"

SQL_TYPES = {type_: entry.sql for type_, entry in TYPES.items()}


def value_column(field: str) -> str:
    """The value of a field; null when it is none or unknown."""
    return f"f_{field}"


def none_column(field: str) -> str:
    """Whether a field is none; never null; only for fields that can be."""
    return f"n_{field}"


def stated_column(field: str) -> str:
    """What the case file states of a field that is derived too."""
    return f"g_{field}"


def computed_column(field: str) -> str:
    """What is computed of a field that may be stated or concluded too."""
    return f"p_{field}"


def computed_none_column(field: str) -> str:
    """Whether what is computed of such a field is none."""
    return f"pn_{field}"


def concluded_column(field: str, level: int) -> str:
    """What the rules of one level conclude for a field."""
    return f"c_{field}_{level}"


def concluded_conflict_column(field: str, level: int) -> str:
    """Whether the rules of one level conclude different values for a field."""
    return f"cx_{field}_{level}"


def outcome_column(rule_number: int) -> str:
    """The outcome of a rule that other rules read."""
    return f"o_{rule_number}"


def situation_column(level: int) -> str:
    """The situation of a subject at one level."""
    return f"q_{level}"


def listed_column(kind: str) -> str:
    """Whether the subject's case lists the facts of a kind."""
    return f"l_{kind}"
