"""SQL that reads JSON lines in columns, in two ways that prove each line was read completely and without conversion.

**By quotes**, the faster way: DuckDB's reader extracts the values of known keys in one pass. It drops other keys, and
converts numbers to texts where it expects a text. Both leave quotes in the line that belong to no extracted key or
text. A text is counted only if its quotes were seen, once for each extraction, so the count never exceeds the quotes
in the line. If the two numbers are equal, nothing was dropped or converted. The proof requires that no quote is
escaped. The quotes of a text are seen if it is read with them. Most texts can be read without quotes, which is
faster: their first characters show that they are no number, truth value, list or object.

**By keys**, for chunks with many nulls, escapes or unknown keys: the keys of each line are listed and compared.

A line that is not JSON, or is not proved, is an invalid row. Both ways return one row per line.
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
#: DuckDB's buffer is twice this size in bytes; its default is 32 times.
_MAXIMUM_OBJECT = 1024 * 1024
_NUMBER_OF_ROW = {ROW: "ROW_NUMBER() OVER ()"}


def _read(function: str, arguments: Mapping[str, str]) -> str:
    common = {"format": "'newline_delimited'", "maximum_object_size": str(_MAXIMUM_OBJECT)}
    common["ignore_errors"] = "TRUE"  # a line that is not JSON becomes a row of nulls
    given = ", ".join(f"{key} = {part}" for key, part in {**arguments, **common}.items())
    return f"{function}({variable(FILE)}, {given})"


# --- by quotes ---


def form_of(key: str, field: Field | None, way: ByQuotes) -> Form:
    """Return the form in which the texts of a key are read; without a field, the key holds a name."""
    if field is not None and field.type is FieldType.DATE:
        return Form.BARE  # only a text can be read as a date
    if way.written is None or key in way.written:
        return Form.WRITTEN
    if field is not None and field.type is FieldType.CHOICE and not all(map(is_surely_text, field.choices)):
        return Form.WRITTEN
    return Form.BARE


def types_of(keys: Iterable[str], fields: Mapping[str, Field], way: ByQuotes) -> dict[str, str]:
    """Return the SQL types for reading the values of some keys; keys without a field hold names."""
    types = {}
    for key in keys:
        field = fields.get(key)
        is_text = field is None or field.type in QUOTED_TYPES
        types[key] = "JSON" if is_text and form_of(key, field, way) is Form.WRITTEN else "VARCHAR"
    return types


def structure_type(types: Mapping[str, str], *, is_list: bool) -> str:
    """Return the SQL type for reading objects with these keys, or lists of them."""
    return f"STRUCT({', '.join(f'{name(key)} {type_}' for key, type_ in types.items())})" + "[]" * is_list


def counted_json(types: Mapping[str, str]) -> str:
    """Return the query of the numbered lines of a chunk with the values of some keys, read in these types."""
    columns = "{" + ", ".join(f"{string(key)}: {string(type_)}" for key, type_ in types.items()) + "}"
    parts = {f"raw_{key}": _text(name(key), type_) for key, type_ in types.items()}
    return select({**_NUMBER_OF_ROW, **parts}, _read("READ_JSON", {"columns": columns}))


def counted_parts(item: str, types: Mapping[str, str]) -> dict[str, str]:
    """Return the values of the keys of an object that was read in these types."""
    return {f"raw_{key}": _text(f"STRUCT_EXTRACT({item}, {string(key)})", type_) for key, type_ in types.items()}


def _text(part: str, type_: str) -> str:
    return f"CAST({part} AS VARCHAR)" if type_ == "JSON" else part


def quotes_around(values: Iterable[str], texts: Sequence[str]) -> str:
    """Return the number of quotes around the keys with values, and around their values that are texts."""
    counted = number_given(map(name, values))
    if texts:
        counted = f"({counted} + {number_given(map(name, texts))})"
    return f"CAST(2 * {counted} AS INTEGER)"


def short_texts(raws: Iterable[str]) -> list[str]:
    """Return the conditions that no text exceeds the maximum length."""
    return [f"COALESCE(STRLEN({name(raw)}), 0) <= {MAXIMUM_TEXT}" for raw in raws]


# --- by keys ---


def json_lines() -> str:
    """Return the query of the numbered lines of a chunk; a line that is not JSON is null."""
    return select({**_NUMBER_OF_ROW, LINE: "CAST(json AS VARCHAR)"}, _read("READ_JSON_OBJECTS", {}))


def keyed_json(lines: str, keys: Sequence[str], kept: Sequence[str] = ()) -> str:
    """Return the query of JSON objects with the values of some keys, as JSON, and a list of all keys."""
    shape = json.dumps(dict.fromkeys(keys, "JSON"), ensure_ascii=False)
    same = {column: name(column) for column in (ROW, *kept, LINE)}
    found = select(
        {**same, KEYS: f"JSON_KEYS({name(LINE)})", "parts": f"JSON_TRANSFORM({name(LINE)}, {string(shape)})"},
        f"({lines}) AS l",
    )
    parts = {f"raw_{key}": f"CAST(STRUCT_EXTRACT({name('parts')}, {string(key)}) AS VARCHAR)" for key in keys}
    return select({**same, KEYS: name(KEYS), **parts}, f"({found}) AS f")


def are_proved(keys: Sequence[str], pairs: Mapping[str, str], unknown: Unknown = Unknown.REJECT) -> list[str]:
    """Return the conditions that a line is an object with only these keys, without duplicates, and valid values.

    Other keys are allowed unless unknown ones are rejected. A line with as many values as keys is proved. With fewer
    values, a key may still hold null, which states nothing.
    """
    number = f"LEN({name(KEYS)})"
    conditions = [f"LEN(LIST_DISTINCT({name(KEYS)})) = {number}"]
    if unknown is Unknown.REJECT:
        conditions.append(f"LIST_HAS_ALL({'[' + listed(map(string, keys))[1:-1] + ']'}, {name(KEYS)})")
    conditions += all_become_values(pairs)
    same = f"{number} = {number_given(map(name, pairs.values()))}"
    return [f"STARTS_WITH({name(LINE)}, '{{')", f"CASE WHEN {same} THEN TRUE ELSE {all_true(conditions)} END"]


def is_short() -> str:
    """Return the condition that a line is too short for a text over the maximum length."""
    return f"STRLEN({name(LINE)}) <= {MAXIMUM_TEXT}"
