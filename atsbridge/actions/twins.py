"""The same thing asked for twice: whoever asks again is led to the first action instead of making a second.

With a key of the caller's, whatever became of the first. Without one for ten minutes, as long as the first may still
stand: it did not end badly, and nothing was asked for or has changed on its record since.
"""

import hashlib
from datetime import timedelta
from uuid import UUID

import msgspec
from django.utils import timezone

from atsbridge.actions import uploads
from atsbridge.actions.models import OPEN, Action, State, Touched
from atsbridge.actions.wrong import Reused
from atsbridge.connections.models import Connection
from atsbridge.records.ids import record_id
from atsbridge.records.models import Change
from atsbridge.tenants.models import ApiKey, Person
from connectors.unified.actions import BY_SLUG, CreateApplication, CreateCandidate, Input

AGAIN = timedelta(minutes=10)
"""How long the same thing asked for again, without a key, is taken for a repetition."""
STANDING = (*OPEN, State.UNKNOWN, State.DONE)
"""States of an action that a repetition is led to; one that ended otherwise is tried anew."""


def digest(given: Input) -> str:
    """What makes two requests the same: the canonical input, each file by its content or its address."""
    bare = uploads.changed(given, lambda file: msgspec.structs.replace(file, key=""))
    return hashlib.sha256(msgspec.json.encode(bare, order="deterministic")).hexdigest()


def keyed(connection: Connection, given: Input, key: str) -> Action | None:
    """The action that was asked for with this key; raises Reused where that was another one."""
    first = Action.objects.filter(connection=connection, kind=given.slug, key=key).first() if key else None
    if first and first.digest != digest(given):
        raise Reused("This Idempotency-Key was used for something else. Make a new key for each new request.")
    return first


def recent(connection: Connection, given: Input, person: Person | None, api_key: ApiKey | None) -> Action | None:
    """What this caller asked for a moment ago, where it still stands."""
    if person is None and api_key is None:
        return None
    same = Action.objects.filter(connection=connection, kind=given.slug, digest=digest(given), rehearsal=False)
    mine = same.filter(person=person, api_key=api_key, created_at__gt=timezone.now() - AGAIN)
    first = mine.order_by("-order").first()
    return first if first and first.state in STANDING and not _overtaken(first) else None


def _overtaken(first: Action) -> bool:
    """Whether another action on its record was accepted since, or a change of the record stored that is not its own."""
    records = _records(first)
    later = Touched.objects.filter(record__in=records, action__order__gt=first.order, action__rehearsal=False)
    since = Change.objects.filter(record__in=records, at__gt=first.created_at).exclude(cause_id=first.pk)
    return later.exists() or since.exists()


def _records(action: Action) -> list[UUID]:
    """Our ids of the records that it is about: those it names, else the one that it made."""
    given = msgspec.json.decode(action.input, type=BY_SLUG[action.kind])
    if isinstance(given, CreateCandidate | CreateApplication):
        model = "candidate" if isinstance(given, CreateCandidate) else "application"
        named = {model: action.remote_id}
    else:
        named = {model: getattr(given, f"{model}_id", None) or "" for model in ("candidate", "application")}
    return [record_id(action.connection_id, model, remote_id) for model, remote_id in named.items() if remote_id]
