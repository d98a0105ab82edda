"""`rulewright fix` on the flagship rulebook and the example: what is printed, and that it is true."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

import rulewright
from commands import AT_FAULT, FINE, NOT_READY, ROOT, rw, write
from rulewright import Fix, Fixes, Verdict

pytestmark = pytest.mark.slow

LEAVE = ROOT / "examples" / "annual-leave"
ECS = (
    "service_type: ecs, region: cn-hangzhou, billing: subscription, public_bandwidth_purchased: yes, "
    "service_numbers_used: 2"
)
PAY_AS_YOU_GO = ECS.replace("billing: subscription", "billing: pay_as_you_go")
ALL_USED = ECS.replace("used: 2", "used: 5")
DATES = "subscription_start: 2023-09-01, subscription_end: 2023-11-01"

#: Cases for the flagship rulebook, by name.
CASES = {
    "too-short": f"instance: {{ref: web-1, {ECS}, subscription_start: 2023-08-31, subscription_end: 2023-10-31}}",
    "months-stated": f"instance: {{ref: web-1, {ECS}, subscription_months: 1}}",
    "months-and-dates-stated": f"instance: {{ref: web-1, {ECS}, {DATES}, subscription_months: 2}}",
    "no-bandwidth": """
instance:
  ref: web-1
  service_type: ecs
  region: cn-hangzhou
  billing: subscription
  subscription_months: 12
  public_bandwidth_purchased: no
  service_numbers_used: 0""",
    "pay-as-you-go": f"instance: {{ref: web-1, {PAY_AS_YOU_GO}, subscription_months: 3}}",
    "two-problems": """
instance: {ref: web-1, service_type: ecs, region: cn-hangzhou, billing: pay_as_you_go, subscription_months: 3,
  public_bandwidth_purchased: no, service_numbers_used: 0}
filing: {ref: shop, hosting: alibaba_cloud, instance: web-1, service_number: used}""",
    "hong-kong": f"instance: {{ref: web-1, {ECS.replace('cn-hangzhou', 'cn-hongkong')}, subscription_months: 2}}",
    "filing-with-alternatives": f"""
instance:
  - {{ref: web-1, {ECS}, subscription_months: 2}}
  - {{ref: web-2, {ECS}, subscription_months: 12}}
filing: {{ref: shop, hosting: alibaba_cloud, instance: web-1, service_number: unused}}""",
    "filing-on-what-stays-not-ready": f"""
instance:
  - {{ref: web-1, {ECS.replace("cn-hangzhou", "cn-hongkong")}, subscription_months: 12}}
  - {{ref: web-2, {ECS}, subscription_months: 1}}
filing: {{ref: shop, hosting: alibaba_cloud, instance: web-1, service_number: unused}}""",
    "one-alternative-value-or-another": """
instance: {ref: iot-1, service_type: iot_studio, region: cn-hangzhou, order_amount_cny: 99.5, product_edition: Standard,
  service_numbers_used: 0}""",
    "no-number-left": f"instance: {{ref: web-1, {ALL_USED}, subscription_months: 12}}",
    "facts-missing": """
instance:
  {ref: web-1, service_type: ecs, region: cn-hangzhou, subscription_months: 2, public_bandwidth_purchased: no}""",
    "only-facts-missing": "instance: {ref: web-1, service_type: ecs, region: cn-hangzhou, subscription_months: 12}",
    "ready": f"instance: {{ref: web-1, {ECS}, subscription_months: 12}}",
}
STATUS = {"ready": FINE}


def case_file(folder: Path, name: str) -> Path:
    return write(folder / f"{name}.yaml", f"case: {name}\nas_of: 2023-10-15\n{CASES[name].strip()}\n")


def filing(engine: str = "durable") -> rulewright.Rulebook:
    return rulewright.load("alibaba-cloud-icp-filing", as_of="2023-10-15", engine=engine)


def changed(facts: dict[str, Any], changes: dict[tuple[str, str, str], object]) -> dict[str, Any]:
    """Facts with some fields changed."""
    facts = copy.deepcopy(facts)
    for (kind, ref, field), value in changes.items():
        several = facts[kind] if isinstance(facts[kind], list) else [facts[kind]]
        (fact,) = (one for one in several if one["ref"] == ref)
        fact[field] = value
    return facts


@pytest.mark.parametrize("name", CASES)
def test_what_is_printed(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, golden: Callable[[str, str], None]
) -> None:
    case_file(tmp_path, name)
    monkeypatch.chdir(tmp_path)
    ran = rw("fix", f"{name}.yaml")
    assert ran.status == STATUS.get(name, NOT_READY)
    assert not ran.err
    golden(f"fix/{name}.txt", ran.out)


def test_what_programs_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, golden: Callable[[str, str], None]
) -> None:
    for name in ("filing-on-what-stays-not-ready", "one-alternative-value-or-another"):
        case_file(tmp_path, name)
    monkeypatch.chdir(tmp_path)
    ran = rw("fix", *(sorted(file.name for file in tmp_path.iterdir())), "--format", "json")
    assert ran.status == NOT_READY
    written = ran.out.replace(ran.json[0]["rulebook"]["digest"], "sha256:…")
    golden("fix/several.json", written)


def test_the_example(golden: Callable[[str, str], None], tmp_path: Path) -> None:
    file = write(
        tmp_path / "request.yaml",
        "as_of: 2026-06-01\nemployee: {ref: mei, contract: permanent, started: 2024-01-15}\n"
        "request: {ref: summer, employee: mei, days: 12, taken: 25}\n",
    )
    ran = rw("fix", file, "-r", LEAVE)
    assert ran.status == NOT_READY
    golden("fix/annual-leave.txt", ran.out.replace(f"{tmp_path}/", ""))
    in_the_way = rw("fix", LEAVE / "request.yaml", "-r", LEAVE)
    golden("fix/annual-leave-too-early.txt", in_the_way.out.replace(f"{ROOT}/", ""))


@pytest.mark.parametrize("name", CASES)
def test_every_answer_makes_it_so_by_both_engines(name: str, tmp_path: Path) -> None:
    facts = yaml.safe_load(case_file(tmp_path, name).read_text(encoding="utf-8"))
    engines = [filing(engine) for engine in ("durable", "plain")]
    fixes = engines[0].check(facts).fixes()
    for group in fixes.groups:
        for fix in group.fixes:
            for changes in every_way(fix):
                for engine in engines:
                    subjects = engine.check(changed(facts, changes)).subjects
                    assert {subjects[one].verdict for one in group.subjects} == {fix.verdict}
    together = {(one.kind, one.ref, one.field): one.after for one in fixes.changes if one.after is not None}
    assert engines[0].check(changed(facts, together)).verdict is fixes.verdict


def every_way(fix: Fix) -> list[dict[tuple[str, str, str], object]]:
    """The changes of a fix, and these with each alternative in its place."""
    own: dict[tuple[str, str, str], object] = {(one.kind, one.ref, one.field): one.after for one in fix.changes}
    others = [{**own, (one.kind, one.ref, one.field): value} for one in fix.changes for value in one.alternatives]
    return [own, *others]


def test_a_search_that_is_cut_off_says_so(tmp_path: Path) -> None:
    file = case_file(tmp_path, "two-problems")
    assert "No set of up to 1 changes is enough; a larger one is" in rw("fix", file, "--maximum-changes", "1").out
    assert "--maximum-steps" in rw("fix", file, "--maximum-steps", "1").out
    alternatives = case_file(tmp_path, "filing-with-alternatives")
    assert rw("fix", alternatives, "--maximum-answers", "1").status == NOT_READY


def test_the_changed_case_keeps_its_comments_and_is_ready(tmp_path: Path) -> None:
    file = write(
        tmp_path / "case.yaml",
        "# the shop\nas_of: 2023-10-15\ninstance:\n"
        f"  - {{ref: web-1, {ECS}, subscription_months: 1}}   # bought in autumn\n"
        "  - ref: iot\n    service_type: 'iot_studio'\n    region: cn-hangzhou\n    order_amount_cny: 99 # too little\n"
        '    product_edition: "Standard"\n    service_numbers_used: 0\n',
    )
    after = tmp_path / "after.yaml"
    assert rw("fix", file, "--write", after).status == NOT_READY
    expected = file.read_text().replace("subscription_months: 1", "subscription_months: 3")
    expected = expected.replace("99 # too", "100 # too").replace('"Standard"', '"Enterprise"')
    assert after.read_text() == expected
    assert rw("check", after).status == FINE
    assert rw("fix", after).status == FINE


@pytest.mark.parametrize(
    ("text", "changes"),
    [
        pytest.param('{"as_of": "2023-10-15", "instance": {INSTANCE}}', True, id="JSON"),
        pytest.param("as_of: 2023-10-15\ninstance:\n  - {ref: a, <<: *b}\n", False, id="a merge key"),
        pytest.param("as_of: 2023-10-15\ninstance: [{ref: a, FLOW, subscription_months: &m 1}, "
                     "{ref: b, FLOW, subscription_months: *m}]", True, id="an alias for two that change alike"),
        pytest.param("as_of: 2023-10-15\ninstance: [{ref: a, FLOW, service_numbers_used: &m 1, "
                     "subscription_months: *m}]", False, id="an alias for one that changes and one that does not"),
    ],
)  # fmt: skip
def test_what_can_be_written(text: str, changes: bool, tmp_path: Path) -> None:
    flow = ECS.replace(", service_numbers_used: 2", "") if "service_numbers_used: &m" in text else ECS
    json = (
        '{"ref": "a", "service_type": "ecs", "region": "cn-hangzhou", "billing": "pay_as_you_go", '
        '"public_bandwidth_purchased": false, "subscription_start": "2023-10-01", "subscription_end": "2023-11-01", '
        '"service_numbers_used": 0}'
    )
    file = write(tmp_path / "case.yaml", text.replace("{INSTANCE}", json).replace("FLOW", flow))
    after = tmp_path / "after.yaml"
    ran = rw("fix", file, "--write", after)
    assert after.exists() == changes
    if changes:
        assert rw("check", after).status == FINE
    else:
        assert ran.status == AT_FAULT


def test_one_subject_alone_can_be_made_ready_in_more_ways(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, golden: Callable[[str, str], None]
) -> None:
    file = case_file(tmp_path, "filing-with-alternatives")
    monkeypatch.chdir(tmp_path)
    ran = rw("fix", file.name, "--subject", "shop")
    assert ran.status == NOT_READY
    golden("fix/filing-alone.txt", ran.out)
    unknown = rw("fix", file.name, "--subject", "shp")
    assert unknown.status == AT_FAULT
    assert unknown.codes == ["U012"]
    assert "did you mean `shop`?" in unknown.err


def test_several_cases_are_not_written(tmp_path: Path) -> None:
    files = [case_file(tmp_path, name) for name in ("too-short", "no-bandwidth")]
    ran = rw("fix", *files, "--write", tmp_path / "after.yaml")
    assert ran.status == AT_FAULT
    assert ran.codes == ["U011"]
    assert "one case" in ran.err
    assert not (tmp_path / "after.yaml").exists()


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["nothing.yaml"], "S001"),
        ([ROOT / "examples" / "shop-launch.yaml", "--as-of", "tomorrow"], "U004"),
        ([ROOT / "examples" / "shop-launch.yaml", "-r", "no-such-rulebook"], "U001"),
        ([ROOT / "examples" / "shop-launch.yaml", "--edition", "2001-01-01"], "U002"),
    ],
)
def test_inputs_at_fault(words: list[str | Path], code: str) -> None:
    ran = rw("fix", *words)
    assert ran.status == AT_FAULT
    assert code in ran.codes


def test_a_case_that_contradicts_itself_is_at_fault(tmp_path: Path) -> None:
    facts = f"{ECS}, subscription_start: 2023-09-01, subscription_end: 2023-11-01, subscription_months: 5"
    ran = rw("fix", write(tmp_path / "case.yaml", f"as_of: 2023-10-15\ninstance: {{ref: web-1, {facts}}}\n"))
    assert ran.status == AT_FAULT
    assert ran.codes == ["F010"]


# --- how fields say that they can be changed ---

HEAD = "rulebook: drawn\nedition: 2024-01-01\nlanguage: 1\ntitle: Drawn\ndocuments: {d: {title: D}}\n"


def solved(tmp_path: Path, fields: str, require: str, facts: str) -> Fixes:
    rule = f"  one: {{about: thing, require: {require}, source: {{document: d}}}}\n"
    return solved_by(tmp_path, f"{HEAD}facts:\n  thing: {{fields: {fields}}}\nrules:\n{rule}", facts)


def solved_by(tmp_path: Path, book: str, facts: str) -> Fixes:
    rulebook = rulewright.load(write(tmp_path / "book.yaml", book))
    return rulebook.check(write(tmp_path / "case.yaml", f"thing: {facts}\n"), as_of="2024-01-01").fixes()


def shown(fixes: Fixes) -> list[list[tuple[str, object]]]:
    return [
        [(f"{change.ref}.{change.field}", change.after) for change in fix.changes]
        for group in fixes.groups
        for fix in group.fixes
    ]


@pytest.mark.parametrize(
    ("field", "condition", "before", "after"),
    [
        ("{type: whole number, changes: {}}", "{at_least: 1000000}", "3", 1_000_000),
        ("{type: whole number, changes: {step: 12}}", "{at_least: 20}", "3", 27),
        ("{type: whole number, changes: {direction: down}}", "{at_least: 20}", "3", None),
        ("{type: whole number, maximum: 10, changeable: yes}", "{at_least: 20}", "3", None),
        ("{type: decimal, changes: {}}", "{more_than: 99.5}", "3", "99.51"),
        ("{type: decimal, changes: {step: 10}}", "{more_than: 99.5}", "3.5", "103.5"),
        ("{type: date, changeable: yes}", "{after: 2024-02-29}", "2024-01-31", date(2024, 3, 1)),
        ("{type: date, changes: {step: month}}", "{on_or_after: 2024-02-29}", "2024-01-31", date(2024, 2, 29)),
        ("{type: date, changes: {step: month}}", "{after: 2024-02-29}", "2024-01-31", date(2024, 3, 31)),
        ("{type: date, changes: {step: year}}", "{after: 2025-01-01}", "2024-02-29", date(2025, 2, 28)),
        ("{type: date, changes: {direction: down}}", "{before: 0001-01-02}", "2024-01-31", date(1, 1, 1)),
        ("{type: text, changes: {}}", "{in: [a, b]}", "c", "a"),
        ("{type: text}", "{in: [a, b]}", "c", None),
        ("{type: text, changeable: no}", "{in: [a, b]}", "c", None),
        ("{type: date}", "{after: 2024-02-29}", "2024-01-31", None),
        ("{type: text, changes: {to: [b, d]}}", "{in: [a, b]}", "c", "b"),
        ("{type: text, changes: {to: d}}", "{in: [a, b]}", "c", None),
        ("{type: yes/no, changes: {to: no}}", "{is: yes}", "no", None),
        ("{type: choice, of: [a, b], changes: {}}", "{is_not: a}", "a", "b"),
        ("{type: choice, of: [a, b]}", "{is_not: a}", "a", None),
    ],
)
def test_what_a_field_can_be_changed_to(field: str, condition: str, before: str, after: object, tmp_path: Path) -> None:
    fixes = solved(tmp_path, f"{{x: {field}}}", f"{{x: {condition}}}", f"{{x: {before}}}")
    found = shown(fixes)
    assert [str(answer[0][1]) for answer in found] == ([] if after is None else [str(after)])
    assert bool(fixes.groups[0].obstacles) == (after is None and "maximum" not in field)


def test_the_cheapest_answer_comes_first(tmp_path: Path) -> None:
    fields = (
        "{a: {type: whole number, changes: {cost: 2, cost_per_step: 1}}, b: {type: yes/no, changes: {cost: 6}}, "
        "c: {type: whole number, changes: {cost: 0, cost_per_step: 0.5}}}"
    )
    require = "{any: [{a: {at_least: 5}}, {b: yes}, {c: {at_least: 20}}]}"
    fixes = solved(tmp_path, fields, require, "{ref: t, a: 0, b: no, c: 0}")
    assert shown(fixes) == [[("t.b", True)], [("t.a", 5)], [("t.c", 20)]]
    assert [fix.cost for fix in fixes.groups[0].fixes] == [6, 7, 10]


def test_two_facts_share_a_change_where_neither_is_enough(tmp_path: Path) -> None:
    fields = (
        "{a: {type: whole number, minimum: 3, changes: {direction: down, cost_per_step: 2}}, "
        "b: {type: whole number, minimum: 1, changes: {direction: down, cost_per_step: 1}}}"
    )
    require = "{a: {at_most: {minus: [10, b]}}}"
    fixes = solved(tmp_path, fields, require, "{ref: t, a: 12, b: 10}")
    assert shown(fixes) == [[("t.a", 9), ("t.b", 1)]]


def test_any_other_text_stands_for_all_that_are_not_named(tmp_path: Path) -> None:
    fields = "{a: {type: text, changes: {}}, b: {type: text, changeable: no}}"
    fixes = solved(tmp_path, fields, "{a: {is_not: {field: b}}}", "{ref: t, a: x, b: x}")
    assert shown(fixes) == [[("t.a", None)]]


def test_a_requirement_that_nothing_satisfies_is_told(tmp_path: Path) -> None:
    field = "{type: whole number, maximum: 3, changes: {}}"
    fixes = solved(tmp_path, f"{{a: {field}}}", "{a: {at_least: 5}}", "{ref: t, a: 1}")
    (group,) = fixes.groups
    assert group.is_impossible and not group.fixes and not group.obstacles
    assert group.unsolvable == {"one": "No examined value of any fact meets this requirement."}


def test_no_subject_becomes_ready_by_nothing_being_asked_of_it(tmp_path: Path) -> None:
    more = "rules:\n  two: {about: thing, applies: {kept: yes}, require: {a: yes}, source: {document: d}}\n"
    fields = "{kept: {type: yes/no, changes: {}}, a: {type: yes/no, changes: {cost: 9}}}"
    text = f"{HEAD}facts:\n  thing: {{fields: {fields}}}\n{more}"
    assert shown(solved_by(tmp_path, text, "{ref: t, kept: yes, a: no}")) == [[("t.a", True)]]


def test_hundreds_of_subjects_are_solved_one_by_one(tmp_path: Path) -> None:
    instances = "\n".join(f"  - {{ref: web-{number}, {ECS}, subscription_months: 2}}" for number in range(100))
    fixes = filing().check(write(tmp_path / "case.yaml", f"instance:\n{instances}\n")).fixes()
    assert len(fixes.groups) == 100
    assert fixes.verdict is Verdict.READY
