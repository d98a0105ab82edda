"""Explanations as SARIF 2.1.0 for code reviews, editors and dashboards."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from rulewright.diagnostics import Span
from rulewright.json_runs import instant, run_json
from rulewright.json_values import Json
from rulewright.model.explanation import Explanation, Finding, RulebookIdentity
from rulewright.model.outcomes import Outcome
from rulewright.model.rulebook import RuleSeverity
from rulewright.model.run import Run, RunInput
from rulewright.render.arrange import REMEDY_OUTCOMES, SHOWN_OUTCOMES
from rulewright.render.clean import clean, web_address
from rulewright.render.finding_places import STANDARD_INPUT, file_uri, finding_place, other_places
from rulewright.render.json import dump
from rulewright.render.runs import run_in_words
from rulewright.render.words import ENGLISH, Words
from rulewright.version import __version__

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {RuleSeverity.BLOCKING: "error", RuleSeverity.WARNING: "warning", RuleSeverity.NOTE: "note"}
#: Text that SARIF viewers interpret as a link.
_LIKE_A_LINK = re.compile(r"\[(?=[^\]]*\]\()")


def write_sarif(explanations: Sequence[Explanation], *, run: Run, words: Words = ENGLISH) -> str:
    """Return one log with a run for each edition of a rulebook. Results are violated, unknown and advised findings.

    A violated requirement has the level of its severity, at the place of the fact that violates it. The others are
    notes. Rejected rows are notifications of the invocation, which then is not successful.
    """
    grouped: dict[RulebookIdentity, list[Explanation]] = {}
    for explanation in explanations:
        grouped.setdefault(explanation.rulebook, []).append(explanation)
    about: Mapping[str, Json] = {
        "invocations": [_invocation(run, words)],
        "artifacts": [_artifact(one) for one in run.inputs],
    }
    runs = [{**_run(rulebook, cases, run, words), **about} for rulebook, cases in grouped.items()]
    nothing = {"tool": {"driver": _driver([])}, "results": [], **about}
    return dump({"$schema": _SCHEMA, "version": "2.1.0", "runs": runs or [nothing]}) + "\n"


def _invocation(run: Run, words: Words) -> Mapping[str, Json]:
    told = run_in_words(run, words.language)
    level = "warning" if run.allows_rejects else "error"
    notifications: list[Json] = []
    for reject, (_, help_) in zip(run.rejects, told.rejects, strict=True):
        text = reject.message if help_ is None else f"{reject.message}\n{help_}"
        written: dict[str, Json] = {
            "level": level,
            "message": _message(text),
            "descriptor": {"id": reject.code},
        }
        if reject.span is not None:
            written["locations"] = [{"physicalLocation": _physical(reject.span)}]
        notifications.append(written)
    if told.more is not None:
        notifications.append({"level": level, "message": _message(told.more)})
    if told.notice is not None:
        notifications.append({"level": "warning", "message": _message(told.notice)})
    return {
        "executionSuccessful": run.allows_rejects or not (run.counts.rejected or run.counts.unread),
        "startTimeUtc": instant(run.started),
        "endTimeUtc": instant(run.ended),
        "arguments": [clean(one) for one in run.arguments],
        "toolExecutionNotifications": notifications,
    }


def _artifact(one: RunInput) -> Mapping[str, Json]:
    written: dict[str, Json] = {"roles": ["analysisTarget"]}
    if one.name == STANDARD_INPUT:
        written["description"] = {"text": "standard input"}
    else:
        written["location"] = {"uri": file_uri(one.name)}
    if one.size is not None and one.sha256 is not None:
        written |= {"length": one.size, "hashes": {"sha-256": one.sha256}}
    return written


def _driver(rules: Sequence[Json]) -> Mapping[str, Json]:
    return {"name": "Rulewright", "version": __version__, "rules": rules}


def _run(rulebook: RulebookIdentity, cases: Sequence[Explanation], run: Run, words: Words) -> Mapping[str, Json]:
    told = [(one, finding) for one in cases for finding in one.findings if finding.outcome in SHOWN_OUTCOMES]
    rules: dict[str, Finding] = {}
    for _, finding in told:
        rules.setdefault(finding.rule, finding)
    index = {rule: number for number, rule in enumerate(rules)}
    results = [_result(explanation, finding, index[finding.rule], words) for explanation, finding in told]
    return {
        "tool": {"driver": _driver([_rule(finding, words) for finding in rules.values()])},
        "automationDetails": {"id": f"{clean(rulebook.name)}/{rulebook.edition}"},
        "columnKind": "unicodeCodePoints",
        "results": results,
        "properties": {
            "rulebook": clean(rulebook.name),
            "edition": rulebook.edition.isoformat(),
            "digest": clean(rulebook.digest),
            "run": run_json(run, with_lists=False),
            "cases": [
                {
                    "case": clean(one.case),
                    "verdict": one.verdict.value,
                    "as_of": one.as_of.isoformat(),
                    "engine": clean(one.engine),
                }
                for one in cases
            ],
        },
    }


def _rule(finding: Finding, words: Words) -> Mapping[str, Json]:
    title = _message(finding.title or finding.rule)
    sources = [
        ", ".join(part for part in (source.title, source.section, source.publisher) if part)
        for source in finding.sources
    ]
    written: dict[str, Json] = {
        "id": finding.rule,
        "shortDescription": title,
        "fullDescription": title,
        "help": _message("\n".join([finding.title or finding.rule, *(f"{words.source}: {one}" for one in sources)])),
        "defaultConfiguration": {"level": _LEVELS[finding.severity]},
    }
    address = next((found for source in finding.sources if (found := web_address(source.url))), None)
    if address is not None:
        written["helpUri"] = address
    return written


def _result(explanation: Explanation, finding: Finding, index: int, words: Words) -> Mapping[str, Json]:
    at = finding_place(finding, explanation)
    written: dict[str, Json] = {
        "ruleId": finding.rule,
        "ruleIndex": index,
        "level": _LEVELS[finding.severity] if finding.outcome is Outcome.VIOLATED else "note",
        "message": _message("\n".join(_message_lines(explanation, finding, words))),
        "locations": [_location(explanation, finding, at)],
        "partialFingerprints": {"caseRuleSubject/v1": _fingerprint(explanation, finding)},
        "properties": {
            "case": clean(explanation.case),
            "kind": finding.kind,
            "ref": clean(finding.ref),
            "outcome": finding.outcome.value,
            "severity": finding.severity.value,
        },
    }
    related: list[Json] = [
        {"id": number, "physicalLocation": _physical(span), "message": _message(test)}
        for number, (span, test) in enumerate(other_places(finding, at), 1)
    ]
    if related:
        written["relatedLocations"] = related
    return written


def _message_lines(explanation: Explanation, finding: Finding, words: Words) -> Iterator[str]:
    lead = "" if finding.outcome is Outcome.VIOLATED else f"{words.outcome_headings[finding.outcome]}: "
    yield f"{lead}{finding.message or finding.title}"
    if finding.remedy is not None and finding.outcome in REMEDY_OUTCOMES:
        yield f"{words.to_do}: {finding.remedy}"
    if finding.outcome is Outcome.UNKNOWN:
        for missing in explanation.missing:
            if finding.rule in missing.needed_by:
                yield f"{words.find_out}: {missing.ask}"


def _location(explanation: Explanation, finding: Finding, at: Span | None) -> Mapping[str, Json]:
    """Return the place of the fact, if it was read from a file, and the subject as a logical location."""
    name = clean(finding.ref) or finding.kind
    parts = (explanation.case, finding.kind, finding.ref)
    subject = {"name": name, "fullyQualifiedName": "/".join(clean(part) for part in parts if part), "kind": "object"}
    written: dict[str, Json] = {} if at is None else {"physicalLocation": _physical(at)}
    return {**written, "logicalLocations": [subject]}


def _physical(at: Span) -> Mapping[str, Json]:
    region = {"startLine": at.line, "startColumn": at.column}
    return {"artifactLocation": {"uri": file_uri(at.file)}, "region": region}


def _message(text: str) -> Mapping[str, Json]:
    """Return a message with braces and brackets escaped, so that they are not placeholders or links."""
    lines = (clean(line) for line in text.split("\n"))
    plain = "\n".join(lines).replace("{", "{{").replace("}", "}}")
    return {"text": _LIKE_A_LINK.sub(r"\\[", plain)}


def _fingerprint(explanation: Explanation, finding: Finding) -> str:
    """Return a fingerprint that stays the same when the fact moves to another line."""
    parts: Iterable[str] = (explanation.rulebook.name, explanation.case, finding.rule, finding.kind, finding.ref)
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
