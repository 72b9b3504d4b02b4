"""Why a list of records is empty, and what to do about it."""

from dataclasses import dataclass

from django.urls import reverse

from atsbridge.connections.models import Connection
from atsbridge.records.kept import PEOPLE
from atsbridge.records.listing import Asked, shown
from atsbridge.sync.models import Run
from atsbridge.tenants.models import Tenant
from connectors import coverage
from connectors.unified import Model


@dataclass(frozen=True, slots=True)
class Empty:
    """An empty state, as `components/empty.html` takes it."""

    title: str
    words: str = ""
    tone: str = "off"
    address: str = ""
    action: str = ""


def why(tenant: Tenant, asked: Asked, connections: list[Connection], total: int, clear: str) -> Empty:
    """The reason that is nearest to what was asked for."""
    plural = asked.model.plural.replace("_", " ")
    alive = [each for each in connections if each.id in shown(connections, asked.values.get("connection", ""))]
    if not alive:
        return _unlinked(tenant)
    if total and asked.narrowed:
        words = f"None of the {total:,} {plural} fits all of these filters."
        return Empty("Nothing matches", words, "off", clear, "Clear all")
    if not any(asked.model.slug in each.reads for each in alive):
        return _unread(tenant, asked.model, alive)
    if all(coverage.of(each.speaks).models[asked.model.slug].on_opening for each in alive):
        return Empty(f"No {plural} yet", "They are read when the record that they belong to is opened.", "busy")
    if asked.model.slug in PEOPLE and all(each.only_ours for each in alive):
        words = f"Of {_names(alive)} only those are read that were created from here, or imported by a machine."
        return Empty(f"No {plural} of ours yet", words)
    return _unsynced(tenant, plural, alive) or Empty(f"No {plural}", f"{_names(alive)} shows none.", "good")


def _unlinked(tenant: Tenant) -> Empty:
    words = "Records appear here as soon as an account is linked and read."
    return Empty("No account is linked", words, "off", reverse("link", args=[tenant.slug]), "Link account")


def _unread(tenant: Tenant, model: type[Model], alive: list[Connection]) -> Empty:
    plural = model.plural.replace("_", " ")
    lacking = [coverage.of(each.speaks).models[model.slug] for each in alive]
    address = reverse("coverage", args=[tenant.slug])
    if any(each.read for each in lacking):
        words = f"Reading {plural} is switched off for {_names(alive)}."
        return Empty(f"{plural.capitalize()} are switched off", words, "off", address, "See coverage")
    reasons = dict.fromkeys(each.reason for each in lacking)
    return Empty(f"No {plural} here", ". ".join(reasons) + ".", "off", address, "See coverage")


def _unsynced(tenant: Tenant, plural: str, alive: list[Connection]) -> Empty | None:
    """Not read yet: the first run still works, or none has succeeded."""
    runs = Run.objects.filter(connection__in=[each.id for each in alive])
    if runs.filter(state__in=("succeeded", "partial")).exists():
        return None
    address = reverse("runs", args=[tenant.slug])
    return Empty(f"No {plural} read yet", "The first sync has not ended.", "busy", address, "Watch the sync")


def _names(connections: list[Connection]) -> str:
    return " and ".join(dict.fromkeys(each.label for each in connections))
