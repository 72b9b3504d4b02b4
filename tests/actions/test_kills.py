"""The process that writes is killed at each named point: what it did is done once, or said to be unknown."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from atsbridge.actions.models import Action, State
from atsbridge.connections.models import Connection
from tests.actions.cells import CELLS, Cell, applications
from tests.actions.crews import Effects, effects, performed, spared
from tests.killing.accounts import linked
from tests.killing.crew import Crew, served
from tests.killing.points import ACTION, Order

pytestmark = pytest.mark.django_db(transaction=True)
EXCHANGE = ("before send", "sent, unanswered", "answered, unstored")
STORED = ("before commit", "after commit")
COMMITS = (2, 3, 5, 8, 13, 21)
"""At which of its commits an action is killed: the first takes it, then come looks, writes and renewed leases."""
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
