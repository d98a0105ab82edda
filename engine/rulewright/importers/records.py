"""Finding the records in an answer, and the values in a record, by the paths that a table names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

from rulewright.diagnostics import Diagnostic
from rulewright.importers.answers import Answer
from rulewright.importers.tables import Found, Shape, Table
from rulewright.importers.texts import Json, Path, described, raw, spelled

Members: TypeAlias = "dict[str, Json]"
_WORD_START = re.compile(r"(?<!^)(?=[A-Z])")


@dataclass(frozen=True, slots=True)
class Record:
    """One record of an answer, its way from the top, and the other names of keys if it is in snake_case."""

    path: Path
    members: Members
    aliases: Mapping[str, tuple[str, ...]] | None

    def find(self, key: str) -> Found:
        """What stands at a dotted key in the vendor's spelling, under whatever name this record has for it."""
        found = Found(self.path, self.members)
        for step in key.split("."):
            if not isinstance(found.value, dict):
                return replace(found, astray=not found.says_nothing)
            members, names = found.value, self._names(step)
            name = next((name for name in names if name in members), None)
            if name is None:
                return Found((*found.path, names[0]), None, there=False)
            found = Found((*found.path, name), members[name])
        return found

    def name(self, key: str) -> str:
        """The name that this record has for a key."""
        return spelled(self.find(key).path[len(self.path) :])

    def _names(self, step: str) -> tuple[str, ...]:
        if self.aliases is None:
            return (step,)
        return (*self.aliases.get(step, ()), snake_case(step))


@dataclass(frozen=True, slots=True)
class _Astray:
    """Where an answer leaves a shape: how far it agreed, and what was expected and found there."""

    path: Path
    expected: str
    found: str


def snake_case(name: str) -> str:
    """`InternetMaxBandwidthOut` as `internet_max_bandwidth_out`."""
    return _WORD_START.sub("_", name).lower()


def find_records(table: Table, answer: Answer) -> list[Record] | Diagnostic:
    """The records in an answer, or why it is not an answer that the table reads."""
    astray: list[_Astray] = []
    for shape in table.shapes:
        found = _follow(answer.value, shape.steps, ())
        if isinstance(found, list):
            records = [Record(path, members, _aliases(table, members)) for path, members in found]
            stranger = next((record for record in records if not _belongs(table, shape, record)), None)
            if stranger is None:
                return records
            if stranger.path:
                return _refused(table, answer, stranger.path, stranger.members)
        else:
            astray.append(found)
    error = _error_answer(table, answer)
    if error:
        return error
    furthest = max(astray, key=lambda place: len(place.path))
    if furthest.path:
        where = f"expected {furthest.expected} at `{spelled(furthest.path)}`, found {furthest.found}"
        return Diagnostic("I003", f"this is not an answer of {table.answer}: {where}", answer.span(furthest.path))
    return _refused(table, answer, (), answer.value)


def _follow(value: Json, steps: tuple[str, ...], path: Path) -> list[tuple[Path, Members]] | _Astray:
    if not steps:
        return [(path, value)] if isinstance(value, dict) else _Astray(path, "an object", described(value))
    step, rest = steps[0], steps[1:]
    if step != "*":
        if not isinstance(value, dict) or step not in value:
            return _Astray(path, f"an object with `{step}`", described(value))
        return _follow(value[step], rest, (*path, step))
    if not isinstance(value, list):
        return _Astray(path, "a list", described(value))
    records: list[tuple[Path, Members]] = []
    for number, member in enumerate(value):
        found = _follow(member, rest, (*path, number))
        if isinstance(found, _Astray):
            return found
        records += found
    return records


def _belongs(table: Table, shape: Shape, record: Record) -> bool:
    if not table.others.keys().isdisjoint(record.members):
        return False
    return shape.sure or any(record.find(mark).there for mark in table.marks)


def _aliases(table: Table, members: Members) -> Mapping[str, tuple[str, ...]] | None:
    return None if any(key[:1].isupper() for key in members) else table.aliases


def _error_answer(table: Table, answer: Answer) -> Diagnostic | None:
    if table.error is None or not isinstance(answer.value, dict) or not answer.value.keys() >= set(table.error):
        return None
    code, message = (raw(answer.value[key]) for key in table.error)
    return Diagnostic(
        "I003",
        f"expected an answer of {table.answer}, found an error that was answered instead: `{code}`, `{message}`",
        answer.span(()),
        help="repeat the call until it answers with instances",
    )


def _refused(table: Table, answer: Answer, path: Path, value: Json) -> Diagnostic:
    keys = value if isinstance(value, dict) else ()
    other = next((table.others[key] for key in keys if key in table.others), None)
    where = f" at `{spelled(path)}`" if path else ""
    marks = ", ".join(f"`{mark}`" for mark in sorted(table.marks))
    wanted = table.expected if not path else f"an {table.kind} of it" if other else f"an object with one of {marks}"
    return Diagnostic(
        "I003",
        f"this is not an answer of {table.answer}: expected {wanted}, found {described(value)}{where}",
        answer.span(path),
        help=f"this looks like {other}" if other else None,
    )
