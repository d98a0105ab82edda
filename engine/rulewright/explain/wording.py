"""Wording of conditions, expressions and values."""

from __future__ import annotations

from typing_extensions import assert_never

from rulewright.explain.phrases import PHRASES
from rulewright.language.operators import equality, presence
from rulewright.language.phrases import FUNCTION_PHRASES, OPERATOR_PHRASES
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
from rulewright.model.explanation import Gap
from rulewright.model.languages import Language
from rulewright.model.outcomes import VERDICT, Outcome
from rulewright.model.rulebook import Field, Rulebook
from rulewright.model.values import FieldType, Value
from rulewright.text_environment import FORMATS, Formats

#: The most values of a list that a condition names. A phrase with a longer list gives only the number of values.
_LISTED = 6


class Wording:
    """Wording of conditions about one kind of subject, in one language."""

    def __init__(self, rulebook: Rulebook, kind: str, language: Language = Language.ENGLISH) -> None:
        self.rulebook = rulebook
        self.kind = kind
        self.language = language
        self.phrases = PHRASES[language]
        self.operators = OPERATOR_PHRASES[language]
        self.formats = FORMATS[language]

    def field(self, path: tuple[str, ...]) -> Field | None:
        """Return the field at a path; none for a verdict."""
        return None if path[-1] == VERDICT else self.rulebook.field_at(self.kind, path)

    def condition(self, condition: Condition) -> str:
        """Return a condition in words."""
        said = self.phrases
        match condition:
            case AllOf(parts):
                return said.both.join(self._part(part) for part in parts)
            case AnyOf(parts):
                return said.either.join(self._part(part) for part in parts)
            case Not(part):
                return self._negation(part)
            case Comparison():
                return self._comparison(condition, self._pattern(condition))
            case Membership():
                return self._membership(condition, self.operators[equality.IN.key].holds)
            case IsGiven(operand):
                return self.operators[presence.GIVEN.key].holds.format(left=self.expression(operand))
            case IsKnown(operand):
                return self.operators[presence.KNOWN.key].holds.format(left=self.expression(operand))
            case AnyRelated(related):
                label = said.with_article(self._label(related))
                return said.there_is.format(label=label, where=self.where(related))
            case AllRelated(related):
                where = "" if related.where is None else self.about(related.of).condition(related.where)
                told = said.every_where.format(condition=where) if where else ""
                return said.for_every.format(label=self._label(related), where=told)
            case RuleOutcome(rule, outcome):
                title = self.rulebook.rules[rule].title
                return said.came_out.format(title=title, outcome=said.outcomes[Outcome(outcome)])
            case NotCovered(what):
                return said.not_covered_test.format(what=what)
            case _:
                assert_never(condition)

    def _negation(self, condition: Condition) -> str:
        """Return the negation of a condition in words; most tests have a negative phrase of their operator."""
        said = self.phrases
        match condition:
            case Not(part):
                return self.condition(part)
            case Comparison():
                return self._comparison(condition, self._pattern(condition, negated=True))
            case Membership():
                return self._membership(condition, self.operators[equality.IN.key].holds_not)
            case IsGiven(operand):
                return self.operators[presence.GIVEN.key].holds_not.format(left=self.expression(operand))
            case IsKnown(operand):
                return self.operators[presence.KNOWN.key].holds_not.format(left=self.expression(operand))
            case AnyRelated(related):
                return said.there_is_no.format(label=self._label(related), where=self.where(related))
            case RuleOutcome(rule, outcome):
                title = self.rulebook.rules[rule].title
                return said.came_out_not.format(title=title, outcome=said.outcomes[Outcome(outcome)])
            case AllRelated() | NotCovered() | AllOf() | AnyOf():
                return said.negated.format(part=self.condition(condition))
            case _:
                assert_never(condition)

    def about(self, kind: str) -> Wording:
        """Return the wording for conditions about another kind."""
        return Wording(self.rulebook, kind, self.language)

    def _part(self, part: Condition) -> str:
        words = self.condition(part)
        return f"({words})" if isinstance(part, (AllOf, AnyOf)) else words

    def _pattern(self, test: Comparison, *, negated: bool = False) -> str:
        said = self.operators[test.comparator.key].of(self.is_date(test.left))
        return said.holds_not if negated else said.holds

    def _comparison(self, test: Comparison, pattern: str) -> str:
        unit = self.unit(test.left) or self.unit(test.right)
        right = self.literal(test.right, test.left, unit)
        return self._filled(pattern, test, right)

    def comparison(self, test: Comparison, right: Value, *, negated: bool = False) -> str:
        """Return a comparison in words with the value of its right-hand side, followed by the name of that side."""
        shown = self.value(test.right if self.unit(test.right) else test.left, right)
        named = self.phrases.named_value.format(value=shown, name=self.expression(test.right))
        return self._filled(self._pattern(test, negated=negated), test, named)

    def _membership(self, test: Membership, pattern: str) -> str:
        if isinstance(test.options, ParameterOf):
            named = self.phrases.of_parameter.format(name=self._parameter(test.options.name))
            return self._filled(pattern, test, named)
        options = [self.literal(option, test.left, self.unit(test.left)) for option in test.options]
        several = self.phrases.several_values.format(number=len(options))
        return self._filled(pattern, test, self.phrases.listed.join(options) if len(options) <= _LISTED else several)

    def _filled(self, pattern: str, test: Comparison | Membership, right: str) -> str:
        words = pattern.format(left=self.expression(test.left), right=right)
        return self.phrases.any_case.format(words=words) if test.ignore_case else words

    def _parameter(self, name: str) -> str:
        return self.rulebook.parameters[name].label or name.replace("_", " ")

    def literal(self, expression: Expression, beside: Expression, unit: str | None) -> str:
        """Return an expression in words; a literal choice is shown by its label in the field `beside` it."""
        if not isinstance(expression, Literal):
            return self.expression(expression)
        field = self.field(beside.path) if isinstance(beside, FieldOf) else None
        if field is not None and field.type is FieldType.CHOICE:
            return field.choices.get(str(expression.value), str(expression.value))
        if isinstance(beside, FieldOf) and field is None and isinstance(expression.value, str):
            return self._verdict(expression.value)
        return self.formats.show_with_unit(expression.value, unit)

    def expression(self, expression: Expression) -> str:
        """Return an expression in words."""
        match expression:
            case Literal(value):
                return self.formats.show(value)
            case FieldOf(path):
                return self._path(path)
            case ParameterOf(name):
                return self._parameter(name)
            case AsOf():
                return self.phrases.date_of_check
            case Arithmetic(function, parts):
                around = FUNCTION_PHRASES[self.language][function.key]
                return around.before + around.between.join(self.expression(part) for part in parts) + around.behind
            case CountOf(related):
                return self.phrases.number_of.format(labels=self._labels(related), where=self.where(related))
            case SumOf(of_field, related):
                field = self.rulebook.kinds[related.of].fields[of_field].label
                return self.phrases.sum_of.format(field=field, labels=self._labels(related), where=self.where(related))
            case _:
                assert_never(expression)

    def _path(self, path: tuple[str, ...]) -> str:
        field = self.field(path)
        label = self.phrases.verdict if field is None else field.label
        if len(path) == 1:
            return label
        owner = self.rulebook.field_at(self.kind, path[:-1])
        return self.phrases.path.format(label=label, owner=owner.label if owner else path[-2])

    def _label(self, related: RelatedFacts) -> str:
        return self.rulebook.kinds[related.of].label

    def _labels(self, related: RelatedFacts) -> str:
        return self.phrases.plural(self._label(related))

    def where(self, related: RelatedFacts) -> str:
        """Return the condition on related facts in words, to follow their label; empty if there is none."""
        if related.where is None:
            return ""
        return self.phrases.where.format(condition=self.about(related.of).condition(related.where))

    def unit(self, expression: Expression) -> str | None:
        """Return the unit of an expression's numbers; none if it has no unit."""
        match expression:
            case FieldOf(path):
                field = self.field(path)
                return None if field is None else field.unit
            case ParameterOf(name):
                return self.rulebook.parameters[name].unit
            case Arithmetic(function, parts):
                return function.unit or next((unit for unit in map(self.unit, parts) if unit), None)
            case SumOf(of_field, related):
                return self.rulebook.kinds[related.of].fields[of_field].unit
            case _:
                return None

    def is_date(self, expression: Expression) -> bool:
        """Return whether an expression is a date field or the date of the check."""
        if isinstance(expression, FieldOf):
            field = self.field(expression.path)
            return field is not None and field.type is FieldType.DATE
        return isinstance(expression, AsOf)

    def value(self, expression: Expression, value: Value) -> str:
        """Return the value of an expression in words, with its unit; a choice is shown by its label."""
        if isinstance(expression, FieldOf):
            field = self.field(expression.path)
            if field is not None:
                return self.value_of(field, value)
            if isinstance(value, str):
                return self._verdict(value)
        return self.formats.show_with_unit(value, self.unit(expression))

    def _verdict(self, word: str) -> str:
        """Return a verdict in words; any other word is returned unchanged."""
        return next((said for verdict, said in self.phrases.verdicts.items() if verdict.value == word), word)

    def value_of(self, field: Field, value: Value) -> str:
        """Return the value of a field in words, with its unit; a choice is shown by its label."""
        return show_value(field, value, self.formats)

    def gap(self, gap: Gap, who: str) -> str:
        """Return a sentence on a gap: the edition does not cover something that `who` needs, or may need."""
        said = self.phrases
        by = gap.covered_by
        return (said.not_covered_needed if gap.sure else said.not_covered_perhaps).format(
            edition=self.rulebook.edition,
            what=gap.what,
            who=who,
            elsewhere="" if by is None else said.covered_elsewhere.format(edition=by),
        )


def show_value(field: Field, value: Value, formats: Formats) -> str:
    """Return the value of a field in words, with its unit; a choice is shown by its label."""
    if field.choices and isinstance(value, str):
        return field.choices.get(value, value)
    return formats.show_with_unit(value, field.unit)
