"""The state of one case during evaluation: its subjects with the values and outcomes derived so far."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from rulewright.diagnostics import Diagnostic
from rulewright.model.facts import Case, Fact
from rulewright.model.outcomes import Outcome, Verdict
from rulewright.model.values import Known, Value
from rulewright.semantics.items import Item
from rulewright.semantics.reference_index import ReferenceIndex


class Subject:
    """A subject: its fact, and the values, outcomes and verdict derived so far."""

    __slots__ = ("fact", "kind", "outcomes", "ref", "signature", "stated", "values", "verdict")

    def __init__(self, fact: Fact) -> None:
        self.fact = fact
        self.kind = fact.kind
        self.ref = fact.ref
        self.stated: Mapping[str, Known] = fact.values
        self.values: dict[str, Value] = {}
        self.outcomes: dict[str, Outcome] = {}
        self.verdict: Verdict | None = None
        #: The situations of the inferences that have run.
        self.signature: tuple[str, ...] = ()


class Deriver(Protocol):
    """Derives items that a state does not have yet."""

    def derive_value(self, state: State, subject: Subject, field: str) -> Value:
        """Derive the value of a field, store it in the subject, and return it."""

    def derive_outcome(self, state: State, subject: Subject, rule: str) -> Outcome:
        """Derive the outcome of a rule, store it in the subject, and return it."""

    def derive_verdict(self, state: State, subject: Subject) -> Verdict:
        """Derive the verdict, store it in the subject, and return it."""


class UnresolvedError(Exception):
    """An item was read before it was derived: the order of evaluation is wrong."""

    def __init__(self, item: Item) -> None:
        super().__init__(item)
        self.item = item


class State:
    """The facts of a case by kind, its subjects in the order of the rulebook's kinds, and the errors found.

    `related` caches related facts by the identity of the expression that names them.
    """

    __slots__ = ("as_of", "at", "contradictions", "deriver", "facts", "related", "subjects")

    def __init__(self, case: Case, kinds: Iterable[str], deriver: Deriver) -> None:
        self.as_of = case.as_of
        self.facts = case.facts
        self.deriver = deriver
        facts = case.facts
        self.subjects = [Subject(fact) for kind in kinds for fact in facts.get(kind, ())]
        self.at: dict[tuple[str | None, Known], Subject] = {
            (subject.kind, subject.ref): subject for subject in self.subjects
        }
        self.contradictions: dict[Item, Diagnostic] = {}
        self.related: dict[int, ReferenceIndex | None] = {}

    def value(self, subject: Subject, field: str) -> Value:
        """Return the value of a field of a subject."""
        found = subject.values.get(field)
        return self.deriver.derive_value(self, subject, field) if found is None else found

    def outcome(self, subject: Subject, rule: str) -> Outcome:
        """Return the outcome of a rule for a subject."""
        found = subject.outcomes.get(rule)
        return self.deriver.derive_outcome(self, subject, rule) if found is None else found

    def verdict(self, subject: Subject) -> Verdict:
        """Return the verdict of a subject."""
        found = subject.verdict
        return self.deriver.derive_verdict(self, subject) if found is None else found
