"""What carries each clause of a rulebook's documents, and which tests show each rule, as data."""

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
    """A clause with the rules that carry it, in the order of the rulebook."""

    clause: Clause
    rules: tuple[TracedRule, ...]

    @property
    def is_forgotten(self) -> bool:
        """Whether no rule carries the clause and nothing says why."""
        return not self.rules and self.clause.no_rule is None


@dataclass(frozen=True, slots=True)
class TracedDocument:
    """A document with its clauses, in the order of the rulebook."""

    document: Document
    clauses: tuple[TracedClause, ...]


@dataclass(frozen=True, slots=True)
class Trace:
    """A whole rulebook: the documents that list their clauses, and all rules.

    Of the rules, `not_covered` stand for what the edition does not cover; `without_clause` are others without a clause.
    """

    rulebook: Rulebook
    documents: tuple[TracedDocument, ...]
    rules: tuple[TracedRule, ...]
    without_clause: tuple[TracedRule, ...]
    not_covered: tuple[TracedRule, ...]

    def clauses(self) -> Iterator[TracedClause]:
        """The clauses of all documents."""
        for document in self.documents:
            yield from document.clauses

    @property
    def has_gaps(self) -> bool:
        """Whether a clause is without a rule, or a rule without a test."""
        return any(clause.is_forgotten for clause in self.clauses()) or any(not rule.tests for rule in self.rules)
