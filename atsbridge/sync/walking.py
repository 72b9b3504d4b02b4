"""Walking a provider's lists: fetch outside any transaction, store and advance the checkpoint inside one."""

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.db import transaction
from django.utils import timezone

from atsbridge.connections import doubts, states
from atsbridge.connections.models import Connection
from atsbridge.records import beside, history, stamps
from atsbridge.records.rows import Reader
from atsbridge.records.stamps import Hold
from atsbridge.records.store import Stored
from atsbridge.sync import courses, leases, nominating
from atsbridge.sync.course import Course, Step
from atsbridge.sync.courses import ALONE, COURSES, WHOLE
from atsbridge.sync.earlier import Earlier
from atsbridge.sync.fetching import CYCLE, Fetched, Fetcher, Pace
from atsbridge.sync.models import Page, Run, Walk
from atsbridge.sync.packing import Met, pack
from connectors import base
from connectors.errors import (
    AuthFailed,
    ConnectorError,
    NotFound,
    PlanRequired,
    Rejected,
    ScopeMissing,
    TemporaryFailure,
)

PATIENCE = 3
DEATHS = 10
"""Workers that one page may end: killed for their memory, or by a fault in what they are made of."""


class Paused(Exception):
    """Some walks failed for the moment; the run goes on after `wait` seconds."""

    def __init__(self, message: str, wait: float) -> None:
        super().__init__(message)
        self.wait = wait


class Stopped(Exception):
    """Somebody paused or unlinked the connection, or its key is refused: the run ends at this page, in this state."""

    def __init__(self, message: str, state: str = "cancelled", step: str = "") -> None:
        super().__init__(message)
        self.state, self.step = state, step


def demand_active(connection: Connection) -> None:
    """Raise Stopped where a connection may not be read."""
    if connection.state == "needs_relink":
        step = f"Mend that at {connection.speaks.name}, then relink the account, or test its key again."
        raise Stopped(connection.reason, "failed", step)
    if connection.state != "active":
        raise Stopped(f"The connection is {connection.get_state_display().lower()}")


def walks(run: Run) -> list[Walk]:
    """The run's walks that have not ended, made when it begins."""
    if not run.walks.exists():
        for number, resource in enumerate(run.connection.speaks.resources):
            if set(run.connection.reads) & set(resource.models):
                for how in courses.hows(run.connection, resource, run.kind):
                    _begin(run, resource, how, number)
    return list(run.walks.filter(state__in=("waiting", "walking")))


def _begin(run: Run, resource: base.Resource, how: str, position: int) -> Walk | None:
    step = COURSES[how](run.connection, resource).first()
    if step is None:
        return None
    mine = {"tenant_id": run.tenant_id, "position": position, "params": step.params, "place": step.place}
    return Walk.objects.get_or_create(run=run, resource=resource.slug, how=how, defaults=mine)[0]


def walk(run: Run, row: Walk, connector: base.Connector, pace: Pace) -> None:
    """Take pages of one list until it ends. A refusal ends this list and not the others; a temporary one waits."""
    course = COURSES[row.how](run.connection, connector.resource(row.resource))
    reader = beside.reader(run.connection)
    fetcher = Fetcher(course, connector, reader.beside)
    earlier = Earlier(run.connection, row, pace.left)
    while row.state in ("waiting", "walking"):
        try:
            with _keeping(run, row, reader, fetcher, earlier) as pages:
                fetcher.fetch(pages, row, pace)
        except (ScopeMissing, Rejected, NotFound) as refused:
            if row.how not in ALONE:
                _otherwise(run, row, connector, pace, refused)
            else:
                _fail(row, refused.message, refused.next_step)
            return
        except (AuthFailed, PlanRequired) as refused:
            doubts.ask(connector)  # raises where the key is refused, and not this list
            _refuse(row, refused)
            return
        except TemporaryFailure as failure:
            _stumble(row, failure)
            return
        pace.spend(len(pages))


def _otherwise(run: Run, row: Walk, connector: base.Connector, pace: Pace, refused: ConnectorError) -> None:
    """The provider cannot be asked in this way: remember that for a while, and take the course that stands in."""
    row.state, row.error, row.ended_at = "refused", refused.message[:500], timezone.now()
    row.save()
    instead = COURSES[row.how].instead
    other = _begin(run, connector.resource(row.resource), instead, row.position) if instead else None
    if other:
        walk(run, other, connector, pace)


@contextmanager
def _keeping(run: Run, row: Walk, reader: Reader, fetcher: Fetcher, earlier: Earlier) -> Iterator[list[Fetched]]:
    """A list for fetched pages, which are stored whatever ended the fetching."""
    pages: list[Fetched] = []
    try:
        yield pages
    finally:
        if pages:
            states.worked(run.connection)
            fetcher.learn(_keep(run, row, reader, fetcher.course, earlier, pages))


def _keep(run: Run, row: Walk, reader: Reader, course: Course, earlier: Earlier, pages: list[Fetched]) -> list[Stored]:
    with transaction.atomic():
        hold = stamps.hold(run.connection, "run", run.id)
        demand_active(hold.connection)
        reader = beside.renewed(reader, hold.connection)
        found = earlier.store(hold, reader, [each.page for each in pages], again=run.full)
        stored = list(zip(pages, found, strict=True))
        for fetched, some in stored:
            course.note(fetched.page)
            _nominate(run, course, fetched, some)
        _checkpoint(hold, row, course, stored)
        count(run, *(some.counts for _, some in stored), calls=sum(each.page.calls for each in pages))
        for model in complete_models(run) if row.state == "walked" else ():
            history.listed(hold, model)
    return [some for _, some in stored]


def _nominate(run: Run, course: Course, fetched: Fetched, stored: Stored) -> None:
    page = fetched.page
    missing = course.missing(fetched.place, page, stored)
    if missing:
        nominating.name(run, course.resource, missing, page.started_at, proved=course.proves(page))


def _checkpoint(hold: Hold, row: Walk, course: Course, stored: list[tuple[Fetched, Stored]]) -> None:
    """Note the pages, and where the walk goes on."""
    last: list[bytes] = [bytes(ids) for ids in row.pages.order_by("-number").values_list("ids", flat=True)[:CYCLE]]
    kept: list[Page] = []
    stuck = False
    for fetched, some in stored:
        step = fetched.step if course.ahead else course.following(fetched.place, fetched.page, some)
        one = _page(hold, row, fetched.page, some)
        stuck |= step is not None and row.how != "windows" and bool(some.ids) and _repeats(row, one, fetched.page, last)
        kept, last = [*kept, one], [bytes(one.ids), *last][:CYCLE]
        _go_on(row, fetched.page, step)
    Page.objects.bulk_create(kept)
    row.save()
    if stuck:
        _fail(row, "The provider answers the same page again and again", "Nothing: the next run begins anew.")
    elif row.state == "walked" and row.how == "list" and row.total is not None and row.rows_read < row.total:
        said = f"{hold.connection.speaks.name} says that it has {row.total:,} rows and listed {row.rows_read:,}"
        _fail(row, said, "Nothing was taken for deleted; the next run begins anew.")


def _page(hold: Hold, row: Walk, page: base.Page, stored: Stored) -> Page:
    kept = Page(tenant_id=row.tenant_id, walk=row, number=row.pages_read + 1, params=page.params)
    kept.rows, kept.ids, kept.counts = page.listed, pack(stored.ids), stored.counts
    kept.mark, kept.stamp = stored.mark, hold.stamp
    return kept


def _go_on(row: Walk, page: base.Page, step: Step | None) -> None:
    row.state, row.error = "walked" if step is None else "walking", ""
    row.started_at = row.started_at or page.started_at
    row.pages_read, row.rows_read = row.pages_read + 1, row.rows_read + page.listed
    row.params, row.place = (step.params, step.place) if step else (page.params, row.place)
    row.total, row.failures = _total(row, page), 0
    row.ended_at = None if step else timezone.now()


def _total(row: Walk, page: base.Page) -> int | None:
    """What the whole walk is to bring, as far as that is known: a window's total is not its list's."""
    return page.total if row.how in ("list", "since", "newer") else row.total


def _repeats(row: Walk, kept: Page, page: base.Page, last: list[bytes]) -> bool:
    """Whether one of the last pages carried the very same ids, or all of them while rows are left to list.

    Until these are listed, so many new rows may have come that they pushed a whole page down; not so often in a row.
    """
    if page.total is not None and row.rows_read + kept.rows < page.total:
        return len(last) == CYCLE and set(last) == {kept.ids}
    return kept.ids in last


def count(run: Run, *counts: dict[str, dict[str, int]], calls: int = 0) -> None:
    """Add a transaction's counts to its run's, which only the holder of its lease may: raises LeaseLost.

    Something is stored: whatever failed before that is over.
    """
    total = {model: Counter(known) for model, known in run.counts.items()}
    for model, some in (item for each in counts for item in each.items()):
        total[model] = total.get(model, Counter()) + Counter(some)
    added = {model: dict(known) for model, known in total.items()}
    leases.keep(run, counts=added, calls=run.calls + calls, attempts=0, takeovers=0)


def _fail(row: Walk, error: str, step: str) -> None:
    row.state, row.error, row.step, row.ended_at = "failed", error[:500], step[:300], timezone.now()
    row.save()


def _refuse(row: Walk, refused: ConnectorError) -> None:
    """A list refuses a key that is accepted: the second time in a row ends it."""
    if row.error == refused.message[:500]:
        _fail(row, refused.message, "The key is accepted, but not for this list: look at what it may do.")
    else:
        _stumble(row, refused)


def _stumble(row: Walk, failure: ConnectorError) -> None:
    row.failures += 1
    if row.failures >= PATIENCE:
        _fail(row, failure.message, "Nothing: the next run begins anew.")
    else:
        row.error = failure.message[:500]
        row.save(update_fields=["failures", "error"])


def survive(run: Run) -> None:
    """Leave what ended too many workers in a row before it was stored: the list that is read, else all of the run, for
    which it raises Stopped.
    """
    if run.takeovers < DEATHS:
        return
    step = "Whoever runs this installation finds the reason in the machine's log: often too little memory."
    walk = run.walks.filter(state__in=("waiting", "walking")).first() if run.phase == "walks" else None
    if walk is None:
        raise Stopped(f"{DEATHS} workers in a row ended in the midst of it", "failed", step)
    _fail(walk, f"{DEATHS} workers in a row ended while they read this list", step)
    run.takeovers = 0
    run.save(update_fields=["takeovers"])


def patience(run: Run) -> None:
    """Raise Paused while walks that stumbled have tries left."""
    stumbled = run.walks.filter(state__in=("waiting", "walking")).order_by("-failures").first()
    if stumbled:
        raise Paused(f"{stumbled.error.rstrip('.')}. It is tried again by itself", wait=10 * 2**stumbled.failures)


def complete_models(run: Run) -> list[str]:
    """The models of which every list that can make them was walked to its end in this run, as far as it is read."""
    ended = dict(run.walks.filter(how__in=(*WHOLE, "kept")).exclude(state="refused").values_list("resource", "state"))
    complete = []
    for model in run.connection.reads:
        makers = [r for r in run.connection.speaks.resources if model in r.models]
        if makers and all(ended.get(r.slug) == "walked" for r in makers):
            complete.append(model)
    return complete


def by_windows(run: Run, resource: base.Resource | None) -> bool:
    """Whether a run walked a list by windows of ids, whose answers prove what is gone."""
    return resource is not None and run.walks.filter(resource=resource.slug, how="windows", state="walked").exists()


def met(run: Run, models: Iterable[str]) -> dict[str, Met]:
    """The remote ids that this run's pages carried, by model."""
    packed = Page.objects.filter(walk__run=run).values_list("ids", flat=True)
    return Met.of(map(bytes, packed.iterator(chunk_size=200)), models)
