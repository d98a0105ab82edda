"""Wording of changes and fixed facts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from rulewright.explain.wording import show_value
from rulewright.fix.fix_phrases import FIX_PHRASES
from rulewright.fix.results import LeftOut, Limit, Unsolved
from rulewright.fix.variables import Variable, is_any_other
from rulewright.model.explanation import Explanation, Finding
from rulewright.model.facts import Case
from rulewright.model.fixes import FactChange, FixedFact, LeaveOut, NamedSubject, RuleAtStake, UnmetRule
from rulewright.model.languages import Language
from rulewright.model.outcomes import Verdict
from rulewright.model.rulebook import DateStep, Direction, Field, Rulebook
from rulewright.model.values import Absent, FieldType, Known
from rulewright.text_environment import FORMATS, render_text, text_environment


@dataclass(frozen=True, slots=True)
class _Difference:
    """The distance that a value moves, and the phrase for its direction."""

    distance: str
    way: str

    @property
    def said(self) -> str:
        return self.way.format(distance=self.distance)


class ChangeWording:
    """Wording of the changes of one case in one language; the rulebook and explanation must be in that language."""

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
        """Return a subject with the label of its kind."""
        return NamedSubject(kind, self._rulebook.kinds[kind].label, ref)

    def change(self, variable: Variable, number: int, alternatives: tuple[int, ...]) -> FactChange:
        """Return a change of a fact to the value with this number, or to one of the alternatives."""
        key, declared = variable.key, self._field(variable)
        before = None if isinstance(variable.before, Absent) else variable.before
        after = None if is_any_other(variable, number) else variable.value(number)
        others = tuple(variable.value(other) for other in alternatives if not is_any_other(variable, other))
        shown_before = self.phrases.not_stated if before is None else self._show(declared, before)
        shown_after = self.phrases.any_other if after is None else self._show(declared, after)
        if before is None:
            difference = None
            values = self.phrases.either.join([shown_after, *(self._show(declared, other) for other in others)])
            clause = self.phrases.state.format(label=declared.label, ref=key.ref, after=values)
        else:
            difference = None if after is None else self._difference(variable, number, declared)
            clause = self._clause(declared, key.ref, shown_before, shown_after, difference)
        return FactChange(
            self.subject(key.kind, key.ref),
            key.field,
            declared.label,
            before,
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
        """Return one sentence for several changes, at least one."""
        first, *others = changes
        *clauses, last = [first.headline, *(change.clause for change in others)]
        said = self.phrases.last.join([self.phrases.between.join(clauses), last]) if clauses else last
        return said + self.phrases.stop

    def fixed(self, variable: Variable, needed: int | None, violates: tuple[RuleAtStake, ...]) -> FixedFact:
        """Return a fact that would have to be different, with the reason why it does not change."""
        key, declared, phrases = variable.key, self._field(variable), self.phrases
        before = variable.value(0)
        shown, why = self._show(declared, before), self._why(declared)
        after, shown_needed = None, None
        said = phrases.stands.format(label=declared.label, ref=key.ref, value=shown, why=why)
        if needed is not None:
            after = None if is_any_other(variable, needed) else variable.value(needed)
            shown_needed = phrases.any_other if after is None else self._show(declared, after)
            said = phrases.needed.format(label=declared.label, ref=key.ref, value=shown, needed=shown_needed, why=why)
        return FixedFact(
            self.subject(key.kind, key.ref),
            key.field,
            declared.label,
            before,
            shown,
            after,
            shown_needed,
            why,
            violates,
            self._facts[key.kind, key.ref].spans.get(key.field),
            _begun(said, key.ref) + self.phrases.stop,
        )

    def limit(self, limit: Limit) -> str:
        """Return the notice for a part of a search that was not done."""
        kinds = self.phrases.listed.join(self._rulebook.kinds[kind].label for kind in limit.kinds)
        return self.phrases.undone[limit.undone].format(number=limit.number, kinds=kinds)

    def unsolved(self, unsolved: Unsolved) -> UnmetRule:
        """Return a requirement that no examined value satisfies, with the reason."""
        why = self.phrases.no_value if unsolved.alone else self.phrases.not_with_others
        return UnmetRule(self.rule(*unsolved.requirement), why)

    def left_out(self, left: LeftOut, has_changes: bool) -> LeaveOut:
        """Return the advice to leave subjects out."""
        phrases = self.phrases
        refs = phrases.listed.join(ref for _, ref in left.subjects)
        said = (phrases.leave_out_too if has_changes else phrases.leave_out).format(refs=refs)
        then = phrases.then_ready if left.verdict is Verdict.READY else phrases.then_missing
        subjects = tuple(self.subject(*subject) for subject in left.subjects)
        return LeaveOut(subjects, left.verdict, f"{said}{phrases.space}{then}")

    def rule(self, rule: str, kind: str, ref: str) -> RuleAtStake:
        """Return a requirement with its outcome before any change."""
        found: Finding = self._findings[rule, kind, ref]
        return RuleAtStake(rule, found.title, self.subject(kind, ref), found.outcome, found.message, found.remedy)

    def _field(self, variable: Variable) -> Field:
        return self._rulebook.kinds[variable.key.kind].fields[variable.key.field]

    def _show(self, field: Field, value: Known) -> str:
        return show_value(field, value, self._formats)

    def _clause(self, field: Field, ref: str, before: str, after: str, difference: _Difference | None) -> str:
        """Return a change as a clause, in the words of the field if it declares any."""
        if field.changes is None or field.changes.say is None:
            return self.phrases.change.format(label=field.label, ref=ref, before=before, after=after)
        known = {"ref": ref, "before": before, "after": after, "difference": difference.distance if difference else ""}
        return render_text(self._environment.from_string(field.changes.say), known)

    def _why(self, field: Field) -> str:
        """Return the reason why a fact cannot change, or cannot change as needed."""
        said, changes = self.phrases, field.changes
        if not field.changeable:
            return said.fixed
        if changes is None:
            return said.not_declared
        if changes.to is not None:
            return said.only_to.format(values=said.either.join(self._show(field, value) for value in changes.to))
        if changes.direction is not Direction.ANY:
            ways = said.only_later if field.type is FieldType.DATE else said.only_more
            return ways[changes.direction is Direction.DOWN]
        return said.fixed_so_far

    def _difference(self, variable: Variable, number: int, field: Field) -> _Difference | None:
        """Return the distance that a number or a date moves; none for other values."""
        before, after = variable.value(0), variable.value(number)
        if isinstance(before, date) and isinstance(after, date):
            unit = variable.step.value if isinstance(variable.step, DateStep) else DateStep.DAY.value
            return _Difference(self._formats.show_with_unit(abs(number), unit), self.phrases.moved[number < 0])
        if _is_number(before) and _is_number(after):
            distance = self._formats.show_with_unit(_distance(before, after), field.unit)
            return _Difference(distance, self.phrases.grown[number < 0])
        return None


def _begun(text: str, ref: str) -> str:
    """Return the text with a capital letter; unchanged if it begins with the ref, which is a name."""
    return text if text.startswith(ref) else f"{text[:1].upper()}{text[1:]}"


def _is_number(value: Known) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def _distance(before: Known, after: Known) -> int | Decimal:
    if isinstance(before, int) and isinstance(after, int):
        return abs(after - before)
    return abs(Decimal(after) - Decimal(before))  # type: ignore[arg-type]  # the caller passes numbers only
