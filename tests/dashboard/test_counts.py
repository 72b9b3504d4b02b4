"""The numbers beside the side menu: right, of this tenant, and as cheap with many rows as with none."""

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_scopes import scope

from atsbridge.connections.models import Connection
from atsbridge.dashboard.counts import frame_counts
from atsbridge.records.models import Total
from atsbridge.sync.models import Run
from atsbridge.tenants.models import Tenant
from tests.api.rows import Account, account
from tests.conftest import Browser


def fill(linked: Account, jobs: int) -> None:
    tenant, one = linked.tenant, linked.connection
    with scope(tenant=tenant):
        for model, count in (("job", jobs), ("candidate", 10 * jobs), ("tag", 7)):
            Total.objects.create(tenant=tenant, connection=one, model=model, count=count)
        Run.objects.create(tenant=tenant, connection=one, state="running")
        Run.objects.create(tenant=tenant, connection=one, state="failed", ended_at=timezone.now())


def test_they_add_up_over_the_connections_of_one_tenant(acme: Tenant, globex: Tenant) -> None:
    fill(account("Acme"), 3)
    broken = account("Acme", "cats")
    fill(broken, 4)
    fill(account("Globex"), 100)
    with scope(tenant=acme):
        Connection.objects.filter(pk=broken.connection.pk).update(state="needs_relink")

        assert frame_counts() == {
            "jobs": 7,
            "candidates": 70,
            "applications": 0,
            "running": 2,
            "connections": 2,
            "broken": 1,
        }


def test_a_connection_that_is_leaving_is_not_counted(acme: Tenant) -> None:
    linked = account("Acme")
    with scope(tenant=acme):
        Connection.objects.filter(pk=linked.connection.pk).update(state="unlinking")

        assert frame_counts()["connections"] == 0


def test_they_cost_three_queries_and_a_fragment_none(alice: Browser, acme: Tenant) -> None:
    def asked(**headers: str) -> list[str]:
        with CaptureQueriesContext(connection) as queries:
            assert alice.get("/t/acme/records/candidates/", headers=headers).status_code == 200
        return [query["sql"] for query in queries if "records_total" in query["sql"] and "GROUP BY" in query["sql"]]

    fill(account("Acme"), 3)
    with scope(tenant=acme), CaptureQueriesContext(connection) as queries:
        frame_counts()

    assert len(queries) == 3
    assert len(asked()) == 1
    assert asked(**{"HX-Request": "true"}) == []
