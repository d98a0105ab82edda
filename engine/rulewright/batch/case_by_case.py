"""The exact path: cases evaluated one by one, each read value by value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import duckdb

from rulewright.batch.columns import Unknown
from rulewright.batch.duckdb_sql import lists as sql_lists, table_of
from rulewright.batch.exact import Found, read_cases
from rulewright.batch.extras import (
    Extras,
    extra_cells,
    extra_columns,
    extras_of_node,
    extras_of_table,
    in_line,
    with_extras,
)
from rulewright.batch.inputs import InputFormat
from rulewright.batch.options import Detail, Options, OutputFormat
from rulewright.batch.programs import Programs, SharedProgram
from rulewright.batch.records import (
    Row,
    Shape,
    explained_rows,
    records_of,
    shape_of,
    shape_of_view,
    view_row,
)
from rulewright.batch.rejected import Rejected
from rulewright.batch.rows import Rows
from rulewright.batch.spool import Spooled, reading
from rulewright.batch.stated import read_stated
from rulewright.batch.storage import writing_temporary
from rulewright.batch.units import UnitResults
from rulewright.batch.writing import copy_statement
from rulewright.diagnostics import has_errors
from rulewright.engines import Judge
from rulewright.evaluate.letters import Letters
from rulewright.model.contradictions import plain
from rulewright.model.facts import Case
from rulewright.model.outcomes import CaseResult, Outcome, SubjectResult
from rulewright.model.rulebook import Rulebook, View
from rulewright.model.values import Absent

#: The formats with rows that can be facts.
_ROWS = (InputFormat.JSON_LINES, InputFormat.CSV, InputFormat.PARQUET)
#: The formats with columns known before the rows are read.
_TABLES = (InputFormat.CSV, InputFormat.PARQUET)


class CaseByCase:
    """Evaluates the cases of chunks one by one, and writes their records."""

    def __init__(self, options: Options, programs: Programs) -> None:
        self.options = options
        self.programs = programs
        self._judges: dict[str, Judge] = {}

    def explain(self, chunk: Spooled, numbers: Iterable[int]) -> list[str]:
        """Return the explanations of some cases, a line each; raise a DamagedInputError if the input has changed."""
        wanted = set(numbers)
        with reading(chunk):
            found = [one for one in self.found(chunk, None) if one.number in wanted]
        lines = []
        for shared, cases in self._by_program(found, UnitResults(chunk, chunk.file or Path()), {}).values():
            judge = self._judge_by(shared)
            for (number, case), result in zip(cases, judge.judge([case for _, case in cases]), strict=True):
                if result.verdict is not None:
                    notices = self.programs.notices_on(case.as_of)
                    lines.append((number, judge.explain_in_line(case, result, notices)))
        return [line for _, line in sorted(lines)]

    def found(self, chunk: Spooled, wanted: Mapping[int, tuple[int, int]] | None) -> Iterable[Found]:
        """Return the cases of a chunk, or only the wanted ones: the first and last row of each by case number."""
        rows = self.options.rows if chunk.input.format in _ROWS else None
        kinds = self.programs.default.program.rulebook.kinds
        kind = None if rows is None else kinds[rows.kind]
        return read_cases(chunk, rows, kind, wanted, self.options.columns)

    def judge(self, found: Iterable[Found], judged: UnitResults) -> dict[int, list[Row]]:
        """Evaluate cases and return their records by case number."""
        places: dict[int, Found] = {}
        records: dict[int, list[Row]] = {}
        for shared, cases in self._by_program(found, judged, places).values():
            judge = self._judge_by(shared)
            results = judge.judge([case for _, case in cases])
            for (number, case), result in zip(cases, results, strict=True):
                place = places[number]
                if result.verdict is None:
                    judged.rejected.append(
                        Rejected(number, place.line, case.name, result.errors, place.rows, place.raw)
                    )
                    continue
                judged.tally.evaluated_rows += place.rows
                judged.tally.count_program(shared.program, self.programs.notices_on(case.as_of))
                records[number] = self._records(judged, judge, case, result)
                self._count(judged, number, result)
        return records

    def _by_program(
        self, found: Iterable[Found], judged: UnitResults, places: dict[int, Found]
    ) -> dict[str, tuple[SharedProgram, list[tuple[int, Case]]]]:
        """Group valid cases by the program that evaluates them; add the others to the rejected cases of the chunk."""
        groups: dict[str, tuple[SharedProgram, list[tuple[int, Case]]]] = {}
        is_extra = self.options.columns.unknown is Unknown.KEEP and judged.chunk.input.format not in _TABLES
        kinds_of = self.programs.default.program.rulebook
        rows = self.options.rows if judged.chunk.input.format in _ROWS else None
        for one in found:
            if one.skipped is not None:
                judged.tally.skipped[one.skipped] += one.rows
                continue
            if one.document is None or has_errors(one.diagnostics):
                name = one.name if one.document is None else one.document.name
                judged.rejected.append(Rejected(one.number, one.line, name, one.diagnostics, one.rows, one.raw))
                continue
            as_of = self.options.as_of or one.document.as_of or self.options.today
            shared = self.programs.on(as_of)
            case, wrong = read_stated(one.document, shared.program.rulebook, as_of, rows, self.options.columns)
            if case is None:
                name = one.document.name
                judged.rejected.append(Rejected(one.number, one.line, name, tuple(wrong), one.rows, one.raw))
                continue
            if is_extra:
                judged.extras[one.number] = extras_of_node(one.document.node, kinds_of, rows)
            places[one.number] = replace(one, document=None)
            groups.setdefault(shared.program.digest, (shared, []))[1].append((one.number, case))
        return groups

    def _judge_by(self, shared: SharedProgram) -> Judge:
        digest = shared.program.digest
        if digest not in self._judges:
            self._judges[digest] = Judge(shared.program, self.options.engine)
        return self._judges[digest]

    def view_of(self, rulebook: Rulebook) -> View | None:
        """Return the requested view, if there is one."""
        return None if self.options.view is None else rulebook.views.get(self.options.view)

    def _viewed(self, judged: UnitResults, view: View, case: Case, result: CaseResult) -> list[Row]:
        """Return the records of a view for a case."""
        rows = []
        for subject in result.subjects:
            if subject.kind == view.about and subject.outcomes.get(view.rule) == Outcome(view.outcome):
                values = [subject.values.get(name, Absent.UNKNOWN) for name in view.show]
                judged.tally.count_viewed(view, values)
                rows.append(view_row(view, case.name, subject.ref, values, self.options.format))
        return rows

    def shape(self, rulebook: Rulebook) -> Shape:
        """Return the columns of the output."""
        view = self.view_of(rulebook)
        if view is not None:
            return with_extras(shape_of_view(rulebook, view, self.options.format), self.options)
        return with_extras(shape_of(self.options.format, self.options.detail), self.options)

    def _records(self, judged: UnitResults, judge: Judge, case: Case, result: CaseResult) -> list[Row]:
        if self.options.view is not None:
            view = self.view_of(judge.program.rulebook)
            return [] if view is None else self._viewed(judged, view, case, result)
        if self.options.detail is not Detail.FULL:
            return records_of(judge.program.rulebook, result, self.options.format, self.options.detail)
        notices = self.programs.notices_on(case.as_of)
        if self.options.format is OutputFormat.JSON_LINES:
            return [(judge.explain_in_line(case, result, notices)[:-1],)]
        return explained_rows(judge.explain(case, result, notices))

    def _count(self, judged: UnitResults, number: int, result: CaseResult) -> None:
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

    def write(self, judged: UnitResults, records: Mapping[int, Sequence[Row]]) -> None:
        """Write the records of a chunk, given by case number, to its piece."""
        if judged.chunk.extra:
            judged.extras = extras_of_table(judged.chunk, self.rows_of(judged.chunk))
        rows = [
            self._with_extras(row, judged.extras.get(number, []))
            for number, some in sorted(records.items())
            for row in some
        ]
        with writing_temporary(judged.piece.parent):
            if self.options.format is OutputFormat.JSON_LINES:
                judged.piece.write_text("".join(f"{line}\n" for (line,) in rows), encoding="utf-8", newline="\n")
            else:
                self._write_table(judged.piece, rows)

    def _write_table(self, piece: Path, rows: Sequence[Row]) -> None:
        shape = self.shape(self.programs.default.program.rulebook)
        whole = [(number, 0, *row) for number, row in enumerate(rows)]
        with duckdb.connect(config={"threads": 1}) as connection:
            connection.execute(table_of("records", sql_lists(shape.types)), lists(whole, shape.types))
            connection.execute(copy_statement("SELECT * FROM records", shape, piece, self.options.format))

    def _with_extras(self, row: Row, extras: Extras) -> Row:
        if self.options.columns.unknown is not Unknown.KEEP:
            return row
        if self.options.format is OutputFormat.JSON_LINES:
            return (in_line(row[0], extras),)
        return (*row, *extra_cells(extras, extra_columns(self.options)))

    def rows_of(self, chunk: Spooled) -> Rows:
        """Return the kind and the columns of the rows of a CSV or Parquet chunk."""
        assert self.options.rows is not None, "a file of rows is read with the kind that they state"
        return self.options.rows


def situation_of(subject: SubjectResult) -> str:
    """Return the outcomes and truth values of a subject's rules as a text; equal texts mean equal situations."""
    outcomes, truths = subject.outcomes, subject.truths
    if isinstance(outcomes, Letters) and isinstance(truths, Letters):
        return f"{subject.kind}:{outcomes.letters}:{truths.letters}"
    letters = "".join(f"{truth.value}" for truth in truths.values())
    return f"{subject.kind}:{','.join(outcome.value for outcome in outcomes.values())}:{letters}"


def lists(rows: Sequence[Row], types: Mapping[str, str]) -> list[list[object]]:
    """Return rows as one list per column."""
    return [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in types]
