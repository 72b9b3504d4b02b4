"""How emulated ATSs misbehave when told to: one table, and what each of its lines does."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from werkzeug.wrappers import Response

FAULTS = {
    "429": "too many requests, with `seconds` in Retry-After",
    "429_silent": "too many requests, with no word of how long",
    "500": "the provider's own refusal with this status",
    "502": "the provider's own refusal with this status",
    "503": "the provider's own refusal with this status",
    "401": "the provider's own refusal with this status",
    "402": "the provider's own refusal with this status",
    "403": "the provider's own refusal with this status",
    "404": "the provider's own refusal with this status",
    "404_says_403": "status 404 over the body of a 403",
    "html": "a 502 in HTML",
    "malformed": "a 200 whose JSON breaks off",
    "cut": "half of the body, then the connection closes",
    "reset": "no answer: the connection breaks",
    "timeout": "no answer: the connection breaks after `seconds`; in process a read that times out at once",
    "slow": "a good answer after `seconds`",
    "drip": "a byte every `seconds`, for ever; in process a read that times out",
    "drops": "a good answer to a write that lost the top-level `fields` of its JSON without a word",
    "no_location": "a good answer without its Location",
    "repeats": "a list whose every page holds the rows of the first, and names a next one",
    "wild_total": "a list whose total is another number each time",
    "capped": "a list that has nothing after `rows` rows, though its total says more",
    "no_total": "a list without its total and what goes with it",
    "no_next": "a list that names no next page",
}
"""Every fault and what it does. The last five hold for a list; told for many times, they are its habit for a while."""
WHEN = ("before", "after", "late")
"""When the answer to a write is spoilt: before it is applied (never), after it, or while it is still to come."""
LISTINGS = ("repeats", "wild_total", "capped", "no_total", "no_next")
CUT, DRIP = "X-Emulator-Cut", "X-Emulator-Drip"
"""Headers that tell the server, or the transport, how to send the body; they never leave."""


@dataclass(slots=True)
class Fault:
    """One misbehaviour: `kind` of FAULTS, for the next `times` requests whose path contains `path`.

    method: one that the request must have; `write` for whatever changes records. skip: so many such requests are well
    answered first. when: whether a write under it is applied before its answer is spoilt ("after"), never ("before"),
    or `late` seconds later ("late"); refusals come "before" unless told otherwise, all else "after".
    """

    kind: str
    times: int = 1
    path: str = ""
    seconds: float = 1
    rows: int = 100
    method: str = ""
    skip: int = 0
    when: str = ""
    late: float = 5
    fields: Sequence[str] = ()

    def __post_init__(self) -> None:
        if self.kind not in FAULTS:
            raise ValueError(f"kind is one of {', '.join(FAULTS)}, not {self.kind!r}")
        self.when = self.when or ("before" if self.kind[0].isdigit() or self.kind == "html" else "after")
        if self.when not in WHEN:
            raise ValueError(f"when is one of {', '.join(WHEN)}, not {self.when!r}")


@dataclass(frozen=True, slots=True)
class Listing:
    """How a list is to be answered: rows from `start` to `end` of all, and what it says about itself."""

    start: int
    end: int
    total: int | None
    has_next: bool


class Refuses(Protocol):
    """What has its own shape of a refusal."""

    def refusal(self, status: int, message: str = "") -> Response:
        """A refusal."""


def listing(fault: Fault | None, page: int, size: int, rows: int) -> Listing:
    """The rows that a page shows and what it says, honest where no fault of a list is on."""
    start, end, total, has_next = (page - 1) * size, page * size, rows, page * size < rows
    match fault.kind if fault else "":
        case "repeats":
            return Listing(0, size, total, True)
        case "wild_total" if fault:
            dice = random.Random(f"{fault.times} {rows}")  # noqa: S311 - misbehaviour, not a secret
            return Listing(start, end, dice.randint(0, 2 * rows + 10), has_next)
        case "capped" if fault:
            return Listing(start, min(end, fault.rows), total, has_next)
        case "no_total":
            return Listing(start, end, None, has_next)
        case "no_next":
            return Listing(start, end, total, False)
    return Listing(start, end, total, has_next)


def misbehave(fault: Fault, response: Response, emulator: Refuses) -> Response:
    """What is answered in the place of a good answer."""
    match fault.kind:
        case "html":
            return Response("<!doctype html><title>502 Bad Gateway</title>", status=502, content_type="text/html")
        case "malformed":
            return Response('{"data": [', status=200, content_type="application/json")
        case "cut":
            response.headers["Content-Length"] = str(len(response.get_data()))
            response.headers[CUT] = "1"
        case "no_location":
            response.headers.pop("Location", None)
        case "drip":
            response.headers[DRIP] = str(fault.seconds)
        case "429":
            limited = emulator.refusal(429, "Too many requests")
            limited.headers["Retry-After"] = str(max(1, round(fault.seconds)))
            return limited
        case "429_silent":
            return emulator.refusal(429, "Too many requests")
        case "404_says_403":
            refused = emulator.refusal(403, "Forbidden")
            refused.status_code = 404
            return refused
        case kind if kind.isdigit():
            return emulator.refusal(int(kind))
    return response
