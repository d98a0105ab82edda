"""Polars with the requirements of the flagship rulebook as expressions by hand; streamed from file to file."""

from __future__ import annotations

from pathlib import Path

import polars
from polars import col

from benchmarks.peers.case_by_case import Judge
from benchmarks.workload.filing import (
    AS_OF,
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
)

_TYPES = {
    "ref": polars.String,
    "account": polars.String,
    "service_type": polars.String,
    "region": polars.String,
    "billing": polars.String,
    "created": polars.String,
    "subscription_start": polars.String,
    "subscription_end": polars.String,
    "public_bandwidth_purchased": polars.Boolean,
    "service_numbers_used": polars.Int64,
    "locked": polars.Boolean,
    "lock_reason": polars.String,
    "server_instance_purchased": polars.Boolean,
    "order_amount_cny": polars.Float64,
    "product_edition": polars.String,
}


def prepare() -> Judge:
    """Return the function that evaluates a file."""
    return _evaluate


def _violations() -> dict[str, polars.Expr]:
    service, used = col("service_type"), col("service_numbers_used")
    created, start, end = (
        col(name).str.to_date("%Y-%m-%d") for name in ("created", "subscription_start", "subscription_end")
    )
    is_last = end.dt.month_end() == end
    months = (
        (end.dt.year() - start.dt.year()) * 12
        + end.dt.month().cast(polars.Int32)
        - start.dt.month().cast(polars.Int32)
        - ((end.dt.day() < start.dt.day()) & ~is_last).cast(polars.Int32)
    )
    few = (used >= 5) | ((service == "linkedmall") & (used >= 2)) | ((service == "iot_studio") & (used >= 1))
    is_subscription = col("billing") == "subscription"
    conditions = (
        service == "other",
        service.is_in(sorted(MAINLAND_NEEDED)) & ~col("region").is_in(MAINLAND),
        service.is_in(sorted(MONTHS_NEEDED)) & ((service != "ecs") | is_subscription) & (months < MINIMUM_MONTHS),
        (service == "ecs") & ~is_subscription,
        (service == "ecs") & ~col("public_bandwidth_purchased"),
        (service == "simple_application_server") & ~col("server_instance_purchased"),
        service.is_in(sorted(ORDER_NEEDED)) & (col("order_amount_cny") < MINIMUM_ORDER),
        (service == "iot_studio") & ~col("product_edition").str.to_lowercase().is_in(sorted(HIGHER_EDITIONS)),
        (service != "other") & few,
        end < AS_OF,
        (start > AS_OF) | (created > AS_OF),
    )
    return dict(zip(RULES, conditions, strict=True))


def _evaluate(source: Path, output: Path) -> None:
    named = [polars.when(col(rule)).then(polars.lit(rule)) for rule in RULES]
    verdict = polars.when(polars.any_horizontal(*RULES)).then(polars.lit(NOT_READY)).otherwise(polars.lit(READY))
    frame = polars.scan_ndjson(source, schema=_TYPES, ignore_errors=True).select(
        "ref", *(condition.alias(rule) for rule, condition in _violations().items())
    )
    answers = frame.select(
        col("ref").alias("case"),
        verdict.alias("verdict"),
        polars.concat_list(named).list.drop_nulls().alias("violated"),
    )
    answers.sink_ndjson(output)
