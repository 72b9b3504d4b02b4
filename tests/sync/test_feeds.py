"""Following a feed of events: from where it stood before the first walk, and never where it cannot be read."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from django_scopes import scope

from atsbridge.connections.models import Connection
from atsbridge.connections.opening import opened
from atsbridge.records.models import Record
from atsbridge.sync import feeds
from atsbridge.sync.models import Signal
from atsbridge.tenants.models import Tenant
from tests.sync import harness

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cats(acme: Tenant) -> Iterator[tuple[Any, Connection]]:
    """An emulated CATS whose feed was begun and whose account was walked."""
    emulator = harness.emulate("cats", jobs=2, people=40)
    emulator.timely = True
    with harness.mounted("cats", emulator), scope(tenant=acme):
        connection = harness.link(acme, "cats", emulator)
        feeds.begin_events(connection)
        harness.sync(connection)
        yield emulator, connection


def follow(connection: Connection, **more: Any) -> dict[str, dict[str, int]]:
    with opened(connection, by="run") as connector:
        return feeds.follow_events(connection, connector, cause="run", **more)


def asked(emulator: Any, since: int) -> list[str]:
    return [call.path.removeprefix("/v3/") for call in emulator.calls[since:]]


def name_of(person: Any) -> Any:
    return json.loads(Record.objects.get(model="candidate", remote_id=str(person.id)).document)["first_name"]


def test_what_happened_since_the_walk_began_is_looked_at_once_and_the_cursor_moves_on(cats):
    emulator, connection = cats
    ada, bob, gone = list(emulator.account.candidates.values())[:3]
    emulator.change(ada, first_name="Grace")
    emulator.change(ada, first_name="Hedy")
    emulator.change(bob, first_name="Bob")
    emulator.delete(gone)
    since = len(emulator.calls)

    counts = follow(connection)

    assert counts["candidate"]["changed"] == 2
    assert counts["candidate"]["deleted"] == 1
    assert (name_of(ada), name_of(bob)) == ("Hedy", "Bob")
    assert asked(emulator, since)[0] == "events"
    assert asked(emulator, since).count(f"candidates/{ada.id}") <= 1
    assert Signal.objects.get().cursor == {"starting_after_id": emulator.happenings[-1].id}

    quiet = len(emulator.calls)
    assert follow(connection) == {}
    assert asked(emulator, quiet) == ["events"]


def test_a_long_feed_is_followed_page_by_page_and_goes_on_next_time(cats):
    emulator, connection = cats
    people = list(emulator.account.candidates.values())
    for person in people[:30]:
        emulator.change(person, title="Moved")

    assert follow(connection, pages=1)["candidate"]["changed"] == 25
    assert Signal.objects.get().cursor == {"starting_after_id": emulator.happenings[24].id}
    assert follow(connection)["candidate"]["changed"] == 5


def test_what_breaks_off_is_looked_at_again(cats):
    emulator, connection = cats
    person = next(iter(emulator.account.candidates.values()))
    emulator.change(person, first_name="Grace")
    before = Signal.objects.get().cursor
    emulator.fail("500", path="candidates", times=9)

    with pytest.raises(Exception, match="went wrong"):
        follow(connection)
    assert Signal.objects.get().cursor == before

    emulator.faults.clear()
    follow(connection)
    assert name_of(person) == "Grace"


@pytest.mark.parametrize(("habit", "why"), [("unreadable", "It names no event"), ("absent", "Not found.")])
def test_a_feed_that_cannot_be_read_is_left_alone_until_the_key_is_tested_or_a_day_has_passed(cats, habit, why):
    emulator, connection = cats
    emulator.options.events = habit
    emulator.change(next(iter(emulator.account.candidates.values())), first_name="Grace")
    follow(connection)
    assert Signal.objects.get().why == why

    since = len(emulator.calls)
    follow(connection)
    assert asked(emulator, since) == []

    Connection.objects.update(checked_at=timezone.now())
    connection.refresh_from_db()
    follow(connection)
    assert asked(emulator, since) == ["events"]
    with time_machine.travel(timezone.now() + timedelta(days=1, minutes=1)):
        emulator.options.events = "plain"
        assert follow(connection)["candidate"]["changed"] == 1
    assert (Signal.objects.get().refused_at, Signal.objects.get().why) == (None, "")


def test_where_no_feed_is_known_nothing_is_asked(acme: Tenant, harbor: Any):
    connection = harness.link(acme, "harbor", harbor)
    with scope(tenant=acme):
        feeds.begin_events(connection)
        assert follow(connection) == {}
    assert harbor.calls == []


def test_another_tenant_sees_no_signal(cats, globex: Tenant):
    with scope(tenant=globex):
        assert not Signal.objects.exists()
