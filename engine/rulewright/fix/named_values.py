"""The texts that a rulebook and a case name, by field, and the decimal places of their numbers."""

from __future__ import annotations

import string
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import count as count_from, islice
from typing import TypeAlias

from rulewright.language.operators.equality import IS
from rulewright.lint.traversal import all_expressions, all_tests
from rulewright.model.conditions import (
    Comparison,
    Expression,
    FieldOf,
    Literal,
    Membership,
    ParameterOf,
    expressions_of,
)
from rulewright.model.entries import Comparator
from rulewright.model.facts import Case
from rulewright.model.outcomes import VERDICT, Verdict
from rulewright.model.rulebook import Conclude, Dated, Field, Rulebook
from rulewright.model.values import MAXIMUM_DECIMAL_PLACES, MAXIMUM_TEXT, FieldType, Known

#: A field of a kind, or a parameter.
_Source: TypeAlias = tuple[str, str]

_PARAMETER, _LITERAL = "\x00parameter", "\x00literal"
_TEXTS = (FieldType.TEXT, FieldType.CHOICE)
#: The placeholder for further characters of a text.
_FILLER = "…"
#: The fewest decimal places: amounts of money have two, and few measurements have fewer.
_LEAST_PLACES = 2


@dataclass(frozen=True, slots=True)
class _TextTest:
    """A comparison of texts: a source that it reads, its comparator, and its operand if that is a literal."""

    source: _Source
    comparator: Comparator
    literal: str | None


class NamedValues:
    """The texts and decimal places that a rulebook and a case name, as candidates for changed values.

    Fields share their texts if they are compared with each other or with the same source. Only shared texts can make a
    difference: all other texts have the same effect.
    """

    def __init__(self, rulebook: Rulebook, case: Case) -> None:
        self._parents: dict[_Source, _Source] = {}
        self._texts: dict[_Source, dict[str, None]] = {}
        self._tests: list[_TextTest] = []
        self._any_case = any(
            test.ignore_case for _, test in all_tests(rulebook) if isinstance(test, Comparison | Membership)
        )
        self._join_compared(rulebook)
        self._add_texts(rulebook, case)
        #: The decimal places of a changed value, if its field declares no step.
        self.places = max((_places(value) for value in _decimals(rulebook, case)), default=0)
        self.places = min(max(self.places, _LEAST_PLACES), MAXIMUM_DECIMAL_PLACES)

    def texts(self, kind: str, field: str, count: int) -> tuple[str, ...]:
        """Return the texts that tests of a text field distinguish, and variants that differ only in letter case.

        A text that represents many, such as one that begins with an operand, is returned in up to `count` forms.
        """
        root = self._root((kind, field))
        found = dict.fromkeys(
            text for source in self._texts if self._root(source) == root for text in self._texts[source]
        )
        tests = [test for test in self._tests if self._root(test.source) == root]
        for test in tests:
            operands = [test.literal] if test.literal is not None else list(found)
            found.update(
                dict.fromkeys(text for operand in operands for text in _boundaries(test.comparator, operand, count))
            )
        if self._any_case:
            found.update(dict.fromkeys(filter(None, [_other_case(text, found) for text in found])))
        return tuple(found)

    def others(self, kind: str, field: str, count: int) -> tuple[str, ...]:
        """Return `count` texts that are not named and match no test, in upper or lower case; empty if too few exist."""
        named = self.texts(kind, field, count)
        taken = {text.casefold() for text in named}
        root = self._root((kind, field))
        tests = [test for test in self._tests if self._root(test.source) == root]

        def is_distinct(text: str) -> bool:
            return text not in taken and not any(
                test.comparator.compares(text, operand, True)
                for test in tests
                for operand in (named if test.literal is None else (test.literal,))
                if operand
            )

        # a test may match the first candidate (“text” is part of “another text”), so there are others to start from
        for first in ("another text", *(f"{letter} text" for letter in string.ascii_lowercase + string.digits)):
            numbered = (first if number == 1 else f"{first} {number}" for number in count_from(1))
            found = tuple(islice(filter(is_distinct, islice(numbered, count + len(taken))), count))
            if len(found) == count:
                return found
        return ()

    # --- fields that share their texts ---

    def _root(self, source: _Source) -> _Source:
        while (parent := self._parents.get(source, source)) != source:
            source = parent
        return source

    def _join(self, sources: Iterable[_Source]) -> None:
        first: _Source | None = None
        for source in sources:
            if first is None:
                first = self._root(source)
            else:
                self._parents[self._root(source)] = first

    def _join_compared(self, rulebook: Rulebook) -> None:
        for kind, test in all_tests(rulebook):
            if isinstance(test, Comparison):
                left = list(self._sources(test.left, kind, rulebook))
                right = list(self._sources(test.right, kind, rulebook, test.comparator))
                self._join([*left, *right])
                literal = test.right.value if isinstance(test.right, Literal) else None
                if right and (literal is None or isinstance(literal, str)):
                    self._tests.append(_TextTest(right[0], test.comparator, literal))
            elif isinstance(test, Membership):
                self._join([source for one in expressions_of(test) for source in self._sources(one, kind, rulebook)])
        for declared in rulebook.kinds.values():
            for field in declared.fields.values():
                if field.type in _TEXTS and field.computed is not None:
                    own = (declared.name, field.name)
                    self._join([own, *self._sources(field.computed, declared.name, rulebook)])

    def _sources(
        self, expression: Expression, kind: str, rulebook: Rulebook, comparator: Comparator = IS
    ) -> Iterator[_Source]:
        """Yield the sources that an expression reads; a literal is a source of the texts to try against it."""
        match expression:
            case ParameterOf(name):
                yield _PARAMETER, name
            case FieldOf(path):
                owner = rulebook.field_at(kind, path[:-1])
                yield (owner.refers_to or "" if owner else kind), path[-1]
            case Literal(str() as text):
                source = (_LITERAL, text)
                self._add(source, _boundaries(comparator, text, 1))
                yield source
            case _:
                return

    # --- texts ---

    def _add_texts(self, rulebook: Rulebook, case: Case) -> None:
        for parameter in rulebook.parameters.values():
            self._add((_PARAMETER, parameter.name), _of_dated(parameter.values))
        for kind in rulebook.kinds.values():
            self._add((kind.name, VERDICT), (verdict.value for verdict in Verdict))
            for field in kind.fields.values():
                stated = [fact.values.get(field.name) for fact in case.facts.get(kind.name, ())]
                if field.type in _TEXTS:
                    self._add((kind.name, field.name), (*field.choices, *_targets(field), *stated))
        for table in rulebook.tables.values():
            self._add((table.about, table.by), table.rows)
            for cells in table.all_rows:
                for column, values in cells.items():
                    self._add((table.about, column), _of_dated(values))
        for rule in rulebook.rules.values():
            if isinstance(rule.action, Conclude):
                for name, value in rule.action.values.items():
                    self._add((rule.about, name), [value])

    def _add(self, source: _Source, values: Iterable[object]) -> None:
        self._texts.setdefault(source, {}).update((value, None) for value in values if isinstance(value, str))


def _boundaries(comparator: Comparator, operand: str, count: int) -> Iterator[str]:
    """Yield the texts to try against an operand, as long as a text may be."""
    before: tuple[Known, ...] = ()
    for number in range(1, max(count, 1) + 1):
        values = comparator.boundaries(operand, _FILLER if number == 1 else f"{_FILLER} {number}")
        if values == before:  # they do not contain the filler, so further numbers give the same texts
            return
        yield from (value for value in values if isinstance(value, str) and len(value) <= MAXIMUM_TEXT)
        before = values


def _targets(field: Field) -> tuple[Known, ...]:
    """Return the values that a field can change to; empty if the rulebook does not list them."""
    return (field.changes.to if field.changes is not None else None) or ()


def _of_dated(values: Iterable[Dated]) -> Iterator[object]:
    for dated in values:
        yield from dated.value if isinstance(dated.value, tuple) else (dated.value,)


def _other_case(text: str, taken: Mapping[str, None]) -> str | None:
    """Return the text with the case of one letter swapped; none if every such text is taken."""
    for position, letter in enumerate(text):
        other = text[:position] + letter.swapcase() + text[position + 1 :]
        if letter.isascii() and letter.isalpha() and other not in taken:
            return other
    return None


# --- decimals ---


def _decimals(rulebook: Rulebook, case: Case) -> Iterator[Known]:
    """Yield the values that the rulebook or the case has, all decimals among them."""
    for _, expression in all_expressions(rulebook):
        if isinstance(expression, Literal):
            yield expression.value
    for _, test in all_tests(rulebook):
        if isinstance(test, Membership) and not isinstance(test.options, ParameterOf):
            yield from (option.value for option in test.options)
    dated = [values for table in rulebook.tables.values() for cells in table.all_rows for values in cells.values()]
    for values in [*dated, *(parameter.values for parameter in rulebook.parameters.values())]:
        yield from (value for value in _of_dated(values) if isinstance(value, Decimal))
    for rule in rulebook.rules.values():
        if isinstance(rule.action, Conclude):
            yield from rule.action.values.values()
    for facts in case.facts.values():
        for fact in facts:
            yield from fact.values.values()


def _places(value: Known) -> int:
    return max(0, -int(value.as_tuple().exponent)) if isinstance(value, Decimal) and value.is_finite() else 0
