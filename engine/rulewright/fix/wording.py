"""Changes and fixed facts in words."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from rulewright.explain.wording import show_value
from rulewright.fix.variables import Variable, is_any_other
from rulewright.model.explanation import Explanation, Finding
from rulewright.model.facts import Case
from rulewright.model.fixes import FactChange, FixedFact, NamedSubject, RuleAtStake
from rulewright.model.languages import Language
from rulewright.model.rulebook import DateStep, Direction, Field, Rulebook
from rulewright.model.values import Known
from rulewright.texts import FORMATS

_FORMATS = FORMATS[Language.ENGLISH]
ANY_OTHER = "another text"


class Telling:
    """Tells of the changes of one case."""

    def __init__(self, rulebook: Rulebook, case: Case, explanation: Explanation) -> None:
        self._rulebook = rulebook
        self._facts = {(fact.kind, fact.ref): fact for facts in case.facts.values() for fact in facts}
        self._findings = {(found.rule, found.kind, found.ref): found for found in explanation.findings}

    def subject(self, kind: str, ref: str) -> NamedSubject:
        """A subject with the label of its kind."""
        return NamedSubject(kind, self._rulebook.kinds[kind].label, ref)

    def change(self, variable: Variable, number: int, alternatives: tuple[int, ...]) -> FactChange:
        """A change of a fact to the value with this number, or to one of the alternatives."""
        key, declared = variable.key, self._field(variable)
        after = None if is_any_other(variable, number) else variable.value(number)
        others = tuple(variable.value(other) for other in alternatives if not is_any_other(variable, other))
        return FactChange(
            self.subject(key.kind, key.ref),
            key.field,
            declared.label,
            variable.before,
            after,
            show_value(declared, variable.before, _FORMATS),
            ANY_OTHER if after is None else show_value(declared, after, _FORMATS),
            None if after is None else _difference(variable, number, declared),
            others,
            tuple(show_value(declared, other, _FORMATS) for other in others),
            self._facts[key.kind, key.ref].spans.get(key.field),
        )

    def fixed(self, variable: Variable, violates: tuple[RuleAtStake, ...]) -> FixedFact:
        """A fact that stands in the way."""
        key, declared = variable.key, self._field(variable)
        return FixedFact(
            self.subject(key.kind, key.ref),
            key.field,
            declared.label,
            variable.before,
            show_value(declared, variable.before, _FORMATS),
            _why(declared),
            violates,
            self._facts[key.kind, key.ref].spans.get(key.field),
        )

    def rule(self, rule: str, kind: str, ref: str) -> RuleAtStake:
        """A requirement, as it came out before any change."""
        found: Finding = self._findings[rule, kind, ref]
        return RuleAtStake(rule, found.title, self.subject(kind, ref), found.outcome, found.message, found.remedy)

    def _field(self, variable: Variable) -> Field:
        return self._rulebook.kinds[variable.key.kind].fields[variable.key.field]


def _why(field: Field) -> str:
    """Why a fact does not change, or not as it would have to."""
    if not field.changeable:
        return "cannot be changed"
    changes = field.changes
    if changes.to is not None:
        return f"can only be changed to {' or '.join(show_value(field, value, _FORMATS) for value in changes.to)}"
    if changes.direction is not Direction.ANY:
        ways = ("later", "earlier") if isinstance(field.changes.step, DateStep) else ("up", "down")
        return f"can only go {ways[changes.direction is Direction.DOWN]}"
    return "cannot be changed so far"


def _difference(variable: Variable, number: int, field: Field) -> str | None:
    """How far a number or a date moves."""
    before, after = variable.before, variable.value(number)
    if isinstance(before, date) and isinstance(after, date):
        unit = variable.step.value if isinstance(variable.step, DateStep) else DateStep.DAY.value
        return f"{_FORMATS.show_with_unit(abs(number), unit)} {'later' if number > 0 else 'earlier'}"
    if _is_number(before) and _is_number(after):
        distance = _distance(before, after)
        return f"{_FORMATS.show_with_unit(distance, field.unit)} {'more' if number > 0 else 'less'}"
    return None


def _is_number(value: Known) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def _distance(before: Known, after: Known) -> int | Decimal:
    if isinstance(before, int) and isinstance(after, int):
        return abs(after - before)
    return abs(Decimal(after) - Decimal(before))  # type: ignore[arg-type]  # numbers, as their caller knows
