"""A cluster's access entries as EKS keeps them: who may have one, what may be in it, which policies it carries."""

import datetime
import re
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from moto.eks.exceptions import (
    InvalidParameterException,
    InvalidRequestException,
    ResourceInUseException,
    ResourceNotFoundException,
)
from moto.iam.models import iam_backends

from access_policies import AccessScope, Association, check_policy
from mode_updates import ModeUpdates

RESERVED_PREFIXES = ("system:", "eks:", "aws:", "amazon:", "iam:")
# The types that are not for people, each with the username and the groups that EKS gives them.
NODE_TYPES = {
    "EC2_LINUX": ("system:node:{{EC2PrivateDNSName}}", ["system:nodes"]),
    "EC2_WINDOWS": ("system:node:{{EC2PrivateDNSName}}", ["system:nodes", "eks:kube-proxy-windows"]),
    "FARGATE_LINUX": ("system:node:{{SessionName}}", ["system:bootstrappers", "system:nodes", "system:node-proxier"]),
    "HYBRID_LINUX": ("system:node:{{SessionName}}", ["system:nodes"]),
    # EKS Auto Mode; unlike the others it takes an access policy.
    "EC2": ("system:node:{{EC2PrivateDNSName}}", ["system:nodes"]),
    "HYPERPOD_LINUX": ("system:node:{{SessionName}}", ["system:nodes"]),
}
CLUSTER_ADMIN = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"


@dataclass(frozen=True)
class Principal:
    """An IAM user or role. A new one of the same name has another id, and what was for the old one is not for it."""

    arn: str
    id: str

    @property
    def is_role(self) -> bool:
        return ":role/" in self.arn

    @property
    def name(self) -> str:
        return self.arn.rpartition("/")[2]

    def is_foreign_to(self, cluster: Any) -> bool:
        return self.arn.split(":")[4] != cluster.arn.split(":")[4]


@dataclass
class AccessEntry:
    principal: Principal
    type: str
    username: str
    groups: list[str]
    tags: dict[str, str]
    arn: str
    created_at: datetime.datetime = field(default_factory=lambda: _now())
    modified_at: datetime.datetime = field(default_factory=lambda: _now())
    associations: dict[str, Association] = field(default_factory=dict)


class ClusterAccess:
    """What a cluster knows of its people: the authentication mode, the one who has made it, and the entries."""

    def __init__(self, cluster: Any, mode: str, creator: Principal | None):
        self.cluster = cluster
        self.mode = mode
        self.creator = creator
        self.entries: dict[str, AccessEntry] = {}
        self.updates = ModeUpdates()
        if mode != "CONFIG_MAP":
            self._add_given_entries()

    def finish_update(self) -> bool:
        """Whether a change of the mode has come to its end since."""
        if update := self.updates.take_due():
            self.move_to(update.mode)
        return update is not None

    def move_to(self, mode: str) -> None:
        """To any mode at once, as only the sandbox may. In CONFIG_MAP the cluster then is as a new one."""
        before, self.mode = self.mode, mode
        if mode == "CONFIG_MAP":
            self.entries.clear()
        elif before == "CONFIG_MAP":
            self._add_given_entries()

    def add_node_role(self, role_arn: str, type_: str) -> None:
        """EKS makes the entries of a managed node group's role and of a Fargate profile's itself."""
        if self.mode != "CONFIG_MAP" and role_arn not in self.entries:
            principal = self._principal(role_arn)
            username, groups = NODE_TYPES[type_]
            self.entries[role_arn] = self._entry(principal, type_, username, groups, {})

    def create(
        self,
        principal_arn: str,
        type_: str | None,
        username: str | None,
        groups: list[str] | None,
        tags: dict[str, str] | None,
    ) -> AccessEntry:
        self._require_entries()
        principal = self._principal(principal_arn)
        if principal_arn in self.entries:
            raise ResourceInUseException(
                message="The specified access entry resource is already in use on this cluster."
            )
        type_ = type_ or "STANDARD"
        if type_ != "STANDARD":
            if principal.is_foreign_to(self.cluster) or not principal.is_role:
                raise InvalidParameterException(message="The specified principalArn is invalid: invalid principal.")
            given_username, given_groups = _of_node_type(type_, username, groups)
            self.entries[principal_arn] = self._entry(principal, type_, given_username, given_groups, tags or {})
            return self.entries[principal_arn]
        _check_username(username)
        _check_groups(groups)
        username = username or _default_username(principal)
        self.entries[principal_arn] = self._entry(principal, type_, username, groups or [], tags or {})
        return self.entries[principal_arn]

    def get(self, principal_arn: str) -> AccessEntry:
        self._require_entries()
        entry = self.entries.get(principal_arn)
        if entry is None:
            raise ResourceNotFoundException(
                message="The specified principalArn could not be found. "
                "You can view your available access entries with 'list-access-entries'.",
            )
        return entry

    def principals(self, policy_arn: str | None) -> list[str]:
        self._require_entries()
        return [arn for arn, entry in self.entries.items() if policy_arn is None or policy_arn in entry.associations]

    def update(self, principal_arn: str, username: str | None, groups: list[str] | None) -> AccessEntry:
        entry = self.get(principal_arn)
        if entry.type != "STANDARD":
            _of_node_type(entry.type, username, groups)
        _check_username(username)
        _check_groups(groups)
        entry.username = username or entry.username
        entry.groups = entry.groups if groups is None else groups
        entry.modified_at = _now()
        return entry

    def delete(self, principal_arn: str) -> None:
        self.get(principal_arn)
        del self.entries[principal_arn]

    def associate(self, principal_arn: str, policy_arn: str, scope: AccessScope) -> Association:
        entry = self.get(principal_arn)
        check_policy(policy_arn)
        if entry.type not in ("STANDARD", "EC2"):
            message = 'This operation can only be performed on Access Entries with a type of "STANDARD".'
            raise InvalidRequestException(message=message)
        known = entry.associations.get(policy_arn)
        association = Association(policy_arn, scope, known.associated_at if known else _now(), _now())
        entry.associations[policy_arn] = association
        return association

    def disassociate(self, principal_arn: str, policy_arn: str) -> None:
        entry = self.get(principal_arn)
        if entry.associations.pop(policy_arn, None) is None:
            raise ResourceNotFoundException(message="The specified policyArn is not associated with the access entry.")

    def _add_given_entries(self) -> None:
        if self.creator is not None:
            entry = self._entry(self.creator, "STANDARD", _default_username(self.creator), [], {})
            self.entries[self.creator.arn] = entry
            self.associate(self.creator.arn, CLUSTER_ADMIN, AccessScope("cluster", []))
        for group in self.cluster.nodegroups.values():
            self.add_node_role(group.node_role, "EC2_LINUX")
        for profile in self.cluster.fargate_profiles.values():
            self.add_node_role(profile.pod_execution_role_arn, "FARGATE_LINUX")

    def _entry(
        self, principal: Principal, type_: str, username: str, groups: list[str], tags: dict[str, str]
    ) -> AccessEntry:
        kind = "role" if principal.is_role else "user"
        account = principal.arn.split(":")[4]
        prefix = self.cluster.arn.replace(":cluster/", ":access-entry/")
        arn = f"{prefix}/{kind}/{account}/{principal.name}/{uuid4()}"
        return AccessEntry(principal, type_, username, groups, tags, arn)

    def _require_entries(self) -> None:
        if self.mode == "CONFIG_MAP":
            raise InvalidRequestException(
                message="The cluster's authentication mode must be set to one of [API, API_AND_CONFIG_MAP] "
                "to perform this operation."
            )

    def _principal(self, arn: str) -> Principal:
        parts = re.fullmatch(r"arn:(aws[\w-]*):iam::(\d{12}):(user|role)/.+", arn)
        if parts is None:
            raise InvalidParameterException(message="The principalArn parameter format is not valid")
        if ":role/aws-service-role/" in arn:
            raise InvalidParameterException(
                message="The caller is not allowed to modify access entries with a principalArn value of a Service Linked Role"
            )
        principal = Principal(arn, arn)
        if principal.is_foreign_to(self.cluster):
            # Only the other account knows its id.
            return principal
        iam = iam_backends[parts[2]][parts[1]]
        for identity in iam.roles.values() if principal.is_role else iam.users.values():
            if identity.arn == arn:
                return Principal(arn, identity.id)
        raise InvalidParameterException(message="The specified principalArn is invalid: invalid principal.")


def _default_username(principal: Principal) -> str:
    if not principal.is_role:
        return principal.arn
    partition, account = principal.arn.split(":")[1], principal.arn.split(":")[4]
    return f"arn:{partition}:sts::{account}:assumed-role/{principal.name}/{{{{SessionName}}}}"


def _of_node_type(type_: str, username: str | None, groups: list[str] | None) -> tuple[str, list[str]]:
    if type_ not in NODE_TYPES:
        raise InvalidParameterException(message=f"The type {type_} is not a valid access entry type.")
    if username or groups:
        raise InvalidParameterException(
            message=f"A username or groups cannot be specified for access entries of type {type_}."
        )
    return NODE_TYPES[type_]


def _check_username(username: str | None) -> None:
    for prefix in RESERVED_PREFIXES:
        if (username or "").startswith(prefix):
            raise InvalidParameterException(message=f"The username {username} is invalid, it cannot start with {prefix}")
    if re.search(r"^[^:]*\{\{SessionName(Raw)?\}\}", username or ""):
        raise InvalidParameterException(
            message=f"The username {username} is invalid, it must contain a colon before {{{{SessionName}}}}"
        )


def _check_groups(groups: list[str] | None) -> None:
    for group in groups or []:
        for prefix in RESERVED_PREFIXES:
            if group.startswith(prefix):
                message = f"The kubernetes group name {group} is invalid, it cannot start with {prefix}"
                raise InvalidParameterException(message=message)


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.timezone.utc)
