"""`rulewright check` with output case by case: JSON Lines, CSV and Parquet."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from pathlib import Path

from rulewright.batch.columns import AS_THEY_ARE, Columns
from rulewright.batch.inputs import input_format
from rulewright.batch.options import Detail, OutputFormat
from rulewright.batch.preparation import Asked, Prepared, prepare
from rulewright.batch.rejected import MAXIMUM_MISTAKES
from rulewright.batch.report import BatchReport
from rulewright.batch.rows import Rows
from rulewright.batch.run import run_batch
from rulewright.batch.storage import WriteError, writing
from rulewright.batch.summary import summary_json, summary_text
from rulewright.command.command_inputs import read_date
from rulewright.command.outputs import is_standard, remark, report_diagnostics, stage_output
from rulewright.command.rulebooks import RulebookChoice
from rulewright.command.run_identity import Start
from rulewright.command.status import AT_FAULT, Allowance, status_of_run
from rulewright.diagnostics import Diagnostic
from rulewright.engines import Judge
from rulewright.errors import RulebookError

_RESUMED = "; --resume goes on from where it stopped"
#: Maximum number of rejected cases reported on standard error if there is no file for them.
_TOLD = 1_000
#: Maximum number of errors reported for each of them.
_TOLD_OF_A_CASE = 10


@dataclass(frozen=True, slots=True)
class BatchArguments:
    """The options of a batch as given on the command line."""

    facts: Sequence[str]
    rulebook: RulebookChoice
    edition: str | None
    as_of: str | None
    format: str
    detail: str | None
    output: str | None
    engine: str
    input: str | None
    rows: Rows | None
    jobs: int | None
    by: Sequence[str]
    sample: int
    view: str | None
    summary: str | None
    resume: bool
    maximum_rejected: int | None
    progress: bool | None
    chunk_bytes: int | None
    columns: Columns = AS_THEY_ARE


@dataclass(frozen=True, slots=True)
class _Summary:
    """A callable that writes the summary of a run beside the file that it replaces."""

    file: str
    start: Start
    allowance: Allowance

    def __call__(self, report: BatchReport) -> Callable[[], None]:
        """Write the summary; return a function that moves it to its place."""
        run = self.start.run(report.tally, report.inputs, allows=self.allowance.covers(report.tally))
        seconds = 0.0 if self.start.is_fixed else report.seconds
        named = "standard output" if is_standard(self.file) else Path(self.file)
        with writing(named):
            place = stage_output(summary_json(replace(report, seconds=seconds, run=run)), self.file)

        def place_checked() -> None:
            with writing(named):
                place()

        return place_checked


def run_batch_check(arguments: BatchArguments, start: Start, allowance: Allowance) -> int:
    """Check the cases of the files and write the records; return the exit status."""
    summary = None if arguments.summary is None else _Summary(arguments.summary, start, allowance)
    asked = _asked(arguments)
    if not isinstance(asked, Asked):
        report_diagnostics(asked)
        return AT_FAULT
    prepared: Prepared | None = None
    try:
        preparation = prepare(asked)
        report_diagnostics(preparation.warnings)
        prepared = preparation.prepared
        if prepared is None:
            report_diagnostics(preparation.mistakes)
            return AT_FAULT
        report = run_batch(
            prepared.inputs,
            prepared.options,
            prepared.request,
            prepared.unreadable,
            summary,
            arguments.rulebook.opener,
        )
    except RulebookError as error:
        report_diagnostics(error.diagnostics)
        return AT_FAULT
    except BrokenProcessPool:
        help_ = "--jobs takes fewer processes, which take less memory" + _RESUMED
        report_diagnostics([Diagnostic("U009", "a process that judged was ended from outside", help=help_)])
        return AT_FAULT
    except WriteError as error:
        report_diagnostics([error.diagnostic(can_resume=prepared is not None and prepared.can_resume)])
        return AT_FAULT
    except BrokenPipeError:  # the reader of standard output has closed it
        return AT_FAULT
    return _told(report, arguments, prepared.request.output is not None, allowance)


def _asked(arguments: BatchArguments) -> Asked | list[Diagnostic]:
    """Return the parsed options, or the errors in them."""
    on, wanted = read_date(arguments.as_of, "--as-of"), read_date(arguments.edition, "--edition")
    read_as = input_format(arguments.input)
    wrong = [one for one in (on, wanted, read_as, Judge.unavailable(arguments.engine)) if isinstance(one, Diagnostic)]
    if wrong or isinstance(on, Diagnostic) or isinstance(wanted, Diagnostic) or isinstance(read_as, Diagnostic):
        return wrong
    is_shown = arguments.progress if arguments.progress is not None else sys.stderr is not None and sys.stderr.isatty()
    return Asked(
        arguments.facts,
        arguments.rulebook.named,
        wanted,
        on,
        OutputFormat(arguments.format),
        None if arguments.detail is None else Detail(arguments.detail),
        None if is_standard(arguments.output) else arguments.output,
        arguments.engine,
        read_as,
        arguments.rows,
        arguments.jobs or os.cpu_count() or 1,
        arguments.by,
        arguments.sample,
        arguments.view,
        arguments.resume,
        arguments.maximum_rejected,
        is_shown,
        arguments.chunk_bytes,
        arguments.columns,
        arguments.summary is not None,
    )


def _told(report: BatchReport, arguments: BatchArguments, has_files: bool, allowance: Allowance) -> int:
    for rejected in report.rejected[:_TOLD]:
        report_diagnostics(rejected.diagnostics[:_TOLD_OF_A_CASE])
        if len(rejected.diagnostics) > _TOLD_OF_A_CASE:
            left = len(rejected.diagnostics) - _TOLD_OF_A_CASE
            remark(f"… and {left:,} more mistakes of this case: -o writes the first {MAXIMUM_MISTAKES} to a file")
    if len(report.rejected) > _TOLD:
        remark(f"… and {len(report.rejected) - _TOLD:,} more rejected cases: -o writes all of them to a file")
    report_diagnostics(report.diagnostics)
    arguments.rulebook.remark_after(
        [*report.diagnostics, *(one for rejected in report.rejected for one in rejected.diagnostics)]
    )
    if report.diagnostics and not report.tally.cases and not report.tally.rejected:
        return AT_FAULT
    named = arguments.output if has_files else None
    if named is not None or report.tally.rejected or report.tally.skipped:
        for line in summary_text(report, named):
            remark(line)
    for notice in report.notices:
        remark(f"note: {notice}")
    return status_of_run(report.tally, allowance) if report.is_whole else AT_FAULT
