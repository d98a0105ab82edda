"""Check for choices of a table's key without a row."""

from __future__ import annotations

from collections.abc import Iterator

from rulewright.diagnostics import Diagnostic, Related
from rulewright.model.rulebook import Rulebook

#: Maximum number of choices in a message, so that it stays on one line.
_NAMED = 5


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
