"""Importer `aliyun-icp`: filed domains, from an answer of QuerySuccessIcpData."""

from __future__ import annotations

from dataclasses import replace

from rulewright.vendors.alibaba_cloud.strangers import strangers
from rulewright.vendors.alibaba_cloud.vocabulary import ACCESS_CHANGE, CLOUD_SERVICE, VOCABULARY
from rulewright.vendors.converters import domain
from rulewright.vendors.tables import Always, Importer, Row, Shape, Table

_ANSWER = "companyreg QuerySuccessIcpData"
_FILINGS, _SITES, _DOMAINS = "BaSuccessDataWithRiskList", "WebsiteList", "DomainList"

# domains of apps are left out: an app lists the domains it calls, and each needs the filing of a website
_FILED = Table(
    answer=_ANSWER,
    expected=f"an object with `{_FILINGS}`",
    kind=ACCESS_CHANGE,
    shapes=(
        Shape(
            (_FILINGS, "*", _SITES, "*", _DOMAINS, "*"),
            sure=True,
            named=_DOMAINS,
            may_lack=frozenset({_SITES, _DOMAINS}),
        ),
    ),
    others=strangers(_FILINGS),
    ref=_DOMAINS,
    identify=domain,
    prefix="filed-",
    rows=(
        Row("domain", _DOMAINS, domain),
        Always("filed_through", "alibaba_cloud", "inferred: Alibaba Cloud lists the filings that it passed on"),
    ),
    never=("moves_to", "subdomain_only", "commercial_license", "province_requires_ip_match"),
)

ALIYUN_ICP = Importer(
    "aliyun-icp",
    "domains of websites that are filed: an answer of companyreg QuerySuccessIcpData (JSON)",
    (
        replace(
            _FILED,
            of_services=replace(
                _FILED,
                kind=CLOUD_SERVICE,
                rows=(
                    Always("has_icp_number", True, f"its domain, or the one above it, is in an answer of {_ANSWER}"),
                ),
                never=(),
            ),
        ),
    ),
    vocabulary=VOCABULARY,
)
