"""The oracle shares nothing with the product, has the whole language, and agrees with engines and test files."""

from __future__ import annotations

import ast
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, note, strategies as st

import oracle
from commands import ROOT, environment, rw
from oracle.conditions import CONDITIONS
from oracle.expressions import EXPRESSIONS
from oracle.field_types import TYPES
from oracle.operators import OPERATORS, more_than
from oracle.rules import VERBS
from oracle_comparison import RandomAuthor, comparable, differences, draw, expectations
from oracle_test_files import FileTest, read_tests, unmet
from strategies import Author

FOLDER = Path(oracle.__file__).parent

# --- nothing is shared ------------------------------------------------------------------------------------------------


def imported(path: Path) -> set[str]:
    """Return the top-level packages that a file imports."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name.partition(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0 and node.module is not None, "write the whole name of the module"
            found.add(node.module.partition(".")[0])
    return found


def test_the_oracle_imports_nothing_of_the_product() -> None:
    files = sorted(FOLDER.glob("**/*.py"))
    assert len(files) >= 10
    allowed = (sys.stdlib_module_names - {"importlib", "runpy", "subprocess"}) | {"oracle", "ruamel"}
    # the command alone needs the product, and gets it through the comparison
    used = {path.name: imported(path) - allowed for path in files}
    assert {name: names for name, names in used.items() if names} == {"__main__.py": {"oracle_comparison"}}


def test_the_oracle_runs_without_the_product() -> None:
    code = "import oracle, sys; print([name for name in sys.modules if name.startswith(('rulewright', 'duckdb'))])"
    paths = {**environment(), "PYTHONPATH": str(FOLDER.parent)}
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=paths)
    assert ran.stdout.strip() == "[]"


def test_no_module_is_long() -> None:
    assert {path.name: n for path in FOLDER.glob("*.py") if (n := len(path.read_text().splitlines())) >= 400} == {}


# --- the whole language -----------------------------------------------------------------------------------------------

#: The keys that the oracle reads, and those without a meaning for values, outcomes and verdicts.
KEYS = {
    "field": (
        "type to host_name computed",
        "label of unit minimum maximum not_before also_called ask note changeable changes may_be_given",
    ),
    "column": ("type to host_name", "label of unit minimum maximum not_before also_called ask note"),
    "parameter": ("type value values", "label unit note source"),
    "dated": ("since value", "source"),
    "table": ("about by columns rows otherwise", "source"),
    "kind": ("fields", "label ask note"),
    "related": ("of through where", ""),
    "sum": ("field of through where", ""),
    "rule": ("about applies require when conclude advise severity", "title source explain remedy rationale"),
    "not_covered": ("about applies what", "covered_by"),
}


@pytest.fixture(scope="module")
def schema() -> Any:
    return rw("schema", "rulebook").json


@pytest.mark.parametrize("name", KEYS)
def test_every_key_of_the_language_is_read_or_has_no_meaning_for_results(schema: Any, name: str) -> None:
    assert set(schema["$defs"][name]["properties"]) == set(" ".join(KEYS[name]).split())


def test_every_word_of_the_language_has_a_function(schema: Any) -> None:
    words = schema["$defs"]
    assert set(words["operators"]["properties"]) == {*OPERATORS, "ignore_case"}
    assert set(words["expression_mapping"]["properties"]) == set(EXPRESSIONS)
    assert set(words["condition"]["properties"]) == set(CONDITIONS)
    assert set(words["field"]["properties"]["type"]["enum"]) == set(TYPES)
    verbs = {verb for form in words["rule"]["oneOf"] for verb in form["required"]}
    assert verbs == set(VERBS) - {"what"}


# --- random rulebooks and cases ---------------------------------------------------------------------------------------


@st.composite
def drawn(draw_: Any) -> tuple[str, list[tuple[str, date]]]:
    return draw(Author(draw_))


@given(drawn())
def test_the_oracle_and_the_engines_agree(found: tuple[str, list[tuple[str, date]]]) -> None:
    rulebook, cases = found
    note(rulebook)
    note("\n".join(f"{day}: {text}" for text, day in cases))
    assert "\n".join(map(str, differences(rulebook, cases, expectations(rulebook, cases)))) == ""


def test_the_command_compares_and_counts() -> None:
    command = [sys.executable, str(FOLDER), "--cases", "5", "--seed", "1"]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, env=environment())
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.startswith("seed 1: ") and " 0 differences\n" in ran.stdout


def test_the_same_seed_draws_the_same_rulebooks_and_cases() -> None:
    assert draw(RandomAuthor("1-2")) == draw(RandomAuthor("1-2")) != draw(RandomAuthor("1-3"))


def test_a_mistake_in_the_oracle_is_a_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    rulebook = """
        {rulebook: law, edition: 2024-01-01, language: 1, title: Law, facts: {k: {fields: {n: {type: whole number}}}},
         rules: {r: {about: k, require: {n: {at_least: 3}}}}}"""
    cases = [("k: {n: 3}", date(2024, 1, 31))]
    assert differences(rulebook, cases, expectations(rulebook, cases)) == []
    monkeypatch.setitem(OPERATORS, "at_least", more_than)  # type: ignore[arg-type]
    paths = [(one.engine, one.path) for one in differences(rulebook, cases, expectations(rulebook, cases))]
    assert ("durable", "/subjects/('k', 'k')/outcomes/r") in paths
    assert ("plain", "/verdict") in paths


@pytest.mark.parametrize(
    ("left", "right"), [(True, 1), (3, "3"), (oracle.Absent.NONE, "none"), (oracle.Absent.NONE, oracle.Absent.UNKNOWN)]
)
def test_values_of_different_types_are_different(left: Any, right: Any) -> None:
    assert comparable({"v": left}) != comparable({"v": right})


# --- the rulebooks and examples that come with the program ------------------------------------------------------------

FILES = [
    path
    for folder in ("rulebook", "examples")
    for path in sorted((ROOT / folder).glob("*/*.yaml"))
    if path.with_name(f"{path.stem}.tests.yaml").is_file()
]


def file_tests(path: Path) -> tuple[str, Any, list[FileTest]]:
    text = path.read_text(encoding="utf-8")
    rulebook = oracle.load(text)
    return text, rulebook, read_tests(path.with_name(f"{path.stem}.tests.yaml").read_text(encoding="utf-8"), rulebook)


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_the_oracle_meets_the_expectations_of_a_test_file(path: Path) -> None:
    _, rulebook, tests = file_tests(path)
    results = {test.name: oracle.evaluate(rulebook, test.case, test.as_of) for test in tests}
    assert {test.name: found for test in tests if (found := unmet(test, rulebook, results[test.name]))} == {}
    assert len(results) == len(tests) >= 5


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_the_oracle_and_the_engines_agree_on_the_cases_of_a_test_file(path: Path) -> None:
    text, _, tests = file_tests(path)
    cases = [(test.text, test.as_of) for test in tests]
    assert "\n".join(map(str, differences(text, cases, expectations(text, cases)))) == ""


def test_an_expectation_that_is_not_met_is_found() -> None:
    """Each kind of expectation is turned into another one, and is then unmet."""
    found = set()
    for path in FILES:
        _, rulebook, tests = file_tests(path)
        for test in tests[::7]:
            result = oracle.evaluate(rulebook, test.case, test.as_of)
            for key in {"verdict", "outcomes", "values", "subjects"} & set(test.expected):
                turned = FileTest(test.name, test.case, test.as_of, {key: _turned(test.expected[key])})
                if unmet(turned, rulebook, result):
                    found.add(key)
                else:
                    assert key == "values", f"{path}: {test.name}: {key}"  # `none` of a field that is none
    assert found == {"verdict", "outcomes", "values", "subjects"}


def _turned(expected: Any) -> Any:
    if isinstance(expected, dict):
        return {key: _turned(value) for key, value in expected.items() if key != "missing"} or {"verdict": "no"}
    return oracle.Bare("none")


EXAMPLES = [
    ("shop-launch.yaml", "alibaba-cloud-icp-filing", "2018-04-19"),
    ("shop-launch.yaml", "alibaba-cloud-icp-filing", "2023-09-28"),
    ("website-launch.yaml", "alibaba-cloud-icp-filing", "2018-04-19"),
    ("website-launch.yaml", "alibaba-cloud-icp-filing", "2023-09-28"),
    ("website-launch.yaml", "alibaba-cloud-icp-filing", "2026-06-26"),
    ("annual-leave/request.yaml", "annual-leave", "2026-01-01"),
]


@pytest.mark.parametrize(("example", "name", "edition"), EXAMPLES)
def test_the_command_says_of_an_example_what_the_oracle_says(example: str, name: str, edition: str) -> None:
    path = ROOT / "examples" / example
    file = next(found for found in FILES if (found.parent.name, found.stem) == (name, edition))
    case = oracle.load(path.read_text(encoding="utf-8"))
    expected = oracle.evaluate(oracle.load(file.read_text(encoding="utf-8")), case, date.fromisoformat(case["as_of"]))
    report = rw("check", path, "--rulebook", file, "--format", "json").json
    assert_same_report(report, expected)


def assert_same_report(report: Any, expected: dict[str, Any]) -> None:
    """Compare the JSON of a case with a result of the oracle: verdicts, derived values, outcomes of findings."""
    assert report["verdict"] == expected["verdict"]
    assert [(one["kind"], one["ref"]) for one in report["subjects"]] == list(expected["subjects"])
    for one in report["subjects"]:
        subject = expected["subjects"][one["kind"], one["ref"]]
        assert one["verdict"] == subject["verdict"]
        assert one["derived"] == {field: _in_json(subject["values"][field]) for field in one["derived"]}
    for finding in report["findings"]:
        outcomes = expected["subjects"][finding["kind"], finding["ref"]]["outcomes"]
        assert outcomes[finding["rule"]] == finding["outcome"], finding["rule"]
    assert len(report["findings"]) > 0


def _in_json(value: Any) -> Any:
    if value is oracle.Absent.NONE:
        return None
    return value if isinstance(value, (str, bool, int)) else str(value) if isinstance(value, date) else float(value)
