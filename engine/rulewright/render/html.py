"""Explanations as one HTML page that needs nothing else: no network, and no script but its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup

from rulewright.diagnostics import Diagnostic
from rulewright.model.explanation import Explanation
from rulewright.model.languages import Language
from rulewright.model.outcomes import Outcome, Verdict
from rulewright.model.values import Absent
from rulewright.render.arrange import CALLING, EVIDENCE, TELLING, Arranged, arranged, counted
from rulewright.render.chain import Chain, applying, chain, decisive
from rulewright.render.environment import Templates, digest_of, templates_in
from rulewright.render.words import WORDS, Words

_STYLE, _SCRIPT = "parts/style.css", "parts/page.js"


@dataclass(frozen=True, slots=True)
class CaseInWords:
    """A case as the templates are given it: in the order of reading, with the pictures of what decided and of all."""

    arranged: Arranged
    decided: Chain | None
    everything: Chain | None


@dataclass(frozen=True, slots=True)
class ReportInWords:
    """The report in one language."""

    words: Words
    cases: tuple[CaseInWords, ...]
    counts: Sequence[tuple[Verdict, int]]


def write_html(told: Mapping[Language, Sequence[Explanation]], templates: Path | None = None) -> str | Diagnostic:
    """The report that people read: the verdict, what to do, why, and what it rests on; an overview of several cases.

    It is given the same cases in each language, the first of which is shown first. `templates` is a folder whose
    templates stand in the place of ours; what is wrong with one of them is given in place of the page.
    """
    found = templates_in(templates)
    if isinstance(found, Diagnostic):
        return found
    reports = [_in_words(cases, WORDS[language]) for language, cases in told.items()]
    return write_page(found, "report.html.j2", reports[0].words, {"reports": reports}, [found.file(_SCRIPT)])


def write_page(
    templates: Templates, name: str, words: Words, variables: Mapping[str, object], scripts: Sequence[str]
) -> str | Diagnostic:
    """A page of a template, with the style and the scripts that its policy lets in."""
    style = templates.file(_STYLE)
    policy = (
        f"default-src 'none'; style-src {digest_of([style])}; script-src {digest_of(scripts)}; "
        "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    )
    own: Mapping[str, object] = {
        # the program's own files, which a browser takes only with the digests of exactly these texts
        "style": Markup(style),
        "scripts": [Markup(script) for script in scripts],
        "policy": policy,
        "first": words,
        "telling": TELLING,
        "calling": CALLING,
        "evidence": EVIDENCE,
        "Outcome": Outcome,
        "Absent": Absent,
    }
    return templates.render(name, {**own, **variables})


def _in_words(explanations: Sequence[Explanation], words: Words) -> ReportInWords:
    return ReportInWords(words, tuple(_case(one, words) for one in explanations), counted(explanations))


def _case(explanation: Explanation, words: Words) -> CaseInWords:
    deciding, all_ = decisive(explanation), applying(explanation)
    decided = chain(explanation, deciding, words)
    everything = chain(explanation, all_, words) if len(all_) > len(deciding) else None
    return CaseInWords(arranged(explanation, words), decided, everything)
