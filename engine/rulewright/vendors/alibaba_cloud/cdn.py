"""Importer `aliyun-cdn`: accelerated domains, from answers of DescribeUserDomains and CheckCdnDomainICP."""

from __future__ import annotations

from rulewright.vendors.alibaba_cloud.strangers import strangers
from rulewright.vendors.alibaba_cloud.vocabulary import CLOUD_SERVICE, VOCABULARY
from rulewright.vendors.converters import choice, domain
from rulewright.vendors.tables import Always, Importer, Row, Shape, Table

_LIST, _CHECK = "CDN DescribeUserDomains", "CDN CheckCdnDomainICP"

# Coverage says where a domain is accelerated, not where its website is hosted
_DOMAINS = Table(
    answer=_LIST,
    expected="an object with `Domains.PageData`",
    kind=CLOUD_SERVICE,
    shapes=(Shape(("Domains", "PageData", "*")), Shape(("*",)), Shape(())),
    # DCDN, VOD, Live and others list their domains in the same form, but only CDN has a business type
    marks=frozenset({"CdnType"}),
    others=strangers(),
    ref="DomainName",
    identify=domain,
    prefix="cdn-",
    rows=(Always("product", "cdn", f"an answer of {_LIST}"), Row("domain", "DomainName", domain)),
    never=("origin_in_mainland", "has_icp_number"),
    alike="DCDN, VOD and Live list domains in this form, too: repeat the call with `aliyun cdn DescribeUserDomains`",
    total="TotalCount",
)

# the answer has no DomainName, so the caller must write it into the file
_FILING = Table(
    answer=_CHECK,
    expected="one with `Status`",
    kind=CLOUD_SERVICE,
    shapes=(Shape(("*",)), Shape(())),
    marks=frozenset({"Status"}),
    others=strangers(),
    ref="DomainName",
    identify=domain,
    prefix="cdn-",
    nameless=f"an answer of {_CHECK} does not say of which domain it is: "
    'write `"DomainName": "..."` beside its `Status`',
    unnamed="cdn-domain",
    rows=(
        Always("product", "cdn", f"an answer of {_CHECK}"),
        Row("domain", "DomainName", domain),
        Row("has_icp_number", "Status", choice({"DomainIsRegistration": True, "DomainNotRegistration": False})),
    ),
    never=("origin_in_mainland",),
)

ALIYUN_CDN = Importer(
    "aliyun-cdn",
    "domains of Alibaba Cloud CDN: answers of CDN DescribeUserDomains, and of CheckCdnDomainICP with the DomainName "
    "written into them (JSON)",
    (_DOMAINS, _FILING),
    vocabulary=VOCABULARY,
)
