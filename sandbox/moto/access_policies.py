"""The access policies that EKS knows, and how they are associated with an access entry."""

import datetime
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from moto.eks.exceptions import InvalidParameterException

# Their rules are the authorization webhook's.
NAMES = sorted(json.loads((Path(__file__).parent.parent / "access-policies" / "rules.json").read_text()))
# For services of AWS and for nodes: EKS takes them, and here they allow nothing.
OF_SERVICES = [
    "AmazonAIOpsAssistantPolicy",
    "AmazonARCRegionSwitchScalingPolicy",
    "AmazonEKSAutoNodePolicy",
    "AmazonEKSBlockStorageClusterPolicy",
    "AmazonEKSBlockStoragePolicy",
    "AmazonEKSClusterInsightsPolicy",
    "AmazonEKSComputeClusterPolicy",
    "AmazonEKSComputePolicy",
    "AmazonEKSHybridPolicy",
    "AmazonEKSLoadBalancingClusterPolicy",
    "AmazonEKSLoadBalancingPolicy",
    "AmazonEKSNetworkingClusterPolicy",
    "AmazonEKSNetworkingPolicy",
    "AmazonEMRJobPolicy",
    "AmazonSagemakerHyperpodClusterPolicy",
    "AmazonSagemakerHyperpodControllerPolicy",
    "AmazonSagemakerHyperpodSystemNamespacePolicy",
]
ARNS = {f"arn:aws:eks::aws:cluster-access-policy/{name}": name for name in sorted(NAMES + OF_SERVICES)}


@dataclass(frozen=True)
class AccessScope:
    type: str
    namespaces: list[str]

    @classmethod
    def of(cls, given: dict[str, Any] | None) -> "AccessScope":
        type_, namespaces = (given or {}).get("type"), (given or {}).get("namespaces") or []
        if type_ not in ("cluster", "namespace"):
            raise InvalidParameterException(message="The accessScope type must be one of [cluster, namespace]")
        if type_ == "namespace" and not namespaces:
            raise InvalidParameterException(message="The accessScope must have namespaces where its type is namespace")
        if type_ == "cluster" and namespaces:
            raise InvalidParameterException(message="The accessScope cannot have namespaces where its type is cluster")
        return cls(type_, namespaces)


@dataclass(frozen=True)
class Association:
    policy_arn: str
    scope: AccessScope
    associated_at: datetime.datetime
    modified_at: datetime.datetime


def check_policy(arn: str) -> None:
    if arn not in ARNS:
        raise InvalidParameterException(
            message=f"The policyArn {arn} is invalid: no such access policy. "
            "You can view the available access policies with 'list-access-policies'.",
        )
