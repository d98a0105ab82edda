"""The data of an import: tables that say which fact is where in an answer, and what was read by them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from rulewright.diagnostics import Diagnostic
from rulewright.vendors.answers import STANDARD_INPUT, Answer, read_json
from rulewright.vendors.conversions import Converter, Doubt, Found, Value
from rulewright.vendors.keys import found_key, snake_case
from rulewright.vendors.texts import Json, Path, described, shown, spelled

Members: TypeAlias = "dict[str, Json]"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of fact: its name and its fields, in the order in which a case file has them.

    `one` and `several` are its words in messages. A case file with such facts has the `caution` at its head. `progress`
    gives the order of the values of a field, in which the last one counts where answers state several.
    `prefix_words` say where the `prefix` of a ref comes from.
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
    """A row is read only where a fact of an earlier row has this value; else it is unknown, and this is why."""

    fact: str
    value: Value
    otherwise: str
    unknown: str


@dataclass(frozen=True, slots=True)
class Row:
    """One fact: the key it stands at (dotted, in the vendor's spelling), its converter, and what may speak against it.

    Where several rows are for one fact, the first that states it counts. Nothing is said of one that `is_optional` and
    not stated.

    A `caveat` is told once at the head of a case file that states the fact.
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
    """A fact that every record of such an answer states by being in it."""

    fact: str
    value: Value
    why: str


@dataclass(frozen=True, slots=True)
class Shape:
    """A form the answer comes in: the way to its records, where `*` stands for every member of a list.

    `sure` says that nothing else comes in this form; where it is not, each record must show by its keys what it is.
    Where the records are mere texts, `named` is the key under which the table finds each. A step in `may_lack` may be
    missing or null, where there is nothing to list.
    """

    steps: tuple[str, ...]
    sure: bool = False
    named: str = ""
    may_lack: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """What is read of one kind of answer: how its records are found and told apart, and a row for each fact.

    `marks` are keys that tell a record of this answer from others; `others` are keys that only other answers have,
    with the name of that answer. Keys are in the vendor's spelling; where a record may be in snake_case or camelCase,
    `aliases` gives the names that are not the same words.

    `ref` is the key that names the subject, read by `identify` (a text, if none is given) and put behind `prefix`;
    `nameless` says what a record without it leaves open, and is empty where that is a mistake; such a record is left
    out, or becomes a subject of its own if `unnamed` has a name for it, which gets a number.

    `alike` is the help where an answer of this form is none of this product. `never` are facts that such an answer
    cannot say; a `caution` is told at the head of the case file. `total` is the key of how many there are in all pages.
    `lists_all` is true where an answer without records says there are none. `combine` is for facts that several
    records say together. `of_services` reads a record instead, for each fact of its kind on the record's domain.
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
            members = found.value
            name = self._key(members, step)
            if name is None:
                return Found((*found.path, self._expected(step)), None, there=False)
            found = Found((*found.path, name), members[name])
        return found

    def name(self, key: str) -> str:
        """The name that this record has for a key."""
        return spelled(self.find(key).path[len(self.path) :])

    def _key(self, members: Members, step: str) -> str | None:
        aliases = () if self.aliases is None else self.aliases.get(step, ())
        named = next((alias for alias in aliases if alias in members), None)
        return named or found_key(members, step)

    def _expected(self, step: str) -> str:
        """The name under which a message looks for a key that is missing, in the spelling of the record."""
        if self.aliases is None:
            return step
        return (*self.aliases.get(step, ()), snake_case(step))[0]


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
        return f"{self.table.kind.words} `{shown(self.ref)}`"

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
        whose = self.name if self.ref else f"`{where}`" if where else f"the {self.table.kind.words}"
        what = described(found.value) if found.there else "no such key"
        message = f"`{key}` of {whose} cannot be read: expected {expected}, found {what}"
        self.problems.append(Diagnostic("I004", message, self.answer.span(found.path)))


def called(file: str) -> str:
    """A file as it is named to a reader."""
    return "standard input" if file == STANDARD_INPUT else file


@dataclass(frozen=True, slots=True)
class Finding:
    """What an answer holds: the tables that read it, its records, each with its table, and remarks for the reader."""

    tables: tuple[Table, ...]
    records: Sequence[tuple[Table, Record]]
    notes: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Importer:
    """A source by the name that the command line has for it, the answers it reads, and how they are read.

    The first table that fits an answer reads it; `find` is for answers that hold records of several tables.
    A case file has the kinds of fact in the order of the `vocabulary`, and of the tables where it names none.
    """

    name: str
    description: str
    tables: tuple[Table, ...]
    read: Callable[[str, bytes], Answer | Diagnostic] = read_json
    find: Callable[[Answer], Finding | Diagnostic] | None = None
    vocabulary: tuple[Kind, ...] = ()

    @property
    def kinds(self) -> dict[str, Kind]:
        """Return the kinds of fact that it states, by name and in the order of a case file."""
        of_tables = (one for table in self.tables for one in (table, table.of_services) if one is not None)
        return {kind.name: kind for kind in (*self.vocabulary, *(table.kind for table in of_tables))}

    @property
    def answers(self) -> str:
        """The answers it reads, in words."""
        return " or ".join(dict.fromkeys(table.answer for table in self.tables))

    @property
    def expected(self) -> str:
        """What the answers look like, in words."""
        return ", or ".join(dict.fromkeys(table.expected for table in self.tables if table.expected))
