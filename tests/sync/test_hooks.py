"""Being called: asked for once, looked for on the hour, and never another's webhook touched."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
import time_machine
from celery import current_app
from django.test import override_settings
from django.utils import timezone
from django_scopes import scope

from atsbridge.connections import exchanges, opening, states, unlinking
from atsbridge.connections.models import Connection, Exchange
from atsbridge.sync import hooks, sweeping, tasks
from atsbridge.sync.models import Arrival, Hook
from atsbridge.tenants.models import Tenant
from connectors.cats.hooks import EVENTS, CatsHooks
from tests.sync import calling, harness
from tests.sync.calling import HUB, hook

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cats(acme: Tenant) -> Iterator[tuple[Any, Connection]]:
    """An emulated CATS, linked, that was asked for nothing yet."""
    with (
        harness.mounted("cats", harness.emulate("cats", jobs=1, people=2)) as emulator,
        override_settings(HOOKS_URL=HUB),
        scope(tenant=acme),
    ):
        yield emulator, harness.link(acme, "cats", emulator)


@pytest.fixture
def rung(monkeypatch) -> list[tuple[str, ...]]:
    """The bells that are rung, in the broker's place."""
    found: list[tuple[str, ...]] = []
    monkeypatch.setattr(current_app, "send_task", lambda name, args: found.append((name, *args)))
    return found


def swept(rung: list[tuple[str, ...]]) -> int:
    """Sweep, and do what the bells for hooks ask for; how many there were."""
    rung.clear()
    sweeping.sweep()
    mine = [one for one in rung if one[0].endswith("check_hook")]
    for _, tenant_id, connection_id in mine:
        tasks.check_hook(tenant_id, connection_id)
    return len(mine)


def targets(emulator: Any) -> list[str]:
    return [each.target for each in emulator.webhooks.values()]


def test_a_new_connection_asks_at_once_and_an_hour_later_looks_for_it(cats, rung):
    emulator, connection = cats

    assert swept(rung) == 1

    made, mine = next(iter(emulator.webhooks.values())), hook(connection)
    assert (made.target, set(made.events)) == (f"{HUB}/hooks/cats/{mine.token}", set(EVENTS))
    assert made.secret == hooks.secret(mine)
    assert made.secret not in json.dumps(mine.sealed)
    assert (mine.state, mine.remote_id, mine.why) == ("active", str(made.id), "")
    assert swept(rung) == 0

    with time_machine.travel(timezone.now() + timedelta(minutes=61)):
        assert swept(rung) == 1
        assert swept(rung) == 0
    assert targets(emulator) == [made.target]
    assert hook(connection).since == mine.since


@pytest.mark.parametrize("how", ["taken away", "disabled", "for less"])
def test_one_that_is_gone_disabled_or_for_less_is_asked_for_anew(cats, how):
    emulator, connection = cats
    before = hooks.keep_registered(connection)
    made = emulator.webhooks[int(before.remote_id)]
    if how == "taken away":
        del emulator.webhooks[made.id]
    elif how == "disabled":
        made.enabled = False
    else:
        made.events = made.events[:3]

    after = hooks.keep_registered(connection)

    assert (after.state, after.token) == ("active", before.token)
    assert after.remote_id != before.remote_id
    assert targets(emulator) == [f"{HUB}/hooks/cats/{after.token}"]


def test_strangers_and_siblings_stay_and_what_is_left_of_ours_goes(cats, globex: Tenant):
    emulator, connection = cats
    with scope(tenant=globex):
        sibling = hooks.keep_registered(harness.link(globex, "cats", emulator))
    theirs = f"{HUB}/hooks/cats/{sibling.token}"
    old = f"{HUB}/hooks/cats/{hooks._fresh(connection)['token']}"
    others = ["https://elsewhere.example/hooks/cats/x", f"{HUB}/hooks/cats/made.up", f"{HUB}/other"]
    with opening.opened(connection, by="test") as connector:
        for url in (*others, old):
            CatsHooks().register(connector.talk, url, "s")

    mine = hooks.keep_registered(connection)

    assert targets(emulator) == [theirs, *others, f"{HUB}/hooks/cats/{mine.token}"]


def test_a_request_whose_answer_was_lost_is_not_made_twice(cats):
    emulator, connection = cats
    first = hooks._make(connection)
    with opening.opened(connection, by="test") as connector:
        CatsHooks().register(connector.talk, hooks.address(first), hooks.secret(first))

    found = hooks.keep_registered(connection)

    assert (len(emulator.webhooks), found.state, found.remote_id) == (1, "active", str(min(emulator.webhooks)))


def test_another_address_of_this_installation_moves_the_registration_and_none_ends_it(cats, rung):
    emulator, connection = cats
    hooks.keep_registered(connection)
    with override_settings(HOOKS_URL="https://new.example.test"):
        hooks.keep_registered(connection)
        assert targets(emulator) == [f"https://new.example.test/hooks/cats/{hook(connection).token}"]

    with override_settings(HOOKS_URL=""), time_machine.travel(timezone.now() + timedelta(hours=2)):
        assert swept(rung) == 1
        assert (targets(emulator), hook(connection).state, hook(connection).remote_id) == ([], "none", "")
        assert swept(rung) == 0


def test_without_an_address_nobody_is_asked(cats, rung):
    emulator, _ = cats
    with override_settings(HOOKS_URL=""):
        assert swept(rung) == 0
    assert (emulator.calls, Hook.objects.count()) == ([], 0)


def test_a_connection_that_is_active_again_is_looked_after_at_once(cats, rung):
    emulator, connection = cats
    swept(rung)
    states.pause(connection)
    emulator.webhooks.clear()
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        assert swept(rung) == 0
        states.resume(connection)
        assert swept(rung) == 1
    assert len(emulator.webhooks) == 1


def test_a_refusal_is_said_and_changes_nothing_else(cats):
    emulator, connection = cats
    emulator.fail("403", path="webhooks")

    found = hooks.keep_registered(connection)

    connection.refresh_from_db()
    assert (found.state, found.why, connection.state) == ("refused", "Something went wrong.", "active")
    assert found.next_check_at > timezone.now() + timedelta(minutes=50)


def test_a_failing_provider_is_asked_again_soon(cats):
    emulator, connection = cats
    hooks.keep_registered(connection)
    emulator.webhooks.clear()
    emulator.fail("500", path="webhooks", times=9)

    found = hooks.keep_registered(connection)

    assert found.next_check_at < timezone.now() + timedelta(minutes=6)
    emulator.faults.clear()
    assert (hooks.keep_registered(connection).state, len(emulator.webhooks)) == ("active", 1)


class Parrot:
    """A CATS that knows of no webhook and refuses to make one in the words that it was asked with."""

    def transport(self) -> httpx.BaseTransport:
        return httpx.MockTransport(
            lambda request: (
                httpx.Response(200, json={"count": 0})
                if request.method == "GET"
                else httpx.Response(400, json={"message": request.content.decode()})
            )
        )


def test_no_log_and_no_page_holds_the_secret(acme: Tenant):
    connection = harness.link(acme, "cats", harness.emulate("cats", jobs=1, people=1))
    with harness.mounted("cats", Parrot()), override_settings(HOOKS_URL=HUB), scope(tenant=acme):
        found = hooks.keep_registered(connection)
        rows = list(Exchange.objects.all())

    told = [found.why, *(f"{row.error} {exchanges.body(row)}" for row in rows)]
    assert (found.state, len(told)) == ("refused", 3)
    assert sum("•••" in each for each in told) == 2
    assert not [each for each in told if hooks.secret(found) in each or found.token in each]


def test_the_secret_is_sealed_anew_and_replaced_when_no_key_opens_it(cats, settings):
    emulator, connection = cats
    before = hooks.keep_registered(connection)
    secret, (old_id, old) = hooks.secret(before), next(iter(settings.CREDENTIAL_KEYS.items()))
    settings.CREDENTIAL_KEYS = {"new": b"n" * 32, old_id: old}
    opening.keep(connection, harness.credentials(emulator))

    resealed = hooks.keep_registered(connection)
    assert (hooks.secret(resealed), resealed.token) == (secret, before.token)
    assert resealed.sealed[hooks.SECRET].split(":")[1] == "new"

    settings.CREDENTIAL_KEYS = {"newest": b"m" * 32}
    opening.keep(connection, harness.credentials(emulator))
    fresh = hooks.keep_registered(connection)
    assert fresh.token != before.token
    assert targets(emulator) == [f"{HUB}/hooks/cats/{fresh.token}"]


def test_after_unlinking_the_next_call_ends_it_at_the_provider(acme):
    with calling.calling(acme) as (emulator, connection):
        unlinking.unlink(connection)
        emulator.change(next(iter(emulator.account.candidates.values())), first_name="Grace")
        emulator.deliver(lambda delivery: calling.post(delivery).status_code)

        assert (emulator.webhooks, Arrival.objects.count()) == ({}, 0)


def test_a_task_of_another_tenant_asks_nobody(cats, globex: Tenant):
    emulator, connection = cats
    hooks._make(connection)

    tasks.check_hook(str(globex.pk), str(connection.pk))

    assert (emulator.calls, hook(connection).checked_at) == ([], None)
