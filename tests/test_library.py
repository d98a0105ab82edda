"""The library by its public names: rulebooks, cases and results."""

from __future__ import annotations

import datetime
import json
import pickle
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from enum import Enum
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy
import pytest
from hypothesis import given, strategies as st

import rulewright as rw
from commands import EXAMPLE, ROOT, edition, process, rulebook_folder, rw as run_command, write

TYPES = """\
rulebook: types
edition: 2024-01-01
language: 1
title: Types
documents: {handbook: {title: Handbook}}
facts:
  order:
    fields:
      name: {type: text}
      size: {type: choice, of: [small, large]}
      paid: {type: yes/no, ask: Is it paid?}
      pieces: {type: whole number, minimum: 0, maximum: 1000}
      price: {type: decimal}
      day: {type: date}
      customer: {type: reference, to: customer}
      rush: {type: yes/no}
  customer:
    fields:
      age: {type: whole number}
rules:
  is-rush:
    about: order
    when: {pieces: {at_least: 500}}
    conclude: {rush: yes}
    source: {document: handbook}
  is-paid:
    about: order
    require: {paid: yes}
    source: {document: handbook}
    explain: "{{ ref }} is paid: {{ paid }}."
    remedy: "Ask for the money of {{ ref }}."
  of-age:
    about: customer
    require: {age: {at_least: 18}}
    source: {document: handbook}
"""


@pytest.fixture(scope="module")
def types(tmp_path_factory: pytest.TempPathFactory) -> rw.Rulebook:
    return rw.load(write(tmp_path_factory.mktemp("types") / "types.yaml", TYPES))


@pytest.fixture(scope="module")
def filing() -> rw.Rulebook:
    return rw.load("alibaba-cloud-icp-filing", as_of="2023-10-15")


def codes(error: pytest.ExceptionInfo[rw.RulewrightError]) -> list[str]:
    return [one.code for one in error.value.diagnostics]


# --- the package -----------------------------------------------------------------------------------------------------


def test_every_public_name_is_there_and_described() -> None:
    without = {"__version__", "importers", "FactValue"}
    assert [name for name in rw.__all__ if name not in without and not getattr(rw, name).__doc__] == []
    assert set(rw.__all__) <= set(dir(rw))


def test_another_name_is_an_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Judge'"):
        rw.Judge


def test_the_import_loads_nothing_heavy_and_modules_take_no_public_name() -> None:
    before = (
        "import sys, rulewright as rw\n"
        "heavy = {'duckdb', 'sqlglot', 'jinja2', 'numpy', 'babel', 'rich', 'click', 'typer'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)\n"
        "book = rw.load('alibaba-cloud-icp-filing')\n"
        "book.check({'instance': {'service_type': 'ecs'}})\n"
        "print(sorted({'duckdb', 'sqlglot', 'numpy'} & set(sys.modules)), file=sys.stderr)\n"
        "print(*(type(getattr(rw, name)).__name__ for name in ('lint', 'test', 'schema')), file=sys.stderr)\n"
        "sys.exit()\n"
    )
    assert process(before=before).err == "[]\n[]\nfunction function function\n"


# --- loading ---------------------------------------------------------------------------------------------------------


def test_a_rulebook_is_loaded_by_its_name_its_folder_or_a_file(tmp_path: Path) -> None:
    folder = rulebook_folder(
        tmp_path / "leave", on_2024_01_01=edition("2024-01-01"), on_2025_01_01=edition("2025-01-01")
    )
    assert rw.load("alibaba-cloud-icp-filing").name == "alibaba-cloud-icp-filing"
    assert rw.load(folder).edition == date(2025, 1, 1)
    assert rw.load(str(folder), as_of="2024-06-01").edition == date(2024, 1, 1)
    assert rw.load(folder, edition=date(2024, 1, 1)).edition == date(2024, 1, 1)
    assert rw.load(folder / "2024-01-01.yaml").title == "Leave"
    assert rw.load(folder).digest.startswith("sha256:")


def test_a_case_chooses_its_edition_unless_the_rulebook_has_a_date(tmp_path: Path) -> None:
    folder = rulebook_folder(
        tmp_path / "leave", on_2024_01_01=edition("2024-01-01", 10), on_2025_01_01=edition("2025-01-01", 5)
    )
    case = {"as_of": "2024-06-01", "request": {"days": 7, "reason": "x"}}
    own, fixed = rw.load(folder), rw.load(folder, as_of=date(2025, 6, 1))
    assert own.check(case).verdict is rw.Verdict.READY
    assert own.check(case).rulebook.edition == date(2024, 1, 1)
    assert fixed.check(case).verdict is rw.Verdict.NOT_READY
    assert own.check(case, as_of="2025-06-01").as_of == date(2025, 6, 1)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("no-such-rulebook",), "U001"),
        (("alibaba-cloud-icp-filing", "2001-01-01"), "U002"),
        (("",), "U001"),
    ],
)
def test_a_rulebook_that_is_not_there(arguments: tuple[str, ...], code: str) -> None:
    with pytest.raises(rw.RulebookError) as error:
        rw.load(*arguments)
    assert codes(error) == [code]
    assert str(error.value) == str(error.value.diagnostics[0])


def test_a_rulebook_with_mistakes_has_all_of_them_with_their_places(tmp_path: Path) -> None:
    text = TYPES.replace("{paid: yes}\n", "{payed: yes}\n").replace("at_least: 18", 'at_least: "18"')
    file = write(tmp_path / "types.yaml", text)
    with pytest.raises(rw.RulebookError) as error:
        rw.load(file)
    assert codes(error) == ["R012", "R021"]
    assert [one.span.line for one in error.value.diagnostics if one.span is not None] == [28, 34]
    assert all(one.severity is rw.Severity.ERROR for one in error.value.diagnostics)


def test_an_edition_with_mistakes_is_an_error_of_the_case_that_needs_it(tmp_path: Path) -> None:
    folder = rulebook_folder(
        tmp_path / "leave", on_2024_01_01=edition("2024-01-01", title="x: ["), on_2025_01_01=edition("2025-01-01")
    )
    rulebook = rw.load(folder, as_of=None)
    assert rulebook.check({"request": {"days": 1}}).verdict is rw.Verdict.READY
    with pytest.raises(rw.RulebookError):
        rulebook.check({"as_of": "2024-06-01", "request": {"days": 1}})


@pytest.mark.parametrize(
    "arguments",
    [
        {"as_of": "15.10.2023"},
        {"as_of": "2023-02-30"},
        {"as_of": datetime.datetime(2023, 10, 15)},
        {"edition": 2023},
        {"engine": "fast"},
    ],
)
def test_arguments_without_meaning(arguments: dict[str, Any]) -> None:
    with pytest.raises(rw.ArgumentError) as error:
        rw.load("alibaba-cloud-icp-filing", **arguments)
    assert codes(error) == ["U004"]
    assert isinstance(error.value, ValueError)


def test_both_engines_give_the_same_results() -> None:
    case = EXAMPLE
    durable, plain = (rw.load("alibaba-cloud-icp-filing", engine=one).check(case) for one in ("durable", "plain"))
    assert durable.findings == plain.findings
    assert durable.engine != plain.engine
    assert plain.engine.endswith("plain")


# --- values of Python ------------------------------------------------------------------------------------------------


class Size(str, Enum):
    LARGE = "large"


class Pieces(int, Enum):
    TEN = 10


class Number(int):
    def __str__(self) -> str:
        return "something else"

    __repr__ = __str__


@pytest.mark.parametrize(
    ("field", "value", "read"),
    [
        ("name", "shop", "shop"),
        ("name", "3", "3"),
        ("name", "yes", "yes"),
        ("name", numpy.str_("shop"), "shop"),
        ("size", "large", "large"),
        ("size", Size.LARGE, "large"),
        ("paid", True, True),
        ("paid", numpy.bool_(False), False),
        ("pieces", 10, 10),
        ("pieces", numpy.int64(10), 10),
        ("pieces", numpy.uint8(10), 10),
        ("pieces", Pieces.TEN, 10),
        ("pieces", Number(10), 10),
        ("pieces", Decimal(10), 10),
        ("price", 10, Decimal(10)),
        ("price", 0.1, Decimal("0.1")),
        ("price", 1e3, Decimal(1000)),
        ("price", -2.5, Decimal("-2.5")),
        ("price", numpy.float64(0.1), Decimal("0.1")),
        ("price", numpy.float32(0.5), Decimal("0.5")),
        ("price", Decimal("19.90"), Decimal("19.9")),
        ("price", Decimal("1E+3"), Decimal(1000)),
        ("day", date(2024, 2, 29), date(2024, 2, 29)),
        ("day", "2024-02-29", date(2024, 2, 29)),
        ("day", numpy.datetime64("2024-02-29"), date(2024, 2, 29)),
    ],
)
def test_a_value_is_read_exactly(types: rw.Rulebook, field: str, value: object, read: object) -> None:
    result = types.check({"order": {"ref": "a", field: value}})
    found = result.subjects["a"].values[field]
    assert (found, type(found)) == (read, type(read))


CYCLE: dict[str, Any] = {}
CYCLE["order"] = [CYCLE]


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("name", 3, "F003"),
        ("name", True, "F003"),
        ("name", date(2024, 1, 1), "F003"),
        ("name", "half \ud800", "F003"),
        ("name", "null \0", "F003"),
        ("name", b"shop", "F008"),
        ("name", {"a", "b"}, "F008"),
        ("name", ["shop"], "F003"),
        ("size", "medium", "F004"),
        ("paid", "yes", "F003"),
        ("paid", 1, "F003"),
        ("paid", 1.0, "F003"),
        ("pieces", "10", "F003"),
        ("pieces", 10.0, "F003"),
        ("pieces", True, "F003"),
        ("pieces", 10**20, "F003"),
        pytest.param("pieces", 10**5000, "F003", id="pieces-huge"),
        ("pieces", 2000, "F005"),
        ("price", float("nan"), "F003"),
        ("price", float("-inf"), "F003"),
        ("price", 0.1 + 0.2, "F003"),
        ("price", numpy.float32(0.1), "F003"),
        ("price", numpy.float64("nan"), "F003"),
        ("price", Decimal("NaN"), "F003"),
        ("price", Decimal("1E+999999"), "F003"),
        ("price", 1j, "F008"),
        ("day", datetime.datetime(2024, 1, 1), "F003"),
        ("day", numpy.datetime64("2024-01-01T10:00"), "F003"),
        ("day", numpy.datetime64("2024-01-01", "ns"), "F008"),
        ("day", numpy.timedelta64(3, "D"), "F008"),
        ("day", "1.1.2024", "F003"),
        ("customer", numpy.array([1]), "F008"),
        ("customer", object(), "F008"),
        ("customer", "nobody", "F007"),
    ],
)
def test_a_value_that_cannot_be_read_exactly_is_refused(
    types: rw.Rulebook, field: str, value: object, code: str
) -> None:
    with pytest.raises(rw.InputError) as error:
        types.check({"order": [{"ref": "b"}, {"ref": "a", field: value}]})
    assert [(one.code, str(one.span)) for one in error.value.diagnostics] == [(code, f"order[1].{field}")]


NAMES = ["case", "as_of", "rulebook", "order", "customer", "ref", "name", "size", "paid", "pieces", "price", "day", "a"]
ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.decimals(),
    st.dates(),
    st.datetimes(),
    st.text(st.characters(), max_size=8),
    st.sampled_from(
        ["large", "2024-02-29", "\ud800", "\0", b"x", {1}, 1j, numpy.float32(0.1), numpy.int8(3), object()]
    ),
)
OBJECTS = st.recursive(
    ODD,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.lists(inner, max_size=3).map(tuple),
        st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=4) | st.integers(), inner, max_size=4),
    ),
    max_leaves=12,
)


@given(OBJECTS)
def test_whatever_is_given_is_evaluated_or_refused_with_its_place(types: rw.Rulebook, given_: Any) -> None:
    for case in (given_, {"order": given_}, {"order": [{"ref": "a", "price": given_}]}):
        try:
            result = types.check(case)
        except rw.InputError as error:
            assert all(one.code and one.message for one in error.diagnostics)
            assert all(len(str(one)) < 1_000 for one in error.diagnostics)
        else:
            json.dumps(result.to_dict(), allow_nan=False)


def test_keys_that_are_no_texts_and_values_that_contain_themselves_are_refused(types: rw.Rulebook) -> None:
    for facts, code in (
        ({"order": {"ref": "a", 3: 4}}, "F008"),
        ({3: {"ref": "a"}}, "F008"),
        (CYCLE, "S005"),
        ({"order": [[{"ref": "a"}]]}, "F008"),
        ({"order": 3}, "F008"),
        ({}, "F011"),
        ({"order": None}, "F011"),
        ({"ordr": {}}, "F001"),
        ({"order": {"nam": "x"}}, "F002"),
        ({"order": {"rush": 3}}, "F003"),
        ({"case": 3, "order": {}}, "F003"),
        ({"as_of": datetime.datetime(2024, 1, 1), "order": {}}, "F003"),
        ({"rulebook": "other", "order": {}}, "F015"),
    ):
        with pytest.raises(rw.InputError) as error:
            types.check(facts)
        assert codes(error) == [code], facts


def test_what_is_no_case_at_all_is_refused(types: rw.Rulebook, tmp_path: Path) -> None:
    for value, code in (
        (3, "F008"),
        (None, "F008"),
        ([], "F008"),
        ([{"order": {}}, {"order": {}}], "F008"),
        (tmp_path / "no-such-file.yaml", "S001"),
        (write(tmp_path / "empty.yaml", ""), "S008"),
        (write(tmp_path / "two.yaml", "order: {}\n---\norder: {}\n"), "F008"),
        (write(tmp_path / "rows.csv", "ref,name\na,b\n"), "U006"),
    ):
        with pytest.raises(rw.InputError) as error:
            types.check(value)  # type: ignore[arg-type]
        assert codes(error) == [code], value


def test_all_mistakes_come_at_once_in_the_order_of_the_case(types: rw.Rulebook) -> None:
    facts = {"order": [{"size": "huge", "price": float("nan")}, {"day": "x", 1: 2}], "customer": {"age": "old"}}
    with pytest.raises(rw.InputError) as error:
        types.check(facts)
    places = [str(one.span) for one in error.value.diagnostics]
    assert places == ["order[0].size", "order[0].price", "order[1]", "order[1].day", "customer.age"]


def test_none_says_nothing_and_tuples_and_read_only_mappings_are_read(types: rw.Rulebook) -> None:
    fact = MappingProxyType({"ref": "a", "paid": None, "name": None})
    result = types.check(MappingProxyType({"order": (fact,), "customer": None}))
    assert result.verdict is rw.Verdict.NEEDS_INFORMATION
    assert "paid" not in result.subjects["a"].values


def test_facts_that_contradict_what_rules_conclude_are_an_error_of_the_case(types: rw.Rulebook) -> None:
    with pytest.raises(rw.InputError) as error:
        types.check({"order": {"ref": "a", "pieces": 700, "rush": False}})
    assert [(one.code, str(one.span)) for one in error.value.diagnostics] == [("F010", "order.rush")]


# --- results ---------------------------------------------------------------------------------------------------------


def test_a_result_has_subjects_outcomes_values_and_conclusions(types: rw.Rulebook) -> None:
    result = types.check(
        {"case": "c", "order": [{"ref": "a", "paid": False, "pieces": 700}, {"ref": "b", "pieces": 3}], "customer": []}
    )
    assert (result.case, result.verdict) == ("c", rw.Verdict.NOT_READY)
    assert result.subjects["a"].outcomes == {"is-rush": rw.Outcome.CONCLUDED, "is-paid": rw.Outcome.VIOLATED}
    assert result.subjects["order", "b"].verdict is rw.Verdict.NEEDS_INFORMATION
    assert dict(result.results["rush"]) == {("order", "a"): True}
    assert list(result.subjects) == [("order", "a"), ("order", "b")]
    assert (result.rulebook.name, result.rulebook.edition) == ("types", date(2024, 1, 1))
    assert [(one.ref, one.field, one.needed_by) for one in result.missing] == [("b", "paid", ("is-paid",))]


def test_a_ref_of_two_kinds_is_looked_up_with_its_kind(types: rw.Rulebook) -> None:
    result = types.check({"order": {"ref": "a", "paid": True}, "customer": {"ref": "a", "age": 12}})
    assert result.subjects["customer", "a"].verdict is rw.Verdict.NOT_READY
    assert "a" in result.subjects
    with pytest.raises(KeyError, match="several subjects"):
        result.subjects["a"]
    with pytest.raises(KeyError):
        result.subjects["b"]


def test_a_finding_has_its_message_remedy_source_and_evidence(types: rw.Rulebook) -> None:
    result = types.check({"order": {"ref": "a", "paid": False}})
    (finding,) = [one for one in result.findings if one.rule == "is-paid"]
    assert (finding.message, finding.remedy) == ("a is paid: no.", "Ask for the money of a.")
    assert finding.source is not None
    assert (finding.source.document, finding.severity) == ("handbook", rw.RuleSeverity.BLOCKING)
    (evidence,) = finding.evidence
    assert (evidence.truth, evidence.value, evidence.shown, str(evidence.at)) == (
        rw.Truth.FALSE,
        False,
        "no",
        "order.paid",
    )


def test_results_and_their_parts_cannot_be_changed(types: rw.Rulebook) -> None:
    result = types.check({"order": {"ref": "a", "paid": False}})
    for thing, name in ((result, "verdict"), (result.findings[0], "message"), (types, "name")):
        with pytest.raises(AttributeError):
            setattr(thing, name, None)


def test_the_data_is_the_json_of_the_command_line(filing: rw.Rulebook, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    name = str(EXAMPLE.relative_to(ROOT))
    written = run_command("check", name, "--as-of", "2023-10-15", "--format", "json").json
    data = filing.check(name).to_dict()
    assert {**written, "run": None} == {**data, "run": None}
    assert set(written["run"]) == set(data["run"])
    assert json.loads(json.dumps(data)) == data
    (case,) = rw.read_cases(name)
    assert filing.check(case).to_dict() == data


def test_a_dict_has_the_data_of_the_file_but_for_the_places(filing: rw.Rulebook) -> None:
    facts = {"case": "one", "instance": [{"ref": "web-1", "service_type": "ecs", "region": "cn-hongkong"}]}
    data = filing.check(facts).to_dict()
    places = {test["at"] for finding in data["findings"] for test in finding["tests"]}
    assert places == {None, "instance[0].service_type", "instance[0].region"}


def test_the_text_is_that_of_the_command_line(filing: rw.Rulebook, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    name = str(EXAMPLE.relative_to(ROOT))
    written = run_command("check", name, "--as-of", "2023-10-15").out
    result = filing.check(name)
    assert written.startswith(str(result) + "\n\n")
    assert result.to_text("zh") != str(result)
    assert len(result.to_text(everything=True)) > len(str(result))


def test_a_page_is_in_the_languages_that_are_asked_for(filing: rw.Rulebook) -> None:
    result = filing.check({"instance": {"ref": "web-1", "service_type": "ecs", "region": "cn-hongkong"}})
    assert result.to_html().count("<main") == result.to_html(languages=["en", "zh"]).count("<main")
    assert "web-1" in result.to_html(languages="zh")
    assert len(result.to_html("en")) < len(result.to_html())


def test_a_page_of_many_subjects_names_the_places_of_values(filing: rw.Rulebook) -> None:
    facts = {"instance": [{"ref": f"i-{number}", "service_type": "ecs"} for number in range(40)]}
    page = filing.check(facts).to_html("en")
    assert "instance[39].service_type" in page
    assert "instance[39].service_type:0" not in page


@pytest.mark.parametrize("languages", ["fr", ["en", "fr"], [], [3]])
def test_other_languages_are_refused(types: rw.Rulebook, languages: Any) -> None:
    result = types.check({"order": {"paid": True}})
    with pytest.raises(rw.ArgumentError) as error:
        result.to_html(languages=languages)
    assert codes(error) == ["U015"]


def test_templates_that_are_not_there_are_refused(types: rw.Rulebook, tmp_path: Path) -> None:
    with pytest.raises(rw.ArgumentError) as error:
        types.check({"order": {"paid": True}}).to_html(templates=tmp_path / "none")
    assert codes(error) == ["U016"]


def test_fixes_are_the_changes_that_make_a_case_ready(filing: rw.Rulebook) -> None:
    result = filing.check(EXAMPLE)
    fixes = result.fixes(limit=3)
    (change,) = fixes.changes
    assert (change.ref, change.field, change.after) == ("web-1", "subscription_end", date(2023, 12, 1))
    assert [group.subjects for group in fixes.groups] == [(("instance", "web-1"),)]
    assert all(1 <= len(group.fixes) <= 3 for group in fixes.groups)
    assert fixes.groups[0].fixes[0].verdict is rw.Verdict.READY
    assert fixes.summary == "These changes resolve every known blocker. Some information is still missing."
    assert fixes.missing == result.missing


def test_a_case_without_blockers_needs_no_change(types: rw.Rulebook) -> None:
    fixes = types.check({"order": {"paid": True}}).fixes()
    assert (fixes.groups, fixes.changes, fixes.verdict) == ((), (), rw.Verdict.READY)


def test_a_case_that_no_change_makes_ready_has_obstacles(types: rw.Rulebook) -> None:
    fixes = types.check({"order": {"ref": "a", "paid": False}}).fixes()
    (group,) = fixes.groups
    assert group.fixes == ()
    assert group.obstacles
    assert fixes.verdict is rw.Verdict.NOT_READY


def test_questions_about_names_that_the_case_does_not_have_are_refused(filing: rw.Rulebook) -> None:
    result = filing.check(EXAMPLE)
    for ask, code in (
        (lambda: result.why_not("region-lies-in-mainlnd"), "U014"),
        (lambda: result.explain("no-such-rule"), "U014"),
        (lambda: result.explain(subject="web-9"), "U012"),
        (lambda: result.fixes(subjects=["web-9"]), "U012"),
        (lambda: result.fixes(limit=0), "U004"),
    ):
        with pytest.raises(rw.ArgumentError) as error:
            ask()
        assert codes(error) == [code]


def test_explanations_are_those_of_the_command_line(filing: rw.Rulebook, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    name = str(EXAMPLE.relative_to(ROOT))
    result = filing.check(name)
    words = ("explain", name, "--as-of", "2023-10-15")
    assert run_command(*words).out.rstrip("\n") == result.explain().rstrip("\n")
    rule = "region-lies-in-mainland"
    assert run_command(*words, "--why-not", rule).out.rstrip("\n") == result.why_not(rule).rstrip("\n")


# --- files of cases --------------------------------------------------------------------------------------------------


def test_cases_are_read_with_their_names_dates_and_rulebooks(types: rw.Rulebook, tmp_path: Path) -> None:
    text = "case: one\nas_of: 2024-03-01\norder: {paid: yes}\n---\nrulebook: types\norder: {paid: no}\n"
    cases = rw.read_cases(write(tmp_path / "orders.yaml", text))
    assert [(one.name, one.as_of, one.rulebook) for one in cases] == [
        ("one", date(2024, 3, 1), None),
        ("orders-2", None, "types"),
    ]
    verdicts = [one.verdict for one in types.check_many(cases)]
    assert verdicts == [rw.Verdict.READY, rw.Verdict.NOT_READY]


def test_mistakes_in_a_file_have_their_lines_and_cost_no_other_case(types: rw.Rulebook, tmp_path: Path) -> None:
    text = '{"order": {"paid": true}}\n{"order": \n\n{"case": 3}\n{"case": "last", "order": {"paid": 7}}\n'
    file = write(tmp_path / "orders.jsonl", text)
    with pytest.raises(rw.InputError) as error:
        rw.read_cases(file)
    assert [one.span.line for one in error.value.diagnostics if one.span is not None] == [2, 4]
    rejected: list[rw.RejectedCase] = []
    cases = rw.read_cases(file, on_rejected=rejected.append)
    assert [one.name for one in cases] == ["orders-1", "last"]
    with pytest.raises(rw.InputError) as error:
        types.check(cases[1])
    assert [str(one.span) for one in error.value.diagnostics] == [f"{file}:5:36"]


def test_two_cases_of_one_name_are_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(rw.InputError) as error:
        rw.read_cases(write(tmp_path / "orders.yaml", "case: a\norder: {}\n---\ncase: a\norder: {}\n"))
    assert codes(error) == ["F012"]


# --- many cases ------------------------------------------------------------------------------------------------------


def test_many_cases_are_evaluated_when_they_are_asked_for(types: rw.Rulebook) -> None:
    given = []

    def cases() -> Iterator[dict[str, Any]]:
        for number in range(1_000_000):
            given.append(number)
            yield {"order": {"paid": number % 2 == 0}}

    results = types.check_many(cases())
    assert given == []
    assert [next(results).verdict for _ in range(2)] == [rw.Verdict.READY, rw.Verdict.NOT_READY]
    assert next(results).case == "case-3"
    assert given == [0, 1, 2]


def test_a_bad_case_is_handed_over_or_raised(types: rw.Rulebook) -> None:
    cases: list[Any] = [{"order": {"paid": True}}, {"case": "bad", "order": {"paid": 3}}, 7, {"order": {"paid": True}}]
    rejected: list[rw.RejectedCase] = []
    results = list(types.check_many(cases, on_rejected=rejected.append))
    assert [one.case for one in results] == ["case-1", "case-4"]
    assert [(one.number, one.name, one.diagnostics[0].code) for one in rejected] == [
        (2, "bad", "F003"),
        (3, None, "F008"),
    ]
    with pytest.raises(rw.InputError):
        list(types.check_many(cases))


def test_one_case_is_not_many(types: rw.Rulebook) -> None:
    for case in ({"order": {}}, "orders.yaml", EXAMPLE):
        with pytest.raises(rw.ArgumentError):
            types.check_many(case)  # type: ignore[arg-type]


# --- for authors, and from other systems -----------------------------------------------------------------------------


def test_lint_returns_every_diagnostic(tmp_path: Path) -> None:
    assert rw.lint(write(tmp_path / "good.yaml", TYPES.replace("{paid: yes}", "{paid: yes}"))) is not None
    found = rw.lint(write(tmp_path / "bad.yaml", TYPES.replace("{paid: yes}\n", "{payed: yes}\n")))
    assert "R012" in [one.code for one in found]
    assert rw.lint("examples/annual-leave/nothing-here")[0].code == "U001"
    assert rw.lint(ROOT / "examples" / "annual-leave") == ()


def test_tests_of_a_rulebook(tmp_path: Path) -> None:
    folder = rulebook_folder(tmp_path / "leave", on_2024_01_01=edition("2024-01-01"))
    tests = rw.test(folder)
    assert (tests.tests, tests.have_passed, [one.code for one in tests.diagnostics]) == ((), False, ["U028"])
    beside = """\
tests:
  - {name: short, given: {request: {days: 3}}, expect: {verdict: ready}}
  - {name: long, given: {request: {days: 30, reason: x}}, expect: {verdict: ready}}
"""
    write(folder / "2024-01-01.tests.yaml", beside)
    tests = rw.test(folder)
    assert [(one.name, one.has_passed) for one in tests.tests] == [("short", True), ("long", False)]
    assert [one.failures for one in tests.failed] == [("verdict of the case: expected ready, came not_ready",)]
    assert not tests.have_passed
    assert rw.test(ROOT / "examples" / "annual-leave").have_passed
    assert rw.test("no-such-rulebook").diagnostics[0].code == "U001"


def test_schemas(tmp_path: Path) -> None:
    file = write(tmp_path / "types.yaml", TYPES)
    assert "order" in rw.schema(file)["properties"]
    assert "tests" in rw.schema(file, of="tests")["properties"]
    assert rw.schema()["title"].startswith("Rulewright rulebook")
    with pytest.raises(rw.ArgumentError):
        rw.schema(file, of="rules")  # type: ignore[arg-type]
    with pytest.raises(rw.RulebookError):
        rw.schema("no-such-rulebook")


def test_importers_make_cases(filing: rw.Rulebook, tmp_path: Path) -> None:
    answers = ROOT / "tests" / "importers" / "aliyun-ecs" / "good"
    importer = rw.importers["aliyun-ecs"]
    case = importer.read(answers / "data-wrapper.json")
    assert filing.check(case).verdict in rw.Verdict
    written = run_command("import", "aliyun-ecs", answers / "data-wrapper.json").out
    assert importer.to_yaml(answers / "data-wrapper.json") == written
    assert {"aliyun-ecs", "terraform"} <= set(rw.importers)
    for bad, code in ((write(tmp_path / "bad.json", "{"), "I002"), (tmp_path / "none.json", "S001")):
        with pytest.raises(rw.InputError) as error:
            importer.read(bad)
        assert codes(error) == [code]
    with pytest.raises(rw.InputError):
        importer.read()
    with pytest.raises(KeyError):
        rw.importers["nobody"]


def test_answers_of_several_sources_are_joined(tmp_path: Path) -> None:
    ecs = ROOT / "tests" / "importers" / "aliyun-ecs" / "good" / "data-wrapper.json"
    bss = next((ROOT / "tests" / "importers" / "aliyun-bss" / "good").glob("*.json"))
    importer = rw.importers["aliyun-ecs"]
    assert (
        importer.to_yaml(ecs, also={"aliyun-bss": bss})
        == run_command("import", "aliyun-ecs", ecs, "aliyun-bss", bss).out
    )
    with pytest.raises(rw.InputError) as error:
        importer.read(ecs, also={"nobody": ecs})
    assert codes(error) == ["I001"]


def test_exceptions_can_be_sent_to_another_process(types: rw.Rulebook) -> None:
    with pytest.raises(rw.InputError) as error:
        types.check({"order": {"paid": 3}})
    copied = pickle.loads(pickle.dumps(error.value))
    assert (type(copied), copied.diagnostics) == (rw.InputError, error.value.diagnostics)
