"""The rulebook: documents, vocabulary, parameters, tables and rules, frozen, each with its place in the source."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import TypeAlias

from rulewright.diagnostics import NOWHERE, Span
from rulewright.model.conditions import Condition, Expression, NotCovered
from rulewright.model.values import FieldType, Known, Value
from rulewright.time_zones import UTC


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause of a document, in words of the rulebook; `no_rule` says why no rule carries it, where none does."""

    name: str
    section: str
    says: str
    no_rule: str | None = None
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Document:
    """A source document: what it is called, who published it, when it was last updated, where it is found.

    `clauses` are what it says, by name, where the rulebook lists that.
    """

    name: str
    title: str
    publisher: str | None
    updated: date | None
    url: str | None
    clauses: Mapping[str, Clause] = field(default_factory=dict)
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Source:
    """The place in a document that a rule, a table or a value comes from, with the clauses by name that it cites."""

    document: str
    section: str | None
    clauses: tuple[str, ...] = ()
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


class Direction(Enum):
    """Which way the value of a number or date can be changed."""

    UP = "up"
    DOWN = "down"
    ANY = "any"


class DateStep(Enum):
    """By what a date is changed."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Changes:
    """How a user can change a field in the world, and what that costs in comparison with other changes.

    A number or date goes in a `direction`, by multiples of `step` (none: the smallest there is; months of a date end on
    the last day of a month that has no such day). Other values go `to` one of those listed, to any where none is. A
    change costs `cost`, and `cost_per_step` for each step of it. `say` is a text that tells the change as a clause, as
    in `renew {{ ref }} by {{ difference }}`.
    """

    direction: Direction = Direction.ANY
    step: int | Decimal | DateStep | None = None
    to: tuple[Known, ...] | None = None
    cost: int | Decimal = 1
    cost_per_step: int | Decimal = 0
    say: str | None = None
    say_span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Field:
    """A typed field of a kind of fact.

    `computed` gives its value from other fields; `from_table` names the table whose column it is. `may_be_given` says
    whether a case file may state it; `not_before` names the dates that it cannot be earlier than; `host_name` says
    that its texts are host names, compared in one form; `also_called` has other names of a text, by the text, which are
    suggested and never taken. `changeable` is false where the rulebook says that no user can change the field;
    `changes` says how a user can, and is none where the rulebook does not say.
    """

    name: str
    type: FieldType
    label: str
    choices: Mapping[str, str] = field(default_factory=dict)
    unit: str | None = None
    minimum: Known | None = None
    maximum: Known | None = None
    ask: str | None = None
    note: str | None = None
    changeable: bool = True
    changes: Changes | None = None
    refers_to: str | None = None
    computed: Expression | None = None
    from_table: str | None = None
    may_be_given: bool = True
    not_before: tuple[str, ...] = ()
    host_name: bool = False
    also_called: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of fact, with its fields by name, those of tables among them."""

    name: str
    label: str
    fields: Mapping[str, Field]
    ask: str | None = None
    note: str | None = None
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Dated:
    """A value from a date on; `since` is none for what always held. A list parameter has a tuple of values."""

    since: date | None
    value: Value | tuple[Known, ...]
    sources: tuple[Source, ...] = ()
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


def newest_in_force(values: Iterable[Dated], as_of: date) -> Dated | None:
    """Return the newest value that has begun on a date; none where none has. Of two of one date it is the first."""
    begun = [dated for dated in values if dated.since is None or dated.since <= as_of]
    return max(begun, key=lambda dated: dated.since or date.min, default=None)


@dataclass(frozen=True, slots=True)
class Parameter:
    """A named constant, with its values by date, the oldest first."""

    name: str
    type: FieldType
    values: tuple[Dated, ...]
    is_list: bool = False
    unit: str | None = None
    note: str | None = None
    sources: tuple[Source, ...] = ()
    label: str | None = None
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


#: The name of the row for every key without a row of its own.
OTHERWISE = "otherwise"


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the document: for each value of the field `by` a row of cells, by column.

    A cell that is left out of a row is none. `otherwise` is the row of every key without a row of its own. If it is
    none, the cells of such a key are unknown.
    """

    name: str
    about: str
    by: str
    columns: tuple[str, ...]
    rows: Mapping[str, Mapping[str, tuple[Dated, ...]]]
    otherwise: Mapping[str, tuple[Dated, ...]] | None = None
    sources: tuple[Source, ...] = ()
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)

    @property
    def all_rows(self) -> tuple[Mapping[str, tuple[Dated, ...]], ...]:
        """Every row of the table, the row `otherwise` last."""
        return (*self.rows.values(), *(() if self.otherwise is None else (self.otherwise,)))

    def row(self, key: str) -> Mapping[str, tuple[Dated, ...]] | None:
        """Return the row of a key, or the row `otherwise`; none if the table has neither."""
        return self.rows.get(key, self.otherwise)


class RuleSeverity(Enum):
    """How much a rule matters: only a blocking requirement decides a verdict. Most severe first."""

    BLOCKING = "blocking"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Require:
    """The condition that must hold."""

    condition: Condition


@dataclass(frozen=True, slots=True)
class Conclude:
    """The fields that get a value when the condition holds; with no condition, whenever the rule applies."""

    when: Condition | None
    values: Mapping[str, Known]


@dataclass(frozen=True, slots=True)
class Advise:
    """A duty, a permission or a warning that is told when the condition holds."""

    when: Condition | None


Action: TypeAlias = Require | Conclude | Advise


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule about one kind of subject: it requires, concludes or advises where it applies.

    The first of its `sources` is the main one. `text_spans` has the place of each text; `content_spans` that of its
    first character, for the texts that stand in the file character by character.
    """

    name: str
    about: str
    action: Action
    applies: Condition | None
    severity: RuleSeverity
    title: str
    explain: str
    remedy: str | None = None
    rationale: str | None = None
    sources: tuple[Source, ...] = ()
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)
    text_spans: Mapping[str, Span] = field(default_factory=dict, compare=False, repr=False, kw_only=True)
    content_spans: Mapping[str, Span] = field(default_factory=dict, compare=False, repr=False, kw_only=True)

    @property
    def decides(self) -> bool:
        """Whether the rule's outcome counts for its subject's verdict."""
        return isinstance(self.action, Require) and self.severity is RuleSeverity.BLOCKING

    @property
    def not_covered(self) -> NotCovered | None:
        """What the edition does not cover, of a rule that stands for just that."""
        condition = self.action.condition if isinstance(self.action, Require) else None
        return condition if isinstance(condition, NotCovered) else None


@dataclass(frozen=True, slots=True)
class View:
    """A question to many cases: the subjects of whom a rule came out so, with some of their fields.

    `total` is a number field of those shown that is added up over all of them.
    """

    name: str
    title: str
    rule: str
    about: str
    outcome: str
    show: tuple[str, ...]
    total: str | None = None
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Rulebook:
    """A whole rulebook of one edition, whose mappings keep the order of the file.

    What an edition does not cover is among its `rules`, as requirements that stay unknown, behind all others.
    `time_zone` is the zone whose date is today for a case without a date.
    `unread` has the names that are declared in the file and could not be read, of which nothing can be said.
    """

    name: str
    edition: date
    title: str
    complete: bool
    documents: Mapping[str, Document]
    kinds: Mapping[str, Kind]
    parameters: Mapping[str, Parameter]
    tables: Mapping[str, Table]
    rules: Mapping[str, Rule]
    views: Mapping[str, View] = field(default_factory=dict)
    time_zone: str = UTC
    unread: frozenset[str] = field(default=frozenset(), compare=False, repr=False, kw_only=True)
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)

    def field_at(self, kind: str, path: tuple[str, ...]) -> Field | None:
        """The field that a path reaches from a kind, through references; none when a part of it is not declared."""
        found: Field | None = None
        current: str | None = kind
        for part in path:
            if current is None or current not in self.kinds:
                return None
            found = self.kinds[current].fields.get(part)
            if found is None:
                return None
            current = found.refers_to
        return found

    def rules_about(self, kind: str) -> tuple[Rule, ...]:
        """The rules about a kind, in the order of the file."""
        return tuple(rule for rule in self.rules.values() if rule.about == kind)
