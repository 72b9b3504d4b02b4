"""The log of actions: a tenant's, a connection's, a record's, narrowed by state, kind and person."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse

from atsbridge.actions.models import Action, State
from atsbridge.actions.order import MAIL
from atsbridge.connections.models import Connection
from atsbridge.dashboard import addresses
from atsbridge.dashboard.narrowing import Chip, Choice, Menu
from atsbridge.dashboard.states import look
from atsbridge.records import listing, paging
from atsbridge.records.models import Record
from atsbridge.tenants.access import Request, member
from atsbridge.tenants.models import Person
from connectors.unified import BY_SLUG as MODELS
from connectors.unified.actions import ACTIONS, BY_SLUG

SIZE = 50
BY_TIME = paging.Order("created_at", descending=True)
FILTERS = {"connection": "Connection", "kind": "Action", "state": "State", "person": "Person", "record": "Record"}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the log. whom: who it is about, with the address of their record where there is one."""

    action: Action
    label: str
    whom: str
    address: str
    words: str


@member("act")
def index(request: Request, slug: str) -> HttpResponse:
    """Every action, newest first."""
    return render(request, addresses.part(request, "actions/index.html", "rows"), log(request))


def log(request: Request, connection: str = "") -> dict[str, Any]:
    """The log as `actions/log.html` takes it; of one connection where one is given."""
    words = _words(connection)
    given = {name: request.GET.get(name, "") for name in words}
    record = request.GET.get("record", "")
    words["record"] = _record(record)
    now = {name: value for name, value in {**given, "record": record}.items() if value in words[name]}
    page = _page(request, now, connection)
    return {
        "rows": rows(request, page.rows),
        "chips": [
            Chip(FILTERS[name], words[name][value], addresses.changed(request, **{name: None}))
            for name, value in now.items()
        ],
        "menus": [_menu(request, name, words[name], now) for name in given if len(words[name]) > 1],
        "clear": request.path,
        "narrowed": bool(now),
        "newer": page.previous and addresses.changed(request, cursor=page.previous),
        "older": page.next and addresses.changed(request, cursor=page.next),
        "size": SIZE,
        "one": bool(connection),
    }


def rows(request: Request, actions: list[Action]) -> list[Row]:
    """Actions as lines: one look-up for whom they are about."""
    ids = {action.pk: UUID(action.about) for action in actions if listing.is_id(action.about)}
    known = {
        row.id: row for row in Record.objects.filter(id__in=ids.values()).only("id", "model", "title", "remote_id")
    }
    return [_row(request.tenant.slug, action, known.get(ids.get(action.pk, action.pk))) for action in actions]


def _row(slug: str, action: Action, row: Record | None) -> Row:
    address = reverse("record", args=[slug, MODELS[row.model].plural, row.id]) if row else ""
    whom = (row.title or f"No name ({row.remote_id})") if row else action.about.removeprefix(MAIL)
    words = action.error or action.waits_for or ", ".join(action.warnings)
    return Row(action, BY_SLUG[action.kind].label, whom if row or "@" in whom else "", address, words)


def _words(connection: str) -> dict[str, dict[str, str]]:
    """What can be chosen, filter by filter."""
    acted = Action.objects.filter(person=OuterRef("pk"), rehearsal=False)
    everybody = Person.objects.filter(Exists(acted)).order_by("name", "email")
    found = {
        "kind": {action.slug: action.label for action in ACTIONS},
        "state": {state.value: look(state.value).word for state in State},
        "person": {str(each.pk): str(each) for each in everybody},
    }
    if not connection:
        labels = Connection.objects.order_by("label", "id").values_list("id", "label")
        found["connection"] = {str(pk): label for pk, label in labels}
    return found


def _record(asked: str) -> dict[str, str]:
    """The record that the log is narrowed to, and its name; to one that is not there nothing was done."""
    if not listing.is_id(asked):
        return {}
    found = Record.objects.only("id", "title", "remote_id").filter(id=asked).first()
    return {asked: (found.title or found.remote_id) if found else "No such record"}


def _page(request: Request, now: dict[str, str], connection: str) -> paging.Page[Action]:
    found, binding = _actions(now, connection), json.dumps(["actions", now, connection])
    try:
        return paging.page(found, BY_TIME, size=SIZE, cursor=request.GET.get("cursor", ""), binding=binding)
    except paging.BadCursor:
        return paging.page(found, BY_TIME, size=SIZE, binding=binding)


def _actions(now: dict[str, str], connection: str) -> "QuerySet[Action]":
    found = Action.objects.filter(rehearsal=False).select_related("connection").defer("steps", "input")
    wanted = now | ({"connection": connection} if connection else {})
    record = wanted.pop("record", "")
    if record:
        found = found.filter(touched__record=record)
    return found.filter(**wanted)


def _menu(request: Request, name: str, choices: dict[str, str], now: dict[str, str]) -> Menu:
    return Menu(FILTERS[name], list(_choices(request, name, choices, now)))


def _choices(request: Request, name: str, choices: dict[str, str], now: dict[str, str]) -> Iterable[Choice]:
    for value, words in choices.items():
        yield Choice(words, addresses.changed(request, **{name: value}), now.get(name) == value)


urlpatterns = [path("actions/", index, name="actions")]
