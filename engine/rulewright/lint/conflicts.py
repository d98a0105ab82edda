"""Check for two rules that conclude different values of one field for the same facts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations

from rulewright.diagnostics import Diagnostic, Related
from rulewright.language.operators import equality
from rulewright.lint.terms import Terms
from rulewright.lint.witnesses import Budget, Witness, find_witness
from rulewright.model.conditions import AllOf, Comparison, Expression, Literal, Membership, ParameterOf
from rulewright.model.contradictions import plain
from rulewright.model.dependencies import conditions_of
from rulewright.model.rulebook import Conclude, Rule, Rulebook
from rulewright.model.values import Known

#: Search limits, in partial assignments of facts: for one pair of rules, and for all pairs of a rulebook.
SITUATIONS_OF_A_PAIR = 20_000
SITUATIONS_OF_A_RULEBOOK = 200_000


def conflicting_conclusions(rulebook: Rulebook) -> Iterator[Diagnostic]:
    """Yield each pair of rules that conclude different values of a field for some facts.

    A pair without such facts within the search limits is not reported. If a case has the conflict, its evaluation
    reports it.
    """
    budget = Budget(SITUATIONS_OF_A_RULEBOOK)
    for kind in rulebook.kinds:
        rules = rulebook.rules_about(kind)
        concluding = [rule for rule in rules if isinstance(rule.action, Conclude) and rule.name not in rulebook.unread]
        terms = Terms(kind, rulebook)
        wanted = {rule.name: dict(_required_values(rule, terms)) for rule in concluding}
        for first, second in combinations(concluding, 2):
            field = _conflicting_field(first, second)
            if field is not None and not _are_exclusive(wanted[first.name], wanted[second.name]):
                conditions = (*conditions_of(first), *conditions_of(second))
                witness = find_witness(conditions, terms, budget.part(SITUATIONS_OF_A_PAIR))
                if witness is not None:
                    yield _conflict(first, second, field, witness)


def _required_values(rule: Rule, terms: Terms) -> Iterator[tuple[Expression, frozenset[Known]]]:
    """Yield the fields for which a rule needs one of a few values, as far as its top-level conditions say."""
    for condition in conditions_of(rule):
        for part in condition.parts if isinstance(condition, AllOf) else (condition,):
            match part:
                case Comparison(left, equality.IS, Literal(value), False):
                    yield left, frozenset((value,))
                case Membership(left, tuple(options), False):
                    yield left, frozenset(option.value for option in options)
                case Membership(left, ParameterOf() as named, False):
                    listed = terms.value(named, {})
                    if isinstance(listed, tuple):
                        yield left, frozenset(listed)
                case _:
                    pass


def _are_exclusive(first: Mapping[Expression, frozenset[Known]], second: Mapping[Expression, frozenset[Known]]) -> bool:
    """Return whether the rules need different values of some field. Such a pair needs no search."""
    return any(values.isdisjoint(second[field]) for field, values in first.items() if field in second)


def _conflicting_field(first: Rule, second: Rule) -> str | None:
    """Return the first field that two rules conclude differently, or None."""
    if not isinstance(first.action, Conclude) or not isinstance(second.action, Conclude):
        return None
    others = second.action.values
    return next((name for name, value in first.action.values.items() if others.get(name, value) != value), None)


def _conflict(first: Rule, second: Rule, field: str, witness: Witness) -> Diagnostic:
    values = [
        f"`{plain(rule.action.values[field])}` by `{rule.name}`"
        for rule in (first, second)
        if isinstance(rule.action, Conclude)
    ]
    facts = " and ".join(f"`{name}` is {value}" for name, value in witness.items())
    when = f"when {facts}" if facts else "always"
    return Diagnostic(
        "R031",
        f"`{field}` is concluded as {' and as '.join(values)}, and both conclude {when}",
        second.span,
        "add to `when` of one of them what tells the two apart",
        (Related(f"`{first.name}` is", first.span),),
    )
