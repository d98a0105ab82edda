"""Rules that do not say where they come from."""

from __future__ import annotations

from collections.abc import Iterator

from rulewright.diagnostics import Diagnostic
from rulewright.model.rulebook import Conclude, Rulebook


def missing_sources(rulebook: Rulebook) -> Iterator[Diagnostic]:
    """The requirements and advices without a source, where the rulebook has documents to name one of."""
    if not rulebook.documents:
        return
    first = next(iter(rulebook.documents))
    for rule in rulebook.rules.values():
        if rule.source is None and not isinstance(rule.action, Conclude):
            verb = f"add `source: {{document: {first}, section: …}}`"
            yield Diagnostic("W002", f"the rule `{rule.name}` does not say where it comes from", rule.span, verb)
