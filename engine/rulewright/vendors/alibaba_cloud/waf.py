"""Importer `aliyun-waf`: protected domains, from answers of WAF 2.0 and of the API of 2021-10-01."""

from __future__ import annotations

from rulewright.vendors.alibaba_cloud.strangers import strangers
from rulewright.vendors.alibaba_cloud.vocabulary import CLOUD_SERVICE, VOCABULARY
from rulewright.vendors.converters import domain
from rulewright.vendors.tables import Always, Importer, Row, Shape, Table

_NAMES, _LIST, _PUNISHED = "WAF DescribeDomainNames", "WAF DescribeDomains", "WAF DescribePunishedDomains"
_WAF = "waf"

_DOMAIN_NAMES = Table(
    answer=_NAMES,
    expected="an object with `Result.DomainNames`",
    kind=CLOUD_SERVICE,
    shapes=(Shape(("Result", "DomainNames", "*"), sure=True, named="DomainNames"),),
    ref="DomainNames",
    identify=domain,
    prefix="waf-",
    rows=(Always("product", _WAF, f"an answer of {_NAMES}"), Row("domain", "DomainNames", domain)),
    never=("origin_in_mainland", "has_icp_number"),
)

_DOMAINS = Table(
    answer=_LIST,
    expected="one with `Domains`",
    kind=CLOUD_SERVICE,
    shapes=(Shape(("Domains", "*")),),
    marks=frozenset({"Domain"}),
    others=strangers("PunishedDomains"),
    ref="Domain",
    identify=domain,
    prefix="waf-",
    rows=(Always("product", _WAF, f"an answer of {_LIST}"), Row("domain", "Domain", domain)),
    never=("origin_in_mainland", "has_icp_number"),
    total="TotalCount",
)

_PUNISHED_DOMAINS = Table(
    answer=_PUNISHED,
    expected="one with `PunishedDomains`",
    kind=CLOUD_SERVICE,
    shapes=(Shape(("PunishedDomains", "*"), sure=True, named="PunishedDomains"),),
    ref="PunishedDomains",
    identify=domain,
    prefix="waf-",
    rows=(
        Always("product", _WAF, f"an answer of {_PUNISHED}"),
        Row("domain", "PunishedDomains", domain),
        Always("has_icp_number", False, "punished for lack of a filing, unless the call asked for another PunishType"),
    ),
    never=("origin_in_mainland",),
)

ALIYUN_WAF = Importer(
    "aliyun-waf",
    "domains of Web Application Firewall: answers of WAF DescribeDomainNames (2.0), and of DescribeDomains and "
    "DescribePunishedDomains (2021-10-01; JSON)",
    (_DOMAIN_NAMES, _DOMAINS, _PUNISHED_DOMAINS),
    vocabulary=VOCABULARY,
)
