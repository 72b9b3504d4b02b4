"""Asking for an action: its form, as a page or in a dialog, and what becomes of it."""

import json
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django_htmx.http import retarget

from atsbridge.actions import intake
from atsbridge.actions.intake import Wrong
from atsbridge.actions.models import Action
from atsbridge.connections.models import Connection, State
from atsbridge.dashboard import addresses
from atsbridge.dashboard.act_form import LOSING, ActForm
from atsbridge.dashboard.act_page import live, planned
from atsbridge.dashboard.forms import pointed
from atsbridge.dashboard.offers import unable
from atsbridge.dashboard.records import model_of
from atsbridge.records.models import Record
from atsbridge.records.references import References, documents
from atsbridge.tenants.access import Request, member
from connectors.unified.actions import BY_SLUG, Input


@dataclass(frozen=True, slots=True)
class Whom:
    """What is acted on: a record, or an account. model: its kind, as `Input.on` names it. address: its own page.
    plural, above: all of its kind."""

    on: Record | Connection
    model: str
    title: str
    address: str
    plural: str
    above: str

    @property
    def connection(self) -> Connection:
        """The account."""
        return self.on.connection if isinstance(self.on, Record) else self.on


@member("act")
def act(request: Request, slug: str, plural: str, record_id: UUID, kind: str) -> HttpResponse:
    """The form of an action on a record, or why it is impossible; what is sent is queued and watched."""
    record = _find(plural, record_id)
    title = References(documents([record])).title(record, json.loads(record.document)) or record.remote_id
    where = [request.tenant.slug, plural]
    address = reverse("record", args=[*where, record_id])
    return _asked(request, Whom(record, record.model, title, address, plural, reverse("records", args=where)), kind)


@member("act")
def act_on_connection(request: Request, slug: str, pk: UUID, kind: str) -> HttpResponse:
    """The same for an action that needs no record."""
    connection = get_object_or_404(Connection.objects.exclude(state=State.UNLINKING), pk=pk)
    address, above = reverse("connection_actions", args=[slug, pk]), reverse("connections", args=[slug])
    return _asked(request, Whom(connection, "connection", connection.label, address, "connections", above), kind)


def _asked(request: Request, whom: Whom, kind: str) -> HttpResponse:
    action = BY_SLUG.get(kind)
    if action is None or whom.model not in action.on:
        raise Http404
    if reason := unable(whom.connection, kind):
        return _shown(request, whom, action, {"reason": reason}, 200 if request.method == "GET" else 422)
    made = partial(ActForm, action, intake.able(whom.connection, kind), whom.on, whom.title)
    if request.method != "POST":
        return _shown(request, whom, action, {"form": made()})
    form = made(request.POST, request.FILES)
    if "more" in request.POST:
        return _shown(request, whom, action, {"form": made(initial=form.kept())})
    return _sent(request, whom, form)


def _find(plural: str, record_id: UUID) -> Record:
    rows = Record.objects.select_related("connection").filter(deleted_at__isnull=True).defer("remote", "wire", "search")
    return get_object_or_404(rows.exclude(connection__state="unlinking"), id=record_id, model=model_of(plural).slug)


def _sent(request: Request, whom: Whom, form: ActForm) -> HttpResponse:
    """Take it in, or only say what would be sent, or what is wrong."""
    preview = "preview" in request.POST
    if form.is_valid():
        try:
            action = intake.accept(whom.connection, form.read(), person=request.user, rehearsal=preview)
        except Wrong as wrong:
            form.blame(wrong)
        else:
            return _previewed(request, whom, form, action) if preview else _accepted(request, action)
    response = _shown(request, whom, form.action, {"form": pointed(form)}, 422)
    return retarget(response, "#dialog") if request.htmx else response


def _accepted(request: Request, action: Action) -> HttpResponse:
    return live(request, action) if request.htmx else redirect("action", request.tenant.slug, action.pk)


def _previewed(request: Request, whom: Whom, form: ActForm, rehearsal: Action) -> HttpResponse:
    """What would be sent: beside the form as it is, or below the form shown again."""
    if request.htmx:
        return render(request, "actions/plan.html#plan", planned(request, rehearsal))
    return _shown(request, whom, form.action, {"form": form, **planned(request, rehearsal)})


def _shown(
    request: Request, whom: Whom, action: type[Input], context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """The form, with what people should know before."""
    shared = {
        "whom": whom,
        "label": action.label,
        "ats": whom.connection.speaks.name,
        "losing": action.slug in LOSING,
    }
    form = context.get("form")
    says = form.act.says if form else ""
    template = addresses.part(request, "actions/form.html", "dialog")
    return render(request, template, shared | context | {"says": says}, status=status)


urlpatterns = [
    path("records/<slug:plural>/<uuid:record_id>/act/<slug:kind>/", act, name="act"),
    path("connections/<uuid:pk>/act/<slug:kind>/", act_on_connection, name="connection_act"),
]
