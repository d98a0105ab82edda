"""Finding the records in an answer, and the values in a record, by the paths that a table names."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from rulewright.diagnostics import Diagnostic
from rulewright.importers.answers import Answer
from rulewright.importers.kinds import KINDS
from rulewright.importers.tables import Found, Importer, Shape, Table
from rulewright.importers.texts import Json, Path, described, raw, spelled

Members: TypeAlias = "dict[str, Json]"
_WORD_START = re.compile(r"(?<!^)(?=[A-Z])")
#: The keys of an answer that tells of an error, and what to do about an error whose code begins so.
_ERRORS = (("Code", "Message"), ("ErrorCode", "ErrorMessage"))
_WAYS_OUT = {
    (
        "Forbidden",
        "NoPermission",
        "Unauthorized",
        "NotAuthorized",
        "AccessDenied",
    ): "ask for the right to make this call",
    ("InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidSecurityToken"): "check the access key",
    ("Throttling", "ServiceUnavailable", "InternalError"): "wait a while",
}


@dataclass(frozen=True, slots=True)
class Record:
    """One record of an answer, its way from the top, and the other names of keys if they begin in lower case."""

    path: Path
    members: Members
    aliases: Mapping[str, tuple[str, ...]] | None = None

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
        return (*self.aliases.get(step, ()), snake_case(step), step[:1].lower() + step[1:])


@dataclass(frozen=True, slots=True)
class Finding:
    """What an answer holds: the tables that read it, its records, each with its table, and remarks for the reader."""

    tables: tuple[Table, ...]
    records: Sequence[tuple[Table, Record]]
    notes: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class _Astray:
    """Where an answer leaves a shape: how far it agreed, and what was expected and found there."""

    path: Path
    expected: str
    found: str


@dataclass(frozen=True, slots=True)
class _Refusal:
    """Why an answer is none of a table, and how far it could be followed."""

    depth: int
    diagnostic: Diagnostic


def snake_case(name: str) -> str:
    """`InternetMaxBandwidthOut` as `internet_max_bandwidth_out`."""
    return _WORD_START.sub("_", name).lower()


def find(importer: Importer, answer: Answer) -> Finding | Diagnostic:
    """The records in an answer by the first table of the importer that fits, or why none does."""
    if importer.find is not None:
        return importer.find(answer)
    refusals: list[_Refusal] = []
    for table in importer.tables:
        records = _find_records(table, answer)
        if not isinstance(records, _Refusal):
            return Finding((table,), [(table, record) for record in records])
        refusals.append(records)
    error = _error_answer(importer, answer)
    if error is not None:
        return error
    furthest = max(refusals, key=lambda refusal: refusal.depth)
    if furthest.depth or len(refusals) == 1:
        return furthest.diagnostic
    looks_like = next((one.diagnostic.help for one in refusals if one.diagnostic.help), None)
    return refused(importer.answers, answer, (), answer.value, importer.expected, looks_like)


def refused(
    answers: str, answer: Answer, path: Path, value: Json, expected: str, help_: str | None = None
) -> Diagnostic:
    """The diagnostic of an answer that is none of those expected, because of the value that stands at `path`."""
    where = f" at `{spelled(path)}`" if path else ""
    message = f"this is not an answer of {answers}: expected {expected}, found {described(value)}{where}"
    return Diagnostic("I003", message, answer.span(path), help=help_)


def _find_records(table: Table, answer: Answer) -> list[Record] | _Refusal:
    astray: list[_Astray] = []
    for shape in table.shapes:
        found = _follow(answer.value, shape, shape.steps, ())
        if isinstance(found, list):
            records = [Record(path, members, _aliases(table, members)) for path, members in found]
            stranger = next((record for record in records if not _belongs(table, shape, record)), None)
            if stranger is None:
                return records
            if stranger.path:
                return _Refusal(len(stranger.path), _stranger(table, answer, stranger.path, stranger.members))
        else:
            astray.append(found)
    furthest = max(astray, key=lambda place: len(place.path), default=None)
    if furthest is not None and furthest.path:
        where = f"expected {furthest.expected} at `{spelled(furthest.path)}`, found {furthest.found}"
        message = f"this is not an answer of {table.answer}: {where}"
        return _Refusal(len(furthest.path), Diagnostic("I003", message, answer.span(furthest.path)))
    return _Refusal(0, _stranger(table, answer, (), answer.value))


def _follow(value: Json, shape: Shape, steps: tuple[str, ...], path: Path) -> list[tuple[Path, Members]] | _Astray:
    if not steps:
        if shape.named:
            return (
                [(path, {shape.named: value})] if isinstance(value, str) else _Astray(path, "a text", described(value))
            )
        return [(path, value)] if isinstance(value, dict) else _Astray(path, "an object", described(value))
    step, rest = steps[0], steps[1:]
    if step != "*":
        if isinstance(value, dict) and step in shape.may_lack and value.get(step) is None:
            return []
        if not isinstance(value, dict) or step not in value:
            return _Astray(path, f"an object with `{step}`", described(value))
        return _follow(value[step], shape, rest, (*path, step))
    if not isinstance(value, list):
        return _Astray(path, "a list", described(value))
    records: list[tuple[Path, Members]] = []
    for number, member in enumerate(value):
        found = _follow(member, shape, rest, (*path, number))
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


def _error_answer(importer: Importer, answer: Answer) -> Diagnostic | None:
    value = answer.value
    if isinstance(value, dict) and isinstance(value.get("Error"), dict):  # as XML has it
        value = value["Error"]
    keys = next((keys for keys in _ERRORS if isinstance(value, dict) and value.keys() >= set(keys)), None)
    if keys is None or not isinstance(value, dict):
        return None
    code, message = (raw(value[key]) for key in keys)
    first = next((way for codes, way in _WAYS_OUT.items() if code.startswith(codes)), "mend what it tells of")
    return Diagnostic(
        "I003",
        f"expected an answer of {importer.answers}, found an error that was answered instead: `{code}`, `{message}`",
        answer.span(()),
        help=f"{first}, and repeat the call until it answers with {KINDS[importer.tables[0].kind].several}",
    )


def _stranger(table: Table, answer: Answer, path: Path, value: Json) -> Diagnostic:
    keys = value if isinstance(value, dict) else ()
    other = next((table.others[key] for key in keys if key in table.others), None)
    marks = ", ".join(f"`{mark}`" for mark in sorted(table.marks))
    one_of_it = f"{KINDS[table.kind].one} of it"
    wanted = table.expected if not path else one_of_it if other else f"an object with one of {marks}"
    return refused(table.answer, answer, path, value, wanted, f"this looks like {other}" if other else None)
