"""Evaluates IAM policy documents: Effect, Action, Resource, Principal and Condition.

moto's own evaluation knows resources for sts only, takes a Deny in a trust policy for an Allow and knows no
condition but StringEquals. This follows the "Policy evaluation logic" page of the IAM User Guide.
"""

import datetime
import json
import operator
import re
from collections.abc import Iterable, Mapping
from typing import Any

# Keys that hold several values have a list.
Context = Mapping[str, str | list[str]]


def decide(
    documents: Iterable[str], action: str, resource: str, context: Context, principals: set[str] | None = None
) -> str | None:
    """"Deny" if a statement denies, else "Allow" if one allows, else None.

    With principals (those that the caller answers to) the documents are trust policies, which have no Resource.
    """
    decision = None
    for document in documents:
        for statement in _list(json.loads(document)["Statement"]):
            effect = statement["Effect"]
            if not _matches(statement, action, resource, context, principals, deny=effect == "Deny"):
                continue
            if effect == "Deny":
                return "Deny"
            decision = "Allow"
    return decision


def _matches(
    statement: dict[str, Any],
    action: str,
    resource: str,
    context: Context,
    principals: set[str] | None,
    deny: bool,
) -> bool:
    if not _element(statement, "Action", lambda pattern: like(pattern.lower(), action.lower())):
        return False
    if principals is None:
        if not _element(statement, "Resource", lambda pattern: like(_substitute(pattern, context), resource)):
            return False
    elif not _names(statement.get("Principal"), principals):
        return False
    return _conditions(statement.get("Condition", {}), context, deny)


def _element(statement: dict[str, Any], name: str, matches) -> bool:
    if f"Not{name}" in statement:
        return not any(matches(pattern) for pattern in _list(statement[f"Not{name}"]))
    return any(matches(pattern) for pattern in _list(statement.get(name, [])))


def _names(principal: Any, callers: set[str]) -> bool:
    named = [principal] if isinstance(principal, str) else _list((principal or {}).get("AWS", []))
    # A bare account id is short for that account's root.
    named = [f"arn:aws:iam::{name}:root" if re.fullmatch(r"\d{12}", name) else name for name in named]
    return any(name == "*" or name in callers for name in named)


def _conditions(conditions: dict[str, dict[str, Any]], context: Context, deny: bool) -> bool:
    values = {key.lower(): value for key, value in context.items()}
    for operator, keys in conditions.items():
        which, _, name = operator.rpartition(":")
        if_exists = name.endswith("IfExists")
        name = name.removesuffix("IfExists")
        for key, expected in keys.items():
            expected = [_substitute(_text(value), context) for value in _list(expected)]
            actual = values.get(key.lower())
            if name == "Null":
                if (actual is None) != (expected == ["true"]):
                    return False
            elif name not in OPERATORS:
                # What cannot be judged must not give access: it blocks an Allow and lets a Deny stand.
                if not deny:
                    return False
            elif not actual:
                if not (if_exists or which == "ForAllValues" or (not which and "Not" in name)):
                    return False
            else:
                held = (
                    any(OPERATORS[name](value, each) for value in expected) != ("Not" in name) for each in _list(actual)
                )
                if not (all(held) if which == "ForAllValues" else any(held)):
                    return False
    return True


def like(pattern: str, value: str) -> bool:
    """Whether a pattern with * and ? matches the whole value."""
    expression = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(expression, value, re.DOTALL) is not None


def _arn_like(pattern: str, value: str) -> bool:
    # Each of the six parts is compared on its own: a * does not run over a colon of the first five.
    patterns, values = pattern.split(":", 5), value.split(":", 5)
    return len(patterns) == len(values) and all(map(like, patterns, values))


def _equal(expected: str, actual: str) -> bool:
    return expected == actual


def _equal_ignoring_case(expected: str, actual: str) -> bool:
    return expected.lower() == actual.lower()


def _compared(read, holds):
    """Of numbers and dates. A value that is none matches nothing."""

    def compare(expected: str, actual: str) -> bool:
        try:
            return holds(read(actual), read(expected))
        except ValueError:
            return False

    return compare


def _date(text: str) -> float:
    # ISO 8601, or seconds of the epoch.
    if re.fullmatch(r"\d+(\.\d+)?", text):
        return float(text)
    date = datetime.datetime.fromisoformat(re.sub(r"Z$", "+00:00", text))
    return (date if date.tzinfo else date.replace(tzinfo=datetime.timezone.utc)).timestamp()


COMPARISONS = {
    "Equals": operator.eq,
    "NotEquals": operator.eq,
    "LessThan": operator.lt,
    "LessThanEquals": operator.le,
    "GreaterThan": operator.gt,
    "GreaterThanEquals": operator.ge,
}
# The negated operators hold where none of the expected values matches.
OPERATORS = {
    **{f"Date{name}": _compared(_date, holds) for name, holds in COMPARISONS.items()},
    **{f"Numeric{name}": _compared(float, holds) for name, holds in COMPARISONS.items()},
    "Bool": _equal_ignoring_case,
    "StringEquals": _equal,
    "StringNotEquals": _equal,
    "StringEqualsIgnoreCase": _equal_ignoring_case,
    "StringNotEqualsIgnoreCase": _equal_ignoring_case,
    "StringLike": like,
    "StringNotLike": like,
    "ArnEquals": _arn_like,
    "ArnNotEquals": _arn_like,
    "ArnLike": _arn_like,
    "ArnNotLike": _arn_like,
}


def _substitute(text: str, context: Context) -> str:
    return re.sub(r"\$\{([^}]+)\}", lambda match: context.get(match[1], match[0]), text)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
