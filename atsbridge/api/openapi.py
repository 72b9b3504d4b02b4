"""How machines ask, as an OpenAPI document: `GET /openapi.json`.

It is written by nobody: routes, parameters, bodies and answers are those that the views go by. It holds nothing of any
tenant, so it asks for no key. https://spec.openapis.org/oas/v3.1.1
"""

import hashlib
import tomllib
from functools import cache
from http import HTTPStatus
from typing import Any

import msgspec
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import condition

from atsbridge.api.answers import Error
from atsbridge.api.errors import machine, only_reading
from atsbridge.api.openapi_routes import Route, routes
from atsbridge.api.openapi_schemas import Schema, form, schemas
from atsbridge.api.values import Value

FRESH = 3600
"""Seconds for which anybody may keep the document without asking."""
KEY = "key"
JSON, FORM, FILE = "application/json", "multipart/form-data", "application/octet-stream"
SAYS = """Jobs, candidates, applications and whatever else applicant tracking systems hold, in one shape; and every
write that they take. The shape is Truto's unified ATS."""

REFUSALS: dict[HTTPStatus, str] = {
    HTTPStatus.BAD_REQUEST: "Something was asked that is not understood: details names each thing.",
    HTTPStatus.UNAUTHORIZED: "There is no valid key with it.",
    HTTPStatus.PAYMENT_REQUIRED: "The ATS asks for another plan.",
    HTTPStatus.FORBIDDEN: "The key may only read, or the connection's key may not do it in the ATS.",
    HTTPStatus.NOT_FOUND: "There is no such thing, or none that this key may see.",
    HTTPStatus.CONFLICT: "The ATS says that something stands against it.",
    HTTPStatus.GONE: "It is there no more: events that are kept no longer, an action that was ended undone.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "It is larger than what is taken.",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "It is of a kind that is not taken.",
    HTTPStatus.UNPROCESSABLE_ENTITY: "The ATS cannot do it, or refused it; or the Idempotency-Key told of another.",
    HTTPStatus.TOO_MANY_REQUESTS: "The ATS's limit is used up: Retry-After says for how long.",
    HTTPStatus.INTERNAL_SERVER_ERROR: "atsbridge failed; its log says why.",
    HTTPStatus.BAD_GATEWAY: "The ATS failed, or nobody can tell whether it did it: the action says which.",
    HTTPStatus.GATEWAY_TIMEOUT: "It is not done yet: Location says where to look, the same request waits on.",
    HTTPStatus.INSUFFICIENT_STORAGE: "There is no room for the file.",
}
TEXT: Schema = {"schema": {"type": "string"}}
IGNORED = {"X-Ignored-Parameters": {"description": "Parameters that led to nothing", **TEXT}}
OF_ACTIONS = {
    "X-Action-Id": {"description": "The action: GET /actions/{id} tells of it", "schema": {"type": "string"}},
    "X-Action-Warnings": {"description": "What was not done as asked: a JSON list of sentences", **TEXT},
    "Idempotent-Replayed": {"description": "true where an earlier action answers", **TEXT},
}
BESIDE: dict[HTTPStatus, Schema] = {
    HTTPStatus.UNAUTHORIZED: {"WWW-Authenticate": TEXT},
    HTTPStatus.TOO_MANY_REQUESTS: {"Retry-After": TEXT},
    HTTPStatus.GATEWAY_TIMEOUT: {"Retry-After": TEXT, "Location": TEXT},
}
"""Headers of refusals."""


@machine
def index(request: HttpRequest) -> HttpResponse:
    """GET /openapi.json"""
    return only_reading(request) or _told(request)


def _mark(request: HttpRequest) -> str:
    return f'"{hashlib.sha256(text()).hexdigest()}"'


@condition(etag_func=_mark)
def _told(request: HttpRequest) -> HttpResponse:
    answer = HttpResponse(text(), content_type=JSON)
    patch_cache_control(answer, public=True, max_age=FRESH)
    return answer


@cache
def text() -> bytes:
    """The document as it goes out."""
    return msgspec.json.encode(document())


def document() -> Schema:
    """The document."""
    asked = list(routes())
    places, components = schemas([Error, *(kind for route in asked for kind in (*route.bodies, *route.answers))])
    return {
        "openapi": "3.1.0",
        "info": {"title": "atsbridge", "version": _version(), "description": SAYS},
        "servers": [{"url": settings.PUBLIC_URL}],
        "security": [{KEY: []}],
        "tags": [{"name": tag} for tag in dict.fromkeys(route.tag for route in asked)],
        "paths": _paths(asked, places, components),
        "components": {
            "schemas": components,
            "responses": {_called(status): _refused(status, places[Error]) for status in REFUSALS},
            "securitySchemes": {KEY: {"type": "http", "scheme": "bearer", "description": "A key of a tenant"}},
        },
    }


def _paths(asked: list[Route], places: dict[Any, Schema], components: dict[str, Schema]) -> Schema:
    paths: Schema = {}
    for route in asked:
        paths.setdefault(route.address, {})[route.method.lower()] = _operation(route, places, components)
    return paths


def _operation(route: Route, places: dict[Any, Schema], components: dict[str, Schema]) -> Schema:
    told: Schema = {
        "operationId": route.name,
        "summary": route.title,
        "description": route.says,
        "tags": [route.tag],
        "parameters": [
            _parameter(where, name, value)
            for where, known in (("path", route.path), ("query", route.query), ("header", route.headers))
            for name, value in known.items()
        ],
        "responses": {"200": _answered(route, places)} | {
            str(int(status)): {"$ref": f"#/components/responses/{_called(status)}"}
            for status in sorted({*route.refusals, HTTPStatus.INTERNAL_SERVER_ERROR})
        },
    }  # fmt: skip
    if route.bodies:
        told["requestBody"] = _body(route, places, components)
    return told if route.key else {**told, "security": []}


def _parameter(where: str, name: str, value: Value[Any]) -> Schema:
    schema = {"type": "array", "items": value.schema} if value.several else value.schema
    return {"name": name, "in": where, "required": value.required, "description": value.words, "schema": schema}


def _body(route: Route, places: dict[Any, Schema], components: dict[str, Schema]) -> Schema:
    content = {JSON: {"schema": _any_of(route.bodies, places)}}
    if route.form:
        (body,) = route.bodies
        content[FORM] = {"schema": form(body, components[body.__name__])}
    return {"required": True, "content": content}


def _answered(route: Route, places: dict[Any, Schema]) -> Schema:
    if not route.answers:
        return {"description": "The file.", "content": {"*/*": {"schema": {"type": "string", "format": "binary"}}}}
    content = {JSON: {"schema": _any_of(route.answers, places)}}
    return {"description": "It is so.", "headers": IGNORED | (OF_ACTIONS if route.headers else {}), "content": content}


def _any_of(kinds: tuple[Any, ...], places: dict[Any, Schema]) -> Schema:
    found = [places[kind] for kind in kinds]
    return found[0] if len(found) == 1 else {"anyOf": found}


def _refused(status: HTTPStatus, schema: Schema) -> Schema:
    content = {JSON: {"schema": schema}}
    return {"description": REFUSALS[status], "headers": BESIDE.get(status, {}), "content": content}


def _called(status: HTTPStatus) -> str:
    return status.phrase.replace(" ", "")


def _version() -> str:
    project = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text())["project"]
    return str(project["version"])
