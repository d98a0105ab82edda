"""What an importer is made of: tables that say which fact stands where in an answer and how it is read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Protocol, TypeAlias

from rulewright.diagnostics import Diagnostic
from rulewright.vendors.answers import Answer, read_json
from rulewright.vendors.texts import Json, Path

if TYPE_CHECKING:
    from rulewright.vendors.records import Finding
    from rulewright.vendors.subjects import Subject

#: What a fact can be stated as.
Value: TypeAlias = str | bool | int | date


@dataclass(frozen=True, slots=True)
class Stated:
    """A fact that the answer states, with what a reader should know of the reading."""

    value: Value
    note: str = ""


@dataclass(frozen=True, slots=True)
class Unclear:
    """A value that was read and does not settle the fact: why, as what is said of the value (`is a placeholder`)."""

    why: str


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A value that cannot be read: what was expected, and where it stands if it is not the value of the row itself."""

    expected: str
    found: Found | None = None


Converted: TypeAlias = Stated | Unclear | Unreadable
Converter: TypeAlias = Callable[[Json], Converted]


@dataclass(frozen=True, slots=True)
class Found:
    """Where a key was looked for and what was there.

    `there` is false when the key is not in the answer; `astray` is true when something stands on the way to the key
    that should be an object and is not: then this is it.
    """

    path: Path
    value: Json
    there: bool = True
    astray: bool = False

    @property
    def says_nothing(self) -> bool:
        """Whether the answer leaves it open: no such key, null, or a blank text."""
        return not self.there or self.value is None or (isinstance(self.value, str) and not self.value.strip())


class Surroundings(Protocol):
    """What a doubt may look at beside the value itself: other keys of the record, facts already stated."""

    def find(self, key: str) -> Found:
        """What stands at a key of the record."""

    def stated(self, name: str) -> Value | None:
        """The value of a fact of an earlier row, if it is stated."""


#: A second look at a value that could be read: what speaks against stating it, or None.
Doubt: TypeAlias = Callable[[Value, Surroundings], Unclear | Unreadable | None]


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
    records say together. `of_services` reads a record instead, for each cloud service of the case on its domain.
    """

    answer: str
    kind: str
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
class Importer:
    """A source by the name that the command line has for it, the answers it reads, and how they are read.

    The first table that fits an answer reads it; `find` is for answers that hold records of several tables.
    """

    name: str
    description: str
    tables: tuple[Table, ...]
    read: Callable[[str, bytes], Answer | Diagnostic] = read_json
    find: Callable[[Answer], Finding | Diagnostic] | None = None

    @property
    def answers(self) -> str:
        """The answers it reads, in words."""
        return " or ".join(dict.fromkeys(table.answer for table in self.tables))

    @property
    def expected(self) -> str:
        """What the answers look like, in words."""
        return ", or ".join(dict.fromkeys(table.expected for table in self.tables if table.expected))
