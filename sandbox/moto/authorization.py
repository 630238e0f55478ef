"""Who calls, and may they: signature, identity policies, permissions boundary and a role's trust policy.

It takes the place of moto's own check, which cannot read presigned URLs, knows no resource but a role and
leaves most of a trust policy unread. The account's root user, whose key the sandbox holds, may do everything. The partner is a user
`jane` of another account, who can assume roles that trust that account.
"""

import json

from moto.core.responses import BaseResponse
from moto.iam.models import iam_backends

from callers import Caller, find
from policies import decide
from refusal import Refusal
from request_context import context_of, resource_of
from signature import Signature

# AWS asks no permission for it, not even against an explicit Deny.
ALWAYS_ALLOWED = {"sts:GetCallerIdentity"}
# A user's session may ask nothing else of STS, and nothing of IAM unless it was made with MFA.
OF_USER_SESSIONS = {"sts:AssumeRole", "sts:GetCallerIdentity"}
# All that is answered to somebody of another account: the emulator has one account, whatever the key.
OF_PARTNERS = {"sts:AssumeRole"}
# What the partner's own account lets them do.
MAY_ASSUME = json.dumps({"Statement": {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}})


class Authorizer:
    def __init__(self, account: str, root: tuple[str, str], partner_account: str, partner: tuple[str, str]):
        self._account = account
        self._root = root
        self._partner_account = partner_account
        self._partner = partner

    def check(self, response: BaseResponse) -> Caller:
        """The caller of this request, or a Refusal."""
        signature = Signature(response)
        caller = self._caller(signature)
        signature.verify(caller.secret)
        action = f"{signature.service}:{response._get_action()}"
        if not caller.root and action not in ALWAYS_ALLOWED:
            self._authorize(caller, action, response, signature)
        return caller

    def _caller(self, signature: Signature) -> Caller:
        if signature.key == self._root[0]:
            arn = f"arn:{signature.partition}:iam::{self._account}:root"
            return Caller(arn, self._account, arn, self._account, self._root[1], root=True)
        if signature.key == self._partner[0]:
            arn = f"arn:{signature.partition}:iam::{self._partner_account}:user/jane"
            user_id, secret = "AIDAPARTNERJANE000000", self._partner[1]
            return Caller(arn, user_id, arn, user_id, secret, user_name="jane", identity_policies=[MAY_ASSUME])
        return find(self._account, signature.partition, signature.key, signature.token)

    def _authorize(self, caller: Caller, action: str, response: BaseResponse, signature: Signature) -> None:
        if caller.user_name and caller.token:
            _check_user_session(caller, action)
        if caller.account != self._account and action not in OF_PARTNERS:
            raise Refusal.access_denied(signature.service, f"User: {caller.arn} is not authorized to perform: {action}")
        resource = resource_of(action, self._account, response, signature)
        context = context_of(caller, response, signature)
        identity = decide(caller.identity_policies, action, resource, context)
        if caller.boundary is not None and identity == "Allow":
            identity = decide([caller.boundary], action, resource, context)
        allowed = identity == "Allow"
        if action == "sts:AssumeRole":
            allowed = identity != "Deny" and self._trusted(caller, resource, context, allowed, signature.partition)
        if action == "sts:GetSessionToken":
            # Of a user's own session AWS asks no permission, but heeds a Deny.
            allowed = identity != "Deny"
        if not allowed:
            on_resource = "" if resource == "*" else f" on resource: {resource}"
            raise Refusal.access_denied(
                signature.service, f"User: {caller.arn} is not authorized to perform: {action}{on_resource}"
            )

    def _trusted(self, caller: Caller, role_arn: str, context: dict[str, str], identity: bool, partition: str) -> bool:
        roles = iam_backends[self._account][partition].roles.values()
        trust = [role.assume_role_policy_document for role in roles if role.arn == role_arn]
        # One of this account that the trust policy names needs no policy of its own; trust in an account leaves it to the identity's.
        by_name = decide(trust, "sts:AssumeRole", "", context, {caller.arn, caller.principal_arn})
        by_account = decide(trust, "sts:AssumeRole", "", context, {f"arn:{partition}:iam::{caller.account}:root"})
        if "Deny" in (by_name, by_account):
            return False
        return (by_name == "Allow" and caller.account == self._account) or (identity and "Allow" in (by_name, by_account))


def _check_user_session(caller: Caller, action: str) -> None:
    if action.startswith("sts:") and action not in OF_USER_SESSIONS:
        raise Refusal("AccessDenied", f"Cannot call {action.partition(':')[2]} with session credentials")
    if action.startswith("iam:") and not caller.mfa:
        raise Refusal("InvalidClientTokenId", "The security token included in the request is invalid")
