"""The clauses of documents: what sources cite, and in which section that stands."""

from __future__ import annotations

import pytest

from commands import FINE, ROOT, rw
from rulewright.catalogue import check_rulebook
from rulewright.model.rulebook import Rulebook, Source

RULEBOOK = """\
rulebook: leave
edition: 2024-01-01
language: 1
title: Leave
documents:
  policy:
    title: Policy
    clauses:
      service: {{section: "2", says: A year of service is needed.}}
      notice: {{section: "3", says: Leave is asked for in time.}}
      notice-of-seniors: {{section: "3", says: Seniors ask earlier., no_rule: There are none.}}
  contract: {{title: Contract}}
facts:
  request: {{fields: {{days: {{type: whole number}}, grade: {{type: text}}}}}}
parameters:
  most:
    type: whole number
    source: {{document: policy, clause: notice-of-seniors}}
    values:
      - {{value: 10}}
      - {{since: 2024-06-01, value: 20, source: {{document: policy, clause: notice}}}}
tables:
  grades:
    about: request
    by: grade
    source: {{document: policy, clause: [notice-of-seniors, service]}}
    columns: {{room: {{type: whole number}}}}
    rows: {{a: {{room: 1}}}}
rules:
  first: {{about: request, require: {{days: {{at_most: {{parameter: most}}}}}}, source: {source}}}
  second: {{about: request, require: {{room: 1}}, source: {{document: policy, clause: [service, notice]}}}}
"""


def checked(source: str) -> tuple[Rulebook, list[str]]:
    rulebook, diagnostics = check_rulebook(RULEBOOK.format(source=source).encode(), "leave.yaml")
    assert rulebook is not None
    return rulebook, [diagnostic.code for diagnostic in diagnostics if diagnostic.code not in ("W001", "W006")]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{document: policy, clause: service}", Source("policy", "2", ("service",))),
        ("{document: policy, clause: [service]}", Source("policy", "2", ("service",))),
        ("{document: policy, clause: [notice, service]}", Source("policy", "3; 2", ("notice", "service"))),
        ("{document: policy, section: '2, note', clause: service}", Source("policy", "2, note", ("service",))),
        ("{document: contract, section: '7'}", Source("contract", "7")),
        ("{document: contract}", Source("contract", None)),
    ],
)
def test_the_section_follows_from_the_clauses(source: str, expected: Source) -> None:
    rulebook, codes = checked(source)
    assert (rulebook.rules["first"].sources, codes) == ((expected,), [])


def test_several_sources_the_main_one_first() -> None:
    """The rule carries the clauses of all of them, and the report tells all of them."""
    source = "[{document: contract, section: '7'}, {document: policy, clause: [notice, notice-of-seniors]}]"
    rulebook, codes = checked(source)
    further = Source("policy", "3", ("notice", "notice-of-seniors"))
    assert rulebook.rules["first"].sources == (Source("contract", "7"), further)
    assert codes == ["R036"]  # that no rule is needed is said of a clause that the second source cites
    assert checked("[{document: policy, clause: service}]")[0].rules["first"].sources == (
        Source("policy", "2", ("service",)),
    )


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("[]", ["R003"]),
        ("[policy]", ["R003"]),
        ("[{document: contract}, {document: polcy}]", ["R018"]),
        ("[{document: contract}, {document: policy, section: '2'}]", ["R037"]),
        ("[{document: policy, clause: service}, {document: policy, clause: notice}]", ["R019"]),
        ("[{document: policy, clause: servce}, {document: contract}, {document: contract}]", ["R024", "R019"]),
    ],
)
def test_several_sources_that_are_wrong(source: str, told: list[str]) -> None:
    assert checked(source)[1] == told


def test_tables_parameters_and_values_cite_clauses_and_carry_none() -> None:
    """A clause that needs no rule may be cited by them, and no clause is carried by them."""
    rulebook, codes = checked("{document: policy, clause: service}")
    (_, later) = rulebook.parameters["most"].values
    assert later.sources == (Source("policy", "3", ("notice",)),)
    assert rulebook.parameters["most"].sources == (Source("policy", "3", ("notice-of-seniors",)),)
    assert rulebook.tables["grades"].sources == (Source("policy", "3; 2", ("notice-of-seniors", "service")),)
    assert codes == []
    text = RULEBOOK.format(source="{document: policy, clause: service}").replace(
        "clause: [service, notice]", "clause: service"
    )
    _, diagnostics = check_rulebook(text.encode(), "leave.yaml")
    assert [item.message for item in diagnostics if item.code == "R035"] == [
        "no rule carries the clause `notice` of `policy`"
    ]


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("{document: policy, section: '2'}", "R037"),
        ("{document: policy}", "R037"),
        ("{document: policy, clause: sevice}", "R024"),
        ("{document: contract, clause: service}", "R024"),
        ("{document: policy, clause: [notice-of-seniors, service]}", "R036"),
        ("{document: policy, clause: [service, service]}", "R019"),
        ("{document: policy, clause: []}", "R003"),
        ("{document: policy, clause: 2}", "R003"),
        ("{document: policy, clause: ~}", "R003"),
    ],
)
def test_sources_that_cite_no_clause_rightly(source: str, code: str) -> None:
    assert checked(source)[1] == [code]


def test_reports_show_the_section() -> None:
    ran = rw("check", "-", "-r", ROOT / "examples" / "annual-leave", "-f", "json", data="request: {days: 3}\n")
    assert ran.status != FINE
    sections = {finding["rule"]: finding["source"]["section"] for finding in ran.json["findings"]}
    assert sections == {
        "has-leave": "4.1",
        "long-enough-in-service": "4.2",
        "enough-days-left": "4.3",
        "tell-the-team": "4.5",
    }
