"""Values of facts as they came, told apart by their written type: nothing is converted to what was expected."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pyspark.sql import Column
from pyspark.sql import functions as F
from pyspark.sql.types import BooleanType, DataType, DateType, DecimalType, IntegralType, NullType, StringType
from typing_extensions import assert_never

from rulewright.model.contradictions import plain
from rulewright.model.rulebook import Field
from rulewright.model.values import MAXIMUM_DECIMAL_PLACES, MAXIMUM_DIGITS, MAXIMUM_TEXT, FieldType
from rulewright.scalars import EXPECTED
from rulewright.spark.expressions import is_blank, nothing
from rulewright.spark.problems import Problem, Problems, Shown, first_number

_DECIMAL = f"decimal(38,{MAXIMUM_DECIMAL_PLACES})"
_MOST = 10**MAXIMUM_DIGITS
#: The types that a number has in a VARIANT when it has no more digits than are kept, zeros at its end not counted.
_SHORT_DECIMALS = [
    f"DECIMAL({digits},{places})"
    for digits in range(1, MAXIMUM_DIGITS + 1)
    for places in range(min(digits, MAXIMUM_DECIMAL_PLACES) + 1)
]
_TEXTS = (FieldType.TEXT, FieldType.CHOICE, FieldType.REFERENCE)
_DATE_LOOK = r"\A[0-9]{4}-[0-9]{2}-[0-9]{2}\z"
#: Numbers that a binary float may round: with an exponent and more than 15 digits, or with more than a DECIMAL holds.
LONG_EXPONENTS = r"(?:[0-9]\.?){16,}[eE]|(?:[0-9]\.?){38,}"

#: Spark's types of the values of each type of field.
VALUE_TYPES = {
    FieldType.TEXT: "string",
    FieldType.CHOICE: "string",
    FieldType.REFERENCE: "string",
    FieldType.YES_NO: "boolean",
    FieldType.WHOLE_NUMBER: "bigint",
    FieldType.DECIMAL: _DECIMAL,
    FieldType.DATE: "date",
}


@dataclass(frozen=True, slots=True)
class Cell:
    """A value as it came, for one type of field.

    `stated` tells whether there is one. `value` is of the field's type and means something only where it `fits`, and
    `exact` tells whether it has no more digits than are kept. `type` and `text` are for messages.
    """

    stated: Column
    fits: Column
    value: Column
    type: Column
    text: Column
    exact: Column | None = None


def json_cell(variant: Column, type_: Column, text: Column, expected: FieldType, long_exponents: Column) -> Cell:
    """A value of JSON: a VARIANT, with the name of its type and its text.

    `long_exponents` tells whether the line has a number that a binary float may have rounded.
    """

    def as_(spark_type: str) -> Column:
        return F.try_variant_get(variant, "$", spark_type)

    stated = type_.isNotNull() & (type_ != "VOID")

    def cell(fits: Column, value: Column, exact: Column | None = None) -> Cell:
        return Cell(stated, fits, value, type_, text, exact)

    match expected:
        case FieldType.TEXT | FieldType.CHOICE | FieldType.REFERENCE:
            return cell(type_ == "STRING", text)
        case FieldType.YES_NO:
            return cell(type_ == "BOOLEAN", as_("boolean"))
        case FieldType.WHOLE_NUMBER:
            # 3.0 is a DECIMAL, and so is what has more digits than a BIGINT
            number = as_("bigint")
            return cell(type_ == "BIGINT", number, F.abs(number) < _MOST)
        case FieldType.DECIMAL:
            exact = (
                F.when(type_ == "BIGINT", F.abs(as_("bigint")) < _MOST)
                .when(type_ == "DOUBLE", ~long_exponents & _same(as_("double"), as_("decimal(38,18)")))
                .otherwise(type_.isin(*_SHORT_DECIMALS))
            )
            return cell(type_.isin("BIGINT", "DOUBLE") | type_.startswith("DECIMAL"), as_(_DECIMAL), exact)
        case FieldType.DATE:
            return cell((type_ == "STRING") & text.rlike(_DATE_LOOK), text.try_cast("date"))
        case _:
            assert_never(expected)


def _same(double: Column, long: Column) -> Column:
    """Whether a number that came as a binary float is a decimal of the digits that are kept, and just that."""
    same = (F.abs(long) < _MOST) & (long == long.try_cast(_DECIMAL)) & (long.cast("double") == double)
    return F.coalesce(same, F.lit(False))


def typed_cell(value: Column, came: DataType, expected: FieldType) -> Cell:
    """A value of a typed column that takes values of the expected type."""

    def cell(found: Column, exact: Column | None = None) -> Cell:
        return Cell(value.isNotNull(), F.lit(True), found, nothing("string"), value.cast("string"), exact)

    if isinstance(came, NullType):
        return no_cell(expected)
    if expected is FieldType.WHOLE_NUMBER:
        number = value.try_cast("bigint")
        return cell(number, F.coalesce(F.abs(number) < _MOST, F.lit(False)))
    if expected is FieldType.DECIMAL:
        number = value.try_cast(_DECIMAL)
        # as many places as a DECIMAL(38, 9) has are always written out
        digits = F.rtrim(F.rtrim(F.abs(number).cast("string"), F.lit("0")), F.lit("."))
        count = F.length(F.regexp_replace(digits, r"\A0\.|\.", ""))
        return cell(number, F.coalesce((number == value) & (count <= MAXIMUM_DIGITS), F.lit(False)))
    return cell(value.cast(VALUE_TYPES[expected]))


def no_cell(expected: FieldType) -> Cell:
    """What stands where there is nothing."""
    text = nothing("string")
    return Cell(F.lit(False), F.lit(True), nothing(VALUE_TYPES[expected]), text, text)


def takes(came: DataType, expected: FieldType) -> bool:
    """Whether a column's type is that of a field's values; binary floats are no decimals, and texts no dates."""
    if isinstance(came, NullType):
        return True
    match expected:
        case FieldType.TEXT | FieldType.CHOICE | FieldType.REFERENCE:
            return isinstance(came, StringType)
        case FieldType.YES_NO:
            return isinstance(came, BooleanType)
        case FieldType.WHOLE_NUMBER:
            return isinstance(came, IntegralType) or (isinstance(came, DecimalType) and came.scale == 0)
        case FieldType.DECIMAL:
            return isinstance(came, IntegralType | DecimalType)
        case FieldType.DATE:
            return isinstance(came, DateType)
        case _:
            assert_never(expected)


def value_of(cell: Cell) -> Column:
    """The value where there is one of the right type."""
    return F.when(cell.stated & cell.fits, cell.value)


def problem_of(name: str, cell: Cell, expected: FieldType, problems: Problems, field: Field | None = None) -> Column:
    """The number of what is wrong with the value under a name; null where nothing is.

    Without a `field` it is a name itself, or a date: of a case, of a fact.
    """
    checks = [
        (condition, problems.number(Problem(problem.code, f"`{name}`: {problem.before}", problem.shown, problem.after)))
        for condition, problem in _checks(cell, expected, field)
    ]
    return F.when(cell.stated, first_number(checks))


def _checks(cell: Cell, expected: FieldType, field: Field | None) -> Iterator[tuple[Column, Problem]]:
    value = cell.value
    yield ~cell.fits, Problem("F003", "", Shown.DESCRIBED, f" stands where {EXPECTED[expected]} is expected")
    if expected in _TEXTS:
        yield F.length(value) > MAXIMUM_TEXT, Problem("F003", f"a text of more than {MAXIMUM_TEXT:,} characters")
        yield (
            value.contains("\x00"),
            Problem("F003", "the text has the character U+0000 in it, which cannot be kept"),
        )
        if expected is FieldType.REFERENCE or field is None:
            yield is_blank(value), Problem("F003", "the text is empty")
        if field is not None and expected is FieldType.CHOICE:
            choices = F.coalesce(value.isin(*field.choices), F.lit(False))
            yield ~choices, Problem("F004", "`", Shown.TEXT, "` is not one of the choices")
    if expected is FieldType.DATE:
        # Spark knows a year 0
        no_day = F.coalesce(value < F.to_date(F.lit("0001-01-01")), F.lit(True))
        yield no_day, Problem("F003", "`", Shown.TEXT, "` is not a day of the calendar")
    if cell.exact is not None:
        kept = f" has more digits than are kept exactly: {MAXIMUM_DIGITS} in all"
        if expected is FieldType.DECIMAL:
            kept += f", {MAXIMUM_DECIMAL_PLACES} after the point"
        yield ~cell.exact, Problem("F003", "", Shown.DESCRIBED, kept)
    if field is not None and field.minimum is not None:
        least = f" is beyond what is possible: it is `{plain(field.minimum)}` at least"
        yield value < F.lit(field.minimum), Problem("F005", "", Shown.DESCRIBED, least)
    if field is not None and field.maximum is not None:
        most = f" is beyond what is possible: it is `{plain(field.maximum)}` at most"
        yield value > F.lit(field.maximum), Problem("F005", "", Shown.DESCRIBED, most)
