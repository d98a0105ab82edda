"""Reading a rulebook from its nodes, with every diagnostic of shape, name and type."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from rulewright.diagnostics import Diagnostic, Span
from rulewright.model.conditions import Condition
from rulewright.model.rulebook import Advise, Conclude, Document, Require, Rule, Rulebook, RuleSeverity
from rulewright.model.values import FieldType, Known
from rulewright.parse.conditions import read_condition
from rulewright.parse.keys import LANGUAGE, RULE, RULE_NAME_PATTERN, RULEBOOK
from rulewright.parse.scope import Scope
from rulewright.parse.sections import Report, Section, as_mapping, unknown_name
from rulewright.parse.vocabulary import (
    read_computed,
    read_documents,
    read_kinds,
    read_parameters,
    read_source,
    read_tables,
)
from rulewright.scalars import Mismatch, typed_value
from rulewright.source import MappingNode, read_nodes

_SEVERITIES = {severity.value: severity for severity in RuleSeverity}


def parse_rulebook(data: bytes, name: str) -> tuple[Rulebook | None, list[Diagnostic]]:
    """The rulebook in the bytes of a file called `name`, and all that is wrong with it.

    With errors there may still be a rulebook, of what could be read, for further checks; it must not be evaluated.
    """
    documents, diagnostics = read_nodes(data, name)
    report = Report()
    report.diagnostics.extend(diagnostics)
    if not documents:
        if not diagnostics:
            report.add("S008", "the file is empty", Span(name), "a rulebook starts with `rulebook:` and its name")
        return None, report.diagnostics
    if len(documents) > 1:
        report.add("S011", "a rulebook file holds one document", documents[1].span, "make it a file of its own")
    root = as_mapping(documents[0], "a rulebook", report)
    return (None if root is None else _read(root, report)), report.diagnostics


def _read(root: MappingNode, report: Report) -> Rulebook | None:
    book = Section(root, RULEBOOK, "the rulebook", report)
    language = book.scalar("language", FieldType.WHOLE_NUMBER)
    if language is not None and language != LANGUAGE:
        report.add(
            "R007",
            f"language {language} is not known to this program, which reads language {LANGUAGE}",
            book.span_of("language"),
            "use a version of the program that does",
        )
        return None
    name, edition = book.text("rulebook"), book.date("edition")
    documents = read_documents(book)
    kinds = read_kinds(book)
    parameters = read_parameters(book, documents)
    tables = read_tables(book, kinds, documents)
    rule_nodes = {entry.key.text: entry.value for entry in book.mapping("rules", RULE_NAME_PATTERN)}
    about = {}
    for rule_name, node in rule_nodes.items():
        value = node.get("about") if isinstance(node, MappingNode) else None
        about[rule_name] = getattr(value, "text", "")
    scope = Scope("", kinds, parameters, about, report)
    read_computed(book, kinds, scope)
    rules = {}
    for entry in book.mapping("rules"):
        if entry.key.text in rule_nodes:
            node_ = as_mapping(entry.value, "a rule", report)
            rule = None if node_ is None else _read_rule(entry.key.text, entry.key.span, node_, scope, documents)
            if rule is not None:
                rules[rule.name] = rule
    complete = book.yes_no("complete") is not False
    title, not_covered = book.text("title"), book.text("not_covered")
    if name is None or edition is None:
        return None
    return Rulebook(
        name,
        edition,
        title or name,
        complete,
        MappingProxyType(documents),
        MappingProxyType(kinds),
        MappingProxyType(parameters),
        MappingProxyType(tables),
        MappingProxyType(rules),
        not_covered,
        span=root.span,
    )


def _read_rule(
    name: str, span: Span, node: MappingNode, outer: Scope, documents: Mapping[str, Document]
) -> Rule | None:
    report = outer.report
    section = Section(node, RULE, f"the rule `{name}`", report)
    about = section.text("about")
    if about is not None and about not in outer.kinds:
        unknown_name("R010", "kind", about, outer.kinds, section.span_of("about"), report)
    source = read_source(section, documents)
    severity = section.word("severity", _SEVERITIES)
    title, explain, remedy = section.text("title"), section.text("explain"), section.text("remedy")
    advice, rationale = section.text("advise"), section.text("rationale")
    if about not in outer.kinds:
        return None
    scope = outer.about(str(about))
    verbs = [verb for verb in ("require", "conclude", "advise") if verb in section.entries]
    if len(verbs) != 1:
        came = "none of them" if not verbs else " and ".join(f"`{verb}`" for verb in verbs)
        report.add(
            "R008", f"the rule `{name}` has {came}", span, "a rule has one of `require`, `conclude` and `advise`"
        )
        return None
    verb = verbs[0]
    for key, allowed in (
        ("when", ("conclude", "advise")),
        ("remedy", ("require", "advise")),
        ("explain", ("require", "conclude")),
    ):
        if key in section.entries and verb not in allowed:
            help_ = "say it in `advise`" if key == "explain" else f"`{key}` goes with `{'` and `'.join(allowed)}`"
            report.add("R009", f"`{key}` does not go with `{verb}`", section.entries[key].key.span, help_)
    applies, applies_good = _condition(section, "applies", scope)
    when, when_good = _condition(section, "when", scope)
    action: Require | Conclude | Advise
    if verb == "require":
        condition, good = _condition(section, "require", scope)
        if condition is None or not good:
            return None
        action = Require(condition)
    elif verb == "conclude":
        action = Conclude(when, MappingProxyType(_conclusions(section, scope)))
    else:
        action = Advise(when)
    if not (applies_good and when_good):
        return None
    if severity is None:
        severity = RuleSeverity.BLOCKING if verb == "require" else RuleSeverity.NOTE
    elif severity is RuleSeverity.BLOCKING and verb != "require":
        report.add(
            "R009", "only a requirement can be `blocking`", section.span_of("severity"), "take `warning` or `note`"
        )
    texts: dict[str, Span] = {
        key: section.span_of(key) for key in ("explain", "advise", "remedy") if key in section.entries
    }
    return Rule(
        name,
        scope.kind,
        action,
        applies,
        severity,
        title or name.replace("-", " ").replace("_", " "),
        (advice if verb == "advise" else explain) or "",
        remedy,
        rationale,
        source,
        span=span,
        text_spans=MappingProxyType(texts),
    )


def _condition(section: Section, key: str, scope: Scope) -> tuple[Condition | None, bool]:
    """The condition under a key, and whether all is well (it is, too, when the key is not there)."""
    node = section.node(key)
    if node is None:
        return None, True
    condition = read_condition(node, scope)
    return condition, condition is not None


def _conclusions(section: Section, scope: Scope) -> dict[str, Known]:
    values: dict[str, Known] = {}
    for entry in section.mapping("conclude"):
        name = entry.key.text
        field = scope.kinds[scope.kind].fields.get(name)
        if field is None:
            unknown_name(
                "R012", f"field of `{scope.kind}`", name, scope.kinds[scope.kind].fields, entry.key.span, scope.report
            )
            continue
        if field.from_table is not None or field.type is FieldType.REFERENCE:
            what = "comes from a table" if field.from_table else "is a reference"
            scope.report.add("R020", f"`{name}` {what} and cannot be concluded", entry.key.span)
            continue
        value = typed_value(entry.value, field.type, field.choices or None)
        if isinstance(value, Mismatch):
            scope.report.add("R022" if value.outside_choices else "R021", value.message, entry.value.span, value.help)
        else:
            values[name] = value
    return values
