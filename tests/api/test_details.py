"""A machine that asks for one person or application, or for its files or notes, waits for a fresh detail."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection as database
from django.utils import timezone
from django_scopes import scope

from atsbridge.api import truto
from atsbridge.connections.models import Connection
from atsbridge.records.models import Record
from atsbridge.sync import details
from atsbridge.sync.models import Reading
from atsbridge.tenants import keys
from atsbridge.tenants.models import Tenant
from tests.api.conftest import Machine
from tests.api.rows import Account
from tests.sync import harness

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def worker(tenant: Tenant) -> Iterator[None]:
    """A worker beside the web server: it reads each detail that somebody waits for."""
    ended = threading.Event()

    def work() -> None:
        with scope(tenant=tenant):
            while not ended.wait(0.02):
                for reading in Reading.objects.filter(state="waiting"):
                    details.read(reading.id)
        database.close()

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def synced(tenant: Tenant, slug: str, emulator: object) -> Machine:
    connection = harness.link(tenant, slug, emulator)
    assert harness.sync(connection).state == "succeeded"
    key = keys.create(tenant, "machine", can_write=False)[1]
    return Machine(Account(tenant, connection, key), key)


@pytest.fixture(params=["homerun", "cats"])
def linked(request, acme) -> Iterator[Machine]:
    """A synced account whose details are all unread."""
    with harness.mounted(request.param, harness.emulate(request.param, jobs=2, people=4)) as emulator:
        yield synced(acme, request.param, emulator)


def unread(machine: Machine, model: str) -> str:
    """The remote id of a record that nobody has opened."""
    with scope(tenant=machine.account.tenant):
        record = Record.objects.filter(model=model, detail_read_at__isnull=True, deleted_at__isnull=True).first()
    assert record is not None
    return record.remote_id


def opened(machine: Machine, model: str, remote_id: str) -> bool:
    with scope(tenant=machine.account.tenant):
        return Record.objects.get(model=model, remote_id=remote_id).detail_read_at is not None


@pytest.mark.parametrize(("resource", "model"), [("candidates", "candidate"), ("applications", "application")])
def test_one_record_comes_with_its_detail(linked, resource, model):
    remote_id = unread(linked, model)
    assert linked.read(resource)["is_partial_response"] is True

    with worker(linked.account.tenant):
        row = linked.one(resource, remote_id)

    assert row["id"] == remote_id
    assert opened(linked, model, remote_id)
    assert row == linked.one(resource, remote_id)  # fresh: nobody reads it again
    with scope(tenant=linked.account.tenant):
        assert Reading.objects.count() == 1


@pytest.mark.parametrize("resource", ["attachments", "activities"])
@pytest.mark.parametrize("owner", ["candidate", "application"])
def test_files_and_notes_of_one_come_with_its_detail(linked, resource, owner):
    remote_id = unread(linked, owner)

    with worker(linked.account.tenant):
        page = linked.read(resource, {f"{owner}_id": remote_id})

    assert opened(linked, owner, remote_id)
    assert page["is_partial_response"] is False


@pytest.mark.parametrize("state", ["active", "needs_relink"])
def test_files_of_one_are_partial_while_its_detail_is_unread(linked, monkeypatch, state):
    monkeypatch.setattr(truto, "PATIENCE", 0.1)
    with scope(tenant=linked.account.tenant):
        Connection.objects.update(state=state)

    assert linked.read("attachments", candidate_id=unread(linked, "candidate"))["is_partial_response"] is True


def test_a_list_opens_nothing(linked):
    remote_id = unread(linked, "candidate")
    linked.read("candidates", id=remote_id)
    linked.read("attachments", {"candidate_id[in]": f"{remote_id},nobody"})

    assert not opened(linked, "candidate", remote_id)


def test_a_detail_that_is_old_is_read_again(linked):
    remote_id = unread(linked, "candidate")
    old = timezone.now() - timedelta(minutes=11)
    with scope(tenant=linked.account.tenant):
        Record.objects.filter(model="candidate", remote_id=remote_id).update(detail_read_at=old)

    with worker(linked.account.tenant):
        linked.one("candidates", remote_id)

    with scope(tenant=linked.account.tenant):
        assert Record.objects.filter(model="candidate", remote_id=remote_id, detail_read_at__gt=old).exists()


def test_what_is_stored_is_answered_when_nobody_reads_in_time(linked, monkeypatch):
    monkeypatch.setattr(truto, "PATIENCE", 0.3)
    remote_id = unread(linked, "candidate")

    begun = time.monotonic()
    row = linked.one("candidates", remote_id)

    assert 0.3 <= time.monotonic() - begun < 5
    assert row == linked.read("candidates", id=remote_id)["result"][0]


def test_an_account_that_needs_relinking_is_not_waited_for(linked):
    remote_id = unread(linked, "candidate")
    with scope(tenant=linked.account.tenant):
        Connection.objects.update(state="needs_relink")

    assert linked.one("candidates", remote_id)["id"] == remote_id
    with scope(tenant=linked.account.tenant):
        assert not Reading.objects.exists()


def test_files_and_notes_carry_the_providers_own_record_without_its_signed_link(acme):
    with harness.mounted("homerun", harness.emulate("homerun", jobs=2, people=60)) as emulator:
        person = next(one for one in emulator.people if one.files and one.notes)
        machine = synced(acme, "homerun", emulator)
        with worker(acme):
            notes = machine.read("activities", {"candidate_id": person.id})["result"]
            files = machine.read("attachments", {"candidate_id": person.id})["result"]

    assert {note["remote_data"]["note"] for note in notes} == {note.note for note in person.notes}
    held = [{"name": file.name, "type": file.type, "temporary_download_url": None} for file in person.files]
    assert [file for file in held if file not in [found["remote_data"] for found in files]] == []
