"""Emptying what is kept of deleted records, wherever it is kept: called by the sweeper.

What belongs to a record goes with it (`records.forgetting`). Of what failed, a provider's answer and words are kept,
and they may speak of anybody; so all of them go after the same days, whomever they name. What was said before a
deletion is then gone when the record's values go.
"""

import time
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from atsbridge.connections.exchanges import NO_MORE
from atsbridge.connections.models import Attempt, Connection, Exchange
from atsbridge.records import forgetting, stamps
from atsbridge.sync.models import SAYS, Arrival, Reading, Run, Walk

SLICE_SECONDS = 5.0
PORTION = 500


def before() -> datetime:
    """What was deleted, or said, before this moment is emptied."""
    return timezone.now() - timedelta(days=settings.FORGET_DAYS)


def forget(connection: Connection, seconds: float = SLICE_SECONDS) -> None:
    """Empty a connection's deleted records in small transactions; the next sweep goes on where this one stopped."""
    deadline = time.monotonic() + seconds
    while _portion(connection) and time.monotonic() < deadline:
        pass


def _portion(connection: Connection) -> bool:
    with transaction.atomic():
        return bool(forgetting.empty(stamps.hold(connection, "forget"), before()))


def unsay() -> None:
    """Empty a portion of the old answers and words of providers, in every tenant."""
    _unsay(Exchange.objects.filter(said_at__lt=before()), body=b"", said_at=None)
    for ended in (Run, Walk, Reading, Attempt):
        _unsay(ended.objects.filter(SAYS, ended_at__lt=before()))
    unread = Arrival.objects.filter(state__in=("waiting", "failed"), received_at__lt=before())
    _unsay(unread.exclude(error=NO_MORE), body=b"")  # of the others nothing is kept from the start


def _unsay(rows: Any, **empty: Any) -> None:
    some = list(rows.order_by().values_list("pk", flat=True)[:PORTION])
    rows.filter(pk__in=some).update(error=NO_MORE, **empty)


def unsay_of(connection: Connection) -> None:
    """Empty everything that a connection's provider has said, at once."""
    said = Exchange.objects.filter(connection=connection, said_at__isnull=False)
    said.update(error=NO_MORE, body=b"", said_at=None)
    walks = Walk.objects.filter(SAYS, run__connection=connection)
    Walk.objects.filter(pk__in=list(walks.order_by().values_list("pk", flat=True))).update(error=NO_MORE)
    for ended in (Run.objects.exclude(state="cancelled"), Reading.objects, Attempt.objects):  # by us, in our words
        ended.filter(SAYS, connection=connection, ended_at__isnull=False).update(error=NO_MORE)
    Arrival.objects.filter(connection=connection).exclude(body=b"").update(body=b"")
