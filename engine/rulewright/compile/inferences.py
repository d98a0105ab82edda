"""The inference for the rules about one kind at one level: its observed tests, and its reactions in partitions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from rulewright.compile.network import Network
from rulewright.compile.partitions import partition_reactions
from rulewright.compile.program import Inference, ObservedTest, PriorRule
from rulewright.compile.pruning import prune
from rulewright.model.conditions import AllOf, AnyOf, Condition, Not, Test, tests_of
from rulewright.model.dependencies import conditions_of
from rulewright.model.rulebook import Require, Rule, Rulebook


def build_inference(
    name: str,
    kind: str,
    rules: Sequence[Rule],
    prior: Sequence[str],
    deciding: Sequence[str],
    is_decided: bool,
    rulebook: Rulebook,
    concluding: Mapping[tuple[str, str], tuple[Rule, ...]],
) -> Inference:
    """Build the inference for rules about a kind, each of which comes after its dependencies.

    `prior` are the rules of earlier levels that these rules depend on or that count for the verdict. `deciding` are all
    rules that count for the verdict, and `is_decided` is true if this inference decides it.
    """
    prior_rules = tuple(PriorRule(rule, f"p{index}") for index, rule in enumerate(prior))
    outcomes = {item.rule: item.property for item in prior_rules}
    uses = Counter(part for rule in rules for condition in conditions_of(rule) for part in _compound(condition))
    network = Network(rulebook, kind, concluding, outcomes, frozenset(outcomes.values()), deciding, uses)
    for index, rule in enumerate(rules):
        network.rule(rule, f"r{index}")
    verdict = network.verdict() if is_decided else None
    guards = _guards(rules, network)
    observed = [
        ObservedTest(prop, test, (None,) if of_stated else guards[test], of_stated)
        for (test, of_stated), prop in network.observed.items()
    ]
    # tests with equal guards are adjacent, so that each guard is evaluated once
    groups = {guards: number for number, guards in enumerate(dict.fromkeys(item.guards for item in observed))}
    inferred = {rule.name: network.outcomes[rule.name] for rule in rules}
    truths = {test: signal.property for test, signal in network.tests.items() if test in guards}
    results = {*inferred.values(), *truths.values(), *(() if verdict is None else (verdict,))}
    given = {*network.prior, *network.observed.values()}
    return Inference(
        name,
        kind,
        tuple(sorted(observed, key=lambda item: groups[item.guards])),
        prior_rules,
        partition_reactions(name, prune(network.heights, given, results)),
        inferred,
        truths,
        verdict,
    )


def _compound(condition: Condition) -> Iterator[Condition]:
    """Yield the conjunctions and disjunctions in a condition."""
    match condition:
        case Not(part):
            yield from _compound(part)
        case AllOf(parts) | AnyOf(parts):
            yield condition
            for part in parts:
                yield from _compound(part)
        case _:
            return


def _guards(rules: Sequence[Rule], network: Network) -> dict[Test, tuple[Condition | None, ...]]:
    """Return the guards of each test: None if it always matters, else `applies` of each rule that uses it.

    A guard with a test that is not observed counts as None. This only adds some situations.
    """
    guards: dict[Test, dict[Condition | None, None]] = {}
    for rule in rules:
        own = rule.action.condition if isinstance(rule.action, Require) else rule.action.when
        is_observed = all((test, False) in network.observed for test in tests_of(rule.applies))
        for test in tests_of(own):
            guards.setdefault(test, {})[rule.applies if is_observed else None] = None
        for test in tests_of(rule.applies):
            guards.setdefault(test, {})[None] = None
    return {test: (None,) if None in found else tuple(found) for test, found in guards.items()}
