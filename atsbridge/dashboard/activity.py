"""Activity: what happened in a tenant's accounts, newest first, narrowed by kind, connection and job."""

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path

from atsbridge.connections.models import Connection
from atsbridge.dashboard import addresses
from atsbridge.dashboard.happenings import Happenings
from atsbridge.dashboard.narrowing import OFFERED, Chip, Choice, Menu
from atsbridge.records import feed, listing, paging
from atsbridge.records.feed import Wanted
from atsbridge.records.models import Change, Record
from atsbridge.tenants.access import Request, member

SIZE = 50
NEWEST_FIRST = paging.Order("number", descending=True)
KINDS = {
    "created": "Appeared",
    "updated": "Changed",
    "deleted": "Deleted",
    "stage_changed": "Moved",
    "hired": "Hired",
    "rejected": "Declined",
    "connection": "Connections",
    "sync": "Syncs",
    "listed": "First reads",
    "narrowed": "Narrowings",
}
"""What can be chosen → what it is called; the last four are kinds of more than one name."""


@dataclass(slots=True)
class Asked:
    """The filters of one request: `words` names the choices of each, `now` those in force."""

    request: Request
    words: dict[str, dict[str, str]]
    now: dict[str, str]

    def wanted(self) -> Wanted:
        """The filters as the feed takes them."""
        kind, connection, job = (self.now.get(name) for name in ("kind", "connection", "job"))
        kinds = (each for each in feed.KINDS if kind in (each, each.partition(".")[0], each.rpartition(".")[2]))
        return Wanted(
            kinds=tuple(kinds) if kind else None,
            connection=UUID(connection) if connection else None,
            jobs=(UUID(job),) if job else None,
        )

    def chips(self) -> list[Chip]:
        """The filters in force."""
        return [
            Chip(name.capitalize(), self.words[name][value], addresses.changed(self.request, **{name: None}))
            for name, value in self.now.items()
        ]

    def menus(self) -> list[Menu]:
        """The filters that could be added."""
        return [
            Menu(
                name.capitalize(),
                [
                    Choice(words, addresses.changed(self.request, **{name: value}), value == self.now.get(name))
                    for value, words in choices.items()
                ],
            )
            for name, choices in self.words.items()
            if len(choices) > 1
        ]


@member("look")
def index(request: Request, slug: str) -> HttpResponse:
    """What happened, newest first."""
    connections = list(Connection.objects.order_by("label", "id"))
    asked = _asked(request, connections)
    page = _page(request, asked)
    return render(
        request,
        addresses.part(request, "activity/index.html", "rows"),
        {
            "entries": Happenings(slug, page.rows, connections).sentences(),
            "chips": asked.chips(),
            "menus": asked.menus(),
            "clear": request.path,
            "newer": page.previous and addresses.changed(request, cursor=page.previous),
            "older": page.next and addresses.changed(request, cursor=page.next),
            "size": SIZE,
        },
    )


def _asked(request: Request, connections: list[Connection]) -> Asked:
    jobs = Record.objects.filter(model="job", deleted_at__isnull=True).order_by("sort", "id")
    words = {
        "kind": KINDS,
        "connection": {str(each.pk): each.label for each in connections},
        "job": {str(key): title or "No name" for key, title in jobs.values_list("id", "title")[:OFFERED]},
    }
    given = {name: request.GET.get(name, "") for name in words}
    if listing.is_id(given["job"]) and given["job"] not in words["job"]:
        named = Record.objects.filter(model="job", id=given["job"]).values_list("id", "title")
        words["job"] |= {str(key): title or "No name" for key, title in named}
    return Asked(request, words, {name: value for name, value in given.items() if value in words[name]})


def _page(request: Request, asked: Asked) -> paging.Page[Change]:
    rows, binding = feed.latest(request.tenant.pk, asked.wanted()), f"activity {request.tenant.pk} {asked.now}"
    try:
        return paging.page(rows, NEWEST_FIRST, size=SIZE, cursor=request.GET.get("cursor", ""), binding=binding)
    except paging.BadCursor:
        return paging.page(rows, NEWEST_FIRST, size=SIZE, binding=binding)


urlpatterns = [path("activity/", index, name="activity")]
