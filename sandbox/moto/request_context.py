"""What policies can ask about a request: its resource, and the values of the condition keys."""

import re
from urllib.parse import unquote

from moto.core.responses import BaseResponse
from moto.iam.models import iam_backends

import clock
from callers import Caller
from iam_refusals import named
from signature import Signature
from user_sessions import names_mfa_device

# Actions of EKS that know no resource but "*".
WITHOUT_RESOURCE = {"eks:ListClusters", "eks:CreateCluster", "eks:ListAccessPolicies"}


def context_of(caller: Caller, response: BaseResponse, signature: Signature) -> dict[str, str | list[str]]:
    context: dict[str, str | list[str]] = {
        "aws:PrincipalArn": caller.principal_arn,
        "aws:PrincipalAccount": caller.account,
        "aws:PrincipalType": "User" if caller.user_name else "AssumedRole",
        "aws:userid": caller.user_id,
        "aws:RequestedRegion": signature.region,
        "aws:SecureTransport": "true",
        "aws:CurrentTime": clock.now().isoformat(),
    }
    if caller.user_name:
        context["aws:username"] = caller.user_name
    if caller.issued_at:
        context["aws:TokenIssueTime"] = caller.issued_at.isoformat()
    for key, parameter in (("sts:ExternalId", "ExternalId"), ("sts:RoleSessionName", "RoleSessionName")):
        if parameter in response.querystring:
            context[key] = response.querystring[parameter][0]
    # Long-term keys carry no MFA key at all (so that BoolIfExists lets them in), sessions carry "false".
    if caller.mfa or names_mfa_device(response, caller.mfa_devices):
        context["aws:MultiFactorAuthPresent"] = "true"
    elif caller.token:
        context["aws:MultiFactorAuthPresent"] = "false"
    return context | _of_access_entry(response, signature)


def resource_of(action: str, account: str, response: BaseResponse, signature: Signature) -> str:
    if action == "sts:AssumeRole":
        return response.querystring["RoleArn"][0]
    if action.startswith("eks:") and action not in WITHOUT_RESOURCE:
        return _eks_resource(account, response, signature)
    if action.startswith("iam:"):
        return _iam_resource(account, response, signature.partition)
    return "*"


def _eks_resource(account: str, response: BaseResponse, signature: Signature) -> str:
    path = unquote(response.path)
    if path.startswith("/tags/"):
        return path.removeprefix("/tags/")
    name, principal = (response.uri_match.get(part) for part in ("name", "principalArn"))
    if name is None:
        return "*"
    prefix = f"arn:{signature.partition}:eks:{response.region}:{account}"
    cluster = response.eks_backend.clusters.get(name)
    entry = cluster.access.entries.get(principal) if cluster and principal else None
    if entry:
        return entry.arn
    if principal:
        kind, _, path = principal.rpartition(":")[2].partition("/")
        return f"{prefix}:access-entry/{name}/{kind}/{account}/{path.rpartition('/')[2]}/*"
    return f"{prefix}:cluster/{name}"


def _of_access_entry(response: BaseResponse, signature: Signature) -> dict[str, str | list[str]]:
    """Of the request, else of the entry that it is about ("Condition keys for Amazon EKS")."""
    if signature.service != "eks" or "/access-entries" not in response.path:
        return {}
    cluster = response.eks_backend.clusters.get(response.uri_match.get("name"))
    principal = response._get_param("principalArn")
    entry = cluster.access.entries.get(principal) if cluster else None
    scope = response._get_param("accessScope") or {}
    named = {
        "eks:clusterName": response.uri_match.get("name"),
        "eks:principalArn": principal,
        "eks:policyArn": response._get_param("policyArn"),
        "eks:accessEntryType": response._get_param("type") or (entry and entry.type),
        "eks:username": response._get_param("username") or (entry and entry.username),
        "eks:kubernetesGroups": response._get_param("kubernetesGroups") or (entry and entry.groups),
        "eks:accessScope": scope.get("type"),
        "eks:namespaces": scope.get("namespaces"),
    }
    return {key: value for key, value in named.items() if value}


def _iam_resource(account: str, response: BaseResponse, partition: str) -> str:
    iam = iam_backends[account][partition]
    for kind, existing in (("Role", iam.roles.values()), ("Group", iam.groups.values()), ("User", iam.users.values())):
        if f"{kind}Name" in response.querystring:
            name = response.querystring[f"{kind}Name"][0]
            path = response.querystring.get("Path", ["/"])[0]
            known = named(existing, name)
            path, name = (known.path or "/", known.name) if known else (path, name)
            return f"arn:{partition}:iam::{account}:{kind.lower()}{path}{name}"
    if "PolicyName" in response.querystring:
        path = response.querystring.get("Path", ["/"])[0]
        return f"arn:{partition}:iam::{account}:policy{path}{response.querystring['PolicyName'][0]}"
    return response.querystring.get("PolicyArn", ["*"])[0]
