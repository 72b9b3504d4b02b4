"""How many calls a provider account still allows: one row per account, shared by every process.

A sliding window of counted calls, in slices of a 360th of the provider's window (10 s of an hour). Ordinary work leaves
`BUDGET_FLOOR_PERCENT` of the limit alone; what a person is waiting for may use that too. The limit is the provider's
own, learned from its headers; so is what others than us use of it. After a 429 nobody calls before its time is over.
"""

import hashlib
import math
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

import connectors
from atsbridge.connections.models import Budget, Connection
from connectors.http import Exchange, retry_after

SLICES = 360


@dataclass(frozen=True, slots=True)
class Use:
    """What a page shows: the calls `used` of `limit` in any `per` seconds, how many are kept for people, and until when
    nobody may call."""

    limit: int
    used: int
    reserved: int
    per: float
    blocked_until: datetime | None

    @property
    def left(self) -> int:
        """Calls that people may still make."""
        return max(0, self.limit - self.used)

    @property
    def left_for_syncs(self) -> int:
        """Calls that ordinary work may still make."""
        return max(0, self.limit - self.reserved - self.used)


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
    accounts = {account for _, account in of.values()}
    rows = {(row.connector, row.account): row for row in Budget.objects.filter(account__in=accounts)}
    return {pk: _use(each, rows.get((each.connector, account))) for pk, (each, account) in of.items()}


def _use(connection: Connection, row: Budget | None) -> Use:
    declared = connection.speaks.limit
    if row is None:
        return Use(declared.calls, 0, reserved(declared.calls), declared.per, None)
    now = time.time()
    calls = _within(row.calls, declared.per, now)
    used = min(row.limit, _count(calls) + _fading(row.others, calls, declared.per, now))
    blocked = row.blocked_until if row.blocked_until and row.blocked_until > timezone.now() else None
    return Use(row.limit, used, reserved(row.limit), declared.per, blocked)


def reserved(limit: int) -> int:
    """How many calls of a limit are kept for what a person is waiting for."""
    percent: int = settings.BUDGET_FLOOR_PERCENT
    return math.ceil(limit * percent / 100)


class Purse:
    """One caller's hand in an account's budget: `take` before a call, `learn` and `told` after it."""

    def __init__(self, connector: str, account: str, *, urgent: bool = False) -> None:
        self.connector, self.account, self.urgent = connector, account, urgent
        self.declared = connectors.get(connector).limit
        self.limit, self.own, self.others = self.declared.calls, 0, 0

    def take(self) -> float:
        """Take one call: 0 to go ahead, else the seconds until it is worth asking again."""
        with transaction.atomic(durable=True):
            row, now = self._locked(), time.time()
            calls = _within(row.calls, self.declared.per, now)
            self.limit, self.others = row.limit, row.others
            wait = self._wait(row, calls, now)
            if wait == 0:
                _add(calls, self.declared.per / SLICES, now)
                self.own, row.calls = _count(calls), calls
                row.save(update_fields=["calls"])
        return wait

    def learn(self, headers: Mapping[str, str]) -> None:
        """Learn the limit, and what others use of it, from an answer's headers."""
        limit, remaining = (_number(headers.get(name)) for name in self.declared.headers)
        limit = limit or self.limit
        others = self.others if remaining is None else max(0, limit - remaining - self.own)
        if limit != self.limit or abs(others - self.others) > limit / 50:
            Budget.objects.filter(connector=self.connector, account=self.account).update(limit=limit, others=others)
            self.limit, self.others = limit, others

    def told(self, exchange: Exchange) -> None:
        """Keep everybody away for as long as a 429 says."""
        if exchange.status == 429:
            until = timezone.now() + timedelta(seconds=retry_after(exchange.response_headers, self.declared.per))
            Budget.objects.filter(connector=self.connector, account=self.account).update(blocked_until=until)

    def _locked(self) -> Budget:
        row, _ = Budget.objects.select_for_update().get_or_create(
            connector=self.connector, account=self.account, defaults={"limit": self.declared.calls}
        )
        return row

    def _wait(self, row: Budget, calls: list[list[float]], now: float) -> float:
        blocked = row.blocked_until.timestamp() - now if row.blocked_until else 0
        allowed = max(1, row.limit - (0 if self.urgent else reserved(row.limit)))
        return max(0.0, blocked, _until_free(calls, self.others, allowed, self.declared.per, now))


def merge(connector: str, fingerprint: str, account_id: str) -> None:
    """The account behind a key became known: what the key used so far counts for the account."""
    source, target = account_of("", fingerprint), account_of(account_id, fingerprint)
    if source == target:
        return
    with transaction.atomic():
        known = Budget.objects.select_for_update()
        key = known.filter(connector=connector, account=source).first()
        if key is None:
            return
        account, _ = known.get_or_create(connector=connector, account=target, defaults={"limit": key.limit})
        account.calls = sorted([*account.calls, *key.calls])
        account.blocked_until = max(filter(None, (account.blocked_until, key.blocked_until)), default=None)
        account.save()
        key.delete()


def _within(calls: list[list[float]], per: float, now: float) -> list[list[float]]:
    """The slices `[start, calls]` that still count; one counts until its last moment has left the window."""
    oldest = now - per - per / SLICES
    return [entry for entry in calls if entry[0] > oldest]


def _count(calls: list[list[float]]) -> int:
    return int(sum(count for _, count in calls))


def _fading(others: int, calls: list[list[float]], per: float, now: float) -> int:
    """What others used, as our last call showed it: it leaves the window bit by bit after that."""
    age = now - calls[-1][0] if calls else per
    return round(others * max(0, 1 - age / per))


def _add(calls: list[list[float]], length: float, now: float) -> None:
    start = math.floor(now / length) * length
    if calls and calls[-1][0] == start:
        calls[-1][1] += 1
    else:
        calls.append([start, 1])


def _until_free(calls: list[list[float]], others: int, allowed: int, per: float, now: float) -> float:
    """The seconds until one more call fits, 0 where it fits now."""
    own = _count(calls)
    if own + _fading(others, calls, per, now) < allowed:
        return 0
    if own < allowed:  # others use the rest, and nobody knows when they stop
        return per / 60
    for start, count in calls:
        own -= int(count)
        if own < allowed:
            return max(0.1, start + per + per / SLICES - now)
    raise AssertionError("unreachable")


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdigit() else None
