"""Kills at random moments, while other people change the accounts and providers misbehave, for as long as one likes.

Each account is read by one run after the other. What is killed: the process that works on a run, the whole worker with
its beat, and on PostgreSQL a connection to the database, at the database's end.
"""

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import connection as database
from django_scopes import scope, scopes_disabled

from atsbridge.connections.models import Connection
from atsbridge.sync import schedule
from atsbridge.sync.models import Run
from connectors.emulation import FAULTS
from tests.killing.accounts import PEOPLE
from tests.killing.crew import Crew

CHILD, WORKER, BACKEND = "the process at work", "the whole worker", "a database connection"
OFTEN = {CHILD: 6, WORKER: 2, BACKEND: 1}
"""What is killed → how often against the others."""
TASK = "atsbridge.sync.tasks.advance"
SOON_OVER = tuple(kind for kind in FAULTS if kind != "429_silent")
"""Faults that pass soon: after a 429 without a word of how long an account is left alone for its whole window."""
REFUSALS = ("401", "402", "403", "404_says_403")
"""Faults that only lists answer: where an account refuses its key twice, which CATS says with a 403, a person has to
relink it."""
SILENCE = 240.0
"""Seconds after which a run hangs: longer than the longest pause that it takes."""


@dataclass
class Kill:
    """One kill. held: the runs whose slice it cut off → their leases; moved: seconds until somebody else had them."""

    kind: str
    at: float = field(default_factory=time.monotonic)
    held: dict[UUID, UUID] = field(default_factory=dict)
    moved: dict[UUID, float] = field(default_factory=dict)


@dataclass
class Account:
    """A linked account, and what happened there."""

    connection: Connection
    emulator: Any
    requests: int = 0
    faults: int = 0
    changes: Counter[str] = field(default_factory=Counter)

    def runs(self) -> list[Run]:
        """All its runs, the first first."""
        with scope(tenant=self.connection.tenant):
            return list(Run.objects.filter(connection=self.connection).order_by("number"))

    def open(self) -> bool:
        """Whether a run is under way."""
        with scope(tenant=self.connection.tenant):
            return Run.objects.filter(connection=self.connection, ended_at__isnull=True).exists()

    def start(self, trigger: str) -> None:
        """Begin the next run: complete where somebody asks for it, on the timer mostly quick."""
        with scope(tenant=self.connection.tenant):
            self.connection.refresh_from_db()
            schedule.start(self.connection, trigger)

    def drain(self) -> None:
        """Count the requests since the last time; the emulator itself forgets the oldest of many."""
        with self.emulator.lock:
            self.requests += len(self.emulator.calls)
            self.emulator.calls.clear()


class Torture:
    """A crew, its accounts, and dice. `pace`: what people change a minute in each account."""

    def __init__(self, crew: Crew, accounts: list[Account], dice: random.Random, pace: float) -> None:
        self.crew, self.accounts, self.dice, self.pace = crew, accounts, dice, pace
        self.kills: list[Kill] = []
        self.lived = self.kill_due = self.fault_due = time.monotonic()

    def go(self, count: int) -> None:
        """Kill so many times, then let what is under way come to its end."""
        while len(self.kills) < count:
            self._step()
            self._live()
            self._misbehave()
            self._kill()
            for account in self.accounts:
                if not account.open():
                    account.start(self.dice.choice(("command", "schedule")))
        for account in self.accounts:
            account.emulator.heal()
        self.rest()

    def rest(self) -> None:
        """Wait until no run is under way, or one hangs."""
        end = time.monotonic() + SILENCE
        while any(account.open() for account in self.accounts) and time.monotonic() < end:
            self._step()

    def _step(self) -> None:
        time.sleep(0.05)
        self.crew.keep_up()
        for kill in self.kills:
            self._watch(kill)
        for account in self.accounts:
            account.drain()

    def _live(self) -> None:
        count = int((time.monotonic() - self.lived) * self.pace / 60)
        if count:
            self.lived = time.monotonic()
            for account in self.accounts:
                account.changes.update(account.emulator.life.happen(count))

    def _misbehave(self) -> None:
        if time.monotonic() < self.fault_due:
            return
        account, times, kind = self.dice.choice(self.accounts), self.dice.choice((1, 1, 3)), self.dice.choice(SOON_OVER)
        path = PEOPLE[account.connection.connector] if kind in REFUSALS else ""
        account.emulator.fail(kind, times=times, path=path, seconds=1, rows=50)
        account.faults += times
        self.fault_due = time.monotonic() + self.dice.uniform(2, 8)

    # Kills

    def _kill(self) -> None:
        """Kill somebody when it is time for it, and somebody is at work."""
        at_work = sorted(self._at_work())
        if time.monotonic() < self.kill_due or not at_work:
            return
        kinds = [kind for kind in OFTEN if kind != BACKEND or database.vendor == "postgresql"]
        [kind] = self.dice.choices(kinds, [OFTEN[kind] for kind in kinds])
        self.kills.append(KILLS[kind](self, self.dice.choice(at_work)))
        print(f"{len(self.kills)}. {kind}", flush=True)
        self.kill_due = time.monotonic() + self.dice.uniform(0.3, 3)

    def _kill_child(self, who: Path) -> Kill:
        with suppress(ProcessLookupError):
            os.kill(int(who.name), signal.SIGKILL)
        return Kill(CHILD, held=_held([who]))

    def _kill_worker(self, who: Path) -> Kill:
        self.crew.kill()
        return Kill(WORKER, held=_held(self._at_work()))

    def _cut_off(self, who: Path) -> Kill:
        """Cut somebody's connection off; where nobody has one yet, kill who is at work."""
        others = "pid <> pg_backend_pid() AND datname = current_database()"
        with database.cursor() as cursor:
            cursor.execute(f"SELECT pid FROM pg_stat_activity WHERE {others} ORDER BY pid")  # noqa: S608 (a constant)
            pids = cursor.fetchall()
            if pids:
                cursor.execute("SELECT pg_terminate_backend(%s)", self.dice.choice(pids))
        return Kill(BACKEND) if pids else self._kill_child(who)

    def _at_work(self) -> list[Path]:
        """The words that those who work on a run have left."""
        return [each for each in (self.crew.orders / "working").glob("*") if _read(each).startswith(TASK)]

    def _watch(self, kill: Kill) -> None:
        """Note which of the runs that a kill cut off have moved on."""
        for run, lease in kill.held.items():
            with scopes_disabled():
                if run not in kill.moved and not Run.objects.filter(pk=run, lease=lease).exists():
                    kill.moved[run] = time.monotonic() - kill.at


KILLS: dict[str, Callable[[Torture, Path], Kill]] = {
    CHILD: Torture._kill_child,
    WORKER: Torture._kill_worker,
    BACKEND: Torture._cut_off,
}


def _held(left: Iterable[Path]) -> dict[UUID, UUID]:
    """The runs that the dead held, and their leases; who was still able to end takes its word back."""
    time.sleep(0.02)  # a signal takes its time
    words = {each: _read(each).split() for each in left}
    for each in words:
        each.unlink(missing_ok=True)
    with scopes_disabled():
        runs = Run.objects.filter(pk__in=[word[1] for word in words.values() if word], lease__isnull=False)
        return {run: lease for run, lease in runs.values_list("pk", "lease") if lease}


def _read(path: Path) -> str:
    """What stands there; nothing where it is gone meanwhile."""
    with suppress(FileNotFoundError):
        return path.read_text()
    return ""
