"""The tenant's home: what needs a person, then every connection; and the list of connections."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path

from atsbridge.connections.models import Connection, State
from atsbridge.dashboard.addresses import part
from atsbridge.dashboard.cards import cards, needs
from atsbridge.records import board
from atsbridge.tenants.access import Request, member

OPEN_JOBS = 6


@member("look")
def overview(request: Request, slug: str) -> HttpResponse:
    """Every connection at a glance; it looks again while something runs."""
    shown = cards(Connection.objects.exclude(state=State.UNLINKING))
    context = {
        "cards": shown,
        "needs": needs(shown),
        "jobs": board.latest_open([card.connection.pk for card in shown], OPEN_JOBS),
        "live": any(card.run for card in shown),
        **_rights(request),
    }
    return render(request, part(request, "overview/index.html", "live"), context)


@member("look")
def connections(request: Request, slug: str) -> HttpResponse:
    """Every connection, those that are being unlinked included."""
    shown = cards(Connection.objects.all())
    context = {"cards": shown, "live": any(card.run for card in shown), **_rights(request)}
    return render(request, part(request, "connections/index.html", "live"), context)


def _rights(request: Request) -> dict[str, bool]:
    return {"manages": "manage" in request.rights}


urlpatterns = [
    path("", overview, name="overview"),
    path("connections/", connections, name="connections"),
]
