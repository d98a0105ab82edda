"""Search boxes of values: decide whether a goal can be reached in a box, and find the cheapest points that reach it.

If a box may or may not reach the goal, it is split in two. A box is dropped only if no point in it reaches the goal.
A search that ends has therefore covered every value.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from heapq import heappop, heappush
from itertools import count
from typing import TypeAlias

from rulewright.fix.boxes import Boxes
from rulewright.fix.goals import Goal, GoalComparison, compare_with_goal
from rulewright.fix.influence import Influence
from rulewright.fix.variables import Choices, FactKey, Offsets, Picks, Variable, single

#: The number of the new value for each changed fact.
Point: TypeAlias = Mapping[FactKey, int]
Box: TypeAlias = Mapping[FactKey, Choices]

#: One check of a set of facts takes at most this part (1/n) of a search's steps. The limit leaves steps for other
#: sets if one is hard to decide.
_CHECK_SHARE = 10
#: A check that only saves other checks takes at most this part.
_QUICK_SHARE = 100
#: Pricing one set of facts takes at most this part of the steps of a search.
_PRICE_SHARE = 4


class OutOfWorkError(Exception):
    """The search has taken as many steps as it may."""


@dataclass
class Work:
    """A budget of steps, possibly a share of another budget; see `Limits`."""

    total: int
    parent: Work | None = None

    def __post_init__(self) -> None:
        self.left = self.total

    def spend(self, steps: int = 1) -> None:
        """Take some steps. Raises `OutOfWorkError` if no steps are left."""
        if self.is_used_up:
            raise OutOfWorkError
        self.book(steps)

    def book(self, steps: int) -> None:
        """Take some steps that have already been done; the budget may become negative."""
        self.left -= steps
        if self.parent is not None:
            self.parent.book(steps)

    def share(self, steps: int) -> Work:
        """Return a part of these steps: at least one, unless none is left."""
        return Work(max(0, min(max(1, steps), self.left)), self)

    @property
    def is_used_up(self) -> bool:
        """True if no steps are left, here or in a budget that this one shares."""
        return self.left <= 0 or (self.parent is not None and self.parent.is_used_up)


@dataclass(frozen=True)
class Search:
    """A search for values of some facts of a case that reach a goal."""

    boxes: Boxes
    influence: Influence
    goal: Goal
    variables: Mapping[FactKey, Variable]
    work: Work
    #: The sets of facts that are enough, each with a point that changes exactly these facts.
    _enough: dict[frozenset[FactKey], Point] = field(default_factory=dict, init=False)
    _not_enough: list[frozenset[FactKey]] = field(default_factory=list, init=False)
    _undecided: set[frozenset[FactKey]] = field(default_factory=set, init=False)

    def can_change(self, keys: Collection[FactKey], *, quickly: bool = False) -> bool | None:
        """Return whether changes of some of these facts can reach the goal; none if the check was cut off.

        Raises `OutOfWorkError` if the steps of the whole search are used up.
        """
        chosen = frozenset(keys)
        if any(one <= chosen for one in self._enough):
            return True
        if any(chosen <= one for one in self._not_enough):
            return False
        if chosen in self._undecided:
            return None
        try:
            # in the order of the case, so that a search takes the same steps each time
            box = {key: variable.choices for key, variable in self.variables.items() if key in chosen}
            point = self.reach(box, quickly=quickly)
        except OutOfWorkError:
            if not quickly:
                self._undecided.add(chosen)
            if self.work.is_used_up:
                raise
            return None
        if point is None:
            self._not_enough.append(chosen)
            return False
        changes = {key: number for key, number in point.items() if number}
        self._enough[frozenset(changes)] = changes
        return True

    def reach(self, box: Box, *, quickly: bool = False) -> Point | None:
        """Return a point of a box that reaches the goal; none if no point does.

        Raises `OutOfWorkError` if the search is cut off, which happens sooner with `quickly`.
        """
        work = self.work.share(self.work.total // (_QUICK_SHARE if quickly else _CHECK_SHARE))
        pending = [box]
        while pending:
            box = pending.pop()
            found = self._compare(box, work)
            if not found.possible:
                continue
            point = _nearest(box)
            if found.certain or self._is_reached(point, work):
                return point
            near, far = self._split(box, self._fact_to_split(box, found))
            pending += [near, far]  # the far half is examined first: it more often reaches a goal
        return None

    def cheapest(self, keys: Collection[FactKey], below: Decimal | None = None) -> Iterator[Point]:
        """Yield points that change all these facts and reach the goal: the cheapest for each way of changing them.

        A way is one choice for each value without an order, and up or down for each number and date. Cheaper points
        come first; at equal cost, the point that changes the first facts least. Points that cost `below` or more are
        left out. Raises `OutOfWorkError` if the search is cut off.
        """
        work = self.work.share(self.work.total // _PRICE_SHARE)
        shown: set[tuple[int, ...]] = set()
        number = count()
        heap: list[tuple[tuple[Decimal, tuple[int, ...]], int, Box]] = []
        for box in self._starts(keys):
            heappush(heap, (self._bound(box), next(number), box))
        while heap:
            (cost, _), _, box = heappop(heap)
            if below is not None and cost >= below:
                return
            way = _way(box)
            if way in shown:
                continue
            found = self._compare(box, work)
            if not found.possible:
                continue
            if way is not None and (found.certain or self._is_reached(_nearest(box), work)):
                shown.add(way)
                yield _nearest(box)
                continue
            chosen = self._fact_to_split(box, found) if found.undecided else _first_of_several(box)
            for part in self._split(box, chosen):
                heappush(heap, (self._bound(part), next(number), part))

    def some(self, keys: Collection[FactKey]) -> Point | None:
        """Return a known point that changes these facts, if there is one. Another point may be cheaper.

        Each number is moved as near to its present value as the steps allow.
        """
        point = dict(self._enough.get(frozenset(keys), {}))
        work = self.work.share(self.work.total // _CHECK_SHARE)
        try:
            for key in sorted(point, key=lambda one: -self.variables[one].step_cost):
                self._approach(point, key, work)
        except OutOfWorkError:
            pass
        return point or None

    def cost(self, point: Point) -> Decimal:
        """Return the cost of the changes of a point."""
        return sum((self.variables[key].cost(number) for key, number in point.items()), Decimal(0))

    # --- boxes ---

    def _starts(self, keys: Collection[FactKey]) -> Iterator[Box]:
        start: list[Box] = [{}]
        for key in keys:
            start = [{**box, key: choices} for box in start for choices in _ways(self.variables[key].choices)]
        yield from start

    def _approach(self, point: dict[FactKey, int], key: FactKey, work: Work) -> None:
        """Move the number of one fact towards its present value as long as the goal is reached."""
        if not isinstance(self.variables[key].choices, Offsets):
            return
        sign = 1 if point[key] > 0 else -1
        low, high = 0, abs(point[key])  # the goal is reached at `high`
        while high - low > 1:
            middle = (low + high) // 2
            if self._is_reached({**point, key: sign * middle}, work):
                high = middle
            else:
                low = middle
        point[key] = sign * high

    def _compare(self, box: Box, work: Work) -> GoalComparison:
        work.spend()
        before = self.boxes.steps
        result = self.boxes.evaluate(box)
        work.book(self.boxes.steps - before)
        return compare_with_goal(self.goal, result)

    def _is_reached(self, point: Point, work: Work) -> bool:
        return self._compare({key: single(self.variables[key], number) for key, number in point.items()}, work).certain

    def _bound(self, box: Box) -> tuple[Decimal, tuple[int, ...]]:
        """Return the least cost of a point in a box, and the least number of steps for each fact."""
        return self.cost(_nearest(box)), tuple(abs(choices.nearest) for choices in box.values())

    def _fact_to_split(self, box: Box, found: GoalComparison) -> FactKey:
        """Return the fact to split by: among the undecided facts with several values, the one with the fewest."""
        several = {key: choices for key, choices in box.items() if not choices.is_single}
        undecided = [key for item in found.undecided for key in several if key in self.influence.of(item)]
        return min(undecided or several, key=lambda key: several[key].number)

    def _split(self, box: Box, key: FactKey) -> tuple[Box, Box]:
        """Split a box in two by the values of a fact; the half nearer to the present value comes first."""
        choices = box[key]
        halves: tuple[Choices, Choices]
        if isinstance(choices, Picks):
            middle = len(choices.positions) // 2
            halves = Picks(choices.positions[:middle]), Picks(choices.positions[middle:])
        elif choices.low < 0 <= choices.high:  # split by direction, so that each half has one nearest end
            halves = Offsets(0, choices.high), Offsets(choices.low, -1)
        else:
            near, far = sorted((abs(choices.low), abs(choices.high)))
            # most answers are near, so a wide range is split at twice its nearest number instead of in the middle
            middle = max(near, 2 * near - 1) if far >= 4 * near else (near + far) // 2
            halves = Offsets(near, middle), Offsets(middle + 1, far)
            if choices.high < 0:
                halves = Offsets(-middle, -near), Offsets(-far, -middle - 1)
        return {**box, key: halves[0]}, {**box, key: halves[1]}


def _nearest(box: Box) -> Point:
    return {key: choices.nearest for key, choices in box.items()}


def _ways(choices: Choices) -> Iterator[Choices]:
    """Yield the values other than the present one: numbers upwards and downwards, or values without an order."""
    if isinstance(choices, Picks):
        yield Picks(tuple(position for position in choices.positions if position))
        return
    if choices.high > 0:
        yield Offsets(1, choices.high)
    if choices.low < 0:
        yield Offsets(choices.low, -1)


def _way(box: Box) -> tuple[int, ...] | None:
    """Return the only way in which a box changes its facts; none if it has several."""
    if any(isinstance(choices, Picks) and not choices.is_single for choices in box.values()):
        return None
    return tuple(
        choices.nearest if isinstance(choices, Picks) else (1 if choices.low > 0 else -1) for choices in box.values()
    )


def _first_of_several(box: Box) -> FactKey:
    return next(key for key, choices in box.items() if isinstance(choices, Picks) and not choices.is_single)
