"""The evaluation of a case.

Each value of a field, each outcome of a rule and each verdict of a subject is an item. An item that reads an item
without a result is tried again later. So the order of facts and of rules makes no difference, negation and counting see
final results only, and a chain of any length ends. Items that read each other in a cycle are an error.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from oracle.conditions import truth_of
from oracle.documents import Document, Subject, cell_value, parameter_value, read_facts
from oracle.expressions import value_of
from oracle.field_types import TYPES, returned
from oracle.rules import is_blocking, outcome_of, verdict_of, worst
from oracle.values import UNKNOWN, Absent, Known, Range, Truth, Value, definite, same


def evaluate(rulebook: Mapping[str, Any], case: Mapping[str, Any], as_of: date) -> dict[str, Any]:
    """Evaluate a case by a rulebook, both as plain data, on a date.

    Return the `verdict`, the `subjects` by kind and ref (each with its `values`, `outcomes` and `verdict`), and the
    `contradictions` as (kind, ref, field). A case with contradictions has no verdict and no subjects.
    """
    return Evaluation(Document(rulebook), case, as_of).result()


class Item(NamedTuple):
    """A field, a rule, or the verdict of a subject."""

    what: str
    subject: Subject
    name: str = ""


class UnresolvedError(Exception):
    """An item was read that has no result yet."""


class Evaluation:
    """The evaluation of one case. `value`, `outcome` and `verdict` return the results of items."""

    def __init__(self, document: Document, case: Mapping[str, Any], as_of: date) -> None:
        self.document = document
        self.as_of = as_of
        self.facts = read_facts(document, case)
        self._results: dict[Item, Any] = {}
        self._contradictions: list[tuple[str, str, str]] = []

    def result(self) -> dict[str, Any]:
        """Return all results as plain data."""
        waiting = self._items()
        while waiting:
            left = [item for item in waiting if not self._resolve(item)]
            if len(left) == len(waiting):
                raise ValueError(f"these items read each other in a cycle: {left}")
            waiting = left
        subjects = [subject for facts in self.facts.values() for subject in facts]
        if self._contradictions:
            return {"verdict": None, "subjects": {}, "contradictions": sorted(self._contradictions)}
        return {
            "verdict": worst(self.verdict(subject) for subject in subjects),
            "subjects": {(subject.kind, subject.ref): self._returned(subject) for subject in subjects},
            "contradictions": [],
        }

    def value(self, subject: Subject, name: str) -> Value:
        """Return the value of a field."""
        value: Value = self._read(Item("value", subject, name))
        return value

    def outcome(self, subject: Subject, rule: str) -> str:
        """Return the outcome of a rule."""
        return str(self._read(Item("outcome", subject, rule)))

    def verdict(self, subject: Subject) -> str:
        """Return the verdict of a subject."""
        return str(self._read(Item("verdict", subject)))

    def parameter(self, name: str) -> Value | tuple[Known, ...]:
        """Return the value of a parameter in force on the date of the case."""
        return parameter_value(self.document.parameters[name], self.as_of)

    def _returned(self, subject: Subject) -> dict[str, Any]:
        fields, rules = self.document.kinds[subject.kind], self.document.rules_about(subject.kind)
        return {
            "values": {name: returned(self.value(subject, name), field.type) for name, field in fields.items()},
            "outcomes": {rule: self.outcome(subject, rule) for rule in rules},
            "verdict": self.verdict(subject),
        }

    # --- items ---

    def _items(self) -> list[Item]:
        items = []
        for kind, facts in self.facts.items():
            for subject in facts:
                items += [Item("value", subject, name) for name in self.document.kinds[kind]]
                items += [Item("outcome", subject, rule) for rule in self.document.rules_about(kind)]
                items.append(Item("verdict", subject))
        return items

    def _read(self, item: Item) -> Any:
        if item not in self._results:
            raise UnresolvedError(item)
        return self._results[item]

    def _resolve(self, item: Item) -> bool:
        """Store the result of an item, and return whether all that it reads has a result."""
        try:
            self._results[item] = self._evaluated(item)
        except UnresolvedError:
            return False
        return True

    def _evaluated(self, item: Item) -> Any:
        subject = item.subject
        if item.what == "value":
            return self._field_value(subject, item.name)
        if item.what == "outcome":
            return outcome_of(Scope(self, subject), self.document.rules[item.name])
        rules = self.document.rules_about(subject.kind)
        return verdict_of(self.outcome(subject, rule) for rule, words in rules.items() if is_blocking(words))

    def _field_value(self, subject: Subject, name: str) -> Value:
        """Return the value of a field from all that gives it one: the case, an expression, a table, rules.

        Two different values contradict each other. An unknown value contradicts nothing; none contradicts a value.
        """
        field = self.document.kinds[subject.kind][name]
        candidates: list[Value] = []
        if name in subject.stated:
            candidates.append(subject.stated[name])
        if field.table is not None:
            key = self.value(subject, str(field.table["by"]))
            candidates.append(cell_value(field.table, field, key, self.as_of))
        if field.computed is not None:
            candidates.append(definite(Scope(self, subject).expression(field.computed)))
        for rule in field.concluded_by:
            if self.outcome(subject, rule) == "concluded":
                candidates.append(TYPES[field.type](self.document.rules[rule]["conclude"][name]))

        different: list[Value] = []
        for value in candidates:
            if value is not UNKNOWN and not any(same(value, other) for other in different):
                different.append(value)
        if len(different) > 1:
            self._contradictions.append((subject.kind, subject.ref, name))
            return UNKNOWN
        return different[0] if different else UNKNOWN


@dataclass(frozen=True)
class Scope:
    """A subject of an evaluation: what conditions and expressions about it can read."""

    evaluation: Evaluation
    subject: Subject

    def about(self, subject: Subject) -> Scope:
        """Return the scope of another subject."""
        return Scope(self.evaluation, subject)

    def condition(self, condition: Mapping[str, Any]) -> Truth:
        """Return whether a condition holds for the subject."""
        return truth_of(self, condition)

    def expression(self, expression: Any) -> Value | Range:
        """Return the value of an expression about the subject."""
        return value_of(self, expression)

    def field(self, path: str) -> Value:
        """Return the value at the end of a path: `as_of`, or a field or the verdict, through references.

        A reference that is unknown or none makes the value so. A verdict that needs information is unknown.
        """
        if path == "as_of":
            return self.evaluation.as_of
        subject = self.subject
        *references, last = path.split(".")
        for name in references:
            ref = self.evaluation.value(subject, name)
            if isinstance(ref, Absent):
                return ref
            kind = self.evaluation.document.kinds[subject.kind][name].refers_to
            facts = self.evaluation.facts.get(str(kind), [])
            referred = [fact for fact in facts if fact.ref == ref]
            if not referred:
                return UNKNOWN
            (subject,) = referred
        if last != "verdict":
            return self.evaluation.value(subject, last)
        verdict = self.evaluation.verdict(subject)
        return UNKNOWN if verdict == "needs_information" else verdict
