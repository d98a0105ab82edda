"""Facts of one kind in Spark columns: typed by the vocabulary, each with a note of the first thing wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from pyspark.sql import Column
from pyspark.sql import functions as F
from pyspark.sql.types import StructType

from rulewright.diagnostics import Diagnostic, did_you_mean
from rulewright.model.rulebook import Field, Kind, Rulebook
from rulewright.model.values import FieldType
from rulewright.observe.columns import value_column
from rulewright.source import short as short_text
from rulewright.spark.cells import (
    VALUE_TYPES,
    Cell,
    json_cell,
    no_cell,
    problem_of,
    takes,
    typed_cell,
    value_of,
)
from rulewright.spark.expressions import nothing, quoted
from rulewright.spark.problems import NOTED_TYPE, Problem, Problems, Shown, first_number, noted

REF, NOTED = "ref", "noted"


def given_fields(kind: Kind) -> list[Field]:
    """The fields of a kind that a case may state."""
    return [field for field in kind.fields.values() if field.may_be_given]


def fact_type(kind: Kind) -> str:
    """The type of a fact: its ref, the values of the fields that a case may state, and a note of what is wrong."""
    fields = [f"{quoted(value_column(field.name))}: {VALUE_TYPES[field.type]}" for field in given_fields(kind)]
    return f"struct<{', '.join([f'{REF}: string', *fields, f'{NOTED}: {NOTED_TYPE}'])}>"


def _fact(
    kind: Kind,
    cell: Callable[[str, FieldType], Cell],
    default_ref: Column,
    problems: Problems,
    before: Sequence[Column] = (),
) -> Column:
    """A fact as a struct; `before` are notes of what is wrong with it before its values are looked at."""
    ref = cell(REF, FieldType.TEXT)
    cells = [(field, cell(field.name, field.type)) for field in given_fields(kind)]
    notes = [*before, noted(problem_of(REF, ref, FieldType.TEXT, problems), ref.type, ref.text)]
    for field, found in cells:
        notes.append(noted(problem_of(field.name, found, field.type, problems, field), found.type, found.text))
    return F.struct(
        F.coalesce(value_of(ref), default_ref).alias(REF),
        *(value_of(found).alias(value_column(field.name)) for field, found in cells),
        F.coalesce(*notes).alias(NOTED),
    )


# --- JSON ---


def json_cells(mapping: Column, kind: Kind, other_keys: Iterable[str] = ()) -> Column:
    """The values of a JSON mapping with their types and texts, looked up once each; and the keys it should not have.

    `mapping` is a map of VARIANTs, null where something else came. `other_keys` are no fields, and fine.
    """
    names = [REF, *(field.name for field in given_fields(kind))]
    expected = F.array(*(F.lit(name) for name in [*names, *other_keys]))
    parts = [
        mapping.isNull().alias("misshapen"),
        F.get(F.array_except(F.map_keys(mapping), expected), 0).alias("extra"),
    ]
    for name in names:
        parts += json_value(mapping, name)
    return F.struct(*parts)


def json_value(mapping: Column, name: str) -> list[Column]:
    """The columns of a value that `json_cell` takes."""
    value = mapping[name]
    return [
        value.alias(f"v_{name}"),
        F.schema_of_variant(value).alias(f"t_{name}"),
        F.try_variant_get(value, "$", "string").alias(f"s_{name}"),
    ]


def json_fact(
    cells: Column, kind: Kind, rulebook: Rulebook, default_ref: Column, long_exponents: Column, problems: Problems
) -> Column:
    """The fact of what `json_cells` gives."""

    def cell(name: str, type_: FieldType) -> Cell:
        value, its_type, text = (cells.getField(f"{part}_{name}") for part in "vts")
        return json_cell(value, its_type, text, type_, long_exponents)

    extra = cells.getField("extra")
    checks = [(cells.getField("misshapen"), problems.number(misshapen_fact(kind)))]
    for field in kind.fields.values():
        if not field.may_be_given:
            checks.append(
                (extra == field.name, problems.number(Problem("F009", _not_to_be_stated(kind, field, rulebook))))
            )
    unknown = Problem("F002", "unknown field `", Shown.TEXT, f"` of `{kind.name}`")
    checks.append((extra.isNotNull(), problems.number(unknown)))
    return _fact(kind, cell, default_ref, problems, [noted(first_number(checks), nothing("string"), extra)])


def misshapen_fact(kind: Kind) -> Problem:
    """The problem of a fact that is no mapping."""
    return Problem("F008", f"something else stands where a fact of the kind `{kind.name}` is expected")


def _not_to_be_stated(kind: Kind, field: Field, rulebook: Rulebook) -> str:
    if field.from_table is None:
        return f"`{field.name}` of `{kind.name}` follows from other facts and cannot be stated"
    table = rulebook.tables[field.from_table].name
    return f"`{field.name}` of `{kind.name}` stands in the table `{table}` and cannot be stated"


# --- typed columns ---


def typed_fact(
    get: Callable[[str], Column],
    schema: StructType,
    kind: Kind,
    default_ref: Column,
    problems: Problems,
    before: Sequence[Column] = (),
) -> Column:
    """The fact of typed columns, whose schema has been found right."""
    types = {field.name: field.dataType for field in schema.fields}

    def cell(name: str, type_: FieldType) -> Cell:
        return typed_cell(get(name), types[name], type_) if name in types else no_cell(type_)

    return _fact(kind, cell, default_ref, problems, before)


def schema_diagnostics(
    schema: StructType, kind: Kind, rulebook: Rulebook, other_columns: Iterable[str] = ()
) -> list[Diagnostic]:
    """What is wrong with the columns in which facts of a kind come."""
    found: list[Diagnostic] = []
    for column in schema.fields:
        field = kind.fields.get(column.name)
        came = column.dataType
        if column.name in other_columns:
            continue
        if column.name == REF:
            found += type_diagnostics(f"`{REF}`", came.simpleString(), takes(came, FieldType.TEXT), FieldType.TEXT)
        elif field is None:
            known = [REF, *(each.name for each in given_fields(kind))]
            message = f"unknown field `{short_text(column.name)}` of `{kind.name}`"
            help_ = did_you_mean(column.name, known) or "leave the column out"
            found.append(Diagnostic("F002", message, help=help_))
        elif not field.may_be_given:
            found.append(Diagnostic("F009", _not_to_be_stated(kind, field, rulebook), help="leave the column out"))
        else:
            named = f"`{field.name}` of `{kind.name}`"
            found += type_diagnostics(named, came.simpleString(), takes(came, field.type), field.type)
    return found


_CASTS = {
    FieldType.YES_NO: "BOOLEAN",
    FieldType.WHOLE_NUMBER: "BIGINT",
    FieldType.DECIMAL: "DECIMAL(15, 2), or as many places as it has,",
    FieldType.DATE: "DATE",
}


def type_diagnostics(named: str, came: str, fits: bool, expected: FieldType) -> list[Diagnostic]:
    """That a column is of another type, with the one to cast it to; nothing where it fits."""
    if fits:
        return []
    message = f"the column {named} is of the type {came.upper()}, which is not that of a {expected.value}"
    return [Diagnostic("F003", message, help=f"cast it to {_CASTS.get(expected, 'STRING')} where that loses nothing")]
