"""Truto's dialect, writing: a body becomes an action, the caller waits for its end and gets the record.

`POST /unified/ats/{resource}`, `PATCH` and `DELETE /{id}`, and the named methods `POST /{resource}/{method}`. It has no
rules of its own: `atsbridge/actions/` says what is taken in, and what repeats an earlier request.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any

from django.http import HttpResponse, HttpResponseBase

from atsbridge.actions import intake, uploads, waiting, wrong
from atsbridge.actions.models import Action
from atsbridge.api import accounts, bodies, naming, outcomes, papers, parameters
from atsbridge.api.answers import Details
from atsbridge.api.errors import Refusal, machine, missing, not_offered
from atsbridge.api.parameters import Asked
from atsbridge.api.values import TRUTH, Unfit, Value
from atsbridge.tenants.access import Request, api_key
from connectors.unified.actions import CreateCandidate, File, Input
from connectors.unified.dialects.truto_writing import OPERATIONS, Operation, offered

PATIENCE = 25
"""Seconds that a caller waits for an action's end; each holds a thread of the web server for so long."""
LONGEST_KEY = 255
HEADERS = {
    "Idempotency-Key": Value(
        str, {"type": "string", "maxLength": LONGEST_KEY}, "The same again with the same key is led to the first action"
    ),
    "X-Allow-Duplicate": TRUTH.of("Do it even if it repeats what was asked for, or makes a known person twice"),
}

type View = Callable[..., HttpResponseBase]


def by_method(reads: View, **writes: View) -> View:
    """One address: reading goes to one view, each method that writes to its own."""

    def view(request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return writes.get(request.method or "", reads)(request, *args, **kwargs)

    view.right = reads.right  # type: ignore[attr-defined]
    view.csrf_exempt = True  # type: ignore[attr-defined]  # a key is no cookie: no other site can send it
    return view


@machine
@api_key("write")
def create(request: Request, resource: str) -> HttpResponse:
    """POST /unified/ats/{resource}"""
    return _operate(request, resource)


@machine
@api_key("write")
def change(request: Request, resource: str, remote_id: str) -> HttpResponse:
    """PATCH and DELETE /unified/ats/{resource}/{id}"""
    return _operate(request, f"{resource}/{{id}}", remote_id)


@machine
@api_key("write")
def method(request: Request, resource: str, remote_id: str) -> HttpResponse:
    """POST /unified/ats/{resource}/{method}"""
    return _operate(request, f"{resource}/{remote_id.strip('/')}")


def _operate(request: Request, route: str, remote_id: str = "") -> HttpResponse:
    operation = OPERATIONS.get((request.method or "", route))
    if operation is None:
        raise _unknown(request, route)
    asked = parameters.of_write(request.GET, f"{request.method} /unified/ats/{route}", operation.query)
    connection = accounts.find(asked.account)
    how = _how(request, asked)
    with _told():
        act = intake.able(connection, operation.kind)
        with bodies.read(request, operation, asked.given, act.files.most if act.files else 0) as body:
            operation = body.operation
            act = intake.able(connection, operation.kind)
            told = body.given | ({f"{operation.model}_id": remote_id.strip("/")} if operation.named else {})
            told = naming.named(connection, operation.kind, told) | _wanted(operation, how["again"])
            files = papers.kept(connection, act, body)
        action = intake.accept(connection, _read(operation.kind, told, files), **how)
    return _answer(action, operation, asked, body.warnings)


def _wanted(operation: Operation, again: bool) -> dict[str, Any]:
    """A duplicate that is wanted is one of a person too, where they are created."""
    return {"allow_duplicate": True} if again and operation.kind == CreateCandidate.slug else {}


def _read(kind: str, told: dict[str, Any], files: list[File]) -> Input:
    try:
        return intake.read(kind, told | papers.fields(kind, files))
    except wrong.Wrong:
        uploads.drop(files)
        raise


def _how(request: Request, asked: Asked) -> dict[str, Any]:
    """How an action is to be taken in, as the headers say it."""
    return {
        "api_key": request.api_key,
        "key": _key(request),
        "again": _truth(request, "X-Allow-Duplicate"),
        "rehearsal": asked.dry_run,
    }


def _answer(action: Action, operation: Operation, asked: Asked, warnings: list[str]) -> HttpResponse:
    """What came of it, as soon as something has."""
    if not waiting.ended(action, PATIENCE):
        raise outcomes.late(action)
    answered = outcomes.told(action, operation, asked, warnings)
    for name, value in asked.headers().items():
        answered.headers[name] = value
    return answered


def _unknown(request: Request, route: str) -> Refusal:
    resource, _, rest = route.partition("/")
    methods = [
        name.partition("/")[2] for verb, name in OPERATIONS if name.startswith(f"{resource}/") and verb == "POST"
    ]
    if request.method == "POST" and rest and methods:
        return missing(f"{resource} has no method of this name. There are: {', '.join(methods)}.")
    return not_offered(request, offered(route))


@contextmanager
def _told() -> Iterator[None]:
    """Turn what is wrong with a request into the refusal of it."""
    try:
        yield
    except wrong.Denied as denied:
        insight = {"description": "The connection's key lacks these.", "value": {"missing_scopes": [denied.scope]}}
        raise Refusal(HTTPStatus.FORBIDDEN, str(denied), truto_error_insight={"forbidden_error": insight}) from denied
    except wrong.Wrong as error:
        wrongs: Details = {"failures": [{"message": str(error)}]}
        raise Refusal(STATUSES.get(type(error), HTTPStatus.BAD_REQUEST), str(error), details=wrongs) from error


STATUSES = {
    wrong.Impossible: HTTPStatus.UNPROCESSABLE_ENTITY,
    wrong.Reused: HTTPStatus.UNPROCESSABLE_ENTITY,
    wrong.TooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    wrong.NoRoom: HTTPStatus.INSUFFICIENT_STORAGE,
}


def _key(request: Request) -> str:
    key = request.headers.get("Idempotency-Key", "")
    if len(key) > LONGEST_KEY or "\x00" in key:
        raise Refusal(HTTPStatus.BAD_REQUEST, f"Idempotency-Key: at most {LONGEST_KEY} characters.")
    return key


def _truth(request: Request, header: str) -> bool:
    try:
        return TRUTH.read(request.headers.get(header, "false"))
    except Unfit as unfit:
        raise Refusal(HTTPStatus.BAD_REQUEST, f"{header}: {unfit}") from unfit
