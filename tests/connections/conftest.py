"""Emulated providers, and Acme's scope."""

from collections.abc import Iterator
from typing import Any

import pytest
from django_scopes import scope

from atsbridge.connections.models import Connection
from atsbridge.tenants.models import Tenant
from tests.connections.accounts import emulated, link


@pytest.fixture
def in_acme(acme: Tenant) -> Iterator[Tenant]:
    """Acme, its scope open."""
    with scope(tenant=acme):
        yield acme


@pytest.fixture
def homerun() -> Iterator[Any]:
    """An emulated Homerun."""
    with emulated("homerun") as emulator:
        yield emulator


@pytest.fixture
def cats() -> Iterator[Any]:
    """An emulated CATS."""
    with emulated("cats") as emulator:
        yield emulator


@pytest.fixture
def linked(in_acme: Tenant, homerun: Any) -> Connection:
    """Acme's Homerun, linked."""
    return link(in_acme, "homerun", homerun.key)
