"""Actions of every kind, while whoever performs them is killed at random and answers are lost.

Afterwards what was done in the emulated ATSs is counted: what says that it is done was done once, and nothing twice.
"""

import random
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django_scopes import scope

from atsbridge.actions import intake
from atsbridge.actions.models import Action, State
from atsbridge.connections.models import Connection
from atsbridge.records.models import Record
from tests.actions.cells import CELLS, Cell, applications
from tests.actions.crews import Effects, effects, spared
from tests.killing.crew import Crew

AT_ONCE = 4
"""Actions that are under way in each account."""
LOST = ({"when": "before"}, {"when": "after"}, {"when": "late", "late": 1.0})
"""When a write without an answer is applied: never, at once, a second later."""
SILENCE = 240.0
"""Seconds after which an action hangs."""


@dataclass
class Written:
    """An account that is written to. once: what each kind of action does where nobody dies."""

    connection: Connection
    emulator: Any
    somebody: Iterator[Record]
    once: dict[str, Effects] = field(default_factory=dict)
    asked: list[tuple[Cell, Action]] = field(default_factory=list)
    faults: int = 0

    def learn(self, crew: Crew) -> None:
        """Do one action of each kind in peace."""
        for cell in CELLS[self.connection.connector]:
            self.once[cell.kind] = spared(self.emulator, crew, self.connection, cell, self.somebody)

    def ask(self, dice: random.Random) -> None:
        """One more action, where there is room for it, on somebody who had none yet."""
        with scope(tenant=self.connection.tenant):
            if Action.objects.filter(connection=self.connection, ended_at__isnull=True).count() >= AT_ONCE:
                return
            cell = dice.choice(CELLS[self.connection.connector])
            action = intake.accept(self.connection, intake.read(cell.kind, cell.given(next(self.somebody))))
        self.asked.append((cell, action))
        if dice.random() < 0.3:
            self.emulator.fail("timeout", method="write", **dice.choice(LOST))
            self.faults += 1

    def ended(self) -> list[tuple[Cell, Action]]:
        """The actions that have come to an end, as they are now."""
        with scope(tenant=self.connection.tenant):
            found = Action.objects.in_bulk([action.pk for _, action in self.asked])
        return [(cell, found[action.pk]) for cell, action in self.asked if found[action.pk].ended_at]

    def wrong(self) -> list[str]:
        """What was done too often, or says that it is done and is not, in words."""
        self.emulator.catch_up()
        ended, done = self.ended(), Counter(effects(self.emulator))
        sure = [cell for cell, action in ended if action.state == State.DONE and not cell.idle]
        least = Counter(each for cell in sure for each in self.once[cell.kind])
        maybe = [cell for cell, action in ended if action.state == State.UNKNOWN or cell.idle]
        most = least + Counter(each for cell in maybe for each in self.once[cell.kind])
        odd = [action for _, action in ended if action.state not in (State.DONE, State.UNKNOWN)]
        blind = [action for cell, action in ended if action.state == State.UNKNOWN and not cell.blind]
        return [
            *(f"{what} {count} times too often" for what, count in (done - most).items()),
            *(f"{what} {count} times too seldom" for what, count in (least - done).items()),
            *(f"{action.kind} hangs: {action.waits_for}" for _, action in self.asked[len(ended) :]),
            *(f"{action.kind} ended {action.state}: {action.error}" for action in (*odd, *blind)),
        ]


def torture(crew: Crew, accounts: list[Written], dice: random.Random, count: int) -> Counter[str]:
    """Ask for so many actions in all, and kill meanwhile; what was killed."""
    kills, due = Counter[str](), time.monotonic()
    while sum(len(account.asked) for account in accounts) < count:
        dice.choice(accounts).ask(dice)
        if time.monotonic() > due:
            due = time.monotonic() + dice.uniform(0.5, 3)
            kills[_kill(crew, dice)] += 1
        time.sleep(0.1)
        crew.keep_up()
    end = time.monotonic() + SILENCE
    while any(len(account.ended()) < len(account.asked) for account in accounts) and time.monotonic() < end:
        time.sleep(0.1)
        crew.keep_up()
    return kills


def _kill(crew: Crew, dice: random.Random) -> str:
    """Order whoever comes next to a write, or to its storing, to die there; or kill the whole worker at once."""
    crew.withdraw()
    if dice.random() < 0.2:
        crew.kill()
        return "the whole worker"
    point = dice.choice(("before send", "sent, unanswered", "answered, unstored", "before commit", "after commit"))
    about = "actions_action" if "commit" in point else dice.choice(("POST ", "PUT ", "PATCH ", "DELETE "))
    crew.order(point, visit=dice.randint(1, 3), about=about)
    return point


def accounts(crew: Crew, linked: list[tuple[Connection, Any]]) -> list[Written]:
    """Accounts, read and learned."""
    found = []
    for connection, emulator in linked:
        crew.sync(connection)
        found.append(Written(connection, emulator, applications(connection)))
        found[-1].learn(crew)
    return found
