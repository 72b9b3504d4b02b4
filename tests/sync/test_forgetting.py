"""What is left of a deleted record after its days, for people and machines; in small portions, and nobody else's."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_scopes import scope

from atsbridge.connections.models import Connection
from atsbridge.records import forgetting
from atsbridge.records.models import Change, Record, SetAside
from atsbridge.sync import forgetting as emptying
from atsbridge.sync import sweeping
from atsbridge.tenants.models import Tenant
from tests.conftest import Browser
from tests.records.storing import put
from tests.sync import harness
from tests.thirdats.emulator import Emulator


@pytest.fixture
def account(acme: Tenant, harbor: Emulator) -> Iterator[Connection]:
    """Harbor's account, read once, in Acme's scope."""
    connection = harness.link(acme, "harbor", harbor)
    harness.sync(connection)
    with scope(tenant=acme):
        yield connection


def later(days: int = settings.FORGET_DAYS) -> None:
    with time_machine.travel(timezone.now() + timedelta(days=days, minutes=1)):
        sweeping.sweep()


def deleted() -> dict[str, bool]:
    """Remote id → whether it was emptied, of every deleted person."""
    rows = Record.objects.filter(model="candidate", deleted_at__isnull=False)
    return {row.remote_id: row.emptied_at is not None for row in rows}


def answer(key: str, path: str, connection: Connection) -> Any:
    query = {"integrated_account_id": str(connection.id), "include_deleted": "true"}
    got = Client(headers={"Authorization": f"Bearer {key}"}).get(f"/unified/ats/{path}", query)
    assert got.status_code == 200, got.content
    return got.json()


def test_a_machine_still_meets_an_emptied_record_without_any_value(
    account: Connection, harbor: Emulator, acme_key: str, charlie: Browser, globex_key: str
):
    gone = harbor.person("Ada", "Lovelace", mails=["ada@example.org"])
    harness.sync(account)
    harbor.delete(gone)
    harness.sync(account)
    before = answer(acme_key, f"candidates/{gone.id}", account)

    later()

    told = answer(acme_key, f"candidates/{gone.id}", account)
    times = ("created_at", "updated_at", "deleted_at")
    lists: dict[str, Any] = {"locations": [], "phones": [], "emails": [], "applications": [], "attachments": []}
    assert before["name"] == "Ada Lovelace"
    assert told == {
        **dict.fromkeys(before), "id": str(gone.id), **{name: before[name] for name in times}, **lists
    }  # fmt: skip
    assert told in answer(acme_key, "candidates", account)["result"]
    assert Client(headers={"Authorization": f"Bearer {globex_key}"}).get(
        f"/unified/ats/candidates/{gone.id}", {"integrated_account_id": str(account.id)}
    ).status_code in (400, 404)


def test_the_page_of_an_emptied_record_says_so_and_its_timeline_tells_when_and_not_what(
    account: Connection, harbor: Emulator, alice: Browser, charlie: Browser
):
    person = harbor.person("Xanthippe", "Lovelace")
    harness.sync(account)
    person.last_name = "Byron"
    harness.sync(account)
    harbor.delete(person)
    harness.sync(account)
    record = Record.objects.get(model="candidate", remote_id=str(person.id))
    page = reverse("record", args=["acme", "candidates", record.id])
    assert "Byron" in alice.get(page).content.decode()

    later()

    shown = alice.get(page).content.decode()
    assert not [word for word in ("Xanthippe", "Lovelace", "Byron") if word in shown]
    assert "Its values and raw answers were emptied" in shown
    assert [kind in shown for kind in ("First seen", "Changed in Harbor", "Deleted in Harbor", "emptied")] == [True] * 4
    events = Change.objects.filter(record=record.id).order_by("id").values_list("kind", "before", "after")
    assert list(events) == [("created", "", ""), ("updated", "", ""), ("deleted", "", "")]
    assert charlie.get(page).status_code == 404


def test_what_is_not_about_a_person_keeps_the_name_by_which_living_records_call_it(
    account: Connection, harbor: Emulator, alice: Browser
):
    job = harbor.jobs[2]
    name, job.text = job.title, "Call Jane"
    harness.sync(account)
    harbor.jobs.remove(job)
    harness.sync(account)

    later()

    record = Record.objects.get(model="job", remote_id=str(job.id))
    assert record.emptied_at is not None
    values = {name: value for name, value in json.loads(record.document).items() if value is not None}
    assert (record.title, values, record.remote) == (name, {"name": name, "department_id": str(job.department)}, "{}")
    applied = Record.objects.filter(model="application", job=record.id, deleted_at__isnull=True).first()
    assert applied
    page = alice.get(reverse("record", args=["acme", "applications", applied.id])).content.decode()
    assert name in page
    assert alice.get(reverse("record", args=["acme", "jobs", record.id])).status_code == 200


def test_it_goes_portion_by_portion_wherever_it_stopped(
    account: Connection, harbor: Emulator, monkeypatch: pytest.MonkeyPatch
):
    for person in harbor.people[:9]:
        harbor.delete(person)
    harness.sync(account)
    monkeypatch.setattr(forgetting, "PORTION", 4)
    later(days=settings.FORGET_DAYS - 1)
    assert set(deleted().values()) == {False}

    emptied = []
    with time_machine.travel(timezone.now() + timedelta(days=settings.FORGET_DAYS, minutes=1)):
        for _ in range(6):
            emptying.forget(account, seconds=0)
            emptied.append(Record.objects.filter(emptied_at__isnull=False).count())

    assert emptied == [4, 8, 12, 16, 18, 18]
    assert set(deleted().values()) == {True}


def test_nothing_else_is_touched(account: Connection, harbor: Emulator, globex: Tenant):
    other = harness.link(globex, "harbor", harbor)
    harness.sync(other)
    harbor.delete(harbor.people[0])
    harness.sync(account)
    gone = set(Record.objects.filter(deleted_at__isnull=False).values_list("id", flat=True))
    assert gone

    def others() -> list[Any]:
        return [row for table in harness.kept(account).values() for row in table if {row.get("id")} - gone
                and row.get("record") not in gone] + list(harness.kept(other).values())  # fmt: skip

    before = others()
    later()

    assert others() == before
    assert set(deleted().values()) == {True}


def test_rows_set_aside_go_with_the_record_that_they_would_have_made(account: Connection, harbor: Emulator):
    application = harbor.applications[0]
    kept, gone = ({**application.row(), "id": id_, "person": None} for id_ in (90001, application.id))
    put(account, "applications", kept, gone)
    harbor.applications.remove(application)
    Record.objects.filter(model="application", remote_id=str(application.id)).update(deleted_at=timezone.now())

    later()

    assert list(SetAside.objects.values_list("remote_id", flat=True)) == ["90001"]
