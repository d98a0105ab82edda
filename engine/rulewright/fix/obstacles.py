"""Find out why no allowed change is enough: the facts that would have to be different, and unmet requirements."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from rulewright.fix.goals import Goal, goal_alone, goal_of, is_reached
from rulewright.fix.influence import Influence, outcome_key
from rulewright.fix.minimal import MinimalSets
from rulewright.fix.parts import Cluster, SubjectKey, clusters_of
from rulewright.fix.problem import Problem
from rulewright.fix.results import FoundPart, Limit, Obstacle, Requirement, Undone, Unsolved
from rulewright.fix.rule_reads import direct_fields, kinds_that_could_be_added
from rulewright.fix.search import OutOfWorkError, Point, Search
from rulewright.fix.variables import Choices, FactKey, Variable, changed, is_within, variables_of, within
from rulewright.model.outcomes import Outcome
from rulewright.semantics.items import Item

#: The most sets of facts that are reported as obstacles: more do not help a reader.
_MOST_SETS = 5
#: In a larger case, references are not varied: an item that depends on one of them depends on almost all facts.
_MOST_FACTS = 100


class ObstacleSearch:
    """Searches for the obstacles that prevent subjects from becoming ready. It assumes that all facts can change."""

    def __init__(self, problem: Problem, influence: Influence, variables: Mapping[FactKey, Variable]) -> None:
        self._problem = problem
        self._allowed, self._allowed_influence = variables, influence
        rulebook, case = problem.index.rulebook, problem.case
        self._is_large = sum(map(len, case.facts.values())) > _MOST_FACTS
        self._everything = variables_of(rulebook, case, everything=True, references=not self._is_large)
        self._influence = Influence(problem.index, problem.case, problem.result, self._everything)
        self._clusters = list(clusters_of(self._influence, problem.result))

    def parts(self, several: Sequence[Sequence[SubjectKey]]) -> list[FoundPart]:
        """Return the parts of subjects that no allowed change makes ready, as one part if they share obstacles."""
        grouped: dict[object, list[FoundPart]] = {}
        for targets in several:
            part = self.part(targets)
            keys = frozenset(frozenset(one.variable.key for one in facts) for facts in part.obstacles)
            grouped.setdefault(part.targets if part.unsolvable or not keys else keys, []).append(part)
        return [
            found[0] if len(found) == 1 else self.part([target for part in found for target in part.targets])
            for found in grouped.values()
        ]

    def part(self, targets: Sequence[SubjectKey]) -> FoundPart:
        """Return the part of some subjects that no allowed change makes ready."""
        cluster = next(one for one in self._clusters if targets[0] in one.subjects)
        keys = [key for key in self._everything if key in cluster.facts]
        as_allowed = {key: within(self._everything[key], self._allowed.get(key)) for key in keys}
        goal = goal_of(self._problem.index, self._problem.result, cluster.subjects, targets, keeping_known=True)
        limits: list[Limit] = []
        obstacles: list[tuple[Obstacle, ...]] = []
        unsolvable: tuple[Unsolved, ...] = ()
        violated = list(self._problem.violated(targets))
        blocked = violated
        try:
            blocked = [one for one in violated if not self._is_allowed(one, cluster)] or violated
            search = self._search(goal, cluster)
            if search.can_change(keys) is False:  # unless requirements of other subjects may become unknown
                goal = goal_of(self._problem.index, self._problem.result, cluster.subjects, targets)
                search = self._search(goal, cluster)
            if search.can_change(keys) is False:
                unsolvable = self._unsolvable(goal, cluster, keys, violated)
                goal = _without(goal, [one.requirement for one in unsolvable])
                search = self._search(goal, cluster)
            if len(unsolvable) < len(violated):
                obstacles = self._sets(search, goal, cluster, keys, as_allowed, blocked, limits)
        except OutOfWorkError:
            limits.append(Limit(Undone.OBSTACLES_CUT_OFF))
        kinds = kinds_that_could_be_added(self._problem.index.rulebook, [rule for rule, _, _ in violated])
        limits += [Limit(Undone.ADDED_FACTS, kinds=kinds)] if kinds else []
        limits += [Limit(Undone.REFERENCES, _MOST_FACTS)] if self._is_large and self._has_references else []
        return FoundPart(
            tuple(targets), (), tuple(obstacles), unsolvable, tuple(dict.fromkeys(limits)), is_impossible=True
        )

    @property
    def _has_references(self) -> bool:
        kinds = self._problem.index.rulebook.kinds
        return any(field.refers_to for kind in self._problem.case.facts for field in kinds[kind].fields.values())

    def _is_allowed(self, requirement: Requirement, cluster: Cluster) -> bool:
        return can_be_met(self._problem, self._allowed_influence, self._allowed, cluster, requirement)

    def _search(self, goal: Goal, cluster: Cluster) -> Search:
        return self._problem.search(self._influence, self._everything, goal, cluster.fields)

    def _sets(
        self,
        search: Search,
        goal: Goal,
        cluster: Cluster,
        keys: Sequence[FactKey],
        as_allowed: Mapping[FactKey, Choices],
        blocked: Sequence[Requirement],
        limits: list[Limit],
    ) -> list[tuple[Obstacle, ...]]:
        """Return the minimal sets of facts that would have to be different, in addition to any allowed changes."""
        enough: list[frozenset[FactKey]] = []

        def is_enough(different: frozenset[FactKey], *, quickly: bool = False) -> bool | None:
            if any(one <= different for one in enough):
                return True
            freed = {key: self._everything[key].choices for key in different}
            try:
                point = search.reach({**as_allowed, **freed}, quickly=quickly)
            except OutOfWorkError:
                if search.work.is_used_up:
                    raise
                return None
            if point is not None:
                enough.append(frozenset(key for key in different if not is_within(point[key], as_allowed[key])))
            return point is not None

        found: list[frozenset[FactKey]] = []
        direct = {field for rule, _, _ in blocked for field in self._direct(rule)}
        fixed = [key for key in keys if as_allowed[key] != self._everything[key].choices]
        fixed.sort(key=lambda key: (key.kind, key.field) not in direct)
        most = self._problem.limits.changes
        # one fact for each blocked requirement is the usual case; larger sets are examined only if no such set exists
        for size in dict.fromkeys((min(len(blocked), most), most)):
            spend = search.work.spend
            sets = MinimalSets(fixed, is_enough, size, spend, lambda different: is_enough(different, quickly=True))
            try:
                for chosen in sets:
                    if not chosen:
                        return []  # the allowed changes are enough for all other requirements
                    found.append(chosen)
                    if len(found) >= self._problem.limits.answers or len(chosen) > len(blocked):
                        break
            except OutOfWorkError:
                limits.append(Limit(Undone.OBSTACLES_CUT_OFF))
                break
            if sets.has_undecided:
                limits.append(Limit(Undone.OBSTACLES_CUT_OFF))
            if found:
                limits += [] if sets.is_complete else [Limit(Undone.MORE_OBSTACLES)]
                break
        if not found and not limits:
            limits.append(Limit(Undone.LARGER_OBSTACLES, most))
        # facts that the blocked requirements name come first, then facts that few requirements depend on
        named = {key for chosen in found for key in chosen}
        reach = {key: sum(key in self._influence.of(item) for item in goal.wanted) for key in named}
        found.sort(
            key=lambda chosen: (
                not all((key.kind, key.field) in direct for key in chosen),
                len(chosen),
                sum(reach[key] for key in chosen),
            )
        )
        # a set with a fact that no blocked requirement reads is correct, but no help to a reader
        useful = [chosen for chosen in found if all(self._violated_by(key, blocked) for key in chosen)]
        if useful and len(useful) < len(found):
            limits.append(Limit(Undone.MORE_OBSTACLES))
            found = useful
        if len(found) > _MOST_SETS:
            limits.append(Limit(Undone.MORE_OBSTACLES))
        obstacles = []
        for chosen in found[:_MOST_SETS]:
            is_direct = all((key.kind, key.field) in direct for key in chosen)
            needed = self._needed(goal, cluster, chosen) if is_direct else {}
            obstacles.append(
                tuple(
                    Obstacle(self._everything[key], self._violated_by(key, blocked), needed.get(key))
                    for key in keys
                    if key in chosen
                )
            )
        return obstacles

    def _direct(self, rule: str) -> Collection[tuple[str, str]]:
        return direct_fields(self._problem.index.rulebook, rule)

    def _needed(self, goal: Goal, cluster: Cluster, chosen: frozenset[FactKey]) -> Point:
        """Return the nearest sufficient values of some facts, verified by the engine; empty if none were found."""
        search = self._search(goal, cluster)
        try:
            point = next(search.cheapest([key for key in self._everything if key in chosen]), None)
        except OutOfWorkError:
            return {}
        if point is None:
            return {}
        values = {key: self._everything[key].value(number) for key, number in point.items()}
        (result,) = self._problem.judge.judge([changed(self._problem.case, values)])
        return point if is_reached(goal, result) else {}

    def _unsolvable(
        self, goal: Goal, cluster: Cluster, keys: Collection[FactKey], violated: Sequence[Requirement]
    ) -> tuple[Unsolved, ...]:
        """Return the violated requirements that prevent the others from being met.

        If no single requirement does, return the requirements that no value meets, or else all of them.
        """
        blamed = [one for one in violated if self._search(_without(goal, [one]), cluster).can_change(keys)]
        hopeless = {
            one for one in violated if self._search(goal_alone(outcome_key(one)), cluster).can_change(keys) is False
        }
        blamed = blamed or [one for one in violated if one in hopeless] or list(violated)
        return tuple(Unsolved(one, one in hopeless) for one in blamed)

    def _violated_by(self, key: FactKey, blocked: Sequence[Requirement]) -> tuple[Requirement, ...]:
        return tuple(one for one in blocked if key in self._influence.of(outcome_key(one)))


def can_be_met(
    problem: Problem,
    influence: Influence,
    variables: Mapping[FactKey, Variable],
    cluster: Cluster,
    requirement: Requirement,
) -> bool:
    """Return whether changes of these facts can meet one violated requirement; false if the check is cut off."""
    item = outcome_key(requirement)
    if not influence.of(item):
        return False
    search = problem.search(influence, variables, goal_alone(item), cluster.fields)
    try:
        return search.can_change(influence.of(item)) is True
    except OutOfWorkError:
        return False


def _without(goal: Goal, requirements: Collection[Requirement]) -> Goal:
    """Return the goal with some requirements exempt: they may stay violated."""
    exempt: set[Item] = {outcome_key(one) for one in requirements}
    wanted = {
        item: outcomes | {Outcome.VIOLATED} if item in exempt else outcomes for item, outcomes in goal.wanted.items()
    }
    return replace(goal, wanted=wanted)
