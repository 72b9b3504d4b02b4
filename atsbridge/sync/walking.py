"""Walking a provider's lists: fetch outside any transaction, store and advance the checkpoint inside one."""

from collections import Counter
from collections.abc import Callable, Iterable

from django.db import transaction
from django.utils import timezone

from atsbridge.connections import states
from atsbridge.connections.models import Connection
from atsbridge.records import beside, stamps
from atsbridge.records.rows import Reader
from atsbridge.records.store import Stored, store
from atsbridge.sync import leases
from atsbridge.sync.models import Page, Run, Walk
from atsbridge.sync.packing import Met, pack
from connectors import base
from connectors.errors import NotFound, Rejected, ScopeMissing, TemporaryFailure

PATIENCE = 3


class Paused(Exception):
    """Some walks failed for the moment; the run goes on after `wait` seconds."""

    def __init__(self, message: str, wait: float) -> None:
        super().__init__(message)
        self.wait = wait


class Stopped(Exception):
    """Somebody paused or unlinked the connection, or its key is refused: the run ends at this page."""


def demand_active(connection: Connection) -> None:
    """Raise Stopped where a connection may not be read."""
    if connection.state != "active":
        raise Stopped(f"The connection is {connection.get_state_display().lower()}")


def walks(run: Run) -> list[Walk]:
    """The run's walks that have not ended, made when it begins: one for each list that makes a model that is read."""
    if not run.walks.exists():
        reads = set(run.connection.reads)
        wanted = [r for r in run.connection.speaks.resources if reads & set(r.models)]
        Walk.objects.bulk_create(
            Walk(tenant_id=run.tenant_id, run=run, resource=r.slug, position=number, params=r.pages.first(r.params))
            for number, r in enumerate(wanted)
        )
    return list(run.walks.filter(state__in=("waiting", "walking")))


def walk(run: Run, row: Walk, connector: base.Connector, spend: Callable[[], None]) -> None:
    """Take pages of one list until it ends. A refusal ends this list and not the others; a temporary one waits."""
    resource = connector.resource(row.resource)
    reader = beside.reader(run.connection)
    while row.state in ("waiting", "walking"):
        try:
            page = connector.page(resource, row.params)
        except (ScopeMissing, Rejected, NotFound) as refused:
            _fail(row, refused.message, refused.next_step)
            return
        except TemporaryFailure as failure:
            _stumble(row, failure)
            return
        states.worked(run.connection)
        _keep(run, row, reader, resource, page)
        spend()


def _keep(run: Run, row: Walk, reader: Reader, resource: base.Resource, page: base.Page) -> None:
    with transaction.atomic():
        hold = stamps.hold(run.connection, "run", run.id, announce=not run.first)
        demand_active(hold.connection)
        leases.keep(run)
        stored = store(hold, reader, resource, page.rows, page.started_at, again=run.full)
        _checkpoint(run, row, page, stored)


def _checkpoint(run: Run, row: Walk, page: base.Page, stored: Stored) -> None:
    kept = Page(tenant_id=run.tenant_id, walk=row, number=row.pages_read + 1, params=page.params)
    kept.rows, kept.ids, kept.counts = len(page.rows), pack(stored.ids), stored.counts
    stuck = page.next is not None and bool(stored.ids) and _repeats(row, kept)
    kept.save(force_insert=True)
    row.state, row.error = "walking" if page.next is not None else "walked", ""
    row.started_at = row.started_at or timezone.now()
    row.pages_read, row.rows_read = row.pages_read + 1, row.rows_read + len(page.rows)
    row.params, row.total, row.failures = page.next or page.params, page.total, 0
    row.ended_at = timezone.now() if row.state == "walked" else None
    row.save()
    if stuck:
        _fail(row, "The provider answers the same page again and again", "Nothing: the next run begins anew.")
    count(run, stored.counts, page.calls)


def _repeats(row: Walk, page: Page) -> bool:
    last = row.pages.order_by("-number").first()
    return last is not None and bytes(last.ids) == page.ids


def count(run: Run, counts: dict[str, dict[str, int]], calls: int = 0) -> None:
    """Add a transaction's counts to its run's."""
    run.refresh_from_db(fields=["counts", "calls"])
    for model, some in counts.items():
        run.counts[model] = dict(Counter(run.counts.get(model, {})) + Counter(some))
    run.calls += calls
    run.save(update_fields=["counts", "calls"])


def _fail(row: Walk, error: str, step: str) -> None:
    row.state, row.error, row.step, row.ended_at = "failed", error[:500], step[:300], timezone.now()
    row.save()


def _stumble(row: Walk, failure: TemporaryFailure) -> None:
    row.failures += 1
    if row.failures >= PATIENCE:
        _fail(row, failure.message, "Nothing: the next run begins anew.")
    else:
        row.error = failure.message[:500]
        row.save(update_fields=["failures", "error"])


def patience(run: Run) -> None:
    """Raise Paused while walks that stumbled have tries left."""
    stumbled = run.walks.filter(state__in=("waiting", "walking")).order_by("-failures").first()
    if stumbled:
        raise Paused(f"{stumbled.error}. It is tried again by itself", wait=10 * 2**stumbled.failures)


def complete_models(run: Run) -> list[str]:
    """The models of which every list that can make them was walked to its end in this run."""
    ended = dict(run.walks.values_list("resource", "state"))
    complete = []
    for model in run.connection.reads:
        makers = [r for r in run.connection.speaks.resources if model in r.models]
        if makers and all(ended.get(r.slug) == "walked" for r in makers):
            complete.append(model)
    return complete


def met(run: Run, models: Iterable[str]) -> dict[str, Met]:
    """The remote ids that this run's pages carried, by model."""
    packed = Page.objects.filter(walk__run=run).values_list("ids", flat=True)
    return Met.of(map(bytes, packed.iterator(chunk_size=200)), models)
