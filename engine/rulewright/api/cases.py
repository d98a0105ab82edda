"""Cases as they are read, before a rulebook gives their facts types."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import TypeAlias

from rulewright.diagnostics import Diagnostic
from rulewright.errors import InputError
from rulewright.read.documents import CaseDocument


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
