"""Missing facts of a case, as questions: facts that can still change the outcome of a blocking requirement."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from rulewright.caches import Kept, Remembered
from rulewright.explain.case_subjects import Subjects
from rulewright.explain.index import Index
from rulewright.explain.missing_domain import Dependencies, MissingItem, MissingSearch, SharedItems, Unresolvable, flat
from rulewright.explain.nearest import Suggestions
from rulewright.explain.phrases import PHRASES
from rulewright.explain.subject_fields import depends_on_subject_only
from rulewright.model.explanation import MissingFact
from rulewright.model.facts import Case
from rulewright.model.languages import Language
from rulewright.model.outcomes import Outcome
from rulewright.model.rulebook import Rule, Rulebook
from rulewright.model.values import FieldType
from rulewright.semantics.reading import Reading


def missing_facts(
    index: Index, case: Case, reading: Reading, language: Language = Language.ENGLISH
) -> tuple[tuple[MissingFact, ...], tuple[str, ...]]:
    """Return the missing facts of a case in its order, and notices about unknowns that no fact can resolve."""
    search = MissingSearch(index, case, reading, language)
    return _merge(
        index.rulebook,
        language,
        (
            (rule, search.of_outcome(rule, subject))
            for kind, rules in index.deciding.items()
            for subject in case.facts.get(kind, ())
            for rule in rules
        ),
    )


class MissingFacts:
    """Finds the missing facts in cases of one rulebook.

    Results are cached for rules that can only depend on facts of their subject.
    """

    def __init__(self, index: Index, language: Language = Language.ENGLISH) -> None:
        self.index = index
        self.language = language
        self._suggestions = Suggestions(index, language)
        self._deciding = {
            kind: [(position, rule) for position, rule in enumerate(index.rulebook.rules_about(kind)) if rule.decides]
            for kind in index.deciding
        }
        self._subject_only: Remembered[str, bool] = Remembered(
            lambda name: depends_on_subject_only(index, index.rulebook.rules[name])
        )
        self._cached: Kept[tuple[Any, ...], tuple[tuple[str | None, str | None], ...]] = Kept()

    def of(self, subjects: Subjects) -> tuple[tuple[MissingFact, ...], tuple[str, ...]]:
        """Return the missing facts and notices of `missing_facts`, with suggestions for unlisted texts."""
        missing, notices = _merge(self.index.rulebook, self.language, self._unknown_rules(subjects))
        return self._suggestions.with_suggestions(missing, subjects.case), notices

    def _unknown_rules(self, subjects: Subjects) -> Iterator[tuple[Rule, Dependencies]]:
        search: MissingSearch | None = None
        for kind, rules in self._deciding.items():
            for subject in subjects.by_kind.get(kind, ()):
                if Outcome.UNKNOWN not in subject.ordered.outcomes:
                    continue
                states = subject.states(self.index.rulebook.kinds[kind].fields)
                for position, rule in rules:
                    if subject.ordered.outcomes[position] is not Outcome.UNKNOWN:
                        continue
                    key = (rule.name, subjects.case.as_of, subject.ordered, states)
                    known = self._cached.get(key)
                    if known is not None:
                        yield rule, tuple([MissingItem(kind, subject.result.ref, *names) for names in known])
                        continue
                    search = search or MissingSearch(self.index, subjects.case, subjects.reading, self.language)
                    dependencies = search.of_outcome(rule, subject.fact)
                    items = [item for item in dependencies if isinstance(item, MissingItem)]
                    if self._subject_only[rule.name] and len(items) == len(dependencies):
                        self._cached.keep(key, tuple([(item.name, item.instead) for item in items]))
                    yield rule, dependencies


def _merge(
    rulebook: Rulebook, language: Language, asked: Iterable[tuple[Rule, Dependencies]]
) -> tuple[tuple[MissingFact, ...], tuple[str, ...]]:
    """Return the dependencies of unknown outcomes as missing facts and notices, each with the rules that need it."""
    found: dict[MissingItem, list[str]] = {}
    notices: dict[str, None] = {}
    shared: set[tuple[str, SharedItems]] = set()
    for rule, dependencies in asked:
        new = [item for item in dependencies if not isinstance(item, SharedItems) or (rule.name, item) not in shared]
        shared.update((rule.name, item) for item in new if isinstance(item, SharedItems))
        for item in flat(new):
            if isinstance(item, Unresolvable):
                notices[item.why] = None
            elif rule.name not in found.setdefault(item, []):
                found[item].append(rule.name)
    missing = (
        replace(
            missing_fact(rulebook, item.kind, item.ref, item.name, language),
            instead=item.instead,
            needed_by=tuple(needed_by),
        )
        for item, needed_by in found.items()
    )
    return tuple(missing), tuple(notices)


def missing_fact(
    rulebook: Rulebook, kind_name: str, ref: str, name: str | None, language: Language = Language.ENGLISH
) -> MissingFact:
    """Return a missing fact with its question: a field of a subject or, if `name` is none, all facts of a kind."""
    kind, said = rulebook.kinds[kind_name], PHRASES[language]
    if name is None:
        ask = kind.ask or said.which_facts.format(label=kind.label)
        return MissingFact(kind_name, ref, None, kind.label, ask, kind.note, None, ())
    declared = kind.fields[name]
    question = said.is_it_so if declared.type is FieldType.YES_NO else said.what_is
    ask = declared.ask or question.format(ref=ref, label=declared.label)
    return MissingFact(kind_name, ref, name, declared.label, ask, declared.note, None, ())
