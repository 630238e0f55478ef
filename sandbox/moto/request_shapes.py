"""Whether a request has the shape that the service asks for: botocore's model of it has the lengths, patterns and enums."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from botocore.model import Shape
from moto.core.parse import PROTOCOL_PARSERS
from moto.core.request import determine_request_protocol
from moto.core.responses import BaseResponse
from moto.core.utils import get_service_model

from refusal import Refusal


def check(response: BaseResponse) -> None:
    """Refuses a request as AWS does, with all that is wrong with it."""
    model = get_service_model(response.boto3_service_name)
    operation = model.operation_model(response._get_action())
    request = response.normalized_request
    parser = PROTOCOL_PARSERS[determine_request_protocol(model, request.content_type)](operation)
    given = parser.parse(
        {
            "method": request.method,
            "values": request.values,
            "headers": request.headers,
            "body": request.data,
            "url_path": request.path,
            "url_params": response.uri_match,
        }
    )
    if operation.input_shape is None or not (wrong := list(_wrong(operation.input_shape, given, ""))):
        return
    found = f"{len(wrong)} validation error{'s' if len(wrong) > 1 else ''} detected: {'; '.join(wrong)}"
    error = "InvalidParameterException" if response.service_name == "eks" else "ValidationError"
    raise Refusal(error, found, code=400)


def _wrong(shape: Shape, value: Any, path: str) -> Iterator[str]:
    for constraint in _unsatisfied(shape, value):
        shown = f"Value '{value}' at" if shape.type_name == "string" else "Value at"
        yield f"{shown} '{path}' failed to satisfy constraint: {constraint}"
    if shape.type_name == "structure":
        for name in shape.required_members:
            if name not in value:
                yield f"Value null at '{_below(path, name)}' failed to satisfy constraint: Member must not be null"
        for name, member in shape.members.items():
            if value.get(name) is not None:
                yield from _wrong(member, value[name], _below(path, name))
    elif shape.type_name == "list":
        for at, item in enumerate(value, 1):
            yield from _wrong(shape.member, item, f"{path}.{at}.member")
    elif shape.type_name == "map":
        for key, item in value.items():
            yield from _wrong(shape.key, key, path)
            yield from _wrong(shape.value, item, _below(path, key))


def _unsatisfied(shape: Shape, value: Any) -> Iterator[str]:
    known = shape.metadata
    is_number = shape.type_name in ("integer", "long", "float", "double")
    size = value if is_number else len(value) if isinstance(value, (str, list, dict)) else 0
    what = "value" if is_number else "length"
    if shape.type_name != "structure" and size > known.get("max", size):
        yield f"Member must have {what} less than or equal to {known['max']}"
    if shape.type_name != "structure" and size < known.get("min", size):
        yield f"Member must have {what} greater than or equal to {known['min']}"
    if "pattern" in known and not _pattern(known["pattern"]).fullmatch(value):
        yield f"Member must satisfy regular expression pattern: {known['pattern']}"
    if "enum" in known and value not in known["enum"]:
        yield f"Member must satisfy enum value set: [{', '.join(known['enum'])}]"


def _below(path: str, name: str) -> str:
    """AWS writes the names of members with a small letter."""
    return f"{path}.{name[0].lower()}{name[1:]}" if path else f"{name[0].lower()}{name[1:]}"


@lru_cache
def _pattern(java: str) -> re.Pattern[str]:
    """Java's classes of characters, which Python does not know."""
    return re.compile(re.sub(r"\\p\{(\w)\}", lambda found: _characters(found[1]), java), re.ASCII)


@lru_cache
def _characters(category: str) -> str:
    found = (chr(code) for code in range(0x10000) if unicodedata.category(chr(code)).startswith(category))
    return "".join(map(re.escape, found))
