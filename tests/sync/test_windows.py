"""Walking by windows of ids: each proves what is gone from it, and a second walk costs no more calls than a first."""

from collections.abc import Iterator
from typing import Any

import pytest
from django_scopes import scope

from atsbridge.connections.models import Connection
from atsbridge.records.models import Record
from atsbridge.sync.models import Nomination, Run
from atsbridge.tenants.models import Tenant
from tests.connectors.cats.expected import expected
from tests.sync import harness


@pytest.fixture
def cats() -> Iterator[Any]:
    """An emulated CATS whose people fill two windows and a bit."""
    with harness.mounted("cats", harness.emulate("cats", people=230)) as emulator:
        yield emulator


@pytest.fixture
def synced(acme: Tenant, cats: Any) -> Connection:
    """Its account after a first run."""
    connection = harness.link(acme, "cats", cats)
    assert harness.sync(connection).state == "succeeded"
    return connection


@pytest.fixture(autouse=True)
def scoped(acme: Tenant) -> Iterator[None]:
    """These tests look into Acme's rows throughout."""
    with scope(tenant=acme):
        yield


def hows(run: Run) -> dict[str, list[tuple[str, str]]]:
    """What became of each list: (how, state) of its walks."""
    found: dict[str, list[tuple[str, str]]] = {}
    for walk in run.walks.all():
        found.setdefault(walk.resource, []).append((walk.how, walk.state))
    return found


def searches(cats: Any, since: int, path: str) -> int:
    return sum(call.path == f"/v3/{path}/search" for call in cats.calls[since:])


def alive(model: str) -> set[str]:
    return set(Record.objects.filter(model=model, deleted_at__isnull=True).values_list("remote_id", flat=True))


def test_a_second_walk_asks_for_as_many_windows_as_pages_and_writes_nothing(cats: Any, synced: Connection):
    before, since = harness.kept(synced), len(cats.calls)

    run = harness.sync(synced)

    assert hows(run)["candidates"] == [("windows", "walked")]
    assert hows(run)["tags"] == [("list", "walked")]
    assert searches(cats, since, "candidates") == 3
    assert searches(cats, since, "jobs") == 1
    assert harness.kept(synced) == before
    assert run.drift == {}


def test_what_is_gone_from_a_window_is_deleted_without_asking_its_address(cats: Any, synced: Connection):
    gone = list(cats.account.candidates.values())[100]
    since = len(cats.calls)
    cats.delete(gone)

    run = harness.sync(synced)

    assert str(gone.id) not in alive("candidate")
    assert harness.documents(synced).keys() == expected(cats).keys()
    assert not [call for call in cats.calls[since:] if call.path == f"/v3/candidates/{gone.id}"]
    assert run.drift["candidate"] == {"surplus": 1}
    assert not Nomination.objects.exists()


def test_new_rows_beyond_all_windows_are_read_by_pages(cats: Any, synced: Connection):
    for _ in range(130):
        cats.person("New", "Comer")

    run = harness.sync(synced)

    assert (run.state, run.drift["candidate"]) == ("succeeded", {"missing": 130})
    assert len(alive("candidate")) == 360


def test_rows_that_are_no_records_of_ours_make_windows_smaller(cats: Any, synced: Connection):
    """Two in three activities are about companies, so a hundred known ones span more than an answer holds."""
    person = cats.person("Much", "Noted")
    for number in range(600):
        note = cats.note(person, f"Note {number}")
        if number % 3:
            note.about = ("company", 9100002)
    harness.sync(synced)
    since = len(cats.calls)

    run = harness.sync(synced)

    assert hows(run)["activities"] == [("windows", "walked")]
    assert 9 <= searches(cats, since, "activities") < 16
    assert harness.documents(synced).keys() == expected(cats).keys()


def test_without_a_total_a_window_with_room_left_proves_and_a_full_one_does_not(cats: Any, synced: Connection):
    cats.options.total = "missing"
    people = list(cats.account.candidates.values())
    for gone in (people[50], people[229]):
        cats.delete(gone)

    run = harness.sync(synced)

    assert hows(run)["candidates"] == [("windows", "walked")]
    assert harness.documents(synced).keys() == expected(cats).keys()


def test_where_ids_cannot_be_searched_the_list_is_walked_and_the_search_is_not_tried_again(
    cats: Any, synced: Connection
):
    cats.options.ids_searchable = False
    gone = list(cats.account.candidates.values())[3]
    cats.delete(gone)

    run = harness.sync(synced)

    assert run.state == "succeeded"
    assert hows(run)["candidates"] == [("windows", "refused"), ("list", "walked")]
    assert str(gone.id) not in alive("candidate")
    assert hows(harness.sync(synced))["candidates"] == [("list", "walked")]
