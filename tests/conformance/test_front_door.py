"""Linked by the ordinary forms, synced, listed and read as JSON: one folder and one line are enough."""

from collections.abc import Callable

import pytest
from django.urls import reverse
from django_scopes import scope

import connectors
from atsbridge.connections import checking
from atsbridge.connections.models import Attempt, Connection
from atsbridge.sync import engine
from atsbridge.sync.models import Run
from connectors import unified
from tests.conformance.account import Account
from tests.conftest import Browser
from tests.sync import harness


def test_an_account_is_linked_by_the_ordinary_forms(account: Account, alice: Browser):
    tenant, speaks = account.connection.tenant, account.speaks
    with scope(tenant=tenant):
        Connection.objects.all().delete()
    values = harness.credentials(account.emulator)

    assert speaks.name in alice.get(reverse("link", args=["acme"])).text
    form = alice.get(reverse("link_key", args=["acme", account.slug])).text
    for secret in speaks.credentials:
        assert f'name="{secret.name}"' in form
        assert secret.label in form
    checked = alice.post(reverse("link_key", args=["acme", account.slug]), values)
    with scope(tenant=tenant):
        attempt = Attempt.objects.get()
        assert checked.url == reverse("attempt", args=["acme", attempt.pk])  # type: ignore[attr-defined]
        checking.check(attempt)
    page = alice.get(reverse("attempt", args=["acme", attempt.pk])).text
    for permission in speaks.permissions:
        assert permission.label in page
    assert not [value for secret in speaks.credentials if secret.secret and (value := values[secret.name]) in page]

    named = {"label": f"Our {speaks.name}", "models": list(speaks.reads()), "interval": 0}
    alice.post(reverse("attempt_name", args=["acme", attempt.pk]), named)
    with scope(tenant=tenant):
        run = Run.objects.get()
        engine.run_whole(run.pk)
        account.connection = Connection.objects.select_related("tenant").get()

    assert account.connection.label == f"Our {speaks.name}"
    assert account.stored() == account.expected()


@pytest.mark.parametrize("resource", ["jobs", "candidates", "applications"])
def test_what_was_synced_is_listed_and_read_as_json(account: Account, alice: Browser, acme_key: str, resource: str):
    account.synced()
    model = unified.BY_PLURAL[resource]
    truth = {remote_id for slug, remote_id in account.expected() if slug == model.slug}

    assert alice.get(reverse("records", args=["acme", resource])).status_code == 200
    answer = alice.get(
        f"/unified/ats/{resource}",
        {"integrated_account_id": str(account.connection.pk), "limit": "1000"},
        headers={"Authorization": f"Bearer {acme_key}"},
    ).json()

    assert {row["id"] for row in answer["result"]} == truth
    assert answer["result_count"] == len(truth)


def test_a_third_ats_is_one_line_in_the_registry(imagine: Callable[..., Account]):
    account = imagine()

    assert connectors.get(account.slug) in connectors.every()
    assert type(account.emulator) is connectors.emulator(account.slug)
