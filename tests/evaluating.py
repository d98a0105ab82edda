"""Evaluation of one case by a rulebook of the model, by plain Python and by durable-rules."""

from __future__ import annotations

from rulewright.compile.compiler import compile_rulebook
from rulewright.evaluate.durable import durable_engine
from rulewright.evaluate.engine import Engine
from rulewright.evaluate.plain import plain_engine
from rulewright.model.facts import Case
from rulewright.model.outcomes import CaseResult
from rulewright.model.rulebook import Rulebook


def evaluate(rulebook: Rulebook, case: Case) -> CaseResult:
    """Return the result of a case, without durable-rules."""
    return plain_engine(rulebook).evaluate_case(case)


def engine_of(rulebook: Rulebook) -> Engine:
    """Return the engine that infers by durable-rules."""
    return durable_engine(compile_rulebook(rulebook))
