"""Whom trust policies name: IAM takes nobody who does not exist, and keeps users and roles by their unique ids."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from moto.iam.exceptions import MalformedPolicyDocument
from moto.iam.models import IAMBackend

from iam_quotas import characters, quota, require

# A user, a role or a session of either. What another account holds only that one knows.
IDENTITY = re.compile(r"arn:[\w-]+:iam::(\d{12}):(user|role)/[^*?]+")
SESSION = re.compile(r"arn:[\w-]+:sts::(\d{12}):(assumed-role/([^/*?]+)/[^/*?]+|federated-user/[^/*?]+)")
ACCOUNT = re.compile(r"\d{12}|arn:[\w-]+:iam::\d{12}:root")


def install() -> None:
    IAMBackend.create_role = _trusting(IAMBackend.create_role)
    IAMBackend.update_assume_role_policy = _trusting(IAMBackend.update_assume_role_policy)
    for kind in ("role", "user"):
        setattr(IAMBackend, f"delete_{kind}", _leaving_id(kind, getattr(IAMBackend, f"delete_{kind}")))


def _trusting(change: Callable) -> Callable:
    def checked(self: IAMBackend, role_name: str, trust_policy: str, *arguments: Any, **given: Any) -> Any:
        require("ACLSizePerRole", characters([trust_policy]), quota(self, "AssumeRolePolicySize"))
        for _, principal in _named(json.loads(trust_policy)):
            if not _exists(self, principal):
                raise MalformedPolicyDocument(f'Invalid principal in policy: "AWS":"{principal}"')
        return change(self, role_name, trust_policy, *arguments, **given)

    return checked


def _leaving_id(kind: str, delete: Callable) -> Callable:
    """In place of a user or role that is gone trust policies have its id, so that a new one of the same name is not let in."""

    def checked(self: IAMBackend, name: str) -> None:
        entity = getattr(self, f"get_{kind}")(name)
        delete(self, entity.name)
        for role in self.roles.values():
            trust = json.loads(role.assume_role_policy_document)
            holders = [holder for holder, principal in _named(trust) if principal == entity.arn]
            for holder in holders:
                holder["AWS"] = [entity.id if each == entity.arn else each for each in _list(holder["AWS"])]
            if holders:
                role.assume_role_policy_document = json.dumps(trust)

    return checked


def _named(trust: dict[str, Any]) -> Iterator[tuple[dict[str, Any], str]]:
    """Each principal of AWS, with the element that names it."""
    for statement in _list(trust["Statement"]):
        principal = statement.get("Principal", {})
        for each in _list(principal.get("AWS", [])) if isinstance(principal, dict) else []:
            yield principal, each


def _exists(iam: IAMBackend, principal: str) -> bool:
    if principal == "*" or ACCOUNT.fullmatch(principal):
        return True
    if identity := IDENTITY.fullmatch(principal):
        mine = getattr(iam, f"{identity[2]}s").values()
        return identity[1] != iam.account_id or any(entity.arn == principal for entity in mine)
    if session := SESSION.fullmatch(principal):
        role = session[3]
        return session[1] != iam.account_id or role is None or any(each.name == role for each in iam.roles.values())
    return False


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
