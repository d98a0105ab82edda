"""Typed values in SQL from what stands in a file: the value where it is plainly one of the field's type, else null.

What is null here though something stands in the file is not plain: it is read once more, value by value, by the reader
that tells what is wrong with it. So these expressions may refuse what is good, and never take what is not.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlglot import exp
from typing_extensions import assert_never

from rulewright.language.types import TYPES
from rulewright.model.hosts import PLAIN_HOST_NAME, PUNYCODE
from rulewright.model.rulebook import Field, Kind
from rulewright.model.values import MAXIMUM_DECIMAL_PLACES, MAXIMUM_DIGITS, MAXIMUM_TEXT, FieldType, Known
from rulewright.observe import sql
from rulewright.observe.sql import Sql


@dataclass(frozen=True, slots=True)
class Typing:
    """How the value of a field is found in two steps, so that nothing is computed twice.

    `read` makes of what stands in the file what it could be, `check` of the two the value, or null.
    """

    read: Callable[[Field, Sql], Sql]
    check: Callable[[Field, Sql, Sql], Sql]


_YES, _NO = ("yes", "Yes", "YES", "true", "True", "TRUE"), ("no", "No", "NO", "false", "False", "FALSE")
_GREATEST = 10**MAXIMUM_DIGITS - 1
_EXACT_DECIMAL = rf"-?[0-9]{{1,{MAXIMUM_DIGITS}}}(\.[0-9]{{1,{MAXIMUM_DECIMAL_PLACES}}})?"
#: A number of JSON that has more digits than a binary number keeps, in whatever form.
LONG_NUMBER = r"[:,\[]\s*-?(?:[0-9]{8,}\.[0-9]|[0-9]+\.[0-9]{9,}|[0-9]{8,}[eE])"
#: Characters that YAML, JSON or a terminal takes for more than a letter or a space.
UNUSUAL = (
    r"[\x{0}-\x{1f}\x{7f}-\x{9f}\x{a0}\x{61c}\x{1680}\x{2000}-\x{200f}\x{2028}-\x{202f}\x{205f}\x{2066}-\x{2069}"
    r"\x{3000}\x{feff}\x{fffe}\x{ffff}]"
)


#: What no number begins with, nor anything that sorts behind it; how lists and objects begin; what else stands without
#: quotes, in capital letters as well: DuckDB takes the last three, which are no JSON.
FIRST_OF_TEXTS, OPENING, WORDS = ":", ("[", "{"), ("true", "false", "nan", "inf", "infinity")

#: What Python takes for white space.
_WHITE_SPACE = (
    r"[\x{9}-\x{d}\x{1c}-\x{20}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]*"
)
_FEW_CHOICES = 40
_TEXTS = tuple(type_ for type_, entry in TYPES.items() if entry.is_text)


def _read_json(field: Field, raw: Sql) -> Sql:
    if field.type is FieldType.CHOICE and len(field.choices) <= _FEW_CHOICES:
        # as they are written, which is faster than taking the quotes off first
        choices = [
            (sql.equal(raw, sql.string(json.dumps(one, ensure_ascii=False))), sql.string(one)) for one in field.choices
        ]
        return sql.choose(*choices)
    if field.type in _TEXTS or field.type is FieldType.DATE:
        return normal(json_text(raw))
    return _read_number(field, raw)


def _read_plain_json(field: Field, raw: Sql) -> Sql:
    is_short_choice = field.type is FieldType.CHOICE and len(field.choices) <= _FEW_CHOICES
    if not is_short_choice and (field.type in _TEXTS or field.type is FieldType.DATE):
        return normal(json_text(raw, has_escapes=False))
    return _read_json(field, raw)


def _read_bare_json(field: Field, raw: Sql) -> Sql:
    if field.type is FieldType.CHOICE and len(field.choices) <= _FEW_CHOICES:
        return sql.choose((sql.one_of(raw, _literals(tuple(field.choices))), raw))
    if field.type in _TEXTS:
        return normal(bare_text(raw))
    return raw if field.type is FieldType.DATE else _read_number(field, raw)


def _read_number(field: Field, raw: Sql) -> Sql:
    if field.type is FieldType.WHOLE_NUMBER:
        return _try(raw, "BIGINT")
    return _try(raw, sql.EXACT) if field.type is FieldType.DECIMAL else raw


def _check_json(field: Field, raw: Sql, read: Sql) -> Sql:
    if field.type is FieldType.CHOICE and len(field.choices) <= _FEW_CHOICES:
        return read
    match field.type:
        case FieldType.TEXT | FieldType.REFERENCE | FieldType.CHOICE:
            return _within(field, read, _name_like(field, read))  # a line is no longer than a text may be
        case FieldType.YES_NO:
            return sql.choose(
                (sql.equal(raw, sql.string("true")), sql.TRUE), (sql.equal(raw, sql.string("false")), sql.FALSE)
            )
        case FieldType.WHOLE_NUMBER:
            return _within(field, read, _whole(raw, read))
        case FieldType.DECIMAL:
            plain = sql.negation(sql.function("CONTAINS", raw, sql.string("e")))
            return _within(field, read, [_few_digits(raw), plain, _few_places(raw)])
        case FieldType.DATE:
            return _within(field, date_of(read), [])
        case _:
            assert_never(field.type)


def _read_cell(field: Field, raw: Sql) -> Sql:
    return normal(raw) if field.type in _TEXTS else _read_number(field, raw)


def _check_cell(field: Field, raw: Sql, read: Sql) -> Sql:
    match field.type:
        case FieldType.TEXT | FieldType.REFERENCE | FieldType.CHOICE:
            return _within(field, read, _text(field, read))
        case FieldType.YES_NO:
            return sql.choose(
                (sql.one_of(raw, list(map(sql.string, _YES))), sql.TRUE),
                (sql.one_of(raw, list(map(sql.string, _NO))), sql.FALSE),
            )
        case FieldType.WHOLE_NUMBER:
            return _within(field, read, _whole(raw, read))
        case FieldType.DECIMAL:
            plain = sql.function("REGEXP_FULL_MATCH", raw, sql.string(_EXACT_DECIMAL))
            return _within(field, read, [_few_digits(raw), plain])
        case FieldType.DATE:
            return _within(field, date_of(raw), [])
        case _:
            assert_never(field.type)


def _read_column(field: Field, raw: Sql) -> Sql:
    match field.type:
        case FieldType.TEXT | FieldType.REFERENCE | FieldType.CHOICE:
            return normal(sql.cast(raw, "VARCHAR"))
        case FieldType.DECIMAL:
            written = sql.cast(raw, "VARCHAR")
            trimmed = sql.function("RTRIM", sql.function("RTRIM", written, sql.string("0")), sql.string("."))
            return sql.choose((sql.function("CONTAINS", written, sql.string(".")), trimmed), otherwise=written)
        case FieldType.WHOLE_NUMBER:
            return _try(raw, "BIGINT")  # what does not fit has too many digits
        case FieldType.YES_NO | FieldType.DATE:
            return raw
        case _:
            assert_never(field.type)


def _check_column(field: Field, raw: Sql, read: Sql) -> Sql:
    match field.type:
        case FieldType.TEXT | FieldType.REFERENCE | FieldType.CHOICE:
            without_null = sql.negation(sql.function("CONTAINS", read, _NUL))
            return _within(field, read, [*_text(field, read), without_null])
        case FieldType.DECIMAL:
            return _check_cell(field, read, _try(read, sql.EXACT))
        case FieldType.WHOLE_NUMBER:
            return _within(field, read, [_few(read)])
        case FieldType.YES_NO | FieldType.DATE:
            return _within(field, read, [])
        case _:
            assert_never(field.type)


#: The value of a JSON value, as its serialisation stands in a column.
FROM_JSON = Typing(_read_json, _check_json)
#: The same where no escape is in any text.
FROM_PLAIN_JSON = Typing(_read_plain_json, _check_json)
#: The same of texts that were read without their quotes.
FROM_BARE_JSON = Typing(_read_bare_json, _check_json)
#: The value of a cell of a CSV file, whose type is what its field says.
FROM_CELL = Typing(_read_cell, _check_cell)
#: The value of a typed column whose type fits the field's.
FROM_COLUMN = Typing(_read_column, _check_column)

_NUL = sql.function("CHR", sql.number(0))


def normal(text: Sql) -> Sql:
    """A text in Unicode's normal form C, in which all texts are compared."""
    return sql.function("NFC_NORMALIZE", text)


def json_text(raw: Sql, has_escapes: bool = True) -> Sql:
    """The text of a JSON string; null for anything else. It is made faster where no escape can be in it."""
    inside = sql.function(
        "SUBSTRING", raw, sql.number(2), sql.binary(exp.Sub, sql.function("LENGTH", raw), sql.number(2))
    )
    escaped = sql.function("CONTAINS", raw, sql.string("\\"))
    with_null = sql.function("CONTAINS", raw, sql.string("\\u0000"))
    unescaped = sql.choose((sql.negation(with_null), sql.function("JSON_EXTRACT_STRING", raw, sql.string("$"))))
    is_text = sql.function("STARTS_WITH", raw, sql.string('"'))
    if not has_escapes:
        return sql.choose((is_text, inside))
    return sql.choose((is_text, sql.choose((escaped, unescaped), otherwise=inside)))


def bare_text(raw: Sql) -> Sql:
    """The text of a JSON value that was read without quotes, if it is surely one; null for anything else."""
    begins = sql.binary(exp.GTE, raw, sql.string(FIRST_OF_TEXTS))
    opens = [sql.negation(sql.function("STARTS_WITH", raw, sql.string(one))) for one in OPENING]
    lengths = [sql.number(length) for length in sorted(set(map(len, WORDS)))]
    no_word = sql.negation(sql.one_of(sql.function("LOWER", raw), list(map(sql.string, WORDS))))
    other = sql.choose((sql.one_of(sql.function("STRLEN", raw), lengths), no_word), otherwise=sql.TRUE)
    return sql.choose((sql.all_true([begins, *opens, other]), raw))


def date_of(text: Sql) -> Sql:
    """The date that a text is, in its one form."""
    value = _try(text, "DATE")
    same = sql.equal(sql.cast(value, "VARCHAR"), text)
    short = sql.equal(sql.function("STRLEN", text), sql.number(10))
    return sql.choose((sql.all_true([short, same]), value))


def json_name(raw: Sql, text: Sql, is_unusual: bool) -> Sql:
    """The text of a JSON string where it can be a name and stands in JSON as it is; null for anything else."""
    if not is_unusual:
        return sql.choose((sql.all_true(_can_be_name(text, is_unusual)), text))
    escaped = sql.function("CONTAINS", raw, sql.string("\\"))
    return sql.choose((escaped, sql.NULL), (sql.all_true(_can_be_name(text, is_unusual)), text))


def cell_name(cell: Sql, text: Sql, is_unusual: bool) -> Sql:
    """The same of a cell of a CSV file, or of a text of a Parquet file."""
    special = [sql.string("\\"), sql.string('"'), *(sql.function("CHR", sql.number(code)) for code in (10, 13, 0))]
    conditions = [sql.negation(sql.function("CONTAINS", cell, one)) for one in special]
    return sql.choose((sql.all_true([*conditions, *_can_be_name(text, is_unusual)]), text))


def _can_be_name(text: Sql, is_unusual: bool) -> list[Sql]:
    length = sql.function("LENGTH" if is_unusual else "STRLEN", text)
    conditions: list[Sql] = [
        _not_blank(text),
        sql.binary(exp.LTE, length, sql.number(MAXIMUM_TEXT)),
    ]
    if is_unusual:
        conditions.append(sql.negation(sql.function("REGEXP_MATCHES", text, sql.string(UNUSUAL))))
    return conditions


def is_stated(text: Sql) -> Sql:
    """Whether the text of a cell has more than white space, as is plain where it begins with a visible character."""
    plain = sql.all_true([sql.binary(exp.GTE, text, sql.string("!")), sql.binary(exp.LT, text, sql.string("\x7f"))])
    blank = sql.function("REGEXP_FULL_MATCH", text, sql.string(_WHITE_SPACE))
    return sql.choose((plain, sql.TRUE), otherwise=sql.negation(blank))


def _not_blank(text: Sql) -> Sql:
    """Whether a text has more than spaces: as is plain where it begins with anything else."""
    begins = sql.binary(exp.GTE, text, sql.string("!"))
    some = sql.binary(exp.NEQ, sql.function("TRIM", text), sql.string(""))
    return sql.choose((begins, sql.TRUE), otherwise=some)


def _text(field: Field, value: Sql) -> list[Sql]:
    """What a text has to be; the choices of a field are texts that are."""
    if field.type is FieldType.CHOICE:
        return []
    return [sql.binary(exp.LTE, sql.function("LENGTH", value), sql.number(MAXIMUM_TEXT)), *_name_like(field, value)]


def _name_like(field: Field, value: Sql) -> list[Sql]:
    if field.type is not FieldType.REFERENCE:
        return []
    return [_not_blank(value)]


def _whole(raw: Sql, value: Sql) -> list[Sql]:
    return [sql.equal(sql.cast(value, "VARCHAR"), raw), _few(value)]


def _few(value: Sql) -> Sql:
    return exp.Between(this=value, low=sql.number(-_GREATEST), high=sql.number(_GREATEST))


def _few_places(raw: Sql) -> Sql:
    """Whether a number has no more decimal places than are kept, as is plain of most by their length."""
    is_short = sql.binary(exp.LTE, sql.function("STRLEN", raw), sql.number(MAXIMUM_DECIMAL_PLACES + len("0.")))
    point = sql.function("INSTR", raw, sql.string("."))
    places = sql.binary(exp.Sub, sql.function("STRLEN", raw), point)
    few = sql.binary(exp.LTE, places, sql.number(MAXIMUM_DECIMAL_PLACES))
    return sql.choose((is_short, sql.TRUE), otherwise=sql.any_true([sql.equal(point, sql.number(0)), few]))


def _few_digits(raw: Sql) -> Sql:
    """Whether a number has no more digits than are kept, as is plain of most by their length."""

    def is_short(part: Sql) -> Sql:
        return sql.binary(exp.LTE, sql.function("STRLEN", part), sql.number(MAXIMUM_DIGITS))

    digits = sql.function("REPLACE", raw, sql.string("."), sql.string(""))
    return sql.choose((is_short(raw), sql.TRUE), otherwise=is_short(sql.function("LTRIM", digits, sql.string("-"))))


def _within(field: Field, value: Sql, conditions: Sequence[Sql]) -> Sql:
    """The value where the conditions hold and it is one of the choices and within the bounds."""
    held = list(conditions)
    if field.type is FieldType.CHOICE:
        held.append(sql.one_of(value, _literals(tuple(field.choices))))
    if field.host_name:
        held.append(sql.function("REGEXP_FULL_MATCH", value, sql.string(PLAIN_HOST_NAME)))
        held.append(sql.negation(sql.function("CONTAINS", value, sql.string(PUNYCODE))))
    if field.minimum is not None:
        held.append(sql.binary(exp.GTE, value, sql.literal(field.minimum)))
    if field.maximum is not None:
        held.append(sql.binary(exp.LTE, value, sql.literal(field.maximum)))
    return sql.choose((sql.all_true(held), value)) if held else value


def in_order(values: Mapping[str, Sql], kind: Kind) -> dict[str, Sql]:
    """The values of the fields of a kind by name, without the dates that are earlier than they can be."""
    checked = dict(values)
    for name, value in values.items():
        earliest = [one for one in kind.fields[name].not_before if one in values] if name in kind.fields else []
        if earliest:
            is_early = [sql.is_true(sql.binary(exp.LT, value, values[one])) for one in earliest]
            checked[name] = sql.choose((sql.negation(sql.any_true(is_early)), value))
    return checked


def _literals(values: Sequence[Known]) -> list[Sql]:
    return [sql.literal(value) for value in values]


def _try(part: Sql, type_: str) -> Sql:
    return exp.TryCast(this=part, to=sql.type_(type_))
