"""IAM's quotas, those of GetAccountSummary, by which moto refuses nothing ("IAM and AWS STS quotas")."""

import re
from collections.abc import Callable, Iterable
from typing import Any

from moto.iam.exceptions import LimitExceededException
from moto.iam.models import IAMBackend


def install() -> None:
    IAMBackend.add_user_to_group = _adding(IAMBackend.add_user_to_group)
    for kind in ("group", "role", "user"):
        for verb, limited in (("attach", _attaching), ("put", _putting)):
            action = f"{verb}_{kind}_policy"
            setattr(IAMBackend, action, limited(kind, getattr(IAMBackend, action)))
    IAMBackend.create_policy = _making(IAMBackend.create_policy, at=2)
    IAMBackend.create_policy_version = _making(IAMBackend.create_policy_version, at=1)


def characters(documents: Iterable[str]) -> int:
    """Whitespace does not count."""
    return sum(len(re.sub(r"\s", "", document)) for document in documents)


def quota(backend: IAMBackend, name: str) -> int:
    return backend.account_summary.summary_map[f"{name}Quota"]


def require(name: str, wanted: int, most: int) -> None:
    if wanted > most:
        raise LimitExceededException(f"Cannot exceed quota for {name}: {most}")


def _adding(add_user_to_group: Callable) -> Callable:
    def add(self: IAMBackend, group_name: str, user_name: str) -> None:
        groups = {group.name for group in self.get_groups_for_user(user_name)} | {self.get_group(group_name).name}
        require("GroupsPerUser", len(groups), quota(self, "GroupsPerUser"))
        add_user_to_group(self, group_name, user_name)

    return add


def _attaching(kind: str, attach: Callable) -> Callable:
    def checked(self: IAMBackend, policy_arn: str, name: str) -> None:
        attached = {*_entity(self, kind, name).managed_policies, policy_arn}
        title = kind.capitalize()
        require(f"PoliciesPer{title}", len(attached), quota(self, f"AttachedPoliciesPer{title}"))
        attach(self, policy_arn, name)

    return checked


def _putting(kind: str, put: Callable) -> Callable:
    def checked(self: IAMBackend, name: str, policy_name: str, document: str) -> None:
        policies = {**_entity(self, kind, name).policies, policy_name: document}
        most = quota(self, f"{kind.capitalize()}PolicySize")
        if characters(policies.values()) > most:
            raise LimitExceededException(f"Maximum policy size of {most} bytes exceeded for {kind} {name}")
        put(self, name, policy_name, document)

    return checked


def _making(make: Callable, at: int) -> Callable:
    def checked(self: IAMBackend, *arguments: Any) -> Any:
        require("PolicySize", characters([arguments[at]]), quota(self, "PolicySize"))
        return make(self, *arguments)

    return checked


def _entity(backend: IAMBackend, kind: str, name: str) -> Any:
    return getattr(backend, f"get_{kind}")(name)
