"""EKS's API of access entries and of a cluster's authentication mode, which moto has not."""

from collections.abc import Callable
from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.core.utils import utcnow
from moto.eks import urls
from moto.eks.exceptions import ResourceNotFoundException
from moto.eks.models import EKSBackend
from moto.eks.responses import EKSResponse

from access_entries import AccessEntry, ClusterAccess, Principal
from access_policies import ARNS, AccessScope, Association
from mode_updates import Update

PATHS = ["/access-policies$", "/clusters/(?P<name>[^/]+)/access-entries", "/clusters/(?P<name>[^/]+)/updates"]


def install(publish: Callable[[ClusterAccess], None], update_seconds: float) -> None:
    """Publishes a cluster's access whenever it changes, before the request that has changed it is answered."""
    for path in PATHS:
        urls.url_paths["{0}" + path] = urls.response.dispatch
    EKSResponse.list_access_policies = list_access_policies
    for action in READS:
        setattr(EKSResponse, action.__name__, _settled(action, publish))
    for action in WRITES:
        setattr(EKSResponse, action.__name__, _settled(_publishing(action, publish), publish))
    EKSResponse.describe_cluster = _settled(EKSResponse.describe_cluster, publish)
    EKSResponse.create_cluster = _publishing(_creating_access(EKSResponse.create_cluster), publish)
    update = _updating_access(EKSResponse.update_cluster_config, update_seconds)
    EKSResponse.update_cluster_config = _settled(_publishing(update, publish), publish)
    EKSBackend.create_nodegroup = _adding_entry(EKSBackend.create_nodegroup, "node_role", "EC2_LINUX")
    EKSResponse.create_nodegroup = _publishing(EKSResponse.create_nodegroup, publish)
    create_profile = _adding_entry(EKSBackend.create_fargate_profile, "pod_execution_role_arn", "FARGATE_LINUX")
    EKSBackend.create_fargate_profile = create_profile
    EKSResponse.create_fargate_profile = _publishing(EKSResponse.create_fargate_profile, publish)
    EKSResponse.tag_resource = _tagging(EKSResponse.tag_resource, _add_tags)
    EKSResponse.untag_resource = _tagging(EKSResponse.untag_resource, _remove_tags)


def create_access_entry(self: EKSResponse) -> ActionResult:
    given = [self._get_param(name) for name in ("principalArn", "type", "username", "kubernetesGroups", "tags")]
    return ActionResult({"accessEntry": _entry(_access(self), _access(self).create(*given))})


def describe_access_entry(self: EKSResponse) -> ActionResult:
    return ActionResult({"accessEntry": _entry(_access(self), _access(self).get(self._get_param("principalArn")))})


def list_access_entries(self: EKSResponse) -> ActionResult:
    return ActionResult({"accessEntries": _access(self).principals(self._get_param("associatedPolicyArn"))})


def update_access_entry(self: EKSResponse) -> ActionResult:
    given = [self._get_param(name) for name in ("principalArn", "username", "kubernetesGroups")]
    return ActionResult({"accessEntry": _entry(_access(self), _access(self).update(*given))})


def delete_access_entry(self: EKSResponse) -> ActionResult:
    _access(self).delete(self._get_param("principalArn"))
    return EmptyResult()


def associate_access_policy(self: EKSResponse) -> ActionResult:
    principal, policy = self._get_param("principalArn"), self._get_param("policyArn")
    association = _access(self).associate(principal, policy, AccessScope.of(self._get_param("accessScope")))
    return ActionResult(_named(self) | {"associatedAccessPolicy": _association(association)})


def disassociate_access_policy(self: EKSResponse) -> ActionResult:
    _access(self).disassociate(self._get_param("principalArn"), self._get_param("policyArn"))
    return EmptyResult()


def list_associated_access_policies(self: EKSResponse) -> ActionResult:
    entry = _access(self).get(self._get_param("principalArn"))
    associations = [_association(each) for each in entry.associations.values()]
    return ActionResult(_named(self) | {"associatedAccessPolicies": associations})


def list_access_policies(_self: EKSResponse) -> ActionResult:
    return ActionResult({"accessPolicies": [{"name": name, "arn": arn} for arn, name in ARNS.items()]})


def describe_update(self: EKSResponse) -> ActionResult:
    update = _access(self).updates.by_id.get(self._get_param("updateId"))
    if update is None:
        raise ResourceNotFoundException(message=f"No update found for ID: {self._get_param('updateId')}")
    return ActionResult({"update": _update(update)})


READS = [
    describe_access_entry,
    list_access_entries,
    list_associated_access_policies,
    describe_update,
]
WRITES = [
    create_access_entry,
    update_access_entry,
    delete_access_entry,
    associate_access_policy,
    disassociate_access_policy,
]


def _publishing(action, publish: Callable[[ClusterAccess], None]):
    def published(self: EKSResponse) -> ActionResult:
        result = action(self)
        publish(_access(self))
        return result

    return published


def _creating_access(create_cluster):
    def create(self: EKSResponse) -> ActionResult:
        result = create_cluster(self)
        cluster = result.result["cluster"]
        given = self._get_param("accessConfig") or {}
        cluster.bootstrap_creator = given.get("bootstrapClusterCreatorAdminPermissions", True)
        creator = Principal(self.caller.principal_arn, self.caller.principal_id) if cluster.bootstrap_creator else None
        cluster.access = ClusterAccess(cluster, given.get("authenticationMode") or "CONFIG_MAP", creator)
        return result

    return create


def _settled(action, publish: Callable[[ClusterAccess], None]):
    """The mode that a cluster has by now."""

    def settled(self: EKSResponse) -> ActionResult:
        access = _access(self)
        if access.finish_update():
            publish(access)
        return action(self)

    return settled


def _updating_access(update_cluster_config, seconds: float):
    def update(self: EKSResponse) -> ActionResult:
        wanted = self._get_param("accessConfig")
        if not wanted:
            return update_cluster_config(self)
        mode = wanted.get("authenticationMode")
        if self.caller.root:
            _access(self).move_to(mode)
            return ActionResult({"update": _update(Update(mode, utcnow()))})
        access = _access(self)
        return ActionResult({"update": _update(access.updates.begin(access.cluster.name, access.mode, mode, seconds))})

    return update


def _adding_entry(create_nodes, role: str, type_: str):
    def create(self: EKSBackend, **given: Any):
        nodes = create_nodes(self, **given)
        self.clusters[given["cluster_name"]].access.add_node_role(given[role], type_)
        return nodes

    return create


def _add_tags(tags: dict[str, str], self: EKSResponse) -> None:
    tags.update(self._get_param("tags"))


def _remove_tags(tags: dict[str, str], self: EKSResponse) -> None:
    # One key is a text to moto, and several are a list.
    for key in self.querystring["tagKeys"]:
        tags.pop(key, None)


def _tagging(action, change: Callable[[dict[str, str], EKSResponse], None]):
    def tagged(self: EKSResponse) -> ActionResult:
        arn = self._extract_arn_from_path()
        for cluster in self.eks_backend.clusters.values():
            for entry in cluster.access.entries.values():
                if entry.arn == arn:
                    change(entry.tags, self)
                    return EmptyResult()
        return action(self)

    return tagged


def _access(self: EKSResponse) -> ClusterAccess:
    return self.eks_backend.describe_cluster(name=self._get_param("name") or self._get_param("clusterName")).access


def _update(update: Update) -> dict[str, Any]:
    return {
        "id": update.id,
        "status": update.status,
        "type": "AccessConfigUpdate",
        "params": [{"type": "AuthenticationMode", "value": f'"{update.mode}"'}],
        "createdAt": update.created_at,
        "errors": [],
    }


def _named(self: EKSResponse) -> dict[str, str]:
    return {"clusterName": _access(self).cluster.name, "principalArn": self._get_param("principalArn")}


def _entry(access: ClusterAccess, entry: AccessEntry) -> dict[str, Any]:
    return {
        "clusterName": access.cluster.name,
        "principalArn": entry.principal.arn,
        "kubernetesGroups": entry.groups,
        "accessEntryArn": entry.arn,
        "createdAt": entry.created_at,
        "modifiedAt": entry.modified_at,
        "tags": entry.tags,
        "username": entry.username,
        "type": entry.type,
    }


def _association(association: Association) -> dict[str, Any]:
    return {
        "policyArn": association.policy_arn,
        "accessScope": {"type": association.scope.type, "namespaces": association.scope.namespaces},
        "associatedAt": association.associated_at,
        "modifiedAt": association.modified_at,
    }
