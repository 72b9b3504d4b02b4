"""The process that writes is killed at each named point: what it did is done once, or said to be unknown."""

from itertools import count
from typing import Any

import pytest
from django_scopes import scope

from atsbridge.actions import intake
from atsbridge.actions.models import Action, State
from atsbridge.connections.models import Connection
from atsbridge.records.models import Record
from tests.actions.cells import CELLS, Cell, applications
from tests.killing.accounts import linked
from tests.killing.crew import Crew, served
from tests.killing.points import ACTION, Order

pytestmark = pytest.mark.django_db(transaction=True)
EXCHANGE = ("before send", "sent, unanswered", "answered, unstored")
STORED = ("before commit", "after commit")


def performed(crew: Crew, connection: Connection, cell: Cell, application: Record) -> Action:
    """An action, done by the worker."""
    with scope(tenant=connection.tenant):
        action = intake.accept(connection, intake.read(cell.kind, cell.given(application)))
        crew.until(Action.objects.filter(pk=action.pk, ended_at__isnull=False).exists)
        action.refresh_from_db()
    return action


def effects(emulator: Any) -> list[tuple[str, str]]:
    """What was written since somebody last asked: the method, and what changed."""
    with emulator.lock:
        found = [(effect.method, effect.what) for effect in emulator.effects]
        emulator.effects.clear()
    return found


@pytest.mark.parametrize("slug", CELLS)
def test_an_action_whose_process_is_killed_is_done_once(slug, tmp_path):
    with served(slug, people=800) as (emulator, address), Crew(tmp_path, "folder", {slug: address}) as crew:
        crew.sync(connection := linked(slug, emulator, "acme"))
        somebody = applications(connection)
        for cell in CELLS[slug]:
            spared = performed(crew, connection, cell, next(somebody))
            once = effects(emulator)
            assert (spared.state, spared.warnings, bool(once)) == (State.DONE, [], True), cell.kind
            for order in orders(once):
                for visit in count(order.visit):
                    crew.order(order.point, visit=visit, about=order.about)
                    action, done = performed(crew, connection, cell, next(somebody)), effects(emulator)
                    if crew.withdraw():
                        break  # it was not reached: there are no more steps
                    unknown = cell.blind and action.state == State.UNKNOWN and done in ([], once)
                    assert unknown or (action.state, done) == (State.DONE, once), f"{cell.kind}: {crew.deaths()[-1]}"
        assert crew.started == 1


def orders(once: list[tuple[str, str]]) -> list[Order]:
    """Where to die: at each write of an action, and before and after each of its commits but the one that takes it."""
    methods = dict.fromkeys(method for method, _ in once)
    writes = [Order(point, about=f"{method} ") for method in methods for point in EXCHANGE]
    return [*writes, *(Order(point, visit=2, about=ACTION) for point in STORED)]
