"""The three ways of `rulewright check`: a report of a few cases, records of many cases, and Spark."""

# ruff: noqa: PLC0415  each way imports its own modules

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rulewright.batch.clashes import Output
from rulewright.batch.columns import Columns
from rulewright.batch.rows import Rows
from rulewright.command.command_inputs import column_mistakes, read_columns, report_mistakes
from rulewright.command.rulebooks import RulebookChoice
from rulewright.command.run_identity import Start
from rulewright.command.run_start import choose, end_with, refuse_clashes
from rulewright.command.status import Allowance, read_allowance
from rulewright.diagnostics import Diagnostic

#: Formats that are written case by case.
_RECORDS = ("jsonl", "csv", "parquet")


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckOptions:
    """The arguments and options of `rulewright check`, as given on the command line."""

    facts: Sequence[str]
    input: str | None
    kind: str | None
    ref: str
    case: str
    columns: Sequence[str]
    unknown_columns: str
    delimiter: str | None
    encoding: str | None
    rulebook: str | None
    edition: str | None
    as_of: str | None
    engine: str
    format: str
    output: str | None
    detail: str | None
    everything: bool
    lang: str | None
    templates: str | None
    record: str | None
    summary: str | None
    max_rejected: int | None
    allow_rejected: str | None
    jobs: int | None
    by: Sequence[str]
    view: str | None
    sample: int
    keep: Sequence[str]
    resume: bool
    progress: bool | None
    chunk_bytes: int | None
    spark: str | None

    @property
    def writes_records(self) -> bool:
        """Return whether cases are written one by one."""
        return self.format in _RECORDS

    @property
    def rows(self) -> Rows | None:
        """Return the description of the rows, or None if the options have none."""
        return None if self.kind is None else Rows(self.kind, self.ref, self.case)

    @property
    def inputs(self) -> Sequence[str]:
        """Return the names of the inputs; with Spark, the last name is the output instead."""
        return self.facts if self.spark is None else self.facts[:-1]

    @property
    def outputs(self) -> list[Output]:
        """Return the files and folders that are written."""
        if self.spark is not None:
            return [Output("OUT", one, is_folder=True) for one in (self.facts[-1], f"{self.facts[-1]}.rejected")]
        outputs = [Output("--output", self.output, is_batch=self.writes_records)]
        outputs += [] if self.summary is None else [Output("--summary", self.summary)]
        return outputs + ([] if self.record is None else [Output("--record", self.record, is_folder=True)])


def check_facts(options: CheckOptions, start: Start) -> int:
    """Check the cases of the inputs; return the exit status."""
    allowance = read_allowance(options.allow_rejected)
    mistakes = report_mistakes(options.lang, options.templates, options.format)
    mistakes += column_mistakes(options.ref, options.case)
    if isinstance(allowance, Diagnostic):
        end_with([*mistakes, allowance])
    if mistakes:
        end_with(mistakes)
    columns = read_columns(
        options.unknown_columns,
        options.columns,
        options.keep,
        options.delimiter,
        options.encoding,
        is_report=not options.writes_records,
    )
    if isinstance(columns, list):
        end_with(columns)
    refuse_clashes(
        options.outputs, options.inputs, rulebook=options.rulebook, folders=[options.templates], are_facts=True
    )
    choice = choose(options.rulebook, options.inputs or options.facts, options.kind)
    if options.spark is not None:
        return _check_on_spark(options, options.spark, choice)
    if options.writes_records:
        return _write_records(options, choice, columns, start, allowance)
    return _write_report(options, choice, columns, start, allowance)


def _check_on_spark(options: CheckOptions, master: str, choice: RulebookChoice) -> int:
    from rulewright.command.on_spark import SparkArguments, run_spark_check

    others = {
        "--output": options.output,
        "--engine plain": options.engine == "plain",
        "--all": options.everything,
        "--jobs": options.jobs,
        "--by": options.by,
        "--view": options.view,
        "--summary": options.summary,
        "--sample": options.sample,
        "--resume": options.resume,
        "--max-rejected": options.max_rejected is not None,
        "--allow-rejected": options.allow_rejected is not None,
        "--progress": options.progress,
        "--unknown-columns": options.unknown_columns != "reject",
        "--columns": options.columns,
        "--keep": options.keep,
        "--delimiter": options.delimiter is not None,
        "--encoding": options.encoding is not None,
    }
    return run_spark_check(
        SparkArguments(
            master,
            options.facts,
            choice.named,
            options.edition,
            options.as_of,
            options.format,
            options.detail,
            options.input,
            options.rows,
            [name for name, given in others.items() if given],
        )
    )


def _write_records(
    options: CheckOptions, choice: RulebookChoice, columns: Columns, start: Start, allowance: Allowance
) -> int:
    from rulewright.command.batch import BatchArguments, run_batch_check
    from rulewright.command.recording import refuse_records

    if options.record is not None:
        return refuse_records(options.format)
    arguments = BatchArguments(
        options.facts,
        choice,
        options.edition,
        options.as_of,
        options.format,
        options.detail,
        options.output,
        options.engine,
        options.input,
        options.rows,
        options.jobs,
        options.by,
        options.sample,
        options.view,
        options.summary,
        options.resume,
        options.max_rejected,
        options.progress,
        options.chunk_bytes,
        columns,
    )
    return run_batch_check(arguments, start, allowance)


def _write_report(
    options: CheckOptions, choice: RulebookChoice, columns: Columns, start: Start, allowance: Allowance
) -> int:
    from rulewright.command.account import Ending
    from rulewright.command.check import run_check

    return run_check(
        options.facts,
        choice,
        options.edition,
        options.as_of,
        options.format,
        options.output,
        options.engine,
        options.everything,
        options.input,
        options.rows,
        options.lang,
        options.templates,
        options.record,
        columns,
        ending=Ending(start, allowance, options.max_rejected, options.summary),
    )
