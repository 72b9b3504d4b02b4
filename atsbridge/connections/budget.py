"""How many calls a provider account still allows: one row per account, shared by every process.

What a call is for decides how far it may go (`Purpose`). Ordinary reading leaves `BUDGET_FLOOR_PERCENT` of the limit
alone; what a person or a machine waits for, writes among it, may use that too, and while a write waits no reading goes
before it. The limit is the provider's own, learned from its headers; so is what others than us use of it. After a 429
nobody calls before its time is over, and our share shrinks for a while.
"""

import hashlib
import math
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

import connectors
from atsbridge.connections.models import Budget, Connection
from atsbridge.connections.window import Window
from connectors.errors import retry_after
from connectors.http import Exchange

type Purpose = Literal["read", "person", "write"]
type Allowance = Callable[[], bool]
"""Asked where only the floor is left: True lets this one call of a read use it, and counts it."""

LATE = 5.0
"""Seconds after its deadline in which what was sent last may still reach the provider."""
HELD_SECONDS = 0.5
"""Within these a call that was taken ahead has to begin."""


@dataclass(frozen=True, slots=True)
class Use:
    """What a page shows: of `limit` calls in any `per` seconds, how many are our `own`, how many are `others`', how
    many are `reserved` for people, how many `ceded` to others after a 429; until when nobody may call."""

    limit: int
    own: int
    others: int
    reserved: int
    per: float
    blocked_until: datetime | None = None
    ceded: int = 0

    @property
    def used(self) -> int:
        """Calls that count now, whoever made them."""
        return min(self.limit, self.own + self.others)

    @property
    def left(self) -> int:
        """Calls that people may still make."""
        return max(0, self.limit - self.used)

    @property
    def left_for_syncs(self) -> int:
        """Calls that ordinary work may still make."""
        share = self.limit - self.ceded
        most = min(share - min(self.reserved, share // 2), self.limit - self.reserved - self.others)
        return max(0, most - self.own)


def account_of(account_id: str, fingerprint: str) -> str:
    """Whose budget a call takes from: the provider account's where it is known, else the key's."""
    if not account_id:
        return f"key {fingerprint}"
    return f"id {account_id}" if len(account_id) < 70 else f"id {hashlib.sha256(account_id.encode()).hexdigest()}"


def use(connection: Connection) -> Use:
    """How much of its provider's limit a connection's account has used."""
    return uses([connection])[connection.pk]


def uses(connections: Iterable[Connection]) -> dict[UUID, Use]:
    """The same of several connections, in one query."""
    of = {each.pk: (each, account_of(each.account_id, each.fingerprint)) for each in connections}
    named = Budget.objects.filter(account__in={account for _, account in of.values()})
    found = Budget.objects.filter(Q(pk__in=named.values("pk")) | Q(account__in=named.values("joined")))
    rows = {(row.connector, row.account): row for row in found}
    used: dict[UUID, Use] = {}
    for pk, (connection, account) in of.items():
        row = rows.get((connection.connector, account))
        used[pk] = _use(connection, rows.get((connection.connector, row.joined)) if row and row.joined else row)
    return used


def _use(connection: Connection, row: Budget | None) -> Use:
    declared = connection.speaks.limit
    if row is None:
        return Use(declared.calls, 0, 0, reserved(declared.calls), declared.per)
    window = Window(row, declared.per, time.time())
    blocked = row.blocked_until if window.blocked else None
    return Use(row.limit, window.own, window.others, reserved(row.limit), declared.per, blocked, window.ceded)


def reserved(limit: int) -> int:
    """How many calls of a limit are kept for what a person is waiting for."""
    percent: int = settings.BUDGET_FLOOR_PERCENT
    return math.ceil(limit * percent / 100)


class Purse:
    """One caller's hand in an account's budget: `take` before exchanges, `told` after them.

    who: the work that calls, so that a write that waits is the same one when it comes again. seconds: how long an
    exchange may last. held: calls that are taken and have not begun.
    """

    def __init__(
        self,
        connector: str,
        account: str,
        purpose: Purpose = "read",
        *,
        who: UUID | None = None,
        allowance: Allowance | None = None,
        seconds: float = 30,
    ) -> None:
        self.connector, self.account, self.purpose = connector, account, purpose
        self.who, self.allowance, self.seconds = str(who or uuid4()), allowance, seconds
        self.declared = connectors.get(connector).limit
        self.deadline = 0.0
        self.held = 0
        self.row = 0

    def take(self, over: Sequence[Exchange] = (), *, most: int = 1) -> float:
        """Take one call: 0 to go ahead, else the seconds until it is worth asking again. `over`: the exchanges before
        it, where nobody has been told of them yet. `most`: how many calls to take at once, where nobody else calls and
        ordinary reading may go on; they are `held`, and have to begin within `HELD_SECONDS`.
        """
        with transaction.atomic(savepoint=False):
            window = self._window()
            told = self._settle(window, over)
            wait = self._wait(window)
            if wait == 0:
                self._book(window, most)
                window.row.writes.pop(self.who, None)
            elif self.purpose == "write":
                window.promise(self.who, wait)
            if told or wait == 0 or self.purpose == "write":
                window.row.save()
        return wait

    def told(self, over: Sequence[Exchange]) -> None:
        """Exchanges are over: count them from now, learn from their headers, keep everybody away after a 429; what was
        held and never began is given back.

        Without an answer nobody knows when the provider counted one: it stays booked until its deadline.
        """
        with transaction.atomic(savepoint=False):
            window = self._window()
            self._settle(window, over)
            window.row.save()

    def undisturbed(self) -> bool:
        """Whether what is held may be used: no write waits, and nobody was refused since."""
        now = Budget.objects.filter(pk=self.row).only("writes", "blocked_until").first()
        return now is not None and not now.writes and not (now.blocked_until and now.blocked_until > timezone.now())

    def _book(self, window: Window, most: int) -> None:
        alone, self.row = not window.row.open, window.row.pk
        self.deadline = window.now + self.seconds + LATE + (HELD_SECONDS if most > 1 else 0)
        window.book(self.deadline)
        while alone and self.held < most - 1 and window.wait(reserved(window.row.limit)) == 0:
            window.book(self.deadline)
            self.held += 1

    def _settle(self, window: Window, over: Sequence[Exchange]) -> bool:
        """Give back what was held, and learn from what is over; whether there was any of it."""
        found = bool(over or self.held)
        for _ in range(self.held):
            window.give_back(self.deadline)
        for exchange in over:
            self._learn(window, exchange)
        self.held = 0
        return found

    def _learn(self, window: Window, exchange: Exchange) -> None:
        limit, remaining = (_number(exchange.response_headers.get(name)) for name in self.declared.headers)
        if exchange.status is not None:
            window.close(self.deadline, window.now)
        window.learn(limit, remaining)
        if exchange.status == 429:
            window.refused(retry_after(exchange.response_headers, self.declared.per))

    def _window(self) -> Window:
        return Window(locked(self.connector, self.account), self.declared.per, time.time())

    def _wait(self, window: Window) -> float:
        if self.purpose != "read":
            return max(window.blocked, window.wait(0))
        first = max(window.blocked, window.promised)
        wait = window.wait(reserved(window.row.limit))
        if wait and self.allowance and first == 0 and window.wait(0) == 0 and self.allowance():
            return 0
        return max(first, wait)


def locked(connector: str, account: str) -> Budget:
    """The row that counts for an account, locked: its own, or that of the account it has joined."""
    declared = connectors.get(connector).limit.calls
    rows = Budget.objects.select_for_update()
    row, _ = rows.get_or_create(connector=connector, account=account, defaults={"limit": declared})
    return locked(connector, row.joined) if row.joined else row


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdigit() else None
