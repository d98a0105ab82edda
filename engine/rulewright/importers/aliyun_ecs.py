"""The importer `aliyun-ecs`: instances of Elastic Compute Service, from an answer of DescribeInstances."""

from __future__ import annotations

from rulewright.importers.converters import more_than_zero, text, unclear_beside
from rulewright.importers.strangers import strangers
from rulewright.importers.subscriptions import charge_type, subscription
from rulewright.importers.tables import Always, Importer, Row, Shape, Table

_ANSWER = "ECS DescribeInstances"

INSTANCES = Table(
    answer=_ANSWER,
    expected="an object with `Instances.Instance`, a list of instances, one instance, or what Ansible's "
    "ali_instance_info gives",
    kind="instance",
    shapes=(
        Shape(("Instances", "Instance", "*"), sure=True),
        Shape(("alibabacloud", "ali_instance_info", "*", "instances", "*"), sure=True),
        Shape(("Instances", "*")),
        Shape(("instances", "*")),
        Shape(("*",)),
        Shape(()),
    ),
    # other clouds have InstanceId and InstanceType too, other products RegionId and the times
    marks=frozenset({"InstanceChargeType", "InstanceNetworkType", "InternetChargeType", "InternetMaxBandwidthOut"}),
    others=strangers("InstanceChargeType", "InstanceNetworkType"),
    ref="InstanceId",
    label="InstanceName",
    # Ansible's names that are not the vendor's words in lower case
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
    ),
    never=("account", "service_numbers_used"),
    total="TotalCount",
    lists_all=True,
)

ALIYUN_ECS = Importer(
    "aliyun-ecs",
    "instances of Elastic Compute Service: an answer of ECS DescribeInstances, or of Ansible's "
    "ali_instance_info (JSON)",
    (INSTANCES,),
)
