"""Storing what a provider answered: rows become records, and exactly what changed becomes change events.

Everything here runs in the caller's transaction, under the connection's lock (`stamps.hold`).
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from atsbridge.records.rows import Entry, Reader, anchor, entered
from atsbridge.records.rows import Stored as Stored
from atsbridge.records.stamps import Hold
from atsbridge.records.storing import Storing
from connectors.base import Resource
from connectors.mapping import Row


class Sheet(NamedTuple):
    """A page's rows, and when its request began."""

    rows: Sequence[Row]
    started_at: datetime


def store(
    hold: Hold,
    reader: Reader,
    resource: Resource,
    rows: Sequence[Row],
    started_at: datetime,
    details: dict[str, Any] | None = None,
    *,
    again: bool = False,
) -> Stored:
    """Upsert the records that rows make. `details` belong to the only row; `again` maps unchanged rows too."""
    [stored] = store_pages(hold, reader, resource, [Sheet(rows, started_at)], details, again=again)
    return stored


def store_pages(
    hold: Hold,
    reader: Reader,
    resource: Resource,
    pages: Sequence[Sheet],
    details: dict[str, Any] | None = None,
    *,
    again: bool = False,
) -> list[Stored]:
    """The same of several pages of a list, what each of them came to. A row that stands on two is stored twice, as if
    each were stored alone: what was read later holds.
    """
    found = [Stored() for _ in pages]
    anchored = anchor(resource, hold.connection.reads)
    entries = [
        [entered(reader, resource, anchored, row, page.started_at, details) for row in page.rows] for page in pages
    ]
    for some, stored in zip(entries, found, strict=True):
        for entry in some:
            entry.stored = stored
    for some in _without_repeats(entries):
        portion = Storing(hold, reader, resource)
        portion.read(some, again=again)
        portion.write()
    return found


def _without_repeats(pages: Iterable[list[Entry]]) -> Iterator[list[Entry]]:
    """The rows of pages in order, cut before each page that repeats one of an earlier page."""
    some: list[Entry] = []
    met: set[str | None] = set()
    for page in pages:
        keys = {entry.key for entry in page} - {None}
        if keys & met:
            yield some
            some, met = [], set()
        some, met = some + page, met | keys
    yield some
