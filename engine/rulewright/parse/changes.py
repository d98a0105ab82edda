"""Parser of `changes`: how a user can change a field, and at what cost."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from rulewright.diagnostics import NOWHERE
from rulewright.model.rulebook import Changes, DateStep, Direction
from rulewright.model.values import NUMBERS, ORDERED, FieldType, Known
from rulewright.parse.language_keys import CHANGES
from rulewright.parse.sections import Section, as_mapping, read_scalar
from rulewright.source import ListNode

_DIRECTIONS = {direction.value: direction for direction in Direction}
_DATE_STEPS = {step.value: step for step in DateStep}
_OF_ORDERED = ("direction", "step", "cost_per_step")


def read_changes(
    field: Section, type_: FieldType, choices: Mapping[str, str], name: str, may_be_given: bool
) -> Changes | None:
    """Return how a user can change the field in this section, or None if the rulebook does not say."""
    entry = field.entries.get("changes")
    if entry is None:
        return Changes() if may_be_given and field.yes_no("changeable") else None
    node = as_mapping(entry.value, "a mapping of changes", field.report)
    if node is None:
        return None
    if not may_be_given:
        field.report.add(
            "R009",
            f"`changes` goes with what a case states, and `{name}` follows from other facts",
            entry.key.span,
            "say it of the fields that it follows from",
        )
        return None
    if field.yes_no("changeable") is False:
        field.report.add(
            "R009",
            f"`changes` says how `{name}` changes, and `changeable` that it does not",
            entry.key.span,
            "keep one of the two",
        )
        return None
    section = Section(node, CHANGES, f"the changes of `{name}`", field.report, entry.key.span)
    wrong = _OF_ORDERED if type_ not in ORDERED else ("to",)
    for key in wrong:
        if key in section.entries:
            fits = "numbers and dates" if key in _OF_ORDERED else "texts, choices and yes/no"
            message = f"`{key}` goes with {fits}, and `{name}` is a {type_.value}"
            field.report.add("R009", message, section.entries[key].key.span, "leave it out")
    if type_ is FieldType.REFERENCE and "to" in section.entries:
        message = f"`to` goes with texts, choices and yes/no, and `{name}` is a {type_.value}"
        help_ = "leave it out: a reference can go to any fact of its kind in the case"
        field.report.add("R009", message, section.entries["to"].key.span, help_)
        wrong = (*wrong, "to")
    return Changes(
        (None if "direction" in wrong else section.word("direction", _DIRECTIONS)) or Direction.ANY,
        None if "step" in wrong else _read_step(section, type_, name),
        None if "to" in wrong else _read_targets(section, type_, choices),
        _read_cost(section, "cost", 1),
        0 if "cost_per_step" in wrong else _read_cost(section, "cost_per_step", 0),
        section.text("say"),
        say_span=section.span_of("say") if "say" in section.entries else NOWHERE,
    )


def _read_step(section: Section, type_: FieldType, name: str) -> int | Decimal | DateStep | None:
    if type_ is FieldType.DATE:
        return section.word("step", _DATE_STEPS)
    step = section.scalar("step", type_) if type_ in NUMBERS else None
    if not isinstance(step, int | Decimal):
        return None
    if step <= 0:
        section.report.add(
            "R025",
            f"the step of `{name}` is not more than zero",
            section.span_of("step"),
            "write how much it changes by",
        )
        return None
    return step


def _read_cost(section: Section, key: str, default: int) -> int | Decimal:
    cost = section.scalar(key, FieldType.DECIMAL)
    if not isinstance(cost, int | Decimal):
        return default
    if cost < 0:
        section.report.add(
            "R025", f"`{key}` of {section.what} is less than zero", section.span_of(key), "write zero or more"
        )
        return default
    return cost


def _read_targets(section: Section, type_: FieldType, choices: Mapping[str, str]) -> tuple[Known, ...] | None:
    node = section.node("to")
    if node is None:
        return None
    items = node.items if isinstance(node, ListNode) and node.items else (node,)
    values = (read_scalar(item, type_, section.report, choices or None) for item in items)
    return tuple(dict.fromkeys(value for value in values if value is not None)) or None
