"""What moto leaves out of the answers that the EKS login chain needs."""

import datetime
import json
from pathlib import Path
from typing import Any

from moto.core.responses import ActionResult, BaseResponse
from moto.eks.responses import EKSResponse
from moto.iam.models import IAMBackend, iam_backends
from moto.iam.utils import generate_access_key_id_from_account_id
from moto.sts import models as sts_models
from moto.sts.exceptions import STSClientError
from moto.sts.models import AssumedRole
from moto.sts.responses import TokenResponse

import clock
import request_shapes
from authorization import Authorizer
from callers import Caller
from refusal import Refusal
from user_sessions import get_session_token

# The most that a role session may last that another role's session asked for ("role chaining").
CHAINED_SESSION_SECONDS = 3600


def install(authorizer: Authorizer, clusters_file: Path) -> None:
    """Enforces IAM on every request from here on, and fills the gaps."""
    BaseResponse.call_action = _enforced(BaseResponse.call_action, authorizer)
    TokenResponse.request_json = property(_wants_json)
    TokenResponse.get_caller_identity = _get_caller_identity
    TokenResponse.assume_role = _within_session_limits(TokenResponse.assume_role)
    TokenResponse.get_session_token = get_session_token
    # Sessions of roles begin on AWS's clock.
    sts_models.utcnow = lambda: clock.now().replace(tzinfo=None)
    AssumedRole.__init__ = _remembering_role(AssumedRole.__init__)
    EKSResponse.describe_cluster = _describing(clusters_file)
    IAMBackend.create_user = _with_aws_id(IAMBackend.create_user)


def _enforced(call_action, authorizer: Authorizer):
    def call(self: BaseResponse):
        try:
            self.caller = authorizer.check(self)
            request_shapes.check(self)
        except Refusal as refusal:
            content_type, body = refusal.format(self.service_name, _wants_json(self))
            headers = self.response_headers | {"Content-Type": content_type}
            if self.service_name == "eks":
                headers["x-amzn-ErrorType"] = refusal.error
            return refusal.code, headers, body
        return call_action(self)

    return call


def _wants_json(response: BaseResponse) -> bool:
    # aws-iam-authenticator asks with Accept, for which STS answers JSON; moto knows ContentType=JSON only.
    return "application/json" in response.headers.get("Accept", "") or "JSON" in response.querystring.get("ContentType", [])


def _get_caller_identity(self: TokenResponse) -> ActionResult:
    # moto looks for the access key in the Authorization header only, which a presigned URL has not.
    caller: Caller = self.caller
    return ActionResult({"UserId": caller.user_id, "Account": caller.account, "Arn": caller.arn})


def _within_session_limits(assume_role):
    def checked(self: TokenResponse) -> ActionResult:
        seconds = self._get_int_param("DurationSeconds", 3600)
        arn = self._get_param("RoleArn")
        roles = iam_backends[self.current_account][self.partition].roles.values()
        role = next((role for role in roles if role.arn == arn), None)
        if role is None:
            # Only root gets here; anyone else has been refused for want of a trust policy.
            raise STSClientError("AccessDenied", f"Not authorized to perform sts:AssumeRole on resource: {arn}")
        if seconds > int(role.max_session_duration or 3600):
            raise STSClientError(
                "ValidationError", "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
            )
        if self.caller.token and not self.caller.user_name and seconds > CHAINED_SESSION_SECONDS:
            raise STSClientError(
                "ValidationError",
                "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining",
            )
        return assume_role(self)

    return checked


def _remembering_role(initialize):
    def init(self: AssumedRole, *arguments: Any, **named: Any) -> None:
        initialize(self, *arguments, **named)
        self.issued_at = datetime.datetime.now(datetime.timezone.utc)
        self.role_id = self.user_id.partition(":")[0]

    return init


def _with_aws_id(create_user):
    # GetCallerIdentity shows it; moto's looks like nothing of AWS's.
    def create(self: IAMBackend, *arguments, **named):
        user = create_user(self, *arguments, **named)
        user.id = generate_access_key_id_from_account_id(self.account_id, prefix="AIDA", total_length=21)
        return user

    return create


def _describing(clusters_file: Path):
    def describe_cluster(self: EKSResponse) -> ActionResult:
        name = self._get_param("name")
        cluster = self.eks_backend.describe_cluster(name=name)
        known: dict[str, Any] = json.loads(clusters_file.read_text()).get(name, {}) if clusters_file.exists() else {}
        cluster.endpoint = known.get("endpoint", cluster.endpoint)
        cluster.certificate_authority = {"data": known.get("certificateAuthority", "")}
        cluster.status = "UPDATING" if cluster.access.updates.current else "ACTIVE"
        cluster.access_config = {
            "authenticationMode": cluster.access.mode,
            "bootstrapClusterCreatorAdminPermissions": cluster.bootstrap_creator,
        }
        return ActionResult({"cluster": cluster})

    return describe_cluster
