"""Changes and fixed facts in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from rulewright.explain.wording import show_value
from rulewright.fix.found import Limit
from rulewright.fix.phrases import FIX_PHRASES
from rulewright.fix.variables import Variable, is_any_other
from rulewright.model.explanation import Explanation, Finding
from rulewright.model.facts import Case
from rulewright.model.fixes import FactChange, FixedFact, NamedSubject, RuleAtStake
from rulewright.model.languages import Language
from rulewright.model.rulebook import DateStep, Direction, Field, Rulebook
from rulewright.model.values import Known
from rulewright.texts import FORMATS, render_text, text_environment


@dataclass(frozen=True, slots=True)
class _Difference:
    """How far a value moves, and the phrase that says in which way."""

    distance: str
    way: str

    @property
    def said(self) -> str:
        return self.way.format(distance=self.distance)


class Telling:
    """Tells of the changes of one case in one language, in which it is given the rulebook and the explanation."""

    def __init__(
        self, rulebook: Rulebook, case: Case, explanation: Explanation, language: Language = Language.ENGLISH
    ) -> None:
        self.phrases = FIX_PHRASES[language]
        self._formats = FORMATS[language]
        self._environment = text_environment(self._formats)
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
        shown_before = self._show(declared, variable.before)
        shown_after = self.phrases.any_other if after is None else self._show(declared, after)
        difference = None if after is None else self._difference(variable, number, declared)
        clause = self._clause(declared, key.ref, shown_before, shown_after, difference)
        return FactChange(
            self.subject(key.kind, key.ref),
            key.field,
            declared.label,
            variable.before,
            after,
            shown_before,
            shown_after,
            difference.said if difference else None,
            others,
            tuple(self._show(declared, other) for other in others),
            self._facts[key.kind, key.ref].spans.get(key.field),
            clause,
            _begun(clause, key.ref),
        )

    def sentence(self, changes: Sequence[FactChange]) -> str:
        """Changes as one sentence."""
        first, *others = changes
        *clauses, last = [first.headline, *(change.clause for change in others)]
        said = self.phrases.last.join([self.phrases.between.join(clauses), last]) if clauses else last
        return said + self.phrases.stop

    def fixed(self, variable: Variable, violates: tuple[RuleAtStake, ...]) -> FixedFact:
        """A fact that stands in the way."""
        key, declared = variable.key, self._field(variable)
        shown, why = self._show(declared, variable.before), self._why(declared)
        said = self.phrases.stands.format(label=declared.label, ref=key.ref, value=shown, why=why)
        return FixedFact(
            self.subject(key.kind, key.ref),
            key.field,
            declared.label,
            variable.before,
            shown,
            why,
            violates,
            self._facts[key.kind, key.ref].spans.get(key.field),
            _begun(said, key.ref) + self.phrases.stop,
        )

    def limit(self, limit: Limit) -> str:
        """What a search left undone."""
        return self.phrases.undone[limit.undone].format(number=limit.number)

    def rule(self, rule: str, kind: str, ref: str) -> RuleAtStake:
        """A requirement, as it came out before any change."""
        found: Finding = self._findings[rule, kind, ref]
        return RuleAtStake(rule, found.title, self.subject(kind, ref), found.outcome, found.message, found.remedy)

    def _field(self, variable: Variable) -> Field:
        return self._rulebook.kinds[variable.key.kind].fields[variable.key.field]

    def _show(self, field: Field, value: Known) -> str:
        return show_value(field, value, self._formats)

    def _clause(self, field: Field, ref: str, before: str, after: str, difference: _Difference | None) -> str:
        """A change as a clause, in the words that the field has for it, if any."""
        if field.changes.say is None:
            return self.phrases.change.format(label=field.label, ref=ref, before=before, after=after)
        known = {"ref": ref, "before": before, "after": after, "difference": difference.distance if difference else ""}
        return render_text(self._environment.from_string(field.changes.say), known)

    def _why(self, field: Field) -> str:
        """Why a fact does not change, or not as it would have to."""
        said, changes = self.phrases, field.changes
        if not field.changeable:
            return said.fixed
        if changes.to is not None:
            return said.only_to.format(values=said.either.join(self._show(field, value) for value in changes.to))
        if changes.direction is not Direction.ANY:
            ways = said.only_later if isinstance(changes.step, DateStep) else said.only_more
            return ways[changes.direction is Direction.DOWN]
        return said.fixed_so_far

    def _difference(self, variable: Variable, number: int, field: Field) -> _Difference | None:
        """How far a number or a date moves."""
        before, after = variable.before, variable.value(number)
        if isinstance(before, date) and isinstance(after, date):
            unit = variable.step.value if isinstance(variable.step, DateStep) else DateStep.DAY.value
            return _Difference(self._formats.show_with_unit(abs(number), unit), self.phrases.moved[number < 0])
        if _is_number(before) and _is_number(after):
            distance = self._formats.show_with_unit(_distance(before, after), field.unit)
            return _Difference(distance, self.phrases.grown[number < 0])
        return None


def _begun(text: str, ref: str) -> str:
    """The text as the beginning of a sentence, but for a ref, which is a name."""
    return text if text.startswith(ref) else f"{text[:1].upper()}{text[1:]}"


def _is_number(value: Known) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def _distance(before: Known, after: Known) -> int | Decimal:
    if isinstance(before, int) and isinstance(after, int):
        return abs(after - before)
    return abs(Decimal(after) - Decimal(before))  # type: ignore[arg-type]  # numbers, as their caller knows
