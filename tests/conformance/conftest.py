"""Every connector of the registry, the third one of the tests among them, with its emulator and a linked account."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

import connectors
from atsbridge.tenants.models import Tenant
from tests.conformance.account import Account
from tests.sync import harness


@pytest.fixture(params=[*connectors.REGISTRY, "harbor"])
def slug(request: pytest.FixtureRequest) -> Iterator[str]:
    """One connector after another."""
    with harness.with_harbor():
        yield request.param


@pytest.fixture
def imagine(slug: str, acme: Tenant) -> Iterator[Callable[..., Account]]:
    """Imagines an account and links it: `imagine(people=230)`."""
    with ExitStack() as stack:

        def make(**arguments: Any) -> Account:
            emulator = stack.enter_context(harness.mounted(slug, harness.emulate(slug, **arguments)))
            return Account(slug, emulator, harness.link(acme, slug, emulator))

        yield make


@pytest.fixture
def account(imagine: Callable[..., Account]) -> Account:
    """A small account, linked and not yet synced."""
    return imagine()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Retries follow at once, so that a failing provider costs a test no time."""
    monkeypatch.setattr("connectors.http.FIRST_PAUSE", 0.0)
