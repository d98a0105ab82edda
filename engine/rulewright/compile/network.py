"""The network of reactions for the rules about one kind: two literals for each condition, partitions for each height.

A condition has a positive and a negative literal, each derived from conjunctions. It is unknown if no conjunction of
either literal holds. A small condition that is read once is inlined in the reactions that read it. Any other condition
is a node: a property with its own reactions, unknown if neither literal is concluded by the end of its height. So the
number of reactions grows linearly with the rulebook, and no reaction needs a negation.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from math import prod

from typing_extensions import assert_never

from rulewright.compile.chaining import compares_own_verdict, holds_for, rule_dependencies, tested_field
from rulewright.compile.program import (
    FALSE,
    MAXIMUM_PARTS,
    TARGET_PROPERTIES,
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

#: A disjunction of conjunctions.
Ways = tuple[tuple[Atom, ...], ...]

#: The verdict, and its inputs: some requirement is violated, some requirement is met.
_VERDICT, _SOME_VIOLATED, _SOME_MET = "v", "vv", "vm"
#: Maximum number of requirements in one step of the verdict, whose reaction reads two more properties.
_MAXIMUM_TOGETHER = TARGET_PROPERTIES - 2


def outcomes_of(rule: Rule) -> tuple[Outcome, Outcome]:
    """Return the outcomes of an applicable rule whose condition holds and fails."""
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
    """A property read as a truth value, possibly negated."""

    property: str
    positive: bool = True

    def negated(self) -> _Signal:
        return _Signal(self.property, not self.positive)

    def is_(self, truth: bool) -> Atom:
        return (self.property, TRUE if truth == self.positive else FALSE)


@dataclass(frozen=True, slots=True)
class _Concluded:
    """A field that rules conclude: the atom of each value, and the atoms that hold if the values agree."""

    values: tuple[tuple[Known, Atom], ...]
    agreed: tuple[Atom, ...]


@dataclass(slots=True)
class Network:
    """The reactions for rules about one kind; rules are added one by one, each after its dependencies."""

    rulebook: Rulebook
    kind: str
    concluding: Mapping[tuple[str, str], tuple[Rule, ...]]
    #: The property of each rule's outcome; `prior` has those of rules of earlier levels.
    outcomes: dict[str, str]
    prior: frozenset[str]
    #: The rules that count for the verdict.
    deciding: Sequence[str]
    #: The number of reads of each condition.
    uses: Mapping[Condition, int]
    tests: dict[Test, _Signal] = field(default_factory=dict)
    observed: dict[tuple[Test, bool], str] = field(default_factory=dict)
    small: dict[Condition, bool] = field(default_factory=dict)
    nodes: dict[Condition, _Signal] = field(default_factory=dict)
    fields: dict[str, _Concluded] = field(default_factory=dict)
    heights: dict[int, list[Reaction]] = field(default_factory=dict)
    #: The height after which a property is final; left out for height 0.
    known_at: dict[str, int] = field(default_factory=dict)
    is_decided: bool = False
    names: int = 0

    def react(self, when: Iterable[Atom], then: Sequence[Atom]) -> None:
        """Add a reaction; all reactions that set the properties it reads must have been added before."""
        atoms = tuple(dict.fromkeys(when))
        if len({name for name, _ in atoms}) < len(atoms):
            return  # a property has only one value, so this can never hold
        height = 1 + max((self.known_at.get(name, 0) for name, _ in atoms), default=0)
        self.heights.setdefault(height, []).append(Reaction(then[0][0], atoms, tuple(then)))
        for name, _ in then:
            self.known_at[name] = max(height, self.known_at.get(name, 0))

    def new_name(self, letter: str) -> str:
        """Return an unused property name."""
        self.names += 1
        return f"{letter}{self.names}"

    # --- conditions ---

    def ways(self, condition: Condition, truth: bool) -> Ways:
        """Return the conjunctions that make a condition true or false."""
        match condition:
            case Not(part):
                return self.ways(part, not truth)
            case AllOf() | AnyOf() if self.uses[condition] == 1 and self.is_small(condition):
                return self.ways_of_parts(condition, truth)
            case _:
                return ((self.signal(condition).is_(truth),),)

    def ways_of_parts(self, condition: AllOf | AnyOf, truth: bool) -> Ways:
        """Return the conjunctions that make a compound condition true or false, composed from its parts."""
        each = [self.ways(part, truth) for part in condition.parts]
        if truth == isinstance(condition, AllOf):
            return tuple(tuple(atom for way in ways for atom in way) for ways in product(*each))
        return tuple(way for ways in each for way in ways)

    def is_small(self, condition: AllOf | AnyOf) -> bool:
        """Return whether a condition is small enough to be expanded into its conjunctions."""
        if condition not in self.small:
            shapes = [self.shape(part) for part in condition.parts]
            self.small[condition] = max(_shape(condition, shapes)) <= MAXIMUM_PARTS
        return self.small[condition]

    def shape(self, condition: Condition) -> tuple[int, int, int]:
        """Return the numbers of conjunctions that make a condition true and false, and of the properties they read."""
        match condition:
            case Not(part):
                true, false, properties = self.shape(part)
                return false, true, properties
            case AllOf(parts) | AnyOf(parts) if self.uses[condition] == 1 and self.is_small(condition):
                return _shape(condition, [self.shape(part) for part in parts])
            case _:
                return 1, 1, 1

    def signal(self, condition: Condition) -> _Signal:
        """Return the signal for the truth of a condition."""
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
        """Return a new property that is true and false by these conjunctions."""
        node = _Signal(self.new_name("n"))
        for truth, ways in ((True, true), (False, false)):
            for way in ways:
                self.react(way, [node.is_(truth)])
        return node

    def join(self, conjunction: bool, parts: Iterable[_Signal]) -> _Signal:
        """Return the signal for a conjunction or a disjunction of signals."""
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
        """Return the signal for the truth of a test, either observed or concluded from its dependencies."""
        if not rule_dependencies(test, self.kind, self.rulebook, self.concluding):
            return _Signal(self.observe(test))
        if isinstance(test, RuleOutcome):
            return self.outcome_test(test)
        if compares_own_verdict(test):
            return self.verdict_test(test)
        return self.field_test(test, self.field(str(tested_field(test))))

    def field(self, name: str) -> Field:
        """Return a field of the kind."""
        return self.rulebook.kinds[self.kind].fields[name]

    def observe(self, test: Test, of_stated: bool = False) -> str:
        """Return the property of an observed test."""
        if (test, of_stated) not in self.observed:
            self.observed[test, of_stated] = self.new_name("t")
        return self.observed[test, of_stated]

    def outcome_test(self, test: RuleOutcome) -> _Signal:
        """Return the signal for a test of another rule's outcome; unknown while the outcome is unknown."""
        name = self.outcomes[test.rule]
        signal = _Signal(self.new_name("t"))
        for outcome in (*outcomes_of(self.rulebook.rules[test.rule]), Outcome.NOT_APPLICABLE):
            self.react([(name, OUTCOME_LETTERS[outcome])], [signal.is_(outcome.value == test.outcome)])
        return signal

    def verdict_test(self, test: Test) -> _Signal:
        """Return the signal for a test of the subject's own verdict; unknown while it needs information."""
        name = self.verdict()
        signal = _Signal(self.new_name("t"))
        for verdict in Verdict:
            if verdict is not Verdict.NEEDS_INFORMATION:
                self.react([(name, verdict.value)], [signal.is_(holds_for(test, verdict.value))])
        return signal

    def field_test(self, test: Test, tested: Field) -> _Signal:
        """Return the signal for a test of a concluded field; unknown for no value and for contradicting values."""
        concluded = self.concluded(tested)
        if isinstance(test, IsKnown):
            # after all conclusions, a field without a known value is known to be unknown
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
        """Return the atoms for the values that rules conclude for a field."""
        if tested.name not in self.fields:
            self.fields[tested.name] = self._new_concluded(tested)
        return self.fields[tested.name]

    def _new_concluded(self, tested: Field) -> _Concluded:
        by_value: dict[Known, list[Atom]] = {}
        for rule in self.concluding[self.kind, tested.name]:
            assert isinstance(rule.action, Conclude)
            has_value = (self.outcomes[rule.name], OUTCOME_LETTERS[Outcome.CONCLUDED])
            by_value.setdefault(rule.action.values[tested.name], []).append(has_value)
        values = {value: self.disjunction(atoms) for value, atoms in by_value.items()}
        if len(values) == 1 and not tested.may_be_given:
            return _Concluded(tuple(values.items()), ())
        clash = self.new_name("x")
        self.clashing(clash, list(values.values()))
        if tested.may_be_given:
            for value, atom in values.items():
                same = self.observe(Comparison(FieldOf((tested.name,)), equality.IS, Literal(value)), of_stated=True)
                self.react([atom, (same, FALSE)], [(clash, TRUE)])
        return _Concluded(tuple(values.items()), ((clash, UNKNOWN),))

    def disjunction(self, atoms: Sequence[Atom]) -> Atom:
        """Return an atom that holds if any of these holds."""
        if len(atoms) == 1:
            return atoms[0]
        found = (self.new_name("d"), TRUE)
        for atom in atoms:
            self.react([atom], [found])
        return found

    def clashing(self, clash: str, atoms: Sequence[Atom]) -> Atom:
        """Set `clash` if two of the atoms hold, and return an atom that holds if any of them does.

        Halves are compared recursively: this takes a linear number of reactions, where pairs would take a quadratic
        one.
        """
        if len(atoms) == 1:
            return atoms[0]
        middle = len(atoms) // 2
        left, right = self.clashing(clash, atoms[:middle]), self.clashing(clash, atoms[middle:])
        self.react([left, right], [(clash, TRUE)])
        return self.disjunction([left, right])

    # --- rules and verdicts ---

    def rule(self, rule: Rule, name: str) -> None:
        """Add the reactions of a rule, with its outcome in the property `name`."""
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
        """Return the property of the verdict; the first call adds its reactions."""
        if self.is_decided:
            return _VERDICT
        self.is_decided = True
        names = [self.outcomes[rule] for rule in self.deciding]
        for name in names:
            if name in self.prior:
                for outcome in (Outcome.MET, Outcome.VIOLATED, Outcome.NOT_APPLICABLE):
                    self.react([(name, OUTCOME_LETTERS[outcome])], _counted(name, outcome))
        satisfied = [_satisfied(name) for name in names]
        while len(satisfied) > _MAXIMUM_TOGETHER:
            starts = range(0, len(satisfied), _MAXIMUM_TOGETHER)
            satisfied = [self.conjunction(satisfied[start : start + _MAXIMUM_TOGETHER]) for start in starts]
        self.react([(_SOME_VIOLATED, TRUE)], [(_VERDICT, Verdict.NOT_READY.value)])
        for name, _ in satisfied:
            self.react([(_SOME_VIOLATED, UNKNOWN), (name, UNKNOWN)], [(_VERDICT, Verdict.NEEDS_INFORMATION.value)])
        self.react([*satisfied, (_SOME_MET, TRUE)], [(_VERDICT, Verdict.READY.value)])
        self.react([*satisfied, (_SOME_MET, UNKNOWN)], [(_VERDICT, Verdict.NOT_APPLICABLE.value)])
        return _VERDICT

    def conjunction(self, atoms: Sequence[Atom]) -> Atom:
        """Return an atom that holds if all of these hold."""
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
    """Return the atom for a requirement that is met or not applicable, from the property of its outcome."""
    return (f"{name}s", TRUE)


def _counted(name: str, outcome: Outcome) -> list[Atom]:
    """Return the atoms that the outcome of a requirement contributes to the verdict."""
    match outcome:
        case Outcome.MET:
            return [_satisfied(name), (_SOME_MET, TRUE)]
        case Outcome.NOT_APPLICABLE:
            return [_satisfied(name)]
        case Outcome.VIOLATED:
            return [(_SOME_VIOLATED, TRUE)]
        case _:
            raise ValueError(f"{outcome} is no outcome of a requirement")
