"""The origins of values: the places in a case file where facts are stated."""

from __future__ import annotations

from collections.abc import Iterator

from rulewright.diagnostics import Span
from rulewright.explain.index import Index, values_of
from rulewright.model.conditions import Arithmetic, Expression, FieldOf
from rulewright.model.facts import Fact
from rulewright.model.outcomes import VERDICT, Outcome
from rulewright.model.values import Absent
from rulewright.semantics.reading import Reading


class Origins:
    """Finds the places of the values of one case."""

    def __init__(self, index: Index, reading: Reading) -> None:
        self.index = index
        self.reading = reading
        self._found: dict[tuple[str, str, str], Span | None] = {}

    def of(self, expression: Expression, fact: Fact) -> Span | None:
        """Return the place where a value is stated; for a derived value, the place of its last source.

        None if no source has a place.
        """
        for owner, name in self._fields(expression, fact):
            found = self._of_field(owner, name)
            if found is not None:
                return found
        return None

    def _of_field(self, fact: Fact, name: str) -> Span | None:
        """Return the origin of a field. A stack replaces recursion, because chains of conclusions have no limit."""
        key = (fact.kind, fact.ref, name)
        path = [(key, self._below(fact, name))]
        while path and key not in self._found:
            here, below = path[-1]
            owner, part = next(below, (None, ""))
            if owner is None:
                self._found[here] = None
                path.pop()
                continue
            there = (owner.kind, owner.ref, part)
            stated = owner.spans.get(part) or self._found.get(there)
            if stated is not None:  # each step on the path tries its last source first, so they share this place
                self._found.update((step, stated) for step, _ in path)
            elif there not in self._found:
                path.append((there, self._below(owner, part)))
        return self._found[key]

    def _below(self, fact: Fact, name: str) -> Iterator[tuple[Fact, str]]:
        """Yield the sources of a field, the last first; only the field itself if it is stated."""
        if name in fact.spans:
            yield fact, name
            return
        for rule in reversed(self.index.concluding.get((fact.kind, name), ())):
            if self.reading.outcome(rule.name, fact) is Outcome.CONCLUDED:
                for test in reversed(self.index.tests[rule.name]):
                    for expression in values_of(test)[:1]:
                        yield from self._fields(expression, fact)
        field = self.index.rulebook.kinds[fact.kind].fields[name]
        if field.from_table is not None:
            yield fact, self.index.rulebook.tables[field.from_table].by
        elif field.computed is not None:
            yield from self._fields(field.computed, fact)

    def _fields(self, expression: Expression, fact: Fact) -> Iterator[tuple[Fact, str]]:
        """Yield the fields that an expression names, the last first."""
        match expression:
            case Arithmetic(_, parts):
                for part in reversed(parts):
                    yield from self._fields(part, fact)
            case FieldOf(path) if path[-1] != VERDICT:
                owner = self._reached(path[:-1], fact)
                if owner is not None:
                    yield owner, path[-1]
            case _:
                return

    def _reached(self, references: tuple[str, ...], fact: Fact) -> Fact | None:
        """Return the fact at the end of a path of references; none if a reference is not known."""
        reached: Fact | None = fact
        for name in references:
            if reached is None:
                return None
            ref = self.reading.value(FieldOf((name,)), reached)
            target = self.index.rulebook.kinds[reached.kind].fields[name].refers_to
            reached = None if isinstance(ref, Absent) or target is None else self.reading.subject(target, str(ref))
        return reached
