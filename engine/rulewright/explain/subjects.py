"""Subjects as explanations see them: what came out for each, with the facts, the outcomes and truths in rule order."""

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
#: So many situations are kept in rule order.
_MOST = 4_000


@dataclass(frozen=True, slots=True, eq=False)
class CameOut:
    """How the rules about a kind came out, in their order: each outcome, and the truths of the rule's tests.

    There is one of each for a kind, so that it is told from others by its identity.
    """

    outcomes: _Outcomes
    truths: _Truths


@dataclass(frozen=True, slots=True)
class Subject:
    """A subject of a case: what came out for it, and its fact."""

    result: SubjectResult
    fact: Fact
    came_out: CameOut

    def states(self, names: Iterable[str]) -> tuple[str | None, ...]:
        """Of each of these fields whether it is unknown or none, and nothing of a value."""
        values = self.result.values
        return tuple([value.value if isinstance(value := values[name], Absent) else None for name in names])


class Situations:
    """How rules came out, in rule order; subjects in the same situation share the mappings that it is read from."""

    def __init__(self, index: Index) -> None:
        self._rules: dict[str, list[tuple[str, tuple[Test, ...]]]] = {kind: [] for kind in index.rulebook.kinds}
        for rule in index.rulebook.rules.values():
            self._rules[rule.about].append((rule.name, index.tests[rule.name]))
        # with the mappings themselves, so that no others can come to have their identities
        self._known: Kept[tuple[int, int], tuple[Mapping[str, Outcome], Mapping[Test, Truth], CameOut]] = Kept(_MOST)
        self._distinct: Remembered[tuple[str, _Outcomes, _Truths], CameOut] = Remembered(
            lambda key: CameOut(key[1], key[2]), _MOST
        )

    def came_out(self, subject: SubjectResult) -> CameOut:
        """How the rules came out for a subject."""
        key = (id(subject.outcomes), id(subject.truths))
        known = self._known.get(key)
        if known is None:
            known = self._known.keep(key, (subject.outcomes, subject.truths, self._in_order(subject)))
        return known[2]

    def _in_order(self, subject: SubjectResult) -> CameOut:
        rules = self._rules[subject.kind]
        outcomes = tuple(subject.outcomes[name] for name, _ in rules)
        truths = tuple(tuple(map(subject.truths.get, tests)) for _, tests in rules)
        return self._distinct[subject.kind, outcomes, truths]


class Subjects:
    """The subjects of one case, and what can be read of them."""

    def __init__(self, index: Index, situations: Situations, case: Case, result: CaseResult) -> None:
        self.index = index
        self.case = case
        self.result = result
        facts = {(fact.kind, fact.ref): fact for found in case.facts.values() for fact in found}
        self.all = [Subject(one, facts[one.kind, one.ref], situations.came_out(one)) for one in result.subjects]
        self.by_kind: dict[str, list[Subject]] = {}
        for subject in self.all:
            self.by_kind.setdefault(subject.result.kind, []).append(subject)

    @cached_property
    def results(self) -> Mapping[tuple[str, str], SubjectResult]:
        """The results by kind and ref."""
        return {(subject.kind, subject.ref): subject for subject in self.result.subjects}

    @cached_property
    def reading(self) -> Reading:
        """Conditions and expressions read against the result."""
        return Reading(self.index.interpreter, self.case, self.result)

    @cached_property
    def origins(self) -> Origins:
        """Where values come from."""
        return Origins(self.index, self.reading)
