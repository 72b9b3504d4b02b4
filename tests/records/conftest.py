"""An emulated Harbor and an account of it, for tests that store its rows."""

from collections.abc import Iterator

import pytest
from django_scopes import scope

from atsbridge.connections.models import Connection
from atsbridge.tenants.models import Tenant
from tests.sync import harness
from tests.thirdats.emulator import Emulator


@pytest.fixture
def harbor() -> Iterator[Emulator]:
    """A small emulated Harbor."""
    with harness.with_harbor(), harness.mounted("harbor", harness.emulate("harbor", jobs=3, people=12)) as emulator:
        yield emulator


@pytest.fixture
def account(acme: Tenant, harbor: Emulator) -> Iterator[Connection]:
    """Harbor's account, linked and empty, in Acme's scope."""
    with scope(tenant=acme):
        yield harness.link(acme, "harbor", harbor)
