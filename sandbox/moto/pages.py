"""Lists in pages, as IAM and EKS give them; moto gives most of them whole."""

from collections.abc import Callable

from moto.core.responses import ActionResult, BaseResponse
from moto.eks.responses import EKSResponse
from moto.iam.responses import IamResponse

# Each with the lists in its answer.
IAM = {
    "get_account_authorization_details": ["UserDetailList", "GroupDetailList", "RoleDetailList", "Policies"],
    "get_group": ["Users"],
    "list_attached_group_policies": ["AttachedPolicies"],
    "list_attached_role_policies": ["AttachedPolicies"],
    "list_group_policies": ["PolicyNames"],
    "list_groups": ["Groups"],
    "list_groups_for_user": ["Groups"],
    "list_instance_profiles_for_role": ["InstanceProfiles"],
    "list_policy_versions": ["Versions"],
    "list_role_policies": ["PolicyNames"],
    "list_roles": ["Roles"],
    "list_users": ["Users"],
}
EKS = {
    "list_access_entries": ["accessEntries"],
    "list_access_policies": ["accessPolicies"],
    "list_associated_access_policies": ["associatedAccessPolicies"],
}


def install(items: int) -> None:
    """At most so many items a page: IAM may return fewer than were asked for, even where there are more."""
    for action, lists in IAM.items():
        setattr(IamResponse, action, _of_iam(getattr(IamResponse, action), lists, items))
    for action, lists in EKS.items():
        setattr(EKSResponse, action, _of_eks(getattr(EKSResponse, action), lists, items))


def _of_iam(action: Callable, lists: list[str], items: int) -> Callable:
    def page(self: BaseResponse) -> ActionResult:
        # moto pages some of them itself.
        marker, asked = self.params.pop("Marker", None), self.params.pop("MaxItems", items)
        self.params["MaxItems"] = 1_000_000
        result, following = _cut(action(self).result, lists, marker, min(int(asked), items))
        return ActionResult(result | {"IsTruncated": following is not None, "Marker": following})

    return page


def _of_eks(action: Callable, lists: list[str], items: int) -> Callable:
    def page(self: BaseResponse) -> ActionResult:
        asked = self._get_param("maxResults") or items
        result, following = _cut(action(self).result, lists, self._get_param("nextToken"), min(int(asked), items))
        return ActionResult(result | {"nextToken": following})

    return page


def _cut(result: dict, lists: list[str], token: str | None, items: int) -> tuple[dict, str | None]:
    """A page, all lists counted together, and what asks for the one after it."""
    all_items = [(name, item) for name in lists for item in result[name]]
    start = int(token or 0)
    page = all_items[start : start + items]
    cut = {name: [item for of, item in page if of == name] for name in lists}
    return result | cut, str(start + items) if start + items < len(all_items) else None
