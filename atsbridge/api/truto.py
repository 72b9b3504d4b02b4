"""Truto's dialect, reading: `GET /unified/ats/{resource}` and `/{id}`. It has no rules of its own."""

import time
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

import msgspec
from django.http import HttpResponse

from atsbridge.api import accounts, parameters
from atsbridge.api.answers import Listed
from atsbridge.api.errors import Refusal, answer, machine, missing, only_reading
from atsbridge.api.parameters import Asked
from atsbridge.api.shapes import Wish, shaped
from atsbridge.connections.models import Connection
from atsbridge.records import paging, queries
from atsbridge.records.paging import BadCursor, Order, Page
from atsbridge.sync import details
from atsbridge.tenants.access import Request, api_key
from connectors.unified.dialects.truto import RESOURCES
from connectors.unified.dialects.truto_writing import offered

PATIENCE = 10
"""Seconds that a reader waits for a fresh detail; then what is stored is answered."""
OPENS = ("candidate", "application")
"""Models whose detail is read when a machine asks for one of them, or for the files or notes of one."""


@machine
@api_key("read")
def index(request: Request, resource: str) -> HttpResponse:
    """One page of a resource's records."""
    model = _model(resource)
    if said := only_reading(request, offered(resource)):
        return said
    asked = parameters.of_list(request.GET, resource)
    connection = _readable(asked, model)
    lacking = _owner_unread(connection, model, asked)
    page, model = _page(connection, model, asked)
    body: Listed[Any] = {
        "result": shaped(connection, model, page.rows, _wish(asked)),
        "next_cursor": page.next,
        "prev_cursor": page.previous,
        "result_count": len(page.rows),
        "is_partial_response": lacking or _partial(connection, model, page.rows),
    }
    return answer(body, headers=asked.headers())


@machine
@api_key("read")
def one(request: Request, resource: str, remote_id: str) -> HttpResponse:
    """One record, not wrapped."""
    model = _model(resource)
    if said := only_reading(request, offered(f"{resource}/{{id}}")):
        return said
    asked = parameters.of_one(request.GET, resource)
    connection = _readable(asked, model)
    rows = queries.records(connection, model, deleted=asked.include_deleted)
    name = remote_id.replace("\x00", "\ufffd")
    # A slash at either end may belong to the id, or be one that the client doubled.
    record = queries.find(rows, connection, model, name, name.strip("/"))
    if record and model in OPENS and details.wanted(record):
        details.waited(record, PATIENCE)
        record = rows.filter(id=record.id).first()
    if record is None:
        raise missing(f"This connection has no record of {resource} with this id.")
    return answer(shaped(connection, model, [record], _wish(asked))[0], headers=asked.headers())


@machine
@api_key("read")
def unknown(request: Request) -> HttpResponse:
    """Every address below ours that nobody answers."""
    raise missing(
        "There is nothing at this address. Records are read at /unified/ats/{resource} and"
        " /unified/ats/{resource}/{id}, connections at /integrated-account."
    )


def _model(resource: str) -> str:
    if resource not in RESOURCES:
        raise missing(f"There is no resource of this name. There are: {', '.join(RESOURCES)}.")
    return RESOURCES[resource]


def _readable(asked: Asked, model: str) -> Connection:
    """The connection that is meant, if its ATS has such records at all."""
    connection = accounts.find(asked.account)
    connector = connection.speaks
    if model not in connector.reads():
        raise missing(connector.lacks.get(model, f"{connector.name} gives no such records."))
    return connection


def _page(connection: Connection, model: str, asked: Asked) -> tuple[Page[Any], str]:
    """The page of records that is asked for, and their model: a job's stages are told by their places in it."""
    if model == "application_stage" and "job" in asked.filters:
        model, rows = "job_stage", queries.stages_of_jobs(connection, deleted=asked.include_deleted)
    else:
        rows = queries.records(connection, model, deleted=asked.include_deleted)
    rows = queries.matching(rows, connection, model, asked.filters).filter(**asked.times)
    order, binding = Order(asked.column, asked.descending), _binding(connection, model, asked)
    named: Any = rows.values_list(*_columns(asked), named=True)
    try:
        return paging.page(named, order, size=asked.limit, cursor=asked.cursor, binding=binding), model
    except BadCursor as error:
        raise Refusal(HTTPStatus.BAD_REQUEST, f"next_cursor: {error} Leave it out to begin again.") from error


def _columns(asked: Asked) -> Iterator[str]:
    """The columns that this answer shows."""
    yield from (*queries.COLUMNS, "detail_read_at")
    if asked.remote_data:
        yield "remote"
    if asked.include_deleted:
        yield "deleted_at"


def _binding(connection: Connection, model: str, asked: Asked) -> str:
    """Everything that decides which rows a list holds."""
    parts = (connection.id, model, sorted(asked.filters.items()), sorted(asked.times.items()), asked.include_deleted)
    return msgspec.json.encode(parts).decode()


def _wish(asked: Asked) -> Wish:
    return Wish(asked.remote_data, asked.include_deleted, asked.excluded, lasting=asked.expires_in)


def _partial(connection: Connection, model: str, rows: list[Any]) -> bool:
    """Whether a row's detail, where such a thing exists, is unread."""
    return _has_detail(connection, model) and any(row.detail_read_at is None for row in rows)


def _has_detail(connection: Connection, model: str) -> bool:
    home = connection.speaks.home(model)
    return home is not None and home.detail is not None


def _owner_unread(connection: Connection, model: str, asked: Asked) -> bool:
    """Wait for the detail of the one person or application whose files or notes are asked for: they come with it.

    Returns whether it stays unread, so that the list lacks whatever is there.
    """
    until, unread = time.monotonic() + PATIENCE, False
    for owner in OPENS if model in ("attachment", "note") else ():
        named = asked.filters.get(owner, [])
        if len(named) != 1 or not _has_detail(connection, owner):
            continue
        record = queries.find(queries.records(connection, owner), connection, owner, named[0])
        if record:
            came = details.wanted(record) and details.waited(record, max(0, until - time.monotonic()))
            unread |= record.detail_read_at is None and not came
    return unread
