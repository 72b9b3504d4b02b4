"""Looking at single records, because something says that they changed: a record's own address decides.

    look(connection, connector, resource, "407500121", cause="webhook", cause_id=arrival.id)

The provider is asked outside any transaction; what it answers is stored, or what it no longer knows retired, in one.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import batched
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from atsbridge.connections.models import Connection
from atsbridge.records import answers, beside, kept, retiring, stamps
from atsbridge.records.answers import Counts
from atsbridge.records.stamps import Hold
from atsbridge.records.store import store
from atsbridge.sync import questions, signals, walking
from connectors.base import Connector, Resource
from connectors.errors import NotFound, Rejected

TOGETHER = 100
"""Records that one question names."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What a look came to: the models of which the address still makes this record, the counts, the calls it took."""

    kept: frozenset[str]
    counts: Counts
    calls: int


NOTHING = Looked(frozenset(), {}, 0)
"""What a look at somebody comes to whom we may not read."""

type Also = Callable[[Hold, Looked], None]
"""What else belongs into the transaction of a look; whatever it raises undoes the look."""


def look(
    connection: Connection,
    connector: Connector,
    resource: Resource,
    remote_id: str,
    *,
    cause: str,
    cause_id: UUID | None = None,
    also: Also | None = None,
    guarded: bool = True,
) -> Looked:
    """Ask a record's own address, then store what it answers, or retire what it no longer makes.

    guarded: where more than a plausible share of a day would go, a person is asked first. Raises the errors of
    `connectors.errors`, and `walking.Stopped` where the connection may no longer be read.
    """
    if not kept.wanted(connection, resource, [remote_id]):
        return NOTHING
    started, before = timezone.now(), connector.talk.calls
    row = connector.row(resource, remote_id)
    with transaction.atomic():
        hold = stamps.hold(connection, cause, cause_id)
        walking.demand_active(hold.connection)
        models, counts = answers.keep(hold, resource, remote_id, row, started)
        gone = answers.gone(hold, resource, remote_id, models, started)
        going = questions.plausible(hold.connection, resource, gone) if guarded else [record.id for record in gone]
        counts = add(counts, retiring.retire(hold, going))
        looked = Looked(models, counts, connector.talk.calls - before)
        if also:
            also(hold, looked)
    return looked


def look_many(
    connection: Connection,
    connector: Connector,
    resource: Resource,
    remote_ids: Iterable[str],
    *,
    cause: str,
    cause_id: UUID | None = None,
) -> Counts:
    """Look at several records of one list: together where it can be asked so, and what that leaves out alone.

    A question about many proves nothing about a record that is missing in its answer.
    """
    counts: Counts = {}
    for some in batched(kept.wanted(connection, resource, list(dict.fromkeys(remote_ids))), TOGETHER):
        met, more = _together(connection, connector, resource, some, cause, cause_id)
        counts = add(counts, more)
        for remote_id in some:
            if remote_id not in met:
                alone = look(connection, connector, resource, remote_id, cause=cause, cause_id=cause_id)
                counts = add(counts, alone.counts)
    return counts


def _together(
    connection: Connection,
    connector: Connector,
    resource: Resource,
    remote_ids: Sequence[str],
    cause: str,
    cause_id: UUID | None,
) -> tuple[set[str], Counts]:
    """Store the rows that one question answers; their ids, and the counts. A list that refuses it is not asked soon."""
    question = f"{resource.slug}.ids"
    if len(remote_ids) == 1 or not signals.may(connection, question):
        return set(), {}
    started = timezone.now()
    try:
        rows = connector.rows_of(resource, remote_ids)
    except (Rejected, NotFound) as refusal:
        signals.refused(signals.named(connection, question), refusal.message)
        rows = None
    if not rows:
        return set(), {}
    with transaction.atomic():
        hold = stamps.hold(connection, cause, cause_id)
        walking.demand_active(hold.connection)
        stored = store(hold, beside.reader(hold.connection), resource, rows, started)
    return {made for model, made in stored.ids if model in resource.own}, stored.counts


def add(counts: Counts, more: Counts) -> Counts:
    """Two transactions' counts as one."""
    return {model: dict(Counter(counts.get(model, {})) + Counter(more.get(model, {}))) for model in {**counts, **more}}
