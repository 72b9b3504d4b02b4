"""One run: what the mappings need, page after page, then the deletions. A page, or a few that came quickly, is one
transaction.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from atsbridge.connections import doubts, states
from atsbridge.connections.models import Connection, Exchange
from atsbridge.connections.opening import opened
from atsbridge.records import beside, history, stamps
from atsbridge.sync import deletions, feeds, leases, narrowing, remapping, schedule, waiting, walking
from atsbridge.sync.models import HERE, MENDED, Run
from connectors.base import Connector
from connectors.errors import AuthFailed, ConnectorError, PlanRequired, RateLimited, TemporaryFailure

SLICE_PAGES = 20
SLICE_SECONDS = 10.0
BESIDE = timedelta(hours=1)
"""How long a quick run takes what stands beside the rows as it was."""
WITHOUT_CALLS = {"remap": remapping.advance, "narrow": narrowing.advance}
"""Kinds of run that ask the provider nothing → all that they do."""
THEIRS, OURS = (20, 40, 80), (4, 16, 64)
"""Seconds before a run goes on after each temporary failure in a row, of the provider and of this installation."""
PATIENCE = len(THEIRS) + 1
"""Failures in a row, none of whose pages was stored, before a run gives up until the next."""


class Spent(Exception):
    """This slice is used up: the next one goes on, and others come in between."""


class Slice:
    """At most 20 pages or 10 seconds of one run, so that one big first sync never delays a small one.

    careful: this run failed, or its worker was gone, since something was stored.
    """

    def __init__(self, *, careful: bool) -> None:
        self.pages, self.begun, self.careful = 0, time.monotonic(), careful

    @property
    def left(self) -> int:
        """Pages that it may still take."""
        return SLICE_PAGES - self.pages

    def spend(self, pages: int = 1) -> None:
        """Count pages that were stored; raises Spent after the last."""
        self.pages += pages
        if self.pages >= SLICE_PAGES or time.monotonic() - self.begun > SLICE_SECONDS:
            raise Spent


def advance(run_id: UUID, rung_at: datetime | None = None) -> bool:
    """Take a run one slice further, where a bell of that time still wakes it. Returns whether it can go on at once."""
    run = leases.take(run_id, rung_at)
    if run is None:
        return False
    with _minding(run) as waits:
        walking.survive(run)
        _demand_trust(run)
        _phases(run, Slice(careful=bool(run.attempts or run.takeovers)))
    return not waits and Run.objects.filter(pk=run_id, ended_at__isnull=True).exists()


def _demand_trust(run: Run) -> None:
    """Raise Stopped where the connection may not be read, Paused while it is in doubt whether its key is refused."""
    if run.kind == "narrow":
        return
    doubts.settle(run.connection)
    walking.demand_active(run.connection)
    if run.connection.refused_at:
        raise walking.Paused(_doubted(run), wait=doubts.left(run.connection))


def _phases(run: Run, slice_: Slice) -> None:
    if run.kind in WITHOUT_CALLS:
        WITHOUT_CALLS[run.kind](run, slice_.spend)
        _enter(run, "done")
    if run.phase == "beside":
        deletions.switch_off(run)
        deletions.answered(run)
        if run.kind == "complete" or not beside.known(run.connection, BESIDE):
            with _opened(run) as connector:
                beside.keep(run.connection, connector.beside())
        feeds.begin_events(run.connection)
        _enter(run, "events" if run.kind == "quick" else "walks")
    if run.phase == "events":
        with _opened(run, feeds.EVENTS) as connector:
            walking.count(run, feeds.follow_events(run.connection, connector, cause="run", cause_id=run.id))
        _enter(run, "walks")
    if run.phase == "walks":
        for walk in walking.walks(run):
            with _opened(run, walk.resource) as connector:
                walking.walk(run, walk, connector, slice_)
        walking.patience(run)
        deletions.nominate(run)
        _enter(run, "deletions")
    if run.phase == "deletions":
        deletions.take_proved(run)
        with _opened(run) as connector:
            deletions.ask(run, connector, slice_.spend)
        deletions.settle(run)
    _conclude(run)


@contextmanager
def _opened(run: Run, walk: str = "") -> Iterator[Connector]:
    """The connection's connector, which renews the run's lease before it asks the budget for a call."""
    allowance = partial(waiting.may_use_floor, run)
    with opened(run.connection, by="run", by_id=run.id, walk=walk, allowance=allowance, patient=True) as connector:
        connector.talk.budget = leases.kept(run, connector.talk.budget)
        yield connector


def _conclude(run: Run) -> None:
    walks = run.walks.exclude(state="refused")
    failed = walks.filter(state="failed").count()
    finish(run, "succeeded" if not failed else "failed" if failed == walks.count() else "partial")


@contextmanager
def _minding(run: Run) -> Iterator[list[str]]:
    """Turn whatever ends a slice into what the run says about itself; the list names what it waits for."""
    waits: list[str] = []
    try:
        yield waits
    except Spent:
        leases.give_back(run)
    except leases.LeaseLost:
        waits.append("another worker")
    except walking.Stopped as stopped:
        finish(run, stopped.state, error=str(stopped), step=stopped.step)
    except walking.Paused as pause:
        waits.append(str(pause))
        leases.give_back(run, wait=pause.wait, why=str(pause))
    except RateLimited as limited:
        waits.append("budget")
        why = f"{limited.message}. It goes on by itself" if limited.status else waiting.BUDGET
        leases.give_back(run, wait=limited.wait, why=why)
    except (AuthFailed, PlanRequired) as refused:
        waits.append("the key")
        _doubt(run, refused)
    except TemporaryFailure as failure:
        waits.append("the provider")
        _later(run, failure)
    except ConnectorError as error:
        finish(run, "failed", error=error.message, step=error.next_step)
    except Exception as error:
        words = f"This installation failed ({type(error).__name__}); the worker's log says where"
        _later(run, TemporaryFailure(words), OURS)
        raise


def _later(run: Run, failure: TemporaryFailure, pauses: tuple[int, ...] = THEIRS) -> None:
    if _may_try_again(run, failure):
        wait = pauses[run.attempts - 1]
        leases.give_back(run, wait=wait, why=f"{failure.message}. It is tried again by itself")


def _doubt(run: Run, refused: ConnectorError) -> None:
    """Wait until it is known whether the key is refused. Where it never is, this is: the run gives up after a while."""
    if _may_try_again(run, refused):
        states.refused(run.connection)
        leases.give_back(run, wait=doubts.left(run.connection), why=_doubted(run))


def _doubted(run: Run) -> str:
    return f"{run.connection.speaks.name} refused the key; it is asked once more before anybody has to relink"


def _may_try_again(run: Run, failure: ConnectorError) -> bool:
    """Count a try that failed, as the database has it: what was set beside it may have been rolled back. The last one
    ends the run.
    """
    Run.objects.filter(pk=run.pk).update(attempts=F("attempts") + 1)
    run.refresh_from_db(fields=["attempts"])
    if run.attempts >= PATIENCE:
        finish(run, "failed", error=failure.message, step=failure.next_step)
    return run.attempts < PATIENCE


def _enter(run: Run, phase: str) -> None:
    run.phase = phase
    run.save(update_fields=["phase"])


def finish(run: Run, state: str, *, error: str = "", step: str = "") -> None:
    """End a run, once: its state, what went wrong, when the connection is looked at next."""
    with transaction.atomic():
        hold = stamps.hold(run.connection, "run", run.id)
        ended = Run.objects.filter(pk=run.pk, ended_at__isnull=True).update(
            state=state,
            error=error[:500],
            step=step[:300],
            ended_at=timezone.now(),
            lease=None,
            lease_until=None,
            waits_for="",
            phase="done",
            drift=_drift(run),
            calls=Exchange.objects.filter(by_id=run.id, by="run").count(),  # those that failed and renewals too
        )
        if not ended:
            return
        if run.kind not in HERE:
            schedule.plan_next(hold.connection, state)
        if run.full and state in ("succeeded", "partial"):
            Connection.objects.filter(pk=run.connection_id, owes="full").update(owes="")
        run.refresh_from_db(fields=["counts"])
        history.note(hold, "sync.finished", after={"run": run.number, "state": state, "counts": run.counts})
        history.announce_state(hold)


def _drift(run: Run) -> dict[str, dict[str, int]]:
    """What a complete run had to mend because no earlier look had told it; of a first one that means nothing."""
    if run.first or run.kind != "complete" or run.connection.owes:
        return {}
    run.refresh_from_db(fields=["counts"])
    mended = {
        model: {word: counts[name] for name, word in MENDED.items() if counts.get(name)}
        for model, counts in run.counts.items()
    }
    return {model: found for model, found in mended.items() if found}


def run_whole(run_id: UUID, sleep: float = 0.2) -> None:
    """Stay until a run has ended, and do its work here whenever no worker has it."""
    unended = Run.objects.filter(pk=run_id, ended_at__isnull=True)
    while unended.exists():
        if not advance(run_id) and unended.exists():
            time.sleep(sleep)
