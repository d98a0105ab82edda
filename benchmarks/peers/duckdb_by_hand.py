"""DuckDB with the rules as SQL by hand, its columns typed beforehand."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import duckdb

from benchmarks.peers.case_by_case import Judge
from benchmarks.workload.flat import AT_RISK, NOT_READY, READY, RULES, WARNINGS

_TYPES = {
    "id": "VARCHAR",
    "service_type": "VARCHAR",
    "region": "VARCHAR",
    "charge_type": "VARCHAR",
    "subscription_months": "INTEGER",
    "has_bandwidth_plan": "BOOLEAN",
    "server_instance_purchased": "BOOLEAN",
    "order_amount": "DOUBLE",
    "edition": "VARCHAR",
    "used_service_numbers": "INTEGER",
    "days_to_expiry": "INTEGER",
}
_VIOLATIONS = {
    "mainland-region": "service_type <> 'linkedmall'"
    " AND region NOT IN ('cn-hangzhou', 'cn-beijing', 'cn-shanghai', 'cn-shenzhen')",
    "months-enough": "service_type <> 'iot_studio' AND subscription_months < 3",
    "bandwidth-bought": "service_type = 'ecs' AND NOT has_bandwidth_plan",
    "prepaid": "service_type = 'ecs' AND charge_type <> 'PrePaid'",
    "server-bought": "service_type = 'simple_application_server' AND NOT server_instance_purchased",
    "order-enough": "service_type IN ('linkedmall', 'iot_studio') AND order_amount < 100",
    "higher-edition": "service_type = 'iot_studio' AND edition NOT IN ('Enterprise', 'Ultimate')",
    "number-left": "used_service_numbers"
    " >= CASE service_type WHEN 'linkedmall' THEN 2 WHEN 'iot_studio' THEN 1 ELSE 5 END",
    "expiry-far": "days_to_expiry < 30",
    "not-expired": "days_to_expiry < 0",
}


def prepare() -> Judge:
    """What judges a file."""
    return partial(_judge, duckdb.connect())


def _judge(connection: duckdb.DuckDBPyConnection, source: Path, output: Path) -> None:
    columns = ", ".join(f"{name}: '{type_}'" for name, type_ in _TYPES.items())
    violations = ", ".join(f"CASE WHEN {condition} THEN '{rule}' END" for rule, condition in _VIOLATIONS.items())
    blocking = ", ".join(f"'{rule}'" for rule in RULES if rule not in WARNINGS)
    connection.execute(f"""
        COPY (
            SELECT id AS "case",
                CASE WHEN list_has_any(violated, [{blocking}]) THEN '{NOT_READY}'
                     WHEN len(violated) > 0 THEN '{AT_RISK}' ELSE '{READY}' END AS verdict,
                violated
            FROM (
                SELECT id, list_filter([{violations}], lambda rule: rule IS NOT NULL) AS violated
                FROM read_json('{source}', format = 'newline_delimited', columns = {{{columns}}})
            )
        ) TO '{output}' (FORMAT json)
    """)
