"""Reports for other programs and for tickets: golden files, the formats' own schemas, and hostile facts."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID
from xml.etree import ElementTree

import pytest
import xmlschema
from hypothesis import given, settings
from jsonschema import Draft4Validator, Draft7Validator
from markdown_it import MarkdownIt
from markdown_it.token import Token

import explanations as made
from commands import EXAMPLE, FINE, NOT_READY, rw, write
from rulewright import Outcome, RuleSeverity, Verdict
from rulewright.catalogue import check_file
from rulewright.compile.compiler import compile_rulebook
from rulewright.engines import PLAIN, Judge
from rulewright.model.explanation import Explanation
from rulewright.model.facts import Case
from rulewright.model.languages import Language
from rulewright.model.rulebook import Rulebook
from rulewright.model.run import Run
from rulewright.render.clean import clean
from rulewright.render.finding_places import file_uri, finding_place
from rulewright.render.formats import REPORT_FORMATS, ReportContent
from rulewright.render.junit import write_junit
from rulewright.render.markdown import write_markdown
from rulewright.render.markdown_text import code, escaped, link
from rulewright.render.oscal import write_oscal
from rulewright.render.sarif import write_sarif
from rulewright.testing import tests_reader
from test_chain import SHIPPED, drawn

SCHEMAS = Path(__file__).parent / "schemas"
ENDINGS = {"markdown": "md", "junit": "xml", "sarif": "sarif", "oscal": "oscal.json"}
CASES = {
    "not-ready": [made.not_ready()],
    "ready": [made.ready()],
    "needs-information": [made.needs_information()],
    "uncovered": [made.uncovered()],
    "hostile": [made.hostile()],
    "several": [made.not_ready(), made.ready(), made.needs_information(), made.not_applicable()],
    "none": [],
}
every_case = pytest.mark.parametrize("cases", CASES.values(), ids=CASES.keys())
UNUSUAL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def written(
    format_: str, cases: Sequence[Explanation], run: Run = made.RUN, language: Language = Language.ENGLISH
) -> str:
    text = REPORT_FORMATS[format_].write(ReportContent({language: cases}, {}, run))
    assert isinstance(text, str)
    return text


@pytest.mark.parametrize("format_", ENDINGS)
@pytest.mark.parametrize("name", CASES)
def test_golden(name: str, format_: str, golden: Callable[[str, str], None]) -> None:
    golden(f"render/{name}.{ENDINGS[format_]}", written(format_, CASES[name]))


@pytest.mark.parametrize("format_", ENDINGS)
@every_case
def test_reports_are_the_same_each_time_and_steer_nothing(cases: Sequence[Explanation], format_: str) -> None:
    report = written(format_, cases)
    assert report == written(format_, cases)
    assert not UNUSUAL.search(report)
    assert report.endswith("\n")
    assert len(report.splitlines()) == report.count("\n")


# --- the formats' own schemas ----------------------------------------------------------------------------------------


@lru_cache
def sarif_schema() -> Draft4Validator:
    return Draft4Validator(json.loads((SCHEMAS / "sarif-2.1.0.json").read_text(encoding="utf-8")))


@lru_cache
def oscal_schema() -> Draft7Validator:
    text = (SCHEMAS / "oscal-1.2.3.json").read_text(encoding="utf-8")
    # Python knows no classes of letters and digits by these names
    return Draft7Validator(json.loads(text.replace(r"\\p{L}", r"[^\\W\\d_]").replace(r"\\p{N}", r"\\d")))


@lru_cache
def junit_schema() -> xmlschema.XMLSchema:
    return xmlschema.XMLSchema(str(SCHEMAS / "junit-10.xsd"))


def valid_sarif(cases: Sequence[Explanation], run: Run = made.RUN) -> Any:
    """The log of some cases, which keeps the schema and what the specification asks beyond it."""
    log = json.loads(write_sarif(cases, run=run))
    assert [error.message for error in sarif_schema().iter_errors(log)] == []
    for part in log["runs"]:
        rules = part["tool"]["driver"]["rules"]
        assert len({rule["id"] for rule in rules}) == len(rules)
        prints = [result["partialFingerprints"]["caseRuleSubject/v1"] for result in part["results"]]
        assert len(prints) == len(set(prints))
        for result in part["results"]:
            assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
            assert result.get("kind", "fail") == "fail"  # with any other kind, a level has to be none
            for place in [*result["locations"], *result.get("relatedLocations", ())]:
                if "physicalLocation" in place:
                    uri = place["physicalLocation"]["artifactLocation"]["uri"]
                    assert re.fullmatch(r"[A-Za-z0-9._~:/%-]+", uri)
    return log


def valid_oscal(cases: Sequence[Explanation], run: Run = made.RUN) -> Any:
    """The assessment results of some cases, which keep the schema, and whose references lead somewhere."""
    document = json.loads(write_oscal(cases, run=run))
    assert [error.message for error in oscal_schema().iter_errors(document)] == []
    ids = [value for key, value in leaves(document) if key == "uuid"]
    assert len(ids) == len(set(ids))
    assert all(UUID(one).version == 5 for one in ids)
    pointed = {value for key, value in leaves(document) if key in ("observation-uuid", "risk-uuid", "subject-uuid")}
    pointed |= {value[1:] for key, value in leaves(document) if key == "href" and value.startswith("#")}
    assert pointed <= set(ids)
    return document["assessment-results"]


def valid_junit(cases: Sequence[Explanation], run: Run = made.RUN) -> ElementTree.Element:
    """The suites of some cases, which keep the schema, and whose counts are those of their tests."""
    report = write_junit(cases, run=run)
    junit_schema().validate(report)
    root = ElementTree.fromstring(report)
    for suite, case in zip(root, [None, *cases], strict=True):
        counts = Counter(child.tag for test in suite.iter("testcase") for child in test)
        assert suite.get("tests") == str(len(list(suite.iter("testcase"))))
        told = [suite.get("failures"), suite.get("errors"), suite.get("skipped")]
        assert told == [str(counts[name]) for name in ("failure", "error", "skipped")]
        if case is None:
            assert suite.get("name") == "rulewright"
            continue
        fails = bool(counts["failure"] or counts["error"])
        assert fails == (case.verdict in (Verdict.NOT_READY, Verdict.NEEDS_INFORMATION))
    assert root.get("failures") == str(len(list(root.iter("failure"))))
    return root


def leaves(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for name, item in value.items():
            yield from leaves(item, name)
    elif isinstance(value, list):
        for item in value:
            yield from leaves(item, key)
    elif isinstance(value, str):
        yield key, value


@pytest.mark.parametrize("run", [made.RUN, made.INCOMPLETE], ids=["complete", "incomplete"])
@every_case
def test_reports_keep_the_schemas(cases: Sequence[Explanation], run: Run) -> None:
    valid_sarif(cases, run)
    valid_oscal(cases, run)
    # made by hand, these have a verdict that does not follow from their findings
    made_by_hand = [replace(one, verdict=Verdict.NOT_READY) if one.case.startswith("<") else one for one in cases]
    valid_junit(made_by_hand, run)


@pytest.mark.parametrize("format_", ENDINGS)
def test_a_report_of_an_incomplete_run(format_: str, golden: Callable[[str, str], None]) -> None:
    """Each format has the account of rows, the rejected rows and how many more there are, in each language."""
    for language in Language:
        report = written(format_, CASES["ready"], made.INCOMPLETE, language)
        golden(f"render/incomplete.{language.value}.{ENDINGS[format_]}", report)
        assert "F003" in report and "F002" in report and "S001" in report
        assert "4" in report and "9" in report


def test_junit_counts_allowed_rejects_as_skipped() -> None:
    suite = valid_junit(CASES["ready"], replace(made.INCOMPLETE, allows_rejects=True))[0]
    assert (suite.get("errors"), suite.get("skipped")) == ("0", "5")
    suite = valid_junit(CASES["ready"], made.INCOMPLETE)[0]
    assert (suite.get("errors"), suite.get("skipped")) == ("4", "1")


def test_sarif_says_whether_all_rows_were_evaluated() -> None:
    for run, successful, levels in (
        (made.RUN, True, []),
        (made.INCOMPLETE, False, ["error"] * 4 + ["warning"]),
        (replace(made.INCOMPLETE, allows_rejects=True), True, ["warning"] * 5),
    ):
        (invocation,) = valid_sarif(CASES["ready"], run)["runs"][0]["invocations"]
        assert invocation["executionSuccessful"] is successful
        assert [one["level"] for one in invocation["toolExecutionNotifications"]] == levels
        assert (invocation["startTimeUtc"], invocation["endTimeUtc"]) == (
            "2026-06-01T08:30:00Z",
            "2026-06-01T08:30:02Z",
        )


def test_oscal_times_are_those_of_the_run() -> None:
    document = valid_oscal(CASES["several"])
    assert document["metadata"]["last-modified"] == "2026-06-01T08:30:02Z"
    times = {(result["start"], result["end"]) for result in document["results"]}
    assert times == {("2026-06-01T08:30:00Z", "2026-06-01T08:30:02Z")}


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: f"{file.parent.name}-{file.stem}")
def test_reports_of_all_tests_of_shipped_rulebooks_keep_the_schemas(file: Path) -> None:
    rulebook, _ = check_file(file)
    assert rulebook is not None
    tests, _ = tests_reader.read_tests(tests_reader.tests_file(file).read_bytes(), "tests.yaml", rulebook)
    cases = explained(rulebook, [test.case for test in tests][:60])
    valid_sarif(cases)
    valid_oscal(cases)
    valid_junit(cases)


@settings(max_examples=25)
@given(drawn())
def test_reports_of_any_case_keep_the_schemas(found: tuple[Rulebook, list[Case]]) -> None:
    cases = explained(*found)
    valid_sarif(cases)
    valid_oscal(cases)
    valid_junit(cases)
    write_markdown(cases, run=made.RUN)


def explained(rulebook: Rulebook, cases: Sequence[Case]) -> list[Explanation]:
    judge = Judge(compile_rulebook(rulebook), PLAIN)
    results = [(case, judge.result(case)) for case in cases]
    return [judge.explain(case, result) for case, result in results if result.verdict is not None]


# --- what is said ----------------------------------------------------------------------------------------------------


def test_sarif_levels() -> None:
    (run,) = valid_sarif(CASES["not-ready"])["runs"]
    found = {result["ruleId"]: (result["level"], result["properties"]["outcome"]) for result in run["results"]}
    assert found == {
        "region-in-mainland": ("note", "unknown"),
        "bandwidth-purchased": ("warning", "violated"),
        "subscription-long-enough": ("error", "violated"),
        "not-pay-as-you-go": ("error", "violated"),
        "purchasing-account": ("note", "advised"),
    }


def test_sarif_has_a_run_for_each_edition() -> None:
    other = replace(made.RULEBOOK, digest="sha256:0")
    third = replace(made.not_ready(), case="third")
    runs = valid_sarif([made.not_ready(), replace(made.ready(), rulebook=other), third])["runs"]
    assert [len(run["properties"]["cases"]) for run in runs] == [2, 1]


def test_sarif_points_at_the_facts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(EXAMPLE.parent.parent)
    ran = rw("check", "examples/shop-launch.yaml", "--format", "sarif", "--engine", "plain")
    assert ran.status == NOT_READY
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    found = {}
    for result in ran.json["runs"][0]["results"]:
        place = result["locations"][0]["physicalLocation"]
        assert place["artifactLocation"]["uri"] == "examples/shop-launch.yaml"
        region = place["region"]
        rest = lines[region["startLine"] - 1][region["startColumn"] - 1 :]
        found[result["ruleId"], result["properties"]["ref"]] = rest
    assert found["subscription-long-enough", "web-1"] == "2023-11-01"
    assert found["expiry-near", "web-1"] == "2023-11-01"


def test_facts_that_are_in_no_file_have_no_place_in_one() -> None:
    ran = rw("check", "-", "--format", "sarif", "--engine", "plain", data=EXAMPLE.read_bytes())
    assert all("physicalLocation" not in result["locations"][0] for result in ran.json["runs"][0]["results"])
    assert not ElementTree.fromstring(
        rw("check", "-", "--format", "junit", "--engine", "plain", data=EXAMPLE.read_bytes()).out
    ).findall(".//testcase[@file]")


def test_a_finding_without_a_place_of_its_own_is_at_its_subject() -> None:
    case = made.not_ready()
    finding = replace(case.findings[1], tests=())
    assert finding_place(finding, case) == made.at(4, 19)
    assert finding_place(replace(finding, ref="other"), case) is None


@pytest.mark.parametrize(
    ("file", "uri"),
    [
        ("a b/#c?.yaml", "a%20b/%23c%3F.yaml"),
        ("c:d.yaml", "c%3Ad.yaml"),
        ("/tmp/é.yaml", "file:///tmp/%C3%A9.yaml"),
        ("../x/100%.csv", "../x/100%25.csv"),
        ("half\udcff", "half%ED%B3%BF"),
    ],
)
def test_files_are_uris(file: str, uri: str) -> None:
    assert file_uri(file) == uri
    urlsplit(uri)


def test_junit_says_which_is_which() -> None:
    root = valid_junit(CASES["not-ready"])
    found = {test.get("name"): [child.tag for child in test] for test in root.iter("testcase")}
    assert found == {
        "region-in-mainland [web-1]": ["error"],
        "bandwidth-purchased [web-1]": ["skipped"],
        "subscription-long-enough [web-1]": ["failure"],
        "not-pay-as-you-go [web-1]": ["failure"],
        "service-type-supported [web-1]": [],
        "order-large-enough [web-1]": ["skipped"],
        "purchasing-account [shop]": ["system-out"],
    }
    test = root.find(".//testcase[@name='subscription-long-enough [web-1]']")
    assert test is not None
    assert (test.get("file"), test.get("line"), test.get("classname")) == ("shop.yaml", "7", "shop-launch.instance")
    assert "To do: Renew web-1 for at least 1 month." in (test.findtext("failure") or "")


def test_oscal_says_which_is_which() -> None:
    (result,) = valid_oscal(CASES["not-ready"])["results"]
    found = {one["target"]["target-id"]: one["target"]["status"] for one in result["findings"]}
    assert {rule: (status["state"], status["reason"]) for rule, status in found.items()} == {
        "region-in-mainland": ("not-satisfied", "other"),
        "bandwidth-purchased": ("not-satisfied", "fail"),
        "subscription-long-enough": ("not-satisfied", "fail"),
        "not-pay-as-you-go": ("not-satisfied", "fail"),
        "service-type-supported": ("satisfied", "pass"),
    }
    assert len(result["risks"]) == 3
    assert len(result["observations"]) == 6
    assert next(risk["remediations"][0]["description"] for risk in result["risks"] if "remediations" in risk) == (
        "Renew web-1 for at least 1 month."
    )


def test_cases_of_one_name_have_ids_of_their_own() -> None:
    valid_oscal([made.not_ready(), made.not_ready()])


def test_every_severity_and_outcome_has_its_place() -> None:
    case = made.not_ready()
    findings = tuple(
        replace(case.findings[0], rule=f"r-{outcome.value}-{severity.value}", outcome=outcome, severity=severity)
        for outcome in Outcome
        for severity in RuleSeverity
    )
    whole = replace(case, findings=findings)
    valid_sarif([whole])
    valid_oscal([whole])
    root = valid_junit([whole])
    failing = [test.get("name") for test in root.iter("testcase") if test.find("failure") is not None]
    assert failing == ["r-violated-blocking [web-1]"]


# --- Markdown --------------------------------------------------------------------------------------------------------


def tokens(markdown: str) -> list[Token]:
    """What a reader of Markdown makes of a text, all on one level."""
    found = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(markdown)
    return [one for token in found for one in (token, *(token.children or ()))]


def shown(markdown: str) -> str:
    """What a reader sees, without what has no width."""
    texts = [token.content for token in tokens(markdown) if token.type in ("text", "code_inline")]
    return "".join(texts).replace("\u200b", "")


@every_case
def test_markdown_has_no_markup_but_our_own(cases: Sequence[Explanation]) -> None:
    report = write_markdown(cases, run=made.RUN)
    found = tokens(report)
    assert not {"html_inline", "html_block", "image", "fence", "code_block", "s_open", "em_open", "table_open"} & {
        token.type for token in found
    }
    links = {str(token.attrGet("href")) for token in found if token.type == "link_open"}
    assert links <= {made.ADDRESS, "http://good.example/?a=1&b=%22'%3E%3C"}
    assert "{{" not in report and "{%" not in report
    for case in cases:
        for text in (case.case, *(finding.message for finding in case.findings if finding.outcome is Outcome.VIOLATED)):
            assert clean(text).strip() in shown(report)


@pytest.mark.parametrize(
    "text",
    [
        *made.HOSTILE,
        "# not a heading",
        "1. not a list",
        "- [ ] not a task",
        "> not a quote",
        "+ no",
        "===",
        "---",
        "    no code",
        "a  \nb",
        "*x* _y_ ~~z~~ `c` ``d` \\ \\* &amp; &lt;b&gt;",
        "![i](http://evil.example/i.png) [l](http://evil.example) <http://evil.example> [r]: http://evil.example",
        "http://evil.example www.evil.example mail@evil.example",
        "@everybody look at #1 and !2",
        "| a | b |",
        "$x$ :smile:",
        "",
        "`",
        "``",
        "a`",
    ],
)
def test_any_text_is_shown_as_it_is(text: str) -> None:
    plain = clean(text).strip()
    forms = (
        escaped(text),
        f"- {escaped(text)}",
        f"# {escaped(text)} #x",
        f"{code(text)} end",
        link(text, "https://a/b"),
    )
    forbidden = {"html_inline", "html_block", "image", "em_open", "fence", "blockquote_open", "hr", "ordered_list_open"}
    for written in forms:
        assert not {token.type for token in tokens(written)} & forbidden
        assert plain in shown(written)
    assert {str(token.attrGet("href")) for token in tokens(escaped(text)) if token.type == "link_open"} == set()


def test_nobody_is_called_by_a_ticket() -> None:
    written = escaped("@everybody look at #1, !2, http://evil.example, WWW.evil.example and a@b.example")
    assert not re.search(r"@\w|#[0-9]|![0-9]|\w://|www\.", written, re.IGNORECASE)


def test_addresses_stay_addresses() -> None:
    (token,) = [one for one in tokens(link("x", "https://a.example/(b)>c\\")) if one.type == "link_open"]
    assert token.attrGet("href") == "https://a.example/(b)%3Ec%5C"


def test_markdown_of_a_case_that_is_ready_has_nothing_to_do() -> None:
    report = write_markdown(CASES["ready"], run=made.RUN)
    assert report.startswith("# Ready: blog\n")
    assert "What to do" not in report
    assert "- [ ]" in write_markdown(CASES["not-ready"], run=made.RUN)


# --- on the command line ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("format_", ENDINGS)
def test_the_formats_of_the_command_line(format_: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    shown = rw("check", EXAMPLE, "--format", format_, "--engine", "plain")
    assert (shown.status, shown.err) == (NOT_READY, "")
    report = tmp_path / "report"
    ran = rw("check", EXAMPLE, "--format", format_, "--engine", "plain", "-o", report.name)
    assert (ran.status, ran.out) == (NOT_READY, "")
    # all but the arguments is the same
    assert re.sub(r' -o report|,\s*"-o",\s*"report"', "", report.read_text(encoding="utf-8")) == shown.out
    none = write(tmp_path / "none.yaml", "instance: []\n")
    assert rw("check", none, "--format", format_, "--engine", "plain").status == FINE
