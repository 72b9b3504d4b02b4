"""The sliding window of one account's calls: how many count now, and when one more fits.

A call counts from the moment it is booked until one window after its exchange ended; where nobody knows the end, after
its deadline: the provider counted it at some time in between. Calls that ended are kept in slices of a 360th of the
window (10 s of an hour), so a busy account is a short row; those under way are few.
"""

import math
from collections.abc import Iterator
from datetime import UTC, datetime

from atsbridge.connections.models import Budget

SLICES = 360
CEDED_FOR = 600.0
"""Seconds, or one window where that is longer, for which we keep to the smaller share that a 429 left us."""
RECOVERY = 3600.0
"""Seconds, or one window where that is longer, over which we take the whole limit back after that."""
TURN = 20.0
"""Seconds that a waiting write has to come again before reading goes on without it."""
MOST_WRITES = 50


class Window:
    """A row of `Budget` at one moment, seconds since 1970; `per` is the provider's window. Whoever changes it saves
    the row.
    """

    def __init__(self, row: Budget, per: float, now: float) -> None:
        self.row, self.per, self.now, self.slice = row, per, now, per / SLICES
        for deadline in [each for each in row.open if each <= now]:
            self.close(deadline, deadline)
        row.calls = [entry for entry in row.calls if self._leaves(entry) > now]
        row.writes = {who: until for who, until in row.writes.items() if until > now}

    @property
    def own(self) -> int:
        """Our calls that count."""
        return self._ended + len(self.row.open)

    @property
    def others(self) -> int:
        """The calls of others, as the last answer showed them: they leave the window bit by bit after that."""
        age = self.now - self.row.others_at
        return round(self.row.others * min(1, max(0, 1 - age / self.per)))

    @property
    def ceded(self) -> int:
        """The calls that we leave to others since a 429, whether they are seen or not."""
        age = self.now - self.row.ceded_at - max(CEDED_FOR, self.per)
        return math.ceil(self.row.ceded * min(1, max(0, 1 - age / max(RECOVERY, self.per))))

    @property
    def blocked(self) -> float:
        """The seconds for which nobody may call."""
        return max(0.0, self.row.blocked_until.timestamp() - self.now) if self.row.blocked_until else 0.0

    @property
    def promised(self) -> float:
        """The seconds for which reading leaves the next call to a write that waits."""
        return max(self.row.writes.values(), default=self.now) - self.now

    def book(self, deadline: float) -> None:
        """One more call is under way, until then at the latest."""
        self.row.open = [*self.row.open, deadline]

    def give_back(self, deadline: float) -> None:
        """A call that was booked until then is not made."""
        if deadline in self.row.open:
            self.row.open.remove(deadline)

    def close(self, deadline: float, ended: float) -> None:
        """The exchange that was booked until a deadline has ended."""
        if deadline in self.row.open:
            self.row.open.remove(deadline)
            start = math.floor(ended / self.slice) * self.slice
            counts = dict(map(tuple, self.row.calls))
            counts[start] = counts.get(start, 0) + 1
            self.row.calls = sorted(map(list, counts.items()))

    def wait(self, kept: int) -> float:
        """The seconds until one more call fits that leaves `kept` calls of the limit free; 0 where it fits now.

        Of a share that has shrunk it never leaves more than half, or several 429s would end all reading.
        """
        allowed, share = max(1, self.row.limit - kept), self.row.limit - self.ceded
        most = max(1, share - min(kept, share // 2))
        own, moment = self.own, self.now
        for until, count in self._leaving():
            fits = max(moment, self._others_are_down_to(allowed - own - 1)) if own < most else math.inf
            if fits < until:
                return max(0.1, fits - self.now) if fits > self.now else 0
            own, moment = own - count, until
        raise AssertionError("unreachable")

    def learn(self, limit: int | None, remaining: int | None) -> None:
        """What an answer says of the limit, and by its remainder of others. A call of ours that is still under way may
        be counted in it or not: it is taken for somebody else's, until the next answer.
        """
        self.row.limit = limit or self.row.limit
        if remaining is not None:
            self.row.others, self.row.others_at = max(0, self.row.limit - remaining - self._ended), self.now

    def promise(self, who: str, wait: float) -> None:
        """A write that waits so long comes before any reading; should it never come again, reading goes on soon."""
        turns = {**self.row.writes, who: self.now + wait + TURN}
        self.row.writes = dict(sorted(turns.items(), key=lambda turn: turn[1])[:MOST_WRITES])

    def refused(self, wait: float) -> None:
        """A 429: nobody calls before its time is over. Of several answers to calls made together one is enough."""
        if not self.blocked:
            self._cede()
        until = datetime.fromtimestamp(self.now + wait, UTC)
        self.row.blocked_until = max(self.row.blocked_until or until, until)

    def _cede(self) -> None:
        """Somebody else uses this account too. We keep to what we had, two thirds of our share at most and half of it
        at least: one odd refusal must not stop everything.
        """
        share = self.row.limit - self.ceded
        kept = max(share / 2, min(self._ended, share * 2 / 3))
        self.row.ceded, self.row.ceded_at = math.ceil(self.row.limit - kept), self.now

    @property
    def _ended(self) -> int:
        return int(sum(count for _, count in self.row.calls))

    def _leaves(self, entry: list[float]) -> float:
        """When the calls of a slice count no more: a window after the slice's end."""
        return entry[0] + self.slice + self.per

    def _leaving(self) -> Iterator[tuple[float, int]]:
        """(when, how many) of our calls count no more, in order; those under way in one window at the earliest."""
        yield from ((self._leaves(entry), int(entry[1])) for entry in self.row.calls)
        yield self.now + self.slice + self.per, len(self.row.open)
        yield math.inf, 0

    def _others_are_down_to(self, room: int) -> float:
        """When so few calls of others count; never where they must be fewer than none."""
        if self.others <= room:
            return 0
        return self.row.others_at + self.per * (1 - room / self.row.others) if room >= 0 else math.inf
