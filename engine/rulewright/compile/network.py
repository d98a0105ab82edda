"""The network of reactions for the rules about one kind: two rails for each condition, pages for each height.

A node of a condition is known true or known false by reactions of their own; it is unknown when, after its page,
neither has concluded. So reactions grow linearly with the rulebook and none of them needs a negation.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from rulewright.compile.program import (
    FALSE,
    MAXIMUM_PARTS,
    MAXIMUM_PROPERTIES_PER_PAGE,
    MAXIMUM_REACTIONS_PER_PAGE,
    MAXIMUM_REACTIONS_PER_RULESET,
    TRUE,
    UNKNOWN,
    Inference,
    ObservedTest,
    Page,
    PriorRule,
    Reaction,
    Ruleset,
)
from rulewright.model.conditions import AllOf, AnyOf, Condition, Not, Test, tests_of
from rulewright.model.outcomes import Outcome, Verdict
from rulewright.model.rulebook import Advise, Conclude, Require, Rule

#: What each outcome of a requirement says of "is it satisfied" and of "does it count as met", for the verdict.
SATISFIED = {Outcome.MET: TRUE, Outcome.NOT_APPLICABLE: TRUE, Outcome.VIOLATED: FALSE}
COUNTED = {Outcome.MET: TRUE, Outcome.NOT_APPLICABLE: FALSE, Outcome.VIOLATED: FALSE}


def satisfied_property(outcome_property: str) -> str:
    """The property that says whether a requirement is satisfied, for the property of its outcome."""
    return f"{outcome_property}s"


def counted_property(outcome_property: str) -> str:
    """The property that says whether a requirement is met and not just not applicable."""
    return f"{outcome_property}c"


@dataclass(frozen=True, slots=True)
class _Signal:
    """A property read as a truth, perhaps negated, and the height at which it is known."""

    property: str
    height: int
    positive: bool = True

    def negated(self) -> _Signal:
        return _Signal(self.property, self.height, not self.positive)

    def is_(self, truth: bool) -> tuple[str, str]:
        return (self.property, TRUE if truth == self.positive else FALSE)


@dataclass(slots=True)
class _Network:
    tests: dict[Test, str] = field(default_factory=dict)
    nodes: dict[tuple[bool, tuple[_Signal, ...]], _Signal] = field(default_factory=dict)
    heights: dict[int, list[Reaction]] = field(default_factory=dict)

    def signal(self, condition: Condition) -> _Signal:
        match condition:
            case Not(part):
                return self.signal(part).negated()
            case AllOf(parts):
                return self.join(True, [self.signal(part) for part in parts])
            case AnyOf(parts):
                return self.join(False, [self.signal(part) for part in parts])
            case _:
                return _Signal(self.tests.setdefault(condition, f"t{len(self.tests)}"), 0)

    def join(self, conjunction: bool, parts: Iterable[_Signal]) -> _Signal:
        signals = tuple(dict.fromkeys(parts))
        if len(signals) == 1:
            return signals[0]
        if len(signals) > MAXIMUM_PARTS:
            size = max(2, min(MAXIMUM_PARTS, -(-len(signals) // MAXIMUM_PARTS)))
            return self.join(
                conjunction,
                [self.join(conjunction, signals[start : start + size]) for start in range(0, len(signals), size)],
            )
        known = self.nodes.get((conjunction, signals))
        if known is not None:
            return known
        node = _Signal(f"n{len(self.nodes)}", 1 + max(signal.height for signal in signals))
        self.nodes[conjunction, signals] = node
        all_when = tuple(dict.fromkeys(signal.is_(conjunction) for signal in signals))
        if len({name for name, _ in all_when}) == len(all_when):  # a part and its own negation never hold together
            self.react(node.height, node.property, all_when, [node.is_(conjunction)])
        for signal in signals:
            self.react(node.height, node.property, (signal.is_(not conjunction),), [node.is_(not conjunction)])
        return node

    def react(self, height: int, name: str, when: tuple[tuple[str, str], ...], then: Sequence[tuple[str, str]]) -> None:
        self.heights.setdefault(height, []).append(Reaction(name, when, tuple(then)))

    def rule(self, rule: Rule, name: str) -> int:
        """Add the reactions of a rule whose outcome is to stand in the property `name`; give its height."""
        applies = None if rule.applies is None else self.signal(rule.applies)
        match rule.action:
            case Require(condition):
                own: _Signal | None = self.signal(condition)
                good, bad = Outcome.MET, Outcome.VIOLATED
            case Conclude(when):
                own = None if when is None else self.signal(when)
                good, bad = Outcome.CONCLUDED, Outcome.SILENT
            case Advise(when):
                own = None if when is None else self.signal(when)
                good, bad = Outcome.ADVISED, Outcome.SILENT
        height = 1 + max((signal.height for signal in (applies, own) if signal is not None), default=0)

        def comes_out(outcome: Outcome, *when: tuple[str, str] | None) -> None:
            conditions = tuple(dict.fromkeys(item for item in when if item is not None))
            if len({prop for prop, _ in conditions}) < len(conditions):
                return  # it would need a property to have two values
            then = [(name, outcome.value)]
            if rule.decides:
                then += [
                    (satisfied_property(name), SATISFIED[outcome]),
                    (counted_property(name), COUNTED[outcome]),
                ]
            self.react(height, name, conditions, then)

        holds = None if applies is None else applies.is_(True)
        if applies is not None:
            comes_out(Outcome.NOT_APPLICABLE, applies.is_(False))
        yes = None if own is None else own.is_(True)
        no = None if own is None else own.is_(False)
        comes_out(good, holds, yes)
        if isinstance(rule.action, Require):
            if applies is not None and yes is not None:
                comes_out(good, (applies.property, UNKNOWN), yes)
            comes_out(bad, holds, no)
        elif no is not None:
            comes_out(bad, holds, no)
            if applies is not None:
                comes_out(bad, (applies.property, UNKNOWN), no)
        return height

    def verdict(self, outcomes: Sequence[tuple[str, int]]) -> str:
        """Add the reactions of a verdict over the outcome properties of requirements, each with its height."""
        satisfied = self.join(True, [_Signal(satisfied_property(name), height) for name, height in outcomes])
        counted = self.join(False, [_Signal(counted_property(name), height) for name, height in outcomes])
        height = 1 + max(satisfied.height, counted.height)
        for when, verdict in (
            ((satisfied.is_(False),), Verdict.NOT_READY),
            (((satisfied.property, UNKNOWN),), Verdict.NEEDS_INFORMATION),
            ((satisfied.is_(True), counted.is_(True)), Verdict.READY),
            ((satisfied.is_(True), counted.is_(False)), Verdict.NOT_APPLICABLE),
        ):
            self.react(height, "v", when, [("v", verdict.value)])
        return "v"


def build_inference(
    name: str, kind: str, rules: Sequence[Rule], prior: Sequence[str], decides: Sequence[str] | None
) -> Inference:
    """The inference over these rules about a kind.

    `prior` are the rules of earlier levels whose outcomes count for the verdict; `decides` are all rules that count for
    it, none where the verdict is not decided here.
    """
    network = _Network()
    properties = {rule.name: f"r{index}" for index, rule in enumerate(rules)}
    prior_rules = tuple(PriorRule(rule, f"p{index}") for index, rule in enumerate(prior))
    heights = {rule.name: network.rule(rule, properties[rule.name]) for rule in rules}
    verdict = None
    if decides:
        all_properties = {**{item.rule: item.property for item in prior_rules}, **properties}
        verdict = network.verdict([(all_properties[rule], heights.get(rule, 0)) for rule in decides])
    guards = _guards(rules)
    tests = tuple(ObservedTest(prop, test, guards[test]) for test, prop in network.tests.items())
    return Inference(name, kind, tests, prior_rules, _rulesets(name, network.heights), properties, verdict)


def _guards(rules: Sequence[Rule]) -> dict[Test, tuple[Condition | None, ...]]:
    """Where each test matters: always in `applies`, else where one of the rules with it may apply."""
    guards: dict[Test, dict[Condition | None, None]] = {}
    for rule in rules:
        own = rule.action.condition if isinstance(rule.action, Require) else rule.action.when
        for test in tests_of(own):
            guards.setdefault(test, {})[rule.applies] = None
        for test in tests_of(rule.applies):
            guards.setdefault(test, {})[None] = None
    return {test: (None,) if None in found else tuple(found) for test, found in guards.items()}


def _rulesets(name: str, heights: dict[int, list[Reaction]]) -> tuple[Ruleset, ...]:
    pages: list[Page] = []
    for height in sorted(heights):
        chosen: list[Reaction] = []
        properties: dict[str, None] = {}
        for reaction in heights[height]:
            more = [prop for prop, _ in reaction.when if prop not in properties]
            full = len(chosen) >= MAXIMUM_REACTIONS_PER_PAGE
            if chosen and (full or len(properties) + len(more) > MAXIMUM_PROPERTIES_PER_PAGE):
                pages.append(Page(f"page{len(pages)}", tuple(properties), tuple(chosen)))
                chosen, properties = [], {}
                more = [prop for prop, _ in reaction.when]
            chosen.append(reaction)
            properties.update(dict.fromkeys(more))
        pages.append(Page(f"page{len(pages)}", tuple(properties), tuple(chosen)))
    rulesets: list[Ruleset] = []
    group: list[Page] = []
    for page in pages:
        size = sum(len(other.reactions) for other in group)
        if group and size + len(page.reactions) > MAXIMUM_REACTIONS_PER_RULESET:
            rulesets.append(Ruleset(f"{name}-{len(rulesets)}", tuple(group)))
            group = []
        group.append(page)
    if group:
        rulesets.append(Ruleset(f"{name}-{len(rulesets)}", tuple(group)))
    return tuple(rulesets)
