"""What somebody does to a connection: sync now, pause, resume, test again, unlink."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.views.decorators.http import require_POST

from atsbridge.connections import linking, states, unlinking
from atsbridge.connections.models import Connection, State
from atsbridge.dashboard.cards import cards
from atsbridge.dashboard.connection_forms import UnlinkForm
from atsbridge.records import history
from atsbridge.records.models import SetAside
from atsbridge.sync import remapping, schedule
from atsbridge.tenants.access import Request, member
from atsbridge.tenants.audit import audit


@member("sync")
@require_POST
def sync(request: Request, slug: str, pk: UUID) -> HttpResponse:
    """Start a run, or join the one under way, and watch it."""
    connection = get_object_or_404(Connection, pk=pk)
    try:
        run = schedule.start(connection, "person", request.user)
    except schedule.NotActive as reason:
        messages.warning(request, str(reason))
        return redirect("connection", slug, pk)
    _note(request, "connection.sync", connection)
    return redirect("run", slug, run.pk)


@member("manage")
@require_POST
def pause(request: Request, slug: str, pk: UUID) -> HttpResponse:
    """Stop looking for changes until somebody resumes."""
    connection = get_object_or_404(Connection, pk=pk)
    if states.pause(connection):
        _note(request, "connection.paused", connection)
        history.state_changed(connection, "settings", request.user.pk)
        messages.success(request, f"{connection.label} is paused. What was read stays readable.")
    return redirect("connection", slug, pk)


@member("manage")
@require_POST
def resume(request: Request, slug: str, pk: UUID) -> HttpResponse:
    """Look for changes again."""
    connection = get_object_or_404(Connection, pk=pk)
    if states.resume(connection):
        _note(request, "connection.resumed", connection)
        history.state_changed(connection, "settings", request.user.pk)
        messages.success(request, f"{connection.label} is active again; a sync begins in a moment.")
    return redirect("connection", slug, pk)


@member("manage")
@require_POST
def test(request: Request, slug: str, pk: UUID) -> HttpResponse:
    """Find out anew what its key may do."""
    connection = get_object_or_404(Connection.objects.exclude(state=State.UNLINKING), pk=pk)
    probe = "write_probes" in request.POST
    attempt = linking.begin_test(connection, person=request.user, write_probes=probe)
    _note(request, "connection.tested", connection)
    return redirect("attempt", slug, attempt.pk)


@member("manage")
def unlink(request: Request, slug: str, pk: UUID) -> HttpResponse:
    """Say what is lost and ask for the name; then the credentials go at once and the records later, or now."""
    connection = get_object_or_404(Connection, pk=pk)
    form = UnlinkForm(connection, request.POST or None)
    if request.method == "POST" and form.is_valid():
        now = form.cleaned_data["when"] == "now"
        done = unlinking.unlink(connection, now=now) or (now and unlinking.hasten(connection))
        if done:
            _note(request, "connection.unlinked", connection)
            history.state_changed(connection, "settings", request.user.pk)
            messages.success(request, f"{connection.label} is unlinked; its key is deleted.")
        return redirect("connections", slug)
    card = cards(Connection.objects.filter(pk=pk))[0]
    context = {"connection": connection, "card": card, "form": form}
    return render(request, "connections/unlink.html", context, status=422 if form.errors else 200)


@member("sync")
@require_POST
def take(request: Request, slug: str, pk: UUID, row: int) -> HttpResponse:
    """Map one row anew that was set aside, without a call."""
    connection = get_object_or_404(Connection, pk=pk)
    one = get_object_or_404(SetAside.objects.select_related("connection"), connection=connection, pk=row)
    reason, name = remapping.take(one), connection.speaks.name
    if reason:
        messages.warning(
            request, f"It still cannot be read: {reason}. It is read anew by itself when {name} changes it."
        )
    else:
        messages.success(request, "It could be read, so it is set aside no more.")
    _note(request, "connection.row_taken", connection)
    return redirect("connection_aside", slug, pk)


def _note(request: Request, kind: str, connection: Connection) -> None:
    audit(request.tenant, request.user, kind, connection.label, connection.pk, as_support=request.support)


urlpatterns = [
    path("connections/<uuid:pk>/sync/", sync, name="connection_sync"),
    path("connections/<uuid:pk>/pause/", pause, name="connection_pause"),
    path("connections/<uuid:pk>/resume/", resume, name="connection_resume"),
    path("connections/<uuid:pk>/test/", test, name="connection_test"),
    path("connections/<uuid:pk>/aside/<int:row>/", take, name="connection_take"),
    path("connections/<uuid:pk>/unlink/", unlink, name="connection_unlink"),
]
