"""The answers of `fix` against trying every change, on small random rulebooks: sound, cheapest, and none left out."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import combinations, product
from math import prod
from typing import Any

import pytest
from hypothesis import assume, event, given, settings, strategies as st

from evaluating import evaluate
from rulewright import Outcome, Verdict
from rulewright.compile.compiler import compile_rulebook
from rulewright.diagnostics import has_errors
from rulewright.engines import PLAIN, Judge
from rulewright.fix.boxes import Boxes
from rulewright.fix.fixes import Limits, find_fixes
from rulewright.fix.influence import Influence, outcome_item
from rulewright.fix.minimal import MinimalSets
from rulewright.fix.variables import FactKey, Offsets, Picks, Variable, changed, variables_of
from rulewright.model.facts import Case
from rulewright.model.fixes import FactChange, Fixes, Part
from rulewright.model.outcomes import CaseResult
from rulewright.model.rulebook import Changes as HowToChange, Direction, Field, Rulebook
from rulewright.model.values import FieldType, Known
from rulewright.parse.rulebook import parse_rulebook
from rulewright.read.cases import read_case
from rulewright.read.documents import read_documents
from rulewright.semantics.exact_interpreter import ExactInterpreter
from rulewright.semantics.reading import Reading

pytestmark = pytest.mark.slow

#: So many assignments are tried for one case.
MOST = 500
EXAMPLES = max(12, settings.default.max_examples // 3)
LIMITS = Limits(changes=10, answers=1_000, work=1_000_000)
WHOLES = (0, 1, 2, 3)

Subject = tuple[str, str]
Changes = Mapping[FactKey, Known]


# --- random rulebooks ---


@st.composite
def rulebooks(draw: st.DrawFn) -> str:
    """A rulebook about parts and cars: verdicts referred to, derived values, prices by step, fields that are fixed."""

    def one_of(*options: str) -> str:
        return draw(st.sampled_from(options))

    def whole() -> str:
        how = one_of("step", "step", "way", "way", "no", "silent")
        if how == "no":
            return "changeable: no"
        if how == "silent":
            return "label: number"
        ways = one_of("", "direction: up, ", "direction: down, ")
        price = one_of("0", "1", "2.5", "5") if how == "step" else "0"
        return f"changes: {{{ways}cost: {one_of('0', '1', '1', '2', '3')}, cost_per_step: {price}}}"

    def other(to: str) -> str:
        return one_of(
            "changes: {}", "changeable: no", "label: other", f"changes: {{to: {to}, cost: {one_of('1', '2')}}}"
        )

    def part_test() -> str:
        number = one_of("0", "1", "2", "3")
        return one_of(
            f"{{n: {{at_least: {number}}}}}",
            f"{{n: {{at_most: {number}}}}}",
            f"{{m: {{at_least: {number}}}}}",
            "{n: {is: {field: m}}}",
            "{n: {is: {field: m}}}",
            "{n: {at_most: {field: m}}}",
            f"{{total: {{at_least: {number}}}}}",
            f"{{total: {{at_most: {number}}}}}",
            "{clean: yes}",
            "{clean: no}",
            "{tone: {in: [x, y]}}",
            "{tone: {is_not: x}}",
            "{grade: high}",
            "{tested: {known: yes}}",
            "{total: {known: yes}}",
            "{tested: yes}",
        )

    def car_test() -> str:
        number = one_of("0", "1", "2")
        return one_of(
            "{part.verdict: ready}",
            "{part.verdict: ready}",
            "{part.verdict: {is_not: not_ready}}",
            f"{{part.n: {{at_least: {number}}}}}",
            "{part.grade: high}",
            "{k: {at_least: {field: part.n}}}",
            f"{{k: {{at_most: {number}}}}}",
            "{k: {known: yes}}",
            f"{{count: {{of: wheel, where: {{round: yes}}, at_least: {number}}}}}",
            "{every: {of: wheel, where: {round: yes}}}".replace("every", "all"),
        )

    def condition(test: Any, depth: int = 0) -> str:
        kind = one_of("test", "test", "any", "all", "not") if depth < 2 else "test"
        if kind == "test":
            return str(test())
        if kind == "not":
            return f"{{not: {condition(test, depth + 1)}}}"
        return f"{{{kind}: [{condition(test, depth + 1)}, {condition(test, depth + 1)}]}}"

    rules = [
        f"  rule-{number}: {{about: {about}, {applies}require: {condition(test)}, source: {{document: d}}}}"
        for number, (about, test) in enumerate(
            [("part", part_test)] * draw(st.integers(1, 2)) + [("car", car_test)] * draw(st.integers(1, 2))
        )
        for applies in [f"applies: {condition(test)}, " if draw(st.integers(0, 3)) == 0 else ""]
    ]
    return f"""rulebook: drawn
edition: 2024-01-01
language: 1
title: Drawn
documents: {{d: {{title: D}}}}
facts:
  part:
    fields:
      n: {{type: whole number, minimum: 0, maximum: 3, {whole()}}}
      m: {{type: whole number, minimum: 0, maximum: 3, {whole()}}}
      clean: {{type: yes/no, {other("yes")}}}
      tone: {{type: choice, of: [x, y, z], {other("[y, z]")}}}
      tested: {{type: yes/no, changeable: no}}
      total: {{type: whole number, computed: {{plus: [n, m]}}}}
      grade: {{type: choice, of: [high, low], may_be_given: no}}
  car:
    fields:
      part: {{type: reference, to: part, {one_of("changeable: no", "changes: {cost: 1}")}}}
      k: {{type: whole number, minimum: 0, maximum: 3, {whole()}}}
  wheel:
    fields:
      car: {{type: reference, to: car, {one_of("changeable: no", "changes: {cost: 2}")}}}
      round: {{type: yes/no, {other("yes")}}}
rules:
  grade-high: {{about: part, when: {{n: {{at_least: 2}}}}, conclude: {{grade: high}}, source: {{document: d}}}}
  grade-low: {{about: part, when: {{n: {{at_most: 1}}}}, conclude: {{grade: low}}, source: {{document: d}}}}
{chr(10).join(rules)}
"""


@st.composite
def case_texts(draw: st.DrawFn) -> str:
    """Parts, cars and wheels, some facts of which are missing."""

    def facts(kind: str, number: int, fields: Mapping[str, Sequence[str]]) -> str:
        lines = []
        for position in range(number):
            stated = [f"ref: {kind}-{position}"]
            for name, options in fields.items():
                if draw(st.integers(0, 4)):
                    stated.append(f"{name}: {draw(st.sampled_from(options))}")
            lines.append(f"  - {{{', '.join(stated)}}}\n")
        return f"{kind}:\n{''.join(lines)}" if lines else ""

    parts, cars = draw(st.integers(1, 2)), draw(st.integers(1, 2))
    numbers = tuple(map(str, WHOLES))
    text = facts("part", parts, {
        "n": numbers, "m": numbers, "clean": ("yes", "no"), "tone": ("x", "y", "z"), "tested": ("yes", "no"),
    })  # fmt: skip
    text += facts("car", cars, {"part": [f"part-{one}" for one in range(parts)], "k": numbers})
    text += facts("wheel", draw(st.integers(0, 2)), {
        "car": [f"car-{one}" for one in range(cars)], "round": ("yes", "no"),
    })  # fmt: skip
    return text


def read_rulebook(text: str) -> Rulebook:
    rulebook, diagnostics = parse_rulebook(text.encode(), "drawn.yaml")
    assert rulebook is not None and not has_errors(diagnostics), diagnostics
    return rulebook


@st.composite
def drawn(draw: st.DrawFn) -> tuple[Rulebook, Case]:
    """A rulebook and a case that is not ready, with few enough changes to try them all."""
    rulebook = read_rulebook(draw(rulebooks()))
    documents, _ = read_documents(draw(case_texts()).encode(), "case.yaml")
    case, wrong = read_case(documents[0], rulebook, rulebook.edition)
    assert case is not None, wrong
    assume(evaluate(rulebook, case).verdict is Verdict.NOT_READY)
    assume(prod(1 + len(found) for found in allowed(rulebook, case).values()) <= MOST)
    return rulebook, case


# --- trying everything ---


def values(case: Case, key: FactKey, field: Field, how: HowToChange) -> Iterator[Known]:
    """The other values that a stated fact can be changed to."""
    before = value_before(case, key)
    pool: Sequence[Known]
    match field.type:
        case FieldType.WHOLE_NUMBER:
            pool = WHOLES
        case FieldType.YES_NO:
            pool = how.to or (True, False)
        case FieldType.CHOICE:
            pool = how.to or tuple(field.choices)
        case _:
            pool = [fact.ref for fact in case.facts.get(field.refers_to or "", ())]
    for value in pool:
        up = field.type is FieldType.WHOLE_NUMBER and value > before  # type: ignore[operator]
        if value == before or (how.direction is Direction.UP and not up) or (how.direction is Direction.DOWN and up):
            continue
        yield value


def value_before(case: Case, key: FactKey) -> Known | None:
    return next(fact for fact in case.facts[key.kind] if fact.ref == key.ref).values.get(key.field)


def stated(case: Case) -> list[FactKey]:
    return [
        FactKey(fact.kind, fact.ref, name) for facts in case.facts.values() for fact in facts for name in fact.values
    ]


def field_of(rulebook: Rulebook, key: FactKey) -> Field:
    return rulebook.kinds[key.kind].fields[key.field]


def allowed(rulebook: Rulebook, case: Case) -> dict[FactKey, list[Known]]:
    """The values that each fact can be changed to as the rulebook says, and those that missing facts are tried with."""
    found = {}
    for key in stated(case):
        how = field_of(rulebook, key).changes
        found[key] = [] if how is None else list(values(case, key, field_of(rulebook, key), how))
    for key, variable in variables_of(rulebook, case).items():
        if not variable.is_stated:
            found[key] = list(variable.options)
    return {key: values for key, values in found.items() if values}


def freely(rulebook: Rulebook, case: Case) -> dict[FactKey, list[Known]]:
    """The values of their types, whatever the rulebook says of changes."""
    found = allowed(rulebook, case)
    for key in stated(case):
        found[key] = list(values(case, key, field_of(rulebook, key), HowToChange()))
    return found


def assignments(options: Mapping[FactKey, Sequence[Known]]) -> Iterator[dict[FactKey, Known]]:
    for chosen in product(*([None, *values] for values in options.values())):
        yield {key: value for key, value in zip(options, chosen, strict=True) if value is not None}


RANK = {Outcome.VIOLATED: 0, Outcome.UNKNOWN: 1, Outcome.MET: 2, Outcome.NOT_APPLICABLE: 2}


def is_good(
    rulebook: Rulebook,
    before: CaseResult,
    after: CaseResult,
    targets: Collection[Subject],
    *,
    keeping_known: bool = False,
) -> bool:
    """Whether no requirement of the targets is violated, and none of another subject is newly violated.

    With `keeping_known`, none of another subject that was met or not applicable is unknown either.
    """
    for was, now in zip(before.subjects, after.subjects, strict=True):
        for rule in rulebook.rules_about(was.kind):
            if not rule.decides:
                continue
            rank = RANK[was.outcomes[rule.name]]
            least = 1 if (was.kind, was.ref) in targets else rank if keeping_known else min(rank, 1)
            if RANK[now.outcomes[rule.name]] < least:
                return False
        if was.verdict is not Verdict.NOT_APPLICABLE and now.verdict is Verdict.NOT_APPLICABLE:
            return False
    return True


def all_good(
    rulebook: Rulebook,
    case: Case,
    options: Mapping[FactKey, Sequence[Known]],
    targets: Collection[Subject],
    *,
    keeping_known: bool = False,
) -> list[tuple[Changes, Verdict]]:
    """All changes after which the targets have no blocker, with the worst verdict of a target."""
    before = evaluate(rulebook, case)
    found = []
    for changes in assignments(options):
        after = evaluate(rulebook, changed(case, changes))
        if is_good(rulebook, before, after, targets, keeping_known=keeping_known):
            verdicts = {one.verdict for one in after.subjects if (one.kind, one.ref) in targets}
            unsure = Verdict.NEEDS_INFORMATION in verdicts
            found.append((changes, Verdict.NEEDS_INFORMATION if unsure else Verdict.READY))
    return found


def cost(rulebook: Rulebook, case: Case, changes: Changes) -> Decimal:
    total = Decimal(0)
    for key, value in changes.items():
        before, how = value_before(case, key), field_of(rulebook, key).changes
        if before is None or how is None:
            continue
        steps = abs(value - before) if field_of(rulebook, key).type is FieldType.WHOLE_NUMBER else 0  # type: ignore[operator]
        total += Decimal(how.cost) + Decimal(how.cost_per_step) * steps
    return total


def way(rulebook: Rulebook, case: Case, changes: Changes) -> frozenset[tuple[FactKey, object]]:
    """The way in which changes go: up or down, or to which value without an order."""
    found: set[tuple[FactKey, object]] = set()
    for key, value in changes.items():
        before = value_before(case, key)
        numeric = before is not None and field_of(rulebook, key).type is FieldType.WHOLE_NUMBER
        found.add((key, value > before if numeric else value))  # type: ignore[operator]
    return frozenset(found)


def expected_costs(
    rulebook: Rulebook, case: Case, good: Sequence[tuple[Changes, Verdict]]
) -> dict[frozenset[tuple[FactKey, object]], Decimal]:
    """The least cost of each way that no smaller set of changes undercuts."""
    least: dict[frozenset[FactKey], Decimal] = {}
    ways: dict[frozenset[tuple[FactKey, object]], Decimal] = {}
    for changes, _ in good:
        price = cost(rulebook, case, changes)
        least[frozenset(changes)] = min(price, least.get(frozenset(changes), price))
        key = way(rulebook, case, changes)
        ways[key] = min(price, ways.get(key, price))
    return {
        one: price
        for one, price in ways.items()
        if not any(other < frozenset(key for key, _ in one) and dear <= price for other, dear in least.items())
    }


# --- reading answers ---


def key_of(change: FactChange) -> FactKey:
    return FactKey(change.subject.kind, change.subject.ref, change.field)


def shown(part: Part) -> Iterator[tuple[Changes, Decimal, Verdict]]:
    """The answers of a part, each alternative by itself."""
    for answer in part.answers:
        after = {key_of(change): change.after for change in answer.changes}
        yield after, answer.cost, answer.verdict  # type: ignore[misc]
        for change in answer.changes:
            for value in change.alternatives:
                yield {**after, key_of(change): value}, answer.cost, answer.verdict  # type: ignore[misc]


def targets_of(part: Part) -> set[Subject]:
    return {(one.kind, one.ref) for one in part.subjects}


def fixes_of(rulebook: Rulebook, case: Case, engine: str = PLAIN, limits: Limits = LIMITS) -> Fixes:
    judge = Judge(compile_rulebook(rulebook), engine)
    return find_fixes(judge, case, judge.judge([case])[0], limits)


# --- the tests ---


@settings(max_examples=EXAMPLES)
@given(drawn())
def test_answers_are_those_that_trying_everything_finds(found: tuple[Rulebook, Case]) -> None:
    rulebook, case = found
    fixes = fixes_of(rulebook, case)
    result = evaluate(rulebook, case)
    not_ready = {(one.kind, one.ref) for one in result.subjects if one.verdict is Verdict.NOT_READY}
    assert {subject for part in fixes.parts for subject in targets_of(part)} == not_ready
    for part in fixes.parts:
        options = allowed(rulebook, case)
        keeping = all_good(rulebook, case, options, targets_of(part), keeping_known=True)
        good = keeping or all_good(rulebook, case, options, targets_of(part))
        event("answers" if good else "no answer")
        assert bool(part.answers) == bool(good)
        assert part.is_impossible == (not good)
        if not good:
            assert part.obstacles or part.unsolvable
            continue
        assert not part.limits
        verdicts = {frozenset(changes.items()): verdict for changes, verdict in good}
        costs = expected_costs(rulebook, case, good)
        answers = {}
        for changes, price, verdict in shown(part):
            assert verdicts[frozenset(changes.items())] is verdict
            assert cost(rulebook, case, changes) == price
            answers[way(rulebook, case, changes)] = price
        assert answers.items() <= costs.items()
        # an answer is left out only if the same facts lead to ready at no higher cost
        sure = {
            frozenset(key_of(one) for one in answer.changes)
            for answer in part.answers
            if answer.verdict is Verdict.READY
        }
        for missed in costs.keys() - answers.keys():
            assert frozenset(key for key, _ in missed) in sure
        assert part.answers[0].cost == min(costs.values())
        assert [answer.cost for answer in part.answers] == sorted(answer.cost for answer in part.answers)


@settings(max_examples=EXAMPLES)
@given(drawn())
def test_reasons_are_those_that_trying_everything_finds(found: tuple[Rulebook, Case]) -> None:
    rulebook, case = found
    every = freely(rulebook, case)
    assume(prod(1 + len(values) for values in every.values()) <= 20 * MOST)
    fixes = fixes_of(rulebook, case)
    hopeless = [part for part in fixes.parts if part.is_impossible]
    assume(hopeless)
    can = {key: set(values) for key, values in allowed(rulebook, case).items()}
    for part in hopeless:
        results = [(changes, evaluate(rulebook, changed(case, changes))) for changes in assignments(every)]
        before, targets = evaluate(rulebook, case), targets_of(part)
        unmet = {(one.rule.rule, one.rule.subject.kind, one.rule.subject.ref) for one in part.unsolvable}
        keeping = [one for one, after in results if is_good(rulebook, before, after, targets, keeping_known=True)]
        good = keeping or [one for one, after in results if is_good(rulebook, before, after, targets)]
        event("unsolvable" if part.unsolvable else "obstacles")
        assert bool(part.unsolvable) == (not good)
        for one in part.unsolvable:
            subject = (one.rule.subject.kind, one.rule.subject.ref)
            met = any(
                after.subject(*subject).outcomes[one.rule.rule] is not Outcome.VIOLATED  # type: ignore[union-attr]
                for _, after in results
            )
            assert met == one.why.startswith("Some values")
        if unmet:
            continue
        needed = {frozenset(key for key, value in changes.items() if value not in can.get(key, ())) for changes in good}
        minimal = {one for one in needed if not any(other < one for other in needed)}
        sets = [
            frozenset(FactKey(one.subject.kind, one.subject.ref, one.field) for one in facts)
            for facts in part.obstacles
        ]
        assert set(sets) <= minimal
        assert 1 <= len(sets) == len(set(sets)) <= 5
        assert set(sets) == minimal or "Other sets of facts may also be enough." in part.limits
        for facts in part.obstacles:
            if all(one.needed is not None for one in facts):
                values = {FactKey(one.subject.kind, one.subject.ref, one.field): one.needed for one in facts}
                after = evaluate(rulebook, changed(case, values))  # type: ignore[arg-type]
                assert is_good(rulebook, before, after, targets, keeping_known=bool(keeping))


@settings(max_examples=EXAMPLES)
@given(drawn())
def test_stating_more_facts_does_not_help_where_no_change_does(found: tuple[Rulebook, Case]) -> None:
    """Missing facts are proposed only where a rule tests whether they are known; anywhere else they cannot help."""
    rulebook, case = found
    options = allowed(rulebook, case)
    missing = [
        FactKey(fact.kind, fact.ref, field.name)
        for facts in case.facts.values()
        for fact in facts
        for field in rulebook.kinds[fact.kind].fields.values()
        if field.may_be_given
        and field.name not in fact.values
        and FactKey(fact.kind, fact.ref, field.name) not in options
    ]
    assume(missing)
    blank = dict.fromkeys(missing, ())
    for key in blank:
        field = field_of(rulebook, key)
        pool: Sequence[Known] = (
            WHOLES if field.type is FieldType.WHOLE_NUMBER else tuple(field.choices) or (True, False)
        )
        if field.refers_to is not None:
            pool = [fact.ref for fact in case.facts.get(field.refers_to, ())]
        options[key] = list(pool)
    assume(prod(1 + len(values) for values in options.values()) <= 4 * MOST)
    for part in fixes_of(rulebook, case).parts:
        if part.is_impossible:
            event("impossible")
            assert not all_good(rulebook, case, options, targets_of(part))


@settings(max_examples=EXAMPLES)
@given(drawn())
def test_the_rest_is_ready_without_what_is_left_out(found: tuple[Rulebook, Case]) -> None:
    rulebook, case = found
    fixes = fixes_of(rulebook, case)
    assume(fixes.leave_out is not None)
    assert fixes.leave_out is not None
    first = {key_of(one): one.after for one in fixes.first}
    gone = {(one.kind, one.ref) for one in fixes.leave_out.subjects}
    after = changed(case, first)  # type: ignore[arg-type]
    kept = {
        kind: rest
        for kind, facts in after.facts.items()
        if (rest := tuple(fact for fact in facts if (fact.kind, fact.ref) not in gone))
    }
    result = evaluate(rulebook, Case(case.name, case.as_of, kept))
    event("left out")
    assert result.verdict is fixes.leave_out.verdict
    assert result.verdict in (Verdict.READY, Verdict.NEEDS_INFORMATION)


@settings(max_examples=EXAMPLES)
@given(drawn(), st.integers(1, 400), st.integers(1, 3))
def test_whatever_is_found_in_few_steps_is_true(found: tuple[Rulebook, Case], work: int, changes: int) -> None:
    rulebook, case = found
    fixes = fixes_of(rulebook, case, limits=Limits(changes=changes, answers=3, work=work))
    for part in fixes.parts:
        good = all_good(rulebook, case, allowed(rulebook, case), targets_of(part))
        assert not (part.is_impossible and good)
        sound = {frozenset(changes.items()): verdict for changes, verdict in good}
        for answer, price, verdict in shown(part):
            assert sound[frozenset(answer.items())] is verdict
            assert cost(rulebook, case, answer) == price
            assert len(answer) <= changes
        if part.answers and part.is_smallest:
            assert part.answers[0].cost == min(cost(rulebook, case, one) for one, _ in good)
        assert part.answers or part.is_impossible or part.limits


@settings(max_examples=max(4, EXAMPLES // 5))
@given(drawn())
def test_both_engines_find_the_same(found: tuple[Rulebook, Case]) -> None:
    rulebook, case = found
    one, other = fixes_of(rulebook, case, "durable"), fixes_of(rulebook, case)
    assert (one.parts, one.first, one.leave_out, one.summary) == (
        other.parts,
        other.first,
        other.leave_out,
        other.summary,
    )


@settings(max_examples=EXAMPLES)
@given(drawn(), st.data())
def test_a_box_leaves_nothing_out(found: tuple[Rulebook, Case], data: st.DataObject) -> None:
    """The outcomes of a point are among the possible outcomes of its box; of a box of one point they are all."""
    rulebook, case = found
    result = evaluate(rulebook, case)
    variables = variables_of(rulebook, case, everything=True)
    index = Judge(compile_rulebook(rulebook), PLAIN).explainer().index
    influence = Influence(index, case, result, variables)
    boxes = Boxes(
        influence,
        Reading(ExactInterpreter(rulebook), case, result),
        influence.behind(list(influence.free_facts)),
        variables,
    )
    for _ in range(4):
        box, point = {}, {}
        for key, variable in variables.items():
            box[key], point[key] = _part(variable, data)
        seen = boxes.evaluate(box)
        assigned = {
            key: variables[key].value(number) for key, number in point.items() if number or variables[key].is_stated
        }
        after = evaluate(rulebook, changed(case, assigned))
        for subject in after.subjects:
            fact = influence.subjects[subject.kind, subject.ref]
            for rule, outcome in subject.outcomes.items():
                possible = seen.outcomes[outcome_item(fact, rule)]
                assert outcome in possible
                if all(choices.is_single for choices in box.values()):
                    assert possible == {outcome}


def _part(variable: Variable, data: st.DataObject) -> tuple[Offsets | Picks, int]:
    choices = variable.choices
    if isinstance(choices, Picks):
        positions = data.draw(st.sets(st.sampled_from(choices.positions), min_size=1, max_size=3))
        return Picks(tuple(sorted(positions))), data.draw(st.sampled_from(sorted(positions)))
    low = data.draw(st.integers(choices.low, choices.high))
    high = data.draw(st.integers(low, choices.high))
    return Offsets(low, high), data.draw(st.integers(low, high))


@given(st.lists(st.frozensets(st.integers(0, 6), min_size=1), max_size=6), st.integers(0, 7))
def test_minimal_sets_are_those_of_all_sets(enough: list[frozenset[int]], most: int) -> None:
    def is_enough(chosen: frozenset[int]) -> bool:
        return any(one <= chosen for one in enough)

    every = [frozenset(chosen) for size in range(8) for chosen in combinations(range(7), size)]
    expected = {one for one in every if is_enough(one) and not any(is_enough(one - {element}) for element in one)}
    sets = MinimalSets(range(7), is_enough, most)
    found = list(sets)
    assert len(found) == len(set(found))
    assert set(found) == {one for one in expected if len(one) <= most}
    assert [len(one) for one in found] == sorted(len(one) for one in found)
    assert not (sets.is_complete and len(found) < len(expected))
