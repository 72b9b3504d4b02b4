"""Fetching pages of a list, outside any transaction: as many as are stored together."""

import time
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from django.conf import settings

from atsbridge.records.rows import anchor
from atsbridge.records.store import Stored
from atsbridge.sync.course import Course, Step
from atsbridge.sync.models import Walk
from connectors.base import Connector, Page
from connectors.errors import Rejected
from connectors.mapping import Beside, as_id

ROWS = 300
"""Rows that are stored together: with these the transaction itself costs little, and memory stays small. They wait for
each other `STORE_SECONDS` at most, and for one answer: people read them as they arrive. Fewer of those that are cut
into several records, as a job is into its stages."""
UNCHANGED = 600
"""The same where nothing had to be written of the rows before them."""
WRITTEN = ("created", "changed", "deleted", "set_aside")
CYCLE = 5
"""How many pages back an answer is looked for that repeats itself."""


class Pace(Protocol):
    """How much of a slice is left. careful: each page is stored alone, because something went wrong before."""

    careful: bool

    @property
    def left(self) -> int:
        """Pages."""
        ...

    def spend(self, pages: int = 1) -> None:
        """Count pages that were stored; raises `engine.Spent` after the last."""
        ...


@dataclass(frozen=True, slots=True)
class Fetched:
    """A page, where its course was when it was asked for, and where it goes on (None after the last page), as far as
    that is known before it is stored."""

    page: Page
    place: dict[str, Any]
    step: Step | None


class Fetcher:
    """Fetches a walk's pages, those together that can be stored together."""

    def __init__(self, course: Course, connector: Connector, beside: Beside) -> None:
        self.course, self.connector, self.beside = course, connector, beside
        self.anchor = anchor(course.resource)
        self.last: deque[tuple[Any, ...]] = deque(maxlen=CYCLE)
        self.share = 1 + sum(mapping.each is not None for mapping in course.resource.makes)
        self.together = ROWS // self.share

    def fetch(self, into: list[Fetched], row: Walk, pace: Pace) -> None:
        """Fetch the next pages into a list, which holds those that came whatever ends it: the last of all, so many
        that it pays to store them, or one that looks like one before. Raises the errors of `connectors.errors`;
        Rejected too where a page holds what was not asked for.
        """
        course, step = self.course, Step(row.params, row.place)
        until, rows = time.monotonic() + settings.STORE_SECONDS, 0
        while True:
            page = course.page(self.connector, step.params, self.beside)
            if not course.fits(step.place, page):
                raise Rejected("The provider answers rows that were not asked for")
            following = course.following(step.place, page, Stored()) if course.ahead else None
            into.append(Fetched(page, step.place, following))
            rows += page.listed
            full = pace.careful or rows >= self.together or len(into) >= pace.left or time.monotonic() >= until
            if self._repeats(page) or full or following is None:
                return
            step = following

    def learn(self, stored: Iterable[Stored]) -> None:
        """Take more rows together after some that changed nothing."""
        wrote = any(counts.get(what) for some in stored for counts in some.counts.values() for what in WRITTEN)
        self.together = (ROWS if wrote else UNCHANGED) // self.share

    def _repeats(self, page: Page) -> bool:
        """Whether a page looks like one of the last: as many rows, the same first and last."""
        ends: list[Any] = page.rows[:1] + page.rows[-1:]
        if self.anchor:
            ends = [as_id(self.anchor.remote_id.read({"": row}, {})) for row in ends]
        found = (page.listed, *ends)
        again = found in self.last
        self.last.append(found)
        return again
