"""The network of reactions for the rules about one kind: two rails for each condition, pages for each height.

What makes a condition true and what makes it false are conjunctions, a rail each; it is unknown where neither has any
that holds. A small condition that is read once is part of the reactions that read it. Any other is a node: a property
with reactions of its own, unknown when, after its page, neither rail has concluded. So reactions grow linearly with the
rulebook and none of them needs a negation.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from math import prod

from typing_extensions import assert_never

from rulewright.compile.chaining import holds_for, rules_waited_for, tested_field, tests_own_verdict
from rulewright.compile.program import (
    FALSE,
    MAXIMUM_PARTS,
    PROPERTIES_PER_PAGE,
    TRUE,
    UNKNOWN,
    Atom,
    Reaction,
)
from rulewright.language.operators import equality
from rulewright.model.conditions import (
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    FieldOf,
    IsGiven,
    IsKnown,
    Literal,
    Not,
    RuleOutcome,
    Test,
)
from rulewright.model.outcomes import OUTCOME_LETTERS, Outcome, Verdict
from rulewright.model.rulebook import Advise, Conclude, Field, Require, Rule, Rulebook
from rulewright.model.values import Known

#: Conjunctions of which any makes something so.
Ways = tuple[tuple[Atom, ...], ...]

#: The verdict, and what it is made of: that some requirement is violated, that some is met.
_VERDICT, _SOME_VIOLATED, _SOME_MET = "v", "vv", "vm"
#: So many requirements are taken together for the verdict, which reads two properties besides.
_TOGETHER = PROPERTIES_PER_PAGE - 2


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
    """A property read as a truth, perhaps negated."""

    property: str
    positive: bool = True

    def negated(self) -> _Signal:
        return _Signal(self.property, not self.positive)

    def is_(self, truth: bool) -> Atom:
        return (self.property, TRUE if truth == self.positive else FALSE)


@dataclass(frozen=True, slots=True)
class _Concluded:
    """A field that rules conclude: what says that it has each value, what has to be so that the values agree."""

    values: tuple[tuple[Known, Atom], ...]
    agreed: tuple[Atom, ...]


@dataclass(slots=True)
class Network:
    """The reactions for rules about one kind, which are added rule by rule, each after those that it waits for."""

    rulebook: Rulebook
    kind: str
    concluding: Mapping[tuple[str, str], tuple[Rule, ...]]
    #: The property of each rule's outcome; those of rules of earlier levels are in `prior`.
    outcomes: dict[str, str]
    prior: frozenset[str]
    #: The rules that count for the verdict.
    deciding: Sequence[str]
    #: How often each condition is read.
    uses: Mapping[Condition, int]
    tests: dict[Test, _Signal] = field(default_factory=dict)
    observed: dict[tuple[Test, bool], str] = field(default_factory=dict)
    small: dict[Condition, bool] = field(default_factory=dict)
    nodes: dict[Condition, _Signal] = field(default_factory=dict)
    fields: dict[str, _Concluded] = field(default_factory=dict)
    heights: dict[int, list[Reaction]] = field(default_factory=dict)
    #: The height at which all is known of a property; left out where that is 0.
    known_at: dict[str, int] = field(default_factory=dict)
    is_decided: bool = False
    names: int = 0

    def react(self, when: Iterable[Atom], then: Sequence[Atom]) -> None:
        """Add a reaction; all of those that set what it reads are there already."""
        atoms = tuple(dict.fromkeys(when))
        if len({name for name, _ in atoms}) < len(atoms):
            return  # it would need a property to have two values
        height = 1 + max((self.known_at.get(name, 0) for name, _ in atoms), default=0)
        self.heights.setdefault(height, []).append(Reaction(then[0][0], atoms, tuple(then)))
        for name, _ in then:
            self.known_at[name] = max(height, self.known_at.get(name, 0))

    def new_name(self, letter: str) -> str:
        """A property that nothing else is called."""
        self.names += 1
        return f"{letter}{self.names}"

    # --- conditions ---

    def ways(self, condition: Condition, truth: bool) -> Ways:
        """What makes a condition true, or what makes it false."""
        match condition:
            case Not(part):
                return self.ways(part, not truth)
            case AllOf() | AnyOf() if self.uses[condition] == 1 and self.is_small(condition):
                return self.ways_of_parts(condition, truth)
            case _:
                return ((self.signal(condition).is_(truth),),)

    def ways_of_parts(self, condition: AllOf | AnyOf, truth: bool) -> Ways:
        """The same, by what makes its parts so."""
        each = [self.ways(part, truth) for part in condition.parts]
        if truth == isinstance(condition, AllOf):
            return tuple(tuple(atom for way in ways for atom in way) for ways in product(*each))
        return tuple(way for ways in each for way in ways)

    def is_small(self, condition: AllOf | AnyOf) -> bool:
        """Whether there are few ways for a condition to be true or false, and few properties that say so."""
        if condition not in self.small:
            shapes = [self.shape(part) for part in condition.parts]
            self.small[condition] = max(_shape(condition, shapes)) <= MAXIMUM_PARTS
        return self.small[condition]

    def shape(self, condition: Condition) -> tuple[int, int, int]:
        """In how many ways a condition becomes true, in how many false, and how many properties say so."""
        match condition:
            case Not(part):
                true, false, properties = self.shape(part)
                return false, true, properties
            case AllOf(parts) | AnyOf(parts) if self.uses[condition] == 1 and self.is_small(condition):
                return _shape(condition, [self.shape(part) for part in parts])
            case _:
                return 1, 1, 1

    def signal(self, condition: Condition) -> _Signal:
        """The property that says whether a condition holds."""
        match condition:
            case Not(part):
                return self.signal(part).negated()
            case AllOf(parts) | AnyOf(parts):
                if condition not in self.nodes:
                    self.nodes[condition] = (
                        self.node(self.ways_of_parts(condition, True), self.ways_of_parts(condition, False))
                        if self.is_small(condition)
                        else self.join(isinstance(condition, AllOf), [self.signal(part) for part in parts])
                    )
                return self.nodes[condition]
            case _:
                if condition not in self.tests:
                    self.tests[condition] = self.test(condition)
                return self.tests[condition]

    def node(self, true: Ways, false: Ways) -> _Signal:
        """A property that is true, and false, in these ways."""
        node = _Signal(self.new_name("n"))
        for truth, ways in ((True, true), (False, false)):
            for way in ways:
                self.react(way, [node.is_(truth)])
        return node

    def join(self, conjunction: bool, parts: Iterable[_Signal]) -> _Signal:
        """Whether all of these hold, or whether any does."""
        signals = tuple(dict.fromkeys(parts))
        if len(signals) == 1:
            return signals[0]
        if len(signals) > MAXIMUM_PARTS:
            starts = range(0, len(signals), MAXIMUM_PARTS)
            some = [self.join(conjunction, signals[start : start + MAXIMUM_PARTS]) for start in starts]
            return self.join(conjunction, some)
        together = (tuple(signal.is_(conjunction) for signal in signals),)
        each = tuple((signal.is_(not conjunction),) for signal in signals)
        return self.node(together, each) if conjunction else self.node(each, together)

    # --- tests ---

    def test(self, test: Test) -> _Signal:
        """The property that says whether a test holds: observed, or concluded from what the test waits for."""
        if not rules_waited_for(test, self.kind, self.rulebook, self.concluding):
            return _Signal(self.observe(test))
        if isinstance(test, RuleOutcome):
            return self.outcome_test(test)
        if tests_own_verdict(test):
            return self.verdict_test(test)
        return self.field_test(test, self.field(str(tested_field(test))))

    def field(self, name: str) -> Field:
        """A field of the kind."""
        return self.rulebook.kinds[self.kind].fields[name]

    def observe(self, test: Test, of_stated: bool = False) -> str:
        """The property of a test that is observed."""
        if (test, of_stated) not in self.observed:
            self.observed[test, of_stated] = self.new_name("t")
        return self.observed[test, of_stated]

    def outcome_test(self, test: RuleOutcome) -> _Signal:
        """A test of how another rule came out; unknown while that is."""
        name = self.outcomes[test.rule]
        signal = _Signal(self.new_name("t"))
        for outcome in (*outcomes_of(self.rulebook.rules[test.rule]), Outcome.NOT_APPLICABLE):
            self.react([(name, OUTCOME_LETTERS[outcome])], [signal.is_(outcome.value == test.outcome)])
        return signal

    def verdict_test(self, test: Test) -> _Signal:
        """A test of the subject's own verdict; unknown while that needs information."""
        name = self.verdict()
        signal = _Signal(self.new_name("t"))
        for verdict in Verdict:
            if verdict is not Verdict.NEEDS_INFORMATION:
                self.react([(name, verdict.value)], [signal.is_(holds_for(test, verdict.value))])
        return signal

    def field_test(self, test: Test, tested: Field) -> _Signal:
        """A test of a field that rules conclude; unknown while nothing is concluded, and where that disagrees."""
        concluded = self.concluded(tested)
        if isinstance(test, IsKnown):
            # known false is what is not known true once all has been concluded
            given = self.signal(IsGiven(test.operand))
            signal = _Signal(self.new_name("t"))
            self.react([given.is_(True)], [signal.is_(True)])
            self.react([(given.property, UNKNOWN)], [signal.is_(False)])
            return signal
        signal = _Signal(self.new_name("t"))
        for value, has_value in concluded.values:
            self.react([has_value, *concluded.agreed], [signal.is_(holds_for(test, value))])
        if tested.may_be_given:
            stated = _Signal(self.observe(test, of_stated=True))
            for truth in (True, False):
                self.react([stated.is_(truth), *concluded.agreed], [signal.is_(truth)])
        return signal

    # --- concluded fields ---

    def concluded(self, tested: Field) -> _Concluded:
        """What says which value rules conclude for a field."""
        if tested.name not in self.fields:
            self.fields[tested.name] = self._new_concluded(tested)
        return self.fields[tested.name]

    def _new_concluded(self, tested: Field) -> _Concluded:
        by_value: dict[Known, list[Atom]] = {}
        for rule in self.concluding[self.kind, tested.name]:
            assert isinstance(rule.action, Conclude)
            has_value = (self.outcomes[rule.name], OUTCOME_LETTERS[Outcome.CONCLUDED])
            by_value.setdefault(rule.action.values[tested.name], []).append(has_value)
        values = {value: self.either(atoms) for value, atoms in by_value.items()}
        if len(values) == 1 and not tested.may_be_given:
            return _Concluded(tuple(values.items()), ())
        clash = self.new_name("x")
        self.clashing(clash, list(values.values()))
        if tested.may_be_given:
            for value, atom in values.items():
                same = self.observe(Comparison(FieldOf((tested.name,)), equality.IS, Literal(value)), of_stated=True)
                self.react([atom, (same, FALSE)], [(clash, TRUE)])
        return _Concluded(tuple(values.items()), ((clash, UNKNOWN),))

    def either(self, atoms: Sequence[Atom]) -> Atom:
        """What is so where any of these is."""
        if len(atoms) == 1:
            return atoms[0]
        found = (self.new_name("d"), TRUE)
        for atom in atoms:
            self.react([atom], [found])
        return found

    def clashing(self, clash: str, atoms: Sequence[Atom]) -> Atom:
        """Set `clash` where two of these hold; give what says that any does.

        One half is held against the other, and so on down: linear in the number of values, where pairs are not.
        """
        if len(atoms) == 1:
            return atoms[0]
        middle = len(atoms) // 2
        left, right = self.clashing(clash, atoms[:middle]), self.clashing(clash, atoms[middle:])
        self.react([left, right], [(clash, TRUE)])
        return self.either([left, right])

    # --- rules and verdicts ---

    def rule(self, rule: Rule, name: str) -> None:
        """Add the reactions of a rule whose outcome is to stand in the property `name`."""
        condition = rule.action.condition if isinstance(rule.action, Require) else rule.action.when
        holds: Ways = ((),)
        fails: Ways = ()
        may_hold = holds
        if rule.applies is not None and condition is None:
            holds, fails = self.ways(rule.applies, True), self.ways(rule.applies, False)
        elif rule.applies is not None:
            applies = self.signal(rule.applies)
            holds, fails = ((applies.is_(True),),), ((applies.is_(False),),)
            may_hold = (*holds, ((applies.property, UNKNOWN),))
        yes: Ways = ((),) if condition is None else self.ways(condition, True)
        no: Ways = () if condition is None else self.ways(condition, False)
        good, bad = outcomes_of(rule)
        is_required = isinstance(rule.action, Require)
        for outcome, guards, ways in (
            (Outcome.NOT_APPLICABLE, fails, ((),)),
            (good, may_hold if is_required and condition is not None else holds, yes),
            (bad, holds if is_required else may_hold, no),
        ):
            then = [(name, OUTCOME_LETTERS[outcome]), *(_counted(name, outcome) if rule.decides else ())]
            for guard, way in product(guards, ways):
                self.react((*guard, *way), then)
        self.outcomes[rule.name] = name

    def verdict(self) -> str:
        """The property of the verdict; its reactions are added when first asked."""
        if self.is_decided:
            return _VERDICT
        self.is_decided = True
        names = [self.outcomes[rule] for rule in self.deciding]
        for name in names:
            if name in self.prior:
                for outcome in (Outcome.MET, Outcome.VIOLATED, Outcome.NOT_APPLICABLE):
                    self.react([(name, OUTCOME_LETTERS[outcome])], _counted(name, outcome))
        satisfied = [_satisfied(name) for name in names]
        while len(satisfied) > _TOGETHER:
            starts = range(0, len(satisfied), _TOGETHER)
            satisfied = [self.both(satisfied[start : start + _TOGETHER]) for start in starts]
        self.react([(_SOME_VIOLATED, TRUE)], [(_VERDICT, Verdict.NOT_READY.value)])
        for name, _ in satisfied:
            self.react([(_SOME_VIOLATED, UNKNOWN), (name, UNKNOWN)], [(_VERDICT, Verdict.NEEDS_INFORMATION.value)])
        self.react([*satisfied, (_SOME_MET, TRUE)], [(_VERDICT, Verdict.READY.value)])
        self.react([*satisfied, (_SOME_MET, UNKNOWN)], [(_VERDICT, Verdict.NOT_APPLICABLE.value)])
        return _VERDICT

    def both(self, atoms: Sequence[Atom]) -> Atom:
        """What is so where all of these are."""
        if len(atoms) == 1:
            return atoms[0]
        found = (self.new_name("n"), TRUE)
        self.react(atoms, [found])
        return found


def _shape(condition: AllOf | AnyOf, parts: Sequence[tuple[int, int, int]]) -> tuple[int, int, int]:
    true, false, properties = zip(*parts, strict=True)
    if isinstance(condition, AllOf):
        return prod(true), sum(false), sum(properties)
    return sum(true), prod(false), sum(properties)


def _satisfied(name: str) -> Atom:
    """What says that a requirement, with this property for its outcome, is met or does not apply."""
    return (f"{name}s", TRUE)


def _counted(name: str, outcome: Outcome) -> list[Atom]:
    """What the outcome of a requirement says for the verdict."""
    match outcome:
        case Outcome.MET:
            return [_satisfied(name), (_SOME_MET, TRUE)]
        case Outcome.NOT_APPLICABLE:
            return [_satisfied(name)]
        case Outcome.VIOLATED:
            return [(_SOME_VIOLATED, TRUE)]
        case _:
            raise ValueError(f"{outcome} is no outcome of a requirement")
