"""Every rulebook that comes with the program, and every example: without a mistake, tested, each outcome shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from rulewright.catalogue import check_file, load
from rulewright.model.conditions import NotCovered
from rulewright.model.outcomes import Outcome
from rulewright.model.rulebook import Advise, Conclude, Require, Rule
from rulewright.testing.reading import read_tests
from rulewright.testing.running import coverage, run_tests

HERE = Path(__file__).parent.parent
FILES = [
    path
    for folder in ("rulebook", "examples")
    for path in sorted((HERE / folder).glob("*/*.yaml"))
    if path.with_name(f"{path.stem}.tests.yaml").is_file()
]

#: What cannot come out, and why.
IMPOSSIBLE = {
    # the date of the check is always known, and these rules are about what has an end that is stated
    ("alibaba-cloud-icp-filing", "instance-in-service"): {Outcome.UNKNOWN},
    ("alibaba-cloud-icp-filing", "expiry-near"): {Outcome.UNKNOWN},
    ("tencent-cloud-icp-filing", "code-in-time"): {Outcome.UNKNOWN},
    # whether a fact is known is never unknown
    ("alibaba-cloud-icp-filing", "look-up-filing"): {Outcome.UNKNOWN},
}


def possible(rule: Rule) -> set[Outcome]:
    """The outcomes of a rule: without `applies` it is never not applicable, without a condition never silent."""
    match rule.action:
        case Require(NotCovered()):
            own = {Outcome.UNKNOWN}
        case Require():
            own = {Outcome.MET, Outcome.VIOLATED, Outcome.UNKNOWN}
        case Advise(when):
            own = {Outcome.ADVISED} | (set() if when is None else {Outcome.SILENT, Outcome.UNKNOWN})
        case Conclude(when):
            own = {Outcome.CONCLUDED} | (set() if when is None else {Outcome.SILENT, Outcome.UNKNOWN})
    return own if rule.applies is None else own | {Outcome.NOT_APPLICABLE}


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_nothing_is_wrong_or_doubtful(path: Path) -> None:
    assert check_file(path)[1] == []


@pytest.mark.parametrize("engine", ["durable", "reference"])
@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_its_tests_pass(path: Path, engine: str) -> None:
    program, _ = load(path)
    assert program is not None
    beside = path.with_name(f"{path.stem}.tests.yaml")
    tests, diagnostics = read_tests(beside.read_bytes(), beside.name, program.rulebook)
    assert diagnostics == []
    tested = run_tests(tests, program, engine)
    assert [(one.test.name, one.failures) for one in tested if one.failures] == []
    assert len(tested) >= 5


@pytest.mark.parametrize(
    "path",
    [path for path in FILES if path.parent.parent.name == "rulebook"],
    ids=lambda path: f"{path.parent.name}-{path.stem}",
)
def test_every_rule_shows_every_outcome_that_it_can_have(path: Path) -> None:
    program, _ = load(path)
    assert program is not None
    rulebook = program.rulebook
    beside = path.with_name(f"{path.stem}.tests.yaml")
    tests, _ = read_tests(beside.read_bytes(), beside.name, rulebook)
    shown = coverage(run_tests(tests, program, "reference"), rulebook)
    lacking = {
        rule.name: lack
        for rule in rulebook.rules.values()
        if (lack := possible(rule) - set(shown[rule.name]) - IMPOSSIBLE.get((rulebook.name, rule.name), set()))
    }
    assert lacking == {}


def test_there_are_rulebooks_to_look_at() -> None:
    assert len(FILES) >= 4
