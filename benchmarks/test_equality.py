"""Whether what is measured is compared, and cannot be wrong unseen."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from itertools import islice
from pathlib import Path

import pytest

from benchmarks.contenders import check_command
from benchmarks.equality import UnequalError, compare
from benchmarks.workload import DIRTY_FILING, FILING, FLAT, NESTED, OWN_SITUATIONS, WORKLOADS, Workload
from benchmarks.workload.blocks import copy_head, write_cases
from benchmarks.workload.filing import DIRT, NULL, dirt_of, is_rejected

_CASES = 300


@pytest.fixture(params=WORKLOADS)
def workload(request: pytest.FixtureRequest) -> Workload:
    return WORKLOADS[request.param]


@pytest.mark.parametrize("detail", ["verdict", "findings"])
@pytest.mark.parametrize("engine", ["durable", "plain"])
def test_both_engines_say_what_plain_python_says(workload: Workload, detail: str, engine: str, tmp_path: Path) -> None:
    source, output = tmp_path / "cases.jsonl", tmp_path / "results.jsonl"
    write_cases(workload, _CASES, source, 7)
    command = check_command(workload, detail, str(source), str(output), str(tmp_path / "summary.json"))
    subprocess.run([sys.executable, "-m", *command, "--engine", engine], check=False, capture_output=True)
    rejected = 0 if workload.is_rejected is None else sum(map(workload.is_rejected, range(_CASES)))
    assert compare(workload, source, output) == _CASES - rejected
    summary = json.loads((tmp_path / "summary.json").read_text())
    assert (summary["cases"], summary["rejected"]) == (_CASES - rejected, rejected)
    if workload is OWN_SITUATIONS and engine == "durable":
        assert summary["situations"] == _CASES


def test_workloads_show_each_rule_and_verdict() -> None:
    for workload in (FLAT, NESTED):
        answers = [workload.decide(case) for case in islice(workload.block(7, 0), 5_000)]
        assert {rule for violated, _ in answers for rule in violated} == set(workload.rules)
        assert {verdict for _, verdict in answers} == {"ready", "at_risk", "not_ready"}


def test_each_requirement_of_the_flagship_rulebook_is_violated_by_some_row() -> None:
    answers = [FILING.decide(case) for case in islice(FILING.block(7, 0), 5_000)]
    assert {rule for violated, _ in answers for rule in violated} == set(FILING.rules)


def test_dirt_comes_in_five_forms_of_which_four_are_rejected(tmp_path: Path) -> None:
    clean, dirty = tmp_path / "clean", tmp_path / "dirty"
    write_cases(FILING, 10_000, clean, 7)
    write_cases(DIRTY_FILING, 10_000, dirty, 7)
    pairs = zip(clean.read_bytes().splitlines(), dirty.read_bytes().splitlines(), strict=True)
    spoilt = [number for number, (line, other) in enumerate(pairs) if line != other]
    assert spoilt == [number for number in range(10_000) if dirt_of(number) is not None]
    assert Counter(map(dirt_of, spoilt)).keys() == set(DIRT)
    assert {dirt_of(number) for number in spoilt if not is_rejected(number)} == {NULL}


def test_a_result_too_few_of_a_dirty_file_is_seen(tmp_path: Path) -> None:
    source, output = tmp_path / "cases.jsonl", tmp_path / "results.jsonl"
    write_cases(DIRTY_FILING, 50, source, 7)
    valid = [line for number, line in enumerate(source.read_bytes().splitlines()) if not is_rejected(number)]
    results = [json.loads(line) for line in valid]
    lines = [
        json.dumps({"case": case["ref"], "verdict": verdict, "violated": violated})
        for case in results
        for violated, verdict in [DIRTY_FILING.decide(case)]
    ]
    output.write_text("".join(f"{line}\n" for line in lines))
    assert compare(DIRTY_FILING, source, output) == len(valid)
    output.write_text("".join(f"{line}\n" for line in lines[1:]))
    with pytest.raises(UnequalError, match="results of 50 lines"):
        compare(DIRTY_FILING, source, output)


def test_a_shorter_file_is_the_head_of_a_longer_one(workload: Workload, tmp_path: Path) -> None:
    long, short, head = (tmp_path / name for name in ("long", "short", "head"))
    write_cases(workload, 20_100, long, 7)
    write_cases(workload, 10_050, short, 7)
    copy_head(long, 10_050, head)
    assert short.read_bytes() == head.read_bytes()
    assert long.read_bytes().count(b"\n") == 20_100


@pytest.mark.parametrize(
    "wrong",
    [
        {"verdict": "not_ready"},
        {"violated": ["prepaid"]},
        {"case": "another"},
    ],
)
def test_what_differs_is_seen(wrong: dict[str, object], tmp_path: Path) -> None:
    case = next(case for case in FLAT.block(7, 0) if FLAT.decide(case) == ([], "ready"))
    source, output = tmp_path / "cases.jsonl", tmp_path / "results.jsonl"
    source.write_text(json.dumps(case) + "\n")
    right = {"case": case["id"], "verdict": "ready", "violated": []}
    output.write_text(json.dumps(right) + "\n")
    assert compare(FLAT, source, output) == 1
    output.write_text(json.dumps({**right, **wrong}) + "\n")
    with pytest.raises(UnequalError):
        compare(FLAT, source, output)


def test_a_line_too_few_is_seen(tmp_path: Path) -> None:
    source, output = tmp_path / "cases.jsonl", tmp_path / "results.jsonl"
    write_cases(FLAT, 2, source, 7)
    first = next(FLAT.block(7, 0))
    violated, verdict = FLAT.decide(first)
    output.write_text(json.dumps({"case": first["id"], "verdict": verdict, "violated": violated}) + "\n")
    with pytest.raises(ValueError, match="shorter"):
        compare(FLAT, source, output)
