"""The domain of possible values: interprets nodes as sets of values and truths while facts have sets of values.

No possible value is left out. An impossible one may be included, unless each fact has a single value: then the result
is exact.
"""

# ruff: noqa: D102  `Domain` documents the methods

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias, cast

from rulewright.fix.influence import Influence, Outcomes, outcome_item, value_item, verdict_item
from rulewright.fix.possible_sets import (
    FALSE,
    NONE,
    NOTHING_KNOWN,
    TRUE,
    UNKNOWN,
    Among,
    Between,
    Possible,
    Truths,
    all_truths,
    any_truth,
    combine,
    compare,
    exactly,
    is_ordered,
    negate,
    union,
    values_compare,
)
from rulewright.language.domain import Domain
from rulewright.language.functions.arithmetic import PLUS
from rulewright.language.operators.equality import IN, IS
from rulewright.model.conditions import (
    AllOf,
    AllRelated,
    AnyOf,
    AnyRelated,
    Arithmetic,
    AsOf,
    Comparison,
    CountOf,
    FieldOf,
    IsGiven,
    IsKnown,
    Literal,
    Membership,
    Not,
    NotCovered,
    ParameterOf,
    RelatedFacts,
    RuleOutcome,
    SumOf,
)
from rulewright.model.facts import Fact
from rulewright.model.outcomes import VERDICT, Outcome, Verdict
from rulewright.model.rulebook import Dated, newest_in_force
from rulewright.model.values import Absent, Known, Truth, Value
from rulewright.semantics.items import Item
from rulewright.semantics.operations import UNBOUNDED, ranges_compare
from rulewright.semantics.reading import Reading


@dataclass(frozen=True, slots=True)
class _Counts:
    """The number of facts that count for sure and at most, each as a range; `most` is none if it has no bound."""

    sure: tuple[int, int]
    most: tuple[int, int] | None

    @property
    def is_exact(self) -> bool:
        return self.sure[0] == self.sure[1] and (self.most is None or self.most[0] == self.most[1])

    @property
    def may_be_range(self) -> bool:
        return self.most is None or self.most[1] > self.sure[0]


#: The possible values of an expression, and the possible truths of a condition, for a subject.
Values: TypeAlias = Callable[[Fact], Possible]
Conditions: TypeAlias = Callable[[Fact], Truths]


class PossibleValues(Domain[Values, Conditions]):
    """Interprets nodes by the possible values, outcomes and verdicts of a case; a search updates these mappings.

    `steps` is the number of facts that were followed or examined. Counts in comparisons are `_Counts`.
    """

    def __init__(
        self,
        influence: Influence,
        reading: Reading,
        values: Mapping[Item, Possible],
        outcomes: Mapping[Item, Outcomes],
        verdicts: Mapping[Item, frozenset[Verdict]],
    ) -> None:
        self._influence = influence
        self._rulebook = influence.rulebook
        self._case = influence.case
        self._reading = reading
        self._values = values
        self._outcomes = outcomes
        self._verdicts = verdicts
        self.steps = 0

    # --- expressions ---

    def literal(self, node: Literal) -> Values:
        value = exactly(node.value)
        return lambda subject: value

    def field(self, node: FieldOf) -> Values:
        return lambda subject: self._reached(node.path, subject)

    def _reached(self, path: tuple[str, ...], subject: Fact) -> Possible:
        reached: list[Fact] = [subject]
        found: list[Possible] = []
        for name in path[:-1]:
            target = self._rulebook.kinds[reached[0].kind].fields[name].refers_to or ""
            further: dict[str, Fact] = {}
            for fact in reached:
                refs = self._values[value_item(fact, name)]
                found += [NONE] * refs.none + [NOTHING_KNOWN] * refs.unknown
                for ref in refs.known.values if isinstance(refs.known, Among) else ():
                    referred = self._influence.subjects.get((target, str(ref)))
                    if referred is None:
                        found.append(NOTHING_KNOWN)
                    else:
                        further[referred.ref] = referred
            self.steps += len(reached)
            if not further:
                return union(found)
            reached = list(further.values())
        for fact in reached:
            if path[-1] == VERDICT:
                found.extend(_as_value(verdict) for verdict in self._verdicts[verdict_item(fact)])
            else:
                found.append(self._values[value_item(fact, path[-1])])
        return found[0] if len(found) == 1 else union(found)

    def parameter(self, node: ParameterOf) -> Values:
        value = self.in_force(self._rulebook.parameters[node.name].values)
        return lambda subject: value

    def in_force(self, values: Iterable[Dated]) -> Possible:
        """Return the value in force on the date of the case."""
        newest = newest_in_force(values, self._case.as_of)
        if newest is None:
            return NOTHING_KNOWN
        if isinstance(newest.value, tuple):
            raise TypeError("a list stands where one value is wanted")
        return exactly(newest.value)

    def as_of(self, node: AsOf) -> Values:
        value = exactly(self._case.as_of)
        return lambda subject: value

    def calculation(self, node: Arithmetic, parts: Sequence[Values]) -> Values:
        return lambda subject: combine(node.operation, [part(subject) for part in parts])

    # --- related facts ---

    def _related(
        self, related: RelatedFacts, where: Conditions | None, subject: Fact
    ) -> list[tuple[Fact, Truths, Truths]] | None:
        """Return each fact that may refer to the subject, with both possible truths; none for an unlisted kind."""
        if related.of not in self._case.facts:
            return None
        meets: Conditions = where or (lambda fact: TRUE)
        referring = self._influence.referring(related)
        found = [(fact, TRUE, meets(fact)) for fact in referring.fixed.get(subject.ref, ())]
        for fact in referring.changeable:
            refers = _refers(self._values[value_item(fact, related.through)], subject.ref)
            if refers != FALSE:
                found.append((fact, refers, meets(fact)))
        self.steps += len(found) + len(referring.changeable)
        return found

    def count(self, node: CountOf, where: Conditions | None) -> Values:
        def count(subject: Fact) -> _Counts:
            facts = self._related(node.related, where, subject)
            if facts is None:
                return _Counts((0, 0), None)
            counted = [all_truths((refers, meets)) for _, refers, meets in facts]
            return _Counts(
                (sum(one == TRUE for one in counted), sum(Truth.TRUE in one for one in counted)),
                (sum(Truth.FALSE not in one for one in counted), sum(one != FALSE for one in counted)),
            )

        # the cast is safe: only `comparison` and `number` read the result, and both expect counts
        return cast(Values, count)

    def number(self, node: CountOf, count: Values) -> Values:
        return lambda subject: _number(cast("Callable[[Fact], _Counts]", count)(subject))

    def total(self, node: SumOf, where: Conditions | None) -> Values:
        def total(subject: Fact) -> Possible:
            facts = self._related(node.related, where, subject)
            if facts is None:
                return NOTHING_KNOWN
            addends = [self._addend(fact, node.of_field, all_truths((refers, meets))) for fact, refers, meets in facts]
            return combine(PLUS, [exactly(0), *addends])

        return total

    def _addend(self, fact: Fact, of_field: str, counts: Truths) -> Possible:
        value = self._values[value_item(fact, of_field)]
        may_count = Truth.TRUE in counts
        parts = [exactly(0)] if Truth.FALSE in counts or value.none else []
        if may_count and value.known is not None:
            parts.append(Possible(value.known))
        if (may_count and value.unknown) or (Truth.UNKNOWN in counts and (value.known is not None or value.unknown)):
            parts.append(NOTHING_KNOWN)
        return union(parts)

    def quantifier(self, node: AnyRelated | AllRelated, where: Conditions | None) -> Conditions:
        every = isinstance(node, AllRelated)

        def holds(subject: Fact) -> Truths:
            facts = self._related(node.related, where, subject)
            if facts is None:
                return UNKNOWN
            if every:
                return all_truths(any_truth((negate(refers), meets)) for _, refers, meets in facts)
            return any_truth(all_truths(parts) for _, *parts in facts)

        return holds

    # --- tests ---

    def comparison(self, node: Comparison, left: Values, right: Values) -> Conditions:
        if isinstance(node.left, CountOf) or isinstance(node.right, CountOf):
            return lambda subject: _counts_compared(node, left(subject), right(subject))
        return lambda subject: compare(
            left(subject),
            right(subject),
            lambda one, other: values_compare(one, node.comparator, other, node.ignore_case),
        )

    def membership(self, node: Membership, left: Values) -> Conditions:
        options: Value | tuple[Known, ...]
        if isinstance(node.options, ParameterOf):
            options = self._reading.options(node.options.name)
        else:
            options = tuple(option.value for option in node.options)
        return lambda subject: _member(left(subject), options, node.ignore_case)

    def presence(self, node: IsGiven | IsKnown, operand: Values) -> Conditions:
        none = FALSE if isinstance(node, IsGiven) else TRUE
        unknown = UNKNOWN if isinstance(node, IsGiven) else FALSE

        def is_present(subject: Fact) -> Truths:
            value = operand(subject)
            return _truths_where((value.known is not None, TRUE), (value.none, none), (value.unknown, unknown))

        return is_present

    def outcome(self, node: RuleOutcome) -> Conditions:
        return lambda subject: frozenset(
            Truth.UNKNOWN if one is Outcome.UNKNOWN else Truth.of(one.value == node.outcome)
            for one in self._outcomes[outcome_item(subject, node.rule)]
        )

    def not_covered(self, node: NotCovered) -> Conditions:
        return lambda subject: UNKNOWN

    # --- connectives ---

    def conjunction(self, node: AllOf, parts: Sequence[Conditions]) -> Conditions:
        return lambda subject: all_truths(part(subject) for part in parts)

    def disjunction(self, node: AnyOf, parts: Sequence[Conditions]) -> Conditions:
        return lambda subject: any_truth(part(subject) for part in parts)

    def negation(self, node: Not, part: Conditions) -> Conditions:
        return lambda subject: negate(part(subject))


def _number(counts: _Counts) -> Possible:
    """Return the possible numbers of facts that count; unknown is possible if some may or may not count."""
    if counts.most is None:
        return NOTHING_KNOWN
    least, greatest = counts.sure[0], counts.most[1]
    if counts.is_exact:
        return exactly(least) if least == greatest else NOTHING_KNOWN
    return Possible(Between(least, greatest), unknown=True)


def _counts_compared(test: Comparison, left: _Counts | Possible, right: _Counts | Possible) -> Truths:
    if isinstance(left, Possible) and isinstance(right, Possible):
        raise TypeError("neither side is a count")
    counts = [one for one in (left, right) if isinstance(one, _Counts)]
    others = [one for one in (left, right) if isinstance(one, Possible)]
    if all(one.is_exact for one in counts) and all(one.is_single for one in others):
        if any(one.none for one in others):
            return FALSE
        if any(one.unknown for one in others):
            return UNKNOWN
        return frozenset({ranges_compare(_ends(left), test.comparator, _ends(right))})
    truths: set[Truth] = set()
    if any(one.none for one in others):
        truths.add(Truth.FALSE)
    if any(one.unknown for one in others) or any(one.may_be_range for one in counts):
        truths.add(Truth.UNKNOWN)
    if all(one.known is not None for one in others):
        truths |= values_compare(_hull_of(left), test.comparator, _hull_of(right))
    return frozenset(truths)


def _member(value: Possible, options: Value | tuple[Known, ...], ignore_case: bool) -> Truths:
    truths: set[Truth] = {Truth.FALSE} if value.none else set()
    if value.unknown or (value.known is not None and options is Absent.UNKNOWN):
        truths.add(Truth.UNKNOWN)
    if value.known is not None and options is Absent.NONE:
        truths.add(Truth.FALSE)
    if value.known is not None and isinstance(options, tuple):
        truths |= _known_member(value.known, options, ignore_case)
    return frozenset(truths)


def _known_member(known: Between | Among, options: tuple[Known, ...], ignore_case: bool) -> Truths:
    if isinstance(known, Among):
        return frozenset(Truth.of(IN.includes(value, options, ignore_case)) for value in known.values)
    spans = [Between(option, option) for option in options if is_ordered(option)]
    return any_truth(values_compare(known, IS, span) for span in spans)


def _refers(ref: Possible, to: str) -> Truths:
    """Return the possible truths of a reference to the fact with this ref."""
    leads = isinstance(ref.known, Among) and to in ref.known.values
    elsewhere = ref.none or (isinstance(ref.known, Among) and len(ref.known.values) > leads)
    return _truths_where((leads, TRUE), (elsewhere, FALSE), (ref.unknown, UNKNOWN))


def _as_value(verdict: Verdict) -> Possible:
    return NOTHING_KNOWN if verdict is Verdict.NEEDS_INFORMATION else exactly(verdict.value)


def _truths_where(*cases: tuple[bool, Truths]) -> Truths:
    return frozenset().union(*(truths for holds, truths in cases if holds))


def _ends(side: _Counts | Possible) -> tuple[Known, Known]:
    """Return the least and the greatest value of a side. Raises `TypeError` if it is not a number."""
    if isinstance(side, _Counts):
        return side.sure[0], UNBOUNDED if side.most is None else side.most[1]
    if not isinstance(side.known, Between):
        raise TypeError(f"{side} is no number")
    return side.known.low, side.known.high


def _hull_of(side: _Counts | Possible) -> Between | Among:
    if isinstance(side, _Counts):
        return Between(*_ends(side))
    if side.known is None:
        raise TypeError(f"{side} has no value")
    return side.known
