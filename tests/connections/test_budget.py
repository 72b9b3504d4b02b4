"""One budget an account, shared by all, with a reserve for people."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from atsbridge.connections import budget
from atsbridge.connections.budget import Purse, Use
from atsbridge.connections.models import Budget
from connectors.http import Exchange

NOON = datetime(2026, 11, 19, 12, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def spend(purse, calls):
    return [purse.take() for _ in range(calls)]


@time_machine.travel(NOON, tick=False)
def test_ordinary_work_leaves_the_reserve_to_people():
    work, person = Purse("homerun", "key a"), Purse("homerun", "key a", urgent=True)

    assert spend(work, 51) == [0] * 51
    assert work.take() > 60
    assert spend(person, 9) == [0] * 9
    assert person.take() > 60


@time_machine.travel(NOON, tick=False)
def test_accounts_do_not_take_from_each_other():
    spend(Purse("homerun", "key a"), 51)
    assert Purse("homerun", "key b").take() == 0
    assert Purse("cats", "key a").take() == 0


def test_a_call_is_free_again_when_it_has_left_the_window():
    with time_machine.travel(NOON, tick=False) as clock:
        purse = Purse("homerun", "key a")
        spend(purse, 30)
        clock.shift(20)
        spend(purse, 21)
        wait = purse.take()
        assert 40 < wait < 41
        clock.shift(wait - 0.5)
        assert purse.take() > 0
        clock.shift(0.5)
        assert purse.take() == 0


@time_machine.travel(NOON, tick=False)
def test_the_limit_is_learned_from_headers():
    purse = Purse("cats", "id 1")
    purse.take()

    purse.learn({"x-rate-limit-limit": "20", "x-rate-limit-remaining": "19"})

    assert spend(purse, 16) == [0] * 16
    assert Purse("cats", "id 1").take() > 0


@time_machine.travel(NOON, tick=False)
def test_what_others_use_of_the_account_is_learned_too(linked):
    purse = Purse("homerun", budget.account_of("", linked.fingerprint))
    Budget.objects.all().delete()
    purse.take()

    purse.learn({"x-ratelimit-limit": "60", "x-ratelimit-remaining": "9"})

    assert budget.use(linked) == Use(limit=60, used=51, reserved=9, per=60, blocked_until=None)
    assert purse.take() == 1.0


@pytest.mark.parametrize(("headers", "seconds"), [({"retry-after": "7"}, 7), ({}, 3600)])
@time_machine.travel(NOON, tick=False)
def test_after_a_429_nobody_calls_until_it_is_over(headers, seconds):
    purse = Purse("cats", "id 1")
    purse.take()

    purse.told(Exchange("GET", "jobs", "", NOON, status=429, response_headers=headers))

    assert Purse("cats", "id 1", urgent=True).take() == seconds
    assert Budget.objects.get().blocked_until == NOON + timedelta(seconds=seconds)


@time_machine.travel(NOON, tick=False)
def test_what_a_key_used_counts_for_its_account_once_that_is_known():
    spend(Purse("cats", "key abc"), 3)
    spend(Purse("cats", "id 40911"), 2)

    budget.merge("cats", "abc", "40911")
    budget.merge("cats", "abc", "40911")

    assert [(row.account, sum(count for _, count in row.calls)) for row in Budget.objects.all()] == [("id 40911", 5)]


@time_machine.travel(NOON, tick=False)
def test_a_busy_hour_stays_a_short_row():
    purse = Purse("cats", "id 1")
    spend(purse, 300)
    assert Budget.objects.get().calls == [[NOON.timestamp(), 300]]
