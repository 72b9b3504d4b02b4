"""Any model's list."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone

from atsbridge.connections.models import Connection
from atsbridge.dashboard import addresses, columns, emptiness
from atsbridge.dashboard.narrowing import Narrowing
from atsbridge.dashboard.offers import making
from atsbridge.records import listing, references
from atsbridge.records.listing import Asked
from atsbridge.records.models import Record
from atsbridge.records.paging import Page
from atsbridge.tenants.access import Request, member
from connectors import unified

PEOPLED = [model for model in unified.MODELS if model is unified.Candidate or "candidate_id" in model.fields()]
"""The models that a person's name, mail or phone finds."""


def model_of(plural: str) -> type[unified.Model]:
    """The model that an address names; 404 where there is none."""
    if plural not in unified.BY_PLURAL:
        raise Http404
    return unified.BY_PLURAL[plural]


@member("look")
def index(request: Request, slug: str, plural: str) -> HttpResponse:
    """Every unified model's list: the page, or its rows for htmx."""
    asked = listing.asked(model_of(plural), request.GET.dict())
    connections = list(Connection.objects.order_by("label", "id"))
    page = listing.page(asked, connections)
    template = addresses.part(request, "records/index.html", "answer")
    return render(request, template, _context(request, asked, connections, page))


def _context(request: Request, asked: Asked, connections: list[Connection], page: Page[Record]) -> dict[str, Any]:
    documents = references.documents(page.rows)
    named = references.References(documents)
    narrowing = Narrowing(request, asked, connections, {row.source for row in page.rows})
    total = listing.total(asked.model, listing.shown(connections, asked.values.get("connection", "")))
    context = {
        "address": asked.model.plural,
        "plural": asked.model.plural.replace("_", " "),
        "asked": asked,
        "sought": "Name, mail or id" if asked.model in PEOPLED else "Name or id",
        "narrowing": narrowing,
        "heads": narrowing.heads(columns.columns(asked.model)),
        "rows": [columns.row(row, values, named) for row, (_, _, values) in zip(page.rows, documents, strict=True)],
        "count": _count(asked, page, total),
        "now": timezone.now(),
        "newer": page.previous and addresses.changed(request, cursor=page.previous),
        "older": page.next and addresses.changed(request, cursor=page.next),
        "size": listing.SIZE,
    }
    if asked.model is unified.Candidate:
        shown = listing.shown(connections, asked.values.get("connection", ""))
        context["making"] = making(request, [each for each in connections if each.id in shown])
    if not page.rows:
        context["empty"] = emptiness.why(request.tenant, asked, connections, total, narrowing.clear())
    return context


def _count(asked: Asked, page: Page[Record], total: int) -> str:
    """How many there are, as far as that is known without counting."""
    plural = asked.model.plural.replace("_", " ")
    if not (asked.q or asked.values.keys() - {"connection"}):
        return f"{total:,} {asked.model.label.lower() if total == 1 else plural}"
    if "deleted" in asked.values:
        return f"{len(page.rows)} on this page"
    if page.next or page.previous:
        return f"More than {listing.SIZE} of {total:,} match"
    return f"{len(page.rows)} of {total:,} match"


urlpatterns = [path("records/<slug:plural>/", index, name="records")]
