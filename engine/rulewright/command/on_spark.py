"""`rulewright check --spark`: evaluation of files or a table on Apache Spark."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from rulewright.batch.rows import Rows
from rulewright.batch.summary import VERDICT_ORDER, VERDICT_WORDS
from rulewright.command.command_inputs import read_date
from rulewright.command.outputs import remark, report_diagnostics
from rulewright.command.status import AT_FAULT, REJECTED, status_of
from rulewright.diagnostics import Diagnostic

# ruff: noqa: PLC0415  pyspark is an optional dependency

_LINES = (".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz")


@dataclass(frozen=True, slots=True)
class SparkArguments:
    """The options of `check --spark`.

    `paths` are the inputs and the output. `others` are given options that Spark does not support.
    """

    master: str
    paths: Sequence[str]
    rulebook: str
    edition: str | None
    as_of: str | None
    format: str
    detail: str | None
    input: str | None
    rows: Rows | None
    others: Sequence[str]


def run_spark_check(arguments: SparkArguments) -> int:
    """Check the cases on Spark and write their records; return the exit status."""
    on, wanted = read_date(arguments.as_of, "--as-of"), read_date(arguments.edition, "--edition")
    wrong = [one for one in (on, wanted, missing_spark()) if isinstance(one, Diagnostic)]
    wrong += _clashes(arguments)
    kind = _input_of(arguments.paths[:-1], arguments.input)
    if isinstance(kind, Diagnostic):
        wrong.append(kind)
    if wrong or isinstance(kind, Diagnostic) or isinstance(on, Diagnostic) or isinstance(wanted, Diagnostic):
        report_diagnostics(wrong)
        return AT_FAULT
    from rulewright.spark import RefusedError, check_rows
    from rulewright.spark.input_rows import Keys
    from rulewright.spark.session import is_there, read, session, write

    *sources, output = arguments.paths
    rejected = f"{output}.rejected"
    rows = arguments.rows
    try:
        with session(arguments.master) as spark:
            there = [one for one in (output, rejected) if is_there(spark, one)]
            if there:
                help_ = "take it away, or name another: Spark writes to a new folder"
                raise RefusedError([Diagnostic("U005", f"`{one}` is there already", help=help_) for one in there])
            found = read(spark, sources, kind, Keys() if rows is None else Keys(rows.ref, rows.case))
            with check_rows(
                found,
                arguments.rulebook,
                edition=wanted,
                as_of=on,
                kind=None if rows is None else rows.kind,
                detail=arguments.detail or "verdict",
            ) as checked:
                written = write(checked, output, rejected, "parquet" if arguments.format == "parquet" else "jsonl")
                situations = checked.situations
    except RefusedError as error:
        report_diagnostics(error.diagnostics)
        return AT_FAULT
    number = sum(written.verdicts.values())
    remark(f"{number:,} {'case' if number == 1 else 'cases'} evaluated, {situations:,} distinct situations")
    words = [f"{written.verdicts[one]:,} {VERDICT_WORDS[one]}" for one in VERDICT_ORDER if written.verdicts.get(one)]
    if words:
        remark("  " + ", ".join(words))
    if written.rejected:
        codes = ", ".join(f"{count:,} {code}" for code, count in sorted(written.rejected.items()))
        remark(f"  rejected for {codes}; see {rejected}")
    if not number:
        help_ = "correct the rejected rows" if written.rejected else "check that the input is the one you mean"
        report_diagnostics([Diagnostic("U028", "no case was evaluated", help=help_)])
        return AT_FAULT
    return REJECTED if written.rejected else status_of(written.verdicts)


def missing_spark() -> Diagnostic | None:
    """Return the error if Spark cannot be started on this machine, or None."""
    if find_spec("pyspark") is None:
        return Diagnostic("U022", "pyspark is not installed", help="pip install 'rulewright[spark]'")
    home = os.environ.get("JAVA_HOME")
    if shutil.which("java") is None and (not home or not (Path(home) / "bin" / "java").exists()):
        help_ = "install Java 17 or later (Debian: default-jre-headless), or set JAVA_HOME to where it is"
        return Diagnostic("U022", "there is no Java, which Spark runs on", help=help_)
    return None


def _clashes(arguments: SparkArguments) -> list[Diagnostic]:
    wrong = []
    if len(arguments.paths) < 2:
        wrong.append(Diagnostic("U004", "--spark takes what is read and where to write", help="IN... OUT"))
    if arguments.format not in ("text", "jsonl", "parquet"):
        wrong.append(Diagnostic("U004", f"Spark does not write {arguments.format} here", help="take jsonl or parquet"))
    if arguments.detail == "full":
        help_ = "take verdict or findings; a single case is explained in full by `rulewright check` without --spark"
        wrong.append(Diagnostic("U004", "Spark does not explain in full", help=help_))
    wrong += [Diagnostic("U004", f"{one} does not go with --spark", help="leave it out") for one in arguments.others]
    return wrong


def _input_of(sources: Sequence[str], said: str | None) -> str | Diagnostic:
    """Return the format of the inputs: `jsonl`, `parquet` or `table`, or the error."""
    if any(source.startswith("table:") for source in sources):
        if len(sources) == 1:
            return "table"
        return Diagnostic("U006", "a table is read alone", help="check the others apart")
    told = {
        "jsonl" if source.endswith(_LINES) else "parquet" if source.endswith(".parquet") else None for source in sources
    }
    if said in ("jsonl", "parquet"):
        return said
    if said is None and len(told) == 1 and None not in told:
        return str(told.pop())
    help_ = "say it with --input jsonl or --input parquet; a table is called table:NAME"
    return Diagnostic("U006", "Spark reads JSON Lines, Parquet or a table, and one of these at a time", help=help_)
