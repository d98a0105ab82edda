"""Polars with the rules as expressions by hand, its columns typed beforehand; streamed from file to file."""

from __future__ import annotations

from pathlib import Path

import polars
from polars import col

from benchmarks.peers.case_by_case import Judge
from benchmarks.workload.flat import (
    AT_RISK,
    DAYS_NOTICE,
    HIGHER_EDITIONS,
    MAINLAND,
    MAINLAND_NEEDED,
    MINIMUM_MONTHS,
    MINIMUM_ORDER,
    MONTHS_NEEDED,
    NOT_READY,
    ORDER_NEEDED,
    READY,
    RULES,
    WARNINGS,
)

_TYPES = {
    "id": polars.String,
    "service_type": polars.String,
    "region": polars.String,
    "charge_type": polars.String,
    "subscription_months": polars.Int64,
    "has_bandwidth_plan": polars.Boolean,
    "server_instance_purchased": polars.Boolean,
    "order_amount": polars.Float64,
    "edition": polars.String,
    "used_service_numbers": polars.Int64,
    "days_to_expiry": polars.Int64,
}


def prepare() -> Judge:
    """What judges a file."""
    return _judge


def _violations() -> dict[str, polars.Expr]:
    service, used = col("service_type"), col("used_service_numbers")
    few = (used >= 5) | ((service == "linkedmall") & (used >= 2)) | ((service == "iot_studio") & (used >= 1))
    conditions = (
        service.is_in(sorted(MAINLAND_NEEDED)) & ~col("region").is_in(sorted(MAINLAND)),
        service.is_in(sorted(MONTHS_NEEDED)) & (col("subscription_months") < MINIMUM_MONTHS),
        (service == "ecs") & ~col("has_bandwidth_plan"),
        (service == "ecs") & (col("charge_type") != "PrePaid"),
        (service == "simple_application_server") & ~col("server_instance_purchased"),
        service.is_in(sorted(ORDER_NEEDED)) & (col("order_amount") < MINIMUM_ORDER),
        (service == "iot_studio") & ~col("edition").is_in(sorted(HIGHER_EDITIONS)),
        few,
        col("days_to_expiry") < DAYS_NOTICE,
        col("days_to_expiry") < 0,
    )
    return dict(zip(RULES, conditions, strict=True))


def _judge(source: Path, output: Path) -> None:
    conditions = _violations()
    named = [polars.when(col(rule)).then(polars.lit(rule)) for rule in RULES]
    blocking = polars.any_horizontal(*(rule for rule in RULES if rule not in WARNINGS))
    verdict = (
        polars.when(blocking)
        .then(polars.lit(NOT_READY))
        .when(polars.any_horizontal(*sorted(WARNINGS)))
        .then(polars.lit(AT_RISK))
        .otherwise(polars.lit(READY))
    )
    frame = polars.scan_ndjson(source, schema=_TYPES).select(
        "id", *(condition.alias(rule) for rule, condition in conditions.items())
    )
    answers = frame.select(
        col("id").alias("case"),
        verdict.alias("verdict"),
        polars.concat_list(named).list.drop_nulls().alias("violated"),
    )
    answers.sink_ndjson(output)
