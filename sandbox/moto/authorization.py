"""Who calls, and may they: signature, identity policies, permissions boundary and a role's trust policy.

It takes the place of moto's own check, which cannot read presigned URLs, knows no resource but a role and
leaves most of a trust policy unread. The account's root user, whose key the sandbox holds, may do everything.
"""

import datetime
import re
from dataclasses import dataclass, field
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from botocore.auth import SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from moto.core.responses import BaseResponse
from moto.iam.models import IAMBackend, iam_backends
from moto.sts.models import sts_backends
from moto.utilities.utils import get_partition

from policies import decide
from refusal import Refusal

# AWS asks no permission for it, not even against an explicit Deny.
ALWAYS_ALLOWED = {"sts:GetCallerIdentity"}
# Actions of EKS that know no resource but "*".
WITHOUT_RESOURCE = {"eks:ListClusters", "eks:CreateCluster"}
CLOCK_SKEW = datetime.timedelta(minutes=15)


@dataclass
class Caller:
    arn: str
    user_id: str
    # The ARN that policies see as aws:PrincipalArn: a session has its role's.
    principal_arn: str
    secret: str
    token: str | None = None
    root: bool = False
    user_name: str | None = None
    identity_policies: list[str] = field(default_factory=list)
    boundary: str | None = None
    mfa_devices: set[str] = field(default_factory=set)


class Authorizer:
    def __init__(self, account: str, root_key: str, root_secret: str):
        self._account = account
        self._root = (root_key, root_secret)

    def check(self, response: BaseResponse) -> Caller:
        """The caller of this request, or a Refusal."""
        signature = _Signature(response)
        caller = self._caller(signature)
        signature.verify(caller)
        action = f"{signature.service}:{response._get_action()}"
        if not caller.root and action not in ALWAYS_ALLOWED:
            self._authorize(caller, action, response, signature)
        return caller

    def _caller(self, signature: "_Signature") -> Caller:
        if signature.key == self._root[0]:
            arn = f"arn:{signature.partition}:iam::{self._account}:root"
            return Caller(arn, self._account, arn, self._root[1], root=True)
        iam: IAMBackend = iam_backends[self._account][signature.partition]
        for user in iam.users.values():
            for key in user.access_keys:
                if key.access_key_id == signature.key and key.status == "Active":
                    return _user(iam, user, key.secret_access_key)
        for session in sts_backends[self._account][signature.partition].assumed_roles:
            if session.access_key_id == signature.key and session.session_token == signature.token:
                if session.expiration < datetime.datetime.now(session.expiration.tzinfo or None):
                    raise Refusal("ExpiredToken", "The security token included in the request is expired")
                return _session(iam, session)
        raise Refusal("InvalidClientTokenId", "The security token included in the request is invalid.")

    def _authorize(self, caller: Caller, action: str, response: BaseResponse, signature: "_Signature") -> None:
        resource = self._resource(action, response, signature.partition)
        context = self._context(caller, response, signature)
        identity = decide(caller.identity_policies, action, resource, context)
        if caller.boundary is not None and identity == "Allow":
            identity = decide([caller.boundary], action, resource, context)
        allowed = identity == "Allow"
        if action == "sts:AssumeRole":
            allowed = identity != "Deny" and self._trusted(caller, resource, context, allowed, signature.partition)
        if not allowed:
            on_resource = "" if resource == "*" else f" on resource: {resource}"
            raise Refusal.access_denied(
                signature.service, f"User: {caller.arn} is not authorized to perform: {action}{on_resource}"
            )

    def _trusted(self, caller: Caller, role_arn: str, context: dict[str, str], identity: bool, partition: str) -> bool:
        roles = iam_backends[self._account][partition].roles.values()
        trust = [role.assume_role_policy_document for role in roles if role.arn == role_arn]
        # One that the trust policy names needs no policy of its own; trust in the account leaves it to the identity's.
        by_name = decide(trust, "sts:AssumeRole", "", context, {caller.arn, caller.principal_arn})
        by_account = decide(trust, "sts:AssumeRole", "", context, {f"arn:{partition}:iam::{self._account}:root"})
        if "Deny" in (by_name, by_account):
            return False
        return by_name == "Allow" or (by_account == "Allow" and identity)

    def _resource(self, action: str, response: BaseResponse, partition: str) -> str:
        if action == "sts:AssumeRole":
            return response.querystring["RoleArn"][0]
        if action.startswith("eks:") and action not in WITHOUT_RESOURCE:
            name = re.match(r"/clusters/([^/]+)", response.path)
            return f"arn:{partition}:eks:{response.region}:{self._account}:cluster/{name[1]}" if name else "*"
        if action.startswith("iam:"):
            return self._iam_resource(response, partition)
        return "*"

    def _iam_resource(self, response: BaseResponse, partition: str) -> str:
        iam = iam_backends[self._account][partition]
        for kind, existing in (("Role", iam.roles.values()), ("Group", iam.groups.values()), ("User", iam.users.values())):
            if f"{kind}Name" in response.querystring:
                name = response.querystring[f"{kind}Name"][0]
                path = response.querystring.get("Path", ["/"])[0]
                paths = [entity.path or "/" for entity in existing if entity.name == name]
                return f"arn:{partition}:iam::{self._account}:{kind.lower()}{(paths or [path])[0]}{name}"
        if "PolicyName" in response.querystring:
            path = response.querystring.get("Path", ["/"])[0]
            return f"arn:{partition}:iam::{self._account}:policy{path}{response.querystring['PolicyName'][0]}"
        return response.querystring.get("PolicyArn", ["*"])[0]

    def _context(self, caller: Caller, response: BaseResponse, signature: "_Signature") -> dict[str, str]:
        context = {
            "aws:PrincipalArn": caller.principal_arn,
            "aws:PrincipalAccount": self._account,
            "aws:PrincipalType": "User" if caller.user_name else "AssumedRole",
            "aws:userid": caller.user_id,
            "aws:RequestedRegion": signature.region,
            "aws:SecureTransport": "true",
        }
        if caller.user_name:
            context["aws:username"] = caller.user_name
        for key, parameter in (("sts:ExternalId", "ExternalId"), ("sts:RoleSessionName", "RoleSessionName")):
            if parameter in response.querystring:
                context[key] = response.querystring[parameter][0]
        # Long-term keys carry no MFA key at all (so that BoolIfExists lets them in), sessions carry "false".
        device = response.querystring.get("SerialNumber", [None])[0]
        if device in caller.mfa_devices and re.fullmatch(r"\d{6}", response.querystring.get("TokenCode", [""])[0]):
            context["aws:MultiFactorAuthPresent"] = "true"
        elif caller.token:
            context["aws:MultiFactorAuthPresent"] = "false"
        return context


class _Signature:
    """Signature version 4, from the Authorization header or from a presigned URL."""

    def __init__(self, response: BaseResponse):
        self._request = response.normalized_request
        self._url = urlsplit(response.uri)
        query = {name: values[0] for name, values in parse_qs(self._url.query, keep_blank_values=True).items()}
        self._presigned = "X-Amz-Signature" in query
        headers = self._request.headers
        if self._presigned:
            self._date, self.token, self._signature = (
                query.pop(name, None) for name in ("X-Amz-Date", "X-Amz-Security-Token", "X-Amz-Signature")
            )
            scope, signed = query.get("X-Amz-Credential", ""), query.get("X-Amz-SignedHeaders", "")
            self._expires = int(query.get("X-Amz-Expires", "0"))
        else:
            fields = dict(re.findall(r"(Credential|SignedHeaders|Signature)=([^,\s]+)", headers.get("Authorization", "")))
            self._date, self.token = headers.get("X-Amz-Date"), headers.get("X-Amz-Security-Token")
            scope, signed = fields.get("Credential", ""), fields.get("SignedHeaders", "")
            self._signature, self._expires = fields.get("Signature"), 0
        if scope.count("/") != 4 or not self._date or not self._signature:
            raise Refusal("MissingAuthenticationToken", "Request is missing Authentication Token")
        self.key, _, self.region, self.service, _ = scope.split("/")
        self.partition = get_partition(self.region)
        self._signed_headers = signed.split(";")

    def verify(self, caller: Caller) -> None:
        signed_at = datetime.datetime.strptime(self._date, "%Y%m%dT%H%M%SZ").replace(tzinfo=datetime.timezone.utc)
        age = datetime.datetime.now(datetime.timezone.utc) - signed_at
        limit = datetime.timedelta(seconds=self._expires) if self._presigned else CLOCK_SKEW
        if not -CLOCK_SKEW <= age <= limit:
            raise Refusal("SignatureDoesNotMatch", f"Signature expired: {self._date} is now too old or too new")
        signer = SigV4QueryAuth if self._presigned else SigV4Auth
        auth = signer(Credentials(self.key, caller.secret, self.token), self.service, self.region)
        request = self._as_signed()
        expected = auth.signature(auth.string_to_sign(request, auth.canonical_request(request)), request)
        if expected != self._signature:
            raise Refusal(
                "SignatureDoesNotMatch",
                "The request signature we calculated does not match the signature you provided. "
                "Check your AWS Secret Access Key and signing method.",
            )

    def _as_signed(self) -> AWSRequest:
        pairs = parse_qs(self._url.query, keep_blank_values=True)
        pairs.pop("X-Amz-Signature", None)
        url = f"{self._url.scheme}://{self._url.netloc}{self._request.raw_path}"
        if pairs:
            url += "?" + urlencode(pairs, doseq=True, quote_via=quote)
        headers = {name: value for name, value in self._request.headers.items() if name.lower() in self._signed_headers}
        # Werkzeug has read the form from it, and keeps the fields only; what was signed are the bytes.
        body = self._request.environ["wsgi.input"]
        body.seek(0)
        request = AWSRequest(method=self._request.method, url=url, data=body.read(), headers=headers)
        request.context["timestamp"] = self._date
        return request


def _user(iam: IAMBackend, user, secret: str) -> Caller:
    policies = list(user.policies.values()) + [_document(policy) for policy in user.managed_policies.values()]
    for group in iam.get_groups_for_user(user.name):
        policies += list(group.policies.values()) + [_document(policy) for policy in group.managed_policies.values()]
    return Caller(
        user.arn,
        user.id,
        user.arn,
        secret,
        user_name=user.name,
        identity_policies=policies,
        mfa_devices=set(user.mfa_devices),
    )


def _session(iam: IAMBackend, session) -> Caller:
    role = next((role for role in iam.roles.values() if role.arn == session.role_arn), None)
    if role is None:
        raise Refusal("InvalidClientTokenId", "The security token included in the request is invalid.")
    boundary = iam.managed_policies.get(role.permissions_boundary_arn)
    return Caller(
        session.arn,
        session.user_id,
        role.arn,
        session.secret_access_key,
        token=session.session_token,
        identity_policies=list(role.policies.values()) + [_document(policy) for policy in role.managed_policies.values()],
        boundary=_document(boundary) if boundary else None,
    )


def _document(policy) -> str:
    return next(version.document for version in policy.versions if version.is_default)
