"""One action: how far it is, what it was told, what came of it, and what a person may decide about it."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.views.decorators.http import require_POST
from django_htmx.http import trigger_client_event

from atsbridge.actions import deciding
from atsbridge.actions.intake import Wrong
from atsbridge.actions.models import Action, State
from atsbridge.connections.models import Exchange
from atsbridge.dashboard.act_fields import described
from atsbridge.dashboard.addresses import part
from atsbridge.dashboard.words import EMPTY, line
from atsbridge.records.ids import record_id
from atsbridge.records.models import Record
from atsbridge.records.references import References, documents
from atsbridge.tenants.access import Request, member
from connectors import unified
from connectors.unified.actions import BY_SLUG

EXCHANGES = 25
DECISIONS = {
    "arrived": ("It arrived", "check"),
    "again": ("Send again", "arrow-path"),
    "complete": ("Complete it", "arrow-path"),
    "rest_arrived": ("What is unclear arrived", "check"),
    "rest_again": ("Send again what is unclear", "arrow-path"),
    "cancel": ("Cancel it", "x-mark"),
    "anew": ("Do it once more", "arrow-path"),
}
"""What can be decided → the words and the icon of its button."""


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that an action was told. address: the record that it names."""

    label: str
    words: str
    address: str = ""


@member("act")
def action(request: Request, slug: str, action_id: UUID) -> HttpResponse:
    """One action: htmx asks how far it is until it has ended."""
    found = _find(action_id)
    if request.htmx:
        return live(request, found)
    return render(request, "actions/action.html", _live(request, found) | _whole(request, found))


@member("act")
@require_POST
def decide(request: Request, slug: str, action_id: UUID) -> HttpResponse:
    """Do what somebody decided about an action, and show how it goes on."""
    found = _find(action_id)
    try:
        found = deciding.decide(found, request.POST.get("choice", ""), request.user)
    except (deciding.TooLate, Wrong) as reason:
        messages.warning(request, f"{reason}.")
    return redirect("action", slug, found.pk)


@member("act")
def plan(request: Request, slug: str, action_id: UUID) -> HttpResponse:
    """What would be sent, once a rehearsal has found it out: a fragment of the form, or a page."""
    found = get_object_or_404(Action.objects.select_related("connection").filter(rehearsal=True), pk=action_id)
    return render(request, part(request, "actions/plan.html", "plan"), planned(request, found))


def planned(request: Request, found: Action) -> dict[str, Any]:
    """A rehearsal as `actions/plan.html` takes it."""
    writes = [
        {**each, "query": urlencode(each["params"], doseq=True), "json": _json(each["body"] or each["form"])}
        for each in found.plan.get("writes", ())
    ]
    return {
        "rehearsal": found,
        "writes": writes,
        "plan": reverse("action_plan", args=[request.tenant.slug, found.pk]),
        "verb": BY_SLUG[found.kind].label,
        "ats": found.connection.speaks.name,
    }


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) if value else ""


def live(request: Request, found: Action) -> HttpResponse:
    """How far it is, as a fragment: the whole dialog for a form's answer, else what changes. Its end is an event."""
    shown = "live" if request.method == "GET" else "dialog"
    response = render(request, f"actions/action.html#{shown}", _live(request, found))
    return trigger_client_event(response, "acted") if found.state == State.DONE else response


def _find(action_id: UUID) -> Action:
    return get_object_or_404(Action.objects.select_related("connection").filter(rehearsal=False), pk=action_id)


def _live(request: Request, found: Action) -> dict[str, Any]:
    return {
        "action": found,
        "label": BY_SLUG[found.kind].label,
        "address": reverse("action", args=[request.tenant.slug, found.pk]),
        "ended": found.ended_at is not None,
        "decisions": [(choice, *DECISIONS[choice]) for choice in deciding.choices(found)],
        "ats": found.connection.speaks.name,
    }


def _whole(request: Request, found: Action) -> dict[str, Any]:
    """What the page shows besides."""
    exchanges = Exchange.objects.filter(by_id=found.id).order_by("-id")
    return {
        "told": told(request, found.connection_id, found.kind, found.input),
        "records": _records(request, found),
        "exchanges": list(exchanges[:EXCHANGES]),
        "opened": request.GET.get("exchange", ""),
        "run": {"calls": exchanges.count()},
        "links": [],
        "log": reverse("actions", args=[request.tenant.slug]),
    }


def _records(request: Request, found: Action) -> list[Told]:
    """The records that it is about or has touched."""
    rows = Record.objects.filter(id__in=found.touched.values("record")).defer("remote", "wire", "search")
    known = list(rows.order_by("model", "sort", "id"))
    references = References(documents(known))
    return [_named(request, unified.BY_SLUG[row.model].label, row, references) for row in known]


def told(request: Request, connection: UUID, kind: str, text: str, without: Collection[str] = ()) -> list[Told]:
    """What an action is told, names for ids."""
    fields, given = described(BY_SLUG[kind]), json.loads(text)
    names = [name for name in given if name in fields and name not in without]
    shown = {name: given[name] for name in names if given[name] not in (*EMPTY, False)}
    refs = {name: fields[name].ref for name in shown if fields[name].ref}
    ids = {name: record_id(connection, ref, shown[name]) for name, ref in refs.items()}
    rows = Record.objects.filter(id__in=ids.values()).defer("remote", "wire", "search")
    known = {row.id: row for row in rows}
    references = References(documents(known.values()))
    return [
        _named(request, fields[name].label, known[ids[name]], references)
        if ids.get(name) in known
        else Told(fields[name].label, value if isinstance(value, str) else line(value))
        for name, value in shown.items()
    ]


def _named(request: Request, label: str, row: Record, references: References) -> Told:
    title = references.title(row, json.loads(row.document)) or row.remote_id
    where = [request.tenant.slug, unified.BY_SLUG[row.model].plural, row.id]
    return Told(label, title, reverse("record", args=where))


urlpatterns = [
    path("actions/<uuid:action_id>/", action, name="action"),
    path("actions/<uuid:action_id>/plan/", plan, name="action_plan"),
    path("actions/<uuid:action_id>/decide/", decide, name="action_decide"),
]
