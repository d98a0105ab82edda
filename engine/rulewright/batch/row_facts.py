"""SQL of facts with one fact per row: JSON lines, and the rows of CSV and Parquet files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rulewright.batch.columns import Unknown, known_columns
from rulewright.batch.duckdb_sql import all_true, any_true, name, select, string
from rulewright.batch.field_values import (
    LONG_NUMBER,
    QUOTED_TYPES,
    Form,
    bare_text,
    cell_name,
    check_value,
    in_order,
    is_stated,
    json_name,
    json_text,
    normal,
    read_value,
)
from rulewright.batch.json_columns import (
    LINE,
    are_proved,
    counted_json,
    form_of,
    is_short,
    json_lines,
    keyed_json,
    quotes_around,
    short_texts,
    types_of,
)
from rulewright.batch.reading import (
    DATE_FIELD,
    DAY,
    END_ROW,
    FIRST_ROW,
    GROUP,
    NAME,
    QUOTES,
    UNCLEAR,
    VALID,
    Reading,
    all_become_values,
    fact_columns,
    numbered_name,
    read_csv,
    variable,
)
from rulewright.batch.rows import AS_OF, CASE, REF, Rows
from rulewright.model.rulebook import Field, Kind, Rulebook
from rulewright.model.values import FieldType
from rulewright.observe.columns import AS_OF as AS_OF_COLUMN, CASE as CASE_COLUMN, REF as REF_COLUMN, ROW
from rulewright.observe.plan import Base


@dataclass(frozen=True, slots=True)
class _Source:
    """The raw rows of a chunk: the query, its known columns, and the form of their values.

    A valid row meets all `conditions`.
    """

    query: str
    columns: Sequence[str]
    form: Form
    conditions: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class RowFacts:
    """Builds queries of facts with one fact per row; with `is_overriding`, dates in the rows are ignored."""

    rulebook: Rulebook
    rows: Rows
    base: Base
    unknown: Unknown
    is_overriding: bool

    @property
    def kind(self) -> Kind:
        """Return the kind of the rows."""
        return self.rulebook.kinds[self.rows.kind]

    def of_json(self, reading: Reading) -> str:
        """Return the query of facts in JSON lines with one fact each."""
        way = reading.by_quotes
        known = known_columns(self.kind, self.rows)
        if way is None:
            conditions = [is_short(), *self._exact_decimals()]
            source = _Source(keyed_json(json_lines(), known), known, Form.WRITTEN, conditions)
        else:
            there = [column for column in known if way.keys is None or column in way.keys] or known[:1]
            query = counted_json(types_of(there, self._fields(there), way))
            source = _Source(query, there, Form.BARE)
        return self._facts(reading, source)

    def of_cells(self, reading: Reading, header: Sequence[str]) -> str:
        """Return the query of facts in the rows of a CSV file, whose header is not read."""
        read, columns, conditions = self._columns_read(header)
        cells = read_csv([_cell(number) for number in range(len(header))], reading)
        query = select({ROW: "ROW_NUMBER() OVER ()", **read}, cells)
        return self._facts(reading, _Source(query, columns, Form.CELL, conditions))

    def of_columns(self, reading: Reading, header: Sequence[str]) -> str:
        """Return the query of facts in the rows of a Parquet chunk."""
        read, columns, conditions = self._columns_read(header)
        cells = ", ".join(_cell(place) for place in range(len(header)))
        source = f"READ_PARQUET({string(reading.path or '')}, file_row_number = TRUE) AS p({cells})"
        query = select({ROW: f"file_row_number - {variable(FIRST_ROW)} + 1", **read}, source)
        query += f" WHERE file_row_number >= {variable(FIRST_ROW)} AND file_row_number < {variable(END_ROW)}"
        return self._facts(reading, _Source(query, columns, Form.COLUMN, conditions))

    def _columns_read(self, header: Sequence[str]) -> tuple[dict[str, str], list[str], list[str]]:
        """Return the columns to read, the known columns, and the conditions that all other columns are empty.

        Another edition may know the other columns. Unless unknown columns are rejected, their values do not matter.
        """
        known = known_columns(self.kind, self.rows)
        read: dict[str, str] = {}
        columns: list[str] = []
        conditions: list[str] = []
        for number, column in enumerate(header):
            if column in known:
                read[f"raw_{column}"] = _cell(number)
                columns.append(column)
            elif self.unknown is Unknown.REJECT:
                read[f"other_{number}"] = _cell(number)
                conditions.append(f"{name(f'other_{number}')} IS NULL")
        return read, columns, conditions

    def _fields(self, columns: Iterable[str]) -> dict[str, Field]:
        """Return the fields among some columns, with the date of the case."""
        there = set(columns) - {self.rows.ref, self.rows.case}
        fields = {
            field.name: field for field in self.kind.fields.values() if field.may_be_given and field.name in there
        }
        fields.pop(AS_OF, None)
        return {**fields, AS_OF: DATE_FIELD} if AS_OF in there else fields

    def _exact_decimals(self) -> list[str]:
        """Return the conditions that no decimal of a line was rounded; one without a point never is.

        A CASE stops at the first branch that holds, while an OR would search each line with every condition.
        """
        long_number = f"NOT REGEXP_MATCHES({name(LINE)}, {string(LONG_NUMBER)})"
        conditions = []
        for field in self.kind.fields.values():
            if field.may_be_given and field.type is FieldType.DECIMAL:
                raw = name(f"raw_{field.name}")
                # in the form that `json.dumps` writes
                key = string(f'"{field.name}": ')
                written = f"CONTAINS({name(LINE)}, CONCAT({key}, {raw}, ','))"
                whole = f"NOT CONTAINS(COALESCE({raw}, ''), '.')"
                conditions.append(f"CASE WHEN {whole} THEN TRUE WHEN {written} THEN TRUE ELSE {long_number} END")
        return conditions

    def _facts(self, reading: Reading, source: _Source) -> str:
        """Return the query of rows as facts with one case each, in the columns of the kind's table and of a batch."""
        kind, rows, texts, way = self.kind, self.rows, reading.texts, reading.by_quotes
        there = set(source.columns)
        fields = self._fields(source.columns)
        named = {part: column for part, column in ((REF, rows.ref), (CASE, rows.case)) if column in there}
        is_json = source.form in (Form.WRITTEN, Form.BARE)
        read: dict[str, str] = {}
        checked: dict[str, str] = {}
        for column, field in fields.items():
            raw, form = name(f"raw_{column}"), source.form if way is None else form_of(column, field, way)
            read[f"read_{column}"] = read_value(field, raw, form, texts)
            checked[f"value_{column}"] = check_value(field, raw, name(f"read_{column}"), form)
        for part, column in named.items():
            raw = name(f"raw_{column}")
            if way is not None and form_of(column, None, way) is Form.BARE:
                text = bare_text(raw)
            else:
                text = json_text(raw, texts) if is_json else f"CAST({raw} AS VARCHAR)"
            read[f"named_{part}"] = normal(text, texts)
            checked[f"name_{part}"] = (json_name if is_json else cell_name)(raw, name(f"named_{part}"), texts)
        query = select(read, f"({source.query}) AS r", star=True)
        query = select(checked, f"({query}) AS v", star=True)
        values = {column: name(f"value_{column}") for column in fields}
        ordered = {value: in_order(name(value), column, values, kind) for column, value in _named_values(fields)}
        replaced = [f"{part} AS {name(value)}" for value, part in ordered.items() if part is not None]
        if replaced:
            query = f"SELECT * REPLACE ({', '.join(replaced)}) FROM ({query}) AS o"
        told = self._told(reading, source, fields, named)
        facts = select(told, f"({query}) AS t")
        return grouped(facts, list(told)) if reading.is_grouped else facts

    def _told(
        self, reading: Reading, source: _Source, fields: dict[str, Field], named: dict[str, str]
    ) -> dict[str, str]:
        """Return the columns of the facts."""
        kind, way = self.kind, reading.by_quotes
        is_json = source.form in (Form.WRITTEN, Form.BARE)
        own = {column: field for column, field in fields.items() if column != AS_OF}
        pairs = {f"raw_{column}": f"value_{column}" for column in fields}
        pairs |= {f"raw_{column}": f"name_{part}" for part, column in named.items()}
        quotes = "0"
        valid = list(source.conditions)
        if way is not None:
            texts = [pairs[f"raw_{column}"] for column, field in fields.items() if field.type in QUOTED_TYPES]
            quotes = quotes_around(pairs.values(), [*texts, *(f"name_{part}" for part in named)])
            if way.has_long_texts:
                valid += short_texts(raw for raw, value in pairs.items() if value.startswith("name_") or value in texts)
        elif is_json:
            valid += are_proved(source.columns, pairs, self.unknown)
        else:
            valid += all_become_values(pairs)
        if own or any(field.may_be_given for field in kind.fields.values()):
            valid.append(_states_field(own.values(), is_cell=source.form is Form.CELL))
        elif way is not None:  # if no value was read, it may not be an object
            valid.append(any_true([f"{name(value)} IS NOT NULL" for value in pairs.values()]))
        has_ref = f"{name(f'name_{REF}')} IS NOT NULL" if REF in named else "FALSE"
        is_grouped = reading.is_grouped and CASE in named
        names_no_case = f"{name(f'raw_{self.rows.case}')} IS NULL"
        if not reading.is_numbered:  # the name of an unnamed row needs its line number
            valid.append(has_ref)
        if is_grouped:  # its default name needs its place in the case
            valid.append(f"({names_no_case} OR {has_ref})")
        elif CASE in named and is_json:  # this query does not group rows by case
            valid.append(names_no_case)
        unnamed = numbered_name()
        ref = f"COALESCE({name(f'name_{REF}')}, {unnamed})" if REF in named else unnamed
        case_name = f"COALESCE({name(f'name_{CASE}')}, {ref})" if CASE in named else ref
        default = variable(DAY)
        is_dated = AS_OF in fields and not self.is_overriding
        told = {
            ROW: name(ROW),
            CASE_COLUMN: name(ROW),
            REF_COLUMN: ref,
            AS_OF_COLUMN: f"COALESCE({name(f'value_{AS_OF}')}, {default})" if is_dated else default,
            VALID: all_true(valid),
            NAME: case_name,
            QUOTES: quotes,
        }
        if is_grouped:
            told[GROUP] = name(f"name_{CASE}")
        told |= fact_columns(self.base, kind, own, lambda other: "TRUE" if other == kind.name else "FALSE")
        return told


def _cell(number: int) -> str:
    """Return the name of the cell at an index; names of columns can differ in case only, which SQL ignores."""
    return f"c{number}"


def _named_values(fields: Iterable[str]) -> list[tuple[str, str]]:
    return [(column, f"value_{column}") for column in fields]


def _states_field(fields: Iterable[Field], *, is_cell: bool) -> str:
    """Return the condition that a row states any field; a white-space cell states none."""
    stated = []
    for field in fields:
        value = name(f"value_{field.name}")
        is_text = is_cell and field.type in (FieldType.TEXT, FieldType.REFERENCE)
        there = f"{value} IS NOT NULL"
        stated.append(f"({there} AND {is_stated(value)})" if is_text else there)
    return any_true(stated)


def grouped(rows: str, columns: Sequence[str]) -> str:
    """Return the query of rows grouped into cases: consecutive rows with the same case name are one case.

    The number of a case is the number of its first row. A row without a case name is a separate case. An invalid row
    may name any case, so it joins the rows before and after it; the exact path then separates them. Rows in the table
    of unclear rows count as invalid.
    """
    row, group, valid = name(ROW), name(GROUP), name(VALID)
    is_valid = f"{valid} AND NOT {row} IN (SELECT {row} FROM {name(UNCLEAR)})"
    others = {column: name(column) for column in columns if column != VALID}
    query = select({**others, VALID: is_valid}, f"({rows}) AS s")
    before = {f"{column}_before": f"LAG({name(column)}) OVER (ORDER BY {row})" for column in (GROUP, VALID)}
    query = select(before, f"({query}) AS g", star=True)
    unclear = [f"NOT COALESCE({one}, FALSE)" for one in (valid, name(f"{VALID}_before"))]
    belongs = any_true([f"{name(f'{GROUP}_before')} = {group}", *unclear])
    begins = f"CASE WHEN {belongs} THEN NULL ELSE {row} END"
    first = f"MAX({begins}) OVER (ORDER BY {row} ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)"
    kept = {column: name(column) for column in columns if column not in (GROUP, CASE_COLUMN)}
    # an unclear first row has no row before it to join
    return select({**kept, CASE_COLUMN: f"COALESCE({first}, 1)"}, f"({query}) AS g")
