"""Linking an account in four steps: choose the ATS, get the key, watch its check, choose and name."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

import connectors
from atsbridge.connections import checking, linking
from atsbridge.connections.models import Attempt, Connection, State
from atsbridge.dashboard import checks
from atsbridge.dashboard.addresses import part
from atsbridge.dashboard.ats import ats
from atsbridge.dashboard.connection_forms import KeyForm, SettingsForm
from atsbridge.dashboard.guides import guide
from atsbridge.records import history
from atsbridge.records.known import known
from atsbridge.sync import schedule
from atsbridge.tenants.access import Request, member
from atsbridge.tenants.audit import audit
from connectors.base import Connector
from connectors.coverage import matrix

STEPS = ("Choose the ATS", "Get the key", "Check", "Choose and name")


@member("manage")
def choose(request: Request, slug: str) -> HttpResponse:
    """Every ATS that can be linked, with what is read of it and what is impossible, and why."""
    counts = Connection.objects.exclude(state=State.UNLINKING).values_list("connector").annotate(Count("pk"))
    offered = [(ats(each.connector), each) for each in matrix(connectors.every())]
    context = {"offered": offered, "linked": dict(counts), "steps": _steps(slug)}
    return render(request, "linking/choose.html", context)


@sensitive_post_parameters()
@never_cache
@member("manage")
def key(request: Request, slug: str, connector: str) -> HttpResponse:
    """The guide to the key beside the form that takes it; a key that is linked already leads to its connection."""
    speaks = _connector(connector)
    form = KeyForm(speaks, request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _key_page(request, speaks, form, steps=_steps(slug))
    twin = linking.recognised(request.tenant, connector, form.values)
    if twin and twin.state != State.NEEDS_RELINK:
        messages.info(request, f"This key is linked already, as {twin.label}.")
        return redirect("connection", slug, twin.pk)
    if twin:
        return _relink(request, twin, form)
    attempt = linking.begin(request.tenant, connector, form.values, person=request.user, **form.said)
    return redirect("attempt", slug, attempt.pk)


@sensitive_post_parameters()
@never_cache
@member("manage")
def relink(request: Request, slug: str, pk: UUID) -> HttpResponse:
    """The same for a new key of an account that is linked."""
    connection = get_object_or_404(Connection.objects.exclude(state=State.UNLINKING), pk=pk)
    form = KeyForm(connection.speaks, request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _key_page(request, connection.speaks, form, connection=connection)
    return _relink(request, connection, form)


@never_cache
@member("manage")
def attempt(request: Request, slug: str, pk: UUID) -> HttpResponse:
    """A check, its permissions ticking off; posting tests writing too, as long as the key is kept."""
    found = get_object_or_404(Attempt.objects.select_related("connection"), pk=pk)
    if request.method == "POST":
        if not linking.again(found, write_probes=True):
            messages.warning(request, "This key is no longer kept. Paste it again.")
        return redirect("attempt", slug, pk)
    context = {"attempt": found, "connector": ats(_connector(found.connector)), "steps": _steps(slug, found.connector)}
    return render(request, part(request, "linking/attempt.html", "live"), context | _progress(found))


@never_cache
@member("manage")
def name(request: Request, slug: str, pk: UUID) -> HttpResponse:
    """What to read, what to call it, how often; then the first sync starts."""
    found = get_object_or_404(Attempt, pk=pk, kind="link")
    if found.state != "checked":
        return redirect("attempt", slug, pk)
    speaks, off = _connector(found.connector), checking.missing(found.verdicts)
    initial = {"label": linking.proposed_label(found), "models": [each for each in speaks.reads() if each not in off]}
    form = SettingsForm(speaks, request.POST or None, off=off, initial=initial)
    if request.method == "POST" and form.is_valid():
        return _finish(request, found, form)
    context = {"attempt": found, "connector": ats(speaks), "form": form, "steps": _steps(slug, found.connector)}
    return render(request, "linking/name.html", context, status=422 if form.errors else 200)


def _finish(request: Request, found: Attempt, form: SettingsForm) -> HttpResponse:
    slug = request.tenant.slug
    try:
        connection = linking.finish(found, person=request.user, **form.cleaned_data)
    except linking.NotReady as reason:
        messages.warning(request, str(reason))
        return redirect("link_key", slug, found.connector)
    audit(request.tenant, request.user, "connection.linked", connection.label, connection.pk)
    history.state_changed(connection, "settings", request.user.pk)
    run = schedule.start(connection, "link", request.user)
    return redirect("run", slug, run.pk)


def _relink(request: Request, connection: Connection, form: KeyForm) -> HttpResponse:
    begun = linking.begin_relink(connection, form.values, known(connection), person=request.user, **form.said)
    audit(request.tenant, request.user, "connection.relink", connection.label, connection.pk)
    return redirect("attempt", request.tenant.slug, begun.pk)


def _key_page(
    request: Request, speaks: type[Connector], form: KeyForm, connection: Connection | None = None, **more: Any
) -> HttpResponse:
    context = {"connector": ats(speaks), "form": form, "guide": guide(request, speaks), "connection": connection}
    return render(request, "linking/key.html", context | more, status=422 if form.errors else 200)


def _connector(slug: str) -> type[Connector]:
    try:
        return connectors.get(slug)
    except KeyError:
        raise Http404 from None


def _progress(found: Attempt) -> dict[str, Any]:
    """How far a check is."""
    speaks = connectors.get(found.connector)
    asked = [permission.slug for permission in speaks.permissions if checks.will_ask(found, permission)]
    tested = [verdict for verdict in found.verdicts if verdict["slug"] in asked]
    return {
        "checks": checks.of_attempt(found, speaks),
        "asked": len(asked),
        "tested": len(tested),
        "missing": sum(verdict["allowed"] is False for verdict in tested),
        "lacking": checks.labels(checking.missing(found.verdicts)),
        "live": found.state in ("waiting", "checking"),
        "unheard": linking.unheard(found),
        "may_probe": not found.write_probes and any(each.writes and each.probe for each in speaks.permissions),
    }


def _steps(slug: str, connector: str = "") -> list[dict[str, str]]:
    addresses = [reverse("link", args=[slug]), reverse("link_key", args=[slug, connector]) if connector else ""]
    return [{"label": label, "address": "".join(addresses[at : at + 1])} for at, label in enumerate(STEPS)]


urlpatterns = [
    path("connections/link/", choose, name="link"),
    path("connections/link/<slug:connector>/", key, name="link_key"),
    path("connections/attempts/<uuid:pk>/", attempt, name="attempt"),
    path("connections/attempts/<uuid:pk>/name/", name, name="attempt_name"),
    path("connections/<uuid:pk>/relink/", relink, name="connection_relink"),
]
