"""Explanations: every outcome in words, what it rests on and where that was stated, what is missing, what to know."""

from __future__ import annotations

from datetime import date
from types import MappingProxyType

import pytest

from evaluating import evaluate
from rulewright import Gap, MissingFact, Span, Truth, Verdict
from rulewright.explain.explain import Explainer
from rulewright.explain.wording import Wording
from rulewright.model.explanation import ExplainedTest, Explanation, Finding
from rulewright.model.rulebook import Require, Rulebook
from rulewright.model.values import Absent
from rulewright.parse.rulebook import parse_rulebook
from rulewright.read.cases import read_case
from rulewright.read.documents import read_documents

HEAD = """\
rulebook: office
edition: 2024-01-01
language: 1
title: Office
documents:
  handbook: {title: The handbook, publisher: Example Ltd, updated: 2023-12-01, url: "https://example.com/h"}
facts:
  host:
    fields:
      name: {type: text}
      kind: {type: choice, of: {big: a big one, small: a small one, odd: odd}, label: kind of host}
      open: {type: yes/no, label: open to all}
      paid: {type: decimal, unit: CNY, label: price}
      spare: {type: whole number, unit: place, computed: {minus: [room, 1]}, label: room to spare}
  site:
    label: web site
    ask: Which web sites are there?
    note: those that are closed count, too
    fields:
      host: {type: reference, to: host}
      live: {type: yes/no, label: in use, ask: Is it in use?, note: as seen from outside}
      size: {type: whole number}
      since: {type: date, label: first day}
      until: {type: date, label: last day}
      age: {type: whole number, unit: month, computed: {months_between: [since, until]}, may_be_given: yes}
      old: {type: yes/no}
parameters:
  most: {type: whole number, unit: place, values: [{since: 2024-03-01, value: 2}]}
  cheap: {type: decimal, unit: CNY, value: 99.5}
  known_names: {type: text, value: [a, b]}
tables:
  sizes:
    about: host
    by: kind
    columns:
      room: {type: whole number, unit: place, label: room}
      rank: {type: whole number}
    rows:
      big: {room: 3, rank: [{since: 2024-06-01, value: 1}]}
      small: {room: 1}
      odd:
rules:
"""


def book(rules: str) -> Rulebook:
    lines = "".join(f"  {line}\n" for line in rules.strip().splitlines())
    rulebook, diagnostics = parse_rulebook((HEAD + lines).encode(), "office.yaml")
    assert rulebook is not None and not diagnostics, "\n".join(map(str, diagnostics))
    return rulebook


def explained(rules: str, facts: str, as_of: date = date(2024, 5, 1)) -> Explanation:
    rulebook = book(rules)
    documents, diagnostics = read_documents(facts.encode(), "case.yaml")
    case, wrong = read_case(documents[0], rulebook, documents[0].as_of or as_of)
    assert case is not None, "\n".join(map(str, [*diagnostics, *wrong]))
    return Explainer(rulebook, "sha256:1", "plain").explain(case, evaluate(rulebook, case))


def finding(explanation: Explanation, rule: str = "r", ref: str | None = None) -> Finding:
    (found,) = (one for one in explanation.findings if one.rule == rule and ref in (None, one.ref))
    return found


def told(explanation: Explanation) -> list[tuple[str, str]]:
    return [(one.outcome.value, one.message) for one in explanation.findings]


# --- messages --------------------------------------------------------------------------------------------------------


BIG, HOLDS = "require: {kind: big}", "hold for h that kind of host is a big one."
ADVICE, OPEN = "when: {kind: big}, advise: 'Mind {{ ref }}.'", "when: {kind: big}, conclude: {open: yes}"
NOT_KNOWN = "Not known for h: "


@pytest.mark.parametrize(
    ("rule", "facts", "outcome", "message"),
    [
        (f"{BIG}, explain: '{{{{ ref }}}} is {{{{ kind }}}}.'", "kind: big", "met", "h is a big one."),
        (f"{BIG}, explain: '{{{{ ref }}}} is {{{{ kind }}}}.'", "kind: odd", "violated", "h is odd."),
        (BIG, "kind: big", "met", "It holds for h that kind of host is a big one."),
        (BIG, "kind: odd", "violated", f"It does not {HOLDS}"),
        (BIG, "", "unknown", f"{NOT_KNOWN}kind of host."),
        ("require: {kind: big, open: yes}", "open: yes", "unknown", f"{NOT_KNOWN}kind of host."),
        ("require: {kind: big, open: yes}", "", "unknown", f"{NOT_KNOWN}kind of host; open to all."),
        (f"{BIG}, applies: {{open: yes}}", "open: no", "not_applicable", "Does not apply to h."),
        (f"{BIG}, applies: {{open: yes}}", "kind: big", "met", "It holds for h that kind of host is a big one."),
        (ADVICE, "kind: big", "advised", "Mind h."),
        (ADVICE, "kind: odd", "silent", "Nothing to tell of h."),
        (OPEN, "kind: big", "concluded", "For h, open to all is yes."),
        ("conclude: {open: yes, paid: 3.50}", "", "concluded", "For h, open to all is yes and price is CNY 3.50."),
        (OPEN, "kind: odd", "silent", "Nothing follows for h."),
        (OPEN, "", "unknown", f"{NOT_KNOWN}kind of host."),
        (
            "require: {any: {of: site, where: {live: yes}}}",
            "",
            "unknown",
            f"{NOT_KNOWN}whether there is a web site (in use is yes).",
        ),
        ("require: {count: {of: site, at_least: 1}}", "", "unknown", f"{NOT_KNOWN}the number of web sites."),
    ],
)
def test_every_outcome_in_words(rule: str, facts: str, outcome: str, message: str) -> None:
    assert told(explained(f"r: {{about: host, {rule}}}", f"host: {{ref: h, {facts}}}")) == [(outcome, message)]


@pytest.mark.parametrize(
    ("text", "facts", "expected"),
    [
        ("{{ kind }} {{ 'k' if kind == 'big' else '' }}", "kind: big", "a big one k"),
        ("{{ room }} {{ spare }} {{ room | number }}", "kind: big", "3 2 3"),
        ("{{ paid | money('CNY') }}; {{ cheap | money('CNY') }}", "paid: 1234.5", "CNY 1,234.50; CNY 99.50"),
        ("{{ as_of | date }}", "", "1 May 2024"),
        ("{{ open }}", "open: no", "no"),
        ("{{ name }}", 'name: "<b>{{ 7 }}\\t&"', "<b>{{ 7 }} &"),
        ("{{ name }}", "", "unknown"),
        ("{{ room }} {% if room is given %}x{% endif %}{% if room is known %}y{% endif %}", "kind: odd", "none y"),
        ("{{ verdict }}", "", "not applicable"),
    ],
)
def test_what_templates_show(text: str, facts: str, expected: str) -> None:
    rule = f'r: {{about: host, advise: "{text}"}}'
    explanation = explained(rule, f"host: {{ref: h, {facts}}}")
    assert (finding(explanation).message, explanation.notices) == (expected, ())


def test_templates_reach_through_references() -> None:
    rule = 'r: {about: site, advise: "{{ host }} is {{ host.kind }}, {{ host.room }}; {{ host.verdict }}"}'
    explanation = explained(rule, "{host: {ref: h, kind: small}, site: [{host: h}, {}]}")
    assert [one.message for one in explanation.findings] == ["h is a small one, 1; not applicable", "r."]
    assert len(explanation.notices) == 1


def test_a_text_that_cannot_be_made_is_told_of_and_not_fatal() -> None:
    rule = """r: {about: host, require: {open: yes}, explain: "{{ room - 1 }} left", remedy: "{{ room - 2 }} more"}"""
    explanation = explained(rule, "host: [{ref: a, kind: big, open: no}, {ref: b, kind: odd, open: no}]")
    assert [(one.message, one.remedy) for one in explanation.findings] == [
        ("2 left", "1 more"),
        ("It does not hold for b that open to all is yes.", None),
    ]
    assert explanation.notices == (
        "the text `explain` of the rule `r` cannot be made for b: it calculates with what is unknown or none",
        "the text `remedy` of the rule `r` cannot be made for b: it calculates with what is unknown or none",
    )
    advice = explained('r: {about: host, advise: "{{ room - 1 }} left"}', "host: {ref: h}")
    assert finding(advice).message == "r."
    assert advice.notices[0].startswith("the text `advise` of the rule `r`")


def test_remedies_are_told_where_they_help() -> None:
    rules = """
a: {about: host, require: {open: yes}, remedy: "Open {{ ref }}."}
b: {about: host, when: {open: no}, advise: "It is shut.", remedy: "Ring the bell."}
"""
    remedies = {
        facts: [one.remedy for one in explained(rules, f"host: {{ref: h, {facts}}}").findings]
        for facts in ("open: no", "open: yes", "")
    }
    assert remedies == {"open: no": ["Open h.", "Ring the bell."], "open: yes": [None, None], "": [None, None]}


def test_the_source_of_a_finding() -> None:
    rules = """
a: {about: host, require: {open: yes}, source: {document: handbook, section: "4.1"}}
b: {about: host, require: {open: yes}}
"""
    a, b = explained(rules, "host: {open: yes}").findings
    assert a.source is not None
    assert (a.source.document, a.source.title, a.source.section) == ("handbook", "The handbook", "4.1")
    assert (a.source.publisher, a.source.updated) == ("Example Ltd", date(2023, 12, 1))
    assert b.source is None


# --- tests -----------------------------------------------------------------------------------------------------------


def only_test(rule: str, facts: str) -> ExplainedTest:
    (test,) = finding(explained(f"r: {{{rule}}}", facts)).tests
    return test


def test_a_test_with_what_it_saw() -> None:
    test = only_test("about: host, require: {paid: {at_most: {parameter: cheap}}}", "host: {paid: 120}")
    assert test == ExplainedTest(
        "price is at most CNY 99.50 (cheap)", Truth.FALSE, 120, "CNY 120.00", Span("case.yaml", 1, 14)
    )


@pytest.mark.parametrize(
    ("condition", "facts", "words", "shown"),
    [
        ("kind: big", "kind: odd", "kind of host is a big one", "odd"),
        ("kind: {is_not: big}", "kind: odd", "kind of host is not a big one", "odd"),
        ("kind: {in: [big, odd]}", "kind: odd", "kind of host is one of a big one, odd", "odd"),
        ("name: {in: {parameter: known_names}}", "name: b", "name is one of the known names", "b"),
        ("name: {in: [b], ignore_case: yes}", "name: B", "name is one of b, in any letter case", "B"),
        ("name: {is: {field: name}, ignore_case: yes}", "name: A", "name is A (name), in any letter case", "A"),
        ("room: {given: yes}", "kind: odd", "room is given", "none"),
        ("room: {given: yes}", "", "room is given", "unknown"),
        ("room: {known: yes}", "kind: big", "room is known", "3 place"),
        ("room: {at_least: {parameter: most}}", "kind: big", "room is at least 2 place (most)", "3 place"),
        (
            "room: {at_least: {minus: [spare, 1]}}",
            "kind: big",
            "room is at least 1 place (room to spare less 1)",
            "3 place",
        ),
        ("room: {at_least: {field: spare}}", "", "room is at least room to spare", "unknown"),
        ("as_of: {before: 2024-06-01}", "", "the date of the check is before 1 June 2024", "1 May 2024"),
        ("all: {of: site, where: {live: yes, size: 1}}", "", "for every web site, in use is yes and size is 1", ""),
        ("any: {of: site}", "", "there is a web site", ""),
        ("sum: {of: site, field: size, at_most: 3}", "", "the sum of size over all web sites is at most 3", "unknown"),
        ("outcome: {other: met}", "", "“Something else” is met", ""),
    ],
)
def test_tests_in_words(condition: str, facts: str, words: str, shown: str) -> None:
    other = "other: {about: host, title: Something else, require: {open: yes}}"
    rules = f"r: {{about: host, require: {{{condition}}}}}\n{other}"
    (test,) = finding(explained(rules, f"host: {{ref: h, {facts}}}")).tests
    assert (test.test, test.shown) == (words, shown)


@pytest.mark.parametrize(
    ("sites", "shown", "truth"),
    [
        ("[{host: h, live: yes}, {host: h}, {}, {host: i}, {live: no}]", "1 to 3", Truth.UNKNOWN),
        ("[{host: h, live: yes}, {host: h, live: yes}, {live: no}]", "2", Truth.TRUE),
        ("[]", "0", Truth.FALSE),
        ("~", "unknown", Truth.UNKNOWN),
    ],
)
def test_a_count_is_shown_as_far_as_it_is_known(sites: str, shown: str, truth: Truth) -> None:
    facts = f"{{host: [{{ref: h}}, {{ref: i}}], site: {sites}}}"
    rule = "r: {about: host, require: {count: {of: site, where: {live: yes}, at_least: 2}}}"
    (test,) = finding(explained(rule, facts), ref="h").tests
    assert (test.test, test.shown, test.truth) == (
        "the number of web sites (in use is yes) is at least 2",
        shown,
        truth,
    )


def test_tests_that_did_not_matter_have_no_truth() -> None:
    rule = "r: {about: host, applies: {open: yes}, require: {kind: big}}"
    applies, required = finding(explained(rule, "host: {open: no, kind: big}")).tests
    assert (applies.truth, required.truth) == (Truth.FALSE, None)


# --- where facts were stated -----------------------------------------------------------------------------------------

CASE = """\
host:
  - ref: h
    kind: big
    name: a
site:
  - host: h
    since: 2023-01-01
    until: 2023-03-01
    live: yes
"""


@pytest.mark.parametrize(
    ("rule", "place"),
    [
        ("about: host, require: {kind: big}", (3, 11)),
        ("about: host, require: {room: {at_least: 1}}", (3, 11)),  # the key of its row
        ("about: host, require: {spare: {at_least: 1}}", (3, 11)),  # computed of a cell
        ("about: site, require: {host.kind: big}", (3, 11)),
        ("about: site, require: {host: h}", (6, 11)),
        ("about: site, require: {age: {at_least: 1}}", (8, 12)),  # the last of what it is computed of
        ("about: host, require: {open: yes}", (4, 11)),  # concluded of the name
        ("about: site, require: {old: yes}", (9, 11)),  # concluded of what is in use
        ("about: site, require: {host.open: yes}", (4, 11)),
        ("about: host, require: {paid: 3}", None),
        ("about: site, require: {host.verdict: ready}", None),
        ("about: host, require: {count: {of: site, at_least: 1}}", None),
        ("about: host, require: {as_of: {after: 2020-01-01}}", None),
    ],
)
def test_where_a_value_was_stated(rule: str, place: tuple[int, int] | None) -> None:
    rules = f"""
r: {{{rule}}}
opens: {{about: host, when: {{name: {{in: [a, b]}}}}, conclude: {{open: yes}}}}
closes: {{about: host, when: {{kind: odd}}, conclude: {{open: no}}}}
is-old: {{about: site, when: {{age: {{at_least: 1}}, live: yes}}, conclude: {{old: yes}}}}
"""
    (test,) = finding(explained(rules, CASE)).tests
    assert test.at == (None if place is None else Span("case.yaml", *place))


def test_subjects_with_what_is_stated_and_what_follows() -> None:
    rules = "opens: {about: host, when: {kind: odd}, conclude: {open: yes}}"
    explanation = explained(rules, "host: [{ref: h, kind: odd, paid: 3}, {ref: i, kind: big}]")
    h, i = explanation.subjects
    assert [(one.field, one.shown, one.derived, one.at) for one in h.facts] == [
        ("kind", "odd", False, Span("case.yaml", 1, 23)),
        ("open", "yes", True, None),
        ("paid", "CNY 3.00", False, Span("case.yaml", 1, 34)),
        ("spare", "none", True, None),  # no room at all, which is not the same as unknown
    ]
    assert h.derived == {"open": True, "spare": Absent.NONE}
    assert isinstance(h.derived, MappingProxyType)
    assert i.derived == {"spare": 2}


# --- what is missing, and what nobody can tell -----------------------------------------------------------------------


def test_questions() -> None:
    rules = """
a: {about: site, require: {live: yes, host.open: yes, age: {at_least: 1}}}
b: {about: site, require: {live: yes}}
c: {about: host, require: {count: {of: site, at_least: 1}}}
"""
    explanation = explained(rules, "{host: {ref: h}, site: {ref: s, host: h, until: 2024-01-01}}")
    assert explanation.missing == (
        MissingFact("site", "s", "live", "in use", "Is it in use?", "as seen from outside", None, ("a", "b")),
        MissingFact("host", "h", "open", "open to all", "Is this so for h: open to all?", None, None, ("a",)),
        MissingFact("site", "s", "since", "first day", "What is the first day of s?", None, "age", ("a",)),
    )
    listed = explained(rules, "host: {ref: h}").missing
    note = "those that are closed count, too"
    assert listed == (MissingFact("site", "", None, "web site", "Which web sites are there?", note, None, ("c",)),)


def test_advice_conclusions_and_warnings_ask_for_nothing() -> None:
    rules = """
a: {about: host, when: {kind: big}, advise: "Mind it."}
b: {about: host, when: {open: yes}, conclude: {paid: 3}}
c: {about: host, require: {name: a}, severity: warning}
d: {about: host, require: {kind: big}, applies: {name: {known: yes}}}
"""
    explanation = explained(rules, "host: {}")
    assert (explanation.verdict, explanation.missing) == (Verdict.NOT_APPLICABLE, ())


def test_what_no_fact_can_tell() -> None:
    rules = """
a: {about: host, require: {room: {at_most: {parameter: most}}}}
b: {about: host, require: {rank: 1}}
"""
    explanation = explained(rules, "host: {ref: h, kind: big}", as_of=date(2024, 2, 1))
    assert (explanation.verdict, explanation.missing) == (Verdict.NEEDS_INFORMATION, ())
    assert explanation.notices == (
        "no value of the parameter `most` is in force on 2024-02-01",
        "no rank is in force for h on 2024-02-01",
    )


def test_a_field_that_nothing_tells() -> None:
    text = HEAD.replace("label: open to all", "label: open to all, may_be_given: no")
    rule = "  a: {about: host, require: {open: yes}}\n  b: {about: host, when: {kind: big}, conclude: {open: yes}}\n"
    rulebook, _ = parse_rulebook((text + rule).encode(), "office.yaml")
    assert rulebook is not None
    documents, _ = read_documents(b"host: {ref: h, kind: odd}", "case.yaml")
    case, _ = read_case(documents[0], rulebook, date(2024, 5, 1))
    assert case is not None
    explanation = Explainer(rulebook, "", "").explain(case, evaluate(rulebook, case), ("first",))
    assert explanation.notices == (
        "first",
        "the open to all of h is unknown because no rule concludes it for these facts; ask the author of the rulebook "
        "to add a rule",
    )


def test_what_the_edition_does_not_cover() -> None:
    """Told of the subject that needs it, once, whoever waits for its verdict; nothing is asked for it."""
    entries = (
        "odd: {about: host, applies: {kind: odd}, what: odd hosts, covered_by: 2023-01-01}\n"
        "  all-sites: {about: site, what: sites}"
    )
    text = HEAD.replace("title: Office\n", f"title: Office\ncomplete: no\nnot_covered:\n  {entries}\n", 1)
    rule = "  a: {about: site, require: {host.verdict: ready}}\n  b: {about: host, require: {open: yes}}\n"
    rulebook, diagnostics = parse_rulebook((text + rule).encode(), "office.yaml")
    assert rulebook is not None
    assert diagnostics == []
    documents, _ = read_documents(
        b"host: [{ref: h, kind: odd, open: yes}, {ref: k, kind: big, open: yes}, {ref: m, open: yes}]\n"
        b"site: [{ref: s, host: h}, {ref: t, host: k}]",
        "case.yaml",
    )
    case, _ = read_case(documents[0], rulebook, date(2024, 5, 1))
    assert case is not None
    explanation = Explainer(rulebook, "", "").explain(case, evaluate(rulebook, case))
    odd = date(2023, 1, 1)
    assert explanation.notices == ()
    assert [(one.ref, one.gap) for one in explanation.findings if one.gap is not None] == [
        ("h", Gap("odd hosts", odd, True)),
        ("m", Gap("odd hosts", odd, False)),
        ("s", Gap("sites", None, True)),
        ("t", Gap("sites", None, True)),
    ]
    assert [(item.ref, item.field, item.needed_by) for item in explanation.missing] == [("m", "kind", ("odd",))]
    found = {(one.rule, one.ref): one for one in explanation.findings}
    assert found["odd", "h"].message == (
        "The edition of 2024-01-01 does not cover odd hosts, which h needs; the edition of 2023-01-01 does."
    )
    assert found["odd", "m"].message == (
        "Not known for m: kind of host. "
        "The edition of 2024-01-01 does not cover odd hosts, which m may need; the edition of 2023-01-01 does."
    )
    assert found["odd", "k"].message == "Does not apply to k."
    assert found["a", "s"].message == "Not known for s: verdict of the host."
    assert (found["odd", "h"].title, found["odd", "h"].source) == ("Not covered: odd hosts", None)
    assert [[test.test for test in found[name].tests] for name in (("odd", "h"), ("all-sites", "s"))] == [
        ["kind of host is odd"],
        [],
    ]


def test_chains_of_any_length_are_explained() -> None:
    number = 1_000
    fields = "".join(f"      f{index}: {{type: yes/no}}\n" for index in range(number))
    rules = "".join(
        f"  r{index}: {{about: thing, when: {{f{index - 1}: yes}}, conclude: {{f{index}: yes}}}}\n"
        for index in range(1, number)
    )
    text = (
        "rulebook: chain\nedition: 2024-01-01\nlanguage: 1\ntitle: Chain\nfacts:\n  thing:\n    fields:\n"
        f"{fields}rules:\n{rules}  last: {{about: thing, require: {{f{number - 1}: yes}}}}\n"
    )
    rulebook, diagnostics = parse_rulebook(text.encode(), "chain.yaml")
    assert rulebook is not None and not diagnostics
    for facts, verdict, at in ((b"thing: {f0: yes}", "ready", 1), (b"thing: {f1: no}", "needs_information", None)):
        documents, _ = read_documents(facts, "case.yaml")
        case, _ = read_case(documents[0], rulebook, date(2024, 5, 1))
        assert case is not None
        explanation = Explainer(rulebook, "", "").explain(case, evaluate(rulebook, case))
        assert explanation.verdict.value == verdict
        (test,) = finding(explanation, "last").tests
        assert (test.at and test.at.line) == at


def test_what_was_judged_is_named() -> None:
    explanation = explained("a: {about: host, require: {open: yes}}", "case: c\nas_of: 2024-02-29\nhost: {open: yes}")
    assert (explanation.case, explanation.as_of, explanation.engine) == ("c", date(2024, 2, 29), "plain")
    identity = explanation.rulebook
    assert (identity.name, identity.edition, identity.digest, identity.complete) == (
        "office",
        date(2024, 1, 1),
        "sha256:1",
        True,
    )


def test_a_case_that_ended_in_errors_is_not_explained() -> None:
    rulebook = book("a: {about: host, when: {kind: big}, conclude: {open: yes}}")
    documents, _ = read_documents(b"host: {kind: big, open: no}", "case.yaml")
    case, _ = read_case(documents[0], rulebook, date(2024, 5, 1))
    assert case is not None
    with pytest.raises(ValueError, match="nothing to explain"):
        Explainer(rulebook, "", "").explain(case, evaluate(rulebook, case))


@pytest.mark.parametrize(
    ("label", "words"),
    [
        ("box", "the number of boxes is at least 1"),
        ("entry", "the number of entries is at least 1"),
        ("key", "the number of keys is at least 1"),
        ("网站", "the number of 网站 is at least 1"),
        ("site (old)", "the number of site (old) is at least 1"),
    ],
)
def test_several_of_a_kind(label: str, words: str) -> None:
    text = (
        HEAD.replace("label: web site", f"label: {label}")
        + "  r: {about: host, require: {count: {of: site, at_least: 1}}}\n"
    )
    rulebook, _ = parse_rulebook(text.encode(), "office.yaml")
    assert rulebook is not None
    action = rulebook.rules["r"].action
    assert isinstance(action, Require)
    assert Wording(rulebook, "host").condition(action.condition) == words
