"""The audit trail, told as sentences: who did what, and what support staff looked at."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django import forms
from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from atsbridge.connections.models import Connection
from atsbridge.records.paging import BadCursor, Order, Page, page
from atsbridge.tenants.access import Request, member
from atsbridge.tenants.audit import VISIT
from atsbridge.tenants.models import AuditEntry, Person

SIZE = 50
LATEST_FIRST = Order("at", descending=True)
KINDS = {
    "connection": ("Connections", "link"),
    "key": ("API keys", "key"),
    "person": ("People", "user-group"),
    "support": ("Support visits", "eye"),
}
"""The first word of a kind → what a filter calls them, and their icon."""
SENTENCES = {
    "connection.linked": "linked {}",
    "connection.relinked": "relinked {}",
    "connection.unlinked": "unlinked {}",
    "connection.purged": "removed the records of {}",
    "connection.paused": "paused {}",
    "connection.resumed": "resumed {}",
    "connection.synced": "asked for a sync of {}",
    "connection.tested": "tested the permissions of {}",
    "connection.changed": "changed the settings of {}",
    "key.created": "made the API key {}",
    "key.revoked": "revoked the API key {}",
    "person.invited": "invited {}",
    "person.uninvited": "withdrew the invitation of {}",
    "person.joined": "joined as {}",
    "person.signed_in_by_link": "signed in by an operator's link, as {}",
    "person.role_changed": "changed the role of {}",
    "person.removed": "removed {} from the tenant",
    VISIT: "looked at {}",
}
"""Kind → what was done, with a place for what it was done to."""


@dataclass(frozen=True)
class Sentence:
    """One entry as the timeline takes it."""

    icon: str
    words: SafeString
    by: str
    when: datetime


class FilterForm(forms.Form):
    """Whose entries, and of which kind; nothing is all of them."""

    person = forms.ModelChoiceField(queryset=Person.objects.none(), required=False, empty_label="Everybody")
    kind = forms.ChoiceField(
        choices=[("", "Everything"), *((word, label) for word, (label, _) in KINDS.items())], required=False
    )

    def __init__(self, asked: QueryDict) -> None:
        super().__init__(asked, auto_id="filter-%s")
        named = Person.objects.filter(pk__in=AuditEntry.objects.values("person"))
        self.fields["person"].queryset = named.order_by("name", "email")  # type: ignore[attr-defined]

    def entries(self) -> QuerySet[AuditEntry]:
        """What the filters leave; nothing where they are wrong, which the form then says."""
        if not self.is_valid():
            return AuditEntry.objects.none()
        wanted = AuditEntry.objects.all()
        if person := self.cleaned_data["person"]:
            wanted = wanted.filter(person=person)
        if kind := self.cleaned_data["kind"]:
            wanted = wanted.filter(kind__startswith=f"{kind}.")
        return wanted


@member("look")
def audit(request: Request, slug: str) -> HttpResponse:
    """The trail, latest first."""
    form = FilterForm(request.GET)
    binding = f"audit {request.tenant.pk} {request.GET.get('person', '')} {request.GET.get('kind', '')}"
    try:
        found = page(form.entries(), LATEST_FIRST, size=SIZE, cursor=request.GET.get("cursor", ""), binding=binding)
    except BadCursor:
        return redirect(_address(request, None))
    facts = {
        "form": form,
        "sentences": _sentences(slug, found),
        "filtered": bool(request.GET.get("person") or request.GET.get("kind")),
        "newer": found.previous and _address(request, found.previous),
        "older": found.next and _address(request, found.next),
    }
    return render(request, "audit/index.html", facts)


def _address(request: Request, cursor: str | None) -> str:
    asked = request.GET.copy()
    asked.pop("cursor", None)
    if cursor:
        asked["cursor"] = cursor
    return f"{request.path}?{asked.urlencode()}" if asked else request.path


def _sentences(slug: str, found: Page[AuditEntry]) -> list[Sentence]:
    named = {entry.connection_id for entry in found.rows if entry.connection_id}
    linked: set[uuid.UUID | None] = set(Connection.objects.filter(pk__in=named).values_list("pk", flat=True))
    return [_sentence(slug, entry, linked) for entry in found.rows]


def _sentence(slug: str, entry: AuditEntry, linked: Collection[uuid.UUID | None]) -> Sentence:
    done = SENTENCES.get(entry.kind, entry.kind.replace(".", " ").replace("_", " ") + " {}")
    words = format_html("<b><bdi>{}</bdi></b> " + done, entry.who, _named(slug, entry, linked))
    _, icon = KINDS.get(entry.kind.partition(".")[0], ("", "pencil-square"))
    return Sentence(icon, words, "as support" if entry.as_support else "", entry.at)


def _named(slug: str, entry: AuditEntry, linked: Collection[uuid.UUID | None]) -> SafeString:
    """What it was done to, with a link where there is a place to go."""
    if entry.kind == VISIT:
        shown = entry.page.removeprefix(f"/t/{slug}") if entry.page.startswith("/t/") else "a search over all tenants"
        return (
            format_html('<a href="{}">{}</a>', entry.page, shown) if entry.page.startswith("/t/") else SafeString(shown)
        )
    if entry.connection_id in linked:
        return format_html(
            '<a href="{}" dir="auto">{}</a>', reverse("connection", args=[slug, entry.connection_id]), entry.subject
        )
    return format_html("<bdi>{}</bdi>", entry.subject)


urlpatterns = [path("audit/", audit, name="audit")]
