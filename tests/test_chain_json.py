"""The chain as JSON, as programs read it: everything that points to something finds it, and nothing explodes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from commands import EXAMPLE, rw, write

HEAD = "rulebook: chained\nedition: 2024-01-01\nlanguage: 1\ntitle: Chained\n"
CSV_BOOK = f"""{HEAD}
facts: {{k: {{fields: {{a: {{type: whole number}}, b: {{type: yes/no}}}}}}}}
rules:
  r: {{about: k, require: {{any: [{{a: {{at_least: 3}}}}, {{b: yes}}]}}}}
"""


def explained(*words: str | Path) -> Any:
    return rw("check", *words, "--format", "json").json


@pytest.fixture(scope="module")
def shop() -> Any:
    return explained(EXAMPLE, "--engine", "plain")


def test_outcomes_are_the_findings_and_verdicts_the_subjects(shop: Any) -> None:
    chain = shop["explanation"]
    keys = ("rule", "kind", "ref", "outcome")
    assert [[one[key] for key in keys] for one in chain["outcomes"]] == [
        [one[key] for key in keys] for one in shop["findings"]
    ]
    keys = ("kind", "ref", "verdict")
    assert [[one[key] for key in keys] for one in chain["verdicts"]] == [
        [one[key] for key in keys] for one in shop["subjects"]
    ]


def test_a_violated_requirement_down_to_its_facts(shop: Any) -> None:
    chain = shop["explanation"]
    (violated,) = (one for one in chain["outcomes"] if (one["outcome"], one["ref"]) == ("violated", "web-1"))
    test = violated["require"]["all"][0]
    assert (test["truth"], test["needed"]) == (
        False,
        {"words": "at least 3 months (length of the subscription needed)", "operator": "at_least", "values": [3]},
    )
    months = chain["values"][test["left"]["see"][-1]]
    assert (months["field"], months["value"]) == ("subscription_months", 2)
    ends = [chain["values"][part["see"][-1]] for part in months["computed"]["months_between"]]
    assert [(end["value"], end["at"]) for end in ends] == [
        ("2023-09-01", f"{EXAMPLE}:9:25"),
        ("2023-11-01", f"{EXAMPLE}:10:23"),
    ]
    needed = chain["values"][test["at_least"]["see"][-1]]
    row = chain["values"][needed["cell"]["by"]]
    assert (needed["cell"]["table"], row["field"], row["value"]) == ("service-types", "service_type", "ecs")


def test_every_justification_is_told(tmp_path: Path) -> None:
    book = write(tmp_path / "book.yaml", CSV_BOOK)
    facts = write(tmp_path / "facts.csv", "ref,a,b\nx,5,yes\n")
    chain = explained(facts, "-r", book)["explanation"]
    (outcome,) = chain["outcomes"]
    assert [part["truth"] for part in outcome["require"]["any"]] == [True, True]
    assert [(one["field"], one["at"]) for one in chain["values"]] == [("a", f"{facts}:2:3"), ("b", f"{facts}:2:5")]


def test_a_chain_of_hundreds_of_conclusions_stands_in_it_once(tmp_path: Path) -> None:
    length = 400
    fields = ", ".join(f"c{number}: {{type: yes/no}}" for number in range(length + 1))
    rules = "\n".join(
        f"  s{number}-{way}: {{about: k, when: {{c{number}: yes}}, conclude: {{c{number + 1}: yes}}}}"
        for number in range(length)
        for way in ("a", "b")
    )
    book = write(
        tmp_path / "book.yaml",
        f"{HEAD}facts: {{k: {{fields: {{{fields}}}}}}}\n"
        f"rules:\n{rules}\n  last: {{about: k, require: {{c{length}: yes}}}}\n",
    )
    chain = explained(write(tmp_path / "case.yaml", "k: {c0: yes}"), "-r", book)["explanation"]
    assert len(chain["values"]) == length + 1
    assert all(len(one["concluded_by"]) == 2 for one in chain["values"] if one["field"] != "c0")
    assert len(json.dumps(chain)) < 1000 * length


def test_other_formats_do_not_carry_it() -> None:
    line = rw("check", EXAMPLE, "--format", "jsonl").out
    assert "explanation" not in json.loads(line)
