"""Questions 10 to 12: deletions are proved, details are read and retired, hostile values come through."""

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from django.conf import settings
from django_scopes import scope

from atsbridge.records.models import Record, SetAside
from atsbridge.sync import engine
from atsbridge.sync.models import Run, Walk
from connectors import http
from connectors.paths import at
from tests.conformance.account import Account
from tests.sync import harness


def test_a_deleted_record_is_found_out_and_comes_back_with_its_id(account: Account):
    account.synced()
    before, truth = harness.kept(account.connection), account.remembered()
    person = account.everybody()[7]
    gone = str(person.id)
    account.emulator.delete(person)

    account.sync()

    assert account.stored() == account.expected()
    assert account.record("candidate", gone).deleted_at is not None
    assert account.events("candidate", gone) == ["deleted"]

    account.restore(truth)
    account.sync()

    assert account.stored() == account.expected()
    assert account.events("candidate", gone) == ["deleted", "created"]
    after = harness.kept(account.connection)
    assert [row["id"] for row in after["Record"]] == [row["id"] for row in before["Record"]]
    assert after["Total"] == before["Total"]


def test_a_row_that_paging_slid_past_is_not_deleted(imagine: Callable[..., Account], monkeypatch: pytest.MonkeyPatch):
    account = imagine(people=230).synced()
    monkeypatch.setattr(engine, "SLICE_PAGES", 1)
    run = harness.until(account.connection, lambda run: pages_of_people(account, run) == 1)
    gone = account.listed(run, 1)[0]
    account.emulator.delete(account.person(gone))

    before = len(account.calls())

    with scope(tenant=account.connection.tenant):
        engine.run_whole(run.id)

        windowed = by_windows(run)

    asked = {path for path, _ in account.calls()[before:]}
    slid_past = [str(one.id) for one in account.everybody() if f"/{account.people.address.format(id=one.id)}" in asked]
    assert len(slid_past) == (0 if windowed else 1)  # a live one that no page of this walk carried
    assert all(account.record("candidate", one).deleted_at is None for one in slid_past)

    account.sync()
    assert account.stored() == account.expected()


def by_windows(run: Run) -> bool:
    """Nothing slides in a window of ids."""
    return Walk.objects.filter(run=run, how="windows").exists()


def pages_of_people(account: Account, run: Any) -> int:
    walk = run.walks.filter(resource=account.people.slug).first()
    return walk.pages_read if walk else 0


def test_a_detail_makes_and_retires_what_hangs_on_it(account: Account):
    account.synced()
    person = account.with_files()
    key = str(person.id)
    record = account.record("candidate", key)

    assert harness.read_detail(record).state == "done"
    assert account.stored() == account.expected(key)
    assert record.detail_read_at is not None
    assert hanging(record) == belongings(account, key)
    many = len(hanging(record))

    person.files.clear()
    harness.read_detail(record)
    assert account.stored() == account.expected(key)
    assert hanging(record) == belongings(account, key)
    assert len(hanging(record)) < many

    account.emulator.delete(person)
    assert harness.read_detail(record).state == "done"
    assert record.deleted_at is not None
    assert hanging(record) == []


def hanging(record: Record) -> list[str]:
    with scope(tenant=record.tenant):
        mine = Record.objects.filter(owner=record.id, deleted_at__isnull=True)
        return sorted(mine.values_list("remote_id", flat=True))


def belongings(account: Account, key: str) -> list[str]:
    return sorted(remote_id for _, remote_id in account.expected(key).keys() - account.expected().keys())


def test_a_detail_read_twice_is_written_once(account: Account):
    account.synced()
    record = account.record("candidate", str(account.with_files().id))
    harness.read_detail(record)
    first, before = record.detail_read_at, harness.kept(account.connection)

    harness.read_detail(record)

    after = harness.kept(account.connection)
    assert record.detail_read_at is not None
    assert first is not None
    assert record.detail_read_at > first
    assert {**after, "Record": apart_from_reading(after)} == {**before, "Record": apart_from_reading(before)}


def apart_from_reading(tables: dict[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    return [
        {name: value for name, value in row.items() if name not in ("detail_read_at", "read_at")}
        for row in tables["Record"]
    ]


def test_what_a_detail_brought_stays_when_the_lists_are_walked_again(account: Account):
    account.synced()
    key = str(account.with_files().id)
    harness.read_detail(account.record("candidate", key))
    account.person(key).first_name = "Renamed"

    account.sync()

    assert account.stored() == account.expected(key)


def test_what_a_detail_brought_leaves_with_its_owner(account: Account):
    account.synced()
    person = account.with_files()
    record = account.record("candidate", str(person.id))
    harness.read_detail(record)
    account.emulator.delete(person)

    account.sync()

    assert hanging(record) == []
    assert account.stored() == account.expected()


@pytest.mark.parametrize(
    "name",
    [
        "nul\x00in the middle",
        "half \ud83d of a pair",
        "<script>alert('&amp;')</script>",
        "عبد الرحمن \u202eآمنة",
        "👩‍🚀 Zoë",
        "x" * 100_000,
        "' OR 1=1; --",
        "un\x1eit\x1f\x7fs",
    ],
    ids=["nul", "surrogate", "markup", "right-to-left", "emoji", "huge", "quotes", "controls"],
)
def test_hostile_values_come_through(account: Account, name: str):
    person = account.emulator.person(name, "Hostile")

    run = account.sync()

    assert (run.state, run.error) == ("succeeded", "")
    assert account.stored() == account.expected()
    record = account.record("candidate", str(person.id))
    replaced = any(letter in name for letter in "\x00\ud83d") and "\U0001f469" not in name
    assert ("replaced" in record.warnings) is replaced
    assert record.title.endswith("Hostile")


def test_a_row_that_cannot_be_read_is_set_aside_and_stops_nothing(account: Account):
    account.synced()
    before = account.stored()
    address = settings.CONNECTOR_URLS[account.slug]
    http.mounts[address] = Garbled(account, rows=3)
    http.pool.cache_clear()

    run = account.sync()

    assert (run.state, run.error) == ("succeeded", "")
    with scope(tenant=account.connection.tenant):
        aside = SetAside.objects.filter(resource=account.people.slug)
        assert {row.reason for row in aside} == {"The row carries no id"}
        assert len(aside) >= 3
    assert account.stored() == before


class Garbled(httpx.BaseTransport):
    """The emulator, but for the ids of the first rows of the list of people, which are lists of their own."""

    def __init__(self, account: Account, rows: int) -> None:
        self.account, self.rows, self.inner = account, rows, account.emulator.transport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer: httpx.Response = self.inner.handle_request(request)
        if not request.url.path.endswith((f"/{self.account.path}", f"/{self.account.path}/search")):
            return answer
        data = json.loads(answer.read())
        for row in at(data, self.account.people.rows)[: self.rows]:
            row["id"] = [row["id"]]
        return httpx.Response(200, json=data)
