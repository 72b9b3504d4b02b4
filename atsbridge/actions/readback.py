"""After a write: what it touched is read from the provider and stored as a sync stores it, named after the action."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from atsbridge.actions import leases
from atsbridge.actions.models import Action, Touched
from atsbridge.records import answers, kept, stamps
from atsbridge.records.ids import record_id
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


def touched(action: Action, connector: Connector, done: Done) -> None:
    """Read rows back, each with its detail where it has one. What cannot be read now is left to the next run."""
    _keep(action, connector, done)
    answers: list[Any] = []
    shows = done.shows
    for slug, remote_id in done.touched:
        try:
            answers += _read(action, connector, connector.resource(slug), remote_id)
        except ConnectorError as error:
            leases.warn(action, f"It was written, but could not be read back: {error.message}. The next sync brings it")
            shows = {}
    lost = [name for name, (path, value) in shows.items() if not _stands(answers, path, value)]
    if answers and lost:
        leases.warn(action, f"{connector.name} did not take over: {', '.join(lost)}")


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


def cost(connector: Connector, slug: str) -> int:
    """The calls that reading one row back takes."""
    detail = connector.resource(slug).detail
    return len(set(detail.sources.values())) if detail else 1


def _read(action: Action, connector: Connector, resource: Resource, remote_id: str) -> list[Any]:
    """Store a row as it is now; gives the answers that tell of it, none where it is gone."""
    started = timezone.now()
    row, sources = _asked(connector, resource, remote_id)
    with transaction.atomic():
        hold = stamps.hold(action.connection, "action", action.id)
        models, _ = answers.keep(hold, resource, remote_id, row, started, dict(sources or {}) or None)
        answers.retire(hold, resource, remote_id, models, started)
        mine = {record_id(action.connection_id, model, remote_id) for model in resource.own}
        Touched.objects.bulk_create(
            (Touched(tenant_id=action.tenant_id, action=action, record=record) for record in sorted(mine)),
            ignore_conflicts=True,
        )
    return [] if row is None else [row, *(sources or {}).values()]


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
