"""Parser of rulebooks, with diagnostics of shape, name and type."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from rulewright.diagnostics import Diagnostic, Related, Span, in_source_order
from rulewright.model.conditions import AllOf, Condition, NotCovered
from rulewright.model.rulebook import Advise, Conclude, Document, Require, Rule, Rulebook, RuleSeverity
from rulewright.model.values import FieldType, Known
from rulewright.parse.condition_parser import read_condition, warn_of_name
from rulewright.parse.language_keys import LANGUAGE, NOT_COVERED, RULE, RULE_NAME_PATTERN, RULEBOOK
from rulewright.parse.scope import Scope
from rulewright.parse.sections import Report, Section, as_mapping, named_entries, unknown_name
from rulewright.parse.sources import read_documents, read_sources
from rulewright.parse.table_parser import read_parameters, read_tables
from rulewright.parse.views import read_view
from rulewright.parse.vocabulary_parser import read_computed, read_kinds
from rulewright.scalars import Mismatch, typed_value
from rulewright.source import Entry, MappingNode, ScalarNode, read_authored, short
from rulewright.time_zones import UTC, is_time_zone, nearest_time_zone

_SEVERITIES = {severity.value: severity for severity in RuleSeverity}


def parse_rulebook(data: bytes, name: str) -> tuple[Rulebook | None, list[Diagnostic]]:
    """Return the rulebook in the bytes of a file called `name`, and its diagnostics.

    With errors, the rulebook may be partial. It then serves further checks only and must not be evaluated.
    """
    documents, diagnostics = read_authored(data, name)
    report = Report()
    report.diagnostics.extend(diagnostics)
    rulebook = None
    if documents:
        root = as_mapping(documents[0], "a rulebook", report)
        rulebook = None if root is None else _read(root, report)
    elif not diagnostics:
        report.add("S008", "the file is empty", Span(name), "a rulebook starts with `rulebook:` and its name")
    if len(documents) > 1:
        help_ = "make it a file of its own"
        report.add("S011", "a rulebook file holds one document, and this is a second", documents[1].span, help_)
    return rulebook, in_source_order(report.diagnostics)


def _read(root: MappingNode, report: Report) -> Rulebook | None:
    book = Section(root, RULEBOOK, "the rulebook", report)
    language = book.scalar("language", FieldType.WHOLE_NUMBER)
    if language is not None and language != LANGUAGE:
        report.add(
            "R007",
            f"language `{language}` is not known to this program",
            book.span_of("language"),
            f"this program reads language {LANGUAGE}; a newer one may read language {language}",
        )
        return None
    name, edition = book.text("rulebook"), book.date("edition")
    documents = read_documents(book)
    kinds = read_kinds(book)
    parameters = read_parameters(book, documents)
    tables = read_tables(book, kinds, documents)
    time_zone = _read_time_zone(book)
    complete = book.yes_no("complete") is not False
    entries = book.mapping("rules", RULE_NAME_PATTERN)
    uncovered = book.mapping("not_covered", RULE_NAME_PATTERN)
    about = {}
    for entry in (*entries, *uncovered):
        value = entry.value.get("about") if isinstance(entry.value, MappingNode) else None
        if isinstance(value, ScalarNode) and value.text in kinds:
            about[entry.key.text] = value.text
        else:
            report.unread.add(entry.key.text)
    scope = Scope("", kinds, parameters, about, report)
    read_computed(book, kinds, scope)
    rules = {}
    for entry in entries:
        node = as_mapping(entry.value, "a rule", report)
        rule = None if node is None else _read_rule(entry.key.text, entry.key.span, node, scope, documents)
        if rule is None:
            report.unread.add(entry.key.text)
        else:
            rules[rule.name] = rule
    for entry in uncovered:
        rule = _read_not_covered(entry, scope, rules)
        if rule is None:
            report.unread.add(entry.key.text)
        else:
            rules[rule.name] = rule
    found_views = [read_view(entry, kinds, rules, report) for entry in book.mapping("views", RULE_NAME_PATTERN)]
    views = {view.name: view for view in found_views if view is not None}
    title = book.text("title")
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
        MappingProxyType(views),
        time_zone,
        unread=frozenset(report.unread),
        span=root.span,
    )


def _read_time_zone(book: Section) -> str:
    """Return the time zone of a rulebook, or UTC if it names none or an unknown one."""
    name = book.text("time_zone")
    if name is None or is_time_zone(name):
        return name or UTC
    help_ = "write the name of an IANA time zone, such as `Europe/London`"
    near = nearest_time_zone(name)
    book.report.add(
        "R046",
        f"unknown time zone `{short(name)}`",
        book.span_of("time_zone"),
        help_ if near is None else f"did you mean `{near}`?",
    )
    return UTC


def _read_rule(
    name: str, span: Span, node: MappingNode, outer: Scope, documents: Mapping[str, Document]
) -> Rule | None:
    """Return a rule, or None if its kind or its verb is unclear.

    An invalid part is left out and reported, so that the other parts are checked, too.
    """
    report = outer.report
    section = Section(node, RULE, f"the rule `{name}`", report, span)
    about = section.text("about")
    if about is not None and about not in outer.kinds:
        unknown_name("R010", "kind", about, outer.kinds, section.span_of("about"), report)
    sources = read_sources(section, documents)
    severity = section.word("severity", _SEVERITIES)
    title, explain, remedy = section.text("title"), section.text("explain"), section.text("remedy")
    advice, rationale = section.text("advise"), section.text("rationale")
    if about not in outer.kinds:
        return None
    scope = outer.about(str(about))
    conditions = {key: _condition(section, key, scope) for key in ("applies", "require", "when")}
    applies, when = conditions["applies"], conditions["when"]
    good = all(condition is not None for key, condition in conditions.items() if key in section.entries)
    verbs = [verb for verb in ("require", "conclude", "advise") if verb in section.entries]
    if len(verbs) != 1:
        came = " and ".join(f"`{verb}`" for verb in verbs) or "none of `require`, `conclude` and `advise`"
        report.add("R008", f"the rule `{name}` has {came}", span, "a rule has exactly one of the three")
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
    action: Require | Conclude | Advise
    if verb == "require":
        action = Require(conditions["require"] or AllOf(()))
    elif verb == "conclude":
        action = Conclude(when, MappingProxyType(_conclusions(section, scope)))
        good = good and bool(action.values)
    else:
        action = Advise(when)
    if not good:
        report.unread.add(name)
    if severity is None:
        severity = RuleSeverity.BLOCKING if verb == "require" else RuleSeverity.NOTE
    elif severity is RuleSeverity.BLOCKING and verb != "require":
        report.add(
            "R009", "only a requirement can be `blocking`", section.span_of("severity"), "take `warning` or `note`"
        )
    texts = {key: section.entries[key].value for key in ("explain", "advise", "remedy") if key in section.entries}
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
        sources,
        span=span,
        text_spans=MappingProxyType({key: node.span for key, node in texts.items()}),
        content_spans=MappingProxyType(
            {key: node.content for key, node in texts.items() if isinstance(node, ScalarNode) and node.content}
        ),
    )


def _read_not_covered(entry: Entry, outer: Scope, others: dict[str, Rule]) -> Rule | None:
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


def _condition(section: Section, key: str, scope: Scope) -> Condition | None:
    """Return the condition under a key, or None if the key is missing or the condition is invalid."""
    node = section.node(key)
    return None if node is None else read_condition(node, scope)


def _conclusions(section: Section, scope: Scope) -> dict[str, Known]:
    values: dict[str, Known] = {}
    kind = scope.kinds[scope.kind]
    entries = named_entries(section.entries["conclude"].value, "a mapping of conclusions", scope.report)
    if not entries and isinstance(section.node("conclude"), MappingNode):
        scope.report.add("R003", "nothing is concluded", section.span_of("conclude"), "write `field: value`")
    for entry in entries:
        name = entry.key.text
        field = kind.fields.get(name)
        if field is None:
            related = (Related(f"`{kind.name}` is declared", kind.span),)
            of = f"`{kind.name}`"
            unknown_name("R012", "field", name, kind.fields, entry.key.span, scope.report, of=of, related=related)
            continue
        if field.from_table is not None or field.type is FieldType.REFERENCE:
            what = "is a column of a table" if field.from_table else "is a reference"
            related = (Related(f"`{name}` is declared", field.span),)
            scope.report.add("R020", f"`{name}` {what} and cannot be concluded", entry.key.span, None, related)
            continue
        value = typed_value(entry.value, field.type, field.choices or None)
        if isinstance(value, Mismatch):
            scope.report.add("R022" if value.outside_choices else "R021", value.message, entry.value.span, value.help)
        else:
            warn_of_name(entry.value, field.type, scope)
            values[name] = value
    return values
