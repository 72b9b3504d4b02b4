"""What tests of writing share: a machine that may write to a synced account, and a worker beside the web server."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection as database
from django.test import Client
from django.utils import timezone
from django_scopes import scope

from atsbridge.actions import performing
from atsbridge.actions.models import OPEN, Action
from atsbridge.connections.models import Connection
from atsbridge.records.models import Record
from atsbridge.tenants import keys
from atsbridge.tenants.models import Tenant


class Writer:
    """A machine with a key that may write, and the account that it names."""

    def __init__(self, connection: Connection, emulator: Any, key: str) -> None:
        self.connection, self.emulator, self.key = connection, emulator, key

    def send(self, method: str, path: str, body: Any = None, *, query: str = "", **headers: str) -> Any:
        """Send a request; `headers` with underscores for hyphens."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        client = Client(headers={"Authorization": f"Bearer {self.key}", **named})
        address = f"/unified/ats/{path}?integrated_account_id={self.connection.pk}{query}"
        sent = b"" if body is None else json.dumps(body).encode()
        return client.generic(method, address, sent, content_type="application/json")

    def get(self, path: str) -> Any:
        """Ask for something."""
        return Client(headers={"Authorization": f"Bearer {self.key}"}).get(path)

    def actions(self) -> list[Action]:
        """Every action of the account, in the order of their coming."""
        with scope(tenant=self.connection.tenant):
            return list(Action.objects.order_by("order"))

    def effects(self) -> list[str]:
        """What the emulated ATS did."""
        return [effect.what for effect in self.emulator.effects]

    def record(self, model: str, **filters: Any) -> Record:
        """The first record of a kind."""
        with scope(tenant=self.connection.tenant):
            rows = Record.objects.filter(connection=self.connection, model=model, deleted_at__isnull=True, **filters)
            return rows.order_by("remote_id")[0]

    def stages(self, application: Record) -> list[str]:
        """The stages of its job that an application can be moved to."""
        with scope(tenant=self.connection.tenant):
            places = Record.objects.filter(connection=self.connection, model="job_stage", job=application.job)
            ids = [json.loads(place.document)["stage_id"] for place in places.order_by("position")]
        return [stage for stage in ids[1:] if stage != json.loads(application.document)["current_stage_id"]]


def writer(connection: Connection, emulator: Any) -> Writer:
    """A machine with a new key to an account."""
    return Writer(connection, emulator, keys.create(connection.tenant, "writer", can_write=True)[1])


@contextmanager
def worker(tenant: Tenant) -> Iterator[None]:
    """A worker: it performs each action as soon as it is due."""
    ended = threading.Event()

    def work() -> None:
        with scope(tenant=tenant):
            while not ended.wait(0.02):
                for action in Action.objects.filter(state__in=OPEN, not_before__lte=timezone.now()).order_by("order"):
                    performing.perform(action.pk)
        database.close()

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
