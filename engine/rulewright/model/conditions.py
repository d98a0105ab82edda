"""Conditions and expressions: two closed unions that every stage matches with `assert_never`.

Positions are carried for diagnostics and left out of equality, so that the same condition written twice is one test.
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

# --- expressions: what a test compares ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Literal:
    """A value written in the rulebook."""

    value: Known
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)
    #: Python takes True for 1; two tests that differ in that alone are two tests.
    type_name: str = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "type_name", type(self.value).__name__)


@dataclass(frozen=True, slots=True)
class FieldOf:
    """A field of the subject, or one reached through references: `("manager", "grade")`.

    The last part may be `verdict`, the verdict of the subject reached.
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
    """The date on which the case is judged."""

    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """A function of expressions; none when any part is none, unknown when any other part is unknown."""

    operation: Function
    parts: tuple[Expression, ...]
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class RelatedFacts:
    """The facts of kind `of`, in the same case, that refer to the subject through their field `through`.

    Only those that meet `where`, when there is one. Where the case does not list the kind at all, nothing is known of
    them; where it lists it (as an empty list too), those listed are all there are.
    """

    of: str
    through: str
    where: Condition | None
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class CountOf:
    """How many related facts there are; a range while for some it is unknown whether they count."""

    related: RelatedFacts
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class SumOf:
    """The sum of a number field over related facts; unknown while any part of it is. A none adds nothing."""

    of_field: str
    related: RelatedFacts
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


Expression: TypeAlias = "Literal | FieldOf | ParameterOf | AsOf | Arithmetic | CountOf | SumOf"


# --- conditions ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Comparison:
    """Whether `left` compares with `right` so; false when either is none, unknown when either is unknown.

    `ignore_case` takes the letters A to Z as a to z.
    """

    left: Expression
    comparator: Comparator
    right: Expression
    ignore_case: bool = False
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Membership:
    """Whether `left` is one of the options; false when it is none, unknown when it or the list is unknown."""

    left: Expression
    options: tuple[Literal, ...] | ParameterOf
    ignore_case: bool = False
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class IsGiven:
    """True when the field has a value, false when it is none, unknown when nobody said."""

    operand: FieldOf
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class IsKnown:
    """True when the field has a value or is none, false when nobody said; never unknown."""

    operand: FieldOf
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class AnyRelated:
    """Whether any related fact meets the condition in `related.where`."""

    related: RelatedFacts
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class AllRelated:
    """Whether all related facts meet the condition in `related.where`."""

    related: RelatedFacts
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class RuleOutcome:
    """Whether another rule about the same subject came out so; unknown while that rule's outcome is."""

    rule: str
    outcome: str
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class NotCovered:
    """What an edition does not cover: always unknown, and no fact can tell; `covered_by` is an edition that can.

    The place is that of `covered_by`, where there is one.
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
    """The tests of a condition, in source order, not those inside the `where` of related facts."""
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
    """The expressions that a test compares; for a test of related facts none, as those are the `where`'s."""
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
