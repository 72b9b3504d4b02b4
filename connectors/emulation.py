"""What the emulated ATSs share: routes, calls seen, refusals in the right order, faults on demand, and a life.

An emulator is a WSGI application. Tests mount it in process (`transport()`); the demo and the journeys serve it
over HTTP (`serve`). Its data derives from a seed and a fixed date; only the rate limit looks at `clock`.
"""

import json
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, ClassVar

import httpx
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule
from werkzeug.serving import ThreadedWSGIServer
from werkzeug.wrappers import Request, Response

from connectors.emulation_control import CONTROL, control
from connectors.emulation_effects import Effect, Heard, Late, fingerprint, same, without
from connectors.emulation_faults import FAULTS, Fault, Listing, listing, misbehave
from connectors.emulation_life import Deed, Life
from connectors.emulation_limits import Limited
from connectors.emulation_serving import InProcess, hang_up, served, silence

__all__ = ["FAULTS", "Call", "Effect", "Emulator", "Fault", "route", "serve", "write"]

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


def write(path: str, *methods: str, scope: str = "") -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The same for a method that changes records: what it changes it says by `effect`, and faults may put it off."""
    mark = route(path, *methods, scope=scope)

    def marked(function: Callable[..., Any]) -> Callable[..., Any]:
        function.writes = True  # type: ignore[attr-defined]
        return mark(function)

    return marked


class Emulator(Limited):
    """An ATS in memory. Subclasses declare routes, `gate` (who may come in) and `refusal` (how a refusal reads)."""

    base_path: ClassVar[str] = ""
    plan_gone: bool = False
    served: bool = False
    """Whether it stands behind a port."""
    habits: Any = None
    """What it does where its reference is silent about writes: a value for each name."""
    options: Any = None
    """The same of reading."""
    timely: bool = False
    """Whether what happens there happens by the clock, instead of a minute after what happened before."""

    def __init__(self, *, limit: int, per: float, clock: Callable[[], float] = time.time, seed: int = 1) -> None:
        super().__init__(limit, per, clock)
        self.faults: list[Fault] = []
        self.twist: Fault | None = None
        self.calls: list[Call] = []
        self.effects: list[Effect] = []
        self.late: list[Late] = []
        self.revoked: set[str] = set()
        self.lock = threading.RLock()
        self.life = Life(self, seed)
        self._truthful = False
        self._present = Request({})
        self._withheld: list[Callable[[], Response]] | None = None
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

    def fail(self, kind: str, times: int = 1, path: str = "", **how: Any) -> None:
        """Misbehave for the next `times` requests whose path contains `path`, as `Fault` says."""
        with self.lock:
            self.faults.append(Fault(kind, times, path, **how))

    def heal(self) -> None:
        """Forget every fault that is still to come."""
        with self.lock:
            self.faults.clear()

    def _fault(self, request: Request) -> Fault | None:
        for fault in self.faults:
            if fault.times < 1 or fault.path not in request.full_path or not self._is_meant(fault, request):
                continue
            if fault.skip:
                fault.skip -= 1
                continue
            fault.times -= 1
            return fault
        return None

    def _is_meant(self, fault: Fault, request: Request) -> bool:
        return fault.method in ("", request.method) or (fault.method == "write" and self._writes(request))

    def _writes(self, request: Request) -> bool:
        try:
            endpoint, _ = self._map.bind_to_environ(request.environ).match()
        except HTTPException:
            return False
        return hasattr(getattr(self, endpoint), "writes")

    def _under(self, fault: Fault | None, request: Request) -> Response:
        """The answer to a request, whose write a fault may strip, keep back or put off."""
        if fault is None or fault.when == "after":
            return self._answer(without(request, fault.fields) if fault else request)
        withheld: list[Callable[[], Response]] = []
        self._withheld = withheld
        try:
            response = self._answer(request)
        finally:
            self._withheld = None
        if fault.when == "late":
            self._put_off(withheld, fault.late)
        return response

    def _put_off(self, writes: list[Callable[[], Response]], seconds: float) -> None:
        self.late += [Late(self.clock() + seconds, apply) for apply in writes]
        timer = threading.Timer(seconds + 0.01, self.catch_up)  # clocks are not that exact
        timer.daemon = True
        timer.start()

    def behave(self, **habits: Any) -> None:
        """Change habits and options by their names; ValueError where there is none of that name."""
        for name, value in habits.items():
            owner = next((each for each in (self.habits, self.options) if hasattr(each, name)), None)
            if owner is None:
                raise ValueError(f"there is no habit {name}")
            setattr(owner, name, type(getattr(owner, name))(value))

    # Effects

    def effect(self, what: str, **changed: Any) -> None:
        """Note one thing that the present write changed: to which record, and which values."""
        request, mark = self._present, fingerprint(self._present)
        number, times = len(self.effects) + 1, 1 + same(self.effects, mark, what)
        at = round(self.clock(), 3)
        self.effects.append(Effect(number, at, request.method, request.path, what, changed, times, mark))

    def catch_up(self) -> None:
        """Apply the writes whose time has come."""
        with self.lock:
            due = [late for late in self.late if late.due <= self.clock()]
            self.late = [late for late in self.late if late not in due]
            for late in due:
                with suppress(HTTPException):  # refused, though nobody hears of it
                    late.apply()

    # WSGI

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        request = Heard(environ)
        if request.path.startswith(CONTROL):
            return control(self, request)(environ, start_response)
        with self.lock:
            self.catch_up()
            self._note(request)
            fault = self._fault(request)
            self.twist = fault
            response = self.finish(request, self._under(fault, request))
        if fault:
            response = self._spoilt(fault, response, environ)
        return response(environ, start_response)

    def _spoilt(self, fault: Fault, response: Response, environ: dict[str, Any]) -> Response:
        match fault.kind:
            case "slow":
                time.sleep(min(fault.seconds, 60))
            case "reset":
                hang_up(environ)
            case "cut" if not response.get_data():  # of nothing there is no half
                hang_up(environ)
            case "timeout":
                silence(environ, fault.seconds)
        return misbehave(fault, response, self)

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
        if refused:
            return refused
        if not hasattr(method, "writes"):
            return self._do(method, request, values)
        if self._truthful:
            return self.refusal(403, "The truth is read, not written")
        if self._withheld is None:
            return self._do(method, request, values)
        self._withheld.append(partial(self._do, method, request, values))
        return self.refusal(503)

    def _do(self, method: Callable[..., Response], request: Request, values: Mapping[str, Any]) -> Response:
        self._present = request
        try:
            return method(request, **values)
        except HTTPException as refused:
            if isinstance(refused.response, Response):  # what was handed to `abort`
                return refused.response
            raise

    def truth(self, request: Request, path: str) -> Response:
        """What any address of the API would answer without limit, refusals and faults; it counts as no call."""
        asked = Request({**request.environ, "PATH_INFO": path})
        with self.lock:
            self.catch_up()
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
