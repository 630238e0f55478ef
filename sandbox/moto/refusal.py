"""A refused request, in the words and the format that the service's clients expect."""

import json
from uuid import uuid4
from xml.sax.saxutils import escape

from werkzeug.exceptions import HTTPException


class Refusal(HTTPException):
    def __init__(self, error: str, message: str, code: int = 403):
        super().__init__(message)
        self.code = code
        self.error = error
        self.message = message

    @classmethod
    def access_denied(cls, service: str, message: str) -> "Refusal":
        return cls("AccessDeniedException" if service == "eks" else "AccessDenied", message)

    def format(self, service: str, as_json: bool) -> tuple[str, str]:
        """Content type and body."""
        if service == "eks":
            return "application/json", json.dumps({"__type": self.error, "message": self.message})
        if as_json:
            error = {"Type": "Sender", "Code": self.error, "Message": self.message}
            return "application/json", json.dumps({"Error": error, "RequestId": str(uuid4())})
        error = f"<Error><Type>Sender</Type><Code>{self.error}</Code><Message>{escape(self.message)}</Message></Error>"
        return "text/xml", f"<ErrorResponse>{error}<RequestId>{uuid4()}</RequestId></ErrorResponse>"
