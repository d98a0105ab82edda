"""Importer `aliyun-ens`: instances of Edge Node Service, from an answer of DescribeInstances."""

from __future__ import annotations

from rulewright.vendors.alibaba_cloud.strangers import strangers
from rulewright.vendors.alibaba_cloud.subscriptions import NO_LOCKS, NO_START, state, subscription
from rulewright.vendors.alibaba_cloud.vocabulary import INSTANCE, VOCABULARY
from rulewright.vendors.converters import choice, text
from rulewright.vendors.tables import Always, Importer, Row, Shape, Table

_ANSWER = "ENS DescribeInstances"

_INSTANCES = Table(
    answer=_ANSWER,
    expected="an object with `Instances.Instance`, a list of instances, or one instance",
    kind=INSTANCE,
    shapes=(Shape(("Instances", "Instance", "*")), Shape(("*",)), Shape(())),
    marks=frozenset({"EnsRegionId", "InstanceResourceType"}),
    others=strangers("EnsRegionId", "InstanceResourceType"),
    ref="InstanceId",
    label="InstanceName",
    rows=(
        Always("service_type", "ens", f"an answer of {_ANSWER}"),
        Row("region", "EnsRegionId", text),
        # there is no charge type, and the other resource types have both real expiries and ones in the next century
        Row(
            "billing",
            "InstanceResourceType",
            choice(
                {"EnsPostPaidInstance": "pay_as_you_go"},
                otherwise="does not say how it is billed (an answer of BSS QueryAvailableInstances does)",
            ),
        ),
        *subscription("CreationTime", "ExpiredTime"),
        state("Status", {"Running": "running", "Stopped": "stopped", "Expired": "expired"}),
    ),
    # node ids look like region ids, and no list says which are in the mainland
    never=("in_mainland", "account", *NO_START, "service_numbers_used", *NO_LOCKS),
    total="TotalCount",
    lists_all=True,
)

ALIYUN_ENS = Importer(
    "aliyun-ens",
    "instances of Edge Node Service: an answer of ENS DescribeInstances (JSON)",
    (_INSTANCES,),
    vocabulary=VOCABULARY,
)
