"""Render the texts of rules for a subject; a text is rendered once for equal values, and the ref is filled in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias

from jinja2 import Template, TemplateError, UndefinedError

from rulewright.caches import Remembered
from rulewright.explain.case_subjects import CaseSubject, Subjects
from rulewright.explain.phrases import PHRASES
from rulewright.explain.subject_fields import TextReads, text_reads
from rulewright.model.languages import Language
from rulewright.model.outcomes import VERDICT, SubjectResult, Verdict
from rulewright.model.rulebook import Rulebook
from rulewright.model.values import FieldType, Value
from rulewright.semantics.compiled import in_force
from rulewright.text_environment import FORMATS, ChoiceText, SubjectView, render_text, text_environment

#: A text that is split where the ref goes.
Parts: TypeAlias = tuple[str, ...]
#: The message of Jinja2 for a field that is read through an unknown reference.
_FIELD_OF_ABSENT = re.compile(r"Absent object' has no attribute '(\w+)'")
#: The placeholder for the ref in a rendered text. A text that contains it already is rendered for each ref.
_REF = "\0"


class RenderFailure(str):
    """The reason why a text cannot be rendered for some values."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, eq=False)
class RuleText:
    """A text of a rule about a kind; `reads` is none if the text may read other subjects."""

    kind: str
    template: Template
    reads: TextReads | None


class RuleTexts:
    """Renders the texts of a rulebook, and caches the results."""

    def __init__(self, rulebook: Rulebook, language: Language = Language.ENGLISH) -> None:
        self.rulebook = rulebook
        self._phrases = PHRASES[language]
        self._absent = RenderFailure(self._phrases.calculates_with_absent)
        self._environment = text_environment(FORMATS[language])
        self._texts: Remembered[tuple[str, str], RuleText] = Remembered(self._parse)
        self._made: Remembered[tuple[Any, ...], Parts | RenderFailure | None] = Remembered(self._make)
        self._parameters: Remembered[date, Mapping[str, Any]] = Remembered(self._in_force)

    def __getitem__(self, key: tuple[str, str]) -> RuleText:
        """Return a parsed text of a rule; the key is the kind of the rule and the source of the text."""
        return self._texts[key]

    def _parse(self, key: tuple[str, str]) -> RuleText:
        kind, text = key
        tree = self._environment.parse(text)
        reads = text_reads(tree, self.rulebook.kinds[kind])
        return RuleText(kind, self._environment.from_string(tree), reads)

    def make(self, text: RuleText, subject: CaseSubject, of: Subjects) -> str | RenderFailure:
        """Return the text for a subject, or the reason why it cannot be rendered."""
        result, reads, as_of = subject.result, text.reads, of.case.as_of
        if reads is None:
            return self._rendered(text, self._full_context(result, of))
        values = [_subject_value(result, name) for name in reads.names]
        # rendering collapses white space, so a ref that contains any cannot be filled in afterwards
        if reads.only_shows_ref and result.ref.split() == [result.ref]:
            made = self._made[(text, as_of, None, *values)]
            if made is not None:
                return made if isinstance(made, RenderFailure) else result.ref.join(made)
        made = self._made[(text, as_of, result.ref, *values)]
        assert made is not None, "nothing stands for this ref"
        return made if isinstance(made, RenderFailure) else made[0]

    def _make(self, key: tuple[Any, ...]) -> Parts | RenderFailure | None:
        """Return the parts of a text for a date, a ref and values.

        Without a ref, return none if the result may depend on the ref.
        """
        text, as_of, ref, *values = key
        assert text.reads is not None, "only these are remembered"
        read = zip(text.reads.names, values, strict=True)
        context = {
            **self._parameters[as_of],
            **{name: self._shown(text.kind, name, value) for name, value in read},
            "as_of": as_of,
        }
        made = self._rendered(text, {**context, "ref": "x" if ref is None else ref})
        if ref is not None or made is self._absent:
            return made if isinstance(made, RenderFailure) else (made,)
        if isinstance(made, RenderFailure) or _REF in made:
            return None
        return tuple(self._rendered(text, {**context, "ref": _REF}).split(_REF))

    def _rendered(self, text: RuleText, context: Mapping[str, Any]) -> str | RenderFailure:
        try:
            return render_text(text.template, context)
        except TypeError:
            return self._absent
        except UndefinedError as error:
            field = _FIELD_OF_ABSENT.search(str(error))
            if field is None:
                return RenderFailure(error)
            return RenderFailure(self._phrases.reads_of_absent.format(field=field[1]))
        except (TemplateError, LookupError, AttributeError, ValueError, ArithmeticError) as error:
            return RenderFailure(error)

    def _in_force(self, as_of: date) -> Mapping[str, Any]:
        return {name: in_force(found.values)(as_of) for name, found in self.rulebook.parameters.items()}

    def _shown(self, kind: str, name: str, value: Value | Verdict) -> object:
        """Return a field, ref or verdict of a subject in the form that a text without other subjects reads."""
        if isinstance(value, Verdict):
            return ChoiceText(value.value, self._phrases.verdicts[value])
        field = self.rulebook.kinds[kind].fields.get(name)
        if field is not None and field.type is FieldType.CHOICE and isinstance(value, str):
            return ChoiceText(value, field.choices.get(value, value))
        return value

    # --- texts that read other subjects ---

    def _full_context(self, subject: SubjectResult, of: Subjects) -> Mapping[str, Any]:
        context: dict[str, Any] = dict(self._parameters[of.case.as_of])
        for name in (*self.rulebook.kinds[subject.kind].fields, "ref", VERDICT):
            context[name] = self._reached(subject, name, of)
        context["as_of"] = of.case.as_of
        return context

    def _reached(self, subject: SubjectResult, name: str, of: Subjects) -> object:
        value = _subject_value(subject, name)
        field = self.rulebook.kinds[subject.kind].fields.get(name)
        if field is not None and field.refers_to is not None and isinstance(value, str):
            target = of.results.get((field.refers_to, value))
            if target is not None:
                return SubjectView(lambda part: self._reached(target, part, of))
        return self._shown(subject.kind, name, value)


def _subject_value(subject: SubjectResult, name: str) -> Value | Verdict:
    if name == "ref":
        return subject.ref
    return subject.verdict if name == VERDICT else subject.values[name]
