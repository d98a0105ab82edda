"""The importer `aliyun-ecs`: instances of Elastic Compute Service, from an answer of DescribeInstances."""

from __future__ import annotations

from rulewright.importers.answers import read_json
from rulewright.importers.converters import (
    choice,
    day_in_china,
    later_than,
    more_than_zero,
    placeholder,
    text,
    unclear_beside,
)
from rulewright.importers.tables import Always, Needs, Row, Shape, Table

_ANSWER = "ECS DescribeInstances"
_UNKNOWN_CHARGE_TYPE = "the answer does not say whether this is a subscription"

ALIYUN_ECS = Table(
    name="aliyun-ecs",
    description="instances of Elastic Compute Service: an answer of ECS DescribeInstances, or of Ansible's "
    "ali_instance_info (JSON)",
    answer=_ANSWER,
    expected="an object with `Instances.Instance`, a list of instances, one instance, or what Ansible's "
    "ali_instance_info gives",
    read=read_json,
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
    others={
        "AutoRenewEnabled": "an answer of ECS DescribeInstanceAutoRenewAttribute",
        "InstanceRenewAttributes": "an answer of ECS DescribeInstanceAutoRenewAttribute",
        "Regions": "an answer of DescribeRegions",
        "nodes": "a list of the nodes of a Kubernetes cluster",
        "EnsRegionId": "an answer of Edge Node Service (ENS)",
        "InstanceResourceType": "an answer of Edge Node Service (ENS)",
        "BusinessStatus": "an answer of Simple Application Server (SWAS)",
        "PlanId": "an answer of Simple Application Server (SWAS)",
    },
    ref="InstanceId",
    label="InstanceName",
    # Ansible's names that are not the vendor's words in lower case
    aliases={"EipAddress": ("eip",), "InstanceId": ("instance_id", "id"), "RegionId": ("region_id", "region")},
    rows=(
        Always("service_type", "ecs", f"an answer of {_ANSWER}"),
        Row("region", "RegionId", text),
        Row("billing", "InstanceChargeType", choice({"PrePaid": "subscription", "PostPaid": "pay_as_you_go"})),
        Row(
            "subscription_start",
            "CreationTime",
            day_in_china,
            needs=Needs("billing", "subscription", "pay-as-you-go has no subscription", _UNKNOWN_CHARGE_TYPE),
            doubts=(placeholder,),
            caveat="the day the instance was created; if it was pay-as-you-go at first, its subscription began later",
        ),
        Row(
            "subscription_end",
            "ExpiredTime",
            day_in_china,
            needs=Needs(
                "billing",
                "subscription",
                "pay-as-you-go has no subscription, and its expiry in the answer is a placeholder",
                _UNKNOWN_CHARGE_TYPE,
            ),
            doubts=(placeholder, later_than("subscription_start", most_years=50)),
        ),
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
    error=("Code", "Message"),
)
