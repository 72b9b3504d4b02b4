"""A synced account of each provider, to be written to."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

import connectors
from atsbridge.connections.models import Connection
from atsbridge.tenants.models import Person, Tenant
from tests.sync import harness


class Account:
    """A linked and synced account, and the emulator behind it."""

    def __init__(self, slug: str, emulator: Any, connection: Connection) -> None:
        self.slug, self.emulator, self.connection = slug, emulator, connection


@contextmanager
def linked(tenant: Tenant, slug: str, **arguments: Any) -> Iterator[Account]:
    """An account of one ATS."""
    emulator = harness.emulate(slug, **arguments)
    with harness.mounted(slug, emulator):
        connection = harness.link(tenant, slug, emulator)
        harness.sync(connection)
        yield Account(slug, emulator, connection)


@pytest.fixture(params=["homerun"])
def account(request: pytest.FixtureRequest, acme: Tenant) -> Iterator[Account]:
    """Each ATS in turn."""
    assert request.param in connectors.REGISTRY
    with linked(acme, request.param) as account:
        yield account


@pytest.fixture
def homerun(acme: Tenant) -> Iterator[Account]:
    """Homerun."""
    with linked(acme, "homerun") as account:
        yield account


@pytest.fixture
def cats(acme: Tenant) -> Iterator[Account]:
    """CATS."""
    with linked(acme, "cats") as account:
        yield account


@pytest.fixture
def dora(db: None) -> Person:
    """Who decides."""
    return Person.objects.create_user("dora@acme.example", name="Dora")
