"""The kinds of values that an address or a header holds: how each is read, and what JSON Schema says of it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

TRUTHS = {"true": True, "1": True, "false": False, "0": False}


class Unfit(ValueError):
    """A value that cannot be used; the text says what can."""


@dataclass(frozen=True, slots=True)
class Value[Read]:
    """One value. read: raises Unfit. words: what it is for. several: it may be repeated, or hold commas."""

    read: Callable[[str], Read]
    schema: dict[str, Any]
    words: str = ""
    required: bool = False
    several: bool = False

    def of(self, words: str, **more: Any) -> "Value[Read]":
        """The same kind of value, for this."""
        return replace(self, words=words, **more)


def whole(least: int, most: int, otherwise: int | None = None, refusal: str = "") -> Value[int]:
    """A whole number in digits. otherwise: what counts where none is given."""
    digits = max(8, len(str(most)))

    def read(value: str) -> int:
        if not (value.isascii() and value.isdigit() and len(value) <= digits and least <= int(value) <= most):
            raise Unfit(refusal or f"A whole number from {least} to {most}.")
        return int(value)

    schema = {"type": "integer", "minimum": least, "maximum": most}
    return Value(read, schema if otherwise is None else {**schema, "default": otherwise})


def choice(words: Iterable[str], refusal: str) -> Value[str]:
    """One of some words."""
    known = tuple(words)

    def read(value: str) -> str:
        if value not in known:
            raise Unfit(refusal.format(", ".join(known)))
        return value

    return Value(read, {"type": "string", "enum": list(known)})


def text(refusal: str, most: int | None = None) -> Value[str]:
    """Something that is not empty, of so many characters at most."""

    def read(value: str) -> str:
        if not value or "\x00" in value or (most and len(value) > most):
            raise Unfit(refusal)
        return value

    return Value(read, {"type": "string", "minLength": 1} | ({"maxLength": most} if most else {}))


def _truth(value: str) -> bool:
    if value.lower() not in TRUTHS:
        raise Unfit("true or false.")
    return TRUTHS[value.lower()]


def _instant(value: str) -> datetime:
    if "T" in value:
        value = value.replace(" ", "+")  # a plus that was not percent-encoded arrives as a blank
    try:
        read = datetime.fromisoformat(value)
        return (read if read.tzinfo else read.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Unfit("An ISO 8601 time such as 2026-01-31T09:30:00.000001Z.") from None


def _account(value: str) -> UUID:
    try:
        return UUID(value)
    except ValueError:
        raise Unfit("The id of a connection. GET /integrated-account lists yours.") from None


ANYTHING = Value(str, {"type": "string"})
TRUTH = Value(_truth, {"type": "boolean", "default": False})
INSTANT = Value(_instant, {"anyOf": [{"type": "string", "format": kind} for kind in ("date-time", "date")]})
"""A time with any offset, or a date, as UTC."""
ACCOUNT_ID = Value(_account, {"type": "string", "format": "uuid"})
