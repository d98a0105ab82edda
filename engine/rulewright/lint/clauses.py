"""Checks of the texts of changes, which may only show variables."""

from __future__ import annotations

from jinja2 import nodes

from rulewright.diagnostics import Diagnostic, did_you_mean
from rulewright.model.rulebook import Field
from rulewright.model.values import ORDERED

_VARIABLES = ("ref", "before", "after")
_OF_ORDERED = "difference"


def clause_mistakes(tree: nodes.Template, field: Field) -> list[Diagnostic]:
    """Return the diagnostics of the text of a field's changes, given its syntax tree."""
    if field.changes is None:
        return []
    known = (*_VARIABLES, _OF_ORDERED) if field.type in ORDERED else _VARIABLES
    shown = [node for output in tree.body for node in (output.nodes if isinstance(output, nodes.Output) else [output])]
    found = []
    for node in shown:
        if isinstance(node, nodes.TemplateData):
            continue
        if not isinstance(node, nodes.Name):
            message = "the text of a change shows variables, and may not have anything else in braces"
            found.append(Diagnostic("R042", message, field.changes.say_span, f"variables: {', '.join(known)}"))
        elif node.name == _OF_ORDERED and node.name not in known:
            message = f"only numbers and dates have a `{_OF_ORDERED}`, and `{field.name}` is a {field.type.value}"
            found.append(Diagnostic("R041", message, field.changes.say_span, f"variables: {', '.join(known)}"))
        elif node.name not in known:
            message = f"unknown variable `{node.name}` in the text of a change"
            found.append(Diagnostic("R041", message, field.changes.say_span, did_you_mean(node.name, known)))
    return found
