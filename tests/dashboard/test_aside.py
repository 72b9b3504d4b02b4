"""Rows and values that could not be read: where people see them, and how they have a row read again."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django_scopes import scope

from atsbridge.connections.models import Connection
from atsbridge.records.models import Record, SetAside
from atsbridge.sync.models import Run
from atsbridge.tenants.models import AuditEntry, Tenant
from tests.conftest import Browser
from tests.dashboard import reading
from tests.records import storing
from tests.sync import harness
from tests.sync.harness import mounted, with_harbor
from tests.thirdats.emulator import Emulator

REASON = "Candidate is missing"


@pytest.fixture
def harbor() -> Iterator[Emulator]:
    with with_harbor(), mounted("harbor", harness.emulate("harbor", jobs=2, people=4)) as emulator:
        yield emulator


@pytest.fixture
def linked(acme: Tenant, harbor: Emulator) -> Iterator[Connection]:
    """Harbor's account, read once, in Acme's scope."""
    connection = harness.link(acme, "harbor", harbor)
    harness.sync(connection)
    with scope(tenant=acme):
        yield connection


def unread(linked: Connection, harbor: Emulator, *ids: int, **values: Any) -> None:
    """Applications that nobody can read: they name no person."""
    row = {**harbor.applications[0].row(), "person": None, **values}
    storing.put(linked, "applications", *({**row, "id": id_} for id_ in ids))


def page_of(linked: Connection) -> str:
    return reverse("connection_aside", args=["acme", linked.pk])


def again(linked: Connection, slug: str = "acme") -> str:
    return reverse("connection_take", args=[slug, linked.pk, SetAside.objects.get().pk])


def listed(page: Any) -> list[list[str]]:
    return [row[:3] for row in reading.table(page, "Rows set aside, newest first")[1:]]


def test_rows_set_aside_stand_with_their_reason_and_as_they_came(alice: Browser, linked: Connection, harbor: Emulator):
    unread(linked, harbor, 90001, result="<b>\u202egone</b>")

    page = alice.get(page_of(linked))

    assert listed(page) == [["90001", REASON, "applications"]]
    content = page.content.decode()
    assert '<bdi class="s">"&lt;b&gt;\u202egone&lt;/b&gt;"</bdi>' in content
    assert 'Set aside <span class="muted">1</span>' in content
    assert "Set aside <small>1</small>" in alice.get(reverse("connection", args=["acme", linked.pk])).content.decode()


def test_they_are_paged_and_a_page_costs_the_same_with_one_row_and_with_three(
    alice: Browser, linked: Connection, harbor: Emulator
):
    def queries() -> int:
        with CaptureQueriesContext(database) as captured:
            assert alice.get(page_of(linked)).status_code == 200
        return len(captured)

    unread(linked, harbor, 90001)
    queries()
    one = queries()
    unread(linked, harbor, *range(90002, 90031))
    assert queries() == one

    page = alice.get(page_of(linked))
    older = reading.links(page.content.decode())["Older"]
    rest = alice.get(f"{page_of(linked)}{older[older.index('?') :]}")
    found = [row[0] for each in (page, rest) for row in listed(each)]
    assert (len(listed(page)), sorted(found)) == (25, [str(id_) for id_ in range(90001, 90031)])
    assert len(listed(alice.get(page_of(linked), {"cursor": "nonsense"}))) == 25


def test_a_row_that_can_be_read_by_now_is_taken_without_a_call(alice: Browser, linked: Connection, harbor: Emulator):
    row = {**harbor.applications[0].row(), "id": 90001}
    SetAside.objects.create(
        tenant=linked.tenant, connection=linked, resource="applications", digest="of earlier", reason="Once",
        row=json.dumps(row),
    )  # fmt: skip
    calls = len(harbor.calls)

    page = alice.post(again(linked), follow=True)

    assert "It could be read, so it is set aside no more." in page.content.decode()
    assert (SetAside.objects.count(), len(harbor.calls)) == (0, calls)
    assert Record.objects.filter(model="application", remote_id="90001", deleted_at__isnull=True).exists()
    assert AuditEntry.objects.latest("id").kind == "connection.row_taken"


def test_a_row_that_still_cannot_be_read_stays_as_it_was(alice: Browser, linked: Connection, harbor: Emulator):
    unread(linked, harbor, 90001)
    before = SetAside.objects.values("resource", "remote_id", "digest", "reason", "row", "at").get()

    page = alice.post(again(linked), follow=True)

    assert f"It still cannot be read: {REASON}." in page.content.decode()
    assert SetAside.objects.values(*before).get() == before


def test_who_may_only_look_sees_the_rows_and_a_stranger_nothing(
    bob: Browser, charlie: Browser, linked: Connection, harbor: Emulator
):
    unread(linked, harbor, 90001)

    page = bob.get(page_of(linked))
    assert listed(page) == [["90001", REASON, "applications"]]
    assert "Take again" not in page.content.decode()
    assert bob.post(again(linked)).status_code == 403
    for slug in ("acme", "globex"):
        assert charlie.get(reverse("connection_aside", args=[slug, linked.pk])).status_code == 404
        assert charlie.post(again(linked, slug)).status_code == 404
    assert SetAside.objects.count() == 1


def test_one_bad_value_is_set_aside_alone_and_said_beside_its_field_and_in_the_run(
    alice: Browser, linked: Connection, harbor: Emulator
):
    application = harbor.applications[0]
    application.result = "<maybe>"
    run = harness.sync(linked)

    record = Record.objects.get(model="application", remote_id=str(application.id))
    page = alice.get(reverse("record", args=["acme", "applications", record.pk]))
    fields = {row[0]: row[1] for row in reading.table(page, "Unified values")[1:] if len(row) > 2}
    assert fields["Outcome"] == "Not usable unknown result '<maybe>'"
    assert fields["Created in Harbor"] != ""
    assert run.counts["application"] == {"read": 4, "changed": 1, "warned": 1}
    assert "Read without a value" in alice.get(reverse("run", args=["acme", run.pk])).content.decode()
    assert not SetAside.objects.exists()

    application.result = None
    run = harness.sync(linked)
    assert "warned" not in run.counts["application"]
    assert "Not usable" not in alice.get(reverse("record", args=["acme", "applications", record.pk])).content.decode()
    assert Run.objects.count() == 3
