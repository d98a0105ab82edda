"""The network of reactions for the rules about one kind: two rails for each condition, pages for each height.

A node of a condition is known true or known false by reactions of their own; it is unknown when, after its page,
neither has concluded. So reactions grow linearly with the rulebook and none of them needs a negation.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from typing_extensions import assert_never

from rulewright.compile.chaining import holds_for, rules_waited_for, tested_field, tests_own_verdict
from rulewright.compile.pages import rulesets_of
from rulewright.compile.program import (
    FALSE,
    MAXIMUM_PARTS,
    TRUE,
    UNKNOWN,
    Inference,
    ObservedTest,
    PriorRule,
    Reaction,
)
from rulewright.model.conditions import (
    AllOf,
    AnyOf,
    Comparator,
    Comparison,
    Condition,
    FieldOf,
    IsGiven,
    IsKnown,
    Literal,
    Not,
    RuleOutcome,
    Test,
    tests_of,
)
from rulewright.model.outcomes import Outcome, Verdict
from rulewright.model.rulebook import Advise, Conclude, Field, Require, Rule, Rulebook
from rulewright.model.values import Known

#: What each outcome of a requirement says of "is it satisfied" and of "does it count as met", for the verdict.
SATISFIED = {Outcome.MET: TRUE, Outcome.NOT_APPLICABLE: TRUE, Outcome.VIOLATED: FALSE}
COUNTED = {Outcome.MET: TRUE, Outcome.NOT_APPLICABLE: FALSE, Outcome.VIOLATED: FALSE}

#: The value of a property.
Atom = tuple[str, str]


def satisfied_property(outcome_property: str) -> str:
    """The property that says whether a requirement is satisfied, for the property of its outcome."""
    return f"{outcome_property}s"


def counted_property(outcome_property: str) -> str:
    """The property that says whether a requirement is met and not just not applicable."""
    return f"{outcome_property}c"


def outcomes_of(rule: Rule) -> tuple[Outcome, Outcome]:
    """The outcome of a rule that applies whose condition holds, and of one whose condition does not."""
    match rule.action:
        case Require():
            return Outcome.MET, Outcome.VIOLATED
        case Conclude():
            return Outcome.CONCLUDED, Outcome.SILENT
        case Advise():
            return Outcome.ADVISED, Outcome.SILENT
        case _:
            assert_never(rule.action)


@dataclass(frozen=True, slots=True)
class _Signal:
    """A property read as a truth, perhaps negated, and the height at which it is known."""

    property: str
    height: int
    positive: bool = True

    def negated(self) -> _Signal:
        return _Signal(self.property, self.height, not self.positive)

    def is_(self, truth: bool) -> Atom:
        return (self.property, TRUE if truth == self.positive else FALSE)


@dataclass(frozen=True, slots=True)
class _Concluded:
    """A field that rules conclude: what says that it has each value, what has to be so that the values agree."""

    values: tuple[tuple[Known, Atom], ...]
    agreed: tuple[Atom, ...]
    height: int


@dataclass(slots=True)
class _Network:
    rulebook: Rulebook
    kind: str
    concluding: Mapping[tuple[str, str], tuple[Rule, ...]]
    #: The property of each rule's outcome, those of earlier levels too, and the height at which it is known.
    outcomes: dict[str, tuple[str, int]]
    #: The rules that count for the verdict, and the verdict's property with its height once it has been asked for.
    deciding: Sequence[str]
    decided: tuple[str, int] | None = None
    tests: dict[Test, _Signal] = field(default_factory=dict)
    observed: dict[tuple[Test, bool], str] = field(default_factory=dict)
    nodes: dict[tuple[bool, tuple[_Signal, ...]], _Signal] = field(default_factory=dict)
    fields: dict[str, _Concluded] = field(default_factory=dict)
    heights: dict[int, list[Reaction]] = field(default_factory=dict)
    names: int = 0

    def react(self, height: int, when: Iterable[Atom], then: Sequence[Atom]) -> None:
        self.heights.setdefault(height, []).append(Reaction(then[0][0], tuple(when), tuple(then)))

    def new_name(self, letter: str) -> str:
        self.names += 1
        return f"{letter}{self.names}"

    # --- conditions ---

    def signal(self, condition: Condition) -> _Signal:
        match condition:
            case Not(part):
                return self.signal(part).negated()
            case AllOf(parts):
                return self.join(True, [self.signal(part) for part in parts])
            case AnyOf(parts):
                return self.join(False, [self.signal(part) for part in parts])
            case _:
                if condition not in self.tests:
                    self.tests[condition] = self.test(condition)
                return self.tests[condition]

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
        node = _Signal(self.new_name("n"), 1 + max(signal.height for signal in signals))
        self.nodes[conjunction, signals] = node
        all_when = tuple(dict.fromkeys(signal.is_(conjunction) for signal in signals))
        if len({name for name, _ in all_when}) == len(all_when):  # a part and its own negation never hold together
            self.react(node.height, all_when, [node.is_(conjunction)])
        for signal in signals:
            self.react(node.height, (signal.is_(not conjunction),), [node.is_(not conjunction)])
        return node

    # --- tests ---

    def test(self, test: Test) -> _Signal:
        if not rules_waited_for(test, self.kind, self.rulebook, self.concluding):
            return _Signal(self.observe(test), 0)
        if isinstance(test, RuleOutcome):
            return self.outcome_test(test)
        if tests_own_verdict(test):
            return self.verdict_test(test)
        return self.field_test(test, self.field(str(tested_field(test))))

    def field(self, name: str) -> Field:
        return self.rulebook.kinds[self.kind].fields[name]

    def observe(self, test: Test, of_stated: bool = False) -> str:
        if (test, of_stated) not in self.observed:
            self.observed[test, of_stated] = self.new_name("t")
        return self.observed[test, of_stated]

    def outcome_test(self, test: RuleOutcome) -> _Signal:
        name, height = self.outcomes[test.rule]
        signal = _Signal(self.new_name("t"), height + 1)
        for outcome in (*outcomes_of(self.rulebook.rules[test.rule]), Outcome.NOT_APPLICABLE):
            self.react(signal.height, [(name, outcome.value)], [signal.is_(outcome.value == test.outcome)])
        return signal

    def verdict_test(self, test: Test) -> _Signal:
        """A test of the subject's own verdict; unknown while that needs information."""
        name, height = self.verdict()
        signal = _Signal(self.new_name("t"), height + 1)
        for verdict in Verdict:
            if verdict is not Verdict.NEEDS_INFORMATION:
                self.react(signal.height, [(name, verdict.value)], [signal.is_(holds_for(test, verdict.value))])
        return signal

    def field_test(self, test: Test, tested: Field) -> _Signal:
        concluded = self.concluded(tested)
        height = concluded.height + 1
        if isinstance(test, IsKnown):
            # known false is what is not known true once all has been concluded
            given = self.signal(IsGiven(test.operand))
            signal = _Signal(self.new_name("t"), given.height + 1)
            self.react(signal.height, [given.is_(True)], [signal.is_(True)])
            self.react(signal.height, [(given.property, UNKNOWN)], [signal.is_(False)])
            return signal
        signal = _Signal(self.new_name("t"), height)
        for value, has_value in concluded.values:
            self.react(height, [has_value, *concluded.agreed], [signal.is_(holds_for(test, value))])
        if tested.may_be_given:
            stated = _Signal(self.observe(test, of_stated=True), 0)
            for truth in (True, False):
                self.react(height, [stated.is_(truth), *concluded.agreed], [signal.is_(truth)])
        return signal

    # --- concluded fields ---

    def concluded(self, tested: Field) -> _Concluded:
        if tested.name not in self.fields:
            self.fields[tested.name] = self.new_concluded(tested)
        return self.fields[tested.name]

    def new_concluded(self, tested: Field) -> _Concluded:
        by_value: dict[Known, list[tuple[Atom, int]]] = {}
        for rule in self.concluding[self.kind, tested.name]:
            assert isinstance(rule.action, Conclude)
            outcome, height = self.outcomes[rule.name]
            has_value = ((outcome, Outcome.CONCLUDED.value), height)
            by_value.setdefault(rule.action.values[tested.name], []).append(has_value)
        values = {value: self.either(atoms) for value, atoms in by_value.items()}
        height = max(height for _, height in values.values())
        if len(values) == 1 and not tested.may_be_given:
            return _Concluded(tuple((value, atom) for value, (atom, _) in values.items()), (), height)
        clash = self.new_name("x")
        _, height = self.clashing(clash, list(values.values()))
        if tested.may_be_given:
            for value, (atom, known_at) in values.items():
                same = self.observe(Comparison(FieldOf((tested.name,)), Comparator.IS, Literal(value)), of_stated=True)
                self.react(known_at + 1, [atom, (same, FALSE)], [(clash, TRUE)])
            height = max(height, 1 + max(known_at for _, known_at in values.values()))
        return _Concluded(tuple((value, atom) for value, (atom, _) in values.items()), ((clash, UNKNOWN),), height)

    def either(self, atoms: Sequence[tuple[Atom, int]]) -> tuple[Atom, int]:
        """A property that is set where any of the others has its value, and the height at which that is known."""
        if len(atoms) == 1:
            return atoms[0]
        found = (self.new_name("d"), TRUE)
        height = 1 + max(known_at for _, known_at in atoms)
        for atom, _ in atoms:
            self.react(height, [atom], [found])
        return found, height

    def clashing(self, clash: str, atoms: Sequence[tuple[Atom, int]]) -> tuple[tuple[Atom, int], int]:
        """Set `clash` where two of these hold; give what says that any does, and the height at which all is known.

        One half is held against the other, and so on down: linear in the number of values, where pairs are not.
        """
        if len(atoms) == 1:
            return atoms[0], atoms[0][1]
        middle = len(atoms) // 2
        left, left_height = self.clashing(clash, atoms[:middle])
        right, right_height = self.clashing(clash, atoms[middle:])
        height = 1 + max(left[1], right[1])
        self.react(height, [left[0], right[0]], [(clash, TRUE)])
        return self.either([left, right]), max(height, left_height, right_height)

    # --- rules and verdicts ---

    def rule(self, rule: Rule, name: str) -> None:
        """Add the reactions of a rule whose outcome is to stand in the property `name`."""
        applies = None if rule.applies is None else self.signal(rule.applies)
        condition = rule.action.condition if isinstance(rule.action, Require) else rule.action.when
        own = None if condition is None else self.signal(condition)
        good, bad = outcomes_of(rule)
        height = 1 + max((signal.height for signal in (applies, own) if signal is not None), default=0)

        def comes_out(outcome: Outcome, *when: Atom | None) -> None:
            conditions = tuple(dict.fromkeys(item for item in when if item is not None))
            if len({prop for prop, _ in conditions}) < len(conditions):
                return  # it would need a property to have two values
            then = [(name, outcome.value)]
            if rule.decides:
                then += [
                    (satisfied_property(name), SATISFIED[outcome]),
                    (counted_property(name), COUNTED[outcome]),
                ]
            self.react(height, conditions, then)

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
        self.outcomes[rule.name] = (name, height)

    def verdict(self) -> tuple[str, int]:
        """The property of the verdict and the height at which it is known; its reactions are added when first asked."""
        if self.decided is not None:
            return self.decided
        outcomes = [self.outcomes[rule] for rule in self.deciding]
        satisfied = self.join(True, [_Signal(satisfied_property(name), height) for name, height in outcomes])
        counted = self.join(False, [_Signal(counted_property(name), height) for name, height in outcomes])
        height = 1 + max(satisfied.height, counted.height)
        for when, verdict in (
            ((satisfied.is_(False),), Verdict.NOT_READY),
            (((satisfied.property, UNKNOWN),), Verdict.NEEDS_INFORMATION),
            ((satisfied.is_(True), counted.is_(True)), Verdict.READY),
            ((satisfied.is_(True), counted.is_(False)), Verdict.NOT_APPLICABLE),
        ):
            self.react(height, when, [("v", verdict.value)])
        self.decided = ("v", height)
        return self.decided


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
    """The inference over these rules about a kind, each after those that it waits for.

    `prior` are the rules of earlier levels that these wait for or that count for the verdict; `deciding` are all rules
    that count for it, `is_decided` whether that is here.
    """
    prior_rules = tuple(PriorRule(rule, f"p{index}") for index, rule in enumerate(prior))
    network = _Network(rulebook, kind, concluding, {item.rule: (item.property, 0) for item in prior_rules}, deciding)
    for index, rule in enumerate(rules):
        network.rule(rule, f"r{index}")
    verdict = network.verdict()[0] if is_decided else None
    guards = _guards(rules, network)
    observed = [
        ObservedTest(prop, test, (None,) if of_stated else guards[test], of_stated)
        for (test, of_stated), prop in network.observed.items()
    ]
    # tests with the same guards stand together, so that each guard is asked once
    groups = {guards: number for number, guards in enumerate(dict.fromkeys(item.guards for item in observed))}
    return Inference(
        name,
        kind,
        tuple(sorted(observed, key=lambda item: groups[item.guards])),
        prior_rules,
        rulesets_of(name, network.heights),
        {rule.name: network.outcomes[rule.name][0] for rule in rules},
        {test: signal.property for test, signal in network.tests.items()},
        verdict,
    )


def _guards(rules: Sequence[Rule], network: _Network) -> dict[Test, tuple[Condition | None, ...]]:
    """Where each test matters: always in `applies`, else where one of the rules with it may apply.

    A guard that is not wholly observed is as good as none here; it only means some more situations.
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
