"""Negated conditions keep their negation: each form, with each truth, in each format that words or marks them."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import pytest

from commands import rw, write

RULEBOOK = """
rulebook: negation
edition: 2024-01-01
language: 1
title: Negation
documents: {d: {title: D}}
parameters: {limit: {type: whole number, label: limit, value: 5}}
facts:
  item:
    fields:
      ok: {type: yes/no, label: approval}
      colour: {type: choice, of: [red, blue], label: colour}
      size: {type: whole number, label: size}
      ended: {type: date, label: end}
  part:
    fields:
      item: {type: reference, to: item}
      good: {type: yes/no, label: good}
rules:
  base: {about: item, title: Base, advise: Base fired, when: {ok: yes}, severity: note, source: {document: d}}
  tested: {about: item, title: Tested, advise: It fired, when: CONDITION, severity: note, source: {document: d}}
"""

#: How a condition is written; the facts that make it true, false and unknown; its tests in English and in Chinese.
YES, NO, OPEN = "ok: yes", "ok: no", ""
FORMS: dict[str, tuple[str, tuple[str, str, str], list[tuple[str, str]]]] = {
    "is": ("{ok: yes}", (YES, NO, OPEN), [("approval is yes", "approval为是")]),
    "is no": ("{ok: no}", (NO, YES, OPEN), [("approval is no", "approval为否")]),
    "not": ("{not: {ok: yes}}", (NO, YES, OPEN), [("approval is not yes", "approval不为是")]),
    "is_not": ("{ok: {is_not: yes}}", (NO, YES, OPEN), [("approval is not yes", "approval不为是")]),
    "not not": ("{not: {not: {ok: yes}}}", (YES, NO, OPEN), [("approval is yes", "approval为是")]),
    "not is_not": ("{not: {ok: {is_not: yes}}}", (YES, NO, OPEN), [("approval is yes", "approval为是")]),
    "not_in": (
        "{colour: {not_in: [red]}}",
        ("colour: blue", "colour: red", OPEN),
        [("colour is none of red", "colour不属于：red")],
    ),
    "not at least": (
        "{not: {size: {at_least: 3}}}",
        ("size: 2", "size: 3", OPEN),
        [("size is not at least 3", "size未达到3")],
    ),
    "not at most": (
        "{not: {size: {at_most: 3}}}",
        ("size: 4", "size: 3", OPEN),
        [("size is not at most 3", "size并非不超过3")],
    ),
    "not less than": (
        "{not: {size: {less_than: 3}}}",
        ("size: 3", "size: 2", OPEN),
        [("size is not less than 3", "size不小于3")],
    ),
    "not more than a parameter": (
        "{not: {size: {more_than: {parameter: limit}}}}",
        ("size: 5", "size: 6", OPEN),
        [("size is not more than 5 (limit)", "size不大于5（limit）")],
    ),
    "not before": (
        "{not: {ended: {before: 2024-02-01}}}",
        ("ended: 2024-02-01", "ended: 2024-01-31", OPEN),
        [("end is not before 1 February 2024", "end并非早于2024年2月1日")],
    ),
    "not known": ("{ended: {known: no}}", (OPEN, "ended: 2024-01-01", ""), [("end is not known", "“end”未知")]),
    "not outcome": (
        "{not: {outcome: {base: advised}}}",
        (NO, YES, OPEN),
        [("“Base” is not advised", "“Base”的结果不为有提示")],
    ),
    "not any": (
        "{not: {any: [{ok: yes}, {colour: red}]}}",
        ("ok: no, colour: blue", "ok: yes, colour: red", OPEN),
        [("approval is not yes", "approval不为是"), ("colour is not red", "colour不为red")],
    ),
    "not all": (
        "{not: {all: [{ok: yes}, {not: {colour: red}}]}}",
        ("ok: no, colour: red", "ok: yes, colour: blue", OPEN),
        [("approval is not yes", "approval不为是"), ("colour is red", "colour为red")],
    ),
    "no related": (
        "{not: {any: {of: part, where: {good: yes}}}}",
        ("PART good: no", "PART good: yes", "PART x"),
        [("there is no part (good is yes)", "不存在part（good为是）")],
    ),
    "not every related": (
        "{not: {all: {of: part, where: {good: yes}}}}",
        ("PART good: no", "PART good: yes", "PART x"),
        [("not (for every part, good is yes)", "并非（每个part均满足：good为是）")],
    ),
}
TRUTHS = ("true", "false", "unknown")
JSON = {"true": True, "false": False, "unknown": None}
MARKS = dict(zip(TRUTHS, "✓✗?", strict=True))
SAID = dict(zip(TRUTHS, ("holds", "does not hold", "not known"), strict=True))
SAID_IN_CHINESE = dict(zip(TRUTHS, ("成立", "不成立", "未知"), strict=True))
TABLE = [
    (form, truth)
    for form, truth in itertools.product(FORMS, TRUTHS)
    if (form, truth) != ("not known", "unknown")  # whether a fact is known is always known
]


def files(folder: Path, form: str, truth: str) -> tuple[Path, Path]:
    condition, facts, _ = FORMS[form]
    rulebook = write(folder / "2024-01-01.yaml", RULEBOOK.replace("CONDITION", condition))
    stated = facts[TRUTHS.index(truth)]
    part = ""
    if stated.startswith("PART "):
        own = stated.removeprefix("PART ").replace("x", "")
        part, stated = f"part: {{ref: p, item: w{', ' if own else ''}{own}}}\n", ""
    case = write(folder / "case.yaml", f"case: c\nitem: {{ref: w{', ' if stated else ''}{stated}}}\n{part}")
    return rulebook, case


@pytest.mark.parametrize(("form", "truth"), TABLE)
def test_a_test_is_worded_and_marked_as_it_stands_in_its_rule(tmp_path: Path, form: str, truth: str) -> None:
    rulebook, case = files(tmp_path, form, truth)
    tests = FORMS[form][2]

    told = rw("check", case, "--rulebook", rulebook, "--format", "json").json
    (finding,) = (one for one in told["findings"] if one["rule"] == "tested")
    assert [one["test"] for one in finding["tests"]] == [english for english, _ in tests]
    assert {one["truth"] for one in finding["tests"]} == {JSON[truth]}
    assert finding["outcome"] == {"true": "advised", "false": "silent", "unknown": "unknown"}[truth]

    text = " ".join(rw("check", case, "--rulebook", rulebook, "--all").out.split())
    chinese = re.sub(r"\s", "", rw("check", case, "--rulebook", rulebook, "--all", "--lang", "zh").out)
    page = rw("check", case, "--rulebook", rulebook, "--format", "html").out
    for english, in_chinese in tests:
        assert f"{MARKS[truth]} {english}: {SAID[truth]}" in text
        assert re.sub(r"\s", "", f"{MARKS[truth]}{in_chinese}：{SAID_IN_CHINESE[truth]}") in chinese
        icon = {"true": "yes", "false": "no", "unknown": "unknown"}[truth]
        row = rf'dir="auto">{re.escape(english)}</th>\n<td [^>]*><span><svg [^>]*><use href="#mark-{icon}">'
        assert re.search(row, page), english


@pytest.mark.parametrize(("form", "truth"), TABLE)
def test_the_tree_marks_a_negated_test_as_it_stands(tmp_path: Path, form: str, truth: str) -> None:
    """A negated test stands in one line with the truth of its negation; of a group its own tests with theirs."""
    rulebook, case = files(tmp_path, form, truth)
    tree = rw("explain", case, "--rulebook", rulebook, "--all").out
    (after,) = re.findall(r"Tested .*\n.*when it does: (.*)", tree)
    expected = FORMS[form][2][0][0]
    if form in ("not any", "not all"):
        expected = "none of these" if form == "not any" else "not all of these"
    assert after.startswith(f"{MARKS[truth]} {expected}")


@pytest.mark.parametrize("form", ["not any", "not all", "not", "no related"])
def test_the_chain_as_data_keeps_the_negation(tmp_path: Path, form: str) -> None:
    rulebook, case = files(tmp_path, form, "true")
    chain = rw("check", case, "--rulebook", rulebook, "--format", "json").json["explanation"]
    (outcome,) = (one for one in chain["outcomes"] if one["rule"] == "tested")
    condition = outcome["when"]
    assert condition["truth"] is True
    assert condition["not"]["truth"] is False


def test_a_requirement_that_no_part_holds_needs_all_of_them_otherwise(tmp_path: Path) -> None:
    text = RULEBOOK.replace("advise: It fired, when: CONDITION, severity: note", "require: CONDITION")
    text = text.replace("CONDITION", "{not: {any: [{ok: yes}, {colour: red}]}}")
    rulebook = write(tmp_path / "2024-01-01.yaml", text)
    case = write(tmp_path / "case.yaml", "case: c\nitem: {ref: w, colour: red}\n")
    told = rw("explain", case, "--rulebook", rulebook, "--why-not", "tested").out
    assert "✗ none of these" in told
    case = write(tmp_path / "unknown.yaml", "case: c\nitem: {ref: w}\n")
    assert "all of these" in rw("explain", case, "--rulebook", rulebook, "--why-not", "tested").out


def test_the_picture_has_the_negation(tmp_path: Path) -> None:
    text = RULEBOOK.replace("advise: It fired, when: CONDITION, severity: note", "require: CONDITION")
    rulebook = write(tmp_path / "2024-01-01.yaml", text.replace("CONDITION", "{not: {ok: yes}}"))
    for value, tone in (("no", "good"), ("yes", "bad")):
        case = write(tmp_path / "case.yaml", f"case: c\nitem: {{ref: w, ok: {value}}}\n")
        page = rw("check", case, "--rulebook", rulebook, "--format", "html").out
        assert re.search(rf'<g class="box tone-{tone}"><title>approval is not yes {value}</title>', page)
