"""The end of every exchange: a total deadline, and a most that an answer may hold.

A time-out for each read is none for the whole: an answer that drips a byte a second never meets it. So whatever is read
from the network within `until(deadline)` is given only what is left of the time, headers included.
"""

import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import httpcore
import httpx

from connectors.errors import TemporaryFailure

MOST_BYTES = 64 * 1024 * 1024
_thread = threading.local()


class TooLarge(Exception):
    """The answer is longer than any that is wanted."""


@contextmanager
def until(deadline: float) -> Iterator[None]:
    """Let nothing that this thread reads from the network within last longer, a moment of `time.monotonic`."""
    _thread.deadline = deadline
    try:
        yield
    finally:
        _thread.deadline = None


def read(response: httpx.Response) -> bytes:
    """A streamed answer's whole body; raises httpx.ReadTimeout past the deadline, TooLarge past the most."""
    content = bytearray()
    for chunk in response.iter_bytes():
        content += chunk
        if len(content) > MOST_BYTES:
            raise TooLarge
        if _left(None) == 0:
            raise httpx.ReadTimeout("the answer goes on past its deadline", request=response.request)
    return bytes(content)


def transport(tls: Any, limits: httpx.Limits, backend: "Backend | None" = None) -> httpx.HTTPTransport:
    """A transport whose sockets know the deadline."""
    made = httpx.HTTPTransport(verify=tls, limits=limits, trust_env=False)
    made._pool._network_backend = backend or Backend()
    return made


def broken(error: httpx.HTTPError) -> TemporaryFailure:
    """What the end of a connection means: whether what was sent may have arrived."""
    unsent = isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout)
    kind = "did not answer in time" if isinstance(error, httpx.TimeoutException) else "could not be reached"
    if not unsent and not isinstance(error, httpx.TimeoutException):
        kind = "broke off its answer"
    return TemporaryFailure(f"The provider {kind} ({type(error).__name__})", sent=not unsent)


def _left(timeout: float | None) -> float | None:
    """What is left of a time-out, and of the thread's deadline where it has one."""
    deadline: float | None = getattr(_thread, "deadline", None)
    if deadline is None:
        return timeout
    left = max(0.0, deadline - time.monotonic())
    return left if timeout is None else min(timeout, left)


class _Stream(httpcore.NetworkStream):
    def __init__(self, inner: httpcore.NetworkStream) -> None:
        self.inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        left = _left(timeout)
        if left == 0:
            raise httpcore.ReadTimeout("the answer goes on past its deadline")
        return self.inner.read(max_bytes, left)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        left = _left(timeout)
        if left == 0:
            raise httpcore.WriteTimeout("the request goes on past its deadline")
        self.inner.write(buffer, left)

    def close(self) -> None:
        self.inner.close()

    def start_tls(self, *args: Any, **kwargs: Any) -> httpcore.NetworkStream:
        return _Stream(self.inner.start_tls(*args, **kwargs))

    def get_extra_info(self, info: str) -> Any:
        return self.inner.get_extra_info(info)


class Backend(httpcore.SyncBackend):
    """Opens sockets that know the deadline."""

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        return _Stream(super().connect_tcp(host, port, _left(timeout), local_address, socket_options))
