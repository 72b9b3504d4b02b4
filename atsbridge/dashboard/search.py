"""Search everything in a tenant: the first few of each kind, and the way to the whole list."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse

from atsbridge.connections.models import Connection
from atsbridge.dashboard.finding import matching, records, typed
from atsbridge.records.models import Record
from atsbridge.tenants.access import Request, member

FIRST = 10


@dataclass(frozen=True)
class Hit:
    """One result. about: what tells it from others of its name."""

    name: str
    address: str
    about: str
    connection: Connection


@dataclass(frozen=True)
class Group:
    """The results of one kind. all: the address of the whole list, where there are more."""

    label: str
    hits: list[Hit]
    all: str


@member("look")
def search(request: Request, slug: str) -> HttpResponse:
    """Candidates, jobs and the applications of those candidates."""
    text = typed(request.GET.get("q", ""))
    return render(request, "search/index.html", {"q": text, "groups": _groups(slug, text) if text else []})


def _groups(slug: str, text: str) -> list[Group]:
    candidates = list(records("candidate").filter(matching(text))[: FIRST + 1])
    jobs = list(records("job").filter(matching(text))[: FIRST + 1])
    theirs = Q(candidate__in=[candidate.pk for candidate in candidates[:FIRST]])
    applications = list(records("application").filter(matching(text) | theirs)[: FIRST + 1])
    names = _names(applications)
    return [
        _group(slug, "Candidates", "candidates", text, candidates, {}),
        _group(slug, "Jobs", "jobs", text, jobs, {}),
        _group(slug, "Applications", "applications", text, applications, names),
    ]


def _group(slug: str, label: str, plural: str, text: str, found: list[Record], names: dict[uuid.UUID, str]) -> Group:
    more = f"{reverse('records', args=[slug, plural])}?{urlencode({'q': text})}" if len(found) > FIRST else ""
    return Group(label, [_hit(slug, plural, record, names) for record in found[:FIRST]], more)


def _hit(slug: str, plural: str, record: Record, names: dict[uuid.UUID, str]) -> Hit:
    name = record.title or names.get(record.candidate) or record.remote_id
    about = names.get(record.job) or record.remote_id
    return Hit(name, reverse("record", args=[slug, plural, record.pk]), about, record.connection)


def _names(applications: Iterable[Record]) -> dict[uuid.UUID, str]:
    """The names of whom and what applications refer to."""
    named = {reference for record in applications for reference in (record.candidate, record.job)}
    return dict(Record.objects.filter(pk__in=named).values_list("pk", "title"))


urlpatterns = [path("search/", search, name="search")]
