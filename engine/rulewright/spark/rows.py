"""Rows as they come, from JSON Lines or in typed columns, before anything is known of the rulebook that judges them.

Each row has an `id` of its own, `file`, `block`, `place` and `raw`: where it is, and what stands there. `place` grows
with the rows of a block of its file; where a dataframe comes from no file, all these are null, as nothing but its content
tells a row from another. `blank` rows are lines with nothing in them.
"""

from __future__ import annotations

import uuid
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.types import ArrayType, DataType, StructType

from rulewright.batch.rows import AS_OF, CASE
from rulewright.diagnostics import Diagnostic, did_you_mean
from rulewright.model.rulebook import Kind, Rulebook
from rulewright.model.values import FieldType
from rulewright.read.documents import HEADER
from rulewright.source import short
from rulewright.spark.cells import Cell, date_cell, json_cell, name_cell, no_cell, takes, typed_cell
from rulewright.spark.expressions import column, every, nothing, sure
from rulewright.spark.facts import (
    REF,
    fact_of,
    fact_type,
    json_cells,
    json_fact,
    json_parts,
    json_value,
    schema_diagnostics,
    type_diagnostics,
    typed_fact,
)

ID, FILE, BLOCK, PLACE, RAW, BLANK = "id", "file", "block", "place", "raw", "blank"
#: The keys of a row that are no fields, where each row is a fact.
ROW_HEADERS = (CASE, AS_OF)

#: Longer lines than this have too many nodes, or are read by themselves.
_LONGEST = 400_000
#: What YAML refuses, counts as no column, or takes for the end of a line; and tabs.
_UNUSUAL = (
    r"[^\n\r -~\x{a0}-\x{2027}\x{202a}-\x{d7ff}\x{e000}-\x{fefe}\x{ff00}-\x{fffd}\x{10000}-\x{10ffff}]"
    # halves of characters, a character that is not kept, a colon far behind its key, a line break inside of a line
    r'|\\u[dD][89a-fA-F]|\\u0000|" {21,}:|\r[\s\S]'
)


def listed_kind(kind: str) -> str:
    """The column of a case's facts of a kind."""
    return f"k_{kind}"


@dataclass(frozen=True, slots=True)
class Rows(ABC):
    """Rows with what can be asked of them as columns over `frame`; `in_files` says whether they have a place."""

    frame: DataFrame
    in_files: bool

    @abstractmethod
    def is_sound(self) -> Column:
        """Whether a row is plain as a whole, before any of its keys is looked at."""

    @abstractmethod
    def cell(self, name: str, type_: FieldType) -> Cell:
        """What stands under a key that is no kind of fact."""

    @abstractmethod
    def has(self, name: str) -> bool:
        """Whether any row may have this key."""

    @abstractmethod
    def diagnostics(self, rulebook: Rulebook, kind: Kind | None) -> list[Diagnostic]:
        """What is wrong with all rows alike: columns that a rulebook does not know, or of other types."""

    @abstractmethod
    def with_fact(self, frame: DataFrame, kind: Kind) -> DataFrame:
        """The frame with each row as a `fact` of the kind."""

    @abstractmethod
    def with_kinds(self, frame: DataFrame, rulebook: Rulebook) -> DataFrame:
        """The frame with the facts of each kind as `k_KIND`, null where a case does not list it.

        `are_kinds_plain` tells whether nothing else stands there.
        """

    def name(self, name: str) -> Cell:
        """What stands under a key that holds a name."""
        return name_cell(self.cell(name, FieldType.TEXT))

    def date(self) -> Cell:
        """What stands for the date of a case."""
        return date_cell(self.cell(AS_OF, FieldType.DATE))


def _default_ref(kind: Kind, is_single: Column, number: Column) -> Column:
    return F.when(is_single, F.lit(kind.name)).otherwise(F.concat(F.lit(f"{kind.name}-"), (number + 1).cast("string")))


def _with_ref(fact: Column, default: Column) -> Column:
    return fact.withField(REF, F.coalesce(fact.getField(REF), default))


# --- JSON Lines ---


@dataclass(frozen=True, slots=True)
class JsonRows(Rows):
    """Lines of JSON, a case or a fact a line. Of what each number and text was written as, VARIANT keeps the type."""

    def is_sound(self) -> Column:
        raw = column(RAW)
        return sure(
            F.is_valid_utf8(raw)
            & (F.octet_length(raw) <= _LONGEST)
            & ~raw.rlike(_UNUSUAL)
            & column("is_json")
            & column("mapping").isNotNull()
        )

    def cell(self, name: str, type_: FieldType) -> Cell:
        return json_cell(json_value(column, name), type_)

    def has(self, name: str) -> bool:
        # a key may be written with escapes
        found = column(RAW).contains(f'"{name}"') | column(RAW).rlike(r"\\u00[0-7]")
        return bool(self.frame.select(RAW).where(found).take(1))

    def diagnostics(self, rulebook: Rulebook, kind: Kind | None) -> list[Diagnostic]:
        return []

    def with_fact(self, frame: DataFrame, kind: Kind) -> DataFrame:
        frame = frame.withColumn("cells", json_cells(column("mapping"), kind, ROW_HEADERS))
        return frame.withColumn("fact", json_fact(column("cells"), kind, ROW_HEADERS))

    def with_kinds(self, frame: DataFrame, rulebook: Rulebook) -> DataFrame:
        mapping = column("mapping")
        expected = F.array(*(F.lit(name) for name in (*rulebook.kinds, *HEADER)))
        plain = [sure(F.size(F.array_except(F.map_keys(mapping), expected)) == 0)]
        before: dict[str, Column] = {}
        facts: dict[str, Column] = {}
        for kind in rulebook.kinds.values():
            value = mapping[kind.name]
            single = F.try_variant_get(value, "$", "map<string,variant>")
            several = F.transform(
                F.try_variant_get(value, "$", "array<variant>"),
                lambda item: F.try_variant_get(item, "$", "map<string,variant>"),
            )
            is_single = single.isNotNull()
            mappings = F.when(is_single, F.array(single)).otherwise(several)
            before[f"single_{kind.name}"] = is_single
            before[f"cells_{kind.name}"] = _json_cells_of(mappings, kind)
            is_stated = sure(F.schema_of_variant(value) != "VOID")
            plain.append(~is_stated | mappings.isNotNull())
            facts[listed_kind(kind.name)] = _json_facts(kind)
        return frame.withColumns({**before, "are_kinds_plain": every(plain)}).withColumns(facts)


def _json_cells_of(mappings: Column, kind: Kind) -> Column:
    return F.transform(mappings, lambda each: json_cells(each, kind))


def _json_facts(kind: Kind) -> Column:
    def fact(cells: Column, number: Column) -> Column:
        return _with_ref(json_fact(cells, kind), _default_ref(kind, column(f"single_{kind.name}"), number))

    return F.transform(column(f"cells_{kind.name}"), fact)


def json_lines(spark: SparkSession, paths: str | Sequence[str]) -> Rows:
    """The lines of files; a line is parsed inside of a list, whose second item tells that nothing else is in it."""
    behind = uuid.uuid4().hex
    lines = spark.read.text([paths] if isinstance(paths, str) else list(paths), lineSep="\n").select(
        F.monotonically_increasing_id().alias(ID),
        F.col("_metadata.file_path").alias(FILE),
        F.col("_metadata.file_block_start").alias(BLOCK),
        F.monotonically_increasing_id().alias(PLACE),
        F.col("value").alias(RAW),
        (~column("value").rlike(r"[^ \t\r\f\x0b]")).alias(BLANK),
    )
    parsed = lines.withColumn("parsed", F.try_parse_json(F.concat(F.lit("["), RAW, F.lit(f',"{behind}"]'))))
    is_json = (F.try_variant_get("parsed", "$[1]", "string") == behind) & F.schema_of_variant(
        F.try_variant_get("parsed", "$[2]", "variant")
    ).isNull()
    frame = parsed.select(
        *lines.columns,
        sure(is_json).alias("is_json"),
        F.try_variant_get("parsed", "$[0]", "map<string,variant>").alias("mapping"),
    )
    names = [value for name in (*HEADER, REF) for value in json_parts(column("mapping"), name)]
    return JsonRows(frame.select("*", *names), True)


# --- typed columns ---


@dataclass(frozen=True, slots=True)
class TypedRows(Rows):
    """Rows of typed columns, of a Parquet file, a table or any dataframe; the columns stand together in `raw`."""

    schema: StructType

    def is_sound(self) -> Column:
        return F.lit(True)

    def cell(self, name: str, type_: FieldType) -> Cell:
        if not self.has(name):
            return no_cell(type_)
        return typed_cell(column(RAW).getField(name), self.schema[name].dataType, type_)

    def has(self, name: str) -> bool:
        return name in self.schema.names

    def diagnostics(self, rulebook: Rulebook, kind: Kind | None) -> list[Diagnostic]:
        names = [name.lower() for name in self.schema.names]
        found = [
            Diagnostic("F013", f"the column `{short(name)}` stands here twice", help="keep one of the two")
            for name in sorted({name for name in names if names.count(name) > 1})
        ]
        for name, type_ in zip(HEADER, (FieldType.TEXT, FieldType.DATE), strict=True):
            if self.has(name):
                came = self.schema[name].dataType
                found += type_diagnostics(f"`{name}`", came.simpleString(), takes(came, type_), type_)
        if kind is not None:
            return [*found, *schema_diagnostics(self.schema, kind, ROW_HEADERS)]
        for each in self.schema.fields:
            if each.name not in HEADER:
                found += _kind_diagnostics(each.name, each.dataType, rulebook)
        return found

    def with_fact(self, frame: DataFrame, kind: Kind) -> DataFrame:
        return frame.withColumn("fact", typed_fact(column(RAW).getField, self.schema, kind, ROW_HEADERS))

    def with_kinds(self, frame: DataFrame, rulebook: Rulebook) -> DataFrame:
        facts = {listed_kind(kind.name): self._kind(kind) for kind in rulebook.kinds.values()}
        return frame.withColumns({"are_kinds_plain": F.lit(True), **facts})

    def _kind(self, kind: Kind) -> Column:
        if not self.has(kind.name):
            return nothing(f"array<{fact_type(kind)}>")
        came = self.schema[kind.name].dataType
        struct = _facts_of(came)
        assert struct is not None, "the schema has been looked at"
        is_single = not isinstance(came, ArrayType)
        value = column(RAW).getField(kind.name)
        items = F.when(value.isNotNull(), F.array(value)) if is_single else value

        def fact(item: Column, number: Column) -> Column:
            found = typed_fact(item.getField, struct, kind)
            missing = fact_of(kind, lambda _, type_: no_cell(type_), F.lit(False))
            return _with_ref(
                F.when(item.isNull(), missing).otherwise(found), _default_ref(kind, F.lit(is_single), number)
            )

        return F.transform(items, fact)


def _kind_diagnostics(name: str, type_: DataType, rulebook: Rulebook) -> list[Diagnostic]:
    kind, struct = rulebook.kinds.get(name), _facts_of(type_)
    if kind is None:
        close = did_you_mean(name, [*rulebook.kinds, *HEADER])
        help_ = close or "leave the column out, or say which kind of fact each row is"
        return [Diagnostic("F001", f"unknown kind of fact `{short(name)}`", help=help_)]
    if struct is None:
        message = f"the column `{name}` is of the type {type_.simpleString().upper()}"
        return [Diagnostic("F008", message, help="facts of a kind are a STRUCT of fields, or an ARRAY of such")]
    return schema_diagnostics(struct, kind)


def _facts_of(type_: DataType) -> StructType | None:
    inner = type_.elementType if isinstance(type_, ArrayType) else type_
    return inner if isinstance(inner, StructType) else None


def typed_rows(frame: DataFrame) -> Rows:
    """The rows of any dataframe, which have no place of their own."""
    where = [nothing("string").alias(FILE), *(nothing("bigint").alias(name) for name in (ID, BLOCK, PLACE))]
    return _typed(frame, where, False)


def parquet_rows(spark: SparkSession, paths: str | Sequence[str]) -> Rows:
    """The rows of Parquet files, each with its number in its file."""
    frame = spark.read.parquet(*([paths] if isinstance(paths, str) else paths))
    where = [
        F.monotonically_increasing_id().alias(ID),
        F.col("_metadata.file_path").alias(FILE),
        F.lit(0).cast("bigint").alias(BLOCK),
        F.col("_metadata.row_index").alias(PLACE),
    ]
    return _typed(frame, where, True)


def _typed(frame: DataFrame, where: Sequence[Column], in_files: bool) -> Rows:
    raw = F.struct(*(column(name) for name in dict.fromkeys(frame.columns))).alias(RAW)
    selected = frame.select(*where, F.lit(False).alias(BLANK), raw)
    return TypedRows(selected, in_files, frame.schema)
