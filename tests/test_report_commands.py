"""The report as the command line makes it: its languages, and templates of a user's own."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from commands import AT_FAULT, EXAMPLE, NOT_READY, edition, rulebook_folder, rw, write


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
