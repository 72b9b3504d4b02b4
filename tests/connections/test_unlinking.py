"""Unlinking: credentials at once, records later, everything in the end."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.test import override_settings
from django.utils import timezone

from atsbridge.connections import linking, opening, states, unlinking
from atsbridge.connections.models import Budget, Connection
from atsbridge.records import forgetting
from atsbridge.records.models import Change, Record
from atsbridge.sync import engine, schedule
from connectors.errors import AuthFailed
from tests.connections.accounts import READS, emulated, link


def rows(connection):
    """How many rows of each kind hang on a connection."""
    found = {}
    for model in apps.get_models():
        for field in model._meta.fields:
            if field.related_model is Connection and field.name == "connection":
                found[model.__name__] = model._base_manager.filter(connection=connection.pk).count()
    return {name: count for name, count in found.items() if count}


@override_settings(UNLINK_KEEP_DAYS=30)
def test_unlinking_deletes_the_credentials_at_once_and_keeps_the_records_for_a_while(linked, homerun):
    engine.run_whole(schedule.start(linked, "command").id)
    kept = Record.objects.count()

    assert unlinking.unlink(linked)

    linked.refresh_from_db()
    assert (linked.state, linked.credentials.count(), linked.next_run_at) == ("unlinking", 0, None)
    assert abs(linked.purge_at - timezone.now() - timedelta(days=30)) < timedelta(minutes=1)
    assert (unlinking.purge_due(forgetting.empty_events), Record.objects.count()) == (0, kept)
    assert kept > 0


def test_unlinking_twice_changes_nothing(linked):
    assert unlinking.unlink(linked)
    before = Connection.objects.values().get()
    assert not unlinking.unlink(linked)
    assert Connection.objects.values().get() == before


def test_an_unlinked_connection_neither_opens_nor_resumes_nor_relinks(linked):
    unlinking.unlink(linked)

    assert not states.resume(linked)
    assert not states.needs_relink(linked, "why")
    assert not states.relinked(linked)
    with pytest.raises(AuthFailed, match="no credentials any more"), opening.opened(linked, by="run"):
        pass


def test_the_purge_takes_everything_of_the_connection_and_nothing_of_others(in_acme):
    with emulated("homerun", keys={"18|another-key": READS}) as homerun:
        gone, other = (link(in_acme, "homerun", key) for key in (homerun.key, "18|another-key"))
        for connection in (gone, other):
            engine.run_whole(schedule.start(connection, "command").id)
    kept = rows(other)

    unlinking.unlink(gone, now=True)
    assert unlinking.purge_due(forgetting.empty_events) == 1

    left = rows(gone)
    assert left.keys() == {"Change"}  # what was announced keeps its numbers
    assert (list(Connection.objects.all()), rows(other)) == ([other], kept)
    assert not Change.objects.filter(connection=gone.pk).exclude(before="", after="").exists()
    assert [row.account for row in Budget.objects.all()] == [f"key {other.fingerprint}"]
    assert set(kept) >= {"Credential", "Attempt", "Exchange", "Run", "Record", "Change", "Total"}


def test_the_purge_stops_after_its_slice_and_goes_on_with_the_next(linked, homerun):
    engine.run_whole(schedule.start(linked, "command").id)
    unlinking.unlink(linked, now=True)

    sweeps = 1
    while not unlinking.purge_due(forgetting.empty_events, seconds=-1):
        sweeps += 1
    assert sweeps > 3
    assert rows(linked).keys() == {"Change"}


def test_now_can_be_said_later(linked):
    unlinking.unlink(linked)
    assert unlinking.purge_due(forgetting.empty_events) == 0
    assert unlinking.hasten(linked)
    assert unlinking.purge_due(forgetting.empty_events) == 1


def test_the_key_of_an_unlinked_connection_can_be_linked_anew(linked, homerun, in_acme):
    unlinking.unlink(linked)

    assert linking.recognised(in_acme, "homerun", {"api_key": homerun.key}) is None
    assert link(in_acme, "homerun", homerun.key).pk != linked.pk
