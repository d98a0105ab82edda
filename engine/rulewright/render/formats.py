"""The formats of reports for other programs and for tickets, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from rulewright.model.explanation import Explanation
from rulewright.render.junit import write_junit
from rulewright.render.markdown import write_markdown
from rulewright.render.oscal import write_oscal
from rulewright.render.sarif import write_sarif

#: Writers that have the explanations of any number of cases as one text.
WRITERS: Mapping[str, Callable[[Sequence[Explanation]], str]] = {
    "markdown": write_markdown,
    "junit": write_junit,
    "sarif": write_sarif,
    "oscal": write_oscal,
}
