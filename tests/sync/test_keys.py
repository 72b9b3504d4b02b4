"""What a run says of its connection's key."""

import pytest
from django_scopes import scope

from atsbridge.connections.models import Connection
from atsbridge.tenants.models import Tenant
from tests.sync import harness

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_key_has_worked_once_the_provider_took_it_and_not_before(acme: Tenant):
    with harness.mounted("homerun", harness.emulate("homerun")) as homerun:
        connection = harness.link(acme, "homerun", homerun)
        homerun.fail("401", times=1)

        assert harness.sync(connection).state == "failed"
        assert connection.worked_at is None
        assert connection.reason == "Homerun refuses this key: it is wrong, expired or revoked."

        with scope(tenant=acme):
            Connection.objects.update(state="active", reason="")
        assert harness.sync(connection).state == "succeeded"
        assert connection.worked_at is not None
