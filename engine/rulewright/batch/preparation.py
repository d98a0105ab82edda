"""The preparation of a batch: its request, checked against the rulebook and the inputs."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from rulewright.batch.columns import AS_THEY_ARE, Columns, Unknown
from rulewright.batch.fitting import columns_for, is_of_rows, rows_for
from rulewright.batch.inputs import Input, InputFormat, find_inputs, is_utf_8
from rulewright.batch.options import Detail, Options, OutputFormat, Request
from rulewright.batch.output_paths import Paths
from rulewright.batch.programs import Programs
from rulewright.batch.rows import Rows
from rulewright.catalogue import Catalogue, find_rulebook
from rulewright.diagnostics import Diagnostic, did_you_mean, has_errors
from rulewright.errors import RulebookError
from rulewright.model.rulebook import Rulebook
from rulewright.read.documents import STANDARD_INPUT


@dataclass(frozen=True, slots=True)
class Asked:
    """The request for a batch; without `output`, standard output; without `detail`, the default of the format."""

    facts: Sequence[str]
    rulebook: str
    edition: date | None
    as_of: date | None
    format: OutputFormat
    detail: Detail | None
    output: str | None
    engine: str
    input: InputFormat | None = None
    rows: Rows | None = None
    jobs: int = 1
    by: Sequence[str] = ()
    sample: int = 0
    view: str | None = None
    resume: bool = False
    maximum_rejected: int | None = None
    has_progress: bool = False
    chunk_bytes: int | None = None
    columns: Columns = AS_THEY_ARE
    is_hashed: bool = False


@dataclass(frozen=True, slots=True)
class Prepared:
    """A batch that can be run; `unreadable` has the diagnostics of unreadable inputs."""

    request: Request
    options: Options
    inputs: list[Input]
    unreadable: list[Diagnostic]

    @property
    def can_resume(self) -> bool:
        """Return True if an earlier run of the same command left a journal to resume from."""
        output = self.request.output
        if output is None or any(source.is_stream for source in self.inputs):
            return False
        try:
            return Paths(output).journal.stat().st_size > 0
        except OSError:
            return False


@dataclass(frozen=True, slots=True)
class Preparation:
    """The result of a preparation: a batch, or the mistakes in the request; and warnings about the inputs."""

    prepared: Prepared | None
    mistakes: list[Diagnostic] = field(default_factory=list)
    warnings: list[Diagnostic] = field(default_factory=list)


def prepare(asked: Asked) -> Preparation:
    """Prepare a batch, or report why it cannot be run."""
    inputs, found = find_inputs(asked.facts, asked.input)
    unreadable = [one for one in found if has_errors([one])]
    warnings = [one for one in found if not has_errors([one])]
    wrong = list(_clashes(asked, inputs))
    if wrong:
        return Preparation(None, wrong, warnings)
    editions = find_rulebook(asked.rulebook)
    if isinstance(editions, Diagnostic):
        return Preparation(None, [editions], warnings)
    try:
        prepared, wrong = _examined(asked, inputs, unreadable, Catalogue(editions))
    except RulebookError as error:
        return Preparation(None, list(error.diagnostics), warnings)
    return Preparation(None if wrong else prepared, wrong, warnings)


def _examined(
    asked: Asked, inputs: list[Input], unreadable: list[Diagnostic], catalogue: Catalogue
) -> tuple[Prepared, list[Diagnostic]]:
    default = Detail.FULL if asked.format is OutputFormat.JSON_LINES else Detail.VERDICT
    today = asked.as_of or catalogue.today(asked.edition)
    options = Options(
        asked.rulebook,
        asked.edition,
        asked.as_of,
        today,
        asked.engine,
        asked.format,
        asked.detail or default,
        asked.rows,
    )
    rulebook = Programs(options, catalogue).default.program.rulebook
    wrong = []
    if asked.view is not None and asked.view not in rulebook.views:
        help_ = did_you_mean(asked.view, rulebook.views) or "this edition has no views"
        wrong.append(Diagnostic("U006", f"there is no view `{asked.view}`", help=help_))
    rows = asked.rows
    for source in inputs:
        rows, mistake = rows_for(source, rows, rulebook)
        wrong += [] if mistake is None else [mistake]
    if rows is not None and not all(is_of_rows(source) or asked.rows is not None for source in inputs):
        help_ = "check them apart, or say with --kind what each row is"
        wrong.append(Diagnostic("U006", "tables and files of cases do not go together", help=help_))
    by = [_field(one, rulebook, rows) for one in asked.by]
    wrong += [one for one in by if isinstance(one, Diagnostic)]
    fields = tuple(one for one in by if not isinstance(one, Diagnostic))
    options = replace(options, rows=rows, by=fields, sample=asked.sample, view=asked.view, columns=asked.columns)
    wrong += columns_for(asked.columns, inputs, rows)
    output = None if asked.output is None else Path(os.path.realpath(asked.output))
    device = output if output is not None and output.exists() and not output.is_file() else None
    if device is not None and device.is_dir():
        wrong.append(Diagnostic("U005", f"`{asked.output}` cannot be written: is a directory", help="name a file"))
    elif device is not None and (asked.format is OutputFormat.PARQUET or asked.resume):
        wrong.append(Diagnostic("U004", f"`{asked.output}` is no file", help="name a file with -o"))
    elif asked.format is OutputFormat.PARQUET and not is_utf_8(str(output)):
        help_ = "choose another name or folder"
        wrong.append(Diagnostic("U005", f"`{output}` cannot be written as Parquet: its name is not UTF-8", help=help_))
    request = Request(
        None if device is not None else output,
        asked.jobs,
        asked.chunk_bytes,
        asked.maximum_rejected,
        asked.resume,
        asked.has_progress,
        device,
        asked.is_hashed,
    )
    return Prepared(request, options, inputs, unreadable), list(dict.fromkeys(wrong))


def _clashes(asked: Asked, inputs: Sequence[Input]) -> Iterable[Diagnostic]:
    if asked.output is None and asked.format is OutputFormat.PARQUET:
        yield Diagnostic("U004", "Parquet goes to a file", help="name one with -o")
    if asked.output is None and asked.resume:
        yield Diagnostic("U004", "a run that writes to standard output cannot be resumed", help="name a file with -o")
    stream = next((source.name for source in inputs if source.is_stream), None)
    if stream is not None and asked.resume:
        named = "standard input" if stream == STANDARD_INPUT else f"the pipe `{stream}`"
        help_ = "start over without --resume, or write the input to a file first"
        yield Diagnostic("U004", f"a run that reads {named} cannot be resumed", help=help_)
    if asked.sample and asked.format is not OutputFormat.JSON_LINES:
        yield Diagnostic("U004", "a sample is written as JSON Lines", help="take --format jsonl")
    if asked.sample and asked.columns.unknown is Unknown.KEEP:
        help_ = "take --unknown-columns ignore, or leave --sample out"
        yield Diagnostic("U026", "a sample shows no unknown columns", help=help_)


def _field(text: str, rulebook: Rulebook, rows: Rows | None) -> tuple[str, str] | Diagnostic:
    """Return the field in `--by`, as `kind.field` or as a field of the rows' kind."""
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
