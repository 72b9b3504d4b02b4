"""The page on which an admin says what an account's statuses mean."""

import pytest
from django.urls import reverse
from django_scopes import scope

from atsbridge.connections.models import Connection
from atsbridge.records.models import Beside
from atsbridge.sync.models import Run
from atsbridge.tenants.models import AuditEntry, Tenant
from tests.dashboard.test_linking import words
from tests.sync import harness


@pytest.fixture
def connection(acme: Tenant):
    emulator = harness.emulate("cats", jobs=2, people=10)
    with harness.mounted("cats", emulator):
        linked = harness.link(acme, "cats", emulator)
        harness.sync(linked)
        yield linked


def address(connection: Connection) -> str:
    return reverse("connection_statuses", args=["acme", connection.pk])


def test_alice_says_what_a_status_means(alice, acme, connection):
    page = alice.get(address(connection))
    form = page.context["form"]
    given = {field.name: field.initial for field in form}
    assert set(given.values()) == {"guess"}
    name = next(name for name in given if name.startswith("outcome-"))
    assert [form[field].field.choices[0][1] for field in given][:2] == ["As it reads: pending"] * 2
    assert {form[field].field.choices[0][1] for field in given} >= {"As it reads: archived", "As it reads: not known"}

    assert alice.post(address(connection), given | {name: "HIRED"}).status_code == 302

    with scope(tenant=acme):
        connection.refresh_from_db()
        assert connection.meanings == {"outcome": {name.removeprefix("outcome-"): "HIRED"}}
        assert Run.objects.get(connection=connection, kind="remap").trigger == "settings"
        assert [entry.kind for entry in AuditEntry.objects.all()] == ["connection.meanings"]
    assert alice.get(address(connection)).context["form"][name].initial == "HIRED"


def test_the_page_says_whose_statuses_they_are_and_why_there_may_be_none(alice, acme, connection):
    said = words(alice.get(address(connection)))
    assert "CATS lets every account name its own statuses." in said
    assert "Nothing is asked of CATS for it." in said

    with scope(tenant=acme):
        Beside.objects.all().delete()
        homerun = harness.link(acme, "homerun", harness.emulate("homerun", jobs=1, people=1))
    assert "not known yet: the first sync reads them." in words(alice.get(address(connection)))
    assert "Homerun says by itself what its statuses mean" in words(alice.get(address(homerun)))


def test_a_word_that_a_status_cannot_mean_is_named(alice, connection):
    form = alice.get(address(connection)).context["form"]
    given = {field.name: field.initial for field in form}

    page = alice.post(address(connection), {**given, next(iter(given)): "ENCHANTED"})

    assert (page.status_code, len(page.context["form"].errors)) == (422, 1)
    with scope(tenant=connection.tenant):
        connection.refresh_from_db()
        assert connection.meanings == {}


def test_bob_and_charlie_do_not_see_it(bob, charlie, connection):
    assert bob.get(address(connection)).status_code == 403
    assert charlie.get(address(connection)).status_code == 404
    assert charlie.get(address(connection).replace("acme", "globex")).status_code == 404


def test_an_ats_that_says_so_itself_leaves_nothing_to_say(alice, acme):
    linked = harness.link(acme, "homerun", harness.emulate("homerun"))

    assert "nothing to set" in alice.get(address(linked)).content.decode()
