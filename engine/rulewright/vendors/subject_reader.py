"""Reading of one record by its table: its facts, its gaps and its errors."""

from __future__ import annotations

from rulewright.vendors.answer_files import VendorAnswer
from rulewright.vendors.conversions import Converted, Found, Stated, Unclear, Unreadable
from rulewright.vendors.converters import text
from rulewright.vendors.display import raw
from rulewright.vendors.tables import Always, Fact, Record, Row, Subject, Table


def read_record(table: Table, answer: VendorAnswer, record: Record) -> Subject | str:
    """Return the subject of a record, or a remark if the record names no subject."""
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
        return  # an earlier row states the fact
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
    result = _convert(row, found, subject)
    if isinstance(result, Stated):
        origin = key if result.value == found.value and isinstance(found.value, str) else f"{key} {came}"
        comment = origin + (f", {result.note}" if result.note else "")
        subject.facts[row.fact] = Fact(result.value, comment, found.path)
        subject.gaps.pop(row.fact, None)
    elif isinstance(result, Unclear):
        subject.gaps[row.fact] = f"not stated, because {key} {came} {result.why}"
    else:
        subject.refuse(result.found or found, result.expected)


def _convert(row: Row, found: Found, subject: Subject) -> Converted:
    result = row.convert(found.value)
    if isinstance(result, Stated):
        for look in row.doubts:
            doubt = look(result.value, subject)
            if doubt is not None:
                return doubt
    return result
