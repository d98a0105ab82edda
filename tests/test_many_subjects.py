"""One case of many subjects: a small page, linear work in every format, and text that says how much it leaves out."""

from __future__ import annotations

import cProfile
import json
import pstats
import re
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest

from commands import rw, write

pytestmark = pytest.mark.slow

BOOK = ("--rulebook", "alibaba-cloud-icp-filing")


def instance(number: int, **more: object) -> dict[str, object]:
    """An instance as the importers state it; they differ in what is good about them."""
    return {
        "ref": f"i-{number:05d}",
        "service_type": "ecs",
        "region": ("cn-hangzhou", "cn-hongkong", "cn-beijing")[number % 3],
        "billing": "subscription",
        "subscription_months": (12, 2)[number % 5 == 0],
        "public_bandwidth_purchased": True,
        "service_numbers_used": number % 6,
        "account": f"account-{number % 9}",
        **more,
    }


def filing(number: int, **more: object) -> dict[str, object]:
    return {
        "ref": f"f-{number:05d}",
        "hosting": "alibaba_cloud",
        "instance": f"i-{number:05d}",
        "service_number": "none",
        "account": f"account-{number % 7}",
        **more,
    }


def instances(number: int) -> dict[str, object]:
    return {"instance": [instance(at) for at in range(number)]}


def pairs(number: int) -> dict[str, object]:
    return {**instances(number), "filing": [filing(at) for at in range(number)]}


def bare(number: int) -> dict[str, object]:
    return {
        "instance": [{"ref": f"i-{at:05d}"} for at in range(number)],
        "filing": [{"ref": f"f-{at:05d}", "instance": f"i-{at:05d}"} for at in range(number)],
    }


def case(folder: Path, kinds: dict[str, object], name: str = "big") -> Path:
    return write(folder / f"{name}.json", json.dumps({"case": name, "as_of": "2023-10-15", **kinds}))


# --- the page ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kinds", "number"), [(instances, 1_000), (bare, 500)])
def test_a_page_of_a_thousand_subjects_has_at_most_2_megabytes(
    tmp_path: Path, kinds: Callable[[int], dict[str, object]], number: int
) -> None:
    page = tmp_path / "page.html"
    assert rw("check", case(tmp_path, kinds(number)), *BOOK, "--format", "html", "-o", page).status == 1
    assert page.stat().st_size < 2_000_000
    text = page.read_text()
    assert 'id="in-en"' in text
    assert 'id="in-zh"' in text


def data_of(page: str) -> dict[str, list[object]]:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert found
    return json.loads(found[1])  # type: ignore[no-any-return]


def test_every_subject_has_its_row(tmp_path: Path) -> None:
    kinds = pairs(40)
    page = rw("check", case(tmp_path, kinds), *BOOK, "--format", "html").out
    data = data_of(page)
    refs = {value for line in data["cases"] for value in str(line).split("\n")[0].split("\t")}
    assert len(data["cases"]) == 80
    assert {one["ref"] for found in kinds.values() for one in found} <= refs  # type: ignore[attr-defined]


def test_small_cases_are_written_out_as_ever(tmp_path: Path) -> None:
    page = rw("check", case(tmp_path, pairs(12)), *BOOK, "--format", "html").out
    assert 'id="data"' not in page
    assert page.count('class="fold"') > 24
    assert 'id="data"' in rw("check", case(tmp_path, pairs(13)), *BOOK, "--format", "html").out


def test_without_a_script_the_first_rows_are_there_and_the_cut_is_stated(tmp_path: Path) -> None:
    page = rw("check", case(tmp_path, pairs(60)), *BOOK, "--format", "html", "--lang", "en").out
    shown = unescape(re.sub(r"<[^>]+>", "", page[: page.index("<dialog")] + page[page.index("</dialog>") :]))
    assert "The first 100 of 120 rows, the least ready first." in shown
    assert "`rulewright check … --format json`" in shown
    (table,) = re.findall(r'<section class="group first-rows".*?</section>', page, re.DOTALL)
    verdicts = re.findall(r'class="label tone-([a-z_]+)"', table)
    assert len(verdicts) == 100
    order = ["not_ready", "needs_information", "ready", "not_applicable"]
    assert verdicts == sorted(verdicts, key=order.index)
    whole = rw("check", case(tmp_path, pairs(20)), *BOOK, "--format", "html", "--lang", "en").out
    assert "The first" not in re.findall(r'<section class="group first-rows".*?</section>', whole, re.DOTALL)[0]


def test_steps_and_questions_above_the_table_are_bounded_and_say_so(tmp_path: Path) -> None:
    page = rw("check", case(tmp_path, bare(60)), *BOOK, "--format", "html", "--lang", "en").out
    missing = len(rw("check", case(tmp_path, bare(60)), *BOOK, "--format", "json").json["missing"])
    assert f"And {missing - 12:,} more: open a row of the table to see those of its subject." in page


def test_several_cases_of_which_some_are_large(tmp_path: Path) -> None:
    cases = [{"case": "small", **pairs(2)}, {"case": "large", **pairs(30)}, {"case": "small-2", **pairs(2)}]
    file = write(tmp_path / "cases.jsonl", "".join(json.dumps(one) + "\n" for one in cases))
    page = rw("check", file, *BOOK, "--as-of", "2023-10-15", "--format", "html", "--lang", "en").out
    data = data_of(page)
    assert len(data["cases"]) == 2 + 60
    assert "<h1>3 cases</h1>" in page
    assert "60 subjects" in page


def test_a_ready_row_has_no_reason_and_its_advice_is_called_so(tmp_path: Path) -> None:
    lines = "".join(
        json.dumps({"case": f"c-{at}", "as_of": "2023-10-15", "instance": instance(at, region="cn-hangzhou")}) + "\n"
        for at in range(15)
    )
    page = rw("check", write(tmp_path / "c.jsonl", lines), *BOOK, "--format", "html", "--lang", "en").out
    (table,) = re.findall(r'<section class="group first-rows".*?</section>', page, re.DOTALL)
    rows = re.findall(r'tone-(\w+)".*?data-label="Why" dir="auto">(.*?)</td>', table, re.DOTALL)
    assert {verdict for verdict, _ in rows} >= {"ready", "not_ready"}
    for verdict, why in rows:
        assert (verdict == "ready") == (why == "" or why.startswith(("Note: ", "Warning: "))), why


# --- work ----------------------------------------------------------------------------------------------------------

HOSTING = """
rulebook: hosting
edition: 2024-01-01
language: 1
title: Hosting
documents: {d: {title: D}}
facts:
  host:
    fields:
      room: {type: whole number}
      boss: {type: reference, to: host}
      number: {type: whole number, computed: {count: {of: site, through: host, where: {live: yes}}}}
      load: {type: whole number, computed: {sum: {of: site, through: host, field: size}}}
  site:
    fields:
      host: {type: reference, to: host}
      live: {type: yes/no}
      size: {type: whole number}
rules:
  enough: {about: host, require: {number: {at_most: {field: room}}}, source: {document: d}}
  light: {about: host, require: {load: {at_most: 100}}, source: {document: d}}
  none-large: {about: host, require: {not: {any: {of: site, where: {size: {more_than: 50}}}}}, source: {document: d}}
  all-live: {about: host, require: {all: {of: site, where: {live: yes}}}, source: {document: d}}
  bosses: {about: host, require: {boss.boss.boss.room: {at_least: 1}}, source: {document: d}}
  on-good-host: {about: site, require: {host.verdict: ready}, source: {document: d}}
"""


def sites(number: int, **more: object) -> dict[str, object]:
    return {
        "host": [{"ref": f"host-{at}", "room": at % 3, "boss": f"host-{at // 2}"} for at in range(number)],
        "site": [
            {"ref": f"site-{at}", "host": f"host-{at}", "live": at % 2 == 0, "size": at % 60, **more}
            for at in range(number)
        ],
    }


def sites_of_unknown_hosts(number: int) -> dict[str, object]:
    """Sites of which nobody said the host: each may be on any of them."""
    found = sites(number)
    sites_ = [{"ref": f"site-{at}", "size": 1} for at in range(number)]
    return {**found, "site": sites_}


def sites_of_one_host(number: int) -> dict[str, object]:
    return sites(number, host="host-0")


def calls(*words: str | Path) -> int:
    """The calls of functions that a command makes."""
    profile = cProfile.Profile()
    profile.enable()
    try:
        ran = rw(*words)
    finally:
        profile.disable()
    assert ran.status == 1, ran.err
    return pstats.Stats(profile).total_calls  # type: ignore[attr-defined, no-any-return]


@pytest.mark.parametrize(
    ("kinds", "formats"),
    [
        (sites, ("json", "text", "markdown", "junit", "sarif", "oscal", "html")),
        (sites_of_one_host, ("json", "text", "html")),
        # the chain in JSON has each site below each host that it may be on
        (sites_of_unknown_hosts, ("text", "html")),
    ],
)
def test_work_grows_with_the_subjects_and_not_with_their_square(
    tmp_path: Path, kinds: Callable[[int], dict[str, object]], formats: tuple[str, ...]
) -> None:
    """As many more subjects cost about as much as those before them: four times as much would be their square."""
    rulebook = write(tmp_path / "hosting" / "2024-01-01.yaml", HOSTING)
    files = [
        write(tmp_path / f"{number}.json", json.dumps({"case": "c", **kinds(number)})) for number in (60, 120, 240)
    ]
    for format_ in formats:
        words = ("--rulebook", rulebook, "--format", format_, "-o", tmp_path / "out")
        rw("check", files[0], *words)  # fills what is cached
        small, middle, large = (calls("check", file, *words) for file in files)
        assert large - middle < 2.6 * (middle - small), format_


# --- text ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("format_", ["text", "markdown"])
def test_text_for_people_is_bounded_and_says_how_much_is_left_out(tmp_path: Path, format_: str) -> None:
    sizes = []
    for number in (60, 90):
        file = case(tmp_path, bare(number), f"n{number}")
        told = rw("check", file, *BOOK, "--format", format_).out
        missing = len(rw("check", file, *BOOK, "--format", "json").json["missing"])
        assert f"And {missing - 50:,} more: run the command with `--all` to see them." in " ".join(told.split())
        sizes.append(len(told))
        whole = rw("check", file, *BOOK, "--format", format_, "--all").out
        assert "more: run the command" not in whole
        assert all(f"i-{at:05d}" in whole for at in range(number))
    assert sizes[1] < 1.2 * sizes[0]


def test_json_is_complete(tmp_path: Path) -> None:
    told = rw("check", case(tmp_path, pairs(40)), *BOOK, "--format", "json").json
    assert len(told["subjects"]) == 80
    assert len({(one["kind"], one["ref"], one["rule"]) for one in told["findings"]}) == len(told["findings"])


def test_the_tree_of_many_subjects_is_bounded_and_one_of_them_can_be_asked_for(tmp_path: Path) -> None:
    file = case(tmp_path, instances(60))
    told = rw("explain", file, *BOOK).out
    assert "And 10 more: run the command with `--all` to see them." in told
    assert "i-00059" in rw("explain", file, *BOOK, "--all").out
    assert "i-00059" in rw("explain", file, *BOOK, "--subject", "i-00059").out
