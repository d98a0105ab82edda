"""Report formats by name, with the writer of each and the content it needs.

To add a format, write a module with its writer, and add an entry here. The command line offers every entry.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from pathlib import Path

    from rulewright.diagnostics import Diagnostic
    from rulewright.model.explanation import Explanation
    from rulewright.model.fixes import Fixes
    from rulewright.model.languages import Language
    from rulewright.model.run import Run
    from rulewright.render.words import Words

# ruff: noqa: PLC0415  a run loads only the writer of its format


@dataclass(frozen=True, slots=True)
class ReportContent:
    """The content of a report: the explained cases and the smallest changes, by language, and the run.

    `fixes` has an entry for each case if the format shows changes. With `everything`, no finding is left out. `several`
    is true if more than one case was requested. `templates` is a folder of templates for HTML.
    """

    explained: Mapping[Language, Sequence[Explanation]]
    fixes: Mapping[Language, Sequence[Fixes | None]]
    run: Run
    everything: bool = False
    several: bool = False
    templates: Path | None = None

    @property
    def language(self) -> Language:
        """Return the first language."""
        return next(iter(self.explained))

    @property
    def explanations(self) -> Sequence[Explanation]:
        """Return the explained cases in the first language."""
        return self.explained[self.language]

    @property
    def words(self) -> Words:
        """Return the words of the first language."""
        from rulewright.render.words import WORDS

        return WORDS[self.language]


#: Returns a report as one text, or the diagnostic of an unusable template.
Writer: TypeAlias = "Callable[[ReportContent], str | Diagnostic]"


@dataclass(frozen=True, slots=True)
class ReportFormat:
    """A format with its writer. The flags say whether it shows remedies and changes."""

    write: Writer
    shows_remedies: bool = True
    shows_changes: bool = False


def _json(report: ReportContent) -> str | Diagnostic:
    from rulewright.render.json import write_json

    return write_json(report.explanations, run=report.run, several=report.several)


def _html(report: ReportContent) -> str | Diagnostic:
    from rulewright.render.html import write_html

    return write_html(report.explained, report.templates, report.fixes, run=report.run)


def _markdown(report: ReportContent) -> str | Diagnostic:
    from rulewright.render.markdown import write_markdown

    fixes = report.fixes.get(report.language, ())
    return write_markdown(
        report.explanations, run=report.run, words=report.words, fixes=fixes, everything=report.everything
    )


def _junit(report: ReportContent) -> str | Diagnostic:
    from rulewright.render.junit import write_junit

    return write_junit(report.explanations, run=report.run, words=report.words)


def _sarif(report: ReportContent) -> str | Diagnostic:
    from rulewright.render.sarif import write_sarif

    return write_sarif(report.explanations, run=report.run, words=report.words)


def _oscal(report: ReportContent) -> str | Diagnostic:
    from rulewright.render.oscal import write_oscal

    return write_oscal(report.explanations, run=report.run, words=report.words)


#: Formats of whole reports, in the order of the help. Terminal text is separate, as it depends on the width.
REPORT_FORMATS: Mapping[str, ReportFormat] = {
    "json": ReportFormat(_json, shows_remedies=False),
    "html": ReportFormat(_html, shows_changes=True),
    "markdown": ReportFormat(_markdown, shows_changes=True),
    "junit": ReportFormat(_junit),
    "sarif": ReportFormat(_sarif),
    "oscal": ReportFormat(_oscal),
}
