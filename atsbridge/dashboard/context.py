"""What the frame around every page shows: whose data it is, who looks, where one can go."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from django.http import HttpRequest
from django.urls import NoReverseMatch, resolve, reverse

from atsbridge.dashboard.counts import frame_counts
from atsbridge.tenants.people import tenants_of


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the side menu. count: what stands at its end; alarm: it stands there as something broken."""

    label: str
    icon: str
    address: str
    current: str
    count: str = ""
    heard: str = ""
    alarm: bool = False


class Place(NamedTuple):
    """Where an entry leads. pages: the names of the addresses where it is the current one; plural: of which records."""

    label: str
    icon: str
    pages: tuple[str, ...]
    plural: str = ""


CONNECTION_PAGES = (
    "connections",
    "connection",
    *(
        f"connection_{name}"
        for name in ("syncs", "actions", "aside", "coverage", "permissions", "settings", "relink", "unlink")
    ),
    "link",
    "link_key",
    "attempt",
    "attempt_name",
)

PLACES: tuple[tuple[str, tuple[Place, ...]], ...] = (
    (
        "",
        (
            Place("Overview", "o-home", ("overview",)),
            Place("Connections", "o-link", CONNECTION_PAGES),
            Place("Jobs", "o-briefcase", ("records", "record"), "jobs"),
            Place("Pipelines", "o-view-columns", ("pipelines", "pipeline", "pipeline_batch")),
            Place("Candidates", "o-users", ("records", "record"), "candidates"),
            Place("Applications", "o-document-text", ("records", "record"), "applications"),
        ),
    ),
    (
        "Activity",
        (
            Place("Activity", "o-bolt", ("activity",)),
            Place("Sync runs", "o-arrow-path", ("runs", "run")),
            Place("Actions", "o-pencil-square", ("actions", "action", "act", "batch")),
        ),
    ),
    (
        "Developers",
        (Place("API keys", "o-key", ("keys",)), Place("Coverage", "o-table-cells", ("coverage",))),
    ),
    (
        "Settings",
        (Place("People", "o-user-group", ("people",)), Place("Audit trail", "o-clipboard-document-list", ("audit",))),
    ),
)


class Frame:
    """The frame of one page; nothing is looked up before a template asks for it.

    It reads what the access layer has put on the request: tenant, membership, support, rights.
    """

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.tenant = getattr(request, "tenant", None)
        self.support = bool(getattr(request, "support", False))

    @cached_property
    def person(self) -> Any:
        """Who looks, None before signing in."""
        person = getattr(self.request, "user", None)
        return person if person is not None and person.is_authenticated else None

    @property
    def role(self) -> str:
        """What they are here, in a word."""
        membership = getattr(self.request, "membership", None)
        if membership is not None:
            return str(membership.role).capitalize()
        return "Support" if self.support or getattr(self.person, "is_support", False) else ""

    @cached_property
    def tenants(self) -> Iterable[Any]:
        """The tenants that they belong to, and may switch to."""
        return tenants_of(self.person) if self.person else ()

    @cached_property
    def groups(self) -> list[tuple[str, list[Entry]]]:
        """The side menu."""
        groups = [(heading, [self._entry(place) for place in places]) for heading, places in PLACES]
        return [(heading, [entry for entry in entries if entry]) for heading, entries in groups if any(entries)]

    def _entry(self, place: Place) -> Entry | None:
        """The place as this person sees it; None where it leads nowhere or they may not go."""
        assert self.tenant is not None
        try:
            address = reverse(place.pages[0], args=[self.tenant.slug, *filter(None, [place.plural])])
        except NoReverseMatch:
            return None
        right = getattr(resolve(address).func, "right", "look")
        if right not in getattr(self.request, "rights", {"look"}):
            return None
        return Entry(place.label, place.icon, address, self._current(place, address), *self._count(place))

    def _current(self, place: Place, address: str) -> str:
        here = self.request.resolver_match
        if here is None or here.url_name not in place.pages or here.kwargs.get("plural", place.plural) != place.plural:
            return ""
        return "page" if address == self.request.path else "true"

    @cached_property
    def counts(self) -> Mapping[str, int]:
        """What stands beside the entries; a view that has counted already may leave it on the request."""
        counted: Mapping[str, int] | None = getattr(self.request, "frame_counts", None)
        return frame_counts() if counted is None else counted

    def _count(self, place: Place) -> tuple[str, str, bool]:
        counts = self.counts
        if place.label == "Connections" and counts.get("broken"):
            known = f" of {counts['connections']:,}" if counts.get("connections") else ""
            return f"{counts['broken']:,}", f"{known} {'is' if counts['broken'] == 1 else 'are'} broken", True
        if place.label == "Sync runs" and counts.get("running"):
            return f"{counts['running']:,} running", "", False
        return (f"{counts[place.plural]:,}" if place.plural in counts else ""), "", False


def frame(request: HttpRequest) -> dict[str, Frame]:
    """Hand every template its frame, and a whole page the sheet that its icons are collected on.

    A fragment gets no sheet: it lands in a page whose sheet it cannot know.
    """
    if not getattr(request, "htmx", False):
        request.icons = getattr(request, "icons", set())  # type: ignore[attr-defined]
    return {"frame": Frame(request)}
