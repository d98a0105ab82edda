"""The reference evaluator: what a rulebook means, as plain as it can be said, for one case at a time.

It takes a rulebook without cycles and a case that fits its vocabulary, both already validated.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from typing_extensions import assert_never

from rulewright.diagnostics import Diagnostic
from rulewright.model.conditions import (
    AllOf,
    AllRelated,
    AnyOf,
    AnyRelated,
    Arithmetic,
    AsOf,
    Comparator,
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
    Operation,
    ParameterOf,
    RelatedFacts,
    RuleOutcome,
    SumOf,
    Test,
    tests_of,
)
from rulewright.model.contradictions import contradiction
from rulewright.model.facts import Case, Fact
from rulewright.model.outcomes import VERDICT, CaseResult, Outcome, SubjectResult, Verdict, verdict_of, worst
from rulewright.model.rulebook import Advise, Conclude, Dated, Field, Require, Rule, Rulebook
from rulewright.model.values import Absent, Known, Truth, Value, all_of, any_of, canonical
from rulewright.reference.operations import UNBOUNDED, Number, calculated, compares, ranges_compare, same, single
from rulewright.reference.related import Referring
from rulewright.reference.settling import Item, Settled, What, settle_all


def evaluate(rulebook: Rulebook, case: Case) -> CaseResult:
    """What the rulebook says of the case."""
    return _Evaluation(rulebook, case).result()


class _Evaluation:
    def __init__(self, rulebook: Rulebook, case: Case) -> None:
        self._rulebook = rulebook
        self._case = case
        self._subjects = [fact for kind in rulebook.kinds for fact in case.facts.get(kind, ())]
        self._subject_at: dict[tuple[str | None, Known], Fact] = {
            (fact.kind, fact.ref): fact for fact in self._subjects
        }
        self._rules = {kind: rulebook.rules_about(kind) for kind in rulebook.kinds}
        self._deciding = {kind: [rule.name for rule in rules if rule.decides] for kind, rules in self._rules.items()}
        self._concluding: dict[tuple[str, str], list[Rule]] = {}
        for rule in rulebook.rules.values():
            if isinstance(rule.action, Conclude):
                for name in rule.action.values:
                    self._concluding.setdefault((rule.about, name), []).append(rule)
        self._settled = Settled()
        self._contradictions: dict[Item, Diagnostic] = {}

    def result(self) -> CaseResult:
        items = list(self._items())
        settle_all(items, self._settle)
        errors = tuple(self._contradictions[item] for item in items if item in self._contradictions)
        if errors:
            return CaseResult(self._case.name, (), None, errors)
        subjects = tuple(self._subject_result(subject) for subject in self._subjects)
        return CaseResult(self._case.name, subjects, worst(subject.verdict for subject in subjects))

    # --- settling ------------------------------------------------------------------------------------------------

    def _items(self) -> Iterable[Item]:
        for subject in self._subjects:
            for name in self._rulebook.kinds[subject.kind].fields:
                yield Item(What.VALUE, subject.kind, subject.ref, name)
            for rule in self._rules[subject.kind]:
                yield Item(What.OUTCOME, subject.kind, subject.ref, rule.name)
            yield Item(What.VERDICT, subject.kind, subject.ref)

    def _settle(self, item: Item) -> None:
        subject = self._subject_at[item.kind, item.ref]
        match item.what:
            case What.VALUE:
                field = self._rulebook.kinds[subject.kind].fields[item.name]
                value = self._settled_value(item, field, subject)
                self._settled.values[item] = value if isinstance(value, Absent) else canonical(value, field.type)
            case What.OUTCOME:
                self._settled.outcomes[item] = self._settled_outcome(self._rulebook.rules[item.name], subject)
            case What.VERDICT:
                outcomes = [self._settled.outcome(subject, rule) for rule in self._deciding[item.kind]]
                self._settled.verdicts[item] = verdict_of(outcomes)
            case _:
                assert_never(item.what)

    def _settled_value(self, item: Item, field: Field, subject: Fact) -> Value:
        if field.from_table is not None:
            return self._cell(field, field.from_table, subject)
        stated = subject.values.get(field.name) if field.may_be_given else None
        candidates: list[tuple[Value, str | None]] = [] if stated is None else [(stated, None)]
        if field.computed is not None:
            candidates.append((self._evaluated(field.computed, subject), None))
        for rule in self._concluding.get((subject.kind, field.name), ()):
            if self._settled.outcome(subject, rule.name) is Outcome.CONCLUDED and isinstance(rule.action, Conclude):
                candidates.append((rule.action.values[field.name], rule.name))

        distinct: list[tuple[Value, str | None]] = []
        for value, source in candidates:
            if value is not Absent.UNKNOWN and not any(same(value, other) for other, _ in distinct):
                distinct.append((value, source))
        if len(distinct) > 1:
            derived = distinct if stated is None else distinct[1:]
            self._contradictions[item] = contradiction(subject, field.name, stated, derived)
            return Absent.UNKNOWN
        return distinct[0][0] if distinct else Absent.UNKNOWN

    def _cell(self, field: Field, table_name: str, subject: Fact) -> Value:
        table = self._rulebook.tables[table_name]
        key = self._settled.value(subject, table.by)
        if isinstance(key, Absent):
            return key
        row = table.rows.get(str(key))
        if row is None:
            row = table.otherwise
        if row is None:
            return Absent.UNKNOWN
        cell = row.get(field.name)
        if cell is None:
            return Absent.NONE
        return single(self._in_force(cell), f"a cell of `{field.name}`")

    def _in_force(self, values: Iterable[Dated]) -> Value | tuple[Known, ...]:
        begun = [dated for dated in values if dated.since is None or dated.since <= self._case.as_of]
        newest = max(begun, key=lambda dated: dated.since or date.min, default=None)
        return Absent.UNKNOWN if newest is None else newest.value

    def _settled_outcome(self, rule: Rule, subject: Fact) -> Outcome:
        applies = self._truth(rule.applies, subject)
        holds = self._truth(_condition_of(rule), subject)
        if applies is Truth.FALSE:
            return Outcome.NOT_APPLICABLE
        match rule.action:
            case Require():
                if holds is Truth.TRUE:
                    return Outcome.MET
                return Outcome.VIOLATED if applies is Truth.TRUE and holds is Truth.FALSE else Outcome.UNKNOWN
            case Advise() | Conclude():
                if holds is Truth.FALSE:
                    return Outcome.SILENT
                if applies is Truth.UNKNOWN or holds is Truth.UNKNOWN:
                    return Outcome.UNKNOWN
                return Outcome.ADVISED if isinstance(rule.action, Advise) else Outcome.CONCLUDED
            case _:
                assert_never(rule.action)

    def _subject_result(self, subject: Fact) -> SubjectResult:
        fields = self._rulebook.kinds[subject.kind].fields
        rules = self._rules[subject.kind]
        mattering: list[Test] = []
        for rule in rules:
            mattering.extend(tests_of(rule.applies))
            if self._settled.outcome(subject, rule.name) is not Outcome.NOT_APPLICABLE:
                mattering.extend(tests_of(_condition_of(rule)))
        return SubjectResult(
            kind=subject.kind,
            ref=subject.ref,
            values={name: self._settled.value(subject, name) for name in fields},
            outcomes={rule.name: self._settled.outcome(subject, rule.name) for rule in rules},
            verdict=self._settled.verdict(subject),
            truths={test: self._truth(test, subject) for test in mattering},
        )

    # --- expressions ---------------------------------------------------------------------------------------------

    def _evaluated(self, expression: Expression, subject: Fact) -> Value:
        match expression:
            case Literal(value):
                return value
            case FieldOf(path):
                return self._reached(path, subject)
            case ParameterOf(name):
                return single(self._in_force(self._rulebook.parameters[name].values), f"parameter `{name}`")
            case AsOf():
                return self._case.as_of
            case Arithmetic(operation, parts):
                values = [self._evaluated(part, subject) for part in parts]
                known = [value for value in values if not isinstance(value, Absent)]
                if len(known) < len(values):
                    return Absent.NONE if Absent.NONE in values else Absent.UNKNOWN
                return calculated(operation, known)
            case CountOf(related):
                least, most = self._count(related, subject)
                return least if least == most else Absent.UNKNOWN
            case SumOf(of_field, related):
                return self._sum(of_field, related, subject)
            case _:
                assert_never(expression)

    def _reached(self, path: tuple[str, ...], subject: Fact) -> Value:
        *references, last = path
        for name in references:
            ref = self._settled.value(subject, name)
            if isinstance(ref, Absent):
                return ref
            referred = self._subject_at.get((self._rulebook.kinds[subject.kind].fields[name].refers_to, ref))
            if referred is None:
                return Absent.UNKNOWN
            subject = referred
        if last != VERDICT:
            return self._settled.value(subject, last)
        verdict = self._settled.verdict(subject)
        return Absent.UNKNOWN if verdict is Verdict.NEEDS_INFORMATION else verdict.value

    def _related(self, related: RelatedFacts, subject: Fact) -> list[tuple[Fact, Truth, Truth]] | None:
        """Every fact of the kind, whether it refers to the subject, whether it meets `where`; none when unlisted."""
        if related.of not in self._case.facts:
            return None
        found = []
        for fact in self._case.facts[related.of]:
            ref = self._settled.value(fact, related.through)
            refers = Truth.UNKNOWN if ref is Absent.UNKNOWN else Truth.of(same(ref, subject.ref))
            found.append((fact, refers, self._truth(related.where, fact)))
        return found

    def _count(self, related: RelatedFacts, subject: Fact) -> tuple[int, Number]:
        facts = self._related(related, subject)
        if facts is None:
            return 0, UNBOUNDED
        counted = [all_of((refers, meets)) for _, refers, meets in facts]
        sure = counted.count(Truth.TRUE)
        return sure, sure + counted.count(Truth.UNKNOWN)

    def _sum(self, of_field: str, related: RelatedFacts, subject: Fact) -> Value:
        facts = self._related(related, subject)
        if facts is None:
            return Absent.UNKNOWN
        addends: list[Known] = [0]
        unknown = False
        for fact, refers, meets in facts:
            counts = all_of((refers, meets))
            value = self._settled.value(fact, of_field)
            if counts is Truth.FALSE or value is Absent.NONE:
                continue
            if counts is Truth.UNKNOWN or isinstance(value, Absent):
                unknown = True
            else:
                addends.append(value)
        return Absent.UNKNOWN if unknown else calculated(Operation.PLUS, addends)

    # --- conditions ----------------------------------------------------------------------------------------------

    def _truth(self, condition: Condition | None, subject: Fact) -> Truth:
        match condition:
            case None:
                return Truth.TRUE
            case AllOf(parts):
                return all_of(self._truth(part, subject) for part in parts)
            case AnyOf(parts):
                return any_of(self._truth(part, subject) for part in parts)
            case Not(part):
                return ~self._truth(part, subject)
            case Comparison():
                return self._compared(condition, subject)
            case Membership():
                return self._is_member(condition, subject)
            case IsGiven(FieldOf(path)):
                value = self._reached(path, subject)
                return Truth.UNKNOWN if value is Absent.UNKNOWN else Truth.of(value is not Absent.NONE)
            case IsKnown(FieldOf(path)):
                return Truth.of(self._reached(path, subject) is not Absent.UNKNOWN)
            case AnyRelated(related):
                facts = self._related(related, subject)
                if facts is None:
                    return Truth.UNKNOWN
                return any_of(all_of((refers, meets)) for _, refers, meets in facts)
            case AllRelated(related):
                facts = self._related(related, subject)
                if facts is None:
                    return Truth.UNKNOWN
                return all_of(any_of((~refers, meets)) for _, refers, meets in facts)
            case RuleOutcome(rule, outcome):
                came_out = self._settled.outcome(subject, rule)
                return Truth.UNKNOWN if came_out is Outcome.UNKNOWN else Truth.of(came_out.value == outcome)
            case NotCovered():
                return Truth.UNKNOWN
            case _:
                assert_never(condition)

    def _compared(self, test: Comparison, subject: Fact) -> Truth:
        ranges = isinstance(test.left, CountOf) or isinstance(test.right, CountOf)
        left, right = self._range(test.left, subject), self._range(test.right, subject)
        if left is Absent.NONE or right is Absent.NONE:
            return Truth.FALSE
        if isinstance(left, Absent) or isinstance(right, Absent):
            return Truth.UNKNOWN
        if ranges:
            return ranges_compare(left, test.comparator, right)
        return Truth.of(compares(left[0], test.comparator, right[0], test.ignore_case))

    def _range(self, side: Expression, subject: Fact) -> tuple[Known, Known] | Absent:
        """The least and the most a side of a comparison can be: the same but for a count."""
        if isinstance(side, CountOf):
            return self._count(side.related, subject)
        value = self._evaluated(side, subject)
        return value if isinstance(value, Absent) else (value, value)

    def _is_member(self, test: Membership, subject: Fact) -> Truth:
        value = self._evaluated(test.left, subject)
        options: Value | tuple[Known, ...]
        if isinstance(test.options, ParameterOf):
            options = self._in_force(self._rulebook.parameters[test.options.name].values)
        else:
            options = tuple(option.value for option in test.options)
        if value is Absent.NONE:
            return Truth.FALSE
        if isinstance(value, Absent) or options is Absent.UNKNOWN:
            return Truth.UNKNOWN
        if options is Absent.NONE:
            return Truth.FALSE
        if not isinstance(options, tuple):
            raise TypeError(f"{options!r} is no list")
        return Truth.of(any(compares(value, Comparator.IS, option, test.ignore_case) for option in options))


class _SettledEvaluation(_Evaluation):
    """An evaluation in which everything is settled, so that related facts are found by their references."""

    def __init__(self, rulebook: Rulebook, case: Case) -> None:
        super().__init__(rulebook, case)
        # related facts are known by their identity, as looking into a condition takes long; they are kept with it, so
        # that no others get the same
        self._referring: dict[int, tuple[RelatedFacts, Referring]] = {}
        self._unplaced_sums: dict[tuple[int, str], bool] = {}

    def referring(self, related: RelatedFacts) -> Referring | None:
        """The facts of the related kind by what they refer to; none when unlisted."""
        if related.of not in self._case.facts:
            return None
        found = self._referring.get(id(related))
        if found is None:
            found = self._referring[id(related)] = (
                related,
                Referring(
                    self._case.facts[related.of],
                    lambda fact: self._settled.value(fact, related.through),
                    lambda fact: self._truth(related.where, fact),
                ),
            )
        return found[1]

    def _related(self, related: RelatedFacts, subject: Fact) -> list[tuple[Fact, Truth, Truth]] | None:
        """The facts that refer or may refer to the subject; those of other subjects make no difference to it."""
        referring = self.referring(related)
        return None if referring is None else referring.maybe_to(subject.ref)

    def _count(self, related: RelatedFacts, subject: Fact) -> tuple[int, Number]:
        referring = self.referring(related)
        if referring is None:
            return 0, UNBOUNDED
        truths = [one.meets for one in referring.to(subject.ref)]
        sure = truths.count(Truth.TRUE)
        return sure, sure + truths.count(Truth.UNKNOWN) + referring.may_count

    def _sum(self, of_field: str, related: RelatedFacts, subject: Fact) -> Value:
        referring = self.referring(related)
        if referring is None:
            return Absent.UNKNOWN
        key = (id(related), of_field)
        if key not in self._unplaced_sums:
            self._unplaced_sums[key] = any(
                one.meets is not Truth.FALSE and self._settled.value(one.fact, of_field) is not Absent.NONE
                for one in referring.unplaced
            )
        if self._unplaced_sums[key]:
            return Absent.UNKNOWN
        addends: list[Known] = [0]
        for one in referring.to(subject.ref):
            value = self._settled.value(one.fact, of_field)
            if one.meets is Truth.FALSE or value is Absent.NONE:
                continue
            if one.meets is Truth.UNKNOWN or isinstance(value, Absent):
                return Absent.UNKNOWN
            addends.append(value)
        return calculated(Operation.PLUS, addends)

    def _truth(self, condition: Condition | None, subject: Fact) -> Truth:
        match condition:
            case AnyRelated(related):
                referring = self.referring(related)
                if referring is None:
                    return Truth.UNKNOWN
                return any_of((*(one.meets for one in referring.to(subject.ref)), referring.some))
            case AllRelated(related):
                referring = self.referring(related)
                if referring is None:
                    return Truth.UNKNOWN
                return all_of((*(one.meets for one in referring.to(subject.ref)), referring.every))
            case _:
                return super()._truth(condition, subject)


class Reading:
    """Reads conditions and expressions against the result that an engine came to: what explanations are made from."""

    def __init__(self, rulebook: Rulebook, case: Case, result: CaseResult) -> None:
        self._evaluation = _SettledEvaluation(rulebook, case)
        settled = self._evaluation._settled
        for subject in result.subjects:
            for name, value in subject.values.items():
                settled.values[Item(What.VALUE, subject.kind, subject.ref, name)] = value
            for rule, outcome in subject.outcomes.items():
                settled.outcomes[Item(What.OUTCOME, subject.kind, subject.ref, rule)] = outcome
            settled.verdicts[Item(What.VERDICT, subject.kind, subject.ref)] = subject.verdict

    def truth(self, condition: Condition | None, subject: Fact) -> Truth:
        """The truth of a condition about the subject; true for no condition."""
        return self._evaluation._truth(condition, subject)

    def value(self, expression: Expression, subject: Fact) -> Value:
        """The value of an expression about the subject; unknown for a count that is a range."""
        return self._evaluation._evaluated(expression, subject)

    def options(self, parameter: str) -> Value | tuple[Known, ...]:
        """The value of a parameter in force, a list parameter's too."""
        return self._evaluation._in_force(self._evaluation._rulebook.parameters[parameter].values)

    def refers(self, related: RelatedFacts, subject: Fact) -> list[tuple[Fact, Truth, Truth]] | None:
        """The facts that refer or may refer to the subject, and whether each meets `where`; none when unlisted."""
        return self._evaluation._related(related, subject)

    def referring(self, related: RelatedFacts) -> Referring | None:
        """The facts of the related kind by what they refer to; none when unlisted."""
        return self._evaluation.referring(related)

    def outcome(self, rule: str, subject: Fact) -> Outcome:
        """How a rule came out for the subject."""
        return self._evaluation._settled.outcome(subject, rule)

    def subject(self, kind: str, ref: str) -> Fact | None:
        """The fact of a kind and ref."""
        return self._evaluation._subject_at.get((kind, ref))


def _condition_of(rule: Rule) -> Condition | None:
    return rule.action.condition if isinstance(rule.action, Require) else rule.action.when
