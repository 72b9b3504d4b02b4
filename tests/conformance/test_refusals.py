"""Questions 7 and 8: secrets never appear, and every refusal means the right thing."""

import json
import logging
import zlib
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from django.apps import apps
from django.conf import settings
from django_scopes import scope

from atsbridge.connections import checking, linking
from atsbridge.sync import engine
from atsbridge.tenants.across import everywhere
from connectors import errors, http
from connectors.base import Connector
from connectors.http import Talk
from tests.conformance.account import Account
from tests.sync import harness

MEANINGS = {
    "401": errors.AuthFailed,
    "402": errors.PlanRequired,
    "403": errors.ScopeMissing,
    "404": errors.NotFound,
    "429": errors.RateLimited,
    "429_silent": errors.RateLimited,
    "500": errors.TemporaryFailure,
    "502": errors.TemporaryFailure,
    "503": errors.TemporaryFailure,
    "html": errors.TemporaryFailure,
    "malformed": errors.TemporaryFailure,
    "cut": errors.TemporaryFailure,
    "reset": errors.TemporaryFailure,
}
"""How an emulator misbehaves → what that means, unless a connector declares otherwise."""


class Echo(httpx.BaseTransport):
    """A provider that refuses and says back, in its own words, whatever it was sent."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        said = f"{dict(request.headers)} {request.read().decode()}"
        return httpx.Response(400, json={"message": said, "error": said}, headers={"location": said[:500]})


def bound(account: Account) -> Connector:
    """A connector that waits for nothing, with a fresh token where it needs one."""
    speaks, values = account.speaks, harness.credentials(account.emulator)
    if speaks.renews():
        values = {**values, **speaks(Talk(speaks, values)).refresh()}
    return speaks(Talk(speaks, values, sleep=lambda seconds: None))


@pytest.mark.parametrize("kind", MEANINGS)
def test_every_refusal_means_the_right_thing(account: Account, kind: str):
    connector = bound(account)
    meaning = account.speaks.statuses.get(int(kind), MEANINGS[kind]) if kind.isdigit() else MEANINGS[kind]
    account.emulator.fail(kind, times=5, path=account.path, seconds=60)

    with pytest.raises(errors.ConnectorError) as caught:
        connector.page(account.people, account.people.pages.first(account.people.params))

    assert type(caught.value) is meaning
    assert caught.value.message
    assert caught.value.next_step


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("kind", ["500", "html", "malformed", "cut", "reset"])
def test_a_run_goes_on_after_a_failure_that_passes(account: Account, kind: str):
    account.emulator.fail(kind, times=3, path=account.path)
    run = harness.started(account.connection)

    with scope(tenant=account.connection.tenant):
        while engine.advance(run.id):
            pass
        run.refresh_from_db()
        assert run.state == "waiting"
        assert "tried again by itself" in run.waits_for
        type(run).objects.filter(pk=run.pk).update(not_before=run.created_at)
        engine.run_whole(run.id)
        run.refresh_from_db()

    assert (run.state, run.error) == ("succeeded", "")
    assert account.stored() == account.expected()


@pytest.mark.parametrize("kind", ["401", "402"])
def test_a_refused_key_or_plan_asks_for_a_relink_and_keeps_what_is_known(account: Account, kind: str):
    account.synced()
    before = account.stored()
    account.emulator.fail(kind, times=1000)

    run = account.sync()

    assert run.state == "failed"
    assert run.step
    assert account.connection.state == "needs_relink"
    assert account.connection.reason
    assert account.stored() == before


def test_one_refused_list_ends_that_list_and_no_other(account: Account):
    refusal = "403" if account.speaks.statuses.get(403, errors.ScopeMissing) is errors.ScopeMissing else "404"
    account.emulator.fail(refusal, times=1000, path=account.path)

    run = account.sync()

    assert run.state == "partial"
    with scope(tenant=account.connection.tenant):
        walks = {walk.resource: (walk.state, bool(walk.error and walk.step)) for walk in run.walks.all()}
    mine = {name for name in walks if account.path in name}
    assert walks == {name: ("failed", True) if name in mine else ("walked", False) for name in walks}
    others = {(model, key) for (model, key) in account.expected() if model not in account.people.models}
    assert {pair for pair in account.stored() if pair[0] not in account.people.models} == others


# Secrets


def everything() -> Iterator[str]:
    """Every value of every table, compressed ones as they read."""
    with everywhere():
        for model in apps.get_models():
            rows: Any = model._base_manager
            for row in rows.all().values():
                yield from (text(value) for value in row.values())


def text(value: Any) -> str:
    if not isinstance(value, bytes | memoryview):
        return str(value)
    try:
        return zlib.decompress(bytes(value)).decode("utf-8", "replace")
    except zlib.error:
        return bytes(value).decode("utf-8", "replace")


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("answer", ["well", "refused", "echoed"])
def test_secrets_never_appear(account: Account, caplog: pytest.LogCaptureFixture, answer: str):
    caplog.set_level(logging.DEBUG)
    if answer == "refused":
        account.emulator.revoked.add(account.emulator.key)
    if answer == "echoed":
        http.pool.cache_clear()
        http.mounts[settings.CONNECTOR_URLS[account.slug]] = Echo()
    secrets = [account.emulator.key]

    run = account.sync()
    with scope(tenant=account.connection.tenant):
        attempt = linking.begin(account.connection.tenant, account.slug, harness.credentials(account.emulator))
        checking.check(attempt)
    secrets += getattr(account.emulator, "tokens", {})

    assert run.state == ("succeeded" if answer == "well" else "failed")
    seen = [*everything(), caplog.text, json.dumps(run.counts)]
    assert len(seen) > 100
    for secret in secrets:
        assert [shown for shown in seen if secret in shown] == []
