"""Importer `aliyun-swas`: instances of Simple Application Server, from an answer of ListInstances."""

from __future__ import annotations

from rulewright.vendors.alibaba_cloud.strangers import strangers
from rulewright.vendors.alibaba_cloud.subscriptions import NO_START, charge_type, state, subscription
from rulewright.vendors.alibaba_cloud.vocabulary import INSTANCE, VOCABULARY
from rulewright.vendors.converters import starting, text
from rulewright.vendors.tables import Always, Importer, Row, Shape, Table

_ANSWER = "SWAS ListInstances"

_INSTANCES = Table(
    answer=_ANSWER,
    expected="an object with `Instances`, a list of instances, or one instance",
    kind=INSTANCE,
    shapes=(Shape(("Instances", "*")), Shape(("*",)), Shape(())),
    # ECS and ENS also have InstanceId, RegionId, Status and the times
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
    "aliyun-swas",
    "instances of Simple Application Server: an answer of SWAS ListInstances (JSON)",
    (_INSTANCES,),
    vocabulary=VOCABULARY,
)
