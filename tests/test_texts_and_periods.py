"""Texts in normal form C and dates in their order, in every format of cases, in columns and value by value."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import duckdb
import pytest

from batches import run
from commands import rw
from rulewright.batch.rows import Rows

BOOK = """
rulebook: accounts
edition: 2024-01-01
language: 1
title: Accounts and periods
facts:
  lease:
    fields:
      owner: {type: text}
      payer: {type: text}
      site: {type: text, host_name: yes}
      domain: {type: text, host_name: yes}
      begins: {type: date}
      signed: {type: date}
      ends: {type: date, not_before: [begins, signed]}
rules:
  same-account:
    about: lease
    require: {owner: {is: {field: payer}}}
  same-site:
    about: lease
    applies: {site: {known: yes}}
    require: {site: {is: {field: domain}}}
  known-account:
    about: lease
    when: {owner: {in: [Zoë, 가온, Ångström]}}
    advise: known
"""
#: An owner in normal form C, and the same in other forms.
NAMES = [("Zoë", "Zoe\u0308"), ("가온", "\u1100\u1161\u110b\u1169\u11ab"), ("Ångström", "\u212bngstro\u0308m")]
PERIODS = [
    ({"begins": "2024-02-01", "ends": "2024-02-01"}, True),
    ({"begins": "2024-02-01", "ends": "2024-01-31"}, False),
    ({"signed": "2024-02-01", "ends": "2024-01-31"}, False),
    ({"begins": "2024-02-01", "signed": "2024-03-01", "ends": "2024-02-15"}, False),
    ({"begins": "2024-02-01", "signed": "2024-03-01", "ends": "2024-03-01"}, True),
    ({"ends": "2024-01-31"}, True),
    ({"begins": "2024-02-01"}, True),
]
FORMS = ["rows.jsonl", "cases.jsonl", "rows.csv", "rows.parquet", "cases.yaml"]


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "2024-01-01.yaml"
    path.write_text(BOOK, encoding="utf-8")
    return path


def written(folder: Path, form: str, facts: list[dict[str, Any]]) -> Path:
    """The facts in a file, each a case of its own."""
    file = folder / form
    if form == "rows.csv":
        columns = list(dict.fromkeys(name for fact in facts for name in fact))
        stream = io.StringIO()
        writer = csv.DictWriter(stream, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(facts)
        file.write_text(stream.getvalue(), encoding="utf-8")
    elif form == "rows.parquet":
        lines = folder / "source.json"
        lines.write_text("".join(json.dumps(fact) + "\n" for fact in facts), encoding="utf-8")
        dates = ", ".join(
            f"CAST({name} AS DATE) AS {name}" if name in ("begins", "signed", "ends") else name
            for name in dict.fromkeys(name for fact in facts for name in fact)
        )
        text = (
            f"COPY (SELECT {dates} FROM read_json('{lines}', format='nd', records=true)) TO '{file}' (FORMAT parquet)"
        )
        duckdb.sql(text)
    elif form == "cases.yaml":
        file.write_text("\n---\n".join(json.dumps({"case": fact["ref"], "lease": fact}) for fact in facts))
    else:
        wrapped = [fact if form == "rows.jsonl" else {"case": fact["ref"], "lease": fact} for fact in facts]
        file.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in wrapped), encoding="utf-8")
    return file


def verdicts(file: Path, book: Path, engine: str) -> tuple[dict[str, str], int]:
    """The verdict of each case by its name, and how many were rejected."""
    rows = Rows("lease") if file.name.startswith("rows") else None
    came = run([file], book, file.parent / "out", rows=rows, format_="csv", detail="verdict", engine=engine)
    lines = list(csv.DictReader(io.StringIO(came.output.decode() if came.output else "")))
    rejected = came.rejected.splitlines() if came.rejected else []
    return {line["case"]: line["verdict"] for line in lines}, len(rejected)


@pytest.mark.parametrize("engine", ["plain", "durable"])
@pytest.mark.parametrize("form", FORMS)
def test_a_text_is_the_same_in_every_normal_form(form: str, engine: str, book: Path, tmp_path: Path) -> None:
    facts = [
        {"ref": f"r{number}-{turn}", "owner": owner, "payer": payer}
        for number, (composed, other) in enumerate(NAMES)
        for turn, (owner, payer) in enumerate([(composed, other), (other, composed), (other, other)])
    ]
    facts.append({"ref": "plain", "owner": "Zoe", "payer": "Zoë"})
    came, rejected = verdicts(written(tmp_path, form, facts), book, engine)
    assert rejected == 0
    assert came.pop("plain") == "not_ready"
    assert came == {fact["ref"]: "ready" for fact in facts[:-1]}


@pytest.mark.parametrize("form", FORMS)
def test_a_name_comes_out_in_normal_form_c(form: str, book: Path, tmp_path: Path) -> None:
    facts = [{"ref": other, "owner": "a", "payer": "a"} for _, other in NAMES]
    for engine in ("plain", "durable"):
        came, rejected = verdicts(written(tmp_path, form, facts), book, engine)
        assert (sorted(came), rejected) == (sorted(composed for composed, _ in NAMES), 0)


@pytest.mark.parametrize("engine", ["plain", "durable"])
@pytest.mark.parametrize("form", FORMS)
def test_a_period_that_ends_too_early_costs_itself(form: str, engine: str, book: Path, tmp_path: Path) -> None:
    facts = [
        {"ref": f"r{number}", "owner": "a", "payer": "a", **{"begins": None, "signed": None, "ends": None}, **dates}
        for number, (dates, _) in enumerate(PERIODS)
    ]
    if form == "rows.csv":
        facts = [{name: "" if value is None else value for name, value in fact.items()} for fact in facts]
    came, rejected = verdicts(written(tmp_path, form, facts), book, engine)
    good = {f"r{number}": "ready" for number, (_, is_good) in enumerate(PERIODS) if is_good}
    assert came == good
    assert rejected == len(PERIODS) - len(good)


HOSTS = [
    ("中文.com", "xn--fiq228c.com", True),
    ("中文.com", "XN--FIQ228C.COM.", True),
    ("www.example.com", "WWW.Example.com.", True),
    ("www.example.com", "ｗｗｗ．example。com", True),
    ("bu\u0308cher.example", "xn--bcher-kva.example", True),
    ("xn--a.example", "xn--a.example", True),
    ("example.com", "www.example.com", False),
    ("strasse.example", "xn--strae-oqa.example", False),
]


@pytest.mark.parametrize("engine", ["plain", "durable"])
@pytest.mark.parametrize("form", FORMS)
def test_a_host_name_is_the_same_in_every_spelling(form: str, engine: str, book: Path, tmp_path: Path) -> None:
    facts = [
        {"ref": f"r{number}", "owner": "a", "payer": "a", "site": site, "domain": domain}
        for number, (site, domain, _) in enumerate(HOSTS)
    ]
    came, rejected = verdicts(written(tmp_path, form, facts), book, engine)
    assert rejected == 0
    assert came == {f"r{number}": "ready" if same else "not_ready" for number, (*_, same) in enumerate(HOSTS)}


@pytest.mark.parametrize(
    ("field", "code"),
    [
        ("ends: {type: date, not_before: [begins, signde]}", "R010"),
        ("ends: {type: date, not_before: owner}", "R009"),
        ("ends: {type: text, not_before: begins}", "R009"),
        ("ends: {type: date, host_name: yes}", "R009"),
        ("ends: {type: date, also_called: {a: b}}", "R009"),
        ("ends: {type: date, not_before: 3}", "R003"),
    ],
)
def test_what_goes_with_other_fields_is_refused(field: str, code: str, book: Path) -> None:
    text = book.read_text(encoding="utf-8").replace("ends: {type: date, not_before: [begins, signed]}", field)
    book.write_text(text, encoding="utf-8")
    ran = rw("lint", book)
    assert f" {code} " in ran.out + ran.err


REGIONS = [
    ("cn-hangzhou ", "cn-hangzhou"),
    ("CN-HANGZHOU", "cn-hangzhou"),
    ("cn-hangzhou-h", "cn-hangzhou"),
    ("华东1（杭州）", "cn-hangzhou"),
    ("华东 1 (杭州)", "cn-hangzhou"),
    ("hangzhou", "cn-hangzhou"),
    ("cn_beijing", "cn-beijing"),
    ("cn-shangai", "cn-shanghai"),
    ("Hong Kong", "cn-hongkong"),
    ("moon-1", None),
    ("cn", None),
    ("cn-hangzhou", None),
]


def test_a_region_that_is_nearly_listed_is_suggested_and_not_taken(tmp_path: Path) -> None:
    case = tmp_path / "case.yaml"
    instances = [
        {"ref": f"r{number}", "service_type": "ecs", "region": region} for number, (region, _) in enumerate(REGIONS)
    ]
    case.write_text(json.dumps({"instance": instances}))
    ran = rw("check", case, "--rulebook", "alibaba-cloud-icp-filing", "--format", "json")
    (written,) = json.loads(ran.out) if ran.out.startswith("[") else [json.loads(ran.out)]
    notes = {one["ref"]: one.get("note") or "" for one in written["missing"] if one["field"] == "in_mainland"}
    for number, (region, nearest) in enumerate(REGIONS):
        if region == "cn-hangzhou":
            assert f"r{number}" not in notes
        else:
            suggested = re.findall(r"did you mean `(.*)`\?", notes[f"r{number}"])
            assert suggested == ([] if nearest is None else [nearest]), region
