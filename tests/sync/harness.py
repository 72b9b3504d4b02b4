"""What tests of a synced account share: emulators in the network's place, an account linked without the forms."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django_scopes import scope

import connectors
from atsbridge.connections import opening, vault
from atsbridge.connections.models import Connection
from atsbridge.records.models import NONE, Change, Record, SetAside, Total
from atsbridge.sync import details, engine, schedule
from atsbridge.sync.models import Reading, Run
from atsbridge.tenants.models import Tenant
from connectors import http

HARBOR = "tests.thirdats.connector.Harbor"
ROOMY = 1_000_000
"""A call limit that no test reaches by accident."""


@contextmanager
def with_harbor() -> Iterator[None]:
    """Add the third ATS: one line in the registry, and the address that an operator sets."""
    connectors.REGISTRY["harbor"] = HARBOR
    settings.CONNECTOR_URLS["harbor"] = connectors.get("harbor").base_url
    try:
        yield
    finally:
        del connectors.REGISTRY["harbor"], settings.CONNECTOR_URLS["harbor"]


@contextmanager
def mounted(slug: str, emulator: Any) -> Iterator[Any]:
    """Let an emulator answer what is sent to a connector's address, in this process."""
    address = settings.CONNECTOR_URLS[slug]
    http.mounts[address] = emulator.transport()
    http.pool.cache_clear()
    try:
        yield emulator
    finally:
        del http.mounts[address]
        http.pool.cache_clear()


def emulate(slug: str, **arguments: Any) -> Any:
    """A connector's emulator: small, and without a limit that a test would reach by accident."""
    return connectors.emulator(slug)(**{"jobs": 6, "people": 60, "limit": ROOMY, **arguments})


def credentials(emulator: Any) -> dict[str, str]:
    """What somebody pastes to link the emulated account."""
    return getattr(emulator, "credentials", None) or {"api_key": emulator.key}


def link(tenant: Tenant, slug: str, emulator: Any, **fields: Any) -> Connection:
    """A linked account that reads everything it can, made without the forms."""
    values = credentials(emulator)
    with scope(tenant=tenant):
        connection = Connection.objects.create(
            tenant=tenant,
            connector=slug,
            fingerprint=vault.fingerprint(slug, values),
            **{"label": connectors.get(slug).name, "reads": list(connectors.get(slug).reads()), **fields},
        )
        opening.keep(connection, values)
    return connection


def started(connection: Connection, *, full: bool = False) -> Run:
    """A run that waits for a worker."""
    with scope(tenant=connection.tenant):
        connection.refresh_from_db()
        return schedule.start(connection, "command", full=full)


def sync(connection: Connection, *, full: bool = False) -> Run:
    """A whole run, done here."""
    run = started(connection, full=full)
    with scope(tenant=connection.tenant):
        engine.run_whole(run.id)
        run.refresh_from_db()
    connection.refresh_from_db()
    return run


def read_detail(record: Record) -> Reading:
    """Read a record's detail here, as a worker does when somebody asks."""
    with scope(tenant=record.tenant):
        reading = details.ask(record)
        details.read(reading.id)
        reading.refresh_from_db()
        record.refresh_from_db()
    return reading


def until(connection: Connection, done: Callable[[Run], bool]) -> Run:
    """Advance a run slice by slice until something holds of it; a run that ends before that fails."""
    run = started(connection)
    with scope(tenant=connection.tenant):
        while not done(run):
            assert run.ended_at is None, f"it ended before: {run.state}"
            engine.advance(run.id)
            run.refresh_from_db()
    return run


def documents(connection: Connection, **filters: Any) -> dict[tuple[str, str], str]:
    """Every live record's document by (model, remote id)."""
    with scope(tenant=connection.tenant):
        rows = Record.objects.filter(connection=connection, **{"deleted_at__isnull": True, **filters})
        return {
            (model, remote_id): text for model, remote_id, text in rows.values_list("model", "remote_id", "document")
        }


def kept(connection: Connection) -> dict[str, list[dict[str, Any]]]:
    """Every row of what is known of a connection, whole, so that two moments can be compared.

    Without the events that are about no record: a run says that it has finished.
    """
    tables: tuple[Any, ...] = (Record, Change, SetAside, Total)
    with scope(tenant=connection.tenant):
        rows = {table: table.objects.filter(connection=connection).order_by("pk") for table in tables}
        rows[Change] = rows[Change].exclude(record=NONE)
        return {table.__name__: list(some.values()) for table, some in rows.items()}
