"""Rules that conclude different values for one field and can both do so for the same facts."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from rulewright.diagnostics import Diagnostic, Related
from rulewright.lint.witnesses import Budget, Witness, find_witness
from rulewright.model.contradictions import plain
from rulewright.model.dependencies import conditions_of
from rulewright.model.rulebook import Conclude, Rule, Rulebook

#: So many partial situations are looked at for one pair of rules, and for all pairs of a rulebook.
SITUATIONS_OF_A_PAIR = 20_000
SITUATIONS_OF_A_RULEBOOK = 200_000


def conflicting_conclusions(rulebook: Rulebook) -> Iterator[Diagnostic]:
    """The pairs of rules for which facts are found that make both conclude, and not the same.

    Where none are found within the limits, nothing is said: an evaluation tells the conflict of the case that has it.
    """
    budget = Budget(SITUATIONS_OF_A_RULEBOOK)
    for kind in rulebook.kinds:
        rules = rulebook.rules_about(kind)
        concluding = [rule for rule in rules if isinstance(rule.action, Conclude) and rule.name not in rulebook.unread]
        for first, second in combinations(concluding, 2):
            field = _different(first, second)
            if field is not None:
                conditions = (*conditions_of(first), *conditions_of(second))
                witness = find_witness(conditions, kind, rulebook, budget.part(SITUATIONS_OF_A_PAIR))
                if witness is not None:
                    yield _conflict(first, second, field, witness)


def _different(first: Rule, second: Rule) -> str | None:
    """The first field that two rules conclude differently."""
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
