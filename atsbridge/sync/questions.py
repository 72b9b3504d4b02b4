"""What a person is asked before an implausible share of a model is deleted within a day; the answer is about a list."""

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from atsbridge.connections.models import Connection
from atsbridge.records.models import Change, Record, Total
from atsbridge.sync import nominating
from atsbridge.sync.models import Nomination, Question, Run
from atsbridge.tenants.models import Person
from connectors.base import Resource

DAY = timedelta(days=1)
UNASKED = ("run", "webhook", "detail")
"""What deletes without a person: it counts towards the share of a day."""


class Moved(Exception):
    """The list is another one by now than the person has seen."""


def hold_back(run: Run) -> None:
    """Put the names of a run into questions where deleting them would take too many of a model within a day.

    People whom the provider had to forget by now are not asked about: they have to go.
    """
    fresh = Nomination.objects.filter(run=run, question__isnull=True, expired=False)
    for model in list(fresh.values_list("model", flat=True).distinct().order_by()):
        mine = fresh.filter(model=model)
        total, gone = _total(run.connection, model), gone_lately(run.connection, model)
        if _implausible(mine.count() + gone, total + gone):
            with transaction.atomic():
                question, _ = Question.objects.get_or_create(
                    connection=run.connection, model=model, state="open", defaults={"tenant_id": run.tenant_id}
                )
                mine.update(question=question)
                _recount(question, total)


def plausible(connection: Connection, resource: Resource, gone: Iterable[Record]) -> list[UUID]:
    """Those of some records, gone from their addresses, that go without a question; the others are put into one."""
    may: list[UUID] = []
    for record in gone:
        total, before = _total(connection, record.model), gone_lately(connection, record.model)
        if nominating.expired(resource, record) or not _implausible(len(may) + before + 1, total + before):
            may.append(record.id)
        else:
            _ask(connection, record, total)
    return may


def _ask(connection: Connection, record: Record, total: int) -> None:
    mine = {"connection": connection, "model": record.model}
    tenant = {"tenant_id": connection.tenant_id}
    question, _ = Question.objects.get_or_create(**mine, state="open", defaults=tenant)
    named = {"question": question}
    Nomination.objects.update_or_create(
        record=record.id,
        defaults=named,
        create_defaults={**mine, **tenant, **named, "remote_id": record.remote_id},
    )
    _recount(question, total)


def recount(run: Run) -> None:
    """Count anew what the open questions of a connection list; one whose records all came back is moot."""
    for question in Question.objects.filter(connection=run.connection, state="open"):
        _recount(question, _total(run.connection, question.model))


def answer(question: Question, *, delete: bool, count: int, person: Person) -> bool:
    """Answer a question as a person saw it, `count` records long; False where it was answered already. Raises Moved."""
    with transaction.atomic():
        waiting = Question.objects.select_for_update().filter(pk=question.pk, state="open").first()
        if waiting is None:
            return False
        if waiting.count != count:
            raise Moved
        waiting.state, waiting.person, waiting.answered_at = "delete" if delete else "keep", person, timezone.now()
        waiting.save(update_fields=["state", "person", "answered_at"])
    return True


def waiting(connection: Connection) -> "QuerySet[Question]":
    """The questions that wait for a person."""
    return Question.objects.filter(connection=connection, state="open").order_by("asked_at")


def _recount(question: Question, total: int) -> None:
    question.count, question.total = question.nominations.count(), total
    if not question.count:
        question.state = "moot"
    question.save(update_fields=["count", "total", "state"])


def _implausible(gone: int, total: int) -> bool:
    rows, percent = int(settings.DELETION_GUARD_ROWS), int(settings.DELETION_GUARD_PERCENT)
    return gone > rows and gone * 100 > total * percent


def _total(connection: Connection, model: str) -> int:
    return Total.objects.filter(connection=connection, model=model).values_list("count", flat=True).first() or 0


def gone_lately(connection: Connection, model: str) -> int:
    """How many went within a day without a person's word."""
    since = timezone.now() - DAY
    return Change.objects.filter(
        connection=connection, model=model, kind="deleted", cause__in=UNASKED, at__gte=since
    ).count()
