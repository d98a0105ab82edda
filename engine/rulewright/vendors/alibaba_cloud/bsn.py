"""Importer `aliyun-bsn`: service numbers of an instance, from answers of GetBsnByResource and GetBsnBySn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from rulewright.vendors.alibaba_cloud.strangers import strangers
from rulewright.vendors.alibaba_cloud.vocabulary import INSTANCE, VOCABULARY
from rulewright.vendors.conversions import Stated, Unclear
from rulewright.vendors.converters import coded, never_clear
from rulewright.vendors.tables import Fact, Importer, Row, Shape, Subject, Table

_BY_RESOURCE, _BY_NUMBER = "bsn GetBsnByResource", "bsn GetBsnBySn"
_USED = "service_numbers_used"

_NO_SERVICE = "a kind of resource that the rulebook has no service type for"
_SERVICE_TYPES = coded(
    {
        1: Stated("ecs"),
        8: Stated("ens"),
        9: Stated("cloud_web_hosting"),
        **{
            number: Unclear(f"stands for {name}, {_NO_SERVICE}")
            for number, name in {2: "SLB", 3: "ACE", 4: "Marketplace", 5: "WEBAPP", 6: "NAT", 7: "NAT64"}.items()
        },
    },
    otherwise="is a kind of resource that is not known here",
)
_STATUSES = {0: "unbound", 1: "attached", 2: "filed", 3: "invalid", 4: "being filed"}
_ATTACHED = _STATUSES[1]
#: The states of a number that a website or app uses or has used.
_OF_USED = frozenset(_STATUSES[number] for number in (2, 3, 4))
_OWNER = Row("account", "aliUid", never_clear("is the account that owns it, and who bought it is not said"))


def _count(subjects: Sequence[Subject]) -> None:
    """Replace the status of each number by the count of used numbers of the instance.

    Every number that a website or app ever used counts, because none can be used again.
    """
    words = Counter(str(subject.stated(_USED)) for subject in subjects)
    if len({subject.ref for subject in subjects}) > 1:
        gap = "not stated, because the answer lists numbers of several instances, and may not list all"
    elif any(_USED not in subject.facts for subject in subjects):
        gap = "not stated, because the status of a number is missing"
    else:
        gap = ""
    said = ", ".join(f"{words[word]} {word}" for word in _STATUSES.values() if words[word])
    if words[_ATTACHED]:
        said += "; what is only attached is used by no website yet"
    for subject in subjects:
        status = subject.facts.pop(_USED, None)
        if gap or status is None:
            subject.gaps[_USED] = gap
        else:
            used = sum(words[word] for word in _OF_USED)
            subject.facts[_USED] = Fact(used, f"status of the numbers in the answer: {said}", status.path)


_NUMBERS = Table(
    answer=_BY_RESOURCE,
    expected="an object with `datas.bsnDO`",
    kind=INSTANCE,
    shapes=(Shape(("datas", "bsnDO", "*"), sure=True), Shape(("datas", "*"), sure=True)),
    others=strangers("beianNum", "datas"),
    ref="resourceId",
    rows=(
        Row("service_type", "resourceType", _SERVICE_TYPES),
        _OWNER,
        Row(_USED, "status", coded({number: Stated(word) for number, word in _STATUSES.items()})),
    ),
    combine=_count,
    never=(
        "region",
        "billing",
        "created",
        "subscription_start",
        "subscription_end",
        "public_bandwidth_purchased",
        "state",
        "locked",
        "lock_reason",
    ),
)

_NUMBER = replace(
    _NUMBERS,
    answer=_BY_NUMBER,
    expected="one with `resourceId` and `status`",
    shapes=(Shape(()),),
    marks=frozenset({"beianNum", "resourceId", "resourceType"}),
    nameless="the service number is not attached to an instance",
    rows=(
        Row("service_type", "resourceType", _SERVICE_TYPES),
        _OWNER,
        Row(_USED, "status", never_clear("is that of one number, and how many the instance has is not said")),
    ),
    combine=None,
)

ALIYUN_BSN = Importer(
    "aliyun-bsn",
    "service numbers of an instance: an answer of bsn GetBsnByResource or GetBsnBySn (JSON)",
    (_NUMBERS, _NUMBER),
    vocabulary=VOCABULARY,
)
