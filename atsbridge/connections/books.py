"""Budget and log of one caller's exchanges with a provider: written in transactions of their own, not in those that
store what was answered, so that what fails leaves its trace too.
"""

from collections.abc import Callable

from django.db import transaction

from atsbridge.connections.budget import Purse
from connectors.http import Exchange


class Books:
    """What a connector is handed to take its calls from and to tell of them.

    patient: a good answer is written down together with the next call, or when the connector is closed: a caller that
    makes one call after the other needs one transaction a call and not two. Whoever dies in between leaves a call that
    the budget counts until its deadline, and that the log does not know.
    """

    def __init__(self, purse: Purse, record: Callable[[Exchange], None], *, patient: bool = False) -> None:
        self.purse, self.record, self.patient = purse, record, patient
        self.over: Exchange | None = None

    def take(self) -> float:
        """Take one call: 0 to go ahead, else the seconds until it is worth asking again."""
        with transaction.atomic(durable=True):
            wait = self.purse.take(self.over)
            if self.over:
                self.record(self.over)
        self.over = None
        return wait

    def note(self, exchange: Exchange) -> None:
        """An exchange is over."""
        self.over = exchange
        if not self.patient or exchange.error or exchange.body:
            self.settle()

    def settle(self) -> None:
        """Write down what is not written yet."""
        if self.over:
            with transaction.atomic(durable=True):
                self.purse.told(self.over)
                self.record(self.over)
            self.over = None
