"""Explanations as one HTML page without network access, and with no script but its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from markupsafe import Markup

from rulewright.diagnostics import Diagnostic
from rulewright.model.explanation import Explanation
from rulewright.model.fixes import Fixes, Part
from rulewright.model.languages import Language
from rulewright.model.outcomes import Outcome, Verdict
from rulewright.model.rulebook import RuleSeverity
from rulewright.model.run import Run
from rulewright.model.values import Absent
from rulewright.render.arrange import (
    EVIDENCE_OUTCOMES,
    REMEDY_OUTCOMES,
    SHOWN_OUTCOMES,
    Arranged,
    RemedyStep,
    arranged,
    count_verdicts,
    remaining_steps,
)
from rulewright.render.diagram import Diagram, applicable_findings, decisive_findings, draw_diagram
from rulewright.render.environment import Templates, digest_of, templates_in
from rulewright.render.runs import RunInWords, run_in_words
from rulewright.render.words import WORDS, Words

_STYLE, _SCRIPT = "parts/style.css", "parts/page.js"


@dataclass(frozen=True, slots=True)
class CaseInWords:
    """A case for the templates: in reading order, with diagrams of the decisive rules and of all rules.

    `solved` parts have an answer, `stuck` parts are impossible, and `open` parts have no search result. `notices` are
    those of the search. `steps` are those needed beside the changes.
    """

    arranged: Arranged
    decided: Diagram | None
    everything: Diagram | None
    solved: tuple[Part, ...]
    stuck: tuple[Part, ...]
    open: tuple[Part, ...]
    notices: tuple[str, ...]
    steps: tuple[RemedyStep, ...]
    summary: str
    leave_out: str | None


@dataclass(frozen=True, slots=True)
class ReportInWords:
    """The report in one language."""

    words: Words
    cases: tuple[CaseInWords, ...]
    counts: Sequence[tuple[Verdict, int]]
    run: RunInWords


def write_html(
    told: Mapping[Language, Sequence[Explanation]],
    templates: Path | None = None,
    fixes: Mapping[Language, Sequence[Fixes | None]] | None = None,
    *,
    run: Run,
) -> str | Diagnostic:
    """Return the HTML report: the verdict, what to do, why, and the evidence; with an overview of several cases.

    `told` has the same cases in each language; the page opens in the first. `templates` is a folder of templates that
    replace ours; an unusable template gives a diagnostic. `fixes` has the smallest changes of each case.
    """
    found = templates_in(templates)
    if isinstance(found, Diagnostic):
        return found
    changes = fixes or {}
    reports = [
        _in_words(cases, changes.get(language) or [None] * len(cases), WORDS[language], run)
        for language, cases in told.items()
    ]
    return write_page(found, "report.html.j2", reports[0].words, {"reports": reports}, [found.file(_SCRIPT)])


def write_page(
    templates: Templates, name: str, words: Words, variables: Mapping[str, object], scripts: Sequence[str]
) -> str | Diagnostic:
    """Return the page of a template, with the style and scripts that its content security policy allows."""
    style = templates.file(_STYLE)
    policy = (
        f"default-src 'none'; style-src {digest_of([style])}; script-src {digest_of(scripts)}; "
        "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    )
    own: Mapping[str, object] = {
        # our own files, which the policy allows by the digests of exactly these texts
        "style": Markup(style),
        "scripts": [Markup(script) for script in scripts],
        "policy": policy,
        "first": words,
        "telling": SHOWN_OUTCOMES,
        "calling": REMEDY_OUTCOMES,
        "evidence": EVIDENCE_OUTCOMES,
        "Outcome": Outcome,
        "Severity": RuleSeverity,
        "Absent": Absent,
    }
    return templates.render(name, {**own, **variables})


def _in_words(
    explanations: Sequence[Explanation], fixes: Sequence[Fixes | None], words: Words, run: Run
) -> ReportInWords:
    cases = tuple(_case(one, fix, words) for one, fix in zip(explanations, fixes, strict=True))
    return ReportInWords(words, cases, count_verdicts(explanations), run_in_words(run, words.language))


def _case(explanation: Explanation, fixes: Fixes | None, words: Words) -> CaseInWords:
    deciding, all_ = decisive_findings(explanation), applicable_findings(explanation)
    decided = draw_diagram(explanation, deciding, words)
    everything = draw_diagram(explanation, all_, words) if len(all_) > len(deciding) else None
    case = arranged(explanation, words)
    parts = () if fixes is None else fixes.parts
    return CaseInWords(
        case,
        decided,
        everything,
        tuple(part for part in parts if part.answers),
        tuple(part for part in parts if part.is_impossible),
        _join_parts(part for part in parts if not (part.answers or part.is_impossible)),
        () if fixes is None else tuple(one for one in fixes.notices if one not in explanation.notices),
        remaining_steps(case, fixes),
        "" if fixes is None else fixes.summary,
        None if fixes is None or fixes.leave_out is None else fixes.leave_out.sentence,
    )


def _join_parts(parts: Iterable[Part]) -> tuple[Part, ...]:
    """Join the parts that have the same limits."""
    found: dict[tuple[str, ...], Part] = {}
    for part in parts:
        before = found.get(part.limits)
        found[part.limits] = part if before is None else replace(before, subjects=before.subjects + part.subjects)
    return tuple(found.values())
