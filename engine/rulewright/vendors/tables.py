"""Tables of importers: the key of each fact in an answer, and the data read by them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from rulewright.diagnostics import Diagnostic
from rulewright.vendors.answer_files import STANDARD_INPUT, VendorAnswer, read_json
from rulewright.vendors.conversions import Converter, Doubt, Found, Value
from rulewright.vendors.display import Json, Path, described, shown, spelled
from rulewright.vendors.key_spellings import find_key, snake_case

Members: TypeAlias = "dict[str, Json]"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of fact: its name and its fields, in the order of a case file.

    `one` and `several` are its names in messages. `caution` is written at the head of a case file with such facts.
    `progress` orders the values of a field; if answers state several, the last one counts. `prefix_words` describe the
    origin of a ref's `prefix`.
    """

    name: str
    fields: tuple[str, ...]
    one: str
    several: str
    caution: str = ""
    progress: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    prefix_words: str = ""

    @property
    def words(self) -> str:
        """Return the name as it is written in a sentence."""
        return self.name.replace("_", " ")


@dataclass(frozen=True, slots=True)
class Needs:
    """The condition of a row: the value that a fact of an earlier row must have, and the reasons if it does not."""

    fact: str
    value: Value
    otherwise: str
    unknown: str


@dataclass(frozen=True, slots=True)
class Row:
    """A fact: its key (dotted, in the vendor's spelling), its converter, and its doubts.

    Of several rows for one fact, the first that states it counts. An `is_optional` row leaves no remark if it states
    nothing. A `caveat` is written once, at the head of a case file that states the fact.
    """

    fact: str
    key: str
    convert: Converter
    needs: Needs | None = None
    doubts: tuple[Doubt, ...] = ()
    caveat: str = ""
    is_optional: bool = False


@dataclass(frozen=True, slots=True)
class Always:
    """A fact that every record of an answer states by its presence."""

    fact: str
    value: Value
    why: str


@dataclass(frozen=True, slots=True)
class Shape:
    """A form of an answer: the path to its records, where `*` stands for every member of a list.

    `sure` says that only this answer has the form; else each record must have one of the table's `marks`. If the
    records are texts, `named` is the key under which the table finds each. A step in `may_lack` may be missing or null
    if there is nothing to list.
    """

    steps: tuple[str, ...]
    sure: bool = False
    named: str = ""
    may_lack: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The description of one kind of answer: how its records are found and recognized, and a row for each fact.

    `marks` are keys that only records of this answer have. `others` are keys of other answers, with their names. Keys
    are in the vendor's spelling; `aliases` has other names of keys in records in snake_case or camelCase.

    `ref` is the key of the subject's name. `identify` converts it (a text by default), and `prefix` is put before it.
    `nameless` says what a record without a name leaves open; if it is empty, such a record is an error. The record is
    skipped, or becomes a numbered subject called `unnamed`.

    `alike` is the help for an answer of this form from another product. `never` are facts that no such answer states.
    `caution` is written at the head of the case file. `total` is the key of the number of records in all pages.
    `lists_all` is true if an answer without records says that there are none. `combine` computes facts from several
    records. `of_services` is the table for services on the record's domain; it then reads the record for each of them.
    """

    answer: str
    kind: Kind
    ref: str
    rows: tuple[Row | Always, ...]
    expected: str = ""
    shapes: tuple[Shape, ...] = ()
    marks: frozenset[str] = frozenset()
    others: Mapping[str, str] = field(default_factory=dict)
    aliases: Mapping[str, tuple[str, ...]] | None = None
    identify: Converter | None = None
    prefix: str = ""
    nameless: str = ""
    unnamed: str = ""
    label: str = ""
    alike: str | None = None
    never: tuple[str, ...] = ()
    caution: str = ""
    total: str = ""
    lists_all: bool = False
    combine: Callable[[Sequence[Subject]], None] | None = None
    of_services: Table | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """A record of an answer, its path, and the aliases of its keys if they begin in lower case."""

    path: Path
    members: Members
    aliases: Mapping[str, tuple[str, ...]] | None = None

    def find(self, key: str) -> Found:
        """Return the value at a dotted key in the vendor's spelling, under any spelling or alias."""
        found = Found(self.path, self.members)
        for step in key.split("."):
            if not isinstance(found.value, dict):
                return replace(found, astray=not found.says_nothing)
            members = found.value
            name = self._key(members, step)
            if name is None:
                return Found((*found.path, self._expected(step)), None, there=False)
            found = Found((*found.path, name), members[name])
        return found

    def name(self, key: str) -> str:
        """Return the name that this record has for a key."""
        return spelled(self.find(key).path[len(self.path) :])

    def _key(self, members: Members, step: str) -> str | None:
        aliases = () if self.aliases is None else self.aliases.get(step, ())
        named = next((alias for alias in aliases if alias in members), None)
        return named or find_key(members, step)

    def _expected(self, step: str) -> str:
        """Return the name of a missing key for a message, in the spelling of the record."""
        if self.aliases is None:
            return step
        return (*self.aliases.get(step, ()), snake_case(step))[0]


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact of one answer: its value, its comment, and the path of its source."""

    value: Value
    comment: str
    path: Path


@dataclass
class Subject:
    """The facts of one record. `gaps` has the reason for each fact of its table that the record does not state.

    `named_by` is the comment of a ref that does not come from the record.
    """

    table: Table
    answer: VendorAnswer
    record: Record
    ref: str = ""
    named_by: str | None = None
    facts: dict[str, Fact] = field(default_factory=dict)
    gaps: dict[str, str] = field(default_factory=dict)
    problems: list[Diagnostic] = field(default_factory=list)

    @property
    def name(self) -> str:
        """Return the name of the subject for messages."""
        return f"{self.table.kind.words} `{shown(self.ref)}`"

    @property
    def file(self) -> str:
        """Return the file of the record, as comments name it."""
        return shown(called(self.answer.file))

    def find(self, key: str) -> Found:
        """Return the value at a key of the record."""
        return self.record.find(key)

    def stated(self, name: str) -> Value | None:
        """Return the value of a fact, or None if it is not stated."""
        return self.facts[name].value if name in self.facts else None

    def refuse(self, found: Found, expected: str) -> None:
        """Add a diagnostic of an unreadable value."""
        key = spelled(found.path[len(self.record.path) :])
        where = spelled(self.record.path)
        whose = self.name if self.ref else f"`{where}`" if where else f"the {self.table.kind.words}"
        what = described(found.value) if found.there else "no such key"
        message = f"`{key}` of {whose} cannot be read: expected {expected}, found {what}"
        self.problems.append(Diagnostic("I004", message, self.answer.span(found.path)))


def called(file: str) -> str:
    """Return the name of a file for readers."""
    return "standard input" if file == STANDARD_INPUT else file


@dataclass(frozen=True, slots=True)
class Finding:
    """The tables that read an answer, the records with their tables, and remarks for the reader."""

    tables: tuple[Table, ...]
    records: Sequence[tuple[Table, Record]]
    notes: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Importer:
    """A source with its name on the command line, the answers it reads, and how it reads them.

    The first table that fits an answer reads it. `find` replaces this for answers with records of several tables. A
    case file has the kinds of fact in the order of `vocabulary`, followed by those of the tables.
    """

    name: str
    description: str
    tables: tuple[Table, ...]
    read: Callable[[str, bytes], VendorAnswer | Diagnostic] = read_json
    find: Callable[[VendorAnswer], Finding | Diagnostic] | None = None
    vocabulary: tuple[Kind, ...] = ()

    @property
    def kinds(self) -> dict[str, Kind]:
        """Return the kinds of fact that the importer can state, by name and in the order of a case file."""
        of_tables = (one for table in self.tables for one in (table, table.of_services) if one is not None)
        return {kind.name: kind for kind in (*self.vocabulary, *(table.kind for table in of_tables))}

    @property
    def answers(self) -> str:
        """Return the names of the answers, in words."""
        return " or ".join(dict.fromkeys(table.answer for table in self.tables))

    @property
    def expected(self) -> str:
        """Return the expected forms of the answers, in words."""
        return ", or ".join(dict.fromkeys(table.expected for table in self.tables if table.expected))
