"""Builders of Spark columns and dataframes; names and values are never concatenated into SQL text."""

from __future__ import annotations

import json
import operator
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import reduce
from typing import Any

from pyspark import StorageLevel
from pyspark.sql import Column, DataFrame, SparkSession, functions as F
from pyspark.sql.types import DataType, StructField, StructType
from sqlglot import exp


def column(name: str) -> Column:
    """Return a column by its name, which may contain any characters."""
    return F.col(quoted(name))


def quoted(name: str) -> str:
    """Return a quoted name that Spark does not split at dots."""
    return exp.to_identifier(name, quoted=True).sql("spark")


def spark_type(duckdb_type: str) -> str:
    """Return the Spark type for a type of the observation."""
    return exp.DataType.build(duckdb_type, dialect="duckdb").sql("spark")


def nothing(type_: str | DataType) -> Column:
    """Return a null of a type."""
    return F.lit(None).cast(type_)


def sure(condition: Column) -> Column:
    """Return true if a condition is true, and false if it is false or unknown."""
    return F.coalesce(condition, F.lit(False))


def every(conditions: Iterable[Column]) -> Column:
    """Return whether all conditions hold."""
    return reduce(operator.and_, conditions, F.lit(True))


def some(conditions: Iterable[Column]) -> Column:
    """Return whether any condition holds."""
    return reduce(operator.or_, conditions, F.lit(False))


def small_frame(spark: SparkSession, types: Mapping[str, str], rows: Sequence[Sequence[Any]]) -> DataFrame:
    """Return a dataframe of rows on the driver, to be broadcast in joins.

    The rows are one literal: `createDataFrame` would need Python on the workers to read them. `types` are Spark types.
    """
    schema = StructType([StructField(name, DataType.fromDDL(type_)) for name, type_ in types.items()])
    texts = json.dumps([dict(zip(types, row, strict=True)) for row in rows], default=_written)
    parsed = F.from_json(F.lit(texts), f"array<{schema.simpleString()}>", {"mode": "FAILFAST"})
    return F.broadcast(spark.range(1, numPartitions=1).select(F.inline(parsed)))


class DataframeCache:
    """Caches dataframes that are read more than once, until it is closed."""

    def __init__(self) -> None:
        self._kept: list[DataFrame] = []

    def add(self, frame: DataFrame) -> DataFrame:
        """Return the dataframe as cached rows whose origin is hidden from Spark's planner.

        The plan of a query contains the plans of its sources, even if they are cached. Levels that read lower ones
        several times would make exponentially large plans. The returned dataframe has only rows, with the lineage to
        recompute lost ones. This needs an internal API of Spark. Spark Connect does not have it, so there the dataframe
        is returned unchanged.
        """
        self._kept.append(frame.persist(StorageLevel.MEMORY_AND_DISK))
        if not hasattr(frame, "_jdf"):
            return frame
        # untyped: the classic session and dataframe
        session: Any = frame.sparkSession
        classic: Any = type(frame)
        java: Any = frame._jdf
        rows = java.queryExecution().toRdd()
        found: DataFrame = classic(session._jsparkSession.internalCreateDataFrame(rows, java.schema(), False), session)
        return found

    def close(self) -> None:
        """Free all cached dataframes."""
        for frame in self._kept:
            frame.unpersist()
        self._kept.clear()


def _written(value: object) -> str:
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(type(value).__name__)
