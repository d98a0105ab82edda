"""What is wanted of a case: that some of its subjects become ready, and that nothing else becomes worse."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from rulewright.explain.index import Index
from rulewright.fix.boxes import Outcomes, Seen
from rulewright.model.outcomes import CaseResult, Outcome, Verdict
from rulewright.reference.settling import Item, What

_GOOD = frozenset({Outcome.MET, Outcome.NOT_APPLICABLE})


@dataclass(frozen=True, slots=True)
class Goal:
    """The outcomes of blocking requirements that are wanted, by item, and which of them belong to one subject.

    A requirement of a subject that is to become ready is met or does not apply; one that was open for want of facts may
    stay open, and one of another subject may stay as it was. `applicable` has the subjects that something applied to:
    it still has to, so that nothing becomes ready by being asked for nothing.
    """

    wanted: Mapping[Item, Outcomes]
    applicable: tuple[tuple[Item, ...], ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """Whether a box may reach a goal, whether all of it does, and which items leave that open."""

    possible: bool
    certain: bool
    open: tuple[Item, ...]


def goal_of(
    index: Index, result: CaseResult, subjects: Collection[tuple[str, str]], targets: Collection[tuple[str, str]]
) -> Goal:
    """The goal that these targets, by kind and ref, become ready, and none of the subjects becomes worse."""
    wanted: dict[Item, Outcomes] = {}
    applicable: list[tuple[Item, ...]] = []
    # what is to change comes first: a search that settles it first has the less to look at
    for subject in sorted(result.subjects, key=lambda one: (one.kind, one.ref) not in targets):
        if (subject.kind, subject.ref) not in subjects:
            continue
        items: list[Item] = []
        for rule in index.deciding[subject.kind]:
            before = subject.outcomes[rule.name]
            may_stay = before is Outcome.UNKNOWN or (subject.kind, subject.ref) not in targets
            items.append(Item(What.OUTCOME, subject.kind, subject.ref, rule.name))
            wanted[items[-1]] = _GOOD | {before} if may_stay else _GOOD
        if subject.verdict is not Verdict.NOT_APPLICABLE:
            applicable.append(tuple(items))
    return Goal(wanted, tuple(applicable))


def judged(goal: Goal, seen: Seen) -> Judged:
    """What a box that has been looked at means for a goal."""
    if seen.disagreeing is None:
        return Judged(False, False, ())
    left_open: list[Item] = []
    for item, wanted in goal.wanted.items():
        found = seen.outcomes[item]
        if not found & wanted:
            return Judged(False, False, ())
        if not found <= wanted:
            left_open.append(item)
    for items in goal.applicable:
        applies = [seen.outcomes[item] & goal.wanted[item] - {Outcome.NOT_APPLICABLE} for item in items]
        if not any(applies):
            return Judged(False, False, ())
        if all(Outcome.NOT_APPLICABLE in seen.outcomes[item] for item in items):
            left_open.extend(items)
    left_open.extend(seen.disagreeing)
    return Judged(True, not left_open, tuple(left_open))


def reached(goal: Goal, result: CaseResult) -> bool:
    """Whether a result, be it of whatever engine, is what a goal wants."""
    if result.verdict is None:
        return False
    outcomes = {item: frozenset({outcome}) for item, outcome in _outcomes(result)}
    return judged(goal, Seen(outcomes, ())).certain


def _outcomes(result: CaseResult) -> Iterator[tuple[Item, Outcome]]:
    for subject in result.subjects:
        for rule, outcome in subject.outcomes.items():
            yield Item(What.OUTCOME, subject.kind, subject.ref, rule), outcome
