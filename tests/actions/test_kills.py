"""The process that writes is killed at each named point: what it did is done once, or said to be unknown."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from django_scopes import scope

from atsbridge.actions import batching
from atsbridge.actions.models import Action, State
from atsbridge.connections.models import Connection
from atsbridge.records.models import Change, Record
from atsbridge.tenants.models import Person
from tests.actions.cells import CELLS, Cell, applications, stages
from tests.actions.crews import Effects, effects, performed, spared
from tests.killing.accounts import linked
from tests.killing.crew import Crew, served
from tests.killing.points import ACTION, RECORD, Order

pytestmark = pytest.mark.django_db(transaction=True)
EXCHANGE = ("before send", "sent, unanswered", "answered, unstored")
STORED = ("before commit", "after commit")
COMMITS = (2, 3, 5, 8, 13, 21)
"""At which of its commits an action is killed: the first takes it, then come looks, writes and renewed leases."""
READING_BACK = (
    *(Order(point, about="POST /v3/pipelines/search") for point in EXCHANGE),
    *(Order(point, visit=visit, about=RECORD) for point in STORED for visit in (1, 2)),
)
"""Where to die while a batch reads back what it wrote."""
ALL = [(slug, cell) for slug, cells in CELLS.items() for cell in cells]
CLASSES = ("move_application", "create_candidate", "add_note")
"""An action of each way to settle what was lost: sent again, looked for, left to a person."""
SOME = [(slug, cell) for slug, cell in ALL if cell.kind in CLASSES]


@pytest.mark.sqlite
@pytest.mark.parametrize(("slug", "cell"), ALL, ids=str)
def test_an_action_whose_process_is_killed_is_done_once(slug, cell, tmp_path):
    with at_work(slug, tmp_path, "folder") as (emulator, crew, connection):
        somebody = applications(connection)
        once = spared(emulator, crew, connection, cell, somebody)
        for order in orders(once):
            for visit in COMMITS if order.about == ACTION else (order.visit,):
                crew.order(order.point, visit=visit, about=order.about)
                action, done = performed(crew, connection, cell, next(somebody)), effects(emulator)
                if crew.withdraw():
                    break  # it was not reached: there are no more steps
                assert is_once(cell, action, done, once), crew.deaths()[-1]
        assert crew.started == 1


@pytest.mark.postgres
@pytest.mark.redis
@pytest.mark.parametrize(("slug", "cell"), SOME, ids=str)
def test_over_redis_an_action_whose_whole_worker_is_killed_is_done_once(slug, cell, tmp_path):
    with at_work(slug, tmp_path, "redis") as (emulator, crew, connection):
        somebody = applications(connection)
        once = spared(emulator, crew, connection, cell, somebody)
        for order in orders(once):
            crew.order(order.point, visit=order.visit, about=order.about, who="worker")
            action, done = performed(crew, connection, cell, next(somebody)), effects(emulator)
            assert is_once(cell, action, done, once), crew.deaths()[-1]
        assert crew.started == 1 + len(orders(once))


@pytest.mark.sqlite
def test_a_batch_that_is_killed_before_it_is_read_back_ends_with_what_stands_there(tmp_path):
    with at_work("cats", tmp_path, "folder") as (emulator, crew, connection):
        dora, somebody = Person.objects.create_user("dora@acme.example", name="Dora"), applications(connection)
        for order in READING_BACK:
            some = list(islice(somebody, 3))
            crew.order(order.point, visit=order.visit, about=order.about)
            done = carried_out(crew, connection, some, dora)
            assert not crew.withdraw(), order
            assert [(each.state, each.warnings, each.unread) for each in done] == [(State.DONE, [], "")] * 3, order
            assert effects(emulator) == [("POST", "status changed")] * 3
            for each, action in zip(some, done, strict=True):
                with scope(tenant=connection.tenant):
                    told = Change.objects.filter(record=each.id, kind="stage_changed")
                    each.refresh_from_db()
                    assert list(told.values_list("cause_id", flat=True)) == [action.pk]
                truth = emulator.account.pipelines[int(each.remote_id)].status_id
                assert json.loads(each.document)["current_stage_id"] == str(truth)
        assert crew.started == 1


def carried_out(crew: Crew, connection: Connection, some: list[Record], dora: Person) -> list[Action]:
    """Each moved on by the worker as one batch, and read back."""
    with scope(tenant=connection.tenant):
        rows = [(each.remote_id, {"stage_id": stages(each)[0]}) for each in some]
        batch = batching.propose(connection, "move_application", {"stage_id": rows[0][1]["stage_id"]}, rows, dora)
        crew.until(lambda: not Action.objects.filter(rehearsal=True, ended_at=None).exists())
        batching.start(batch)
        ended = batch.actions.filter(ended_at__isnull=False, unread="")
        crew.until(lambda: ended.count() == len(some))
        return list(batch.actions.order_by("order"))


@contextmanager
def at_work(slug: str, folder: Path, broker: str) -> Iterator[tuple[Any, Crew, Connection]]:
    """A synced account, and the worker that writes to it."""
    with (
        served(slug, people=400) as (emulator, address),
        Crew(folder, broker, {slug: address}, SETTLE_SECONDS="0.3") as crew,
    ):
        crew.sync(connection := linked(slug, emulator, "acme"))
        yield emulator, crew, connection


def is_once(cell: Cell, action: Action, done: Effects, once: Effects) -> bool:
    """Whether it was done once and says so, or is not known to be done where nothing there can tell."""
    if cell.blind and action.state == State.UNKNOWN:
        return done in ([], once)
    return action.state == State.DONE and (done == once or (cell.idle and done == []))


def orders(once: Effects) -> list[Order]:
    """Where to die: at each write of an action, and before and after each of its commits but the one that takes it."""
    methods = dict.fromkeys(method for method, _ in once)
    writes = [Order(point, about=f"{method} ") for method in methods for point in EXCHANGE]
    return [*writes, *(Order(point, visit=2, about=ACTION) for point in STORED)]
