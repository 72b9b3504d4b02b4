"""Many cards at once: what to do with those that were chosen, what it costs, how it goes on, how to stop it."""

import json
from collections import Counter
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.views.decorators.http import require_POST

from atsbridge.actions import batching, intake
from atsbridge.actions.intake import Wrong
from atsbridge.actions.models import OPEN, Action, Batch
from atsbridge.dashboard import addresses
from atsbridge.dashboard.act_form import EXPECTED, ActForm
from atsbridge.dashboard.act_page import told
from atsbridge.dashboard.forms import pointed
from atsbridge.dashboard.offers import unable
from atsbridge.dashboard.states import look
from atsbridge.records import board
from atsbridge.records.ids import record_id
from atsbridge.records.models import Record
from atsbridge.tenants.access import Request, member
from connectors.unified.actions import BY_SLUG

OF_A_ROW = ("application_id", EXPECTED)
"""What each row is told by itself."""


@dataclass(frozen=True, slots=True)
class Row:
    """One application of a batch and what became of it. state: of its action, "" before there is one."""

    name: str
    address: str
    state: str
    words: str
    action: Action | None


@member("act")
def propose(request: Request, slug: str, job_id: UUID) -> HttpResponse:
    """The form of what is done to the chosen applications; sent, it becomes a batch that waits for its start."""
    job = get_object_or_404(Record.objects.select_related("connection"), id=job_id, model="job")
    kind, chosen = request.POST.get("kind", ""), _chosen(request, job)
    if request.method != "POST" or not chosen or kind not in batching.KINDS:
        messages.warning(request, "Choose cards on the board first, 200 at the most.")
        return redirect("pipeline", slug, job_id)
    if reason := unable(job.connection, kind):
        return _form(request, job, kind, {"reason": reason}, 422)
    able = intake.able(job.connection, kind)
    form = ActForm(BY_SLUG[kind], able, job, "", request.POST if "propose" in request.POST else None)
    for name in OF_A_ROW:
        form.fields.pop(name, None)
    if form.is_bound and form.is_valid():
        try:
            return redirect("batch", slug, _propose(request, job, form, chosen).pk)
        except Wrong as wrong:
            form.blame(wrong)
    context = {"form": pointed(form), "chosen": chosen.items(), "count": len(chosen), "says": able.says}
    return _form(request, job, kind, context, 422 if form.errors else 200)


def _propose(request: Request, job: Record, form: ActForm, chosen: dict[Record, str]) -> Batch:
    stages = Record.objects.filter(connection=job.connection_id, model="application_stage", id__in=set(chosen.values()))
    remote = {str(pk): name for pk, name in stages.values_list("id", "remote_id")}
    expected = EXPECTED in form.described
    rows = [
        (each.remote_id, {EXPECTED: remote[stage]} if expected and stage in remote else {})
        for each, stage in chosen.items()
    ]
    return batching.propose(job.connection, form.action.slug, form.given(), rows, request.user)


def _chosen(request: Request, job: Record) -> dict[Record, str]:
    """The chosen applications of a job, each with the stage in which the board showed it."""
    pairs = [each.partition(":")[::2] for each in request.POST.getlist("application")[: batching.MOST + 1]]
    ids = {application: stage for application, stage in pairs if _is_id(application) and _is_id(stage)}
    rows = Record.objects.filter(job=job.id, model="application", deleted_at=None, id__in=ids)
    found = {str(row.id): row for row in rows.defer("remote", "wire", "search", "document")}
    return {found[each]: stage for each, stage in ids.items() if each in found}


def _is_id(given: str) -> bool:
    try:
        return bool(UUID(given))
    except ValueError:
        return False


def _form(request: Request, job: Record, kind: str, context: dict[str, Any], status: int) -> HttpResponse:
    shared = {"job": job, "kind": kind, "verb": BY_SLUG[kind].label, "ats": job.connection.speaks.name}
    return render(request, "actions/propose.html", shared | context, status=status)


@member("act")
def batch(request: Request, slug: str, batch_id: UUID) -> HttpResponse:
    """One batch: what it costs before it starts, then how it goes on; htmx asks until it has ended."""
    found = _find(batch_id)
    return render(request, addresses.part(request, "actions/batch.html", "live"), _context(request, found))


def _find(batch_id: UUID) -> Batch:
    return get_object_or_404(Batch.objects.select_related("connection", "person", "probe"), pk=batch_id)


def _context(request: Request, found: Batch) -> dict[str, Any]:
    actions = list(found.actions.order_by("order").only("state", "error", "waits_for", "warnings", "input", "unread"))
    states = Counter(str(action.state) for action in actions)
    going = sum(states[state] for state in OPEN)
    whole = found.taken_in or found.stopped_at is not None
    ended = found.started_at is not None and whole and not going and not any(action.unread for action in actions)
    given = actions[0].input if actions else found.given
    return {
        "batch": found,
        "verb": BY_SLUG[found.kind].label,
        "ats": found.connection.speaks.name,
        "address": reverse("batch", args=[request.tenant.slug, found.pk]),
        "rows": _rows(request, found, actions),
        "states": [(count, look(state)) for state, count in states.most_common()],
        "done": len(actions) - going + len(found.refused),
        "count": len(found.rows),
        "cost": batching.cost(found),
        "ended": ended,
        "polls": (found.started_at and not ended) or (found.started_at is None and _asking(found)),
        "told": told(request, found.connection_id, found.kind, given, without=OF_A_ROW),
    }


def _asking(found: Batch) -> bool:
    """Whether it is still being found out what it costs."""
    return found.stopped_at is None and found.probe is not None and found.probe.ended_at is None


def _rows(request: Request, found: Batch, actions: list[Action]) -> list[Row]:
    """Each application with its person and its action: two look-ups."""
    by = {json.loads(action.input).get("application_id"): action for action in actions}
    ids = {record_id(found.connection_id, "application", remote_id): remote_id for remote_id, _ in found.rows}
    applications = Record.objects.filter(id__in=ids).defer("remote", "wire", "search", "document")
    tiles = {tile.application.remote_id: tile for tile in board.tiles(list(applications))}
    return [_row(request, remote_id, tiles.get(remote_id), by.get(remote_id), found) for remote_id, _ in found.rows]


def _row(request: Request, remote_id: str, tile: board.Tile | None, action: Action | None, found: Batch) -> Row:
    person = tile.candidate if tile else None
    name = (person.title or f"No name ({person.remote_id})") if person else remote_id
    where = reverse("record", args=[request.tenant.slug, "applications", tile.application.id]) if tile else ""
    if action is None:
        words = found.refused.get(remote_id, "")
        return Row(name, where, "refused" if words else "", words, None)
    return Row(name, where, action.state, action.error or action.waits_for or ", ".join(action.warnings), action)


@member("act")
@require_POST
def decide(request: Request, slug: str, batch_id: UUID) -> HttpResponse:
    """Start a batch, or stop it."""
    found, choice = _find(batch_id), request.POST.get("choice", "")
    if choice == "start":
        batching.start(found)
    elif choice == "stop":
        count = batching.stop(found, request.user)
        messages.success(request, f"Stopped: {count:,} of {len(found.rows):,} were cancelled before they were sent.")
    else:
        raise Http404
    return redirect("batch", slug, batch_id)


urlpatterns = [
    path("pipelines/<uuid:job_id>/batch/", propose, name="pipeline_batch"),
    path("batches/<uuid:batch_id>/", batch, name="batch"),
    path("batches/<uuid:batch_id>/decide/", decide, name="batch_decide"),
]
