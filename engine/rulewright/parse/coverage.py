"""Parser of `not_covered`: each entry becomes a requirement that stays unknown wherever it applies."""

from __future__ import annotations

from rulewright.diagnostics import Related
from rulewright.model.conditions import Condition, NotCovered
from rulewright.model.rulebook import Require, Rule, RuleSeverity
from rulewright.parse.conditions import read_condition
from rulewright.parse.keys import NOT_COVERED
from rulewright.parse.scope import Scope
from rulewright.parse.sections import Section, as_mapping, unknown_name
from rulewright.source import Entry


def read_not_covered(entry: Entry, outer: Scope, others: dict[str, Rule]) -> Rule | None:
    """Return the rule of a `not_covered` entry, or None if the entry has no usable kind, name or text."""
    name, report = entry.key.text, outer.report
    node = as_mapping(entry.value, "an entry of what is not covered", report)
    if node is None:
        return None
    section = Section(node, NOT_COVERED, f"the entry `{name}`", report, entry.key.span)
    about, what, covered_by = section.text("about"), section.text("what"), section.date("covered_by")
    if about is not None and about not in outer.kinds:
        unknown_name("R010", "kind", about, outer.kinds, section.span_of("about"), report)
    if about is None or about not in outer.kinds:
        return None
    applies: Condition | None = None
    if (condition := section.node("applies")) is not None:
        applies = read_condition(condition, outer.about(about))
        if applies is None:
            report.unread.add(name)
    if name in others:
        message = f"`{name}` is the name of a rule too"
        report.add("R019", message, entry.key.span, "choose another name", (Related("the rule is", others[name].span),))
        return None
    if what is None:
        return None
    action = Require(NotCovered(what, covered_by, span=section.span_of("covered_by")))
    return Rule(name, about, action, applies, RuleSeverity.BLOCKING, f"Not covered: {what}", "", span=entry.key.span)
