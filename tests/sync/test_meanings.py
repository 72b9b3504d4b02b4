"""What people say that an account's statuses mean: mapped anew without a call, and never undone by an older page."""

import json
from collections import Counter

import httpx
import pytest
from django.conf import settings
from django_scopes import scope

from atsbridge.connections.models import Connection
from atsbridge.records.models import Change, Record
from atsbridge.sync import engine, meanings, schedule
from atsbridge.sync.models import Run
from atsbridge.tenants.models import Tenant
from connectors import http
from tests.sync import harness


@pytest.fixture
def linked(acme: Tenant):
    emulator = harness.emulate("cats", jobs=4, people=150)
    with harness.mounted("cats", emulator), scope(tenant=acme):
        connection = harness.link(acme, "cats", emulator, announce_each=True)
        harness.sync(connection)
        yield connection, emulator


class Speaking(httpx.BaseTransport):
    """The way to an emulator, on which somebody speaks while the first page of pipelines is under way."""

    def __init__(self, inner: httpx.BaseTransport, connection: Connection, chosen: meanings.Chosen) -> None:
        self.inner, self.connection, self.chosen = inner, connection, chosen

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Pass a request on."""
        answer = self.inner.handle_request(request)
        if "/pipelines" in request.url.path and "workflows" not in request.url.path:
            meanings.choose(self.connection, self.chosen)
        return answer


def outcomes(connection: Connection) -> dict[str, Counter[str]]:
    """Status → the outcomes of the applications that stand there."""
    found: dict[str, Counter[str]] = {}
    for document in harness.documents(connection, model="application").values():
        values = json.loads(document)
        found.setdefault(values["current_stage_id"], Counter())[values["outcome"]] += 1
    return found


def pending(connection: Connection) -> str:
    """The status in which most applications are pending."""
    return max(outcomes(connection).items(), key=lambda found: found[1]["PENDING"])[0]


def remapped(connection: Connection) -> Run:
    """The run that a choice begins, done here."""
    run = Run.objects.get(connection=connection, kind="remap", ended_at__isnull=True)
    engine.run_whole(run.pk)
    run.refresh_from_db()
    connection.refresh_from_db()
    return run


def test_what_somebody_says_counts_for_what_is_stored_without_a_call(linked):
    connection, emulator = linked
    before, status, calls = outcomes(connection), pending(connection), len(emulator.calls)
    many = before[status].total()

    assert meanings.choose(connection, {"outcome": {status: "DECLINED"}, "job_status": {}})
    run = remapped(connection)

    assert outcomes(connection) == before | {status: Counter(DECLINED=many)}
    assert (len(emulator.calls), run.state, run.calls, connection.remap_due) == (calls, "succeeded", 0, False)
    told = Change.objects.filter(connection=connection, cause="settings", cause_id=run.pk)
    assert Counter(told.values_list("kind", flat=True)) == {"updated": many, "rejected": many}
    assert not meanings.choose(connection, {"outcome": {status: "DECLINED"}})


def test_taking_it_back_brings_the_guess_back(linked):
    connection, _ = linked
    before, status = outcomes(connection), pending(connection)
    for words in ({status: "HIRED"}, {}):
        meanings.choose(connection, {"outcome": words})
        remapped(connection)

    assert outcomes(connection) == before


def test_a_page_that_was_read_before_somebody_spoke_is_mapped_as_they_say(linked):
    connection, _ = linked
    status = pending(connection)
    many = outcomes(connection)[status].total()
    address = settings.CONNECTOR_URLS["cats"]
    http.mounts[address] = Speaking(http.mounts[address], connection, {"outcome": {status: "DECLINED"}})
    http.pool.cache_clear()

    harness.sync(connection, full=True)

    assert outcomes(connection)[status] == Counter(DECLINED=many)
    assert schedule.stale() == [(connection.tenant_id, connection.pk)]


def test_a_remapping_goes_on_from_its_checkpoint(linked, monkeypatch):
    connection, _ = linked
    monkeypatch.setattr(engine, "SLICE_PAGES", 1)
    status = pending(connection)
    many = outcomes(connection)[status].total()
    meanings.choose(connection, {"outcome": {status: "DECLINED"}})
    run = Run.objects.get(connection=connection, kind="remap")

    slices = 0
    while Run.objects.filter(pk=run.pk, ended_at__isnull=True).exists():
        engine.advance(run.pk)
        slices += 1

    assert slices > 4
    assert outcomes(connection)[status] == Counter(DECLINED=many)
    with scope(tenant=connection.tenant):
        assert Record.objects.filter(connection=connection, deleted_at__isnull=False).count() == 0
