"""Check for concluded fields that stay unknown for some facts and that a case cannot state."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rulewright.diagnostics import Diagnostic, Related
from rulewright.lint.terms import Terms
from rulewright.lint.witnesses import Budget, Witness, find_witness
from rulewright.model.conditions import (
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    FieldOf,
    IsKnown,
    Literal,
    Membership,
    Not,
    Test,
    expressions_of,
    tests_of,
)
from rulewright.model.dependencies import FieldItem, Item, RuleItem, conditions_of, dependencies
from rulewright.model.rulebook import Conclude, Require, Rule, Rulebook
from rulewright.model.values import Known, Truth

#: Search limits, in partial assignments of facts: for one field, and for all fields of a rulebook.
SITUATIONS_OF_A_FIELD = 20_000
SITUATIONS_OF_A_RULEBOOK = 200_000
#: Maximum number of chained conclusions to expand, as each step multiplies the size of the condition.
_STEPS = 3

_TRUE, _FALSE = AllOf(()), AnyOf(())


def unresolved_fields(rulebook: Rulebook) -> Iterator[Diagnostic]:
    """Find concluded fields that stay unknown for some facts, so that a blocking requirement cannot be decided.

    A field without such facts within the search limits is not reported.
    """
    if rulebook.unread:
        return
    budget = Budget(SITUATIONS_OF_A_RULEBOOK)
    deciding = _read_by_deciding_rules(rulebook)
    for kind in rulebook.kinds.values():
        conclusions = _Conclusions(kind.name, rulebook)
        for name in conclusions.only_concluded:
            if FieldItem(kind.name, name) not in deciding:
                continue
            found = conclusions.find_unresolved(name, budget.part(SITUATIONS_OF_A_FIELD))
            if found is not None:
                yield _unresolved(rulebook, kind.name, name, *found)


def _read_by_deciding_rules(rulebook: Rulebook) -> set[Item]:
    """Return every item that blocking requirements read, directly and through other items."""
    graph = dependencies(rulebook)
    pending: list[Item] = [RuleItem(rule.name) for rule in rulebook.rules.values() if rule.decides]
    seen = set(pending)
    while pending:
        for item in graph.get(pending.pop(), ()):
            if item not in seen:
                seen.add(item)
                pending.append(item)
    return seen


class _Conclusions:
    """The rules about a kind that conclude fields without any other source of a value."""

    def __init__(self, kind: str, rulebook: Rulebook) -> None:
        self.terms = Terms(kind, rulebook)
        self.deciding = [rule for rule in rulebook.rules_about(kind) if rule.decides]
        self.only_concluded: dict[str, list[tuple[Rule, Known]]] = {}
        for rule in rulebook.rules_about(kind):
            if isinstance(rule.action, Conclude):
                for name, value in rule.action.values.items():
                    field = self.terms.fields[name]
                    if field.computed is None and not field.may_be_given:
                        self.only_concluded.setdefault(name, []).append((rule, value))

    def find_unresolved(self, name: str, budget: Budget) -> tuple[Witness, Rule | None] | None:
        """Find facts for which no rule concludes a field, and a requirement that is then unknown."""
        none_concludes = [Not(AllOf(conditions_of(rule))) for rule, _ in self.only_concluded[name]]
        readers = [rule for rule in self.deciding if any(_reads(test, name) for test in _tests(rule))]
        for reader in readers:
            witness = self._find([*none_concludes, _depends_on(reader, name)], name, budget)
            if witness is not None:
                return witness, reader
        if readers:
            return None
        witness = self._find(none_concludes, name, budget)
        return None if witness is None else (witness, None)

    def _find(self, conditions: Sequence[Condition], name: str, budget: Budget) -> Witness | None:
        read: dict[str, None] = {name: None}
        wanted = [self._followed(condition, read, _STEPS) for condition in conditions]
        for other in list(read)[1:]:  # another unknown field is reported itself
            wanted.append(AnyOf(tuple(AllOf(conditions_of(rule)) for rule, _ in self.only_concluded[other])))
        wanted = [self._followed(condition, dict(read), _STEPS) for condition in wanted]
        witness = find_witness(wanted, self.terms, budget)
        return None if witness is None or "unknown" in witness.values() else witness

    def _followed(self, condition: Condition, read: dict[str, None], steps: int) -> Condition:
        """Replace tests of concluded fields by the conditions of the rules whose conclusions pass them."""
        match condition:
            case AllOf(parts):
                return AllOf(tuple(self._followed(part, read, steps) for part in parts))
            case AnyOf(parts):
                return AnyOf(tuple(self._followed(part, read, steps) for part in parts))
            case Not(part):
                return Not(self._followed(part, read, steps))
            case Comparison(FieldOf((name,)), comparator, Literal() as right, ignore_case):
                passing = [
                    rule
                    for rule, value in self.only_concluded.get(name, ())
                    if self._holds(Comparison(Literal(value), comparator, right, ignore_case))
                ]
            case Membership(FieldOf((name,)), tuple() as options, ignore_case):
                passing = [
                    rule
                    for rule, value in self.only_concluded.get(name, ())
                    if self._holds(Membership(Literal(value), options, ignore_case))
                ]
            case _:
                return condition
        if name not in self.only_concluded or steps == 0:
            return condition
        read[name] = None
        return AnyOf(
            tuple(AllOf(tuple(self._followed(one, read, steps - 1) for one in conditions_of(rule))) for rule in passing)
        )

    def _holds(self, test: Test) -> bool:
        return self.terms.truth(test, {}) is Truth.TRUE


def _tests(rule: Rule) -> list[Test]:
    return [test for condition in conditions_of(rule) for test in tests_of(condition)]


def _reads(test: Test, name: str) -> bool:
    return any(isinstance(one, FieldOf) and one.path == (name,) for one in expressions_of(test))


def _depends_on(rule: Rule, name: str) -> Condition:
    """Return the condition under which the outcome of a requirement depends on an unknown field.

    The outcome depends on the field if it changes when the tests of the field change between true and false.
    """
    action = rule.action
    assert isinstance(action, Require)
    met: list[Condition] = []
    for constant in (_TRUE, _FALSE):
        applies = _TRUE if rule.applies is None else _replaced(rule.applies, name, constant)
        met.append(AnyOf((Not(applies), _replaced(action.condition, name, constant))))
    return AnyOf((AllOf((met[0], Not(met[1]))), AllOf((Not(met[0]), met[1]))))


def _replaced(condition: Condition, name: str, constant: Condition) -> Condition:
    """Replace the tests of an unknown field by a constant; its `known` tests are false."""
    match condition:
        case AllOf(parts):
            return AllOf(tuple(_replaced(part, name, constant) for part in parts))
        case AnyOf(parts):
            return AnyOf(tuple(_replaced(part, name, constant) for part in parts))
        case Not(part):
            return Not(_replaced(part, name, constant))
        case _:
            if not _reads(condition, name):
                return condition
            return _FALSE if isinstance(condition, IsKnown) else constant


def _unresolved(rulebook: Rulebook, kind: str, name: str, witness: Witness, reader: Rule | None) -> Diagnostic:
    field = rulebook.kinds[kind].fields[name]
    facts = " and ".join(f"`{fact}` is {value}" for fact, value in witness.items())
    when = f" when {facts}" if facts else ""
    related = () if reader is None else (Related(f"`{reader.name}` reads it", reader.span),)
    return Diagnostic(
        "W009",
        f"no rule concludes `{name}` of `{kind}`{when}, and a case cannot state it, so it stays unknown",
        field.span,
        f"add a rule that concludes `{name}` there, or let a case state it with `may_be_given: yes`",
        related,
    )
