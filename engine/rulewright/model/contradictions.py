"""Errors of cases whose facts and conclusions contradict each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal

from rulewright.diagnostics import Diagnostic, Related, Span
from rulewright.model.facts import Fact
from rulewright.model.rulebook import Kind
from rulewright.model.values import FieldType, Value, canonical


def plain(value: Value) -> str:
    """Return a value as an author writes it in YAML."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return format(canonical(value, FieldType.DECIMAL), "f")
    return str(getattr(value, "value", value))


def wrong_order(fact: Fact, kind: Kind) -> Iterator[Diagnostic]:
    """Yield an error for each date of a fact that is before another date which it must not precede."""
    for name, value in fact.values.items():
        for earliest in kind.fields[name].not_before:
            other = fact.values.get(earliest)
            if not isinstance(value, date) or not isinstance(other, date) or value >= other:
                continue
            start = fact.spans.get(earliest)
            yield Diagnostic(
                "F017",
                f"`{name}` is {value}, which is before `{earliest}` ({other})",
                fact.spans.get(name, fact.span),
                help="correct one of the two dates",
                related=(Related(f"`{earliest}` stands", start),) if start is not None else (),
            )


def contradiction(
    fact: Fact, field: str, stated: Value | None, derived: Iterable[tuple[Value, str | None]]
) -> Diagnostic:
    """Return the error of a field with contradicting values.

    `stated` is the value in the case file, if any. `derived` are the derived values, each with the rule that concludes
    it, or with None for a computed value.
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
