"""What the emulated ATSs share: routes, calls seen, refusals in the right order, faults on demand, and a life.

An emulator is a WSGI application. Tests mount it in process (`transport()`); the demo and the journeys serve it
over HTTP (`serve`). Its data derives from a seed and a fixed date; only the rate limit looks at `clock`.
"""

import json
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import httpx
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule
from werkzeug.serving import ThreadedWSGIServer
from werkzeug.wrappers import Request, Response

from connectors.emulation_faults import FAULTS, Fault, Listing, listing, misbehave
from connectors.emulation_life import Deed, Life
from connectors.emulation_serving import InProcess, hang_up, served

__all__ = ["FAULTS", "Call", "Emulator", "Fault", "route", "serve"]

CONTROL = "/_emulator"
CALLS_KEPT = 20_000
"""So many calls are remembered behind a port; in process all of them are."""


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

    calls_taken: float = 0
    """The share of the limit, in per cent, that another program takes."""

    def __init__(self, *, limit: int, per: float, clock: Callable[[], float] = time.time, seed: int = 1) -> None:
        self.clock, self.limit, self.per = clock, limit, per
        self.faults: list[Fault] = []
        self.twist: Fault | None = None
        self.calls: list[Call] = []
        self.revoked: set[str] = set()
        self.lock = threading.RLock()
        self.life = Life(self, seed)
        self._windows: dict[str, deque[float]] = {}
        self._others: dict[str, float] = {}
        self._truthful = False
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
        if self.calls_taken:
            self._take_for_others(account, window, now)
        self._roll(window, now)
        if len(window) >= self.limit:
            return window[0] + self.per - now
        window.append(now)
        return 0

    def _roll(self, window: deque[float], now: float) -> None:
        while window and window[0] <= now - self.per:
            window.popleft()

    def _take_for_others(self, account: str, window: deque[float], now: float) -> None:
        """What another program has asked since we last looked, evenly spread; refused as we are where it is full."""
        pause = self.per / (self.limit * self.calls_taken / 100)
        at = max(self._others.get(account, now), now - self.per)
        while at <= now:
            self._roll(window, at)
            if len(window) < self.limit:
                window.append(at)
            at += pause
        self._others[account] = at

    def remaining(self, account: str) -> int:
        """How many calls an account's window still holds."""
        return max(0, self.limit - len(self._windows.get(account, ())))

    def later(self, last: datetime) -> datetime:
        """When the next thing happens."""
        if not self.timely:
            return last + timedelta(minutes=1)
        return max(last, datetime.fromtimestamp(int(self.clock()), UTC))

    def deeds(self) -> Sequence[Deed]:
        """What people do there while somebody reads, for `life`."""
        return ()

    def listing(self, page: int, size: int, rows: int) -> Listing:
        """How the present request's page of so many rows is to be answered."""
        return listing(self.twist, page, size, rows)

    # Misbehaving

    def fail(self, kind: str, times: int = 1, path: str = "", seconds: float = 1, rows: int = 100) -> None:
        """Misbehave for the next `times` requests whose path contains `path`; `kind` is one of FAULTS."""
        with self.lock:
            self.faults.append(Fault(kind, times, path, seconds, rows))

    def heal(self) -> None:
        """Forget every fault that is still to come."""
        with self.lock:
            self.faults.clear()

    def _fault(self, request: Request) -> Fault | None:
        for fault in self.faults:
            if fault.times > 0 and fault.path in request.full_path:
                fault.times -= 1
                return fault
        return None

    # WSGI

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        request = Request(environ)
        if request.path.startswith(CONTROL):
            return self._control(request)(environ, start_response)
        with self.lock:
            self._note(request)
            fault = self._fault(request)
            self.twist = fault
            response = self.finish(request, self._answer(request))
        if fault:
            if fault.kind == "slow":
                time.sleep(min(fault.seconds, 60))
            if fault.kind == "reset":
                hang_up(environ)
            response = misbehave(fault, response, self)
        return response(environ, start_response)

    def _note(self, request: Request) -> None:
        query = {name: request.args.getlist(name) for name in request.args}
        self.calls.append(Call(request.method, request.path, query, dict(request.headers)))
        if self.served and len(self.calls) > CALLS_KEPT:
            del self.calls[: CALLS_KEPT // 2]

    def _answer(self, request: Request) -> Response:
        refused = None if self._truthful else self.gate(request, None)
        if refused:
            return refused
        try:
            endpoint, values = self._map.bind_to_environ(request.environ).match()
        except HTTPException as error:
            return self.refusal(error.code or 404)
        method = getattr(self, endpoint)
        refused = None if self._truthful else self.gate(request, method.route[2])
        answer: Response = refused or method(request, **values)
        return answer

    # Control addresses, for this machine only

    def _control(self, request: Request) -> Response:
        if request.remote_addr not in (None, "127.0.0.1", "::1"):
            return self.json({"message": "Only this machine may"}, 403)
        path = request.path.removeprefix(CONTROL)
        try:
            match request.method, path:
                case "POST", "/faults":
                    self.fail(**request.get_json())
                    return self.json({"faults": len(self.faults)})
                case "DELETE", "/faults":
                    self.heal()
                    return self.json({"faults": 0})
                case "POST", "/life":
                    return self.json({"done": self._live(**request.get_json())})
        except (TypeError, ValueError) as error:
            return self.json({"message": str(error)}, 400)
        if path.startswith("/truth/"):
            return self._truth(request, path.removeprefix("/truth"))
        return self.json({"message": "POST faults, DELETE faults, POST life, GET truth/…"}, 404)

    def _live(self, changes: int = 0, per_minute: float | None = None) -> dict[str, int]:
        if per_minute is not None:
            self.life.go_on(float(per_minute))
        return self.life.happen(int(changes))

    def _truth(self, request: Request, path: str) -> Response:
        """What any address of the API would answer without limit, refusals and faults; it counts as no call."""
        asked = Request({**request.environ, "PATH_INFO": path})
        with self.lock:
            self.twist, self._truthful = None, True
            try:
                return self._answer(asked)
            finally:
                self._truthful = False

    def transport(self) -> httpx.BaseTransport:
        """Answers httpx in process, faults included."""
        return InProcess(self)


def serve(emulator: Emulator, port: int, host: str = "127.0.0.1") -> ThreadedWSGIServer:
    """A threaded HTTP server on loopback; the caller runs `serve_forever` and `shutdown`. Port 0 takes a free one."""
    server = served(emulator, port, host)
    emulator.served = True
    return server
