"""One connection: its health, its syncs, what it covers, what its key may do, and its settings."""

import json
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone

from atsbridge.actions import forgetting
from atsbridge.connections import checking, exchanges, notices
from atsbridge.connections.models import Connection, State
from atsbridge.dashboard import act_log, checks, questions
from atsbridge.dashboard.addresses import changed, part
from atsbridge.dashboard.cards import Card, cards
from atsbridge.dashboard.connection_forms import SettingsForm
from atsbridge.dashboard.connection_writing import WritingForm
from atsbridge.dashboard.coverage import matrix
from atsbridge.dashboard.listening import listening
from atsbridge.dashboard.meanings import MeaningsForm
from atsbridge.dashboard.offers import making
from atsbridge.dashboard.progress import told
from atsbridge.dashboard.values import clipped
from atsbridge.records import paging
from atsbridge.records.models import SetAside
from atsbridge.sync import keeping, meanings, schedule
from atsbridge.sync.models import Run
from atsbridge.tenants.access import Request, member
from atsbridge.tenants.audit import audit
from connectors import coverage as covering
from connectors import unified

SECTIONS = (
    ("connection", "Health", "look"),
    ("connection_syncs", "Syncs", "look"),
    ("connection_actions", "Actions", "act"),
    ("connection_aside", "Set aside", "look"),
    ("connection_coverage", "Coverage", "look"),
    ("connection_permissions", "Permissions", "look"),
    ("connection_settings", "Settings", "manage"),
    ("connection_statuses", "Statuses", "manage"),
)
RUNS = 50
ASIDE = 5
ROWS = 25
TOLD = {
    "queued": "is told by mail",
    "sending": "is told by mail",
    "sent": "was told by mail",
    "moot": "was not told: no longer an owner",
    "failed": "could not be told by mail",
    "lost": "was perhaps told by mail",
}
BY_TIME = paging.Order("at", descending=True)


@member("look")
def health(request: Request, slug: str, pk: UUID) -> HttpResponse:
    """How it is: state, last and next sync and why, budget, what failed, what was set aside, what is held back."""
    card = _card(pk)
    context = {
        "plan": schedule.plan(card.connection),
        "drift": told(whole) if (whole := schedule.last_complete(card.connection)) else None,
        "questions": questions.asked(card.questions),
        "failures": exchanges.failures(card.connection),
        "set_aside": SetAside.objects.filter(connection=pk).defer("row").order_by("-at")[:ASIDE],
        "totals": _totals(card),
        "listening": listening(card.connection),
    }
    return _section(request, card, "connection", "connections/health.html", **context)


@member("look")
def syncs(request: Request, slug: str, pk: UUID) -> HttpResponse:
    """Its runs, newest first."""
    card = _card(pk)
    runs = Run.objects.filter(connection=pk).select_related("connection", "person").order_by("-number")
    before = request.GET.get("before", "")
    if before.isdecimal() and len(before) < 10:
        runs = runs.filter(number__lt=int(before))
    found = list(runs[: RUNS + 1])
    older = f"?before={found[RUNS - 1].number}" if len(found) > RUNS else ""
    context = {"rows": [told(run) for run in found[:RUNS]], "older": older}
    return _section(request, card, "connection_syncs", "connections/syncs.html", **context)


@member("act")
def actions(request: Request, slug: str, pk: UUID) -> HttpResponse:
    """What was written to it, newest first."""
    card = _card(pk)
    context = act_log.log(request, connection=str(pk)) | {"making": making(request, [card.connection])}
    return _section(request, card, "connection_actions", "connections/actions.html", **context)


@member("look")
def aside(request: Request, slug: str, pk: UUID) -> HttpResponse:
    """The rows that could not be read, newest first, each with its reason and as it came."""
    card, cursor, binding = _card(pk), request.GET.get("cursor", ""), f"aside {pk}"
    found = SetAside.objects.filter(connection=pk)
    try:
        page = paging.page(found, BY_TIME, size=ROWS, cursor=cursor, binding=binding)
    except paging.BadCursor:
        page = paging.page(found, BY_TIME, size=ROWS, binding=binding)
    context = {
        "rows": [(row, clipped(json.loads(row.row))) for row in page.rows],
        "newer": page.previous and changed(request, cursor=page.previous),
        "older": page.next and changed(request, cursor=page.next),
        "size": ROWS,
    }
    return _section(request, card, "connection_aside", "connections/aside.html", **context)


@member("look")
def coverage(request: Request, slug: str, pk: UUID) -> HttpResponse:
    """What its ATS fills, what is switched off, and what is impossible, with the reasons."""
    card = _card(pk)
    covered = matrix(covering.matrix([card.connection.speaks]), [card.connection])
    return _section(request, card, "connection_coverage", "connections/coverage.html", **covered)


@member("look")
def permissions(request: Request, slug: str, pk: UUID) -> HttpResponse:
    """What its key may do, as the last check found it."""
    card = _card(pk)
    speaks = card.connection.speaks
    context = {
        "checks": checks.of_verdicts(card.connection.permissions, speaks),
        "may_probe": any(permission.writes and permission.probe for permission in speaks.permissions),
    }
    return _section(request, card, "connection_permissions", "connections/permissions.html", **context)


@member("manage")
def settings(request: Request, slug: str, pk: UUID) -> HttpResponse:
    """What it is called, which models it reads, how often, what its first sync announces, when its key expires, and how
    it is written to."""
    card = _card(pk)
    one, off = card.connection, checking.missing(card.connection.permissions)
    same = {name: getattr(one, name) for name in ("label", "announce_each", "only_ours", "expires_on")}
    initial = {**same, "models": one.reads, "interval": one.interval or 0}
    form = SettingsForm(one.speaks, request.POST or None, off=off, own=one, initial=initial)
    writing = WritingForm(one.speaks, one.writing, request.POST or None)
    if request.method == "POST" and form.is_valid() and writing.is_valid():
        _set(one, kept=off, writing=writing.chosen, **form.cleaned_data)
        if keeping.choose(one, only_ours=form.cleaned_data["only_ours"]):
            forgetting.hasten(one)
        audit(request.tenant, request.user, "connection.settings", one.label, one.pk)
        messages.success(request, "Saved. It counts from the next sync on.")
        return redirect("connection_settings", slug, pk)
    return _section(request, card, "connection_settings", "connections/settings.html", form=form, writing=writing)


@member("manage")
def statuses(request: Request, slug: str, pk: UUID) -> HttpResponse:
    """What the account's own statuses mean."""
    card = _card(pk)
    one = card.connection
    form = MeaningsForm(one, request.POST or None)
    if request.method == "POST" and form.is_valid():
        if meanings.choose(one, form.chosen):
            audit(request.tenant, request.user, "connection.meanings", one.label, one.pk)
            messages.success(request, "Saved. What is stored is being read anew, without a call.")
        return redirect("connection_statuses", slug, pk)
    context = {"form": form, "has_meanings": bool(one.speaks.meanings)}
    return _section(request, card, "connection_statuses", "connections/statuses.html", **context)


def _card(pk: UUID) -> Card:
    get_object_or_404(Connection, pk=pk)
    return cards(Connection.objects.filter(pk=pk).select_related("created_by"))[0]


def _section(request: Request, card: Card, here: str, template: str, **context: Any) -> HttpResponse:
    """One section below the head that all share, or its live part alone."""
    slug, one = request.tenant.slug, card.connection
    sections = [
        {
            "label": label,
            "address": reverse(name, args=[slug, one.pk]),
            "current": name == here,
            "count": card.aside or None if name == "connection_aside" else None,
        }
        for name, label, right in SECTIONS
        if right in request.rights
    ]
    shared = {
        "card": card,
        "connection": one,
        "told": _told(one) if one.state == State.NEEDS_RELINK or card.expires_soon else [],
        "sections": sections,
        "manages": "manage" in request.rights,
        "syncs": "sync" in request.rights,
    }
    wrong = any(form is not None and form.errors for form in (context.get("form"), context.get("writing")))
    status = 422 if wrong else 200
    return render(request, part(request, template, "live"), shared | context, status=status)


def _told(connection: Connection) -> list[tuple[str, str]]:
    """Which owner was told by mail that it needs relinking, or will soon, and which was not."""
    return [(str(notice.person), TOLD[notice.state]) for notice in notices.latest(connection)]


def _totals(card: Card) -> list[tuple[str, str, int]]:
    there = [model for model in unified.MODELS if card.totals.get(model.slug)]
    return [(model.plural, checks.plural(model), card.totals[model.slug]) for model in there]


def _set(
    connection: Connection,
    *,
    kept: dict[str, str],
    writing: dict[str, str],
    label: str,
    models: list[str],
    interval: int | None,
    announce_each: bool,
    only_ours: bool,
    expires_on: date | None,
) -> None:
    """Keep the settings. A model that the key cannot read just now stays on: switched off, its records would go."""
    wanted = {*models, *(slug for slug in connection.reads if slug in kept)}
    connection.label, connection.interval, connection.expires_on = label, interval, expires_on
    connection.announce_each, connection.writing = announce_each, writing
    connection.reads = [slug for slug in connection.speaks.reads() if slug in wanted]
    connection.updated_at = timezone.now()
    changed = ("label", "interval", "announce_each", "expires_on", "reads", "writing", "updated_at")
    connection.save(update_fields=changed)
    if connection.state == State.ACTIVE:
        soonest = timezone.now() + timedelta(minutes=schedule.plan(connection).minutes)
        Connection.objects.filter(pk=connection.pk, next_run_at__gt=soonest).update(next_run_at=soonest)


urlpatterns = [
    path("connections/<uuid:pk>/", health, name="connection"),
    path("connections/<uuid:pk>/syncs/", syncs, name="connection_syncs"),
    path("connections/<uuid:pk>/actions/", actions, name="connection_actions"),
    path("connections/<uuid:pk>/aside/", aside, name="connection_aside"),
    path("connections/<uuid:pk>/coverage/", coverage, name="connection_coverage"),
    path("connections/<uuid:pk>/permissions/", permissions, name="connection_permissions"),
    path("connections/<uuid:pk>/settings/", settings, name="connection_settings"),
    path("connections/<uuid:pk>/statuses/", statuses, name="connection_statuses"),
]
