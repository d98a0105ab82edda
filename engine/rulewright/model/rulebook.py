"""The rulebook as frozen data: documents, vocabulary, parameters, tables and rules, with their source positions."""

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
    """A clause of a document, in words of the rulebook.

    `no_rule` is the reason why no rule implements the clause, if the author gives one.
    """

    name: str
    section: str
    says: str
    no_rule: str | None = None
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Document:
    """A source document: its title, publisher, date of the last update, and URL.

    `clauses` are its clauses by name, if the rulebook lists them.
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
    """The place in a document that a rule, a table or a value comes from, with the names of the cited clauses."""

    document: str
    section: str | None
    clauses: tuple[str, ...] = ()
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


class Direction(Enum):
    """The direction in which the value of a number or date can change."""

    UP = "up"
    DOWN = "down"
    ANY = "any"


class DateStep(Enum):
    """The unit in which a date changes."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Changes:
    """How a user can change a field in reality, and the relative cost of a change.

    A number or date moves in a `direction`, by multiples of `step`, or of the smallest step if it is None. A move by
    months ends on the last day of a month that is too short. Other values change `to` one of the listed values, or to
    any value without a list. A change costs `cost`, plus `cost_per_step` for each step. `say` is the change as a
    clause, as in `renew {{ ref }} by {{ difference }}`.
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

    `computed` is the expression of a computed field, and `from_table` the table of a column. `may_be_given` is true if
    a case file may state the field. `not_before` names the dates that the field must not precede. `host_name` is true
    if its texts are host names, which are compared in normal form. `also_called` has other names of each text: messages
    suggest them, input does not accept them. `changeable` is false if the rulebook says that no user can change the
    field. `changes` describes how a user can change it, and is None if the rulebook does not say.
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
    """A kind of fact, with its fields by name, including the columns of tables."""

    name: str
    label: str
    fields: Mapping[str, Field]
    ask: str | None = None
    note: str | None = None
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Dated:
    """A value from a date on; `since` is None if it has always held. A list parameter has a tuple of values."""

    since: date | None
    value: Value | tuple[Known, ...]
    sources: tuple[Source, ...] = ()
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


def newest_in_force(values: Iterable[Dated], as_of: date) -> Dated | None:
    """Return the newest value in force on a date, or None. Of two values with the same date, return the first."""
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


#: Name of the row for every key without a row of its own.
OTHERWISE = "otherwise"


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the document: a row of cells, by column, for each value of the field `by`.

    A cell left out of a row is none. `otherwise` is the row of every key without a row. If it is None, the cells of
    such a key are unknown.
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
        """Return every row of the table, with the row `otherwise` last."""
        return (*self.rows.values(), *(() if self.otherwise is None else (self.otherwise,)))

    def row(self, key: str) -> Mapping[str, tuple[Dated, ...]] | None:
        """Return the row of a key or the row `otherwise`, or None if the table has neither."""
        return self.rows.get(key, self.otherwise)


class RuleSeverity(Enum):
    """The weight of a rule, most severe first; only a blocking requirement decides a verdict."""

    BLOCKING = "blocking"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Require:
    """The condition that must hold."""

    condition: Condition


@dataclass(frozen=True, slots=True)
class Conclude:
    """The fields that get a value if the condition holds; without a condition, whenever the rule applies."""

    when: Condition | None
    values: Mapping[str, Known]


@dataclass(frozen=True, slots=True)
class Advise:
    """A duty, a permission or a warning that is reported if the condition holds."""

    when: Condition | None


Action: TypeAlias = Require | Conclude | Advise


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule about one kind of subject, which requires, concludes or advises where it applies.

    The first of its `sources` is the main one. `text_spans` has the place of each text. `content_spans` has the place
    of the first character of each text that the file contains verbatim.
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
        """Return whether the outcome of the rule counts for the verdict of its subject."""
        return isinstance(self.action, Require) and self.severity is RuleSeverity.BLOCKING

    @property
    def not_covered(self) -> NotCovered | None:
        """Return the topic that the edition does not cover, if the rule stands for one, else None."""
        condition = self.action.condition if isinstance(self.action, Require) else None
        return condition if isinstance(condition, NotCovered) else None


@dataclass(frozen=True, slots=True)
class View:
    """A query over many cases: the subjects with a given outcome of a rule, and some of their fields.

    `total` is a shown number field that is added up over all of them.
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
    """A rulebook of one edition; its mappings keep the order of the file.

    Topics that the edition does not cover are among its `rules`, after all others, as requirements that stay unknown.
    `time_zone` determines today's date for a case without a date. `unread` are the names of declarations that could not
    be read, so that nothing is known about them.
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
        """Return the field that a path reaches from a kind through references, or None if a part is not declared."""
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
        """Return the rules about a kind, in the order of the file."""
        return tuple(rule for rule in self.rules.values() if rule.about == kind)
