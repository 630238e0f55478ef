"""Who has signed a request, and whether they have the secret of the key that it names."""

import datetime
import re
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from botocore.auth import SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from moto.core.responses import BaseResponse
from moto.utilities.utils import get_partition

from refusal import Refusal

# A presigned URL of STS is valid as long, whatever its X-Amz-Expires says: aws-iam-authenticator, pkg/token/token.go,
# presignedURLExpiration. A token for a cluster is such a URL.
CLOCK_SKEW = datetime.timedelta(minutes=15)


class Signature:
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
        else:
            fields = dict(re.findall(r"(Credential|SignedHeaders|Signature)=([^,\s]+)", headers.get("Authorization", "")))
            self._date, self.token = headers.get("X-Amz-Date"), headers.get("X-Amz-Security-Token")
            scope, signed = fields.get("Credential", ""), fields.get("SignedHeaders", "")
            self._signature = fields.get("Signature")
        if scope.count("/") != 4 or not self._date or not self._signature:
            raise Refusal("MissingAuthenticationToken", "Request is missing Authentication Token")
        self.key, _, self.region, self.service, _ = scope.split("/")
        self.partition = get_partition(self.region)
        self._signed_headers = signed.split(";")

    def verify(self, secret: str) -> None:
        signed_at = datetime.datetime.strptime(self._date, "%Y%m%dT%H%M%SZ").replace(tzinfo=datetime.timezone.utc)
        age = datetime.datetime.now(datetime.timezone.utc) - signed_at
        if abs(age) > CLOCK_SKEW:
            raise Refusal("SignatureDoesNotMatch", f"Signature expired: {self._date} is now too old or too new")
        signer = SigV4QueryAuth if self._presigned else SigV4Auth
        auth = signer(Credentials(self.key, secret, self.token), self.service, self.region)
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
