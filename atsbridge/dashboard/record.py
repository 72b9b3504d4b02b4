"""One record of any model: its values, the provider's answer beside them, what belongs to it, what happened to it."""

import json
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django_htmx.http import reswap, retarget

from atsbridge.actions.models import Action
from atsbridge.dashboard import addresses
from atsbridge.dashboard.act_log import Row, rows
from atsbridge.dashboard.offers import offers
from atsbridge.dashboard.records import model_of
from atsbridge.dashboard.related import Related
from atsbridge.dashboard.timeline import Timeline
from atsbridge.dashboard.values import answers, values
from atsbridge.records.models import NONE, Record
from atsbridge.records.references import References
from atsbridge.sync import details
from atsbridge.sync.models import Reading
from atsbridge.tenants.access import Request, member
from connectors import unified


@member("look")
def detail(request: Request, slug: str, plural: str, record_id: UUID) -> HttpResponse:
    """One record; `?raw` is the provider's answer, `?detail=ask` asks the provider, `?detail=<id>` waits for it."""
    record = _find(plural, record_id)
    if "raw" in request.GET:
        return HttpResponse(record.remote, content_type="application/json")
    asked = request.GET.get("detail", "")
    if asked == "ask" and _askable(record):
        return _ask(request, record)
    reading = _reading(record, asked)
    if request.htmx and asked and reading and reading.ended_at is None:
        return render(request, "records/record.html#reading", _waiting(record, reading))
    return _page(request, record, reading)


def _find(plural: str, record_id: UUID) -> Record:
    rows = Record.objects.select_related("connection").defer("wire", "search", "digest")
    return get_object_or_404(rows, id=record_id, model=model_of(plural).slug)


def _askable(record: Record) -> bool:
    return details.home(record) is not None and record.connection.state == "active" and record.deleted_at is None


def _ask(request: Request, record: Record) -> HttpResponse:
    reading = details.ask(record)
    if request.htmx:
        return render(request, "records/record.html#reading", _waiting(record, reading))
    return redirect(f"{request.path}?detail={reading.id}")


def _reading(record: Record, asked: str) -> Reading | None:
    """The reading that somebody waits for, else one that is under way."""
    mine = Reading.objects.filter(record=record.id)
    try:
        return mine.filter(id=UUID(asked)).first()
    except ValueError:
        return mine.filter(ended_at__isnull=True).first()


def _waiting(record: Record, reading: Reading | None) -> dict[str, Any]:
    """What is being read, or should be: `ask` where it begins by itself."""
    open_ = reading if reading and reading.ended_at is None else None
    return {
        "record": record,
        "ats": record.connection.speaks.name,
        "reading": open_,
        "failed": reading.error if reading and reading.state == "failed" else "",
        "ask": open_ is None and reading is None and details.wanted(record),
        "askable": _askable(record),
    }


def _page(request: Request, record: Record, reading: Reading | None) -> HttpResponse:
    response = render(
        request, addresses.part(request, "records/record.html", "body"), _context(request, record, reading)
    )
    return reswap(retarget(response, "#record"), "outerHTML") if request.htmx else response


def _context(request: Request, record: Record, reading: Reading | None) -> dict[str, Any]:
    model, document = unified.BY_SLUG[record.model], json.loads(record.document)
    related, timeline = Related(record), Timeline(record)
    own = [(record.connection_id, model, document)]
    references = References([*own, *related.documents(), *timeline.documents()])
    shown = values(record, document, references)
    carrier = _carrier(record)
    return _waiting(record, reading) | {
        "label": model.label,
        "address": model.plural,
        "plural": model.plural.replace("_", " "),
        "title": references.title(record, document),
        "values": shown,
        "answers": answers(record, shown),
        "carrier": carrier,
        "carrier_plural": unified.BY_SLUG[carrier.model].plural if carrier else "",
        "sections": related.sections(request.tenant.slug, references),
        "entries": timeline.entries(request.tenant.slug, references, acts="act" in request.rights),
        "offers": offers(request, record, record.connection),
        "acted": _acted(request, record),
        "warnings": json.loads(record.warnings),
        "remote_url": addresses.outward(document.get("remote_url")),
        "facts": [each.cell for each in shown if each.cell.shape.name in FACTS and not each.says],
    }


def _acted(request: Request, record: Record) -> list[Row]:
    """The last actions that were about a record, for who may see them."""
    if "act" not in request.rights:
        return []
    mine = Action.objects.filter(touched__record=record.id, rehearsal=False).select_related("connection")
    return rows(request, list(mine.defer("steps", "input").order_by("-created_at", "-id")[:ACTED]))


ACTED = 5
"""Actions that a record's page shows; the log has the others."""
FACTS = ("status", "outcome", "job_id", "current_stage_id", "candidate_id")
"""The fields that stand under a record's title."""


def _carrier(record: Record) -> Record | None:
    """The record in whose row or detail this one stands, where it has no answer of its own."""
    if record.remote != "{}" or record.owner == NONE:
        return None
    return Record.objects.filter(id=record.owner).only("id", "model", "title", "remote_id").first()


urlpatterns = [path("records/<slug:plural>/<uuid:record_id>/", detail, name="record")]
