"""Rows of typed columns, from Parquet files, tables or dataframes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pyspark.sql import Column, DataFrame, SparkSession, functions as F
from pyspark.sql.types import ArrayType, DataType, StructType
from typing_extensions import override

from rulewright.diagnostics import Diagnostic, did_you_mean
from rulewright.model.rulebook import Kind, Rulebook
from rulewright.model.values import FieldType
from rulewright.source import short
from rulewright.spark.builders import column, nothing
from rulewright.spark.cells import Cell, no_cell, takes, typed_cell
from rulewright.spark.fact_columns import fact_of, fact_type, schema_diagnostics, type_diagnostics, typed_fact
from rulewright.spark.input_rows import (
    BLANK,
    BLOCK,
    FILE,
    HEADER,
    ID,
    NAMED_AS_THEY_ARE,
    PLACE,
    RAW,
    InputRows,
    Keys,
    default_ref,
    listed_kind,
    with_ref,
)


@dataclass(frozen=True, slots=True)
class TypedRows(InputRows):
    """Rows of typed columns; `raw` is a struct of all columns."""

    schema: StructType

    @override
    def is_valid(self) -> Column:
        return F.lit(True)

    @override
    def cell(self, name: str, type_: FieldType) -> Cell:
        key = self.keys.of(name)
        if not self.has(name):
            return no_cell(type_)
        return typed_cell(column(RAW).getField(key), self.schema[key].dataType, type_)

    @override
    def has(self, name: str) -> bool:
        return self.keys.of(name) in self.schema.names

    @override
    def diagnostics(self, rulebook: Rulebook, kind: Kind | None) -> list[Diagnostic]:
        names = [name.lower() for name in self.schema.names]
        found = [
            Diagnostic("F013", f"the column `{short(name)}` stands here twice", help="keep one of the two")
            for name in sorted({name for name in names if names.count(name) > 1})
        ]
        for name, type_ in zip(HEADER, (FieldType.TEXT, FieldType.DATE), strict=True):
            if self.has(name):
                came = self.schema[self.keys.of(name)].dataType
                found += type_diagnostics(f"`{name}`", came.simpleString(), takes(came, type_), type_)
        if kind is not None:
            return [*found, *schema_diagnostics(self.schema, kind, self.keys.headers, self.keys.ref)]
        for each in self.schema.fields:
            if each.name not in HEADER:
                found += _kind_diagnostics(each.name, each.dataType, rulebook)
        return found

    @override
    def with_fact(self, frame: DataFrame, kind: Kind) -> DataFrame:
        headers, ref = self.keys.headers, self.keys.ref
        return frame.withColumn("fact", typed_fact(column(RAW).getField, self.schema, kind, headers, ref))

    @override
    def with_kinds(self, frame: DataFrame, rulebook: Rulebook) -> DataFrame:
        facts = {listed_kind(kind.name): self._kind(kind) for kind in rulebook.kinds.values()}
        return frame.withColumns({"are_kinds_fast": F.lit(True), **facts})

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
            return with_ref(
                F.when(item.isNull(), missing).otherwise(found), default_ref(kind, F.lit(is_single), number)
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


def typed_rows(frame: DataFrame, keys: Keys = NAMED_AS_THEY_ARE) -> InputRows:
    """Return the rows of any dataframe; they have no position."""
    where = [nothing("string").alias(FILE), *(nothing("bigint").alias(name) for name in (ID, BLOCK, PLACE))]
    return _typed(frame, where, False, keys)


def parquet_rows(spark: SparkSession, paths: str | Sequence[str], keys: Keys = NAMED_AS_THEY_ARE) -> InputRows:
    """Return the rows of Parquet files, each with its number in its file."""
    frame = spark.read.parquet(*([paths] if isinstance(paths, str) else paths))
    where = [
        F.monotonically_increasing_id().alias(ID),
        F.col("_metadata.file_path").alias(FILE),
        F.lit(0).cast("bigint").alias(BLOCK),
        F.col("_metadata.row_index").alias(PLACE),
    ]
    return _typed(frame, where, True, keys)


def _typed(frame: DataFrame, where: Sequence[Column], in_files: bool, keys: Keys) -> InputRows:
    raw = F.struct(*(column(name) for name in dict.fromkeys(frame.columns))).alias(RAW)
    selected = frame.select(*where, F.lit(False).alias(BLANK), raw)
    return TypedRows(selected, in_files, keys, frame.schema)
