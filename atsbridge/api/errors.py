"""Refusals to machines, in the shape that Truto gives every error."""

from collections.abc import Callable, Iterable
from functools import wraps
from http import HTTPStatus
from typing import Any, Unpack

import msgspec
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views.defaults import server_error

from atsbridge.api.answers import Error, More

READING = ("GET", "HEAD", "OPTIONS")
ADDRESSES = (
    "unified/",
    "integrated-account",
    "proxy/",
    "custom/",
    "hooks/",
    "events",
    "actions/",
    "files/",
    "openapi.json",
)


class Refusal(Exception):
    """An answer that is not the one asked for. `more` stands beside the message in the body."""

    def __init__(
        self, status: HTTPStatus, message: str, *, headers: dict[str, str] | None = None, **more: Unpack[More]
    ) -> None:
        super().__init__(message)
        self.status, self.message, self.headers, self.more = status, message, headers or {}, more

    def response(self) -> HttpResponse:
        """The refusal as it goes out."""
        body: Error = {"statusCode": self.status, "error": self.status.phrase, "message": self.message, **self.more}
        return answer(body, status=self.status, headers=self.headers)


def answer(body: Any, *, status: int = HTTPStatus.OK, headers: dict[str, str] | None = None) -> HttpResponse:
    """A JSON answer, which nothing on the way may keep."""
    content, kept = msgspec.json.encode(body), {"Cache-Control": "no-store", **(headers or {})}
    return HttpResponse(content, content_type="application/json", status=status, headers=kept)


def missing(message: str) -> Refusal:
    """What was asked for is not there."""
    return Refusal(HTTPStatus.NOT_FOUND, message)


def machine[**Given](view: Callable[Given, HttpResponseBase]) -> Callable[Given, HttpResponseBase]:
    """Turn refusals into answers; it stands above `api_key`, whose marks it keeps."""

    @wraps(view)
    def inner(*args: Given.args, **kwargs: Given.kwargs) -> HttpResponseBase:
        try:
            return view(*args, **kwargs)
        except Refusal as refusal:
            return refusal.response()
        except SuspiciousOperation:  # more parameters than Django cares to read
            return Refusal(HTTPStatus.BAD_REQUEST, "There are too many parameters in the address.").response()

    inner.csrf_exempt = True  # type: ignore[attr-defined]  # no cookie says anything here
    return inner


def failed(request: HttpRequest) -> HttpResponse:
    """A failure of ours, told to machines as JSON and to people as a page."""
    if not request.path.lstrip("/").startswith(ADDRESSES):
        return server_error(request)
    return Refusal(HTTPStatus.INTERNAL_SERVER_ERROR, "atsbridge failed; its log says why. Try again later.").response()


def only_reading(request: HttpRequest, others: Iterable[str] = ()) -> HttpResponse | None:
    """Refuse methods that change something; answer OPTIONS; None where there is something to read. `others`: the
    methods that are answered elsewhere at this address."""
    if request.method == "OPTIONS":
        return HttpResponse(status=HTTPStatus.NO_CONTENT, headers={"Allow": ", ".join((*READING, *others))})
    if request.method not in READING:
        raise not_offered(request, others)
    return None


def not_offered(request: HttpRequest, others: Iterable[str]) -> Refusal:
    """The refusal of a method; `others` are offered here besides reading."""
    allowed = ", ".join((*READING, *others))
    return Refusal(
        HTTPStatus.METHOD_NOT_ALLOWED,
        f"{request.method} is not offered here. Allowed: {allowed}.",
        headers={"Allow": allowed},
    )
