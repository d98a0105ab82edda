"""Importer `aliyun-bss`: instances of every product, from an answer of billing's QueryAvailableInstances."""

from __future__ import annotations

from rulewright.vendors.alibaba_cloud.strangers import strangers
from rulewright.vendors.alibaba_cloud.subscriptions import NO_LOCKS, NO_START, payment_type, state, subscription
from rulewright.vendors.alibaba_cloud.vocabulary import INSTANCE, VOCABULARY
from rulewright.vendors.conversions import Surroundings, Unclear, Value
from rulewright.vendors.converters import choice, never_clear, text
from rulewright.vendors.display import raw
from rulewright.vendors.tables import Importer, Row, Shape, Table

_ANSWER = "BSS QueryAvailableInstances"
#: Codes confirmed by real billing answers. There is no public list of the others.
_PRODUCTS = {"ecs": "ecs", "swas": "simple_application_server"}


def _of_another_type(_: Value, surroundings: Surroundings) -> Unclear | None:
    code, type_ = surroundings.find("ProductCode"), surroundings.find("ProductType")
    if type_.says_nothing or type_.value == code.value:
        return None
    return Unclear(f"comes with ProductType {raw(type_.value)}, which may be something else than an instance")


_INSTANCES = Table(
    answer=_ANSWER,
    expected="an object with `Data.InstanceList`, a list of instances, or one instance",
    kind=INSTANCE,
    shapes=(Shape(("Data", "InstanceList", "*")), Shape(("*",)), Shape(())),
    marks=frozenset({"ProductCode", "SubscriptionType"}),
    others=strangers("ProductCode", "SubscriptionType"),
    ref="InstanceID",
    rows=(
        Row(
            "service_type",
            "ProductCode",
            choice(_PRODUCTS, otherwise="is a product code for which no service type is known here"),
            doubts=(_of_another_type,),
        ),
        Row("region", "Region", text),
        Row("account", "OwnerId", never_clear("is the account that owns it, and who bought it is not said")),
        payment_type("SubscriptionType"),
        *subscription("CreateTime", "EndTime"),
        state("Status", {"Expired": "expired", "Released": "released"}, "does not say whether the instance runs"),
    ),
    never=(*NO_START, *NO_LOCKS, "public_bandwidth_purchased", "service_numbers_used"),
    total="Data.TotalCount",
    lists_all=True,
)

ALIYUN_BSS = Importer(
    "aliyun-bss",
    "instances of every product that is bought: an answer of BSS QueryAvailableInstances (JSON)",
    (_INSTANCES,),
    vocabulary=VOCABULARY,
)
