"""What IAM refuses and moto lets pass."""

import json
import re
from collections.abc import Iterable
from typing import Any

from moto.iam.exceptions import (
    DeleteConflictException,
    EntityAlreadyExists,
    LimitExceededException,
    MalformedPolicyDocument,
    NoSuchEntity,
    NotFoundException,
)
from moto.iam.models import IAMBackend

# "IAM and AWS STS quotas": what an account has by default. Whitespace does not count.
TRUST_POLICY_CHARACTERS = 2048


def install() -> None:
    for kind in ("role", "group", "user"):
        setattr(IAMBackend, f"get_{kind}", _getting(kind))
        setattr(IAMBackend, f"create_{kind}", _creating(kind, getattr(IAMBackend, f"create_{kind}")))
    IAMBackend.delete_group = _deleting_group(IAMBackend.delete_group)
    IAMBackend.delete_policy = _deleting_policy(IAMBackend.delete_policy)
    IAMBackend.create_role = _trusting(IAMBackend.create_role)
    IAMBackend.update_assume_role_policy = _trusting(IAMBackend.update_assume_role_policy)


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


def _deleting_group(delete_group):
    def delete(self: IAMBackend, group_name: str) -> None:
        group = self.get_group(group_name)
        for content, first in (
            (group.users, "remove users from group"),
            (group.managed_policies, "detach all policies"),
            (group.policies, "delete policies"),
        ):
            if content:
                raise DeleteConflictException(f"Cannot delete entity, must {first} first.")
        delete_group(self, group.name)

    return delete


def _deleting_policy(delete_policy):
    def delete(self: IAMBackend, policy_arn: str) -> None:
        if getattr(self.managed_policies.get(policy_arn), "attachment_count", 0):
            raise DeleteConflictException("Cannot delete a policy attached to entities.")
        delete_policy(self, policy_arn)

    return delete


def _trusting(change):
    def checked(self: IAMBackend, role_name: str, trust_policy: str, *arguments: Any, **given: Any) -> Any:
        if len(re.sub(r"\s", "", trust_policy)) > TRUST_POLICY_CHARACTERS:
            raise LimitExceededException(f"Cannot exceed quota for ACLSizePerRole: {TRUST_POLICY_CHARACTERS}")
        for principal in _principals(trust_policy):
            if not _exists(self, principal):
                raise MalformedPolicyDocument(f'Invalid principal in policy: "AWS":"{principal}"')
        return change(self, role_name, trust_policy, *arguments, **given)

    return checked


def _principals(trust_policy: str) -> Iterable[str]:
    statements = json.loads(trust_policy)["Statement"]
    for statement in statements if isinstance(statements, list) else [statements]:
        principal = statement.get("Principal", {})
        named_ones = principal.get("AWS", []) if isinstance(principal, dict) else principal
        yield from [named_ones] if isinstance(named_ones, str) else named_ones


def _exists(iam: IAMBackend, principal: str) -> bool:
    """What other accounts hold only they know."""
    match = re.fullmatch(r"arn:[\w-]+:iam::(\d{12}):(user|role)/.+", principal)
    if match is None or match[1] != iam.account_id:
        return True
    return any(entity.arn == principal for entity in getattr(iam, f"{match[2]}s").values())
