"""The formats of reports for other programs and for tickets, by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from rulewright.model.explanation import Explanation
from rulewright.model.run import Run
from rulewright.render.junit import write_junit
from rulewright.render.markdown import write_markdown
from rulewright.render.oscal import write_oscal
from rulewright.render.sarif import write_sarif
from rulewright.render.words import Words


class Writer(Protocol):
    """What has the explanations of any number of cases as one text."""

    def __call__(self, explanations: Sequence[Explanation], *, run: Run, words: Words) -> str:
        """Return the text, in the words of the explanations' language."""


WRITERS: Mapping[str, Writer] = {
    "markdown": write_markdown,
    "junit": write_junit,
    "sarif": write_sarif,
    "oscal": write_oscal,
}
