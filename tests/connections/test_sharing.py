"""Keys of one account count together: because the provider says so, or an operator does."""

import json
from datetime import UTC, datetime

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django_scopes import scope

from atsbridge.connections import budget, linking, sharing, tasks, unlinking
from atsbridge.connections.budget import Purse, account_of
from atsbridge.connections.models import Budget
from atsbridge.records import forgetting
from connectors.http import Exchange
from tests.connections.accounts import READS, emulated, link

NOON = datetime(2026, 11, 19, 12, tzinfo=UTC)
SECOND = "18|anotherKeyOfTheSameAccount"
THIRD = "19|yetAnotherKeyOfTheSameAccount"

pytestmark = pytest.mark.django_db


def spend(purse, calls, status=200, **headers):
    for _ in range(calls):
        assert purse.take() == 0
        purse.told([Exchange("GET", "jobs", "", NOON, status=status, response_headers=headers)])


def purse_of(connection, purpose="person"):
    return Purse(connection.connector, account_of(connection.account_id, connection.fingerprint), purpose)


def own(connection):
    return budget.use(connection).own


@pytest.fixture
def standing():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def two(acme, globex):
    """Two connections with two keys of one Homerun account, Acme's and Globex's, with no call counted yet."""
    with emulated("homerun", keys={SECOND: READS, THIRD: READS}) as homerun:
        with scope(tenant=acme):
            one = link(acme, "homerun", homerun.key)
        with scope(tenant=globex):
            other = link(globex, "homerun", SECOND)
        Budget.objects.all().delete()
        yield one, other


def share(*words):
    lines = []

    class Out:
        def write(self, text):
            lines.append(text)

    call_command("share_budget", *map(str, words), stdout=Out())
    return json.loads(lines[-1])


def test_what_a_key_used_counts_for_its_account_once_that_is_known(standing):
    key, account = Purse("cats", "key abc", seconds=30), Purse("cats", "id 40911")
    spend(key, 3)
    spend(account, 2)
    assert key.take() == 0
    spend(Purse("cats", "key abc"), 1, status=429, **{"retry-after": "7"})

    sharing.merge("cats", "abc", "40911")
    sharing.merge("cats", "abc", "40911")

    row = Budget.objects.get(joined="")
    assert (row.account, [count for _, count in row.calls], row.open) == ("id 40911", [6], [NOON.timestamp() + 35])
    assert (account.take(), key.take(), row.ceded) == (7, 7, 250)

    key.told([Exchange("GET", "site", "", NOON, status=200)])
    row.refresh_from_db()
    assert ([count for _, count in row.calls], row.open) == ([7], [])


def test_a_key_that_is_only_tried_waits_for_its_accounts_budget(acme, globex, standing):
    with emulated("cats") as cats:
        cats.keys.add("another-key")
        with scope(tenant=acme):
            linked = link(acme, "cats", cats.key)
        made = len(cats.calls)
        assert own(linked) == made
        while purse_of(linked).take() == 0:
            pass
        with scope(tenant=globex):
            attempt = linking.begin(globex, "cats", {"api_key": "another-key"}, ring=False)
            tasks.check(str(globex.pk), str(attempt.pk))
            attempt.refresh_from_db()

        assert attempt.state == "failed"
        assert attempt.error.startswith("CATS allows no more calls before ")
        assert len(cats.calls) == made + 1


def test_a_429_keeps_another_tenants_connection_to_the_account_away(acme, globex, standing):
    with emulated("cats") as cats:
        cats.keys.add("another-key")
        with scope(tenant=acme):
            one = link(acme, "cats", cats.key)
        with scope(tenant=globex):
            other = link(globex, "cats", "another-key")
    purse = purse_of(one)
    spend(purse, 1, status=429, **{"retry-after": "90"})

    assert one.fingerprint != other.fingerprint
    assert [purse_of(other, purpose).take() for purpose in ("read", "person", "write")] == [90, 90, 90]


def test_an_operator_lets_two_keys_count_as_one_and_parts_them(two, standing):
    one, other = two
    opened_before = purse_of(other)
    spend(purse_of(one), 30)
    spend(opened_before, 20)

    assert share(one.pk, other.pk) == {
        "connections": [str(one.pk), str(other.pk)],
        "shared": True,
        "used": 50,
        "limit": 60,
    }
    assert (own(one), own(other)) == (50, 50)
    spend(opened_before, 9)
    spend(purse_of(one), 1)
    assert (purse_of(other).take() > 0, purse_of(one).take() > 0) == (True, True)

    assert share(one.pk, other.pk, "--undo")["shared"] is False
    assert (own(one), own(other)) == (60, 60)
    standing.shift(61)
    spend(purse_of(one), 5)
    assert (own(one), own(other)) == (5, 0)
    with pytest.raises(CommandError, match="share no budget"):
        share(one.pk, other.pk, "--undo")


def test_pages_read_a_shared_budget_in_the_same_one_query(two, standing, django_assert_num_queries):
    one, other = two
    share(one.pk, other.pk)
    spend(purse_of(other), 4)

    with django_assert_num_queries(1):
        assert [use.own for use in budget.uses([one, other]).values()] == [4, 4]


def test_what_is_shared_stays_so_with_another_key(two, standing):
    one, other = two
    share(one.pk, other.pk)
    sharing.follow("homerun", one.fingerprint, "new one")
    sharing.follow("homerun", other.fingerprint, "new other")
    sharing.follow("homerun", "alone", "new alone")

    spend(purse_of(one), 7)
    assert [Purse("homerun", account_of("", name)).take() for name in ("new one", "new other")] == [0, 0]
    assert own(one) == 9
    assert not Budget.objects.filter(account="key new alone").exists()


def test_a_relinked_connection_stays_in_the_budget_that_it_shares(two, globex):
    one, other = two
    share(one.pk, other.pk)
    with scope(tenant=globex):
        attempt = linking.begin_relink(other, {"api_key": THIRD}, [], ring=False)
        tasks.check(str(globex.pk), str(attempt.pk))
        other.refresh_from_db()

    assert Budget.objects.get(account=account_of("", other.fingerprint)).joined == account_of("", one.fingerprint)
    assert own(one) == own(other)


def test_a_purged_connection_leaves_the_budget_to_those_who_share_it(two, acme):
    one, other = two
    share(one.pk, other.pk)
    with scope(tenant=acme):
        unlinking.unlink(one, now=True)
    unlinking.purge_due(forgetting.empty_events)

    assert Budget.objects.get(account=account_of("", other.fingerprint)).joined == account_of("", one.fingerprint)
    assert Budget.objects.filter(account=account_of("", one.fingerprint)).exists()


def test_what_cannot_be_one_account_is_not_made_one(acme, two, cats):
    with scope(tenant=acme):
        known = link(acme, "cats", cats.key)

    for words, told in (
        ((two[0].pk, known.pk), "count their calls apart"),
        ((known.pk, known.pk), "CATS itself says that these are one account"),
        ((two[0].pk, two[0].pk), "same key"),
        ((two[0].pk, "nothing"), "neither a connection's uuid"),
    ):
        with pytest.raises(CommandError, match=told):
            share(*words)
    assert not Budget.objects.filter(joined__startswith="key").exists()
