"""How fast rows become records, against a floor measured beside them: `pytest -s tests/benchmarks/bench_store.py`.

The floor writes the very records that the store made, ready as they are, with plain `bulk_create`: no mapping, no
comparison, no search for what was there. A second pass is measured over the same rows, none of which changed.
"""

import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from django_scopes import scope

import connectors
from atsbridge.connections.models import Connection
from atsbridge.connections.opening import opened
from atsbridge.records import beside, stamps
from atsbridge.records.models import Record
from atsbridge.records.store import store
from atsbridge.tenants.models import Tenant
from connectors.base import Resource
from connectors.mapping import Row
from tests.sync import harness

PEOPLE = 2000
SLOWEST_FIRST, SLOWEST_SECOND = 0.1, 1.0
"""Rows a second as a share of the floor's: below these something was broken that used to be quick."""


def read(connection: Connection) -> list[tuple[Resource, list[Row]]]:
    """Every page of an account, fetched before anything is timed."""
    pages: list[tuple[Resource, list[Row]]] = []
    with opened(connection, by="run") as connector:
        beside.keep(connection, connector.beside())
        for resource in connection.speaks.resources:
            params: dict[str, Any] | None = resource.pages.first(resource.params)
            while params is not None:
                page = connector.page(resource, params)
                pages.append((resource, page.rows))
                params = page.next
    return pages


def timed(work: Callable[[], Any]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


@pytest.mark.parametrize("slug", [*connectors.REGISTRY])
def test_rows_become_records_at_a_fair_share_of_the_floor(acme: Tenant, slug: str):
    emulator = harness.emulate(slug, jobs=40, people=PEOPLE)
    with harness.mounted(slug, emulator), scope(tenant=acme):
        connection = harness.link(acme, slug, emulator)
        pages = read(connection)
        rows = sum(len(some) for _, some in pages)

        def walk() -> None:
            reader = beside.reader(connection)
            for resource, some in pages:
                with transaction.atomic():
                    hold = stamps.hold(connection, "run")
                    store(hold, reader, resource, some, timezone.now())

        first, second = timed(walk), timed(walk)
        made = list(Record.objects.filter(connection=connection))
        Record.objects.all().delete()
        floor = timed(lambda: Record.objects.bulk_create(made, batch_size=500))

    print(
        f"\n{slug}: {rows} rows make {len(made)} records · floor {len(made) / floor:,.0f} records/s · "
        f"first pass {len(made) / first:,.0f} records/s ({rows / first:,.0f} rows/s) · "
        f"unchanged {len(made) / second:,.0f} records/s ({rows / second:,.0f} rows/s)"
    )
    assert floor / first > SLOWEST_FIRST
    assert floor / second > SLOWEST_SECOND
