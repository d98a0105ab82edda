"""Traces as text, as Markdown and as JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from rulewright.model.outcomes import Outcome
from rulewright.model.rulebook import Document
from rulewright.model.trace import Trace, TracedClause, TracedRule
from rulewright.render.clean import clean

_NO_RULE, _NO_TEST = "NO RULE", "NO TEST"
#: Markdown markup, especially in table cells.
_MARKUP = re.compile(r"([\\`*_\[\]<>|~])")


def write_text(trace: Trace) -> str:
    """Return a trace for the terminal."""
    return "\n".join(clean(line) for line in _text_lines(trace)) + "\n"


def write_markdown(trace: Trace) -> str:
    """Return a trace as a page of Markdown tables."""
    return "\n".join(clean(line) for line in _markdown_lines(trace)) + "\n"


def write_json(trace: Trace) -> str:
    """Return a trace as JSON: the documents with their clauses, and all rules with their tests."""
    return json.dumps(_data(trace), indent=2, ensure_ascii=False) + "\n"


# --- words -----------------------------------------------------------------------------------------------------------


def _summary(trace: Trace) -> Iterator[str]:
    """Yield the number of clauses and of rules, and how many lack a rule or a test."""
    clauses = list(trace.clauses())
    carried = sum(1 for clause in clauses if clause.rules)
    forgotten = sum(1 for clause in clauses if clause.is_forgotten)
    counts = (
        f"{carried} carried by rules, {len(clauses) - carried - forgotten} with no rule needed, {forgotten} forgotten"
    )
    yield f"{_counted(clauses, 'clause')}: {counts}" if clauses else "no document lists its clauses"
    untested = sum(1 for rule in trace.rules if not rule.tests)
    yield f"{_counted(trace.rules, 'rule')}: {len(trace.rules) - untested} shown by tests, {untested} without a test"


def _without_clause(trace: Trace) -> Iterator[tuple[str, Sequence[TracedRule]]]:
    """Yield the rules without a clause and the gaps in the edition, each group with a heading if it is not empty."""
    if trace.without_clause:
        yield "Rules that carry no clause", trace.without_clause
    if trace.not_covered:
        yield "What the edition does not cover", trace.not_covered


def _lacking(rule: TracedRule) -> str:
    """Return the gap of a rule with the edition that covers it; the title of any other rule."""
    lacking = rule.rule.not_covered
    if lacking is None:
        return rule.rule.title
    return lacking.what if lacking.covered_by is None else f"{lacking.what}; the edition of {lacking.covered_by} does"


def _counted(items: Sequence[object], word: str) -> str:
    return f"{len(items)} {word}{'' if len(items) == 1 else 's'}"


def _of(document: Document) -> str:
    said = [document.publisher, None if document.updated is None else f"updated {document.updated}"]
    known = ", ".join(part for part in said if part is not None)
    return f"{document.title} ({known})" if known else document.title


def _outcome(outcome: Outcome) -> str:
    return outcome.value.replace("_", " ")


# --- text ------------------------------------------------------------------------------------------------------------


def _text_lines(trace: Trace) -> Iterator[str]:
    yield f"{trace.rulebook.name} {trace.rulebook.edition}: the rules of each clause, the tests of each rule"
    for document in trace.documents:
        yield from ("", _one_line(_of(document.document)))
        for clause in document.clauses:
            yield f"  {clause.clause.name} ({_one_line(clause.clause.section)}): {_one_line(clause.clause.says)}"
            if clause.is_forgotten:
                yield f"    {_NO_RULE}"
            if clause.clause.no_rule is not None:
                yield f"    no rule needed: {_one_line(clause.clause.no_rule)}"
            yield from _text_of_rules(clause.rules)
    for heading, rules in _without_clause(trace):
        yield from ("", heading)
        yield from _text_of_rules(rules)
    yield ""
    yield from _summary(trace)


def _text_of_rules(rules: Iterable[TracedRule]) -> Iterator[str]:
    for rule in rules:
        what = "" if rule.rule.not_covered is None else f" ({_one_line(_lacking(rule))})"
        yield f"    {rule.rule.name}{what}{'' if rule.tests else f': {_NO_TEST}'}"
        for outcome, names in rule.tests.items():
            yield f"      {_outcome(outcome)}: {'; '.join(map(_one_line, names))}"


def _one_line(text: str) -> str:
    return " ".join(text.split())


# --- Markdown --------------------------------------------------------------------------------------------------------


def _markdown_lines(trace: Trace) -> Iterator[str]:
    yield f"# {_escaped(trace.rulebook.title)}: `{trace.rulebook.name}`, edition {trace.rulebook.edition}"
    yield from ("", "The rules that carry each clause, and the tests that show each rule.")
    yield ""
    yield from (f"- {line}" for line in _summary(trace))
    for document in trace.documents:
        yield from ("", f"## {_escaped(_of(document.document))}", "")
        yield from _table(("section", "what it says", "rule", "shown by"), map(_rows_of_clause, document.clauses))
    for heading, rules in _without_clause(trace):
        yield from ("", f"## {heading}", "")
        rows = [[(f"`{rule.rule.name}`", _escaped(_lacking(rule)), _shown(rule))] for rule in rules]
        yield from _table(("rule", "what it is about", "shown by"), rows)


def _table(head: Sequence[str], groups: Iterable[Iterable[Sequence[str]]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for rows in groups:
        for row in rows:
            yield f"| {' | '.join(row)} |"


def _rows_of_clause(clause: TracedClause) -> Iterator[Sequence[str]]:
    """Yield a row for each rule of a clause, or one row without rules. Only the first row names the clause."""
    place = (_escaped(clause.clause.section), _escaped(clause.clause.says))
    if clause.is_forgotten:
        yield (*place, f"**{_NO_RULE}**", "")
    elif not clause.rules:
        yield (*place, f"none needed: {_escaped(clause.clause.no_rule or '')}", "")
    for rule in clause.rules:
        yield (*place, f"`{rule.rule.name}`", _shown(rule))
        place = ("", "")


def _shown(rule: TracedRule) -> str:
    if not rule.tests:
        return f"**{_NO_TEST}**"
    return "<br>".join(
        f"*{_outcome(outcome)}*: {'; '.join(map(_escaped, names))}" for outcome, names in rule.tests.items()
    )


def _escaped(text: str) -> str:
    return _MARKUP.sub(r"\\\1", _one_line(text)).replace("&", "&amp;")


# --- JSON ------------------------------------------------------------------------------------------------------------


def _data(trace: Trace) -> dict[str, Any]:
    return {
        "rulebook": {
            "name": trace.rulebook.name,
            "title": trace.rulebook.title,
            "edition": str(trace.rulebook.edition),
        },
        "documents": [
            {
                "document": document.document.name,
                "title": document.document.title,
                "clauses": [_data_of_clause(clause) for clause in document.clauses],
            }
            for document in trace.documents
        ],
        "rules": [
            {
                "rule": rule.rule.name,
                "title": rule.rule.title,
                "tests": {outcome.value: list(names) for outcome, names in rule.tests.items()},
            }
            for rule in trace.rules
        ],
        "rules_without_clause": [rule.rule.name for rule in trace.without_clause],
        "not_covered": [rule.rule.name for rule in trace.not_covered],
        "clauses_without_rule": [
            {"document": document.document.name, "clause": clause.clause.name}
            for document in trace.documents
            for clause in document.clauses
            if clause.is_forgotten
        ],
        "rules_without_test": [rule.rule.name for rule in trace.rules if not rule.tests],
    }


def _data_of_clause(clause: TracedClause) -> dict[str, Any]:
    found: dict[str, Any] = {
        "clause": clause.clause.name,
        "section": clause.clause.section,
        "says": clause.clause.says,
        "rules": [rule.rule.name for rule in clause.rules],
    }
    return found if clause.clause.no_rule is None else {**found, "no_rule": clause.clause.no_rule}
