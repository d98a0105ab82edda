"""The writers of reports: golden files, and what must hold for any facts, however hostile."""

from __future__ import annotations

import hashlib
import io
import json
import re
from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from rich.cells import cell_len
from rich.console import Console

import explanations as made
from rulewright import Outcome, RuleSeverity, Truth, Verdict
from rulewright.model.explanation import ExplainedTest, Explanation
from rulewright.model.languages import Language
from rulewright.model.run import Run
from rulewright.model.values import Absent, Value
from rulewright.render.arrange import arranged
from rulewright.render.clean import MARK, clean, web_address
from rulewright.render.diagram import wrap_lines
from rulewright.render.html import write_html
from rulewright.render.json import case_json, in_one_line, write_json
from rulewright.render.json_lines import JsonLines
from rulewright.render.terminal import print_text
from rulewright.render.words import CHINESE, ENGLISH, WORDS, Words
from rulewright.shipped import shipped_folder

Golden = Callable[[str, str], None]

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


def html(cases: Sequence[Explanation], *more: Language, run: Run = made.RUN) -> str:
    page = write_html(dict.fromkeys((Language.ENGLISH, *more), cases), run=run)
    assert isinstance(page, str)
    return page


def text(
    cases: Sequence[Explanation],
    width: int = 100,
    encoding: str = "utf-8",
    terminal: bool = False,
    everything: bool = False,
    words: Words = ENGLISH,
    run: Run = made.RUN,
) -> str:
    raw = io.BytesIO()
    file = io.TextIOWrapper(raw, encoding=encoding, newline="\n")
    console = Console(
        file=file, width=width, force_terminal=terminal, color_system="standard" if terminal else None, _environ={}
    )
    print_text(cases, console, everything=everything, words=words, run=run)
    file.flush()
    return raw.getvalue().decode(encoding)


# --- golden files --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", CASES)
def test_golden(name: str, golden: Golden) -> None:
    cases = CASES[name]
    golden(f"render/{name}.json", write_json(cases, run=made.RUN))
    golden(f"render/{name}.jsonl", JsonLines().write(cases))
    golden(f"render/{name}.txt", text(cases))
    golden(f"render/{name}.everything.txt", text(cases, everything=True))
    golden(f"render/{name}.html", html(cases))


def test_a_report_of_an_incomplete_run(golden: Golden) -> None:
    """Text, page and JSON say how many rows were not evaluated, and why."""
    cases, run = CASES["ready"], made.INCOMPLETE
    golden("render/incomplete.txt", text(cases, run=run))
    golden("render/incomplete.zh.txt", text(cases, run=run, words=CHINESE))
    golden("render/incomplete.html", html(cases, Language.CHINESE, run=run))
    golden("render/incomplete.json", write_json(cases, run=run, several=True))


def test_the_run_of_several_cases_is_whole_in_the_first() -> None:
    runs = [case["run"] for case in json.loads(write_json(CASES["several"], run=made.INCOMPLETE))]
    lists = {"inputs", "rejects", "more_rejects"}
    assert lists <= set(runs[0])
    assert all(run == {key: runs[0][key] for key in runs[0] if key not in lists} for run in runs[1:])


@pytest.mark.parametrize("name", CASES)
def test_golden_in_chinese(name: str, golden: Golden) -> None:
    """The words of the report alone: the texts are those that the explanations have."""
    golden(f"render/{name}.zh.txt", text(CASES[name], everything=True, words=CHINESE))


# --- JSON ----------------------------------------------------------------------------------------------------------


def test_json_of_one_case_is_an_object_and_of_several_an_array() -> None:
    assert isinstance(json.loads(write_json(CASES["ready"], run=made.RUN)), dict)
    assert [case["case"] for case in json.loads(write_json(CASES["several"], run=made.RUN))] == [
        "shop-launch",
        "blog",
        "备案-网站",
        "intranet",
    ]
    assert write_json([], run=made.RUN) == "[]\n"
    assert JsonLines().write([]) == ""


def test_json_keys() -> None:
    case = json.loads(write_json([made.not_ready()], run=made.RUN))
    assert list(case) == [
        *("case", "verdict", "as_of", "rulebook", "engine", "subjects", "findings", "missing", "notices", "run"),
    ]
    assert list(case["rulebook"]) == ["name", "edition", "digest"]
    assert list(case["subjects"][0]) == ["kind", "ref", "verdict", "derived"]
    assert list(case["findings"][0]) == [
        *("rule", "kind", "ref", "outcome", "severity", "message", "remedy", "source", "tests"),
    ]
    assert list(case["findings"][0]["source"]) == ["document", "title", "section", "publisher", "updated", "url"]
    assert [list(fact) for fact in case["missing"]] == [
        ["kind", "ref", "field", "ask", "instead", "note", "needed_by"],
        ["kind", "ref", "field", "ask", "needed_by"],
    ]
    assert "notices" not in json.loads(write_json([made.ready()], run=made.RUN))


def test_json_keeps_the_order_of_the_explanation() -> None:
    told = json.loads(write_json([made.not_ready()], run=made.RUN))
    assert [finding["rule"] for finding in told["findings"]] == [finding.rule for finding in made.not_ready().findings]


def written(value: Value, truth: Truth | None = Truth.TRUE) -> dict[str, object]:
    case = made.ready()
    finding = replace(case.findings[0], tests=(ExplainedTest("t", truth, value, "", None),))
    found: dict[str, object] = json.loads(write_json([replace(case, findings=(finding,))], run=made.RUN))["findings"][
        0
    ]["tests"][0]
    return found


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (3, "3"),
        (True, "true"),
        (False, "false"),
        ("3", '"3"'),
        (date(2023, 10, 15), '"2023-10-15"'),
        (Decimal("0.1"), "0.1"),
        (Decimal("120.50"), "120.5"),
        (Decimal("-0.000000001"), "-1e-09"),
        (Decimal("123456789012345"), "123456789012345.0"),
        (Decimal("999999.123456789"), "999999.123456789"),
        (Decimal("12345678901234567.125"), '"12345678901234567.125"'),
        (999_999_999_999_999, "999999999999999"),
        (-1_000_000_000_000_000, '"-1000000000000000"'),
    ],
)
def test_json_values(value: Value, expected: str) -> None:
    assert json.dumps(written(value)["value"]) == expected


def test_json_tells_unknown_from_none_and_from_what_did_not_matter() -> None:
    assert written(Absent.UNKNOWN, Truth.UNKNOWN) == {
        "test": "t",
        "truth": None,
        "value": None,
        "absent": "unknown",
        "at": None,
    }
    assert written(Absent.NONE, Truth.FALSE) == {
        "test": "t",
        "truth": False,
        "value": None,
        "absent": "none",
        "at": None,
    }
    assert written(7, None) == {"test": "t", "truth": None, "looked_at": False, "value": 7, "at": None}
    derived = json.loads(write_json([made.not_ready()], run=made.RUN))["subjects"][0]["derived"]
    assert derived["minimum_order_cny"] is None
    assert "service_numbers_left" not in derived


def test_json_lines_are_the_same_whatever_was_written_before() -> None:
    case = made.not_ready()
    finding = case.findings[0]
    values: list[Value] = [True, 1, Decimal(1), Decimal("0.10"), Decimal("0.1"), "1", Absent.NONE, Absent.UNKNOWN]
    tests = tuple(replace(test, value=value) for test in finding.tests for value in values)
    alike = [replace(finding, outcome=outcome, tests=tests) for outcome in Outcome]
    alike += [replace(finding, severity=severity, source=None) for severity in RuleSeverity]
    writer = JsonLines()
    for cases in [*CASES.values(), [replace(case, findings=tuple(alike))], *reversed(CASES.values())]:
        assert writer.write(cases) == "".join(in_one_line(case_json(case)) + "\n" for case in cases)


@every_case
def test_json_says_what_is_there_in_lines_that_are_lines(cases: Sequence[Explanation]) -> None:
    lines = JsonLines().write(cases)
    assert len(lines.splitlines()) == len(cases)
    for line, case in zip(lines.splitlines(), cases, strict=True):
        told = json.loads(line)
        assert told["case"] == case.case
        assert [finding["message"] for finding in told["findings"]] == [finding.message for finding in case.findings]
    for whole in (lines, write_json(cases, run=made.RUN)):
        whole.encode()
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", whole)


# --- text ----------------------------------------------------------------------------------------------------------


@every_case
@pytest.mark.parametrize("width", [20, 40, 80, 100, 120, 300])
def test_text_fits_the_width_and_steers_nothing(cases: Sequence[Explanation], width: int) -> None:
    whole = text(cases, width=width, everything=True)
    for line in whole.split("\n"):
        assert line == line.rstrip()
        assert cell_len(line) <= min(width, 100)
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]", whole)


def test_text_is_the_same_with_colours() -> None:
    plain = text(CASES["hostile"])
    coloured = text(CASES["hostile"], terminal=True)
    assert "\x1b[" in coloured
    without = re.sub("\x1b\\[[0-9;]*m|\x1b]8;[^\x1b]*\x1b\\\\", "", coloured)
    assert without == plain


def test_text_links_only_to_web_addresses() -> None:
    links = re.findall("\x1b]8;[^;]*;([^\x1b]*)\x1b", text(CASES["hostile"], terminal=True, everything=True))
    assert {link for link in links if link} == {"http://good.example/?a=1&b=\"'><"}


def test_text_shows_facts_as_they_are() -> None:
    whole = text(CASES["hostile"], width=300)
    assert "[bold red]x[/] :smile: [link=file:///etc/passwd]y[/link]" in whole
    assert f"{MARK}[31mred{MARK}[0m" in whole


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "gb18030"])
def test_text_in_letters_that_the_console_has(encoding: str) -> None:
    whole = text(CASES["not-ready"], encoding=encoding)
    assert "x Blocking" in whole or "✗ Blocking" in whole
    text(CASES["several"] + CASES["hostile"], encoding=encoding, everything=True)


def test_text_counts_the_rest_or_tells_everything() -> None:
    short, whole = text(CASES["not-ready"]), text(CASES["not-ready"], everything=True)
    assert "Also looked at: 1 met, 1 concluded, 1 does not apply, 1 not the case." in short
    assert "The service type is supported" not in short
    assert "The service type is supported" in whole
    assert "Also looked at" not in whole


def test_text_tells_the_most_severe_first() -> None:
    whole = text(CASES["not-ready"])
    told = ["lasts long enough", "instance is a subscription", "bandwidth plan", "region of the Chinese", "purchasing"]
    assert sorted(told, key=whole.index) == told


def test_the_remedy_of_what_is_not_decided_is_not_told() -> None:
    assert "Move the service" not in text(CASES["not-ready"], everything=True)
    assert "Move the service" not in html(CASES["not-ready"])


# --- HTML ----------------------------------------------------------------------------------------------------------

VOID = {"meta", "br", "hr", "img", "input", "link", "area", "base", "col", "embed", "source", "track", "wbr"}
ALLOWED = {
    *("html", "head", "meta", "title", "style", "body", "main", "header", "footer", "article", "section", "aside"),
    *("h1", "h2", "h3", "h4", "h5", "p", "ul", "ol", "li", "dl", "div", "dt", "dd", "details", "summary", "span"),
    *("strong", "cite", "code", "bdi", "time", "a", "table", "thead", "tbody", "tr", "th", "td"),
    *("svg", "symbol", "path", "circle", "rect", "use", "g", "text", "script", "fieldset", "legend", "input", "label"),
}


class Page(HTMLParser):
    """A page taken apart: its elements, and whether every one of them is closed in order."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len({name for name, _ in attrs}) == len(attrs)
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


@every_case
def test_html_is_whole_and_can_do_nothing(cases: Sequence[Explanation]) -> None:
    page = Page(html(cases, Language.CHINESE))
    assert page.open == []
    assert {tag for tag, _ in page.elements} <= ALLOWED
    links = [attributes["href"] or "" for attributes in page.all("a")]
    outside = {link for link in links if not link.startswith("#")}
    assert outside <= {made.ADDRESS, "http://good.example/?a=1&b=\"'><"}
    for _, attributes in page.elements:
        assert not any(name == "style" or name.startswith("on") for name in attributes)
        assert not attributes.keys() & {"src", "srcset", "action", "formaction", "data", "poster", "xlink:href"}
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    pointed = {link[1:] for link in links if link.startswith("#")}
    pointed |= {(attributes["href"] or "")[1:] for attributes in page.all("use")}
    labelled = [attributes for _, attributes in page.elements if "aria-labelledby" in attributes]
    pointed |= {attributes["aria-labelledby"] or "" for attributes in labelled}
    assert pointed <= set(ids)


@every_case
def test_html_policy_lets_in_exactly_its_own_style_and_script(cases: Sequence[Explanation]) -> None:
    page = html(cases)
    (style,) = re.findall("<style>(.*?)</style>", page, re.DOTALL)
    (script,) = re.findall("<script>(.*?)</script>", page, re.DOTALL)
    digests = [b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in (style, script)]
    policy = next(meta["content"] for meta in Page(page).all("meta") if "http-equiv" in meta)
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{digests[0]}'; script-src 'sha256-{digests[1]}'; base-uri 'none'; "
        "form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    )
    assert not re.search(r"url\(|@import|expression", style)
    assert not re.search(r"fetch|XMLHttp|eval|innerHTML|import\(|localStorage|cookie|navigator", script)


@every_case
def test_html_is_for_everybody(cases: Sequence[Explanation]) -> None:
    page = Page(html(cases))
    assert page.all("html") == [{"lang": "en"}]
    assert page.all("fieldset") == []
    assert len(page.all("main")) == 1
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(later <= earlier + 1 for earlier, later in pairwise(levels))
    assert all(attributes.get("scope") in ("row", "col") for attributes in page.all("th"))
    assert all(attributes.get("aria-hidden") == "true" for attributes in page.all("svg"))


def test_html_shows_hostile_facts_as_they_are() -> None:
    page = html(CASES["hostile"])
    shown = "".join(Page(page).texts)
    for fact in made.HOSTILE:
        assert clean(fact) in shown
    assert "49" not in re.sub("<style>.*?</style>|<script>.*?</script>|<svg.*?</svg>", "", page, flags=re.DOTALL)
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", page)


def test_html_of_several_cases_starts_with_an_overview() -> None:
    page = html(CASES["several"])
    assert "<h1>4 cases</h1>" in page
    assert re.findall('<a href="#(en-case-[0-9])">', page) == [f"en-case-{number}" for number in range(1, 5)]
    assert "1 not ready" in page
    assert "0 cases" in html([])


def test_html_is_the_same_each_time() -> None:
    assert html(CASES["several"]) == html(CASES["several"])


def luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_colours_are_told_apart_by_light_alone() -> None:
    style = (shipped_folder("templates") / "parts" / "style.css").read_text(encoding="utf-8")
    blocks = [dict(re.findall("--([a-z-]+): (#[0-9a-f]{6});", block)) for block in re.findall("{([^{}]*)}", style)]
    light, dark = [block for block in blocks if "page" in block and "ink" in block]
    tones = ("bad", "open", "good", "plain")
    pairs = [
        *((ink, ground) for ink in ("ink", "soft", "link") for ground in ("page", "card", "inset")),
        *((ink, f"{tone}-tint") for ink in ("ink", "soft") for tone in tones),
        *((tone, ground) for tone in tones for ground in ("page", "card", "inset", f"{tone}-tint")),
    ]
    for colours in (light, dark):
        for ink, ground in pairs:
            high, low = sorted((luminance(colours[ink]), luminance(colours[ground])), reverse=True)
            assert (high + 0.05) / (low + 0.05) >= 4.5, (ink, ground)


# --- what the reports share ----------------------------------------------------------------------------------------


def test_one_step_for_one_remedy() -> None:
    case = made.not_ready()
    findings = tuple(
        replace(found, remedy="Do it.") if found.outcome is Outcome.VIOLATED else found for found in case.findings
    )
    (step,) = arranged(replace(case, findings=findings), ENGLISH).steps
    assert [placed.number for placed in step.findings] == [3, 4, 2]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://a.example/x?y#z", True),
        ("http://a.example", True),
        ("HTTPS://a.example", True),
        ("javascript:alert(1)", False),
        (" https://a.example", False),
        ("java\nscript:alert(1)", False),
        ("data:text/html,x", False),
        ("//a.example", False),
        ("/a", False),
        ("https:a", False),
        ("http://[", False),
        ("", False),
        (None, False),
    ],
)
def test_web_address(url: str | None, expected: bool) -> None:
    assert web_address(url) == (url if expected else None)


def test_clean() -> None:
    assert clean("a\r\n\tb") == "a b"
    assert clean("\x1b[31m") == f"{MARK}[31m"
    assert clean("\u202e\u2066x") == f"{MARK}x"
    assert clean("می\u200cخواهم 👩\u200d💻") == "می\u200cخواهم 👩\u200d💻"


@pytest.mark.parametrize("words", WORDS.values(), ids=lambda words: words.language.value)
def test_every_word_is_there(words: Words) -> None:
    assert words.verdicts.keys() == words.verdict_counts.keys() == set(Verdict)
    assert words.outcome_headings.keys() == words.outcome_counts.keys() == set(Outcome)
    assert words.truths.keys() == {*Truth, None}


def test_both_languages_stand_in_one_page() -> None:
    page = html(CASES["not-ready"], Language.CHINESE)
    assert "Not ready" in page and "不符合要求" in page
    assert page.count('type="radio"') == 2
    told = Page(page)
    assert {one.get("lang") for one in told.all("div") if "data-title" in one} == {"en", "zh-CN"}


def test_numbers_and_plurals_are_those_of_the_language() -> None:
    assert ENGLISH.cases.of(1) == "1 case"
    assert ENGLISH.cases.of(100_000) == "100,000 cases"
    assert CHINESE.cases.of(1) == "1 个案例"


# --- the picture ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("is at least CNY 100.00 each", ["is at least", "CNY 100.00", "each"]),
        ("example/shop.yaml", ["example/", "shop.yaml"]),
        ("网站或应用使用过（即使已注销）", ["网站或应用使", "用过（即使已", "注销）"]),
        ("网站或应用使用（过）", ["网站或应用使", "用（过）"]),
        ("abcdefghijklmnop", ["abcdefghijkl", "mnop"]),
        ("a b c d e f g h i j k l m n o p q r s t u v w", ["a b c d e f", "g h i j k l", "m n o p q r…"]),
        ("", []),
    ],
)
def test_lines_of_a_box_end_where_a_reader_expects_it(text: str, lines: list[str]) -> None:
    assert wrap_lines(text, room=86, size=13) == lines
