"""Cases as they are read, before a rulebook gives their facts types."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from os import PathLike, fspath
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from typing import TypeAlias

from rulewright.batch.chunks import DamagedInputError, Position, read_chunks
from rulewright.batch.exact import read_cases as read_cases_of_chunk
from rulewright.batch.inputs import Input, InputFormat, find_inputs
from rulewright.batch.spool import Spool
from rulewright.batch.storage import PREFIX
from rulewright.batch.unpacking import Opener
from rulewright.diagnostics import Diagnostic, Span, has_errors
from rulewright.errors import InputError
from rulewright.read.documents import CaseDocument, empty_file, told_apart

#: Files are read in memory: none that holds single cases is larger than a few megabytes.
_HELD_BYTES = 1 << 40


@dataclass(frozen=True, slots=True)
class Case:
    """A case that was read from a file, with the place of every value, to be evaluated by any rulebook.

    `name` is the name of the case, or of its file if it has none. `as_of` is the date that the case states, `rulebook`
    the name of the rulebook that it states; both are none where it does not. `warnings` says what to know of the
    reading. `Rulebook.check` takes a case, and so does `Rulebook.check_many` for many.
    """

    name: str
    as_of: date | None
    rulebook: str | None
    warnings: tuple[Diagnostic, ...] = ()
    _document: CaseDocument | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class RejectedCase:
    """A case that was not evaluated: its place among the cases, counted from 1, its name, and what is wrong with it.

    `name` is none where even that cannot be read.
    """

    number: int
    name: str | None
    diagnostics: tuple[Diagnostic, ...]


#: What is called with each case that is rejected.
OnRejected: TypeAlias = Callable[[RejectedCase], object]


def case_of(document: CaseDocument, warnings: tuple[Diagnostic, ...] = ()) -> Case:
    """Return the case of a document."""
    return Case(document.name, document.as_of, document.rulebook, warnings, document)


def document_of(case: Case) -> CaseDocument:
    """Return the document of a case."""
    if case._document is None:
        help_ = "take a case of `read_cases` or of an importer, or give the facts as a dict"
        raise InputError([Diagnostic("F011", "the case states no facts", help=help_)])
    return case._document


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


#: The name of a case that cannot be read, and why.
_Wrong: TypeAlias = "tuple[str | None, tuple[Diagnostic, ...]]"


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
    good, wrong = told_apart(documents)
    named_once, of_others = set(map(id, good)), iter(wrong)
    for one in found:
        if isinstance(one, CaseDocument) and id(one) not in named_once:
            yield one.name, (next(of_others),)
        else:
            yield one
