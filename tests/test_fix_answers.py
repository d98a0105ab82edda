"""`fix` and the page on cases where an answer is easily missed, promised too early, or searched for too long."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from commands import NOT_READY, ROOT, process, rw, write

pytestmark = pytest.mark.slow

HEAD = "rulebook: drawn\nedition: 2024-01-01\nlanguage: 1\ntitle: Drawn\ndocuments: {d: {title: D}}\n"
LEAVE = ROOT / "examples" / "annual-leave"


def book(folder: Path, facts: str, rules: Mapping[str, str], more: str = "") -> Path:
    written = "".join(f"  {name}: {{{rule}, source: {{document: d}}}}\n" for name, rule in rules.items())
    return write(folder / "book.yaml", f"{HEAD}facts:\n{facts}{more}rules:\n{written}")


def fixed(folder: Path, rulebook: Path, case: str, *words: str) -> dict:  # type: ignore[type-arg]
    file = write(folder / "case.yaml", f"as_of: 2024-06-01\n{case}")
    ran = rw("fix", file, "-r", rulebook, "--format", "json", *words)
    assert ran.status == NOT_READY, ran.err
    found = ran.json
    assert isinstance(found, dict)
    return found


def moves(part: dict) -> list[dict[str, object]]:  # type: ignore[type-arg]
    return [{f"{one['ref']}.{one['field']}": one["to"] for one in answer["changes"]} for answer in part["answers"]]


# --- progress: a violated requirement becomes unknown ---

WORKSHOP = """  part:
    fields:
      clean: {type: yes/no, changes: {to: yes, say: "clean {{ ref }}"}}
      tested: {type: yes/no, ask: "tested?", changeable: no}
  car:
    fields:
      part: {type: reference, to: part, changeable: no}
      insured: {type: yes/no, ask: "insured?", changeable: no}
  fleet:
    fields:
      car: {type: reference, to: car, changeable: no}
"""
WORKSHOP_RULES = {
    "part-clean": "about: part, require: {clean: yes}",
    "part-tested": "about: part, require: {tested: yes}",
    "car-ready": "about: car, require: {part.verdict: ready}",
}


@pytest.mark.parametrize(
    ("rules", "case", "missing"),
    [
        pytest.param({}, "part: {ref: p, clean: no}\ncar: {ref: c, part: p}\n", ["tested"], id="one verdict"),
        pytest.param(
            {"fleet-ready": "about: fleet, require: {car.verdict: ready}"},
            "part: {ref: p, clean: no}\ncar: {ref: c, part: p}\nfleet: {ref: f, car: c}\n",
            ["tested"],
            id="verdict of a verdict",
        ),
        pytest.param(
            {"car-insured": "about: car, require: {insured: yes}"},
            "part: {ref: p, clean: no, tested: yes}\ncar: {ref: c, part: p}\n",
            ["insured"],
            id="missing in the referring subject",
        ),
        pytest.param(
            {"car-not-refused": "about: car, require: {not: {part.verdict: not_ready}}"},
            "part: {ref: p, clean: no}\ncar: {ref: c, part: p}\n",
            ["tested"],
            id="negated verdict",
        ),
    ],
)
def test_a_requirement_that_becomes_unknown_counts_as_progress(
    rules: Mapping[str, str], case: str, missing: list[str], tmp_path: Path
) -> None:
    rulebook = book(tmp_path, WORKSHOP, {**WORKSHOP_RULES, **rules})
    found = fixed(tmp_path, rulebook, case)
    assert [moves(part) for part in found["parts"]] == [[{"p.clean": True}]]
    assert found["verdict_after"] == "needs_information"
    assert [one["field"] for one in found["parts"][0]["answers"][0]["missing"]] == missing
    printed = rw("fix", tmp_path / "case.yaml", "-r", rulebook).out
    assert "These changes resolve every known blocker. Some information is still missing." in printed
    assert f"still missing: {missing[0]}" in printed


TRIPS = """  tank:
    fields:
      full: {type: yes/no, changes: {}}
      gauge: {type: yes/no, changeable: no}
      vented: {type: yes/no, changes: {cost: 9}}
  trip:
    fields: {tank: {type: reference, to: tank, changeable: no}}
"""
TRIP_SAFE = "about: trip, require: {any: [{tank.full: yes}, {tank.gauge: yes}]}"


def test_a_change_after_which_another_subject_needs_information_is_an_answer(tmp_path: Path) -> None:
    rules = {"tank-empty": "about: tank, require: {full: no}", "trip-safe": TRIP_SAFE}
    found = fixed(tmp_path, book(tmp_path, TRIPS, rules), "tank: {ref: t, full: yes}\ntrip: {ref: r, tank: t}\n")
    (part,) = found["parts"]
    (answer,) = part["answers"]
    assert [(change["from"], change["to"]) for change in answer["changes"]] == [(True, False)]
    assert not part["is_impossible"]
    assert [(one["ref"], one["field"]) for one in found["missing"]] == [("t", "gauge")]


def test_a_change_that_keeps_the_other_subjects_known_comes_before_a_cheaper_one(tmp_path: Path) -> None:
    rules = {"tank-safe": "about: tank, require: {any: [{full: no}, {vented: yes}]}", "trip-safe": TRIP_SAFE}
    case = "tank: {ref: t, full: yes, vented: no}\ntrip: {ref: r, tank: t}\n"
    found = fixed(tmp_path, book(tmp_path, TRIPS, rules), case)
    (part,) = found["parts"]
    assert [change["field"] for answer in part["answers"] for change in answer["changes"]] == ["vented"]


# --- claims: only what was examined ---

BUCKETS = """  bucket:
    fields:
      region: {type: text, changes: {}}
  tag:
    fields:
      bucket: {type: reference, to: bucket, changeable: no}
      key: {type: text, changeable: no}
"""
BUCKET_RULES = {
    "owner-tag": "about: bucket, require: {count: {of: tag, where: {key: owner}, at_least: 1}}",
    "in-europe": "about: bucket, require: {region: {in: [eu-west-1, eu-central-1]}}",
}


def test_a_requirement_that_can_be_met_is_not_called_unsolvable(tmp_path: Path) -> None:
    case = "bucket: [{ref: b1, region: eu-west-1}, {ref: b2, region: us-east-1}]\ntag: {bucket: b1, key: owner}\n"
    found = fixed(tmp_path, book(tmp_path, BUCKETS, BUCKET_RULES), case)
    (part,) = found["parts"]
    assert part["is_impossible"]
    assert [one["rule"] for one in part["unsolvable"]] == ["owner-tag"]
    assert part["limits"] == ["Adding or removing facts was not examined (kinds: tag)."]
    assert found["leave_out"]["subjects"] == [{"kind": "bucket", "ref": "b2"}]
    with_tag = case.replace(
        "tag: {bucket: b1, key: owner}", "tag: [{bucket: b1, key: owner}, {bucket: b2, key: owner}]"
    )
    (part,) = fixed(tmp_path, book(tmp_path, BUCKETS, BUCKET_RULES), with_tag)["parts"]
    assert moves(part) == [{"b2.region": "eu-west-1"}]


def test_changes_of_several_subjects_are_one_answer(tmp_path: Path) -> None:
    facts = "  team:\n    fields:\n      budget: {type: whole number, changeable: no}\n"
    facts += "      spent: {type: whole number, computed: {sum: {field: cost, of: project}}}\n"
    facts += "  project:\n    fields:\n      team: {type: reference, to: team, changeable: no}\n"
    facts += "      cost: {type: whole number, minimum: 2, changes: {direction: down, cost_per_step: 1}}\n"
    rules = {"in-budget": "about: team, require: {spent: {at_most: {field: budget}}}"}
    case = "team: {ref: t, budget: 5}\nproject: [{ref: a, team: t, cost: 6}, {ref: b, team: t, cost: 6}]\n"
    (part,) = fixed(tmp_path, book(tmp_path, facts, rules), case)["parts"]
    assert moves(part) == [{"a.cost": 3, "b.cost": 2}]
    assert part["answers"][0]["cost"] == 9


def test_stating_a_missing_fact_is_a_change_of_its_own_kind(tmp_path: Path) -> None:
    facts = "  form:\n    fields:\n      phone: {type: text, changeable: no}\n"
    facts += "      age: {type: whole number, changeable: no}\n"
    rules = {"reachable": "about: form, require: {phone: {known: yes}}"}
    rulebook = book(tmp_path, facts, rules)
    found = fixed(tmp_path, rulebook, "form: {ref: f, age: 3}\n")
    (change,) = found["parts"][0]["answers"][0]["changes"]
    assert change["states"] and change["from"] is None and change["field"] == "phone"
    assert found["parts"][0]["answers"][0]["cost"] == 0
    assert "State the phone of f" in rw("fix", tmp_path / "case.yaml", "-r", rulebook).out


# --- fields that cannot change ---


@pytest.mark.parametrize(
    ("field", "why"),
    [
        ("{type: date}", "the rulebook does not say how it can change"),
        ("{type: date, changeable: no}", "it cannot be changed"),
        ("{type: date, changes: {direction: up}}", "it can only move later"),
    ],
)
def test_the_past_is_fixed(field: str, why: str, tmp_path: Path) -> None:
    facts = f"  key:\n    fields:\n      created: {field}\n"
    facts += "      age: {type: whole number, unit: day, computed: {days_between: [as_of, created]}}\n"
    rules = {"not-new": "about: key, require: {age: {at_least: 90}}"}
    if "up" in field:
        rules = {"not-new": "about: key, require: {created: {before: 2024-01-01}}"}
    found = fixed(tmp_path, book(tmp_path, facts, rules), "key: {ref: k, created: 2024-05-01}\n")
    (part,) = found["parts"]
    assert not part["answers"]
    assert [[(one["field"], one["why"]) for one in facts] for facts in part["obstacles"]] == [[("created", why)]]
    assert "leave_out" not in found  # nothing would be left


def test_a_rulebook_without_changes_names_the_values_that_its_requirements_need(tmp_path: Path) -> None:
    facts = "  person:\n    fields:\n      hours: {type: whole number}\n      born: {type: date}\n"
    facts += "      months: {type: whole number, unit: month, computed: {months_between: [born, as_of]}}\n"
    rules = {"works": "about: person, applies: {months: {less_than: 660}}, require: {hours: {at_least: 20}}"}
    rulebook = book(tmp_path, facts, rules)
    found = fixed(tmp_path, rulebook, "person: {ref: ann, hours: 12, born: 1990-05-05}\n")
    (part,) = found["parts"]
    assert [(one["field"], one["needed"]) for one in part["obstacles"][0]] == [("hours", 20)]
    assert all(one["needed"] is None for facts in part["obstacles"] for one in facts if one["field"] == "born")
    linted = rw("lint", rulebook)
    assert "W006" in linted.codes


@pytest.mark.parametrize(
    ("fields", "warned"),
    [
        ("{a: {type: yes/no}}", True),
        ("{a: {type: yes/no}, b: {type: yes/no, changes: {}}}", True),  # no requirement reads `b`
        ("{a: {type: yes/no, changes: {}}}", False),
        ("{a: {type: yes/no, changeable: yes}}", False),
        ("{a: {type: yes/no, changeable: no}}", False),
        ("{a: {type: yes/no, computed: {minus: [c, d]}}}", None),
    ],
)
def test_lint_points_out_a_rulebook_in_which_nothing_can_change(
    fields: str, warned: bool | None, tmp_path: Path
) -> None:
    rule = {"one": 'about: t, require: {a: yes}, explain: "{{ ref }}"'}
    linted = rw("lint", book(tmp_path, f"  t: {{fields: {fields}}}\n", rule))
    assert ("W006" in linted.codes) is bool(warned)  # and nothing of it beside an error
    assert (linted.status == 0) is (warned is not None)


# --- prices and limits ---


@pytest.mark.parametrize(
    ("a", "b", "before", "expected"),
    [
        ("{cost: 1, cost_per_step: 5}", "{cost: 1}", (10, 0), [({"x.a": 8, "x.b": 8}, 12), ({"x.a": 0}, 51)]),
        ("{cost: 1, cost_per_step: 5}", "{cost: 60}", (10, 0), [({"x.a": 0}, 51)]),
        ("{cost: 9}", "{cost: 1}", (10, 0), [({"x.a": 0}, 9)]),
        ("{cost: 1, cost_per_step: 1}", "{cost: 1, cost_per_step: 3}", (8, 0), [({"x.a": 0}, 9), ({"x.b": 8}, 25)]),
    ],
)
def test_a_larger_set_is_reported_where_it_costs_less(
    a: str, b: str, before: tuple[int, int], expected: list[tuple[dict[str, int], int]], tmp_path: Path
) -> None:
    facts = f"  k:\n    fields:\n      a: {{type: whole number, minimum: 0, maximum: 10, changes: {a}}}\n"
    facts += f"      b: {{type: whole number, minimum: 0, maximum: 8, changes: {b}}}\n"
    rulebook = book(tmp_path, facts, {"same": "about: k, require: {a: {is: {field: b}}}"})
    (part,) = fixed(tmp_path, rulebook, f"k: {{ref: x, a: {before[0]}, b: {before[1]}}}\n")["parts"]
    answers = list(zip(moves(part), [answer["cost"] for answer in part["answers"]], strict=True))
    assert answers == expected
    assert part["is_smallest"]


def test_a_set_that_was_not_examined_is_not_ruled_out(tmp_path: Path) -> None:
    facts = "  k:\n    fields:\n      a: {type: whole number, minimum: 0, maximum: 10, changes: {cost_per_step: 5}}\n"
    facts += "      b: {type: whole number, minimum: 0, maximum: 8, changes: {}}\n"
    rulebook = book(tmp_path, facts, {"same": "about: k, require: {a: {is: {field: b}}}"})
    (part,) = fixed(tmp_path, rulebook, "k: {ref: x, a: 10, b: 0}\n", "--maximum-changes", "1")["parts"]
    assert moves(part) == [{"x.a": 0}]
    assert not part["is_smallest"]
    assert part["limits"] == ["Sets of more than 1 changes were not examined (`--maximum-changes`). One may cost less."]
    assert "A smaller one may exist." in rw("fix", tmp_path / "case.yaml", "-r", rulebook, "--maximum-changes", "1").out


HOUSEHOLD = """  household:
    fields:
      earned: {type: decimal, unit: USD, computed: {sum: {field: earned_income, of: person}}}
      unearned: {type: decimal, unit: USD, computed: {sum: {field: unearned_income, of: person}}}
      net: {type: decimal, computed: {minus: [{plus: [earned, earned, earned, unearned, unearned]}, deduction]}}
      deduction: {type: decimal, changeable: no}
      elderly: {type: whole number, computed: {count: {of: person, where: {any: [ELDERLY, {disabled: yes}]}}}}
      resources: {type: decimal, unit: USD, CHANGES}
      limit: {type: decimal, unit: USD, may_be_given: no}
  person:
    fields:
      household: {type: reference, to: household, changeable: no}
      born: {type: date, changeable: no}
      age: {type: whole number, unit: month, computed: {months_between: [born, as_of]}}
      earned_income: {type: decimal, unit: USD, minimum: 0, CHANGES}
      unearned_income: {type: decimal, unit: USD, minimum: 0, CHANGES}
      disabled: {type: yes/no, changeable: no}
      hours: {type: whole number, minimum: 0, CHANGES}
""".replace("ELDERLY", "{age: {at_least: 720}}")
WORKING_AGE = "{age: {at_least: 216, less_than: 660}, disabled: no}"
HOUSEHOLD_RULES = {
    "limit-elderly": "about: household, when: {elderly: {at_least: 1}}, conclude: {limit: 4250}",
    "limit-others": "about: household, when: {elderly: 0}, conclude: {limit: 2750}",
    "net-low": "about: household, require: {net: {at_most: 6275}}",
    "resources-low": "about: household, require: {resources: {at_most: {field: limit}}}",
    "works": f"about: person, applies: {WORKING_AGE}, require: {{hours: {{at_least: 20}}}}",
}
SMITHS = (
    "household: {ref: smiths, resources: 4000, deduction: 204}\n"
    "person: {ref: ann, household: smiths, born: 1990-05-05, earned_income: 1000, unearned_income: 0, disabled: no, "
    "hours: 12}\n"
)


@pytest.mark.parametrize("changes", ["changes: {}", "label: fixed"])
@pytest.mark.parametrize("most", ["1", "2", "6"])
def test_fields_that_do_not_matter_do_not_use_up_the_steps(changes: str, most: str, tmp_path: Path) -> None:
    """Sums of decimals have no end of values; the answers are found without looking at them."""
    rulebook = book(tmp_path, HOUSEHOLD.replace("CHANGES", changes), HOUSEHOLD_RULES)
    found = fixed(tmp_path, rulebook, SMITHS, "--maximum-changes", most)
    assert len(found["parts"]) in (1, 2)
    if changes == "changes: {}":
        assert [moves(part)[0] for part in found["parts"]] == [{"smiths.resources": 2750}, {"ann.hours": 20}]
        assert all(part["is_smallest"] for part in found["parts"])
    else:
        needed = {one["field"]: one["needed"] for part in found["parts"] for one in part["obstacles"][0]}
        assert needed == {"resources": 2750, "hours": 20}


def test_a_search_over_a_boundary_without_end_says_that_it_was_cut_off(tmp_path: Path) -> None:
    names = [f"n{number}" for number in range(8)]
    fields = "".join(f"      {name}: {{type: decimal, changes: {{cost_per_step: 1}}}}\n" for name in names)
    total = f"      total: {{type: decimal, computed: {{plus: [{', '.join(names)}]}}}}\n"
    rules = {"exact": "about: k, require: {total: 1234567.89}", "not-zero": "about: k, require: {n0: {is_not: 0}}"}
    rulebook = book(tmp_path, f"  k:\n    fields:\n{fields}{total}", rules)
    values = ", ".join(f"{name}: 0" for name in names)
    found = fixed(tmp_path, rulebook, f"k: {{ref: x, {values}}}\n", "--maximum-steps", "2000")
    (part,) = found["parts"]
    assert not part["is_impossible"]
    assert part["limits"] and not part["is_smallest"]
    assert all("--maximum-" in limit for limit in part["limits"])


# --- what the page says ---


def page_text(file: Path, *words: str | Path) -> str:
    out = file.with_suffix(".html")
    rw("check", file, *words, "--format", "html", "-o", out)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", out.read_text(encoding="utf-8")))


HONG_KONG = (
    "instance: {ref: a, service_type: ecs, region: cn-hongkong, billing: pay_as_you_go, "
    "public_bandwidth_purchased: no, service_numbers_used: 5, subscription_start: 2023-08-01, "
    "subscription_end: 2023-09-01}\n"
)
BESIDE = (
    "  - {ref: b, service_type: ecs, region: cn-hangzhou, billing: subscription, subscription_months: 12, "
    "public_bandwidth_purchased: no, service_numbers_used: 0}\n"
)


@pytest.mark.parametrize("format_", ["text", "markdown", "html", "junit", "sarif", "oscal"])
def test_no_report_lists_a_remedy_that_cannot_help(format_: str, tmp_path: Path) -> None:
    file = write(tmp_path / "case.yaml", f"as_of: 2023-10-15\n{HONG_KONG}")
    out = tmp_path / "report"
    assert rw("check", file, "--format", format_, "-o", out).status == NOT_READY
    report = re.sub(r"\s+", " ", out.read_text(encoding="utf-8"))
    assert "Host the website on an instance in a region of the Chinese mainland" in report
    for useless in ("Purchase public bandwidth", "Renew a", "Change the billing of a"):
        assert useless not in report


def test_fix_and_the_page_say_the_same(tmp_path: Path) -> None:
    instances = f"instance:\n  - {HONG_KONG.removeprefix('instance: ')}{BESIDE}"
    file = write(tmp_path / "case.yaml", f"as_of: 2023-10-15\n{instances}")
    told = re.sub(r"\s+", " ", rw("fix", file).out)
    page = page_text(file)
    for sentence in (
        "These changes make part of this case ready.",
        "Purchase public bandwidth for b.",
        "Make the changes above, and leave a out of this case. The rest is then ready.",
        "Region of a is cn-hongkong, and it cannot be changed.",
    ):
        assert sentence in told
        assert sentence in page
    assert "Smallest set of changes" not in page
    assert "Purchase public bandwidth for a" not in page
    markdown = rw("check", file, "--format", "markdown").out
    assert "- [ ] Purchase public bandwidth for b." in markdown
    assert "leave a out of this case" in markdown


def test_the_page_says_the_changes_in_chinese(tmp_path: Path) -> None:
    file = write(
        tmp_path / "case.yaml", f"as_of: 2023-10-15\ninstance:\n{BESIDE.replace(', service_numbers_used: 0', '')}"
    )
    page = page_text(file, "--lang", "zh")
    assert "以下更改可消除所有已知的不符合项，但仍缺少部分信息。" in page
    assert "此后仍缺少：" in page


def test_a_subject_that_others_need_is_left_out_with_them(tmp_path: Path) -> None:
    filing = "filing: {ref: shop, hosting: alibaba_cloud, instance: a, service_number: unused}\n"
    alone = write(tmp_path / "alone.yaml", f"as_of: 2023-10-15\n{HONG_KONG}{filing}")
    assert "leave_out" not in rw("fix", alone, "--format", "json").json  # nothing would be left
    instances = (
        f"instance:\n  - {HONG_KONG.removeprefix('instance: ')}{BESIDE.replace('purchased: no', 'purchased: yes')}"
    )
    file = write(tmp_path / "case.yaml", f"as_of: 2023-10-15\n{instances}{filing}")
    found = rw("fix", file, "--format", "json").json
    assert found["first"][0]["field"] == "instance"  # the filing moves to the other instance
    assert found["leave_out"] == {"subjects": [{"kind": "instance", "ref": "a"}], "verdict": "ready"}


def test_the_example_of_the_documentation_is_fixed_by_fewer_days(tmp_path: Path) -> None:
    case = "employee: {ref: mei, contract: permanent, started: 2022-01-15}\n"
    case += "request: {ref: s, employee: mei, days: 12, taken: 25}\n"
    file = write(tmp_path / "case.yaml", f"as_of: 2026-06-01\n{case}")
    assert "Smallest set of changes that makes this case ready." in page_text(file, "-r", LEAVE)


# --- what stands fixed ---

STORES = """  bucket:
    fields:
      region: {type: text}
      encrypted: {type: yes/no, changes: {to: yes}}
      owner: {type: reference, to: bucket}
"""
STORE_RULES = {
    "in-the-union": 'about: bucket, require: {region: eu}, remedy: "Move it.", explain: x',
    "encrypted": 'about: bucket, require: {encrypted: yes}, remedy: "Encrypt it.", explain: x',
}


def test_a_case_of_which_no_stated_fact_can_change_is_called_so(tmp_path: Path) -> None:
    rulebook = book(tmp_path, STORES, STORE_RULES)
    for case, summary in (
        ("bucket: {ref: a, region: us}", "The rulebook names no stated fact of this case that can change."),
        ("bucket: {ref: a, region: us, encrypted: no}", "No change that the rulebook allows makes this case ready."),
    ):
        file = write(tmp_path / "case.yaml", case)
        assert rw("fix", file, "-r", rulebook).out.splitlines()[1] == summary


@pytest.mark.parametrize("format_", ["text", "markdown", "html", "junit", "sarif", "oscal"])
@pytest.mark.parametrize("number", [1, 13])
def test_reports_name_no_remedy_that_cannot_help(tmp_path: Path, format_: str, number: int) -> None:
    rulebook = book(tmp_path, STORES, STORE_RULES)
    for region, remedies in (("us", {"Move it."}), ("eu", {"Encrypt it."})):
        lines = "".join(f"---\nbucket: {{ref: a{n}, region: {region}, encrypted: no}}\n" for n in range(number))
        told = rw("check", write(tmp_path / "cases.yaml", lines), "-r", rulebook, "--format", format_, "--all").out
        # a page of one case has the changes instead
        shown = remedies if (format_, number, region) != ("html", 1, "eu") else set[str]()
        assert {one for one in ("Move it.", "Encrypt it.") if one in told} >= shown
        assert {one for one in ("Move it.", "Encrypt it.") if one in told} <= remedies


def test_references_of_a_large_case_stay_as_they_are_and_that_is_reported(tmp_path: Path) -> None:
    rulebook = book(tmp_path, STORES, STORE_RULES)
    said = "Other references between facts were not examined (more than 100 facts)."
    for number, is_said in ((100, False), (101, True)):
        facts = "".join(
            f"  - {{ref: a{at}, region: {'eu' if at else 'us'}, encrypted: yes, owner: a0}}\n" for at in range(number)
        )
        (part,) = fixed(tmp_path, rulebook, f"bucket:\n{facts}", "--maximum-steps", "500")["parts"]
        assert (said in part.get("limits", ())) is is_said


def test_a_search_takes_the_same_steps_in_every_process(tmp_path: Path) -> None:
    """Sets of texts have another order in each process."""
    case = "service_type: ecs, region: cn-hangzhou, subscription_months: 2, public_bandwidth_purchased: no"
    file = write(tmp_path / "case.yaml", f"as_of: 2023-10-15\ninstance: {{ref: web-1, {case}}}\n")
    words = ("fix", file, "-r", "alibaba-cloud-icp-filing", "--maximum-steps", "600")
    told = {process(*words, PYTHONHASHSEED=str(seed)).out for seed in range(4)}
    assert len(told) == 1
    assert "limit of steps" in told.pop()
