"""The audit trail's entries as sentences: who did what, and what support staff looked at."""

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from atsbridge.connections.models import Connection
from atsbridge.dashboard.visits import in_words
from atsbridge.tenants.audit import VISIT
from atsbridge.tenants.models import AuditEntry

KINDS = {
    "connection": ("Connections", "link"),
    "action": ("Actions", "bolt"),
    "key": ("API keys", "key"),
    "person": ("People", "user-group"),
    "support": ("Support visits", "eye"),
}
"""The first word of a kind → what a filter calls them, and their icon."""
SENTENCES = {
    "connection.linked": "linked {}",
    "connection.relink": "tried a new key for {}",
    "connection.relinked": "relinked {}",
    "connection.unlinked": "unlinked {}",
    "connection.paused": "paused {}",
    "connection.resumed": "resumed {}",
    "connection.sync": "asked for a sync of {}",
    "connection.tested": "tested the permissions of {}",
    "connection.row_taken": "had a row read again that was set aside, of {}",
    "connection.deletions_confirmed": "had records deleted that {} no longer returns",
    "connection.deletions_refused": "kept records that {} no longer returns",
    "connection.settings": "changed the settings of {}",
    "connection.meanings": "changed what the statuses of {} mean",
    "action.again": "had an action of unknown outcome sent again: {}",
    "action.anew": "asked once more for: {}",
    "action.arrived": "said that an action of unknown outcome arrived: {}",
    "action.batch_stopped": "stopped a batch: {}",
    "action.cancel": "cancelled an action: {}",
    "action.complete": "had an action completed: {}",
    "action.rest_again": "had what stayed unclear of an action sent again: {}",
    "action.rest_arrived": "said that what stayed unclear of an action arrived: {}",
    "key.created": "made the API key {}",
    "key.revoked": "revoked the API key {}",
    "key.source": "set the default source of the API key {}",
    "tenant.source": "set the default source to {}",
    "person.invited": "invited {}",
    "person.uninvited": "withdrew the invitation of {}",
    "person.joined": "joined as {}",
    "person.signed_in_by_link": "signed in by an operator's link, as {}",
    "person.role_changed": "changed the role of {}",
    "person.removed": "removed {} from the tenant",
    VISIT: "looked at {}",
}
"""Kind → what was done, with a place for what it was done to."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One entry as a timeline takes it."""

    icon: str
    words: SafeString
    by: str
    when: datetime


def sentences(slug: str, entries: Iterable[AuditEntry]) -> list[Sentence]:
    """Tell the entries of a tenant; a page or connection that is still there is a link."""
    told = list(entries)
    named = {entry.connection_id for entry in told if entry.connection_id}
    linked: set[uuid.UUID | None] = set(Connection.objects.filter(pk__in=named).values_list("pk", flat=True))
    pages = in_words(entry.page for entry in told if entry.page.startswith(f"/t/{slug}/"))
    return [_sentence(entry, _done_to(slug, entry, linked, pages)) for entry in told]


def _sentence(entry: AuditEntry, done_to: SafeString) -> Sentence:
    done = SENTENCES.get(entry.kind, entry.kind.replace(".", " ").replace("_", " ") + " {}")
    words = format_html("<b><bdi>{}</bdi></b> " + done, entry.who, done_to)
    _, icon = KINDS.get(entry.kind.partition(".")[0], ("", "pencil-square"))
    return Sentence(icon, words, "as support" if entry.as_support else "", entry.at)


def _done_to(slug: str, entry: AuditEntry, linked: Collection[uuid.UUID | None], pages: dict[str, str]) -> SafeString:
    """What it was done to, with a link where there is a place to go."""
    if entry.page in pages:
        return format_html('<a href="{}" dir="auto">{}</a>', entry.page, pages[entry.page])
    if entry.kind == VISIT:
        searched = not entry.page.startswith(f"/t/{slug}/")
        return format_html("{}", "what a search over all tenants found here" if searched else entry.page)
    if entry.connection_id in linked:
        address = reverse("connection", args=[slug, entry.connection_id])
        return format_html('<a href="{}" dir="auto">{}</a>', address, entry.subject)
    return format_html("<bdi>{}</bdi>", entry.subject)
