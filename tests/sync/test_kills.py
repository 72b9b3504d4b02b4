"""The process that works is killed at each named point: the run goes on, nothing is lost, nothing is said twice."""

import json
from collections import Counter
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db.models import QuerySet
from django_scopes import scope

from atsbridge.connections.models import Connection
from atsbridge.records import kept
from atsbridge.records.models import Change, Record
from atsbridge.sync import details, keeping
from atsbridge.sync.models import Reading, Run
from tests.killing.accounts import PEOPLE, PEOPLE_AGAIN, change, linked
from tests.killing.crew import Crew, served
from tests.killing.points import PAGE, POINTS, QUESTIONED, RECORD
from tests.killing.truth import differences

pytestmark = pytest.mark.django_db(transaction=True)
PROVIDERS = ("homerun", "cats")
STORED = ("before commit", "after commit")
NARROWING = [(point, table) for table in (RECORD, QUESTIONED) for point in STORED]
"""Where to die while what is not ours goes: at a portion of it, and when it is said."""
ALONE, TOGETHER = dict(zip(POINTS, (0, 1, 1, 1, 0), strict=True)), dict(zip(POINTS, (1, 2, 2, 2, 0), strict=True))
"""How many requests a death at each point costs, where the second page is stored alone or with the first."""


def order(crew: Crew, people: str, point: str, visit: int = 2, who: str = "child") -> None:
    """Let somebody die at a page of the people; or of any, when it is stored."""
    crew.order(point, visit=visit, who=who, about=PAGE if "commit" in point else people)


def calls(emulator: Any) -> Counter[str]:
    """The requests since somebody last asked."""
    seen = Counter(f"{call.path} {call.query}" for call in emulator.calls)
    emulator.calls.clear()
    return seen


@pytest.mark.parametrize(
    ("slug", "wait", "again"), [("homerun", "0", ALONE), ("cats", "0", ALONE), ("homerun", "60", TOGETHER)]
)
def test_a_run_whose_process_is_killed_goes_on_from_its_checkpoint(slug, wait, again, tmp_path):
    with served(slug) as (emulator, address), Crew(tmp_path, "folder", {slug: address}, STORE_SECONDS=wait) as crew:
        whole, least = crew.sync(spared := linked(slug, emulator, "spared")), calls(emulator)
        for point in POINTS:
            order(crew, PEOPLE[slug], point)
            run, made = crew.sync(connection := linked(slug, emulator, point)), calls(emulator)

            assert [death["point"] for death in crew.deaths()][-1] == point
            assert (differences(connection, emulator), run.counts) == ([], whole.counts)
            assert (least - made, (made - least).total()) == (Counter(), again[point])

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


@pytest.mark.parametrize("slug", PROVIDERS)
def test_narrowing_whose_worker_is_killed_leaves_ours_alone_and_says_so_once(slug, tmp_path):
    with served(slug) as (emulator, address), Crew(tmp_path, "folder", {slug: address}) as crew:
        for point, table in NARROWING:
            crew.sync(connection := linked(slug, emulator, f"{point} {table}"))
            with scope(tenant=connection.tenant):
                mine = keep_some(connection)
                before = dict(live(connection).values_list("id", "document"))
                crew.order(point, about=table)
                keeping.choose(connection, only_ours=True)
                run = Run.objects.get(connection=connection, kind="narrow")
                crew.until(Run.objects.filter(pk=run.pk, ended_at__isnull=False).exists)

                assert not crew.withdraw(), (point, table)
                assert dict(live(connection).values_list("id", "document")) == {key: before[key] for key in mine}
                theirs = Record.objects.filter(connection=connection, model__in=kept.PEOPLE).exclude(id__in=mine)
                assert theirs.count() == len(before) - len(mine)
                assert not theirs.filter(emptied_at__isnull=True).exists()
                told = Change.objects.filter(connection=connection, cause="settings").values_list("kind", "after")
                counts = Counter(live(connection).values_list("model", flat=True))
                assert {kind: json.loads(after)["count"] for kind, after in told} == {
                    f"{model}.narrowed": counts[model] for model in kept.PEOPLE
                }
                assert told.count() == len(kept.PEOPLE)
                run.refresh_from_db()
                assert (run.state, Connection.objects.get(pk=connection.pk).owes) == ("succeeded", "")
        assert crew.started == 1


def live(connection: Connection) -> "QuerySet[Record]":
    """The people who are here, and their applications."""
    return Record.objects.filter(connection=connection, model__in=kept.PEOPLE, deleted_at__isnull=True)


def keep_some(connection: Connection) -> set[UUID]:
    """Three applications and whose they are: ours from now on."""
    some = list(Record.objects.filter(connection=connection, model="application").order_by("remote_id")[:3])
    people = Record.objects.filter(id__in=[each.candidate for each in some])
    kept.keep(connection, [(each.model, each.remote_id) for each in (*some, *people)], "import")
    return {each.id for each in (*some, *people)}


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
