"""What the emulated ATSs share: routes, calls seen, refusals in the right order, and faults on demand.

An emulator is a WSGI application. Tests mount it in process (`transport()`); the demo and the journeys serve it
over HTTP (`serve`). Its data derives from a seed and a fixed date; only the rate limit looks at `clock`.
"""

import json
import socket
import struct
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import httpx
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule
from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

FAULTS = (
    "429",
    "429_silent",
    "500",
    "502",
    "503",
    "html",
    "malformed",
    "cut",
    "reset",
    "slow",
    "401",
    "402",
    "403",
    "404",
)
CONTROL = "/_emulator"


@dataclass(slots=True)
class Fault:
    """One misbehaviour: `kind` of FAULTS, for the next `times` requests whose path contains `path`; `seconds` for
    slow, 429.
    """

    kind: str
    times: int = 1
    path: str = ""
    seconds: float = 1

    def __post_init__(self) -> None:
        if self.kind not in FAULTS:
            raise ValueError(f"kind is one of {', '.join(FAULTS)}, not {self.kind!r}")


@dataclass(slots=True)
class Call:
    """One request that the emulator saw."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str] = field(default_factory=dict)


def route(path: str, *methods: str, scope: str = "") -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Mark a method as the answer to a path below the base path; `scope` is what the key needs for it."""

    def mark(function: Callable[..., Any]) -> Callable[..., Any]:
        function.route = (path, methods or ("GET",), scope)  # type: ignore[attr-defined]
        return function

    return mark


class Emulator:
    """An ATS in memory. Subclasses declare routes, `gate` (who may come in) and `refusal` (how a refusal reads)."""

    base_path: ClassVar[str] = ""
    plan_gone: bool = False
    served: bool = False
    """Whether it stands behind a port."""
    timely: bool = False
    """Whether what happens there happens by the clock, instead of a minute after what happened before."""

    def __init__(self, *, limit: int, per: float, clock: Callable[[], float] = time.time) -> None:
        self.clock, self.limit, self.per = clock, limit, per
        self.faults: list[Fault] = []
        self.calls: list[Call] = []
        self.revoked: set[str] = set()
        self.lock = threading.RLock()
        self._windows: dict[str, deque[float]] = {}
        rules = [
            Rule(self.base_path + path, methods=methods, endpoint=name)
            for name in dir(type(self))
            for path, methods, _ in [getattr(getattr(type(self), name), "route", ("", (), ""))]
            if path
        ]
        self._map = Map(rules, strict_slashes=False)

    # For subclasses

    def gate(self, request: Request, scope: str | None) -> Response | None:
        """Refuse a request before it is routed (scope None) or once its route's scope is known; None lets it in."""
        return None

    def refusal(self, status: int, message: str = "") -> Response:
        """The provider's shape of a refusal."""
        return self.json({"message": message}, status)

    def finish(self, request: Request, response: Response) -> Response:
        """Add what every answer carries (rate headers)."""
        return response

    def json(self, data: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
        """A JSON answer."""
        return Response(
            json.dumps(data), status=status, headers=headers, content_type="application/json; charset=utf-8"
        )

    def spend(self, account: str) -> float:
        """Take one call of an account's rolling window; the seconds to wait where it is full, else 0."""
        now, window = self.clock(), self._windows.setdefault(account, deque())
        while window and window[0] <= now - self.per:
            window.popleft()
        if len(window) >= self.limit:
            return window[0] + self.per - now
        window.append(now)
        return 0

    def remaining(self, account: str) -> int:
        """How many calls an account's window still holds."""
        return max(0, self.limit - len(self._windows.get(account, ())))

    def later(self, last: datetime) -> datetime:
        """When the next thing happens."""
        if not self.timely:
            return last + timedelta(minutes=1)
        return max(last, datetime.fromtimestamp(int(self.clock()), UTC))

    # Misbehaving

    def fail(self, kind: str, times: int = 1, path: str = "", seconds: float = 1) -> None:
        """Misbehave for the next `times` requests whose path contains `path`."""
        with self.lock:
            self.faults.append(Fault(kind, times, path, seconds))

    def _fault(self, request: Request) -> Fault | None:
        for fault in self.faults:
            if fault.times > 0 and fault.path in request.full_path:
                fault.times -= 1
                return fault
        return None

    def _misbehave(self, fault: Fault, response: Response) -> Response:
        match fault.kind:
            case "html":
                return Response("<!doctype html><title>502 Bad Gateway</title>", status=502, content_type="text/html")
            case "malformed":
                return Response('{"data": [', status=200, content_type="application/json")
            case "cut":
                response.headers["Content-Length"] = str(len(response.get_data()))
                response.headers["X-Emulator-Cut"] = "1"
                return response
            case "429":
                limited = self.refusal(429, "Too many requests")
                limited.headers["Retry-After"] = str(max(1, round(fault.seconds)))
                return limited
            case "429_silent":
                return self.refusal(429, "Too many requests")
            case kind if kind.isdigit():
                return self.refusal(int(kind))
        return response

    # WSGI

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        request = Request(environ)
        if request.path == f"{CONTROL}/faults" and request.method == "POST":
            return self._control(request)(environ, start_response)
        with self.lock:
            query = {name: request.args.getlist(name) for name in request.args}
            self.calls.append(Call(request.method, request.path, query, dict(request.headers)))
            fault = self._fault(request)
            response = self.finish(request, self._answer(request))
        if fault:
            if fault.kind == "slow":
                time.sleep(min(fault.seconds, 60))
            if fault.kind == "reset":
                _hang_up(environ)
            response = self._misbehave(fault, response)
        return response(environ, start_response)

    def _answer(self, request: Request) -> Response:
        refused = self.gate(request, None)
        if refused:
            return refused
        try:
            endpoint, values = self._map.bind_to_environ(request.environ).match()
        except HTTPException as error:
            return self.refusal(error.code or 404)
        method = getattr(self, endpoint)
        refused = self.gate(request, method.route[2])
        answer: Response = refused or method(request, **values)
        return answer

    def _control(self, request: Request) -> Response:
        try:
            self.fail(**request.get_json())
        except (TypeError, ValueError) as error:
            return self.json({"message": str(error)}, 400)
        return self.json({"faults": len(self.faults)})

    def transport(self) -> httpx.BaseTransport:
        """Answers httpx in process, faults included."""
        return _InProcess(self)


class HungUp(ConnectionError):
    """The emulator broke the connection: an error that the server takes for the client's own going."""


def _hang_up(environ: dict[str, Any]) -> None:
    connection: socket.socket | None = environ.get("werkzeug.socket")
    if connection is not None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()
    raise HungUp


class _InProcess(httpx.BaseTransport):
    def __init__(self, emulator: Emulator) -> None:
        self.inner = httpx.WSGITransport(app=emulator)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        try:
            response = self.inner.handle_request(request)
        except HungUp as error:
            raise httpx.ReadError("connection reset by peer", request=request) from error
        if "x-emulator-cut" in response.headers:
            raise httpx.RemoteProtocolError(
                "peer closed connection without sending complete message body", request=request
            )
        return response


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


def serve(emulator: Emulator, port: int, host: str = "127.0.0.1") -> ThreadedWSGIServer:
    """A threaded HTTP server on loopback; the caller runs `serve_forever` and `shutdown`. Port 0 takes a free one."""
    server = make_server(host, port, _cutting(emulator), threaded=True, request_handler=_Handler)
    assert isinstance(server, ThreadedWSGIServer)
    server.daemon_threads = True
    emulator.served = True
    return server


def _cutting(emulator: Emulator) -> Callable[..., Iterable[bytes]]:
    """The same application, whose cut answers send half their body over HTTP and then close."""

    def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        cut: list[bool] = []

        def started(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            cut.append(any(name == "X-Emulator-Cut" for name, _ in headers))
            return start_response(status, [*headers, ("Connection", "close")] if cut[-1] else headers, *rest)

        body = b"".join(emulator(environ, started))
        return [body[: len(body) // 2] if cut and cut[-1] else body]

    return application
