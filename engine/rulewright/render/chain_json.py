"""Chain from facts to a verdict as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from typing_extensions import assert_never

from rulewright.json_values import TRUTHS, Json, json_value
from rulewright.model.chain import (
    Chain,
    Derivation,
    Needed,
    OutcomeReached,
    RelatedFact,
    RelatedList,
    ValueReached,
)
from rulewright.model.conditions import (
    AllOf,
    AllRelated,
    AnyOf,
    AnyRelated,
    Arithmetic,
    AsOf,
    Comparison,
    CountOf,
    FieldOf,
    IsGiven,
    IsKnown,
    Literal,
    Membership,
    Not,
    NotCovered,
    ParameterOf,
    RuleOutcome,
    SumOf,
)
from rulewright.model.values import Absent, Known, Value
from rulewright.render.arrange import place


def chain_json(chain: Chain) -> Mapping[str, Json]:
    """Return a chain as JSON. References are positions in its lists, counted from 0.

    A reference to a parameter is its name.
    """
    return _Writing().chain(chain)


class _Writing:
    """Writes one chain, and collects the parameters that it uses."""

    def __init__(self) -> None:
        self.parameters: dict[str, Json] = {}

    def chain(self, chain: Chain) -> Mapping[str, Json]:
        """Return the chain with all its lists."""
        written: dict[str, Json] = {
            "verdicts": [
                {"kind": one.kind, "ref": one.ref, "verdict": one.verdict.value, "outcomes": one.outcomes}
                for one in chain.verdicts
            ],
            "outcomes": [self.outcome(one) for one in chain.outcomes],
            "values": [self.value(one) for one in chain.values],
            "conditions": [
                {"kind": one.kind, "ref": one.ref, **self.condition(one.condition)} for one in chain.conditions
            ],
        }
        return {**written, "parameters": self.parameters}

    def outcome(self, one: OutcomeReached) -> Mapping[str, Json]:
        """Return the outcome of a rule."""
        written: dict[str, Json] = {
            "rule": one.rule,
            "kind": one.kind,
            "ref": one.ref,
            "does": one.verb,
            "outcome": one.outcome.value,
        }
        if one.applies is not None:
            written["applies"] = self.condition(one.applies)
        if one.condition is not None:
            written["require" if one.verb == "require" else "when"] = self.condition(one.condition)
        if one.concludes:
            written["concludes"] = {name: json_value(value) for name, value in one.concludes.items()}
        return written

    def value(self, one: ValueReached) -> Mapping[str, Json]:
        """Return a value with its origin."""
        written: dict[str, Json] = {"kind": one.kind, "ref": one.ref, "field": one.field, **_value(one.value)}
        if one.stated:
            written["stated"] = True
        at = place(one.at)
        if at is not None:
            written["at"] = at
        if one.computed is not None:
            written["computed"] = self.condition(one.computed)
        if one.cell is not None:
            written["cell"] = {
                "table": one.cell.table,
                "row": one.cell.row,
                "by": one.cell.by,
                **({} if one.cell.since is None else {"since": one.cell.since.isoformat()}),
            }
        if one.concluded_by:
            written["concluded_by"] = one.concluded_by
        if one.others:
            written["not_concluded_by"] = one.others
        return written

    def condition(self, derived: Derivation) -> Mapping[str, Json]:
        """Return a condition with its truth, or an expression with its value; both with their parts."""
        parts = [self.condition(part) for part in derived.parts]
        match derived.node:
            case AllOf():
                return {"all": parts, "truth": TRUTHS[derived.truth]}
            case AnyOf():
                return {"any": parts, "truth": TRUTHS[derived.truth]}
            case Not():
                return {"not": parts[0], "truth": TRUTHS[derived.truth]}
            case Comparison(comparator=comparator, ignore_case=ignore_case):
                return self.test(derived, {"left": parts[0], comparator.key: parts[1]}, ignore_case)
            case Membership(options=options, ignore_case=ignore_case):
                listed = parts[1] if isinstance(options, ParameterOf) else _list(option.value for option in options)
                return self.test(derived, {"left": parts[0], "in": listed}, ignore_case)
            case IsGiven():
                return self.test(derived, {"left": parts[0], "given": True})
            case IsKnown():
                return self.test(derived, {"left": parts[0], "known": True})
            case AnyRelated():
                return self.test(derived, {"some": self.related(derived.related_facts)})
            case AllRelated():
                return self.test(derived, {"every": self.related(derived.related_facts)})
            case RuleOutcome(rule, outcome):
                return self.test(derived, {"outcome": {"rule": rule, "is": outcome, "see": derived.reached}})
            case NotCovered(_, covered_by):
                covering = None if covered_by is None else covered_by.isoformat()
                return self.test(derived, {"not_covered": True, "covered_by": covering})
            case Literal(value):
                return {"literal": json_value(value)}
            case FieldOf(path):
                written: dict[str, Json] = {"field": ".".join(path), **_value(derived.value), "see": derived.steps}
                return written if derived.reached is None else {**written, "verdict": derived.reached}
            case ParameterOf(name):
                return self.parameter(name, derived)
            case AsOf():
                return {"as_of": json_value(derived.value)}
            case Arithmetic(operation):
                return {operation.key: parts, **_value(derived.value)}
            case CountOf():
                least, most = derived.bounds or (0, None)
                related = self.related(derived.related_facts)
                return {"count": related, "least": least, "most": most, **_value(derived.value)}
            case SumOf(of_field):
                return {"sum": of_field, **self.related(derived.related_facts), **_value(derived.value)}
            case _:
                assert_never(derived.node)

    def test(self, derived: Derivation, compared: dict[str, Json], ignore_case: bool = False) -> Mapping[str, Json]:
        """Return a test with the values it compares."""
        written: dict[str, Json] = {"test": derived.words, "truth": TRUTHS[derived.truth], **compared}
        if ignore_case:
            written["ignore_case"] = True
        if derived.needed is not None:
            written["needed"] = self.needed(derived.needed)
        return written

    def parameter(self, name: str, derived: Derivation) -> Mapping[str, Json]:
        """Return a reference to a parameter, and add the parameter to the list."""
        values = derived.result
        shown: dict[str, Json] = {"value": _list(values)} if isinstance(values, tuple) else _value(derived.value)
        began: dict[str, Json] = {} if derived.since is None else {"since": derived.since.isoformat()}
        self.parameters[name] = {**shown, **began}
        return {"parameter": name}

    def needed(self, needed: Needed) -> Mapping[str, Json]:
        """Return the values that would satisfy a test."""
        if needed.operator is None:
            return {"words": needed.words}
        if needed.parameter is not None:
            return {"words": needed.words, "operator": needed.operator, "parameter": needed.parameter}
        return {"words": needed.words, "operator": needed.operator, "values": _list(needed.values)}

    def related(self, found: RelatedList) -> Mapping[str, Json]:
        """Return the related facts of a condition or an expression."""
        written: dict[str, Json] = {"of": found.of, "through": found.through}
        if not found.listed:
            return {**written, "listed": False}
        return {**written, "facts": [self.fact(fact) for fact in found.facts], "elsewhere": found.elsewhere}

    def fact(self, fact: RelatedFact) -> Mapping[str, Json]:
        """Return a related fact."""
        written: dict[str, Json] = {
            "ref": fact.ref,
            "refers": TRUTHS[fact.refers],
            "counts": TRUTHS[fact.counts],
            "see": fact.reference,
        }
        if fact.meets is not None:
            written["condition"] = fact.meets
        if fact.summed is not None:
            written["summed"] = fact.summed
        return written


def _value(value: Value) -> dict[str, Json]:
    written: dict[str, Json] = {"value": json_value(value)}
    if isinstance(value, Absent):
        written["absent"] = value.value
    return written


def _list(values: Iterable[Known]) -> Json:
    return [json_value(value) for value in values]
