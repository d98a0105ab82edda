"""The chain of firings from facts to a verdict, as data.

The chain is an acyclic graph, stored as lists. Entries refer to each other by index, so that a shared entry is stored
once. Conditions and expressions are trees, as deep as the rulebook nests them.
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
    """The values that would give a test its wanted truth: in words and, where possible, as data.

    `operator` is a word of the rulebook language (`at_least`, `in`, `given`, …) and `values` are its operands. Any
    left-hand value that passes this operator gives the test the wanted truth. `parameter` names the parameter with
    these values.
    """

    words: str
    operator: str | None = None
    values: tuple[Known, ...] = ()
    parameter: str | None = None


@dataclass(frozen=True, slots=True)
class RelatedFact:
    """A fact that refers, or may refer, to the subject.

    `reference` is the index of its reference in `Chain.values`. `meets` is the index of its condition in
    `Chain.conditions`, or None without a condition. `summed` is the index of the summed field in `Chain.values`.
    """

    ref: str
    refers: Truth
    counts: Truth
    reference: int
    meets: int | None
    summed: int | None = None


@dataclass(frozen=True, slots=True)
class RelatedList:
    """The facts of a kind that refer to a subject; empty if the case does not list the kind.

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
    results of its direct conditions and expressions, in the order of the rulebook. Literals in a list have none.

    Some nodes have more. A test has `words` and, if it lacks the wanted truth, `needed`; the negation of a test has
    words. A field has `steps`: the indexes in `Chain.values` of the references and the field, up to the first unknown
    reference. `reached` is the index in `Chain.verdicts` of the verdict at the end of a path, or the index in
    `Chain.outcomes` of a tested outcome. Tests and expressions about related facts have `related`. A count also has its
    minimum and maximum as `bounds`; the maximum is None if the case does not list the kind. `since` is the date on
    which the value of a parameter came into force.
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
        """Return the truth of a condition; raises TypeError for an expression."""
        if not isinstance(self.result, Truth):
            raise TypeError(f"{self.node} is an expression")
        return self.result

    @property
    def value(self) -> Value:
        """Return the value of an expression; raises TypeError for conditions and lists."""
        if isinstance(self.result, Truth | tuple):
            raise TypeError(f"{self.node} has no single value")
        return self.result

    @property
    def related_facts(self) -> RelatedList:
        """Return the related facts of a test or an expression; raises TypeError if it has none."""
        if self.related is None:
            raise TypeError(f"{self.node} is not about related facts")
        return self.related


# --- outcomes and values ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TableCell:
    """The cell of a table.

    `by` is the index in `Chain.values` of the value that selects the row. `row` is None if the table has no row for
    that value. `since` is the date from which the content of the cell is in force.
    """

    table: str
    row: str | None
    column: str
    by: int
    since: date | None


@dataclass(frozen=True, slots=True)
class ValueReached:
    """The value of a field of a subject, with everything it is or could be derived from.

    `stated` is true if the case states the value, and `at` is the place. `computed` is the expression of a computed
    field and `cell` the table cell of a looked-up one. `concluded_by` are the indexes in `Chain.outcomes` of the rules
    that conclude the value. `others` are those of the rules that could have concluded it and did not.
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
    cell: TableCell | None = None
    concluded_by: tuple[int, ...] = ()
    others: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class OutcomeReached:
    """The outcome of a rule for a subject, with its reasons.

    `verb` is the verb of the rule (`require`, `conclude`, `advise`). `applies` is None if the rule applies everywhere.
    `condition` is the condition of the verb. It is None if the rule has no such condition, or if the rule does not
    apply and the condition was not evaluated. `concludes` are the fields that the rule sets.
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
        """Return whether the outcome counts for the verdict of its subject."""
        return self.verb == "require" and self.severity is RuleSeverity.BLOCKING


@dataclass(frozen=True, slots=True)
class ConditionOfFact:
    """The condition on related facts, evaluated for one of them."""

    kind: str
    ref: str
    condition: Derivation


@dataclass(frozen=True, slots=True)
class VerdictReached:
    """The verdict of a subject, with the indexes in `Chain.outcomes` of the outcomes that decide it."""

    kind: str
    ref: str
    verdict: Verdict
    outcomes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Chain:
    """A complete case: the verdict of each subject and the outcome of each rule, with their reasons.

    `verdicts` are in the order of the explanation's subjects and `outcomes` in that of its findings. `values` and
    `conditions` are in the order of their first use.
    """

    verdict: Verdict
    verdicts: tuple[VerdictReached, ...]
    outcomes: tuple[OutcomeReached, ...]
    values: tuple[ValueReached, ...]
    conditions: tuple[ConditionOfFact, ...]
