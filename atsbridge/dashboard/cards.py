"""Connections as the overview shows them: state, freshness, budget, counts, in a fixed number of queries."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import Count, OuterRef, QuerySet, Subquery

from atsbridge.connections import budget, expiring
from atsbridge.connections.budget import Use
from atsbridge.connections.models import Connection, State
from atsbridge.dashboard import questions
from atsbridge.dashboard.ats import Ats, ats
from atsbridge.dashboard.progress import so_far
from atsbridge.records.models import Record, SetAside, Total
from atsbridge.sync.models import Question, Run
from atsbridge.sync.waiting import BUDGET

COUNTED = (("job", "Jobs"), ("candidate", "Candidates"), ("application", "Applications"))
UNITS = {60: "this minute", 3600: "this hour", 86400: "today"}


@dataclass(slots=True)
class Card:
    """One connection. run: the one under way; progress: how far a first one has come; last: the last that ended.

    aside: how many rows are set aside. questions: what waits for a person. totals, changes: by model, how many live
    records there are and when the last of them changed."""

    connection: Connection
    use: Use
    run: Run | None = None
    last: Run | None = None
    aside: int = 0
    progress: str = ""
    questions: list[Question] = field(default_factory=list)
    totals: dict[str, int] = field(default_factory=dict)
    changes: dict[str, datetime] = field(default_factory=dict)

    @property
    def ats(self) -> Ats:
        """Its ATS."""
        return ats(self.connection.speaks)

    @property
    def state(self) -> str:
        """The state in one word, a running sync included."""
        if self.connection.state != State.ACTIVE or self.run is None:
            return str(self.connection.state)
        return "running" if self.run.state == "running" else "waits" if self.run.waits_for == BUDGET else "waiting"

    @property
    def figures(self) -> list[tuple[str, int]]:
        """The counts that people look for first."""
        return [(label, self.totals.get(slug, 0)) for slug, label in COUNTED]

    @property
    def seen_at(self) -> datetime | None:
        """When the last change was seen; None before there is anything."""
        return max(self.changes.values(), default=None)

    @property
    def expires_soon(self) -> bool:
        """Whether its key is about to expire."""
        return expiring.soon(self.connection)

    @property
    def calls(self) -> str:
        """How much of the provider's limit is used: "18 of 60 this minute"."""
        return f"{self.use.used:,} of {self.use.limit:,} {UNITS.get(int(self.use.per), 'in its window')}"

    @property
    def calls_whole(self) -> str:
        """The same in a sentence, with the reserve."""
        return f"{self.calls} calls used, {self.use.reserved:,} kept for people"


@dataclass(frozen=True, slots=True)
class Need:
    """Something that waits for a person. to: where it is dealt with, the name of an address."""

    tone: str
    title: str
    words: str
    connection: Connection
    to: str
    action: str
    since: datetime | None = None


def cards(connections: QuerySet[Connection]) -> list[Card]:
    """The connections as cards: nine queries, whatever there is."""
    newest = Run.objects.filter(connection=OuterRef("pk"), ended_at__isnull=False).order_by("-number")
    found = list(connections.annotate(last_run=Subquery(newest.values("pk")[:1])).order_by("label", "pk"))
    uses = budget.uses(found)
    shown = {each.pk: Card(each, uses[each.pk]) for each in found}
    ended = {each.last_run for each in found if each.last_run}
    for run in Run.objects.filter(pk__in=ended):
        shown[run.connection_id].last = run
    for run in Run.objects.filter(connection__in=found, ended_at__isnull=True).prefetch_related("walks"):
        shown[run.connection_id].run = run
        shown[run.connection_id].progress = so_far(run) if run.first else ""
    for question in Question.objects.filter(connection__in=found, state="open").select_related("connection"):
        shown[question.connection_id].questions.append(question)
    for pk, model, count, at in _totals(found):
        shown[pk].totals[model] = count
        if at:
            shown[pk].changes[model] = at
    for pk, count in _aside(found):
        shown[pk].aside = count
    return list(shown.values())


def needs(shown: Iterable[Card]) -> list[Need]:
    """Only what needs a person, the broken first."""
    found = [need for card in shown for need in _needs(card)]
    return sorted(found, key=lambda need: need.tone != "broken")


def _totals(found: Iterable[Connection]) -> Iterable[tuple[UUID, str, int, datetime | None]]:
    """(connection, model, live records, when one was last written); an index ends with each model's latest."""
    same = Record.objects.filter(connection=OuterRef("connection"), model=OuterRef("model"))
    latest = Subquery(same.order_by("-touched_at").values("touched_at")[:1])
    totals = Total.objects.filter(connection__in=list(found)).annotate(latest=latest)
    return totals.values_list("connection", "model", "count", "latest")


def _aside(found: Iterable[Connection]) -> Iterable[tuple[UUID, int]]:
    return SetAside.objects.filter(connection__in=list(found)).values_list("connection").annotate(Count("pk"))


def _needs(card: Card) -> Iterable[Need]:
    one, last = card.connection, card.last
    if one.state == State.NEEDS_RELINK:
        words = f"{one.reason} Nothing new arrives until it is relinked; what was read stays readable."
        yield Need("broken", f"{one.label} needs relinking", words, one, "connection_relink", "Relink", one.state_since)
    if card.expires_soon:
        title = f"The key of {one.label} expires on {one.expires_on:%-d %b %Y}"
        words = f"Make a new key in {one.speaks.name} and relink the account before that; every record keeps its id."
        yield Need("attention", title, words, one, "connection_relink", "Relink")
    if card.aside:
        title = f"{card.aside:,} {'row' if card.aside == 1 else 'rows'} of {one.label} set aside"
        yield Need(
            "attention", title, "They could not be read; the rest is not affected.", one, "connection_aside", "Look"
        )
    if one.state == State.ACTIVE and last and last.state in ("failed", "partial"):
        title = f"The last sync of {one.label} {'failed' if last.state == 'failed' else 'was done in part'}"
        yield Need("attention", title, f"{last.error} {last.step}".strip(), one, "connection", "Look", last.ended_at)
    for question in card.questions:
        title, words = f"A question about {one.label}", f"{questions.title(question)}. Delete them here?"
        yield Need("attention", title, words, one, "connection", "Answer", question.asked_at)
