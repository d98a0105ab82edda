"""The subjects of a case for explanations: results, facts, and outcomes and truths in the order of the rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from rulewright.caches import Kept, Remembered
from rulewright.explain.index import Index
from rulewright.explain.origins import Origins
from rulewright.model.conditions import Test
from rulewright.model.facts import Case, Fact
from rulewright.model.outcomes import CaseResult, Outcome, SubjectResult
from rulewright.model.values import Absent, Truth
from rulewright.semantics.reading import Reading

_Outcomes: TypeAlias = "tuple[Outcome, ...]"
_Truths: TypeAlias = "tuple[tuple[Truth | None, ...], ...]"
#: The most situations that are cached in the order of the rules.
_MOST = 4_000


@dataclass(frozen=True, slots=True, eq=False)
class OrderedOutcomes:
    """The outcomes of the rules about a kind and the truths of their tests, in the order of the rules.

    Equal combinations of a kind share one object, so identity is enough to compare them in cache keys.
    """

    outcomes: _Outcomes
    truths: _Truths


@dataclass(frozen=True, slots=True)
class CaseSubject:
    """A subject of a case with its result, its fact, and its outcomes in the order of the rules."""

    result: SubjectResult
    fact: Fact
    ordered: OrderedOutcomes

    def states(self, names: Iterable[str]) -> tuple[str | None, ...]:
        """Return `unknown` or `none` for each field without a value, and `None` for each field with one."""
        values = self.result.values
        return tuple([value.value if isinstance(value := values[name], Absent) else None for name in names])


class SituationCache:
    """Caches the outcomes of situations in the order of the rules; subjects in one situation share the mappings."""

    def __init__(self, index: Index) -> None:
        self._rules: dict[str, list[tuple[str, tuple[Test, ...]]]] = {kind: [] for kind in index.rulebook.kinds}
        for rule in index.rulebook.rules.values():
            self._rules[rule.about].append((rule.name, index.tests[rule.name]))
        # holds the mappings themselves, so that no new mapping can get the id of a freed one
        self._known: Kept[tuple[int, int], tuple[Mapping[str, Outcome], Mapping[Test, Truth], OrderedOutcomes]] = Kept(
            _MOST
        )
        self._distinct: Remembered[tuple[str, _Outcomes, _Truths], OrderedOutcomes] = Remembered(
            lambda key: OrderedOutcomes(key[1], key[2]), _MOST
        )

    def ordered_outcomes(self, subject: SubjectResult) -> OrderedOutcomes:
        """Return the outcomes and truths of a subject in the order of the rules."""
        key = (id(subject.outcomes), id(subject.truths))
        known = self._known.get(key)
        if known is None:
            known = self._known.keep(key, (subject.outcomes, subject.truths, self._in_order(subject)))
        return known[2]

    def _in_order(self, subject: SubjectResult) -> OrderedOutcomes:
        rules = self._rules[subject.kind]
        outcomes = tuple(subject.outcomes[name] for name, _ in rules)
        truths = tuple(tuple(map(subject.truths.get, tests)) for _, tests in rules)
        return self._distinct[subject.kind, outcomes, truths]


class Subjects:
    """The subjects of one case, with lookups of their results, values and origins."""

    def __init__(self, index: Index, situations: SituationCache, case: Case, result: CaseResult) -> None:
        self.index = index
        self.case = case
        self.result = result
        facts = {(fact.kind, fact.ref): fact for found in case.facts.values() for fact in found}
        self.all = [
            CaseSubject(one, facts[one.kind, one.ref], situations.ordered_outcomes(one)) for one in result.subjects
        ]
        self.by_kind: dict[str, list[CaseSubject]] = {}
        for subject in self.all:
            self.by_kind.setdefault(subject.result.kind, []).append(subject)

    @cached_property
    def results(self) -> Mapping[tuple[str, str], SubjectResult]:
        """Results by kind and ref."""
        return {(subject.kind, subject.ref): subject for subject in self.result.subjects}

    @cached_property
    def reading(self) -> Reading:
        """Reader of conditions and expressions against the result."""
        return Reading(self.index.interpreter, self.case, self.result)

    @cached_property
    def origins(self) -> Origins:
        """Finder of the places where values are stated."""
        return Origins(self.index, self.reading)
