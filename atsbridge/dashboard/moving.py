"""Moving cards on a board: what is dropped becomes an action, and the board is told how it goes on."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from atsbridge.actions import intake
from atsbridge.actions.intake import Wrong
from atsbridge.actions.models import OPEN, Action
from atsbridge.dashboard.tiles import MOVES, Moves
from atsbridge.records import board
from atsbridge.records.models import Record
from atsbridge.tenants.access import Request, member


@member("act")
@require_POST
def move(request: Request, slug: str, job_id: UUID) -> HttpResponse:
    """Move the card of `application` to `stage`; it was believed to be in `expected`. Answers with the card."""
    application = _application(job_id, request.POST.get("application", ""))
    try:
        action = intake.accept(application.connection, _given(request, application), person=request.user)
    except Wrong as wrong:
        return _card(request, application, refused="Not moved", words=str(wrong), stage=application.stage, pending="")
    if not request.htmx:
        return redirect("action", slug, action.pk)
    return _card(request, application)


@member("act")
def moves(request: Request, slug: str, job_id: UUID) -> HttpResponse:
    """The cards whose moves have ended since then, and whether to ask again."""
    job = get_object_or_404(Record, id=job_id, model="job")
    now, mine = timezone.now(), _moves(job)
    ended = mine.filter(ended_at__gte=_moment(request.GET.get("since", ""), now)).values("touched__record")
    applications = list(_applications().filter(job=job_id, id__in=ended)[: board.MOST])
    known, tiles = Moves(request, [each.id for each in applications]), board.tiles(applications)
    context = moving(request, job, at=now) | {"tiles": [known.tile(tile) for tile in tiles]}
    return render(request, "pipelines/moving.html", context)


def moving(request: Request, job: Record, at: datetime | None = None) -> dict[str, Any]:
    """What the board asks for while a card of it is moving; nothing for who may not see actions."""
    if "act" not in request.rights:
        return {}
    address = reverse("pipeline_moves", args=[request.tenant.slug, job.id])
    since = (at or timezone.now()).timestamp()
    under_way = _moves(job).filter(state__in=OPEN).exists()
    return {"moves": f"{address}?since={since}", "under_way": under_way, "acts": True}


def _moves(job: Record) -> "QuerySet[Action]":
    here = Record.objects.filter(job=job.id, model="application").values("id")
    mine = Action.objects.filter(connection=job.connection_id, kind__in=MOVES, rehearsal=False)
    recent = Q(state__in=OPEN) | Q(ended_at__gt=timezone.now() - timedelta(minutes=10))
    return mine.filter(recent, touched__record__in=here)


def _moment(given: str, now: datetime) -> datetime:
    try:
        return datetime.fromtimestamp(float(given), UTC)
    except (ValueError, OverflowError, OSError):
        return now


def _applications() -> "QuerySet[Record]":
    rows = Record.objects.filter(model="application", deleted_at__isnull=True).select_related("connection")
    return rows.defer("remote", "wire", "search")


def _application(job_id: UUID, given: str) -> Record:
    try:
        wanted = UUID(given)
    except ValueError:
        wanted = UUID(int=0)
    return get_object_or_404(_applications(), id=wanted, job=job_id)


def _given(request: Request, application: Record) -> Any:
    """The move as the intake takes it: the provider's ids of the stages that the board named."""
    named = {name: request.POST.get(name, "") for name in ("stage", "expected")}
    ids = [each for each in map(_id, named.values()) if each]
    rows = Record.objects.filter(connection=application.connection_id, model="application_stage", id__in=ids)
    remote = {str(row.id): row.remote_id for row in rows.only("id", "remote_id")}
    if named["stage"] not in remote:
        raise Wrong("This board has no such stage any more. Reload it")
    return intake.read(
        "move_application",
        {
            "application_id": application.remote_id,
            "stage_id": remote[named["stage"]],
            "expected_stage_id": remote.get(named["expected"]),
        },
    )


def _id(given: str) -> UUID | None:
    try:
        return UUID(given)
    except ValueError:
        return None


def _card(request: Request, application: Record, **told: Any) -> HttpResponse:
    [tile] = board.tiles([application])
    card = Moves(request, [application.id]).tile(tile) | told
    job = Record(id=application.job, connection_id=application.connection_id)
    return render(request, "pipelines/moved.html", {"tile": card, **moving(request, job)})


urlpatterns = [
    path("pipelines/<uuid:job_id>/move/", move, name="pipeline_move"),
    path("pipelines/<uuid:job_id>/moves/", moves, name="pipeline_moves"),
]
