"""`rulewright check` over many cases: what is rejected, views, samples."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from commands import AT_FAULT, NOT_READY, REJECTED, edition, rulebook_folder, rw, write
from rulewright.batch.spool import Spool

ROWS = ["--kind", "request", "-f", "jsonl", "--detail", "verdict"]


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return rulebook_folder(tmp_path / "leave", on_2024_01_01=edition("2024-01-01"))


def rows(number: int, bad_every: int = 0) -> str:
    lines = []
    for index in range(number):
        days = f'"{index}"' if bad_every and index % bad_every == 3 else 1 + index % 14
        lines.append(f'{{"ref": "r-{index}", "days": {days}}}')
    return "\n".join(lines) + "\n"


BAD_LINES = [
    '{"ref": "good-1", "days": 3}',
    '{"ref": "a", "days": "3"}',
    '{"ref": "b", "days": 3.5}',
    '{"ref": "c", "days": 0}',
    '{"ref": "d", "dys": 3}',
    '{"ref": "e", "days": 3, "days": 4}',
    '{"ref": "f", "days": 3',
    '["ref", "days"]',
    '{"ref": "g", "days": 1e3}',
    '{"ref": "h", "reason": "\\ud83d"}',
    "",
    '{"ref": "good-2", "days": 11}',
]


def test_every_good_line_is_answered_and_every_bad_one_told(book: Path, tmp_path: Path) -> None:
    facts, out = write(tmp_path / "f.jsonl", "\n".join(BAD_LINES)), tmp_path / "out.jsonl"
    ran = rw("check", facts, "-r", book, *ROWS, "-o", out)
    assert ran.status == REJECTED
    assert [json.loads(line)["case"] for line in out.read_text().splitlines()] == ["good-1", "good-2"]
    told = [json.loads(line) for line in Path(f"{out}.rejected.jsonl").read_text().splitlines()]
    assert [(one["line"], one["column"], one["code"]) for one in told] == [
        (2, 22, "F003"),
        (3, 22, "F003"),
        (4, 22, "F005"),
        (5, 14, "F002"),
        (6, 25, "S010"),
        (7, 23, "S012"),
        (8, 1, "F008"),
        (9, 22, "F003"),
        (10, 24, "S002"),
    ]
    assert "9 rejected" in ran.err
    assert "good" not in "".join(str(one["case"]) for one in told)


def test_rows_of_csv_that_cannot_be_read_cost_no_other(book: Path, tmp_path: Path) -> None:
    facts = write(tmp_path / "f.csv", 'ref,days\ngood-1,3\nx,y,z\na"b,3\n"good, 2",11\nq,many\n')
    out = tmp_path / "out.csv"
    ran = rw("check", facts, "-r", book, "--kind", "request", "-f", "csv", "-o", out)
    assert ran.status == REJECTED
    assert out.read_text().splitlines() == [
        "case,verdict,violated,unknown,advised",
        'good-1,ready,"","",""',
        '"good, 2",not_ready,short-enough,told-why,""',
    ]
    told = [json.loads(line) for line in Path(f"{out}.rejected.jsonl").read_text().splitlines()]
    assert [(one["line"], one["code"]) for one in told] == [(3, "F013"), (4, "F013"), (6, "F003")]


def test_a_header_that_does_not_fit_is_told_once(book: Path, tmp_path: Path) -> None:
    facts = write(tmp_path / "f.csv", "ref,days,dys\na,1,2\nb,2,3\n")
    ran = rw("check", facts, "-r", book, "--kind", "request", "-f", "csv", "-o", tmp_path / "out.csv")
    assert (ran.status, ran.codes) == (AT_FAULT, ["F002"])
    assert not (tmp_path / "out.csv").exists()


def test_inputs_that_are_none(book: Path, tmp_path: Path) -> None:
    facts = write(tmp_path / "f.csv", "ref,days\na,1\n")
    for words in ((tmp_path / "*.jsonl",), (facts, "--kind", "nobody"), (facts, "--view", "none")):
        ran = rw("check", *words, "-r", book, "-f", "csv")
        assert ran.status == AT_FAULT
        assert ran.codes[0] in ("U006", "F001")


def test_too_many_rejected_end_it_early(book: Path, tmp_path: Path) -> None:
    facts, out = write(tmp_path / "f.jsonl", rows(200, bad_every=10)), tmp_path / "out.jsonl"
    ran = rw("check", facts, "-r", book, *ROWS, "-o", out, "--max-rejected", "5", "--chunk-bytes", "400")
    assert (ran.status, ran.codes[:1]) == (AT_FAULT, ["U007"])
    assert not out.exists()
    assert 6 <= len(Path(f"{out}.rejected.jsonl").read_text().splitlines()) < 20


def test_values_are_counted_by_a_field_and_samples_show_every_situation(book: Path, tmp_path: Path) -> None:
    facts, counts = write(tmp_path / "f.jsonl", rows(300)), tmp_path / "counts.json"
    ran = rw("check", facts, "-r", book, *ROWS, "-o", tmp_path / "o.jsonl", "--by", "days", "--summary", counts)
    assert ran.status == NOT_READY
    told = json.loads(counts.read_text())
    assert told["cases"] == 300
    assert sum(each.get("ready", 0) for each in told["by"]["request.days"]) == told["verdicts"]["ready"]
    shown = []
    for size in ("100", "1000000"):
        rw("check", facts, "-r", book, *ROWS, "-o", tmp_path / "s.jsonl", "--sample", "1", "--chunk-bytes", size)
        shown.append((tmp_path / "s.jsonl").read_text())
    assert shown[0] == shown[1]
    cases = [json.loads(line) for line in shown[0].splitlines()]
    outcomes = {tuple(finding["outcome"] for finding in case["findings"]) for case in cases}
    assert len(cases) == len(outcomes) == 3


def test_a_process_that_is_ended_from_outside_is_told(
    monkeypatch: pytest.MonkeyPatch, book: Path, tmp_path: Path
) -> None:
    from concurrent.futures.process import BrokenProcessPool  # noqa: PLC0415  what is raised in its place

    def broken(*_: object, **__: object) -> object:
        raise BrokenProcessPool

    monkeypatch.setattr("rulewright.command.batch.run_batch", broken)
    ran = rw("check", write(tmp_path / "f.jsonl", rows(3)), "-r", book, *ROWS, "-o", tmp_path / "o.jsonl")
    assert (ran.status, ran.codes) == (AT_FAULT, ["U009"])


VIEW = """\
views:
  long-ones:
    title: Requests that are too long
    rule: short-enough
    outcome: violated
    show: [days, reason]
    total: days
"""


@pytest.mark.parametrize("engine", ["durable", "plain"])
def test_a_view_picks_subjects_and_adds_up(tmp_path: Path, engine: str) -> None:
    book = rulebook_folder(tmp_path / "leave", on_2024_01_01=edition("2024-01-01") + VIEW)
    facts = write(tmp_path / "f.jsonl", rows(28) + '{"ref": "=x", "days": 20, "reason": "+1"}\n')
    words = ["check", facts, "-r", book, "--kind", "request", "--view", "long-ones", "--engine", engine]
    ran = rw(*words, "-f", "csv", "-o", tmp_path / "v.csv")
    assert "Requests that are too long: 9; days in all: 120" in ran.err
    written = (tmp_path / "v.csv").read_text().splitlines()
    assert written[0] == "case,kind,ref,days,reason"
    assert written[-1] == "'=x,request,'=x,20,'+1"
    assert len(written) == 10
    rw(*words, "-f", "jsonl", "-o", tmp_path / "v.jsonl")
    last = json.loads((tmp_path / "v.jsonl").read_text().splitlines()[-1])
    assert last == {"case": "=x", "kind": "request", "ref": "=x", "days": 20, "reason": "+1"}


def test_rows_that_do_not_add_up_give_no_output(book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    facts, out = write(tmp_path / "f.jsonl", rows(5)), tmp_path / "out.jsonl"
    put = Spool.put
    monkeypatch.setattr(Spool, "put", lambda spool, *chunk: replace(put(spool, *chunk), rows=6))
    ran = rw("check", facts, "-r", book, *ROWS, "-o", out, "--jobs", "1")
    assert (ran.status, ran.codes) == (AT_FAULT, ["U023"])
    assert "6 rows read: 5 evaluated, 0 rejected, 0 skipped: these do not add up" in ran.err
    assert not out.exists()
