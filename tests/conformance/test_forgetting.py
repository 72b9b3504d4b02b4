"""What was deleted is forgotten after its days: no table of the database names the person any more."""

import json
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from typing import Any

import httpx
import time_machine
from django.apps import apps
from django.conf import settings
from django.utils import timezone
from django_scopes import scope, scopes_disabled

from atsbridge.connections import unlinking
from atsbridge.sync import sweeping
from connectors import http
from connectors.paths import at
from tests.conformance.account import Account
from tests.sync import harness

MARKER = "Quixoria"
type Answering = Callable[[httpx.Request, httpx.Response], httpx.Response]


def naming() -> set[str]:
    """The tables in which the marker stands, in whatever column and however packed."""
    with scopes_disabled():
        return {
            model.__name__
            for model in apps.get_models(include_auto_created=True)
            for row in model._base_manager.values_list().iterator()
            if any(MARKER.casefold() in text(value).casefold() for value in row)
        }


def text(value: Any) -> str:
    """A column's value as somebody with the database in hand can read it."""
    if isinstance(value, bytes | memoryview):
        packed = bytes(value)
        with suppress(zlib.error):
            packed = zlib.decompress(packed)
        return packed.decode("utf-8", "replace")
    return json.dumps(value, ensure_ascii=False, default=str)


@contextmanager
def answering(account: Account, change: Answering) -> Iterator[None]:
    """Let something change what the emulator answers."""
    address, inner = settings.CONNECTOR_URLS[account.slug], account.emulator.transport()
    before = http.mounts[address]
    http.mounts[address] = httpx.MockTransport(lambda request: change(request, inner.handle_request(request)))
    http.pool.cache_clear()
    try:
        yield
    finally:
        http.mounts[address] = before
        http.pool.cache_clear()


def planted(account: Account) -> Any:
    """A person whose name stands wherever one can stand: read, changed, opened, set aside, told in failures."""
    account.synced()
    person = account.with_files()
    person.first_name = MARKER
    setattr(person.files[0], "name" if hasattr(person.files[0], "name") else "filename", MARKER)
    account.sync()
    person.last_name = f"{MARKER}son"
    account.sync()
    harness.read_detail(account.record("candidate", str(person.id)))
    with answering(account, unreadable(account, person)):
        account.sync()
    with answering(account, refusing(account)):
        account.sync()
    words = "Run" if account.slug == "cats" else "Walk"  # whose first request of a run is for no list
    assert naming() == {"Change", "Exchange", "Record", "SetAside", words}
    return person


def unreadable(account: Account, person: Any) -> Answering:
    """The row of this person carries no id."""

    def change(request: httpx.Request, answer: httpx.Response) -> httpx.Response:
        if not request.url.path.endswith((f"/{account.path}", f"/{account.path}/search")):
            return answer
        data = json.loads(answer.read())
        for row in at(data, account.people.rows):
            if row["id"] == person.id:
                row["id"] = [row["id"]]
        return httpx.Response(200, json=data)

    return change


def refusing(account: Account) -> Answering:
    """Every list is refused, with words that name the person."""

    def change(request: httpx.Request, answer: httpx.Response) -> httpx.Response:
        if request.method != "GET":
            return answer
        words = f"{MARKER} cannot be shown"
        return httpx.Response(422, json={"message": words, "error": words, "errors": [words]})

    return change


def swept(at: datetime) -> None:
    with time_machine.travel(at):
        sweeping.sweep()


def test_a_person_who_was_deleted_stands_in_no_table_after_fourteen_days(account: Account):
    person, truth = planted(account), account.remembered()
    key, model = str(person.id), "candidate"
    account.emulator.delete(person)
    harness.read_detail(account.record(model, key))
    gone = account.record(model, key)
    assert gone.deleted_at is not None

    swept(gone.deleted_at + timedelta(days=settings.FORGET_DAYS, minutes=-1))
    assert "Record" in naming()
    swept(timezone.now() + timedelta(days=settings.FORGET_DAYS, minutes=1))

    assert naming() == set()
    emptied = account.record(model, key)
    assert (emptied.changed_at, emptied.touched_at) == (gone.changed_at, gone.touched_at)
    assert emptied.emptied_at is not None

    account.restore(truth)
    with time_machine.travel(timezone.now() + timedelta(days=settings.FORGET_DAYS, hours=1)):
        account.sync()
    assert account.record(model, key).emptied_at is None
    assert account.stored() == account.expected()
    assert account.events(model, key)[-2:] == ["deleted", "created"]


def test_the_purge_after_unlinking_leaves_nothing_of_anybody(account: Account):
    planted(account)
    with scope(tenant=account.connection.tenant):
        unlinking.unlink(account.connection, now=True)
    swept(timezone.now())

    assert naming() == set()
