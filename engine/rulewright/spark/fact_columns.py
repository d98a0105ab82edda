"""Facts of one kind in Spark columns, typed by the vocabulary, each with a flag for the fast path."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from pyspark.sql import Column, functions as F
from pyspark.sql.types import StructType

from rulewright.diagnostics import Diagnostic, did_you_mean
from rulewright.model.rulebook import Field, Kind
from rulewright.model.values import FieldType
from rulewright.observe.columns import value_column
from rulewright.source import short
from rulewright.spark.builders import every, quoted
from rulewright.spark.cells import (
    CASTS,
    VALUE_TYPES,
    Cell,
    JsonValue,
    field_cell,
    json_cell,
    name_cell,
    no_cell,
    takes,
    typed_cell,
)

REF, IS_FAST = "ref", "is_fast"


def given_fields(kind: Kind, headers: Iterable[str] = ()) -> list[Field]:
    """Return the fields of a kind that a fact may state, without those named in `headers`.

    If a row is a fact, its header columns have these names.
    """
    return [field for field in kind.fields.values() if field.may_be_given and field.name not in (REF, *headers)]


def fact_type(kind: Kind, headers: Iterable[str] = ()) -> str:
    """Return the type of a fact: its ref, the values of its fields, and its flag for the fast path."""
    fields = [f"{quoted(value_column(field.name))}: {VALUE_TYPES[field.type]}" for field in given_fields(kind, headers)]
    return f"struct<{', '.join([f'{REF}: string', *fields, f'{IS_FAST}: boolean'])}>"


def fact_of(kind: Kind, cell: Callable[[str, FieldType], Cell], is_fast: Column, headers: Iterable[str] = ()) -> Column:
    """Return a fact as a struct, with a null ref if it has none.

    `is_fast` is a further condition for the fast path.
    """
    ref = name_cell(cell(REF, FieldType.TEXT))
    found = {
        value_column(field.name): field_cell(field, cell(field.name, field.type))
        for field in given_fields(kind, headers)
    }
    return F.struct(
        ref.value.alias(REF),
        *(each.value.alias(name) for name, each in found.items()),
        every([is_fast, ref.is_fast, *(each.is_fast for each in found.values()), *_in_order(kind, found)]).alias(
            IS_FAST
        ),
    )


def _in_order(kind: Kind, found: Mapping[str, Cell]) -> list[Column]:
    """Return the conditions that no date is before another which it must not precede."""
    pairs = [
        (found.get(value_column(field.name)), found.get(value_column(earliest)))
        for field in kind.fields.values()
        for earliest in field.not_before
    ]
    return [
        ~F.coalesce(later.value < earlier.value, F.lit(False))
        for later, earlier in pairs
        if later is not None and earlier is not None
    ]


# --- JSON ---


def json_cells(mapping: Column, kind: Kind, headers: Sequence[str] = (), ref: str = REF) -> Column:
    """Return the values of a JSON mapping with their types and texts, each read once, and a flag for unknown keys.

    `mapping` is a map of VARIANTs, or null if the JSON value is no mapping. `ref` is the key of the ref. The flag
    `is_known` is true if there are no unknown keys.
    """
    names = [field.name for field in given_fields(kind, headers)]
    expected = F.array(*(F.lit(name) for name in dict.fromkeys([ref, *names, *headers])))
    known = F.size(F.array_except(F.map_keys(mapping), expected)) == 0
    parts = [F.coalesce(known, F.lit(False)).alias("is_known")]
    for name, key in {REF: ref, **dict(zip(names, names, strict=True))}.items():
        parts += json_parts(mapping, name, key)
    return F.struct(*parts)


def json_parts(mapping: Column, name: str, key: str) -> list[Column]:
    """Return the columns of the value at a key, for `json_value`."""
    value = mapping[key]
    return [
        value.alias(f"v_{name}"),
        F.schema_of_variant(value).alias(f"t_{name}"),
        F.try_variant_get(value, "$", "string").alias(f"s_{name}"),
    ]


def json_value(part: Callable[[str], Column], name: str) -> JsonValue:
    """Return the JSON value stored under a name by `json_parts`."""
    return JsonValue(*(part(f"{letter}_{name}") for letter in "vts"))


def json_fact(cells: Column, kind: Kind, headers: Iterable[str] = ()) -> Column:
    """Return the fact of the values that `json_cells` returned."""

    def cell(name: str, type_: FieldType) -> Cell:
        return json_cell(json_value(cells.getField, name), type_)

    return fact_of(kind, cell, cells.getField("is_known"), headers)


# --- typed columns ---


def typed_fact(
    get: Callable[[str], Column], schema: StructType, kind: Kind, headers: Sequence[str] = (), ref: str = REF
) -> Column:
    """Return the fact of typed columns with a valid schema; `ref` is the column of the ref."""
    types = {field.name: field.dataType for field in schema.fields}

    def cell(name: str, type_: FieldType) -> Cell:
        key = ref if name == REF else name
        return typed_cell(get(key), types[key], type_) if key in types else no_cell(type_)

    return fact_of(kind, cell, F.lit(True), headers)


def schema_diagnostics(schema: StructType, kind: Kind, headers: Sequence[str] = (), ref: str = REF) -> list[Diagnostic]:
    """Return the errors in the columns of a kind of fact."""
    found: list[Diagnostic] = []
    known = [ref, *headers, *(each.name for each in given_fields(kind, headers))]
    for column in schema.fields:
        if column.name in headers:
            continue
        if column.name not in known:
            message = f"unknown field `{short(column.name)}` of `{kind.name}`"
            found.append(Diagnostic("F002", message, help=did_you_mean(column.name, known) or "leave the column out"))
            continue
        type_ = FieldType.TEXT if column.name == ref else kind.fields[column.name].type
        named = f"`{column.name}` of `{kind.name}`"
        found += type_diagnostics(named, column.dataType.simpleString(), takes(column.dataType, type_), type_)
    return found


def type_diagnostics(named: str, came: str, fits: bool, expected: FieldType) -> list[Diagnostic]:
    """Return the error of a column whose type does not fit, with the type to cast it to; empty if it fits."""
    if fits:
        return []
    message = f"the column {named} is of the type {came.upper()}, which is not that of a {expected.value}"
    return [Diagnostic("F003", message, help=f"cast it to {CASTS.get(expected, 'STRING')} where that loses nothing")]
