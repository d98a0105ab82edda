"""Interviews: only what can still change the verdict is asked for, and the file that is written comes to the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import islice, product
from math import prod
from typing import Any

import pytest
from hypothesis import assume, given, note, settings, strategies as st

from evaluating import evaluate
from rulewright import Diagnostic, Verdict
from rulewright.ask import choosing
from rulewright.ask.choosing import Chooser, Question
from rulewright.ask.interview import Answer, Declined, Interview, Listed, Place, Stated, with_answer
from rulewright.ask.interview_file import interview_text
from rulewright.ask.typed_answers import NoAnswer, read_ref, read_value
from rulewright.catalogue import check_file, find_rulebook
from rulewright.model.facts import Case, Fact
from rulewright.model.rulebook import Rulebook
from rulewright.model.values import FieldType, Known
from rulewright.parse.rulebook import parse_rulebook
from rulewright.read.cases import read_case
from rulewright.read.documents import read_documents
from strategies import POOLS, Drawer, Plain, books, cases_of, read, write_rulebook

pytestmark = pytest.mark.slow

AS_OF = date(2024, 5, 1)


def written(facts: str, rules: str, more: str = "") -> Rulebook:
    head = "rulebook: written\nedition: 2024-01-01\nlanguage: 1\ntitle: Written\n"
    rulebook, diagnostics = parse_rulebook(f"{head}facts: {facts}\n{more}\nrules:\n{rules}\n".encode(), "written.yaml")
    assert rulebook is not None and not diagnostics, "\n".join(map(str, diagnostics))
    return rulebook


def case_of(**kinds: Mapping[str, Mapping[str, Known]]) -> Case:
    facts = {
        kind: tuple(Fact(kind, ref, dict(values)) for ref, values in found.items()) for kind, found in kinds.items()
    }
    return Case("case", AS_OF, facts)


def reread(interview: Interview) -> Case:
    """The case of an interview by way of its file."""
    text = interview_text(interview, AS_OF)
    documents, wrong = read_documents(text.encode(), "case.yaml")
    assert not wrong, (text, wrong)
    case, wrong = read_case(documents[0], interview.rulebook, documents[0].as_of or AS_OF)
    assert case is not None, (text, "\n".join(map(str, wrong)))
    return case


# --- what could matter, against brute force --------------------------------------------------------------------------


def nothing_derived_is_stated(value: Any, name: str = "") -> Any:
    """A drawn rulebook that never asks what is known, and whose derived fields nobody can state."""
    if isinstance(value, Mapping):
        found = {
            "given" if key == "known" else key: nothing_derived_is_stated(item, key) for key, item in value.items()
        }
        return (
            {**found, "may_be_given": Plain("no")}
            if name[:1] in "cd" and "type" in found and name[1:].isdigit()
            else found
        )
    return [nothing_derived_is_stated(item) for item in value] if isinstance(value, list) else value


class FixedAnswers:
    """Answers to try that do not depend on what was answered before, a few of each question."""

    def __init__(self, chooser: Chooser, case: Case, most: int) -> None:
        self._tried, self._case, self._most = chooser.tried, case, most

    def of(self, place: Place, case: Case) -> tuple[Answer, ...]:
        answers = self._tried.of(place, self._case)
        step = -(-len(answers) // self._most) or 1
        return answers[::step]


def statable(rulebook: Rulebook, case: Case) -> list[Place]:
    """All fields that the case could state beside what it states."""
    derived = {(rule.about, name) for rule in rulebook.rules.values() for name in getattr(rule.action, "values", ())}
    return [
        Place(kind, fact.ref, name)
        for kind, found in case.facts.items()
        for fact in found
        for name, field in rulebook.kinds[kind].fields.items()
        if field.may_be_given and field.computed is None and (kind, name) not in derived and name not in fact.values
    ]


def given_all(rulebook: Rulebook, case: Case, answers: Sequence[tuple[Place, Answer | None]]) -> Verdict | None:
    for place, answer in answers:
        if answer is not None:
            case = with_answer(rulebook, case, place, answer)
    return evaluate(rulebook, case).verdict


def matters_by_brute_force(
    rulebook: Rulebook, case: Case, place: Place, tried: Mapping[Place, Sequence[Answer]]
) -> bool:
    """Whether some answers to some other questions leave the verdict open and an answer to this one settles it."""
    others = [one for one in tried if one != place]
    for rest in product(*[(None, *tried[one]) for one in others]):
        answers = list(zip(others, rest, strict=True))
        if given_all(rulebook, case, answers) is not Verdict.NEEDS_INFORMATION:
            continue
        for answer in tried[place]:
            if given_all(rulebook, case, [*answers, (place, answer)]) not in (Verdict.NEEDS_INFORMATION, None):
                return True
    return False


@st.composite
def small(draw: Any) -> tuple[Rulebook, Case]:
    text = write_rulebook(nothing_derived_is_stated(draw(books())))
    note(text)
    rulebook, diagnostics = parse_rulebook(text.encode(), "drawn.yaml")
    assume(rulebook is not None and not diagnostics)
    assert rulebook is not None
    case = draw(cases_of(rulebook, most=1))[0]
    # with some facts taken away, and each kind listed
    facts = {
        kind: tuple(
            replace(fact, values={name: value for name, value in fact.values.items() if not draw(st.booleans())})
            for fact in case.facts.get(kind, ())[:2]
        )
        for kind in rulebook.kinds
    }
    return rulebook, replace(case, facts=facts)


@settings(max_examples=30)
@given(small())
def test_what_could_matter_is_exact_over_the_values_that_are_tried(found: tuple[Rulebook, Case]) -> None:
    rulebook, case = found
    assume(evaluate(rulebook, case).verdict is Verdict.NEEDS_INFORMATION)
    chooser = Chooser(rulebook)
    chooser.tried = FixedAnswers(chooser, case, 3)  # type: ignore[assignment]  # it is used like one
    tried = {place: chooser.tried.of(place, case) for place in statable(rulebook, case)}
    tried = {place: answers for place, answers in tried.items() if answers}
    assume(prod(len(answers) + 1 for answers in tried.values()) <= 400)
    note(str(case))
    interview = Interview(rulebook, case)
    # what matters only once another question is answered is not asked for before
    asked = [place for place in tried if place in chooser.standing(case, ()).places()]
    exact = {place: matters_by_brute_force(rulebook, case, place, tried) for place in asked}
    before = choosing._BUDGET
    choosing._BUDGET = 100_000
    try:
        assert {place: chooser.could_matter(interview, place) for place in asked} == exact
    finally:
        choosing._BUDGET = before


# --- whole interviews ------------------------------------------------------------------------------------------------


def some_answer(drawer: Drawer, rulebook: Rulebook, interview: Interview, question: Question) -> Answer:
    """An answer as people give them: a value of the field, a list, or that nobody knows."""
    place = question.place
    if drawer.chance(15):
        return Declined()
    if place.field is None:
        return Listed(tuple(drawer.some(["a", "b", "ß", "no", "1", "é'\"\\"], 0, 2)))
    field = rulebook.kinds[place.kind].fields[place.field]
    if field.refers_to is not None:
        facts = interview.case.facts.get(field.refers_to)
        return Stated(drawer.pick([fact.ref for fact in facts]) if facts else "new")
    pool: Sequence[Known] = list(field.choices) or POOLS[field.type]
    return Stated(drawer.pick(pool))


def interviewed(rulebook: Rulebook, case: Case, drawer: Drawer, most: int = 60) -> Iterator[tuple[Question, Interview]]:
    """An interview with some answers, up to its end: each question, and the interview before it."""
    chooser, interview = Chooser(rulebook), Interview(rulebook, case)
    while (question := chooser.next(interview)) is not None:
        yield question, interview
        for _ in range(5):
            after = interview.answer(question.place, some_answer(drawer, rulebook, interview, question))
            if evaluate(rulebook, after.case).verdict is not None:
                break
        else:
            after = interview.answer(question.place, Declined())
        interview = after
        most -= 1
        assert most > 0, "an interview comes to its end"
    yield Question(Place(""), ()), interview


def without_dangling(rulebook: Rulebook, case: Case) -> Case:
    """The case without references to what is not in it, with which no file is read."""
    refs = {kind: {fact.ref for fact in found} for kind, found in case.facts.items()}

    def kept(fact: Fact) -> Fact:
        targets = {name: rulebook.kinds[fact.kind].fields[name].refers_to for name in fact.values}
        values = {
            name: value
            for name, value in fact.values.items()
            if (target := targets[name]) is None or value in refs.get(target, ())
        }
        return replace(fact, values=values)

    return replace(case, facts={kind: tuple(map(kept, found)) for kind, found in case.facts.items()})


@st.composite
def beginnings(draw: Any) -> tuple[Rulebook, Case]:
    rulebook = read(draw(books()))
    case = draw(cases_of(rulebook, most=1))[0]
    if draw(st.integers(0, 4)) == 0:
        return rulebook, replace(case, facts={})
    facts = {
        kind: tuple(
            replace(fact, values={name: value for name, value in fact.values.items() if not draw(st.booleans())})
            for fact in found[:2]
        )
        for kind, found in case.facts.items()
    }
    return rulebook, without_dangling(rulebook, replace(case, facts=facts))


@settings(max_examples=40)
@given(beginnings(), st.data())
def test_an_interview_ends_in_the_verdict_of_its_file_and_never_asks_twice(
    found: tuple[Rulebook, Case], data: st.DataObject
) -> None:
    rulebook, case = found
    assume(evaluate(rulebook, case).verdict is not None)
    steps = list(interviewed(rulebook, case, Drawer(data.draw)))
    asked = [question.place for question, _ in steps[:-1]]
    assert len(asked) == len(set(asked))
    last = steps[-1][1]
    note(str(last.answered))
    if not last.case.facts:  # nothing was stated, and a case file states something
        return
    assert reread(last).facts == last.case.facts
    assert evaluate(rulebook, reread(last)).verdict is evaluate(rulebook, last.case).verdict
    for question, before in steps[:-1]:
        listing = question.place.field is None
        assert listing or evaluate(rulebook, before.case).verdict is Verdict.NEEDS_INFORMATION


@pytest.fixture(scope="module")
def shipped() -> Rulebook:
    editions = find_rulebook("alibaba-cloud-icp-filing")
    assert not isinstance(editions, Diagnostic)
    rulebook, _ = check_file(editions.files[date(2023, 9, 28)])
    assert rulebook is not None
    return rulebook


@settings(max_examples=5)
@given(st.data())
def test_interviews_by_the_shipped_rulebook(shipped: Rulebook, data: st.DataObject) -> None:
    drawer = Drawer(data.draw)
    kinds = {"instance": {"web-1": {"service_type": "ecs"}}, "filing": {}, "cloud_service": {}}
    case = replace(case_of(**kinds), as_of=date(2023, 10, 15))
    for question, before in islice(interviewed(shipped, case, drawer), 12):
        if question.needed_by:
            assert all(shipped.rules[rule].decides for rule, _, _ in question.needed_by)
            assert evaluate(shipped, before.case).verdict is Verdict.NEEDS_INFORMATION


# --- which question --------------------------------------------------------------------------------------------------


FACTS = """
  host:
    fields:
      kind: {type: choice, of: [big, small, odd, tiny]}
      age: {type: whole number, minimum: 0}
      open: {type: yes/no}
      size: {type: decimal}
      since: {type: date}
      name: {type: text}
  site: {fields: {host: {type: reference, to: host}, live: {type: yes/no}}}
"""


def first(rules: str, case: Case, *answered: tuple[Place, Answer]) -> Place | None:
    rulebook = written(FACTS, rules)
    question = Chooser(rulebook).next(Interview(rulebook, case, answered))
    return None if question is None else question.place


HOST = case_of(host={"h": {}})


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ("  r: {about: host, require: {open: yes}}", "open"),
        # the one that settles more is asked first, wherever it stands
        (
            "  a: {about: host, require: {open: yes}}\n"
            + "".join(
                f"  b{age}: {{about: host, applies: {{kind: big}}, require: {{age: {age}}}}}\n" for age in range(6)
            ),
            "kind",
        ),
        # known already, whatever the other is
        ("  r: {about: host, require: {any: [{open: yes}, {age: {at_least: 0}}]}}", "age"),
        # never: a requirement that only warns decides nothing
        ("  r: {about: host, severity: warning, require: {open: yes}}", None),
        ("  r: {about: host, severity: note, require: {open: yes}}\n  s: {about: host, require: {age: 1}}", "age"),
    ],
)
def test_the_most_decisive_question_comes_first(rules: str, expected: str | None) -> None:
    assert first(rules, HOST) == (None if expected is None else Place("host", "h", expected))


def test_a_fact_that_could_matter_only_where_a_requirement_is_violated_is_not_asked_for() -> None:
    rules = "  r: {about: host, require: {all: [{age: {at_least: 5}}, {any: [{age: {at_least: 3}}, {open: yes}]}]}}"
    rulebook = written(FACTS, rules)
    chooser, interview = Chooser(rulebook), Interview(rulebook, HOST)
    assert chooser.could_matter(interview, Place("host", "h", "age"))
    assert not chooser.could_matter(interview, Place("host", "h", "open"))
    assert first(rules, HOST) == Place("host", "h", "age")
    assert first(rules, HOST, (Place("host", "h", "age"), Declined())) is None


def test_a_fact_that_matters_only_to_what_may_refer_to_it_matters() -> None:
    # what asks for the age of the host is never settled; the site will be, once its host is known
    uncovered = "not_covered: {a: {about: host, what: old hosts, applies: {age: {at_least: {field: age}}}}}"
    facts = case_of(site={"s": {}}, host={"h": {"open": True, "kind": "big"}})
    for rules, expected in (
        ("  b: {about: site, require: {host.age: 3}}", True),
        ("  b: {about: site, require: {live: yes}}", False),
    ):
        rulebook = written(FACTS, rules, f"complete: no\n{uncovered}")
        assert Chooser(rulebook).could_matter(Interview(rulebook, facts), Place("host", "h", "age")) is expected


def test_nothing_is_asked_once_a_requirement_is_violated() -> None:
    rules = "  a: {about: host, require: {open: yes}}\n  b: {about: host, require: {age: {at_least: 3}}}"
    assert first(rules, HOST, (Place("host", "h", "open"), Stated(False))) is None
    assert first(rules, HOST, (Place("host", "h", "open"), Stated(True))) == Place("host", "h", "age")


def test_what_nobody_knows_is_not_asked_again() -> None:
    rules = "  a: {about: host, require: {open: yes}}\n  b: {about: host, require: {age: {at_least: 3}}}"
    assert first(rules, HOST, (Place("host", "h", "open"), Declined())) == Place("host", "h", "age")
    declined = [(Place("host", "h", name), Declined()) for name in ("open", "age")]
    assert first(rules, HOST, *declined) is None


def test_an_interview_from_nothing_asks_which_facts_there_are() -> None:
    rules = "  a: {about: host, require: {open: yes}}\n  b: {about: site, require: {host.age: {at_least: 3}}}"
    empty = case_of()
    assert first(rules, empty) == Place("host")
    listed = (Place("host"), Listed(("h", "i")))
    assert first(rules, empty, listed) == Place("site")
    assert first(rules, empty, listed, (Place("site"), Listed(()))) == Place("host", "h", "open")
    assert first(rules, empty, (Place("host"), Declined()), (Place("site"), Declined())) is None


def test_a_reference_is_asked_for_when_there_is_something_to_refer_to() -> None:
    rules = "  b: {about: site, require: {host.open: yes}}"
    site = case_of(site={"s": {}})
    assert first(rules, site) == Place("host")
    assert first(rules, site, (Place("host"), Listed(("h",)))) == Place("site", "s", "host")
    assert first(rules, site, (Place("host"), Listed(()))) is None
    chosen = (Place("site", "s", "host"), Stated("h"))
    assert first(rules, site, (Place("host"), Listed(("h",))), chosen) == Place("host", "h", "open")
    # where nobody knows which hosts there are, naming one adds it
    added = Interview(written(FACTS, rules), site, ((Place("host"), Declined()), chosen))
    assert [fact.ref for fact in added.case.facts["host"]] == ["h"]


def test_related_facts_are_asked_for_where_they_count() -> None:
    rules = "  r: {about: host, require: {any: {of: site, where: {live: yes}}}}"
    assert first(rules, HOST) == Place("site")
    sites = (Place("site"), Listed(("a",)))
    assert first(rules, HOST, sites) in (Place("site", "a", "host"), Place("site", "a", "live"))
    assert first(rules, HOST, sites, (Place("site", "a", "live"), Stated(False))) is None


def test_going_back_leads_to_the_same_question() -> None:
    rulebook = written(FACTS, "  a: {about: host, require: {open: yes, age: {at_least: 3}}}")
    chooser, start = Chooser(rulebook), Interview(rulebook, HOST)
    question = chooser.next(start)
    assert question is not None
    after = start.answer(question.place, Stated(True) if question.place.field == "open" else Stated(3))
    assert after.case != start.case
    assert chooser.next(after.back()) == question


# --- answers as they are typed ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "text", "expected"),
    [
        ("open", "y", True),
        ("open", "No", False),
        ("open", "1", None),
        ("kind", "big", "big"),
        ("kind", "2", "small"),
        ("kind", "5", None),
        ("kind", "0", None),
        ("age", "7", 7),
        ("age", "-1", None),
        ("age", "7.5", None),
        ("age", '"7"', None),
        ("size", "7.50", 7.5),
        ("since", "2024-02-29", date(2024, 2, 29)),
        ("since", "2023-02-29", None),
        ("name", "no", "no"),
        ("name", "3", "3"),
        ("name", '"/back"', "/back"),
        ("name", '""', ""),
    ],
)
def test_what_is_typed(field: str, text: str, expected: Known | None) -> None:
    rulebook = written(FACTS, "  a: {about: host, require: {open: yes}}")
    found = read_value(rulebook, Place("host", "h", field), HOST, text)
    assert isinstance(found, NoAnswer) if expected is None else (found == expected)
    assert not isinstance(found, NoAnswer) or found.message[0] == found.message[0].lower()


def test_references_that_are_typed() -> None:
    rulebook = written(FACTS, "  a: {about: site, require: {host.open: yes}}")
    place = Place("site", "s", "host")
    two = case_of(host={"h": {}, "i": {}}, site={"s": {}})
    assert [read_value(rulebook, place, two, text) for text in ("i", "1")] == ["i", "h"]
    assert isinstance(read_value(rulebook, place, two, "j"), NoAnswer)
    assert read_value(rulebook, place, case_of(site={"s": {}}), "j") == "j"
    assert isinstance(read_value(rulebook, place, case_of(host={}, site={"s": {}}), "j"), NoAnswer)
    assert isinstance(read_ref("", ()), NoAnswer)
    assert isinstance(read_ref("a", ("a",)), NoAnswer)
    assert read_ref("3", ()) == "3"


def test_every_type_of_field_has_answers_to_try() -> None:
    rulebook = written(FACTS, "  a: {about: host, require: {open: yes}}")
    tried = Chooser(rulebook).tried
    for name, field in rulebook.kinds["host"].fields.items():
        answers = tried.of(Place("host", "h", name), HOST)
        assert answers, name
        assert field.type is not FieldType.CHOICE or len(answers) == 4
