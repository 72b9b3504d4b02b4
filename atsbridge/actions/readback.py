"""After a write: what it touched is read from the provider and stored as a sync stores it, named after the action."""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from atsbridge.actions import leases
from atsbridge.actions.models import Action, Touched
from atsbridge.records import answers, beside, stamps
from atsbridge.records.ids import record_id
from atsbridge.records.store import store
from connectors.base import Connector, Resource
from connectors.errors import ConnectorError, NotFound
from connectors.mapping import Row, Sources


def touched(action: Action, connector: Connector, rows: Iterable[tuple[str, str]]) -> None:
    """Read rows back, each with its detail where it has one. What cannot be read now is left to the next run."""
    for slug, remote_id in rows:
        try:
            _read(action, connector, connector.resource(slug), remote_id)
        except ConnectorError as error:
            words = f"It was written, but could not be read back: {error.message}. The next sync brings it"
            leases.keep(action, warnings=[*action.warnings, words])


def cost(connector: Connector, slug: str) -> int:
    """The calls that reading one row back takes."""
    detail = connector.resource(slug).detail
    return len(set(detail.sources.values())) if detail else 1


def _read(action: Action, connector: Connector, resource: Resource, remote_id: str) -> None:
    started = timezone.now()
    row, sources = _asked(connector, resource, remote_id)
    with transaction.atomic():
        hold = stamps.hold(action.connection, "action", action.id)
        if row is not None and sources is not None:
            reader = beside.reader(hold.connection)
            store(hold, reader, resource, [row], started, details=dict(sources))
        else:
            kept, _ = answers.keep(hold, resource, remote_id, row, started)
            answers.retire(hold, resource, remote_id, kept, started)
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
