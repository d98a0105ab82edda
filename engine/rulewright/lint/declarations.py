"""Checks of declarations: unused, without a value, with an ambiguous name, or without a row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rulewright.diagnostics import Diagnostic, Related
from rulewright.lint.template_text import names_in, texts_of
from rulewright.lint.traversal import all_expressions, all_tests
from rulewright.model.conditions import FieldOf, Membership, ParameterOf
from rulewright.model.rulebook import Conclude, Dated, Rulebook, Source

#: Maximum number of choices in a message, so that it stays on one line.
_NAMED = 5


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


def ambiguous_names(rulebook: Rulebook) -> Iterator[Diagnostic]:
    """Yield the parameters that have the name of a field, because a text could mean either."""
    for parameter in rulebook.parameters.values():
        fields = [
            (kind, kind.fields[parameter.name]) for kind in rulebook.kinds.values() if parameter.name in kind.fields
        ]
        if fields:
            kinds = " and ".join(f"`{kind.name}`" for kind, _ in fields)
            yield Diagnostic(
                "R032",
                f"`{parameter.name}` is a parameter and also a field of {kinds}",
                parameter.span,
                "give the parameter another name: a text with it could mean either",
                tuple(Related(f"the field of `{kind.name}` is declared", field.span) for kind, field in fields),
            )


def choices_without_row(rulebook: Rulebook) -> Iterator[Diagnostic]:
    """Find the choices of a table's key for which the table has no row.

    A partial rulebook is not checked, because a row may be in an unread part.
    """
    if rulebook.unread:
        return
    for table in rulebook.tables.values():
        key = rulebook.kinds[table.about].fields[table.by]
        missing = [choice for choice in key.choices if table.row(choice) is None]
        if not missing:
            continue
        named = ", ".join(f"`{choice}`" for choice in missing[:_NAMED])
        more = len(missing) - _NAMED
        listed = f"{named} and {more} more" if more > 0 else named
        yield Diagnostic(
            "W008",
            f"the table `{table.name}` has no row for {listed}, so its columns are unknown there",
            table.span,
            f"add {'a row' if len(missing) == 1 else 'rows'}, or write `otherwise: none` if none is meant",
            (Related(f"`{key.name}` is declared", key.span),),
        )
