"""One linked account as the conformance tests see it, whichever ATS it is.

What they ask of every emulator: `key` (or `credentials`), `person()`, `delete()`, and people with `first_name` and
`files`.
"""

import copy
import json
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from django_scopes import scope

import connectors
from atsbridge.connections.models import Connection
from atsbridge.records.digest import clean
from atsbridge.records.models import Change, Record
from atsbridge.sync.models import Page, Run
from atsbridge.sync.packing import unpack
from connectors.base import Connector, Resource
from tests.sync import harness

TRUTH = ("account", "jobs", "people", "applications", "departments", "users")


@dataclass
class Account:
    """An emulated account and the connection that is linked to it."""

    slug: str
    emulator: Any
    connection: Connection

    @property
    def speaks(self) -> type[Connector]:
        """Its connector."""
        return connectors.get(self.slug)

    @property
    def people(self) -> Resource:
        """The list in which its people stand."""
        home = self.speaks.home("candidate")
        assert home
        return home

    def sync(self) -> Run:
        """A whole run."""
        return harness.sync(self.connection)

    def synced(self) -> "Account":
        """The same, after a first run that went well."""
        run = self.sync()
        assert (run.state, run.error) == ("succeeded", "")
        return self

    def expected(self, *details: str) -> dict[tuple[str, str], Any]:
        """What its truth must come out as, less what databases refuse."""
        truth = import_module(f"tests.connectors.{self.slug}.expected").expected(self.emulator, details=details)
        return {(model, clean(key)[0]): clean(document)[0] for (model, key), document in truth.items()}

    def stored(self) -> dict[tuple[str, str], Any]:
        """The live records' documents."""
        return {key: json.loads(text) for key, text in harness.documents(self.connection).items()}

    def record(self, model: str, remote_id: str) -> Record:
        """One record, deleted or not."""
        with scope(tenant=self.connection.tenant):
            rows = Record.objects.select_related("connection", "tenant")
            return rows.get(connection=self.connection, model=model, remote_id=remote_id)

    def events(self, model: str, remote_id: str) -> list[str]:
        """The kinds of a record's change events, first to last."""
        with scope(tenant=self.connection.tenant):
            key = self.record(model, remote_id).id
            return list(Change.objects.filter(record=key).order_by("id").values_list("kind", flat=True))

    def calls(self, path: str = "") -> list[tuple[str, str]]:
        """The reads that the emulator saw below a path, as (path, query)."""
        base = self.emulator.base_path
        return [
            (call.path.removeprefix(base), json.dumps(call.query, sort_keys=True))
            for call in self.emulator.calls
            if call.method == "GET" and call.path.startswith(f"{base}/{path}")
        ]

    @property
    def path(self) -> str:
        """Where the list of its people stands."""
        return self.people.path or self.people.slug

    # Its truth

    def everybody(self) -> list[Any]:
        """The emulator's people."""
        if hasattr(self.emulator, "account"):
            return list(self.emulator.account.candidates.values())
        return list(self.emulator.people)

    def person(self, remote_id: str) -> Any:
        """One of the emulator's people."""
        return next(each for each in self.everybody() if str(each.id) == remote_id)

    def with_files(self) -> Any:
        """One of the emulator's people who has files."""
        return next(each for each in self.everybody() if each.files)

    def remembered(self) -> dict[str, Any]:
        """The truth as it is now."""
        named = {name: value for name, value in vars(self.emulator).items() if name in TRUTH}
        return copy.deepcopy(named)

    def restore(self, truth: dict[str, Any]) -> None:
        """Bring back a truth of earlier."""
        for name, value in copy.deepcopy(truth).items():
            setattr(self.emulator, name, value)

    def listed(self, run: Run, page: int) -> list[str]:
        """The people whom a run met on one page, in no order."""
        with scope(tenant=self.connection.tenant):
            found = Page.objects.get(walk__run=run, walk__resource=self.people.slug, number=page)
            return unpack(bytes(found.ids)).get("candidate", [])
