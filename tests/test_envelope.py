"""Rulebooks of all sizes stay inside what durable-rules and DuckDB do exactly, and come to the right results."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest
from hypothesis import given

from evaluating import engine_of, evaluate
from rulewright import Diagnostic, infer
from rulewright.compile.compiler import compile_rulebook
from rulewright.compile.program import (
    MAXIMUM_PROPERTIES,
    MAXIMUM_REACTIONS,
    Inference,
    ObservedTest,
    Partition,
    Program,
    Reaction,
)
from rulewright.infer import COMMON_NAMES, Reasoner, names_of
from rulewright.language.operators.equality import IS
from rulewright.lint.magnitude import check_magnitudes
from rulewright.model.conditions import Comparison, FieldOf, Literal
from rulewright.model.facts import Case, Fact
from rulewright.model.outcomes import CaseResult
from rulewright.model.rulebook import Rulebook
from rulewright.model.values import Known
from rulewright.parse.rulebook import parse_rulebook
from strategies import books, read
from test_agreement import told

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent
DAY = date(2024, 1, 31)

# --- building ---------------------------------------------------------------------------------------------------------


def book(fields: dict[str, str], rules: dict[str, str], more: str = "") -> Rulebook:
    """A rulebook about one kind, `k`; `more` are other kinds."""
    lines = ["rulebook: large", "edition: 2024-01-01", "language: 1", "title: Large", "facts:", "  k:", "    fields:"]
    lines += [f"      {name}: {{{declared}}}" for name, declared in fields.items()]
    lines += [more, "rules:", *(f"  {name}: {{about: k, {rule}}}" for name, rule in rules.items())]
    rulebook, diagnostics = parse_rulebook("\n".join(lines).encode(), "large.yaml")
    assert rulebook is not None, diagnostics
    assert not diagnostics
    return rulebook


def case(name: str, **kinds: list[dict[str, Known]]) -> Case:
    return Case(
        name,
        DAY,
        {
            kind: tuple(Fact(kind, f"{kind}{number}", values) for number, values in enumerate(facts))
            for kind, facts in kinds.items()
        },
    )


def random_facts(rulebook: Rulebook, seed: int) -> dict[str, Known]:
    draw = Random(seed)
    values: dict[str, Known] = {}
    for field in rulebook.kinds["k"].fields.values():
        if field.may_be_given and draw.random() < 0.9:
            values[field.name] = draw.random() < 0.5 if field.type.value == "yes/no" else draw.randrange(12)
    return values


def agreed(rulebook: Rulebook, *cases: Case) -> list[CaseResult]:
    """The results of the engine, which are those of the reference, of a program inside the envelope."""
    program = compile_rulebook(rulebook)
    check_envelope(program)
    results = engine_of(rulebook).evaluate(cases)
    assert [told(result) for result in results] == [told(evaluate(rulebook, one)) for one in cases]
    return results


# --- the envelope of durable-rules ------------------------------------------------------------------------------------


def inferences(program: Program) -> Iterator[Inference]:
    for level in program.levels:
        yield from level.inferences.values()


def check_envelope(program: Program) -> None:
    for inference in inferences(program):
        known = {test.property for test in inference.observed} | {prior.property for prior in inference.prior}
        read: set[str] = set()
        assert len({partition.name for partition in inference.partitions}) == len(inference.partitions)
        for partition in inference.partitions:
            assert 1 <= len(partition.reactions) <= MAXIMUM_REACTIONS == 48
            assert len(partition.properties) <= MAXIMUM_PROPERTIES == 96
            properties, values = names_of(partition)
            hashes = [fnv_1a(name) for name in (*COMMON_NAMES, *properties.values(), *values.values())]
            assert len(set(hashes)) == len(hashes)
            reads = {name for reaction in partition.reactions for name, _ in reaction.when}
            sets = {name for reaction in partition.reactions for name, _ in reaction.then}
            assert reads == set(partition.properties)
            # what a page reads is settled before it, and nothing sets it any more
            assert reads <= known
            read |= reads
            assert not sets & read
            known |= sets
            for reaction in partition.reactions:
                assert reaction.then
                assert len({name for name, _ in reaction.when}) == len(reaction.when)


@given(books())
def test_every_program_stays_inside_the_envelope(drawn: dict[str, object]) -> None:
    check_envelope(compile_rulebook(read(drawn)))


@pytest.mark.parametrize("path", sorted((ROOT / "rulebook").glob("*/????-??-??.yaml")), ids=lambda path: path.stem)
def test_the_rulebooks_that_come_with_the_program_stay_inside_the_envelope(path: Path) -> None:
    rulebook, _ = parse_rulebook(path.read_bytes(), path.name)
    assert rulebook is not None
    check_envelope(compile_rulebook(rulebook))


def fnv_1a(text: str) -> int:
    """The 32-bit FNV-1a hash of a text: durable-rules takes texts of which it is the same for the same."""
    value = 2166136261
    for byte in text.encode():
        value = ((value ^ byte) * 16777619) & 0xFFFFFFFF
    return value


def partition_of(*reactions: Reaction) -> Partition:
    return Partition("page", tuple(dict.fromkeys(name for each in reactions for name, _ in each.when)), reactions)


def inference_of(partition: Partition) -> Inference:
    """An inference of one page, all of whose properties are observed."""
    tests = [Comparison(FieldOf((name,)), IS, Literal(True)) for name in partition.properties]
    observed = tuple(ObservedTest(name, test, (None,)) for name, test in zip(partition.properties, tests, strict=True))
    return Inference("one", "k", observed, (), (partition,), {}, {}, None)


@pytest.mark.parametrize(
    ("one", "other"), [("costarring", "liquid"), ("declinate", "macallums"), ("altarage", "zinke")]
)
def test_properties_that_hash_alike_are_not_taken_for_each_other(one: str, other: str) -> None:
    assert fnv_1a(one) == fnv_1a(other)
    partition = partition_of(*(Reaction(name, ((name, "t"),), ((f"{name}-seen", "t"),)) for name in (one, other)))
    reasoner = Reasoner(inference_of(partition))
    for situation in ("tf", "ft", "tu", "ut"):
        values = reasoner.infer(situation)
        seen = {name for name in partition.properties if values[reasoner.places[f"{name}-seen"]] == "t"}
        assert seen == {name for name, letter in zip(partition.properties, situation, strict=True) if letter == "t"}


def test_the_largest_page_answers_as_its_reactions_say() -> None:
    draw = Random(3)
    names = [f"x{number}" for number in range(MAXIMUM_PROPERTIES)]
    reactions = []
    for number in range(MAXIMUM_REACTIONS):
        read = [*names[2 * number : 2 * number + 2], *draw.sample(names, 3)]
        when = tuple((name, draw.choice("tfu")) for name in dict.fromkeys(read))
        reactions.append(Reaction(f"y{number}", when, ((f"y{number}", "t"),)))
    partition = partition_of(*reactions)
    reasoner = Reasoner(inference_of(partition))
    for _ in range(300):
        common = draw.choice("tfu")
        situation = {name: common if draw.random() < 0.8 else draw.choice("tfu-") for name in partition.properties}
        values = reasoner.infer("".join(situation.values()))
        truths = {name: letter.replace("-", "u") for name, letter in situation.items()}
        for reaction in reactions:
            holds = all(truths[name] == value for name, value in reaction.when)
            assert values[reasoner.places[reaction.name]] == ("t" if holds else "u")


def test_what_is_remembered_is_bounded_and_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    fields = {f"y{number}": "type: yes/no" for number in range(9)}
    rules = {f"r{n}": f"require: {{any: [{{y{n}: yes}}, {{y{(n + 1) % 9}: no}}]}}" for n in range(9)}
    rulebook = book(fields, rules)
    cases = [case(f"case {seed}", k=[random_facts(rulebook, seed % 40)]) for seed in range(120)]
    asked: list[str] = []
    ask = infer.durable.assert_fact

    def assert_fact(handle: object, message: str) -> object:
        asked.append(message)
        return ask(handle, message)

    monkeypatch.setattr(infer.durable, "assert_fact", assert_fact)
    remembered = engine_of(rulebook).evaluate(cases)
    once = len(asked)
    monkeypatch.setattr(infer, "_MAXIMUM_CACHED", 3)
    forgotten = engine_of(rulebook).evaluate(cases)
    assert len(asked) - once > once
    assert [told(result) for result in remembered] == [told(result) for result in forgotten]
    assert [told(result) for result in remembered] == [told(evaluate(rulebook, one)) for one in cases]


@pytest.mark.skipif(sys.platform == "win32", reason="there is no measure of memory")
def test_memory_does_not_grow_with_sessions(monkeypatch: pytest.MonkeyPatch) -> None:
    resource = pytest.importorskip("resource")
    monkeypatch.setattr(infer, "_MAXIMUM_CACHED", 10)
    fields = {f"y{number}": "type: yes/no" for number in range(12)}
    rules = {f"r{number}": f"require: {{any: [{{y{number}: yes}}, {{y{number - 1}: no}}]}}" for number in range(1, 12)}
    (inference,) = inferences(compile_rulebook(book(fields, rules)))
    reasoner = Reasoner(inference)
    draw = Random(1)

    def peak_after(sessions: int) -> int:
        for _ in range(sessions):
            reasoner.infer("".join(draw.choice("tfu-") for _ in inference.observed))
        peak: int = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak // (1024 if sys.platform == "darwin" else 1)

    warm = peak_after(1_000)
    assert peak_after(20_000) - warm < 4_096, "kilobytes"


# --- sizes ------------------------------------------------------------------------------------------------------------


def test_two_thousand_rules_about_one_kind() -> None:
    fields = {f"n{number}": "type: whole number" for number in range(150)}
    fields |= {f"y{number}": "type: yes/no" for number in range(50)}
    rules = {
        f"r{number}": f"applies: {{y{number % 50}: {'yes' if number % 3 else 'no'}}}, "
        f"require: {{any: [{{n{number % 150}: {{at_least: {number // 150}}}}}, {{y{number * 7 % 50}: yes}}]}}"
        for number in range(2_000)
    }
    rulebook = book(fields, rules)
    cases = [case(f"case {seed}", k=[random_facts(rulebook, seed)]) for seed in range(3)]
    agreed(rulebook, *cases, case("nothing known", k=[{}]))


@pytest.mark.parametrize("word", ["all", "any"])
def test_five_hundred_parts(word: str) -> None:
    fields = {f"y{number}": "type: yes/no" for number in range(500)}
    parts = ", ".join(f"{{y{number}: yes}}" for number in range(500))
    rulebook = book(fields, {"every": f"require: {{{word}: [{parts}]}}"})
    alike: dict[str, Known] = dict.fromkeys(fields, word == "all")
    facts = [alike, {**alike, "y499": word != "all"}, {**alike, "y250": word != "all"}, {}]
    facts += [{name: value for name, value in alike.items() if name != "y77"}]
    agreed(rulebook, case("parts", k=facts))


@pytest.mark.parametrize("given", ["no", "yes"])
def test_a_chain_of_three_hundred_conclusions(given: str) -> None:
    length = 300
    fields = {f"f{number}": f"type: yes/no, may_be_given: {given if number else 'yes'}" for number in range(length + 1)}
    rules = {f"r{number}": f"when: {{f{number}: yes}}, conclude: {{f{number + 1}: yes}}" for number in range(length)}
    rulebook = book(fields, {**rules, "end": f"require: {{f{length}: yes}}"})
    facts: list[dict[str, Known]] = [{"f0": True}, {"f0": False}, {}]
    if given == "yes":
        facts += [{"f150": True}, {"f150": False}, {"f0": False, "f100": True}]
    (result,) = agreed(rulebook, case("chain", k=facts))
    assert [subject.outcomes["end"].value for subject in result.subjects][:3] == ["met", "unknown", "unknown"]
    contradicted = case("contradicted", k=[{"f0": True, "f150": False}])
    if given == "yes":
        assert agreed(rulebook, contradicted)[0].errors


def test_a_chain_of_three_hundred_computed_fields() -> None:
    fields = {"c0": "type: whole number"}
    fields |= {f"c{n}": f"type: whole number, computed: {{plus: [c{n - 1}, 1]}}" for n in range(1, 301)}
    rulebook = book(fields, {"end": "require: {c300: {at_least: 303}}"})
    (result,) = agreed(rulebook, case("chain", k=[{"c0": 3}, {"c0": 2}, {}]))
    assert [subject.values["c300"] for subject in result.subjects][:2] == [303, 302]


def test_a_chain_of_three_hundred_outcomes() -> None:
    rules = {"r0": "require: {y: yes}"}
    words = ("met", "violated")
    rules |= {f"r{n}": f"require: {{outcome: {{r{n - 1}: {words[n % 2]}}}}}" for n in range(1, 300)}
    agreed(book({"y": "type: yes/no"}, rules), case("chain", k=[{"y": True}, {"y": False}, {}]))


def test_three_hundred_rules_that_conclude_one_field() -> None:
    rules = {
        f"r{number}": f"when: {{w: {number % 100}}}, conclude: {{d: {number % 100 + number // 200}}}"
        for number in range(300)
    }
    rulebook = book(
        {"w": "type: whole number", "d": "type: whole number"},
        {**rules, "end": "require: {d: {at_least: 50}}", "told": "when: {d: {known: no}}, advise: told"},
    )
    facts: list[dict[str, Known]] = [{"w": 50}, {"w": 49}, {"w": 100}, {}, {"w": 99}]
    for number, one in enumerate(facts):
        agreed(rulebook, case(f"case {number}", k=[one]))
        agreed(rulebook, case(f"case {number} stated", k=[{**one, "d": 51}]))


def test_three_hundred_counts_and_sums_of_related_facts() -> None:
    more = "  m:\n    fields:\n      owner: {type: reference, to: k}\n      w: {type: whole number}\n"
    rules = {
        f"c{n}": f"require: {{count: {{of: m, where: {{w: {{at_least: {n}}}}}, at_least: 2}}}}" for n in range(200)
    }
    rules |= {f"s{n}": f"require: {{sum: {{field: w, of: m, where: {{w: {n}}}, at_least: 2}}}}" for n in range(100)}
    related: list[dict[str, Known]] = [{"owner": f"k{n % 2}", "w": n} for n in range(40)]
    rulebook = book({"y": "type: yes/no"}, rules, more)
    agreed(rulebook, case("sure", k=[{}, {}, {}], m=related), case("unsure", k=[{}], m=[*related[:20], {"w": 3}]))


def test_thirty_references() -> None:
    fields = {f"r{number}": "type: reference, to: k" for number in range(30)} | {"w": "type: whole number"}
    rules = {f"a{n}": f"require: {{r{n}.r{29 - n}.w: {{at_least: {n}}}}}" for n in range(30)}
    draw = Random(2)
    facts: list[dict[str, Known]] = [
        {**{f"r{n}": f"k{draw.randrange(7)}" for n in range(30)}, "w": number * 6} for number in range(6)
    ]
    agreed(book(fields, rules), case("references", k=facts))


def test_a_table_of_five_thousand_rows_and_a_list_as_long() -> None:
    rows = "\n".join(f"      x{number}: {{c: {number}}}" for number in range(5_000))
    words = ", ".join(f"X{number}" for number in range(0, 10_000, 2))
    table = f"tables:\n  t:\n    about: k\n    by: b\n    columns: {{c: {{type: whole number}}}}\n    rows:\n{rows}\n"
    parameter = f"parameters:\n  p: {{type: text, value: [{words}]}}\n"
    rules = {
        "cell": "require: {c: {at_least: 4000}}",
        "in": "require: {b: {in: {parameter: p}}}",
        "like": "require: {b: {in: {parameter: p}, ignore_case: yes}}",
    }
    rulebook = book({"b": "type: text"}, rules, table + parameter)
    agreed(rulebook, case("long", k=[{"b": "x4999"}, {"b": "x3998"}, {"b": "X4000"}, {"b": "nothing"}, {}]))


def test_more_signatures_than_are_cached(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rulewright.evaluate.durable.MAXIMUM_LENGTH", 40)
    fields = {f"n{number}": "type: whole number" for number in range(5)}
    rulebook = book(fields, {f"r{n}": f"require: {{n{n}: {{at_least: {n}}}}}" for n in range(5)})
    agreed(rulebook, *(case(f"case {seed}", k=[random_facts(rulebook, seed)]) for seed in range(60)))


# --- large numbers ----------------------------------------------------------------------------------------------------


def doubled(times: int) -> Rulebook:
    fields = {"c0": "type: decimal"}
    fields |= {f"c{n}": f"type: decimal, computed: {{plus: [c{n - 1}, c{n - 1}]}}" for n in range(1, times + 1)}
    return book(fields, {"end": f"require: {{c{times}: {{more_than: {{minus: [c{times}, 0.000000001]}}}}}}"})


def too_large(rulebook: Rulebook) -> list[Diagnostic]:
    return list(check_magnitudes(rulebook))


def test_the_greatest_numbers_that_are_taken_are_calculated_exactly() -> None:
    rulebook = doubled(43)
    assert not too_large(rulebook)
    facts: list[dict[str, Known]] = [{"c0": Decimal("999999999999999")}, {"c0": Decimal("-0.000000001")}]
    (result,) = agreed(rulebook, case("large", k=facts))
    assert result.subjects[0].values["c43"] == 999_999_999_999_999 * 2**43


def test_numbers_that_could_become_larger_are_refused() -> None:
    (refused,) = too_large(doubled(60))
    assert refused.code == "R033"
    assert refused.span is not None


@pytest.mark.parametrize(("bounds", "codes"), [("", ["R033"]), (", minimum: 0, maximum: 1000000", [])])
def test_bounds_of_a_field_are_taken_into_account(bounds: str, codes: list[str]) -> None:
    kinds = [
        f"  {kind}:\n    fields: {{owner: {{type: reference, to: {owner}}}, w: {{type: decimal{declared}}}}}\n"
        for kind, owner, declared in (
            ("m", "k", ", computed: {sum: {field: w, of: n}}"),
            ("n", "m", ", computed: {sum: {field: w, of: o}}"),
            ("o", "n", bounds),
        )
    ]
    rules = {"end": "require: {sum: {field: w, of: m, at_least: 1}}"}
    assert [refused.code for refused in too_large(book({"y": "type: yes/no"}, rules, "".join(kinds)))] == codes
