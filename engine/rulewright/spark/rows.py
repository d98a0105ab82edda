"""Rows as they come, from JSON Lines or in typed columns, before anything is known of the rulebook that judges them.

Each row has `file`, `block`, `place` and `raw`: where it is, and what to show of it. `place` grows with the rows of a
block of its file; where a dataframe comes from no file, they are null. `blank` rows are lines with nothing in them.
"""

from __future__ import annotations

import uuid
from abc import ABC, abstractmethod
from dataclasses import dataclass

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.types import ArrayType, DataType, StructType

from rulewright.diagnostics import Diagnostic, did_you_mean
from rulewright.model.rulebook import Kind, Rulebook
from rulewright.model.values import FieldType
from rulewright.read.documents import HEADER
from rulewright.source import MAXIMUM_BYTES
from rulewright.source import short as short_text
from rulewright.spark.cells import LONG_EXPONENTS, Cell, json_cell, no_cell, takes, typed_cell
from rulewright.spark.expressions import WRONG_TYPE, column, first_wrong, nothing, short, wrong
from rulewright.spark.facts import (
    NOTED,
    REF,
    fact_type,
    json_cells,
    json_fact,
    json_value,
    misshapen_fact,
    schema_diagnostics,
    type_diagnostics,
    typed_fact,
)
from rulewright.spark.problems import Problems, noted

FILE, BLOCK, PLACE, RAW, BLANK = "file", "block", "place", "raw", "blank"
WHERE = (FILE, BLOCK, PLACE, RAW, BLANK)


@dataclass(frozen=True, slots=True)
class Rows(ABC):
    """Rows with what can be asked of them as columns over `frame`; `in_files` says whether they have a place."""

    frame: DataFrame
    in_files: bool

    @abstractmethod
    def unsound(self) -> Column:
        """What is wrong with a row as a whole, before any of its keys is looked at; null where nothing is."""

    @abstractmethod
    def header(self, name: str, type_: FieldType) -> Cell:
        """What stands under a key that is no field and no kind of fact."""

    @abstractmethod
    def has(self, name: str) -> bool:
        """Whether any row may have this key."""

    @abstractmethod
    def diagnostics(self, rulebook: Rulebook, kind: Kind | None) -> list[Diagnostic]:
        """What is wrong with all rows alike: columns that a rulebook does not know, or of other types."""

    @abstractmethod
    def with_fact(self, frame: DataFrame, kind: Kind, rulebook: Rulebook) -> DataFrame:
        """The frame with each row as a `fact` of the kind, and what is wrong with it as `w_fact`."""

    @abstractmethod
    def with_kinds(self, frame: DataFrame, rulebook: Rulebook) -> DataFrame:
        """The frame with the facts of each kind, null where a case does not list it, and what is wrong beside them.

        These are `k_KIND` and `w_KIND`, and `unknown_kind`.
        """


def listed_kind(kind: str) -> str:
    """The column of a case's facts of a kind."""
    return f"k_{kind}"


def wrong_kind(kind: str) -> str:
    """The column of what is wrong with the whole of a kind's facts."""
    return f"w_{kind}"


# --- JSON Lines ---


@dataclass(frozen=True, slots=True)
class JsonRows(Rows):
    """Lines of JSON, a case or a fact a line. Of what each number and text was written as, VARIANT keeps the type."""

    def unsound(self) -> Column:
        raw = column(RAW)
        is_readable = F.get_json_object(raw, "$").isNotNull() & ~raw.rlike(r"[\x00-\x1f]")
        return first_wrong(
            [
                (~F.is_valid_utf8(raw), wrong("S002", "the line is not UTF-8")),
                (
                    F.octet_length(raw) > MAXIMUM_BYTES,
                    wrong("S006", f"the line is of more than {MAXIMUM_BYTES:,} bytes"),
                ),
                (~column("sound") & is_readable, wrong("S010", "a key stands twice, or something behind the mapping")),
                (~column("sound"), wrong("S004", "the line is not JSON")),
                (column("mapping").isNull(), wrong("F008", "something else stands where a mapping is expected")),
            ]
        )

    def header(self, name: str, type_: FieldType) -> Cell:
        value, its_type, text = (column(f"{part}_{name}") for part in "vts")
        return json_cell(value, its_type, text, type_, F.lit(False))

    def has(self, name: str) -> bool:
        # a key may be written with escapes: such a row is told rather than overlooked, as its names then meet
        return bool(self.frame.select(RAW).where(column(RAW).contains(f'"{name}"')).limit(1).count())

    def diagnostics(self, rulebook: Rulebook, kind: Kind | None) -> list[Diagnostic]:
        return []

    def with_fact(self, frame: DataFrame, kind: Kind, rulebook: Rulebook) -> DataFrame:
        problems = Problems()
        cells = json_cells(column("mapping"), kind, HEADER)
        fact = json_fact(column("cells"), kind, rulebook, F.lit(kind.name), _long_exponents(), problems)
        frame = frame.withColumn("cells", cells).withColumn("fact", fact)
        return frame.withColumn("w_fact", problems.told(column("fact").getField(NOTED)))

    def with_kinds(self, frame: DataFrame, rulebook: Rulebook) -> DataFrame:
        mapping = column("mapping")
        expected = F.array(*(F.lit(name) for name in (*rulebook.kinds, *HEADER)))
        frame = frame.withColumn("strangers", F.array_except(F.map_keys(mapping), expected))
        stated = F.filter("strangers", lambda key: F.schema_of_variant(mapping[key]) != "VOID")
        frame = frame.withColumn("stranger", F.when(F.size("strangers") > 0, F.get(stated, 0)))
        told = wrong("F001", "unknown kind of fact `", short(column("stranger")), "`")
        columns = {"unknown_kind": F.when(column("stranger").isNotNull(), told)}
        facts: dict[str, Column] = {}
        notes: dict[str, Column] = {}
        for kind in rulebook.kinds.values():
            problems = Problems()
            columns |= _json_kind(mapping[kind.name], kind)
            facts[listed_kind(kind.name)] = _json_facts(kind, rulebook, problems)
            notes[wrong_kind(kind.name)] = F.coalesce(column(f"misshapen_{kind.name}"), _first_told(kind, problems))
        return frame.withColumns(columns).withColumns(facts).withColumns(notes)


def _first_told(kind: Kind, problems: Problems) -> Column:
    """What is wrong with the first fact of a kind with which something is."""
    noted = F.filter(column(listed_kind(kind.name)), lambda fact: fact.getField(NOTED).isNotNull())
    told = F.transform(F.slice(noted, 1, 1), lambda fact: problems.told(fact.getField(NOTED)))
    return F.get(told, 0)


def _json_kind(value: Column, kind: Kind) -> dict[str, Column]:
    """Columns of a kind's facts in a case: the values of each, whether it is one and no list, and what is wrong."""

    def mapping(item: Column) -> Column:
        return F.try_variant_get(item, "$", "map<string,variant>")

    one = mapping(value)
    several = F.transform(F.try_variant_get(value, "$", "array<variant>"), mapping)
    single = one.isNotNull()
    stated = F.schema_of_variant(value) != "VOID"
    misshapen = wrong("F008", f"something else stands where facts of the kind `{kind.name}` are expected")
    mappings = F.when(single, F.array(one)).otherwise(several)
    return {
        f"single_{kind.name}": single,
        f"cells_{kind.name}": F.transform(mappings, lambda each: json_cells(each, kind)),
        f"misshapen_{kind.name}": F.when(stated & ~single & several.isNull(), misshapen),
    }


def _json_facts(kind: Kind, rulebook: Rulebook, problems: Problems) -> Column:
    single = column(f"single_{kind.name}")

    def fact(cells: Column, number: Column) -> Column:
        return json_fact(cells, kind, rulebook, _default_ref(kind, single, number), _long_exponents(), problems)

    return F.transform(column(f"cells_{kind.name}"), fact)


def _long_exponents() -> Column:
    return column(RAW).rlike(LONG_EXPONENTS)


def _default_ref(kind: Kind, single: Column, number: Column) -> Column:
    return F.when(single, F.lit(kind.name)).otherwise(F.concat(F.lit(f"{kind.name}-"), (number + 1).cast("string")))


def json_lines(spark: SparkSession, path: str) -> Rows:
    """The lines of files; a line is parsed inside of a list, whose second item tells that nothing else is in it."""
    behind = uuid.uuid4().hex
    lines = spark.read.text(path, lineSep="\n").select(
        F.col("_metadata.file_path").alias(FILE),
        F.col("_metadata.file_block_start").alias(BLOCK),
        F.monotonically_increasing_id().alias(PLACE),
        F.when(F.col("value").startswith("\ufeff"), F.substring("value", 2, MAXIMUM_BYTES))
        .otherwise(F.col("value"))
        .alias(RAW),
    )
    parsed = lines.withColumn("parsed", F.try_parse_json(F.concat(F.lit("["), RAW, F.lit(f',"{behind}"]'))))
    sound = (F.try_variant_get("parsed", "$[1]", "string") == behind) & F.schema_of_variant(
        F.try_variant_get("parsed", "$[2]", "variant")
    ).isNull()
    frame = parsed.select(
        *WHERE[:-1],
        (~column(RAW).rlike(r"[^ \t\r\f\x0b]")).alias(BLANK),
        F.coalesce(sound, F.lit(False)).alias("sound"),
        F.try_variant_get("parsed", "$[0]", "map<string,variant>").alias("mapping"),
    )
    names = [value for name in (*HEADER, REF) for value in json_value(column("mapping"), name)]
    return JsonRows(frame.select("*", *names), True)


# --- typed columns ---


@dataclass(frozen=True, slots=True)
class TypedRows(Rows):
    """Rows of typed columns, of a Parquet file, a table or any dataframe; the columns stand together in `row`."""

    schema: StructType

    def unsound(self) -> Column:
        return nothing(WRONG_TYPE)

    def header(self, name: str, type_: FieldType) -> Cell:
        if not self.has(name):
            return no_cell(type_)
        return typed_cell(column("row").getField(name), self.schema[name].dataType, type_)

    def has(self, name: str) -> bool:
        return name in self.schema.names

    def diagnostics(self, rulebook: Rulebook, kind: Kind | None) -> list[Diagnostic]:
        twice = sorted({name for name in self.schema.names if self.schema.names.count(name) > 1})
        found = [
            Diagnostic("S010", f"the column `{name}` is there twice", help="keep one of the two") for name in twice
        ]
        for name, type_ in zip(HEADER, (FieldType.TEXT, FieldType.DATE), strict=True):
            if self.has(name):
                came = self.schema[name].dataType
                found += type_diagnostics(f"`{name}`", came.simpleString(), takes(came, type_), type_)
        if kind is not None:
            return [*found, *schema_diagnostics(self.schema, kind, rulebook, HEADER)]
        for each in self.schema.fields:
            if each.name in HEADER:
                continue
            known = rulebook.kinds.get(each.name)
            struct = _facts_of(each.dataType)
            if known is None:
                help_ = (
                    did_you_mean(each.name, [*rulebook.kinds, *HEADER])
                    or "leave the column out, or name the kind of fact that each row is"
                )
                found.append(Diagnostic("F001", f"unknown kind of fact `{short_text(each.name)}`", help=help_))
            elif struct is None:
                message = f"the column `{each.name}` is of the type {each.dataType.simpleString().upper()}"
                help_ = "facts of a kind are a STRUCT of fields, or an ARRAY of such"
                found.append(Diagnostic("F008", message, help=help_))
            else:
                found += schema_diagnostics(struct, known, rulebook)
        return found

    def with_fact(self, frame: DataFrame, kind: Kind, rulebook: Rulebook) -> DataFrame:
        problems = Problems()
        fact = typed_fact(column("row").getField, self.schema, kind, F.lit(kind.name), problems)
        return frame.withColumn("fact", fact).withColumn("w_fact", problems.told(column("fact").getField(NOTED)))

    def with_kinds(self, frame: DataFrame, rulebook: Rulebook) -> DataFrame:
        facts: dict[str, Column] = {"unknown_kind": nothing(WRONG_TYPE)}
        notes: dict[str, Column] = {}
        for kind in rulebook.kinds.values():
            problems = Problems()
            facts[listed_kind(kind.name)] = self._kind(kind, problems)
            notes[wrong_kind(kind.name)] = _first_told(kind, problems)
        return frame.withColumns(facts).withColumns(notes)

    def _kind(self, kind: Kind, problems: Problems) -> Column:
        if not self.has(kind.name):
            return nothing(f"array<{fact_type(kind)}>")
        came = self.schema[kind.name].dataType
        struct = _facts_of(came)
        assert struct is not None, "the schema has been looked at"
        single = not isinstance(came, ArrayType)
        value = column("row").getField(kind.name)
        items = F.when(value.isNotNull(), F.array(value)) if single else value

        def fact(item: Column, number: Column) -> Column:
            missing = F.when(item.isNull(), problems.number(misshapen_fact(kind)))
            before = [noted(missing, nothing("string"), nothing("string"))]
            return typed_fact(item.getField, struct, kind, _default_ref(kind, F.lit(single), number), problems, before)

        return F.transform(items, fact)


def _facts_of(type_: DataType) -> StructType | None:
    inner = type_.elementType if isinstance(type_, ArrayType) else type_
    return inner if isinstance(inner, StructType) else None


def typed_rows(frame: DataFrame) -> Rows:
    """The rows of any dataframe, which have no place of their own."""
    return _typed(frame, None)


def parquet_rows(spark: SparkSession, path: str) -> Rows:
    """The rows of Parquet files, each with its number in its file."""
    return _typed(spark.read.parquet(path), "_metadata")


def _typed(frame: DataFrame, metadata: str | None) -> Rows:
    row = F.struct(*(column(name) for name in dict.fromkeys(frame.columns))).alias("row")
    if metadata is None:
        where = [nothing("string").alias(FILE), nothing("bigint").alias(BLOCK), nothing("bigint").alias(PLACE)]
    else:
        place = F.col(f"{metadata}.row_index").alias(PLACE)
        where = [F.col(f"{metadata}.file_path").alias(FILE), F.lit(0).cast("bigint").alias(BLOCK), place]
    selected = frame.select(*where, F.lit(False).alias(BLANK), row)
    return TypedRows(selected.withColumn(RAW, F.to_json("row")), metadata is not None, frame.schema)
