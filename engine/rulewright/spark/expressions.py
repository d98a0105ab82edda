"""Small builders of Spark columns and dataframes; names and values are never pasted into SQL text."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from pyspark import StorageLevel
from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.types import DataType, StructField, StructType
from sqlglot import exp

#: What is wrong with a row: null where nothing is.
WRONG_TYPE = "struct<code: string, message: string>"


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


def wrong(code: str | Column, *message: str | Column) -> Column:
    """What is wrong: a code and a message, whose parts are texts and columns."""
    parts = [F.lit(part) if isinstance(part, str) else part for part in message]
    return F.struct(
        (F.lit(code) if isinstance(code, str) else code).alias("code"),
        (parts[0] if len(parts) == 1 else F.concat(*parts)).alias("message"),
    )


def first_wrong(checks: Iterable[tuple[Column, Column]]) -> Column:
    """The first of the checks, each of what must not be and what is then told, that hits; null where none does."""
    chosen: Column | None = None
    for condition, told in checks:
        chosen = F.when(condition, told) if chosen is None else chosen.when(condition, told)
    return nothing(WRONG_TYPE) if chosen is None else chosen


def short(text: Column, limit: int = 60) -> Column:
    """A text as a message quotes it, not longer than that."""
    return F.when(F.length(text) <= limit, text).otherwise(F.concat(F.substring(text, 1, limit - 1), F.lit("…")))


def is_blank(text: Column) -> Column:
    """Whether nothing but white space is in a text."""
    return ~text.rlike(r"(?U)[^\s\x1c-\x1f]")


def small_frame(spark: SparkSession, types: Mapping[str, str], rows: Sequence[Sequence[Any]]) -> DataFrame:
    """A dataframe of rows that are here on the driver, to be sent whole to wherever it is joined.

    The rows go as one literal, so that no Python has to run on a worker to read them, as `createDataFrame` would have
    it. Types are Spark's.
    """
    schema = StructType([StructField(name, DataType.fromDDL(type_)) for name, type_ in types.items()])
    texts = json.dumps([dict(zip(types, row, strict=True)) for row in rows], default=_written, ensure_ascii=False)
    parsed = F.from_json(F.lit(texts), f"array<{schema.simpleString()}>", {"mode": "FAILFAST"})
    return F.broadcast(spark.range(1).select(F.inline(parsed)))


class Keeper:
    """Has Spark keep dataframes that are read more than once, until it is closed."""

    def __init__(self) -> None:
        self._kept: list[DataFrame] = []

    def keep(self, frame: DataFrame) -> DataFrame:
        """The dataframe as one that is computed once, and that Spark's planner sees as a whole.

        A dataframe stands in each query with all that it is made of, though it is kept: levels that read lower ones
        several times would make plans that grow with a power of their number. So what is given back knows nothing but
        what is kept, and how a part of it is computed again that a lost worker had. Spark has this only inside; through
        Spark Connect it is not there, and the dataframe stays as it is.
        """
        self._kept.append(frame.persist(StorageLevel.MEMORY_AND_DISK))
        if not hasattr(frame, "_jdf"):
            return frame
        # a classic session and dataframe, which say nothing of their types
        session: Any = frame.sparkSession
        classic: Any = type(frame)
        plan = frame._jdf.queryExecution().withCachedData()
        java = session._jvm.org.apache.spark.sql.classic.Dataset.ofRows(session._jsparkSession, plan)
        found: DataFrame = classic(java, session)
        return found

    def close(self) -> None:
        """Give back all that is kept."""
        for frame in self._kept:
            frame.unpersist()


def _written(value: object) -> str:
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(type(value).__name__)
