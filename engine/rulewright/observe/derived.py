"""Columns of derived fields: computed, looked up in a table, or concluded by rules."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from rulewright.model.rulebook import Field
from rulewright.model.values import NUMBERS
from rulewright.observe import sql
from rulewright.observe.columns import (
    SQL_TYPES,
    computed_column,
    computed_none_column,
    concluded_column,
    concluded_conflict_column,
    none_column,
    stated_column,
    value_column,
)
from rulewright.observe.sql import Sql
from rulewright.observe.translate import Translated, Translator


def observed_columns(field: Field, translator: Translator, is_only: bool) -> dict[str, Sql]:
    """Return the columns of a computed or looked-up value, by name; empty for any other field.

    `is_only` is true if the field has no other source. Then these are its final columns.
    """
    if field.from_table is not None:
        found = translator.cell(field.name, field.from_table)
    elif field.computed is not None:
        found = translator.expression(field.computed)
        found = Translated(
            sql.cast(found.value, sql.EXACT if field.type in NUMBERS else SQL_TYPES[field.type]), found.none
        )
    else:
        return {}
    value, none = value_column(field.name), none_column(field.name)
    if not is_only:
        value, none = computed_column(field.name), computed_none_column(field.name)
    return {value: found.value} if found.none is None else {value: found.value, none: found.none}


def resolved_columns(field: Field, existing: Sequence[str], levels: Sequence[int], alias: str) -> dict[str, Sql]:
    """Return the columns of a field with several sources; its value is null if the sources contradict each other.

    `existing` are the existing columns, and `levels` those at which rules conclude the field.
    """

    def column(name: str) -> Sql:
        return sql.column(name, alias)

    candidates: list[Translated] = []
    if stated_column(field.name) in existing:
        candidates.append(Translated(column(stated_column(field.name))))
    computed_none = None
    if field.computed is not None:
        if computed_none_column(field.name) in existing:
            computed_none = column(computed_none_column(field.name))
        candidates.append(Translated(column(computed_column(field.name)), computed_none))
    candidates += [Translated(column(concluded_column(field.name, level))) for level in levels]
    conflicts = [sql.is_true(column(concluded_conflict_column(field.name, level))) for level in levels]
    agreed = sql.negation(sql.any_true([*conflicts, *_disagreements(candidates)]))
    known = sql.coalesce(*(candidate.value for candidate in candidates))
    columns = {value_column(field.name): sql.choose((agreed, known))}
    if computed_none is not None:
        columns[none_column(field.name)] = sql.all_true([agreed, computed_none])
    return columns


def _disagreements(candidates: list[Translated]) -> list[Sql]:
    found = []
    for position, first in enumerate(candidates):
        for second in candidates[position + 1 :]:
            found.append(sql.is_true(sql.binary(exp.NEQ, first.value, second.value)))
            if first.none is not None:
                found.append(sql.all_true([first.none, sql.is_not_null(second.value)]))
            if second.none is not None:
                found.append(sql.all_true([second.none, sql.is_not_null(first.value)]))
    return found
