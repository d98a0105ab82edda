"""Recomputing a chain from its own leaves: what stands above them has to follow, by the plain rules of the language.

Nothing here looks at a result. What the leaves say is compared with the case and the rulebook.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal, localcontext
from fractions import Fraction
from graphlib import TopologicalSorter
from itertools import pairwise
from math import ceil
from typing import Any, TypeAlias

from rulewright import Truth
from rulewright.model.chain import Chain, Derivation, Needed, OutcomeReached, RelatedList, ValueReached
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
    Membership,
    Not,
    NotCovered,
    ParameterOf,
    RuleOutcome,
    SumOf,
)
from rulewright.model.facts import Case
from rulewright.model.rulebook import Conclude, Dated, Rulebook, Table
from rulewright.model.values import Absent

YES, NO, OPEN = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN
NONE, UNKNOWN = Absent.NONE, Absent.UNKNOWN
#: Of anything: lists of the chain by their names, with places in them.
Node: TypeAlias = tuple[str, int]


def both(truths: Iterable[Truth]) -> Truth:
    found = list(truths)
    return NO if NO in found else OPEN if OPEN in found else YES


def opposite(truth: Truth) -> Truth:
    return {YES: NO, NO: YES, OPEN: OPEN}[truth]


def either(truths: Iterable[Truth]) -> Truth:
    return opposite(both(map(opposite, truths)))


def plainly(value: Any) -> Any:
    """A value that compares as values of the language do: yes is not 1, and numbers are exact."""
    if isinstance(value, bool):
        return ("yes/no", value)
    return Fraction(value) if isinstance(value, int | Decimal) else value


def lowered(value: Any) -> Any:
    return "".join(chr(ord(c) + 32) if "A" <= c <= "Z" else c for c in value) if isinstance(value, str) else value


def compared(left: Any, word: str, right: Any, ignore_case: bool) -> bool:
    if ignore_case:
        left, right = lowered(left), lowered(right)
    one, other = plainly(left), plainly(right)
    return {
        "is": lambda: one == other,
        "at_least": lambda: one >= other,
        "at_most": lambda: one <= other,
        "more_than": lambda: one > other,
        "less_than": lambda: one < other,
        "starts_with": lambda: one[: len(other)] == other,
    }[word]()


class Recomputed:
    """The chain of a case, looked through from its leaves; a mistake in it is an assertion that fails."""

    def __init__(self, chain: Chain, rulebook: Rulebook, case: Case) -> None:
        self.chain = chain
        self.rulebook = rulebook
        self.case = case
        self.refs = {(fact.kind, fact.ref): fact for found in case.facts.values() for fact in found}
        self.pointed: dict[Node, list[Node]] = {}

    def check(self) -> None:
        for place, one in enumerate(self.chain.outcomes):
            self.outcome(one)
            self.pointed["outcomes", place] = [
                *self.pointers(one.applies, one.kind),
                *self.pointers(one.condition, one.kind),
            ]
        for place, value in enumerate(self.chain.values):
            self.pointed["values", place] = list(self.value(value))
        for place, condition in enumerate(self.chain.conditions):
            self.truth(condition.condition)
            self.pointed["conditions", place] = list(self.pointers(condition.condition, condition.kind))
        for place, verdict in enumerate(self.chain.verdicts):
            outcomes = [self.chain.outcomes[one] for one in verdict.outcomes]
            deciding = [rule.name for rule in self.rulebook.rules_about(verdict.kind) if rule.decides]
            assert [one.rule for one in outcomes] == deciding
            assert all(one.decides and (one.kind, one.ref) == (verdict.kind, verdict.ref) for one in outcomes)
            assert verdict.verdict.value == verdict_from(one.outcome.value for one in outcomes)
            self.pointed["verdicts", place] = [("outcomes", one) for one in verdict.outcomes]
        assert self.chain.verdict.value == verdict_of_case(one.verdict.value for one in self.chain.verdicts)
        list(TopologicalSorter(self.pointed).static_order())  # fails on a cycle
        kinds = [(one.kind, one.ref, one.field) for one in self.chain.values]
        assert len(kinds) == len(set(kinds)), "a value stands in the chain once"

    # --- what came out ---

    def outcome(self, one: OutcomeReached) -> None:
        rule = self.rulebook.rules[one.rule]
        assert (one.applies is None) is (rule.applies is None)
        applies = YES if one.applies is None else self.truth(one.applies)
        if applies is NO:
            assert one.condition is None
            assert one.outcome.value == "not_applicable"
            return
        holds = YES if one.condition is None else self.truth(one.condition)
        if one.verb == "require":
            expected = "met" if holds is YES else "violated" if (applies, holds) == (YES, NO) else "unknown"
        elif holds is NO:
            expected = "silent"
        elif OPEN in (applies, holds):
            expected = "unknown"
        else:
            expected = "concluded" if one.verb == "conclude" else "advised"
        assert one.outcome.value == expected, one
        written = rule.action.values if isinstance(rule.action, Conclude) else {}
        assert dict(one.concludes) == dict(written)

    def value(self, one: ValueReached) -> Iterator[Node]:
        """Check a value against all that it comes from; and give what that points to."""
        field = self.rulebook.kinds[one.kind].fields[one.field]
        fact = self.refs[one.kind, one.ref]
        found: list[Any] = []
        assert one.stated is (one.field in fact.values)
        assert one.at == fact.spans.get(one.field)
        if one.stated:
            found.append(fact.values[one.field])
        assert (one.computed is None) is (field.computed is None)
        if one.computed is not None:
            found.append(self.expression(one.computed))
            yield from self.pointers(one.computed, one.kind)
        if one.cell is not None:
            table = self.rulebook.tables[one.cell.table]
            by = self.chain.values[one.cell.by]
            assert (by.kind, by.ref, by.field, one.cell.column) == (one.kind, one.ref, table.by, one.field)
            row, cells = _row(table, by.value)
            assert one.cell.row == row
            dated = cells.get(one.field)
            if row is None:
                found.append(NONE if by.value is NONE else UNKNOWN)
            else:
                found.append(NONE if dated is None else self.in_force(dated)[0])
            assert one.cell.since == (self.in_force(dated)[1] if dated else None)
            yield "values", one.cell.by
        concluding = {
            rule.name
            for rule in self.rulebook.rules_about(one.kind)
            if isinstance(rule.action, Conclude) and one.field in rule.action.values
        }
        looked_at = [self.chain.outcomes[place] for place in (*one.concluded_by, *one.others)]
        assert sorted(concluding) == sorted(outcome.rule for outcome in looked_at)
        assert all((outcome.kind, outcome.ref) == (one.kind, one.ref) for outcome in looked_at)
        for place in one.concluded_by:
            assert self.chain.outcomes[place].outcome.value == "concluded"
            found.append(self.chain.outcomes[place].concludes[one.field])
        for place in one.others:
            assert self.chain.outcomes[place].outcome.value != "concluded"
        yield from (("outcomes", place) for place in (*one.concluded_by, *one.others))
        known = {plainly(value) for value in found if value is not UNKNOWN}
        assert len(known) <= 1, "what contradicts itself has no chain"
        assert plainly(one.value) == (known.pop() if known else UNKNOWN), one

    def in_force(self, dated: Iterable[Dated]) -> tuple[Any, date | None]:
        begun = [one for one in dated if one.since is None or one.since <= self.case.as_of]
        return (begun[-1].value, begun[-1].since) if begun else (UNKNOWN, None)

    # --- expressions ---

    def expression(self, derived: Derivation) -> Any:
        """The value of an expression from its leaves; it has to be the one that is told."""
        value = self._expression(derived)
        if not isinstance(value, tuple):
            assert plainly(value) == plainly(derived.value), derived
        return value

    def _expression(self, derived: Derivation) -> Any:
        match derived.node:
            case FieldOf(path):
                return self.field(path, derived)
            case AsOf():
                assert derived.value == self.case.as_of
            case ParameterOf(name):
                assert (derived.result, derived.since) == self.in_force(self.rulebook.parameters[name].values)
            case Arithmetic(operation):
                return self.arithmetic(operation.key, [self.expression(part) for part in derived.parts])
            case CountOf():
                return self.count(derived)
            case SumOf(of_field):
                return self.sum(of_field, derived.related_facts)
        return derived.result

    def field(self, path: tuple[str, ...], derived: Derivation) -> Any:
        steps = [self.chain.values[place] for place in derived.steps]
        assert [step.field for step in steps] == list(path[: len(steps)])
        for step, following in pairwise(steps):
            assert following.ref == step.value
        if derived.reached is not None:
            assert (len(steps), path[-1]) == (len(path) - 1, "verdict")
            reached = self.chain.verdicts[derived.reached]
            assert not steps or steps[-1].value == reached.ref
            return UNKNOWN if reached.verdict.value == "needs_information" else reached.verdict.value
        if len(steps) == len(path):
            return steps[-1].value
        leads = self.rulebook.kinds[steps[-1].kind].fields[steps[-1].field].refers_to
        if isinstance(steps[-1].value, Absent):
            return steps[-1].value
        assert (leads, steps[-1].value) not in self.refs
        return UNKNOWN

    def arithmetic(self, operation: str, parts: list[Any]) -> Any:
        if NONE in parts or UNKNOWN in parts:
            return NONE if NONE in parts else UNKNOWN
        with localcontext() as context:
            context.prec = 200
            match operation:
                case "plus":
                    return sum(parts)
                case "minus":
                    return parts[0] - parts[1]
                case "maximum":
                    return max(parts)
                case "minimum":
                    return min(parts)
                case "days_between":
                    return (parts[1] - parts[0]).days
        start, end = parts
        months: int = (end.year - start.year) * 12 + end.month - start.month
        return months if end.day >= min(start.day, monthrange(end.year, end.month)[1]) else months - 1

    def related(self, found: RelatedList, kind: str, ref: str | None, every: bool = False) -> None:
        """The related facts are all that there are, each as its reference and its condition have it."""
        assert found.listed is (found.of in self.case.facts)
        told = {fact.ref for fact in found.facts}
        assert len(told) + found.elsewhere == len(self.case.facts.get(found.of, ()))
        for fact in found.facts:
            reference = self.chain.values[fact.reference]
            assert (reference.kind, reference.ref, reference.field) == (found.of, fact.ref, found.through)
            refers = OPEN if reference.value is UNKNOWN else YES if reference.value == ref or ref is None else NO
            assert fact.refers is refers is not NO
            meets = YES
            if fact.meets is not None:
                condition = self.chain.conditions[fact.meets]
                assert (condition.kind, condition.ref) == (found.of, fact.ref)
                meets = self.truth(condition.condition)
            assert fact.counts is both([refers, opposite(meets) if every else meets])

    def count(self, derived: Derivation) -> Any:
        related = derived.related_facts
        counts = [fact.counts for fact in related.facts]
        most = counts.count(YES) + counts.count(OPEN) if related.listed else None
        assert derived.bounds == (counts.count(YES), most)
        return most if counts.count(YES) == most else UNKNOWN

    def sum(self, field: str, related: RelatedList) -> Any:
        if not related.listed:
            return UNKNOWN
        total: Any = 0
        for fact in related.facts:
            assert fact.summed is not None
            value = self.chain.values[fact.summed]
            assert (value.ref, value.field) == (fact.ref, field)
            if fact.counts is NO or value.value is NONE:
                continue
            if fact.counts is OPEN or value.value is UNKNOWN:
                return UNKNOWN
            with localcontext() as context:
                context.prec = 200
                total += value.value
        return total

    # --- conditions ---

    def truth(self, derived: Derivation) -> Truth:
        """The truth of a condition from its leaves; it has to be the one that is told, at each of its parts."""
        truth = self._truth(derived)
        assert truth is derived.truth, derived
        if derived.needed is not None:
            self.needed(derived, derived.needed)
        return truth

    def _truth(self, derived: Derivation) -> Truth:
        match derived.node:
            case AllOf():
                return both([self.truth(part) for part in derived.parts])
            case AnyOf():
                return either([self.truth(part) for part in derived.parts])
            case Not():
                return opposite(self.truth(derived.parts[0]))
            case Comparison():
                return self.comparison(derived)
            case Membership():
                return self.membership(derived, self.expression(derived.parts[0]))
            case IsKnown():
                return NO if self.expression(derived.parts[0]) is UNKNOWN else YES
            case IsGiven():
                value = self.expression(derived.parts[0])
                return OPEN if value is UNKNOWN else NO if value is NONE else YES
            case AnyRelated() | AllRelated():
                if not derived.related_facts.listed:
                    return OPEN
                some = either(fact.counts for fact in derived.related_facts.facts)
                return opposite(some) if isinstance(derived.node, AllRelated) else some
            case RuleOutcome(rule, outcome):
                assert derived.reached is not None
                other = self.chain.outcomes[derived.reached]
                assert other.rule == rule
                return OPEN if other.outcome.value == "unknown" else YES if other.outcome.value == outcome else NO
            case NotCovered():
                return OPEN
        raise AssertionError(f"{derived.node} is no condition")

    def membership(self, derived: Derivation, value: Any) -> Truth:
        assert isinstance(derived.node, Membership)
        listed = derived.node.options
        options = (
            self.expression(derived.parts[1]) if isinstance(listed, ParameterOf) else [one.value for one in listed]
        )
        if value is NONE:
            return NO
        if value is UNKNOWN or options is UNKNOWN:
            return OPEN
        if options is NONE:
            return NO
        return YES if any(compared(value, "is", one, derived.node.ignore_case) for one in options) else NO

    def comparison(self, derived: Derivation) -> Truth:
        left, right = derived.parts
        self.expression(left), self.expression(right)
        counts = isinstance(left.node, CountOf) or isinstance(right.node, CountOf)
        return self.compared(derived, bounds(left), bounds(right), counts)

    def compared(self, derived: Derivation, left: Any, right: Any, counts: bool = False) -> Truth:
        """A comparison, of all numbers that a count can be: it holds for all of them, for none, or is open."""
        assert isinstance(derived.node, Comparison)
        if NONE in (left, right):
            return NO
        if UNKNOWN in (left, right):
            return OPEN
        word = derived.node.comparator.key
        if not counts:
            return YES if compared(left[0], word, right[0], derived.node.ignore_case) else NO
        held = {compared(one, word, other, False) for one in possible(left) for other in possible(right)}
        if word == "is" and True not in held:
            (a, b), (c, d) = left, right
            lowest, highest = max(a, c), min(b, d)
            if lowest <= highest and ceil(lowest) <= highest:
                held.add(True)
        return OPEN if len(held) > 1 else YES if held == {True} else NO

    def needed(self, derived: Derivation, needed: Needed) -> None:
        """Each value that is said to be needed makes the test come out otherwise than it did."""
        assert needed.words

        def truth_for(value: Any) -> Truth:
            if isinstance(derived.node, Comparison):
                return self.compared(derived, (value, value), bounds(derived.parts[1]))
            return self.membership(derived, value)

        for value in needed.values if needed.operator in ("is", "at_least", "at_most", "in", "starts_with") else ():
            assert truth_for(value) not in (OPEN, derived.truth), (derived, needed)
        if needed.operator in ("is_not", "more_than", "less_than", "not_in"):
            for value in needed.values:
                if isinstance(derived.node, Comparison):
                    assert truth_for(value) is not OPEN
                    others = [value + 1, value - 1] if isinstance(value, int) and not isinstance(value, bool) else []
                    assert not others or any(truth_for(one) not in (OPEN, derived.truth) for one in others)
                else:
                    assert truth_for(value) is (derived.truth if derived.truth is not OPEN else YES)

    # --- what points to what ---

    def pointers(self, derived: Derivation | None, kind: str) -> Iterator[Node]:
        if derived is None:
            return
        for part in derived.parts:
            yield from self.pointers(part, kind)
        yield from (("values", place) for place in derived.steps)
        if derived.reached is not None:
            yield "outcomes" if isinstance(derived.node, RuleOutcome) else "verdicts", derived.reached
        if derived.related is not None:
            every = isinstance(derived.node, AllRelated)
            self.related(derived.related, kind, _subject(self, derived.related), every)
            for fact in derived.related.facts:
                yield "values", fact.reference
                yield from [] if fact.meets is None else [("conditions", fact.meets)]
                yield from [] if fact.summed is None else [("values", fact.summed)]


def _subject(recomputed: Recomputed, found: RelatedList) -> str | None:
    """The ref that all facts that surely refer have in common; none where none surely does."""
    refs = {
        recomputed.chain.values[fact.reference].value
        for fact in found.facts
        if recomputed.chain.values[fact.reference].value is not UNKNOWN
    }
    assert len(refs) <= 1
    return str(refs.pop()) if refs else None


def bounds(derived: Derivation) -> Any:
    if derived.bounds is not None:
        least, most = derived.bounds
        return least, Decimal("Infinity") if most is None else most
    return derived.value if isinstance(derived.value, Absent) else (derived.value, derived.value)


def possible(ends: Any) -> list[Any]:
    """The numbers between two ends: all of a short range, else the ends and one beyond any other number."""
    least, most = ends
    if least == most:
        return [least]
    if most == Decimal("Infinity"):
        return [*range(least, least + 60), 10**40]
    return list(range(least, most + 1))


def verdict_from(outcomes: Iterable[str]) -> str:
    found = set(outcomes)
    named: Mapping[str, str] = {"violated": "not_ready", "unknown": "needs_information", "met": "ready"}
    return next((verdict for outcome, verdict in named.items() if outcome in found), "not_applicable")


def verdict_of_case(verdicts: Iterable[str]) -> str:
    found = set(verdicts)
    order = ("not_ready", "needs_information", "ready", "not_applicable")
    return next((one for one in order if one in found), "not_applicable")


def _row(table: Table, key: Any) -> tuple[str | None, Mapping[str, tuple[Dated, ...]]]:
    """The name and the cells of the row of a key; no name for a key without a row."""
    if isinstance(key, Absent):
        return None, {}
    if key in table.rows:
        return key, table.rows[key]
    return (None, {}) if table.otherwise is None else ("otherwise", table.otherwise)
