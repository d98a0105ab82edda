"""The importer `aliyun-ens`: instances of Edge Node Service, from an answer of DescribeInstances."""

from __future__ import annotations

from rulewright.vendors.converters import choice, text
from rulewright.vendors.strangers import strangers
from rulewright.vendors.subscriptions import NO_LOCKS, NO_START, state, subscription
from rulewright.vendors.tables import Always, Importer, Row, Shape, Table

_ANSWER = "ENS DescribeInstances"

_INSTANCES = Table(
    answer=_ANSWER,
    expected="an object with `Instances.Instance`, a list of instances, or one instance",
    kind="instance",
    shapes=(Shape(("Instances", "Instance", "*")), Shape(("*",)), Shape(())),
    marks=frozenset({"EnsRegionId", "InstanceResourceType"}),
    others=strangers("EnsRegionId", "InstanceResourceType"),
    ref="InstanceId",
    label="InstanceName",
    rows=(
        Always("service_type", "ens", f"an answer of {_ANSWER}"),
        Row("region", "EnsRegionId", text),
        # there is no charge type; the other kinds of resource have expiries in the next century as well as real ones
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
    # the ids of nodes look like those of regions, and no list of them says which lie in the mainland
    never=("in_mainland", "account", *NO_START, "service_numbers_used", *NO_LOCKS),
    total="TotalCount",
    lists_all=True,
)

ALIYUN_ENS = Importer(
    "aliyun-ens", "instances of Edge Node Service: an answer of ENS DescribeInstances (JSON)", (_INSTANCES,)
)
