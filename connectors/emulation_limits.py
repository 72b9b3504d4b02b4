"""How many calls an emulated ATS takes: a rolling window per account, of which another program may take a share."""

from collections import deque
from collections.abc import Callable


class Limited:
    """So many calls (`limit`) within so many seconds (`per`) of the clock."""

    calls_taken: float = 0
    """The share of the limit, in per cent, that another program takes."""

    def __init__(self, limit: int, per: float, clock: Callable[[], float]) -> None:
        self.limit, self.per, self.clock = limit, per, clock
        self._windows: dict[str, deque[float]] = {}
        self._others: dict[str, float] = {}

    def spend(self, account: str) -> float:
        """Take one call of an account's rolling window; the seconds to wait where it is full, else 0."""
        now, window = self.clock(), self._windows.setdefault(account, deque())
        if self.calls_taken:
            self._take_for_others(account, window, now)
        self._roll(window, now)
        if len(window) >= self.limit:
            return window[0] + self.per - now
        window.append(now)
        return 0

    def _roll(self, window: deque[float], now: float) -> None:
        while window and window[0] <= now - self.per:
            window.popleft()

    def _take_for_others(self, account: str, window: deque[float], now: float) -> None:
        """What another program has asked since we last looked, evenly spread; refused as we are where it is full."""
        pause = self.per / (self.limit * self.calls_taken / 100)
        at = max(self._others.get(account, now), now - self.per)
        while at <= now:
            self._roll(window, at)
            if len(window) < self.limit:
                window.append(at)
            at += pause
        self._others[account] = at

    def remaining(self, account: str) -> int:
        """How many calls an account's window still holds."""
        return max(0, self.limit - len(self._windows.get(account, ())))
