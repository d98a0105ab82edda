"""Keys that identify other answers than the expected one."""

from __future__ import annotations

from collections.abc import Mapping

_ECS = "an answer of ECS DescribeInstances"
_RENEWAL = "an answer of ECS DescribeInstanceAutoRenewAttribute"
_ENS = "an answer of Edge Node Service (ENS)"
_SWAS = "an answer of Simple Application Server (SWAS)"
_BSS = "an answer of BSS QueryAvailableInstances"
_BSN = "an answer about service numbers (bsn)"
_DATABASE = "an answer of an ApsaraDB database"
_HBASE = "an answer of HBase, PetaData or another database"
_TERRAFORM = "what `terraform show -json` prints"

_KEYS: Mapping[str, str] = {
    **dict.fromkeys(("Engine", "DBInstanceId", "DBInstanceClass", "ConnectionDomain"), _DATABASE),
    **dict.fromkeys(("MajorVersion", "CreatedTimeUTC", "ExpireTimeUTC"), _HBASE),
    "HoloVersion": "an answer of Hologres ListInstances",
    "DrdsInstanceId": "an answer of PolarDB-X (DRDS)",
    "AllocationId": "an answer of VPC DescribeEipAddresses",
    "EipAddresses": "an answer of VPC DescribeEipAddresses",
    "LoadBalancerId": "an answer of Server Load Balancer (SLB)",
    "NatGatewayId": "an answer of NAT Gateway",
    "LiveDomainType": "an answer of ApsaraVideo Live",
    "LiveDomainStatus": "an answer of ApsaraVideo Live",
    "SSLProtocol": "an answer of DCDN",
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
    """Return the keys of all answers with the names of the answers, except the keys in `own`."""
    return {key: answer for key, answer in _KEYS.items() if key not in own}
