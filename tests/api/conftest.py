"""Machines of Acme and Globex, and the accounts that they read."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from django.test import Client

from atsbridge.connections.models import Connection
from atsbridge.tenants.models import Tenant
from tests.api.rows import Account, account
from tests.sync import harness
from tests.thirdats.emulator import Emulator

type Ask = Callable[..., dict[str, Any]]


@dataclass
class Machine:
    """A client with a key. `account` is the connection that it names in each request."""

    account: Account
    key: str

    def ask(self, path: str, query: dict[str, Any] | None = None, *, method: str = "GET", **more: Any) -> Any:
        """Send a request as it stands; `more` are further parameters, a list is repeated, None is left out."""
        given = {"integrated_account_id": str(self.account.connection.id), **(query or {}), **more}
        asked = urlencode({name: value for name, value in given.items() if value is not None}, doseq=True)
        headers = {"Authorization": f"Bearer {self.key}"}
        return Client(headers=headers).generic(method, f"{path}?{asked}")

    def read(self, path: str, query: dict[str, Any] | None = None, **more: Any) -> Any:
        """The JSON of an answer that has to be a good one."""
        answer = self.ask(f"/unified/ats/{path}", query, **more)
        assert answer.status_code == 200, answer.content
        return answer.json()

    def ids(self, resource: str, query: dict[str, Any] | None = None, **more: Any) -> list[str]:
        """The ids of one page."""
        return [row["id"] for row in self.read(resource, query, **more)["result"]]

    def one(self, resource: str, remote_id: str, query: dict[str, Any] | None = None, **more: Any) -> Any:
        """One record."""
        return self.read(f"{resource}/{quote(remote_id, safe='')}", query, **more)

    def refusal(self, path: str, query: dict[str, Any] | None = None, **more: Any) -> tuple[int, str]:
        """The status and the message of an answer that has to be an error in the API's shape."""
        answer = self.ask(path, query, **more)
        body = answer.json()
        assert answer.headers["Content-Type"] == "application/json"
        assert (body["statusCode"], body["error"]) == (answer.status_code, answer.reason_phrase)
        return body["statusCode"], body["message"]


@pytest.fixture
def homerun(db: None) -> Account:
    """Acme's Homerun account, empty."""
    return account("Acme", "homerun")


@pytest.fixture
def cats(db: None) -> Account:
    """Acme's CATS account, empty."""
    return account("Acme", "cats")


@pytest.fixture
def machine(homerun: Account) -> Machine:
    """Reads Acme's Homerun account."""
    return Machine(homerun, homerun.key)


@pytest.fixture
def cats_machine(cats: Account) -> Machine:
    """Reads Acme's CATS account."""
    return Machine(cats, cats.key)


@pytest.fixture
def stranger(homerun: Account) -> Machine:
    """Globex's key, trying Acme's Homerun account."""
    return Machine(homerun, account("Globex", "homerun").key)


@pytest.fixture
def harbor_machine(db: None) -> Iterator[Machine]:
    """Reads Acme's account with the third ATS."""
    with harness.with_harbor():
        harbor = account("Acme", "harbor")
        yield Machine(harbor, harbor.key)


@pytest.fixture
def harbor() -> Iterator[Emulator]:
    """A small emulated Harbor."""
    with harness.with_harbor(), harness.mounted("harbor", harness.emulate("harbor", jobs=3, people=12)) as emulator:
        yield emulator


@pytest.fixture
def linked(acme: Tenant, harbor: Emulator) -> Connection:
    """Harbor's account, which announces each record, read once."""
    connection = harness.link(acme, "harbor", harbor, announce_each=True)
    harness.sync(connection)
    return connection


def asking(key: str) -> Ask:
    """What asks for events with a key, and takes good answers only."""

    def ask(**query: Any) -> dict[str, Any]:
        answer = Client(headers={"Authorization": f"Bearer {key}"}).get("/events", query)
        assert answer.status_code == 200, answer.content
        body: dict[str, Any] = answer.json()
        return body

    return ask


@pytest.fixture
def ask(acme_key: str) -> Ask:
    """Acme's machine."""
    return asking(acme_key)
