"""Check for a rulebook without changeable fields, for which `fix` has nothing to propose."""

from __future__ import annotations

from collections.abc import Iterator

from rulewright.diagnostics import Diagnostic
from rulewright.model.dependencies import FieldItem, Item, RuleItem, dependencies
from rulewright.model.rulebook import Field, Rulebook


def nothing_can_change(rulebook: Rulebook) -> Iterator[Diagnostic]:
    """Warn if no requirement of the rulebook reads a field that a user can change.

    Fields with `changeable: no` are fixed on purpose. If all fields are, there is no warning.
    """
    if rulebook.unread:
        return
    read = _stated_fields(rulebook)
    silent = [field for field in read if field.changeable and field.changes is None]
    if silent and not any(field.changes is not None for field in read):
        first = min(silent, key=lambda field: (field.span.line, field.span.column))
        yield Diagnostic(
            "W006",
            f"`{first.name}` does not say how it can change, nor does any other field that a requirement reads: "
            "`fix` has nothing to propose",
            first.span,
            "add `changes` to each field that a user can change, and `changeable: no` to each that no user can",
        )


def _stated_fields(rulebook: Rulebook) -> list[Field]:
    """Return the case file fields that blocking requirements read, directly or through other items."""
    graph = dependencies(rulebook)
    pending: list[Item] = [RuleItem(rule.name) for rule in rulebook.rules.values() if rule.decides]
    found: dict[Item, None] = {}
    while pending:
        item = pending.pop()
        if item not in found:
            found[item] = None
            pending += graph.get(item, ())
    fields = [rulebook.kinds[item.kind].fields[item.field] for item in found if isinstance(item, FieldItem)]
    return [field for field in fields if field.may_be_given and field.from_table is None]
