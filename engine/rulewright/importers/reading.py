"""Running importers: their tables over the files of all answers, into the text of one case."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath

from rulewright.diagnostics import Diagnostic, Span
from rulewright.importers.answers import STANDARD_INPUT, Answer
from rulewright.importers.casefile import case_text
from rulewright.importers.converters import whole_number
from rulewright.importers.joining import Joined
from rulewright.importers.kinds import KINDS
from rulewright.importers.records import Finding, find
from rulewright.importers.subjects import Subject, called, read_record
from rulewright.importers.tables import Importer, Row, Stated, Table
from rulewright.importers.texts import shown

_MOST_FILES_NAMED = 10


@dataclass(frozen=True, slots=True)
class Request:
    """A file to import, and the importer that reads it."""

    importer: Importer
    file: str
    content: bytes


@dataclass
class _Case:
    """All that was read, on its way into one case."""

    several_files: bool
    subjects: dict[tuple[str, str], Joined] = field(default_factory=dict)
    totals: dict[str, int] = field(default_factory=dict)
    tables: dict[str, Table] = field(default_factory=dict)
    notes: list[tuple[str, str]] = field(default_factory=list)
    problems: list[Diagnostic] = field(default_factory=list)

    def read(self, request: Request) -> None:
        answer = request.importer.read(request.file, request.content)
        finding = find(request.importer, answer) if isinstance(answer, Answer) else answer
        if isinstance(answer, Diagnostic) or isinstance(finding, Diagnostic):
            self.problems += [one for one in (answer, finding) if isinstance(one, Diagnostic)][:1]
            return
        self._note(answer, finding)
        found = [read_record(table, answer, record) for table, record in finding.records]
        subjects = [one for one in found if isinstance(one, Subject)]
        self.notes += [(request.file, one) for one in found if isinstance(one, str)]
        for table in finding.tables:
            if table.combine is not None:
                table.combine([one for one in subjects if one.table is table and one.ref and not one.problems])
        for subject in subjects:
            self.problems += subject.problems
            if subject.ref:
                joined = self.subjects.setdefault((subject.table.kind, subject.ref), Joined())
                contradictions = joined.add(subject)
                self.problems += [] if subject.problems else contradictions

    def _note(self, answer: Answer, finding: Finding) -> None:
        notes = finding.notes
        if not finding.records and not any(table.lists_all for table in finding.tables):
            notes = [*notes, *(f"an answer of {table.answer} that lists nothing" for table in finding.tables)]
        self.notes += [(answer.file, note) for note in notes]
        for table in finding.tables:
            self.tables[table.answer] = table
            self.totals[table.answer] = max(self.totals.get(table.answer, 0), _total(table, answer))

    def of_kind(self, kind: str) -> list[Joined]:
        return [joined for (its, _), joined in self.subjects.items() if its == kind]

    def cautions(self) -> Iterator[str]:
        """What is told once for all subjects, at the head of the case file."""
        parts = [part for joined in self.subjects.values() for part in joined.parts]
        for table in self.tables.values():
            of_table = [part for part in parts if part.table is table]
            if of_table and table.caution:
                yield table.caution
            for row in table.rows:
                if isinstance(row, Row) and row.caveat and any(row.fact in part.facts for part in of_table):
                    yield f"{row.fact}: {row.caveat}"
        for name, kind in KINDS.items():
            if kind.caution and self.of_kind(name):
                yield kind.caution
        for answer, total in self.totals.items():
            came = sum(part.table.answer == answer for part in parts)
            if total > came:
                whose = f"{answer}: " if len(self.tables) > 1 else ""
                key = self.tables[answer].total.rpartition(".")[2]
                yield f"{whose}{key} is {total} and only {came} came: pages of the answer are missing"
        yield from (f"{shown(called(file))}: {note}" for file, note in self.notes)


def run(requests: Sequence[Request]) -> tuple[str | None, list[Diagnostic]]:
    """The text of one case with the subjects of all files, or None, and all that was wrong."""
    case = _Case(len(requests) > 1)
    for request in requests:
        case.read(request)
    if case.problems:
        return None, case.problems
    kinds = {
        kind: [joined.entries(case.several_files) for joined in case.of_kind(kind)]
        for kind in KINDS
        if case.of_kind(kind) or any(table.lists_all and table.kind == kind for table in case.tables.values())
    }
    if not kinds:
        return None, [
            Diagnostic("I003", f"there is nothing to import: {note}", Span(file)) for file, note in case.notes
        ]
    return case_text([_origin(requests), *dict.fromkeys(case.cautions())], _case_name(requests[0]), kinds), []


def _origin(requests: Sequence[Request]) -> str:
    sources = list(dict.fromkeys(request.importer.name for request in requests))
    names = [
        shown(called(request.file)) + (f" ({request.importer.name})" if len(sources) > 1 else "")
        for request in requests[:_MOST_FILES_NAMED]
    ]
    more = len(requests) - len(names)
    command = "rulewright import" + (f" {sources[0]}" if len(sources) == 1 else "")
    return f"made by `{command}` from {', '.join(names)}" + (f" and {more} more" if more else "")


def _total(table: Table, answer: Answer) -> int:
    value = answer.value
    for key in table.total.split("."):
        value = value.get(key) if isinstance(value, dict) else None
    number = whole_number(value)
    return number.value if isinstance(number, Stated) and isinstance(number.value, int) else 0


def _case_name(request: Request) -> str:
    return (
        request.importer.name
        if request.file == STANDARD_INPUT
        else PurePath(request.file).stem or request.importer.name
    )
