"""Small builders of Spark columns and dataframes; names and values are never pasted into SQL text."""

from __future__ import annotations

import json
import operator
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import reduce
from typing import Any

from pyspark import StorageLevel
from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.types import DataType, StructField, StructType
from sqlglot import exp


def column(name: str) -> Column:
    """A column by its name, whatever is in it."""
    return F.col(quoted(name))


def quoted(name: str) -> str:
    """A name as Spark reads it in full, dots and all."""
    return exp.to_identifier(name, quoted=True).sql("spark")


def spark_type(duckdb_type: str) -> str:
    """A type of the observation in Spark's words."""
    return exp.DataType.build(duckdb_type, dialect="duckdb").sql("spark")


def nothing(type_: str | DataType) -> Column:
    """A null of a type."""
    return F.lit(None).cast(type_)


def sure(condition: Column) -> Column:
    """Whether a condition is true, and not unknown."""
    return F.coalesce(condition, F.lit(False))


def every(conditions: Iterable[Column]) -> Column:
    """Whether all conditions hold."""
    return reduce(operator.and_, conditions, F.lit(True))


def some(conditions: Iterable[Column]) -> Column:
    """Whether any condition holds."""
    return reduce(operator.or_, conditions, F.lit(False))


def small_frame(spark: SparkSession, types: Mapping[str, str], rows: Sequence[Sequence[Any]]) -> DataFrame:
    """A dataframe of rows that are here on the driver, to be sent whole to wherever it is joined.

    The rows go as one literal, so that no Python has to run on a worker to read them, as `createDataFrame` would have
    it. Types are Spark's.
    """
    schema = StructType([StructField(name, DataType.fromDDL(type_)) for name, type_ in types.items()])
    texts = json.dumps([dict(zip(types, row, strict=True)) for row in rows], default=_written)
    parsed = F.from_json(F.lit(texts), f"array<{schema.simpleString()}>", {"mode": "FAILFAST"})
    return F.broadcast(spark.range(1, numPartitions=1).select(F.inline(parsed)))


class Keeper:
    """Has Spark keep dataframes that are read more than once, until it is closed."""

    def __init__(self) -> None:
        self._kept: list[DataFrame] = []

    def keep(self, frame: DataFrame) -> DataFrame:
        """The dataframe as one that is computed once, and of whose making Spark's planner sees nothing.

        A dataframe stands in each query with all that it is made of, though it is kept: levels that read lower ones
        several times would make plans that grow with a power of their number. So what is given back is no more than
        rows, with how a part of them is made again that a lost worker had. Spark has this only inside; through Spark
        Connect it is not there, and the dataframe stays as it is.
        """
        self._kept.append(frame.persist(StorageLevel.MEMORY_AND_DISK))
        if not hasattr(frame, "_jdf"):
            return frame
        # a classic session and dataframe, which say nothing of their types
        session: Any = frame.sparkSession
        classic: Any = type(frame)
        java: Any = frame._jdf
        rows = java.queryExecution().toRdd()
        found: DataFrame = classic(session._jsparkSession.internalCreateDataFrame(rows, java.schema(), False), session)
        return found

    def close(self) -> None:
        """Give back all that is kept."""
        for frame in self._kept:
            frame.unpersist()
        self._kept.clear()


def _written(value: object) -> str:
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(type(value).__name__)
