"""A job's pipeline as a board: its stages in order, the applications in each, and how long they have been there."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from collections.abc import Mapping as Table
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Case, CharField, Count, Exists, F, OuterRef, Q, QuerySet, Value, When, Window
from django.db.models.functions import Concat, RowNumber
from django.utils import timezone

from atsbridge.records import paging
from atsbridge.records.listing import HEAVY
from atsbridge.records.models import NONE, Record
from atsbridge.records.shape import fold

STEP = 25
"""Cards that a column begins with, and that each "more" adds."""
MOST = 400
"""Cards in one page: with 1,000 it answers too slowly to the pointer."""
FIRST = "new"
"""The stage that stands first among those that the job's own list does not name."""


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What a board is narrowed to: words of a name, a source, an outcome."""

    name: str = ""
    source: str = ""
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class Tile:
    """One application on the board. candidate: its person's record, None where that was never read."""

    application: Record
    candidate: Record | None
    stay: str


@dataclass(slots=True)
class Column:
    """One stage. listed: the job's own list names it; else only applications do. tiles: the newest ones of `count`."""

    stage: UUID
    name: str
    count: int = 0
    listed: bool = True
    tiles: list[Tile] = field(default_factory=list)

    @property
    def rest(self) -> int:
        """How many are not shown."""
        return self.count - len(self.tiles)


@dataclass(frozen=True, slots=True)
class Board:
    """One job's columns. most: cards that a column may come to. sources, outcomes: what can be narrowed to, counted."""

    job: Record
    columns: list[Column]
    most: int
    sources: dict[str, int]
    outcomes: dict[str, int]

    @property
    def count(self) -> int:
        """The applications on the board."""
        return sum(column.count for column in self.columns)


def read(job: Record, narrowed: Narrowed, sizes: dict[UUID, int] | None = None) -> Board:
    """A job's board. sizes: how many cards a stage shows, where that is not the usual number."""
    counted = list(_all(job).values("stage", "source", "status").annotate(count=Count("id")).order_by())
    columns = _columns(job, {row["stage"] for row in counted})
    for row in counted if not narrowed.name else _matching(job, narrowed):
        if row["stage"] in columns and _fits(row, narrowed):
            columns[row["stage"]].count += row["count"]
    most = max(1, MOST // max(1, len(columns)))
    _fill(columns, _narrowed(job, narrowed), min(STEP, most), {k: min(v, most) for k, v in (sizes or {}).items()})
    return Board(job, list(columns.values()), most, _tally(counted, "source"), _tally(counted, "status"))


def stay(application: Record) -> str:
    """How long it has been in its stage: "today", "12 d"; "at least 12 d" where it stood there when we first looked."""
    if application.stage_since is None:
        return ""
    days = (timezone.now() - application.stage_since).days
    if application.stage_exact:
        return f"{days} d" if days else "today"
    return f"at least {days} d"


@dataclass(frozen=True, slots=True)
class Pipeline:
    """One job in the list of pipelines, with its applications by outcome."""

    job: Record
    document: dict[str, Any]
    counts: dict[str, int]

    @property
    def count(self) -> int:
        """All of its applications."""
        return sum(self.counts.values())


def jobs(connections: list[UUID], *, status: str, name: str) -> "QuerySet[Record]":
    """Jobs in the order of their pipelines: open ones first, each by name; `place` is that order."""
    rank = Case(When(status="OPEN", then=Value("0")), default=Value("1"), output_field=CharField())
    found = Record.objects.filter(model="job", deleted_at__isnull=True, connection__in=connections)
    if status:
        found = found.filter(status=status)
    for word in fold(name).split():
        found = found.filter(search__contains=word)
    return found.annotate(place=Concat(rank, F("sort"), output_field=CharField())).defer(*HEAVY)


def pipelines(
    found: "QuerySet[Record]", *, size: int, cursor: str, binding: str
) -> tuple[list[Pipeline], paging.Page[Record]]:
    """One page of jobs with their counts; raises paging.BadCursor."""
    page = paging.page(found, paging.Order("place"), size=size, cursor=cursor, binding=binding)
    return _counted(page.rows), page


def latest_open(connections: list[UUID], most: int) -> list[Pipeline]:
    """The open jobs that changed last."""
    found = jobs(connections, status="OPEN", name="").select_related("connection")
    return _counted(list(found.order_by("-changed_at", "-id")[:most]))


def _counted(found: "list[Record]") -> list[Pipeline]:
    rows = Record.objects.filter(model="application", job__in=[job.id for job in found], deleted_at__isnull=True)
    counts: dict[UUID, dict[str, int]] = {}
    for row in rows.values("job", "status").annotate(count=Count("id")).order_by():
        counts.setdefault(row["job"], {})[row["status"]] = row["count"]
    return [Pipeline(job, json.loads(job.document), counts.get(job.id, {})) for job in found]


def _fits(row: Table[str, Any], narrowed: Narrowed) -> bool:
    return narrowed.source in ("", row["source"]) and narrowed.outcome in ("", row["status"])


def _all(job: Record) -> "QuerySet[Record]":
    return Record.objects.filter(job=job.id, model="application", deleted_at__isnull=True)


def _narrowed(job: Record, narrowed: Narrowed) -> "QuerySet[Record]":
    found = _all(job)
    if narrowed.source:
        found = found.filter(source=narrowed.source)
    if narrowed.outcome:
        found = found.filter(status=narrowed.outcome)
    words = fold(narrowed.name).split()
    if words:
        called = Q(id=OuterRef("candidate"))
        for word in words:
            called &= Q(search__contains=word)
        found = found.filter(Exists(Record.objects.filter(called)))
    return found


def _matching(job: Record, narrowed: Narrowed) -> Iterable[Table[str, Any]]:
    return list(_narrowed(job, narrowed).values("stage", "source", "status").annotate(count=Count("id")).order_by())


def _columns(job: Record, seen: set[UUID]) -> dict[UUID, Column]:
    """The job's stages in its own order, then those that only applications name: "New" first, the others by name."""
    steps = Record.objects.filter(job=job.id, model="job_stage", deleted_at__isnull=True).order_by("position", "id")
    order = list(dict.fromkeys(steps.values_list("stage", flat=True)))
    names = dict(Record.objects.filter(id__in={*order, *seen} - {NONE}).values_list("id", "title"))
    columns = {stage: Column(stage, names.get(stage) or "Unnamed stage") for stage in order}
    others = [Column(stage, _named(stage, names), listed=False) for stage in seen - columns.keys()]
    others.sort(key=lambda column: (column.stage == NONE, fold(column.name) != FIRST, fold(column.name), column.stage))
    return columns | {column.stage: column for column in others}


def _named(stage: UUID, names: dict[UUID, str]) -> str:
    return "No stage" if stage == NONE else names.get(stage) or "A stage not read yet"


def _fill(columns: dict[UUID, Column], found: "QuerySet[Record]", usual: int, sizes: dict[UUID, int]) -> None:
    """Give each column its newest cards: one query for all of them, one for the people on them."""
    wanted = Q(place__lte=usual)
    for stage, size in sizes.items():
        wanted |= Q(stage=stage, place__lte=size)
    newest = Window(RowNumber(), partition_by=F("stage"), order_by=[F("created_at").desc(), F("id").desc()])
    cards = list(
        found.annotate(place=newest)
        .filter(wanted)
        .order_by("stage", "place")
        .only("id", "remote_id", "stage", "source", "status", "candidate", "stage_since", "stage_exact", "created_at")
    )
    for tile in tiles(cards):
        if tile.application.stage in columns:  # a page that came in between may have brought a stage
            columns[tile.application.stage].tiles.append(tile)


def tiles(applications: Sequence[Record]) -> list[Tile]:
    """Applications as cards: one query for the people on them."""
    ids = {each.candidate for each in applications}
    people = Record.objects.filter(id__in=ids).only("id", "title", "remote_id", "source")
    known = {person.id: person for person in people}
    return [Tile(each, known.get(each.candidate), stay(each)) for each in applications]


def _tally(counted: Iterable[Table[str, Any]], name: str) -> dict[str, int]:
    tally: Counter[str] = Counter()
    for row in counted:
        tally[row[name]] += row["count"]
    return dict(sorted((value, count) for value, count in tally.items() if value))
