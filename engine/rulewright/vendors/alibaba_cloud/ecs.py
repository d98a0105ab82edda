"""Importer `aliyun-ecs`: instances of Elastic Compute Service, from answers that list them."""

from __future__ import annotations

from rulewright.vendors.alibaba_cloud.strangers import strangers
from rulewright.vendors.alibaba_cloud.subscriptions import NO_LOCKS, NO_START, charge_type, locks, state, subscription
from rulewright.vendors.alibaba_cloud.vocabulary import INSTANCE, VOCABULARY
from rulewright.vendors.conversions import Value
from rulewright.vendors.converters import more_than_zero, starting, text, unclear_beside
from rulewright.vendors.tables import Always, Importer, Row, Shape, Table

_ANSWER = "ECS DescribeInstances"
_RENEWAL_ANSWER, _NODES_ANSWER = "ECS DescribeInstanceAutoRenewAttribute", "ACK DescribeClusterNodes"

_STATES: dict[str, Value] = {"Running": "running", "Stopped": "stopped", "Deleted": "released", "Released": "released"}

INSTANCES = Table(
    answer=_ANSWER,
    expected="an object with `Instances.Instance`, a list of instances, one instance, or what Ansible's "
    "ali_instance_info gives",
    kind=INSTANCE,
    shapes=(
        Shape(("Instances", "Instance", "*")),
        Shape(("alibabacloud", "ali_instance_info", "*", "instances", "*"), sure=True),
        Shape(("Instances", "*")),
        Shape(("instances", "*")),
        Shape(("*",)),
        Shape(()),
    ),
    # other clouds also have InstanceId and InstanceType; other products have RegionId and the times
    marks=frozenset({"InstanceChargeType", "InstanceNetworkType", "InternetChargeType", "InternetMaxBandwidthOut"}),
    others=strangers("InstanceChargeType", "InstanceNetworkType"),
    ref="InstanceId",
    label="InstanceName",
    # names in Ansible that differ from the vendor's words in lower case
    aliases={"EipAddress": ("eip",), "InstanceId": ("instance_id", "id"), "RegionId": ("region_id", "region")},
    rows=(
        Always("service_type", "ecs", f"an answer of {_ANSWER}"),
        Row("region", "RegionId", text),
        charge_type("InstanceChargeType"),
        *subscription("CreationTime", "ExpiredTime"),
        Row(
            "public_bandwidth_purchased",
            "InternetMaxBandwidthOut",
            more_than_zero,
            doubts=(
                unclear_beside(
                    False,
                    "EipAddress",
                    ("IpAddress", "AllocationId", "Bandwidth"),
                    what="an elastic IP address",
                    but="and the source document does not say whether one counts",
                ),
            ),
        ),
        state("Status", _STATES),
        *locks("OperationLocks"),
    ),
    never=("account", *NO_START, "service_numbers_used"),
    alike="the answers of other products have this form, too: repeat the call with `aliyun ecs DescribeInstances`",
    total="TotalCount",
    lists_all=True,
)

# a planned renewal adds nothing to the length of a subscription
_RENEWALS = Table(
    answer=_RENEWAL_ANSWER,
    expected="one with `InstanceRenewAttributes.InstanceRenewAttribute`",
    kind=INSTANCE,
    shapes=(Shape(("InstanceRenewAttributes", "InstanceRenewAttribute", "*"), sure=True), Shape(("*",)), Shape(())),
    marks=frozenset({"RenewalStatus"}),
    others=strangers("InstanceRenewAttributes", "AutoRenewEnabled"),
    ref="InstanceId",
    rows=(
        Always("service_type", "ecs", f"an answer of {_RENEWAL_ANSWER}"),
        Always("billing", "subscription", "the call answers for subscriptions alone"),
    ),
    never=(
        "region",
        "account",
        "created",
        "subscription_start",
        "subscription_end",
        "public_bandwidth_purchased",
        "service_numbers_used",
        "state",
        "locked",
        "lock_reason",
    ),
    total="TotalCount",
)

_NODES = Table(
    answer=_NODES_ANSWER,
    expected="one with `nodes`",
    kind=INSTANCE,
    shapes=(Shape(("nodes", "*"), sure=True),),
    others=strangers("nodes", "InstanceChargeType"),
    ref="InstanceId",
    aliases={},
    rows=(
        Row("service_type", "InstanceType", starting("ecs.", "ecs", "is no instance type of ECS")),
        charge_type("InstanceChargeType"),
        *subscription("CreationTime", "ExpiredTime"),
        state("InstanceStatus", _STATES),
    ),
    never=("region", "account", *NO_START, "public_bandwidth_purchased", "service_numbers_used", *NO_LOCKS),
    total="page.total_count",
)

ALIYUN_ECS = Importer(
    "aliyun-ecs",
    "instances of Elastic Compute Service: an answer of ECS DescribeInstances or DescribeInstanceAutoRenewAttribute, "
    "of ACK DescribeClusterNodes, or of Ansible's ali_instance_info (JSON)",
    (INSTANCES, _RENEWALS, _NODES),
    vocabulary=VOCABULARY,
)
