"""The facts of a case that can change, and the values that each can have."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import NamedTuple, TypeAlias

from rulewright.ask.interview import Place, Stated
from rulewright.ask.tried_answers import TriedAnswers
from rulewright.fix.named_values import NamedValues
from rulewright.fix.rule_reads import fields_tested_for_known
from rulewright.language.types import TYPES
from rulewright.language.types.entry import Ordered, Step
from rulewright.model.facts import Case, Fact
from rulewright.model.rulebook import Changes, Direction, Field, Rulebook
from rulewright.model.values import Absent, FieldType, Known, Value


class FactKey(NamedTuple):
    """The key of a fact: a field of a subject."""

    kind: str
    ref: str
    field: str


@dataclass(frozen=True, slots=True)
class Offsets:
    """Values of a number or date, by their distance from the present value in steps: from `low` to `high`."""

    low: int
    high: int

    @property
    def nearest(self) -> int:
        """Offset nearest to the present value."""
        return 0 if self.low <= 0 <= self.high else min(self.low, self.high, key=abs)

    @property
    def number(self) -> int:
        """Number of values."""
        return self.high - self.low + 1

    @property
    def is_single(self) -> bool:
        """True if there is only one value."""
        return self.low == self.high


@dataclass(frozen=True, slots=True)
class Picks:
    """Values without an order, by their positions: 0 is the present value, others are values to change to."""

    positions: tuple[int, ...]

    @property
    def nearest(self) -> int:
        """First position, which is the present value if it is among them."""
        return self.positions[0]

    @property
    def number(self) -> int:
        """Number of values."""
        return len(self.positions)

    @property
    def is_single(self) -> bool:
        """True if there is only one value."""
        return len(self.positions) == 1


#: The values that a fact may have: numbers of steps, or positions.
Choices: TypeAlias = Offsets | Picks


@dataclass(frozen=True, slots=True)
class Variable:
    """A fact that can change: its present value (unknown if not stated), and its possible values by number.

    The number 0 is the present value. For numbers and dates, n is the value n steps up. For all other types, n is the
    n-th element of `options`. The first `others` options represent any text that is not named anywhere.
    """

    key: FactKey
    field: Field
    before: Value
    choices: Choices
    step: Step = 1
    options: tuple[Known, ...] = ()
    others: int = 0

    @property
    def is_stated(self) -> bool:
        """True if the case states this fact; otherwise a change states it."""
        return self.before is not Absent.UNKNOWN

    @property
    def step_cost(self) -> Decimal:
        """Cost of each step of a change."""
        return Decimal(self._changes.cost_per_step) if isinstance(self.choices, Offsets) else Decimal(0)

    @property
    def least_cost(self) -> Decimal:
        """Least cost of a change."""
        return self.cost(1)

    @property
    def _changes(self) -> Changes:
        return self.field.changes or Changes()

    def value(self, number: int) -> Known:
        """Return the value with this number. Raises `ValueError` for the present value of an unstated fact."""
        if number and isinstance(self.choices, Picks):
            return self.options[number - 1]
        if isinstance(self.before, Absent):
            raise ValueError(f"{self.key} has no value")
        if number == 0:
            return self.before
        ordered = TYPES[self.field.type].ordered
        if ordered is None:
            raise TypeError(f"{self.key} has no order")
        return ordered.moved(self.before, number, self.step)

    def cost(self, number: int) -> Decimal:
        """Return the cost of a change to the value with this number; stating a missing fact costs nothing."""
        if number == 0 or not self.is_stated:
            return Decimal(0)
        return Decimal(self._changes.cost) + self.step_cost * abs(number)


def variables_of(
    rulebook: Rulebook, case: Case, *, everything: bool = False, references: bool = True
) -> Mapping[FactKey, Variable]:
    """Return the facts that can change and can have another value, in the order of the case.

    A stated fact can change if its field declares `changes`. With `everything`, all can, to any value of their type;
    references only with `references`. A missing fact can be stated if a rule tests whether it is known. In all other
    places, stating a fact cannot turn a violated requirement into a met one.
    """
    named = NamedValues(rulebook, case)
    found: dict[FactKey, Variable] = {}
    free_texts = 0
    for kind in rulebook.kinds.values():
        for fact in case.facts.get(kind.name, ()):
            for name, before in fact.values.items():
                field = kind.fields[name]
                if not field.may_be_given or field.from_table is not None:
                    continue
                if everything and (references or field.refers_to is None):
                    own = field.changes or Changes()
                    field = replace(field, changes=Changes(step=own.step, cost=own.cost))
                if field.changes is None:
                    continue
                key = FactKey(kind.name, fact.ref, name)
                ordered = TYPES[field.type].ordered
                if ordered is not None:
                    variable = _ordered(key, field, field.changes, before, ordered, named.places)
                else:
                    free_texts += field.type is FieldType.TEXT and field.changes.to is None
                    options = _options(key, field, field.changes, case, named, free_texts)
                    variable = _unordered(key, field, before, options)
                if not variable.choices.is_single:
                    found[key] = variable
    found.update(_missing(rulebook, case))
    return found


def single(variable: Variable, number: int) -> Choices:
    """Return choices with only this number."""
    return Offsets(number, number) if isinstance(variable.choices, Offsets) else Picks((number,))


def within(wider: Variable, variable: Variable | None) -> Choices:
    """Return the values of a variable by their numbers in a wider variable; only the present value for no variable."""
    if isinstance(wider.choices, Offsets):
        own = None if variable is None else variable.choices
        return own if isinstance(own, Offsets) else Offsets(0, 0)
    values = () if variable is None else variable.options
    return Picks((0, *(1 + wider.options.index(value) for value in values)))


def is_within(number: int, choices: Choices) -> bool:
    """Return whether a number is among these choices."""
    return choices.low <= number <= choices.high if isinstance(choices, Offsets) else number in choices.positions


def changed(case: Case, values: Mapping[FactKey, Known]) -> Case:
    """Return the case with new values of some facts."""

    def with_values(fact: Fact) -> Fact:
        own = {key.field: value for key, value in values.items() if (key.kind, key.ref) == (fact.kind, fact.ref)}
        return replace(fact, values={**fact.values, **own}) if own else fact

    return replace(case, facts={kind: tuple(map(with_values, facts)) for kind, facts in case.facts.items()})


def is_any_other(variable: Variable, number: int) -> bool:
    """Return whether the value with this number represents any text that is not named anywhere."""
    return number > 0 and isinstance(variable.choices, Picks) and number <= variable.others


# --- facts that are not stated ---


def _missing(rulebook: Rulebook, case: Case) -> Iterator[tuple[FactKey, Variable]]:
    """Yield the missing facts that rules test with `known`, each with the values that rules distinguish."""
    asked = fields_tested_for_known(rulebook)
    if not asked:
        return
    tried = TriedAnswers(rulebook)
    for kind, name in asked:
        field = rulebook.kinds[kind].fields[name]
        for fact in case.facts.get(kind, ()):
            if name in fact.values or not field.may_be_given or field.from_table is not None:
                continue
            answers = tried.of(Place(kind, fact.ref, name), case)
            values = tuple(answer.value for answer in answers if isinstance(answer, Stated))
            if field.refers_to is not None:
                refs = {other.ref for other in case.facts.get(field.refers_to, ())}
                values = tuple(value for value in values if value in refs)
            if values:
                key = FactKey(kind, fact.ref, name)
                choices = Picks(tuple(range(len(values) + 1)))
                yield key, Variable(key, field, Absent.UNKNOWN, choices, options=values)


# --- texts, choices, yes/no, references ---


def _unordered(
    key: FactKey, field: Field, before: Known, options: tuple[tuple[Known, ...], tuple[Known, ...]]
) -> Variable:
    others, named = options
    whole = (*others, *(value for value in named if value != before))
    return Variable(key, field, before, Picks(tuple(range(len(whole) + 1))), options=whole, others=len(others))


def _options(
    key: FactKey, field: Field, changes: Changes, case: Case, named: NamedValues, free_texts: int
) -> tuple[tuple[Known, ...], tuple[Known, ...]]:
    """Return texts that are not named anywhere, and the named values that a field can have.

    All texts that are not named have the same effect, but two facts may need different or equal texts. The n-th free
    text of a case can therefore have each of the first n such texts.
    """
    if changes.to is not None:
        return (), changes.to
    every = TYPES[field.type].every(field)
    if every is not None:
        return (), tuple(every)
    if field.refers_to is not None:
        return (), tuple(fact.ref for fact in case.facts.get(field.refers_to, ()))
    return named.others(key.kind, key.field, free_texts), named.texts(key.kind, key.field, free_texts)


# --- numbers and dates ---


def _ordered(key: FactKey, field: Field, changes: Changes, before: Known, ordered: Ordered, places: int) -> Variable:
    step = changes.step or ordered.least_step(places)

    def possible(steps: int) -> bool:
        return _is_possible(field, ordered, before, steps, step)

    direction = changes.direction
    low = 0 if direction is Direction.UP else -_farthest(lambda steps: possible(-steps))
    high = 0 if direction is Direction.DOWN else _farthest(possible)
    return Variable(key, field, before, Offsets(low, high), step)


def _farthest(possible: Callable[[int], bool]) -> int:
    """Return the greatest possible number of steps; all smaller numbers must be possible too."""
    high = 1
    while possible(high):
        high *= 2
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if possible(middle) else (low, middle)
    return low


def _is_possible(field: Field, ordered: Ordered, before: Known, steps: int, step: Step) -> bool:
    """Return whether this number of steps leads to a value within the bounds of the field and of its type."""
    try:
        value = ordered.moved(before, steps, step)
    except (OverflowError, ValueError):  # beyond the calendar
        return False
    if not ordered.is_possible(value):
        return False
    # bounds are of the field's type
    at_least = field.minimum is None or value >= field.minimum  # type: ignore[operator]
    return at_least and (field.maximum is None or value <= field.maximum)  # type: ignore[operator]
