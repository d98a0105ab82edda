"""Reading the vocabulary: documents, kinds of fact and their fields, parameters, tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from rulewright.diagnostics import Related
from rulewright.model.rulebook import Dated, Document, Field, Kind, Parameter, Source, Table
from rulewright.model.values import NUMBERS, ORDERED, Absent, FieldType, Known, Value
from rulewright.parse.conditions import read_condition
from rulewright.parse.expressions import read_expression
from rulewright.parse.keys import (
    DATED,
    DOCUMENT,
    FIELD,
    KIND,
    NAME_PATTERN,
    PARAMETER,
    RULE_NAME_PATTERN,
    SOURCE,
    TABLE,
)
from rulewright.parse.scope import RESERVED, Scope, StaticType
from rulewright.parse.sections import (
    Report,
    Section,
    as_list,
    as_mapping,
    each,
    named_entries,
    read_scalar,
    unknown_name,
)
from rulewright.scalars import Mismatch, is_null, typed_value
from rulewright.source import Entry, ListNode, MappingNode, Node

_TYPES = {type_.value: type_ for type_ in FieldType}


def read_documents(book: Section) -> dict[str, Document]:
    """The source documents by name."""
    documents = {}
    for entry in book.mapping("documents", RULE_NAME_PATTERN):
        node = as_mapping(entry.value, "a document", book.report)
        if node is None:
            continue
        section = Section(node, DOCUMENT, f"the document `{entry.key.text}`", book.report)
        documents[entry.key.text] = Document(
            entry.key.text,
            section.text("title") or entry.key.text,
            section.text("publisher"),
            section.date("updated"),
            section.text("url"),
            span=entry.key.span,
        )
    return documents


def read_source(section: Section, documents: Mapping[str, Document]) -> Source | None:
    """The place in a document under the key `source`; none when it is not there."""
    node = section.node("source")
    mapping = None if node is None else as_mapping(node, "a source", section.report)
    if mapping is None:
        return None
    source = Section(mapping, SOURCE, "a source", section.report)
    document = source.text("document")
    if document is None:
        return None
    if document not in documents:
        unknown_name("R018", "document", document, documents, source.span_of("document"), section.report)
        return None
    return Source(document, source.text("section"), span=mapping.span)


def read_kinds(book: Section) -> dict[str, Kind]:
    """The kinds with their fields by name, still without what is computed."""
    kinds = {}
    for entry in book.mapping("facts", NAME_PATTERN):
        name = entry.key.text
        node = as_mapping(entry.value, "a kind of fact", book.report)
        if node is None:
            continue
        if name in ("case", "as_of", "all", "any", "not", "rulebook"):
            book.report.add(
                "R006", f"`{name}` means something else in case files", entry.key.span, "choose another name"
            )
            continue
        section = Section(node, KIND, f"the kind `{name}`", book.report)
        fields = {}
        for field_entry in section.mapping("fields", NAME_PATTERN):
            field = _read_field(field_entry, name, book.report)
            if field is not None:
                fields[field.name] = field
        kinds[name] = Kind(
            name,
            section.text("label") or name.replace("_", " "),
            fields,
            section.text("ask"),
            section.text("note"),
            span=entry.key.span,
        )
    for kind in kinds.values():
        for field in kind.fields.values():
            if field.refers_to is not None and field.refers_to not in kinds:
                unknown_name("R010", "kind", field.refers_to, kinds, field.span, book.report)
    return kinds


def _read_field(entry: Entry, kind: str, report: Report, table: str | None = None) -> Field | None:
    name = entry.key.text
    if name in RESERVED:
        report.add(
            "R006", f"`{name}` is a word of the language and cannot be a field", entry.key.span, "choose another name"
        )
        return None
    node = as_mapping(entry.value, "a field", report)
    if node is None:
        return None
    section = Section(node, FIELD, f"the field `{name}` of `{kind}`", report)
    type_ = section.word("type", _TYPES)
    if type_ is None:
        return None
    choices = _read_choices(section, type_, name)
    refers_to = section.text("to")
    if (type_ is FieldType.REFERENCE) != (refers_to is not None):
        if refers_to is None:
            report.add("R002", f"the reference `{name}` does not say `to` which kind it refers", section.span)
        else:
            report.add("R003", f"`to` is for references, and `{name}` is a {type_.value}", section.span_of("to"))
        return None
    computed = section.node("computed") is not None
    if table is not None:
        for key in ("computed", "may_be_given", "changeable"):
            if key in section.entries:
                report.add("R001", f"a column of a table has no `{key}`", section.entries[key].key.span)
    given = section.yes_no("may_be_given")
    bounds: list[Known | None] = []
    for key in ("minimum", "maximum"):
        if key in section.entries and type_ not in ORDERED:
            report.add(
                "R003", f"`{key}` is for numbers and dates, and `{name}` is a {type_.value}", section.span_of(key)
            )
            bounds.append(None)
        else:
            bounds.append(section.scalar(key, type_))
    changeable = section.yes_no("changeable")
    return Field(
        name,
        type_,
        section.text("label") or name.replace("_", " "),
        choices,
        section.text("unit"),
        bounds[0],
        bounds[1],
        section.text("ask"),
        section.text("note"),
        changeable=changeable is not False and not computed and table is None,
        refers_to=refers_to,
        from_table=table,
        may_be_given=(not computed and table is None) if given is None else given,
        span=entry.key.span,
    )


def _read_choices(section: Section, type_: FieldType, name: str) -> dict[str, str]:
    node = section.node("of")
    if (type_ is FieldType.CHOICE) != (node is not None):
        if node is None:
            section.report.add("R002", f"the choice `{name}` has no `of` that lists its choices", section.span)
        else:
            section.report.add("R003", f"`of` is for choices, and `{name}` is a {type_.value}", node.span)
        return {}
    if node is None:
        return {}
    if isinstance(node, MappingNode):
        labels = ((entry.key.text, read_scalar(entry.value, FieldType.TEXT, section.report)) for entry in node.entries)
        return {choice: label if isinstance(label, str) else choice for choice, label in labels}
    choices: dict[str, str] = {}
    for item in as_list(node, "the choices", section.report):
        choice = read_scalar(item, FieldType.TEXT, section.report)
        if isinstance(choice, str):
            if choice in choices:
                section.report.add("R019", f"the choice `{choice}` stands here twice", item.span)
            choices[choice] = choice.replace("_", " ")
    return choices


def read_parameters(book: Section, documents: Mapping[str, Document]) -> dict[str, Parameter]:
    """The parameters by name, each with its values by date."""
    parameters = {}
    for entry in book.mapping("parameters", NAME_PATTERN):
        node = as_mapping(entry.value, "a parameter", book.report)
        if node is None:
            continue
        name = entry.key.text
        section = Section(node, PARAMETER, f"the parameter `{name}`", book.report)
        types = {word: type_ for word, type_ in _TYPES.items() if type_ is not FieldType.REFERENCE}
        type_ = section.word("type", types)
        if type_ is None:
            continue
        single, dated = section.node("value"), section.node("values")
        if (single is None) == (dated is None):
            book.report.add(
                "R002", f"the parameter `{name}` needs either `value` or `values`", section.span, "`values` has dates"
            )
            continue
        static = StaticType(type_)
        source = read_source(section, documents)
        if single is not None:
            value = _parameter_value(single, static, book.report)
            values: tuple[Dated, ...] = () if value is None else (Dated(None, value, span=single.span),)
        else:
            values = _read_dated(dated, static, documents, book.report) if dated is not None else ()
        is_list = any(isinstance(item.value, tuple) for item in values)
        if is_list and not all(isinstance(item.value, tuple) for item in values):
            book.report.add("R003", f"some values of `{name}` are lists and some are not", section.span)
            continue
        parameters[name] = Parameter(
            name, type_, values, is_list, section.text("unit"), section.text("note"), source, span=entry.key.span
        )
    return parameters


def _parameter_value(node: Node, static: StaticType, report: Report) -> Known | tuple[Known, ...] | None:
    if isinstance(node, ListNode):
        items = as_list(node, "the values of a parameter", report)
        values: tuple[Known, ...] = each(items, lambda item: read_scalar(item, static.type, report, static.choices))
        return values or None
    return read_scalar(node, static.type, report, static.choices)


def _read_dated(
    node: Node, static: StaticType, documents: Mapping[str, Document], report: Report, cells: bool = False
) -> tuple[Dated, ...]:
    found: list[Dated] = []
    for item in as_list(node, "a list of values by date", report):
        mapping = as_mapping(item, "a value by date", report)
        if mapping is None:
            continue
        section = Section(mapping, DATED, "a value by date", report)
        value_node = section.node("value")
        if value_node is None:
            continue
        value: Value | tuple[Known, ...] | None
        read = _cell_value if cells else _parameter_value
        value = read(value_node, static, report)
        if value is None:
            continue
        since = section.date("since")
        if found and (since is None or (found[-1].since is not None and since <= found[-1].since)):
            report.add(
                "R019",
                "values by date have to follow each other, the oldest first",
                section.span_of("since"),
                None,
                (Related("the one before is", found[-1].span),),
            )
            continue
        found.append(Dated(since, value, read_source(section, documents), span=item.span))
    return tuple(found)


def _cell_value(node: Node, static: StaticType, report: Report) -> Value | None:
    return Absent.NONE if is_null(node) else read_scalar(node, static.type, report, static.choices)


def read_tables(book: Section, kinds: dict[str, Kind], documents: Mapping[str, Document]) -> dict[str, Table]:
    """The tables by name; their columns are added to the kinds as fields."""
    tables = {}
    for entry in book.mapping("tables", RULE_NAME_PATTERN):
        name = entry.key.text
        node = as_mapping(entry.value, "a table", book.report)
        if node is None:
            continue
        section = Section(node, TABLE, f"the table `{name}`", book.report)
        about, by = section.text("about"), section.text("by")
        if about is None or by is None:
            continue
        kind = kinds.get(about)
        if kind is None:
            unknown_name("R010", "kind", about, kinds, section.span_of("about"), book.report)
            continue
        key = kind.fields.get(by)
        if key is None:
            unknown_name("R012", f"field of `{about}`", by, kind.fields, section.span_of("by"), book.report)
            continue
        if key.type not in (FieldType.TEXT, FieldType.CHOICE):
            book.report.add(
                "R020", f"a table goes by a text or a choice, and `{by}` is a {key.type.value}", section.span_of("by")
            )
            continue
        columns: dict[str, Field] = {}
        for column_entry in section.mapping("columns", NAME_PATTERN):
            column = _read_field(column_entry, about, book.report, table=name)
            if column is None:
                continue
            if column.type is FieldType.REFERENCE:
                book.report.add("R003", "a column of a table cannot be a reference", column.span)
            elif column.name in kind.fields:
                first = kind.fields[column.name].span
                book.report.add(
                    "R019",
                    f"`{column.name}` is already a field of `{about}`",
                    column.span,
                    "choose another name for the column",
                    (Related("the field is declared", first),),
                )
            else:
                columns[column.name] = column
        kinds[about] = kind = replace(kind, fields={**kind.fields, **columns})
        rows: dict[str, dict[str, tuple[Dated, ...]]] = {}
        for row in section.mapping("rows"):
            if key.choices and row.key.text not in key.choices:
                unknown_name("R022", f"choice of `{by}`", row.key.text, key.choices, row.key.span, book.report)
                continue
            rows[row.key.text] = _read_row(row, columns, documents, book.report)
        tables[name] = Table(
            name, about, by, tuple(columns), rows, read_source(section, documents), span=entry.key.span
        )
    return tables


def _read_row(
    row: Entry, columns: Mapping[str, Field], documents: Mapping[str, Document], report: Report
) -> dict[str, tuple[Dated, ...]]:
    cells: dict[str, tuple[Dated, ...]] = {}
    if is_null(row.value):
        return cells
    for cell in named_entries(row.value, f"the row `{row.key.text}`", report):
        column = columns.get(cell.key.text)
        if column is None:
            unknown_name("R012", "column", cell.key.text, columns, cell.key.span, report)
            continue
        static = StaticType(column.type, column.choices or None)
        if isinstance(cell.value, ListNode):
            cells[column.name] = _read_dated(cell.value, static, documents, report, cells=True)
        elif not is_null(cell.value):
            value = typed_value(cell.value, static.type, static.choices)
            if isinstance(value, Mismatch):
                report.add("R022" if value.outside_choices else "R021", value.message, cell.value.span, value.help)
            else:
                cells[column.name] = (Dated(None, value, span=cell.value.span),)
    return cells


def read_computed(book: Section, kinds: dict[str, Kind], scope: Scope) -> None:
    """Add to the kinds how their computed fields follow from others; only now are all names known."""
    for entry in book.mapping("facts"):
        kind = kinds.get(entry.key.text)
        if kind is None or not isinstance(entry.value, MappingNode):
            continue
        nodes = entry.value.get("fields")
        if not isinstance(nodes, MappingNode):
            continue
        fields = dict(kind.fields)
        for field_entry in nodes.entries:
            field = fields.get(field_entry.key.text)
            node = field_entry.value.get("computed") if isinstance(field_entry.value, MappingNode) else None
            if field is None or node is None:
                continue
            inner = scope.about(kind.name)
            expression = read_expression(node, inner, read_condition)
            if expression is None:
                continue
            static = inner.type_of(expression)
            fits = static is None or static.fits(StaticType(field.type, refers_to=field.refers_to))
            if static is not None and field.type is FieldType.WHOLE_NUMBER and static.type is FieldType.DECIMAL:
                fits = False
            if (static is None and field.type not in NUMBERS) or not fits:
                came = "number" if static is None else static.type.value
                scope.report.add(
                    "R020", f"`{field.name}` is a {field.type.value}, and what is computed is a {came}", node.span
                )
                continue
            fields[field.name] = replace(field, computed=expression)
        kinds[kind.name] = replace(kind, fields=fields)
