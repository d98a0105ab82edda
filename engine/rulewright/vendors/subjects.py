"""One record read by its table: the facts it states, why it leaves others open, and what could not be read."""

from __future__ import annotations

from dataclasses import dataclass, field

from rulewright.diagnostics import Diagnostic
from rulewright.vendors.answers import STANDARD_INPUT, Answer
from rulewright.vendors.converters import text
from rulewright.vendors.kinds import in_words
from rulewright.vendors.records import Record
from rulewright.vendors.tables import Always, Converted, Found, Row, Stated, Table, Unclear, Unreadable, Value
from rulewright.vendors.texts import Path, described, raw, shown, spelled


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact as one answer states it: its value, the comment behind it, and the place of what it was read from."""

    value: Value
    comment: str
    path: Path


@dataclass
class Subject:
    """What was read of one record; `gaps` has the reason for each fact that its table asked for and did not get.

    `named_by` is what is told of a ref that is not from the record.
    """

    table: Table
    answer: Answer
    record: Record
    ref: str = ""
    named_by: str | None = None
    facts: dict[str, Fact] = field(default_factory=dict)
    gaps: dict[str, str] = field(default_factory=dict)
    problems: list[Diagnostic] = field(default_factory=list)

    @property
    def name(self) -> str:
        """What the subject is called in a message."""
        return f"{in_words(self.table.kind)} `{shown(self.ref)}`"

    @property
    def file(self) -> str:
        """The file that the record is from, as a comment names it."""
        return shown(called(self.answer.file))

    def find(self, key: str) -> Found:
        """What stands at a key of the record."""
        return self.record.find(key)

    def stated(self, name: str) -> Value | None:
        """The value of a fact, if it is stated."""
        return self.facts[name].value if name in self.facts else None

    def refuse(self, found: Found, expected: str) -> None:
        """Note that what stands there cannot be read."""
        key = spelled(found.path[len(self.record.path) :])
        where = spelled(self.record.path)
        whose = self.name if self.ref else f"`{where}`" if where else f"the {in_words(self.table.kind)}"
        what = described(found.value) if found.there else "no such key"
        message = f"`{key}` of {whose} cannot be read: expected {expected}, found {what}"
        self.problems.append(Diagnostic("I004", message, self.answer.span(found.path)))


def called(file: str) -> str:
    """A file as it is named to a reader."""
    return "standard input" if file == STANDARD_INPUT else file


def read_record(table: Table, answer: Answer, record: Record) -> Subject | str:
    """The record as its table reads it, or a remark on why it is about nothing in particular."""
    subject = Subject(table, answer, record)
    found = subject.find(table.ref)
    if table.nameless and found.says_nothing and not found.astray:
        if not table.unnamed:
            return table.nameless
    else:
        ref = (table.identify or text)(found.value)
        if found.says_nothing or not isinstance(ref, Stated):
            subject.refuse(found, ref.expected if isinstance(ref, Unreadable) else "a text of printable characters")
            return subject
        subject.ref = f"{table.prefix}{ref.value}"
    for row in table.rows:
        if isinstance(row, Always):
            subject.facts[row.fact] = Fact(row.value, row.why, record.path)
        else:
            _read_row(row, subject)
    return subject


def _read_row(row: Row, subject: Subject) -> None:
    if row.fact in subject.facts:
        return  # a row before this one states it
    _read_stated(row, subject)
    if row.is_optional:
        subject.gaps.pop(row.fact, None)


def _read_stated(row: Row, subject: Subject) -> None:
    if row.needs and subject.stated(row.needs.fact) != row.needs.value:
        known = subject.stated(row.needs.fact) is not None
        subject.gaps[row.fact] = f"not stated, because {row.needs.otherwise if known else row.needs.unknown}"
        return
    found = subject.find(row.key)
    key = subject.record.name(row.key)
    if found.says_nothing:
        how = "no " + key if not found.there else f"{key} is null" if found.value is None else f"{key} is empty"
        subject.gaps[row.fact] = f"not in the answer ({how})"
        return
    if found.astray:
        subject.refuse(found, "an object")
        return
    came = raw(found.value)
    result = _settled(row, found, subject)
    if isinstance(result, Stated):
        origin = key if result.value == found.value and isinstance(found.value, str) else f"{key} {came}"
        comment = origin + (f", {result.note}" if result.note else "")
        subject.facts[row.fact] = Fact(result.value, comment, found.path)
        subject.gaps.pop(row.fact, None)
    elif isinstance(result, Unclear):
        subject.gaps[row.fact] = f"not stated, because {key} {came} {result.why}"
    else:
        subject.refuse(result.found or found, result.expected)


def _settled(row: Row, found: Found, subject: Subject) -> Converted:
    result = row.convert(found.value)
    if isinstance(result, Stated):
        for look in row.doubts:
            doubt = look(result.value, subject)
            if doubt is not None:
                return doubt
    return result
