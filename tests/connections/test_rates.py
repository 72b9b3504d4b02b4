"""Hours of calling on one virtual clock: who is alone never meets a 429, who is not meets few."""

from collections.abc import Iterator
from itertools import pairwise

import pytest
import time_machine

import connectors
from atsbridge.connections import budget
from atsbridge.connections.models import Exchange
from atsbridge.connections.opening import opened
from connectors.errors import RateLimited
from tests.connections.accounts import link, mounted
from tests.connections.clockwork import NOON, World, evenly, in_bursts

pytestmark = pytest.mark.django_db

PER, CALLS = {"homerun": 60.0, "cats": 3600.0}, {"homerun": 60, "cats": 500}
SHOWN = pytest.mark.parametrize(
    ("slug", "options"),
    [("homerun", {}), ("homerun", {"rate_headers": False}), ("cats", {})],
    ids=["homerun", "homerun-without-headers", "cats"],
)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """The clock of budget and emulator."""
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


def world(slug, clock, **options):
    return World(slug, connectors.emulator(slug)(jobs=1, people=1, **options), clock)


def apart(refusals, length):
    """The refusals without those of calls that were under way together with one refused before."""
    return refusals[:1] + [later for before, later in pairwise(refusals) if later - before > length]


@SHOWN
def test_the_accounts_only_consumer_never_meets_a_429(clock, slug, options):
    alone = world(slug, clock, **options)
    for purpose in ("read", "read", "person"):
        alone.worker("key a", purpose, lasts=lambda: alone.dice.choice([0.1, 0.3, 2, 9, 25]))
    alone.worker("key a", "read")
    minutes = 10 if slug == "homerun" else 70
    alone.until(minutes * 60)

    assert alone.refusals() == []
    assert len(alone.ours) > 0.8 * CALLS[slug] * minutes * 60 / PER[slug]


@pytest.mark.parametrize("slug", ["homerun", "cats"])
def test_bursts_are_allowed_and_the_next_waits_for_the_window(clock, slug):
    alone = world(slug, clock)
    alone.worker("key a", lasts=lambda: 0.05)
    reading = CALLS[slug] - budget.reserved(CALLS[slug])
    alone.until(PER[slug] / 2)
    assert len(alone.ours) == reading
    alone.until(1.5 * PER[slug])

    assert (alone.refusals(), len(alone.ours)) == ([], 2 * reading)


def test_an_account_may_have_1500_calls(clock):
    alone = world("cats", clock, limit=1500)
    alone.worker("key a", lasts=lambda: 0.1)
    alone.until(900)

    assert (alone.refusals(), len(alone.ours)) == ([], 1275)


@SHOWN
@pytest.mark.parametrize("pattern", ["evenly", "at once"])
def test_with_another_program_at_most_one_429_in_ten_minutes(clock, slug, options, pattern):
    shared, per, theirs = world(slug, clock, **options), PER[slug], CALLS[slug] * 3 // 10
    shared.worker("key a", lasts=lambda: 0.2)
    shared.program(evenly(theirs, per) if pattern == "evenly" else in_bursts(theirs, per))
    shared.until(1260 if slug == "homerun" else 3 * 3600)

    gaps = [later - before for before, later in pairwise(shared.refusals())]
    assert [gap for gap in gaps if gap <= 600] == []
    assert len(shared.ours) > 0.35 * CALLS[slug] * shared.now / per


def test_our_share_shrinks_after_a_429_and_the_other_program_has_its_part_for_an_hour(clock):
    shared = world("homerun", clock, rate_headers=False)
    shared.worker("key a", lasts=lambda: 0.2)
    shared.program(evenly(18, 60))
    shared.until(3600)

    refusals = shared.refusals()
    assert 1 <= len(refusals) <= 6
    assert [gap for gap in (b - a for a, b in pairwise(refusals)) if gap <= 600] == []
    after = [status for when, status in shared.others if refusals[0] + 60 < when < refusals[0] + 600]
    assert set(after) == {200}


@SHOWN
def test_calls_of_several_workers_are_refused_once_and_together(clock, slug, options):
    shared, per = world(slug, clock, **options), PER[slug]
    for _ in range(4):
        shared.worker("key a", lasts=lambda: shared.dice.choice([0.1, 0.3, 2, 8]))
    shared.program(in_bursts(CALLS[slug] * 3 // 10, per))
    shared.until(900 if slug == "homerun" else 2 * 3600)

    assert [gap for gap in (b - a for a, b in pairwise(apart(shared.refusals(), 8))) if gap <= 600] == []


def test_ten_minutes_through_the_one_place_that_talks(clock, in_acme):
    emulator = connectors.emulator("homerun")(jobs=1, people=1)
    with mounted("homerun", emulator):
        connection = link(in_acme, "homerun", emulator.key)
        clock.shift(61)
        begun, before = NOON.timestamp() + 61, len(emulator.calls)
        asked = refused = 0
        while emulator.clock() < begun + 600:
            try:
                with opened(connection, by="run") as connector:
                    connector.talk.get("ping")
                clock.shift(0.3)
                asked += 1
            except RateLimited as limited:
                refused += 1
                clock.shift(limited.wait)

    statuses = set(Exchange.objects.filter(connection=connection, by="run").values_list("status", flat=True))
    assert (statuses, len(emulator.calls) - before) == ({200}, asked)
    assert 10 * 51 <= asked <= 11 * 51
    assert refused < 60
