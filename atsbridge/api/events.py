"""The feed of what changed: `GET /events`. A reader keeps `next_after` and asks again; it compares no copies."""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from uuid import UUID

import msgspec
from django.http import HttpResponse, QueryDict

from atsbridge.api import parameters
from atsbridge.api.errors import Refusal, answer, machine, missing, only_reading
from atsbridge.api.parameters import ACCOUNT, Unfit
from atsbridge.connections.models import Connection
from atsbridge.records import feed
from atsbridge.records.feed import Beyond, Forgotten, Page, Wanted
from atsbridge.records.ids import record_id
from atsbridge.records.models import NONE, Change
from atsbridge.tenants.access import Request, api_key

LONGEST = 25
"""Seconds that a reader may wait for the next event; each holds a thread of the web server for so long."""
LOOK = 0.25
"""Seconds between two looks at the tenant's counter."""


@dataclass(slots=True)
class Asked:
    """What was asked. job, stage: the provider's id or ours, "" for any."""

    after: int | None = None
    account: UUID | None = None
    kind: str | None = None
    job: str = ""
    stage: str = ""
    limit: int = parameters.DEFAULT_LIMIT
    wait: int = 0


@machine
@api_key("read")
def index(request: Request) -> HttpResponse:
    """The events after a number, in the order in which they became readable."""
    if said := only_reading(request):
        return said
    asked = _asked(request.GET)
    page = _read(request.tenant.pk, asked, _wanted(asked))
    return answer({"result": [_told(event) for event in page.events], "next_after": page.following})


def _read(tenant_id: UUID, asked: Asked, wanted: Wanted) -> Page:
    """One page; where it would be empty, wait for the next event as long as was asked."""
    until = time.monotonic() + asked.wait
    try:
        page = feed.read(tenant_id, asked.after, wanted, asked.limit)
        while not page.events and time.monotonic() < until:
            time.sleep(min(LOOK, max(0.0, until - time.monotonic())))
            if feed.last(tenant_id) > page.following:
                page = feed.read(tenant_id, page.following, wanted, asked.limit)
    except Forgotten as gone:
        raise Refusal(
            HTTPStatus.GONE,
            f"after: {gone} List the records anew, then follow from after={gone.first}.",
            next_after=gone.first,
        ) from gone
    except Beyond as beyond:
        raise Refusal(
            HTTPStatus.BAD_REQUEST,
            f"after: There is no such event yet. {beyond} If the database here was set back, list the records anew.",
        ) from beyond
    return page


def _told(event: Change) -> dict[str, Any]:
    return {
        "id": str(event.pk),
        "number": event.number,
        "kind": event.kind,
        "at": event.at,
        "connection": event.connection_id,
        "model": event.model or None,
        "record": event.record if event.record != NONE else None,
        "remote_id": event.remote_id or None,
        "before": _values(event.before),
        "after": _values(event.after),
        "by": {"kind": event.cause, "id": event.cause_id},
    }


def _values(text: str) -> msgspec.Raw | None:
    """A side of a change as it is stored; None where it was emptied."""
    return msgspec.Raw(text.encode()) if text else None


def _wanted(asked: Asked) -> Wanted:
    """The filters as our own ids; raises Refusal where the connection is not there."""
    rows = Connection.objects.all() if asked.account is None else Connection.objects.filter(pk=asked.account)
    connections = list(rows.values_list("pk", flat=True)) if asked.account or asked.job or asked.stage else []
    if asked.account is not None and not connections:
        raise missing("There is no such integrated account. GET /integrated-account lists yours.")
    return Wanted(
        kinds=(asked.kind,) if asked.kind else None,
        connection=asked.account,
        jobs=_ids(connections, "job", asked.job),
        stages=_ids(connections, "application_stage", asked.stage),
    )


def _ids(connections: list[UUID], model: str, given: str) -> tuple[UUID, ...] | None:
    if not given:
        return None
    ours = {record_id(connection, model, given) for connection in connections}
    with suppress(ValueError):
        ours.add(UUID(given))
    return tuple(ours - {NONE})


def _asked(query: QueryDict) -> Asked:
    """The parameters, read strictly; raises Refusal naming each that cannot be used."""
    asked, failures = Asked(), []
    for name, values in query.lists():
        try:
            if name not in TAKES:
                raise Unfit(f"It is no parameter of GET /events. Allowed: {', '.join(TAKES)}.")
            if len(values) > 1:
                raise Unfit("It is given more than once.")
            setattr(asked, *TAKES[name](values[0]))
        except Unfit as unfit:
            failures.append({"parameter": name.replace("\x00", "\ufffd"), "message": str(unfit)})
    if failures:
        message = " ".join(f"{failure['parameter']}: {failure['message']}" for failure in failures)
        raise Refusal(HTTPStatus.BAD_REQUEST, message, details={"failures": failures})
    return asked


def _number(value: str) -> int:
    if not (value.isascii() and value.isdigit() and len(value) <= 18):
        raise Unfit("The number of an event, or 0: a whole number as next_after gives it.")
    return int(value)


def _account(value: str) -> UUID:
    try:
        return UUID(value)
    except ValueError:
        raise Unfit("The id of a connection. GET /integrated-account lists yours.") from None


def _kind(value: str) -> str:
    if value not in feed.KINDS:
        raise Unfit(f"It is no kind of event. There are: {', '.join(feed.KINDS)}.")
    return value


def _id(value: str) -> str:
    if not value or "\x00" in value or len(value) > 500:
        raise Unfit("The provider's id, or ours.")
    return value


def _wait(value: str) -> int:
    if not (value.isascii() and value.isdigit() and len(value) <= 2 and int(value) <= LONGEST):
        raise Unfit(f"Whole seconds from 0 to {LONGEST}.")
    return int(value)


TAKES: dict[str, Callable[[str], tuple[str, Any]]] = {
    "after": lambda value: ("after", _number(value)),
    ACCOUNT: lambda value: ("account", _account(value)),
    "kind": lambda value: ("kind", _kind(value)),
    "job": lambda value: ("job", _id(value)),
    "stage": lambda value: ("stage", _id(value)),
    "limit": lambda value: ("limit", parameters.limit(value)),
    "wait": lambda value: ("wait", _wait(value)),
}
"""Each parameter → the field that it fills, and its value; raises Unfit."""
