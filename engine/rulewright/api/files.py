"""Files of many cases, evaluated as a batch: streamed, on several processes, and resumable."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field, replace
from datetime import date
from os import PathLike, fspath
from pathlib import Path
from typing import Any

from rulewright.api.arguments import at_least_one, refuse, word_of
from rulewright.api.options import in_python
from rulewright.batch.accounts import counted
from rulewright.batch.clashes import Output, find_clashes
from rulewright.batch.columns import Columns, Unknown, read_renamed
from rulewright.batch.csv_form import read_delimiter, read_encoding
from rulewright.batch.inputs import InputFormat
from rulewright.batch.options import Detail, OutputFormat
from rulewright.batch.output_paths import Paths
from rulewright.batch.preparation import Asked, prepare
from rulewright.batch.report import BatchReport
from rulewright.batch.rows import Rows
from rulewright.batch.run import run_batch
from rulewright.batch.storage import WriteError
from rulewright.batch.summary import summary_json
from rulewright.clock import fixed_time, now
from rulewright.diagnostics import Diagnostic
from rulewright.errors import ArgumentError, InputError, OutputError, RulebookError
from rulewright.model.outcomes import Verdict
from rulewright.model.run import Run
from rulewright.version import __version__

#: The formats of an output by the ending of its name.
_ENDINGS = {
    ".jsonl": OutputFormat.JSON_LINES,
    ".ndjson": OutputFormat.JSON_LINES,
    ".csv": OutputFormat.CSV,
    ".parquet": OutputFormat.PARQUET,
}
#: The mistakes of an output, not of the inputs: it cannot be written, or not be resumed, or a process was ended.
_OF_OUTPUTS = ("U005", "U008", "U009")


@dataclass(frozen=True, slots=True)
class Summary:
    """What came of a batch, returned by `Rulebook.check_files`.

    `cases` is the number of evaluated cases, `verdicts` that of each verdict. Every row that was read is evaluated,
    rejected or skipped: `rows_read` is the sum of `rows_evaluated`, `rows_rejected` and the values of `rows_skipped`,
    which are by reason. `rejected` is the number of rejected cases and unreadable inputs; `rejected_file` has them with
    the reasons, a line of JSON each, and is none if there are none. `notices` say what a reader should know.
    """

    output: Path
    cases: int
    verdicts: Mapping[Verdict, int]
    rejected: int
    rejected_file: Path | None
    rows_read: int
    rows_evaluated: int
    rows_rejected: int
    rows_skipped: Mapping[str, int]
    seconds: float
    notices: tuple[str, ...]
    _report: BatchReport = field(repr=False, compare=False)

    def to_dict(self) -> dict[str, Any]:
        """Return the summary as data, as `rulewright check --summary` writes it."""
        written: dict[str, Any] = json.loads(summary_json(self._report))
        return written


def check_files(
    rulebook: str,
    edition: date | None,
    as_of: date | None,
    engine: str,
    files: str | PathLike[str] | Iterable[str | PathLike[str]],
    output: str | PathLike[str],
    *,
    format: str | None,
    detail: str | None,
    kind: str | None,
    ref: str,
    case: str,
    input: str | None,
    unknown_columns: str,
    columns: Mapping[str, str] | None,
    keep: Iterable[str],
    delimiter: str | None,
    encoding: str | None,
    by: Iterable[str],
    view: str | None,
    jobs: int,
    resume: bool,
    max_rejected: int | None,
) -> Summary:
    """Evaluate files as `Rulebook.check_files` says."""
    target = Path(fspath(output))
    named = [files] if isinstance(files, str | PathLike) else files
    asked = Asked(
        [fspath(one) for one in named],
        rulebook,
        edition,
        as_of,
        _format_of(target) if format is None else word_of(format, OutputFormat, "format"),
        None if detail is None else word_of(detail, Detail, "detail"),
        str(target),
        engine,
        None if input is None else word_of(input, InputFormat, "input"),
        None if kind is None else Rows(kind, ref, case),
        at_least_one(jobs, "jobs"),
        list(by),
        0,
        view,
        resume,
        max_rejected,
        columns=columns_of(unknown_columns, columns or {}, keep, delimiter, encoding),
    )
    clashes = find_clashes(
        [Output("--output", asked.output, is_batch=True)], asked.facts, rulebook=rulebook, are_facts=True
    )
    if clashes:
        raise ArgumentError(in_python(clashes))
    report = run(asked)
    has_rejected = report.tally.rejected > 0
    return Summary(
        target,
        report.tally.cases,
        {verdict: report.tally.verdicts[verdict.value] for verdict in Verdict},
        report.tally.rejected,
        Paths(Path(os.path.realpath(target))).rejected if has_rejected else None,
        report.tally.read,
        report.tally.evaluated_rows,
        report.tally.rejected_rows,
        {reason: number for reason, number in report.tally.skipped.items() if number},
        report.seconds,
        tuple(report.notices),
        report,
    )


def run(asked: Asked) -> BatchReport:
    """Run a batch to its end; any of the exceptions of the library tells why it did not get there."""
    fixed = fixed_time()
    if isinstance(fixed, Diagnostic):
        raise ArgumentError([fixed])
    started = fixed or now()
    can_resume = False
    try:
        preparation = prepare(asked)
        prepared = preparation.prepared
        if prepared is None:
            wrong = in_python(preparation.mistakes)
            raise (RulebookError if all(one.code[0] in "RSW" for one in wrong) else ArgumentError)(wrong)
        can_resume = prepared.can_resume
        report = run_batch(prepared.inputs, prepared.options, prepared.request, prepared.unreadable)
        can_resume = prepared.can_resume
    except RulebookError as error:
        raise RulebookError(in_python(error.diagnostics)) from None
    except BrokenProcessPool:
        help_ = (
            "take fewer `jobs`, which need less memory, and call this from a module that can be imported: "
            'with `if __name__ == "__main__":` around the call in a script'
        )
        raise OutputError([Diagnostic("U009", "a process of the batch was ended from outside", help=help_)]) from None
    except WriteError as error:
        raise OutputError(in_python([error.diagnostic(can_resume=can_resume)])) from None
    if not report.is_whole or (report.diagnostics and not report.tally.cases and not report.tally.rejected):
        wrong = in_python(report.diagnostics)
        raise (OutputError if any(one.code in _OF_OUTPUTS for one in wrong) else InputError)(wrong)
    ended = fixed or now()
    return replace(
        report, run=Run(started, ended, __version__, inputs=tuple(report.inputs), counts=counted(report.tally))
    )


def columns_of(
    unknown: str,
    renamed: Mapping[str, str],
    kept: Iterable[str] = (),
    delimiter: str | None = None,
    encoding: str | None = None,
) -> Columns:
    """Return what the arguments ask of columns; an ArgumentError has the mistakes in them."""
    pairs, wrong = read_renamed([f"{old}={new}" for old, new in renamed.items()])
    separator, coding = read_delimiter(delimiter), read_encoding(encoding)
    wrong += [one for one in (separator, coding) if isinstance(one, Diagnostic)]
    if wrong or isinstance(separator, Diagnostic) or isinstance(coding, Diagnostic):
        raise ArgumentError(in_python(wrong))
    is_kept = [kept] if isinstance(kept, str) else kept
    return Columns(
        word_of(unknown, Unknown, "unknown_columns"), pairs, tuple(dict.fromkeys(is_kept)), separator, coding
    )


def _format_of(output: Path) -> OutputFormat:
    found = _ENDINGS.get(output.suffix.lower())
    if found is None:
        endings = ", ".join(_ENDINGS)
        refuse("U004", f"the ending of `{output.name}` names no format", f"give the `format`, or one of {endings}")
    return found
