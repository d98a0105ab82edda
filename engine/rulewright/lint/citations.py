"""Checks for rules without a source and for clauses without a rule."""

from __future__ import annotations

from collections.abc import Iterator

from rulewright.diagnostics import Diagnostic, Related
from rulewright.model.rulebook import Clause, Conclude, Document, Rule, Rulebook


def missing_sources(rulebook: Rulebook) -> Iterator[Diagnostic]:
    """Yield the requirements and advice without a source, if the rulebook has documents."""
    if not rulebook.documents:
        return
    first = next(iter(rulebook.documents))
    for rule in rulebook.rules.values():
        if not rule.sources and rule.not_covered is None and not isinstance(rule.action, Conclude):
            verb = f"add `source: {{document: {first}, section: …}}`"
            yield Diagnostic("W002", f"the rule `{rule.name}` does not say where it comes from", rule.span, verb)


def untraced_clauses(rulebook: Rulebook) -> Iterator[Diagnostic]:
    """Yield the mismatches between rules and the clauses of documents.

    These are rules that name no clause of a document with clauses, clauses without a rule or `no_rule`, and clauses
    with both. A partial rulebook is not checked, as an unread part may carry a clause.
    """
    if rulebook.unread:
        return
    carriers: dict[tuple[str, str], Rule] = {}
    for rule in rulebook.rules.values():
        for source in rule.sources:
            for name in source.clauses:
                carriers.setdefault((source.document, name), rule)
            document = rulebook.documents[source.document]
            if document.clauses and not source.clauses:
                message = f"the rule `{rule.name}` names no clause of `{document.name}`"
                declared = (Related(f"the clauses of `{document.name}` are declared", document.span),)
                yield Diagnostic("R037", message, source.span, "add `clause:` with what it comes from", declared)
    for document in rulebook.documents.values():
        for clause in document.clauses.values():
            yield from _of_clause(clause, document, carriers.get((document.name, clause.name)))


def _of_clause(clause: Clause, document: Document, carrier: Rule | None) -> Iterator[Diagnostic]:
    if carrier is None and clause.no_rule is None:
        source = f"`source: {{document: {document.name}, clause: {clause.name}}}`"
        help_ = f"write a rule with {source}, or say in `no_rule` why there is none"
        yield Diagnostic("R035", f"no rule carries the clause `{clause.name}` of `{document.name}`", clause.span, help_)
    if carrier is not None and clause.no_rule is not None:
        message = f"`no_rule` says why no rule carries the clause `{clause.name}`, and `{carrier.name}` does"
        related = (Related(f"`{carrier.name}` is", carrier.span),)
        yield Diagnostic("R036", message, clause.span, "take out `no_rule`, or the clause from the rule", related)
