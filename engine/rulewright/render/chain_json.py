"""The chain from facts to a verdict as JSON: what is not there is none, false or empty."""

from __future__ import annotations

from collections.abc import Mapping

from typing_extensions import assert_never

from rulewright.model.chain import (
    Chain,
    Needed,
    OutcomeReached,
    SeenAll,
    SeenAny,
    SeenArithmetic,
    SeenComparison,
    SeenCondition,
    SeenCount,
    SeenDate,
    SeenExpression,
    SeenFact,
    SeenField,
    SeenLiteral,
    SeenMembership,
    SeenNot,
    SeenNotCovered,
    SeenOutcome,
    SeenParameter,
    SeenPresence,
    SeenQuantifier,
    SeenRelated,
    SeenSum,
    SeenTest,
    ValueReached,
)
from rulewright.model.values import Absent, Known, Value
from rulewright.render.arrange import place
from rulewright.render.json_values import TRUTHS, Json, json_value


def chain_json(chain: Chain) -> Mapping[str, Json]:
    """The chain; whatever points to something does so by its place in one of these lists, counted from 0.

    A parameter is pointed to by its name.
    """
    return _Writing().chain(chain)


class _Writing:
    """A chain in the making, with the parameters that it has come across."""

    def __init__(self) -> None:
        self.parameters: dict[str, Json] = {}

    def chain(self, chain: Chain) -> Mapping[str, Json]:
        """All of it."""
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
        """How a rule came out."""
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
        """A value with what it comes from."""
        written: dict[str, Json] = {"kind": one.kind, "ref": one.ref, "field": one.field, **_seen(one.value)}
        if one.stated:
            written["stated"] = True
        at = place(one.at)
        if at is not None:
            written["at"] = at
        if one.computed is not None:
            written["computed"] = self.expression(one.computed)
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

    def condition(self, seen: SeenCondition) -> Mapping[str, Json]:
        """A condition, with its parts."""
        match seen:
            case SeenAll(truth, parts):
                return {"all": [self.condition(part) for part in parts], "truth": TRUTHS[truth]}
            case SeenAny(truth, parts):
                return {"any": [self.condition(part) for part in parts], "truth": TRUTHS[truth]}
            case SeenNot(truth, part):
                return {"not": self.condition(part), "truth": TRUTHS[truth]}
            case _:
                written = {"test": seen.words, "truth": TRUTHS[seen.truth], **self.test(seen)}
                if not isinstance(seen, SeenNotCovered) and seen.needed is not None:
                    written["needed"] = self.needed(seen.needed)
                return written

    def test(self, seen: SeenTest) -> dict[str, Json]:
        """What a test compares."""
        match seen:
            case SeenComparison(left=left, comparator=comparator, right=right, ignore_case=ignore_case):
                written: dict[str, Json] = {"left": self.expression(left), comparator.key: self.expression(right)}
                return {**written, "ignore_case": True} if ignore_case else written
            case SeenMembership(left=left, options=options, ignore_case=ignore_case):
                listed = self.expression(options) if isinstance(options, SeenParameter) else _list(options)
                written = {"left": self.expression(left), "in": listed}
                return {**written, "ignore_case": True} if ignore_case else written
            case SeenPresence(test=test, operand=operand):
                return {"left": self.expression(operand), test: True}
            case SeenQuantifier(every=every, related=related):
                return {"every" if every else "some": self.related(related)}
            case SeenOutcome(rule=rule, outcome=outcome, came_out=came_out):
                return {"outcome": {"rule": rule, "is": outcome, "see": came_out}}
            case SeenNotCovered(covered_by=covered_by):
                return {"not_covered": True, "covered_by": None if covered_by is None else covered_by.isoformat()}
            case _:
                assert_never(seen)

    def needed(self, needed: Needed) -> Mapping[str, Json]:
        """What would satisfy a test."""
        if needed.operator is None:
            return {"words": needed.words}
        if needed.parameter is not None:
            return {"words": needed.words, "operator": needed.operator, "parameter": needed.parameter}
        return {"words": needed.words, "operator": needed.operator, "values": _list(needed.values)}

    def expression(self, seen: SeenExpression) -> Mapping[str, Json]:
        """An expression with its value."""
        match seen:
            case SeenLiteral(value):
                return {"literal": json_value(value)}
            case SeenField(path, value, steps, verdict):
                written: dict[str, Json] = {"field": ".".join(path), **_seen(value), "see": steps}
                return written if verdict is None else {**written, "verdict": verdict}
            case SeenParameter(name, value, since):
                began: dict[str, Json] = {} if since is None else {"since": since.isoformat()}
                shown: dict[str, Json] = {"value": _list(value)} if isinstance(value, tuple) else _seen(value)
                self.parameters[name] = {**shown, **began}
                return {"parameter": name}
            case SeenDate(value):
                return {"as_of": value.isoformat()}
            case SeenArithmetic(operation, parts, value):
                return {operation.key: [self.expression(part) for part in parts], **_seen(value)}
            case SeenCount(related, least, most, value):
                return {"count": self.related(related), "least": least, "most": most, **_seen(value)}
            case SeenSum(field, related, value):
                return {"sum": field, **self.related(related), **_seen(value)}
            case _:
                assert_never(seen)

    def related(self, seen: SeenRelated) -> Mapping[str, Json]:
        """Related facts, one by one."""
        written: dict[str, Json] = {"of": seen.of, "through": seen.through}
        if not seen.listed:
            return {**written, "listed": False}
        return {**written, "facts": [self.fact(fact) for fact in seen.facts], "elsewhere": seen.elsewhere}

    def fact(self, fact: SeenFact) -> Mapping[str, Json]:
        """A related fact."""
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


def _seen(value: Value) -> dict[str, Json]:
    written: dict[str, Json] = {"value": json_value(value)}
    if isinstance(value, Absent):
        written["absent"] = value.value
    return written


def _list(values: tuple[Known, ...]) -> Json:
    return [json_value(value) for value in values]
