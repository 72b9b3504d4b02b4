"""How an emulated CATS lets in, lists and refuses."""

import math
import time
import uuid
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime
from itertools import count, islice
from typing import Any, ClassVar
from urllib.parse import urlencode

from werkzeug.exceptions import BadRequest, HTTPException, NotFound
from werkzeug.wrappers import Request, Response

from connectors.cats.emulator_data import imagine
from connectors.cats.emulator_options import Json, Options, links
from connectors.cats.emulator_people import Views
from connectors.emulation import Emulator

HOST = "https://api.catsone.com"
WORDS = {
    400: "The request is not valid.",
    401: "Invalid credentials.",
    404: "Not found.",
    409: "This is a duplicate.",
    415: "Unsupported Content-Type.",
    429: "Rate limit exceeded.",
}
PER_PAGE, PER_PAGE_AT_MOST = 25, 100


class Answers(Emulator):
    """The account, its keys and habits, and what all routes answer alike."""

    base_path: ClassVar[str] = "/v3"

    def __init__(
        self,
        *,
        seed: int = 1,
        jobs: int = 40,
        people: int = 2000,
        mode: str = "hr",
        limit: int = 500,
        clock: Callable[[], float] = time.time,
        **options: Any,
    ) -> None:
        super().__init__(limit=limit, per=3600, clock=clock, seed=seed)
        self.account = imagine(seed, jobs, people, mode)
        self.options = Options(**options)
        self.key = f"cats-v3-key-{seed:04}"
        self.keys = {self.key}
        self._requests = count()

    @property
    def tell(self) -> Views:
        """How the truth is told with the present options."""
        return Views(self.account, self.options)

    def kinds(self) -> dict[str, tuple[dict[int, Any], Callable[[Any], Json]]]:
        """Each resource that can be searched: its records, and how one is told."""
        account, tell = self.account, self.tell
        return {
            "candidates": (account.candidates, tell.candidate),
            "jobs": (account.jobs, tell.job),
            "companies": (account.companies, tell.company),
            "contacts": ({}, tell.company),
            "activities": (account.activities, tell.activity),
            "pipelines": (account.pipelines, tell.pipeline),
        }

    # Coming in: content type, then key, then limit; route and record follow

    def gate(self, request: Request, scope: str | None) -> Response | None:
        """Refuse in CATS's order."""
        if scope is not None:
            return None
        if request.mimetype == "multipart/form-data":
            return self.refusal(415)
        scheme, _, key = request.headers.get("Authorization", "").partition(" ")
        if scheme != "Token" or key not in self.keys - self.revoked:
            return self.refusal(401)
        wait = self.spend("account")
        if wait:
            refused = self.refusal(429)
            refused.headers["Retry-After"] = str(math.ceil(wait))
            return refused
        return None

    def refusal(self, status: int, message: str = "") -> Response:
        """`{"message": …}`, in CATS's own words."""
        if status == 405:  # an address that knows no such verb is no address
            status, message = 404, ""
        return self.json({"message": message or WORDS.get(status, "Something went wrong.")}, status)

    def _answer(self, request: Request) -> Response:
        try:
            return super()._answer(request)
        except HTTPException as refused:
            return self.refusal(refused.code or 404, refused.description or "")

    def json(self, data: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
        """Every answer has an id of its own."""
        number = uuid.uuid5(uuid.NAMESPACE_URL, f"{HOST}/{next(self._requests)}")
        return super().json(data, status, {**(headers or {}), "X-Request-Id": str(number)})

    def finish(self, request: Request, response: Response) -> Response:
        """The account's own time, and limit headers on all but a refused key."""
        if self.options.dated:
            now = datetime.fromtimestamp(self.clock(), UTC) if self.timely else self.account.now
            response.date = max(now, self.account.now)
        if response.status_code != 401:
            response.headers["X-Rate-Limit-Limit"] = str(self.limit)
            response.headers["X-Rate-Limit-Remaining"] = str(self.remaining("account"))
        return response

    # Lists

    def listed[T](self, request: Request, key: str, records: Collection[T], view: Callable[[T], Json]) -> Response:
        """One page of a collection; an empty one has no `_embedded`."""
        page, size = self._window(request)
        asked = self.listing(page, size, len(records))
        shown = [view(record) for record in islice(records, asked.start, asked.end)]
        answer: Json = {"count": len(shown)}
        if self.options.total != "missing" and asked.total is not None:
            answer["total"] = self._total(asked.total)
        answer["_links"] = self._links(request, page, size, len(records), asked.has_next)
        if shown:
            answer["_embedded"] = {key: shown}
        return self.json(answer)

    def _window(self, request: Request) -> tuple[int, int]:
        asked = {name: request.args.get(name, default) for name, default in (("page", "1"), ("per_page", PER_PAGE))}
        for name, value in asked.items():
            if not str(value).isdigit() or int(value) < 1:
                raise BadRequest(f"{name} must be positive")
        if int(asked["per_page"]) > PER_PAGE_AT_MOST and self.options.refuse_large_pages:
            raise BadRequest(f"per_page must be at most {PER_PAGE_AT_MOST}")
        return int(asked["page"]), min(int(asked["per_page"]), PER_PAGE_AT_MOST)

    def _total(self, rows: int) -> int | str | None:
        spellings: dict[str, int | str | None] = {"number": rows, "text": str(rows), "null": None}
        return spellings[self.options.total]

    def _links(self, request: Request, page: int, size: int, rows: int, has_next: bool) -> Json:
        path, last = request.path.removeprefix(self.base_path), max(1, math.ceil(rows / size))
        words = urlencode([(name, value) for name, value in request.args.items() if name == "query"])

        def href(number: int) -> str:
            return self._href(path, f"?{words}{'&' if words else ''}page={number}&per_page={size}")

        found = {"last": href(last)}
        if has_next and self.options.next_link != "missing":
            found["next"] = href(page + 1)
        if page > 1:
            found["prev"] = href(page - 1)
        return links(href(page), **found)

    def _href(self, path: str, query: str) -> str:
        match self.options.next_link:
            case "absolute":
                return f"{HOST}{self.base_path}{path}{query}"
            case "query":
                return query
            case "slashless":
                return path.lstrip("/") + query
        return path + query

    def found[T](self, records: Mapping[int, T], number: int) -> T:
        """A record by its id, else a 404."""
        if number not in records:
            raise NotFound(WORDS[404])
        return records[number]

    def one[T](self, records: Mapping[int, T], number: int, view: Callable[[T], Json]) -> Response:
        """One record, else a 404."""
        return self.json(view(self.found(records, number)))
