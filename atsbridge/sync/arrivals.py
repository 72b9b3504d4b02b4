"""Webhooks that were received: stored before they are answered, handled by a task. Each is a hint, and no more.

What a webhook carries counts only where it is newer than what is stored; whenever that cannot be told, the record's
own address is asked. So a repeat, another order, or one that never came do no harm.
"""

import hashlib
import re
import zlib
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from atsbridge.connections.models import Connection, State
from atsbridge.connections.opening import opened
from atsbridge.records import kept, standing
from atsbridge.records.models import Beside
from atsbridge.records.rows import anchor
from atsbridge.sync import bells, pushed, walking
from atsbridge.sync.looking import look
from atsbridge.sync.models import Arrival, Hook
from connectors.base import Resource
from connectors.decoding import TooDeep, decode, demand_shallow
from connectors.errors import AuthFailed, ConnectorError, PlanRequired, RateLimited, TemporaryFailure
from connectors.hooks import Hint
from connectors.mapping import Unreadable

KEPT_BODY = 1024 * 1024
"""Bytes of a compressed body that are kept; a larger one is only a hint, and the record's address is asked."""
PATIENCE = 10
"""How often one is tried before it is given up; the next run reads the record."""
NOT_OURS = "Only what we created is read"
BUSY = (AuthFailed, PlanRequired, TemporaryFailure)
"""What says nothing about a webhook: it is tried again."""


# At the door


def receive(hook: Hook, headers: Mapping[str, str], body: bytes) -> Arrival:
    """Store what a provider sent, its signature proved, and ring when that is committed; a repeat is stored once."""
    speaks = hook.connection.speaks.hooks
    assert speaks
    request_id = speaks.request_id(headers)
    arrival = Arrival(tenant_id=hook.tenant_id, connection=hook.connection, request_id=_plain(request_id)[:100])
    arrival.mark = hashlib.blake2s(body + request_id.encode(), digest_size=16).hexdigest()
    try:
        demand_shallow(body)
        sent = decode(body)
        arrival.kind = _plain(speaks.kind(sent))[:60]
        _describe(arrival, speaks.hint(sent), body)
    except ValueError as error:  # the layout's fault or the JSON's
        words = str(error) if isinstance(error, Unreadable | TooDeep) else "It is not JSON"
        arrival.body = b"" if hook.connection.only_ours else _packed(body)
        arrival.state, arrival.error, arrival.handled_at = "failed", words[:500], timezone.now()
    Arrival.objects.bulk_create([arrival], ignore_conflicts=True)
    if arrival.state == "waiting":
        transaction.on_commit(lambda: bells.ring_arrival(arrival))
    return arrival


def _describe(arrival: Arrival, hint: Hint | None, body: bytes) -> None:
    """Say what an arrival is about. Of what nobody here reads, nothing else is kept; of what may tell of somebody
    whom we did not create neither.
    """
    connection = arrival.connection
    if hint is None:
        arrival.state, arrival.error, arrival.handled_at = "ignored", "Nothing of this kind is read", timezone.now()
        return
    arrival.subject, arrival.gone = f"{hint.resource}/{hint.remote_id}"[:120], hint.gone
    resource = connection.speaks.resource(hint.resource)
    if not kept.wanted(connection, resource, [hint.remote_id]):
        arrival.state, arrival.error, arrival.handled_at = "ignored", NOT_OURS, timezone.now()
    elif not (connection.only_ours and kept.names_people(resource)):
        arrival.body = _packed(body)


def _packed(body: bytes) -> bytes:
    packed = zlib.compress(body, 1)
    return packed if len(packed) <= KEPT_BODY else b""


def _plain(words: str) -> str:
    return re.sub(r"[^ -~]", "", words)


# At work


def waiting(settle: timedelta, most: int) -> list[Arrival]:
    """The arrivals to ring for: nobody handles them, and a bell that is on its way has had its time."""
    now = timezone.now()
    due = Arrival.objects.filter(state="waiting", not_before__lte=now, rung_at__lt=now - settle)
    found = list(due.filter(connection__state=State.ACTIVE).defer("body").order_by("not_before")[:most])
    Arrival.objects.filter(pk__in=[arrival.pk for arrival in found]).update(rung_at=now)
    return found


def handle(arrival_id: UUID) -> None:
    """Handle one arrival, if it waits and its connection may be read; what went wrong stands in its row."""
    arrival = _taken(arrival_id)
    if arrival is None:
        return
    try:
        _apply(arrival)
    except walking.Stopped:
        _later(arrival, 0)
    except RateLimited as limited:
        _later(arrival, limited.wait, limited.message)
    except BUSY as failure:
        _again(arrival, failure.message)
    except ConnectorError as error:
        _end(arrival, "failed", error.message)
    except Exception as error:
        _again(arrival, f"This installation failed ({type(error).__name__}); the worker's log says where")
        raise


def _taken(arrival_id: UUID) -> Arrival | None:
    now = timezone.now()
    mine = Arrival.objects.filter(pk=arrival_id, state="waiting", not_before__lte=now)
    lease = timedelta(seconds=settings.RUN_LEASE_SECONDS)
    if not mine.filter(connection__state=State.ACTIVE).update(not_before=now + lease, attempts=F("attempts") + 1):
        return None
    return Arrival.objects.select_related("connection").get(pk=arrival_id)


def _apply(arrival: Arrival) -> None:
    connection, hint = arrival.connection, _hint(arrival)
    resource = connection.speaks.resource(hint.resource)
    unwanted = _unwanted(connection, resource, hint)
    if unwanted:
        _end(arrival, "ignored", unwanted)
        return
    with transaction.atomic():
        verdict = pushed.take(arrival, resource, hint)
        if verdict is not pushed.LOOK:
            _end(arrival, *verdict)
            return
    with opened(connection, by="webhook", by_id=arrival.id) as connector:
        cause: Any = {"cause": "webhook", "cause_id": arrival.id}
        look(connection, connector, resource, hint.remote_id, **cause)
        home = connector.home("application") or resource
        for alone in standing.left_alone(connection, resource, hint.remote_id):  # which may not have been told of
            look(connection, connector, home, alone, **cause)
    _end(arrival, "handled")  # last: what was broken off is asked again, which does no harm


def _hint(arrival: Arrival) -> Hint:
    """What it hints at; without its body, only which record."""
    speaks = arrival.connection.speaks.hooks
    resource, _, remote_id = arrival.subject.partition("/")
    plain = Hint(resource, remote_id, gone=arrival.gone)
    if not arrival.body or speaks is None:
        return plain
    return speaks.hint(decode(zlib.decompress(arrival.body))) or plain


def _unwanted(connection: Connection, resource: Resource, hint: Hint) -> str:
    if anchor(resource, connection.reads) is None:
        return "Nothing of this list is read"
    if not kept.wanted(connection, resource, [hint.remote_id]):
        return NOT_OURS
    if not Beside.objects.filter(connection=connection).exists():
        return "The first sync has not begun; it reads the record"
    return ""


def _end(arrival: Arrival, state: str, error: str = "") -> None:
    left = {} if state == "failed" else {"body": b""}
    Arrival.objects.filter(pk=arrival.pk, state="waiting").update(
        state=state, error=error[:500], handled_at=timezone.now(), **left
    )


def _later(arrival: Arrival, seconds: float, why: str = "") -> None:
    """Give it back; waiting for its turn is no failed try."""
    Arrival.objects.filter(pk=arrival.pk, state="waiting").update(
        not_before=timezone.now() + timedelta(seconds=seconds), attempts=F("attempts") - 1, error=why[:500]
    )


def _again(arrival: Arrival, why: str) -> None:
    if arrival.attempts >= PATIENCE:
        _end(arrival, "failed", why)
    else:
        wait = timedelta(seconds=min(3600, 10 * 2**arrival.attempts))
        Arrival.objects.filter(pk=arrival.pk, state="waiting").update(not_before=timezone.now() + wait, error=why[:500])
