"""Rows of JSON Lines."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from pyspark.sql import Column, DataFrame, SparkSession, functions as F
from typing_extensions import override

from rulewright.diagnostics import Diagnostic
from rulewright.model.rulebook import Kind, Rulebook
from rulewright.model.values import FieldType
from rulewright.spark.builders import column, every, sure
from rulewright.spark.cells import Cell, json_cell
from rulewright.spark.fact_columns import REF, json_cells, json_fact, json_parts, json_value
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

#: Maximum length of a line on the fast path; a longer one may have too many nodes for the exact reader.
_LONGEST = 400_000
#: Characters that YAML rejects, counts as no column, or takes for the end of a line; and tabs.
_UNUSUAL = (
    r"[^\n\r -~\x{a0}-\x{2027}\x{202a}-\x{d7ff}\x{e000}-\x{fefe}\x{ff00}-\x{fffd}\x{10000}-\x{10ffff}]"
    # surrogates, NUL, a colon far behind its key, a carriage return inside a line
    r'|\\u[dD][89a-fA-F]|\\u0000|" {21,}:|\r[\s\S]'
)


@dataclass(frozen=True, slots=True)
class JsonRows(InputRows):
    """Lines of JSON, each a case or a fact. VARIANT keeps the type of each number and text."""

    @override
    def is_valid(self) -> Column:
        raw = column(RAW)
        return sure(
            F.is_valid_utf8(raw)
            & (F.octet_length(raw) <= _LONGEST)
            & ~raw.rlike(_UNUSUAL)
            & column("is_json")
            & column("mapping").isNotNull()
        )

    @override
    def cell(self, name: str, type_: FieldType) -> Cell:
        return json_cell(json_value(column, name), type_)

    @override
    def has(self, name: str) -> bool:
        # keys can contain escapes
        found = column(RAW).contains(f'"{self.keys.of(name)}"') | column(RAW).rlike(r"\\u00[0-7]")
        return bool(self.frame.select(RAW).where(found).take(1))

    @override
    def diagnostics(self, rulebook: Rulebook, kind: Kind | None) -> list[Diagnostic]:
        return []

    @override
    def with_fact(self, frame: DataFrame, kind: Kind) -> DataFrame:
        frame = frame.withColumn("cells", json_cells(column("mapping"), kind, self.keys.headers, self.keys.ref))
        return frame.withColumn("fact", json_fact(column("cells"), kind, self.keys.headers))

    @override
    def with_kinds(self, frame: DataFrame, rulebook: Rulebook) -> DataFrame:
        mapping = column("mapping")
        expected = F.array(*(F.lit(name) for name in (*rulebook.kinds, *HEADER)))
        fast = [sure(F.size(F.array_except(F.map_keys(mapping), expected)) == 0)]
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
            fast.append(~is_stated | mappings.isNotNull())
            facts[listed_kind(kind.name)] = _json_facts(kind)
        return frame.withColumns({**before, "are_kinds_fast": every(fast)}).withColumns(facts)


def _json_cells_of(mappings: Column, kind: Kind) -> Column:
    return F.transform(mappings, lambda each: json_cells(each, kind))


def _json_facts(kind: Kind) -> Column:
    def fact(cells: Column, number: Column) -> Column:
        return with_ref(json_fact(cells, kind), default_ref(kind, column(f"single_{kind.name}"), number))

    return F.transform(column(f"cells_{kind.name}"), fact)


def json_lines(spark: SparkSession, paths: str | Sequence[str], keys: Keys = NAMED_AS_THEY_ARE) -> InputRows:
    """Return the lines of files as rows.

    Each line is parsed as the first item of a list. The second item shows that the line has nothing after its value.
    """
    behind = uuid.uuid4().hex
    lines = spark.read.text([paths] if isinstance(paths, str) else list(paths), lineSep="\n").select(
        F.monotonically_increasing_id().alias(ID),
        F.col("_metadata.file_path").alias(FILE),
        F.col("_metadata.file_block_start").alias(BLOCK),
        F.monotonically_increasing_id().alias(PLACE),
        F.col("value").alias(RAW),
        (~column("value").rlike(r"[^ \t\r]")).alias(BLANK),
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
    parts = [part for name in (*HEADER, REF) for part in json_parts(column("mapping"), name, keys.of(name))]
    return JsonRows(frame.select("*", *parts), True, keys)
