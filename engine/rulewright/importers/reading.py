"""Running an importer: its table over the files of an answer, into the text of one case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import PurePath

from rulewright.diagnostics import Diagnostic, Related
from rulewright.importers.answers import STANDARD_INPUT, Answer
from rulewright.importers.casefile import Entry, case_text
from rulewright.importers.converters import text, whole_number
from rulewright.importers.records import Record, find_records
from rulewright.importers.tables import Always, Converted, Found, Row, Stated, Table, Unreadable, Value
from rulewright.importers.texts import described, raw, shown, spelled

_MOST_FILES_NAMED = 10


@dataclass
class _Subject:
    """What was read of one record; what could not be read is in `problems`."""

    answer: Answer
    record: Record
    ref: str = ""
    entries: list[Entry] = field(default_factory=list)
    problems: list[Diagnostic] = field(default_factory=list)
    facts: dict[str, Value] = field(default_factory=dict)

    def find(self, key: str) -> Found:
        return self.record.find(key)

    def stated(self, name: str) -> Value | None:
        return self.facts.get(name)

    def state(self, name: str, value: Value, comment: str) -> None:
        self.facts[name] = value
        self.entries.append(Entry(name, value, comment))

    def remark(self, comment: str) -> None:
        last = self.entries.pop()
        self.entries.append(Entry(last.field, last.value, last.comment, (*last.below, comment)))

    def refuse(self, found: Found, expected: str) -> None:
        key = spelled(found.path[len(self.record.path) :])
        where = spelled(self.record.path)
        whose = f"instance `{shown(self.ref)}`" if self.ref else f"`{where}`" if where else "the instance"
        what = described(found.value) if found.there else "no such key"
        message = f"`{key}` of {whose} cannot be read: expected {expected}, found {what}"
        self.problems.append(Diagnostic("I004", message, self.answer.span(found.path)))


def run(table: Table, files: Sequence[tuple[str, bytes]]) -> tuple[str | None, list[Diagnostic]]:
    """The text of one case with the records of all files, or None, and all that was wrong."""
    if not files:
        return None, [Diagnostic("I003", f"expected {table.expected}, found no file at all")]
    problems: list[Diagnostic] = []
    answers: list[Answer] = []
    subjects: dict[str, _Subject] = {}
    for file, content in files:
        answer = table.read(file, content)
        records = find_records(table, answer) if isinstance(answer, Answer) else answer
        if isinstance(answer, Diagnostic) or isinstance(records, Diagnostic):
            problems += [one for one in (answer, records) if isinstance(one, Diagnostic)][:1]
            continue
        answers.append(answer)
        for record in records:
            subject = _read(table, _Subject(answer, record), several_files=len(files) > 1)
            first = subjects.setdefault(subject.ref, subject) if subject.ref else subject
            problems += subject.problems or _differences(first, subject)
    if problems:
        return None, problems
    found = list(subjects.values())
    head = _head(table, [file for file, _ in files], answers, found)
    return case_text(head, _case_name(table, files[0][0]), table.kind, [one.entries for one in found]), []


def _read(table: Table, subject: _Subject, several_files: bool) -> _Subject:
    found = subject.find(table.ref)
    ref = text(found.value)
    if found.says_nothing or not isinstance(ref, Stated):
        subject.refuse(found, "a text of printable characters")
        return subject
    subject.ref = str(ref.value)
    label = subject.find(table.label)
    subject.state(
        "ref",
        subject.ref,
        subject.record.name(table.ref)
        + (f" in {shown(_called(subject.answer.file))}" if several_files else "")
        + ("" if label.says_nothing else f"; its {subject.record.name(table.label)} is {raw(label.value)}"),
    )
    for row in table.rows:
        if isinstance(row, Always):
            subject.state(row.fact, row.value, row.why)
        else:
            _read_row(row, subject)
    if table.never:
        subject.remark(f"{', '.join(table.never)}: an answer of {table.answer} never says these")
    return subject


def _read_row(row: Row, subject: _Subject) -> None:
    if row.needs and subject.stated(row.needs.fact) != row.needs.value:
        known = subject.stated(row.needs.fact) is not None
        subject.remark(f"{row.fact}: not stated, because {row.needs.otherwise if known else row.needs.unknown}")
        return
    found = subject.find(row.key)
    key = subject.record.name(row.key)
    if found.says_nothing:
        how = "no " + key if not found.there else f"{key} is null" if found.value is None else f"{key} is empty"
        subject.remark(f"{row.fact}: not in the answer ({how})")
        return
    if found.astray:
        subject.refuse(found, "an object")
        return
    came = raw(found.value)
    result = _settled(row, found, subject)
    if isinstance(result, Stated):
        origin = key if result.value == found.value and isinstance(found.value, str) else f"{key} {came}"
        subject.state(row.fact, result.value, origin + (f", {result.note}" if result.note else ""))
    elif isinstance(result, Unreadable):
        subject.refuse(result.found or found, result.expected)
    else:
        subject.remark(f"{row.fact}: not stated, because {key} {came} {result.why}")


def _settled(row: Row, found: Found, subject: _Subject) -> Converted:
    result = row.convert(found.value)
    if isinstance(result, Stated):
        for look in row.doubts:
            doubt = look(result.value, subject)
            if doubt is not None:
                return doubt
    return result


def _differences(first: _Subject, again: _Subject) -> list[Diagnostic]:
    """The same instance may come twice, as pages overlap; with two values of a fact neither can be believed."""
    if first.problems:
        return []
    differing = [fact for fact in {**first.facts, **again.facts} if first.stated(fact) != again.stated(fact)]
    if not differing:
        return []
    said = "; ".join(f"`{fact}` is {_told(again, fact)} here and {_told(first, fact)} there" for fact in differing)
    there = Related(f"instance `{shown(first.ref)}` comes first", first.answer.span(first.record.path))
    return [
        Diagnostic(
            "I005",
            f"instance `{shown(again.ref)}` comes twice with different facts: {said}",
            again.answer.span(again.record.path),
            help="leave out the older answer",
            related=(there,),
        )
    ]


def _told(subject: _Subject, fact: str) -> str:
    value = subject.stated(fact)
    if value is None:
        return "not stated"
    return f"`{'yes' if value else 'no'}`" if isinstance(value, bool) else f"`{shown(str(value))}`"


def _head(table: Table, files: Sequence[str], answers: Sequence[Answer], subjects: Sequence[_Subject]) -> list[str]:
    names = [shown(_called(file)) for file in files[:_MOST_FILES_NAMED]]
    more = len(files) - len(names)
    origin = ", ".join(names) + (f" and {more} more" if more else "")
    lines = [f"made by `rulewright import {table.name}` from {origin}"]
    lines += [
        f"{row.fact}: {row.caveat}"
        for row in table.rows
        if isinstance(row, Row) and row.caveat and any(row.fact in one.facts for one in subjects)
    ]
    total = max((_total(table, answer) for answer in answers), default=0)
    if total > len(subjects):
        lines.append(f"{table.total} is {total} and only {len(subjects)} came: pages of the answer are missing")
    return lines


def _total(table: Table, answer: Answer) -> int:
    value = answer.value.get(table.total) if isinstance(answer.value, dict) else None
    number = whole_number(value)
    return number.value if isinstance(number, Stated) and isinstance(number.value, int) else 0


def _called(file: str) -> str:
    return "standard input" if file == STANDARD_INPUT else file


def _case_name(table: Table, file: str) -> str:
    return table.name if file == STANDARD_INPUT else PurePath(file).stem or table.name
