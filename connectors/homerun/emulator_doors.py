"""Who may come into the emulated Homerun: first the limit, then the key, the plan and the scope."""

import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from werkzeug.wrappers import Request, Response

from connectors import emulation

READS = ("vacancies:read", "job-applications:read", "job-application-notes:read")
WRITES = ("job-applications:write", "job-application-notes:write", "job-application-files:write")
SCOPES = frozenset((*READS, *WRITES))
KEY = "17|emulatedHomerunKey4Everybody0123456789abcd"
MESSAGES = {
    400: "The given input was invalid",
    401: "Unauthenticated",
    402: "Your plan does not include public api access",
    403: "Forbidden",
    404: "Not found",
    413: "Content Too Large",
    422: "The given input was invalid",
    429: "The given input was invalid",
}
"""The documented bodies, two of which are slips: that of 429 speaks of validation, the code of 404 is 403."""


class Guarded(emulation.Emulator):
    """The doors of the emulator.

    keys: scopes by key; `key`, which may do everything, is always among them. expires: the clock's time at which a key
    dies. limit_by: what a limit's window belongs to, "account" or "key". rate_headers: whether the limit shows itself.
    """

    base_path = "/v2"

    def __init__(
        self,
        *,
        keys: Mapping[str, Iterable[str]] | None = None,
        expires: Mapping[str, float] | None = None,
        limit: int = 60,
        per: float = 60,
        limit_by: str = "account",
        clock: Callable[[], float] = time.time,
        rate_headers: bool = True,
        seed: int = 1,
    ) -> None:
        super().__init__(limit=limit, per=per, clock=clock, seed=seed)
        self.key = KEY
        self.keys = {KEY: SCOPES, **{key: frozenset(scopes) for key, scopes in (keys or {}).items()}}
        self.expires = dict(expires or {})
        self.limit_by, self.rate_headers = limit_by, rate_headers

    def gate(self, request: Request, scope: str | None) -> Response | None:
        """Refuse before routing for limit, key and plan (scope None), afterwards for the route's scope."""
        key = key_of(request)
        if scope is not None:
            return self.refusal(403) if scope and scope not in self.keys[key] else None
        wait = self.spend(self._account(key))
        if wait:
            return self._limited(wait)
        if key not in self.keys or key in self.revoked or self.clock() >= self.expires.get(key, float("inf")):
            return self.refusal(401)
        return self.refusal(402) if self.plan_gone else None

    def _account(self, key: str) -> str:
        return "account" if key in self.keys and self.limit_by == "account" else key

    def _limited(self, wait: float) -> Response:
        refused = self.refusal(429)
        if self.rate_headers:
            refused.headers["Retry-After"] = str(max(1, -int(-wait // 1)))
            refused.headers["X-RateLimit-Reset"] = str(int(self.clock() + wait) + 1)
        return refused

    def finish(self, request: Request, response: Response) -> Response:
        """The limit, on every answer of an account that shows it."""
        if self.rate_headers and request.path.startswith(self.base_path):
            response.headers["X-RateLimit-Limit"] = str(self.limit)
            response.headers["X-RateLimit-Remaining"] = str(self.remaining(self._account(key_of(request))))
        return response

    def refusal(self, status: int, message: str = "", details: list[dict[str, str]] | None = None) -> Response:
        """Homerun's body of a refusal."""
        body: dict[str, Any] = {"code": 403 if status == 404 else status, "error": True}
        body["message"] = MESSAGES.get(status, message or "Server Error")
        if status in (400, 429):
            body["details"] = details or []
        if status == 429:
            body["code"] = 400
        return self.json(body, status)

    def invalid(self, param: str, message: str = "", status: int = 400) -> Response:
        """A refusal that names one parameter, where its status tells details."""
        return self.refusal(status, details=[{"param": param, "message": message or f"{param} is not a valid value"}])


def key_of(request: Request) -> str:
    """The key that a request brings, "" for none."""
    kind, _, key = request.headers.get("Authorization", "").partition(" ")
    return key if kind == "Bearer" else ""
