"""Keys by which an answer shows that it is not the one expected, and which it is instead."""

from __future__ import annotations

from collections.abc import Mapping

_ECS = "an answer of ECS DescribeInstances"
_RENEWAL = "an answer of ECS DescribeInstanceAutoRenewAttribute"
_ENS = "an answer of Edge Node Service (ENS)"
_SWAS = "an answer of Simple Application Server (SWAS)"
_BSS = "an answer of BSS QueryAvailableInstances"
_BSN = "an answer about service numbers (bsn)"
_TERRAFORM = "what `terraform show -json` prints"

_KEYS: Mapping[str, str] = {
    "AutoRenewEnabled": _RENEWAL,
    "InstanceRenewAttributes": _RENEWAL,
    "Regions": "an answer of DescribeRegions",
    "nodes": "a list of the nodes of a Kubernetes cluster",
    "EnsRegionId": _ENS,
    "InstanceResourceType": _ENS,
    "BusinessStatus": _SWAS,
    "PlanId": _SWAS,
    "InstanceChargeType": _ECS,
    "InstanceNetworkType": _ECS,
    "SubscriptionType": _BSS,
    "ProductCode": _BSS,
    "beianNum": _BSN,
    "datas": _BSN,
    "terraform_version": _TERRAFORM,
    "DiscoveredResourceDetail": "an answer of Cloud Config GetDiscoveredResource",
    "BaSuccessDataWithRiskList": "an answer of QuerySuccessIcpData, the filings that succeeded",
    "WebRules": "an answer of Anti-DDoS DescribeWebRules",
    "PunishedDomains": "an answer of WAF DescribePunishedDomains",
}


def strangers(*own: str) -> dict[str, str]:
    """The keys of all answers but one, with the name of the answer: those in `own` are keys of that one."""
    return {key: answer for key, answer in _KEYS.items() if key not in own}
