"""Small readers that mappings share: text, instants, dates, lists. Each answers None for nothing."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import msgspec

_NO_TEXT = (type(None), dict, list)


def convert(value: Any, kind: Any) -> Any:
    """A value in a declared kind, ids and numbers given as text included; raises ValueError with the reason."""
    try:
        return msgspec.convert(value, kind, strict=False)
    except msgspec.ValidationError as error:
        raise ValueError(str(error)) from error


def text(value: Any) -> str | None:
    """Text without blanks around it, None where nothing is left."""
    if isinstance(value, _NO_TEXT):
        return None
    return str(value).strip() or None


def instant(value: Any) -> datetime | None:
    """An ISO 8601 time of any offset, or a bare date, as UTC; raises ValueError for anything else."""
    if value in (None, ""):
        return None
    if not isinstance(value, str):
        raise ValueError(f"expected a time, got {type(value).__name__}")
    read = datetime.fromisoformat(value)
    try:
        return (read if read.tzinfo else read.replace(tzinfo=UTC)).astimezone(UTC)
    except OverflowError as error:  # the last evening of the year 9999, west of here
        raise ValueError(f"{value!r} lies outside of all years") from error


def day(value: Any) -> str | None:
    """A date as `YYYY-MM-DD`; raises ValueError for anything else."""
    return None if value in (None, "") else date.fromisoformat(str(value)[:10]).isoformat()


def answered(headers: Mapping[str, str]) -> datetime | None:
    """When an answer was given by its server's own clock, to the second; None where it does not say."""
    try:
        return parsedate_to_datetime(headers.get("date", "")).replace(tzinfo=UTC)
    except ValueError:
        return None
