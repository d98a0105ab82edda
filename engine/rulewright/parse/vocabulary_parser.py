"""Parser of the vocabulary: the kinds of fact and their fields."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import date
from decimal import Decimal

from rulewright.diagnostics import Related, Span
from rulewright.model.conditions import Expression, Literal
from rulewright.model.rulebook import Field, Kind
from rulewright.model.values import ORDERED, FieldType, Known
from rulewright.parse import suggestions
from rulewright.parse.changes import read_changes
from rulewright.parse.condition_parser import read_condition
from rulewright.parse.expression_parser import read_expression
from rulewright.parse.language_keys import FIELD, KIND, NAME_PATTERN
from rulewright.parse.scope import RESERVED, Scope, StaticType
from rulewright.parse.sections import Report, Section, as_list, as_mapping, read_scalar, unknown_name
from rulewright.source import Entry, ListNode, MappingNode, Node, short

#: The types of fields by name.
TYPES = {type_.value: type_ for type_ in FieldType}


def read_kinds(book: Section) -> dict[str, Kind]:
    """Return the kinds by name with their fields, without computed expressions."""
    kinds = {}
    entries = book.mapping("facts", NAME_PATTERN)
    names = [entry.key.text for entry in entries]
    for entry in entries:
        name = entry.key.text
        node = as_mapping(entry.value, "a kind of fact", book.report)
        if node is None:
            book.report.unread.add(name)
            continue
        if name in ("case", "as_of", "all", "any", "not", "rulebook"):
            book.report.unread.add(name)
            book.report.add(
                "R006", f"`{name}` means something else in case files", entry.key.span, "choose another name"
            )
            continue
        section = Section(node, KIND, f"the kind `{name}`", book.report, entry.key.span)
        fields = {}
        field_entries = section.mapping("fields", NAME_PATTERN)
        declared = section.node("fields")
        if isinstance(declared, MappingNode) and len(field_entries) < len(declared.entries):
            book.report.partial.add(name)
        for field_entry in field_entries:
            field = read_field(field_entry, name, names, book.report)
            if field is None:
                book.report.unread.add(field_entry.key.text)
                book.report.partial.add(name)
            else:
                fields[field.name] = field
        _check_order(section, fields, name)
        kinds[name] = Kind(
            name,
            section.text("label") or name.replace("_", " "),
            fields,
            section.text("ask"),
            section.text("note"),
            span=entry.key.span,
        )
    return kinds


def _check_order(kind: Section, fields: dict[str, Field], name: str) -> None:
    """Report and drop each `not_before` unless both fields are dates that a case file may state."""
    for field in list(fields.values()):
        sound = []
        for other_name in field.not_before:
            other = fields.get(other_name)
            if other is None:
                unknown_name("R010", "field", other_name, fields, field.span, kind.report, of=f"`{name}`")
            elif {field.type, other.type} != {FieldType.DATE} or not (field.may_be_given and other.may_be_given):
                message = f"`{field.name}` and `{other_name}` are not both dates that a case file may state"
                kind.report.add("R009", message, field.span, "leave out `not_before`, or make both such dates")
            else:
                sound.append(other_name)
        fields[field.name] = replace(field, not_before=tuple(sound))


def _read_other_names(section: Section, type_: FieldType, name: str) -> dict[str, tuple[str, ...]]:
    """Return the other names of the texts of a field, by text."""
    if not _of_text(section, "also_called", type_, name):
        return {}
    return {entry.key.text: _read_names(entry.value, section.report) for entry in section.mapping("also_called")}


def _of_text(section: Section, key: str, type_: FieldType, name: str) -> bool:
    """Return whether a key for text fields is present and valid. Report the key on a field of another type."""
    if key not in section.entries:
        return False
    if type_ is not FieldType.TEXT:
        message = f"`{key}` goes with texts, and `{name}` is a {type_.value}"
        section.report.add("R009", message, section.entries[key].key.span, "leave it out")
    return type_ is FieldType.TEXT


def _read_names(node: Node | None, report: Report) -> tuple[str, ...]:
    """Return the names in a node, which is one name or a list."""
    if node is None:
        return ()
    items = node.items if isinstance(node, ListNode) else (node,)
    names = (read_scalar(item, FieldType.TEXT, report) for item in items)
    return tuple(name for name in names if isinstance(name, str))


def read_field(
    entry: Entry, kind: str, kinds: Collection[str], report: Report, table: str | None = None
) -> Field | None:
    """Return a field of a kind in `kinds`, or a column of a table. Computed expressions are read later."""
    name = entry.key.text
    if name in RESERVED:
        report.add(
            "R006", f"`{name}` is a word of the language and cannot be a field", entry.key.span, "choose another name"
        )
        return None
    node = as_mapping(entry.value, "a field", report)
    if node is None:
        return None
    section = Section(node, FIELD, f"the field `{name}` of `{kind}`", report, entry.key.span)
    type_ = section.word("type", TYPES, suggestions.TYPES)
    if type_ is None:
        return None
    choices = _read_choices(section, type_, name)
    refers_to = section.text("to")
    if type_ is FieldType.REFERENCE and "to" not in section.entries:
        report.add("R002", f"the reference `{name}` has no `to`", section.span, "add `to`: the kind that it refers to")
    if type_ is not FieldType.REFERENCE and "to" in section.entries:
        report.add(
            "R009",
            f"`to` goes with references, and `{name}` is a {type_.value}",
            section.entries["to"].key.span,
            "leave it out, or make the type `reference`",
        )
        refers_to = None
    elif refers_to is not None and refers_to not in kinds:
        unknown_name("R010", "kind", refers_to, kinds, section.span_of("to"), report)
        refers_to = None
    if (type_ is FieldType.REFERENCE and refers_to is None) or choices is None:
        return None
    computed = section.node("computed") is not None
    if table is not None:
        for key in ("computed", "may_be_given", "changeable", "changes"):
            if key in section.entries:
                report.add("R009", f"`{key}` does not go with a column", section.entries[key].key.span, "leave it out")
    given = section.yes_no("may_be_given")
    minimum, maximum = (_read_bound(section, key, type_, name) for key in ("minimum", "maximum"))
    if _more(minimum, maximum):
        report.add(
            "R023",
            f"the minimum of `{name}` is more than its maximum",
            section.span_of("minimum"),
            None,
            (Related("the maximum is", section.span_of("maximum")),),
        )
    may_be_given = (not computed and table is None) if given is None else given
    changeable = section.yes_no("changeable") is not False and may_be_given and table is None
    changes = None if table is not None else read_changes(section, type_, choices, name, may_be_given)
    return Field(
        name,
        type_,
        section.text("label") or name.replace("_", " "),
        choices,
        section.text("unit"),
        minimum,
        maximum,
        section.text("ask"),
        section.text("note"),
        changeable=changeable,
        changes=changes,
        refers_to=refers_to,
        from_table=table,
        may_be_given=may_be_given,
        not_before=_read_names(section.node("not_before"), report),
        host_name=_of_text(section, "host_name", type_, name) and section.yes_no("host_name") is True,
        also_called=_read_other_names(section, type_, name),
        span=entry.key.span,
    )


def _more(left: Known | None, right: Known | None) -> bool:
    if isinstance(left, date) and isinstance(right, date):
        return left > right
    return isinstance(left, int | Decimal) and isinstance(right, int | Decimal) and left > right


def _read_bound(section: Section, key: str, type_: FieldType, name: str) -> Known | None:
    if key in section.entries and type_ not in ORDERED:
        section.report.add(
            "R009",
            f"`{key}` goes with numbers and dates, and `{name}` is a {type_.value}",
            section.entries[key].key.span,
            "leave it out",
        )
        return None
    return section.scalar(key, type_)


def _read_choices(section: Section, type_: FieldType, name: str) -> dict[str, str] | None:
    """Return the choices with their labels; empty for another type, or None if they cannot be read."""
    node = section.node("of")
    if type_ is not FieldType.CHOICE:
        if node is not None:
            section.report.add(
                "R009",
                f"`of` goes with choices, and `{name}` is a {type_.value}",
                section.entries["of"].key.span,
                "leave it out, or make the type `choice`",
            )
        return {}
    if node is None:
        section.report.add(
            "R002", f"the choice `{name}` has no `of`", section.span, "add `of`: a list of the choices there are"
        )
        return None
    if isinstance(node, MappingNode) and node.entries:
        labels = ((entry.key.text, read_scalar(entry.value, FieldType.TEXT, section.report)) for entry in node.entries)
        return {choice: label if isinstance(label, str) else choice for choice, label in labels}
    choices: dict[str, str] = {}
    for item in as_list(node, "a list of choices", section.report):
        choice = read_scalar(item, FieldType.TEXT, section.report)
        if isinstance(choice, str):
            if choice in choices:
                section.report.add(
                    "R019", f"the choice `{short(choice)}` stands here twice", item.span, "keep one of the two"
                )
            choices[choice] = choice.replace("_", " ")
    return choices or None


def read_computed(book: Section, kinds: dict[str, Kind], scope: Scope) -> None:
    """Add the computed expressions to the fields of the kinds. This must run after all names are known."""
    for entry in book.mapping("facts"):
        kind = kinds.get(entry.key.text)
        nodes = entry.value.get("fields") if isinstance(entry.value, MappingNode) else None
        if kind is None or not isinstance(nodes, MappingNode):
            continue
        fields = dict(kind.fields)
        for field_entry in nodes.entries:
            field = fields.get(field_entry.key.text)
            node = field_entry.value.get("computed") if isinstance(field_entry.value, MappingNode) else None
            if field is None or node is None:
                continue
            inner = scope.about(kind.name)
            expression = read_expression(node, inner, read_condition)
            if expression is not None and _fits(expression, field, node.span, inner):
                fields[field.name] = replace(field, computed=expression)
            else:
                scope.report.unread.add(field.name)
        kinds[kind.name] = replace(kind, fields=fields)


def _fits(expression: Expression, field: Field, span: Span, scope: Scope) -> bool:
    """Return whether a computed expression has the type of its field. Report a mismatch."""
    if isinstance(expression, Literal):
        whole = expression.value == int(expression.value) if isinstance(expression.value, int | Decimal) else False
        static = StaticType(FieldType.WHOLE_NUMBER if whole else FieldType.DECIMAL)
    else:
        static = scope.type_of(expression) or StaticType(field.type)
    fits = static.fits(StaticType(field.type, refers_to=field.refers_to))
    if fits and not (field.type is FieldType.WHOLE_NUMBER and static.type is FieldType.DECIMAL):
        return True
    scope.report.add(
        "R020", f"`{field.name}` is a {field.type.value}, and what is computed is a {static.type.value}", span
    )
    return False
