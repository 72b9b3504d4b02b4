"""Telling whether a provider's answer changed, and keeping what databases refuse out of it."""

import hashlib
import re
from datetime import UTC, datetime
from typing import Any, NamedTuple

import msgspec

REPLACEMENT = "\ufffd"
_REFUSED = re.compile("[\x00\ud800-\udfff]")
_INSTANT = re.compile(rb'"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d))"')


def text(answer: Any) -> str:
    """An answer as JSON text, keys in order."""
    return encoded(answer).decode()


def encoded(answer: Any) -> bytes:
    """The same, as bytes."""
    return msgspec.json.encode(answer, order="deterministic")


class Clean(NamedTuple):
    """An answer without NUL and lone surrogates, which PostgreSQL refuses, the same as JSON, and whether there were
    any."""

    answer: Any
    encoded: bytes
    replaced: bool


def clean(answer: Any) -> Clean:
    """Make an answer storable."""
    try:
        found = encoded(answer)
    except UnicodeEncodeError:
        answer = _replace(answer)
        return Clean(answer, encoded(answer), replaced=True)
    if b"\\u0000" not in found:
        return Clean(answer, found, replaced=False)
    cleaned = _replace(answer)  # or not: it may be a text that only speaks of \\u0000
    return Clean(cleaned, encoded(cleaned), replaced=cleaned != answer)


def digest(answer: bytes, *versions: str, instants: bool = False) -> str:
    """A digest over an encoded answer and over the versions of whatever reads it; `instants` makes equal times equal
    texts."""
    if instants:
        answer = _INSTANT.sub(_utc, answer)
    return hashlib.blake2s(answer + "\n".join(versions).encode(), digest_size=12).hexdigest()


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
