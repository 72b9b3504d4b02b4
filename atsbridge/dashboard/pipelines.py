"""Jobs with their applications, and a job's pipeline as a board."""

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse

from atsbridge.connections.models import Connection
from atsbridge.dashboard import addresses, tiles
from atsbridge.dashboard.moving import moving
from atsbridge.dashboard.narrowing import Chip, Choice, Menu
from atsbridge.dashboard.tiles import Moves
from atsbridge.records import board, listing, paging
from atsbridge.records.board import Board, Narrowed
from atsbridge.records.models import Record
from atsbridge.tenants.access import Request, member
from connectors.unified.parts import JobStatus

SIZE = 50


@dataclass(frozen=True, slots=True)
class Tab:
    """One view of the list of pipelines."""

    label: str
    address: str
    current: bool
    count: int | None = None


@member("look")
def index(request: Request, slug: str) -> HttpResponse:
    """Every job with its applications, open ones first."""
    status = request.GET.get("status", "")
    status = status if status in JobStatus.__members__ else ""
    name = _words(request, "q")
    connections = listing.shown(list(Connection.objects.all()))
    found = board.jobs(connections, status=status, name=name).select_related("connection")
    binding = json.dumps(["pipelines", status, name])
    try:
        rows, page = board.pipelines(found, size=SIZE, cursor=request.GET.get("cursor", ""), binding=binding)
    except paging.BadCursor:
        rows, page = board.pipelines(found, size=SIZE, cursor="", binding=binding)
    return render(
        request,
        addresses.part(request, "pipelines/index.html", "rows"),
        {
            "rows": rows,
            "name": name,
            "status": status,
            "tabs": [_tab(request, value, status) for value in ("", *JobStatus)],
            "newer": page.previous and addresses.changed(request, cursor=page.previous),
            "older": page.next and addresses.changed(request, cursor=page.next),
            "size": SIZE,
        },
    )


def _tab(request: Request, value: str, current: str) -> Tab:
    return Tab(value.capitalize() or "All", addresses.changed(request, status=value or None), value == current)


@member("look")
def pipeline(request: Request, slug: str, job_id: UUID) -> HttpResponse:
    """One job's board; with `stage` and `cards`, that stage shows more, and htmx gets that column alone."""
    jobs = Record.objects.select_related("connection").defer("remote", "wire", "search")
    job = get_object_or_404(jobs, id=job_id, model="job")
    narrowed = Narrowed(*(_words(request, name) for name in ("q", "source", "outcome")))
    stage, sizes = _asked(request)
    found = board.read(job, narrowed, sizes)
    if request.htmx and stage:
        return _column(request, found, stage)
    return render(request, addresses.part(request, "pipelines/board.html", "board"), _context(request, found, narrowed))


def _words(request: Request, name: str) -> str:
    """What somebody wrote, without NUL, which PostgreSQL does not take."""
    return request.GET.get(name, "").replace("\x00", "").strip()[:200]


def _asked(request: Request) -> tuple[UUID | None, dict[UUID, int]]:
    """The stage that shall show more, and how many; nothing where the address names none."""
    try:
        stage, cards = UUID(request.GET.get("stage", "")), int(request.GET.get("cards", ""))
    except ValueError:
        return None, {}
    return stage, {stage: max(board.STEP, cards)}


def _column(request: Request, found: Board, stage: UUID) -> HttpResponse:
    column = next((each for each in _shown(request, found) if each["id"] == stage), None)
    return render(request, "components/column.html", column) if column else HttpResponse()


def _context(request: Request, found: Board, narrowed: Narrowed) -> dict[str, Any]:
    document = json.loads(found.job.document)
    return {
        "board": found,
        "job": found.job,
        "document": document,
        "ats": found.job.connection.speaks.name,
        "remote_url": addresses.outward(document.get("remote_url")),
        "narrowed": narrowed,
        "columns": _shown(request, found),
        **moving(request, found.job),
        "chips": _chips(request, narrowed),
        "menus": _menus(request, found, narrowed),
        "clear": addresses.changed(request, q=None, source=None, outcome=None, stage=None, cards=None),
        "list": f"{reverse('records', args=[request.tenant.slug, 'applications'])}?job={found.job.id}",
    }


def _shown(request: Request, found: Board) -> list[dict[str, Any]]:
    """The columns as `components/column.html` takes them."""
    moves = Moves(request, [tile.application.id for column in found.columns for tile in column.tiles])
    return [
        {
            "id": each["column"].stage,
            "name": each["column"].name,
            "count": each["count"],
            "words": "" if each["column"].listed else "only seen on applications",
            "tiles": each["tiles"],
            **_more(request, found, each["column"]),
        }
        for each in tiles.columns(found, moves)
    ]


def _more(request: Request, found: Board, column: board.Column) -> dict[str, str]:
    """The way to the cards that are not shown: the next ones here, or all of them in the list."""
    if not column.rest:
        return {}
    if len(column.tiles) < found.most:
        size = min(len(column.tiles) + board.STEP, found.most)
        words = f"{min(board.STEP, column.rest)} more of {column.rest:,}"
        return {"more": addresses.changed(request, stage=str(column.stage), cards=str(size)), "more_words": words}
    records = reverse("records", args=[request.tenant.slug, "applications"])
    return {
        "all": f"{records}?job={found.job.id}&stage={column.stage}",
        "all_words": f"All {column.count:,} as a list",
    }


def _chips(request: Request, narrowed: Narrowed) -> list[Chip]:
    shown = {"source": ("Source", narrowed.source), "outcome": ("Outcome", narrowed.outcome.capitalize())}
    return [
        Chip(label, value, addresses.changed(request, **{name: None}))
        for name, (label, value) in shown.items()
        if value
    ]


def _menus(request: Request, found: Board, narrowed: Narrowed) -> list[Menu]:
    kinds = (("source", "Source", found.sources), ("outcome", "Outcome", found.outcomes))
    return [
        Menu(
            label,
            [
                Choice(
                    f"{value.capitalize() if name == 'outcome' else value} ({count:,})",
                    addresses.changed(request, **{name: value}),
                    value == getattr(narrowed, name),
                )
                for value, count in counts.items()
            ],
        )
        for name, label, counts in kinds
        if counts
    ]


urlpatterns = [
    path("pipelines/", index, name="pipelines"),
    path("pipelines/<uuid:job_id>/", pipeline, name="pipeline"),
]
