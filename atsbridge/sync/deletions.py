"""Deletions: what was not met is only named; a record goes when a window of ids or its own address proves it gone.

What has no address of its own (stages, departments) goes when two complete runs in a row made it no more. Where too
many would go at once, a person is asked (`questions.py`).
"""

from collections.abc import Callable, Iterable
from itertools import batched
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from atsbridge.connections import doubts
from atsbridge.records import aside, retiring, stamps, standing
from atsbridge.records.models import Record
from atsbridge.records.rows import anchor
from atsbridge.records.stamps import Hold
from atsbridge.sync import leases, nominating, questions, walking
from atsbridge.sync.looking import Looked, look
from atsbridge.sync.models import Nomination, Question, Run
from atsbridge.sync.packing import Met
from connectors.base import Connector, Resource
from connectors.errors import AuthFailed, PlanRequired, Rejected, ScopeMissing

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
            hold = stamps.hold(run.connection, "settings", run.id)
            walking.count(run, retiring.retire(hold, some))


def nominate(run: Run) -> None:
    """Name the live records that this run's walks did not meet where they have to stand.

    Doing it twice in one run, after a crash, changes nothing.
    """
    models = [model for model in walking.complete_models(run) if not _owned(run, model)]
    met = walking.met(run, models)
    _forget_rows(run, met)
    for model in models:
        home = run.connection.speaks.home(model)
        if not walking.by_windows(run, home):  # its windows have named what they missed
            assert run.started_at
            unmet = standing.unowned(run.connection, model, run.started_at)
            _name(run, home, (key for key, remote_id in unmet if remote_id not in met[model]))
        Nomination.objects.filter(connection=run.connection, model=model).exclude(run=run).delete()
    _name_of_jobs(run)
    questions.hold_back(run)
    questions.recount(run)


def _name(run: Run, home: Resource | None, ids: Iterable[UUID]) -> None:
    assert run.started_at
    for portion in batched(ids, PORTION):
        with transaction.atomic():
            leases.keep(run)
            nominating.name(run, home, portion, run.started_at)


def _name_of_jobs(run: Run) -> None:
    """Name the applications to open jobs that a look at the rows of these jobs did not bring."""
    if not run.walks.filter(how="jobs", state="walked").exists():
        return
    assert run.started_at
    met = walking.met(run, ["application"])["application"]
    home = run.connection.speaks.home("application")
    unmet = standing.on_open_jobs(run.connection, run.started_at)
    _name(run, home, (key for key, remote_id in unmet if remote_id not in met))


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


def _mine(run: Run) -> "QuerySet[Nomination]":
    """What a run may delete without asking a person."""
    return Nomination.objects.filter(run=run, question__isnull=True)


def answered(run: Run) -> None:
    """Delete what a person said, and nothing that was read after the question was asked."""
    for question in Question.objects.filter(connection=run.connection, state="delete"):
        while some := list(question.nominations.values_list("record", flat=True)[:PORTION]):
            old = standing.rows(run.connection, some, (), question.asked_at)
            _retire(run, list(old.values_list("id", flat=True)), "answer", question.id)
            Nomination.objects.filter(record__in=some).delete()
        Question.objects.filter(pk=question.pk).update(state="done")


def take_proved(run: Run) -> None:
    """Delete what a window of ids proved gone."""
    proved = _mine(run).filter(proved=True)
    while some := dict(proved.values_list("record", "since")[:PORTION]):
        read = Record.objects.filter(id__in=some).values_list("id", "read_at")
        _retire(run, [key for key, at in read if at < some[key]], "run", run.id)
        proved.filter(record__in=some).delete()


def _retire(run: Run, ids: list[UUID], cause: str, cause_id: UUID) -> None:
    with transaction.atomic():
        hold = stamps.hold(run.connection, cause, cause_id)
        walking.count(run, retiring.retire(hold, ids))


def ask(run: Run, connector: Connector, spend: Callable[[], None]) -> None:
    """Ask the addresses of nominated records: one call for all the records of one row, at most 50 in a run."""
    waiting = _mine(run).filter(asked=False, proved=False)
    asked = _mine(run).filter(asked=True).values("remote_id").distinct().count()
    for nomination in list(waiting.order_by("-expired", "id")[: ASKED * 3]):
        resource = connector.home(nomination.model)
        if resource is None or not resource.address:
            continue
        if asked >= ASKED or not waiting.filter(pk=nomination.pk).exists():
            continue
        asked += 1
        try:
            _ask_one(run, connector, nomination)
        except (ScopeMissing, Rejected, AuthFailed, PlanRequired) as refused:
            if isinstance(refused, AuthFailed | PlanRequired):
                doubts.ask(connector)  # raises where the key is refused, and not this address
            # that says nothing about the record: it stays nominated
            Nomination.objects.filter(pk=nomination.pk).update(asked=True)
        spend()


def _ask_one(run: Run, connector: Connector, nomination: Nomination) -> None:
    resource = connector.home(nomination.model)
    assert resource

    def also(hold: Hold, looked: Looked) -> None:
        walking.count(run, looked.counts, calls=looked.calls)
        same = _mine(run).filter(remote_id=nomination.remote_id, model__in=resource.own)
        same.update(asked=True, misses=0)

    cause = "retention" if nomination.expired else "run"
    named = nomination.remote_id
    look(run.connection, connector, resource, named, cause=cause, cause_id=run.id, also=also, guarded=False)


def settle(run: Run) -> None:
    """Delete what has no address and was missed by two complete runs in a row; forget the names that were answered."""
    connector = run.connection.speaks
    nameless = [m for m in run.connection.reads if not ((home := connector.home(m)) and home.address)]
    gone = _mine(run).filter(model__in=nameless, misses__gte=2)
    with transaction.atomic():
        hold = stamps.hold(run.connection, "run", run.id)
        counts = retiring.retire(hold, list(gone.values_list("record", flat=True)))
        gone.delete()
        _mine(run).filter(misses=0).delete()
        walking.count(run, counts)
