"""SQL text for DuckDB: names, texts and conditions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from rulewright.model.values import Known
from rulewright.observe.sql import EXACT


def name(text: str) -> str:
    """Return the name of a column or table, quoted."""
    return '"' + text.replace('"', '""') + '"'


def string(text: str) -> str:
    """Return a text as a literal."""
    return "'" + text.replace("'", "''") + "'"


def literal(value: Known) -> str:
    """Return a value of a fact or of a rulebook as a literal."""
    match value:
        case bool():
            return "TRUE" if value else "FALSE"
        case int():
            return str(value)
        case Decimal():
            return f"CAST('{value:f}' AS {EXACT})"
        case date():
            return f"CAST('{value.isoformat()}' AS DATE)"
        case _:
            return string(value)


def joined(operator: str, parts: Sequence[str]) -> str:
    """Return parts with an operator between them, as a balanced tree: a long chain is too deep for DuckDB's parser."""
    if len(parts) == 1:
        return parts[0]
    middle = len(parts) // 2
    return f"({joined(operator, parts[:middle])} {operator} {joined(operator, parts[middle:])})"


def all_true(conditions: Sequence[str]) -> str:
    """Return the condition that all conditions hold."""
    return joined("AND", conditions) if conditions else "TRUE"


def any_true(conditions: Sequence[str]) -> str:
    """Return the condition that one of the conditions holds."""
    return joined("OR", conditions) if conditions else "FALSE"


def listed(parts: Iterable[str]) -> str:
    """Return parts as the items of an IN list."""
    return f"({', '.join(parts)})"


def number_given(columns: Iterable[str]) -> str:
    """Return the number of columns that are not null, as an expression."""
    counted = [f"CAST({column} IS NOT NULL AS INTEGER)" for column in columns]
    return joined("+", counted) if counted else "0"


def select(columns: Mapping[str, str], source: str, *, star: bool = False) -> str:
    """Return a query of named expressions; with `star`, after all columns of the source."""
    parts = ["*"] if star else []
    parts += [part if part == name(column) else f"{part} AS {name(column)}" for column, part in columns.items()]
    return f"SELECT {', '.join(parts)} FROM {source}"


def table_of(table: str, query: str) -> str:
    """Return the statement that creates a temporary table from a query."""
    return f"CREATE OR REPLACE TEMPORARY TABLE {name(table)} AS {query}"


def view_of(table: str, query: str) -> str:
    """Return the statement that creates a temporary view of a query."""
    return f"CREATE OR REPLACE TEMPORARY VIEW {name(table)} AS {query}"


def no_rows(types: Mapping[str, str]) -> str:
    """Return a query without rows, with columns of these types."""
    return f"SELECT {', '.join(f'CAST(NULL AS {type_}) AS {name(column)}' for column, type_ in types.items())} LIMIT 0"


def lists(types: Mapping[str, str]) -> str:
    """Return a query with a column for each of its list parameters."""
    parts = (f"UNNEST(CAST(? AS {type_}[])) AS {name(column)}" for column, type_ in types.items())
    return f"SELECT {', '.join(parts)}"


def structure(parts: Mapping[str, str]) -> str:
    """Return a constant structure."""
    return "{" + ", ".join(f"{string(key)}: {part}" for key, part in parts.items()) + "}"
