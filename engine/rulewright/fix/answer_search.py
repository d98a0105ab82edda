"""Find the answers of one part of a case: the smallest sets of changes, priced, and verified by the engine."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from heapq import heappop, heappush
from itertools import count

from rulewright.fix.goals import goal_of, is_reached
from rulewright.fix.influence import Influence
from rulewright.fix.minimal import MinimalSets
from rulewright.fix.parts import Cluster, SubjectKey
from rulewright.fix.problem import Problem
from rulewright.fix.results import FoundAnswer, FoundPart, Limit, Requirement, Solution, Undone
from rulewright.fix.search import OutOfWorkError, Point, Search
from rulewright.fix.variables import FactKey, Picks, Variable, changed, is_any_other
from rulewright.model.facts import Case
from rulewright.model.outcomes import CaseResult, Outcome, Verdict
from rulewright.model.values import Known

#: The most points that are priced for one set of facts, for each answer that may be reported.
_POINTS = 10

Keys = frozenset[FactKey]


@dataclass(frozen=True, slots=True)
class _Verified:
    """A point that the engine confirmed, with the case that it makes."""

    point: Point
    cost: Decimal
    case: Case
    result: CaseResult
    verdict: Verdict


def find_answers(
    problem: Problem,
    influence: Influence,
    variables: Mapping[FactKey, Variable],
    cluster: Cluster,
    targets: Sequence[SubjectKey],
) -> FoundPart:
    """Find the sets of changes that resolve every blocker of the targets; the cheapest first.

    Changes that make requirements of other subjects unknown are examined only if no other changes are enough.
    """
    part = _AnswerSearch(problem, influence, variables, cluster, targets, keeping_known=True).part()
    if part.is_impossible:
        return _AnswerSearch(problem, influence, variables, cluster, targets, keeping_known=False).part()
    return part


class _AnswerSearch:
    def __init__(
        self,
        problem: Problem,
        influence: Influence,
        variables: Mapping[FactKey, Variable],
        cluster: Cluster,
        targets: Sequence[SubjectKey],
        *,
        keeping_known: bool,
    ) -> None:
        self._problem = problem
        self._variables = variables
        self._targets = targets
        self._keys = [key for key in variables if key in cluster.facts]
        self._goal = goal_of(problem.index, problem.result, cluster.subjects, targets, keeping_known=keeping_known)
        self._search = problem.search(influence, variables, self._goal, cluster.fields)
        self._influence = influence
        self._cluster = cluster
        self._limits: dict[Limit, None] = {}
        self._points: dict[Keys, list[Point]] = {}

    def part(self) -> FoundPart:
        possible = self._find()
        if possible is False:
            return FoundPart(tuple(self._targets), is_impossible=True)
        verified = self._verified()
        answers = tuple(self._answer(one, others) for one, others in _grouped(verified, self._variables))
        if not answers and not self._limits:
            self._limit(Undone.MORE_CHANGES, self._problem.limits.changes)
        return FoundPart(tuple(self._targets), answers, limits=tuple(self._limits))

    def _limit(self, undone: Undone, number: int = 0) -> None:
        self._limits[Limit(undone, number)] = None

    # --- searching ---

    def _find(self) -> bool | None:
        """Find and price the minimal sets of facts, smallest first, and then larger sets that cost less.

        Return whether any changes are enough; none if the search was cut off before it could decide.
        """
        limits = self._problem.limits
        possible: bool | None = None
        try:
            possible = self._search.can_change(self._keys)
            if possible is False:
                return False
            sets = MinimalSets(
                self._keys,
                self._search.can_change,
                limits.changes,
                self._search.work.spend,
                partial(self._search.can_change, quickly=True),
            )
            for chosen in sets:
                if len(self._points) >= limits.answers:
                    self._limit(Undone.MORE_ANSWERS, limits.answers)
                    break
                self._price(chosen)
            else:
                if self._points and not sets.is_complete:
                    self._limit(Undone.LARGER_SETS, limits.changes)
            if sets.has_undecided or not (possible or self._points):
                self._limit(Undone.CUT_OFF)
            self._price_larger()
        except OutOfWorkError:
            self._limit(Undone.CUT_OFF)
        return possible

    def _price(self, chosen: Keys, below: Decimal | None = None) -> bool:
        """Find the cheapest values for a set of facts; return whether there are any."""
        ordered = [key for key in self._keys if key in chosen]
        found: list[Point] = []
        try:
            for point in self._search.cheapest(ordered, below):
                if len(found) >= self._problem.limits.answers * _POINTS:
                    self._limit(Undone.MORE_VALUES)
                    break
                found.append(point)
        except OutOfWorkError:
            self._limit(Undone.NOT_PRICED)
            nearby = self._search.some(ordered) if below is None and not found else None
            found += [] if nearby is None else [nearby]
        if found:
            self._points[chosen] = found
        return bool(found)

    def _cost(self, chosen: Keys) -> Decimal:
        return min(map(self._search.cost, self._points[chosen]))

    def _price_larger(self) -> None:
        """Price sets that are not minimal: a second change can save steps of an expensive one."""
        items = {key: self._items(key) for key in self._keys}
        number = count()
        heap: list[tuple[Decimal, int, Keys]] = []
        for chosen in self._points:
            if any(self._variables[key].step_cost for key in chosen) and self._cost(chosen) > self._least(chosen):
                heappush(heap, (self._least(chosen), next(number), chosen))
        seen = set(self._points)
        while heap:
            _, _, chosen = heappop(heap)
            here = frozenset[object]().union(*(items[key] for key in chosen))
            for key in self._keys:
                larger = chosen | {key}
                if larger in seen or items[key].isdisjoint(here):
                    continue
                self._search.work.spend()
                seen.add(larger)
                most = min(self._cost(one) for one in self._points if one < larger)
                if self._least(larger) >= most:
                    continue
                if len(larger) > self._problem.limits.changes:
                    self._limit(Undone.LARGER_SETS, self._problem.limits.changes)
                    continue
                self._price(larger, most)
                heappush(heap, (self._least(larger), next(number), larger))

    def _items(self, key: FactKey) -> frozenset[object]:
        """Return the wanted requirements and the values that depend on a fact."""
        return frozenset(
            item for item in (*self._goal.wanted, *self._cluster.fields) if key in self._influence.of(item)
        )

    def _least(self, chosen: Keys) -> Decimal:
        return sum((self._variables[key].least_cost for key in chosen), Decimal(0))

    # --- verifying ---

    def _verified(self) -> list[_Verified]:
        """Return the points that the engine confirms, cheapest first.

        A point is left out if a smaller point or, for the same facts, a point with a ready verdict costs no more.
        """
        points = [
            point
            for chosen, found in self._points.items()
            for point in found
            if not any(other < chosen and self._cost(other) <= self._search.cost(point) for other in self._points)
        ]
        cases = [changed(self._problem.case, self._values(point)) for point in points]
        verified = []
        for point, case, result in zip(points, cases, self._problem.judge.judge(cases), strict=True):
            if not is_reached(self._goal, result):
                self._limit(Undone.NOT_CONFIRMED)
                continue
            verdicts = {(subject.kind, subject.ref): subject.verdict for subject in result.subjects}
            here = {verdicts[target] for target in self._targets}
            verdict = Verdict.NEEDS_INFORMATION if Verdict.NEEDS_INFORMATION in here else Verdict.READY
            verified.append(_Verified(point, self._search.cost(point), case, result, verdict))
        sure = [one for one in verified if one.verdict is Verdict.READY]
        useful = [
            one
            for one in verified
            if one.verdict is Verdict.READY
            or not any(other.cost <= one.cost and other.point.keys() == one.point.keys() for other in sure)
        ]
        return sorted(useful, key=lambda one: (one.cost, one.verdict is not Verdict.READY, len(one.point)))

    def _values(self, point: Point) -> dict[FactKey, Known]:
        return {key: self._variables[key].value(number) for key, number in point.items()}

    def _answer(self, one: _Verified, alternatives: Mapping[FactKey, tuple[int, ...]]) -> FoundAnswer:
        solution = Solution(one.point, alternatives, one.cost)
        return FoundAnswer(solution, one.case, one.result, tuple(self._satisfied(one.result)), one.verdict)

    def _satisfied(self, after: CaseResult) -> Iterator[Requirement]:
        """Yield the violated requirements that a result resolves."""
        outcomes = {(subject.kind, subject.ref): subject.outcomes for subject in after.subjects}
        for rule, kind, ref in self._problem.violated():
            if outcomes[kind, ref][rule] is not Outcome.VIOLATED:
                yield rule, kind, ref


def _grouped(
    verified: Iterable[_Verified], variables: Mapping[FactKey, Variable]
) -> list[tuple[_Verified, Mapping[FactKey, tuple[int, ...]]]]:
    """Return the points as answers with alternatives.

    Points with one cost and verdict form one answer if they differ in only one value without an order.
    """
    found: list[tuple[_Verified, Mapping[FactKey, tuple[int, ...]]]] = []
    for point in verified:
        for position, (one, alternatives) in enumerate(found):
            key = _only_difference(one.point, point.point)
            if key is None or (one.cost, one.verdict) != (point.cost, point.verdict) or not set(alternatives) <= {key}:
                continue
            variable = variables[key]
            if isinstance(variable.choices, Picks):
                others = alternatives.get(key, ())
                # “another text” includes every text, so named alternatives add nothing
                more = () if is_any_other(variable, one.point[key]) else (point.point[key],)
                found[position] = one, {key: (*others, *more)} if others or more else {}
                break
        else:
            found.append((point, {}))
    return found


def _only_difference(one: Point, other: Point) -> FactKey | None:
    """Return the only fact in which two points differ; none if they differ in several."""
    if one.keys() != other.keys():
        return None
    differing = [key for key in one if one[key] != other[key]]
    return differing[0] if len(differing) == 1 else None


def is_solvable(
    problem: Problem,
    influence: Influence,
    variables: Mapping[FactKey, Variable],
    cluster: Cluster,
    targets: Collection[SubjectKey],
) -> bool:
    """Return whether some subjects can become ready together; true if the check is cut off."""
    if not cluster.facts:
        return False
    goal = goal_of(problem.index, problem.result, cluster.subjects, targets)
    search: Search = problem.search(influence, variables, goal, cluster.fields)
    try:
        return search.can_change([key for key in variables if key in cluster.facts]) is not False
    except OutOfWorkError:
        return True
