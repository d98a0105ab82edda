"""The chain of firings from facts to a verdict, as data: what each rule, condition and value rests on.

It is a graph without cycles, written as lists whose members point to each other by their places in them, so that what
several rules rest on stands in it once. Conditions and expressions are trees, no deeper than a rulebook nests them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from rulewright.diagnostics import Span
from rulewright.model.entries import Comparator, Function
from rulewright.model.outcomes import Outcome, Verdict
from rulewright.model.rulebook import RuleSeverity
from rulewright.model.values import Known, Truth, Value

# --- expressions --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SeenLiteral:
    """A value that is written in the rulebook."""

    value: Known


@dataclass(frozen=True, slots=True)
class SeenField:
    """A field of the subject, or one reached through references.

    `steps` are the places in `Chain.values` of the references and the field, as far as they lead: the last is that of
    the field itself, unless a reference is not known. `verdict` is the place in `Chain.verdicts` where the path ends
    in a verdict.
    """

    path: tuple[str, ...]
    value: Value
    steps: tuple[int, ...]
    verdict: int | None = None


@dataclass(frozen=True, slots=True)
class SeenParameter:
    """A parameter with the value in force, a list parameter with all of them; `since` is when that began."""

    name: str
    value: Value | tuple[Known, ...]
    since: date | None


@dataclass(frozen=True, slots=True)
class SeenDate:
    """The date of the check."""

    value: date


@dataclass(frozen=True, slots=True)
class SeenArithmetic:
    """A function of expressions, and its value."""

    operation: Function
    parts: tuple[SeenExpression, ...]
    value: Value


@dataclass(frozen=True, slots=True)
class SeenFact:
    """A related fact: whether it refers to the subject, whether it meets the condition, and whether it counts.

    `reference` is the place in `Chain.values` of its reference, `meets` that in `Chain.conditions` of the condition
    for it (none where there is no condition), `summed` that in `Chain.values` of the field that is summed.
    """

    ref: str
    refers: Truth
    counts: Truth
    reference: int
    meets: int | None
    summed: int | None = None


@dataclass(frozen=True, slots=True)
class SeenRelated:
    """The facts of a kind as a subject sees them; none of them where the case does not list the kind.

    `elsewhere` is how many more there are, each of which refers to another subject or to none.
    """

    of: str
    through: str
    listed: bool
    facts: tuple[SeenFact, ...]
    elsewhere: int


@dataclass(frozen=True, slots=True)
class SeenCount:
    """How many related facts count: at least and at most so many; no `most` where the case does not list them."""

    related: SeenRelated
    least: int
    most: int | None
    value: Value


@dataclass(frozen=True, slots=True)
class SeenSum:
    """The sum of a field over the related facts that count."""

    field: str
    related: SeenRelated
    value: Value


SeenExpression: TypeAlias = "SeenLiteral | SeenField | SeenParameter | SeenDate | SeenArithmetic | SeenCount | SeenSum"


# --- conditions ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Needed:
    """What would satisfy a test that is not as it has to be: in words, and as data where values say it.

    `operator` is a word of the rulebook language (`at_least`, `in`, `given`, …) and `values` what it takes; any such
    value of the left-hand side makes the test come out as it has to. `parameter` names the parameter that they are of.
    """

    words: str
    operator: str | None = None
    values: tuple[Known, ...] = ()
    parameter: str | None = None


@dataclass(frozen=True, slots=True)
class SeenComparison:
    """A comparison of two values."""

    words: str
    truth: Truth
    left: SeenExpression
    comparator: Comparator
    right: SeenExpression
    ignore_case: bool
    needed: Needed | None = None


@dataclass(frozen=True, slots=True)
class SeenMembership:
    """Whether a value is one of some."""

    words: str
    truth: Truth
    left: SeenExpression
    options: tuple[Known, ...] | SeenParameter
    ignore_case: bool
    needed: Needed | None = None


@dataclass(frozen=True, slots=True)
class SeenPresence:
    """Whether a field has a value (`given`), or whether it is known that it has one or none (`known`)."""

    words: str
    truth: Truth
    test: str
    operand: SeenExpression
    needed: Needed | None = None


@dataclass(frozen=True, slots=True)
class SeenQuantifier:
    """Whether any related fact meets a condition, or all of them do."""

    words: str
    truth: Truth
    every: bool
    related: SeenRelated
    needed: Needed | None = None


@dataclass(frozen=True, slots=True)
class SeenOutcome:
    """Whether another rule came out so; `came_out` is the place of that in `Chain.outcomes`."""

    words: str
    truth: Truth
    rule: str
    outcome: str
    came_out: int
    needed: Needed | None = None


@dataclass(frozen=True, slots=True)
class SeenNotCovered:
    """What the edition does not cover, and which one does; never anything but unknown."""

    words: str
    truth: Truth
    covered_by: date | None


@dataclass(frozen=True, slots=True)
class SeenAll:
    """A conjunction."""

    truth: Truth
    parts: tuple[SeenCondition, ...]


@dataclass(frozen=True, slots=True)
class SeenAny:
    """A disjunction; all of its true parts justify it."""

    truth: Truth
    parts: tuple[SeenCondition, ...]


@dataclass(frozen=True, slots=True)
class SeenNot:
    """A negation; `words` say of a single test that it does not hold, and are empty for other parts."""

    truth: Truth
    part: SeenCondition
    words: str


SeenTest: TypeAlias = "SeenComparison | SeenMembership | SeenPresence | SeenQuantifier | SeenOutcome | SeenNotCovered"
SeenCondition: TypeAlias = "SeenTest | SeenAll | SeenAny | SeenNot"


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
    computed: SeenExpression | None = None
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
    applies: SeenCondition | None
    condition: SeenCondition | None
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
    condition: SeenCondition


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
