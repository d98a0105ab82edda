"""The Spark session of a command, its inputs and outputs; errors of Spark become diagnostics."""

from __future__ import annotations

import logging
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from py4j.protocol import Py4JError
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, SparkSession, functions as F

from rulewright.diagnostics import Diagnostic
from rulewright.source import short
from rulewright.spark.checking import Checked
from rulewright.spark.dated_programs import RefusedError
from rulewright.spark.input_rows import InputRows, Keys
from rulewright.spark.json_rows import json_lines
from rulewright.spark.typed_rows import parquet_rows, typed_rows

#: Prefix of an input that is a table instead of a file.
TABLE = "table:"
_STANDALONE = "spark://"
_OPTIONS = {
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
    # Java does not compile longer methods to machine code, so that interpreting the plan is faster
    "spark.sql.codegen.hugeMethodLimit": "8000",
}


@contextmanager
def session(master: str) -> Iterator[SparkSession]:
    """Provide a session for a master; a new session ends with the block.

    Raises `RefusedError` if there is no session, and for every later error of Spark.
    """
    found = SparkSession.getActiveSession()
    is_new = found is None or found.sparkContext.master != master
    if found is None or is_new:
        found = _new(master)
    try:
        with _told():
            yield found
    finally:
        if is_new:
            found.stop()


def _new(master: str) -> SparkSession:
    _refuse_nobody(master)
    builder = SparkSession.builder.master(master).appName("rulewright")
    for name, value in _OPTIONS.items():
        builder = builder.config(name, value)
    help_ = "check the master's address, and that Java is 17 or later; what Spark says of it stands above"
    logging.getLogger("py4j").setLevel(logging.CRITICAL)
    try:
        return builder.getOrCreate()
    except (Py4JError, PySparkException, OSError, RuntimeError) as error:
        raise RefusedError([_failure(f"no Spark can be had of `{short(master)}`", error, help_)]) from None


def _refuse_nobody(master: str) -> None:
    """Reject an unreachable master early; Spark itself would retry for a minute."""
    if not master.startswith(_STANDALONE):
        return
    reasons = []
    for address in master.removeprefix(_STANDALONE).split(","):
        host, _, port = address.rpartition(":")
        try:
            socket.create_connection((host, int(port)), timeout=10).close()
        except (OSError, ValueError) as error:
            reasons.append(str(getattr(error, "strerror", None) or error).lower())
        else:
            return
    help_ = "check its address, which its log and its page tell, and that it runs"
    raise RefusedError([Diagnostic("U020", f"no Spark can be had of `{short(master)}`: {reasons[0]}", help=help_)])


@contextmanager
def _told() -> Iterator[None]:
    help_ = "what Spark says of it stands above; nothing is written under the output's name"
    try:
        yield
    except (Py4JError, PySparkException) as error:
        raise RefusedError([_failure("Spark could not do it", error, help_)]) from None


def _failure(what: str, error: Exception, help_: str) -> Diagnostic:
    java: Any = getattr(error, "java_exception", None)
    text = str(error) if java is None else str(java.getMessage() or java)
    line = next((line.strip() for line in text.splitlines() if line.strip()), type(error).__name__)
    return Diagnostic("U020", f"{what}: {short(line, 200)}", help=help_)


def read(spark: SparkSession, sources: Sequence[str], format_: str, keys: Keys) -> InputRows:
    """Return the rows of files in a format, `jsonl` or `parquet`, or of a table with the prefix `table:`."""
    try:
        if format_ == "table":
            return typed_rows(spark.table(sources[0].removeprefix(TABLE)), keys)
        if format_ == "parquet":
            return parquet_rows(spark, sources, keys)
        return json_lines(spark, sources, keys)
    except PySparkException as error:
        line = short(str(error).splitlines()[0], 200)
        raise RefusedError(
            [Diagnostic("S001", f"the input cannot be read: {line}", help="check the name and your rights")]
        ) from None


def is_there(spark: SparkSession, name: str) -> bool:
    """Return whether a file or a folder exists, in any kind of storage."""
    classic: Any = spark
    path = classic._jvm.org.apache.hadoop.fs.Path(name)
    return bool(path.getFileSystem(classic._jsc.hadoopConfiguration()).exists(path))


@dataclass(frozen=True, slots=True)
class WriteCounts:
    """The number of cases by verdict, and the number of errors of rejected cases by code."""

    verdicts: dict[str, int]
    rejected: dict[str, int]


def write(checked: Checked, output: str, rejected: str, format_: str) -> WriteCounts:
    """Write the records to a folder, and the errors of rejected cases, if any, as JSON Lines to another."""
    records = checked.records.write
    if format_ == "parquet":
        records.parquet(output)
    else:
        records.json(output, ignoreNullFields=False)
    codes = _counted(checked.rejected, "code")
    if codes:
        checked.rejected.sort("file", "line", "column").coalesce(1).write.json(rejected, ignoreNullFields=False)
    reader = checked.records.sparkSession.read.schema(checked.records.schema)
    written = reader.parquet(output) if format_ == "parquet" else reader.json(output)
    return WriteCounts(_counted(written, "verdict"), codes)


def _counted(frame: DataFrame, name: str) -> dict[str, int]:
    return {row[name]: row["number"] for row in frame.groupBy(name).agg(F.count("*").alias("number")).collect()}
