"""What a connection is good for, and how that changes."""

from datetime import timedelta

import time_machine
from django.utils import timezone

from atsbridge.connections import states
from atsbridge.connections.models import Connection


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


def test_a_refusal_is_noted_once_and_forgotten_when_the_key_works(linked):
    with time_machine.travel("2030-01-01T12:00:00Z", tick=False) as clock:
        states.worked(linked)
        assert states.refused(linked)
        since = timezone.now()
        clock.shift(1)
        assert not states.refused(linked)
        assert (now(linked), linked.refused_at, linked.ask_at) == ("active", since, since + timedelta(seconds=0.1))

        states.worked(linked)
        assert (now(linked), linked.refused_at, linked.ask_at) == ("active", None, None)


def test_what_is_proved_of_a_key_says_nothing_of_another(linked):
    states.refused(linked)
    before = Connection.objects.get()
    states.relinked(linked)

    assert not states.needs_relink(before, "Refused")
    assert (now(linked), linked.refused_at, linked.ask_at) == ("active", None, None)


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
