"""Everything that can go wrong while talking to an ATS, as one tree.

ConnectorError
├── AuthFailed          401: wrong, expired or revoked          → link again
├── PlanRequired        402: the customer's plan has no API     → say which plan
├── ScopeMissing        403: the key works but may not do this  → say which permission, link to the guide's step
├── NotFound            404: no such record                     → it is gone
├── RateLimited         429, or our own budget is spent         → again after `wait` seconds
├── TemporaryFailure    5xx, a time-out, half an answer         → again later
├── Rejected            any other 4xx                           → show the provider's words
└── Unsupported         declared impossible, never attempted    → show the declared reason
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


class ConnectorError(Exception):
    """An ATS did not do what was asked; the text says what happened in words for people."""

    next_step = "Try again; if it stays, look at the exchange in the sync run."

    def __init__(self, message: str, *, status: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.status = status


class AuthFailed(ConnectorError):
    """The key is wrong, expired or revoked."""

    next_step = "Make a new key and relink the account."


class PlanRequired(ConnectorError):
    """The customer's plan does not include the API."""

    next_step = "Ask for a plan that includes the API, then test again."


class ScopeMissing(ConnectorError):
    """The key works but may not do this."""

    next_step = "Make a key with this permission and relink the account."


class NotFound(ConnectorError):
    """No such record there."""


class RateLimited(ConnectorError):
    """Too many calls; nothing may be sent for `wait` seconds."""

    next_step = "Nothing: it goes on by itself."

    def __init__(self, message: str, *, wait: float, status: int | None = None) -> None:
        super().__init__(message, status=status)
        self.wait = wait


class TemporaryFailure(ConnectorError):
    """The provider failed, or its answer could not be read. `sent` says whether the request may have arrived."""

    next_step = "Nothing: it is tried again by itself."

    def __init__(self, message: str, *, status: int | None = None, sent: bool = True) -> None:
        super().__init__(message, status=status)
        self.sent = sent


class Rejected(ConnectorError):
    """The provider refused the request for a reason of its own."""


class Unsupported(ConnectorError):
    """The connector declares that this cannot be done."""


STATUSES: dict[int, type[ConnectorError]] = {
    401: AuthFailed,
    402: PlanRequired,
    403: ScopeMissing,
    404: NotFound,
    410: NotFound,
    408: TemporaryFailure,
    425: TemporaryFailure,
}


def error_for(
    status: int, message: str, *, wait: float = 60, table: dict[int, type[ConnectorError]] | None = None
) -> ConnectorError:
    """The error that an HTTP status means; a connector's own table comes first."""
    if status == 429:
        return RateLimited(message, wait=wait, status=status)
    kind = {**STATUSES, **(table or {})}.get(status)
    return (kind or (TemporaryFailure if status >= 500 else Rejected))(message, status=status)


def retry_after(headers: Mapping[str, str], window: float) -> float:
    """The seconds of a Retry-After, given as seconds or as a date; one whole window without it."""
    value = headers.get("retry-after", "")
    try:
        return min(max(float(value), 1.0), 86400.0)
    except ValueError:
        pass
    try:
        return max(1.0, (parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return window
