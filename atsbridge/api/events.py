"""The feed of what changed: `GET /events`. A reader keeps `next_after` and asks again; it compares no copies."""

import time
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from uuid import UUID

import msgspec
from django.http import HttpResponse, QueryDict

from atsbridge.api import parameters
from atsbridge.api.answers import Event, Events, Failure
from atsbridge.api.errors import Refusal, answer, machine, missing, only_reading
from atsbridge.api.parameters import ACCOUNT
from atsbridge.api.values import ACCOUNT_ID, Unfit, Value, choice, text, whole
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
    body: Events = {"result": [_told(event) for event in page.events], "next_after": page.following}
    return answer(body)


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


def _told(event: Change) -> Event:
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
    asked, failures = Asked(), list[Failure]()
    for name, values in query.lists():
        try:
            if name not in TAKES:
                raise Unfit(f"It is no parameter of GET /events. Allowed: {', '.join(TAKES)}.")
            if len(values) > 1:
                raise Unfit("It is given more than once.")
            field, value = TAKES[name]
            setattr(asked, field, value.read(values[0]))
        except Unfit as unfit:
            failures.append({"parameter": name.replace("\x00", "\ufffd"), "message": str(unfit)})
    if failures:
        message = " ".join(f"{failure['parameter']}: {failure['message']}" for failure in failures)
        raise Refusal(HTTPStatus.BAD_REQUEST, message, details={"failures": failures})
    return asked


ID = text("The provider's id, or ours.", 500)
TAKES: dict[str, tuple[str, Value[Any]]] = {
    "after": ("after", whole(
        0, 10**18 - 1, refusal="The number of an event, or 0: a whole number as next_after gives it."
    ).of("The next_after of the page before, 0 for everything that is kept; else from the oldest kept")),
    ACCOUNT: ("account", ACCOUNT_ID.of("Only of this connection")),
    "kind": ("kind", choice(feed.KINDS, "It is no kind of event. There are: {}.").of("Only of this kind")),
    "job": ("job", ID.of("Only about this job and its applications, by the provider's id or ours")),
    "stage": ("stage", ID.of("Only applications that are in this stage or left it, by the provider's id or ours")),
    "limit": ("limit", parameters.LIMIT),
    "wait": ("wait", whole(0, LONGEST, 0, f"Whole seconds from 0 to {LONGEST}.").of(
        "Seconds to wait for the next event, where there is none yet"
    )),
}  # fmt: skip
"""Each parameter → the field that it fills, and what it takes."""
