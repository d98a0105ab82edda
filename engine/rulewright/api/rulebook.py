"""A loaded rulebook: what evaluates cases, one at a time or many."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from os import PathLike, fspath
from threading import Lock
from typing import TYPE_CHECKING, Any

from rulewright.api.arguments import date_of, refuse
from rulewright.api.cases import Case, OnRejected, RejectedCase, document_of
from rulewright.api.evaluation import Evaluation
from rulewright.api.result import Basis, Result
from rulewright.catalogue import Catalogue, Chosen, find_rulebook
from rulewright.clock import now
from rulewright.diagnostics import Diagnostic, has_errors, in_source_order
from rulewright.engines import DURABLE, FORMER_NAMES, PLAIN, Judge
from rulewright.errors import InputError, RulebookError
from rulewright.model.facts import Case as TypedCase
from rulewright.read.cases import read_case
from rulewright.read.documents import CaseDocument
from rulewright.read.objects import read_object

if TYPE_CHECKING:
    from rulewright.api.files import Summary
    from rulewright.api.tables import ArrowTable, CheckedTable

# ruff: noqa: PLC0415  batches load DuckDB, and files of cases what reads them

#: The name of a case of Python values that has none of its own.
_NAME = "case"
#: Diagnostics that only follow from a value that was refused: a fact without its ref, a case without its facts.
_FOLLOWING = ("F007", "F011")


class Evaluations:
    """The editions of a rulebook that have been used, each once."""

    def __init__(self, catalogue: Catalogue, edition: date | None, engine: str) -> None:
        self.catalogue = catalogue
        self.edition = edition
        self.engine = engine
        self._lock = Lock()
        self._by_digest: dict[str, Evaluation] = {}

    def on(self, day: date) -> tuple[Evaluation, Chosen]:
        """Return the edition that is in force on a date; a RulebookError has its mistakes."""
        chosen, diagnostics = self.catalogue.choose(day, self.edition)
        if chosen is None:
            raise RulebookError(one for one in diagnostics if has_errors([one]))
        found = self._by_digest.get(chosen.program.digest)
        if found is None:
            with self._lock:
                found = self._by_digest.get(chosen.program.digest) or Evaluation(self.catalogue, chosen, self.engine)
                self._by_digest[chosen.program.digest] = found
        return found, chosen

    def today(self) -> date:
        """Return today's date where the rulebook is in force."""
        return self.catalogue.find_today(self.edition)


@dataclass(frozen=True, eq=False)
class Rulebook:
    """A rulebook, loaded by `load`, with which cases are evaluated. It does not change, and threads can share it.

    `name`, `title`, `edition` and `digest` are those of the edition in force on `as_of`, or today. `as_of` is the date
    on which every case is evaluated; without it, each case is evaluated on its own date, or today, by the edition that
    is in force then.
    """

    name: str
    title: str
    edition: date
    digest: str
    as_of: date | None
    _named: str = field(repr=False)
    _evaluations: Evaluations = field(repr=False)

    def check(
        self, case: Mapping[str, Any] | Case | Sequence[Case] | str | PathLike[str], *, as_of: str | date | None = None
    ) -> Result:
        """Return the result of one case.

        `case` is a dict in the form of a case file, a `Case`, the list that `read_cases` returns for a file with one
        case, or the path of such a file. In a dict, a value is of its Python type: str, bool, int, float, Decimal or
        date; None says nothing. A float is the number in its shortest form, so 0.1 is one tenth. `as_of` is the date
        on which the case is evaluated, before that of the rulebook and of the case.

        Raises InputError for facts that are invalid or contradict each other: its `diagnostics` name the file, line
        and column, or the path in the dict, such as `employee[0].contract`. Raises RulebookError if the edition that is
        in force on the date of the case has errors, and ArgumentError if `as_of` is no date.
        """
        started = now()
        return self._checked(_one(case), date_of(as_of, "as_of") or self.as_of, None, started)

    def check_many(
        self,
        cases: Iterable[Mapping[str, Any] | Case],
        *,
        as_of: str | date | None = None,
        on_rejected: OnRejected | None = None,
    ) -> Iterator[Result]:
        """Return the results of many cases, one after the other, each evaluated when its result is asked for.

        `cases` are what `check` takes, one by one; they may come from a generator, and none is kept. A dict without
        the key `case` is named by its number, as in `case-3`. `on_rejected` is called with each case that is rejected,
        and the others go on; without it, InputError is raised at the first. Cases without a date are evaluated on the
        date of the call.
        """
        if isinstance(cases, str | Mapping | PathLike):
            refuse("U004", "`cases` is one case, not several", "use `check`, or `read_cases` for the cases of a file")
        on = date_of(as_of, "as_of") or self.as_of
        return self._checked_many(cases, on, self._evaluations.today(), on_rejected)

    def check_table(
        self,
        table: ArrowTable,
        kind: str,
        *,
        detail: str = "verdict",
        ref: str = "ref",
        case: str = "case",
        unknown_columns: str = "reject",
        columns: Mapping[str, str] | None = None,
        jobs: int = 1,
    ) -> CheckedTable:
        """Return the results of the rows of a table, each a fact of one kind, as an Arrow table.

        `table` is anything with `__arrow_c_stream__`, such as a DataFrame of Polars or pandas, or a table of PyArrow or
        DuckDB. `ref` and `case` are the columns with the ref of the fact and with the name of its case; rows with
        one name, next to each other, are one case, and without the column each row is one. `detail` is `verdict` (a row
        for each case), `findings` (a row for each rule and subject) or `full` (with the messages). `unknown_columns` is
        `reject`, `ignore` or `keep`; `columns` renames columns, as in `{"old": "new"}`; `jobs` is the number of
        processes.

        A row that is invalid is among the `rejected` of the result. Raises InputError if the columns do not fit the
        kind, ArgumentError for an argument without meaning, and RulebookError.
        """
        from rulewright.api.tables import check_table

        return check_table(
            *self._asked(),
            table,
            kind,
            detail=detail,
            ref=ref,
            case=case,
            unknown_columns=unknown_columns,
            columns=columns,
            jobs=jobs,
        )

    def check_files(
        self,
        files: str | PathLike[str] | Iterable[str | PathLike[str]],
        output: str | PathLike[str],
        *,
        format: str | None = None,
        detail: str | None = None,
        kind: str | None = None,
        ref: str = "ref",
        case: str = "case",
        input: str | None = None,
        unknown_columns: str = "reject",
        columns: Mapping[str, str] | None = None,
        keep: Iterable[str] = (),
        delimiter: str | None = None,
        encoding: str | None = None,
        by: Iterable[str] = (),
        view: str | None = None,
        jobs: int = 1,
        resume: bool = False,
        max_rejected: int | None = None,
    ) -> Summary:
        """Evaluate the cases of files, write a record of each, and return the counts.

        `files` are names of files and folders, and globs such as `facts/*.jsonl.gz`. They are read as a stream, in
        bounded memory. `output` is the file of the records, which appears whole or not at all; its ending says the
        `format`: `jsonl`, `csv` or `parquet`. `detail` is `verdict`, `findings` or `full`. Rejected cases are written
        beside the output, into `<output>.rejected.jsonl`.

        In CSV and Parquet files, and wherever `kind` is given, each row is a fact of that kind; `ref` and `case` are
        the columns with its ref and the name of its case. `input` is the format of the files, where their endings do
        not say it. `unknown_columns`, `columns`, `keep`, `delimiter`, `encoding`, `by`, `view` and `max_rejected` are
        those of `rulewright check`.

        `jobs` is the number of processes; more than one are started anew if the program has threads, and a script then
        needs `if __name__ == "__main__":` around the call. With `resume`, the run continues where an earlier one with
        the same arguments was stopped.

        Raises InputError if no case was evaluated or more than `max_rejected` were rejected, OutputError if the output
        cannot be written or not be resumed, ArgumentError for an argument without meaning, and RulebookError.
        """
        from rulewright.api.files import check_files

        return check_files(
            *self._asked(),
            files,
            output,
            format=format,
            detail=detail,
            kind=kind,
            ref=ref,
            case=case,
            input=input,
            unknown_columns=unknown_columns,
            columns=columns,
            keep=keep,
            delimiter=delimiter,
            encoding=encoding,
            by=by,
            view=view,
            jobs=jobs,
            resume=resume,
            max_rejected=max_rejected,
        )

    def _asked(self) -> tuple[str, date | None, date | None, str]:
        """Return the name, edition, date and engine that a batch is given."""
        return self._named, self._evaluations.edition, self.as_of, self._evaluations.engine

    def _checked_many(
        self, cases: Iterable[Mapping[str, Any] | Case], on: date | None, today: date, on_rejected: OnRejected | None
    ) -> Iterator[Result]:
        for number, case in enumerate(cases, start=1):
            name = case.name if isinstance(case, Case) else None
            try:
                read = _read(case, f"{_NAME}-{number}")
                name = name if read[0] is None else read[0].name
                result = self._checked(read, on, today, now())
            except InputError as error:
                if on_rejected is None:
                    raise
                on_rejected(RejectedCase(number, name, error.diagnostics))
            else:
                yield result

    def _checked(
        self,
        read: tuple[CaseDocument | None, list[Diagnostic]],
        on: date | None,
        today: date | None,
        started: datetime,
    ) -> Result:
        document, refused = read
        if document is None:
            raise InputError(refused)
        day = on or document.as_of or today or self._evaluations.today()
        evaluation, chosen = self._evaluations.on(day)
        case = _typed(document, refused, evaluation, day)
        result = evaluation.result(case)
        if result.verdict is None:
            raise InputError(result.errors)
        return Result(case.name, result.verdict, day, Basis(evaluation, chosen, case, result, started))


def _one(
    case: Mapping[str, Any] | Case | Sequence[Case] | str | PathLike[str],
) -> tuple[CaseDocument | None, list[Diagnostic]]:
    """Return the document of the one case that is given."""
    if isinstance(case, str | PathLike):
        from rulewright.api.reading import read_cases

        case = read_cases(case)
    if isinstance(case, list | tuple):
        if len(case) != 1:
            message = f"{len(case):,} cases stand where one is expected"
            raise InputError([Diagnostic("F008", message, help="evaluate them with `check_many`")])
        (case,) = case
    return _read(case, _NAME)


def _read(case: object, default: str) -> tuple[CaseDocument | None, list[Diagnostic]]:
    """Return the document of a case, and the values in it that were refused."""
    return (document_of(case), []) if isinstance(case, Case) else read_object(case, default)


def _typed(document: CaseDocument, refused: list[Diagnostic], evaluation: Evaluation, day: date) -> TypedCase:
    """Return a case with the types of a rulebook; an InputError has everything that is wrong with it."""
    case, wrong = read_case(document, evaluation.program.rulebook, day)
    if refused:
        wrong = [*refused, *(one for one in wrong if one.code not in _FOLLOWING)]
    if case is None or wrong:
        raise InputError(in_source_order(wrong))
    return case


def load(
    name_or_path: str | PathLike[str],
    edition: str | date | None = None,
    as_of: str | date | None = None,
    *,
    engine: str = DURABLE,
) -> Rulebook:
    """Return a rulebook, ready to evaluate cases.

    `name_or_path` is the name of a rulebook that comes with the program, the folder of a rulebook's editions, or the
    file of one edition. `edition` is the date of the edition that evaluates every case; without it, each case is
    evaluated by the newest complete edition in force on its date. `as_of` is the date on which every case is evaluated,
    whatever date the case states. `engine` is `durable`, or `plain`, which needs no durable-rules.

    Raises RulebookError, with every diagnostic, for a rulebook that is not there or has errors; ArgumentError for a
    date that is none or an unknown engine.
    """
    on, wanted = date_of(as_of, "as_of"), date_of(edition, "edition")
    engine = FORMER_NAMES.get(engine, engine)
    if engine not in (DURABLE, PLAIN):
        refuse("U004", f"`engine` is {engine!r}", f"take `{DURABLE}` or `{PLAIN}`")
    named = fspath(name_or_path)
    found = find_rulebook(named)
    wrong = [one for one in (found, Judge.unavailable(engine)) if isinstance(one, Diagnostic)]
    if wrong or isinstance(found, Diagnostic):
        raise RulebookError(wrong)
    evaluations = Evaluations(Catalogue(found), wanted, engine)
    evaluation, _ = evaluations.on(on or evaluations.today())
    rulebook = evaluation.program.rulebook
    return Rulebook(rulebook.name, rulebook.title, rulebook.edition, evaluation.program.digest, on, named, evaluations)
