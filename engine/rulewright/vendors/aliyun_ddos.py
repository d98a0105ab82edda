"""The importer `aliyun-ddos`: domains behind Anti-DDoS Pro, from answers of DescribeWebRules and DescribeDomains."""

from __future__ import annotations

from rulewright.vendors.converters import coded, domain, only_while
from rulewright.vendors.strangers import strangers
from rulewright.vendors.tables import Always, Importer, Row, Shape, Stated, Table, Unclear

_RULES, _LIST = "Anti-DDoS DescribeWebRules", "Anti-DDoS DescribeDomains"
_PRODUCT = "anti_ddos_pro"

_WEB_RULES = Table(
    answer=_RULES,
    expected="an object with `WebRules`",
    kind="cloud_service",
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
            # 2 is answered for both reasons together, too
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
    kind="cloud_service",
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
)
