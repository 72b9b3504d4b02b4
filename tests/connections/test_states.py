"""What a connection is good for, and how that changes."""

import time_machine
from django.utils import timezone

from atsbridge.connections import states
from atsbridge.connections.models import Connection
from connectors.errors import AuthFailed


def now(connection):
    connection.refresh_from_db()
    return connection.state


def test_pausing_and_resuming(linked):
    assert (states.pause(linked), now(linked), linked.next_run_at) == (True, "paused", None)
    assert (states.pause(linked), now(linked)) == (False, "paused")
    assert (states.resume(linked), now(linked)) == (True, "active")
    assert linked.next_run_at <= timezone.now()
    assert (states.resume(linked), now(linked)) == (False, "active")


def test_needing_a_relink_keeps_the_first_reason_and_since_when(linked):
    assert states.needs_relink(linked, "Refused " * 100)
    since = linked.state_since
    assert not states.needs_relink(linked, "Again")

    assert (now(linked), linked.reason, linked.state_since) == ("needs_relink", ("Refused " * 100)[:500], since)
    assert not states.resume(linked)
    assert not states.pause(linked)


def test_relinking_makes_active_but_leaves_a_pause_a_pause(linked):
    states.needs_relink(linked, "Refused")
    assert (states.relinked(linked), now(linked), linked.reason) == (True, "active", "")
    states.pause(linked)
    assert (states.relinked(linked), now(linked)) == (True, "paused")


def test_a_refusal_becomes_a_reason_in_words(linked):
    Connection.objects.update(worked_at="2026-11-19T09:11:58Z")
    linked.refresh_from_db()
    states.refused(linked, AuthFailed("Unauthenticated", status=401))
    assert (now(linked), linked.reason) == (
        "needs_relink",
        "Homerun refuses this key: it is wrong, expired or revoked. It worked until 19 Nov 2026, 09:11 UTC.",
    )


def test_worked_is_kept_to_the_minute(linked):
    with time_machine.travel("2030-01-01T12:00:00Z", tick=False) as clock:
        states.worked(linked)
        first = linked.worked_at
        clock.shift(59)
        states.worked(linked)
        assert Connection.objects.get().worked_at == first
        clock.shift(1)
        states.worked(linked)
        assert (Connection.objects.get().worked_at - first).total_seconds() == 60
