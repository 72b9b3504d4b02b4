"""A synced account of each provider, to be written to."""

from collections.abc import Iterator
from typing import Any

import pytest

import connectors
from atsbridge.connections.models import Connection
from atsbridge.tenants.models import Tenant
from tests.sync import harness


class Account:
    """A linked and synced account, and the emulator behind it."""

    def __init__(self, slug: str, emulator: Any, connection: Connection) -> None:
        self.slug, self.emulator, self.connection = slug, emulator, connection


@pytest.fixture(params=["homerun"])
def account(request: pytest.FixtureRequest, acme: Tenant) -> Iterator[Account]:
    """Each ATS in turn."""
    assert request.param in connectors.REGISTRY
    emulator = harness.emulate(request.param)
    with harness.mounted(request.param, emulator):
        connection = harness.link(acme, request.param, emulator)
        harness.sync(connection)
        yield Account(request.param, emulator, connection)
