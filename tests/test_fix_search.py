"""The answers of `fix` are those that trying everything finds, on small rulebooks: no fewer, no more, none dearer."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from copy import deepcopy
from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations, product
from math import prod
from typing import Any

from hypothesis import assume, event, given, settings
from hypothesis import strategies as st

from rulewright.compile.compiler import compile_rulebook
from rulewright.engines import REFERENCE, Judge
from rulewright.fix.boxes import Boxes
from rulewright.fix.fixes import Limits, find_fixes
from rulewright.fix.influence import Influence, outcome_item
from rulewright.fix.minimal import minimal_sets
from rulewright.fix.variables import FactKey, Offsets, Picks, Variable, changed, variables_of
from rulewright.model.facts import Case
from rulewright.model.fixes import FactChange, Fixes, Part
from rulewright.model.outcomes import CaseResult, Outcome, Verdict
from rulewright.model.rulebook import Direction, Rulebook
from rulewright.model.values import FieldType, Known
from rulewright.reference import Reading, evaluate
from strategies import (
    CHOICE,
    DATE,
    DECIMAL,
    REFS,
    TEXT,
    WHOLE,
    YES_NO,
    Drawer,
    Plain,
    books,
    cases_of,
    read,
)
from strategies import REFERENCE as REFERENCES

DAYS = [date(2024, 1, 30) + timedelta(days=number) for number in range(4)]
TEXTS = ["a", "A", "b"]
#: Small enough to try everything.
POOLS: Mapping[FieldType, Sequence[Known]] = {
    TEXT: TEXTS,
    YES_NO: [True, False],
    WHOLE: [0, 1, 2, 3],
    DECIMAL: [Decimal(0), Decimal("0.5"), Decimal(1), Decimal("1.5")],
    DATE: DAYS,
    REFERENCES: REFS,
}
BOUNDS: Mapping[FieldType, tuple[Any, Any]] = {WHOLE: (0, 3), DECIMAL: (0, 1.5), DATE: (DAYS[0], DAYS[-1])}
#: So many assignments are tried for one case.
MOST = 400
#: Each takes its time, as few cases that are drawn are not ready and small.
EXAMPLES = max(4, settings.default.max_examples // 30)
LIMITS = Limits(changes=10, answers=1_000)

Subject = tuple[str, str]
Changes = Mapping[FactKey, Known]


# --- what is drawn ---


def _with_bounds(book: dict[str, Any], drawer: Drawer) -> dict[str, Any]:
    """The rulebook with a few values for each number and date, and with ways to change some fields."""
    written = deepcopy(book)
    for kind in written["facts"].values():
        for field in kind["fields"].values():
            type_ = FieldType(field["type"])
            changes: dict[str, Any] = {"cost": Plain(drawer.pick(["1", "2", "0.5", "0"]))}
            if type_ in BOUNDS:
                field["minimum"], field["maximum"] = map(Plain, BOUNDS[type_])
                changes["direction"] = drawer.pick(["any", "up", "down"])
                changes["cost_per_step"] = Plain(drawer.pick(["0", "1", "0.25"]))
                if type_ is DECIMAL:
                    changes["step"] = Plain("0.5")
            elif type_ is TEXT and drawer.chance(70):
                changes["to"] = drawer.some(TEXTS, 1, 2)
            given_by_default = "no" if "computed" in field else "yes"
            if field.get("may_be_given", given_by_default) == "yes":
                field["changes"] = changes
    return written


def _fixed(book: dict[str, Any], kept: Collection[tuple[str, str]]) -> dict[str, Any]:
    """The rulebook in which only these fields, by kind and name, can be changed."""
    written = deepcopy(book)
    for kind, declared in written["facts"].items():
        for name, field in declared["fields"].items():
            if (kind, name) not in kept:
                field.pop("changes", None)
                field["changeable"] = Plain("no")
    return written


@st.composite
def drawn(draw: Any) -> tuple[Rulebook, Case]:
    """A rulebook and a case that is not ready, with few enough values that can change to try them all."""
    drawer = Drawer(draw)
    book = _with_bounds(draw(books(POOLS)), drawer)
    rulebook = read(book)
    case = draw(cases_of(rulebook, 1, POOLS))[0]
    result = evaluate(rulebook, case)
    assume(result.verdict is Verdict.NOT_READY)
    sizes: dict[tuple[str, str], int] = {}
    for key in stated(rulebook, case):
        field = (key.kind, key.field)
        sizes[field] = sizes.get(field, 1) * (1 + len(list(values(rulebook, case, key))))
    kept: list[tuple[str, str]] = []
    for field in drawer.order(list(sizes)):
        if prod(sizes[one] for one in [*kept, field]) <= MOST:
            kept.append(field)
    return read(_fixed(book, kept)), case


def stated(rulebook: Rulebook, case: Case) -> Iterator[FactKey]:
    for facts in case.facts.values():
        for fact in facts:
            for name in fact.values:
                field = rulebook.kinds[fact.kind].fields[name]
                if field.may_be_given and field.changeable:
                    yield FactKey(fact.kind, fact.ref, name)


# --- trying everything ---


def values(rulebook: Rulebook, case: Case, key: FactKey, *, freely: bool = False) -> Iterator[Known]:
    """The values that a fact can be changed to; any text that is not named is `free 1`, or `free 2`."""
    field = rulebook.kinds[key.kind].fields[key.field]
    before = next(fact for fact in case.facts[key.kind] if fact.ref == key.ref).values[key.field]
    direction = Direction.ANY if freely else field.changes.direction
    pool: Sequence[Known] = POOLS[field.type] if field.type is not CHOICE else list(field.choices)
    if field.type is TEXT:
        pool = [*TEXTS, "B", "free 1", "free 2"] if freely or field.changes.to is None else field.changes.to
    if field.type is REFERENCES:
        pool = [fact.ref for fact in case.facts.get(field.refers_to or "", ())]
    for value in pool:
        if value == before:
            continue
        up = field.type in BOUNDS and value > before  # type: ignore[operator]
        if field.type in BOUNDS and direction is not Direction.ANY and up != (direction is Direction.UP):
            continue
        yield value


def is_good(rulebook: Rulebook, before: CaseResult, after: CaseResult, targets: Collection[Subject]) -> bool:
    """Whether the targets became ready, as far as is known, and no other subject became worse."""
    if after.verdict is None:
        return False
    for was, now in zip(before.subjects, after.subjects, strict=True):
        outcomes = [
            (was.outcomes[rule.name], now.outcomes[rule.name])
            for rule in rulebook.rules_about(was.kind)
            if rule.decides
        ]
        for one, other in outcomes:
            may_stay = one is Outcome.UNKNOWN or (was.kind, was.ref) not in targets
            if other not in (Outcome.MET, Outcome.NOT_APPLICABLE) and not (may_stay and other is one):
                return False
        if was.verdict is not Verdict.NOT_APPLICABLE and now.verdict is Verdict.NOT_APPLICABLE:
            return False
    return True


def everything_good(
    rulebook: Rulebook,
    case: Case,
    keys: Sequence[FactKey],
    targets: Collection[Subject],
    *,
    freely: Collection[FactKey] = (),
) -> list[Changes]:
    """All changes of these facts that make the targets ready."""
    before = evaluate(rulebook, case)
    options = [[None, *values(rulebook, case, key, freely=key in freely)] for key in keys]
    found = []
    for chosen in product(*options):
        changes = {key: value for key, value in zip(keys, chosen, strict=True) if value is not None}
        if is_good(rulebook, before, evaluate(rulebook, changed(case, changes)), targets):
            found.append(changes)
    return found


def minimal(sets: Collection[frozenset[FactKey]]) -> set[frozenset[FactKey]]:
    return {one for one in sets if not any(other < one for other in sets)}


def cost(rulebook: Rulebook, case: Case, changes: Changes) -> Decimal:
    total = Decimal(0)
    for key, value in changes.items():
        field = rulebook.kinds[key.kind].fields[key.field]
        steps = Decimal(0)
        if field.type in BOUNDS:
            pool = list(POOLS[field.type])
            before = next(fact for fact in case.facts[key.kind] if fact.ref == key.ref).values[key.field]
            steps = Decimal(abs(pool.index(value) - pool.index(before)))
        total += Decimal(field.changes.cost) + Decimal(field.changes.cost_per_step) * steps
    return total


def way(rulebook: Rulebook, case: Case, changes: Changes) -> frozenset[tuple[FactKey, object]]:
    """The way in which changes go: up or down, or to which value without an order."""
    found: set[tuple[FactKey, object]] = set()
    for key, value in changes.items():
        before = next(fact for fact in case.facts[key.kind] if fact.ref == key.ref).values[key.field]
        ordered = rulebook.kinds[key.kind].fields[key.field].type in BOUNDS
        found.add((key, value > before if ordered else value))  # type: ignore[operator]
    return frozenset(found)


# --- the tests ---


def key_of(change: FactChange) -> FactKey:
    return FactKey(change.subject.kind, change.subject.ref, change.field)


def has_free_texts(rulebook: Rulebook, keys: Collection[FactKey]) -> bool:
    fields = [rulebook.kinds[key.kind].fields[key.field] for key in keys]
    return any(field.type is TEXT and field.changes.to is None for field in fields)


def told(part: Part) -> dict[frozenset[FactKey], list[tuple[Decimal, Changes]]]:
    """The answers of a part, alternatives each by itself, by the facts that they change."""
    found: dict[frozenset[FactKey], list[tuple[Decimal, Changes]]] = {}
    for answer in part.answers:
        after = {key_of(change): change.after for change in answer.changes}
        for change in answer.changes:
            for value in (change.after, *change.alternatives):
                one = {**after, key_of(change): value}
                if all(value is not None for value in one.values()):
                    group = found.setdefault(frozenset(one), [])
                    if (answer.cost, one) not in group:
                        group.append((answer.cost, one))  # type: ignore[arg-type]
        found.setdefault(frozenset(after), [])
    return found


def fixes_of(rulebook: Rulebook, case: Case, engine: str = REFERENCE) -> Fixes:
    judge = Judge(compile_rulebook(rulebook), engine)
    return find_fixes(judge, case, judge.judge([case])[0], LIMITS)


@settings(max_examples=EXAMPLES)
@given(drawn())
def test_the_answers_are_those_that_trying_everything_finds(found: tuple[Rulebook, Case]) -> None:
    rulebook, case = found
    keys = list(stated(rulebook, case))
    fixes = fixes_of(rulebook, case)
    result = evaluate(rulebook, case)
    not_ready = {(one.kind, one.ref) for one in result.subjects if one.verdict is Verdict.NOT_READY}
    assert {(one.kind, one.ref) for part in fixes.parts for one in part.subjects} == not_ready
    for part in fixes.parts:
        assert not part.limits
        targets = {(one.kind, one.ref) for one in part.subjects}
        good = everything_good(rulebook, case, keys, targets)
        expected = minimal({frozenset(changes) for changes in good})
        event("answers" if expected else "no answer")
        answers = told(part)
        assert set(answers) == expected
        for chosen, shown in answers.items():
            here = [changes for changes in good if frozenset(changes) == chosen]
            costs = {way(rulebook, case, changes): Decimal("Infinity") for changes in here}
            for changes in here:
                key = way(rulebook, case, changes)
                costs[key] = min(costs[key], cost(rulebook, case, changes))
            if has_free_texts(rulebook, chosen):
                continue
            assert {way(rulebook, case, changes): dear for dear, changes in shown} == costs
            assert all(cost(rulebook, case, changes) == dear for dear, changes in shown)
        assert [answer.cost for answer in part.answers] == sorted(answer.cost for answer in part.answers)
        assert bool(part.answers) != bool(part.obstacles or part.unsolvable)
    whole = everything_good(rulebook, case, keys, not_ready)
    apart = any("but not all of them together" in notice for notice in fixes.notices)
    assert bool(whole) == (all(part.answers for part in fixes.parts) and not apart)


@settings(max_examples=EXAMPLES)
@given(drawn())
def test_both_engines_find_the_first_answers_to_be_what_they_are_said_to_be(found: tuple[Rulebook, Case]) -> None:
    rulebook, case = found
    fixes = fixes_of(rulebook, case, "durable")
    assert fixes.parts == fixes_of(rulebook, case).parts
    for part in fixes.parts:
        for answer in part.answers:
            changes = {key_of(one): one.after for one in answer.changes if one.after is not None}
            if len(changes) < len(answer.changes):
                continue
            after = evaluate(rulebook, changed(case, changes))
            for one in part.subjects:
                subject = after.subject(one.kind, one.ref)
                assert subject is not None
                assert subject.verdict in (answer.verdict, Verdict.READY)
                assert subject.verdict in (Verdict.READY, Verdict.NEEDS_INFORMATION)


@settings(max_examples=EXAMPLES)
@given(drawn())
def test_what_stands_in_the_way_is_what_trying_everything_finds(found: tuple[Rulebook, Case]) -> None:
    rulebook, case = found
    fixes = fixes_of(rulebook, case)
    hopeless = [part for part in fixes.parts if not part.answers]
    assume(hopeless)
    # of all that is stated, whether it can be changed or not
    keys = [
        FactKey(fact.kind, fact.ref, name)
        for facts in case.facts.values()
        for fact in facts
        for name in fact.values
        if rulebook.kinds[fact.kind].fields[name].may_be_given
    ]
    assume(prod(1 + len(list(values(rulebook, case, key, freely=True))) for key in keys) <= 3 * MOST)
    changeable = {key: set(values(rulebook, case, key)) for key in stated(rulebook, case)}
    for part in hopeless:
        targets = {(one.kind, one.ref) for one in part.subjects}
        good = everything_good(rulebook, case, keys, targets, freely=keys)
        expected = minimal(
            {
                frozenset(key for key, value in changes.items() if value not in changeable.get(key, ()))
                for changes in good
            }
        )
        event("obstacles" if expected else "unsolvable")
        shown = {
            frozenset(FactKey(one.subject.kind, one.subject.ref, one.field) for one in facts)
            for facts in part.obstacles
        }
        assert shown == expected
        assert bool(part.unsolvable) == (not expected)


@settings(max_examples=EXAMPLES)
@given(drawn(), st.data())
def test_a_box_leaves_nothing_out(found: tuple[Rulebook, Case], data: st.DataObject) -> None:
    """What the reference finds for a point of a box is among what the box may come to; of a single point it is all."""
    rulebook, case = found
    drawer = Drawer(data.draw)
    result = evaluate(rulebook, case)
    variables = variables_of(rulebook, case, everything=True)
    index = Judge(compile_rulebook(rulebook), REFERENCE).explainer().index
    influence = Influence(index, case, result, variables)
    items = influence.behind(list(influence.rests))
    boxes = Boxes(influence, Reading(rulebook, case, result), result, items, variables)
    for _ in range(4):
        box, point = {}, {}
        for key, variable in variables.items():
            box[key], point[key] = _part(variable, drawer)
        seen = boxes.see(box)
        assigned = {key: variables[key].value(number) for key, number in point.items()}
        after = evaluate(rulebook, changed(case, assigned))
        if after.verdict is None:
            assert seen.disagreeing is None or seen.disagreeing
            continue
        assert seen.disagreeing is not None
        for subject in after.subjects:
            fact = influence.subjects[subject.kind, subject.ref]
            for rule, outcome in subject.outcomes.items():
                possible = seen.outcomes[outcome_item(fact, rule)]
                assert outcome in possible
                if all(choices.is_single for choices in box.values()):
                    assert possible == {outcome}
                    assert not seen.disagreeing


def _part(variable: Variable, drawer: Drawer) -> tuple[Offsets | Picks, int]:
    choices = variable.choices
    if isinstance(choices, Picks):
        positions = tuple(sorted(drawer.some(choices.positions, 1, 3)))
        return Picks(positions), drawer.pick(positions)
    low = drawer.number(choices.low, choices.high)
    high = drawer.number(low, choices.high) if drawer.chance(60) else low
    return Offsets(low, high), drawer.number(low, high)


@given(st.lists(st.frozensets(st.integers(0, 6), min_size=1), max_size=6), st.integers(0, 7))
def test_minimal_sets_are_those_of_all_sets(enough: list[frozenset[int]], most: int) -> None:
    def is_enough(chosen: frozenset[int]) -> bool:
        return any(one <= chosen for one in enough)

    every = [frozenset(chosen) for size in range(8) for chosen in combinations(range(7), size)]
    expected = {one for one in every if is_enough(one) and not any(is_enough(one - {element}) for element in one)}
    shown = list(minimal_sets(range(7), is_enough, most))
    assert len(shown) == len(set(shown))
    assert set(shown) == {one for one in expected if len(one) <= most}
    assert [len(one) for one in shown] == sorted(len(one) for one in shown)
