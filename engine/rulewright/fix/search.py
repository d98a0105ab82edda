"""Searching boxes of values: whether a goal can be reached in one, and what reaches it at the least cost.

Both searches halve a box until what it may come to is settled. Nothing is left out: a box is dropped only where the
goal cannot be reached in it, whatever its facts are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from heapq import heappop, heappush
from itertools import count
from typing import TypeAlias

from rulewright.fix.boxes import Boxes
from rulewright.fix.goals import Goal, Judged, judged
from rulewright.fix.influence import Influence
from rulewright.fix.variables import Choices, FactKey, Offsets, Picks, Variable

#: The numbers of the values that facts are changed to.
Point: TypeAlias = Mapping[FactKey, int]
Box: TypeAlias = Mapping[FactKey, Choices]


class OutOfWorkError(Exception):
    """The search has looked at as many boxes as it may."""


@dataclass
class Work:
    """How many boxes may still be looked at."""

    left: int

    def spend(self) -> None:
        """Count one box."""
        if self.left <= 0:
            raise OutOfWorkError
        self.left -= 1


@dataclass(frozen=True)
class Search:
    """Searches for values of some facts of a case that reach a goal."""

    boxes: Boxes
    influence: Influence
    goal: Goal
    variables: Mapping[FactKey, Variable]
    work: Work
    _known: dict[frozenset[FactKey], bool] = field(default_factory=dict, init=False)

    def can_change(self, keys: Collection[FactKey]) -> bool:
        """Whether the goal can be reached by changes of these facts, or of some of them."""
        chosen = frozenset(keys)
        if chosen not in self._known:
            self._known[chosen] = self.is_reachable({key: self.variables[key].choices for key in chosen})
        return self._known[chosen]

    def is_reachable(self, box: Box) -> bool:
        """Whether the goal can be reached in a box."""
        pending = [box]
        while pending:
            box = pending.pop()
            found = self._judged(box)
            if found.certain:
                return True
            if found.possible:
                near, far = self._split(box, self._open_fact(box, found))
                pending += [near, far]  # what is far from the present values is more often good as a whole
        return False

    def cheapest(self, keys: Collection[FactKey]) -> Iterator[Point]:
        """What reaches the goal where all of these facts change: for each way of changing them the cheapest.

        A way is which of the values without an order is taken, and whether each number or date goes up or down. The
        cheapest come first. Of those that cost the same, that in which the first facts change least.
        """
        shown: set[tuple[int, ...]] = set()
        number = count()
        heap: list[tuple[tuple[Decimal, tuple[int, ...]], int, Box]] = []
        start: list[Box] = [{}]
        for key in keys:
            start = [{**box, key: choices} for box in start for choices in _ways(self.variables[key].choices)]
        for box in start:
            heappush(heap, (self._bound(box), next(number), box))
        while heap:
            _, _, box = heappop(heap)
            way = _way(box)
            if way in shown:
                continue
            found = self._judged(box)
            if not found.possible:
                continue
            if found.certain and way is not None:
                shown.add(way)
                yield {key: choices.nearest for key, choices in box.items()}
                continue
            chosen = self._open_fact(box, found) if found.open else _first_of_several(box)
            for part in self._split(box, chosen):
                heappush(heap, (self._bound(part), next(number), part))

    # --- boxes ---

    def _judged(self, box: Box) -> Judged:
        self.work.spend()
        return judged(self.goal, self.boxes.see(box))

    def _bound(self, box: Box) -> tuple[Decimal, tuple[int, ...]]:
        """What anything in a box costs at least, and by how many steps each fact changes at least."""
        cost = sum((self.variables[key].cost(choices.nearest) for key, choices in box.items()), Decimal(0))
        return cost, tuple(abs(choices.nearest) for choices in box.values())

    def _open_fact(self, box: Box, found: Judged) -> FactKey:
        """A fact of several values that leaves open whether the goal is reached; values without an order come first."""
        several = {key: choices for key, choices in box.items() if not choices.is_single}
        open_facts = [key for item in found.open for key in several if key in self.influence.of(item)]
        # a number has many more values, and mostly matters only for some of the others
        return min(open_facts or several, key=lambda key: isinstance(several[key], Offsets))

    def _split(self, box: Box, key: FactKey) -> tuple[Box, Box]:
        """The two halves of a box by the values of a fact, that nearer to the present value first."""
        choices = box[key]
        halves: tuple[Choices, Choices]
        if isinstance(choices, Picks):
            middle = len(choices.positions) // 2
            halves = Picks(choices.positions[:middle]), Picks(choices.positions[middle:])
        else:
            middle = (choices.low + choices.high) // 2
            if choices.low < 0 <= middle:  # a direction of its own, so that each part has one end that is nearest
                middle = -1
            halves = Offsets(choices.low, middle), Offsets(middle + 1, choices.high)
            if choices.high <= 0:
                halves = halves[1], halves[0]
        return {**box, key: halves[0]}, {**box, key: halves[1]}


def _ways(choices: Choices) -> Iterator[Choices]:
    """The values that are not the present one: upwards, downwards, or those without an order."""
    if isinstance(choices, Picks):
        yield Picks(tuple(position for position in choices.positions if position))
        return
    if choices.high > 0:
        yield Offsets(1, choices.high)
    if choices.low < 0:
        yield Offsets(choices.low, -1)


def _way(box: Box) -> tuple[int, ...] | None:
    """The way in which a box changes its facts; none where there are several."""
    if any(isinstance(choices, Picks) and not choices.is_single for choices in box.values()):
        return None
    return tuple(
        choices.nearest if isinstance(choices, Picks) else (1 if choices.low > 0 else -1) for choices in box.values()
    )


def _first_of_several(box: Box) -> FactKey:
    return next(key for key, choices in box.items() if isinstance(choices, Picks) and not choices.is_single)
