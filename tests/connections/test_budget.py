"""One budget an account, shared by all, with a floor for what people and machines wait for."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine

from atsbridge.connections import budget
from atsbridge.connections.budget import Purse, Use
from atsbridge.connections.models import Budget
from connectors.http import Exchange

NOON = datetime(2026, 11, 19, 12, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock():
    """A clock that stands still until it is moved."""
    with time_machine.travel(NOON, tick=False) as standing:
        yield standing


def answered(purse, status=200, **headers):
    purse.told([Exchange("GET", "jobs", "", NOON, status=status, response_headers=headers)])


def spend(purse, calls, **headers):
    """So many calls that are answered at once; how long each had to wait."""
    waits = []
    for _ in range(calls):
        waits.append(purse.take())
        if waits[-1] == 0:
            answered(purse, **headers)
    return waits


def test_ordinary_work_leaves_the_floor_to_people(clock):
    work, person = Purse("homerun", "key a"), Purse("homerun", "key a", "person")

    assert spend(work, 51) == [0] * 51
    assert work.take() > 60
    assert spend(person, 9) == [0] * 9
    assert person.take() > 60


def test_accounts_do_not_take_from_each_other(clock):
    spend(Purse("homerun", "key a"), 51)
    assert Purse("homerun", "key b").take() == 0
    assert Purse("cats", "key a").take() == 0


def test_a_call_is_free_again_one_window_after_its_exchange_ended(clock):
    purse = Purse("homerun", "key a")
    spend(purse, 50)
    assert purse.take() == 0
    clock.shift(20)
    answered(purse)

    assert 40 < purse.take() < 41
    clock.shift(40.2)
    assert spend(purse, 51)[:51] == [0] * 50 + [pytest.approx(20, abs=0.2)]
    clock.shift(20)
    assert purse.take() == 0


def test_an_exchange_of_which_nobody_knows_the_end_counts_from_its_deadline(clock):
    lost, broken = Purse("homerun", "key a", seconds=30), Purse("homerun", "key a", seconds=30)
    lost.take()
    broken.take()
    broken.told([Exchange("GET", "jobs", "", NOON, error="broke off")])
    assert Budget.objects.get().open == [NOON.timestamp() + 35] * 2

    clock.shift(61)
    assert spend(Purse("homerun", "key a"), 51).count(0) == 49
    clock.shift(33)
    assert Purse("homerun", "key a").take() == pytest.approx(1.2, abs=0.2)
    clock.shift(1.2)
    assert spend(Purse("homerun", "key a"), 51).count(0) == 2


def test_the_limit_is_learned_from_headers(clock):
    purse = Purse("cats", "id 1")
    purse.take()
    answered(purse, **{"x-rate-limit-limit": "1500", "x-rate-limit-remaining": "1499"})

    assert spend(purse, 1275)[-2:] == [0, pytest.approx(3610, abs=10)]

    purse = Purse("cats", "id 2")
    purse.take()
    answered(purse, **{"x-rate-limit-limit": "20", "x-rate-limit-remaining": "19"})
    assert spend(purse, 17)[-2:] == [0, pytest.approx(3610, abs=10)]


def test_what_others_use_of_the_account_is_learned_too(clock, linked):
    purse = Purse("homerun", budget.account_of("", linked.fingerprint))
    Budget.objects.all().delete()
    purse.take()
    answered(purse, **{"x-ratelimit-limit": "60", "x-ratelimit-remaining": "9"})

    assert budget.use(linked) == Use(limit=60, own=1, others=50, reserved=9, per=60)
    assert (budget.use(linked).used, budget.use(linked).left, budget.use(linked).left_for_syncs) == (51, 9, 0)
    wait = purse.take()
    assert wait == pytest.approx(1.2)
    clock.shift(wait)
    assert purse.take() == 0


@pytest.mark.parametrize(("headers", "seconds"), [({"retry-after": "7"}, 7), ({}, 3600)])
def test_after_a_429_nobody_calls_until_it_is_over(clock, headers, seconds):
    purse = Purse("cats", "id 1")
    purse.take()
    answered(purse, 429, **headers)

    for purpose in ("read", "person"):
        assert Purse("cats", "id 1", purpose).take() == seconds
    assert Budget.objects.get().blocked_until == NOON + timedelta(seconds=seconds)
    clock.shift(seconds)
    assert Purse("cats", "id 1").take() == 0


def test_a_shorter_429_does_not_end_a_longer_one(clock):
    first, second = Purse("cats", "id 1"), Purse("cats", "id 1")
    first.take()
    second.take()
    answered(first, 429, **{"retry-after": "60"})
    answered(second, 429, **{"retry-after": "1"})

    assert Purse("cats", "id 1").take() == 60
    assert Budget.objects.get().ceded == 250


def test_after_a_429_our_share_shrinks_and_comes_back_slowly(clock):
    purse = Purse("homerun", "key a")
    spend(purse, 42)
    purse.take()
    answered(purse, 429, **{"retry-after": "1"})

    def allowed():
        clock.shift(61)
        return spend(Purse("homerun", "key a", "person"), 60).count(0)

    assert allowed() == 40
    clock.shift(480)
    assert allowed() == 40
    clock.shift(1740)
    assert allowed() == 50
    clock.shift(1800)
    assert allowed() == 60


def test_one_odd_429_leaves_half(clock):
    purse = Purse("homerun", "key a")
    purse.take()
    answered(purse, 429, **{"retry-after": "1"})
    clock.shift(61)

    assert spend(purse, 30).count(0) == 21
    assert spend(Purse("homerun", "key a", "person"), 30).count(0) == 9


def test_several_429s_leave_reading_its_part_of_what_is_left(clock, linked):
    purse = Purse("homerun", budget.account_of("", linked.fingerprint))
    Budget.objects.all().delete()
    for _ in range(3):
        purse.take()
        answered(purse, 429, **{"retry-after": "1"})
        clock.shift(2)

    assert (budget.use(linked).ceded, budget.use(linked).left_for_syncs) == (53, 1)
    assert spend(purse, 3).count(0) == 1


def test_reading_waits_while_a_write_does_and_not_for_ever(clock):
    everything = Purse("homerun", "key a", "person")
    spend(everything, 60)
    writer = uuid4()
    waits = Purse("homerun", "key a", "write", who=writer).take()
    clock.shift(waits)

    assert Purse("homerun", "key a").take() == 20
    assert Purse("homerun", "key a", "person").take() == 0
    assert Purse("homerun", "key a", "write", who=writer).take() == 0
    assert Purse("homerun", "key a").take() == 0

    spend(everything, 60)
    clock.shift(Purse("homerun", "key a", "write").take())
    assert Purse("homerun", "key a").take() == 20
    clock.shift(20)
    assert Purse("homerun", "key a").take() == 0


def test_an_allowance_lets_reading_use_some_of_the_floor(clock):
    left = [True] * 3
    spend(Purse("homerun", "key a"), 51)
    asked = Purse("homerun", "key a", allowance=lambda: bool(left) and left.pop())

    assert spend(asked, 4) == [0, 0, 0, pytest.approx(60, abs=0.4)]
    assert left == []


def test_an_allowance_is_not_spent_where_nothing_is_left(clock):
    left = [True] * 3
    spend(Purse("homerun", "key a", "person"), 60)

    assert Purse("homerun", "key a", allowance=lambda: bool(left.pop())).take() > 0
    assert len(left) == 3


def test_several_calls_are_taken_at_once_as_far_as_ordinary_reading_may_go(clock):
    purse = Purse("homerun", "key a")

    assert (purse.take(most=8), purse.held) == (0, 7)
    assert Budget.objects.get().open == [NOON.timestamp() + 35.5] * 8
    purse.held -= 2
    purse.told([Exchange("GET", "jobs", "", NOON, status=200)] * 3)
    assert (purse.held, Budget.objects.get().open, Budget.objects.get().calls) == (0, [], [[NOON.timestamp(), 3]])
    spend(purse, 45)
    assert (purse.take(most=8), purse.held) == (0, 2)
    assert Purse("homerun", "key a").take() == pytest.approx(60, abs=0.4)


def test_nothing_is_taken_ahead_while_somebody_else_calls_or_of_the_floor(clock):
    other, purse = Purse("homerun", "key a", "person"), Purse("homerun", "key a", allowance=lambda: True)
    other.take()

    assert (purse.take(most=8), purse.held) == (0, 0)
    answered(other)
    answered(purse)
    spend(Purse("homerun", "key a"), 49)
    assert (purse.take(most=8), purse.held) == (0, 0)


def test_a_busy_hour_stays_a_short_row(clock):
    purse = Purse("cats", "id 1")
    spend(purse, 200)
    clock.shift(15)
    spend(purse, 100)

    row = Budget.objects.get()
    assert (row.calls, row.open) == ([[NOON.timestamp(), 200], [NOON.timestamp() + 10, 100]], [])
