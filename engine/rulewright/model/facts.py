"""Facts of cases: typed values with the place where each was stated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from rulewright.diagnostics import Span
from rulewright.model.values import Known


@dataclass(frozen=True, slots=True)
class Fact:
    """The stated values of one subject, by field.

    `ref` is unique among the facts of this kind in the case. A field that is not stated is left out. `spans` has the
    place of each value, as far as it is known.
    """

    kind: str
    ref: str
    values: Mapping[str, Known]
    spans: Mapping[str, Span] = field(default_factory=dict, compare=False, repr=False)
    span: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Case:
    """One case: its name, its date of evaluation, and its facts by kind.

    If a kind is a key of `facts`, even with no facts, the case has no other facts of that kind.
    """

    name: str
    as_of: date
    facts: Mapping[str, tuple[Fact, ...]]
    span: Span | None = field(default=None, compare=False, repr=False)
