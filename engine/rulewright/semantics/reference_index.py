"""Index of related facts by their reference, so that a subject does not scan all facts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from heapq import merge

from rulewright.model.facts import Fact
from rulewright.model.values import Absent, Known, Truth, Value, all_of, any_of


@dataclass(frozen=True, slots=True)
class ReferringFact:
    """A fact of the related kind, its place in the case, and the truth of the condition on related facts."""

    place: int
    fact: Fact
    meets: Truth


class ReferenceIndex:
    """The facts of one kind, indexed by one of their references.

    Facts with an unknown reference may refer to any subject. Their effect is the same for every subject and is computed
    once: the number that may count, and the truth of "some" and "every" of them.
    """

    def __init__(self, facts: Iterable[tuple[Fact, Value, Truth]]) -> None:
        self._by_ref: dict[Known, list[ReferringFact]] = {}
        self._cached: dict[str, bool] = {}
        unplaced: list[ReferringFact] = []
        for place, (fact, ref, meets) in enumerate(facts):
            if ref is Absent.UNKNOWN:
                unplaced.append(ReferringFact(place, fact, meets))
            elif not isinstance(ref, Absent):
                self._by_ref.setdefault(ref, []).append(ReferringFact(place, fact, meets))
        self.unplaced: Sequence[ReferringFact] = unplaced
        self.may_count = sum(one.meets is not Truth.FALSE for one in unplaced)
        self.some = any_of(all_of((Truth.UNKNOWN, one.meets)) for one in unplaced)
        self.every = all_of(any_of((Truth.UNKNOWN, one.meets)) for one in unplaced)

    def cached(self, name: str, find: Callable[[], bool]) -> bool:
        """Return an answer about the facts with an unknown reference; the first call computes it."""
        if name not in self._cached:
            self._cached[name] = find()
        return self._cached[name]

    def to(self, ref: str) -> Sequence[ReferringFact]:
        """Return the facts that refer to a subject."""
        return self._by_ref.get(ref, ())

    def maybe_to(self, ref: str) -> list[tuple[Fact, Truth, Truth]]:
        """Return the facts that refer or may refer to a subject, in the order of the case, with both truths."""
        known = [(one.place, one.fact, Truth.TRUE, one.meets) for one in self.to(ref)]
        others = [(one.place, one.fact, Truth.UNKNOWN, one.meets) for one in self.unplaced]
        return [(fact, refers, meets) for _, fact, refers, meets in merge(known, others, key=lambda one: one[0])]
