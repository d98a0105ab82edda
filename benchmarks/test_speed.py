"""How fast cases are judged in Python, and how soon the command answers one case."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from rulewright.catalogue import Catalogue, find_rulebook
from rulewright.compile.program import Program
from rulewright.diagnostics import Diagnostic
from rulewright.evaluate.durable import durable_engine
from rulewright.evaluate.plain import plain_engine
from rulewright.model.facts import Case, Fact
from rulewright.model.values import Known

EXAMPLE = Path(__file__).parent.parent / "examples" / "shop-launch.yaml"
AS_OF = date(2023, 10, 15)


@pytest.fixture(scope="module")
def program() -> Program:
    editions = find_rulebook("alibaba-cloud-icp-filing")
    assert not isinstance(editions, Diagnostic)
    chosen, _ = Catalogue(editions).choose(AS_OF, date(2023, 9, 28))
    assert chosen is not None
    return chosen.program


def cases(number: int) -> list[Case]:
    draw = random.Random(7)
    return [
        Case(f"case-{index}", AS_OF, {"instance": (Fact("instance", "i", dict(fields(draw))),)})
        for index in range(number)
    ]


def fields(draw: random.Random) -> Iterator[tuple[str, Known]]:
    services = ["ecs", "cloud_web_hosting", "simple_application_server", "ens", "linkedmall", "iot_studio"]
    start = AS_OF - timedelta(days=draw.randrange(400))
    yield "service_type", draw.choices(services, [50, 10, 20, 6, 7, 7])[0]
    yield "region", draw.choices(["cn-hangzhou", "cn-beijing", "cn-hongkong", "us-west-1"], [45, 40, 10, 5])[0]
    yield "billing", draw.choices(["subscription", "pay_as_you_go"], [82, 18])[0]
    yield "subscription_start", start
    yield "subscription_end", start + timedelta(days=draw.choice([30, 91, 183, 366, 731]))
    if draw.random() < 0.9:
        yield "public_bandwidth_purchased", draw.random() < 0.86
    yield "server_instance_purchased", draw.random() < 0.9
    yield "order_amount_cny", Decimal(draw.randrange(50_000)) / 100
    yield "product_edition", draw.choice(["Basic", "Enterprise", "Ultimate"])
    yield "service_numbers_used", draw.randrange(7)


@pytest.mark.parametrize("number", [1, 10_000])
def test_durable(benchmark: Callable[..., object], program: Program, number: int) -> None:
    engine, some = durable_engine(program), cases(number)
    engine.evaluate(some[:1])
    benchmark(engine.evaluate, some)


@pytest.mark.parametrize("number", [1, 1_000])
def test_reference(benchmark: Callable[..., object], program: Program, number: int) -> None:
    some = cases(number)
    engine = plain_engine(program.rulebook)
    benchmark(engine.evaluate, some)


def test_command_of_one_case(benchmark: Callable[..., object]) -> None:
    command = [sys.executable, "-m", "rulewright", "check", str(EXAMPLE), "--format", "json"]
    benchmark(lambda: subprocess.run(command, check=False, capture_output=True))


def test_command_that_only_starts(benchmark: Callable[..., object]) -> None:
    benchmark(lambda: subprocess.run([sys.executable, "-c", "pass"], check=True))
