"""Whatever an emulated account holds comes out of the database as its truth says, record by record, value by value."""

import random

import pytest
from django_scopes import scope

import connectors
from atsbridge.connections.models import Connection
from atsbridge.records.models import NONE, Change, Record
from atsbridge.tenants.models import Tenant
from tests.killing.truth import expected, stored
from tests.sync import harness

TRUTHS = {"homerun": 2000, "cats": 2000, "harbor": 150}
"""Connector → the people in its emulated account."""


def some_to_open(connection: Connection, count: int) -> list[Record]:
    """Records that have a detail, some of each list."""
    with scope(tenant=connection.tenant):
        homes = [r for r in connection.speaks.resources if r.detail]
        found: list[Record] = []
        for resource in homes:
            mine = Record.objects.filter(resource=resource.slug, owner="00000000-0000-0000-0000-000000000000")
            mine = mine.filter(model=resource.models[0]).select_related("connection", "tenant")
            found += random.Random(7).sample(
                list(mine.order_by("remote_id")), min(mine.count(), -(-count // len(homes)))
            )
    return found


@pytest.mark.parametrize("slug", TRUTHS)
def test_every_record_equals_the_truth_and_a_second_sync_writes_none(acme: Tenant, slug: str):
    with harness.with_harbor():
        emulator = connectors.emulator(slug)(people=TRUTHS[slug], limit=harness.ROOMY)
        with harness.mounted(slug, emulator):
            connection = harness.link(acme, slug, emulator)

            first = harness.sync(connection)
            assert (first.state, first.error) == ("succeeded", "")
            assert stored(connection) == expected(slug, emulator)

            opened = some_to_open(connection, 50)
            assert [harness.read_detail(record).state for record in opened] == ["done"] * len(opened)
            assert stored(connection) == expected(slug, emulator, [record.remote_id for record in opened])

            before = harness.kept(connection)
            second = harness.sync(connection)
            assert second.state == "succeeded"
            assert harness.kept(connection) == before
            assert {what for some in second.counts.values() for what in some} <= {"read", "set_aside"}
    with scope(tenant=acme):
        assert not Change.objects.filter(cause="run").exclude(record=NONE).exists()
