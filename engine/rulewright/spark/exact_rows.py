"""The exact path on the driver: rows that the fast path cannot validate or finds to contradict themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from pyspark.sql import Row

from rulewright.batch.columns import AS_THEY_ARE
from rulewright.batch.exact import Found, Part, case_of_parts, part_of_line
from rulewright.batch.rejected import Rejected
from rulewright.batch.rows import BLANK_ROWS, case_named, parquet_node, value_node
from rulewright.batch.stated import read_stated
from rulewright.compile.program import Program
from rulewright.diagnostics import Span, has_errors, in_source_order
from rulewright.model.facts import Case
from rulewright.model.outcomes import CaseResult
from rulewright.model.rulebook import Rulebook
from rulewright.read.documents import read_header, read_line
from rulewright.source import Entry, ListNode, MappingNode, Node, ScalarNode
from rulewright.spark.case_rows import NAMELESS, RowLayout, path_of
from rulewright.spark.dated_programs import DatedPrograms


@dataclass(frozen=True, slots=True)
class ExactRow:
    """A row for the exact path: its file and line (None without a place), default name and content.

    The content is the bytes of a line or the values of columns.
    """

    file: str | None
    line: int | None
    default: str
    raw: bytes | Row

    @property
    def name(self) -> str:
        """Return the file name for messages."""
        return NAMELESS if self.file is None else path_of(self.file)


@dataclass(slots=True)
class ExactResults:
    """Results of the exact path: the results with their rulebooks, and the rejected rows, in order."""

    results: list[tuple[Rulebook, CaseResult]] = field(default_factory=list)
    rejected: list[dict[str, Any]] = field(default_factory=list)


def case_names(rows: Sequence[ExactRow], layout: RowLayout) -> set[str]:
    """Return the names of the cases that rows belong to, normalized."""
    if layout.rows is None or not layout.is_grouped:
        return set()
    columns = layout.rows
    named = (case_named(_part(row, number, columns.kind).node, columns.case) for number, row in enumerate(rows))
    return {name for name in named if name is not None}


def evaluate_exactly(
    rows: Sequence[ExactRow], layout: RowLayout, programs: DatedPrograms, as_of: date | None, today: date
) -> ExactResults:
    """Evaluate rows one by one, in the same way as a local run."""
    evaluated = ExactResults()
    rejected: list[tuple[Any, Rejected]] = []
    good: dict[str, tuple[Program, list[tuple[Any, int, Case]]]] = {}
    for place, found in _found(sorted(rows, key=_place), layout):
        if found.skipped is not None:
            continue
        if found.document is None or has_errors(found.diagnostics):
            name = found.name if found.document is None else found.document.name
            rejected.append((place, Rejected(found.number, found.line, name, found.diagnostics)))
            continue
        day = as_of or found.document.as_of or today
        program = programs.on(day)
        case, wrong = read_stated(found.document, program.rulebook, day, layout.rows, AS_THEY_ARE)
        if case is None:
            rejected.append((place, Rejected(found.number, found.line, found.document.name, tuple(wrong))))
        else:
            good.setdefault(program.digest, (program, []))[1].append((place, found.line, case))
    for program, cases in good.values():
        for (place, line, case), result in zip(
            cases, programs.engine(program).evaluate([case for _, _, case in cases]), strict=True
        ):
            if result.verdict is None:
                rejected.append((place, Rejected(0, line, case.name, result.errors)))
            else:
                evaluated.results.append((program.rulebook, result))
    for (file, line), one in sorted(rejected, key=lambda each: each[0]):
        has_place = line > 0
        for told in one.told():
            unplaced = {} if has_place else {"file": None, "line": None, "column": None}
            evaluated.rejected.append({**told, "file": file, **unplaced})
    return evaluated


def _place(row: ExactRow) -> tuple[str, int]:
    return row.name, row.line or 0


def _found(rows: Sequence[ExactRow], layout: RowLayout) -> Iterator[tuple[tuple[str, int], Found]]:
    if layout.rows is None:
        for number, row in enumerate(rows):
            found = _case(row, number)
            if found is not None:
                yield _place(row), found
        return
    columns = layout.rows
    groups: dict[str, list[tuple[ExactRow, Part]]] = {}
    for number, row in enumerate(rows):
        part = _part(row, number, columns.kind)
        named = case_named(part.node, columns.case) if layout.is_grouped else None
        groups.setdefault(f"#{number}" if named is None else f"={named}", []).append((row, part))
    for group in groups.values():
        first = group[0][0]
        yield _place(first), case_of_parts(group[0][1].number, [part for _, part in group], first.default, columns)


def _case(row: ExactRow, number: int) -> Found | None:
    line = row.line or 0
    if isinstance(row.raw, bytes):
        document, wrong = read_line(row.raw, row.name, line, row.default)
        return None if document is None and not wrong else Found(number, line, document, tuple(wrong))
    diagnostics: list[Any] = []
    document = read_header(_node(row.raw.asDict(), Span(row.name, line, 1)), row.default, diagnostics)
    return Found(number, line, document, tuple(in_source_order(diagnostics)))


def _part(row: ExactRow, number: int, kind: str) -> Part:
    line = row.line or 0
    if isinstance(row.raw, bytes):
        return part_of_line(row.raw, row.name, number, line, kind)
    node = parquet_node(row.raw.asDict(), row.name, line)
    return Part(number, line, node if node.entries else None, skipped=BLANK_ROWS)


def _node(value: object, span: Span) -> Node:
    """Return the node of a value of any type; null entries of a mapping are left out."""
    if isinstance(value, Row):
        value = value.asDict()
    if isinstance(value, Mapping):
        stated = [(str(key), item) for key, item in value.items() if item is not None]
        return MappingNode(
            tuple(Entry(ScalarNode(key, plain=False, span=span), _node(item, span)) for key, item in stated), span
        )
    if isinstance(value, list):
        return ListNode(tuple(_node(item, span) for item in value), span)
    return ScalarNode("null", plain=True, span=span) if value is None else value_node(value, span)
