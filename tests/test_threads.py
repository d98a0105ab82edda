"""One engine in many threads, and the start of a command."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest

from commands import FINE, edition, process, write
from evaluating import engine_of, evaluate
from rulewright.catalogue import Editions, find_rulebook, load
from rulewright.model.facts import Case, Fact
from rulewright.model.rulebook import Field, Rulebook
from rulewright.model.values import FieldType, Known
from test_agreement import told


@pytest.fixture(scope="module")
def shipped() -> Rulebook:
    found = find_rulebook("alibaba-cloud-icp-filing")
    assert isinstance(found, Editions)
    file = found.file(None)
    assert isinstance(file, Path)
    program, _ = load(file)
    assert program is not None
    return program.rulebook


@pytest.fixture
def switching_often() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(before)


def value(field: Field, random: Random) -> Known:
    match field.type:
        case FieldType.CHOICE:
            return random.choice(list(field.choices))
        case FieldType.YES_NO:
            return random.random() < 0.5
        case FieldType.WHOLE_NUMBER:
            return random.randint(0, 8)
        case FieldType.DECIMAL:
            return Decimal(random.randint(0, 8))
        case FieldType.DATE:
            return date(2023, random.randint(1, 12), random.randint(1, 28))
        case FieldType.REFERENCE:
            return "x"
        case _:
            return random.choice(["a", "b"])


def random_case(rulebook: Rulebook, number: int) -> Case:
    random = Random(number)
    facts = {}
    for kind in rulebook.kinds.values():
        stated = [one for one in kind.fields.values() if one.may_be_given and one.from_table is None]
        values = {one.name: value(one, random) for one in stated if random.random() < 0.7}
        facts[kind.name] = (Fact(kind.name, "x", values),)
    return Case(str(number), date(2023, 10, 15), facts)


def test_threads_that_share_an_engine_get_the_right_results(shipped: Rulebook, switching_often: None) -> None:
    engine = engine_of(shipped)
    cases = [random_case(shipped, number) for number in range(1_500)]
    with ThreadPoolExecutor(16) as threads:
        results = list(threads.map(engine.evaluate_case, cases))
    assert [told(result) for result in results] == [told(evaluate(shipped, case)) for case in cases]
    assert len({result.verdict for result in results}) >= 3


def test_a_check_of_one_case_loads_no_database(tmp_path: Path) -> None:
    before = (
        "import atexit, sys; heavy = {'duckdb', 'sqlglot', 'numpy', 'pyspark'}; "
        "atexit.register(lambda: print(sorted(heavy & set(sys.modules)), file=sys.stderr))"
    )
    book = write(tmp_path / "leave.yaml", edition("2026-01-01"))
    case = write(tmp_path / "case.yaml", "case: one\nrequest: {ref: a, days: 3}\n")
    ran = process("check", case, "-r", book, "--as-of", "2026-06-01", before=before)
    assert (ran.status, ran.err) == (FINE, "[]\n")
