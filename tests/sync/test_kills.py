"""The process that works is killed at each named point: the run goes on, nothing is lost, nothing is said twice."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django_scopes import scope

from atsbridge.connections.models import Connection
from atsbridge.records.models import Record
from atsbridge.sync import details
from atsbridge.sync.models import Reading
from tests.killing.accounts import PEOPLE, PEOPLE_AGAIN, change, linked
from tests.killing.crew import Crew, served
from tests.killing.points import PAGE, POINTS, RECORD
from tests.killing.truth import differences

pytestmark = pytest.mark.django_db(transaction=True)
PROVIDERS = ("homerun", "cats")
ASKED_AGAIN = {
    "before send": 0,
    "sent, unanswered": 1,
    "answered, unstored": 1,
    "before commit": 1,
    "after commit": 0,
}
"""How many requests a death at each point costs."""


def order(crew: Crew, people: str, point: str, visit: int = 2, who: str = "child") -> None:
    """Let somebody die at a page of the people; or of any, when it is stored."""
    crew.order(point, visit=visit, who=who, about=PAGE if "commit" in point else people)


def calls(emulator: Any) -> Counter[str]:
    """The requests since somebody last asked."""
    seen = Counter(f"{call.path} {call.query}" for call in emulator.calls)
    emulator.calls.clear()
    return seen


@pytest.mark.parametrize("slug", PROVIDERS)
def test_a_run_whose_process_is_killed_goes_on_from_its_checkpoint(slug, tmp_path):
    with served(slug) as (emulator, address), Crew(tmp_path, "folder", {slug: address}) as crew:
        whole, least = crew.sync(spared := linked(slug, emulator, "spared")), calls(emulator)
        for point in POINTS:
            order(crew, PEOPLE[slug], point)
            run, made = crew.sync(connection := linked(slug, emulator, point)), calls(emulator)

            assert [death["point"] for death in crew.deaths()][-1] == point
            assert (differences(connection, emulator), run.counts) == ([], whole.counts)
            assert (least - made, (made - least).total()) == (Counter(), ASKED_AGAIN[point])

        change(slug, emulator)
        whole = crew.sync(spared)
        for point in POINTS:
            order(crew, PEOPLE_AGAIN[slug], point, visit=1)
        run = crew.sync(connection)

        assert len(crew.deaths()) == 2 * len(POINTS)
        assert (differences(connection, emulator), run.counts) == ([], whole.counts)
        assert crew.started == 1


@pytest.mark.parametrize("slug", PROVIDERS)
def test_a_run_whose_whole_worker_is_killed_goes_on_with_the_next(slug, tmp_path):
    with served(slug) as (emulator, address), Crew(tmp_path, "folder", {slug: address}) as crew:
        order(crew, PEOPLE[slug], "answered, unstored", who="worker")
        crew.sync(connection := linked(slug, emulator, "acme"))

        assert (len(crew.deaths()), crew.started) == (1, 2)
        assert differences(connection, emulator) == []


@pytest.mark.parametrize("slug", PROVIDERS)
def test_a_detail_whose_reader_is_killed_is_read_by_the_next(slug, tmp_path):
    with served(slug, people=40) as (emulator, address), Crew(tmp_path, "folder", {slug: address}) as crew:
        crew.sync(connection := linked(slug, emulator, "acme"))
        opened = some_to_open(connection)
        for point, record in zip(("answered, unstored", "before commit", "after commit"), opened, strict=True):
            crew.order(point, about=RECORD if "commit" in point else record.remote_id)
            with scope(tenant=connection.tenant):
                done = Reading.objects.filter(pk=details.ask(record).pk, state="done")
                crew.until(done.all().exists)

        assert len(crew.deaths()) == 3
        assert differences(connection, emulator, [record.remote_id for record in opened]) == []


def some_to_open(connection: Connection) -> list[Record]:
    """Three people who have a detail."""
    with scope(tenant=connection.tenant):
        people = Record.objects.filter(connection=connection, model="candidate").select_related("connection")
        return list(people.order_by("remote_id")[:3])


@pytest.mark.redis
@pytest.mark.postgres
@pytest.mark.parametrize("slug", PROVIDERS)
@pytest.mark.parametrize("point", POINTS)
def test_over_redis_a_whole_worker_that_is_killed_at_any_point_loses_nothing(slug, point, tmp_path):
    _kill_whole(slug, point, "redis", tmp_path)


@pytest.mark.rabbitmq
@pytest.mark.parametrize("slug", PROVIDERS)
@pytest.mark.parametrize("point", ["answered, unstored", "after commit"])
def test_over_rabbitmq_a_whole_worker_that_is_killed_loses_nothing(slug, point, tmp_path):
    _kill_whole(slug, point, "rabbitmq", tmp_path)


@pytest.mark.postgres
@pytest.mark.redis
def test_a_database_that_cuts_its_connections_off_is_found_again(tmp_path):
    with served("homerun") as (emulator, address), Crew(tmp_path, "redis", {"homerun": address}) as crew:
        crew.order("before commit", visit=2, who="backend", about=PAGE)
        crew.sync(connection := linked("homerun", emulator, "acme"))

        assert (len(crew.deaths()), crew.started) == (1, 1)
        assert differences(connection, emulator) == []


@pytest.mark.parametrize(("copies", "beats"), [("3", 1), ("0,1,3", 1), ("1", 2)], ids=["thrice", "some lost", "beats"])
def test_messages_that_are_lost_or_repeated_and_two_beats_change_nothing(copies, beats, tmp_path):
    with (
        served("homerun") as (emulator, address),
        Crew(tmp_path, "folder", {"homerun": address}, beats=beats, COPIES=copies) as crew,
    ):
        crew.sync(connection := linked("homerun", emulator, "acme"))
        change("homerun", emulator)
        crew.sync(connection)

        assert differences(connection, emulator) == []


def _kill_whole(slug: str, point: str, broker: str, folder: Path) -> None:
    with served(slug) as (emulator, address), Crew(folder, broker, {slug: address}) as crew:
        order(crew, PEOPLE[slug], point, who="worker")
        crew.sync(connection := linked(slug, emulator, "acme"))

        assert (len(crew.deaths()), crew.started) == (1, 2)
        assert differences(connection, emulator) == []
