"""Values of fields: stated, computed, looked up in a table, or concluded by rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from rulewright.diagnostics import Diagnostic
from rulewright.language.operators.equality import same
from rulewright.model.conditions import FieldOf
from rulewright.model.contradictions import contradiction
from rulewright.model.facts import Fact
from rulewright.model.outcomes import Outcome
from rulewright.model.rulebook import Conclude, Dated, Field, Rulebook
from rulewright.model.values import NUMBERS, Absent, Known, Value, canonical
from rulewright.semantics.compiled import Evaluator, InForce, in_force
from rulewright.semantics.exact_interpreter import ExactInterpreter
from rulewright.semantics.items import Item, What
from rulewright.semantics.operations import single
from rulewright.semantics.state import State, Subject

#: Values with the rule that concludes each, or None for a stated or computed value.
Sources: TypeAlias = "list[tuple[Value, str | None]]"


class Fields:
    """Derives the values of the fields of one rulebook.

    `stated` has the fields of each kind whose only source is the case file; `derived` has the others.
    """

    def __init__(self, rulebook: Rulebook, interpreter: ExactInterpreter) -> None:
        concluding: dict[tuple[str, str], list[tuple[str, Value]]] = {}
        for rule in rulebook.rules.values():
            if isinstance(rule.action, Conclude):
                for name, value in rule.action.values.items():
                    concluding.setdefault((rule.about, name), []).append((rule.name, value))
        self.stated: dict[str, tuple[str, ...]] = {}
        self.derived: dict[str, Mapping[str, Evaluator]] = {}
        for kind in rulebook.kinds.values():
            derived: dict[str, Evaluator] = {}
            for field in kind.fields.values():
                rules = concluding.get((kind.name, field.name), [])
                if field.from_table is not None:
                    read = _cell(rulebook, interpreter, field)
                elif field.computed is None and not rules:
                    if field.may_be_given and field.type not in NUMBERS:
                        continue
                    read = _stated(field.name) if field.may_be_given else _never
                else:
                    read = _resolved(
                        field, None if field.computed is None else interpreter.expression(field.computed), rules
                    )
                derived[field.name] = _canonical(read, field) if field.type in NUMBERS else read
            self.stated[kind.name] = tuple(name for name in kind.fields if name not in derived)
            self.derived[kind.name] = derived

    def begin(self, subject: Subject) -> None:
        """Store the values of the fields whose only source is the case file in a subject."""
        stated = subject.stated
        subject.values = {name: stated.get(name, Absent.UNKNOWN) for name in self.stated[subject.kind]}

    def derive(self, state: State, subject: Subject, field: str) -> Value:
        """Derive the value of a field, store it in the subject, and return it."""
        value = subject.values[field] = self.derived[subject.kind][field](state, subject)
        return value


def _stated(name: str) -> Evaluator:
    return lambda state, subject: subject.stated.get(name, Absent.UNKNOWN)


def _never(state: State, subject: Subject) -> Value:
    return Absent.UNKNOWN


def _canonical(read: Evaluator, field: Field) -> Evaluator:
    def read_number(state: State, subject: Subject) -> Value:
        value = read(state, subject)
        return value if isinstance(value, Absent) else canonical(value, field.type)

    return read_number


def _cell(rulebook: Rulebook, interpreter: ExactInterpreter, field: Field) -> Evaluator:
    """Return the cell in the row of the subject's key; unknown without a row, none without a cell."""
    table = rulebook.tables[field.from_table or ""]
    key_of = interpreter.expression(FieldOf((table.by,)))
    rows = {key: _cell_of(row, field) for key, row in table.rows.items()}
    otherwise = in_force(()) if table.otherwise is None else _cell_of(table.otherwise, field)

    def read_cell(state: State, subject: Subject) -> Value:
        key = key_of(state, subject)
        if isinstance(key, Absent):
            return key
        return single(rows.get(str(key), otherwise)(state.as_of), f"a cell of `{field.name}`")

    return read_cell


def _cell_of(row: Mapping[str, tuple[Dated, ...]], field: Field) -> InForce:
    return in_force(row[field.name]) if field.name in row else lambda _: Absent.NONE


def _resolved(field: Field, computed: Evaluator | None, rules: Sequence[tuple[str, Value]]) -> Evaluator:
    """Return the value that all sources of a field agree on; a contradiction is unknown and an error of the case."""
    name, is_number = field.name, field.type in NUMBERS

    def read_sources(state: State, subject: Subject) -> Value:
        stated = subject.stated.get(name) if field.may_be_given else None
        sources: Sources = [] if stated is None else [(stated, None)]
        if computed is not None:
            sources.append((computed(state, subject), None))
        for rule, value in rules:
            if state.outcome(subject, rule) is Outcome.CONCLUDED:
                sources.append((value, rule))
        distinct: Sources = []
        for value, rule_name in sources:
            if value is not Absent.UNKNOWN and not any(same(value, other) for other, _ in distinct):
                distinct.append((value, rule_name))
        if len(distinct) > 1:
            derived = distinct if stated is None else distinct[1:]
            if is_number:
                derived = [(_number(value, field), rule_name) for value, rule_name in derived]
                stated = None if stated is None else canonical(stated, field.type)
            item = Item(What.VALUE, subject.kind, subject.ref, name)
            state.contradictions[item] = _error(subject.fact, name, stated, derived)
            return Absent.UNKNOWN
        return distinct[0][0] if distinct else Absent.UNKNOWN

    return read_sources


def _number(value: Value, field: Field) -> Value:
    return value if isinstance(value, Absent) else canonical(value, field.type)


def _error(fact: Fact, field: str, stated: Known | None, derived: Sources) -> Diagnostic:
    return contradiction(fact, field, stated, derived)
