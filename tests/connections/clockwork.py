"""An account, its users and one virtual clock: what happens in an hour, in seconds."""

import heapq
import itertools
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx
import time_machine

import connectors
from atsbridge.connections.budget import Purpose, Purse
from connectors.http import Exchange

NOON = datetime(2026, 11, 19, 12, tzinfo=UTC)
PATHS = {"homerun": ("ping", "Bearer"), "cats": ("site", "Token")}


@dataclass
class World:
    """Whoever calls one emulated account. ours, others: (seconds since the beginning, status) of every answer."""

    slug: str
    emulator: Any
    clock: time_machine.Traveller
    seed: int = 1
    ours: list[tuple[float, int]] = field(default_factory=list)
    others: list[tuple[float, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.now, self._order, self._due = 0.0, itertools.count(), list[tuple[float, int, Callable[[], None]]]()
        self.dice = random.Random(self.seed)
        self.network = httpx.Client(transport=self.emulator.transport(), base_url=connectors.get(self.slug).base_url)

    def at(self, when: float, act: Callable[[], None]) -> None:
        """Let something happen."""
        heapq.heappush(self._due, (when, next(self._order), act))

    def until(self, end: float) -> None:
        """Let time pass."""
        while self._due and self._due[0][0] <= end:
            self.now, _, act = heapq.heappop(self._due)
            self.clock.move_to(NOON.timestamp() + self.now)
            act()
        self.now = end

    def answer(self) -> httpx.Response:
        """What the provider says to one call now."""
        path, kind = PATHS[self.slug]
        return self.network.get(path, headers={"Authorization": f"{kind} {self.emulator.key}"})

    def worker(
        self, account: str, purpose: Purpose = "read", lasts: Callable[[], float] = lambda: 0.2, pause: float = 0.01
    ) -> None:
        """A process of ours that always has something to ask; each exchange lasts so long, and the provider counts it
        somewhere in between.
        """

        def begin() -> None:
            purse = Purse(self.slug, account, purpose)
            wait = purse.take()
            if wait:
                self.at(self.now + wait, begin)
                return
            length = lasts()
            self.at(self.now + self.dice.random() * length, lambda: arrive(purse, self.now + length))

        def arrive(purse: Purse, end: float) -> None:
            response = self.answer()
            self.at(max(end, self.now), lambda: finish(purse, response))

        def finish(purse: Purse, response: httpx.Response) -> None:
            self.ours.append((self.now, response.status_code))
            headers = {name.lower(): value for name, value in response.headers.items()}
            purse.told([Exchange("GET", "", "", NOON, status=response.status_code, response_headers=headers)])
            self.at(self.now + pause, begin)

        self.at(self.now, begin)

    def program(self, times: Iterator[float]) -> None:
        """Another program that calls at these times, and cares for nothing."""

        def call() -> None:
            self.others.append((self.now, self.answer().status_code))
            self.at(next(times), call)

        self.at(next(times), call)

    def refusals(self) -> list[float]:
        """When we were told 429."""
        return [when for when, status in self.ours if status == 429]


def evenly(calls: int, per: float) -> Iterator[float]:
    """So many calls in each window, one after the other."""
    return (number * per / calls + 0.005 for number in itertools.count())


def in_bursts(calls: int, per: float) -> Iterator[float]:
    """So many calls at once in each window."""
    return (window * per + number * 0.05 for window in itertools.count() for number in range(calls))
