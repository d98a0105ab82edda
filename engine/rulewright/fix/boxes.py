"""Evaluating a case of which some facts have one of several values: what its outcomes may come to.

The reference evaluator's semantics, on sets of values in place of values. What comes out leaves nothing out that is
possible; it may have more in it, but for a box of single values, where it is what the reference evaluator says.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from functools import reduce
from itertools import product

from typing_extensions import assert_never

from rulewright.fix.influence import Influence, Outcomes, outcome_item, value_item, verdict_item
from rulewright.fix.possible import (
    FALSE,
    NONE,
    NOTHING_KNOWN,
    TRUE,
    UNKNOWN,
    Among,
    Between,
    Possible,
    Truths,
    all_truths,
    any_truth,
    both,
    combined,
    compared,
    either,
    exactly,
    is_ordered,
    negated,
    values_compare,
)
from rulewright.fix.variables import Choices, FactKey, Offsets, Variable
from rulewright.language.functions.arithmetic import PLUS
from rulewright.language.operators.equality import IN, IS
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
)
from rulewright.model.facts import Fact
from rulewright.model.outcomes import VERDICT, Outcome, Verdict
from rulewright.model.rulebook import Advise, Conclude, Dated, Require, Rule, newest_in_force
from rulewright.model.values import Absent, Known, Truth, Value
from rulewright.semantics.items import Item, What
from rulewright.semantics.operations import UNBOUNDED, ranges_compare
from rulewright.semantics.reading import Reading

#: As many items are examined for whether they differ as take the time of one step.
_ITEMS_PER_STEP = 50


@dataclass(frozen=True, slots=True)
class _Counts:
    """How many facts count for sure and how many at most, each from the least to the greatest."""

    sure: tuple[int, int]
    most: tuple[int, int] | None

    @property
    def is_exact(self) -> bool:
        return self.sure[0] == self.sure[1] and (self.most is None or self.most[0] == self.most[1])

    @property
    def may_be_range(self) -> bool:
        return self.most is None or self.most[1] > self.sure[0]


@dataclass(frozen=True, slots=True)
class Seen:
    """What a box may come to: outcomes by item, and the values about which their sources may disagree.

    `disagreeing` is none where some are sure to, so that nothing in the box is a case without a contradiction.
    """

    outcomes: Mapping[Item, Outcomes]
    disagreeing: tuple[Item, ...] | None


class _Agreement(Enum):
    """Whether all that give a field a value give the same."""

    ALWAYS = "always"
    PERHAPS = "perhaps"
    NEVER = "never"


class Boxes:
    """Evaluates boxes of one case: those of its items that rest on what may change; all others are as they are."""

    def __init__(
        self,
        influence: Influence,
        reading: Reading,
        items: Sequence[Item],
        variables: Mapping[FactKey, Variable],
    ) -> None:
        self._influence = influence
        self._index = influence.index
        self._rulebook = influence.rulebook
        self._case = influence.case
        self._reading = reading
        self._variables = variables
        self._items = items
        self._values, self._outcomes, self._verdicts = influence.present.copies()
        self._box: Mapping[FactKey, Choices] | None = None
        self._agreements: dict[Item, _Agreement] = {}
        #: How many items were evaluated so far, and facts that were followed or examined on the way.
        self.steps = 0

    def see(self, box: Mapping[FactKey, Choices]) -> Seen:
        """What the facts of a box may come to; a fact that is not in it has its present value."""
        before, self._box = self._box, box
        # boxes that are looked at one after the other mostly differ in one fact
        differing = (
            box.keys() if before is None else {key for key in {*before, *box} if before.get(key) != box.get(key)}
        )
        self.steps += len(self._items) // _ITEMS_PER_STEP
        for item in self._items:
            if before is not None and self._influence.of(item).isdisjoint(differing):
                continue
            self.steps += 1
            subject = self._influence.subjects[item.kind, item.ref]
            match item.what:
                case What.VALUE:
                    self._values[item] = self._value(item, subject)
                case What.OUTCOME:
                    self._outcomes[item] = self._outcome(self._rulebook.rules[item.name], subject)
                case What.VERDICT:
                    self._verdicts[item] = self._verdict(subject)
                case _:
                    assert_never(item.what)
        if _Agreement.NEVER in self._agreements.values():
            return Seen({}, None)
        return Seen(self._outcomes, tuple(item for item, one in self._agreements.items() if one is _Agreement.PERHAPS))

    # --- values, outcomes and verdicts ---

    def _value(self, item: Item, subject: Fact) -> Possible:
        field = self._rulebook.kinds[item.kind].fields[item.name]
        if field.from_table is not None:
            return self._cell(field.name, field.from_table, subject)
        found: list[Possible] = []
        if field.may_be_given:
            stated = self._stated(FactKey(*item[1:]), subject.values.get(field.name, Absent.UNKNOWN))
            # a fact that is not stated contradicts nothing
            found += [stated] if stated != NOTHING_KNOWN else []
        if field.computed is not None:
            found.append(self._evaluated(field.computed, subject))
        for rule in self._index.concluding.get((subject.kind, field.name), ()):
            outcomes = self._outcomes[outcome_item(subject, rule.name)]
            if Outcome.CONCLUDED in outcomes and isinstance(rule.action, Conclude):
                concluded = exactly(rule.action.values[field.name])
                silent = outcomes != {Outcome.CONCLUDED}
                found.append(Possible(concluded.known, unknown=True) if silent else concluded)
        return self._agreed(item, [one for one in found if one != NOTHING_KNOWN])

    def _stated(self, key: FactKey, before: Value) -> Possible:
        choices = None if self._box is None else self._box.get(key)
        if choices is None:
            return exactly(before)
        variable = self._variables[key]
        if isinstance(choices, Offsets):
            return Possible(Between(variable.value(choices.low), variable.value(choices.high)))
        values = [variable.value(position) for position in choices.positions if position or variable.is_stated]
        unknown = len(values) < len(choices.positions)
        if values and is_ordered(values[0]):
            return replace(either(map(exactly, values)), unknown=unknown)
        return Possible(Among(frozenset(values)) if values else None, unknown=unknown)

    def _agreed(self, item: Item, found: Sequence[Possible]) -> Possible:
        """What a field can be so that all that give it a value give the same; an unknown source agrees with any."""
        if len(found) < 2:
            self._agreements[item] = _Agreement.ALWAYS
            return found[0] if found else NOTHING_KNOWN
        values = {(one.known, one.none) for one in found}
        single = all(replace(one, unknown=False).is_single for one in found)
        sure = [one for one in found if not one.unknown]
        agreed = reduce(both, sure) if sure else either(found)
        if len(values) == 1 and single:
            self._agreements[item] = _Agreement.ALWAYS
        elif (sure and agreed.known is None and not agreed.none) or (single and len(sure) == len(found)):
            self._agreements[item] = _Agreement.NEVER
        else:
            self._agreements[item] = _Agreement.PERHAPS
        return agreed

    def _cell(self, column: str, table_name: str, subject: Fact) -> Possible:
        table = self._rulebook.tables[table_name]
        key = self._values[value_item(subject, table.by)]
        found = [NONE] if key.none else []
        if key.unknown:
            found.append(NOTHING_KNOWN)
        if isinstance(key.known, Among):
            rows = [table.row(str(value)) for value in key.known.values]
            found.extend(self._cell_of(row, column) for row in rows)
        return either(found)

    def _cell_of(self, row: Mapping[str, tuple[Dated, ...]] | None, column: str) -> Possible:
        """What a cell of a row can be; nothing is known of a key without a row."""
        if row is None:
            return NOTHING_KNOWN
        return self._in_force(row[column]) if column in row else NONE

    def _in_force(self, values: Iterable[Dated]) -> Possible:
        newest = newest_in_force(values, self._case.as_of)
        if newest is None:
            return NOTHING_KNOWN
        if isinstance(newest.value, tuple):
            raise TypeError("a list stands where one value is wanted")
        return exactly(newest.value)

    def _outcome(self, rule: Rule, subject: Fact) -> Outcomes:
        applies = self._truths(rule.applies, subject)
        if applies == FALSE:
            return frozenset({Outcome.NOT_APPLICABLE})
        condition = rule.action.condition if isinstance(rule.action, Require) else rule.action.when
        holds = self._truths(condition, subject)
        return frozenset(_came_out(rule, one, other) for one, other in product(applies, holds))

    def _verdict(self, subject: Fact) -> frozenset[Verdict]:
        outcomes = [self._outcomes[outcome_item(subject, rule.name)] for rule in self._index.deciding[subject.kind]]
        found: set[Verdict] = set()
        if any(Outcome.VIOLATED in one for one in outcomes):
            found.add(Verdict.NOT_READY)
        sound = [one - {Outcome.VIOLATED} for one in outcomes]
        if all(sound) and any(Outcome.UNKNOWN in one for one in sound):
            found.add(Verdict.NEEDS_INFORMATION)
        settled = [one - {Outcome.UNKNOWN} for one in sound]
        if all(settled) and any(Outcome.MET in one for one in settled):
            found.add(Verdict.READY)
        if all(Outcome.NOT_APPLICABLE in one for one in outcomes):
            found.add(Verdict.NOT_APPLICABLE)
        return frozenset(found)

    # --- expressions ---

    def _evaluated(self, expression: Expression, subject: Fact) -> Possible:
        match expression:
            case Literal(value):
                return exactly(value)
            case FieldOf(path):
                return self._reached(path, subject)
            case ParameterOf(name):
                return self._in_force(self._rulebook.parameters[name].values)
            case AsOf():
                return exactly(self._case.as_of)
            case Arithmetic(operation, parts):
                return combined(operation, [self._evaluated(part, subject) for part in parts])
            case CountOf(related):
                return self._number(self._counts(related, subject))
            case SumOf(of_field, related):
                return self._sum(of_field, related, subject)
            case _:
                assert_never(expression)

    def _reached(self, path: tuple[str, ...], subject: Fact) -> Possible:
        reached: list[Fact] = [subject]
        found: list[Possible] = []
        for name in path[:-1]:
            target = self._rulebook.kinds[reached[0].kind].fields[name].refers_to or ""
            further: dict[str, Fact] = {}
            for fact in reached:
                refs = self._values[value_item(fact, name)]
                found += [NONE] * refs.none + [NOTHING_KNOWN] * refs.unknown
                for ref in refs.known.values if isinstance(refs.known, Among) else ():
                    referred = self._influence.subjects.get((target, str(ref)))
                    if referred is None:
                        found.append(NOTHING_KNOWN)
                    else:
                        further[referred.ref] = referred
            self.steps += len(reached)
            if not further:
                return either(found)
            reached = list(further.values())
        for fact in reached:
            if path[-1] == VERDICT:
                found.extend(_as_value(verdict) for verdict in self._verdicts[verdict_item(fact)])
            else:
                found.append(self._values[value_item(fact, path[-1])])
        return found[0] if len(found) == 1 else either(found)

    def _related(self, related: RelatedFacts, subject: Fact) -> list[tuple[Fact, Truths, Truths]] | None:
        """Every fact of the kind, whether it may refer to the subject and meet `where`; none when unlisted."""
        if related.of not in self._case.facts:
            return None
        referring = self._influence.referring(related)
        found = [(fact, TRUE, self._truths(related.where, fact)) for fact in referring.fixed.get(subject.ref, ())]
        for fact in referring.open:
            refers = _refers(self._values[value_item(fact, related.through)], subject.ref)
            if refers != FALSE:
                found.append((fact, refers, self._truths(related.where, fact)))
        self.steps += len(found) + len(referring.open)
        return found

    def _counts(self, related: RelatedFacts, subject: Fact) -> _Counts:
        facts = self._related(related, subject)
        if facts is None:
            return _Counts((0, 0), None)
        counted = [all_truths((refers, meets)) for _, refers, meets in facts]
        return _Counts(
            (sum(one == TRUE for one in counted), sum(Truth.TRUE in one for one in counted)),
            (sum(Truth.FALSE not in one for one in counted), sum(one != FALSE for one in counted)),
        )

    def _number(self, counts: _Counts) -> Possible:
        """The number of facts that count: unknown where it is not settled which do."""
        if counts.most is None:
            return NOTHING_KNOWN
        least, greatest = counts.sure[0], counts.most[1]
        if counts.is_exact:
            return exactly(least) if least == greatest else NOTHING_KNOWN
        return Possible(Between(least, greatest), unknown=True)

    def _sum(self, of_field: str, related: RelatedFacts, subject: Fact) -> Possible:
        facts = self._related(related, subject)
        if facts is None:
            return NOTHING_KNOWN
        addends = [exactly(0)]
        for fact, refers, meets in facts:
            counts = all_truths((refers, meets))
            value = self._values[value_item(fact, of_field)]
            may_count = Truth.TRUE in counts
            parts = [exactly(0)] if Truth.FALSE in counts or value.none else []
            if may_count and value.known is not None:
                parts.append(Possible(value.known))
            if (may_count and value.unknown) or (
                Truth.UNKNOWN in counts and (value.known is not None or value.unknown)
            ):
                parts.append(NOTHING_KNOWN)
            addends.append(either(parts))
        return combined(PLUS, addends)

    # --- conditions ---

    def _truths(self, condition: Condition | None, subject: Fact) -> Truths:
        match condition:
            case None:
                return TRUE
            case AllOf(parts):
                return all_truths(self._truths(part, subject) for part in parts)
            case AnyOf(parts):
                return any_truth(self._truths(part, subject) for part in parts)
            case Not(part):
                return negated(self._truths(part, subject))
            case Comparison(CountOf(), _, _) | Comparison(_, _, CountOf()):
                return self._counts_compared(condition, subject)
            case Comparison(left, comparator, right, ignore_case):
                return compared(
                    self._evaluated(left, subject),
                    self._evaluated(right, subject),
                    lambda one, other: values_compare(one, comparator, other, ignore_case),
                )
            case Membership():
                return self._member(condition, subject)
            case IsGiven(FieldOf(path)):
                value = self._reached(path, subject)
                return _truths_where((value.known is not None, TRUE), (value.none, FALSE), (value.unknown, UNKNOWN))
            case IsKnown(FieldOf(path)):
                value = self._reached(path, subject)
                return _truths_where((value.known is not None or value.none, TRUE), (value.unknown, FALSE))
            case AnyRelated(related):
                facts = self._related(related, subject)
                return UNKNOWN if facts is None else any_truth(all_truths(parts) for _, *parts in facts)
            case AllRelated(related):
                facts = self._related(related, subject)
                if facts is None:
                    return UNKNOWN
                return all_truths(any_truth((negated(refers), meets)) for _, refers, meets in facts)
            case RuleOutcome(rule, outcome):
                return frozenset(
                    Truth.UNKNOWN if one is Outcome.UNKNOWN else Truth.of(one.value == outcome)
                    for one in self._outcomes[outcome_item(subject, rule)]
                )
            case NotCovered():
                return UNKNOWN
            case _:
                assert_never(condition)

    def _counts_compared(self, test: Comparison, subject: Fact) -> Truths:
        left, right = self._side(test.left, subject), self._side(test.right, subject)
        if isinstance(left, Possible) and isinstance(right, Possible):
            raise TypeError("neither side is a count")
        counts = [one for one in (left, right) if isinstance(one, _Counts)]
        others = [one for one in (left, right) if isinstance(one, Possible)]
        if all(one.is_exact for one in counts) and all(one.is_single for one in others):
            if any(one.none for one in others):
                return FALSE
            if any(one.unknown for one in others):
                return UNKNOWN
            return frozenset({ranges_compare(_ends(left), test.comparator, _ends(right))})
        truths: set[Truth] = set()
        if any(one.none for one in others):
            truths.add(Truth.FALSE)
        if any(one.unknown for one in others) or any(one.may_be_range for one in counts):
            truths.add(Truth.UNKNOWN)
        if all(one.known is not None for one in others):
            truths |= values_compare(_hull_of(left), test.comparator, _hull_of(right))
        return frozenset(truths)

    def _side(self, side: Expression, subject: Fact) -> _Counts | Possible:
        return self._counts(side.related, subject) if isinstance(side, CountOf) else self._evaluated(side, subject)

    def _member(self, test: Membership, subject: Fact) -> Truths:
        value = self._evaluated(test.left, subject)
        options: Value | tuple[Known, ...]
        if isinstance(test.options, ParameterOf):
            options = self._reading.options(test.options.name)
        else:
            options = tuple(option.value for option in test.options)
        truths: set[Truth] = {Truth.FALSE} if value.none else set()
        if value.unknown or (value.known is not None and options is Absent.UNKNOWN):
            truths.add(Truth.UNKNOWN)
        if value.known is not None and options is Absent.NONE:
            truths.add(Truth.FALSE)
        if value.known is not None and isinstance(options, tuple):
            truths |= self._known_member(value.known, options, test.ignore_case)
        return frozenset(truths)

    def _known_member(self, known: Between | Among, options: tuple[Known, ...], ignore_case: bool) -> Truths:
        if isinstance(known, Among):
            return frozenset(Truth.of(IN.includes(value, options, ignore_case)) for value in known.values)
        spans = [Between(option, option) for option in options if is_ordered(option)]
        return any_truth(values_compare(known, IS, span) for span in spans)


def _refers(ref: Possible, to: str) -> Truths:
    """Whether a reference leads to the fact with this ref."""
    leads = isinstance(ref.known, Among) and to in ref.known.values
    elsewhere = ref.none or (isinstance(ref.known, Among) and len(ref.known.values) > leads)
    return _truths_where((leads, TRUE), (elsewhere, FALSE), (ref.unknown, UNKNOWN))


def _came_out(rule: Rule, applies: Truth, holds: Truth) -> Outcome:
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


def _as_value(verdict: Verdict) -> Possible:
    return NOTHING_KNOWN if verdict is Verdict.NEEDS_INFORMATION else exactly(verdict.value)


def _truths_where(*cases: tuple[bool, Truths]) -> Truths:
    return frozenset().union(*(truths for holds, truths in cases if holds))


def _ends(side: _Counts | Possible) -> tuple[Known, Known]:
    """The least and the most of a side that is settled."""
    if isinstance(side, _Counts):
        return side.sure[0], UNBOUNDED if side.most is None else side.most[1]
    if not isinstance(side.known, Between):
        raise TypeError(f"{side} is no number")
    return side.known.low, side.known.high


def _hull_of(side: _Counts | Possible) -> Between | Among:
    if isinstance(side, _Counts):
        return Between(*_ends(side))
    if side.known is None:
        raise TypeError(f"{side} has no value")
    return side.known
