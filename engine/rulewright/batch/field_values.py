"""SQL of the values of fields in a file: the value if it is certainly valid, else null.

If a non-null value becomes null, the exact path reads the row again and reports the error. These expressions may
reject valid values, but never accept an invalid one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from typing_extensions import assert_never

from rulewright.batch.duckdb_sql import all_true, any_true, listed, literal, string
from rulewright.language.types import TYPES
from rulewright.model.hosts import PLAIN_HOST_NAME, PUNYCODE
from rulewright.model.rulebook import Field, Kind
from rulewright.model.values import MAXIMUM_DECIMAL_PLACES, MAXIMUM_DIGITS, MAXIMUM_TEXT, FieldType
from rulewright.observe.sql import EXACT


class Form(Enum):
    """The form of a value in a column.

    `WRITTEN` is JSON; `BARE` is JSON with texts without quotes. `CELL` is a CSV cell, `COLUMN` a value of a typed
    column.
    """

    WRITTEN = "written"
    BARE = "bare"
    CELL = "cell"
    COLUMN = "column"


@dataclass(frozen=True, slots=True)
class Texts:
    """The possible characters in the texts of a file: ASCII only or more, with or without escapes."""

    are_ascii: bool = False
    have_escapes: bool = True


ANY_TEXTS = Texts()
_YES, _NO = ("yes", "Yes", "YES", "true", "True", "TRUE"), ("no", "No", "NO", "false", "False", "FALSE")
_GREATEST = 10**MAXIMUM_DIGITS - 1
_EXACT_DECIMAL = rf"-?[0-9]{{1,{MAXIMUM_DIGITS}}}(\.[0-9]{{1,{MAXIMUM_DECIMAL_PLACES}}})?"
#: A JSON number with more digits than a binary number retains, in any form.
LONG_NUMBER = r"[:,\[]\s*-?(?:[0-9]{8,}\.[0-9]|[0-9]+\.[0-9]{9,}|[0-9]{8,}[eE])"
#: Characters with a special meaning in YAML, JSON or a terminal.
UNUSUAL = (
    r"[\x{0}-\x{1f}\x{7f}-\x{9f}\x{a0}\x{61c}\x{1680}\x{2000}-\x{200f}\x{2028}-\x{202f}\x{205f}\x{2066}-\x{2069}"
    r"\x{3000}\x{feff}\x{fffe}\x{ffff}]"
)
#: White space as Python defines it.
_WHITE_SPACE = (
    r"[\x{9}-\x{d}\x{1c}-\x{20}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]*"
)
#: No number begins with this character or one that sorts after it.
_FIRST_OF_TEXTS = ":"
#: The first characters of lists and objects, and the characters that sort right after them.
_OPENING = (("[", "\\"), ("{", "|"))
#: The words without quotes in JSON. DuckDB also accepts the last three, which are not JSON, in any case.
_WORDS = ("true", "false", "nan", "inf", "infinity")
_FEW_CHOICES = 40
_TEXT_TYPES = tuple(type_ for type_, entry in TYPES.items() if entry.is_text)
#: The types of field with quoted values in JSON.
QUOTED_TYPES = (*_TEXT_TYPES, FieldType.DATE)


def read_value(field: Field, raw: str, form: Form, texts: Texts) -> str:
    """Return the candidate value of a field: the first of two steps, so that nothing is computed twice."""
    match form:
        case Form.WRITTEN | Form.BARE:
            return _read_json(field, raw, form, texts)
        case Form.CELL:
            return normal(raw, texts) if field.type in _TEXT_TYPES else _read_number(field, raw)
        case Form.COLUMN:
            return _read_column(field, raw, texts)
        case _:
            assert_never(form)


def check_value(field: Field, raw: str, read: str, form: Form) -> str:
    """Return the value of a field if its candidate value is valid, else null."""
    match form:
        case Form.WRITTEN | Form.BARE:
            return _check_json(field, raw, read)
        case Form.CELL:
            return _check_cell(field, raw, read)
        case Form.COLUMN:
            return _check_column(field, read)
        case _:
            assert_never(form)


def _is_short_choice(field: Field) -> bool:
    return field.type is FieldType.CHOICE and len(field.choices) <= _FEW_CHOICES


def _read_json(field: Field, raw: str, form: Form, texts: Texts) -> str:
    if field.type not in QUOTED_TYPES:
        return _read_number(field, raw)
    if form is Form.WRITTEN:
        if _is_short_choice(field):  # compared with quotes, which is faster than removing them first
            branches = (
                f"WHEN {string(json.dumps(one, ensure_ascii=False))} THEN {string(one)}" for one in field.choices
            )
            return f"CASE {raw} {' '.join(branches)} END"
        return normal(json_text(raw, texts), texts)
    if _is_short_choice(field):
        return f"CASE WHEN {raw} IN {_choices(field)} THEN {raw} END"
    return raw if field.type is FieldType.DATE else normal(bare_text(raw), texts)


def _read_number(field: Field, raw: str) -> str:
    if field.type is FieldType.WHOLE_NUMBER:
        return f"TRY_CAST({raw} AS BIGINT)"
    return f"TRY_CAST({raw} AS {EXACT})" if field.type is FieldType.DECIMAL else raw


def _check_json(field: Field, raw: str, read: str) -> str:
    if _is_short_choice(field):
        return read
    match field.type:
        case FieldType.TEXT | FieldType.REFERENCE | FieldType.CHOICE:
            return _within(field, read, _name_like(field, read))  # the length of the line is checked elsewhere
        case FieldType.YES_NO:
            return f"CASE WHEN {raw} = 'true' THEN TRUE WHEN {raw} = 'false' THEN FALSE END"
        case FieldType.WHOLE_NUMBER:
            return _within(field, read, _whole(raw, read))
        case FieldType.DECIMAL:
            return _within(field, read, [_few_digits(raw), f"NOT CONTAINS({raw}, 'e')", _few_places(raw)])
        case FieldType.DATE:
            return _within(field, date_of(read), [])
        case _:
            assert_never(field.type)


def _check_cell(field: Field, raw: str, read: str) -> str:
    match field.type:
        case FieldType.TEXT | FieldType.REFERENCE | FieldType.CHOICE:
            return _within(field, read, _text(field, read))
        case FieldType.YES_NO:
            yes, no = listed(map(string, _YES)), listed(map(string, _NO))
            return f"CASE WHEN {raw} IN {yes} THEN TRUE WHEN {raw} IN {no} THEN FALSE END"
        case FieldType.WHOLE_NUMBER:
            return _within(field, read, _whole(raw, read))
        case FieldType.DECIMAL:
            return _within(field, read, [_few_digits(raw), f"REGEXP_FULL_MATCH({raw}, {string(_EXACT_DECIMAL)})"])
        case FieldType.DATE:
            return _within(field, date_of(raw), [])
        case _:
            assert_never(field.type)


def _read_column(field: Field, raw: str, texts: Texts) -> str:
    match field.type:
        case FieldType.TEXT | FieldType.REFERENCE | FieldType.CHOICE:
            return normal(f"CAST({raw} AS VARCHAR)", texts)
        case FieldType.DECIMAL:
            written = f"CAST({raw} AS VARCHAR)"
            return f"CASE WHEN CONTAINS({written}, '.') THEN RTRIM(RTRIM({written}, '0'), '.') ELSE {written} END"
        case FieldType.WHOLE_NUMBER:
            return f"TRY_CAST({raw} AS BIGINT)"  # a number that does not fit has too many digits
        case FieldType.YES_NO | FieldType.DATE:
            return raw
        case _:
            assert_never(field.type)


def _check_column(field: Field, read: str) -> str:
    match field.type:
        case FieldType.TEXT | FieldType.REFERENCE | FieldType.CHOICE:
            return _within(field, read, [*_text(field, read), f"NOT CONTAINS({read}, CHR(0))"])
        case FieldType.DECIMAL:
            return _check_cell(field, read, f"TRY_CAST({read} AS {EXACT})")
        case FieldType.WHOLE_NUMBER:
            return _within(field, read, [_few(read)])
        case FieldType.YES_NO | FieldType.DATE:
            return _within(field, read, [])
        case _:
            assert_never(field.type)


def normal(text: str, texts: Texts) -> str:
    """Return a text in Unicode's normal form C, the form for comparing texts."""
    return text if texts.are_ascii else f"NFC_NORMALIZE({text})"


def json_text(raw: str, texts: Texts) -> str:
    """Return the text of a JSON string; null for anything else."""
    inside = f"SUBSTRING({raw}, 2, LENGTH({raw}) - 2)"
    if texts.have_escapes:
        unescaped = f"CASE WHEN NOT CONTAINS({raw}, '\\u0000') THEN JSON_EXTRACT_STRING({raw}, '$') END"
        inside = f"CASE WHEN CONTAINS({raw}, '\\') THEN {unescaped} ELSE {inside} END"
    return f"CASE WHEN STARTS_WITH({raw}, '\"') THEN {inside} END"


def bare_text(raw: str) -> str:
    """Return the text of a JSON value read without quotes; null if it may be another type."""
    opens = [f"({raw} < {string(first)} OR {raw} >= {string(behind)})" for first, behind in _OPENING]
    lengths = listed(str(length) for length in sorted(set(map(len, _WORDS))))
    no_word = f"LOWER({raw}) NOT IN {listed(map(string, _WORDS))}"
    other = f"CASE WHEN STRLEN({raw}) IN {lengths} THEN {no_word} ELSE TRUE END"
    return f"CASE WHEN {all_true([f'{raw} >= {string(_FIRST_OF_TEXTS)}', *opens, other])} THEN {raw} END"


def is_surely_text(text: str) -> bool:
    """Return true if no other type than a text can look like this without quotes."""
    opens = any(text.startswith(first) for first, _ in _OPENING)
    return text >= _FIRST_OF_TEXTS and not opens and text.lower() not in _WORDS


def date_of(text: str) -> str:
    """Return the date in an ISO text; null for anything else."""
    value = f"TRY_CAST({text} AS DATE)"
    return f"CASE WHEN STRLEN({text}) = 10 AND CAST({value} AS VARCHAR) = {text} THEN {value} END"


def json_name(raw: str, text: str, texts: Texts) -> str:
    """Return the text of a JSON string if it can be a name and needs no escapes in JSON; null for anything else."""
    is_name = f"WHEN {_can_be_name(text, texts)} THEN {text}"
    escaped = "" if texts.are_ascii else f"WHEN CONTAINS({raw}, '\\') THEN NULL "
    return f"CASE {escaped}{is_name} END"


def cell_name(cell: str, text: str, texts: Texts) -> str:
    """Return the text of a CSV cell or Parquet text under the same conditions as `json_name`."""
    special = ["'\\'", "'\"'", *(f"CHR({code})" for code in (10, 13, 0))]
    conditions = [f"NOT CONTAINS({cell}, {one})" for one in special]
    return f"CASE WHEN {all_true([*conditions, _can_be_name(text, texts)])} THEN {text} END"


def _can_be_name(text: str, texts: Texts) -> str:
    length = "STRLEN" if texts.are_ascii else "LENGTH"
    conditions = [_not_blank(text), f"{length}({text}) <= {MAXIMUM_TEXT}"]
    if not texts.are_ascii:
        conditions.append(f"NOT REGEXP_MATCHES({text}, {string(UNUSUAL)})")
    return all_true(conditions)


def is_stated(text: str) -> str:
    """Return the condition that the text of a cell has more than white space."""
    visible = f"{text} >= '!' AND {text} < '\x7f'"  # the first character alone decides
    return f"CASE WHEN {visible} THEN TRUE ELSE NOT REGEXP_FULL_MATCH({text}, {string(_WHITE_SPACE)}) END"


def _not_blank(text: str) -> str:
    """Return the condition that a text has more than spaces; most texts pass by their first character."""
    return f"CASE WHEN {text} >= '!' THEN TRUE ELSE TRIM({text}) <> '' END"


def _text(field: Field, value: str) -> list[str]:
    """Return the conditions of a valid text; choices need none, because they are valid texts."""
    if field.type is FieldType.CHOICE:
        return []
    return [f"LENGTH({value}) <= {MAXIMUM_TEXT}", *_name_like(field, value)]


def _name_like(field: Field, value: str) -> list[str]:
    return [_not_blank(value)] if field.type is FieldType.REFERENCE else []


def _whole(raw: str, value: str) -> list[str]:
    return [f"CAST({value} AS VARCHAR) = {raw}", _few(value)]


def _few(value: str) -> str:
    return f"{value} BETWEEN {-_GREATEST} AND {_GREATEST}"


def _few_places(raw: str) -> str:
    """Return the condition that a number has few enough decimal places; short numbers pass by their length."""
    point, length = f"INSTR({raw}, '.')", f"STRLEN({raw})"
    few = f"{point} = 0 OR {length} - {point} <= {MAXIMUM_DECIMAL_PLACES}"
    return f"CASE WHEN {length} <= {MAXIMUM_DECIMAL_PLACES + len('0.')} THEN TRUE ELSE {few} END"


def _few_digits(raw: str) -> str:
    """Return the condition that a number has few enough digits; short numbers pass by their length."""
    digits = f"LTRIM(REPLACE({raw}, '.', ''), '-')"
    return f"CASE WHEN STRLEN({raw}) <= {MAXIMUM_DIGITS} THEN TRUE ELSE STRLEN({digits}) <= {MAXIMUM_DIGITS} END"


def _within(field: Field, value: str, conditions: Sequence[str]) -> str:
    """Return the value if the conditions hold and it is one of the choices and within the bounds, else null."""
    held = list(conditions)
    if field.type is FieldType.CHOICE:
        held.append(f"{value} IN {_choices(field)}")
    if field.host_name:
        held.append(f"REGEXP_FULL_MATCH({value}, {string(PLAIN_HOST_NAME)})")
        held.append(f"NOT CONTAINS({value}, {string(PUNYCODE)})")
    if field.minimum is not None:
        held.append(f"{value} >= {literal(field.minimum)}")
    if field.maximum is not None:
        held.append(f"{value} <= {literal(field.maximum)}")
    return f"CASE WHEN {all_true(held)} THEN {value} END" if held else value


def in_order(column: str, name: str, values: Mapping[str, str], kind: Kind) -> str | None:
    """Return the date if it is not before the dates in `not_before`, else null; None if any date is valid.

    `values` are the columns of the stated fields; `column` is the column of this field.
    """
    field = kind.fields.get(name)
    earliest = [values[one] for one in field.not_before if one in values] if field is not None else []
    if not earliest:
        return None
    is_early = any_true([f"COALESCE({column} < {one}, FALSE)" for one in earliest])
    return f"CASE WHEN NOT ({is_early}) THEN {column} END"


def _choices(field: Field) -> str:
    return listed(map(string, field.choices))
