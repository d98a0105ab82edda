"""Check for unused declarations and for fields without a value."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rulewright.diagnostics import Diagnostic
from rulewright.lint.template_text import names_in, texts_of
from rulewright.lint.walking import all_expressions, all_tests
from rulewright.model.conditions import FieldOf, Membership, ParameterOf
from rulewright.model.rulebook import Conclude, Dated, Rulebook, Source


def unused_declarations(rulebook: Rulebook) -> Iterator[Diagnostic]:
    """Yield unused parameters, tables and documents, and fields that are never stated, computed or concluded.

    A partial rulebook is not checked, because an unread part may use the declaration.
    """
    if rulebook.unread:
        return
    names = {name for rule in rulebook.rules.values() for text in texts_of(rule) for name in names_in(text)}
    names.update(_names_in_conditions(rulebook))
    for parameter in rulebook.parameters.values():
        if parameter.name not in names:
            yield Diagnostic("W001", f"the parameter `{parameter.name}` is not used", parameter.span, "take it out")
    for table in rulebook.tables.values():
        if names.isdisjoint(table.columns):
            yield Diagnostic("W001", f"no column of the table `{table.name}` is used", table.span, "take it out")
    cited = {source.document for source in _sources(rulebook)}
    for document in rulebook.documents.values():
        if document.name not in cited:
            help_ = "name it in the `source` of what comes from it, or take it out"
            yield Diagnostic("W001", f"the document `{document.name}` is not used", document.span, help_)
    yield from _never_a_value(rulebook)


def _names_in_conditions(rulebook: Rulebook) -> Iterator[str]:
    for _, expression in all_expressions(rulebook):
        if isinstance(expression, ParameterOf):
            yield expression.name
        elif isinstance(expression, FieldOf):
            yield from expression.path
    for _, test in all_tests(rulebook):
        if isinstance(test, Membership) and isinstance(test.options, ParameterOf):
            yield test.options.name
    for table in rulebook.tables.values():
        yield table.by


def _sources(rulebook: Rulebook) -> Iterator[Source]:
    for rule in rulebook.rules.values():
        yield from rule.sources
    for parameter in rulebook.parameters.values():
        yield from parameter.sources
        yield from _of_values(parameter.values)
    for table in rulebook.tables.values():
        yield from table.sources
        for row in table.all_rows:
            for cell in row.values():
                yield from _of_values(cell)


def _of_values(values: Iterable[Dated]) -> Iterator[Source]:
    for dated in values:
        yield from dated.sources


def _never_a_value(rulebook: Rulebook) -> Iterator[Diagnostic]:
    concluded = {
        (rule.about, name)
        for rule in rulebook.rules.values()
        if isinstance(rule.action, Conclude)
        for name in rule.action.values
    }
    for kind in rulebook.kinds.values():
        for field in kind.fields.values():
            derived = field.computed is not None or field.from_table is not None or (kind.name, field.name) in concluded
            if not derived and not field.may_be_given:
                yield Diagnostic(
                    "W004",
                    f"`{field.name}` of `{kind.name}` never gets a value",
                    field.span,
                    "let it be given, compute it, or write a rule that concludes it",
                )
