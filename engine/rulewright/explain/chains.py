"""Build the chain of derivations that leads to a result.

`Reading` evaluates conditions and expressions against the result of an engine. This module composes the derivations.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping

from typing_extensions import assert_never

from rulewright.explain.index import Index
from rulewright.explain.needed_values import needed_for, wanted_of_condition
from rulewright.explain.wording import Wording
from rulewright.model.chain import (
    Cell,
    Chain,
    ConditionOfFact,
    Derivation,
    Needed,
    OutcomeReached,
    RelatedFact,
    RelatedList,
    ValueReached,
    VerdictReached,
)
from rulewright.model.conditions import (
    AllOf,
    AllRelated,
    AnyOf,
    AnyRelated,
    Arithmetic,
    AsOf,
    Comparison,
    Condition,
    CountOf,
    Expression,
    FieldOf,
    IsGiven,
    IsKnown,
    Literal,
    Membership,
    Not,
    NotCovered,
    ParameterOf,
    RelatedFacts,
    RuleOutcome,
    SumOf,
    Test,
)
from rulewright.model.facts import Case, Fact
from rulewright.model.languages import Language
from rulewright.model.outcomes import VERDICT, CaseResult, Outcome, SubjectResult
from rulewright.model.rulebook import OTHERWISE, Advise, Conclude, Require, Rule, newest_in_force
from rulewright.model.values import Absent, Known, Truth, Value, all_of
from rulewright.semantics.reading import Reading

#: The truth that a condition needs for its rule to be met or to fire. None for a rule that has, or does not apply.
_WANTED: Mapping[Outcome, Truth | None] = {
    Outcome.VIOLATED: Truth.TRUE,
    Outcome.SILENT: Truth.TRUE,
    Outcome.UNKNOWN: Truth.TRUE,
    Outcome.MET: None,
    Outcome.ADVISED: None,
    Outcome.CONCLUDED: None,
    Outcome.NOT_APPLICABLE: None,
}


class Chains:
    """Builds the chains for cases of one rulebook."""

    def __init__(self, index: Index, language: Language = Language.ENGLISH) -> None:
        self.index = index
        self.wordings = {kind: Wording(index.rulebook, kind, language) for kind in index.rulebook.kinds}

    def of(self, case: Case, result: CaseResult) -> Chain:
        """Return the chain of a case. Raises `ValueError` if the case has errors instead of a verdict.

        Its size grows with rules and facts, not with the paths to them: a shared derivation is stored once.
        """
        if result.verdict is None:
            raise ValueError("a case with errors has nothing to explain")
        return _ChainBuilder(self, case, result).chain()


class _ChainBuilder:
    """Builds the chain of one case.

    A value or condition gets its position at the first reference to it. Its derivation is built later, from a queue.
    """

    def __init__(self, chains: Chains, case: Case, result: CaseResult) -> None:
        self.index = chains.index
        self.rulebook = chains.index.rulebook
        self.wordings = chains.wordings
        self.case = case
        self.result = result
        self.reading = Reading(self.index.interpreter, case, result)
        self.facts = {(fact.kind, fact.ref): fact for found in case.facts.values() for fact in found}
        self.verdicts = {(one.kind, one.ref): place for place, one in enumerate(result.subjects)}
        rule_subjects = [
            (rule, subject)
            for rule in self.rulebook.rules.values()
            for subject in result.subjects
            if subject.kind == rule.about
        ]
        self.rule_subjects = rule_subjects
        self.outcomes = {(rule.name, subject.ref): place for place, (rule, subject) in enumerate(rule_subjects)}
        self.values: dict[tuple[str, str, str], int] = {}
        self.conditions: dict[tuple[str, str, int, Truth | None], int] = {}
        self.values_to_make: deque[tuple[Fact, str]] = deque()
        self.conditions_to_make: deque[tuple[Fact, Condition, Truth | None]] = deque()

    def chain(self) -> Chain:
        outcomes = tuple([self.outcome(rule, subject) for rule, subject in self.rule_subjects])
        values: list[ValueReached] = []
        conditions: list[ConditionOfFact] = []
        while self.values_to_make or self.conditions_to_make:
            while self.values_to_make:
                values.append(self.value_reached(*self.values_to_make.popleft()))
            while self.conditions_to_make:
                fact, condition, wanted = self.conditions_to_make.popleft()
                conditions.append(ConditionOfFact(fact.kind, fact.ref, self.condition(condition, fact, wanted)))
        assert self.result.verdict is not None
        verdicts = tuple([self.verdict(subject) for subject in self.result.subjects])
        return Chain(self.result.verdict, verdicts, outcomes, tuple(values), tuple(conditions))

    # --- positions in the chain ---

    def value_place(self, fact: Fact, field: str) -> int:
        key = (fact.kind, fact.ref, field)
        if key not in self.values:
            self.values[key] = len(self.values)
            self.values_to_make.append((fact, field))
        return self.values[key]

    def condition_place(self, fact: Fact, condition: Condition, wanted: Truth | None) -> int:
        # conditions are compared by identity: hashing a whole condition for each fact would be slow
        key = (fact.kind, fact.ref, id(condition), wanted)
        if key not in self.conditions:
            self.conditions[key] = len(self.conditions)
            self.conditions_to_make.append((fact, condition, wanted))
        return self.conditions[key]

    def outcome_places(self, rules: Iterable[Rule], fact: Fact) -> tuple[int, ...]:
        return tuple([self.outcomes[rule.name, fact.ref] for rule in rules])

    # --- verdicts, outcomes and values ---

    def verdict(self, subject: SubjectResult) -> VerdictReached:
        deciding = self.index.deciding[subject.kind]
        fact = self.facts[subject.kind, subject.ref]
        return VerdictReached(subject.kind, subject.ref, subject.verdict, self.outcome_places(deciding, fact))

    def outcome(self, rule: Rule, subject: SubjectResult) -> OutcomeReached:
        fact = self.facts[subject.kind, subject.ref]
        outcome = subject.outcomes[rule.name]
        concludes: Mapping[str, Known] = {}
        tested: Condition | None
        match rule.action:
            case Require(condition):
                verb, tested = "require", condition
            case Conclude(when, concludes):
                verb, tested = "conclude", when
            case Advise(when):
                verb, tested = "advise", when
            case _:
                assert_never(rule.action)
        applied = outcome is not Outcome.NOT_APPLICABLE
        acts = outcome is Outcome.UNKNOWN and verb != "require"
        applies_wanted = Truth.TRUE if acts or not applied else None
        return OutcomeReached(
            rule.name,
            rule.title,
            subject.kind,
            subject.ref,
            verb,
            rule.severity,
            outcome,
            None if rule.applies is None else self.condition(rule.applies, fact, applies_wanted),
            None if tested is None or not applied else self.condition(tested, fact, _WANTED[outcome]),
            concludes,
        )

    def value_reached(self, fact: Fact, name: str) -> ValueReached:
        field = self.rulebook.kinds[fact.kind].fields[name]
        value = self.reading.value(FieldOf((name,)), fact)
        concluding = self.index.concluding.get((fact.kind, name), ())
        came_out = {rule.name: self.reading.outcome(rule.name, fact) for rule in concluding}
        firing = [rule for rule in concluding if came_out[rule.name] is Outcome.CONCLUDED]
        others = [rule for rule in concluding if came_out[rule.name] is not Outcome.CONCLUDED]
        return ValueReached(
            fact.kind,
            fact.ref,
            name,
            field.label,
            value,
            self.wordings[fact.kind].value_of(field, value),
            name in fact.values,
            fact.spans.get(name),
            None if field.computed is None else self.expression(field.computed, fact),
            None if field.from_table is None else self.cell(field.from_table, name, fact),
            self.outcome_places(firing, fact),
            self.outcome_places(others, fact),
        )

    def cell(self, table_name: str, column: str, fact: Fact) -> Cell:
        table = self.rulebook.tables[table_name]
        key = self.reading.value(FieldOf((table.by,)), fact)
        cells = None if isinstance(key, Absent) else table.row(str(key))
        row = None if cells is None else str(key) if str(key) in table.rows else OTHERWISE
        dated = None if cells is None else newest_in_force(cells.get(column, ()), self.case.as_of)
        since = None if dated is None else dated.since
        return Cell(table_name, row, column, self.value_place(fact, table.by), since)

    # --- conditions ---

    def condition(self, condition: Condition, fact: Fact, wanted: Truth | None) -> Derivation:
        match condition:
            case AllOf(parts):
                derived = tuple([self.condition(part, fact, wanted) for part in parts])
                return Derivation(condition, self.reading.truth(condition, fact), derived)
            case AnyOf(parts):
                derived = tuple([self.condition(part, fact, wanted) for part in parts])
                return Derivation(condition, self.reading.truth(condition, fact), derived)
            case Not(part):
                inner = self.condition(part, fact, None if wanted is None else ~wanted)
                return Derivation(condition, self.reading.truth(condition, fact), (inner,), self.negation(inner, fact))
            case _:
                return self.test(condition, fact, wanted)

    def negation(self, inner: Derivation, fact: Fact) -> str:
        """Return the words for the negation of a test; empty for other conditions, which show their parts instead."""
        wording, condition = self.wordings[fact.kind], inner.node
        match condition:
            case Comparison(right=right) if not isinstance(right, Literal):
                compared = inner.parts[1].value
                if not isinstance(compared, Absent):
                    return wording.comparison(condition, compared, negated=True)
                return wording.condition(Not(condition))
            case (
                Comparison()
                | Membership()
                | IsGiven()
                | IsKnown()
                | AnyRelated()
                | AllRelated()
                | RuleOutcome()
                | NotCovered()
            ):
                return wording.condition(Not(condition))
            case _:
                return ""

    def test(self, test: Test, fact: Fact, wanted: Truth | None) -> Derivation:
        truth = self.reading.truth(test, fact)
        words = self.wordings[fact.kind].condition(test)
        parts: tuple[Derivation, ...] = ()
        related: RelatedList | None = None
        reached: int | None = None
        #: the right-hand side of a comparison, or the values of a membership
        compared: Value | tuple[Known, ...] = Absent.UNKNOWN
        match test:
            case Comparison(left, _, right):
                first = self.expression(left, fact, wanted_of_condition(test, wanted, left=True))
                second = self.expression(right, fact, wanted_of_condition(test, wanted, left=False))
                parts, compared = (first, second), second.value
                if not isinstance(right, Literal) and not isinstance(second.value, Absent):
                    words = self.wordings[fact.kind].comparison(test, second.value)
            case Membership(left, options):
                parts = (self.expression(left, fact),)
                if isinstance(options, ParameterOf):
                    parts = (*parts, self.expression(options, fact))
                    compared = self.reading.options(options.name)
                else:
                    compared = tuple([option.value for option in options])
            case IsGiven(operand) | IsKnown(operand):
                parts = (self.expression(operand, fact),)
            case AnyRelated(facts) | AllRelated(facts):
                related = self.related(facts, fact, wanted, every=isinstance(test, AllRelated))
            case RuleOutcome(rule):
                reached = self.outcomes[rule, fact.ref]
            case NotCovered():
                return Derivation(test, truth, words=words)
            case _:
                assert_never(test)
        needed = self.needed(test, truth, wanted, compared, fact)
        return Derivation(test, truth, parts, words, needed, related=related, reached=reached)

    def needed(
        self, test: Test, truth: Truth, wanted: Truth | None, right: Value | tuple[Known, ...], fact: Fact
    ) -> Needed | None:
        if wanted is None or truth is wanted:
            return None
        return needed_for(test, wanted, right, self.wordings[fact.kind])

    # --- expressions ---

    def expression(self, expression: Expression, fact: Fact, wanted: Truth | None = None) -> Derivation:
        """Return the derivation of an expression; `wanted` is the truth to reach for the condition on counted facts."""
        match expression:
            case Literal(value):
                return Derivation(expression, value)
            case FieldOf():
                return self.field(expression, fact)
            case ParameterOf(name):
                dated = newest_in_force(self.rulebook.parameters[name].values, self.case.as_of)
                since = None if dated is None else dated.since
                return Derivation(expression, self.reading.options(name), since=since)
            case AsOf():
                return Derivation(expression, self.case.as_of)
            case Arithmetic(_, parts):
                derived = tuple([self.expression(part, fact) for part in parts])
                return Derivation(expression, self.reading.value(expression, fact), derived)
            case CountOf(related):
                found = self.related(related, fact, wanted)
                least = sum(one.counts is Truth.TRUE for one in found.facts)
                most = sum(one.counts is not Truth.FALSE for one in found.facts) if found.listed else None
                count = self.reading.value(expression, fact)
                return Derivation(expression, count, related=found, bounds=(least, most))
            case SumOf(of_field, related):
                found = self.related(related, fact, None, summed=of_field)
                return Derivation(expression, self.reading.value(expression, fact), related=found)
            case _:
                assert_never(expression)

    def field(self, expression: FieldOf, fact: Fact) -> Derivation:
        value = self.reading.value(expression, fact)
        steps: list[int] = []
        *references, last = expression.path
        here = fact
        for name in references:
            steps.append(self.value_place(here, name))
            ref = self.reading.value(FieldOf((name,)), here)
            target = self.rulebook.kinds[here.kind].fields[name].refers_to
            referred = None if isinstance(ref, Absent) or target is None else self.reading.subject(target, str(ref))
            if referred is None:
                return Derivation(expression, value, steps=tuple(steps))
            here = referred
        if last == VERDICT:
            return Derivation(expression, value, steps=tuple(steps), reached=self.verdicts[here.kind, here.ref])
        return Derivation(expression, value, steps=(*steps, self.value_place(here, last)))

    def related(
        self,
        related: RelatedFacts,
        subject: Fact,
        wanted: Truth | None,
        *,
        every: bool = False,
        summed: str | None = None,
    ) -> RelatedList:
        """Return the facts that refer, or may refer, to the subject, and the number of all others.

        With `every`, a fact counts if it refers to the subject and fails the condition.
        """
        found = self.reading.refers(related, subject)
        facts = [
            RelatedFact(
                fact.ref,
                refers,
                all_of((refers, ~meets if every else meets)),
                self.value_place(fact, related.through),
                None if related.where is None else self.condition_place(fact, related.where, wanted),
                None if summed is None else self.value_place(fact, summed),
            )
            for fact, refers, meets in found or ()
        ]
        elsewhere = len(self.case.facts.get(related.of, ())) - len(facts)
        return RelatedList(related.of, related.through, found is not None, tuple(facts), elsewhere)
