"""Pages that say what they said when a list was last walked: none of their rows is looked at, if their records stand
as they did then.

A page is known by its request, and by a mark of its rows and of what reads them: the mappings, what the account knows
beside the rows, the models that are read. Whatever wrote or deleted one of its records since then has given it a later
stamp.
"""

import json
from collections.abc import Iterator, Sequence
from itertools import groupby

import msgspec

from atsbridge.connections.models import Connection
from atsbridge.records import standing
from atsbridge.records.digest import digest
from atsbridge.records.rows import Reader, Stored, anchor
from atsbridge.records.stamps import Hold
from atsbridge.records.store import Sheet, store_pages
from atsbridge.sync import courses
from atsbridge.sync.models import Page, Walk
from atsbridge.sync.packing import unpack
from connectors import base
from connectors.paging import Params

SHIFT = 5
"""Pages by which a walk may be longer or shorter than the last: a window was cut in two."""


class Earlier:
    """The pages of the last walk through a list, those around a place in it."""

    def __init__(self, connection: Connection, row: Walk, most: int) -> None:
        """Those that the next `most` pages of a walk may repeat; none where rows are passed by, for a page tells of
        them too."""
        self.resource = connection.speaks.resource(row.resource)
        self.pages: dict[str, Page] = {}
        last = courses.looks(connection, self.resource, row.how).first()
        if last and not connection.only_ours:
            around = last.pages.filter(number__gt=row.pages_read - SHIFT, number__lte=row.pages_read + most + SHIFT)
            self.pages = {_asked(page.params): page for page in around if page.mark}

    def store(self, hold: Hold, reader: Reader, pages: Sequence[base.Page], *, again: bool) -> list[Stored]:
        """What pages come to, in order: those that repeat what was said, and those whose rows are stored."""
        found = list(self._stored(hold, reader, pages, again=again))
        self._doubt(hold.connection, found)
        return found

    def _stored(self, hold: Hold, reader: Reader, pages: Sequence[base.Page], *, again: bool) -> Iterator[Stored]:
        marked = [(page, "" if hold.connection.only_ours else self._mark(page, reader)) for page in pages]
        for repeats, some in groupby(marked, lambda each: not again and self._find(*each) is not None):
            group = list(some)
            known = [found for each in group if repeats and (found := self._find(*each))]
            if known and self._stand(hold.connection, known):
                stored = list(map(_repeated, known))
            else:
                sheets = [Sheet(page.rows, page.started_at) for page, _ in group]
                stored = store_pages(hold, reader, self.resource, sheets, again=again)
            for one, (_, mark) in zip(stored, group, strict=True):
                one.mark = mark if one.whole else ""
                yield one

    def _doubt(self, connection: Connection, found: Sequence[Stored]) -> None:
        """Mark no page of which a row stands on a later one too, which had the last word under the same stamp."""
        model = anchor(self.resource, connection.reads)
        later: set[str] = set()
        for one in reversed(found):
            mine = {remote_id for slug, remote_id in one.ids if model and slug == model.model.slug}
            one.mark = one.mark if later.isdisjoint(mine) else ""
            later |= mine

    def _mark(self, page: base.Page, reader: Reader) -> str:
        """What a page is known by: its rows without signed links, and what reads them."""
        rows = [reader.connector.storable(self.resource, row) for row in page.rows]
        try:
            return digest(msgspec.json.encode(rows), reader.version)
        except UnicodeEncodeError:  # lone surrogates, which are replaced row by row
            return ""

    def _find(self, page: base.Page, mark: str) -> Page | None:
        found = self.pages.get(_asked(page.params)) if mark else None
        return found if found and found.mark == mark else None

    def _stand(self, connection: Connection, pages: list[Page]) -> bool:
        """Whether the records of pages stand as these say; asked under the connection's lock."""
        model = anchor(self.resource, connection.reads)
        if model is None:
            return False
        for stamp, some in groupby(pages, lambda page: page.stamp):
            ids = [each for page in some for each in unpack(bytes(page.ids)).get(model.model.slug, ())]
            if stamp is None or not standing.unchanged(connection, self.resource, ids, stamp):
                return False
        return True


def _asked(params: Params) -> str:
    return json.dumps(params, sort_keys=True)


def _repeated(page: Page) -> Stored:
    ids = [(model, remote_id) for model, some in unpack(bytes(page.ids)).items() for remote_id in some]
    return Stored(ids, {model: {"read": counts.get("read", 0)} for model, counts in page.counts.items()})
