"""Taking an action in: what is given is checked before anything is queued, and what is wrong is named."""

from datetime import timedelta
from typing import Any

import msgspec
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from atsbridge.actions import bells, order, sources, twins, uploads
from atsbridge.actions.models import Action, Touched
from atsbridge.actions.wrong import Denied, Impossible, Wrong
from atsbridge.connections.models import Connection
from atsbridge.records.digest import clean
from atsbridge.records.ids import record_id
from atsbridge.tenants.models import ApiKey, Person
from connectors.acting import Act
from connectors.mapping import Unavailable
from connectors.unified.actions import BY_SLUG, Input, MoveApplication
from connectors.wording import wrong

__all__ = ["Wrong", "able", "accept", "place", "read"]

MOST_PASSED = 65_536
"""Bytes that go to an ATS as they stand, beside the rest."""
SOON, LATER = timedelta(hours=1), timedelta(hours=24)
"""How long a move, and everything else, may wait until it is sent: after that nobody expects it any more."""


def read(kind: str, given: Any) -> Input:
    """What was given, checked; raises Wrong."""
    try:
        found = msgspec.convert(given, BY_SLUG[kind], strict=False)
    except msgspec.ValidationError as error:
        raise Wrong(wrong(error)) from error
    for name, value in msgspec.to_builtins(found).items():
        if clean(value).replaced:
            raise Wrong(f"{name}: it holds NUL or broken characters, which nobody keeps")
    if (size := len(msgspec.json.encode(found.remote_data or {}))) > MOST_PASSED:
        raise Wrong(f"remote_data: it has {size:,} bytes, and {MOST_PASSED:,} are the most")
    return found


def accept(
    connection: Connection,
    given: Input,
    *,
    person: Person | None = None,
    api_key: ApiKey | None = None,
    key: str = "",
    again: bool = False,
    rehearsal: bool = False,
) -> Action:
    """Queue an action, or its rehearsal; raises Wrong where this connection cannot do it.

    Whoever asks for the same thing twice gets the first action, `replayed`, except where it shall be done `again`.
    """
    try:
        act = able(connection, given.slug)
        if refusal := act.refusal(given):
            raise Wrong(refusal)
        uploads.check(given, act.files)
        action = _queued(connection, given, person, api_key, key, again, rehearsal)
    except BaseException:
        uploads.drop(uploads.each(given))
        raise
    if action.replayed:
        uploads.drop(uploads.each(given))
    else:
        bells.ring(action)
    return action


def _queued(
    connection: Connection,
    given: Input,
    person: Person | None,
    api_key: ApiKey | None,
    key: str,
    again: bool,
    rehearsal: bool,
) -> Action:
    """The action's row, or the one that it repeats."""
    text = msgspec.json.encode(sources.defaulted(connection, given, api_key), order="deterministic")
    with transaction.atomic():
        # Each action its place, and the same one not twice: whoever asks waits for the others to be taken in.
        list(Connection.objects.select_for_update(no_key=True).filter(pk=connection.pk).values("pk"))
        first = None if rehearsal else twins.keyed(connection, given, key)
        if not (first or rehearsal or key or again):
            first = twins.recent(connection, given, person, api_key)
        if first:
            first.replayed = True
            return first
        action = Action.objects.create(
            tenant_id=connection.tenant_id,
            connection=connection,
            kind=given.slug,
            person=person,
            api_key=api_key,
            by=str(person or api_key or ""),
            input=text.decode(),
            digest=twins.digest(given),
            key="" if rehearsal else key,
            rehearsal=rehearsal,
            about=order.about(connection, given),
            order=place(connection),
            expires_at=timezone.now() + (SOON if isinstance(given, MoveApplication) else LATER),
        )
        uploads.belong(action, given)
        if not rehearsal:
            _note_records(action, given)
    return action


def place(connection: Connection) -> int:
    """The place after all actions of a connection; whoever asks holds its row."""
    return int(connection.actions.aggregate(last=Max("order"))["last"] or 0) + 1


def able(connection: Connection, kind: str) -> Act:
    """How a connection does an action; raises Wrong where its ATS or its key cannot."""
    act = connection.speaks.actions.get(kind)
    if act is None:
        raise Impossible(f"{connection.speaks.name} cannot do this: {BY_SLUG[kind].label.lower()}")
    if isinstance(act, Unavailable):
        raise Impossible(act.reason)
    for verdict in connection.permissions:
        if verdict["slug"] == act.permission and verdict["allowed"] is False:
            lacking = verdict["scope"] or verdict["label"]
            raise Denied(f"The key of this connection lacks {lacking}. Make one that has it, and relink.", lacking)
    return act


def _note_records(action: Action, given: Input) -> None:
    named = {"candidate": "candidate_id", "application": "application_id", "job": "job_id"}
    for model, field in named.items():
        if remote_id := getattr(given, field, None):
            record = record_id(action.connection_id, model, remote_id)
            Touched.objects.create(tenant_id=action.tenant_id, action=action, record=record)
