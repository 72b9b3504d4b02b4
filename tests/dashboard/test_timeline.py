"""A record's timeline: the provider's own history between our own events, each thing said once."""

import html
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django_scopes import scope

from atsbridge.connections.models import Connection
from atsbridge.records.models import Change, Record
from atsbridge.tenants.models import Tenant
from tests.dashboard import reading
from tests.dashboard.test_audit import sentences
from tests.sync import harness


@pytest.fixture
def cats(acme: Tenant) -> Iterator[tuple[Any, Connection]]:
    """An emulated CATS that was read once."""
    with harness.mounted("cats", harness.emulate("cats", jobs=2, people=4)) as emulator:
        connection = harness.link(acme, "cats", emulator)
        harness.sync(connection)
        yield emulator, connection


def told(browser: Any, record: Record) -> list[str]:
    """The timeline's lines, newest first, without the values of changes."""
    page = browser.get(f"/t/acme/records/{record.model}s/{record.pk}/")
    return [html.unescape(line) for line in sentences(page)]


def find(connection: Connection, model: str, remote_id: object) -> Record:
    with scope(tenant=connection.tenant):
        rows = Record.objects.select_related("connection", "tenant")
        return rows.get(connection=connection, model=model, remote_id=str(remote_id))


def test_stages_that_only_the_providers_history_tells_stand_between_our_own_events(cats, alice):
    emulator, connection = cats
    pipeline = next(iter(emulator.account.pipelines.values()))
    job = emulator.account.jobs[pipeline.job_id]
    others = [status.title for status in emulator.account.statuses_of(job) if status.id != pipeline.status_id]
    for title in others[:3]:
        emulator.move(pipeline, title)
    harness.sync(connection)
    record = find(connection, "application", pipeline.id)
    assert [line for line in told(alice, record) if "Came to" in line] == []

    harness.read_detail(record)

    lines = told(alice, record)
    came = [line for line in lines if line.startswith("Came to")]
    assert came[:2] == [f"Came to {title} in CATS · told by CATS's own history" for title in (others[1], others[0])]
    assert not any(others[2] in line for line in came)
    assert "Changed in CATS · by sync 2" in lines
    with scope(tenant=connection.tenant):
        assert Change.objects.filter(record=record.id, kind="stage_changed").count() == 3


def test_what_came_back_says_so(cats, alice):
    emulator, connection = cats
    candidate = next(iter(emulator.account.candidates.values()))
    pipelines = [each for each in emulator.account.pipelines.values() if each.candidate_id == candidate.id]
    for each in (*pipelines, candidate):
        emulator.delete(each)
    harness.sync(connection)
    emulator.account.candidates[candidate.id] = candidate
    harness.sync(connection)

    assert [re.sub(" · .*", "", line) for line in told(alice, find(connection, "candidate", candidate.id))] == [
        "Came back in CATS",
        "Deleted in CATS",
        "First seen",
    ]


def test_a_page_costs_the_same_queries_with_a_long_history(cats, alice):
    emulator, connection = cats
    pipeline = next(iter(emulator.account.pipelines.values()))
    record = find(connection, "application", pipeline.id)
    address = f"/t/acme/records/applications/{record.pk}/"
    statuses = emulator.account.statuses_of(emulator.account.jobs[pipeline.job_id])

    def move(times: int) -> int:
        """Walk on through the statuses, one at a time; what the page then costs."""
        for number in range(times):
            here = next(place for place, each in enumerate(statuses) if each.id == pipeline.status_id)
            emulator.move(pipeline, statuses[(here + 1) % len(statuses)].title)
            if number % 2 == 0:
                harness.sync(connection)
        harness.read_detail(record)
        return len(reading.queries(alice, address))

    assert move(2) == move(7)
