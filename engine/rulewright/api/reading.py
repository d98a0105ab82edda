"""Files of single cases, read as they are."""

from __future__ import annotations

from collections.abc import Iterator
from os import PathLike, fspath
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from typing import TypeAlias

from rulewright.api.cases import Case, OnRejected, RejectedCase, case_of
from rulewright.batch.chunks import DamagedInputError, Position, read_chunks
from rulewright.batch.exact import read_cases as read_cases_of_chunk
from rulewright.batch.inputs import Input, InputFormat, find_inputs
from rulewright.batch.spool import Spool
from rulewright.batch.storage import PREFIX
from rulewright.batch.unpacking import Opener
from rulewright.diagnostics import Diagnostic, Span, has_errors
from rulewright.errors import InputError
from rulewright.read.documents import CaseDocument, empty_file, unique_cases

#: Files are read in memory: none that holds single cases is larger than a few megabytes.
_HELD_BYTES = 1 << 40

#: The name of a case that cannot be read, and why.
_Wrong: TypeAlias = "tuple[str | None, tuple[Diagnostic, ...]]"


def read_cases(path: str | PathLike[str], *, on_rejected: OnRejected | None = None) -> list[Case]:
    """Return the cases of a file: YAML, JSON or JSON Lines, packed (`.gz`, `.zst`) or not, in their order.

    A document, or a line of JSON Lines, is a case. Each mistake has its line and column. With `on_rejected`, it is
    called with each case that cannot be read, and the others are returned; without it, InputError is raised with the
    diagnostics of all. It is raised also for a file that cannot be read or holds no case, and for CSV and Parquet
    files, whose rows are facts: `Rulebook.check_files` evaluates these.
    """
    inputs, wrong = find_inputs([fspath(path)], None)
    if wrong and has_errors(wrong):
        raise InputError(wrong)
    cases: list[Case] = []
    rejected: list[RejectedCase] = []
    documents = [one for source in inputs for one in _documents(source)]
    for number, found in enumerate(_with_names(documents), start=1):
        if isinstance(found, CaseDocument):
            cases.append(case_of(found))
        else:
            rejected.append(RejectedCase(number, *found))
    if rejected and on_rejected is None:
        raise InputError(one for each in rejected for one in each.diagnostics)
    for one in rejected if on_rejected is not None else ():
        on_rejected(one)  # type: ignore[misc]  # it is not none here
    if not cases and not rejected:
        raise InputError([empty_file(fspath(path))])
    return cases


def _documents(source: Input) -> Iterator[CaseDocument | _Wrong]:
    if source.format in (InputFormat.CSV, InputFormat.PARQUET):
        help_ = "evaluate it with `Rulebook.check_files`"
        message = f"`{source.name}` holds rows of facts, not cases"
        raise InputError([Diagnostic("U006", message, Span(source.name), help_)])
    with TemporaryDirectory(prefix=PREFIX, dir=gettempdir(), ignore_cleanup_errors=True) as folder:
        spool = Spool(Path(folder))
        try:
            for chunk in read_chunks(source, Position(), Opener()):
                for found in read_cases_of_chunk(spool.put(chunk, (), held_bytes=_HELD_BYTES), None, None):
                    if found.document is None and found.diagnostics:
                        yield found.name, found.diagnostics
                    elif found.document is not None:
                        yield (found.document.name, found.diagnostics) if found.diagnostics else found.document
        except DamagedInputError as error:
            yield None, (error.diagnostic,)


def _with_names(found: list[CaseDocument | _Wrong]) -> Iterator[CaseDocument | _Wrong]:
    """Yield the documents; those with the name of an earlier one are mistakes."""
    documents = [one for one in found if isinstance(one, CaseDocument)]
    good, wrong = unique_cases(documents)
    named_once, of_others = set(map(id, good)), iter(wrong)
    for one in found:
        if isinstance(one, CaseDocument) and id(one) not in named_once:
            yield one.name, (next(of_others),)
        else:
            yield one
