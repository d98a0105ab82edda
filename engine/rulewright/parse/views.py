"""Parser of views: named queries over many cases."""

from __future__ import annotations

from collections.abc import Mapping

from rulewright.diagnostics import Related, did_you_mean
from rulewright.model.outcomes import Outcome, possible_outcomes
from rulewright.model.rulebook import Kind, Rule, View
from rulewright.model.values import NUMBERS, FieldType
from rulewright.parse.language_keys import VIEW
from rulewright.parse.sections import Report, Section, as_list, as_mapping, read_scalar, unknown_name
from rulewright.source import Entry, short

_OUTCOMES = {outcome.value: outcome for outcome in Outcome}


def read_view(entry: Entry, kinds: Mapping[str, Kind], rules: Mapping[str, Rule], report: Report) -> View | None:
    """Return a view, or None if its title, rule, outcome or fields are invalid."""
    name = entry.key.text
    node = as_mapping(entry.value, "a view", report)
    if node is None:
        return None
    section = Section(node, VIEW, f"the view `{name}`", report, entry.key.span)
    title, named, total = section.text("title"), section.text("rule"), section.text("total")
    outcome = section.word("outcome", _OUTCOMES)
    if named is not None and named not in rules:
        unknown_name("R016", "rule", named, rules, section.span_of("rule"), report)
    if named is None or named not in rules:
        return None
    rule = rules[named]
    if outcome is not None and outcome not in possible_outcomes(rule):
        words = [one.value for one in possible_outcomes(rule)]
        message = f"the rule `{named}` never comes out `{outcome.value}`"
        report.add("R022", message, section.span_of("outcome"), did_you_mean(outcome.value, words))
        return None
    show = _shown(section, kinds[rule.about], report)
    if total is not None and total in show and kinds[rule.about].fields[total].type not in NUMBERS:
        report.add("R020", f"`{total}` is no number and has no total", section.span_of("total"), "take a number field")
    elif total is not None and total not in show and show:
        unknown_name("R012", "field", total, show, section.span_of("total"), report, of=f"the view `{name}`")
    if title is None or outcome is None or not show:
        return None
    return View(name, title, named, rule.about, outcome.value, show, total, span=entry.key.span)


def _shown(section: Section, kind: Kind, report: Report) -> tuple[str, ...]:
    """Return the fields that a view shows, without duplicates."""
    node = section.node("show")
    shown: dict[str, None] = {}
    for item in () if node is None else as_list(node, "a list of fields", report):
        value = read_scalar(item, FieldType.TEXT, report)
        if not isinstance(value, str):
            continue
        if value not in kind.fields:
            related = (Related(f"`{kind.name}` is declared", kind.span),)
            unknown_name("R012", "field", value, kind.fields, item.span, report, of=f"`{kind.name}`", related=related)
        elif value in shown:
            report.add("R019", f"the field `{short(value)}` stands here twice", item.span, "keep one of the two")
        else:
            shown[value] = None
    return tuple(shown)
