"""Finding what to change in a case: part by part, each answer judged by the engine before it is shown."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from rulewright.engines import Judge
from rulewright.fix.boxes import Boxes
from rulewright.fix.found import Found, FoundAnswer, FoundPart, Limit, Obstacle, Requirement, Solution, Undone
from rulewright.fix.goals import Goal, goal_of, reached
from rulewright.fix.influence import Influence
from rulewright.fix.minimal import minimal_sets
from rulewright.fix.parts import Cluster, Subject, clusters_of
from rulewright.fix.search import OutOfWorkError, Point, Search, Work
from rulewright.fix.telling import tell_fixes
from rulewright.fix.variables import FactKey, Picks, Variable, changed, is_any_other, variables_of, within
from rulewright.model.facts import Case
from rulewright.model.fixes import Fixes
from rulewright.model.outcomes import CaseResult, Outcome, Verdict
from rulewright.model.values import Known
from rulewright.reference import Reading
from rulewright.reference.settling import Item, What

#: So many values that would do are looked for, for each answer that may be told.
_POINTS = 10


@dataclass(frozen=True, slots=True)
class Limits:
    """How far a search goes: how many facts an answer changes, how many answers are told, how many boxes looked at."""

    changes: int = 6
    answers: int = 20
    work: int = 50_000


class WrongAnswerError(Exception):
    """The engine does not find an answer to be what the search says it is."""


def find_fixes(
    judge: Judge,
    case: Case,
    result: CaseResult,
    limits: Limits | None = None,
    notices: tuple[str, ...] = (),
    subjects: Collection[str] = (),
) -> Fixes:
    """What to change in a case so that it becomes ready, given the result that it has.

    With `subjects`, so that those with these refs become ready, whatever becomes of the others; but none gets worse.
    """
    return tell_fixes(search_fixes(judge, case, result, limits, subjects), judge, notices)


def search_fixes(
    judge: Judge, case: Case, result: CaseResult, limits: Limits | None = None, subjects: Collection[str] = ()
) -> Found:
    """What `find_fixes` tells, to be told in any language."""
    return _Finding(judge, case, result, limits or Limits(), subjects).found()


class _Finding:
    def __init__(self, judge: Judge, case: Case, result: CaseResult, limits: Limits, subjects: Collection[str]) -> None:
        self._judge = judge
        self._case = case
        self._result = result
        self._limits = limits
        self._subjects = subjects
        self._rulebook = judge.program.rulebook
        self._index = judge.explainer().index
        self._reading = Reading(self._rulebook, case, result)
        self._variables = variables_of(self._rulebook, case)
        self._influence = Influence(self._index, case, result, self._variables)

    def found(self) -> Found:
        parts: list[FoundPart] = []
        first: dict[FactKey, int] = {}
        not_together: list[tuple[str, ...]] = []
        for cluster in clusters_of(self._influence, self._result):
            targets = [subject for subject in cluster.subjects if self._is_wanted(subject)]
            if not targets:
                continue
            found = [self._part(cluster, one) for one in self._solvable_together(cluster, targets, not_together)]
            parts += found
            solved = [part for part in found if part.answers]
            # of those that cannot be made ready together, none has more right than another
            first.update(solved[0].answers[0].solution.point if len(solved) == 1 else {})
        case = changed(self._case, self._values(first)) if first else self._case
        after = self._judge.judge([case])[0] if first else self._result
        return Found(self._case, self._result, self._variables, tuple(parts), first, (case, after), tuple(not_together))

    def _solvable_together(
        self, cluster: Cluster, targets: Sequence[Subject], not_together: list[tuple[str, ...]]
    ) -> list[Sequence[Subject]]:
        """The subjects that are not ready, as they are told of: all that can become so together, and others alone."""
        if len(targets) == 1 or self._is_solvable(cluster, targets):
            return [targets]
        hopeful = [target for target in targets if self._is_solvable(cluster, [target])]
        others: list[Sequence[Subject]] = [[target] for target in targets if target not in hopeful]
        if len(hopeful) > 1 and (len(hopeful) == len(targets) or not self._is_solvable(cluster, hopeful)):
            not_together.append(tuple(ref for _, ref in hopeful))
            return [*([target] for target in hopeful), *others]
        return [hopeful, *others] if hopeful else others

    def _is_solvable(self, cluster: Cluster, targets: Sequence[Subject]) -> bool:
        """Whether some subjects can become ready together; taken to be so where the search is cut off."""
        goal = goal_of(self._index, self._result, cluster.subjects, targets)
        search = self._search(self._influence, self._variables, goal, cluster.fields, Work(self._limits.work))
        try:
            return search.can_change([key for key in self._variables if key in cluster.facts])
        except OutOfWorkError:
            return True

    def _is_wanted(self, subject: Subject) -> bool:
        """Whether a subject is one that is to become ready."""
        found = self._result.subject(*subject)
        is_named = not self._subjects or subject[1] in self._subjects
        return is_named and found is not None and found.verdict is Verdict.NOT_READY

    # --- one part ---

    def _part(self, cluster: Cluster, targets: Sequence[Subject]) -> FoundPart:
        goal = goal_of(self._index, self._result, cluster.subjects, targets)
        work = Work(self._limits.work)
        keys = [key for key in self._variables if key in cluster.facts]
        search = self._search(self._influence, self._variables, goal, cluster.fields, work)
        solutions: list[Solution] = []
        limits: list[Limit] = []
        possible: bool | None = None
        try:
            possible = search.can_change(keys)
            for chosen in minimal_sets(keys, search.can_change, self._limits.changes):
                if len(solutions) >= self._limits.answers:
                    limits.append(Limit(Undone.MORE_ANSWERS, self._limits.answers))
                    break
                ordered = [key for key in keys if key in chosen]
                solutions += self._grouped(search.cheapest(ordered), limits)
        except OutOfWorkError:
            limits.append(Limit(Undone.CUT_OFF))
        if possible and not solutions and not limits:
            limits.append(Limit(Undone.MORE_CHANGES, self._limits.changes))
        solutions.sort(key=lambda solution: (solution.cost, len(solution.point)))
        answers = self._answers(goal, targets, solutions)
        obstacles: tuple[tuple[Obstacle, ...], ...] = ()
        unsolvable: tuple[Requirement, ...] = ()
        if possible is False:
            obstacles, unsolvable, more = self._obstacles(targets)
            limits += more
        return FoundPart(tuple(targets), answers, obstacles, unsolvable, tuple(limits))

    def _search(
        self,
        influence: Influence,
        variables: Mapping[FactKey, Variable],
        goal: Goal,
        fields: Iterable[Item],
        work: Work,
    ) -> Search:
        items = influence.behind([*goal.wanted, *fields])
        return Search(Boxes(influence, self._reading, self._result, items, variables), influence, goal, variables, work)

    def _grouped(self, points: Iterator[Point], limits: list[Limit]) -> list[Solution]:
        """The points as solutions: those that differ in one value without an order alone, at one cost, as one."""
        found: list[Solution] = []
        for number, point in enumerate(points):
            if number >= self._limits.answers * _POINTS:
                limits.append(Limit(Undone.MORE_VALUES))
                break
            cost = sum((self._variables[key].cost(position) for key, position in point.items()), Decimal(0))
            for position, one in enumerate(found):
                key = _only_difference(one.point, point)
                if key is None or one.cost != cost or not set(one.alternatives) <= {key}:
                    continue
                variable = self._variables[key]
                if isinstance(variable.choices, Picks):
                    others = one.alternatives.get(key, ())
                    # any other text has all texts that are named among it
                    more = () if is_any_other(variable, one.point[key]) else (point[key],)
                    found[position] = replace(one, alternatives={key: (*others, *more)} if others or more else {})
                    break
            else:
                found.append(Solution(point, {}, cost))
        return found

    def _values(self, point: Point) -> dict[FactKey, Known]:
        return {key: self._variables[key].value(number) for key, number in point.items()}

    def _answers(
        self, goal: Goal, targets: Sequence[Subject], solutions: Sequence[Solution]
    ) -> tuple[FoundAnswer, ...]:
        """The solutions, each once the engine has judged the case that it makes, alternatives too."""
        points = [point for solution in solutions for point in _points(solution)]
        cases = [changed(self._case, self._values(point)) for point in points]
        results = self._judge.judge(cases)
        for point, result in zip(points, results, strict=True):
            if not reached(goal, result):
                raise WrongAnswerError(f"{self._values(point)} do not make {targets} ready")
        judged = {id(point): (case, result) for point, case, result in zip(points, cases, results, strict=True)}
        return tuple(self._answer(targets, solution, *judged[id(solution.point)]) for solution in solutions)

    def _answer(self, targets: Sequence[Subject], solution: Solution, case: Case, result: CaseResult) -> FoundAnswer:
        verdicts = {(subject.kind, subject.ref): subject.verdict for subject in result.subjects}
        here = {verdicts[target] for target in targets}
        verdict = Verdict.NEEDS_INFORMATION if Verdict.NEEDS_INFORMATION in here else Verdict.READY
        return FoundAnswer(solution, case, result, tuple(self._satisfied(result)), verdict)

    def _satisfied(self, after: CaseResult) -> Iterator[Requirement]:
        """The requirements that were violated and no longer are."""
        outcomes = {(subject.kind, subject.ref): subject.outcomes for subject in after.subjects}
        for rule, kind, ref in self._violated(None):
            if outcomes[kind, ref][rule] is not Outcome.VIOLATED:
                yield rule, kind, ref

    def _violated(self, targets: Collection[Subject] | None) -> Iterator[Requirement]:
        """The blocking requirements that are violated, by rule, kind and ref; of some subjects only, where given."""
        for rule in self._rulebook.rules.values():
            for subject in self._result.subjects:
                if not rule.decides or rule.about != subject.kind:
                    continue
                wanted = targets is None or (subject.kind, subject.ref) in targets
                if wanted and subject.outcomes[rule.name] is Outcome.VIOLATED:
                    yield rule.name, subject.kind, subject.ref

    # --- what stands in the way ---

    def _obstacles(
        self, targets: Sequence[Subject]
    ) -> tuple[tuple[tuple[Obstacle, ...], ...], tuple[Requirement, ...], list[Limit]]:
        """The smallest sets of facts that would have to be otherwise; else what no stated fact would satisfy."""
        everything = variables_of(self._rulebook, self._case, everything=True)
        influence = Influence(self._index, self._case, self._result, everything)
        own = next(one for one in clusters_of(influence, self._result) if targets[0] in one.subjects)
        keys = [key for key in everything if key in own.facts]
        as_they_may = {key: within(everything[key], self._variables.get(key)) for key in keys}
        goal = goal_of(self._index, self._result, own.subjects, targets)
        search = self._search(influence, everything, goal, own.fields, Work(self._limits.work))

        def is_enough(otherwise: frozenset[FactKey]) -> bool:
            freed = {key: everything[key].choices for key in otherwise}
            return search.is_reachable({**as_they_may, **freed})

        found: list[tuple[Obstacle, ...]] = []
        limits: list[Limit] = []
        in_the_way = [key for key in keys if as_they_may[key] != everything[key].choices]
        try:
            if not is_enough(frozenset(in_the_way)):
                return (), tuple(self._unsolvable(search, as_they_may.keys(), targets)), limits
            for chosen in minimal_sets(in_the_way, is_enough, self._limits.changes):
                if len(found) >= self._limits.answers:
                    limits.append(Limit(Undone.MORE_OBSTACLES, self._limits.answers))
                    break
                those = [key for key in in_the_way if key in chosen]
                found.append(
                    tuple(Obstacle(everything[key], self._violated_by(key, influence, targets)) for key in those)
                )
        except OutOfWorkError:
            limits.append(Limit(Undone.OBSTACLES_CUT_OFF))
        return tuple(found), (), limits

    def _unsolvable(
        self, search: Search, keys: Collection[FactKey], targets: Sequence[Subject]
    ) -> Iterator[Requirement]:
        """The violated requirements that no facts would satisfy; all of them, where none is such by itself."""
        violated = list(self._violated(targets))
        hopeless = []
        for rule, kind, ref in violated:
            item = Item(What.OUTCOME, kind, ref, rule)
            alone = replace(search, goal=Goal({item: search.goal.wanted[item]}, ()))
            if not alone.can_change(keys):
                hopeless.append((rule, kind, ref))
        yield from hopeless or violated

    def _violated_by(self, key: FactKey, influence: Influence, targets: Sequence[Subject]) -> tuple[Requirement, ...]:
        return tuple(
            (rule, kind, ref)
            for rule, kind, ref in self._violated(targets)
            if key in influence.of(Item(What.OUTCOME, kind, ref, rule))
        )


def _points(solution: Solution) -> Iterator[Point]:
    """Each of the points that a solution stands for, its own first."""
    yield solution.point
    for key, numbers in solution.alternatives.items():
        yield from ({**solution.point, key: number} for number in numbers)


def _only_difference(one: Point, other: Point) -> FactKey | None:
    """The fact in which alone two points differ; none where they differ in more."""
    if one.keys() != other.keys():
        return None
    differing = [key for key in one if one[key] != other[key]]
    return differing[0] if len(differing) == 1 else None
