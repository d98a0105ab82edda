"""Facts of cases: typed values with the place where each was stated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from rulewright.diagnostics import Span
from rulewright.model.values import Known


@dataclass(frozen=True, slots=True)
class Fact:
    """What is stated about one subject: its kind, its ref (unique for the kind in the case), its values by field.

    A field that is not stated is not there. `spans` holds the place of each value, as far as it is known.
    """

    kind: str
    ref: str
    values: Mapping[str, Known]
    spans: Mapping[str, Span] = field(default_factory=dict, compare=False, repr=False)
    span: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Case:
    """One case: its name, the date it is judged on, its facts by kind.

    A kind that is in `facts`, if only with no fact, is known to have no others.
    """

    name: str
    as_of: date
    facts: Mapping[str, tuple[Fact, ...]]
    span: Span | None = field(default=None, compare=False, repr=False)
