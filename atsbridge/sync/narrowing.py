"""What is not ours goes, after somebody chose that only what we created is read: at once, whole, and without a call."""

from collections.abc import Callable

from django.db import transaction

from atsbridge.connections.models import Connection
from atsbridge.records import history, kept, retiring, stamps
from atsbridge.records.models import Record, Total
from atsbridge.sync import forgetting, questions, walking
from atsbridge.sync.models import Nomination, Run


def advance(run: Run, spend: Callable[[], None]) -> None:
    """Retire and empty portion by portion what is not ours, then say so once of each model."""
    while _portion(run):
        spend()
    with transaction.atomic():
        hold = stamps.hold(run.connection, "settings", run.id)
        if hold.connection.owes != "narrow":
            return
        _forget(run)
        for model in (model for model in kept.PEOPLE if model in hold.connection.reads):
            left = Total.objects.filter(connection=run.connection, model=model).values_list("count", flat=True).first()
            history.note(hold, f"{model}.narrowed", model=model, after={"count": left or 0})
        Connection.objects.filter(pk=run.connection_id).update(owes="")


def _portion(run: Run) -> int:
    with transaction.atomic():
        hold = stamps.hold(run.connection, "settings", run.id)
        if not hold.connection.only_ours:
            return 0
        many, counts = retiring.dismiss(hold)
        walking.count(run, counts)
    return many


def _forget(run: Run) -> None:
    """What else may tell of anybody: rows set aside, webhooks, a provider's words, questions about deletions."""
    kept.forget_rows(run.connection)
    forgetting.unsay_of(run.connection)
    gone = Record.objects.filter(connection=run.connection, emptied_at__isnull=False)
    Nomination.objects.filter(connection=run.connection, record__in=gone.values("id")).delete()
    questions.recount(run)
