"""Bodies of requests, read strictly: what has the wrong type, or no name here, is refused with its name."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import msgspec

from atsbridge.api.errors import Refusal
from atsbridge.tenants.access import Request
from connectors.decoding import TooDeep, demand_shallow
from connectors.unified.dialects.truto_bodies import Paper, Unclear
from connectors.unified.dialects.truto_writing import Operation

MOST = 1024 * 1024
"""Bytes of a JSON body without files."""


@dataclass(slots=True)
class Told:
    """What a body says: what the action is told, the files that come with it, what leads to nothing."""

    given: dict[str, Any]
    papers: list[Paper]
    warnings: list[str]


def read(request: Request, operation: Operation, query: dict[str, str]) -> Told:
    """What is to be written; parameters of the address count as fields. Raises Refusal."""
    fields = _json(request)
    for name, value in query.items():
        if fields.get(name, value) != value:
            raise wrong_field(f"{name}: the address says another one than the body")
        fields[name] = value
    try:
        body = msgspec.convert(fields, operation.body)
        return Told(body.given(), body.papers(), body.warnings())
    except (msgspec.ValidationError, Unclear) as error:
        raise wrong_field(str(error)) from error


def wrong_field(words: str) -> Refusal:
    """The refusal of a body, which names the field."""
    return Refusal(HTTPStatus.BAD_REQUEST, words, details={"failures": [{"message": words}]})


def _json(request: Request) -> dict[str, Any]:
    if int(request.META.get("CONTENT_LENGTH") or 0) > MOST:
        raise Refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"A body without files has at most {MOST} bytes.")
    content = request.read()
    if not content.strip():
        return {}
    try:
        demand_shallow(content)
        fields = msgspec.json.decode(content)
    except TooDeep as error:
        raise wrong_field(str(error)) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise wrong_field(f"The body is no JSON: {error}") from error
    if not isinstance(fields, dict):
        raise wrong_field("The body has to be a JSON object")
    return fields
