"""What tests of webhooks share: an emulated CATS that calls this installation, through its own front door."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.test import Client, override_settings
from django_scopes import scope

from atsbridge.connections.models import Connection
from atsbridge.sync import arrivals, hooks
from atsbridge.sync.models import Arrival, Hook
from atsbridge.tenants.models import Tenant
from tests.sync import harness

HUB = "https://hub.example.test"


@contextmanager
def calling(tenant: Tenant, **options: Any) -> Iterator[tuple[Any, Connection]]:
    """An emulated CATS whose account is linked and synced and which was asked for webhooks; Acme's scope is open."""
    emulator = harness.emulate("cats", **{"jobs": 2, "people": 6, **options})
    emulator.timely = True
    with harness.mounted("cats", emulator), override_settings(HOOKS_URL=HUB), scope(tenant=tenant):
        connection = harness.link(tenant, "cats", emulator)
        hooks.keep_registered(connection)
        harness.sync(connection)
        yield emulator, connection


def post(delivery: Any, **headers: str) -> Any:
    """What the door answers to one call."""
    path = delivery.url.removeprefix(HUB)
    sent = {**delivery.headers, **headers}
    kind = sent.pop("Content-Type")
    return Client().post(path, delivery.body, content_type=kind, headers=sent)


def deliver(emulator: Any) -> list[Arrival]:
    """Let the emulator make its calls, and handle what arrived as a worker does; the arrivals, oldest first."""
    emulator.deliver(lambda delivery: post(delivery).status_code)
    return handled()


def handled() -> list[Arrival]:
    """Handle what waits, oldest first; all arrivals."""
    for one in list(Arrival.objects.filter(state="waiting").order_by("received_at")):
        arrivals.handle(one.id)
    return list(Arrival.objects.order_by("received_at"))


def states(some: list[Arrival]) -> list[tuple[str, str, str]]:
    """(kind, state, why) of each."""
    return [(one.kind, one.state, one.error) for one in some]


def hook(connection: Connection) -> Hook:
    """A connection's hook as it is now."""
    return Hook.objects.select_related("connection").get(connection=connection)
