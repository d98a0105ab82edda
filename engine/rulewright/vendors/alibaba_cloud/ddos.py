"""Importer `aliyun-ddos`: domains behind Anti-DDoS Pro, from answers of DescribeWebRules and DescribeDomains."""

from __future__ import annotations

from rulewright.vendors.alibaba_cloud.strangers import strangers
from rulewright.vendors.alibaba_cloud.vocabulary import CLOUD_SERVICE, VOCABULARY
from rulewright.vendors.conversions import Stated, Unclear
from rulewright.vendors.converters import coded, domain, only_while
from rulewright.vendors.tables import Always, Importer, Row, Shape, Table

_RULES, _LIST = "Anti-DDoS DescribeWebRules", "Anti-DDoS DescribeDomains"
_PRODUCT = "anti_ddos_pro"

_WEB_RULES = Table(
    answer=_RULES,
    expected="an object with `WebRules`",
    kind=CLOUD_SERVICE,
    shapes=(Shape(("WebRules", "*"), sure=True),),
    others=strangers("WebRules"),
    ref="Domain",
    identify=domain,
    prefix="anti_ddos_pro-",
    rows=(
        Always("product", _PRODUCT, f"an answer of {_RULES}"),
        Row("domain", "Domain", domain),
        Row(
            "has_icp_number",
            "PunishReason",
            # the API also answers 2 if both reasons apply
            coded(
                {
                    1: Stated(False, "which stands for no filing"),
                    2: Unclear("stands for what the website does, and hides whether it has a filing"),
                },
                otherwise="is no reason that is known here",
            ),
            doubts=(only_while("PunishStatus", "and a reason counts only while the domain is punished"),),
        ),
    ),
    never=("origin_in_mainland",),
    total="TotalCount",
)

_DOMAINS = Table(
    answer=_LIST,
    expected="one with `Domains`, a list of texts",
    kind=CLOUD_SERVICE,
    shapes=(Shape(("Domains", "*"), sure=True, named="Domains"),),
    ref="Domains",
    identify=domain,
    prefix="anti_ddos_pro-",
    rows=(Always("product", _PRODUCT, f"an answer of {_LIST}"), Row("domain", "Domains", domain)),
    never=("origin_in_mainland", "has_icp_number"),
)

ALIYUN_DDOS = Importer(
    "aliyun-ddos",
    "domains of Anti-DDoS Pro: answers of Anti-DDoS DescribeWebRules and DescribeDomains (JSON)",
    (_WEB_RULES, _DOMAINS),
    vocabulary=VOCABULARY,
)
