"""What IAM refuses and moto lets pass."""

from collections.abc import Callable, Iterable
from typing import Any

from moto.iam.exceptions import (
    DeleteConflictException,
    EntityAlreadyExists,
    NoSuchEntity,
    NotFoundException,
)
from moto.iam.models import IAMBackend

def install() -> None:
    for kind in ("role", "group", "user"):
        setattr(IAMBackend, f"get_{kind}", _getting(kind))
        setattr(IAMBackend, f"create_{kind}", _creating(kind, getattr(IAMBackend, f"create_{kind}")))
    IAMBackend.delete_group = _deleting("group", _of_group, IAMBackend.delete_group)
    IAMBackend.delete_user = _deleting("user", _of_user, IAMBackend.delete_user)
    IAMBackend.create_policy = _creating_policy(IAMBackend.create_policy)
    IAMBackend.delete_policy = _deleting_policy(IAMBackend.delete_policy)


def named(entities: Iterable[Any], name: str) -> Any | None:
    """Names are not distinguished by case ("IAM identifiers")."""
    return next((entity for entity in entities if entity.name.lower() == name.lower()), None)


def _getting(kind: str):
    def get(self: IAMBackend, name: str) -> Any:
        found = named(getattr(self, f"{kind}s").values(), name)
        if found is None:
            # The same to AWS's clients; moto catches one of them for each kind.
            absent = NoSuchEntity if kind == "user" else NotFoundException
            raise absent(f"The {kind} with name {name} cannot be found.")
        return found

    return get


def _creating(kind: str, create):
    def checked(self: IAMBackend, *arguments: Any, **given: Any) -> Any:
        # A user's comes after the region.
        name = given.get(f"{kind}_name") or arguments[0]
        if named(getattr(self, f"{kind}s").values(), name):
            raise EntityAlreadyExists(f"{kind.capitalize()} with name {name} already exists.")
        return create(self, *arguments, **given)

    return checked


def _creating_policy(create_policy: Callable) -> Callable:
    def create(self: IAMBackend, description: str, path: str, document: str, name: str, tags: list) -> Any:
        # AWS's own policies have no account.
        if named((policy for policy in self.managed_policies.values() if f"::{self.account_id}:" in policy.arn), name):
            raise EntityAlreadyExists(f"A policy called {name} already exists. Duplicate names are not allowed.")
        return create_policy(self, description, path, document, name, tags)

    return create


def _deleting(kind: str, parts: Callable[[IAMBackend, Any], list[tuple[Any, str]]], delete: Callable) -> Callable:
    """What is part of a group or a user goes first; moto looks at a user's policies alone."""

    def checked(self: IAMBackend, name: str) -> None:
        entity = getattr(self, f"get_{kind}")(name)
        for content, first in parts(self, entity):
            if content:
                raise DeleteConflictException(f"Cannot delete entity, must {first} first.")
        delete(self, entity.name)

    return checked


def _of_group(_backend: IAMBackend, group: Any) -> list[tuple[Any, str]]:
    return [
        (group.users, "remove users from group"),
        (group.managed_policies, "detach all policies"),
        (group.policies, "delete policies"),
    ]


def _of_user(backend: IAMBackend, user: Any) -> list[tuple[Any, str]]:
    return [
        (backend.get_groups_for_user(user.name), "remove users from group"),
        (user.access_keys, "delete access keys"),
        (user.mfa_devices, "delete MFA device"),
        (user.password, "delete login profile"),
    ]


def _deleting_policy(delete_policy):
    def delete(self: IAMBackend, policy_arn: str) -> None:
        if getattr(self.managed_policies.get(policy_arn), "attachment_count", 0):
            raise DeleteConflictException("Cannot delete a policy attached to entities.")
        if len(self.get_policy(policy_arn).versions) > 1:
            raise DeleteConflictException(
                "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. "
                "The default version is deleted with the policy."
            )
        delete_policy(self, policy_arn)

    return delete
