"""Conditions and expressions: two closed unions that every stage matches with `assert_never`.

Positions serve diagnostics and do not take part in equality, so that the same condition written twice is one test.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import TypeAlias

from typing_extensions import assert_never

from rulewright.diagnostics import NOWHERE, Span
from rulewright.model.entries import Comparator, Function
from rulewright.model.values import Known

# --- expressions: the operands of tests -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Literal:
    """A value written in the rulebook."""

    value: Known
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)
    #: In Python, True == 1. The name of the type makes tests different that differ only in this.
    type_name: str = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "type_name", type(self.value).__name__)


@dataclass(frozen=True, slots=True)
class FieldOf:
    """A field of the subject, or a field reached through references: `("manager", "grade")`.

    The last part can be `verdict`, the verdict of the referenced subject.
    """

    path: tuple[str, ...]
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)

    def __str__(self) -> str:
        return ".".join(self.path)


@dataclass(frozen=True, slots=True)
class ParameterOf:
    """A parameter of the rulebook, with the value in force on the case's date."""

    name: str
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class AsOf:
    """The date on which the case is evaluated."""

    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """A function of expressions; none if any part is none, else unknown if any part is unknown."""

    operation: Function
    parts: tuple[Expression, ...]
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class RelatedFacts:
    """The facts of kind `of`, in the same case, that refer to the subject through their field `through`.

    A condition `where` restricts them to the facts that meet it. If the case does not list the kind, its facts are
    unknown. If it lists the kind, even as an empty list, the listed facts are all there are.
    """

    of: str
    through: str
    where: Condition | None
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class CountOf:
    """The number of related facts; a range as long as some of them may or may not count."""

    related: RelatedFacts
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class SumOf:
    """The sum of a number field over related facts; unknown if any part is unknown. A none adds nothing."""

    of_field: str
    related: RelatedFacts
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


Expression: TypeAlias = "Literal | FieldOf | ParameterOf | AsOf | Arithmetic | CountOf | SumOf"


# --- conditions ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Comparison:
    """A comparison of two expressions; false if either is none, unknown if either is unknown.

    `ignore_case` treats the letters A to Z as a to z.
    """

    left: Expression
    comparator: Comparator
    right: Expression
    ignore_case: bool = False
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Membership:
    """The test that `left` is one of the options; false if it is none, unknown if it or the list is unknown."""

    left: Expression
    options: tuple[Literal, ...] | ParameterOf
    ignore_case: bool = False
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class IsGiven:
    """True if the field has a value, false if it is none, unknown if nobody stated it."""

    operand: FieldOf
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class IsKnown:
    """True if the field has a value or is none, false if nobody stated it; never unknown."""

    operand: FieldOf
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class AnyRelated:
    """The test that any related fact meets the condition in `related.where`."""

    related: RelatedFacts
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class AllRelated:
    """The test that all related facts meet the condition in `related.where`."""

    related: RelatedFacts
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class RuleOutcome:
    """A test of the outcome of another rule about the same subject; unknown while that outcome is unknown."""

    rule: str
    outcome: str
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class NotCovered:
    """Something that the edition does not cover; always unknown, as no fact can resolve it.

    `covered_by` is an edition that covers it, if there is one, and `span` the place of `covered_by`.
    """

    what: str
    covered_by: date | None = None
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Not:
    """Kleene's negation."""

    part: Condition
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class AllOf:
    """Kleene's conjunction."""

    parts: tuple[Condition, ...]
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Kleene's disjunction."""

    parts: tuple[Condition, ...]
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


Test: TypeAlias = "Comparison | Membership | IsGiven | IsKnown | AnyRelated | AllRelated | RuleOutcome | NotCovered"
Condition: TypeAlias = "Test | Not | AllOf | AnyOf"


def tests_of(condition: Condition | None) -> Iterator[Test]:
    """Yield the tests of a condition in source order, without those in the `where` of related facts."""
    match condition:
        case None:
            return
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from tests_of(part)
        case Not(part):
            yield from tests_of(part)
        case _:
            yield condition


def expressions_of(test: Test) -> tuple[Expression, ...]:
    """Return the expressions that a test compares; empty for a test of related facts or of an outcome."""
    match test:
        case Comparison(left, _, right):
            return (left, right)
        case Membership(left, options):
            return (left, options) if isinstance(options, ParameterOf) else (left, *options)
        case IsGiven(named) | IsKnown(named):
            return (named,)
        case AnyRelated() | AllRelated() | RuleOutcome() | NotCovered():
            return ()
        case _:
            assert_never(test)
