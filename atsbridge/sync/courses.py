"""What of a list a walk reads, and where it goes on after a page.

    list      every page
    windows   every row, by windows of ids that hold as many as one answer: each proves what is gone
    newer     rows with higher ids than any that is known
    since     rows that changed after the last look
    head      the first pages of a list with the newest first, until one brings nothing new
    jobs      the rows of open jobs
    kept      what we created, each asked for by its id, where nothing else is to be read
    about     what tells of those people, then

A checkpoint is the params of the next request and the course's own place; a course remembers nothing else.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from atsbridge.connections.models import Connection
from atsbridge.records import kept, standing
from atsbridge.records.rows import anchor
from atsbridge.records.store import Stored
from atsbridge.sync.course import Course, Step
from atsbridge.sync.models import Walk
from atsbridge.sync.ours import TOGETHER, About, Kept
from connectors.base import Connector, Page, Parts, Resource
from connectors.mapping import as_id

OVERLAP = timedelta(minutes=10)
"""How far a look for changes reaches back behind the last one: clocks differ, and an answer may be late."""
REFUSED = timedelta(days=1)
"""How long a provider that cannot be asked in some way is not asked so again."""
AHEAD = 2200
"""Known ids that are read at once to cut windows from: as many as a slice needs, and an answer more."""
ROOM = 0.95
"""How full a window is cut where others than known rows stand in it."""
JOBS = 100
"""Jobs whose rows are asked for at once."""
WHOLE = ("list", "windows", "about")
"""The courses that meet every row of a list that may be read."""
ALONE = ("list", "kept")
"""Those for which no other stands in."""
QUICK = 20
"""Calls that a quick run may take for what is kept of a list; complete ones take what it needs."""


class Newer(Course):
    """Rows with higher ids than any that is known."""

    how = "newer"

    def first(self) -> Step | None:
        """From the highest id on that the last look left: what a webhook brought since proves nothing."""
        assert self.resource.parts.between
        last = looks(self.connection, self.resource, *WHOLE, "since", "newer").first()
        if last is None or last.ended_at is None:
            return None
        above = standing.highest(self.connection, self.resource, last.ended_at)
        return self._asking(self.resource.parts.between(above + 1, None))


class Since(Course):
    """Rows that changed after the last look."""

    how = "since"
    instead = "newer"

    def first(self) -> Step | None:
        """From a little before the last look on, which a walk through all of the list may have been."""
        assert self.resource.parts.since
        last = looks(self.connection, self.resource, *WHOLE, "since").first()
        return self._asking(self.resource.parts.since(last.started_at - OVERLAP)) if last and last.started_at else None


class Head(Course):
    """The first pages of a list with the newest first."""

    how = "head"
    ahead = False

    def following(self, place: dict[str, Any], page: Page, stored: Stored) -> Step | None:
        """The next page, as long as one brings something new."""
        new = any(stored.counts.get(model, {}).get("created") for model in self.resource.own)
        return super().following(place, page, stored) if new else None


class Jobs(Course):
    """The rows of open jobs, a hundred jobs at a time."""

    how = "jobs"

    def first(self) -> Step | None:
        """The first jobs."""
        return self._after("")

    def following(self, place: dict[str, Any], page: Page, stored: Stored) -> Step | None:
        """The next page, then the next jobs."""
        return super().following(place, page, stored) or self._after(place["last"])

    def _after(self, job: str) -> Step | None:
        assert self.resource.parts.of_jobs
        ids = standing.open_jobs(self.connection, job, JOBS)
        return self._asking(self.resource.parts.of_jobs(ids), {"last": ids[-1]}) if ids else None


class Windows(Course):
    """Every row, by windows of ids: a window that answered all it holds proves that nothing else is in it."""

    how = "windows"
    instead = "list"

    def __init__(self, connection: Connection, resource: Resource) -> None:
        super().__init__(connection, resource)
        self.anchor = anchor(resource, connection.reads)
        self.known: list[tuple[int, UUID]] = []
        self.inside: dict[tuple[int, int | None], list[tuple[int, UUID]]] = {}
        """What windows held whose pages are not stored yet."""
        self.named: tuple[Page | None, list[str | None]] = (None, [])

    def first(self) -> Step | None:
        """The window that begins with the lowest id."""
        return self._from(0, self.resource.parts.fits)

    def following(self, place: dict[str, Any], page: Page, stored: Stored) -> Step | None:
        """The next window; a part of one that holds more than an answer; pages of what lies beyond all known ids."""
        first, last, size = place["from"], place["to"], place["size"]
        known = self.inside[first, last] = self._inside(place)
        if self.proves(page) or page.next is None:
            return self._from(last + 1, self._fitting(len(known), page.listed)) if last is not None else None
        if last is None and not known:
            return Step(page.next, place)
        size = min(size - 1, self._fitting(len(known), page.total or 2 * page.listed)) or 1
        end = known[size - 1][0] if size < len(known) else known[-1][0] if last is None else (first + last) // 2
        return self._window(first, end, size) if last is None or first < last else self._from(last + 1, size)

    def fits(self, place: dict[str, Any], page: Page) -> bool:
        """Whether every row lies in the window."""
        last = place["to"]
        numbers = (int(each) for each in self._ids(page) if each and each.isascii() and each.isdecimal())
        return all(place["from"] <= number and (last is None or number <= last) for number in numbers)

    def missing(self, place: dict[str, Any], page: Page, stored: Stored) -> list[UUID]:
        """The known records of a window that it did not bring, unless it held more than its answer."""
        known = self.inside.pop((place["from"], place["to"]), [])
        if page.next is not None and not self.proves(page):
            return []
        assert self.anchor
        met = {remote_id for model, remote_id in stored.ids if model == self.anchor.model.slug}
        return [key for number, key in known if str(number) not in met]

    def proves(self, page: Page) -> bool:
        """Whether an answer holds all of its window: as many rows as its total, or without one fewer than fit.

        A row whose id cannot be read may be any of those that are missing.
        """
        if not all(self._ids(page)):
            return False
        if page.total is not None:
            return page.listed == page.total
        return page.next is None and page.listed < self.resource.parts.fits

    def _ids(self, page: Page) -> list[str | None]:
        if self.named[0] is not page:
            assert self.anchor
            self.named = (page, [as_id(self.anchor.remote_id.read({"": row}, {})) for row in page.rows])
        return self.named[1]

    def _fitting(self, known: int, rows: int) -> int:
        """So many known rows that those unknown among them, as many as just now, most likely fit too."""
        most = self.resource.parts.fits
        return most if rows <= known else max(1, int(most * ROOM * known / rows))

    def _from(self, number: int, size: int) -> Step:
        """The window from an id on with so many known rows; the last one has no end."""
        known = self._ahead(number)
        return self._window(number, known[size - 1][0] if len(known) > size else None, size)

    def _window(self, first: int, last: int | None, size: int) -> Step:
        assert self.resource.parts.between
        return self._asking(self.resource.parts.between(first, last), {"from": first, "to": last, "size": size})

    def _inside(self, place: dict[str, Any]) -> list[tuple[int, UUID]]:
        last = place["to"]
        return [known for known in self._ahead(place["from"]) if last is None or known[0] <= last]

    def _ahead(self, number: int) -> list[tuple[int, UUID]]:
        """Some known rows from an id on: more than an answer holds, where there are so many."""
        self.known = [known for known in self.known if known[0] >= number]
        if len(self.known) <= self.resource.parts.fits:
            self.known = standing.numbered(self.connection, self.resource, number - 1, AHEAD)
        return self.known


COURSES: dict[str, type[Course]] = {each.how: each for each in (Course, Newer, Since, Head, Jobs, Windows, Kept, About)}


def looks(connection: Connection, resource: Resource, *hows: str, state: str = "walked") -> "QuerySet[Walk]":
    """A connection's earlier walks through a list, the last first: a connection's runs come one after the other, and
    the index on them finds the last without sorting what years of runs have left."""
    walks = Walk.objects.filter(run__connection=connection, resource=resource.slug, how__in=hows, state=state)
    return walks.order_by("-run__created_at")


def hows(connection: Connection, resource: Resource, kind: str) -> list[str]:
    """The courses that a run of a kind takes through a list."""
    parts = resource.parts
    if connection.only_ours and kept.of_people(resource):
        together = TOGETHER if parts.between else 1
        return ["kept"] if kind == "complete" or kept.count(connection, resource) <= QUICK * together else []
    if connection.only_ours and parts.about and not _refused(connection, resource, "about"):
        people = connection.speaks.home("candidate")
        few = people is None or kept.count(connection, people) <= QUICK * TOGETHER
        return ["about"] if kind == "complete" or few else []
    if kind == "complete":
        walked = parts.between and anchor(resource, connection.reads) and looks(connection, resource, *WHOLE).exists()
        return ["windows" if walked and not _refused(connection, resource, "windows") else "list"]
    if parts.short:
        return ["list"]
    found = ["head"] if parts.newest_first else []
    found += ["jobs"] if parts.of_jobs else []
    if parts.since and not _refused(connection, resource, "since"):
        return [*found, "since"]
    return [*found, "newer"] if parts.between else found


def looks_again(connector: type[Connector]) -> bool:
    """Whether a quick run finds anything with this ATS."""
    return any(resource.parts != Parts() for resource in connector.resources)


def _refused(connection: Connection, resource: Resource, how: str) -> bool:
    lately = timezone.now() - REFUSED
    return looks(connection, resource, how, state="refused").filter(ended_at__gt=lately).exists()
