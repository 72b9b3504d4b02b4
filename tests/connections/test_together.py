"""Several workers at once: one budget, one renewal, one check, one connection."""

import pytest
from django.utils import timezone
from django_scopes import scope

from atsbridge.connections import linking, tasks
from atsbridge.connections.budget import Purse
from atsbridge.connections.models import Attempt, Budget, Connection
from connectors import http
from tests.connections.accounts import checked
from tests.connections.test_opening import CLIENT, ephemeral, ping
from tests.together import together

__all__ = ["ephemeral"]

pytestmark = pytest.mark.django_db(transaction=True)


def test_workers_share_one_budget():
    free = together(4, lambda: sum(Purse("homerun", "key a").take() == 0 for _ in range(20)))

    assert sum(free) == 51
    assert len(Budget.objects.get().open) == 51


def test_no_workers_call_is_lost_while_others_end_theirs():
    def work():
        purse = Purse("homerun", "key a")
        for _ in range(12):
            assert purse.take() == 0
            purse.told([http.Exchange("GET", "ping", "", timezone.now(), status=200)])

    together(4, work)

    row = Budget.objects.get()
    assert (sum(count for _, count in row.calls), row.open) == (48, [])


def test_expired_access_is_renewed_by_one_worker(acme, ephemeral):
    with scope(tenant=acme):
        attempt = checked(linking.begin(acme, "ephemeral", CLIENT, ring=False))
        connection = linking.finish(attempt, label="E", models=[])
    ephemeral.given.append("expired-by-now")

    def work():
        with scope(tenant=acme):
            return ping(Connection.objects.get(pk=connection.pk))

    assert together(4, work) == [{"pong": True}] * 4
    assert ephemeral.given == ["token-number-0", "expired-by-now", "token-number-2"]


def test_an_attempt_that_is_rung_for_twice_is_checked_once(acme, homerun):
    with scope(tenant=acme):
        attempt = linking.begin(acme, "homerun", {"api_key": homerun.key}, ring=False)

    together(3, lambda: tasks.check(str(acme.pk), str(attempt.pk)))

    assert [call.path for call in homerun.calls].count("/v2/vacancies") == 1


def test_two_attempts_with_one_key_make_one_connection(acme, homerun):
    with scope(tenant=acme):
        attempts = [checked(linking.begin(acme, "homerun", {"api_key": homerun.key}, ring=False)) for _ in range(3)]
    left = list(attempts)

    def work():
        with scope(tenant=acme):
            return linking.finish(left.pop(), label="One", models=["job"]).pk

    assert len(set(together(3, work))) == 1
    with scope(tenant=acme):
        assert Connection.objects.count() == 1
        assert {(one.state, str(one.sealed)) for one in Attempt.objects.all()} == {("finished", "{}")}
