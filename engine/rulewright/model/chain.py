"""The chain of firings from facts to a verdict, as data: what each rule, condition and value rests on.

It is a graph without cycles, written as lists whose members point to each other by their places in them, so that what
several rules rest on stands in it once. Conditions and expressions are trees, no deeper than a rulebook nests them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from rulewright.diagnostics import Span
from rulewright.model.conditions import Condition, Expression
from rulewright.model.outcomes import Outcome, Verdict
from rulewright.model.rulebook import RuleSeverity
from rulewright.model.values import Known, Truth, Value

# --- conditions and expressions ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Needed:
    """What would satisfy a test whose truth is not the wanted one: in words, and as data where values say it.

    `operator` is a word of the rulebook language (`at_least`, `in`, `given`, …) and `values` are its operands: with any
    such value on its left-hand side, the test has the wanted truth. `parameter` names the parameter with these values.
    """

    words: str
    operator: str | None = None
    values: tuple[Known, ...] = ()
    parameter: str | None = None


@dataclass(frozen=True, slots=True)
class RelatedFact:
    """A fact that refers, or may refer, to the subject, and whether it counts.

    `reference` is the place of its reference in `Chain.values`, `meets` the place of the condition for it in
    `Chain.conditions` (none without a condition), `summed` the place of the summed field in `Chain.values`.
    """

    ref: str
    refers: Truth
    counts: Truth
    reference: int
    meets: int | None
    summed: int | None = None


@dataclass(frozen=True, slots=True)
class RelatedList:
    """The facts of a kind that refer to a subject; empty where the case does not list the kind.

    `elsewhere` is the number of facts that refer to another subject or to none.
    """

    of: str
    through: str
    listed: bool
    facts: tuple[RelatedFact, ...]
    elsewhere: int


@dataclass(frozen=True, slots=True)
class Derivation:
    """A condition or an expression of the rulebook, with its result for one subject.

    `result` is the truth of a condition, the value of an expression, or the values of a list parameter. `parts` are the
    results of its own conditions and expressions, in the order of the rulebook; literals in a list have none.

    Some nodes have more. A test has `words` and, where its truth is not the wanted one, `needed`; the negation of a
    test has words. A field has `steps`: the places in `Chain.values` of the references and the field, up to the first
    unknown reference. `reached` is the place in `Chain.verdicts` of the verdict at the end of a path, or the place in
    `Chain.outcomes` of a tested outcome. Tests and expressions about related facts have `related`. A count also has the
    smallest and the largest number as `bounds`; there is no largest where the case does not list the kind. `since` is
    the date on which the value of a parameter came into force.
    """

    node: Condition | Expression
    result: Truth | Value | tuple[Known, ...]
    parts: tuple[Derivation, ...] = ()
    words: str = ""
    needed: Needed | None = None
    steps: tuple[int, ...] = ()
    reached: int | None = None
    related: RelatedList | None = None
    bounds: tuple[int, int | None] | None = None
    since: date | None = None

    @property
    def truth(self) -> Truth:
        """The truth of a condition."""
        if not isinstance(self.result, Truth):
            raise TypeError(f"{self.node} is an expression")
        return self.result

    @property
    def value(self) -> Value:
        """The value of an expression that is no list."""
        if isinstance(self.result, Truth | tuple):
            raise TypeError(f"{self.node} has no single value")
        return self.result

    @property
    def related_facts(self) -> RelatedList:
        """The related facts of a test or an expression about them."""
        if self.related is None:
            raise TypeError(f"{self.node} is not about related facts")
        return self.related


# --- what came out ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Cell:
    """The cell of a table: picked by the value at `by` in `Chain.values`; `since` is when what it holds began.

    `row` is none if the table has no row for the value.
    """

    table: str
    row: str | None
    column: str
    by: int
    since: date | None


@dataclass(frozen=True, slots=True)
class ValueReached:
    """The value of a field of a subject, with everything that it comes from or could come from.

    `stated` is whether the case states it, `at` where. `computed` is the expression that it follows from, `cell` its
    place in a table. `concluded_by` are the places in `Chain.outcomes` of all rules that conclude it, `others` those of
    the rules that could have and did not.
    """

    kind: str
    ref: str
    field: str
    label: str
    value: Value
    shown: str
    stated: bool
    at: Span | None
    computed: Derivation | None = None
    cell: Cell | None = None
    concluded_by: tuple[int, ...] = ()
    others: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class OutcomeReached:
    """How a rule came out for a subject, and why.

    `verb` is what the rule does (`require`, `conclude`, `advise`). `applies` is where it applies, none where that is
    everywhere; `condition` is what it requires or when it acts, none where there is no condition or where it was not
    looked at, as the rule does not apply. `concludes` are the fields that it sets.
    """

    rule: str
    title: str
    kind: str
    ref: str
    verb: str
    severity: RuleSeverity
    outcome: Outcome
    applies: Derivation | None
    condition: Derivation | None
    concludes: Mapping[str, Known]

    @property
    def decides(self) -> bool:
        """Whether the outcome counts for the verdict of its subject."""
        return self.verb == "require" and self.severity is RuleSeverity.BLOCKING


@dataclass(frozen=True, slots=True)
class ConditionOfFact:
    """A condition as a related fact meets it."""

    kind: str
    ref: str
    condition: Derivation


@dataclass(frozen=True, slots=True)
class VerdictReached:
    """The verdict of a subject, with the places in `Chain.outcomes` of the outcomes that decide it."""

    kind: str
    ref: str
    verdict: Verdict
    outcomes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Chain:
    """A whole case: the verdict of each subject and the outcome of each rule, with all that they rest on.

    `verdicts` stand in the order of the explanation's subjects, `outcomes` in that of its findings; `values` and
    `conditions` in the order in which they are come across.
    """

    verdict: Verdict
    verdicts: tuple[VerdictReached, ...]
    outcomes: tuple[OutcomeReached, ...]
    values: tuple[ValueReached, ...]
    conditions: tuple[ConditionOfFact, ...]
