"""The laws of the language, each with a case and its results written by hand, for the oracle and for the engines."""

from __future__ import annotations

import unicodedata
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import oracle
from commands import rw, write
from oracle.field_types import TYPES
from oracle_comparison import comparable, differences, expectations

DAY = date(2024, 1, 31)
UNKNOWN, NONE = oracle.Absent.UNKNOWN, oracle.Absent.NONE
DECOMPOSED = unicodedata.normalize("NFD", "é")


def book(facts: str, rules: str, more: str = "") -> str:
    return f"rulebook: law\nedition: 2024-01-01\nlanguage: 1\ntitle: Law\nfacts: {facts}\n{more}\nrules: {rules}\n"


def results(rulebook: str, case: str, day: date = DAY) -> dict[str, Any]:
    """Return the values, outcomes and verdict of the first subject, on which the oracle and the engines agree."""
    expected = expectations(rulebook, [(case, day)])
    assert "\n".join(map(str, differences(rulebook, [(case, day)], expected))) == ""
    assert expected[0]["contradictions"] == []
    subject = next(iter(expected[0]["subjects"].values()))
    return {**subject["values"], **subject["outcomes"], "verdict": subject["verdict"]}


def assert_results(found: dict[str, Any], **expected: Any) -> None:
    assert comparable({name: found[name] for name in expected}) == comparable(expected)


# --- scalars ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("type_", "written", "value"),
    [
        ("text", "no", "no"),
        ("text", '"3"', "3"),
        ("text", '""', ""),
        ("text", "2023-01-01", "2023-01-01"),
        ("text", f'"{DECOMPOSED}"', "é"),
        ("text", r'"\ud83d\ude00"', "😀"),
        ("text", "|\n     a\n", "a\n"),
        ("choice, of: [yes, b]", "yes", "yes"),
        ("yes/no", "no", False),
        ("yes/no", "True", True),
        ("whole number", "020", 20),
        ("whole number", "-0", 0),
        ("decimal", "1.50", Decimal("1.5")),
        ("decimal", "20", Decimal("20")),
        ("decimal", "1e2", Decimal("100")),
        ("decimal", ".5", Decimal("0.5")),
        ("decimal", "0.000000001", Decimal("0.000000001")),
        ("date", "2023-01-01", date(2023, 1, 1)),
        ("date", '"2023-01-01"', date(2023, 1, 1)),
        ("text", "~", UNKNOWN),
        ("text", "", UNKNOWN),
        ("decimal", "null", UNKNOWN),
        ("text, host_name: yes", "XN--FIQ228C.com.", "中文.com"),
        ("text, host_name: yes", '" www。ＥXAMPLE.com "', "www.example.com"),
        ("text, host_name: yes", "xn--a.example", "xn--a.example"),
    ],
)
def test_the_vocabulary_gives_a_scalar_its_type(type_: str, written: str, value: Any) -> None:
    rulebook = book(f"{{k: {{fields: {{f: {{type: {type_}}}}}}}}}", "{r: {about: k, require: {f: {given: yes}}}}")
    assert_results(results(rulebook, f"k:\n  f: {written}\n"), f=value)


@pytest.mark.parametrize(
    ("type_", "written"),
    [
        ("yes/no", '"no"'),
        ("whole number", '"3"'),
        ("whole number", "three"),
        ("decimal", '"1.50"'),
        ("date", "20230101"),
    ],
)
def test_nothing_is_converted(type_: str, written: str) -> None:
    with pytest.raises(TypeError):
        TYPES[type_](oracle.load(f"f: {written}")["f"])
    rulebook = book(f"{{k: {{fields: {{f: {{type: {type_}}}}}}}}}", "{r: {about: k, require: {f: {given: yes}}}}")
    with pytest.raises(AssertionError, match="F003"):
        differences(rulebook, [(f"k: {{f: {written}}}", DAY)], [])


# --- conditions -------------------------------------------------------------------------------------------------------

FIELDS = """{k: {fields: {n: {type: whole number}, m: {type: whole number}, t: {type: text}, b: {type: yes/no},
  d: {type: date}, up: {type: reference, to: k}}},
 p: {fields: {owner: {type: reference, to: k}, y: {type: yes/no}, w: {type: decimal}}}}"""
TABLE = """
tables: {t1: {about: k, by: t, columns: {none: {type: whole number}, later: {type: whole number}},
  rows: {a: {later: [{since: 2024-02-01, value: 5}]},
    b: {none: 3, later: [{value: 7}, {since: 2024-01-31, value: ~}]}}}}
parameters: {three: {type: whole number, value: 3}, some: {type: text, value: [a, b]},
  list: {type: whole number, values: [{since: 2024-01-31, value: [1, 2]}, {since: 2025-01-01, value: [3]}]},
  soon: {type: whole number, values: [{since: 2025-01-01, value: 3}]}}"""


@pytest.mark.parametrize(
    ("condition", "facts", "outcome"),
    [
        # comparisons with values, unknown and none
        ("{n: 3}", "n: 3", "met"),
        ("{n: 3}", "n: 4", "violated"),
        ("{n: 3}", "", "unknown"),
        ("{n: {is_not: 3}}", "n: 3", "violated"),
        ("{n: {at_least: 3}}", "n: 3", "met"),
        ("{n: {more_than: 3}}", "n: 3", "violated"),
        ("{n: {at_most: 3}}", "n: 3", "met"),
        ("{n: {less_than: 3}}", "n: 3", "violated"),
        ("{n: {more_than: 2.5, less_than: 3.5}}", "n: 3", "met"),
        ("{n: {in: [1, 3]}}", "n: 3", "met"),
        ("{n: {not_in: [1, 3]}}", "n: 3", "violated"),
        ("{n: {in: {parameter: list}}}", "n: 2", "met"),
        ("{n: {in: {parameter: list}}}", "n: 3", "violated"),
        ("{n: {is: {parameter: three}}}", "n: 3", "met"),
        ("{n: {is: {parameter: soon}}}", "n: 3", "unknown"),
        ("{none: 3}", "t: a", "violated"),
        ("{none: {at_least: 3}}", "t: a", "violated"),
        ("{none: {is_not: 3}}", "t: a", "met"),
        ("{none: {not_in: [3]}}", "t: a", "met"),
        ("{none: {is: {field: n}}}", "t: a", "violated"),
        ("{n: {is: {field: none}}}", "t: a", "violated"),
        ("{none: {is: {parameter: soon}}}", "t: a", "violated"),
        ("{none: {in: [3]}}", "t: c", "unknown"),
        ("{later: 5}", "t: a", "unknown"),
        ("{later: {given: no}}", "t: b", "met"),
        # dates and texts
        ("{d: {before: 2024-01-31}}", "d: 2024-01-31", "violated"),
        ("{d: {on_or_before: 2024-01-31}}", "d: 2024-01-31", "met"),
        ("{d: {after: 2024-01-31}}", "d: 2024-01-31", "violated"),
        ("{d: {on_or_after: 2024-01-31}}", "d: 2024-01-31", "met"),
        ("{as_of: {on_or_after: {field: d}}}", "d: 2024-01-31", "met"),
        ("{as_of: 2024-01-31}", "", "met"),
        ("{t: {is: A, ignore_case: yes}}", "t: a", "met"),
        ("{t: {is: A, ignore_case: no}}", "t: a", "violated"),
        ("{t: {in: [É], ignore_case: yes}}", "t: é", "violated"),
        (f'{{t: "{DECOMPOSED}"}}', "t: é", "met"),
        ("{t: no}", "t: no", "met"),
        # given and known
        ("{n: {given: yes}}", "n: 0", "met"),
        ("{n: {given: no}}", "n: 0", "violated"),
        ("{n: {given: no}}", "", "unknown"),
        ("{none: {given: yes}}", "t: a", "violated"),
        ("{n: {known: yes}}", "", "violated"),
        ("{n: {known: no}}", "", "met"),
        ("{none: {known: yes}}", "t: a", "met"),
        # Kleene
        ("{all: [{n: 3}, {b: no}]}", "b: yes", "violated"),
        ("{all: [{n: 3}, {b: yes}]}", "b: yes", "unknown"),
        ("{any: [{n: 3}, {b: yes}]}", "b: yes", "met"),
        ("{any: [{n: 3}, {b: no}]}", "b: yes", "unknown"),
        ("{not: {n: 3}}", "", "unknown"),
        ("{not: {n: 3, b: no}}", "b: yes", "met"),
        ("{n: 3, b: no}", "b: yes", "violated"),
    ],
)
def test_a_condition(condition: str, facts: str, outcome: str) -> None:
    rulebook = book(FIELDS, f"{{r: {{about: k, require: {condition}}}}}", TABLE)
    assert_results(results(rulebook, f"k: {{{facts}}}"), r=outcome)


PARTS = "k: {ref: a}\np: [{owner: a, y: yes, w: 1.5}, {owner: a, w: 2}, {y: no, w: 4}, {owner: a, y: no, w: 8}]"


@pytest.mark.parametrize(
    ("condition", "case", "outcome"),
    [
        # two facts may count beside the sure one; the third refers to nobody knows whom
        ("{count: {of: p, where: {y: yes}, at_least: 1}}", PARTS, "met"),
        ("{count: {of: p, where: {y: yes}, at_least: 2}}", PARTS, "unknown"),
        ("{count: {of: p, where: {y: yes}, at_least: 3}}", PARTS, "violated"),
        ("{count: {of: p, where: {y: yes}, at_most: 2}}", PARTS, "met"),
        ("{count: {of: p, where: {y: yes}, is: 3}}", PARTS, "violated"),
        ("{count: {of: p, where: {y: yes}, is: 1.5}}", PARTS, "violated"),
        ("{count: {of: p, where: {y: yes}, is_not: 3}}", PARTS, "met"),
        ("{count: {of: p, where: {y: yes}, is: 2}}", PARTS, "unknown"),
        ("{count: {of: p, at_least: 3}}", PARTS, "met"),
        ("{count: {of: p, is: 3}}", PARTS, "unknown"),
        ("{count: {of: p, is: 0}}", "k: {}\np: []", "met"),
        ("{count: {of: p, at_least: 0}}", "k: {}", "met"),
        ("{count: {of: p, at_least: 1}}", "k: {}", "unknown"),
        ("{count: {of: p, less_than: 0}}", "k: {}\np: ~", "violated"),
        ("{count: {of: p, where: {y: yes}, is: {count: {of: p, where: {y: no}}}}}", PARTS, "unknown"),
        ("{sum: {field: w, of: p, where: {y: no}, is: 8}}", PARTS, "unknown"),
        ("{sum: {field: w, of: p, where: {w: {less_than: 2}}, is: 1.5}}", PARTS, "met"),
        ("{sum: {field: w, of: p, is: 0}}", "k: {}\np: []", "met"),
        ("{sum: {field: w, of: p, at_least: 0}}", "k: {}", "unknown"),
        ("{any: {of: p, where: {y: yes}}}", PARTS, "met"),
        ("{any: {of: p, where: {w: 4}}}", PARTS, "unknown"),
        ("{any: {of: p, where: {w: 5}}}", PARTS, "violated"),
        ("{any: {of: p}}", "k: {}\np: []", "violated"),
        ("{any: {of: p}}", "k: {}", "unknown"),
        ("{all: {of: p, through: owner, where: {w: {less_than: 9}}}}", PARTS, "met"),
        ("{all: {of: p, where: {y: yes}}}", PARTS, "violated"),
        ("{all: {of: p, where: {w: {is_not: 4}}}}", PARTS, "unknown"),
        ("{all: {of: p, where: {y: yes}}}", "k: {}\np: []", "met"),
        ("{all: {of: p, where: {y: yes}}}", "k: {}", "unknown"),
    ],
)
def test_a_condition_on_related_facts(condition: str, case: str, outcome: str) -> None:
    assert_results(results(book(FIELDS, f"{{r: {{about: k, require: {condition}}}}}"), case), r=outcome)


@pytest.mark.parametrize(
    ("expression", "facts", "value"),
    [
        ("3", "", 3),
        ("n", "n: 3", 3),
        ("{field: up.n}", "n: 3, up: k", 3),
        ("up.up.n", "n: 3, up: k", 3),
        ("up.n", "n: 3", UNKNOWN),
        ("{parameter: three}", "", 3),
        ("{parameter: soon}", "", UNKNOWN),
        ("{plus: [n, m, 1]}", "n: 999999999999999, m: 999999999999999", 1999999999999999),
        ("{minus: [n, {plus: [m, 1]}]}", "n: 3, m: 5", -3),
        ("{minus: [n, m]}", "n: 3", UNKNOWN),
        ("{minus: [n, none]}", "t: a", NONE),
        ("{minus: [later, none]}", "t: a", NONE),
        ("{maximum: [n, m, 4]}", "n: 3, m: 5", 5),
        ("{minimum: [n, m, 4]}", "n: 3, m: 5", 3),
        ("{days_between: [d, as_of]}", "d: 2024-01-01", 30),
        ("{days_between: [as_of, d]}", "d: 2024-01-01", -30),
        ("{months_between: [d, as_of]}", "d: 2023-12-31", 1),
        ("{months_between: [as_of, d]}", "d: 2024-02-29", 1),
        ("{months_between: [as_of, d]}", "d: 2024-02-28", 0),
        ("{months_between: [as_of, d]}", "d: 2023-02-28", -11),
        ("{months_between: [as_of, d]}", "d: 2024-01-30", -1),
        ("{months_between: [as_of, d]}", "d: 2025-01-31", 12),
        ("{days_between: [{minimum: [d, as_of]}, {maximum: [d, as_of]}]}", "d: 2024-02-01", 1),
        ("{count: {of: p}}", "", UNKNOWN),
        ("{count: {of: k, through: up}}", "up: k", 1),
        ("{count: {of: k, through: up}}", "", UNKNOWN),
    ],
)
def test_an_expression(expression: str, facts: str, value: Any) -> None:
    fields = FIELDS.replace("{n: ", f"{{c: {{type: whole number, computed: {expression}}}, n: ", 1)
    rulebook = book(fields, "{r: {about: k, require: {c: {given: yes}}}}", TABLE)
    assert_results(results(rulebook, f"k: {{{facts}}}"), c=value)


def test_decimals_are_exact() -> None:
    fields = "{k: {fields: {a: {type: decimal}, b: {type: decimal}, c: {type: decimal, computed: {plus: [a, b]}}}}}"
    rulebook = book(fields, "{r: {about: k, require: {c: 0.3}}}")
    assert_results(results(rulebook, "k: {a: 0.1, b: 0.2}"), c=Decimal("0.3"), r="met")
    assert_results(results(rulebook, "k: {a: 999999999999999, b: 0.000000001}"), c=Decimal("999999999999999.000000001"))


# --- tables -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "facts", "value"),
    [
        ("rows: {a: {c: 1}}", "t: a", 1),
        ("rows: {a: {c: 1}}", "t: A", UNKNOWN),
        ("rows: {a: {c: 1}}", "", UNKNOWN),
        ("rows: {a: {}, b: }", "t: a", NONE),
        ("rows: {a: {c: 1}, b: }", "t: b", NONE),
        ("rows: {a: {c: ~}}", "t: a", NONE),
        ("rows: {a: {c: 1}, otherwise: {c: 2}}", "t: b", 2),
        ("rows: {a: {c: 1}, otherwise: {c: 2}}", "t: otherwise", 2),
        ("rows: {a: {c: 1}, otherwise: }", "t: b", NONE),
        ("rows: {a: {c: 1}, otherwise: {c: 2}}", "", UNKNOWN),
        ("rows: {a: {c: 1}}, otherwise: none", "t: b", NONE),
        ("rows: {a: {c: 1}}, otherwise: none", "", UNKNOWN),
        ("rows: {yes: {c: 1}}", "t: yes", 1),
        ("rows: {a: {c: [{since: 2024-01-31, value: 1}]}}", "t: a", 1),
        ("rows: {a: {c: [{since: 2024-02-01, value: 1}]}}", "t: a", UNKNOWN),
        ("rows: {a: {c: [{value: 1}, {since: 2024-01-31, value: 2}, {since: 2024-02-01, value: 3}]}}", "t: a", 2),
    ],
)
def test_a_cell(more: str, facts: str, value: Any) -> None:
    table = f"tables: {{t: {{about: k, by: t, columns: {{c: {{type: whole number}}}}, {more}}}}}"
    rulebook = book("{k: {fields: {t: {type: text}}}}", "{r: {about: k, require: {c: {given: yes}}}}", table)
    assert_results(results(rulebook, f"k: {{{facts}}}"), c=value)


def test_the_key_of_a_cell_that_is_none_gives_none() -> None:
    tables = """tables: {t: {about: k, by: t, columns: {c: {type: text}}, rows: {a: }},
      u: {about: k, by: c, columns: {e: {type: text}}, rows: {otherwise: {e: x}}}}"""
    rulebook = book("{k: {fields: {t: {type: text}}}}", "{r: {about: k, require: {e: x}}}", tables)
    assert_results(results(rulebook, "k: {t: a}"), c=NONE, e=NONE, r="violated")


@pytest.mark.parametrize("facts", ["t: é", "c: é"])
def test_the_names_of_rows_and_choices_are_compared_in_normal_form_c(facts: str) -> None:
    table = f'tables: {{t: {{about: k, by: t, columns: {{n: {{type: text}}}}, rows: {{"{DECOMPOSED}": {{n: x}}}}}}}}'
    fields = f'{{k: {{fields: {{t: {{type: text}}, c: {{type: choice, of: {{"{DECOMPOSED}": One, z: Other}}}}}}}}}}'
    rulebook = book(fields, "{r: {about: k, require: {any: [{n: x}, {c: {given: yes}}]}}}", table)
    assert_results(results(rulebook, f"k: {{{facts}}}"), r="met")


def test_keys_that_are_the_same_in_normal_form_c_stand_twice(tmp_path: Path) -> None:
    for key in (DECOMPOSED, "e\\u0301"):
        fields = f'{{k: {{fields: {{c: {{type: choice, of: {{"{key}": One, é: Other}}}}}}}}}}'
        ran = rw("lint", write(tmp_path / "book.yaml", book(fields, "{r: {about: k, require: {c: é}}}")))
        assert ran.status == 2 and "S010" in ran.codes


# --- rules ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("applies", "holds", "outcomes"),
    [
        ("yes", "yes", ("met", "advised", "concluded")),
        ("yes", "no", ("violated", "silent", "silent")),
        ("yes", "~", ("unknown", "unknown", "unknown")),
        ("no", "yes", ("not_applicable",) * 3),
        ("no", "no", ("not_applicable",) * 3),
        ("no", "~", ("not_applicable",) * 3),
        ("~", "yes", ("met", "unknown", "unknown")),
        ("~", "no", ("unknown", "silent", "silent")),
        ("~", "~", ("unknown", "unknown", "unknown")),
    ],
)
def test_the_outcomes_of_rules(applies: str, holds: str, outcomes: tuple[str, str, str]) -> None:
    rulebook = book(
        "{k: {fields: {a: {type: yes/no}, h: {type: yes/no}, c: {type: choice, of: [x, y]}}}}",
        "{r: {about: k, applies: {a: yes}, require: {h: yes}},"
        " s: {about: k, applies: {a: yes}, when: {h: yes}, advise: Told},"
        " t: {about: k, applies: {a: yes}, when: {h: yes}, conclude: {c: x}},"
        " u: {about: k, require: {outcome: {r: met, s: advised}}, severity: note},"
        " v: {about: k, require: {outcome: {t: silent}}, severity: note}}",
    )
    found = results(rulebook, f"k: {{a: {applies}, h: {holds}}}")
    assert (found["r"], found["s"], found["t"]) == outcomes
    assert_results(found, c="x" if outcomes[2] == "concluded" else UNKNOWN)
    assert found["v"] == {"silent": "met", "unknown": "unknown"}.get(outcomes[2], "violated")
    if "unknown" not in outcomes[:2]:
        assert found["u"] == ("met" if outcomes[:2] == ("met", "advised") else "violated")
    verdicts = {"met": "ready", "violated": "not_ready", "unknown": "needs_information"}
    assert found["verdict"] == verdicts.get(outcomes[0], "not_applicable")


def test_only_blocking_requirements_and_what_is_not_covered_decide_a_verdict() -> None:
    fields = "{k: {fields: {b: {type: yes/no}, up: {type: reference, to: k}}}}"
    rulebook = book(fields, "{r: {about: k, require: {b: yes}, severity: warning}, s: {about: k, advise: Told}}")
    assert results(rulebook, "k: {b: no}")["verdict"] == "not_applicable"
    more = "complete: no\nnot_covered: {rest: {about: k, applies: {b: yes}, what: the rest}}"
    rulebook = book(fields, "{r: {about: k, require: {b: {given: yes}}}}", more)
    assert_results(results(rulebook, "k: {b: no}"), rest="not_applicable", verdict="ready")
    assert_results(results(rulebook, "k: {b: yes}"), rest="unknown", verdict="needs_information")


def test_a_verdict_is_read_through_a_reference_and_is_unknown_while_it_needs_information() -> None:
    rulebook = book(
        "{k: {fields: {up: {type: reference, to: m}}}, m: {fields: {b: {type: yes/no}}}}",
        "{r: {about: k, require: {up.verdict: ready}}, s: {about: m, require: {b: yes}},"
        " t: {about: k, require: {up.verdict: {known: yes}}, severity: note}}",
    )
    assert_results(results(rulebook, "k: {up: m}\nm: {b: yes}"), r="met", t="met")
    assert_results(results(rulebook, "k: {up: m}\nm: {b: no}"), r="violated", t="met")
    assert_results(results(rulebook, "k: {up: m}\nm: {}"), r="unknown", t="violated")
    assert_results(results(rulebook, "k: {}\nm: {}"), r="unknown", t="violated")


@pytest.mark.parametrize(
    ("facts", "contradictory"),
    [("b: yes", ["d"]), ("b: no", []), ("b: no, d: x", []), ("b: no, d: y", ["d"]), ("c: 4", ["c"]), ("c: 3", [])],
)
def test_different_values_of_one_field_are_a_contradiction(facts: str, contradictory: list[str]) -> None:
    fields = """{k: {fields: {b: {type: yes/no}, d: {type: text},
      c: {type: whole number, computed: 3, may_be_given: yes}}}}"""
    rules = """{r: {about: k, conclude: {d: x}}, s: {about: k, when: {b: yes}, conclude: {d: y}},
      t: {about: k, conclude: {d: x}}}"""
    rulebook = book(fields, rules)
    expected = expectations(rulebook, [(f"k: {{{facts}}}", DAY)])
    assert expected[0]["contradictions"] == [("k", "k", name) for name in contradictory]
    assert differences(rulebook, [(f"k: {{{facts}}}", DAY)], expected) == []


@pytest.mark.parametrize(
    ("facts", "contradictory"), [("t: a, n: 3, c: 3", ["c"]), ("t: a, n: 3", []), ("t: c, n: 3, c: 3", [])]
)
def test_none_contradicts_a_value_and_unknown_contradicts_nothing(facts: str, contradictory: list[str]) -> None:
    computed = "c: {type: whole number, may_be_given: yes, computed: {minus: [n, none]}}"
    rulebook = book(FIELDS.replace("{n: ", f"{{{computed}, n: ", 1), "{r: {about: k, require: {c: 3}}}", TABLE)
    expected = expectations(rulebook, [(f"k: {{{facts}}}", DAY)])
    assert expected[0]["contradictions"] == [("k", "k", name) for name in contradictory]
    assert differences(rulebook, [(f"k: {{{facts}}}", DAY)], expected) == []


@pytest.mark.parametrize("backwards", [False, True])
def test_the_order_of_a_long_chain_makes_no_difference(backwards: bool) -> None:
    length = 300
    fields = ", ".join(f"f{n}: {{type: choice, of: [x]}}" for n in range(length + 1))
    rules = [f"r{n}: {{about: k, when: {{f{n}: x}}, conclude: {{f{n + 1}: x}}}}" for n in range(length)]
    written = ", ".join(rules[::-1] if backwards else rules)
    rulebook = book(f"{{k: {{fields: {{{fields}}}}}}}", f"{{{written}, q: {{about: k, require: {{f{length}: x}}}}}}")
    assert results(rulebook, "k: {f0: x}")["q"] == "met"


def test_a_cycle_is_an_error() -> None:
    rules = "{r: {about: k, when: {b: yes}, conclude: {c: yes}}, s: {about: k, when: {c: yes}, conclude: {b: yes}}}"
    rulebook = oracle.load(book("{k: {fields: {b: {type: yes/no}, c: {type: yes/no}}}}", rules))
    with pytest.raises(ValueError, match="cycle"):
        oracle.evaluate(rulebook, {"k": {}}, DAY)


# --- cases ------------------------------------------------------------------------------------------------------------


def test_refs_that_a_case_leaves_out() -> None:
    rulebook = oracle.load(book("{k: {fields: {n: {type: text}}}, m: {fields: {n: {type: text}}}}", "{}"))
    case = oracle.load("case: one\nas_of: 2024-01-01\nm: {n: x}\nk: [{n: x}, {ref: two}, {}]")
    found = oracle.evaluate(rulebook, case, DAY)
    assert list(found["subjects"]) == [("k", "k-1"), ("k", "two"), ("k", "k-3"), ("m", "m")]
    assert found["verdict"] == "not_applicable"


def test_values_of_python_are_taken_as_they_are() -> None:
    fields = """{k: {fields: {n: {type: whole number}, d: {type: decimal}, b: {type: yes/no}, day: {type: date},
      t: {type: text}}}}"""
    rulebook = oracle.load(book(fields, "{r: {about: k, require: {n: 3, b: yes, day: 2024-01-31, t: x}}}"))
    fact = {"ref": "a", "n": 3, "d": Decimal("1.50"), "b": True, "day": DAY, "t": "x"}
    found = oracle.evaluate(rulebook, {"k": [fact]}, DAY)
    assert found["verdict"] == "ready"
    assert comparable(found["subjects"]["k", "a"]["values"]) == comparable(
        {"n": 3, "d": Decimal("1.5"), "b": True, "day": DAY, "t": "x"}
    )
    with pytest.raises(TypeError):
        oracle.evaluate(rulebook, {"k": [{"d": 1.5}]}, DAY)


@pytest.mark.parametrize(("n", "verdict"), [(3, "ready"), (2, "not_ready")])
def test_the_command_agrees(tmp_path: Path, n: int, verdict: str) -> None:
    """The command reads files from the disk, and picks the date of the case by itself."""
    text = book(FIELDS, "{r: {about: k, require: {n: {at_least: {parameter: three}}, none: {given: no}}}}", TABLE)
    case = f"as_of: 2024-01-31\nk: {{n: {n}, t: a}}\n"
    rulebook, file = write(tmp_path / "2024-01-01.yaml", text), write(tmp_path / "case.yaml", case)
    assert rw("check", file, "--rulebook", rulebook, "--format", "json").json["verdict"] == verdict
    assert oracle.evaluate(oracle.load(text), oracle.load(case), DAY)["verdict"] == verdict
