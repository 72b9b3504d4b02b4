"""How an emulated ATS is reached: in process for httpx, or over HTTP, where bodies may break off or drip."""

import socket
import struct
import time
from collections.abc import Iterable, Iterator
from itertools import count
from typing import TYPE_CHECKING, Any

import httpx
from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler, make_server

from connectors.emulation_faults import CUT, DRIP

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


class HungUp(ConnectionError):
    """The emulator broke the connection: an error that the server takes for the client's own going."""


def hang_up(environ: dict[str, Any]) -> None:
    """Break the connection of a request."""
    connection: socket.socket | None = environ.get("werkzeug.socket")
    if connection is not None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()
    raise HungUp


class Silent(HungUp):
    """The emulator broke the connection after a long silence."""


def silence(environ: dict[str, Any], seconds: float) -> None:
    """Say nothing for so long, then break the connection of a request; in process nobody waits."""
    if environ.get("werkzeug.socket") is None:
        raise Silent
    time.sleep(min(seconds, 600))
    hang_up(environ)


class InProcess(httpx.BaseTransport):
    """Answers httpx without a network; what would break there is raised as httpx would raise it."""

    def __init__(self, application: "WSGIApplication") -> None:
        self.inner = httpx.WSGITransport(app=application)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """One answer."""
        try:
            response = self.inner.handle_request(_measured(request))
        except Silent as error:
            raise httpx.ReadTimeout("the read operation timed out", request=request) from error
        except HungUp as error:
            raise httpx.ReadError("connection reset by peer", request=request) from error
        if CUT in response.headers:
            raise httpx.RemoteProtocolError(
                "peer closed connection without sending complete message body", request=request
            )
        if DRIP in response.headers:
            raise httpx.ReadTimeout("the answer drips for ever", request=request)
        return response


def _measured(request: httpx.Request) -> httpx.Request:
    """The same request with the length of its body: WSGI takes one without for empty."""
    body = request.read()
    if "transfer-encoding" not in request.headers:
        return request
    headers = {name: value for name, value in request.headers.items() if name != "transfer-encoding"}
    return httpx.Request(request.method, request.url, headers=headers, content=body)


class _Handler(WSGIRequestHandler):
    """Serves quietly, and cuts answers short where the emulator says so."""

    protocol_version = "HTTP/1.1"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        return None

    def log(self, type: str, message: str, *args: Any) -> None:
        return None

    def connection_dropped(self, error: BaseException, environ: dict[str, Any] | None = None) -> None:
        """Read nothing more from it."""
        self.close_connection = True


def served(application: "WSGIApplication", port: int, host: str) -> ThreadedWSGIServer:
    """A threaded HTTP server; the caller runs `serve_forever` and `shutdown`. Port 0 takes a free one."""
    server = make_server(host, port, _sending(application), threaded=True, request_handler=_Handler)
    assert isinstance(server, ThreadedWSGIServer)
    server.daemon_threads = True
    return server


def _sending(emulator: "WSGIApplication") -> "WSGIApplication":
    """The same application, whose cut answers send half their body and then close, and whose drips never end."""

    def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        marks: dict[str, str] = {}

        def started(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            marks.update(headers)
            kept = [(name, value) for name, value in headers if name not in (CUT, DRIP)]
            if CUT in marks:
                kept.append(("Connection", "close"))
            if DRIP in marks:
                kept = [(name, value) for name, value in kept if name != "Content-Length"]
            return start_response(status, kept, *rest)

        body = b"".join(emulator(environ, started))
        if DRIP in marks:
            return _dripping(body, float(marks[DRIP]))
        return [body[: len(body) // 2] if CUT in marks else body]

    return application


def _dripping(body: bytes, seconds: float) -> Iterator[bytes]:
    """Byte by byte, then blanks, until whoever reads it goes."""
    for place in count():
        yield body[place : place + 1] or b" "
        time.sleep(seconds)
