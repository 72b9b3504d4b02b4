"""Who runs a run: a lease that ends by itself, so that a killed worker holds nothing for long."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Case, F, Q, When
from django.utils import timezone

from atsbridge.sync.models import Run
from connectors.http import Budget


class LeaseLost(Exception):
    """Somebody else has taken over this run."""


def take(run_id: uuid.UUID, rung_at: datetime | None = None) -> Run | None:
    """The run, now ours; None where it has ended, is another worker's, or was not due yet when the bell rang (now).

    Bells that piled up while all workers were busy wake it once: the next slice is due from when this one ended, so
    that they do not bring it before others that came meanwhile.
    """
    now = timezone.now()
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=now)
    mine = uuid.uuid4()
    taken = Run.objects.filter(free, pk=run_id, ended_at__isnull=True, not_before__lte=rung_at or now).update(
        takeovers=F("takeovers") + Case(When(lease__isnull=False, then=1), default=0),
        lease=mine,
        lease_until=_until(),
        state="running",
        waits_for="",
    )
    if not taken:
        return None
    run = Run.objects.select_related("connection").get(pk=run_id)
    if run.started_at is None:
        run.started_at = now
        run.save(update_fields=["started_at"])
    return run


def keep(run: Run, **fields: Any) -> None:
    """Prolong our lease, and write fields of the run; raises LeaseLost where it is another's by now. Called in each
    page's transaction."""
    fields["lease_until"] = _until()
    if not Run.objects.filter(pk=run.pk, lease=run.lease, ended_at__isnull=True).update(**fields):
        raise LeaseLost
    for name, value in fields.items():
        setattr(run, name, value)


def kept(run: Run, budget: Budget) -> Budget:
    """A budget that prolongs our lease where a quarter of it is gone: each request has the time of a lease to itself,
    however many of them a page takes."""

    def take() -> float:
        assert run.lease_until
        if run.lease_until < _until(0.75):
            keep(run)
        return budget()

    return take


def give_back(run: Run, *, wait: float = 0, why: str = "") -> None:
    """Let the run go on later: after `wait` seconds, said in words where that is why nothing moves.

    Where it may go on at once, whoever gives it back rings."""
    now = timezone.now()
    Run.objects.filter(pk=run.pk, lease=run.lease, ended_at__isnull=True).update(
        lease=None,
        lease_until=None,
        state="waiting",
        not_before=now + timedelta(seconds=wait),
        rung_at=F("rung_at") if wait else now,
        waits_for=why[:300],
    )


def _until(share: float = 1) -> datetime:
    return timezone.now() + timedelta(seconds=share * settings.RUN_LEASE_SECONDS)
