"""Importer `aliyun-oss`: domains mapped to a bucket, from an answer of ListCname, which is XML."""

from __future__ import annotations

from functools import partial

from rulewright.vendors.alibaba_cloud.vocabulary import CLOUD_SERVICE, VOCABULARY
from rulewright.vendors.converters import choice, domain
from rulewright.vendors.tables import Always, Importer, Row, Shape, Table
from rulewright.vendors.xml_answers import read_xml

_ANSWER = "OSS ListCname"

_CNAMES = Table(
    answer=_ANSWER,
    expected="an element `ListCnameResult`",
    kind=CLOUD_SERVICE,
    shapes=(Shape(("ListCnameResult", "Cname", "*"), sure=True),),
    ref="Domain",
    identify=domain,
    prefix="oss-",
    rows=(
        Always("product", "oss", f"an answer of {_ANSWER}"),
        Row("domain", "Domain", domain),
        Row("custom_domain", "Status", choice({"Enabled": True}, otherwise="does not say that the mapping is in use")),
    ),
    never=("has_icp_number",),
)

ALIYUN_OSS = Importer(
    "aliyun-oss",
    "domain names mapped to a bucket of Object Storage Service: an answer of OSS ListCname (XML)",
    (_CNAMES,),
    read=partial(read_xml, {"ListCnameResult": "Cname"}),
    vocabulary=VOCABULARY,
)
