"""JSON objects read in one pass, each value as a text, and checked by counting the quotes of the whole chunk.

DuckDB's JSON reader leaves out keys that it was not asked for, and gives a text in place of a number. Either leaves
quotes in the file that stand around none of the keys and texts that were taken. A text is only counted where its quotes
were seen, and only as often as it was taken: so there are never more quotes counted than there are, and where there are
as many, nothing was left out and nothing was converted. That holds where no quote is escaped.

The quotes of a text are seen where it is read as it is written. Most texts can be read without them, which is faster:
those that nothing but a text comes to, as they begin like no number, no truth value, no list and no object.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlglot import exp

from rulewright.batch.facts import Chunked, all_become_values, variable
from rulewright.batch.typing import FIRST_OF_TEXTS, OPENING, WORDS
from rulewright.model.rulebook import Field
from rulewright.model.values import MAXIMUM_TEXT, FieldType
from rulewright.observe import sql
from rulewright.observe.columns import ROW
from rulewright.observe.sql import Sql

#: The type of a column that shows whether its value is a text, and of one whose values are those of no text.
_AS_WRITTEN, _WITHOUT_QUOTES = "JSON", "VARCHAR"
#: The types of field whose values stand in quotes.
TEXTS = (FieldType.TEXT, FieldType.REFERENCE, FieldType.CHOICE, FieldType.DATE)
#: DuckDB reads twice as much at once, by itself 32 times as much.
_MAXIMUM_OBJECT = 1024 * 1024


def is_bare(name: str, field: Field | None, chunk: Chunked) -> bool:
    """Whether the texts of a key are read without quotes: of a field, or of a name where none is given."""
    if not chunk.is_counted or chunk.as_written is None or name in chunk.as_written:
        return False
    return field is None or field.type is not FieldType.CHOICE or all(map(is_surely_text, field.choices))


def is_surely_text(text: str) -> bool:
    """Whether nothing but a text is read so without its quotes."""
    return text >= FIRST_OF_TEXTS and not text.startswith(OPENING) and text.lower() not in WORDS


def reading_types(names: Iterable[str], fields: Mapping[str, Field], chunk: Chunked) -> dict[str, str]:
    """The types in which the values of some keys are read: those of names, and of fields."""

    def is_text(name: str) -> bool:
        return name not in fields or fields[name].type in TEXTS

    as_written = {name for name in names if is_text(name) and not is_bare(name, fields.get(name), chunk)}
    return {name: _AS_WRITTEN if name in as_written else _WITHOUT_QUOTES for name in names}


def structure_type(types: Mapping[str, str], is_list: bool) -> str:
    """The type in which objects with these keys are read, or lists of them."""
    parts = ", ".join(f'"{name}" {type_}' for name, type_ in types.items())
    return f"STRUCT({parts})" + "[]" * is_list


def read_objects(types: Mapping[str, str]) -> exp.Select:
    """The lines of a chunk, numbered, with what some keys of each hold, in these types."""
    read = sql.function(
        "READ_JSON",
        variable("file", "VARCHAR"),
        sql.named("columns", sql.structure({name: sql.string(type_) for name, type_ in types.items()})),
        sql.named("format", sql.string("newline_delimited")),
        sql.named("ignore_errors", sql.TRUE),  # a line that is no such object is a row of nulls
        sql.named("maximum_object_size", sql.number(_MAXIMUM_OBJECT)),
    )
    parts = [
        sql.alias(_text(sql.column(name)) if type_ == _AS_WRITTEN else sql.column(name), f"raw_{name}")
        for name, type_ in types.items()
    ]
    return sql.select([sql.alias(sql.row_number(), ROW), *parts], read)


def parts_of(item: Sql, types: Mapping[str, str]) -> list[Sql]:
    """What the keys of an object hold that was read in these types."""
    return [sql.alias(_text(sql.function("STRUCT_EXTRACT", item, sql.string(name))), f"raw_{name}") for name in types]


def _text(part: Sql) -> Sql:
    return sql.cast(part, "VARCHAR")


def number_there(pairs: Mapping[str, str]) -> Sql:
    """How many of the keys have become values."""
    return _number_of(pairs.values())


def all_there(number: Sql, pairs: Mapping[str, str]) -> Sql:
    """Whether all that stands in the file has become values: as is plain where there are as many as keys."""
    complete = sql.equal(number, sql.number(len(pairs)))
    return sql.choose((complete, sql.TRUE), otherwise=sql.all_true(all_become_values(pairs)))


def quotes_around(number: Sql, pairs: Mapping[str, str], texts: Sequence[str]) -> Sql:
    """How many quotes stand around the keys that have become values, of which there is this number, and the texts."""
    complete = sql.equal(number, sql.number(len(pairs)))
    both = sql.binary(exp.Add, number, _number_of(texts)) if texts else number
    counted = sql.binary(exp.Mul, both, sql.number(2))
    return sql.choose((complete, sql.number(2 * (len(pairs) + len(texts)))), otherwise=counted)


def _number_of(columns: Iterable[str]) -> Sql:
    there = [sql.cast(sql.is_not_null(sql.column(column)), "INTEGER") for column in columns]
    return sql.balanced(exp.Add, there)


def short_texts(raws: Iterable[str]) -> list[Sql]:
    """Whether no text is longer than it may be."""
    return [
        sql.binary(
            exp.LTE, sql.coalesce(sql.function("STRLEN", sql.column(raw)), sql.number(0)), sql.number(MAXIMUM_TEXT)
        )
        for raw in raws
    ]
