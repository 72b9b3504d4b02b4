"""What every way through a list has: where it begins, where it goes on, what a page of it proves (`courses.py`)."""

from dataclasses import dataclass, field
from typing import Any, ClassVar
from uuid import UUID

from atsbridge.connections.models import Connection
from atsbridge.records.store import Stored
from connectors.base import Connector, Page, Resource
from connectors.mapping import Beside
from connectors.paging import Params


@dataclass(frozen=True, slots=True)
class Step:
    """Where a walk is: the params of its next request, and its course's own place."""

    params: Params
    place: dict[str, Any] = field(default_factory=dict)


class Course:
    """Every page of a list."""

    how: ClassVar[str] = "list"
    instead: ClassVar[str] = ""
    """The course that is taken where the provider cannot be asked in this way."""
    ahead: ClassVar[bool] = True
    """Whether it is known where it goes on before a page is stored."""

    def __init__(self, connection: Connection, resource: Resource) -> None:
        self.connection, self.resource = connection, resource

    def first(self) -> Step | None:
        """Where it begins; None where there is nothing to ask for."""
        return self._asking({})

    def page(self, connector: Connector, params: Params, beside: Beside) -> Page:
        """Read a page."""
        return connector.page(self.resource, params, beside)

    def following(self, place: dict[str, Any], page: Page, stored: Stored) -> Step | None:
        """Where it goes on after a page; None after the last."""
        return Step(page.next, place) if page.next is not None else None

    def fits(self, place: dict[str, Any], page: Page) -> bool:
        """Whether a page holds what was asked for: a provider may not know a filter, and answer everything."""
        return True

    def note(self, page: Page) -> None:
        """Keep what a page tells of the way, in the transaction that stores it."""

    def missing(self, place: dict[str, Any], page: Page, stored: Stored) -> list[UUID]:
        """The records that a page should have brought and did not."""
        return []

    def proves(self, page: Page) -> bool:
        """Whether what a page did not bring is gone."""
        return False

    def _asking(self, params: Params, place: dict[str, Any] | None = None) -> Step:
        return Step(self.resource.pages.first({**self.resource.params, **params}), place or {})
