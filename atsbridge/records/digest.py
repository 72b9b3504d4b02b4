"""Telling whether a provider's answer changed, and keeping what databases refuse out of it."""

import hashlib
import re
from datetime import UTC, datetime
from typing import Any

import msgspec

REPLACEMENT = "\ufffd"
_REFUSED = re.compile("[\x00\ud800-\udfff]")
_INSTANT = re.compile(rb'"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d))"')


def text(answer: Any) -> str:
    """An answer as JSON text, keys in order."""
    return msgspec.json.encode(answer, order="deterministic").decode()


def clean(answer: Any) -> tuple[Any, bool]:
    """The answer without NUL and lone surrogates, which PostgreSQL refuses, and whether there were any."""
    try:
        encoded = msgspec.json.encode(answer)
    except UnicodeEncodeError:
        return _replace(answer), True
    if b"\\u0000" not in encoded:
        return answer, False
    replaced = _replace(answer)
    return replaced, replaced != answer  # it may be a text that only speaks of \\u0000


def digest(answer: Any, *versions: str, instants: bool = False) -> str:
    """A digest over an answer and over the versions of whatever reads it; `instants` makes equal times equal texts."""
    encoded = msgspec.json.encode(answer, order="deterministic")
    if instants:
        encoded = _INSTANT.sub(_utc, encoded)
    return hashlib.blake2s(encoded + "\n".join(versions).encode(), digest_size=12).hexdigest()


def _utc(found: re.Match[bytes]) -> bytes:
    try:
        return datetime.fromisoformat(found[1].decode()).astimezone(UTC).isoformat().encode()
    except (ValueError, OverflowError):
        return found[0]


def _replace(value: Any) -> Any:
    if isinstance(value, str):
        return _REFUSED.sub(REPLACEMENT, value)
    if isinstance(value, list):
        return [_replace(item) for item in value]
    if isinstance(value, dict):
        return {_replace(name): _replace(item) for name, item in value.items()}
    return value
