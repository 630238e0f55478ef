"""Sessions of IAM users (GetSessionToken), for which moto gives the same made-up key to everybody."""

import datetime
import re
from dataclasses import dataclass

from moto.core.responses import ActionResult
from moto.iam.utils import random_access_key
from moto.sts.exceptions import STSClientError
from moto.sts.responses import TokenResponse
from moto.sts.utils import random_session_token

import clock

DEFAULT_SECONDS = 43200


@dataclass(frozen=True)
class UserSession:
    user_id: str
    mfa: bool
    access_key_id: str
    secret_access_key: str
    session_token: str
    issued_at: datetime.datetime
    expiration: datetime.datetime


user_sessions: list[UserSession] = []


def get_session_token(self: TokenResponse) -> ActionResult:
    caller = self.caller
    if caller.token or caller.root:
        raise STSClientError("AccessDenied", "Cannot call GetSessionToken with session credentials")
    mfa = names_mfa_device(self, caller.mfa_devices)
    if "SerialNumber" in self.querystring and not mfa:
        raise STSClientError("AccessDenied", "MultiFactorAuthentication failed with invalid MFA one time pass code.")
    now = clock.now()
    seconds = datetime.timedelta(seconds=self._get_int_param("DurationSeconds", DEFAULT_SECONDS))
    key = f"ASIA{random_access_key()[4:]}"
    secret = random_session_token()[:40]
    session = UserSession(caller.user_id, mfa, key, secret, random_session_token(), now, now + seconds)
    user_sessions.append(session)
    return ActionResult({"Credentials": session})


def names_mfa_device(request: TokenResponse, devices: set[str]) -> bool:
    """Any six digits will do for the code: the sandbox holds no seed of a device."""
    device, code = (request.querystring.get(name, [""])[0] for name in ("SerialNumber", "TokenCode"))
    return device in devices and re.fullmatch(r"\d{6}", code) is not None
