"""Boxes: sets of values for some facts of a case, and the outcomes that are possible with them.

No possible outcome is left out. An impossible one may be included, unless each fact has a single value: then the
outcomes are the same as the engine's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from functools import reduce
from itertools import product

from typing_extensions import assert_never

from rulewright.fix.influence import Influence, Outcomes, outcome_item, value_item
from rulewright.fix.possible_sets import (
    FALSE,
    NONE,
    NOTHING_KNOWN,
    TRUE,
    Among,
    Between,
    Possible,
    Truths,
    exactly,
    intersection,
    is_ordered,
    union,
)
from rulewright.fix.possible_values import PossibleValues
from rulewright.fix.variables import Choices, FactKey, Offsets, Variable
from rulewright.language.interpreter import Interpreter
from rulewright.model.conditions import Condition
from rulewright.model.facts import Fact
from rulewright.model.outcomes import Outcome, Verdict
from rulewright.model.rulebook import Advise, Conclude, Dated, Require, Rule
from rulewright.model.values import Absent, Truth, Value
from rulewright.semantics.items import Item, What
from rulewright.semantics.reading import Reading

#: The number of items that can be compared with the previous box in the time of one step.
_ITEMS_PER_STEP = 50


@dataclass(frozen=True, slots=True)
class BoxResult:
    """The possible outcomes of a box by item, and the values on which sources may disagree.

    `disagreeing` is none if some sources are sure to disagree: then every case in the box has a contradiction.
    """

    outcomes: Mapping[Item, Outcomes]
    disagreeing: tuple[Item, ...] | None


class _Agreement(Enum):
    """The answer to the question whether all sources of a field give the same value."""

    ALWAYS = "always"
    PERHAPS = "perhaps"
    NEVER = "never"


class Boxes:
    """Evaluates boxes of one case. Items that depend on no free fact have their present values and outcomes."""

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
        self._variables = variables
        self._items = items
        self._values, self._outcomes, self._verdicts = influence.present.copies()
        self._box: Mapping[FactKey, Choices] | None = None
        self._agreements: dict[Item, _Agreement] = {}
        self._steps = 0
        self._domain = PossibleValues(influence, reading, self._values, self._outcomes, self._verdicts)
        self._interpreter = Interpreter(self._domain)

    @property
    def steps(self) -> int:
        """Number of evaluated items, plus the number of facts that were followed or examined for them."""
        return self._steps + self._domain.steps

    def evaluate(self, box: Mapping[FactKey, Choices]) -> BoxResult:
        """Return the possible outcomes of a box; a fact outside the box has its present value."""
        before, self._box = self._box, box
        # consecutive boxes mostly differ in one fact, so only the items that depend on it are evaluated again
        differing = (
            box.keys() if before is None else {key for key in {*before, *box} if before.get(key) != box.get(key)}
        )
        self._steps += len(self._items) // _ITEMS_PER_STEP
        for item in self._items:
            if before is not None and self._influence.of(item).isdisjoint(differing):
                continue
            self._steps += 1
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
            return BoxResult({}, None)
        return BoxResult(
            self._outcomes, tuple(item for item, one in self._agreements.items() if one is _Agreement.PERHAPS)
        )

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
            found.append(self._interpreter.expression(field.computed)(subject))
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
            return replace(union(map(exactly, values)), unknown=unknown)
        return Possible(Among(frozenset(values)) if values else None, unknown=unknown)

    def _agreed(self, item: Item, found: Sequence[Possible]) -> Possible:
        """Return the values of a field on which all its sources can agree; an unknown source agrees with any value."""
        if len(found) < 2:
            self._agreements[item] = _Agreement.ALWAYS
            return found[0] if found else NOTHING_KNOWN
        values = {(one.known, one.none) for one in found}
        single = all(replace(one, unknown=False).is_single for one in found)
        sure = [one for one in found if not one.unknown]
        agreed = reduce(intersection, sure) if sure else union(found)
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
        return union(found)

    def _cell_of(self, row: Mapping[str, tuple[Dated, ...]] | None, column: str) -> Possible:
        """Return the possible values of a cell; the value is unknown for a key without a row."""
        if row is None:
            return NOTHING_KNOWN
        return self._domain.in_force(row[column]) if column in row else NONE

    def _outcome(self, rule: Rule, subject: Fact) -> Outcomes:
        applies = self._truths(rule.applies, subject)
        if applies == FALSE:
            return frozenset({Outcome.NOT_APPLICABLE})
        condition = rule.action.condition if isinstance(rule.action, Require) else rule.action.when
        holds = self._truths(condition, subject)
        return frozenset(_rule_outcome(rule, one, other) for one, other in product(applies, holds))

    def _truths(self, condition: Condition | None, subject: Fact) -> Truths:
        return TRUE if condition is None else self._interpreter.condition(condition)(subject)

    def _verdict(self, subject: Fact) -> frozenset[Verdict]:
        outcomes = [self._outcomes[outcome_item(subject, rule.name)] for rule in self._index.deciding[subject.kind]]
        found: set[Verdict] = set()
        if any(Outcome.VIOLATED in one for one in outcomes):
            found.add(Verdict.NOT_READY)
        unviolated = [one - {Outcome.VIOLATED} for one in outcomes]
        if all(unviolated) and any(Outcome.UNKNOWN in one for one in unviolated):
            found.add(Verdict.NEEDS_INFORMATION)
        decided = [one - {Outcome.UNKNOWN} for one in unviolated]
        if all(decided) and any(Outcome.MET in one for one in decided):
            found.add(Verdict.READY)
        if all(Outcome.NOT_APPLICABLE in one for one in outcomes):
            found.add(Verdict.NOT_APPLICABLE)
        return frozenset(found)


def _rule_outcome(rule: Rule, applies: Truth, holds: Truth) -> Outcome:
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
