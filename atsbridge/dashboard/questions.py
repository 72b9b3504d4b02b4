"""Questions that wait for a person: whether what an ATS no longer returns is to be deleted here."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.views.decorators.http import require_POST

from atsbridge.connections.models import Connection
from atsbridge.dashboard.checks import plural
from atsbridge.records.models import Record
from atsbridge.records.references import References, documents
from atsbridge.sync import questions, schedule
from atsbridge.sync.models import Question
from atsbridge.tenants.access import Request, member
from atsbridge.tenants.audit import audit
from connectors.unified import BY_SLUG

NAMED = 12
"""Records that a question names; the others are a number."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question in words, with the first of the records that it lists, each with what it is called. gone: how many
    went unasked within a day, which made it one.
    """

    question: Question
    title: str
    records: list[tuple[Record, str]]
    gone: int

    @property
    def rest(self) -> int:
        """How many more it lists."""
        return self.question.count - len(self.records)

    @property
    def plural(self) -> str:
        """The model's name in addresses."""
        return BY_SLUG[self.question.model].plural


def asked(waiting: Iterable[Question]) -> list[Asked]:
    """Questions as their page shows them."""
    return [
        Asked(each, title(each), _records(each), questions.gone_lately(each.connection, each.model)) for each in waiting
    ]


def title(question: Question) -> str:
    """What is asked: "CATS no longer returns 312 of 900 candidates"."""
    name, many = question.connection.speaks.name, plural(BY_SLUG[question.model])
    return f"{name} no longer returns {question.count:,} of {question.total:,} {many}"


def _records(question: Question) -> list[tuple[Record, str]]:
    ids = question.nominations.order_by("id").values_list("record", flat=True)[:NAMED]
    rows = list(Record.objects.filter(id__in=list(ids)).defer("remote").order_by("sort", "id"))
    texts = documents(rows)
    names = References(texts)
    return [(row, names.title(row, values) or row.remote_id) for row, (_, _, values) in zip(rows, texts, strict=True)]


@member("manage")
@require_POST
def answer(request: Request, slug: str, pk: UUID, question_id: UUID) -> HttpResponse:
    """Delete what a question lists, or keep it; the answer is about the list that was seen."""
    connection = get_object_or_404(Connection, pk=pk)
    question = get_object_or_404(Question.objects.select_related("connection"), pk=question_id, connection=connection)
    delete, count = request.POST.get("answer") == "delete", request.POST.get("count", "")
    try:
        if not (count.isascii() and count.isdecimal()) or len(count) > 9:
            raise questions.Moved
        if questions.answer(question, delete=delete, count=int(count), person=request.user):
            _done(request, connection, question, delete=delete)
    except questions.Moved:
        messages.warning(request, "The list has changed since you looked. Look again before you answer.")
    return redirect("connection", slug, pk)


def _done(request: Request, connection: Connection, question: Question, *, delete: bool) -> None:
    kind = "connection.deletions_confirmed" if delete else "connection.deletions_refused"
    audit(request.tenant, request.user, kind, connection.label, connection.pk)
    if not delete:
        messages.success(request, "They stay. They are asked about again only when they came back and went once more.")
        return
    try:
        schedule.start(connection, "person", request.user)
        messages.success(request, "They are being deleted; the sync that has just begun does it.")
    except schedule.NotActive as reason:
        messages.warning(request, f"{reason} They are deleted when it is read again.")


urlpatterns = [
    path("connections/<uuid:pk>/questions/<uuid:question_id>/", answer, name="connection_question"),
]
