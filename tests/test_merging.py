"""The facts of a test over the facts of its base: merged by `ref`, removed with `~`, replaced with `replace`."""

from __future__ import annotations

from pathlib import Path

import pytest

from commands import AT_FAULT, FINE, Ran, rw, write

RULEBOOK = """\
rulebook: family
edition: 2024-01-01
language: 1
title: Family
documents: {d: {title: Document}}
facts:
  household:
    fields:
      people: {type: whole number, computed: {count: {of: person, through: home}}}
      total: {type: whole number, computed: {sum: {field: income, of: person, through: home}}}
  person:
    fields:
      income: {type: whole number}
      age: {type: whole number}
      home: {type: reference, to: household}
rules:
  not-rich: {about: household, require: {total: {at_most: 100}}, source: {document: d}}
  grown-up: {about: person, require: {age: {at_least: 18}}, severity: note, source: {document: d}}
"""
BASES = """\
rulebook: family
bases:
  two:
    household: {ref: h}
    person: [{ref: a, income: 60, age: 30, home: h}, {ref: b, income: 70, home: h}]
  one:
    household: {ref: h}
    person: {ref: a, income: 60, age: 30, home: h}
  listed:
    household: {ref: h}
    person: [{income: 60, age: 30, home: h}]
  unnamed:
    household: {ref: h}
    person: {income: 60, age: 30, home: h}
  nobody:
    household: {ref: h}
    person: []
  unknown:
    household: {ref: h}
tests:
"""


@pytest.fixture
def family(tmp_path: Path) -> Path:
    write(tmp_path / "2024-01-01.yaml", RULEBOOK)
    return tmp_path


def run_test(folder: Path, base: str, facts: str, expect: str) -> Ran:
    write(
        folder / "2024-01-01.tests.yaml",
        f"{BASES}  - {{name: t, base: {base}, {facts}, expect: {{{expect}}}}}\n",
    )
    return rw("test", folder)


@pytest.mark.parametrize(
    ("base", "facts", "people", "total"),
    [
        ("two", "given: {person: [{ref: a, income: 61}]}", 2, 131),
        ("two", "given: {person: {ref: a, income: 61}}", 2, 131),
        ("two", "given: {person: {ref: b, income: 1}}", 2, 61),
        ("two", "given: {person: [{ref: b, income: 1}, {ref: a, income: 2}]}", 2, 3),
        ("two", "given: {person: [{ref: c, income: 5, home: h}]}", 3, 135),
        ("two", "given: {person: {ref: c, income: 5, home: h}}", 3, 135),
        ("two", "given: {person: {ref: a, home: ~}}", "unknown", "unknown"),
        ("two", "given: {person: ~}", "unknown", "unknown"),
        ("two", "replace: {person: [{ref: c, income: 5, home: h}]}", 1, 5),
        ("two", "replace: {person: {ref: a, income: 5, home: h}}", 1, 5),
        ("two", "replace: {person: []}", 0, 0),
        ("one", "given: {person: {income: 61}}", 1, 61),
        ("one", "given: {person: {ref: a, income: 61}}", 1, 61),
        ("one", "given: {person: [{ref: a, income: 61}]}", 1, 61),
        ("one", "given: {person: {ref: b, income: 61, home: h}}", 2, 121),
        ("one", "given: {person: [{ref: b, income: 61, home: h}]}", 2, 121),
        ("listed", "given: {person: {income: 61}}", 1, 61),
        ("listed", "given: {person: {ref: b, income: 61, home: h}}", 2, 121),
        ("listed", "given: {person: [{ref: person-1, income: 61}]}", 1, 61),
        ("unnamed", "given: {person: {income: 61}}", 1, 61),
        ("nobody", "given: {person: {income: 61, home: h}}", 1, 61),
        ("nobody", "given: {person: [{ref: a, income: 61, home: h}]}", 1, 61),
        ("unknown", "given: {person: {income: 61, home: h}}", 1, 61),
        ("unknown", "given: {person: [{income: 61, home: h}, {income: 1, home: h}]}", 2, 62),
        ("unknown", "given: {person: []}", 0, 0),
    ],
)
def test_what_a_test_states(family: Path, base: str, facts: str, people: int | str, total: int | str) -> None:
    expected = f"subjects: {{h: {{values: {{people: {people}, total: {total}}}}}}}"
    ran = run_test(family, base, facts, expected)
    assert ran == Ran(FINE, "1 passed, 0 failed\n", "")


def test_fields_that_a_test_does_not_state_are_kept(family: Path) -> None:
    given = "given: {person: [{ref: b, age: 3}]}"
    expect = "subjects: {a: {outcomes: {grown-up: met}}, b: {outcomes: {grown-up: violated}, values: {income: 70}}}"
    assert run_test(family, "two", given, expect).status == FINE


@pytest.mark.parametrize(
    ("base", "facts", "codes"),
    [
        ("two", "given: {person: {income: 61}}", ["T009"]),
        ("two", "given: {person: [{income: 61}]}", ["T009"]),
        ("two", "given: {person: [{ref: a, income: 61}, {income: 3}]}", ["T009"]),
        ("two", "given: {person: []}", ["T009"]),
        ("one", "given: {person: [{income: 61}]}", ["T009"]),
        ("unnamed", "given: {person: {ref: a, income: 61}}", ["T009"]),
        ("unnamed", "given: {person: [{ref: a, income: 61}]}", ["T009"]),
        ("two", "given: {person: [{ref: a, income: 61}, {ref: a, income: 3}]}", ["F006"]),
        ("two", "given: {person: [{ref: c, income: 61}, {ref: c, income: 3}]}", ["F006"]),
        ("two", "given: {person: 3}", ["F008"]),
        ("two", "given: {person: [3]}", ["F008"]),
        ("two", "given: {person: {ref: a, income: 61}}, replace: {person: []}", ["R009"]),
        ("two", "replace: {as_of: 2024-01-01}", ["F001"]),
        ("two", "replace: [{person: []}]", ["R003"]),
        ("two", "replace: {persn: []}", ["F001"]),
    ],
)
def test_what_is_unclear_is_reported(family: Path, base: str, facts: str, codes: list[str]) -> None:
    ran = run_test(family, base, facts, "verdict: ready")
    assert ran.status == AT_FAULT
    assert ran.codes == codes
    assert "help: " in ran.err


def test_replacing_needs_a_base(family: Path) -> None:
    test = "  - {name: t, replace: {person: []}, given: {household: {}}, expect: {verdict: ready}}\n"
    write(family / "2024-01-01.tests.yaml", BASES + test)
    ran = rw("test", family)
    assert (ran.status, ran.codes) == (AT_FAULT, ["R009"])


def test_how_an_unclear_fact_is_reported(family: Path) -> None:
    ran = run_test(family, "two", "given: {person: [{income: 61}]}", "verdict: ready")
    assert ran.err.replace(str(family), "FOLDER").startswith(
        "FOLDER/2024-01-01.tests.yaml:21:43: T009 it is unclear which `person` of the base this fact changes: it has "
        "no `ref`\n"
        "  help: add the `ref` of the fact, or write the facts under `replace` to drop every `person` of the base\n"
        "  note: `person` of the base is at FOLDER/2024-01-01.tests.yaml:5:13\n"
    ), ran.err
