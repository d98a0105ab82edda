"""`rulewright check` to formats that are written case by case: JSON Lines, CSV and Parquet."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from pathlib import Path

from rulewright.batch.columns import AS_THEY_ARE, Columns, Unknown
from rulewright.batch.inputs import Input, find_inputs, input_format, is_utf_8
from rulewright.batch.journal import Paths
from rulewright.batch.options import Detail, Options, OutputFormat
from rulewright.batch.programs import Programs
from rulewright.batch.rejected import MAXIMUM_MISTAKES
from rulewright.batch.report import BatchReport
from rulewright.batch.rows import Rows
from rulewright.batch.run import Request, run_batch
from rulewright.batch.storage import WriteError, writing
from rulewright.batch.summary import summary_json, summary_text
from rulewright.catalogue import Catalogue, find_rulebook
from rulewright.command.identity import Start
from rulewright.command.inputs import columns_for, is_of_rows, read_date, rows_for
from rulewright.command.outputs import is_standard, remark, stage_output, tell
from rulewright.command.rulebooks import Choice
from rulewright.command.status import AT_FAULT, Allowance, status_of_run
from rulewright.diagnostics import Diagnostic, did_you_mean, has_errors
from rulewright.engines import Judge
from rulewright.errors import RulebookError
from rulewright.model.rulebook import Rulebook
from rulewright.read.documents import STANDARD_INPUT

_RESUMED = "; --resume goes on from where it stopped"
#: So many of the rejected cases are told on standard error, where no file has them.
_TOLD = 1_000
#: As many mistakes of each of them.
_TOLD_OF_A_CASE = 10


@dataclass(frozen=True, slots=True)
class BatchArguments:
    """What the command line says of a batch, as it stands there."""

    facts: Sequence[str]
    rulebook: Choice
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
    """Writes the summary of a run beside the file that it replaces."""

    file: str
    start: Start
    allowance: Allowance

    def __call__(self, report: BatchReport) -> Callable[[], None]:
        """Write it; the result moves it to its place."""
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
    prepared: _Prepared | list[Diagnostic] = []
    try:
        prepared = _prepared(arguments)
        if not isinstance(prepared, _Prepared):
            tell(prepared)
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
        tell(error.diagnostics)
        return AT_FAULT
    except BrokenProcessPool:
        help_ = "--jobs takes fewer processes, which take less memory" + _RESUMED
        tell([Diagnostic("U009", "a process that judged was ended from outside", help=help_)])
        return AT_FAULT
    except WriteError as error:
        tell([error.diagnostic(can_resume=isinstance(prepared, _Prepared) and prepared.can_resume)])
        return AT_FAULT
    except BrokenPipeError:  # whoever reads standard output has seen enough
        return AT_FAULT
    return _told(report, arguments, prepared.request.output is not None, allowance)


@dataclass(frozen=True, slots=True)
class _Prepared:
    """What is run: `unreadable` is told of inputs that cannot be read."""

    request: Request
    options: Options
    inputs: list[Input]
    unreadable: list[Diagnostic]

    @property
    def can_resume(self) -> bool:
        """Return True if an earlier run of the same command has left a journal with which it can be resumed."""
        output = self.request.output
        if output is None or any(source.is_stream for source in self.inputs):
            return False
        try:
            return Paths(output).journal.stat().st_size > 0
        except OSError:
            return False


def _prepared(arguments: BatchArguments) -> _Prepared | list[Diagnostic]:
    """What is run; what is wrong, where that is nothing."""
    on, wanted = read_date(arguments.as_of, "--as-of"), read_date(arguments.edition, "--edition")
    read_as = input_format(arguments.input)
    wrong = [one for one in (on, wanted, read_as, Judge.unavailable(arguments.engine)) if isinstance(one, Diagnostic)]
    if wrong or isinstance(on, Diagnostic) or isinstance(wanted, Diagnostic) or isinstance(read_as, Diagnostic):
        return wrong
    inputs, found = find_inputs(arguments.facts, read_as)
    unreadable = [one for one in found if has_errors([one])]
    tell(one for one in found if not has_errors([one]))
    format_ = OutputFormat(arguments.format)
    default = Detail.FULL if format_ is OutputFormat.JSON_LINES else Detail.VERDICT
    detail = default if arguments.detail is None else Detail(arguments.detail)
    wrong = list(_clashes(arguments, format_, inputs))
    if wrong:
        return wrong
    editions = find_rulebook(arguments.rulebook.named)
    if isinstance(editions, Diagnostic):
        return [editions]
    catalogue = Catalogue(editions)
    today = on or catalogue.today(wanted)
    options = Options(arguments.rulebook.named, wanted, on, today, arguments.engine, format_, detail, arguments.rows)
    rulebook = Programs(options, catalogue).default.program.rulebook
    if arguments.view is not None and arguments.view not in rulebook.views:
        help_ = did_you_mean(arguments.view, rulebook.views) or "this edition has no views"
        wrong.append(Diagnostic("U006", f"there is no view `{arguments.view}`", help=help_))
    rows = arguments.rows
    for source in inputs:
        rows, mistake = rows_for(source, rows, rulebook)
        wrong += [] if mistake is None else [mistake]
    if rows is not None and not all(is_of_rows(source) or arguments.rows is not None for source in inputs):
        help_ = "check them apart, or say with --kind what each row is"
        wrong.append(Diagnostic("U006", "tables and files of cases do not go together", help=help_))
    by = [_field(one, rulebook, rows) for one in arguments.by]
    wrong += [one for one in by if isinstance(one, Diagnostic)]
    fields = tuple(one for one in by if not isinstance(one, Diagnostic))
    options = replace(options, rows=rows, by=fields, sample=arguments.sample, view=arguments.view)
    options = replace(options, columns=arguments.columns)
    wrong += columns_for(arguments.columns, inputs, rows)
    output = None if is_standard(arguments.output) else Path(os.path.realpath(str(arguments.output)))
    device = output if output is not None and output.exists() and not output.is_file() else None
    if device is not None and device.is_dir():
        wrong.append(Diagnostic("U005", f"`{arguments.output}` cannot be written: is a directory", help="name a file"))
    elif device is not None and (format_ is OutputFormat.PARQUET or arguments.resume):
        wrong.append(Diagnostic("U004", f"`{arguments.output}` is no file", help="name a file with -o"))
    elif format_ is OutputFormat.PARQUET and not is_utf_8(str(output)):
        help_ = "choose another name or folder"
        wrong.append(Diagnostic("U005", f"`{output}` cannot be written as Parquet: its name is not UTF-8", help=help_))
    is_shown = arguments.progress if arguments.progress is not None else sys.stderr is not None and sys.stderr.isatty()
    request = Request(
        None if device is not None else output,
        arguments.jobs or os.cpu_count() or 1,
        arguments.chunk_bytes,
        arguments.maximum_rejected,
        arguments.resume,
        is_shown,
        device,
        arguments.summary is not None,
    )
    return list(dict.fromkeys(wrong)) or _Prepared(request, options, inputs, unreadable)


def _clashes(arguments: BatchArguments, format_: OutputFormat, inputs: Sequence[Input]) -> Iterable[Diagnostic]:
    if is_standard(arguments.output) and format_ is OutputFormat.PARQUET:
        yield Diagnostic("U004", "Parquet goes to a file", help="name one with -o")
    if is_standard(arguments.output) and arguments.resume:
        yield Diagnostic("U004", "what goes to standard output cannot be gone on with", help="name a file with -o")
    stream = next((source.name for source in inputs if source.is_stream), None)
    if stream is not None and arguments.resume:
        named = "standard input" if stream == STANDARD_INPUT else f"the pipe `{stream}`"
        help_ = "start over without --resume, or write the input to a file first"
        yield Diagnostic("U004", f"a run that reads {named} cannot be resumed", help=help_)
    if arguments.sample and format_ is not OutputFormat.JSON_LINES:
        yield Diagnostic("U004", "a sample is written as JSON Lines", help="take --format jsonl")
    if arguments.sample and arguments.columns.unknown is Unknown.KEEP:
        help_ = "take --unknown-columns ignore, or leave --sample out"
        yield Diagnostic("U026", "a sample shows no unknown columns", help=help_)


def _field(text: str, rulebook: Rulebook, rows: Rows | None) -> tuple[str, str] | Diagnostic:
    """The field that `--by` names: of the kind that the rows are of, or `kind.field`."""
    kind, _, name = text.rpartition(".")
    kinds = [kind] if kind else [rows.kind] if rows is not None else list(rulebook.kinds)
    known = [f"{one}.{each}" for one in kinds if one in rulebook.kinds for each in rulebook.kinds[one].fields]
    found = [one for one in kinds if one in rulebook.kinds and name in rulebook.kinds[one].fields]
    if len(found) == 1:
        return found[0], name
    if found:
        message = f"`{text}` after --by is a field of several kinds"
        return Diagnostic("F002", message, help="say which: " + ", ".join(f"{one}.{name}" for one in found))
    return Diagnostic("F002", f"unknown field `{text}` after --by", help=did_you_mean(text, known))


def _told(report: BatchReport, arguments: BatchArguments, has_files: bool, allowance: Allowance) -> int:
    for rejected in report.rejected[:_TOLD]:
        tell(rejected.diagnostics[:_TOLD_OF_A_CASE])
        if len(rejected.diagnostics) > _TOLD_OF_A_CASE:
            left = len(rejected.diagnostics) - _TOLD_OF_A_CASE
            remark(f"… and {left:,} more mistakes of this case: -o writes the first {MAXIMUM_MISTAKES} to a file")
    if len(report.rejected) > _TOLD:
        remark(f"… and {len(report.rejected) - _TOLD:,} more rejected cases: -o writes all of them to a file")
    tell(report.diagnostics)
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
