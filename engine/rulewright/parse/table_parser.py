"""Parser of parameters and tables, whose values can change by date."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from rulewright.diagnostics import Related
from rulewright.model.rulebook import OTHERWISE, Dated, Document, Field, Kind, Parameter, Table
from rulewright.model.values import Absent, FieldType, Known, Value
from rulewright.parse import suggestions
from rulewright.parse.language_keys import (
    DATED,
    NAME_PATTERN,
    NO_CELLS,
    PARAMETER,
    RULE_NAME_PATTERN,
    TABLE,
)
from rulewright.parse.scope import RESERVED, StaticType
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
from rulewright.parse.sources import read_sources
from rulewright.parse.vocabulary_parser import TYPES, read_field
from rulewright.scalars import Mismatch, describe, is_null, typed_value
from rulewright.source import Entry, ListNode, Node, ScalarNode


def read_parameters(book: Section, documents: Mapping[str, Document]) -> dict[str, Parameter]:
    """Return the parameters by name, each with its values by date."""
    parameters = {}
    for entry in book.mapping("parameters", NAME_PATTERN):
        parameter = _read_parameter(entry, documents, book.report)
        if parameter is None:
            book.report.unread.add(entry.key.text)
        else:
            parameters[parameter.name] = parameter
    return parameters


def _read_parameter(entry: Entry, documents: Mapping[str, Document], report: Report) -> Parameter | None:
    name = entry.key.text
    if name in RESERVED:
        report.add(
            "R006",
            f"`{name}` is a word of the language and cannot be a parameter",
            entry.key.span,
            "choose another name",
        )
        return None
    node = as_mapping(entry.value, "a parameter", report)
    if node is None:
        return None
    section = Section(node, PARAMETER, f"the parameter `{name}`", report, entry.key.span)
    types = {word: type_ for word, type_ in TYPES.items() if type_ is not FieldType.REFERENCE}
    type_ = section.word("type", types, suggestions.TYPES)
    if type_ is None:
        return None
    single, dated = section.node("value"), section.node("values")
    if (single is None) == (dated is None):
        came = "neither `value` nor `values`" if single is None else "both `value` and `values`"
        code = "R002" if single is None else "R009"
        help_ = "write `value` for what always holds, `values` for what changes on a date"
        report.add(code, f"the parameter `{name}` has {came}", section.span, help_)
        return None
    static = StaticType(type_)
    sources = read_sources(section, documents)
    if single is not None:
        value = _parameter_value(single, static, report)
        values: tuple[Dated, ...] = () if value is None else (Dated(None, value, span=single.span),)
    else:
        values = _read_dated(dated, static, documents, report) if dated is not None else ()
    if not values:
        return None
    is_list = isinstance(values[0].value, tuple)
    for later in values[1:]:
        if isinstance(later.value, tuple) != is_list:
            report.add(
                "R003",
                f"some values of `{name}` are lists and some are not",
                later.span,
                "make each of them a list",
                (Related("the first value is", values[0].span),),
            )
            return None
    unit, note, label = section.text("unit"), section.text("note"), section.text("label")
    return Parameter(name, type_, values, is_list, unit, note, sources, label, span=entry.key.span)


def _parameter_value(node: Node, static: StaticType, report: Report) -> Known | tuple[Known, ...] | None:
    if isinstance(node, ListNode):
        items = as_list(node, "a list of values", report)
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
        found.append(Dated(since, value, read_sources(section, documents), span=item.span))
    return tuple(found)


def _cell_value(node: Node, static: StaticType, report: Report) -> Value | None:
    return Absent.NONE if is_null(node) else read_scalar(node, static.type, report, static.choices)


def read_tables(book: Section, kinds: dict[str, Kind], documents: Mapping[str, Document]) -> dict[str, Table]:
    """Return the tables by name, and add their columns to the kinds as fields."""
    tables = {}
    for entry in book.mapping("tables", RULE_NAME_PATTERN):
        table = _read_table(entry, kinds, documents, book.report)
        if table is not None:
            tables[table.name] = table
    return tables


def _read_table(
    entry: Entry, kinds: dict[str, Kind], documents: Mapping[str, Document], report: Report
) -> Table | None:
    name = entry.key.text
    node = as_mapping(entry.value, "a table", report)
    if node is None:
        return None
    section = Section(node, TABLE, f"the table `{name}`", report, entry.key.span)
    column_entries = section.mapping("columns", NAME_PATTERN)
    found = _kind_and_key(section, kinds)
    if found is None:
        report.unread.update(column.key.text for column in column_entries)
        report.partial.update(kinds)
        return None
    kind, key = found
    columns: dict[str, Field] = {}
    for column_entry in column_entries:
        column = _read_column(column_entry, name, kind, kinds, report)
        if column is None:
            report.unread.add(column_entry.key.text)
            report.partial.add(kind.name)
        else:
            columns[column.name] = column
    kinds[kind.name] = replace(kind, fields={**kind.fields, **columns})
    rows: dict[str, dict[str, tuple[Dated, ...]]] = {}
    otherwise = _read_no_cells(section, key, report)
    for row in section.mapping("rows"):
        if row.key.text == OTHERWISE:
            if otherwise is None:
                otherwise = _read_row(row, name, columns, documents, report)
                _check_otherwise(row, key, report)
            else:
                _report_two_otherwise(row, section, report)
            continue
        if key.choices and row.key.text not in key.choices:
            related = (Related(f"`{key.name}` is declared", key.span),)
            of = f"`{key.name}`"
            unknown_name("R022", "choice", row.key.text, key.choices, row.key.span, report, of=of, related=related)
            report.unread.add(row.key.text)
            continue
        rows[row.key.text] = _read_row(row, name, columns, documents, report)
    sources = read_sources(section, documents)
    return Table(name, kind.name, key.name, tuple(columns), rows, otherwise, sources, span=entry.key.span)


def _read_no_cells(section: Section, key: Field, report: Report) -> dict[str, tuple[Dated, ...]] | None:
    """Return an empty row if the table says `otherwise: none`."""
    node = section.node(OTHERWISE)
    if node is None:
        return None
    if isinstance(node, ScalarNode) and (node.text == NO_CELLS or is_null(node)):
        return {}
    help_ = f"write `{OTHERWISE}: {NO_CELLS}`, or add a row named `{OTHERWISE}` to `rows`"
    report.add("R003", f"expected `{NO_CELLS}`, found {describe(node)}", node.span, help_)
    report.unread.add(key.name)
    return None


def _check_otherwise(row: Entry, key: Field, report: Report) -> None:
    """Report a row `otherwise` that could also be the row of a choice."""
    if OTHERWISE in key.choices:
        report.add(
            "R045",
            f"the row `{OTHERWISE}` could be the row of the choice `{OTHERWISE}` or of every choice without a row",
            row.key.span,
            f"rename the choice `{OTHERWISE}` of `{key.name}`",
            (Related(f"`{key.name}` is declared", key.span),),
        )


def _report_two_otherwise(row: Entry, section: Section, report: Report) -> None:
    report.add(
        "R044",
        f"the table has both `{OTHERWISE}: {NO_CELLS}` and a row named `{OTHERWISE}`",
        row.key.span,
        "remove one of the two",
        (Related(f"`{OTHERWISE}: {NO_CELLS}` is", section.span_of(OTHERWISE)),),
    )


def _kind_and_key(section: Section, kinds: Mapping[str, Kind]) -> tuple[Kind, Field] | None:
    """Return the kind that a table is about and the field that picks its row, or None if either is invalid."""
    about, by = section.text("about"), section.text("by")
    if about is None or by is None:
        return None
    kind = kinds.get(about)
    if kind is None:
        unknown_name("R010", "kind", about, kinds, section.span_of("about"), section.report)
        return None
    key = kind.fields.get(by)
    if key is None:
        related = (Related(f"`{about}` is declared", kind.span),)
        of = f"`{about}`"
        unknown_name("R012", "field", by, kind.fields, section.span_of("by"), section.report, of=of, related=related)
        return None
    if key.type not in (FieldType.TEXT, FieldType.CHOICE):
        message = f"a table goes by a text or a choice, and `{by}` is a {key.type.value}"
        related = (Related(f"`{by}` is declared", key.span),)
        section.report.add("R020", message, section.span_of("by"), None, related)
        return None
    return kind, key


def _read_column(entry: Entry, table: str, kind: Kind, kinds: Mapping[str, Kind], report: Report) -> Field | None:
    column = read_field(entry, kind.name, kinds, report, table=table)
    if column is None:
        return None
    if column.type is FieldType.REFERENCE:
        report.add("R020", f"the column `{column.name}` is a reference", column.span, "a column is any other type")
        return None
    declared = kind.fields.get(column.name)
    if declared is not None:
        report.add(
            "R019",
            f"`{column.name}` is already a field of `{kind.name}`",
            column.span,
            "choose another name for the column",
            (Related("the field is declared", declared.span),),
        )
        return None
    return column


def _read_row(
    row: Entry, table: str, columns: Mapping[str, Field], documents: Mapping[str, Document], report: Report
) -> dict[str, tuple[Dated, ...]]:
    cells: dict[str, tuple[Dated, ...]] = {}
    if is_null(row.value):
        return cells
    for cell in named_entries(row.value, "a mapping of cells", report):
        column = columns.get(cell.key.text)
        if column is None:
            of = f"the table `{table}`"
            unknown_name("R012", "column", cell.key.text, columns, cell.key.span, report, of=of)
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
