"""Everything that is known of a connection, against the truth of its emulated account."""

import json
from collections import Counter
from collections.abc import Iterable
from importlib import import_module
from typing import Any

from django_scopes import scope

from atsbridge.connections.models import Connection
from atsbridge.records.digest import clean
from atsbridge.records.models import Change, Record, Total
from atsbridge.sync.models import Run

type Key = tuple[str, str]
type Documents = dict[Key, dict[str, Any]]


def expected(slug: str, emulator: Any, opened: Iterable[str] = ()) -> Documents:
    """The account's truth, less what no database keeps: NUL and halves of surrogate pairs are U+FFFD."""
    truth = import_module(f"tests.connectors.{slug}.expected").expected(emulator, details=list(opened))
    return {(model, clean(key)[0]): clean(document)[0] for (model, key), document in truth.items()}


def stored(connection: Connection) -> Documents:
    """Every live record's document."""
    with scope(tenant=connection.tenant):
        rows = Record.objects.filter(connection=connection, deleted_at__isnull=True)
        return {
            (model, key): json.loads(text) for model, key, text in rows.values_list("model", "remote_id", "document")
        }


def differences(connection: Connection, emulator: Any, opened: Iterable[str] = ()) -> list[str]:
    """Whatever is not as it has to be, in words: records, totals, change events, runs."""
    with scope(tenant=connection.tenant):
        ended = Run.objects.filter(connection=connection).values_list("number", "state")
        runs = [f"run {number} is {state}" for number, state in ended if state != "succeeded"]
    return kept_wrong(connection, emulator, opened) + runs


def kept_wrong(connection: Connection, emulator: Any, opened: Iterable[str] = ()) -> list[str]:
    """What is not as it has to be of that which stays: records, totals, change events."""
    here = stored(connection)
    wrong = unlike(here, expected(connection.connector, emulator, opened), "the truth")
    with scope(tenant=connection.tenant):
        counted = dict(Total.objects.filter(connection=connection, count__gt=0).values_list("model", "count"))
        if counted != Counter(model for model, _ in here):
            wrong.append(f"totals say {counted}")
        replayed, said = replay(connection)
        if connection.announce_each:
            wrong += said + unlike(filled(here), filled(replayed), "the replay of the events")
    return wrong


def unlike(here: Documents, there: Documents, name: str) -> list[str]:
    """The records that differ, are missing or are too many."""
    return (
        [f"{key} is missing, {name} has it" for key in there.keys() - here.keys()]
        + [f"{key} is here, and {name} has none" for key in here.keys() - there.keys()]
        + [f"{key} differs from {name}" for key in here.keys() & there.keys() if here[key] != there[key]]
    )


def replay(connection: Connection) -> tuple[Documents, list[str]]:
    """What the change events make, from the beginning; and those that were made twice, or after one that is missing."""
    known = Record.objects.filter(connection=connection).values_list("id", "model", "remote_id")
    names = {key: (model, remote) for key, model, remote in known}
    made: Documents = {}
    wrong: list[str] = []
    for change in Change.objects.filter(connection=connection).order_by("id").iterator():
        key = names.get(change.record, (change.model, str(change.record)))
        before, after, present = json.loads(change.before), json.loads(change.after), made.get(key)
        match change.kind:
            case "created" | "revived":
                if present is not None:
                    wrong.append(f"{key} is {change.kind} twice")
                made[key] = after
            case "updated":
                if present is None or any(present.get(name) != value for name, value in before.items()):
                    wrong.append(f"{key} is updated from something that was never announced")
                made[key] = {**(present or {}), **after}
            case "deleted":
                if made.pop(key, None) is None:
                    wrong.append(f"{key} is deleted twice")
    return made, wrong


def filled(documents: Documents) -> Documents:
    """Without what is null: an event of something new names only what there is."""
    return {
        key: {name: value for name, value in document.items() if value is not None}
        for key, document in documents.items()
    }
