"""Trace each clause of a document to the rules that implement it, and each rule to the tests that show it."""

from __future__ import annotations

from collections.abc import Sequence

from rulewright.model.outcomes import Outcome
from rulewright.model.rulebook import Rulebook
from rulewright.model.trace import Trace, TracedClause, TracedDocument, TracedRule
from rulewright.testing.tests import Test


def trace(rulebook: Rulebook, tests: Sequence[Test]) -> Trace:
    """Return the rules for each clause of the rulebook's documents, and the tests that show each rule.

    A test shows a rule if it expects an outcome of it, for all subjects or for a single one.
    """
    traced = {name: TracedRule(rule, _shown(name, tests)) for name, rule in rulebook.rules.items()}
    carriers: dict[tuple[str, str], list[TracedRule]] = {}
    without_clause, not_covered = [], []
    for rule in traced.values():
        cited = [(source.document, clause) for source in rule.rule.sources for clause in source.clauses]
        for clause in cited:
            carriers.setdefault(clause, []).append(rule)
        if rule.rule.not_covered is not None:
            not_covered.append(rule)
        elif not cited:
            without_clause.append(rule)
    documents = tuple(
        TracedDocument(
            document,
            tuple(
                TracedClause(clause, tuple(carriers.get((document.name, clause.name), ())))
                for clause in document.clauses.values()
            ),
        )
        for document in rulebook.documents.values()
        if document.clauses
    )
    return Trace(rulebook, documents, tuple(traced.values()), tuple(without_clause), tuple(not_covered))


def _shown(rule: str, tests: Sequence[Test]) -> dict[Outcome, tuple[str, ...]]:
    """Return the names of the tests that expect an outcome of a rule, by outcome."""
    expecting = [(test.name, _expected(rule, test)) for test in tests]
    shown = {outcome: tuple(name for name, expected in expecting if outcome in expected) for outcome in Outcome}
    return {outcome: names for outcome, names in shown.items() if names}


def _expected(rule: str, test: Test) -> set[Outcome]:
    found = [expected.outcomes.get(rule) for expected in (test.expected, *test.subjects.values())]
    return {outcome for outcome in found if outcome is not None}
