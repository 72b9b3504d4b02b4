"""Following a provider's feed of events: each is a hint, and the record's own address tells what it is now."""

from collections.abc import Iterable
from uuid import UUID

from django.utils import timezone

from atsbridge.connections.models import Connection
from atsbridge.records.answers import Counts
from atsbridge.records.rows import anchor
from atsbridge.sync import looking, signals
from connectors.base import Connector
from connectors.errors import NotFound, Rejected, ScopeMissing
from connectors.hooks import Hint
from connectors.mapping import Unreadable

EVENTS = "events"
PAGES = 4
"""Pages of the feed that are followed at once; the next look goes on there."""


def begin_events(connection: Connection) -> None:
    """Remember where the feed is now, before a first walk begins; later ones leave it where it was followed to."""
    feed = connection.speaks.feed
    if feed:
        signal = signals.named(connection, EVENTS)
        if not signal.cursor:
            signals.followed(signal, feed.begin(timezone.now()))


def follow_events(
    connection: Connection,
    connector: Connector,
    *,
    cause: str,
    cause_id: UUID | None = None,
    pages: int = PAGES,
) -> Counts:
    """Look at what the feed names since the last time; the counts by model.

    The cursor moves after the looks of its page, so what was broken off is looked at again. A feed that is refused or
    cannot be read is left alone for a day.
    """
    counts: Counts = {}
    feed = connection.speaks.feed
    if feed is None:
        return counts
    begin_events(connection)
    signal = signals.named(connection, EVENTS)
    if not signals.usable(signal, connection):
        return counts
    for _ in range(pages):
        try:
            page = feed.read(connector.talk, signal.cursor)
        except (Unreadable, NotFound, Rejected, ScopeMissing) as refusal:
            signals.refused(signal, str(refusal))
            break
        more = _look(connection, connector, page.hints, cause, cause_id)
        counts = looking.add(counts, more)
        signals.followed(signal, page.cursor)
        if not page.more:
            break
    return counts


def _look(
    connection: Connection, connector: Connector, hints: Iterable[Hint], cause: str, cause_id: UUID | None
) -> Counts:
    counts: Counts = {}
    named: dict[str, list[str]] = {}
    for hint in hints:
        named.setdefault(hint.resource, []).append(hint.remote_id)
    for slug, remote_ids in named.items():
        resource = connector.resource(slug)
        if anchor(resource, connection.reads):
            more = looking.look_many(connection, connector, resource, remote_ids, cause=cause, cause_id=cause_id)
            counts = looking.add(counts, more)
    return counts
