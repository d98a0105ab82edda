"""`rulewright ask`: interviews on the command line, and the case files that they end in."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from commands import AT_FAULT, FINE, NOT_READY, Ran, environment, process, rw, write
from rulewright.command import asking
from rulewright.time_zones import today

BOOK = """
rulebook: office
edition: 2024-01-01
language: 1
title: Office
documents: {handbook: {title: Handbook}}
facts:
  host:
    fields:
      kind: {type: choice, of: {big: a big one, odd: an odd one}, ask: What kind of host is it?}
      age: {type: whole number, unit: month, minimum: 0, ask: How old is it?, note: Renewals count.}
      since: {type: date, ask: Since when is it there?}
      name: {type: text, ask: What is its name?}
      open: {type: yes/no, ask: Is it open?}
  site:
    fields:
      host: {type: reference, to: host, ask: Which host is it on?}
rules:
  is-open:
    about: host
    require: {open: yes}
    source: {document: handbook, section: "4"}
    rationale: A closed one serves nobody.
  old-enough: {about: host, applies: {kind: big}, require: {age: {at_least: 6}}}
  long-there: {about: host, applies: {kind: odd}, require: {since: {before: 2020-01-01}}}
  named: {about: host, applies: {kind: odd}, require: {name: {is_not: ""}}}
  host-ready: {about: site, require: {host.verdict: ready}}
"""
ASKED = "as_of: 2024-05-01\nhost: {ref: h}\n"
BIG, READY = ("1", "y", "7"), "as_of: 2024-05-01\nhost: {ref: h, kind: big, open: yes, age: 7}\n"


@pytest.fixture
def ask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Ran]:
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "book.yaml", BOOK)

    def run(case: str | None, *answers: str, words: tuple[str, ...] = ()) -> Ran:
        more = [] if case is None else [write(tmp_path / "start.yaml", case)]
        return rw("ask", *more, "-r", "book.yaml", *words, data="".join(f"{answer}\n" for answer in answers))

    return run


def questions(ran: Ran) -> list[str]:
    """The questions of an interview, in order, with their numbers."""
    return re.findall(r"^(?:   > )*([0-9]+\. .*)$", ran.err, re.MULTILINE)


def checked(ran: Ran, tmp_path: Path) -> Ran:
    """What a check says of the case file that an interview wrote."""
    return rw("check", write(tmp_path / "written.yaml", ran.out), "-r", "book.yaml", "--engine", "plain")


def test_an_interview_from_nothing(ask: Callable[..., Ran], tmp_path: Path) -> None:
    ran = ask(None, "h", "", "shop", "", "yes", "big", "7", "h", words=("--as-of", "2024-05-01"))
    assert questions(ran) == [
        "1. Which facts of the kind host are there?",
        "2. Which facts of the kind site are there?",
        "3. Is it open?",
        "4. What kind of host is it?",
        "5. How old is it?",
        "6. Which host is it on?",
    ]
    assert ran.out.splitlines()[2:] == [
        "case: case",
        "as_of: 2024-05-01",
        "host:",
        "  - ref: h     # answered",
        "    open: yes  # answered",
        "    kind: big  # answered",
        "    age: 7     # answered",
        "site:",
        "  - ref: shop  # answered",
        "    host: h    # answered",
    ]
    assert ran.status == FINE
    assert "Ready  case" in ran.err
    assert checked(ran, tmp_path).status == FINE


@pytest.mark.parametrize(
    ("answers", "status", "verdict", "asked"),
    [
        (("y", "big", "6"), FINE, "Ready", 3),
        (("y", "odd", "2019-12-31", "its name"), FINE, "Ready", 4),
        (("n",), NOT_READY, "Not ready", 1),
        (("y", "big", "5"), NOT_READY, "Not ready", 3),
        (("y", "big", "don't know"), NOT_READY, "Needs information", 3),
        (("/skip", "2", "2020-01-01"), NOT_READY, "Not ready", 3),
        (("y", "/skip"), NOT_READY, "Needs information", 3),
        (("y", "/skip", "6", "its name", "2019-01-01"), FINE, "Ready", 5),
        (("y", "1"), NOT_READY, "Needs information", 3),
        (("y", "/end"), NOT_READY, "Needs information", 2),
    ],
)
def test_the_file_of_an_interview_has_its_verdict(
    ask: Callable[..., Ran], tmp_path: Path, answers: tuple[str, ...], status: int, verdict: str, asked: int
) -> None:
    ran = ask(ASKED, *answers)
    assert (ran.status, len(questions(ran))) == (status, asked)
    assert f"\n{verdict}  start\n" in ran.err
    again = checked(ran, tmp_path)
    assert again.status == status
    assert again.out.startswith(f"{verdict}  start\n")


def test_what_is_settled_is_not_asked_for(ask: Callable[..., Ran]) -> None:
    ran = ask(READY)
    assert (ran.status, questions(ran)) == (FINE, [])


def test_what_nobody_knows_is_told_in_the_file_and_not_asked_again(ask: Callable[..., Ran]) -> None:
    ran = ask(ASKED, "/skip", "Don't know")
    assert questions(ran) == ["1. Is it open?", "2. What kind of host is it?"]
    assert "    # kind: nobody knows\n    # open: nobody knows\n" in ran.out
    listed = ask(None, "h", "", "unknown", "/end")
    assert "# site: nobody knows which there are\n" in listed.out
    assert "site:" not in listed.out.splitlines()


def test_going_back(ask: Callable[..., Ran]) -> None:
    ran = ask(ASKED, "/back", "y", "odd", "/back", "/back", "n")
    assert questions(ran) == [
        "1. Is it open?",
        "2. What kind of host is it?",
        "3. Since when is it there?",
        "2. What kind of host is it?",
        "1. Is it open?",
    ]
    assert "this is the first question" in ran.err
    assert "kind" not in ran.out
    assert "    open: no  # answered\n" in ran.out
    skipped = ask(ASKED, "/skip", "/back", "n")
    assert "nobody knows" not in skipped.out


@pytest.mark.parametrize(
    ("answers", "bad", "told"),
    [
        ((), "maybe", "answer yes or no"),
        (("y",), "huge", "take one from the list"),
        (("y",), "0", "take one from the list"),
        (("y",), "3", "take one from the list"),
        (("y", "big"), "-1", "it is `0` at least"),
        (("y", "big"), "six", "expected"),
        (("y", "big"), "6.0", "expected"),
        (("y", "big"), "9" * 60, "digits"),
        (("y", "odd"), "2020-02-30", "date"),
        (("y", "odd"), "yesterday", "date"),
        ((), "/instead", "answer yes or no"),
        ((), "/what", "? explains"),
        ((), "", "? explains"),
    ],
)
def test_a_bad_answer_is_told_and_asked_for_again(
    ask: Callable[..., Ran], answers: tuple[str, ...], bad: str, told: str
) -> None:
    good, wrong = ask(ASKED, *answers), ask(ASKED, *answers, bad)
    assert told in wrong.err.removeprefix(good.err.partition("   > ")[0])
    assert questions(wrong) == questions(good)
    assert (wrong.out, wrong.status) == (good.out, good.status)


def test_an_answer_that_contradicts_what_is_stated_is_not_taken(ask: Callable[..., Ran], tmp_path: Path) -> None:
    months = "{type: whole number, unit: month, computed: {months_between: [since, as_of]}, may_be_given: yes}"
    book = BOOK.replace(
        "age: {type: whole number, unit: month, minimum: 0, ask: How old is it?",
        f"age: {months}\n      x: {{type: text",
    )
    write(tmp_path / "book.yaml", book)
    ran = ask("as_of: 2024-05-01\nhost: {ref: h, age: 3, kind: odd, open: yes}\n", "2019-05-01", "2024-02-01")
    assert "   > " in ran.err
    assert ran.status == NOT_READY
    assert "since: 2019-05-01" not in ran.out


def test_why_it_is_asked(ask: Callable[..., Ran]) -> None:
    ran = ask(ASKED, "?")
    assert "   is open (h), rule is-open: Handbook, 4\n      A closed one serves nobody.\n" in ran.err.replace(
        "   > ", ""
    )
    assert "   needed for: is open\n" in ran.err
    assert "   Renewals count.\n" in ask(ASKED, "y", "big").err


def test_what_was_answered(ask: Callable[..., Ran]) -> None:
    told = ask(None, "/list", "h", "i", "", "", "y", "/skip", "/list").err.replace("   > ", "")
    assert "   nothing yet\n" in told
    assert "   host: h, i\n   site: there are none\n   host h open: yes\n" in told
    assert "nobody knows\n" in told


def test_a_name_is_listed_once(ask: Callable[..., Ran]) -> None:
    ran = ask(None, "h", "h", '"h"', "", "/end")
    assert ran.err.count("`h` is on the list already") == 2
    assert ran.out.count("ref: h") == 1


def test_any_text_can_be_typed(ask: Callable[..., Ran], tmp_path: Path) -> None:
    name = '- {#: "&x\u202e\x1b[31m\u00e9'
    ran = ask(ASKED, "y", "odd", "2019-01-01", f'"{name}"')
    assert ran.status == FINE
    assert not {"\x1b", "\u202e"} & set(ran.out + ran.err)
    assert checked(ran, tmp_path).status == FINE
    told = rw("check", tmp_path / "written.yaml", "-r", "book.yaml", "-f", "json").json
    (test,) = [test for finding in told["findings"] if finding["rule"] == "named" for test in finding["tests"][-1:]]
    assert test["value"] == name
    assert ask(ASKED, "y", "odd", "2019-01-01", '"/skip"').out.splitlines()[-1].startswith("    name: '/skip'")


def test_letters_of_another_encoding(tmp_path: Path) -> None:
    book = write(tmp_path / "book.yaml", BOOK)
    ran = process("ask", "-r", book, data=b"\xffh\n\n\n/end\n", PYTHONIOENCODING="utf-8")
    assert ran.status == NOT_READY
    assert 'ref: "\\ufffdh"' in ran.out or "ref: '\ufffdh'" in ran.out


def test_nothing_stated_is_no_case(ask: Callable[..., Ran], tmp_path: Path) -> None:
    for answers in [(), ("/end",), ("/skip", "/skip")]:
        ran = ask(None, *answers, words=("-o", "case.yaml"))
        assert (ran.status, ran.out) == (AT_FAULT, "")
        assert "F011 the case states no facts, so it is not written\n" in ran.err
    assert not (tmp_path / "case.yaml").exists()


@pytest.mark.skipif(os.name == "nt", reason="a shell is needed")
def test_standard_input_that_is_closed(tmp_path: Path) -> None:
    write(tmp_path / "book.yaml", BOOK)
    case = write(tmp_path / "case.yaml", ASKED)
    line = f"'{sys.executable}' -m rulewright ask {case} -r book.yaml <&-"
    ran = subprocess.run(["bash", "-c", line], cwd=tmp_path, env=environment(), capture_output=True, check=False)
    assert ran.returncode == NOT_READY
    assert b"Traceback" not in ran.stderr
    assert b"ref: h" in ran.stdout


def test_the_file_that_it_started_from_can_be_written_anew(ask: Callable[..., Ran], tmp_path: Path) -> None:
    ran = ask("case: the shop\nhost:\n  ref: h\n  kind: big\n", "y", "8", words=("-o", "start.yaml"))
    assert (ran.status, ran.out) == (FINE, "")
    assert (tmp_path / "start.yaml").read_text(encoding="utf-8").splitlines()[2:] == [
        "case: 'the shop'",
        f"as_of: {today('UTC')}",
        "host:",
        f"  - ref: h     # {tmp_path}/start.yaml:3:8",
        f"    kind: big  # {tmp_path}/start.yaml:4:9",
        "    open: yes  # answered",
        "    age: 8     # answered",
    ]
    ran = ask(ASKED, "y", words=("-o", "nowhere/case.yaml"))
    assert (ran.status, ran.codes[-1:]) == (AT_FAULT, ["U005"])


def test_an_interruption_keeps_what_was_answered(
    ask: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked = asking.Console.input
    answers = iter(["y"])

    def interrupted(*words: object, **more: object) -> str:
        answer = next(answers, None)
        if answer is None:
            raise KeyboardInterrupt
        return answer

    monkeypatch.setattr(asking.Console, "input", interrupted)
    ran = ask(ASKED, words=("-o", "case.yaml"))
    monkeypatch.setattr(asking.Console, "input", asked)
    assert ran.status == 130
    assert "    open: yes  # answered\n" in (tmp_path / "case.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("case", "words", "codes"),
    [
        (f"{ASKED}---\n{ASKED}", (), ["U013"]),
        ("# nothing\n", (), ["S008"]),
        ("host: {knd: big}\n", (), ["F002"]),
        ("host: {kind: big, size: 3}\n", (), ["F002"]),
        (ASKED, ("--as-of", "tomorrow", "--edition", "1"), ["U004", "U004"]),
        (ASKED, ("-r", "nowhere"), ["U001"]),
    ],
)
def test_inputs_at_fault(ask: Callable[..., Ran], case: str, words: tuple[str, ...], codes: list[str]) -> None:
    ran = ask(case, words=words)
    assert (ran.status, ran.out, ran.codes) == (AT_FAULT, "", codes)


def test_no_file(ask: Callable[..., Ran]) -> None:
    ran = rw("ask", "nowhere.yaml")
    assert (ran.status, ran.out, ran.codes) == (AT_FAULT, "", ["S001"])
