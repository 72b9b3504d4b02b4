"""Budget and log of one caller's exchanges with a provider: written in transactions of their own, not in those that
store what was answered, so that what fails leaves its trace too.
"""

import time
from collections.abc import Callable, Sequence

from django.db import transaction

from atsbridge.connections.budget import HELD_SECONDS, Purse
from connectors.http import Exchange

MOST = 8
"""Calls that a patient caller takes at once."""


class Books:
    """What a connector is handed to take its calls from and to tell of them.

    patient: as many calls are taken at once as this caller lately made in half a second, and good answers are written
    down together with the next taking, or when the connector is closed: a caller that makes one call after the other
    needs one transaction for a few. Whoever dies in between leaves calls that the budget counts until their deadline,
    and that the log does not know.
    """

    def __init__(self, purse: Purse, record: Callable[[Sequence[Exchange]], None], *, patient: bool = False) -> None:
        self.purse, self.record, self.patient = purse, record, patient
        self.over: list[Exchange] = []
        self.taken_at = 0.0

    def take(self) -> float:
        """Take one call: 0 to go ahead, else the seconds until it is worth asking again."""
        if self.purse.held and time.monotonic() - self.taken_at < HELD_SECONDS and self.purse.undisturbed():
            self.purse.held -= 1
            return 0
        most = self._most()
        with transaction.atomic(durable=True):
            wait = self.purse.take(self.over, most=most)
            self.record(self.over)
        self.over, self.taken_at = [], time.monotonic()
        return wait

    def note(self, exchange: Exchange) -> None:
        """An exchange is over."""
        self.over.append(exchange)
        if not self.patient or exchange.error or exchange.body:
            self.settle()

    def settle(self) -> None:
        """Write down what is not written yet, and give back what was not used."""
        if self.over or self.purse.held:
            with transaction.atomic(durable=True):
                self.purse.told(self.over)
                self.record(self.over)
            self.over = []

    def _most(self) -> int:
        """How many calls this caller will most likely make while it may hold them."""
        seconds = max(time.monotonic() - self.taken_at, 0.001)
        return max(1, min(MOST, int(len(self.over) / seconds * HELD_SECONDS)))
