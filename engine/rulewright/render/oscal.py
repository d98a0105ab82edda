"""Explanations as OSCAL assessment results for auditors: observations, findings and risks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from uuid import NAMESPACE_URL, uuid5

from rulewright.json_runs import instant
from rulewright.json_values import Json
from rulewright.model.explanation import ExplainedSubject, Explanation, Finding, RulebookIdentity
from rulewright.model.outcomes import Outcome
from rulewright.model.run import Run
from rulewright.render.arrange import arranged, place
from rulewright.render.clean import MARK, clean, web_address
from rulewright.render.finding_places import STANDARD_INPUT, file_uri
from rulewright.render.json import dump
from rulewright.render.markdown_text import escaped
from rulewright.render.runs import run_in_words
from rulewright.render.words import ENGLISH, Words
from rulewright.version import __version__

_OSCAL = "1.1.3"
#: Namespace of our properties and ids. OSCAL wants a URI; it is a name, and resolves to nothing.
_NS = "https://rulewright.invalid/ns/oscal"
_NAMESPACE = uuid5(NAMESPACE_URL, _NS)
#: The selection of a result without rules.
_ALL: Mapping[str, Json] = {"include-all": {}}
#: The outcomes that are observations, and the outcomes that are findings about a requirement.
_OBSERVED = (Outcome.MET, Outcome.VIOLATED, Outcome.UNKNOWN, Outcome.ADVISED)
_FOUND = (Outcome.MET, Outcome.VIOLATED, Outcome.UNKNOWN)


def write_oscal(explanations: Sequence[Explanation], *, run: Run, words: Words = ENGLISH) -> str:
    """Return one document with a result for each case. Ids follow from the cases and the time of the run.

    All times are those of the run. An unknown requirement is `not-satisfied`, with the reason `other`.
    """
    results = [_Result(explanation, number, run, words).result() for number, explanation in enumerate(explanations)]
    rulebooks = {_rulebook_id(explanation.rulebook): explanation.rulebook for explanation in explanations}
    document = _id("document", instant(run.ended), *(str(result["uuid"]) for result in results))
    plan = _id("plan", document)
    resources: list[Json] = [
        {
            "uuid": plan,
            "title": "No assessment plan",
            "description": "The cases were checked against all rules of the rulebooks that are listed here.",
        }
    ]
    written: dict[str, Json] = {
        "uuid": document,
        "metadata": {
            "title": words.report,
            "last-modified": instant(run.ended),
            "version": instant(run.ended),
            "oscal-version": _OSCAL,
            "props": list(_run_properties(run)),
            **_run_remarks(run, words),
        },
        "import-ap": {"href": f"#{plan}"},
        # OSCAL requires at least one result
        "results": results or [_nothing(document, run)],
        "back-matter": {"resources": [*resources, *map(_rulebook, rulebooks.values()), *_inputs(run)]},
    }
    return dump({"assessment-results": written}) + "\n"


def _run_properties(run: Run) -> Iterator[Json]:
    yield _property("version", run.version)
    yield _property("arguments", " ".join(run.arguments))
    counts = {"read": run.counts.read, "evaluated": run.counts.evaluated, "rejected": run.counts.rejected}
    counts["skipped"] = sum(run.counts.skipped.values())
    for name, number in counts.items():
        yield _property(f"rows-{name}", str(number))
    yield _property("inputs-unread", str(run.counts.unread))


def _run_remarks(run: Run, words: Words) -> Mapping[str, Json]:
    """Return the account and the rejected rows of an incomplete run as remarks; empty for a complete run."""
    told = run_in_words(run, words.language)
    if told.notice is None:
        return {}
    lines = [told.notice, *(message for message, _ in told.rejects)]
    lines += [] if told.more is None else [told.more]
    return {"remarks": "\n\n".join(map(escaped, lines))}


def _inputs(run: Run) -> Iterator[Json]:
    for number, one in enumerate(run.inputs):
        known = [] if one.size is None else [("bytes", str(one.size))]
        known += [] if one.sha256 is None else [("sha256", one.sha256)]
        link: dict[str, Json] = {"href": file_uri(one.name)}
        if one.sha256 is not None:
            link["hashes"] = [{"algorithm": "SHA-256", "value": one.sha256}]
        written: dict[str, Json] = {
            "uuid": _id("input", str(number), one.name, str(one.sha256), instant(run.started)),
            "title": escaped(one.name) or MARK,
        }
        if known:
            written["props"] = [_property(name, value) for name, value in known]
        yield written if one.name == STANDARD_INPUT else {**written, "rlinks": [link]}


def _nothing(document: str, run: Run) -> Mapping[str, Json]:
    return {
        "uuid": _id("nothing", document),
        "title": "No case",
        "description": "No case was checked.",
        "start": instant(run.started),
        "reviewed-controls": {"control-selections": [_ALL]},
    }


def _rulebook(rulebook: RulebookIdentity) -> Mapping[str, Json]:
    return {
        "uuid": _rulebook_id(rulebook),
        "title": escaped(rulebook.title) or escaped(rulebook.name),
        "description": escaped(f"Rulebook {rulebook.name}, edition of {rulebook.edition}"),
        "props": [
            _property("rulebook", rulebook.name),
            _property("edition", rulebook.edition.isoformat()),
            _property("digest", rulebook.digest),
            _property("complete", "yes" if rulebook.complete else "no"),
        ],
    }


class _Result:
    """Writes the result of one case."""

    def __init__(self, explanation: Explanation, number: int, run: Run, words: Words) -> None:
        self.explanation = explanation
        self.words = words
        self.sentences = arranged(explanation, words).sentences
        rulebook, as_of = explanation.rulebook, explanation.as_of
        self.id = _id("case", str(number), explanation.case, as_of.isoformat(), rulebook.name, rulebook.digest)
        self.run = run

    def _summary(self, explanation: Explanation) -> tuple[str, ...]:
        return (self.words.verdicts[explanation.verdict] + self.words.stop, *self.sentences)

    def result(self) -> Mapping[str, Json]:
        explanation = self.explanation
        rules = dict.fromkeys(finding.rule for finding in explanation.findings)
        select: Mapping[str, Json] = {"include-controls": [{"control-id": _token(rule)} for rule in rules]}
        written: dict[str, Json] = {
            "uuid": self.id,
            "title": escaped(explanation.case) or MARK,
            "description": escaped(self.words.sentence_space.join(self._summary(explanation))),
            "start": instant(self.run.started),
            "end": instant(self.run.ended),
            "props": [
                _property("verdict", explanation.verdict.value),
                _property("as-of", explanation.as_of.isoformat()),
                _property("engine", explanation.engine),
                _property("version", __version__),
            ],
            "links": [{"href": f"#{_rulebook_id(explanation.rulebook)}", "rel": "reference"}],
            "reviewed-controls": {"control-selections": [select if rules else _ALL]},
        }
        many: Mapping[str, Sequence[Json]] = {
            "observations": list(self.observations()),
            "risks": list(self.risks()),
            "findings": list(self.findings()),
        }
        if explanation.subjects:
            items = [self.subject(subject) for subject in explanation.subjects]
            written["local-definitions"] = {"inventory-items": items}
        written.update((name, found) for name, found in many.items() if found)
        if explanation.notices:
            written["remarks"] = "\n\n".join(map(escaped, explanation.notices))
        return written

    def subject(self, subject: ExplainedSubject) -> Mapping[str, Json]:
        return {
            "uuid": self.of_subject(subject.kind, subject.ref),
            "description": escaped(f"{subject.kind_label} {subject.ref}"),
            "props": [
                _property("kind", subject.kind),
                _property("ref", subject.ref),
                _property("verdict", subject.verdict.value),
            ],
        }

    def of_subject(self, kind: str, ref: str) -> str:
        return _id(self.id, "subject", kind, ref)

    def of(self, what: str, finding: Finding) -> str:
        return _id(self.id, what, finding.rule, finding.kind, finding.ref)

    def numbered(self, outcomes: Sequence[Outcome]) -> list[Finding]:
        return [finding for finding in self.explanation.findings if finding.outcome in outcomes]

    def observations(self) -> Iterator[Json]:
        there = {(subject.kind, subject.ref) for subject in self.explanation.subjects}
        for finding in self.numbered(_OBSERVED):
            written: dict[str, Json] = {
                "uuid": self.of("observation", finding),
                "title": escaped(finding.title) or finding.rule,
                "description": escaped(finding.message) or finding.rule,
                "props": [
                    _property("rule", finding.rule),
                    _property("outcome", finding.outcome.value),
                    _property("severity", finding.severity.value),
                ],
                "methods": ["TEST"],
            }
            if (finding.kind, finding.ref) in there:
                about = self.of_subject(finding.kind, finding.ref)
                written["subjects"] = [{"subject-uuid": about, "type": "inventory-item"}]
            if evidence := list(self.evidence(finding)):
                written["relevant-evidence"] = evidence
            yield {**written, "collected": instant(self.run.ended), **self.asked(finding)}

    def evidence(self, finding: Finding) -> Iterator[Json]:
        for test in finding.tests:
            if test.truth is not None:
                at = place(test.at)
                told = f"{test.test}: {self.words.truths[test.truth].lower()}" + (f" ({at})" if at else "")
                file = {} if test.at is None or at is None else {"href": file_uri(test.at.file)}
                yield {**file, "description": escaped(told)}

    def asked(self, finding: Finding) -> Mapping[str, Json]:
        """Return the questions that a finding leaves open, as remarks."""
        if finding.outcome is not Outcome.UNKNOWN:
            return {}
        asked = [escaped(one.ask) for one in self.explanation.missing if finding.rule in one.needed_by]
        return {"remarks": "\n\n".join(asked)} if asked else {}

    def risks(self) -> Iterator[Json]:
        for finding in self.numbered((Outcome.VIOLATED,)):
            message = escaped(finding.message) or finding.rule
            written: dict[str, Json] = {
                "uuid": self.of("risk", finding),
                "title": escaped(finding.title) or finding.rule,
                "description": message,
                "statement": message,
                "props": [_property("severity", finding.severity.value)],
                "status": "open",
            }
            if finding.remedy is not None:
                written["remediations"] = [
                    {
                        "uuid": self.of("remediation", finding),
                        "lifecycle": "recommendation",
                        "title": self.words.to_do,
                        "description": escaped(finding.remedy) or MARK,
                    }
                ]
            yield {**written, "related-observations": [{"observation-uuid": self.of("observation", finding)}]}

    def findings(self) -> Iterator[Json]:
        reasons = {Outcome.MET: "pass", Outcome.VIOLATED: "fail", Outcome.UNKNOWN: "other"}
        for finding in self.numbered(_FOUND):
            met = finding.outcome is Outcome.MET
            status: dict[str, Json] = {
                "state": "satisfied" if met else "not-satisfied",
                "reason": reasons[finding.outcome],
            }
            if finding.outcome is Outcome.UNKNOWN:
                status["remarks"] = self.words.outcome_headings[finding.outcome]
            written: dict[str, Json] = {
                "uuid": self.of("finding", finding),
                "title": escaped(finding.title) or finding.rule,
                "description": escaped(finding.message) or finding.rule,
                "props": [_property("severity", finding.severity.value)],
            }
            if links := list(_sources(finding)):
                written["links"] = links
            written["target"] = {"type": "objective-id", "target-id": _token(finding.rule), "status": status}
            written["related-observations"] = [{"observation-uuid": self.of("observation", finding)}]
            if finding.outcome is Outcome.VIOLATED:
                written["related-risks"] = [{"risk-uuid": self.of("risk", finding)}]
            yield written


def _sources(finding: Finding) -> Iterator[Json]:
    for source in finding.sources:
        address = web_address(source.url)
        if address is not None:
            told = ", ".join(part for part in (source.title, source.section) if part)
            yield {"href": address, "rel": "reference", "text": escaped(told)}


def _property(name: str, value: str) -> Mapping[str, Json]:
    return {"name": name, "ns": _NS, "value": clean(value).strip() or MARK}


def _token(name: str) -> str:
    """Return a name as a valid control id. Names of rules are already valid."""
    token = re.sub(r"[^\w.\-]", "_", name)
    return token if token[:1].isalpha() or token[:1] == "_" else f"_{token}"


def _rulebook_id(rulebook: RulebookIdentity) -> str:
    return _id("rulebook", rulebook.name, rulebook.edition.isoformat(), rulebook.digest)


def _id(*parts: str) -> str:
    """Return the same id for the same parts."""
    # a surrogate cannot be encoded, and must stay distinct from other surrogates
    named = "\0".join(parts).encode("utf-8", "backslashreplace").decode()
    return str(uuid5(_NAMESPACE, named))
