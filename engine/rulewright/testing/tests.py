"""Tests of a rulebook as data: a case and its expectations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from rulewright.diagnostics import Span
from rulewright.model.facts import Case
from rulewright.model.outcomes import Outcome, Verdict
from rulewright.model.values import Value


@dataclass(frozen=True, slots=True)
class Expected:
    """The expectations of a case or a subject; anything left out is not compared.

    `values` are by kind and field.
    """

    verdict: Verdict | None = None
    outcomes: Mapping[str, Outcome] = field(default_factory=dict)
    values: Mapping[tuple[str, str], Value] = field(default_factory=dict)
    missing: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Test:
    """A test: a case with its expectations, for all subjects and for single subjects by ref.

    With `error`, the case must have the error of that code.
    """

    name: str
    span: Span
    case: Case
    expected: Expected
    subjects: Mapping[str, Expected]
    error: str | None
