"""A worker: judges one chunk after the other, in columns where it can and case by case where it has to."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from hashlib import blake2b
from pathlib import Path
from typing import TypeVar

import duckdb

from rulewright.batch.chunks import DamagedInputError
from rulewright.batch.columnar import EXACT_RECORDS, Columnar
from rulewright.batch.exact import Found, read_cases
from rulewright.batch.inputs import InputFormat
from rulewright.batch.loading import Loader
from rulewright.batch.options import Detail, Options, OutputFormat
from rulewright.batch.programs import Programs, SharedProgram
from rulewright.batch.record_queries import RecordQueries
from rulewright.batch.records import (
    Row,
    Shape,
    explained_rows,
    records_of,
    shape_of,
    shape_of_view,
    view_row,
)
from rulewright.batch.rejected import Rejected, in_order
from rulewright.batch.scanning import Scanned, Scanner
from rulewright.batch.spool import Spooled, reading
from rulewright.batch.tally import Tally
from rulewright.batch.writing import copy_statement
from rulewright.diagnostics import has_errors
from rulewright.engines import DURABLE, Judge
from rulewright.evaluate.letters import Letters
from rulewright.model.contradictions import plain
from rulewright.model.facts import Case
from rulewright.model.outcomes import CaseResult, Outcome, SubjectResult
from rulewright.model.rulebook import Rulebook, View
from rulewright.model.values import Absent, Value, canonical
from rulewright.observe import sql
from rulewright.read.cases import read_case
from rulewright.render.json_lines import JsonLines

#: So many combinations of situations are kept for the next chunks.
_MAXIMUM_COMBINATIONS = 200_000
#: The formats that are judged in columns.
_COLUMNS = (InputFormat.JSON_LINES, InputFormat.CSV, InputFormat.PARQUET)


_K = TypeVar("_K")
_V = TypeVar("_V")


@dataclass(slots=True)
class Judged:
    """What came of a chunk: the file with its records, what was rejected, what was counted.

    `samples` are the cases that may go into a sample, each with the situations of its subjects; `situations` are those
    that the worker met for the first time, each as a number.
    """

    chunk: Spooled
    piece: Path
    rejected: list[Rejected] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)
    samples: dict[int, list[str]] = field(default_factory=dict)
    situations: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Columns:
    """What judges in columns by one program: what fills its tables, observes, and asks for records."""

    columnar: Columnar
    loader: Loader
    queries: RecordQueries


class Worker:
    """Judges chunks; the files of its pieces are in a folder, and are for the caller to take away."""

    def __init__(self, options: Options, programs: Programs, folder: Path) -> None:
        self.options = options
        self.programs = programs
        self.folder = Path(tempfile.mkdtemp(dir=folder))
        self._columns: dict[str, Columns] = {}
        self._judges: dict[str, Judge] = {}
        self._lines = JsonLines()
        self._pieces = 0
        self._scanner = Scanner(self.folder)
        self.is_columnar = not self.is_exact(options)

    @staticmethod
    def is_exact(options: Options) -> bool:
        """Whether every case is judged by itself."""
        return options.engine != DURABLE or options.detail is Detail.FULL

    def get_ready(self) -> None:
        """Make what the first chunk will need."""
        if self.is_columnar:
            self.columns(self.programs.default)

    def judge(self, chunk: Spooled) -> Judged:
        """Judge a chunk."""
        self._pieces += 1
        ending = "parquet" if self.options.format is OutputFormat.PARQUET else "txt"
        judged = Judged(chunk, self.folder / f"piece-{self._pieces}.{ending}")
        damage = chunk.damage
        if damage is None:
            try:
                self._judge(chunk, judged)
            except DamagedInputError as error:  # it was read before, and cannot be any more
                damage = error.diagnostic
        if damage is not None:
            line = 1 if damage.span is None else damage.span.line
            judged.rejected.append(Rejected(1, line, None, (damage,)))
            self._write_exact(judged, {})
        judged.rejected = in_order(judged.rejected)
        for one in judged.rejected:
            judged.tally.add(one.tally())
        return judged

    def _judge(self, chunk: Spooled, judged: Judged) -> None:
        if self.is_columnar and chunk.input.format in _COLUMNS:
            with reading(chunk):
                scanned = self._scanner.scan(chunk)
            _InColumns(self, judged, scanned).run()
        else:
            with reading(chunk):
                found = list(self._found(chunk, None))
            self._write_exact(judged, self._judge_found(found, judged, self.programs.default))

    def explain(self, chunk: Spooled, numbers: Iterable[int]) -> list[str]:
        """Some cases of a chunk, explained in full, a line each."""
        wanted = set(numbers)
        found = [one for one in self._found(chunk, None) if one.number in wanted]
        lines = []
        for shared, cases in self._by_program(found, Judged(chunk, self.folder), {}).values():
            judge = self._judge_by(shared)
            for (number, case), result in zip(cases, judge.judge([case for _, case in cases]), strict=True):
                if result.verdict is not None:
                    lines.append(
                        (number, self._lines.write([judge.explain(case, result, self.programs.notices_on(case.as_of))]))
                    )
        return [line for _, line in sorted(lines)]

    # --- case by case ---

    def _found(self, chunk: Spooled, wanted: Mapping[int, tuple[int, int]] | None) -> Iterable[Found]:
        rows = self.options.rows if chunk.input.format in _COLUMNS else None
        kinds = self.programs.default.program.rulebook.kinds
        kind = None if rows is None else kinds[rows.kind]
        return read_cases(chunk, rows, kind, wanted)

    def _judge_found(self, found: Iterable[Found], judged: Judged, default: SharedProgram) -> dict[int, list[Row]]:
        """The records of cases that are read value by value, by the number of the case."""
        del default
        lines: dict[int, int] = {}
        records: dict[int, list[Row]] = {}
        for shared, cases in self._by_program(found, judged, lines).values():
            judge = self._judge_by(shared)
            results = judge.judge([case for _, case in cases])
            for (number, case), result in zip(cases, results, strict=True):
                if result.verdict is None:
                    judged.rejected.append(Rejected(number, lines[number], case.name, result.errors))
                    continue
                judged.tally.count_program(shared.program, self.programs.notices_on(case.as_of))
                records[number] = self._records(judged, judge, case, result)
                self._count(judged, number, result)
        return records

    def _by_program(
        self, found: Iterable[Found], judged: Judged, lines: dict[int, int]
    ) -> dict[str, tuple[SharedProgram, list[tuple[int, Case]]]]:
        """Good cases by the program that judges them; what is wrong with the others is told of the chunk."""
        groups: dict[str, tuple[SharedProgram, list[tuple[int, Case]]]] = {}
        for one in found:
            lines[one.number] = one.line
            if one.document is None or has_errors(one.diagnostics):
                name = None if one.document is None else one.document.name
                judged.rejected.append(Rejected(one.number, one.line, name, one.diagnostics))
                continue
            as_of = self.options.as_of or one.document.as_of or self.options.today
            shared = self.programs.on(as_of)
            case, wrong = read_case(one.document, shared.program.rulebook, as_of)
            if case is None:
                judged.rejected.append(Rejected(one.number, one.line, one.document.name, tuple(wrong)))
                continue
            groups.setdefault(shared.program.digest, (shared, []))[1].append((one.number, case))
        return groups

    def _judge_by(self, shared: SharedProgram) -> Judge:
        digest = shared.program.digest
        if digest not in self._judges:
            self._judges[digest] = Judge(shared.program, self.options.engine)
        return self._judges[digest]

    def view_of(self, rulebook: Rulebook) -> View | None:
        """The view that is asked for, if one is."""
        return None if self.options.view is None else rulebook.views.get(self.options.view)

    def _viewed(self, judged: Judged, view: View, case: Case, result: CaseResult) -> list[Row]:
        """The rows of a view that a case gives."""
        rows = []
        for subject in result.subjects:
            if subject.kind == view.about and subject.outcomes.get(view.rule) == Outcome(view.outcome):
                values = [subject.values.get(name, Absent.UNKNOWN) for name in view.show]
                judged.tally.count_viewed(view, values)
                rows.append(view_row(view, case.name, subject.ref, values, self.options.format))
        return rows

    def shape(self, rulebook: Rulebook) -> Shape:
        """The columns of what is written."""
        view = self.view_of(rulebook)
        if view is not None:
            return shape_of_view(rulebook, view, self.options.format)
        return shape_of(self.options.format, self.options.detail)

    def _records(self, judged: Judged, judge: Judge, case: Case, result: CaseResult) -> list[Row]:
        if self.options.view is not None:
            view = self.view_of(judge.program.rulebook)
            return [] if view is None else self._viewed(judged, view, case, result)
        if self.options.detail is not Detail.FULL:
            return records_of(judge.program.rulebook, result, self.options.format, self.options.detail)
        explanation = judge.explain(case, result, self.programs.notices_on(case.as_of))
        if self.options.format is OutputFormat.JSON_LINES:
            return [(self._lines.write([explanation])[:-1],)]
        return explained_rows(explanation)

    def _count(self, judged: Judged, number: int, result: CaseResult) -> None:
        assert result.verdict is not None, "a case with errors is rejected"
        judged.tally.verdicts[result.verdict.value] += 1
        for subject in result.subjects:
            judged.tally.count_subject(subject.kind, subject.verdict, subject.outcomes)
            for kind, name in self.options.by:
                if kind == subject.kind:
                    value = subject.values.get(name, Absent.UNKNOWN)
                    shown = None if isinstance(value, Absent) else plain(value)
                    judged.tally.by[f"{kind}.{name}", shown, subject.verdict.value] += 1
            if self.options.sample:
                judged.samples.setdefault(number, []).append(situation_of(subject))

    def _write_exact(self, judged: Judged, records: Mapping[int, Sequence[Row]]) -> None:
        rows = [row for _, some in sorted(records.items()) for row in some]
        if self.options.format is OutputFormat.JSON_LINES:
            judged.piece.write_text("".join(f"{line}\n" for (line,) in rows), encoding="utf-8", newline="\n")
            return
        shape = self.shape(self.programs.default.program.rulebook)
        whole = [(number, 0, *row) for number, row in enumerate(rows)]
        with duckdb.connect(config={"threads": 1}) as connection:
            create = sql.create_table("records", sql.from_lists(shape.types))
            connection.execute(sql.text(create), _lists(whole, shape.types))
            everything = "SELECT * FROM records"
            connection.execute(copy_statement(everything, shape, judged.piece, self.options.format, is_ordered=True))

    def columns(self, shared: SharedProgram) -> Columns:
        """What judges in columns by a program."""
        digest = shared.program.digest
        if digest in self._columns and self._columns[digest].columnar.combinations > _MAXIMUM_COMBINATIONS:
            del self._columns[digest]
            for situations in shared.situations.values():
                situations.forget()
        if digest not in self._columns:
            columnar = Columnar(shared, self.options)
            loader = Loader(columnar, self.options, self.folder)
            self._columns[digest] = Columns(columnar, loader, RecordQueries(columnar))
        return self._columns[digest]


def situation_of(subject: SubjectResult) -> str:
    """The way that the rules went for a subject, as a text that is the same for all of whom they went so."""
    outcomes, truths = subject.outcomes, subject.truths
    if isinstance(outcomes, Letters) and isinstance(truths, Letters):
        return f"{subject.kind}:{outcomes.letters}:{truths.letters}"
    letters = "".join(f"{truth.value}" for truth in truths.values())
    return f"{subject.kind}:{','.join(outcome.value for outcome in outcomes.values())}:{letters}"


def _letters(found: Mapping[_K, _V]) -> Letters[_K, _V]:
    assert isinstance(found, Letters), "situations have letters"
    return found


class _InColumns:
    """One chunk, judged in columns, what is not plain in it case by case."""

    def __init__(self, worker: Worker, judged: Judged, scanned: Scanned) -> None:
        self.worker = worker
        self.judged = judged
        self.scanned = scanned
        self.options = worker.options
        #: The programs by which its cases are judged, each with its days: none where there is one for all.
        self.wanted: dict[int, tuple[int, int]] = {}
        self.viewed: list[tuple[int, int, Row]] = []

    def run(self) -> None:
        """Judge the chunk."""
        default = self.worker.programs.default
        columns = self.worker.columns(default)
        columns.loader.load(self.scanned)
        days = None if self.options.as_of is not None else columns.loader.days()
        if not days:
            self._write([(columns.columnar, self._records_of(columns, None))])
            return
        groups: dict[str, tuple[SharedProgram, list[date]]] = {default.program.digest: (default, [])}
        for day in days:
            shared = self.worker.programs.on(day)
            groups.setdefault(shared.program.digest, (shared, []))[1].append(day)
        if len(groups) == 1:
            self._write([(columns.columnar, self._records_of(columns, None))])
            return
        judges = [(self.worker.columns(shared), some) for shared, some in groups.values()]
        for other, _ in judges:
            if other is not columns:
                other.loader.load(self.scanned)
        self._group_alike([other.loader for other, _ in judges])
        self._write([(other.columnar, self._records_of(other, some)) for other, some in judges if some])

    def _group_alike(self, loaders: Sequence[Loader]) -> None:
        """See to it that all take the same rows for one case: those around a row that any of them cannot read."""
        if self.options.rows is None or not any(one.is_grouped for one in loaders):
            return
        unsound = [one.unsound_rows() for one in loaders]
        unclear = set().union(*unsound)
        for one, own in zip(loaders, unsound, strict=True):
            if not one.is_grouped or own != unclear:
                one.load_grouped(self.scanned, unclear)

    def _records_of(self, columns: Columns, days: Sequence[date] | None) -> str:
        """Count what is plain; the query of its records."""
        columnar, loader, queries = columns.columnar, columns.loader, columns.queries
        apart = loader.apart(days)
        self.wanted.update(apart)
        tally = self.judged.tally
        for day in loader.judged_days(days, bool(apart)):
            tally.count_program(columnar.shared.program, self.worker.programs.notices_on(day))
        for kind in loader.kinds:
            self._count(queries, kind, bool(apart), not loader.has_cases)
        if self.options.view is not None:
            self._view(columns, bool(apart))
            if loader.has_cases:
                queries.gather(loader.kinds)
                tally.verdicts.update(queries.counted_cases())
            return ""
        if not loader.has_cases:
            rows = partial(queries.records_of_rows, loader.kinds[0], bool(apart))
            return columnar.statement(("rows", loader.kinds[0], bool(apart)), rows)
        queries.gather(loader.kinds)
        tally.verdicts.update(queries.counted_cases())
        kinds = tuple(loader.kinds)
        return columnar.statement(("cases", kinds), partial(queries.records_of_cases, kinds))

    def _view(self, columns: Columns, has_apart: bool) -> None:
        """Collect the subjects that the view picks."""
        rulebook = columns.columnar.rulebook
        view = self.worker.view_of(rulebook)
        if view is None or view.about not in columns.loader.kinds:
            return
        fields = rulebook.kinds[view.about].fields
        for number, place, case, ref, *cells in columns.queries.viewed(view, has_apart):
            values: list[Value] = [
                Absent.UNKNOWN if cell is None else canonical(cell, fields[name].type)
                for name, cell in zip(view.show, cells, strict=True)
            ]
            self.judged.tally.count_viewed(view, values)
            self.viewed.append((number, place, view_row(view, case, ref, values, self.options.format)))

    def _count(self, queries: RecordQueries, kind: str, has_apart: bool, is_case: bool) -> None:
        tally = self.judged.tally
        fields = queries.columnar.rulebook.kinds[kind].fields
        by = [name for of, name in self.options.by if of == kind]
        counted = queries.counted(kind, has_apart, by)
        tally.count_alike(
            kind, ((results.verdict, _letters(results.outcomes), number) for results, number, _ in counted)
        )
        for results, number, values in counted:
            if is_case:
                tally.verdicts[results.verdict.value] += number
            for name, value in zip(by, values, strict=True):
                shown = None if value is None else plain(canonical(value, fields[name].type))
                tally.by[f"{kind}.{name}", shown, results.verdict.value] += number
        if self.options.sample:
            for case, results in queries.first_of_each(kind, self.options.sample, has_apart):
                letters = (_letters(results.outcomes).letters, _letters(results.truths).letters)
                self.judged.samples.setdefault(case, []).append(":".join((kind, *letters)))

    def _write(self, done: Sequence[tuple[Columnar, str]]) -> None:
        """Write the records of all programs and of what was judged by itself, in the order of the cases."""
        worker, judged = self.worker, self.judged
        judged.situations = [_hash(one) for columnar, _ in done for one in columnar.new_situations()]
        records: dict[int, list[Row]] = {}
        if self.wanted:
            found = worker._found(self.scanned.chunk, self.wanted)
            records = worker._judge_found(found, judged, worker.programs.default)
        if self.options.view is not None:
            for number, some in records.items():
                self.viewed += [(number, place, row) for place, row in enumerate(some)]
            by_case: dict[int, list[Row]] = {}
            for number, _, row in sorted(self.viewed, key=lambda one: one[:2]):
                by_case.setdefault(number, []).append(row)
            worker._write_exact(judged, by_case)
            return
        shape = shape_of(self.options.format, self.options.detail)
        columnar, query = done[0]
        if len(done) > 1:
            query = self._collected(done)
        rows = [(number, place, *row) for number, some in records.items() for place, row in enumerate(some)]
        if rows:
            create = partial(sql.create_table, EXACT_RECORDS, sql.from_lists(shape.types))
            columnar.once("exact records", create, _lists(rows, shape.types))
            query = f"{query} UNION ALL SELECT * FROM {EXACT_RECORDS}"
        is_ordered = not rows and len(done) == 1 and self._is_in_order()
        write = copy_statement(query, shape, judged.piece, self.options.format, is_ordered=is_ordered)
        columnar.database.run(write)

    def _is_in_order(self) -> bool:
        """Whether the records come in the order of their cases: those of a row each do."""
        return (
            self.options.rows is not None
            and (self.options.detail is Detail.VERDICT or self.options.format is OutputFormat.JSON_LINES)
            and not self.worker.columns(self.worker.programs.default).loader.is_grouped
        )

    def _collected(self, done: Sequence[tuple[Columnar, str]]) -> str:
        """The records of several programs in the first one's database."""
        first = done[0][0]
        types = shape_of(self.options.format, self.options.detail).types
        queries = [done[0][1]]
        for number, (columnar, query) in enumerate(done[1:]):
            rows = columnar.database.run(query)
            table = f"records_{number}"
            first.run(sql.create_table(table, sql.from_lists(types)), _lists(rows, types))
            queries.append(f"SELECT * FROM {table}")
        return " UNION ALL ".join(queries)


def _lists(rows: Sequence[Row], types: Mapping[str, str]) -> list[list[object]]:
    return [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in types]


def _hash(text: str) -> int:
    """A number for a text, the same in every process."""
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big")
