"""Search for facts that satisfy several conditions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from rulewright.lint.representatives import representatives
from rulewright.lint.terms import ANOTHER, AS_OF, Term, Terms
from rulewright.model.conditions import Condition
from rulewright.model.contradictions import plain
from rulewright.model.values import Absent, Truth, Value, all_of

#: Maximum number of fields in a search.
MAXIMUM_VARIABLES = 100
#: Facts in words, by the name of the field.
Witness: TypeAlias = Mapping[str, str]


class Budget:
    """The number of steps that a search may still take."""

    def __init__(self, steps: int, whole: Budget | None = None) -> None:
        self.steps = steps
        self.whole = whole

    def part(self, steps: int) -> Budget:
        """Return a budget of at most `steps`, each of which also counts against this budget."""
        return Budget(steps, self)

    def take(self) -> bool:
        """Take a step. Return False if none is left."""
        if self.steps <= 0 or (self.whole is not None and not self.whole.take()):
            return False
        self.steps -= 1
        return True


def find_witness(conditions: Iterable[Condition], terms: Terms, budget: Budget) -> Witness | None:
    """Return facts of a subject for which all conditions are true, or None if none are found.

    The fields of the conditions get values one after the other; unset fields are undecided. So a false condition stays
    false and ends its branch, and a true condition stays true. The result has only the facts that are needed.
    """
    wanted = tuple(conditions)
    choices = representatives(wanted, terms)
    variables = list(choices)
    if len(variables) > MAXIMUM_VARIABLES:
        return None

    def search(assigned: dict[Term, Value]) -> dict[Term, Value] | None:
        if not budget.take():
            return None
        held = all_of(terms.truth(condition, assigned) for condition in wanted)
        if held is Truth.TRUE:
            return assigned
        if held is Truth.FALSE or len(assigned) == len(variables):
            return None
        variable = variables[len(assigned)]
        for value in choices[variable]:
            found = search({**assigned, variable: value})
            if found is not None:
                return found
        return None

    found = search({})
    if found is None:
        return None
    needed = dict(found)
    for variable in found:  # remove values that were set before a later value alone decided the conditions
        fewer = {other: value for other, value in needed.items() if other != variable}
        if all(terms.truth(condition, fewer) is Truth.TRUE for condition in wanted):
            needed = fewer
    return {_name(variable): _shown(value, choices[variable]) for variable, value in needed.items()}


def _name(term: Term) -> str:
    return "as_of" if term is AS_OF else str(term)


def _shown(value: Value, choices: tuple[Value, ...]) -> str:
    if value is ANOTHER:
        alone = all(isinstance(other, Absent) or other is ANOTHER for other in choices)
        return "anything" if alone else "something else"
    return "unknown" if isinstance(value, Absent) else f"`{plain(value).replace(ANOTHER, '…')}`"
