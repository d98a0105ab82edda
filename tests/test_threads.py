"""One rulebook in many threads: every result and every explanation is the one of a single thread."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random
from typing import Any

import pytest

import rulewright as rw
from commands import FINE, edition, process, rulebook_folder, write

NAME, DAY = "alibaba-cloud-icp-filing", "2023-10-15"
PROPERTIES = rw.schema(NAME, edition="2023-09-28")["properties"]
KINDS_OF_FACTS = tuple(name for name in PROPERTIES if name not in ("case", "as_of", "rulebook"))
REGIONS = ("cn-hangzhou", "cn-hongkong", "cn-wuxi-telecom")


@pytest.fixture
def switching_often() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(before)


def value(name: str, field: Any, random: Random) -> Any:
    """Draw a value of a field from its JSON Schema."""
    if True in field.get("enum", ()):
        return random.random() < 0.5
    if "enum" in field:
        return random.choice([one for one in field["enum"] if one is not None])
    if "anyOf" in field:
        first = 9 if "end" in name else 5 if "start" in name else 1  # an end is not before its start
        return f"2023-{random.randint(first, first + 3):02}-{random.randint(1, 28):02}"
    if {"integer", "number"} & set(field["type"]):
        return random.randint(max(0, field.get("minimum", 0)), 8)
    return random.choice(REGIONS) if name == "region" else "x"


def random_case(number: int, kinds: Sequence[str] = KINDS_OF_FACTS) -> dict[str, Any]:
    """Draw a case with one fact of each kind, called `x`, in which about a third of the fields are left out.

    One in five may state what contradicts its other facts, which is an error of the case.
    """
    random = Random(number)
    left_out = () if number % 5 == 4 else ("subscription_months", "in_mainland", "region_in_mainland")
    case: dict[str, Any] = {"case": f"c{number}"}
    for kind in kinds:
        fields = PROPERTIES[kind]["oneOf"][0]["properties"].items()
        stated = [(name, field) for name, field in fields if random.random() < 0.7 and name not in left_out]
        case[kind] = {**{name: value(name, field, random) for name, field in stated}, "ref": "x"}
    return case


def in_threads(work: Callable[[int], Any], number: int) -> list[Any]:
    with ThreadPoolExecutor(16) as threads:
        return list(threads.map(work, range(number)))


def test_results_are_right_in_all_threads(switching_often: None) -> None:
    shared = rw.load(NAME, as_of=DAY)
    plain = rw.load(NAME, as_of=DAY, engine="reference")

    def evaluated(rulebook: rw.Rulebook, number: int) -> Any:
        try:
            result = rulebook.check(random_case(number))
        except rw.InputError as error:
            return "rejected", str(error), None
        return result.verdict, dict(result.subjects), {name: dict(one) for name, one in result.results.items()}

    got = in_threads(lambda number: evaluated(shared, number), 1_500)
    assert got == [evaluated(plain, number) for number in range(1_500)]
    assert len({verdict for verdict, _, _ in got}) >= 4


def test_explanations_changes_and_pages_are_right_in_all_threads(switching_often: None) -> None:
    def explained(rulebook: rw.Rulebook, number: int) -> Any:
        result = rulebook.check(random_case(5 * number, ["instance"]))
        data = result.to_dict() if number % 4 == 0 else None
        page = result.to_html() if number % 12 == 1 else None
        fixes = result.fixes(limit=2) if number % 6 == 2 else None
        text = result.explain() if number % 6 == 3 else str(result)
        return result.findings, result.missing, data, page, fixes, text

    shared, other = rw.load(NAME, as_of=DAY), rw.load(NAME, as_of=DAY)
    got = in_threads(lambda number: explained(shared, number), 24)
    for number, one in enumerate(got):
        assert one == explained(other, number), number


def test_threads_that_share_a_result_read_the_same(switching_often: None) -> None:
    result = rw.load(NAME, as_of=DAY).check(random_case(1))
    parts = in_threads(lambda number: (result.findings, result.missing, str(result), result.to_dict()), 16)
    assert all(one == parts[0] for one in parts)


def test_threads_that_need_several_editions_load_each_of_them_once(tmp_path: Path, switching_often: None) -> None:
    years = range(2010, 2026)
    folder = rulebook_folder(tmp_path / "leave", **{f"on_{year}_01_01": edition(f"{year}-01-01") for year in years})
    rulebook = rw.load(folder)

    def used(number: int) -> str:
        case = {"as_of": f"{years[number % len(years)]}-06-01", "request": {"days": 3}}
        result = rulebook.check(case)
        return f"{result.rulebook.edition}" if result.to_html("en") else ""

    assert in_threads(used, 64) == [f"{years[number % len(years)]}-01-01" for number in range(64)]


def test_a_wrong_case_in_one_thread_costs_no_other(switching_often: None) -> None:
    rulebook = rw.load(NAME, as_of=DAY)

    def judged(number: int) -> str:
        try:
            return rulebook.check({"instance": {"service_type": "ecs" if number % 3 else "none"}}).verdict.value
        except rw.InputError as error:
            return error.diagnostics[0].code

    assert in_threads(judged, 300) == ["F004", "needs_information", "needs_information"] * 100


def test_a_check_of_one_case_loads_no_database(tmp_path: Path) -> None:
    before = (
        "import atexit, sys; heavy = {'duckdb', 'sqlglot', 'numpy', 'pyspark'}; "
        "atexit.register(lambda: print(sorted(heavy & set(sys.modules)), file=sys.stderr))"
    )
    book = write(tmp_path / "leave.yaml", edition("2026-01-01"))
    case = write(tmp_path / "case.yaml", "case: one\nrequest: {ref: a, days: 3}\n")
    ran = process("check", case, "-r", book, "--as-of", "2026-06-01", before=before)
    assert (ran.status, ran.err) == (FINE, "[]\n")
