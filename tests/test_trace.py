"""`rulewright trace`: from each clause to its rules and their tests, and what is missing between them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from commands import AT_FAULT, FINE, NOT_READY, ROOT, edition, rulebook_folder, rw, write

GAPS = NOT_READY
ENDINGS = {"text": "txt", "markdown": "md", "json": "json"}

RULEBOOK = """\
rulebook: leave
edition: 2024-01-01
language: 1
title: Leave | of *absence*
not_covered:
  sick: {about: request, applies: {reason: sick}, what: sick | leave}
documents:
  handbook:
    title: Handbook
    clauses:
      short: {section: "1", says: "A leave is short: ten days | or <less>."}
      reason: {section: "2, note", says: A reason is given.}
      greeting: {section: "3", says: Enjoy!, no_rule: It asks nothing.}
      forgotten: {section: "4", says: Leave is asked for in writing.}
  contract:
    title: Contract
    publisher: Example Ltd
    clauses:
      short: {section: "9", says: No leave of more than ten days.}
facts:
  request:
    fields:
      days: {type: whole number}
      reason: {type: text}
      is_long: {type: yes/no}
rules:
  short-enough:
    about: request
    require: {days: {at_most: 10}}
    source: {document: handbook, clause: [short, reason]}
  short-by-contract:
    about: request
    require: {days: {at_most: 10}}
    source: {document: contract, clause: short}
  told-why:
    about: request
    advise: Say why.
    when: {is_long: yes}
    source: {document: handbook, clause: reason}
  long:
    about: request
    when: {days: {more_than: 5}}
    conclude: {is_long: yes}
"""
TESTS = """\
tests:
  - name: "both | at once"
    given: {request: [{ref: a, days: 3}, {ref: b, days: 30}]}
    expect:
      outcomes: {told-why: unknown}
      subjects:
        a: {outcomes: {short-enough: met, told-why: unknown, sick: unknown}}
        b: {outcomes: {short-enough: violated, told-why: advised, long: concluded}}
  - name: only the verdict
    given: {request: {days: 3, reason: family}}
    expect: {verdict: ready}
"""


@pytest.fixture
def leave(tmp_path: Path) -> Path:
    folder = rulebook_folder(tmp_path / "leave", on_2024_01_01=RULEBOOK)
    write(folder / "2024-01-01.tests.yaml", TESTS)
    return folder


@pytest.mark.parametrize("format_", ENDINGS)
def test_the_example_has_no_gaps(format_: str, golden: Callable[[str, str], None]) -> None:
    ran = rw("trace", ROOT / "examples" / "annual-leave", "--format", format_)
    assert (ran.status, ran.err) == (FINE, "")
    golden(f"trace/annual-leave.{ENDINGS[format_]}", ran.out)


@pytest.mark.parametrize("format_", ENDINGS)
def test_gaps_are_marked(leave: Path, format_: str, golden: Callable[[str, str], None]) -> None:
    ran = rw("trace", leave, "-f", format_)
    assert (ran.status, ran.err) == (GAPS, "")
    golden(f"trace/gaps.{ENDINGS[format_]}", ran.out)


def test_what_programs_read(leave: Path) -> None:
    traced = rw("trace", leave, "-f", "json").json
    assert traced["clauses_without_rule"] == [{"document": "handbook", "clause": "forgotten"}]
    assert traced["rules_without_test"] == ["short-by-contract"]
    assert (traced["rules_without_clause"], traced["not_covered"]) == (["long"], ["sick"])
    shown = {rule["rule"]: rule["tests"] for rule in traced["rules"]}
    assert shown["short-enough"] == {"met": ["both | at once"], "violated": ["both | at once"]}
    carried = {clause["clause"]: clause["rules"] for clause in traced["documents"][0]["clauses"]}
    assert carried == {
        "short": ["short-enough"],
        "reason": ["short-enough", "told-why"],
        "greeting": [],
        "forgotten": [],
    }


def test_each_gap_alone_is_one(leave: Path) -> None:
    forgotten = '      forgotten: {section: "4", says: Leave is asked for in writing.}\n'
    write(leave / "2024-01-01.yaml", RULEBOOK.replace(forgotten, ""))
    assert rw("trace", leave).status == GAPS
    write(leave / "2024-01-01.tests.yaml", TESTS.replace("{verdict: ready}", "{outcomes: {short-by-contract: met}}"))
    assert rw("trace", leave).status == FINE
    write(leave / "2024-01-01.yaml", RULEBOOK)
    assert rw("trace", leave).status == GAPS


def test_without_tests_no_rule_is_shown(leave: Path) -> None:
    (leave / "2024-01-01.tests.yaml").unlink()
    ran = rw("trace", leave, "-f", "json")
    assert ran.status == GAPS
    assert len(ran.json["rules_without_test"]) == 5


def test_the_edition_that_is_traced(leave: Path, tmp_path: Path) -> None:
    write(leave / "2025-01-01.yaml", edition("2025-01-01"))
    assert rw("trace", leave).out.startswith("leave 2025-01-01: ")
    assert "\nno document lists its clauses\n" in rw("trace", leave).out
    assert rw("trace", leave, "--edition", "2024-01-01").out.startswith("leave 2024-01-01: ")
    assert rw("trace", leave / "2024-01-01.yaml", "--edition", "2024-01-01").status == GAPS
    target = tmp_path / "trace.md"
    assert rw("trace", leave, "-f", "markdown", "-o", target).out == ""
    assert target.read_text(encoding="utf-8") == rw("trace", leave, "-f", "markdown").out


def test_files_at_fault(leave: Path, tmp_path: Path) -> None:
    def codes(*words: str | Path) -> list[str]:
        ran = rw("trace", *words)
        assert (ran.status, ran.out) == (AT_FAULT, "")
        return ran.codes

    assert codes(tmp_path / "nope") == ["U001"]
    assert codes(leave, "--edition", "2024") == ["U004"]
    assert codes(leave, "--edition", "2023-01-01") == ["U002"]
    assert codes(leave / "2024-01-01.yaml", "--edition", "2023-01-01") == ["U002"]
    assert codes(leave, "-o", tmp_path / "no" / "folder.md") == ["U005"]
    write(leave / "2024-01-01.tests.yaml", TESTS.replace("long: concluded", "lng: concluded"))
    assert codes(leave) == ["T004"]
    write(leave / "2024-01-01.yaml", RULEBOOK.replace("clause: [short, reason]", "clause: [shrt, reason]"))
    assert codes(leave) == ["R024"]
