"""The errors of a case whose facts and conclusions contradict each other."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from rulewright.diagnostics import Diagnostic, Span
from rulewright.model.facts import Fact
from rulewright.model.values import FieldType, Value, canonical


def plain(value: Value) -> str:
    """A value as an author writes it in YAML."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return format(canonical(value, FieldType.DECIMAL), "f")
    return str(getattr(value, "value", value))


def contradiction(
    fact: Fact, field: str, stated: Value | None, derived: Iterable[tuple[Value, str | None]]
) -> Diagnostic:
    """The error of a field that gets different values.

    `stated` is the value in the case file, if any; `derived` are the others, each with the rule that concludes it (none
    for a value that is computed).
    """
    parts = [f"stated as `{plain(stated)}`"] if stated is not None else []
    for value, rule in derived:
        parts.append(f"concluded as `{plain(value)}` by rule `{rule}`" if rule else f"computed as `{plain(value)}`")
    place: Span | None = fact.spans.get(field, fact.span)
    return Diagnostic(
        "F010",
        f"`{field}` of {fact.kind} `{fact.ref}` is " + " and ".join(parts),
        place,
        help="leave it out, or correct the facts that it follows from",
    )
