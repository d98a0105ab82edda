"""The traceability of a rulebook: the rules for each clause, and the tests for each rule."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from rulewright.model.outcomes import Outcome
from rulewright.model.rulebook import Clause, Document, Rule, Rulebook


@dataclass(frozen=True, slots=True)
class TracedRule:
    """A rule with the names of the tests that expect each of its outcomes, in the order of the test file."""

    rule: Rule
    tests: Mapping[Outcome, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class TracedClause:
    """A clause with the rules that implement it, in the order of the rulebook."""

    clause: Clause
    rules: tuple[TracedRule, ...]

    @property
    def is_forgotten(self) -> bool:
        """Return whether the clause has neither a rule nor a reason for having none."""
        return not self.rules and self.clause.no_rule is None


@dataclass(frozen=True, slots=True)
class TracedDocument:
    """A document with its clauses, in the order of the rulebook."""

    document: Document
    clauses: tuple[TracedClause, ...]


@dataclass(frozen=True, slots=True)
class Trace:
    """The trace of a rulebook: the documents that list their clauses, and all rules.

    `not_covered` are the rules for topics outside the edition; `without_clause` are the other rules that cite no
    clause.
    """

    rulebook: Rulebook
    documents: tuple[TracedDocument, ...]
    rules: tuple[TracedRule, ...]
    without_clause: tuple[TracedRule, ...]
    not_covered: tuple[TracedRule, ...]

    def clauses(self) -> Iterator[TracedClause]:
        """Yield the clauses of all documents."""
        for document in self.documents:
            yield from document.clauses

    @property
    def has_gaps(self) -> bool:
        """Return whether a clause has no rule and no reason, or a rule has no test."""
        return any(clause.is_forgotten for clause in self.clauses()) or any(not rule.tests for rule in self.rules)
