"""The report as the command line makes it: its languages, and templates of a user's own."""

from __future__ import annotations

import html
import json
import re
from functools import partial
from pathlib import Path

import pytest

from commands import AT_FAULT, EXAMPLE, NOT_READY, edition, rulebook_folder, rw, write
from rulewright.fix.problem import Limits


def page(*words: str | Path) -> str:
    ran = rw("check", EXAMPLE, "--format", "html", *words)
    assert (ran.status, ran.err) == (NOT_READY, "")
    return ran.out


# --- languages -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lang", "first", "languages"),
    [(None, "en", 2), ("en", "en", 0), ("zh", "zh-CN", 0), ("zh,en", "zh-CN", 2), (" EN , zh,en", "en", 2)],
)
def test_languages_of_a_page(lang: str | None, first: str, languages: int) -> None:
    made = page(*(() if lang is None else ("--lang", lang)))
    assert f'<html lang="{first}">' in made
    assert made.count('type="radio"') == languages
    assert ("包年包月时长足够" in made) == (lang != "en")
    assert ("Subscription long enough" in made) == (lang != "zh")


def test_a_rulebook_without_a_translation_has_a_page_in_english(tmp_path: Path) -> None:
    book = rulebook_folder(tmp_path / "leave", on_2024_01_01=edition("2024-01-01"))
    case = write(tmp_path / "a.yaml", "request: {ref: mei, days: 11}\n")
    made = rw("check", case, "-r", book, "--format", "html").out
    assert 'type="radio"' not in made
    # what is asked for is shown all the same: the words in Chinese, the texts as they are
    text = rw("check", case, "-r", book, "--lang", "zh").out
    assert "未满足" in text
    assert "mei is for 11天." in text


def test_text_and_json_in_chinese() -> None:
    text = rw("check", EXAMPLE, "--lang", "zh")
    assert text.out.startswith("不符合要求  shop-launch")
    assert "为 web-1 续费至少1个月。" in text.out
    told = json.loads(rw("check", EXAMPLE, "--lang", "zh", "--format", "json").out)
    english = json.loads(rw("check", EXAMPLE, "--format", "json").out)
    assert [one["outcome"] for one in told["findings"]] == [one["outcome"] for one in english["findings"]]
    assert {one["ask"] for one in told["missing"]} == {"实例是否部署在中国内地？", "该实例曾经使用过多少个备案服务号？"}
    assert told["rulebook"] == english["rulebook"]
    needed = re.findall(r'"needed":\{"words":"([^"]*)"', json.dumps(told, ensure_ascii=False, separators=(",", ":")))
    assert "不少于3个月（最短包年包月时长）" in needed
    assert not any(re.search(r"\b(the|one|that|than|least|anything)\b", words) for words in needed)


@pytest.mark.parametrize("name", ["markdown", "junit", "sarif"])
def test_other_formats_in_chinese(name: str) -> None:
    told = rw("check", EXAMPLE, "--format", name, "--lang", "zh").out
    assert "包年包月时长" in told
    texts = re.sub(r"https?:[^>\s]*|sha256:\S*|`[^`]*`|\S*shop-launch\S*", "", told)
    assert not re.search(r"\b(the|is|of|to|and|needed|find|not) \w", texts)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--lang", "fr"), "U015 `fr` after --lang is no language of reports"),
        (("--lang", ""), "U015 `` after --lang is no language of reports"),
        (("--lang", "en,zh"), "U015 a report as text is in one language"),
        (("--lang", "zh", "--format", "jsonl"), "U015 what is written as jsonl is in English"),
        (("--lang", "zh", "--format", "csv"), "U015 what is written as csv is in English"),
        (("--templates", "."), "U016 templates are for --format html"),
    ],
)
def test_no_such_language(words: tuple[str, ...], told: str) -> None:
    ran = rw("check", EXAMPLE, *words)
    assert (ran.status, ran.out) == (AT_FAULT, "")
    assert ran.err.startswith(told)


def test_notices_are_in_the_language_of_the_report() -> None:
    words = ("check", EXAMPLE, "--edition", "2026-06-26")
    assert "2023-10-15 is before the edition of 2026-06-26" in rw(*words).out
    assert "2023-10-15 早于 2026-06-26 版的生效日期" in rw(*words, "--lang", "zh").out


def test_a_broken_translation_is_told_and_stops_nothing_else(tmp_path: Path) -> None:
    book = rulebook_folder(tmp_path / "leave", on_2024_01_01=edition("2024-01-01"))
    write(book / "2024-01-01.zh.yaml", 'rules: {short-enough: {explain: "{{ dys }}"}}\n')
    case = write(tmp_path / "a.yaml", "request: {ref: mei, days: 11}\n")
    assert rw("check", case, "-r", book).codes == []
    ran = rw("check", case, "-r", book, "--lang", "zh")
    assert (ran.status, ran.codes) == (AT_FAULT, ["R041"])


# --- what to change ----------------------------------------------------------------------------------------------


ECS = "service_type: ecs, region: cn-hangzhou, billing: subscription, public_bandwidth_purchased: yes"
SHORT = f"{{ref: web-1, {ECS}, service_numbers_used: 1, subscription_start: 2023-10-01, subscription_end: 2023-12-01}}"
OF_ONE_WAY = (
    f"instance: {SHORT}\nfiling: {{ref: shop, hosting: alibaba_cloud, instance: web-1, service_number: used}}\n"
)
STUCK = """
instance:
  - {ref: web-1, service_type: ecs, region: cn-hongkong, billing: subscription, subscription_months: 12,
     public_bandwidth_purchased: yes, service_numbers_used: 1}
"""
MANY = """
instance: {ref: web-1, service_type: ecs, region: cn-hangzhou, billing: pay_as_you_go, subscription_months: 1,
  public_bandwidth_purchased: no, service_numbers_used: 1}
filing: {ref: shop, hosting: alibaba_cloud, instance: web-1, service_number: used}
"""


def actions(folder: Path, facts: str, language: str) -> str:
    """What a page says of what to do, in one language, with single spaces for the tags."""
    case = write(folder / "case.yaml", f"as_of: 2023-10-15\n{facts.strip()}\n")
    ran = rw("check", case, "--format", "html", "--lang", language)
    assert (ran.status, ran.err) == (NOT_READY, "")
    found = re.search(r'<section class="actions".*?</section>', ran.out, re.DOTALL)
    assert found is not None
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", found[0])).split())


def test_the_smallest_change_is_told_in_a_sentence_with_what_it_satisfies(tmp_path: Path) -> None:
    english = actions(tmp_path, OF_ONE_WAY, "en")
    assert "Renew web-1 by 1 month, and apply for a service number for shop." in english
    assert "end of the subscription : from 1 December 2023 to 1 January 2024" in english
    _, _, satisfied = english.partition("Satisfies")
    for title in ("Subscription long enough", "Instance ready", "Service number not used already"):
        assert title in satisfied
    # what the requirements ask for by themselves is said with each of them, and not here again
    assert "Renew web-1 for at least" not in english
    chinese = actions(tmp_path, OF_ONE_WAY, "zh")
    assert "为 web-1 续费1个月，并为 shop 申请备案服务号。" in chinese
    assert "由“ 2023年12月1日 ”改为“ 2024年1月1日 ”" in chinese
    assert not re.search(r" (the|is|of|to|and) ", chinese)


def test_many_changes_are_a_list(tmp_path: Path) -> None:
    english = actions(tmp_path, MANY, "en")
    assert "Change the billing of web-1 to a subscription instance web-1 billing" in english
    assert "Purchase public bandwidth for web-1 instance web-1 public bandwidth purchased" in english


def test_what_no_change_helps_names_what_stands_in_the_way(tmp_path: Path) -> None:
    english = actions(tmp_path, STUCK, "en")
    assert "No change that the rulebook allows is enough for instance web-1 ." in english
    assert "Region of web-1 is cn-hongkong, and it cannot be changed." in english
    assert "Host the website on an instance in a region of the Chinese mainland" in english
    assert "web-1 的地域为“cn-hongkong”，无法更改。" in actions(tmp_path, STUCK, "zh")


def test_where_the_search_is_cut_off_nothing_is_claimed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rulewright.fix.fixes.Limits", partial(Limits, work=1))
    english = actions(tmp_path, OF_ONE_WAY, "en")
    assert "No sufficient set of changes was found for instance web-1" in english
    assert "The search reached its limit of steps" in english
    assert "No change that the rulebook allows" not in english
    assert "没有找到足以使" in actions(tmp_path, OF_ONE_WAY, "zh")


def test_what_is_ready_or_open_has_nothing_to_change(tmp_path: Path) -> None:
    case = write(tmp_path / "case.yaml", f"as_of: 2023-10-15\ninstance: {{ref: web-1, {ECS}}}\n")
    ran = rw("check", case, "--format", "html")
    assert 'class="moves' not in ran.out and 'class="stuck' not in ran.out


def test_a_change_without_words_of_its_own(tmp_path: Path) -> None:
    book = rulebook_folder(tmp_path / "leave", on_2024_01_01=edition("2024-01-01"))
    case = write(tmp_path / "a.yaml", "request: {ref: '<b>mei</b> {{ 1 }} =x', days: 11}\n")
    made = rw("check", case, "-r", book, "--format", "html", "--lang", "zh,en").out
    assert "<b>mei" not in made
    assert "Change the days of &lt;b&gt;mei&lt;/b&gt; {{ 1 }} =x from 11 days to 10 days." in made
    assert "将 &lt;b&gt;mei&lt;/b&gt; {{ 1 }} =x 的days由“11天”改为“10天”。" in made


# --- templates -----------------------------------------------------------------------------------------------------


def test_a_part_of_a_users_own(tmp_path: Path) -> None:
    write(tmp_path / "parts" / "footer.html.j2", "<footer>Made for ACME</footer>\n")
    write(tmp_path / "parts" / "style.css", "body { color: black }")
    made = page("--templates", tmp_path)
    assert made.count("<footer>Made for ACME</footer>") == 2
    assert "<style>body { color: black }</style>" in made
    assert "What to do" in made


@pytest.mark.parametrize(
    ("part", "told"),
    [
        (
            "a\n{{ words.verdit }}",
            "2:1: U016 the template cannot be filled in: `rulewright.render.words.Words object` has",
        ),
        ("{{ nobody }}", "1:1: U016 the template cannot be filled in: `nobody` is undefined"),
        ("a\n\n{% if %}", "3:1: U016 expected an expression, got `end of statement block`"),
        ('{% include "parts/nothing.html.j2" %}', "1:1: U016 there is no template `parts/nothing.html.j2`"),
        ("{{ ''.__class__.mro() }}", "1:1: U016 the template cannot be filled in: access to attribute `__class__`"),
        ("{{ 1 + 'a' }}", "1:1: U016 the template cannot be filled in: unsupported operand"),
        ("{{ 1 / 0 }}", "1:1: U016 the template cannot be filled in: ZeroDivisionError"),
        ("{{ words.cases.of('x') }}", "U016 the template cannot be filled in: "),
    ],
)
def test_a_broken_template_is_told_with_its_place(part: str, told: str, tmp_path: Path) -> None:
    file = write(tmp_path / "parts" / "footer.html.j2", part)
    ran = rw("check", EXAMPLE, "--format", "html", "--templates", tmp_path)
    assert (ran.status, ran.out) == (AT_FAULT, "")
    assert ran.err.startswith(str(file))
    assert told in ran.err
    assert "  help: " in ran.err


def test_templates_that_are_not_there(tmp_path: Path) -> None:
    ran = rw("check", EXAMPLE, "--format", "html", "--templates", tmp_path / "nowhere")
    assert (ran.status, ran.codes) == (AT_FAULT, ["U016"])


def test_templates_cannot_change_or_reach_anything(tmp_path: Path) -> None:
    for part in (
        "{{ case.findings.clear() }}",
        "{{ words.__init__.__globals__ }}",
        "{{ self._TemplateReference__context }}",
        "{{ case.__reduce__() }}",
    ):
        write(tmp_path / "parts" / "footer.html.j2", part)
        ran = rw("check", EXAMPLE, "--format", "html", "--templates", tmp_path)
        assert (ran.status, ran.codes) == (AT_FAULT, ["U016"]), part


def test_what_a_page_shows_is_not_a_template(tmp_path: Path) -> None:
    case = write(tmp_path / "a.yaml", 'case: "{{ 7*7 }}{% raw %}"\ninstance: {ref: "<b>{{ 6*7 }}</b>"}\n')
    made = rw("check", case, "--format", "html").out
    assert "{{ 7*7 }}{% raw %}" in made
    assert "&lt;b&gt;{{ 6*7 }}&lt;/b&gt;" in made
    assert not re.search(r"\b49\b", re.sub("<svg.*?</svg>|<style>.*?</style>", "", made, flags=re.DOTALL))
