"""Whose key it is, an IAM user's or that of a session of a user or a role, and which policies they have."""

import datetime
from dataclasses import dataclass, field

from moto.iam.models import IAMBackend, iam_backends
from moto.sts.models import sts_backends

import clock
from refusal import Refusal
from user_sessions import user_sessions


@dataclass
class Caller:
    arn: str
    user_id: str
    # The ARN that policies see as aws:PrincipalArn, and IAM's unique id: a session has its role's.
    principal_arn: str
    principal_id: str
    secret: str
    # What the rest is about are temporary credentials.
    token: str | None = None
    issued_at: datetime.datetime | None = None
    # Whether the user named their device when they asked for the session. A role's session does not take it over.
    mfa: bool = False
    root: bool = False
    user_name: str | None = None
    identity_policies: list[str] = field(default_factory=list)
    boundary: str | None = None
    mfa_devices: set[str] = field(default_factory=set)

    @property
    def account(self) -> str:
        return self.principal_arn.split(":")[4]


def find(account: str, partition: str, key: str, token: str | None) -> Caller:
    iam: IAMBackend = iam_backends[account][partition]
    for user in iam.users.values():
        for access_key in user.access_keys:
            if access_key.access_key_id == key and access_key.status == "Active":
                return _user(iam, user, access_key.secret_access_key)
    for session in user_sessions:
        if session.access_key_id == key and session.session_token == token:
            _require_unexpired(session)
            return _user_session(iam, session)
    for session in sts_backends[account][partition].assumed_roles:
        if session.access_key_id == key and session.session_token == token:
            _require_unexpired(session)
            return _role_session(iam, session)
    raise _unknown_key()


def _require_unexpired(session) -> None:
    # moto's own are in UTC without saying so.
    expiration = session.expiration.replace(tzinfo=session.expiration.tzinfo or datetime.timezone.utc)
    if expiration < clock.now():
        raise Refusal("ExpiredToken", "The security token included in the request is expired")


def _unknown_key() -> Refusal:
    return Refusal("InvalidClientTokenId", "The security token included in the request is invalid.")


def _user(iam: IAMBackend, user, secret: str) -> Caller:
    policies = list(user.policies.values()) + [_document(policy) for policy in user.managed_policies.values()]
    for group in iam.get_groups_for_user(user.name):
        policies += list(group.policies.values()) + [_document(policy) for policy in group.managed_policies.values()]
    return Caller(
        user.arn,
        user.id,
        user.arn,
        user.id,
        secret,
        user_name=user.name,
        identity_policies=policies,
        mfa_devices=set(user.mfa_devices),
    )


def _user_session(iam: IAMBackend, session) -> Caller:
    user = next((user for user in iam.users.values() if user.id == session.user_id), None)
    if user is None:
        raise _unknown_key()
    caller = _user(iam, user, session.secret_access_key)
    caller.token, caller.issued_at, caller.mfa = session.session_token, session.issued_at, session.mfa
    return caller


def _role_session(iam: IAMBackend, session) -> Caller:
    # A role that was made anew has another id: the sessions of the old one are void.
    role = iam.get_role_by_id(session.role_id)
    if role is None:
        raise _unknown_key()
    boundary = iam.managed_policies.get(role.permissions_boundary_arn)
    policies = list(role.policies.values()) + [_document(policy) for policy in role.managed_policies.values()]
    return Caller(
        session.arn,
        session.user_id,
        role.arn,
        role.id,
        session.secret_access_key,
        token=session.session_token,
        issued_at=session.issued_at,
        identity_policies=policies,
        boundary=_document(boundary) if boundary else None,
    )


def _document(policy) -> str:
    return next(version.document for version in policy.versions if version.is_default)
