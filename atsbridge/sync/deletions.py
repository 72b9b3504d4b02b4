"""Deletions: a complete walk only nominates; a record is deleted when its own address no longer makes it.

What has no address of its own (stages, departments) goes when two complete runs in a row made it no more.
"""

from collections.abc import Callable, Iterator
from itertools import islice
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from atsbridge.records import aside, beside, retiring, stamps
from atsbridge.records.models import NONE, Record, Total
from atsbridge.records.rows import anchor
from atsbridge.records.store import store
from atsbridge.sync import leases, walking
from atsbridge.sync.models import Nomination, Run
from atsbridge.sync.packing import Met
from connectors.base import Connector
from connectors.errors import Rejected, ScopeMissing

ASKED = 50
"""Addresses asked in one run; the rest stay nominated."""
PORTION = 500


def switch_off(run: Run) -> None:
    """Delete the records of models that somebody has switched off since the last run."""
    off = Record.objects.filter(connection=run.connection, deleted_at__isnull=True).exclude(
        model__in=run.connection.reads
    )
    while some := list(off.values_list("id", flat=True)[:PORTION]):
        with transaction.atomic():
            hold = stamps.hold(run.connection, "run", run.id)
            leases.keep(run)
            walking.count(run, retiring.retire(hold, some))


def nominate(run: Run) -> None:
    """Name the live records that this run did not meet, forget earlier names of those that it met.

    Doing it twice in one run, after a crash, changes nothing.
    """
    models = [model for model in walking.complete_models(run) if not _owned(run, model)]
    met = walking.met(run, models)
    _forget_rows(run, met)
    for model in models:
        missing = list(_unmet(run, model, met[model]))
        held = _implausible(run, model, len(missing))
        if held:
            run.held[model] = held
            continue
        with transaction.atomic():
            _rename(run, model, missing)
    run.save(update_fields=["held"])


def _forget_rows(run: Run, met: dict[str, Met]) -> None:
    """Forget set-aside rows that are listed no more."""
    assert run.started_at
    for resource in run.connection.speaks.resources:
        mapping = anchor(resource, met)
        if mapping:
            aside.forget(run.connection, resource.slug, met[mapping.model.slug], run.started_at)


def _owned(run: Run, model: str) -> bool:
    mappings = [m for r in run.connection.speaks.resources for m in r.makes if m.model.slug == model]
    return all(mapping.owned for mapping in mappings)


def _unmet(run: Run, model: str, met: Met) -> Iterator[tuple[UUID, str]]:
    rows = Record.objects.filter(
        connection=run.connection, model=model, deleted_at__isnull=True, owner=NONE, read_at__lt=run.started_at
    )
    for key, remote_id in rows.values_list("id", "remote_id").iterator(chunk_size=2000):
        if remote_id not in met:
            yield key, remote_id


def _implausible(run: Run, model: str, missing: int) -> str:
    total = Total.objects.filter(connection=run.connection, model=model).values_list("count", flat=True).first() or 0
    few = missing <= settings.DELETION_GUARD_ROWS or missing * 100 <= total * settings.DELETION_GUARD_PERCENT
    name = run.connection.speaks.name
    return "" if few else f"{name} no longer lists {missing} of {total}: too many to believe, so none was deleted"


def _rename(run: Run, model: str, missing: list[tuple[UUID, str]]) -> None:
    mine = Nomination.objects.filter(connection=run.connection, model=model)
    names = mine.values_list("record", "misses", "run_id")
    earlier = {record: misses - (by == run.id) for record, misses, by in names}
    mine.delete()
    rows = iter(missing)
    while portion := list(islice(rows, PORTION)):
        Nomination.objects.bulk_create(
            Nomination(
                tenant_id=run.tenant_id,
                connection=run.connection,
                record=key,
                model=model,
                remote_id=remote_id,
                run=run,
                misses=earlier.get(key, 0) + 1,
            )
            for key, remote_id in portion
        )


def ask(run: Run, connector: Connector, spend: Callable[[], None]) -> None:
    """Ask the addresses of nominated records: one call for all the records of one row, at most 50 in a run."""
    waiting = Nomination.objects.filter(run=run, asked=False)
    asked = Nomination.objects.filter(run=run, asked=True).values("remote_id").distinct().count()
    for nomination in list(waiting.order_by("id")):
        resource = connector.home(nomination.model)
        if resource is None or not resource.address:
            continue
        if asked >= ASKED or not waiting.filter(pk=nomination.pk).exists():
            continue
        asked += 1
        try:
            _ask_one(run, connector, nomination)
        except (ScopeMissing, Rejected):  # that says nothing about the record: it stays nominated
            Nomination.objects.filter(pk=nomination.pk).update(asked=True)
        spend()


def _ask_one(run: Run, connector: Connector, nomination: Nomination) -> None:
    resource = connector.home(nomination.model)
    assert resource
    started, before = timezone.now(), connector.talk.calls
    row = connector.row(resource, nomination.remote_id)
    same = Nomination.objects.filter(run=run, remote_id=nomination.remote_id, model__in=resource.own)
    with transaction.atomic():
        hold = stamps.hold(run.connection, "run", run.id)
        leases.keep(run)
        kept: set[str] = set()
        if row is not None:
            stored = store(hold, beside.reader(run.connection), resource, [row], started)
            kept = {model for model, remote_id in stored.ids if remote_id == nomination.remote_id}
            walking.count(run, stored.counts)
        gone = [one.record for one in same if one.model not in kept]
        walking.count(run, retiring.retire(hold, gone), connector.talk.calls - before)
        same.update(asked=True, misses=0)


def settle(run: Run) -> None:
    """Delete what has no address and was missed by two complete runs in a row; forget the names that were answered."""
    connector = run.connection.speaks
    nameless = [m for m in run.connection.reads if not ((home := connector.home(m)) and home.address)]
    gone = Nomination.objects.filter(run=run, model__in=nameless, misses__gte=2)
    with transaction.atomic():
        hold = stamps.hold(run.connection, "run", run.id)
        leases.keep(run)
        counts = retiring.retire(hold, list(gone.values_list("record", flat=True)))
        gone.delete()
        Nomination.objects.filter(run=run, misses=0).delete()
        walking.count(run, counts)
