"""`rulewright check --record` and `rulewright replay`: decisions that are kept, and judged again."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from commands import AT_FAULT, EXAMPLE, FINE, NOT_READY, REJECTED, Ran, rw, write
from rulewright.catalogue import check_rulebook
from rulewright.command import outputs
from rulewright.compile.compiler import compile_rulebook
from rulewright.engines import PLAIN, Judge
from rulewright.model.facts import Case, Fact
from rulewright.model.rulebook import Rulebook
from rulewright.read.cases import read_case
from rulewright.record.comparing import changes
from rulewright.record.record_reader import DecisionRecord, read_record
from rulewright.record.record_writer import record_name, record_text
from test_ask import without_dangling
from test_chain import drawn

BOOK = """\
rulebook: office
edition: 2024-01-01
language: 1
title: Office
facts:
  host:
    fields:
      age: {type: whole number, unit: month}
      price: {type: decimal, unit: CNY}
      open: {type: yes/no}
      since: {type: date}
      name: {type: text}
      old: {type: yes/no}
rules:
  is-old: {about: host, when: {age: {at_least: 12}}, conclude: {old: yes}}
  is-open: {about: host, require: {open: yes}, explain: "{{ ref }} is open: {{ open }}."}
  old-enough:
    about: host
    require: {age: {at_least: 6}}
    explain: "{{ ref }} is {{ age | months }} old."
    remedy: "Wait for {{ (6 - age) | months }}."
  tell: {about: host, when: {open: yes}, advise: Tell it.}
"""
CASES = {
    "ready": "as_of: 2024-05-01\nhost: {ref: h, open: yes, age: 12, price: 1.10, since: 2020-01-31, name: 'no'}\n",
    "young": "as_of: 2024-05-01\nhost: [{ref: h, open: yes, age: 2}, {ref: i, open: no}]\n",
    "open": "as_of: 2024-05-01\nhost: {age: 20}\n",
}


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the records of three decisions, below that of the rulebook, which is the current one."""
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "book.yaml", BOOK)
    for name, text in CASES.items():
        write(tmp_path / f"{name}.yaml", text)
        rw("check", f"{name}.yaml", "-r", "book.yaml", "--engine", "plain", "--record", "kept", "-o", "report")
    return tmp_path / "kept"


def replay(*words: str | Path) -> Ran:
    return rw("replay", "kept", "-r", "book.yaml", "--engine", "plain", *words)


def masked(text: str) -> str:
    """A text without what is another in each version of the program and of the rulebook language."""
    text = re.sub("[0-9a-f]{64}", "<digest>", text)
    text = re.sub(r"\.[0-9a-f]{16}\.json", ".<digest>.json", text)
    return re.sub(r"rulewright [0-9][0-9.]*", "rulewright <version>", text)


def told(ran: Ran) -> dict[str, Any]:
    return {one["case"]: one for one in ran.json}


def test_a_record_keeps_what_the_decision_rests_on(kept: Path, golden: Callable[[str, str], None]) -> None:
    (file,) = kept.glob("young.*.json")
    golden("record/young.json", masked(file.read_text(encoding="utf-8")))
    record = json.loads(file.read_text(encoding="utf-8"))
    assert list(record) == ["record", "case", "as_of", "rulebook", "engine", "input", "stated_at", "result"]
    assert record["stated_at"]["host"]["i"]["open"] == "young.yaml:2:52"


def test_the_input_of_a_record_is_a_case_file(kept: Path, tmp_path: Path) -> None:
    for file in kept.iterdir():
        record = json.loads(file.read_text(encoding="utf-8"), parse_float=Decimal)
        whole = file.read_text(encoding="utf-8")
        inside = whole[whole.index('"input": ') + 9 : whole.index(',\n  "stated_at"')]
        again = rw(
            "check", write(tmp_path / "in.json", inside), "-r", "book.yaml", "--engine", "plain", "-f", "json"
        ).json
        assert again["verdict"] == record["result"]["verdict"]
        assert again["subjects"] == json.loads(json.dumps(record["result"]["subjects"], default=float))


def test_the_same_decision_is_one_record_and_another_is_another(kept: Path, tmp_path: Path) -> None:
    before = sorted(kept.iterdir())
    words = ("-r", "book.yaml", "--engine", "plain", "--record", "kept", "-o", "report")
    rw("check", "young.yaml", *words)
    assert sorted(kept.iterdir()) == before
    write(tmp_path / "young.yaml", CASES["young"].replace("age: 2", "age: 3"))
    rw("check", "young.yaml", *words)
    rw("check", "ready.yaml", *words, "--as-of", "2024-06-01")
    assert len(list(kept.iterdir())) == len(before) + 2


def test_the_same_comes_out(kept: Path) -> None:
    ran = replay()
    assert (ran.status, ran.err) == (FINE, "")
    assert ran.out.endswith("\n3 records: 3 the same, 0 different\n")
    assert all(line.startswith("Same  ") for line in ran.out.splitlines()[:3])
    assert all(one["same"] and not one["basis"] for one in replay("-f", "json").json)


def test_single_records_and_those_of_another_engine(kept: Path) -> None:
    (file,) = kept.glob("young.*.json")
    ran = rw("replay", file, file, "-r", "book.yaml")
    assert ran.status == FINE
    assert "  engine: rulewright" in ran.out
    assert ran.out.endswith("1 record: 1 the same, 0 different\n")


def test_a_rulebook_that_decides_the_same_is_told(kept: Path, tmp_path: Path) -> None:
    write(tmp_path / "book.yaml", BOOK.replace("title: Office", "title: Offices"))
    ran = replay()
    assert ran.status == FINE
    assert ran.out.count("  digest: sha256:") == 3


def test_what_is_different(kept: Path, tmp_path: Path, golden: Callable[[str, str], None]) -> None:
    changed = BOOK.replace("at_least: 6}", "at_least: 2}").replace("at_least: 12}", "at_least: 13}")
    changed = changed.replace("advise: Tell it.", "advise: Tell them all.").replace("  is-open:", "  is-open-now:")
    changed += "  dear: {about: host, require: {price: {at_least: 1}}}\n"
    write(tmp_path / "book.yaml", changed)
    ran = replay()
    assert ran.status == NOT_READY
    found = told(replay("-f", "json"))
    golden("record/different.txt", masked(ran.out))
    golden("record/different.json", masked(replay("-f", "json").out))
    assert not any(one["same"] for one in found.values())
    young = {(one["ref"], one["about"], one["what"]): (one["before"], one["now"]) for one in found["young"]["changes"]}
    assert young["h", "old-enough", "outcome"] == ("violated", "met")
    assert young["h", "is-open", "outcome"] == ("met", None)
    assert young["h", "is-open-now", "outcome"] == (None, "met")
    assert young["h", "price", "open question"] == (False, True)
    assert found["ready"]["changes"][0]["about"] == "old"
    assert (found["ready"]["changes"][0]["before"], found["ready"]["changes"][0]["now"]) == (
        True,
        {"absent": "unknown"},
    )


def test_a_verdict_that_is_different_comes_first(kept: Path, tmp_path: Path) -> None:
    write(tmp_path / "book.yaml", BOOK.replace("at_least: 6}", "at_least: 24}"))
    ready = told(replay("-f", "json"))["ready"]
    first = ready["changes"][0]
    assert (first["kind"], first["what"], first["before"], first["now"]) == ("", "verdict", "ready", "not_ready")
    assert "  verdict: ready -> not_ready\n" in replay().out


def test_facts_that_are_no_longer_taken_are_a_difference(kept: Path, tmp_path: Path) -> None:
    write(tmp_path / "book.yaml", BOOK.replace("price: {type", "cost: {type"))
    ran = replay()
    assert (ran.status, ran.err) == (NOT_READY, "")
    (file,) = kept.glob("ready.*.json")
    line = 1 + next(n for n, text in enumerate(file.read_text().splitlines()) if '"price": ' in text)
    assert f"kept/{file.name}:{line}:9: F002 unknown field `price` of `host`" in ran.out
    assert told(replay("-f", "json"))["young"]["same"]


def test_facts_that_were_edited_are_a_difference(kept: Path) -> None:
    (file,) = kept.glob("young.*.json")
    write(file, file.read_text(encoding="utf-8").replace('"age": 2', '"age": 9'))
    ran = replay()
    assert ran.status == NOT_READY
    assert "host h old-enough outcome: violated -> met" in ran.out


def test_a_shipped_rulebook_is_found_by_its_name(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    ran = rw("check", EXAMPLE, "--record", folder, "-f", "sarif")
    assert ran.status == NOT_READY
    ran = rw("replay", folder)
    assert (ran.status, ran.err) == (FINE, "")
    other = rw("replay", folder, "--edition", "2018-04-19")
    assert (other.status, other.err) == (NOT_READY, "")
    assert "  edition: 2023-09-28 -> 2018-04-19\n" in other.out
    assert rw("replay", folder, "--edition", "2018-04-20").codes == ["U002"]


def test_rulebooks_that_cannot_judge(kept: Path, tmp_path: Path) -> None:
    ran = rw("replay", "kept", "--engine", "plain")
    assert (ran.status, ran.out, set(ran.codes)) == (AT_FAULT, "", {"U001"})
    assert "say where it is with --rulebook" in ran.err
    write(tmp_path / "book.yaml", BOOK.replace("age: {at_least: 6}", "ages: {at_least: 6}"))
    ran = replay()
    assert (ran.status, ran.out) == (AT_FAULT, "")
    assert ran.codes == ["R012"]
    assert replay("--edition", "soon").codes == ["U004"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{}", "U019"),
        ("[]", "U019"),
        ("host: {age: 3}", "U019"),
        ('{"record": 2}', "U019"),
        ('{"record": 1}', "U019"),
        ("", "U019"),
        ("{", "S001"),
        ('{"record": 1, "case": "a", "input": [], "result": {}}', "F008"),
    ],
)
def test_files_that_are_no_records(kept: Path, text: str, code: str) -> None:
    bad = write(kept / "bad.json", text)
    ran = replay()
    assert ran.status == REJECTED
    assert f"{bad.name}:" in ran.err
    assert ran.codes[0][0] in "SUF" if code == "S001" else ran.codes == [code]
    assert ran.out.endswith("3 records: 3 the same, 0 different\n")


@pytest.mark.parametrize(
    "key", ["case", "as_of", "rulebook", "engine", "input", "result", "verdict", "findings", "missing"]
)
def test_a_record_without_something(kept: Path, key: str) -> None:
    (file,) = kept.glob("young.*.json")
    record = json.loads(file.read_text(encoding="utf-8"))
    (record if key in record else record["result"]).pop(key)
    write(file, json.dumps(record))
    assert replay().codes == ["U019"]


def test_no_records_at_all(kept: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    ran = rw("replay", "empty", "nowhere.json")
    assert (ran.status, ran.out, sorted(ran.codes)) == (AT_FAULT, "", ["S001", "U018"])


@pytest.mark.parametrize("format_", ["jsonl", "csv", "parquet"])
def test_no_records_of_many_cases(kept: Path, format_: str) -> None:
    ran = rw("check", "young.yaml", "-r", "book.yaml", "--record", "more", "--format", format_, "-o", "out")
    assert (ran.status, ran.codes) == (AT_FAULT, ["U017"])
    assert not Path("out").exists() and not Path("more").exists()


def test_no_verdict_without_its_record(kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words = ("-r", "book.yaml", "--engine", "plain", "--record")
    ran = rw("check", "young.yaml", *words, write(tmp_path / "file", ""))
    assert (ran.status, ran.out, ran.codes) == (AT_FAULT, "", ["U005"])

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(outputs.os, "fsync", full)
    ran = rw("check", "young.yaml", *words, "full")
    assert (ran.status, ran.out, ran.codes) == (AT_FAULT, "", ["U005"])
    assert list((tmp_path / "full").iterdir()) == []


def test_a_case_that_cannot_be_judged_has_no_record(kept: Path, tmp_path: Path) -> None:
    write(tmp_path / "two.yaml", "case: bad\nhost: {knd: 3}\n---\ncase: good\nhost: {age: 3}\n")
    ran = rw("check", "two.yaml", "-r", "book.yaml", "--engine", "plain", "--record", "more")
    assert ran.status == REJECTED
    assert [file.name.partition(".")[0] for file in (tmp_path / "more").iterdir()] == ["good"]


@pytest.mark.parametrize(
    ("case", "name"),
    [
        ("shop-launch", "shop-launch"),
        ("../../etc/passwd", "etc_passwd"),
        ("备案-网站", "备案-网站"),
        (".", "case"),
        ("a\0b\n\u202ec", "a_b_c"),
        ("x" * 300, "x" * 50),
        ("字" * 300, "字" * 50),
    ],
)
def test_names_of_records(case: str, name: str) -> None:
    written = record_name(case, "text")
    assert written == f"{name}.982d9e3eb996f559.json"
    assert len(written.encode()) <= 255


def test_a_record_of_hostile_facts(kept: Path, tmp_path: Path) -> None:
    name = '\u202e<b>\x1b[31m"\\{{ 7 }}\u2028'
    write(
        tmp_path / "evil.yaml",
        f"case: {json.dumps(name)}\nhost: {{ref: {json.dumps(name)}, name: {json.dumps(name)}}}\n",
    )
    rw("check", "evil.yaml", "-r", "book.yaml", "--engine", "plain", "--record", "evil", "-o", "out")
    ran = rw("replay", "evil", "-r", "book.yaml", "--engine", "plain")
    assert ran.status == FINE
    assert not {"\x1b", "\u202e", "\u2028"} & set(ran.out)
    (file,) = Path("evil").iterdir()
    assert json.loads(file.read_text(encoding="utf-8"))["input"]["host"][0]["name"] == name


@settings(max_examples=60)
@given(drawn())
def test_any_decision_is_kept_exactly(found: tuple[Rulebook, list[Case]]) -> None:
    rulebook, cases = found
    judge = Judge(compile_rulebook(rulebook), PLAIN)
    for drawn_case in cases:
        case = without_dangling(rulebook, drawn_case)
        (result,) = judge.judge([case])
        if result.verdict is None or not case.facts:
            continue
        explanation = judge.explain(case, result)
        text = record_text(case, explanation)
        assert text == record_text(case, explanation)
        record = read_record(text.encode(), "record.json")
        assert isinstance(record, DecisionRecord), record
        again, wrong = read_case(record.document, rulebook, record.as_of)
        assert again is not None, wrong
        assert (again.name, again.as_of, again.facts) == (case.name, case.as_of, case.facts)
        assert changes(record.result, judge.explain(again, *judge.judge([again]))) == ()
        other = replace(explanation, missing=(), findings=explanation.findings[1:])
        assert bool(changes(record.result, other)) == bool(explanation.missing or explanation.findings)


def test_decimals_are_kept_digit_by_digit() -> None:
    price = Decimal("0.100000000000000000001")
    case = Case("c", date(2024, 5, 1), {"host": (Fact("host", "h", {"price": price}),)})
    rulebook, _ = check_rulebook(BOOK.encode(), "book.yaml")
    assert rulebook is not None
    judge = Judge(compile_rulebook(rulebook), PLAIN)
    text = record_text(case, judge.explain(case, *judge.judge([case])))
    assert '"price": 0.100000000000000000001\n' in text
