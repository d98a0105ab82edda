"""Tests as data: a case, and what has to come out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from rulewright.diagnostics import Span
from rulewright.model.facts import Case
from rulewright.model.outcomes import Outcome, Verdict
from rulewright.model.values import Value


@dataclass(frozen=True, slots=True)
class Expected:
    """What has to come out for a case or a subject; what is not said may be anything.

    `values` are by kind and field.
    """

    verdict: Verdict | None = None
    outcomes: Mapping[str, Outcome] = field(default_factory=dict)
    values: Mapping[tuple[str, str], Value] = field(default_factory=dict)
    missing: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Test:
    """One test: a case and what has to come out, for all its subjects and for single ones by ref.

    With `error` the case has to end in the error of that code.
    """

    name: str
    span: Span
    case: Case
    expected: Expected
    subjects: Mapping[str, Expected]
    error: str | None
