"""Actions that are done by a worker, and what they did in the emulated ATS."""

from collections.abc import Iterator
from typing import Any

from django_scopes import scope

from atsbridge.actions import intake
from atsbridge.actions.models import Action, State
from atsbridge.connections.models import Connection
from atsbridge.records.models import Record
from tests.actions.cells import Cell
from tests.killing.crew import Crew

type Effects = list[tuple[str, str]]
"""The method of a write, and what it changed."""


def performed(crew: Crew, connection: Connection, cell: Cell, application: Record) -> Action:
    """An action, done by the worker."""
    with scope(tenant=connection.tenant):
        action = intake.accept(connection, intake.read(cell.kind, cell.given(application)))
        crew.until(Action.objects.filter(pk=action.pk, ended_at__isnull=False).exists)
        action.refresh_from_db()
    return action


def effects(emulator: Any) -> Effects:
    """What was written since somebody last asked, nothing of it twice; which triggers that fires depends on the job."""
    with emulator.lock:
        found = list(emulator.effects)
        emulator.effects.clear()
    assert [effect.times for effect in found] == [1] * len(found), found
    return [(effect.method, effect.what) for effect in found if effect.what != "trigger fired"]


def spared(emulator: Any, crew: Crew, connection: Connection, cell: Cell, somebody: Iterator[Record]) -> Effects:
    """What the action does where nobody dies."""
    while True:
        action, done = performed(crew, connection, cell, next(somebody)), effects(emulator)
        assert action.state == State.DONE
        if done:
            return done
        assert cell.idle
