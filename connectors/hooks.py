"""What an ATS says by itself: webhooks that it sends, and a feed of events. Both only hint that a record changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from connectors.declarations import Resource
from connectors.http import Talk
from connectors.mapping import Row
from connectors.paging import Params


@dataclass(frozen=True, slots=True)
class Hint:
    """One record of a list changed. row: the whole record where the sender put it in; gone: it was deleted; at: when
    it happened, where that is told.
    """

    resource: str
    remote_id: str
    row: Row | None = None
    gone: bool = False
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Registered:
    """A webhook as the provider keeps it. sound: it is sent, and for all that we ask for."""

    id: str
    url: str
    sound: bool = True


@dataclass(frozen=True, slots=True)
class Events:
    """A page of the feed: its hints, where the next one begins, and whether there is more already."""

    hints: list[Hint]
    cursor: Params
    more: bool


class Hooks(Protocol):
    """How one ATS is asked for webhooks, and how what it sends is read."""

    def register(self, talk: Talk, url: str, secret: str) -> str:
        """Ask for webhooks to an address, signed with a secret; the provider's id of them, "" where it names none."""
        ...

    def registered(self, talk: Talk) -> list[Registered]:
        """Every webhook of the account, those of strangers too."""
        ...

    def remove(self, talk: Talk, remote_id: str) -> None:
        """Ask for one of them no more; one that is gone already is fine."""
        ...

    def request_id(self, headers: Mapping[str, str]) -> str:
        """The provider's own mark of one request, "" where it gives none."""
        ...

    def verify(self, headers: Mapping[str, str], body: bytes, secret: str) -> bool:
        """Whether who knows the secret signed this request, compared in constant time."""
        ...

    def kind(self, sent: Any) -> str:
        """What a request calls itself, as `candidate.updated`; "" where it does not."""
        ...

    def hint(self, sent: Any) -> Hint | None:
        """What a request hints at, None for what we do not read; raises `mapping.Unreadable`."""
        ...

    def changed_at(self, row: Row) -> datetime | None:
        """The row's own time of its last change."""
        ...

    def listed(self, resource: Resource, row: Row, sample: Row) -> Row | None:
        """A sent row as the list would show it, judged by a row that the list did show; None where that cannot be
        told.
        """
        ...


class Feed(Protocol):
    """How one ATS is asked for what happened since."""

    def begin(self, now: datetime) -> Params:
        """A cursor from which nothing that happens after an instant is missed."""
        ...

    def read(self, talk: Talk, cursor: Params) -> Events:
        """The events after a cursor; raises `mapping.Unreadable` where their layout is none that we know."""
        ...
