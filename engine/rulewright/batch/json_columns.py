"""JSON lines in columns, in two ways that prove that nothing in a line was left out and nothing was converted.

**By quotes**, the faster way: DuckDB's reader takes the values of known keys in one pass. It leaves out other keys, and
gives a text in place of a number. Either leaves quotes in the line that stand around none of the keys and texts that
were taken. A text is only counted where its quotes were seen, and only as often as it was taken: so there are never
more quotes counted than there are in the line, and where there are as many, nothing was left out and nothing was
converted. That holds where no quote is escaped. The quotes of a text are seen where it is read as it is written. Most
texts can be read without them, which is faster: those that nothing but a text comes to, as they begin like no number,
no truth value, no list and no object.

**By keys**, for chunks with many nulls, escapes or unknown keys: the keys of each line are listed and compared.

A line that is no JSON, or is not proved, is a row that is not valid; the rows are those of the lines in either way.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

from rulewright.batch.columns import Unknown
from rulewright.batch.duckdb_sql import all_true, listed, name, number_given, select, string
from rulewright.batch.field_values import QUOTED_TYPES, Form, is_surely_text
from rulewright.batch.reading import FILE, ByQuotes, all_become_values, variable
from rulewright.model.rulebook import Field
from rulewright.model.values import MAXIMUM_TEXT, FieldType
from rulewright.observe.columns import ROW

#: The columns of a line, and of its keys.
LINE, KEYS = "line", "keys"
#: DuckDB reads twice as much at once, by itself 32 times as much.
_MAXIMUM_OBJECT = 1024 * 1024
_NUMBER_OF_ROW = {ROW: "ROW_NUMBER() OVER ()"}


def _read(function: str, arguments: Mapping[str, str]) -> str:
    common = {"format": "'newline_delimited'", "maximum_object_size": str(_MAXIMUM_OBJECT)}
    common["ignore_errors"] = "TRUE"  # a line that is no JSON is a row of nulls
    given = ", ".join(f"{key} = {part}" for key, part in {**arguments, **common}.items())
    return f"{function}({variable(FILE)}, {given})"


# --- by quotes ---


def form_of(key: str, field: Field | None, way: ByQuotes) -> Form:
    """Return the form in which the texts of a key are read: of a field, or of a name where none is given."""
    if field is not None and field.type is FieldType.DATE:
        return Form.BARE  # nothing but a text comes to a date
    if way.written is None or key in way.written:
        return Form.WRITTEN
    if field is not None and field.type is FieldType.CHOICE and not all(map(is_surely_text, field.choices)):
        return Form.WRITTEN
    return Form.BARE


def types_of(keys: Iterable[str], fields: Mapping[str, Field], way: ByQuotes) -> dict[str, str]:
    """Return the types in which the values of some keys are read: those of names, and of fields."""
    types = {}
    for key in keys:
        field = fields.get(key)
        is_text = field is None or field.type in QUOTED_TYPES
        types[key] = "JSON" if is_text and form_of(key, field, way) is Form.WRITTEN else "VARCHAR"
    return types


def structure_type(types: Mapping[str, str], *, is_list: bool) -> str:
    """Return the type in which objects with these keys are read, or lists of them."""
    return f"STRUCT({', '.join(f'{name(key)} {type_}' for key, type_ in types.items())})" + "[]" * is_list


def counted_json(types: Mapping[str, str]) -> str:
    """Return the query of the lines of a chunk, numbered, with what some keys of each hold, in these types."""
    columns = "{" + ", ".join(f"{string(key)}: {string(type_)}" for key, type_ in types.items()) + "}"
    parts = {f"raw_{key}": _text(name(key), type_) for key, type_ in types.items()}
    return select({**_NUMBER_OF_ROW, **parts}, _read("READ_JSON", {"columns": columns}))


def counted_parts(item: str, types: Mapping[str, str]) -> dict[str, str]:
    """Return what the keys of an object hold that was read in these types."""
    return {f"raw_{key}": _text(f"STRUCT_EXTRACT({item}, {string(key)})", type_) for key, type_ in types.items()}


def _text(part: str, type_: str) -> str:
    return f"CAST({part} AS VARCHAR)" if type_ == "JSON" else part


def quotes_around(values: Iterable[str], texts: Sequence[str]) -> str:
    """Return how many quotes stand around the keys of which there are values, and around the texts among these."""
    counted = number_given(map(name, values))
    if texts:
        counted = f"({counted} + {number_given(map(name, texts))})"
    return f"CAST(2 * {counted} AS INTEGER)"


def short_texts(raws: Iterable[str]) -> list[str]:
    """Return the conditions that no text is longer than it may be."""
    return [f"COALESCE(STRLEN({name(raw)}), 0) <= {MAXIMUM_TEXT}" for raw in raws]


# --- by keys ---


def json_lines() -> str:
    """Return the query of the lines of a chunk, numbered, each as it is written if it is JSON."""
    return select({**_NUMBER_OF_ROW, LINE: "CAST(json AS VARCHAR)"}, _read("READ_JSON_OBJECTS", {}))


def keyed_json(lines: str, keys: Sequence[str], kept: Sequence[str] = ()) -> str:
    """Return the query of JSON objects with what each of some keys holds, as JSON, and all their keys."""
    shape = json.dumps(dict.fromkeys(keys, "JSON"), ensure_ascii=False)
    same = {column: name(column) for column in (ROW, *kept, LINE)}
    found = select(
        {**same, KEYS: f"JSON_KEYS({name(LINE)})", "parts": f"JSON_TRANSFORM({name(LINE)}, {string(shape)})"},
        f"({lines}) AS l",
    )
    parts = {f"raw_{key}": f"CAST(STRUCT_EXTRACT({name('parts')}, {string(key)}) AS VARCHAR)" for key in keys}
    return select({**same, KEYS: name(KEYS), **parts}, f"({found}) AS f")


def are_proved(keys: Sequence[str], pairs: Mapping[str, str], unknown: Unknown = Unknown.REJECT) -> list[str]:
    """Return the conditions that a line is an object with none but these keys, none of them twice, all with values.

    Other keys do not matter where unknown ones are not rejected. A line is proved where there are as many values as
    keys; where there are not, a key may still hold null, which states nothing.
    """
    number = f"LEN({name(KEYS)})"
    conditions = [f"LEN(LIST_DISTINCT({name(KEYS)})) = {number}"]
    if unknown is Unknown.REJECT:
        conditions.append(f"LIST_HAS_ALL({'[' + listed(map(string, keys))[1:-1] + ']'}, {name(KEYS)})")
    conditions += all_become_values(pairs)
    same = f"{number} = {number_given(map(name, pairs.values()))}"
    return [f"STARTS_WITH({name(LINE)}, '{{')", f"CASE WHEN {same} THEN TRUE ELSE {all_true(conditions)} END"]


def is_short() -> str:
    """Return the condition that no text in a line can be longer than a text may be."""
    return f"STRLEN({name(LINE)}) <= {MAXIMUM_TEXT}"
