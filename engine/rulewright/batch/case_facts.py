"""SQL of the facts of cases with one case per JSON line, kind by kind."""

from __future__ import annotations

from rulewright.batch.duckdb_sql import all_true, any_true, name, select, string
from rulewright.batch.field_values import (
    LONG_NUMBER,
    QUOTED_TYPES,
    Form,
    bare_text,
    check_value,
    date_of,
    in_order,
    json_name,
    json_text,
    normal,
    read_value,
)
from rulewright.batch.json_columns import (
    LINE,
    are_proved,
    counted_json,
    counted_parts,
    form_of,
    is_short,
    json_lines,
    keyed_json,
    quotes_around,
    short_texts,
    structure_type,
    types_of,
)
from rulewright.batch.reading import (
    CASES,
    DAY,
    NAME,
    QUOTES,
    VALID,
    ByQuotes,
    Reading,
    fact_columns,
    numbered_name,
    variable,
)
from rulewright.batch.rows import AS_OF, CASE, REF
from rulewright.model.rulebook import Field, Rulebook
from rulewright.model.values import FieldType
from rulewright.observe.columns import AS_OF as AS_OF_COLUMN, CASE as CASE_COLUMN, REF as REF_COLUMN, ROW, listed_column
from rulewright.observe.plan import Base

_ITEM, _PLACE, _IS_LISTED = "item", "place", "is_listed"


def is_given_column(kind: str) -> str:
    """Return the column that is true if a case gives facts of a kind, so that queries need not search its JSON."""
    return f"gives_{kind}"


def cases_of_json(reading: Reading, rulebook: Rulebook, *, is_overriding: bool) -> str:
    """Return the query of the cases in JSON lines: name, date, and the facts of each kind as JSON."""
    way, texts = reading.by_quotes, reading.texts
    kinds = [kind for kind in rulebook.kinds if way is None or way.keys is None or kind in way.keys]
    if way is None:
        query = keyed_json(json_lines(), [CASE, AS_OF, *kinds])
    else:
        types = {CASE: types_of([CASE], {}, way)[CASE], AS_OF: "VARCHAR"}
        for kind in kinds:
            types[kind] = structure_type(_types(way, rulebook, kind), is_list=kind not in way.single)
        query = counted_json(types)
    is_bare = way is not None and form_of(CASE, None, way) is Form.BARE
    raw_case, raw_date = name(f"raw_{CASE}"), name(f"raw_{AS_OF}")
    case = bare_text(raw_case) if is_bare else json_text(raw_case, texts)
    date = json_text(raw_date, texts) if way is None else raw_date
    read = {f"read_{CASE}": normal(case, texts), f"read_{AS_OF}": normal(date, texts)}
    query = select(read, f"({query}) AS r", star=True)
    checked = {
        f"name_{CASE}": json_name(raw_case, name(f"read_{CASE}"), texts),
        f"value_{AS_OF}": date_of(name(f"read_{AS_OF}")),
    }
    query = select(checked, f"({query}) AS v", star=True)
    given = {kind: f"{name(f'raw_{kind}')} IS NOT NULL" for kind in kinds}
    pairs = {f"raw_{CASE}": f"name_{CASE}", f"raw_{AS_OF}": f"value_{AS_OF}"}
    pairs |= {f"raw_{kind}": f"raw_{kind}" for kind in kinds}
    valid = [any_true(list(given.values()))]
    quotes = "0"
    if way is None:
        valid += are_proved([CASE, AS_OF, *kinds], pairs)
        if _reads_decimals(rulebook):
            valid.append(f"NOT REGEXP_MATCHES({name(LINE)}, {string(LONG_NUMBER)})")
    else:
        quotes = quotes_around(pairs.values(), [f"name_{CASE}", f"value_{AS_OF}"])
        valid += short_texts([f"raw_{CASE}"]) if way.has_long_texts else []
    default = variable(DAY)
    columns = {
        CASE_COLUMN: name(ROW),
        NAME: f"COALESCE({name(f'name_{CASE}')}, {numbered_name()})",
        AS_OF_COLUMN: default if is_overriding else f"COALESCE({name(f'value_{AS_OF}')}, {default})",
        VALID: all_true(valid),
        QUOTES: quotes,
    }
    for kind in rulebook.kinds:
        columns[f"raw_{kind}"] = name(f"raw_{kind}") if kind in kinds else "CAST(NULL AS VARCHAR)"
        columns[is_given_column(kind)] = given.get(kind, "FALSE")
    return select(columns, f"({query}) AS t")


def _reads_decimals(rulebook: Rulebook) -> bool:
    fields = (field for kind in rulebook.kinds.values() for field in kind.fields.values())
    return any(field.type is FieldType.DECIMAL and field.may_be_given for field in fields)


def _given(rulebook: Rulebook, kind: str) -> dict[str, Field]:
    return {field.name: field for field in rulebook.kinds[kind].fields.values() if field.may_be_given}


def _types(way: ByQuotes, rulebook: Rulebook, kind: str) -> dict[str, str]:
    """Return the keys to read in the facts of a kind, with their types."""
    given = _given(rulebook, kind)
    looked_for = [column for column in given if way.keys is None or column in way.keys] or list(given)[:1]
    fields = {column: field for column, field in given.items() if column != REF}
    return types_of(dict.fromkeys([REF, *looked_for]), fields, way)


def facts_of_cases(reading: Reading, rulebook: Rulebook, kind_name: str, base: Base) -> str:
    """Return the query of the facts of one kind, for the cases in the table of cases."""
    way, texts, kind = reading.by_quotes, reading.texts, rulebook.kinds[kind_name]
    given = _given(rulebook, kind_name)
    types = dict.fromkeys([REF, *given], "") if way is None else _types(way, rulebook, kind_name)
    kept = [CASE_COLUMN, AS_OF_COLUMN, _IS_LISTED, *base.listed]
    items = _items(reading, kind_name, base, kept)
    if way is None:
        lines = select({ROW: "ROW_NUMBER() OVER ()", LINE: name(_ITEM)}, f"({items}) AS i", star=True)
        query = keyed_json(lines, list(types), (_ITEM, _PLACE, *kept))
    else:
        same = {column: name(column) for column in (_PLACE, *kept)}
        parts = {ROW: "ROW_NUMBER() OVER ()", "is_there": f"{name(_ITEM)} IS NOT NULL", **same}
        query = select({**parts, **counted_parts(name(_ITEM), types)}, f"({items}) AS i")
    fields = {column: field for column, field in given.items() if column in types}
    raw_ref = name(f"raw_{REF}")
    is_bare = way is not None and form_of(REF, None, way) is Form.BARE
    read = {f"named_{REF}": normal(bare_text(raw_ref) if is_bare else json_text(raw_ref, texts), texts)}
    checked = {f"name_{REF}": json_name(raw_ref, name(f"named_{REF}"), texts)}
    for column, field in fields.items():
        raw, form = name(f"raw_{column}"), Form.WRITTEN if way is None else form_of(column, field, way)
        read[f"read_{column}"] = read_value(field, raw, form, texts)
        checked[f"value_{column}"] = check_value(field, raw, name(f"read_{column}"), form)
    query = select(checked, f"({select(read, f'({query}) AS p', star=True)}) AS v", star=True)
    values = {column: name(f"value_{column}") for column in fields}
    ordered = {column: in_order(value, column, values, kind) for column, value in values.items()}
    replaced = [f"{part} AS {values[column]}" for column, part in ordered.items() if part is not None]
    if replaced:
        query = f"SELECT * REPLACE ({', '.join(replaced)}) FROM ({query}) AS o"
    pairs = {f"raw_{REF}": f"name_{REF}", **{f"raw_{column}": f"value_{column}" for column in fields}}
    quotes = "0"
    if way is None:
        valid = [f"{name(_ITEM)} IS NOT NULL", is_short(), *are_proved(list(types), pairs)]
    else:
        quoted = [REF, *(column for column, field in fields.items() if field.type in QUOTED_TYPES)]
        quotes = quotes_around(pairs.values(), [pairs[f"raw_{column}"] for column in quoted])
        # DuckDB turns a value that is not an object into an object without keys
        valid = ["is_there", any_true([f"{name(value)} IS NOT NULL" for value in pairs.values()])]
        valid += short_texts(f"raw_{column}" for column in quoted) if way.has_long_texts else []
    numbered = f"CONCAT({string(f'{kind_name}-')}, {name(_PLACE)})"
    default = f"CASE WHEN {name(_IS_LISTED)} THEN {numbered} ELSE {string(kind_name)} END"
    columns = {
        ROW: name(ROW),
        CASE_COLUMN: name(CASE_COLUMN),
        REF_COLUMN: f"COALESCE({name(f'name_{REF}')}, {default})",
        AS_OF_COLUMN: name(AS_OF_COLUMN),
        VALID: f"COALESCE({all_true(valid)}, FALSE)",
        QUOTES: quotes,
        **fact_columns(base, kind, fields, lambda other: name(listed_column(other))),
    }
    return select(columns, f"({query}) AS t")


def _items(reading: Reading, kind: str, base: Base, kept: list[str]) -> str:
    """Return the query of the facts of a kind, a row for each fact, with its place in its list."""
    raw, single = name(f"raw_{kind}"), reading.single
    if reading.by_quotes is None:
        is_listed = f"STARTS_WITH({raw}, '[')"
        several = f"JSON_TRANSFORM({raw}, '[\"JSON\"]')"
        items = f"CASE WHEN {is_listed} THEN {several} ELSE LIST_VALUE(CAST({raw} AS JSON)) END"
    else:
        is_listed, items = "FALSE" if kind in single else "TRUE", raw
    columns = {CASE_COLUMN: name(CASE_COLUMN), AS_OF_COLUMN: name(AS_OF_COLUMN), _IS_LISTED: is_listed, "items": items}
    columns |= {column: name(is_given_column(other)) for column, other in base.listed.items()}
    found = select(columns, f"{name(CASES)} WHERE {raw} IS NOT NULL")
    if kind in single:  # a single fact outside of a list
        places = {_ITEM: "items", _PLACE: "1"}
    else:
        places = {_ITEM: "UNNEST(items)", _PLACE: "GENERATE_SUBSCRIPTS(items, 1)"}
    return select({**{column: name(column) for column in kept}, **places}, f"({found}) AS f")


def same_ref_twice(table: str) -> str:
    """Return the query of the cases in which two facts of a kind have the same ref."""
    case, ref = name(CASE_COLUMN), name(REF_COLUMN)
    return f"SELECT {case} FROM {name(table)} GROUP BY {case}, {ref} HAVING COUNT(*) > 1"


def reference_to_nothing(table: str, column: str, target: str) -> str:
    """Return the query of the cases in which a fact refers to a missing fact."""
    case, ref = name(CASE_COLUMN), name(REF_COLUMN)
    same = f"b.{case} = a.{case} AND b.{ref} = a.{name(column)}"
    query = f"SELECT a.{case} FROM {name(table)} AS a ANTI JOIN {name(target)} AS b ON {same}"
    return f"{query} WHERE a.{name(column)} IS NOT NULL"
