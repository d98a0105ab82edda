"""Translations of a rulebook: texts in another language by their place in the file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TypeAlias

from rulewright.diagnostics import Span
from rulewright.model.languages import Language
from rulewright.model.rulebook import Advise, Changes, Document, Field, Kind, Parameter, Require, Rule, Rulebook, Source

#: The keys that lead to a text, such as `rules`, `long-enough`, `title`.
TextPath: TypeAlias = tuple[str, ...]

#: Units that every language has words for. Currencies, three capitals, need no translation either.
_UNITS = ("month", "day", "year")
#: Separator of the sections of a source.
SECTIONS = "; "
_BETWEEN_SECTIONS: Mapping[Language, str] = {Language.ENGLISH: SECTIONS, Language.CHINESE: "；"}


@dataclass(frozen=True, slots=True)
class TranslatedText:
    """A text in another language, with its place.

    `content` is the place of its first character, if the file contains the text verbatim.
    """

    text: str
    span: Span
    content: Span | None = None


@dataclass(frozen=True, slots=True)
class Translation:
    """The texts of a rulebook in another language; missing texts stay in the original language."""

    language: Language
    texts: Mapping[TextPath, TranslatedText]

    def of(self, *path: str, otherwise: str) -> str:
        """Return the text at a path, or `otherwise` if there is no translation."""
        found = self.texts.get(path)
        return otherwise if found is None else found.text

    def optional(self, *path: str, otherwise: str | None) -> str | None:
        """Return the text at a path for an optional text; None if `otherwise` is None."""
        return None if otherwise is None else self.of(*path, otherwise=otherwise)


@dataclass(frozen=True, slots=True)
class TranslatableText:
    """A translatable text of a rulebook, with the place of its object."""

    path: TextPath
    text: str
    span: Span


def texts_of_rulebook(rulebook: Rulebook) -> Iterator[TranslatableText]:
    """Yield every text that a reader of a report can see, in the order of the file."""
    yield TranslatableText(("title",), rulebook.title, rulebook.span)
    for document in rulebook.documents.values():
        yield from _of_document(document, rulebook)
    for kind in rulebook.kinds.values():
        here = ("facts", kind.name)
        yield TranslatableText((*here, "label"), kind.label, kind.span)
        yield from _some(here, {"ask": kind.ask, "note": kind.note}, kind.span)
        for field in kind.fields.values():
            if field.from_table is None:
                yield from _of_field((*here, "fields", field.name), field)
    for parameter in rulebook.parameters.values():
        here = ("parameters", parameter.name)
        yield TranslatableText((*here, "label"), parameter.label or parameter.name, parameter.span)
        yield from _some(here, {"unit": _unit(parameter.unit), "note": parameter.note}, parameter.span)
    for table in rulebook.tables.values():
        for name in table.columns:
            column = rulebook.kinds[table.about].fields.get(name) if table.about in rulebook.kinds else None
            if column is not None:
                yield from _of_field(("tables", table.name, "columns", name), column)
    for rule in rulebook.rules.values():
        if rule.not_covered is not None:
            yield TranslatableText(("not_covered", rule.name, "what"), rule.not_covered.what, rule.span)
            continue
        texts = {"title": rule.title, _text_key(rule): rule.explain or None}
        texts |= {"remedy": rule.remedy, "rationale": rule.rationale}
        yield from _some(("rules", rule.name), texts, rule.span)


def _text_key(rule: Rule) -> str:
    return "advise" if isinstance(rule.action, Advise) else "explain"


def _unit(unit: str | None) -> str | None:
    """Return the unit if it needs a translation."""
    return None if unit is None or unit in _UNITS or (len(unit) == 3 and unit.isupper()) else unit


def _some(here: TextPath, texts: Mapping[str, str | None], span: Span) -> Iterator[TranslatableText]:
    for key, text in texts.items():
        if text is not None:
            yield TranslatableText((*here, key), text, span)


def _of_document(document: Document, rulebook: Rulebook) -> Iterator[TranslatableText]:
    here = ("documents", document.name)
    yield from _some(here, {"title": document.title, "publisher": document.publisher}, document.span)
    sections = [clause.section for clause in document.clauses.values()]
    sources = (source for rule in rulebook.rules.values() for source in rule.sources)
    sections += [source.section for source in sources if source.document == document.name and source.section]
    for section in dict.fromkeys(part for one in sections for part in one.split(SECTIONS)):
        yield TranslatableText((*here, "sections", section), section, document.span)
    for clause in document.clauses.values():
        texts = {"says": clause.says, "no_rule": clause.no_rule}
        yield from _some((*here, "clauses", clause.name), texts, clause.span)


def _of_field(here: TextPath, field: Field) -> Iterator[TranslatableText]:
    yield TranslatableText((*here, "label"), field.label, field.span)
    yield from _some(here, {"unit": _unit(field.unit), "ask": field.ask, "note": field.note}, field.span)
    for choice, label in field.choices.items():
        yield TranslatableText((*here, "of", choice), label, field.span)
    if field.changes is not None:
        yield from _some((*here, "changes"), {"say": field.changes.say}, field.span)


def translated(rulebook: Rulebook, translation: Translation) -> Rulebook:
    """Return the rulebook with translated texts; both evaluate every case alike."""
    return replace(
        rulebook,
        title=translation.of("title", otherwise=rulebook.title),
        documents=MappingProxyType({name: _document(one, translation) for name, one in rulebook.documents.items()}),
        kinds=MappingProxyType({name: _kind(one, translation) for name, one in rulebook.kinds.items()}),
        parameters=MappingProxyType({name: _parameter(one, translation) for name, one in rulebook.parameters.items()}),
        rules=MappingProxyType({name: _rule(one, translation) for name, one in rulebook.rules.items()}),
    )


def _document(document: Document, translation: Translation) -> Document:
    here = ("documents", document.name)
    clauses = {
        name: replace(
            clause,
            section=_section(document.name, clause.section, translation),
            says=translation.of(*here, "clauses", name, "says", otherwise=clause.says),
            no_rule=translation.optional(*here, "clauses", name, "no_rule", otherwise=clause.no_rule),
        )
        for name, clause in document.clauses.items()
    }
    return replace(
        document,
        title=translation.of(*here, "title", otherwise=document.title),
        publisher=translation.optional(*here, "publisher", otherwise=document.publisher),
        clauses=MappingProxyType(clauses),
    )


def _section(document: str, section: str, translation: Translation) -> str:
    sections = section.split(SECTIONS)
    parts = [translation.of("documents", document, "sections", part, otherwise=part) for part in sections]
    return section if parts == sections else _BETWEEN_SECTIONS[translation.language].join(parts)


def _kind(kind: Kind, translation: Translation) -> Kind:
    here = ("facts", kind.name)
    fields = {}
    for name, field in kind.fields.items():
        if field.from_table is None:
            place: TextPath = (*here, "fields", name)
        else:
            place = ("tables", field.from_table, "columns", name)
        fields[name] = _field(field, place, translation)
    return replace(
        kind,
        label=translation.of(*here, "label", otherwise=kind.label),
        ask=translation.optional(*here, "ask", otherwise=kind.ask),
        note=translation.optional(*here, "note", otherwise=kind.note),
        fields=MappingProxyType(fields),
    )


def _field(field: Field, here: TextPath, translation: Translation) -> Field:
    choices = {name: translation.of(*here, "of", name, otherwise=label) for name, label in field.choices.items()}
    return replace(
        field,
        label=translation.of(*here, "label", otherwise=field.label),
        unit=translation.optional(*here, "unit", otherwise=field.unit),
        ask=translation.optional(*here, "ask", otherwise=field.ask),
        note=translation.optional(*here, "note", otherwise=field.note),
        choices=MappingProxyType(choices),
        changes=_changes(field.changes, (*here, "changes", "say"), translation),
    )


def _changes(changes: Changes | None, here: TextPath, translation: Translation) -> Changes | None:
    found = translation.texts.get(here)
    if changes is None or changes.say is None or found is None:
        return changes
    return replace(changes, say=found.text, say_span=found.span)


def _parameter(parameter: Parameter, translation: Translation) -> Parameter:
    here = ("parameters", parameter.name)
    return replace(
        parameter,
        label=translation.optional(*here, "label", otherwise=parameter.label or parameter.name.replace("_", " ")),
        unit=translation.optional(*here, "unit", otherwise=parameter.unit),
        note=translation.optional(*here, "note", otherwise=parameter.note),
    )


def _rule(rule: Rule, translation: Translation) -> Rule:
    lacking = rule.not_covered
    if lacking is not None:
        what = translation.of("not_covered", rule.name, "what", otherwise=lacking.what)
        return replace(rule, action=Require(replace(lacking, what=what)))
    here = ("rules", rule.name)
    texts = {key: translation.texts.get((*here, key)) for key in (_text_key(rule), "remedy")}
    found = {key: text for key, text in texts.items() if text is not None}
    return replace(
        rule,
        title=translation.of(*here, "title", otherwise=rule.title),
        explain=translation.of(*here, _text_key(rule), otherwise=rule.explain),
        remedy=translation.optional(*here, "remedy", otherwise=rule.remedy),
        rationale=translation.optional(*here, "rationale", otherwise=rule.rationale),
        sources=tuple(_source(source, translation) for source in rule.sources),
        # errors in a translated text are reported at its place in the translation
        text_spans=MappingProxyType({**rule.text_spans, **{key: text.span for key, text in found.items()}}),
        content_spans=MappingProxyType(
            {key: at for key, at in rule.content_spans.items() if key not in found}
            | {key: text.content for key, text in found.items() if text.content is not None}
        ),
    )


def _source(source: Source, translation: Translation) -> Source:
    section = None if source.section is None else _section(source.document, source.section, translation)
    return replace(source, section=section)
