"""The courses through what we created, and what tells of it, where nothing else is to be read (`records/kept.py`)."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.utils import timezone

from atsbridge.records import kept
from atsbridge.records.ids import record_id
from atsbridge.records.rows import anchor
from atsbridge.records.store import Stored
from atsbridge.sync import signals
from atsbridge.sync.course import Course, Step
from connectors.base import Connector, Page
from connectors.errors import NotFound, RateLimited, Rejected
from connectors.mapping import Beside, Row, as_id
from connectors.paging import Params

TOGETHER, SINGLY = 100, 20
"""Rows that one page asks for, together and one by one."""


class About(Course):
    """What tells of those whom we created, a hundred at a time, then what tells of nobody."""

    how = "about"
    instead = "list"

    def first(self) -> Step | None:
        """The first people."""
        return self._after("")

    def following(self, place: dict[str, Any], page: Page, stored: Stored) -> Step | None:
        """The next page, then the next people; nobody's comes last."""
        return super().following(place, page, stored) or (self._after(place["last"]) if place["last"] else None)

    def _after(self, last: str) -> Step:
        assert self.resource.parts.about
        people = self.connection.speaks.home("candidate")
        ids = kept.following(self.connection, people, last, TOGETHER) if people else []
        return self._asking(self.resource.parts.about(ids), {"last": ids[-1] if ids else ""})


class Kept(Course):
    """What we created: several ids a question where the list takes that, else each at its own address."""

    how = "kept"
    ahead = False

    def first(self) -> Step | None:
        """The lowest ids."""
        return self._after("")

    def following(self, place: dict[str, Any], page: Page, stored: Stored) -> Step | None:
        """The ids after those that were asked for."""
        return self._after(page.params["ids"][-1])

    def page(self, connector: Connector, params: Params, beside: Beside) -> Page:
        """Ask for some rows, as many of them as the budget has calls for now."""
        started, before, ids = timezone.now(), connector.talk.calls, params["ids"]
        met = self._together(connector, ids)
        rows, asked = [], list[str]()
        for remote_id in ids if met is not None else ids[:SINGLY]:
            try:
                row = (met or {}).get(remote_id) or connector.row(self.resource, remote_id)
            except RateLimited:
                if not asked:
                    raise
                break
            asked.append(remote_id)
            rows += [row] if row is not None else []
        return Page(rows, {"ids": asked}, None, None, started, len(rows), connector.talk.calls - before)

    def note(self, page: Page) -> None:
        """Whom nobody has seen yet, and who is not there now, is asked for less and less often."""
        kept.missed(self.connection, self.resource, self._gone(page))

    def missing(self, place: dict[str, Any], page: Page, stored: Stored) -> list[UUID]:
        """Those of which the own address answered that they are gone."""
        return [record_id(self.connection.pk, model, each) for each in self._gone(page) for model in self.resource.own]

    def _gone(self, page: Page) -> list[str]:
        met = {self._id(row) for row in page.rows}
        return [remote_id for remote_id in page.params["ids"] if remote_id not in met]

    def proves(self, page: Page) -> bool:
        """An address proves it."""
        return True

    def _together(self, connector: Connector, ids: Sequence[str]) -> dict[str | None, Row] | None:
        """The rows that one question answers, by id; None where the list is not asked so."""
        question = f"{self.resource.slug}.ids"
        if len(ids) == 1 or not signals.may(self.connection, question):
            return None
        try:
            rows = connector.rows_of(self.resource, ids)
            met = None if rows is None else {self._id(row): row for row in rows}
            if met and not met.keys() <= {*ids}:
                raise Rejected("It answers rows that were not asked for")
        except (Rejected, NotFound) as refusal:
            signals.refused(signals.named(self.connection, question), refusal.message)
            return None
        return met

    def _id(self, row: Row) -> str | None:
        mapping = anchor(self.resource)
        assert mapping
        return as_id(mapping.remote_id.read({"": row}, {}))

    def _after(self, last: str) -> Step | None:
        ids = kept.following(self.connection, self.resource, last, TOGETHER)
        return Step({"ids": ids}) if ids else None
