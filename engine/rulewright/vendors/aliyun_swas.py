"""The importer `aliyun-swas`: instances of Simple Application Server, from an answer of ListInstances."""

from __future__ import annotations

from rulewright.vendors.converters import starting, text
from rulewright.vendors.strangers import strangers
from rulewright.vendors.subscriptions import NO_START, charge_type, state, subscription
from rulewright.vendors.tables import Always, Importer, Row, Shape, Table

_ANSWER = "SWAS ListInstances"

_INSTANCES = Table(
    answer=_ANSWER,
    expected="an object with `Instances`, a list of instances, or one instance",
    kind="instance",
    shapes=(Shape(("Instances", "*")), Shape(("*",)), Shape(())),
    # ECS and ENS have InstanceId, RegionId, Status and the times too
    marks=frozenset({"BusinessStatus", "Combination", "DdosStatus", "PlanId"}),
    others=strangers("BusinessStatus", "PlanId"),
    ref="InstanceId",
    label="InstanceName",
    rows=(
        Always("service_type", "simple_application_server", f"an answer of {_ANSWER}"),
        Row("region", "RegionId", text),
        charge_type("ChargeType"),
        *subscription("CreationTime", "ExpiredTime"),
        Always("server_instance_purchased", True, "inferred: the answer lists server instances"),
        state("BusinessStatus", {"Expired": "expired"}),
        state("Status", {"Running": "running", "Stopped": "stopped"}),
        Row("locked", "DisableReason", starting("", True, "")),
        Row("lock_reason", "DisableReason", text, is_optional=True),
    ),
    never=("account", *NO_START, "service_numbers_used"),
    total="TotalCount",
    lists_all=True,
)

ALIYUN_SWAS = Importer(
    "aliyun-swas", "instances of Simple Application Server: an answer of SWAS ListInstances (JSON)", (_INSTANCES,)
)
