"""Split a case into parts: subjects with verdicts that depend on common facts form one part."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rulewright.fix.influence import Influence
from rulewright.fix.variables import FactKey
from rulewright.model.outcomes import CaseResult, Verdict
from rulewright.semantics.items import Item, What

#: A subject by its kind and ref.
SubjectKey = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Cluster:
    """Subjects, the facts that their verdicts depend on, and the values with sources that may disagree."""

    subjects: tuple[SubjectKey, ...]
    facts: frozenset[FactKey]
    fields: tuple[Item, ...]


def clusters_of(influence: Influence, result: CaseResult) -> Iterator[Cluster]:
    """Yield the clusters with a subject that is not ready, first the subjects that depend on no free fact."""
    fields = list(influence.several_sources())
    verdicts = {
        (subject.kind, subject.ref): Item(What.VERDICT, subject.kind, subject.ref) for subject in result.subjects
    }
    parents: dict[FactKey, FactKey] = {}

    def root(key: FactKey) -> FactKey:
        while (parent := parents.get(key, key)) != key:
            parents[key] = parents.get(parent, parent)
            key = parent
        return key

    for item in [*verdicts.values(), *fields]:
        first: FactKey | None = None
        for key in influence.of(item):
            first = root(key) if first is None else first
            parents[root(key)] = first

    not_ready = {(one.kind, one.ref) for one in result.subjects if one.verdict is Verdict.NOT_READY}
    subjects: dict[FactKey, list[SubjectKey]] = {}
    for subject, item in verdicts.items():
        resting = influence.of(item)
        if resting:
            subjects.setdefault(root(next(iter(resting))), []).append(subject)
        elif subject in not_ready:
            yield Cluster((subject,), frozenset(), ())
    for key, found in subjects.items():
        if not_ready.isdisjoint(found):
            continue
        facts = frozenset(fact for fact in influence.free if fact in parents and root(fact) == key)
        here = tuple(item for item in fields if not influence.of(item).isdisjoint(facts))
        yield Cluster(tuple(found), facts, here)
