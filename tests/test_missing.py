"""What is missing: exactly the facts that could still change an outcome, found out by giving them."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import chain
from typing import Any, TypeAlias

import pytest
from hypothesis import assume, given, note, settings, strategies as st

from evaluating import evaluate
from rulewright import Diagnostic, MissingFact, Outcome, Verdict
from rulewright.catalogue import check_file, find_rulebook
from rulewright.explain.index import Index
from rulewright.explain.missing import missing_facts
from rulewright.model.conditions import Literal
from rulewright.model.dependencies import conditions_of
from rulewright.model.facts import Case, Fact
from rulewright.model.outcomes import CaseResult
from rulewright.model.rulebook import Rulebook
from rulewright.model.values import FieldType, Known
from rulewright.parse.rulebook import parse_rulebook
from rulewright.read.cases import read_case
from rulewright.read.documents import read_documents
from rulewright.semantics.exact_interpreter import ExactInterpreter
from rulewright.semantics.reading import Reading
from strategies import POOLS, REFS, Drawer, books, cases_of, write_rulebook

#: A fact that can be given: kind, ref and field.
Place: TypeAlias = tuple[str, str, str]
#: What comes out of a case when further values are given; none for an error.
Outcomes: TypeAlias = Callable[[Mapping[Place, Known]], object]


def missing_of(rulebook: Rulebook, case: Case, result: CaseResult) -> tuple[tuple[MissingFact, ...], tuple[str, ...]]:
    return missing_facts(Index.of(rulebook), case, Reading(ExactInterpreter(rulebook), case, result))


def with_values(case: Case, values: Mapping[Place, Known]) -> Case:
    """The case with further fields stated."""

    def more(fact: Fact) -> Fact:
        own = {name: value for (kind, ref, name), value in values.items() if (kind, ref) == (fact.kind, fact.ref)}
        return replace(fact, values={**fact.values, **own})

    return replace(case, facts={kind: tuple(map(more, found)) for kind, found in case.facts.items()})


def decisive(rulebook: Rulebook, result: CaseResult) -> list[tuple[str, str, str, Outcome]]:
    """The outcomes of the blocking requirements."""
    return [
        (subject.kind, subject.ref, name, outcome)
        for subject in result.subjects
        for name, outcome in subject.outcomes.items()
        if rulebook.rules[name].decides
    ]


def turned_out_not_to_apply(before: CaseResult, after: CaseResult) -> bool:
    """Whether what was met, or silent, whether it applied or not, turned out not to apply: which nobody has to know."""
    settled = (Outcome.MET, Outcome.SILENT)
    return any(
        outcome in settled and then.outcomes[name] is Outcome.NOT_APPLICABLE
        for subject, then in zip(before.subjects, after.subjects, strict=True)
        for name, outcome in subject.outcomes.items()
    )


# --- nothing is left out: random rulebooks ---------------------------------------------------------------------------


def without_known(value: Any) -> Any:
    """A drawn rulebook that does not ask what is known: such a test comes out otherwise when a fact is given."""
    if isinstance(value, Mapping):
        return {"given" if key == "known" else key: without_known(item) for key, item in value.items()}
    return [without_known(item) for item in value] if isinstance(value, list) else value


@st.composite
def drawn(draw: Any) -> tuple[Rulebook, Case]:
    text = write_rulebook(without_known(draw(books())))
    note(text)
    rulebook, diagnostics = parse_rulebook(text.encode(), "drawn.yaml")
    assert rulebook is not None and not diagnostics, "\n".join(map(str, diagnostics))
    return rulebook, draw(cases_of(rulebook, most=1))[0]


@given(drawn(), st.data())
def test_what_is_not_asked_for_changes_nothing(found: tuple[Rulebook, Case], data: st.DataObject) -> None:
    rulebook, case = found
    result = evaluate(rulebook, case)
    assume(result.verdict is not None)
    missing, _ = missing_of(rulebook, case, result)
    note(str(case.facts))
    note(str(missing))
    asked = {(item.kind, item.ref, item.field) for item in missing}
    derived = {(rule.about, name) for rule in rulebook.rules.values() for name in getattr(rule.action, "values", ())}
    free: list[Place] = [
        (fact.kind, fact.ref, name)
        for fact in (fact for found in case.facts.values() for fact in found)
        for name, field in rulebook.kinds[fact.kind].fields.items()
        if field.may_be_given and field.computed is None and (fact.kind, name) not in derived
        if name not in fact.values and (fact.kind, fact.ref, name) not in asked
    ]
    assume(free)
    drawer = Drawer(data.draw)
    given_: dict[Place, Known] = {}
    for place in drawer.some(free, 1, len(free)):
        field = rulebook.kinds[place[0]].fields[place[2]]
        pool: Sequence[Known] = list(field.choices) or POOLS[field.type]
        if field.type is FieldType.REFERENCE:
            pool = [fact.ref for fact in case.facts.get(str(field.refers_to), ())] or REFS
        given_[place] = drawer.pick(pool)
    note(str(given_))
    after = evaluate(rulebook, with_values(case, given_))
    assume(after.verdict is not None)
    assume(not turned_out_not_to_apply(result, after))
    assert decisive(rulebook, after) == decisive(rulebook, result)
    assert after.verdict is result.verdict


# --- nothing is asked for that cannot matter: the shipped rulebook and small ones ------------------------------------


class Values:
    """Values worth trying for the fields of a rulebook: those it compares with, their neighbours, and others."""

    def __init__(self, rulebook: Rulebook, as_of: date) -> None:
        literals = list(_literals(rulebook))
        numbers = {number for number in literals if isinstance(number, int | Decimal) and not isinstance(number, bool)}
        self.rulebook = rulebook
        self.numbers = sorted({number + step for number in numbers | {0} for step in (-1, 0, 1)})
        self.texts = [*dict.fromkeys(text for text in literals if isinstance(text, str)), "zz"]
        self.dates = [as_of + timedelta(days=days) for days in (-700, -40, -1, 0, 1, 40, 700)]

    def of(self, case: Case, kind: str, name: str) -> list[Known]:
        field = self.rulebook.kinds[kind].fields[name]
        match field.type:
            case FieldType.CHOICE:
                return list(field.choices)
            case FieldType.YES_NO:
                return [True, False]
            case FieldType.REFERENCE:
                return [fact.ref for fact in case.facts.get(str(field.refers_to), ())] or ["elsewhere"]
            case FieldType.DATE:
                return list(self.dates)
            case FieldType.TEXT:
                return list(self.texts)
            case _:
                least = field.minimum if isinstance(field.minimum, int | Decimal) else -1
                return [number for number in self.numbers if number >= least]


def _literals(rulebook: Rulebook) -> Iterator[Known]:
    for table in rulebook.tables.values():
        for cells in table.rows.values():
            yield from (dated.value for cell in cells.values() for dated in cell if isinstance(dated.value, Known))
    for parameter in rulebook.parameters.values():
        for dated in parameter.values:
            yield from dated.value[:3] if isinstance(dated.value, tuple) else [dated.value]
    for rule in rulebook.rules.values():
        for condition in conditions_of(rule):
            yield from _literals_in(condition)


def _literals_in(part: object) -> Iterator[Known]:
    """All literals in a condition, found by its attributes."""
    if isinstance(part, Literal):
        yield part.value
    elif isinstance(part, tuple):
        for item in part:
            yield from _literals_in(item)
    elif is_dataclass(part):
        for attribute in fields(part):
            yield from _literals_in(getattr(part, attribute.name))


@dataclass(frozen=True)
class Asked:
    """One case with what is missing of it; tries what giving a fact does."""

    rulebook: Rulebook
    case: Case

    def verdict(self, values: Mapping[Place, Known]) -> Verdict | None:
        return evaluate(self.rulebook, with_values(self.case, values)).verdict

    def outcomes(self, values: Mapping[Place, Known]) -> object:
        result = evaluate(self.rulebook, with_values(self.case, values))
        return None if result.verdict is None else tuple(decisive(self.rulebook, result))

    def open_places(self) -> list[Place]:
        """The facts that the case could state beside what it states, but for those that may follow from others."""
        rules = self.rulebook.rules.values()
        concluded = {(rule.about, name) for rule in rules for name in getattr(rule.action, "values", ())}
        return [
            (kind, fact.ref, name)
            for kind, found in self.case.facts.items()
            for fact in found
            for name, field in self.rulebook.kinds[kind].fields.items()
            if field.may_be_given and field.computed is None and (kind, name) not in concluded
            if name not in fact.values
        ]

    def matters(self, place: Place, near: Sequence[Place], others: Sequence[Place], to: Outcomes) -> bool:
        """Whether some values of other facts leave it to this one: of none, of those near it, or of any."""
        draw, tried = random.Random(7), Values(self.rulebook, self.case.as_of)
        values = {one: tried.of(self.case, one[0], one[2]) for one in [place, *near, *others]}
        drawn_near = ({one: draw.choice(values[one]) for one in near} for _ in range(200))
        drawn_any = ({one: draw.choice(values[one]) for one in others} for _ in range(200))
        for rest in chain([{}], drawn_near, drawn_any):
            seen = {to(rest)}
            for value in draw.sample(values[place], min(4, len(values[place]))):
                seen.add(to({**rest, place: value}))
                if len(seen - {None}) > 1:
                    return True
        return False

    def check(self, to: Outcomes, tested_by_known: Iterable[tuple[str, str]] = ()) -> None:
        """Each missing fact matters, and no other does."""
        result = evaluate(self.rulebook, self.case)
        missing, _ = missing_of(self.rulebook, self.case, result)
        asked = {(item.kind, item.ref, item.field): item.needed_by for item in missing if item.field is not None}
        places = self.open_places()
        for place, rules in asked.items():
            near = [one for one, its in asked.items() if one != place and one[1] == place[1] and {*rules} & {*its}]
            others = [one for one in dict.fromkeys([*asked, *places]) if one != place]
            assert self.matters(place, near, others, to), (place, self.case)
        draw, tried = random.Random(7), Values(self.rulebook, self.case.as_of)
        for place in places:
            if place not in asked and (place[0], place[2]) not in tested_by_known:
                values = tried.of(self.case, place[0], place[2])
                for value in draw.sample(values, min(4, len(values))):
                    assert to({place: value}) in (to({}), None), (place, value, self.case)


@pytest.fixture(scope="module")
def shipped() -> Rulebook:
    editions = find_rulebook("alibaba-cloud-icp-filing")
    assert not isinstance(editions, Diagnostic)
    rulebook, _ = check_file(editions.files[date(2023, 9, 28)])
    assert rulebook is not None
    return rulebook


#: What the shipped rulebook tests by `known`, on purpose: it is not asked for, and giving it may change the verdict.
TESTED_BY_KNOWN = [
    ("instance", name) for name in ("subscription_end", "subscription_start", "created", "state", "billing")
]


@settings(max_examples=20)
@given(st.data())
def test_each_fact_that_the_shipped_rulebook_asks_for_can_settle_a_requirement(
    shipped: Rulebook, data: st.DataObject
) -> None:
    drawer, as_of = Drawer(data.draw), date(2023, 10, 15)
    tried, empty = Values(shipped, as_of), Case("c", as_of, {})
    facts = []
    for number in range(drawer.number(1, 2)):
        values: dict[str, Known] = {}
        for name, field in shipped.kinds["instance"].fields.items():
            follows = name in ("in_mainland", "subscription_months")
            if field.may_be_given and not follows and drawer.chance(80):
                values[name] = drawer.pick(tried.of(empty, "instance", name))
        facts.append(Fact("instance", f"i{number}", values))
    asked = Asked(shipped, Case("c", as_of, {"instance": tuple(facts)}))
    assume(asked.verdict({}) is Verdict.NEEDS_INFORMATION)
    asked.check(asked.outcomes, TESTED_BY_KNOWN)


GOOD: Mapping[str, Known] = {
    "service_type": "ecs",
    "region": "cn-hangzhou",
    "billing": "subscription",
    "subscription_start": date(2023, 7, 1),
    "subscription_end": date(2024, 7, 1),
    "public_bandwidth_purchased": True,
    "service_numbers_used": 0,
}


@pytest.mark.parametrize("number", range(1, 2 ** len(GOOD), 5))
def test_each_fact_that_the_shipped_rulebook_asks_for_can_change_the_verdict(shipped: Rulebook, number: int) -> None:
    """Of an instance of which nothing is wrong so far."""
    values = {name: value for position, (name, value) in enumerate(GOOD.items()) if not number >> position & 1}
    asked = Asked(shipped, Case("c", date(2023, 10, 15), {"instance": (Fact("instance", "i", values),)}))
    assert asked.verdict({}) is Verdict.NEEDS_INFORMATION
    asked.check(asked.verdict, TESTED_BY_KNOWN)


OFFICE = """\
rulebook: office
edition: 2024-01-01
language: 1
title: Office
facts:
  host:
    ask: Which hosts are there?
    fields:
      name: {type: text}
      kind: {type: choice, of: [big, small, odd]}
      open: {type: yes/no}
      load: {type: whole number, computed: {sum: {field: size, of: site, where: {live: yes}}}}
  site:
    fields:
      host: {type: reference, to: host}
      live: {type: yes/no, label: in use}
      size: {type: whole number, minimum: 0, note: in gigabytes}
      since: {type: date}
      until: {type: date}
      age: {type: whole number, unit: month, computed: {months_between: [since, until]}, may_be_given: yes}
      old: {type: yes/no, ask: Is it old?}
      weight: {type: whole number, computed: {plus: [age, size]}, may_be_given: yes}
tables:
  sizes:
    about: host
    by: kind
    columns: {room: {type: whole number}, rank: {type: whole number}}
    rows:
      big: {room: 3, rank: [{since: 2024-06-01, value: 1}]}
      small: {room: 1}
      odd:
rules:
  opens: {about: host, when: {name: {in: [a, b]}}, conclude: {open: yes}}
  closes: {about: host, when: {name: c}, conclude: {open: no}}
  is-old: {about: site, when: {age: {at_least: 12}}, conclude: {old: yes}}
  RULES
"""


def office(*rules: str) -> Rulebook:
    text = OFFICE.replace("RULES", "\n  ".join(rules))
    rulebook, diagnostics = parse_rulebook(text.encode(), "office.yaml")
    assert rulebook is not None and not diagnostics, "\n".join(map(str, diagnostics))
    return rulebook


def case_of(rulebook: Rulebook, text: str) -> Case:
    documents, diagnostics = read_documents(text.encode(), "case.yaml")
    assert not diagnostics, diagnostics
    case, diagnostics = read_case(documents[0], rulebook, date(2024, 5, 1))
    assert case is not None, "\n".join(map(str, diagnostics))
    return case


HOST, SITE = "about: host, require", "about: site, require"


@pytest.mark.parametrize(
    ("rule", "facts", "expected"),
    [
        # one field, several, and parts that are settled
        (f"{HOST}: {{kind: big}}", "host: {}", "host.kind"),
        (f"{HOST}: {{kind: big, open: yes}}", "host: {}", "host.kind host.name(open)"),
        (f"{HOST}: {{any: [{{kind: big}}, {{open: yes}}]}}", "host: {kind: small}", "host.name(open)"),
        (f"{HOST}: {{all: [{{not: {{kind: big}}}}, {{open: no}}]}}", "host: {name: z}", "host.kind host.open"),
        # where it applies is asked for, and what it requires only where it may apply
        (f"{HOST}: {{open: yes}}, applies: {{kind: big}}", "host: {}", "host.kind host.name(open)"),
        (f"{HOST}: {{open: yes}}, applies: {{kind: big}}", "host: {name: c}", "host.kind"),
        (f"{HOST}: {{open: yes}}, applies: {{kind: big}}", "host: {kind: big}", "host.name(open)"),
        # through a conclusion, a computation, a table
        (f"{HOST}: {{open: yes}}", "host: {name: other}", "host.open"),
        (f"{HOST}: {{room: {{at_least: 2}}}}", "host: {}", "host.kind"),
        (f"{SITE}: {{age: {{at_least: 12}}}}", "site: {since: 2024-01-01}", "site.until(age)"),
        (f"{SITE}: {{age: {{at_least: 12}}}}", "site: {}", "site.since(age) site.until(age)"),
        (f"{SITE}: {{old: no}}", "site: {until: 2024-01-01}", "site.since(old)"),
        (f"{SITE}: {{old: no}}", "site: {age: 3}", "site.old"),
        (f"{SITE}: {{weight: {{at_least: 12}}}}", "site: {age: 3}", "site.size(weight)"),
        # through references
        (f"{SITE}: {{host.kind: big}}", "{host: {ref: h}, site: {}}", "site.host"),
        (f"{SITE}: {{host.kind: big}}", "{host: {ref: h}, site: {host: h}}", "h.kind"),
        (f"{SITE}: {{host.open: yes}}", "{host: {ref: h}, site: {host: h}}", "h.name(open)"),
        # related facts: which there are, whether they refer, and their condition
        (f"{HOST}: {{any: {{of: site, where: {{live: yes}}}}}}", "host: {ref: h}", "SITE"),
        (f"{HOST}: {{any: {{of: site}}}}", "{host: {ref: h}, site: {}}", "site.host"),
        (f"{HOST}: {{any: {{of: site, where: {{live: yes}}}}}}", "{host: {ref: h}, site: {host: h}}", "site.live"),
        (f"{HOST}: {{any: {{of: site, where: {{live: yes}}}}}}", "{host: {ref: h}, site: {}}", "site.host site.live"),
        (
            f"{HOST}: {{any: {{of: site, where: {{live: yes}}}}}}",
            "{host: {ref: h}, site: [{live: no}, {live: yes}, {host: h}]}",
            "site-2.host site-3.live",
        ),
        (
            f"{HOST}: {{all: {{of: site, where: {{live: yes}}}}}}",
            "{host: {ref: h}, site: [{live: no}, {live: yes}, {host: h}]}",
            "site-1.host site-3.live",
        ),
        (
            f"{HOST}: {{count: {{of: site, where: {{live: yes}}, at_most: 1}}}}",
            "{host: {ref: h}, site: [{host: h, live: yes}, {host: h}, {}, {live: no}]}",
            "site-2.live site-3.host site-3.live",
        ),
        (
            f"{HOST}: {{count: {{of: site, at_least: 3}}}}",
            "{host: {ref: h}, site: [{}, {}, {}]}",
            "site-1.host site-2.host site-3.host",
        ),
        (f"{HOST}: {{count: {{of: site, at_most: {{field: room}}}}}}", "{host: {ref: h}, site: [{host: h}]}", "h.kind"),
        (
            f"{HOST}: {{load: {{at_most: 5}}}}",
            "{host: {ref: h}, site: [{host: h, live: yes}, {host: h, size: 2}, {live: no}]}",
            "site-2.live site-1.size",
        ),
        # the outcome of another rule, the verdict of another subject
        (f"{HOST}: {{outcome: {{closes: silent}}}}", "host: {}", "host.name"),
        (f"{SITE}: {{host.verdict: ready}}", "{host: {ref: h, kind: big}, site: {host: h}}", "h.name(open)"),
    ],
)
def test_small_rulebooks_ask_for_what_matters(rule: str, facts: str, expected: str) -> None:
    more = ["s: {about: host, require: {open: yes}}"] if "verdict" in rule else []
    rulebook = office(f"r: {{{rule}}}", *more)
    case = case_of(rulebook, facts)
    result = evaluate(rulebook, case)
    assert result.verdict is Verdict.NEEDS_INFORMATION
    missing, shut = missing_of(rulebook, case, result)
    told = [
        (f"{item.ref}.{item.field}" if item.field else item.kind.upper())
        + (f"({item.instead})" if item.instead else "")
        for item in missing
    ]
    assert (" ".join(told), shut) == (expected, ())
    asked = Asked(rulebook, case)
    asked.check(asked.verdict)


def test_the_list_of_a_kind_is_asked_for() -> None:
    rulebook = office(f"r: {{{SITE}: {{live: yes}}}}", f"s: {{{HOST}: {{count: {{of: site, at_most: 1}}}}}}")
    case = case_of(rulebook, "host: {ref: h}")
    (missing,), _ = missing_of(rulebook, case, evaluate(rulebook, case))
    assert (missing.kind, missing.ref, missing.field, missing.label) == ("site", "", None, "site")
    assert missing.ask == "Which facts of the kind site are there?"
    verdicts = {evaluate(rulebook, replace(case, facts={**case.facts, "site": found})).verdict for found in _sites()}
    assert len(verdicts) > 1


def _sites() -> Iterator[tuple[Fact, ...]]:
    yield ()
    yield (Fact("site", "a", {"host": "h", "live": True}), Fact("site", "b", {"host": "h", "live": True}))
