"""The columns of fields that follow from others: computed, from a table, or concluded by rules."""

from __future__ import annotations

from sqlglot import exp

from rulewright.model.conditions import FieldOf
from rulewright.model.rulebook import Field, Table
from rulewright.model.values import Absent, FieldType
from rulewright.observe import sql
from rulewright.observe.columns import (
    SQL_TYPES,
    computed_column,
    computed_none_column,
    contradicted_column,
    none_column,
    stated_column,
    value_column,
)
from rulewright.observe.sql import Sql
from rulewright.observe.translate import Translated, Translator


def derived_columns(field: Field, translator: Translator, kept: list[str]) -> dict[str, Sql]:
    """The columns of a field that follows from others: its value and, as needed, what tells of contradictions."""
    candidates: list[Translated] = []
    columns: dict[str, Sql] = {}
    if stated_column(field.name) in kept:
        candidates.append(Translated(sql.column(stated_column(field.name), translator.alias)))
    conclusions = [name for name in kept if _is_conclusion(name, field.name)]
    computed: Translated | None = None
    if field.from_table is not None:
        computed = _cell(translator.surroundings.rulebook.tables[field.from_table], field, translator)
    elif field.computed is not None:
        computed = translator.expression(field.computed)
        computed = Translated(exp.cast(computed.value, _computed_type(field)), computed.none)
    if computed is not None:
        candidates.append(computed)
    conflicts = []
    for name in conclusions:
        column = sql.column(name, translator.alias)
        if name.startswith("cx_"):
            conflicts.append(sql.is_true(column))
        else:
            candidates.append(Translated(column))
    value, none = value_column(field.name), none_column(field.name)
    if len(candidates) == 1 and not conflicts:
        columns[value] = candidates[0].value
        if candidates[0].none is not None:
            columns[none] = candidates[0].none
        return columns
    if computed is not None:
        columns[computed_column(field.name)] = computed.value.copy()
        if computed.none is not None:
            columns[computed_none_column(field.name)] = computed.none.copy()
    contradicted = sql.any_true([*conflicts, *_disagreements(candidates)])
    known = sql.coalesce(*(candidate.value.copy() for candidate in candidates))
    columns[contradicted_column(field.name)] = contradicted
    columns[value] = sql.choose((sql.negation(contradicted.copy()), known))
    if computed is not None and computed.none is not None:
        columns[none] = sql.all_true([sql.negation(contradicted.copy()), computed.none.copy()])
    return columns


def _cell(table: Table, field: Field, translator: Translator) -> Translated:
    key = translator.expression(FieldOf((table.by,)))
    by_cell: dict[tuple[object, ...], list[str]] = {}
    for row, cells in table.rows.items():
        dated = cells.get(field.name, ())
        by_cell.setdefault(tuple((item.since, item.value) for item in dated), []).append(row)
    values, with_cell = [], []
    for rows in by_cell.values():
        dated = table.rows[rows[0]].get(field.name, ())
        if not dated:
            continue
        picked = sql.one_of(key.value.copy(), [exp.Literal.string(row) for row in rows])
        cell = translator.in_force(dated, lambda item: _cell_literal(item.value))
        values.append((picked, cell))
        absent = translator.in_force(dated, lambda item: exp.Boolean(this=item.value is Absent.NONE))
        with_cell.append((picked.copy(), sql.is_true(absent)))
    typed = exp.cast(sql.choose(*values) if values else sql.null(), SQL_TYPES[field.type])
    no_cell = sql.choose(*with_cell, otherwise=sql.TRUE.copy()) if with_cell else sql.TRUE.copy()
    none = sql.all_true([sql.is_not_null(key.value.copy()), no_cell])
    if key.none is not None:
        none = sql.any_true([key.none, none])
    return Translated(typed, none)


def _computed_type(field: Field) -> str:
    return "DECIMAL(38, 0)" if field.type is FieldType.WHOLE_NUMBER else SQL_TYPES[field.type]


def _cell_literal(value: object) -> Sql:
    return sql.null() if isinstance(value, Absent) else sql.literal(value)  # type: ignore[arg-type]  # a cell is no list


def _is_conclusion(column: str, field: str) -> bool:
    for prefix in ("c_", "cx_"):
        if column.startswith(f"{prefix}{field}_") and column[len(prefix) + len(field) + 1 :].isdigit():
            return True
    return False


def _disagreements(candidates: list[Translated]) -> list[Sql]:
    found = []
    for position, first in enumerate(candidates):
        for second in candidates[position + 1 :]:
            found.append(sql.is_true(sql.binary(exp.NEQ, first.value.copy(), second.value.copy())))
            if first.none is not None:
                found.append(sql.all_true([first.none.copy(), sql.is_not_null(second.value.copy())]))
            if second.none is not None:
                found.append(sql.all_true([second.none.copy(), sql.is_not_null(first.value.copy())]))
    return found
