"""The one place that talks: sign, send, retry, redact.

What it needs from the outside it is handed as plain callables: `budget` (may I, and when), `record` (here is an
exchange), `renew` (the token is stale: take the lease, read it again, store a new one). It never sleeps until a limit
allows the next call: that is an answer (RateLimited), and whoever asked comes again. It sleeps a little only between
the tries of a read that failed for the moment.
"""

import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any, BinaryIO
from urllib.parse import quote

import httpx

from connectors import deadline
from connectors.acting import Write
from connectors.credentials import Values
from connectors.decoding import decode
from connectors.errors import AuthFailed, ConnectorError, RateLimited, TemporaryFailure, error_for, retry_after
from connectors.payload import Payload

if TYPE_CHECKING:
    from connectors.base import Connector

ATTEMPTS = 3
FIRST_PAUSE = 0.5
"""Seconds between the first two tries of a read; three times as long before the third."""
TIMEOUT = httpx.Timeout(30, connect=10)
KEPT_BODY = 64 * 1024
SAFE_HEADERS = {
    "content-type",
    "content-length",
    "date",
    "retry-after",
    "x-request-id",
    "location",
    "accept",
    "user-agent",
}

mounts: dict[str, httpx.BaseTransport] = {}
"""Base addresses that something other than the network answers (tests mount emulators here)."""


@dataclass(slots=True)
class Exchange:
    """One request and what came of it, without any secret: `ms` duration, `size` bytes of the answer's body.

    `status` is None where no answer came; `error` says why. `body` is kept only of failed exchanges, at most 64 KB.
    """

    method: str
    path: str
    query: str
    started_at: datetime
    ms: int = 0
    status: int | None = None
    size: int = 0
    request_headers: dict[str, str] = field(default_factory=dict)
    response_headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    error: str = ""


@dataclass(slots=True)
class Answer:
    """A good answer: the decoded JSON (None without a body) and when its request began."""

    status: int
    headers: Mapping[str, str]
    data: Any
    started_at: datetime


type Primitive = str | int | float | bool | None
type Budget = Callable[[], float]
"""Take a slot: 0 to go ahead, else the seconds until one is free."""
type Record = Callable[[Exchange], None]
type Renew = Callable[[Values], Values]
"""Handed the stale credentials, gives fresh ones; raises AuthFailed where there are none."""


def _free() -> float:
    return 0


def _ignore(exchange: Exchange) -> None:
    return None


class Talk:
    """Requests to one account of one ATS, one at a time; none lasts longer than `seconds`, its answer included."""

    def __init__(
        self,
        connector: "type[Connector]",
        credentials: Values,
        *,
        base_url: str = "",
        budget: Budget = _free,
        record: Record = _ignore,
        renew: Renew | None = None,
        seconds: float = 30,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.connector = connector
        self.credentials = credentials
        self.base_url = (base_url or connector.base_url).rstrip("/")
        self.budget, self.record, self.renew, self.seconds, self.sleep = budget, record, renew, seconds, sleep
        self.calls = 0
        self.hidden: tuple[str, ...] = ()
        """Secrets that are sent besides the credentials, and blacked out like them."""

    def get(self, path: str, params: Mapping[str, Any] | None = None) -> Answer:
        """Read one address. Tried again while the failure is temporary; raises the errors of `connectors.errors`."""
        return self.read("GET", path, params=params)

    def read(self, method: str, path: str, *, params: Mapping[str, Any] | None = None, body: Any = None) -> Answer:
        """The same by any method that changes nothing, as a search that is a POST."""
        renewed = False
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return self.send(method, path, params=params, body=body)
            except TemporaryFailure:
                if attempt == ATTEMPTS:
                    raise
                self.sleep(FIRST_PAUSE * 3 ** (attempt - 1))
            except AuthFailed:
                if renewed or self.renew is None or attempt == ATTEMPTS:
                    raise
                self.credentials, renewed = self.renew(self.credentials), True
        raise AssertionError("unreachable")

    def send(
        self, method: str, path: str, *, params: Mapping[str, Any] | None = None, body: Any = None, signed: bool = True
    ) -> Answer:
        """Send one request exactly once. `body` is sent as JSON. Raises the errors of `connectors.errors`."""
        return self._send(self._request(method, path, params, Payload(body), signed), path)

    def write(self, write: Write, opened: BinaryIO | None = None) -> Answer:
        """Send a write exactly once; `opened` is its file, which is streamed. One that was refused for a stale token
        wrote nothing, and goes again with a fresh one. Raises the errors of `connectors.errors`."""
        try:
            return self._written(write, opened)
        except AuthFailed:
            if self.renew is None:
                raise
            self.credentials = self.renew(self.credentials)
        if opened:
            opened.seek(0)
        return self._written(write, opened)

    def _written(self, write: Write, opened: BinaryIO | None) -> Answer:
        payload = Payload(write.body, write.form, write.part, write.file, opened)
        request = self._request(write.method, write.path, write.params, payload, signed=True)
        return self._send(request, write.path, keep=True)

    @contextmanager
    def opened(self, path: str) -> Iterator[httpx.Response]:
        """What an address answers, its body still to be read: a file, or the way to it. Raises the errors of
        `connectors.errors`."""
        request = self._request("GET", path, None, Payload(), signed=True)
        with self._sending(request, path) as exchange:
            response = pool(self.base_url).send(request, stream=True)
            try:
                if not (response.is_success or response.has_redirect_location):
                    self._answer(response, deadline.read(response), exchange)
                self._heads(exchange, response)
                yield response
                exchange.size = response.num_bytes_downloaded
            finally:
                response.close()

    def _send(self, request: httpx.Request, path: str, *, keep: bool = False) -> Answer:
        with self._sending(request, path) as exchange:
            return self._exchange(request, exchange, keep)

    @contextmanager
    def _sending(self, request: httpx.Request, path: str) -> Iterator[Exchange]:
        """A slot of the budget, the deadline, and the log of what is sent within."""
        self._take()
        query = request.url.query.decode("ascii", "replace")
        exchange = Exchange(request.method, path, query, datetime.now(UTC), request_headers=_safe(request.headers))
        begun = time.monotonic()
        try:
            with deadline.until(begun + self.seconds):
                yield exchange
        except httpx.HTTPError as error:
            failure = deadline.broken(error)
            exchange.error = self._redact(failure.message)
            raise failure from error
        except ConnectorError as error:
            exchange.error = self._redact(error.message)
            raise
        finally:
            exchange.ms = round((time.monotonic() - begun) * 1000)
            self.record(exchange)

    def _exchange(self, request: httpx.Request, exchange: Exchange, keep: bool) -> Answer:
        response = pool(self.base_url).send(request, stream=True)
        try:
            content = deadline.read(response)
        except deadline.TooLarge as error:
            raise TemporaryFailure(f"{self.connector.name} answered more than anybody wants to read") from error
        finally:
            response.close()
        if keep:
            exchange.body = self._body(content)
        return self._answer(response, content, exchange)

    def _take(self) -> None:
        wait = self.budget()
        if wait > 0:
            raise RateLimited("The call budget of this account is spent", wait=wait)
        self.calls += 1

    def _request(
        self, method: str, path: str, params: Mapping[str, Any] | None, payload: Payload, signed: bool
    ) -> httpx.Request:
        headers = {"Accept": "application/json", "User-Agent": "atsbridge"}
        if signed:
            headers |= self._signature()
        url = f"{self.base_url}/{quote(path.lstrip('/'), safe='/')}"
        sent = payload.sent(headers)
        return httpx.Request(method, url, params=_flat(params), headers=headers, extensions=_timeouts(), **sent)

    def _signature(self) -> dict[str, str]:
        """The signing headers; a key with characters that no header can carry is refused here, not sent."""
        signature = self.connector.sign(self.credentials)
        if not all(value.isascii() and value.isprintable() for value in signature.values()):
            raise AuthFailed("The key has characters that no key has. Copy it again, whole and alone")
        return signature

    def _answer(self, response: httpx.Response, content: bytes, exchange: Exchange) -> Answer:
        self._heads(exchange, response)
        exchange.size = len(content)
        if response.is_success:
            try:
                return Answer(response.status_code, response.headers, decode(content), exchange.started_at)
            except ValueError as error:
                exchange.body = self._body(content)
                message = f"{self.connector.name} answered something that is not JSON"
                raise TemporaryFailure(message, status=response.status_code) from error
        exchange.body = self._body(content)
        words = self._redact(self.connector.words(response.status_code, content))
        raise error_for(
            response.status_code,
            words,
            wait=retry_after(response.headers, self.connector.limit.per),
            table=self.connector.statuses,
        )

    def _heads(self, exchange: Exchange, response: httpx.Response) -> None:
        exchange.status = response.status_code
        exchange.response_headers = _safe(response.headers) | self.connector.limit_headers(response.headers)

    def _body(self, content: bytes) -> bytes:
        return self._redact(content[:KEPT_BODY].decode("utf-8", "replace")).encode()

    def _redact(self, words: str) -> str:
        for value in map(str.strip, (*self.credentials.values(), *self.hidden)):
            if len(value) > 3:
                words = words.replace(value, "•••")
        return words


@cache
def tls() -> ssl.SSLContext:
    """One TLS context for the process: making one costs more than a request."""
    return httpx.create_ssl_context()


@cache
def pool(base_url: str) -> httpx.Client:
    """The long-lived client of one base address; redirects are never followed, so a key never leaves its host."""
    limits = httpx.Limits(max_connections=20, keepalive_expiry=30)
    transport = mounts.get(base_url) or deadline.transport(tls(), limits)
    return httpx.Client(transport=transport, timeout=TIMEOUT, follow_redirects=False, trust_env=False)


def _timeouts() -> dict[str, Any]:
    return {"timeout": TIMEOUT.as_dict()}


def _flat(params: Mapping[str, Any] | None) -> list[tuple[str, Primitive]]:
    pairs: list[tuple[str, Primitive]] = []
    for name, value in (params or {}).items():
        pairs += [(name, item) for item in value] if isinstance(value, list | tuple) else [(name, value)]
    return pairs


def _safe(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items() if name.lower() in SAFE_HEADERS}
