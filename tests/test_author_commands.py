"""`rulewright lint`, `test` and `schema`, and every diagnostic of test files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from commands import AT_FAULT, FINE, NOT_READY, ROOT, Ran, edition, rulebook_folder, rw, write

FAILED = NOT_READY

BASES = """\
rulebook: leave
bases:
  three: {request: {ref: r, days: 3}}
"""


@pytest.fixture
def leave(tmp_path: Path) -> Path:
    return rulebook_folder(tmp_path / "leave", on_2024_01_01=edition("2024-01-01"))


def run_these(folder: Path, tests: str, *words: str, head: str = BASES) -> Ran:
    """Run tests that stand in the file beside the rulebook; each line is a test."""
    lines = "".join(f"  - {line}\n" for line in tests.splitlines())
    write(folder / "2024-01-01.tests.yaml", f"{head}tests:\n{lines}")
    ran = rw("test", folder, *words)
    return Ran(ran.status, ran.out, ran.err.replace(f"{folder}/2024-01-01.tests.yaml", "tests.yaml"))


# --- lint ------------------------------------------------------------------------------------------------------------


def test_lint_tells_everything_of_all(leave: Path, tmp_path: Path) -> None:
    assert rw("lint", leave).err == "1 rulebook file, 2 rules: 0 errors, 0 warnings\n"
    other = rulebook_folder(
        tmp_path / "other",
        on_2024_01_01=edition("2024-01-01").replace("days: {at_most", "dais: {at_most"),
        on_2024_06_01=edition("2024-06-01").replace('source: {document: handbook}\n    explain: "The', 'explain: "The'),
    )
    ran = rw("lint", leave, other, tmp_path / "nope", leave)
    assert (ran.status, ran.out) == (AT_FAULT, "")
    assert ran.codes == ["U001", "R012", "W002"]
    assert ran.err.endswith("\n3 rulebook files, 6 rules: 2 errors, 1 warning\n")
    assert rw("lint", other / "2024-06-01.yaml").status == FINE


def test_lint_takes_the_rulebooks_of_the_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert rw("lint").err.startswith("5 rulebook files, ")
    assert rw("lint").status == FINE


# --- test ------------------------------------------------------------------------------------------------------------


def test_tests_that_pass(leave: Path) -> None:
    ran = run_these(
        leave,
        "{name: short, base: three, expect: {verdict: ready, outcomes: {short-enough: met}, values: {days: 3}}}\n"
        "{name: on a day, as_of: 2024-05-01, given: {request: []}, expect: {verdict: not_applicable}}\n"
        "{name: open, base: three, given: {request: {days: ~}}, expect: {missing: [days]}}\n"
        "{name: one, base: three, expect: {subjects: {r: {verdict: ready, outcomes: {told-why: not_applicable}}}}}\n"
        "{name: known, base: three, expect: {values: {reason: unknown}, missing: []}}",
    )
    assert ran == Ran(FINE, "5 passed, 0 failed\n", "")


def test_what_is_not_covered_is_unknown_or_does_not_apply(tmp_path: Path) -> None:
    sick = "{sick: {about: request, applies: {reason: sick}, what: sick leave}}"
    leave = rulebook_folder(tmp_path / "leave", on_2024_01_01=edition("2024-01-01", complete="no", not_covered=sick))
    expected = "{{name: {0}, base: three, given: {{request: {{reason: {0}}}}}, expect: {{outcomes: {{sick: {1}}}}}}}"
    fine = f"{expected.format('sick', 'unknown')}\n{expected.format('family', 'not_applicable')}"
    ran = run_these(leave, fine, "--coverage")
    assert (ran.status, ran.err) == (FINE, "")
    assert [line.split() for line in ran.out.splitlines() if line.startswith(("rule ", "sick"))] == [
        ["rule", "met", "violated", "unknown", "not", "applicable"],
        ["sick", "1", "1"],
    ]
    assert ran.out.endswith("2 passed, 0 failed\n")
    assert run_these(leave, expected.format("sick", "met")).codes == ["T006"]


def test_a_test_that_fails_says_why(leave: Path) -> None:
    ran = run_these(
        leave, "{name: long, base: three, given: {request: {days: 30}}, expect: {outcomes: {short-enough: met}}}"
    )
    path = f"{leave}/2024-01-01.tests.yaml"
    assert (ran.status, ran.err) == (FAILED, "")
    assert ran.out == (
        f"failed: long ({path}:5:5)\n"
        "  `short-enough` for request `r`: expected met, came violated\n"
        "    r: r is for 30 days.\n"
        f"      days is at most 10 days: does not hold (it is 30 days, stated at {path}:5:55)\n"
        "0 passed, 1 failed\n"
    )


@pytest.mark.parametrize(
    ("expect", "told"),
    [
        ("verdict: not_ready", "verdict of the case: expected not_ready, came ready"),
        ("missing: [reason]", "missing of the case: expected reason, came nothing"),
        ("values: {days: 4}", "`days` of request `r`: expected 4, came 3"),
        ("values: {reason: none}", "`reason` of request `r`: expected none, came unknown"),
        ("values: {reason: 'unknown'}", '`reason` of request `r`: expected "unknown", came unknown'),
        ("error: F010", "error: expected F010, came none"),
        (
            "subjects: {r: {verdict: needs_information}}",
            "verdict of request `r`: expected needs_information, came ready",
        ),
        ("subjects: {r: {missing: [days]}}", "missing of request `r`: expected days, came nothing"),
    ],
)
def test_what_is_told_of_a_difference(leave: Path, expect: str, told: str) -> None:
    ran = run_these(leave, f"{{name: a, base: three, expect: {{{expect}}}}}", "--engine", "plain")
    assert ran.status == FAILED
    assert ran.out.splitlines()[1] == f"  {told}"


def test_a_case_that_ends_in_an_error(leave: Path) -> None:
    twice = "\n      twice: {type: whole number, computed: {plus: [days, days]}, may_be_given: yes}"
    text = edition("2024-01-01").replace("reason: {type: text}", "reason: {type: text}" + twice)
    rulebook_folder(leave, on_2024_01_01=text)
    wrong = "given: {request: {twice: 7}}"
    ran = run_these(leave, f"{{name: a, base: three, {wrong}, expect: {{error: F010}}}}")
    assert ran.status == FINE
    ran = run_these(leave, f"{{name: a, base: three, {wrong}, expect: {{verdict: ready}}}}")
    assert ran.status == FAILED
    assert ran.out.splitlines()[1] == "  error: expected none, came F010"
    assert "F010 `twice` of request `r` is stated as `7` and computed as `6`" in ran.out


def test_coverage(leave: Path) -> None:
    tests = (
        "{name: a, base: three, expect: {verdict: ready}}\n"
        "{name: b, given: {request: {days: 30}}, expect: {verdict: not_ready}}"
    )
    lines = run_these(leave, tests, "--coverage").out.splitlines()
    assert lines[1:] == [
        "leave 2024-01-01: how many tests show each outcome",
        "rule          met  violated  unknown  not applicable",
        "short-enough    1         1        0",
        "told-why        0         0        1               1",
        "",
        "2 passed, 0 failed",
    ]


def test_no_tests(leave: Path) -> None:
    ran = rw("test", leave)
    assert ran.out == f"{leave}/2024-01-01.yaml: no tests beside it (2024-01-01.tests.yaml)\n0 passed, 0 failed\n"
    assert (ran.status, ran.codes) == (AT_FAULT, ["U028"])


@pytest.mark.parametrize(
    ("tests", "expected"),
    [
        pytest.param(
            "{name: a, base: three, expect: {verdict: ready}}\n{name: a, base: three, expect: {verdict: ready}}",
            "tests.yaml:6:5: T002 a second test is called `a`\n  help: give each test a name of its own\n"
            "  note: the first is at tests.yaml:5:5\n",
            id="T002",
        ),
        pytest.param(
            "{name: a, base: thre, expect: {verdict: ready}}",
            "tests.yaml:5:21: T003 unknown base `thre`\n  help: did you mean `three`?\n",
            id="T003",
        ),
        pytest.param(
            "{name: a, base: three, expect: "
            "{outcomes: {short: met}, values: {day: 1}, missing: [dais], subjects: {q: {}}}}\n"
            "{name: b, base: three, expect: {error: F003}}",
            "tests.yaml:5:48: T004 unknown rule `short`\n  help: known here: `short-enough`, `told-why`\n"
            "tests.yaml:5:70: T004 unknown field `day`\n  help: did you mean `days`?\n"
            "tests.yaml:5:89: T004 unknown field `dais`\n  help: did you mean `days`?\n"
            "tests.yaml:5:107: T004 unknown subject `q`\n  help: known here: `r`\n"
            "tests.yaml:6:44: T004 no case ends in the error `F003`\n  help: did you mean `F010`?\n",
            id="T004",
        ),
        pytest.param(
            "{name: a, base: three, expect: {}}",
            "tests.yaml:5:36: T005 the test expects nothing, so it cannot fail\n"
            "  help: say what has to come out, as in `verdict: ready`\n",
            id="T005",
        ),
        pytest.param(
            "{name: a, base: three, expect: {outcomes: {short-enough: not_applicable, told-why: advised}}}",
            "tests.yaml:5:62: T006 `not_applicable` never comes out of the rule `short-enough`\n"
            "  help: what comes out of it: `met`, `violated`, `unknown`\n"
            "  note: `short-enough` is declared at RULEBOOK:12:3\n"
            "tests.yaml:5:88: T006 `advised` never comes out of the rule `told-why`\n"
            "  help: what comes out of it: `met`, `violated`, `unknown`, `not_applicable`\n"
            "  note: `told-why` is declared at RULEBOOK:17:3\n",
            id="T006",
        ),
        pytest.param(
            "{name: a, given: {request: []}, expect: {outcomes: {short-enough: met}, values: {days: 3}}}",
            "tests.yaml:5:57: T007 the rule `short-enough` is about `request`, and there is no request in this test\n"
            "  help: leave it out, or state such a fact\n"
            "tests.yaml:5:86: T007 `days` is a field of `request`, and there is no request in this test\n"
            "  help: leave it out, or state such a fact\n",
            id="T007",
        ),
        pytest.param(
            "{name: a, base: three, given: {as_of: 2024-05-01, case: x}, expect: {verdict: ready}}",
            "tests.yaml:5:36: F001 `as_of` is no kind of fact\n  help: write it beside `given`, not in it\n"
            "tests.yaml:5:55: F001 `case` is no kind of fact\n  help: write it beside `given`, not in it\n",
            id="F001",
        ),
        pytest.param(
            "{name: a, base: three, given: {request: {dais: 3}}, expect: "
            "{error: F010, verdict: redy, values: {days: x}}}",
            "tests.yaml:5:46: F002 unknown field `dais` of `request`\n  help: did you mean `days`?\n"
            "tests.yaml:5:79: R009 `verdict` does not go with `error`\n"
            "  help: a case that ends in an error has nothing else\n"
            "tests.yaml:5:88: R004 `redy` is no verdict\n  help: did you mean `ready`?\n"
            "tests.yaml:5:94: R009 `values` does not go with `error`\n"
            "  help: a case that ends in an error has nothing else\n"
            "tests.yaml:5:109: R021 `x` stands where a whole number is expected\n"
            "  help: write a number in digits, as in 3\n",
            id="several at once",
        ),
    ],
)
def test_what_is_told_of_test_files(leave: Path, tests: str, expected: str) -> None:
    ran = run_these(leave, tests)
    assert ran.err == expected.replace("RULEBOOK", f"{leave}/2024-01-01.yaml")
    assert ran.status == AT_FAULT


def test_tests_of_another_rulebook(leave: Path) -> None:
    ran = run_these(leave, "{name: a, given: {request: []}, expect: {missing: []}}", head="rulebook: leaf\n")
    assert ran.err == (
        "tests.yaml:1:11: T001 the tests are of `leaf`, and the rulebook is `leave`\n"
        "  help: move them to the rulebook that they test\n"
    )
    assert ran.status == AT_FAULT


def test_tests_that_are_never_run(leave: Path) -> None:
    run_these(leave, "{name: a, base: three, expect: {verdict: ready}}")
    write(leave / "2024-01-01.tests.yml", "tests: []\n")
    write(leave / "2024-01-10.tests.yaml", "tests: []\n")
    for named in (leave, leave / "2024-01-01.yaml"):
        ran = rw("test", named)
        assert ran.status == AT_FAULT
        assert ran.out == "1 passed, 0 failed\n"
        assert ran.err == "".join(
            f"{leave}/{name}:1:1: T008 no rulebook stands beside these tests, so they are never run\n"
            "  help: name the file as the edition that it tests, with `.tests.yaml` behind the date\n"
            for name in ("2024-01-01.tests.yml", "2024-01-10.tests.yaml")
        )


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("", ["S008"]),
        ("- a\n", ["R003"]),
        ("tests: {a: b}\n", ["R003"]),
        ("tests: [a, {name: b}, {expect: {verdict: ready}}]\n", ["R003", "F011", "R002", "F011", "R002"]),
        ("bases: {a: [1]}\ntests: [{name: a, base: a, expect: {verdict: ready}}]\n", ["R003"]),
        ("tests: [{name: a, given: 3, expect: [], other: 1}]\n", ["R003", "R003", "R001"]),
        ("tests: [{name: a, given: {request: []}, expect: {missing: days}}]\n", ["R003"]),
        ("tests: [{name: a, given: {request: []}, expect: {missing: []}}]\n---\ntests: []\n", ["S011"]),
        ("\ttests: []\n", ["S003"]),
        (b"\xff", ["S002"]),
    ],
)
def test_test_files_that_nobody_meant(leave: Path, text: str | bytes, codes: list[str]) -> None:
    write(leave / "2024-01-01.tests.yaml", text)
    ran = rw("test", leave)
    assert (ran.status, ran.codes) == (AT_FAULT, codes)


def test_a_rulebook_with_mistakes_is_not_run_these(leave: Path) -> None:
    rulebook_folder(leave, on_2024_01_01=edition("2024-01-01").replace("days: {at_most", "dais: {at_most"))
    ran = run_these(leave, "{name: a, base: three, expect: {verdict: ready}}")
    assert (ran.status, ran.out, ran.codes) == (AT_FAULT, "0 passed, 0 failed\n", ["R012"])


def test_tests_tell_nothing_that_steers_a_terminal(leave: Path) -> None:
    ran = run_these(leave, '{name: "\\e[31m", base: three, expect: {verdict: not_ready}}')
    assert ran.status == FAILED
    assert "\x1b" not in ran.out + ran.err


# --- schema ----------------------------------------------------------------------------------------------------------


def test_schemas(leave: Path, tmp_path: Path) -> None:
    assert rw("schema").json["title"] == "Rulewright rulebook, language 1"
    assert rw("schema", "cases", "-r", leave).json["title"] == "Case for leave, edition 2024-01-01"
    assert rw("schema", "tests", "-r", leave, "--edition", "2024-01-01").json["title"].startswith("Tests of leave")
    assert rw("schema", "-o", tmp_path / "schema.json").out == ""
    assert json.loads((tmp_path / "schema.json").read_text(encoding="utf-8")) == rw("schema").json


def test_schemas_that_cannot_be_made(leave: Path) -> None:
    assert rw("schema", "cases", "-r", "nope", "--edition", "x").codes == ["U004", "U001"]
    ran = rw("schema", "cases", "-r", leave, "--edition", "2024-01-02")
    assert (ran.status, ran.codes) == (AT_FAULT, ["U002"])
    rulebook_folder(leave, on_2024_01_01="rulebook: leave\n")
    assert rw("schema", "tests", "-r", leave).status == AT_FAULT
    assert rw("schema", "other").status == AT_FAULT
    assert rw("schema", "-o", ROOT / "none" / "schema.json").codes == ["U005"]
