"""Explanations as JUnit XML for viewers of build results: a suite for each case, a test for each finding."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import timezone
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from rulewright.json_runs import instant
from rulewright.model.explanation import Explanation, Finding
from rulewright.model.outcomes import Outcome
from rulewright.model.rulebook import RuleSeverity
from rulewright.model.run import Run
from rulewright.render.arrange import place
from rulewright.render.clean import clean
from rulewright.render.finding_places import finding_place
from rulewright.render.runs import run_in_words
from rulewright.render.words import ENGLISH, Words

#: These outcomes are neither success nor failure, so they are not tests.
_NO_TESTS = (Outcome.CONCLUDED, Outcome.SILENT)


def write_junit(explanations: Sequence[Explanation], *, run: Run, words: Words = ENGLISH) -> str:
    """Return one document. A suite has failures if its case is not ready, and errors if it needs information.

    The first suite is that of the run: its identity, its account of rows, and an error for each rejected row. A
    violated blocking requirement is a failure, an unknown one an error. Other violated or unknown requirements, and
    rules that do not apply, are skipped with a message.
    """
    suites = [_run_suite(run, words), *(_suite(explanation, words) for explanation in explanations)]
    for suite in suites:
        suite.set("timestamp", run.started.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S"))
    root = Element("testsuites", {"name": "Rulewright", **_counts(suites)})
    root.extend(suites)
    indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(root, encoding="unicode")}\n'


def _run_suite(run: Run, words: Words) -> Element:
    suite = Element("testsuite", {"name": "rulewright"})
    properties = SubElement(suite, "properties")
    told = run_in_words(run, words.language)
    written = [
        ("started", instant(run.started)),
        ("ended", instant(run.ended)),
        ("version", run.version),
        ("arguments", " ".join(run.arguments)),
        ("rows", told.account),
        *(("input", described) for described in told.inputs),
    ]
    for name, value in written:
        SubElement(properties, "property", {"name": name, "value": clean(value)})
    problem = "skipped" if run.allows_rejects else "error"
    counts: Counter[str] = Counter()
    for number, ((message, help_), reject) in enumerate(zip(told.rejects, run.rejects, strict=True), 1):
        test = SubElement(suite, "testcase", {"classname": "rejected", "name": f"{number}: {reject.code}"})
        if reject.span is not None:
            test.set("file", clean(reject.span.file))
            test.set("line", str(reject.span.line))
        SubElement(test, problem, {"type": reject.code, "message": message}).text = help_
        counts[problem] += 1
    others = [(problem, "more", told.more)] if told.more is not None else []
    others += [("skipped", "skipped", told.account)] if any(run.counts.skipped.values()) else []
    for kind, name, message in others:
        test = SubElement(suite, "testcase", {"classname": "rows", "name": name})
        SubElement(test, kind, {"message": message})
        counts[kind] += 1
    totals = {"tests": counts.total(), "failures": 0, "errors": counts["error"], "skipped": counts["skipped"]}
    for name, total in totals.items():
        suite.set(name, str(total))
    return suite


def _counts(suites: Iterable[Element]) -> dict[str, str]:
    suites = list(suites)
    return {name: str(sum(int(suite.get(name, "0")) for suite in suites)) for name in ("tests", "failures", "errors")}


def _suite(explanation: Explanation, words: Words) -> Element:
    suite = Element("testsuite", {"name": clean(explanation.case) or "-"})
    properties = SubElement(suite, "properties")
    for name, value in _properties(explanation):
        SubElement(properties, "property", {"name": name, "value": clean(value)})
    counts: Counter[str] = Counter()
    for finding in explanation.findings:
        if finding.outcome not in _NO_TESTS:
            counts["tests"] += 1
            counts[_test(suite, finding, explanation, words)] += 1
    for name in ("tests", "failures", "errors", "skipped"):
        suite.set(name, str(counts[name]))
    return suite


def _properties(explanation: Explanation) -> Iterator[tuple[str, str]]:
    yield "verdict", explanation.verdict.value
    yield "as_of", explanation.as_of.isoformat()
    yield "rulebook", explanation.rulebook.name
    yield "edition", explanation.rulebook.edition.isoformat()
    yield "digest", explanation.rulebook.digest
    yield "engine", explanation.engine
    yield from (("notice", notice) for notice in explanation.notices)


def _test(suite: Element, finding: Finding, explanation: Explanation, words: Words) -> str:
    """Add the test of a finding to a suite, and return the name of its counter."""
    ref = f" [{clean(finding.ref)}]" if finding.ref else ""
    test = SubElement(
        suite, "testcase", {"classname": clean(f"{explanation.case}.{finding.kind}"), "name": f"{finding.rule}{ref}"}
    )
    at = finding_place(finding, explanation)
    if at is not None:
        test.set("file", clean(at.file))
        test.set("line", str(at.line))
    severity = words.severities[finding.severity]
    blocking = finding.severity is RuleSeverity.BLOCKING
    message = clean(finding.message or finding.title)
    match finding.outcome:
        case Outcome.VIOLATED | Outcome.UNKNOWN if blocking:
            name, count = ("failure", "failures") if finding.outcome is Outcome.VIOLATED else ("error", "errors")
            SubElement(test, name, {"type": finding.severity.value, "message": message}).text = "\n".join(
                _details(finding, explanation, words)
            )
            return count
        case Outcome.VIOLATED | Outcome.UNKNOWN | Outcome.NOT_APPLICABLE:
            lead = f"{severity}, {words.outcome_headings[finding.outcome].lower()}: "
            told = message if finding.outcome is Outcome.NOT_APPLICABLE else f"{lead}{message}"
            SubElement(test, "skipped", {"type": finding.outcome.value, "message": told})
            return "skipped"
        case Outcome.ADVISED:
            lines = [f"{severity}: {message}"]
            lines += [clean(finding.remedy)] if finding.remedy else []
            SubElement(test, "system-out").text = "\n".join(lines)
    return "passed"


def _details(finding: Finding, explanation: Explanation, words: Words) -> Iterator[str]:
    """Yield the details of a finding, one per line: title, message, remedy, questions, sources and tests."""
    yield clean(finding.title)
    yield clean(finding.message)
    if finding.remedy is not None and finding.outcome is Outcome.VIOLATED:
        yield f"{words.to_do}: {clean(finding.remedy)}"
    for missing in explanation.missing:
        if finding.rule in missing.needed_by and finding.outcome is Outcome.UNKNOWN:
            yield f"{words.find_out}: {clean(missing.ask)}"
    for source in finding.sources:
        yield f"{words.source}: {clean(', '.join(part for part in (source.title, source.section) if part))}"
    for test in finding.tests:
        if test.truth is not None:
            at = place(test.at)
            yield f"{clean(test.test)}: {words.truths[test.truth].lower()}" + (f"  {clean(at)}" if at else "")
