"""Goals for a case: some of its subjects have no blocker left, and no other subject gets a new one."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from rulewright.explain.index import Index
from rulewright.fix.boxes import BoxResult
from rulewright.fix.influence import Outcomes
from rulewright.model.outcomes import CaseResult, Outcome, Verdict
from rulewright.semantics.items import Item, What

_GOOD = frozenset({Outcome.MET, Outcome.NOT_APPLICABLE})
_NO_BLOCKER = _GOOD | {Outcome.UNKNOWN}


@dataclass(frozen=True, slots=True)
class Goal:
    """The acceptable outcomes of blocking requirements, by item.

    No requirement of a target is violated. It may be unknown, because missing facts can still meet it. No requirement
    of another subject becomes violated. `applicable` has the requirements of each subject with an applicable one: at
    least one must stay applicable, so that no subject becomes ready because nothing is required of it.
    """

    wanted: Mapping[Item, Outcomes]
    applicable: tuple[tuple[Item, ...], ...]


@dataclass(frozen=True, slots=True)
class GoalComparison:
    """The comparison of a box with a goal: `possible` if a point may reach it, `certain` if every point does.

    `undecided` has the items that leave the comparison undecided.
    """

    possible: bool
    certain: bool
    undecided: tuple[Item, ...]


def goal_of(
    index: Index,
    result: CaseResult,
    subjects: Collection[tuple[str, str]],
    targets: Collection[tuple[str, str]],
    *,
    keeping_known: bool = False,
) -> Goal:
    """Return the goal that these targets, by kind and ref, have no blocker, and that no other subject gets a new one.

    With `keeping_known`, no requirement of another subject that is met or not applicable becomes unknown either.
    """
    wanted: dict[Item, Outcomes] = {}
    applicable: list[tuple[Item, ...]] = []
    # requirements of targets come first: a search that resolves them first evaluates fewer boxes
    within = set(subjects)
    concerned = [one for one in result.subjects if (one.kind, one.ref) in within]
    for subject in sorted(concerned, key=lambda one: (one.kind, one.ref) not in targets):
        items: list[Item] = []
        for rule in index.deciding[subject.kind]:
            items.append(Item(What.OUTCOME, subject.kind, subject.ref, rule.name))
            is_target = (subject.kind, subject.ref) in targets
            outcome = subject.outcomes[rule.name]
            wanted[items[-1]] = _NO_BLOCKER if is_target else _no_worse(outcome, keeping_known)
        if subject.verdict is not Verdict.NOT_APPLICABLE:
            applicable.append(tuple(items))
    return Goal(wanted, tuple(applicable))


def goal_alone(item: Item) -> Goal:
    """Return the goal that one requirement is not violated; all others may have any outcome."""
    return Goal({item: _NO_BLOCKER}, ())


def _no_worse(outcome: Outcome, keeping_known: bool) -> Outcomes:
    if keeping_known and outcome in _GOOD:
        return _GOOD
    return _NO_BLOCKER | {outcome}


def compare_with_goal(goal: Goal, box: BoxResult) -> GoalComparison:
    """Compare the possible outcomes of a box with a goal."""
    if box.disagreeing is None:
        return GoalComparison(False, False, ())
    undecided: list[Item] = []
    for item, wanted in goal.wanted.items():
        found = box.outcomes[item]
        if not found & wanted:
            return GoalComparison(False, False, ())
        if not found <= wanted:
            undecided.append(item)
    for items in goal.applicable:
        applies = [box.outcomes[item] & goal.wanted[item] - {Outcome.NOT_APPLICABLE} for item in items]
        if not any(applies):
            return GoalComparison(False, False, ())
        if all(Outcome.NOT_APPLICABLE in box.outcomes[item] for item in items):
            undecided.extend(items)
    undecided.extend(box.disagreeing)
    return GoalComparison(True, not undecided, tuple(undecided))


def is_reached(goal: Goal, result: CaseResult) -> bool:
    """Return whether the result of an engine reaches a goal."""
    if result.verdict is None:
        return False
    outcomes = {item: frozenset({outcome}) for item, outcome in _outcomes(result)}
    return compare_with_goal(goal, BoxResult(outcomes, ())).certain


def _outcomes(result: CaseResult) -> Iterator[tuple[Item, Outcome]]:
    for subject in result.subjects:
        for rule, outcome in subject.outcomes.items():
            yield Item(What.OUTCOME, subject.kind, subject.ref, rule), outcome
