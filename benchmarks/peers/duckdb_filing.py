"""DuckDB with the requirements of the flagship rulebook as SQL by hand, its columns typed beforehand."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import duckdb

from benchmarks.peers.case_by_case import Judge
from benchmarks.workload.filing import AS_OF, MAINLAND, MINIMUM_MONTHS, MINIMUM_ORDER, NOT_READY, READY, RULES

TYPES = {
    "ref": "VARCHAR",
    "account": "VARCHAR",
    "service_type": "VARCHAR",
    "region": "VARCHAR",
    "billing": "VARCHAR",
    "created": "DATE",
    "subscription_start": "DATE",
    "subscription_end": "DATE",
    "public_bandwidth_purchased": "BOOLEAN",
    "service_numbers_used": "INTEGER",
    "locked": "BOOLEAN",
    "lock_reason": "VARCHAR",
    "server_instance_purchased": "BOOLEAN",
    "order_amount_cny": "DOUBLE",
    "product_edition": "VARCHAR",
}
_CONDITIONS = (
    "service_type = 'other'",
    f"service_type <> 'linkedmall' AND region NOT IN {MAINLAND}",
    "service_type NOT IN ('iot_studio', 'other') AND (service_type <> 'ecs' OR billing = 'subscription')"
    f" AND datesub('month', subscription_start, subscription_end) < {MINIMUM_MONTHS}",
    "service_type = 'ecs' AND billing <> 'subscription'",
    "service_type = 'ecs' AND NOT public_bandwidth_purchased",
    "service_type = 'simple_application_server' AND NOT server_instance_purchased",
    f"service_type IN ('linkedmall', 'iot_studio') AND order_amount_cny < {MINIMUM_ORDER}",
    "service_type = 'iot_studio' AND lower(product_edition) NOT IN ('enterprise', 'ultimate')",
    "service_type <> 'other' AND service_numbers_used"
    " >= CASE service_type WHEN 'linkedmall' THEN 2 WHEN 'iot_studio' THEN 1 ELSE 5 END",
    f"subscription_end < DATE '{AS_OF}'",
    f"subscription_start > DATE '{AS_OF}' OR created > DATE '{AS_OF}'",
)
VIOLATIONS = dict(zip(RULES, _CONDITIONS, strict=True))


def prepare() -> Judge:
    """Return the function that evaluates a file."""
    return partial(_evaluate, duckdb.connect())


def _evaluate(connection: duckdb.DuckDBPyConnection, source: Path, output: Path) -> None:
    columns = ", ".join(f"{name}: '{type_}'" for name, type_ in TYPES.items())
    violations = ", ".join(f"CASE WHEN {condition} THEN '{rule}' END" for rule, condition in VIOLATIONS.items())
    connection.execute(f"""
        COPY (
            SELECT ref AS "case", CASE WHEN len(violated) > 0 THEN '{NOT_READY}' ELSE '{READY}' END AS verdict, violated
            FROM (
                SELECT ref, list_filter([{violations}], lambda rule: rule IS NOT NULL) AS violated
                FROM read_json(
                    '{source}', format = 'newline_delimited', ignore_errors = true, columns = {{{columns}}}
                )
            )
        ) TO '{output}' (FORMAT json)
    """)
