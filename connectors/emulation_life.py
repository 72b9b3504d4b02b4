"""Accounts that other people change at the same time: plausible changes in a seed's order, at once or at a rate."""

import random
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from connectors.emulation_words import LANDS

TRIES = 50
type Dice = random.Random
type Deed = tuple[int, Callable[[Dice], Any]]
"""How often, against the others, people do it; and how. It answers False where it finds nothing to do it to."""


class Alive(Protocol):
    """What has a life."""

    lock: Any

    def deeds(self) -> Sequence[Deed]:
        """All that people do there."""


class Life:
    """What people do in an account; two accounts of one seed live the same life."""

    def __init__(self, account: Alive, seed: int) -> None:
        self.account = account
        self.dice = random.Random(f"life {seed}")  # noqa: S311 - imagination, not a secret
        self._halt = threading.Event()
        self._thread: threading.Thread | None = None

    def happen(self, count: int) -> dict[str, int]:
        """Do so many things; how often which was done."""
        done: Counter[str] = Counter()
        for _ in range(count):
            with self.account.lock:
                done.update(self._one())
        return dict(sorted(done.items()))

    def _one(self) -> list[str]:
        deeds = self.account.deeds()
        for _ in range(TRIES if deeds else 0):
            [(_, deed)] = self.dice.choices(deeds, [often for often, _ in deeds])
            if deed(self.dice) is not False:
                return [deed.__name__]
        return []

    def go_on(self, per_minute: float) -> None:
        """Let things happen at this rate from now on, by a thread; 0 halts."""
        self._halt.set()
        if self._thread:
            self._thread.join()
        self._halt, self._thread = threading.Event(), None
        if per_minute > 0:
            self._thread = threading.Thread(target=self._live, args=(self._halt, 60 / per_minute), daemon=True)
            self._thread.start()

    def _live(self, halt: threading.Event, pause: float) -> None:
        while not halt.wait(pause):
            self.happen(1)


def name(dice: Dice) -> tuple[str, str]:
    """Somebody's first and last name."""
    land = dice.choice(LANDS)
    return dice.choice(land.first), dice.choice(land.last)
