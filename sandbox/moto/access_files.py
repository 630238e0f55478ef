"""What a cluster's access is to the servers of its control plane: files that they watch or read.

    DIRECTORY/CLUSTER/identities.json       for aws-iam-authenticator's backend DynamicFile, found by IAM's unique ids
    DIRECTORY/CLUSTER/backend-mode.json     which backends the authenticator asks: in mode API not the one of aws-auth
    DIRECTORY/CLUSTER/access-policies.json  for the authorization webhook
"""

import json
from pathlib import Path
from typing import Any

from access_entries import ClusterAccess

BACKENDS = {
    "CONFIG_MAP": "DynamicFile EKSConfigMap",
    # The first that knows the identity wins: access entries come before aws-auth.
    "API_AND_CONFIG_MAP": "DynamicFile EKSConfigMap",
    "API": "DynamicFile",
}


class AccessFiles:
    def __init__(self, directory: Path):
        self._directory = directory

    def publish(self, access: ClusterAccess) -> None:
        folder = self._directory / access.cluster.name
        folder.mkdir(parents=True, exist_ok=True)
        new = folder / "access-policies.new"
        new.write_text(json.dumps(_policies(access)))
        new.rename(folder / "access-policies.json")
        _write_in_place(folder / "identities.json", _identities(access))
        _write_in_place(folder / "backend-mode.json", {"backendMode": BACKENDS[access.mode]})


def _identities(access: ClusterAccess) -> dict[str, Any]:
    if access.mode == "CONFIG_MAP":
        # Where there are no entries, EKS keeps the creator as an administrator who is seen in no ConfigMap.
        creators = [] if access.creator is None else [access.creator]
        mappings = [(creator, "kubernetes-admin", ["system:masters"]) for creator in creators]
    else:
        mappings = [(entry.principal, entry.username, entry.groups) for entry in access.entries.values()]
    return {
        key: [
            {arn: principal.arn, "userid": principal.id, "username": username, "groups": groups}
            for principal, username, groups in mappings
            if principal.is_role == is_role
        ]
        for key, arn, is_role in (("mapRoles", "rolearn", True), ("mapUsers", "userarn", False))
    } | {"mapAccounts": []}


def _policies(access: ClusterAccess) -> list[dict[str, Any]]:
    return [
        {
            "principalArn": entry.principal.arn,
            "principalId": entry.principal.id,
            "policies": [
                {"policyArn": each.policy_arn, "type": each.scope.type, "namespaces": each.scope.namespaces}
                for each in entry.associations.values()
            ],
        }
        for entry in access.entries.values()
    ]


def _write_in_place(file: Path, content: Any) -> None:
    # The authenticator looks away for a second from a file that is replaced, and one that is cut to nothing first
    # cannot be parsed; so the new text goes over the old one, whose rest is then cut off.
    data = json.dumps(content).encode()
    with open(file, "r+b" if file.exists() else "wb") as stream:
        stream.write(data)
        stream.truncate()
