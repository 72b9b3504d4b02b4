"""Support's home: every tenant, what is unhealthy in any of them, and a search over all."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django_scopes import scope

from atsbridge.connections.models import Connection, State
from atsbridge.dashboard.finding import matching, records, typed
from atsbridge.records.models import Record
from atsbridge.sync.models import Run
from atsbridge.tenants.access import Request, support_only
from atsbridge.tenants.across import everywhere
from atsbridge.tenants.audit import visit
from atsbridge.tenants.models import Tenant

FIRST = 25


@support_only
def support(request: Request) -> HttpResponse:
    """What needs somebody, and the tenants; or what a search finds in all of them."""
    text = typed(request.GET.get("q", ""))
    with everywhere():
        facts = _found(text) if text else _home()
    _tell_owners(request, facts.get("candidates", []))
    return render(request, "support/index.html", {"q": text, **facts})


def _home() -> dict[str, list[Any]]:
    return {"unhealthy": list(_unhealthy()[:FIRST]), "tenants": list(_tenants())}


def _found(text: str) -> dict[str, list[Any]]:
    """Tenants by name, connections by label, candidates by name or address."""
    connections = _connections().filter(Q(label__icontains=text) | Q(account_name__icontains=text))
    return {
        "tenants": list(_tenants().filter(Q(name__icontains=text) | Q(slug__icontains=text))[:FIRST]),
        "connections": list(connections.order_by("label", "pk")[:FIRST]),
        "candidates": list(records("candidate").filter(matching(text))[:FIRST]),
    }


def _tenants() -> QuerySet[Tenant]:
    linked = Count("connections", filter=~Q(connections__state=State.UNLINKING))
    broken = Count("connections", filter=Q(connections__state=State.NEEDS_RELINK))
    return Tenant.objects.annotate(linked=linked, broken=broken).order_by("name")


def _connections() -> QuerySet[Connection]:
    """Every connection with its tenant, and with how its last run ended and when."""
    runs = Run.objects.filter(connection=OuterRef("pk"), ended_at__isnull=False).order_by("-created_at")
    last = {name: Subquery(runs.values(name)[:1]) for name in ("state", "ended_at", "error")}
    named = {f"run_{name}": value for name, value in last.items()}
    return Connection.objects.select_related("tenant").annotate(**named)


def _unhealthy() -> QuerySet[Connection]:
    """What stands still, then what failed, each the longest first."""
    broken = Q(state=State.NEEDS_RELINK) | Q(state=State.ACTIVE, run_state__in=("failed", "partial"))
    return _connections().filter(broken).order_by("-state", "state_since", "pk")


def _tell_owners(request: Request, candidates: Iterable[Record]) -> None:
    """A search that shows a tenant's candidates is a look at them, too."""
    for tenant in {record.connection.tenant for record in candidates}:
        with scope(tenant=tenant):
            visit(tenant, request.user, request.path)


urlpatterns = [path("support/", support, name="support")]
