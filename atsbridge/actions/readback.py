"""After a write: what it touched is stored as a sync stores it, named after the action: from the answer where that
carries the row, else read from the provider; a row of a batch together with the others (`together.py`)."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec
from django.db import transaction
from django.utils import timezone

from atsbridge.actions import leases
from atsbridge.actions.models import Action, Touched
from atsbridge.records import answers, kept, stamps
from atsbridge.records.ids import record_id
from atsbridge.records.models import Record
from connectors.acting import Done
from connectors.base import Connector, Resource
from connectors.errors import ConnectorError, NotFound
from connectors.mapping import Row, Sources
from connectors.paths import at

KEEPS = {
    "create_candidate": "action", "create_application": "action", "apply_candidate": "action",
    "import_application": "import",
}  # fmt: skip
"""The actions whose people are read even where only what we created is → how they came to be ours."""


class Unread(msgspec.Struct, frozen=True):
    """A row that is read back with those of its batch: the resource's slug, its remote id, and what must stand there
    by now, words for it → (path, value)."""

    slug: str
    id: str
    shows: dict[str, tuple[str, Any]]


def touched(action: Action, connector: Connector, done: Done) -> str:
    """Store what was touched, each row with its detail where it has one; gives what is left to the batch (`Unread`,
    JSON text). What cannot be read now is left to the next run."""
    _keep(action, connector, done)
    told = _told(action, connector, done)
    if told is None and action.batch_id and is_together(connector, done):
        [(slug, remote_id)] = done.touched
        return msgspec.json.encode(Unread(slug, remote_id, dict(done.shows))).decode()
    answers: list[Any] = told or []
    shows = done.shows
    for slug, remote_id in () if told else done.touched:
        try:
            answers += _read(action, connector, connector.resource(slug), remote_id, gone=done.gone)
        except ConnectorError as error:
            leases.warn(action, unreadable(error.message))
            shows = {}
    if words := not_taken(connector, answers, shows):
        leases.warn(action, words)
    return ""


def is_together(connector: Connector, done: Done) -> bool:
    """Whether a batch reads back all that an action touched with one question."""
    return len(done.touched) == 1 and connector.resource(done.touched[0][0]).parts.ids


def unreadable(why: str) -> str:
    """Says of a row that was written that it is not known how it stands now."""
    return f"It was written, but could not be read back: {why}. The next sync brings it"


def not_taken(connector: Connector, answers: list[Any], shows: Mapping[str, tuple[str, Any]]) -> str:
    """Says what was written and does not stand there; "" where all of it does, or nothing tells."""
    lost = [name for name, (path, value) in shows.items() if not _stands(answers, path, value)]
    return f"{connector.name} did not take over: {', '.join(lost)}" if answers and lost else ""


def _told(action: Action, connector: Connector, done: Done) -> list[Any] | None:
    """Store what a write answered of the row that it touched; None where it does not carry the row whole."""
    if done.told is None:
        return None
    [(slug, remote_id)] = done.touched
    resource = connector.resource(slug)
    sources = connector.told(resource, done.told.answer)
    if not sources or not resource.detail or not resource.detail.row:
        return None
    row = resource.detail.row({"": _known(action, resource, remote_id), **sources})
    if row is None:
        return None
    store(action, resource, remote_id, row, datetime.fromtimestamp(done.told.at, UTC))
    return [row, *sources.values()]


def _known(action: Action, resource: Resource, remote_id: str) -> Row:
    """A row as it is stored; empty where none is."""
    ids = [record_id(action.connection_id, model, remote_id) for model in resource.own]
    rows = Record.objects.filter(id__in=ids, emptied_at__isnull=True).values_list("remote", flat=True)
    return next((row for remote in rows if (row := json.loads(remote).get(""))), {})


def _keep(action: Action, connector: Connector, done: Done) -> None:
    """Whom it created, or named, is ours from now on."""
    if action.kind in KEEPS:
        mine = ((model, remote_id) for slug, remote_id in done.touched for model in connector.resource(slug).own)
        kept.keep(action.connection, mine, KEEPS[action.kind], action.pk)


def _stands(answers: list[Any], path: str, value: Any) -> bool:
    """Whether a value that was written stands there now, in whatever spelling; where nothing tells of it, it may."""
    telling = [answer for answer in answers if _tells(answer, path)]
    return not telling or any(_same(at(answer, path), value) for answer in telling)


def _tells(answer: Any, path: str) -> bool:
    """Whether an answer has the place of a path at all."""
    above, _, name = path.partition("[]")[0].rpartition(".")
    holder = at(answer, above)
    return isinstance(holder, dict) and name in holder


def _same(shown: Any, wanted: Any) -> bool:
    match wanted:
        case None:
            return shown in (None, "", [])
        case dict():
            return isinstance(shown, dict) and all(_same(shown.get(key), value) for key, value in wanted.items())
        case list():
            return isinstance(shown, list) and all(any(_same(one, each) for one in shown) for each in wanted)
    return _plain(shown) == _plain(wanted)


def _plain(value: Any) -> str:
    return " ".join(str(value).split()).casefold()


def cost(connector: Connector, done: Done) -> int:
    """The calls that it takes to read back what an action touched, alone."""
    return sum(1 if done.gone else _cost(connector, slug) for slug, _ in done.touched)


def _cost(connector: Connector, slug: str) -> int:
    detail = connector.resource(slug).detail
    return len(set(detail.sources.values())) + detail.more if detail else 1


def _read(action: Action, connector: Connector, resource: Resource, remote_id: str, *, gone: bool) -> list[Any]:
    """Store a row as it is now; gives the answers that tell of it, none where there is no row. gone: so it should be,
    which its address alone says."""
    started = timezone.now()
    row, sources = (connector.row(resource, remote_id), None) if gone else _asked(connector, resource, remote_id)
    store(action, resource, remote_id, row, started, dict(sources or {}) or None)
    return [] if row is None else [row, *(sources or {}).values()]


def store(
    action: Action,
    resource: Resource,
    remote_id: str,
    row: Row | None,
    started: datetime,
    details: dict[str, Any] | None = None,
) -> None:
    """Store a row that was asked for at some time, None where it is gone; what changes is by the action."""
    with transaction.atomic():
        hold = stamps.hold(action.connection, "action", action.id)
        models, _ = answers.keep(hold, resource, remote_id, row, started, details)
        answers.retire(hold, resource, remote_id, models, started)
        mine = {record_id(action.connection_id, model, remote_id) for model in resource.own}
        Touched.objects.bulk_create(
            (Touched(tenant_id=action.tenant_id, action=action, record=record) for record in sorted(mine)),
            ignore_conflicts=True,
        )


def _asked(connector: Connector, resource: Resource, remote_id: str) -> tuple[Row | None, Sources | None]:
    """A row as it is now, with its detail, which mostly holds it."""
    if resource.detail and resource.detail.row:
        try:
            sources = connector.detail(resource, remote_id)
        except NotFound:
            return connector.row(resource, remote_id), None
        row = resource.detail.row(sources)
        return (connector.row(resource, remote_id) if row is None else row), sources
    return connector.row(resource, remote_id), None
