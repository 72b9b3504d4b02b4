"""Sync runs: all of a tenant's, and one with its live progress and its exchanges."""

import json
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path

from atsbridge.connections.exchanges import FAILED
from atsbridge.connections.models import Connection, Exchange
from atsbridge.dashboard import addresses
from atsbridge.dashboard.narrowing import Chip, Choice, Menu
from atsbridge.dashboard.progress import Progress, told
from atsbridge.dashboard.states import STATES
from atsbridge.records import paging
from atsbridge.sync.models import Run
from atsbridge.tenants.access import Request, member

SIZE = 50
EXCHANGES = 25
SLOW = 2000
"""Milliseconds from which an exchange counts as slow."""
ENDS = ("waiting", "running", "succeeded", "partial", "failed", "cancelled")
BY_TIME = paging.Order("created_at", descending=True)


@member("look")
def index(request: Request, slug: str) -> HttpResponse:
    """Every run of the tenant's connections, newest first."""
    connections = {str(each.id): each.label for each in Connection.objects.order_by("label", "id")}
    wanted = {
        "connection": request.GET.get("connection", "") if request.GET.get("connection") in connections else "",
        "state": request.GET.get("state", "") if request.GET.get("state") in ENDS else "",
    }
    page = _page(request, Run.objects.filter(**{name: value for name, value in wanted.items() if value}), wanted)
    return render(
        request,
        addresses.part(request, "runs/index.html", "rows"),
        {
            "rows": [told(run) for run in page.rows],
            "chips": _chips(request, wanted, connections),
            "menus": _menus(request, wanted, connections),
            "clear": request.path,
            "narrowed": any(wanted.values()),
            "newer": page.previous and addresses.changed(request, cursor=page.previous),
            "older": page.next and addresses.changed(request, cursor=page.next),
            "size": SIZE,
        },
    )


def _page(request: Request, runs: "QuerySet[Run]", wanted: dict[str, str]) -> paging.Page[Run]:
    found, binding = runs.select_related("connection", "person"), json.dumps(["runs", wanted])
    try:
        return paging.page(found, BY_TIME, size=SIZE, cursor=request.GET.get("cursor", ""), binding=binding)
    except paging.BadCursor:
        return paging.page(found, BY_TIME, size=SIZE, binding=binding)


def _chips(request: Request, wanted: dict[str, str], connections: dict[str, str]) -> list[Chip]:
    shown = {"connection": connections.get(wanted["connection"], ""), "state": _word(wanted["state"])}
    return [
        Chip(name.capitalize(), value, addresses.changed(request, **{name: None}))
        for name, value in shown.items()
        if value
    ]


def _menus(request: Request, wanted: dict[str, str], connections: dict[str, str]) -> list[Menu]:
    kinds = (("connection", connections), ("state", {state: _word(state) for state in ENDS}))
    return [
        Menu(
            name.capitalize(),
            [
                Choice(words, addresses.changed(request, **{name: value}), value == wanted[name])
                for value, words in choices.items()
            ],
        )
        for name, choices in kinds
        if len(choices) > 1
    ]


def _word(state: str) -> str:
    return STATES[state].word if state in STATES else ""


@member("look")
def run(request: Request, slug: str, run_id: UUID) -> HttpResponse:
    """One run: htmx asks for its progress until it has ended."""
    found = get_object_or_404(Run.objects.select_related("connection", "person"), id=run_id)
    template = addresses.part(request, "runs/run.html", "progress")
    return render(request, template, _context(request, found))


def _context(request: Request, found: Run) -> dict[str, Any]:
    show = request.GET.get("show", "")
    exchanges, older = _exchanges(request, found, show)
    return {
        "run": found,
        "ats": found.connection.speaks.name,
        "told": told(found),
        "progress": Progress(found),
        "exchanges": exchanges,
        "opened": request.GET.get("exchange", ""),
        "older": older and addresses.changed(request, before=str(older), exchange=None),
        "links": [
            (words, addresses.changed(request, show=value or None, before=None, exchange=None), value == show)
            for value, words in (("", "All"), ("failed", "Failed"), ("slow", "Slower than 2 s"))
        ],
        "address": request.get_full_path(),
    }


def _exchanges(request: Request, found: Run, show: str) -> tuple[list[Exchange], int | None]:
    """The newest exchanges of a run, and the id before which older ones stand."""
    rows = Exchange.objects.filter(by_id=found.id)
    if show == "failed":
        rows = rows.filter(FAILED)
    elif show == "slow":
        rows = rows.filter(ms__gt=SLOW)
    if request.GET.get("before", "").isdigit():
        rows = rows.filter(id__lt=int(request.GET["before"][:18]))
    some = list(rows.order_by("-id")[: EXCHANGES + 1])
    return some[:EXCHANGES], some[EXCHANGES - 1].id if len(some) > EXCHANGES else None


urlpatterns = [
    path("runs/", index, name="runs"),
    path("runs/<uuid:run_id>/", run, name="run"),
]
