"""The chain from facts to a verdict: it never contradicts the verdict, and everything that it says follows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, strategies as st

from evaluating import engine_of, evaluate
from recomputing import Recomputed
from rulewright.catalogue import check_file
from rulewright.explain.chains import Chains
from rulewright.explain.index import Index
from rulewright.model.chain import Chain
from rulewright.model.facts import Case
from rulewright.model.outcomes import CaseResult
from rulewright.model.rulebook import Rulebook
from rulewright.testing import tests_reader
from strategies import books, cases_of, read

ROOT = Path(__file__).parent.parent
SHIPPED = sorted(file for folder in ("rulebook", "examples") for file in ROOT.glob(f"{folder}/*/????-??-??.yaml"))


def checked(rulebook: Rulebook, case: Case, result: CaseResult) -> Chain:
    """The chain of a result, recomputed, with each outcome and verdict where the result has it."""
    chain = Chains(Index.of(rulebook)).of(case, result)
    Recomputed(chain, rulebook, case).check()
    assert chain.verdict is result.verdict
    assert [(one.kind, one.ref, one.verdict) for one in chain.verdicts] == [
        (subject.kind, subject.ref, subject.verdict) for subject in result.subjects
    ]
    assert [(one.rule, one.kind, one.ref, one.outcome) for one in chain.outcomes] == [
        (rule.name, subject.kind, subject.ref, subject.outcomes[rule.name])
        for rule in rulebook.rules.values()
        for subject in result.subjects
        if subject.kind == rule.about
    ]
    return chain


@st.composite
def drawn(draw: Any) -> tuple[Rulebook, list[Case]]:
    rulebook = read(draw(books()))
    return rulebook, draw(cases_of(rulebook))


@given(drawn())
def test_the_verdict_follows_from_the_leaves_of_its_explanation(found: tuple[Rulebook, list[Case]]) -> None:
    rulebook, cases = found
    results = [(case, evaluate(rulebook, case)) for case in cases]
    assume(any(result.verdict is not None for _, result in results))
    for case, result in results:
        if result.verdict is not None:
            checked(rulebook, case, result)


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: f"{file.parent.name}-{file.stem}")
def test_the_verdict_follows_from_the_leaves_in_all_shipped_rulebooks(file: Path) -> None:
    rulebook, _ = check_file(file)
    assert rulebook is not None
    tests, wrong = tests_reader.read_tests(tests_reader.tests_file(file).read_bytes(), "tests.yaml", rulebook)
    assert not wrong
    results = engine_of(rulebook).evaluate([test.case for test in tests])
    chains = [
        checked(rulebook, test.case, result)
        for test, result in zip(tests, results, strict=True)
        if result.verdict is not None
    ]
    assert len(chains) > 5
