"""Every rulebook that comes with the program, and every example: without a mistake, tested, each outcome shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from commands import ROOT, rw
from rulewright import Outcome
from rulewright.catalogue import check_file, load
from rulewright.model.conditions import NotCovered
from rulewright.model.rulebook import Advise, Conclude, Require, Rule
from rulewright.testing.running import coverage, run_tests
from rulewright.testing.tests_reader import read_tests

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
    ("alibaba-cloud-icp-filing", "subscription-begun"): {Outcome.UNKNOWN},
    ("alibaba-cloud-icp-filing", "subscription-start-needed"): {Outcome.UNKNOWN},
    ("alibaba-cloud-icp-filing", "instance-exists"): {Outcome.UNKNOWN},
    ("alibaba-cloud-icp-filing", "instance-stopped"): {Outcome.UNKNOWN},
    ("alibaba-cloud-icp-filing", "instance-locked"): {Outcome.UNKNOWN},
    ("tencent-cloud-icp-filing", "subscription-begun"): {Outcome.UNKNOWN},
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


@pytest.mark.parametrize("engine", ["durable", "plain"])
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
    shown = coverage(run_tests(tests, program, "plain"), rulebook)
    lacking = {
        rule.name: lack
        for rule in rulebook.rules.values()
        if (lack := possible(rule) - set(shown[rule.name]) - IMPOSSIBLE.get((rulebook.name, rule.name), set()))
    }
    assert lacking == {}


def test_there_are_rulebooks_to_look_at() -> None:
    assert len(FILES) >= 4


ALIBABA = [path for path in FILES if path.parent.name == "alibaba-cloud-icp-filing"]


def stated_fields(path: Path) -> dict[tuple[str, str], tuple[object, ...]]:
    """The fields that a case file can state, with what they take: type, choices and the kind that is referred to."""
    rulebook, _ = check_file(path)
    assert rulebook is not None
    return {
        (kind.name, field.name): (field.type, field.choices and tuple(field.choices), field.refers_to)
        for kind in rulebook.kinds.values()
        for field in kind.fields.values()
        if field.may_be_given and field.from_table is None
    }


def test_one_case_file_can_be_checked_by_every_edition() -> None:
    vocabularies = {path.stem: stated_fields(path) for path in ALIBABA}
    newest = vocabularies.pop("2026-06-26")
    assert sorted(vocabularies) == ["2018-04-19", "2023-09-28"]
    assert all(vocabulary == newest for vocabulary in vocabularies.values())
    assert len(newest) >= 20


def test_the_partial_edition_takes_nothing_over_from_an_older_one() -> None:
    """What it does not cover is told with the edition that covers it, and no requirement of it is written down here."""
    rulebook, _ = check_file(next(path for path in ALIBABA if path.stem == "2026-06-26"))
    assert rulebook is not None and not rulebook.complete
    uncovered = {rule.name: rule.not_covered for rule in rulebook.rules.values() if rule.not_covered is not None}
    assert {str(lacking.covered_by) for lacking in uncovered.values()} == {"2023-09-28"}
    assert {rule.about for rule in rulebook.rules.values() if rule.not_covered is None} == {"instance", "filing"}


def test_the_example_of_a_launch_by_each_edition() -> None:
    """What is ready, what is not, and what an edition does not cover."""
    verdicts = {}
    for path in ALIBABA:
        ran = rw("check", ROOT / "examples" / "website-launch.yaml", "--edition", path.stem, "-f", "json")
        assert ran.err == ""
        verdicts[path.stem] = {subject["ref"]: subject["verdict"] for subject in ran.json["subjects"]}
    assert verdicts == {
        "2018-04-19": {
            "web-1": "ready",
            "app-1": "needs_information",
            "shop": "ready",
            "blog": "needs_information",
            "intranet": "needs_information",
            "images": "needs_information",
            "old-site": "needs_information",
        },
        "2023-09-28": {
            "web-1": "ready",
            "app-1": "not_ready",
            "shop": "ready",
            "blog": "not_ready",
            "intranet": "not_applicable",
            "images": "needs_information",
            "old-site": "not_applicable",
        },
        "2026-06-26": {
            "web-1": "ready",
            "app-1": "not_ready",
            "shop": "needs_information",
            "blog": "not_ready",
            "intranet": "not_applicable",
            "images": "needs_information",
            "old-site": "needs_information",
        },
    }
