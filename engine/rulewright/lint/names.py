"""Check for ambiguous names in rule texts."""

from __future__ import annotations

from collections.abc import Iterator

from rulewright.diagnostics import Diagnostic, Related
from rulewright.model.rulebook import Rulebook


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
