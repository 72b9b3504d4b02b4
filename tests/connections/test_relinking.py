"""A new key for a connection, and testing again what its own key may do."""

import time

from django.conf import settings

from atsbridge.connections import linking, states, tasks
from atsbridge.connections.models import Connection
from tests.connections.accounts import READS, checked, emulated, link
from tests.connections.test_linking import GOOD, OTHER, said, told


def relink(connection, key, known=()):
    attempt = checked(linking.begin_relink(connection, {"api_key": key}, known))
    connection.refresh_from_db()
    return attempt


def settled(connection):
    """Do what the worker does once it is time to ask a second time."""
    time.sleep(settings.DOUBT_SECONDS)
    tasks.settle(str(connection.tenant_id), str(connection.pk))
    connection.refresh_from_db()


def test_relinking_keeps_the_connection_and_makes_it_active(in_acme):
    with emulated("homerun", keys={GOOD: READS}) as homerun:
        connection = link(in_acme, "homerun", homerun.key)
        states.needs_relink(connection, "It was refused")
        before = connection.fingerprint

        attempt = relink(connection, GOOD, [("vacancies", "gone"), ("vacancies", homerun.jobs[0].id)])

    assert said(attempt) == ("finished", "", "", {})
    assert (connection.state, connection.reason, connection.fingerprint == before) == ("active", "", False)
    assert linking.recognised(in_acme, "homerun", {"api_key": GOOD}) == connection


def test_relinking_refuses_a_homerun_key_that_finds_none_of_the_known_records(in_acme):
    with emulated("homerun", keys={OTHER: READS}) as homerun:
        connection = link(in_acme, "homerun", homerun.key)
        states.needs_relink(connection, "It was refused")
        before = list(connection.credentials.values())

        attempt = relink(connection, OTHER, [("vacancies", "1"), ("job-applications", "2")])

    assert said(attempt) == (
        "failed",
        "This key opens a different Homerun account than Homerun is linked to.",
        "Paste a key of the same account, or link the other account as a new connection. Homerun stays as it is.",
        {},
    )
    assert (connection.state, list(connection.credentials.values())) == ("needs_relink", before)


def test_relinking_refuses_a_cats_key_of_another_site(in_acme, cats):
    connection = link(in_acme, "cats", cats.key)
    Connection.objects.update(account_id="1")
    connection.refresh_from_db()
    cats.keys.add("another-key-of-cats")

    attempt = relink(connection, "another-key-of-cats")

    assert attempt.error.startswith("This key opens a different CATS account than ")
    assert connection.account_id == "1"


def test_relinking_with_a_dead_key_says_until_when_it_worked(linked, homerun):
    Connection.objects.update(worked_at="2026-11-19T09:11:58Z")
    linked.refresh_from_db()
    homerun.revoked.add(homerun.key)

    attempt = relink(linked, homerun.key)

    assert attempt.error == (
        "Homerun refuses this key: it is wrong, expired or revoked. It worked until 19 Nov 2026, 09:11 UTC."
    )
    assert attempt.step == (
        "The key that is linked is asked for once more in a moment, before the connection stops. If it is refused too:"
        " Make a new key in Homerun and paste it here."
    )
    assert (linked.state, linked.reason) == ("active", "")
    settled(linked)
    assert (linked.state, linked.reason) == ("needs_relink", attempt.error)


# Testing again


def test_testing_again_keeps_what_it_found(linked, homerun):
    homerun.keys[homerun.key] = frozenset(READS[:2])

    attempt = checked(linking.begin_test(linked))

    linked.refresh_from_db()
    assert (attempt.state, told(attempt)["job-application-notes:read"]) == ("finished", False)
    assert linked.permissions == attempt.verdicts


def test_testing_again_finds_a_dead_key_and_a_revived_one(linked, homerun):
    homerun.revoked.add(homerun.key)
    checked(linking.begin_test(linked))
    linked.refresh_from_db()
    assert linked.state == "active"
    settled(linked)
    assert linked.state == "needs_relink"

    homerun.revoked.clear()
    checked(linking.begin_test(linked))
    linked.refresh_from_db()
    assert (linked.state, linked.reason) == ("active", "")


# Secrets
