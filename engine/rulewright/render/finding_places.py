"""Places of findings in files, for reports that show files and lines."""

from __future__ import annotations

from pathlib import PurePath
from urllib.parse import quote

from rulewright.diagnostics import Span
from rulewright.model.explanation import Explanation, Finding
from rulewright.model.outcomes import Outcome
from rulewright.model.values import Truth

#: The name of standard input, which no report can link to.
STANDARD_INPUT = "-"
#: The truth of the tests that cause an outcome.
_DECISIVE = {Outcome.VIOLATED: Truth.FALSE, Outcome.UNKNOWN: Truth.UNKNOWN, Outcome.ADVISED: Truth.TRUE}


def finding_place(finding: Finding, explanation: Explanation) -> Span | None:
    """Return the place of the fact that decides a finding, else of another tested fact, else of its subject.

    Return None if nothing of the subject was read from a file.
    """
    seen = [test for test in finding.tests if test.truth is not None and _in_a_file(test.at)]
    decisive = [test for test in seen if test.truth is _DECISIVE.get(finding.outcome, test.truth)]
    if finding.outcome is Outcome.VIOLATED and decisive:
        return decisive[-1].at  # tests of `applies` come first, and may be false too
    if decisive or seen:
        return (decisive or seen)[0].at
    for subject in explanation.subjects:
        if (subject.kind, subject.ref) == (finding.kind, finding.ref):
            return next((fact.at for fact in subject.facts if _in_a_file(fact.at)), None)
    return None


def other_places(finding: Finding, place: Span | None) -> list[tuple[Span, str]]:
    """Return the other places of facts that a finding tested, each once, with the text of the test."""
    found: dict[Span, str] = {}
    for test in finding.tests:
        if test.truth is not None and test.at is not None and _in_a_file(test.at) and test.at != place:
            found.setdefault(test.at, test.test)
    return list(found.items())


def file_uri(file: str) -> str:
    """Return a file as a URI reference: a relative path stays relative, an absolute one gets the scheme `file`."""
    path = PurePath(file)
    written = quote(path.as_posix(), errors="surrogatepass")
    return f"file://{'' if written.startswith('/') else '/'}{written}" if path.is_absolute() else written


def _in_a_file(at: Span | None) -> bool:
    return at is not None and at.file not in ("", STANDARD_INPUT)
