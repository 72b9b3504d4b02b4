"""Emulated accounts to link, and the steps of linking one."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings

import connectors
from atsbridge.connections import linking, tasks
from atsbridge.connections.models import Attempt, Connection
from atsbridge.tenants.models import Tenant
from connectors import http
from connectors.emulation import Emulator

READS = ("vacancies:read", "job-applications:read", "job-application-notes:read")
FEW = {"jobs": 3, "people": 12}


@contextmanager
def mounted(slug: str, emulator: Emulator) -> Iterator[Any]:
    """Let an emulator answer for a provider."""
    base = settings.CONNECTOR_URLS[slug]
    http.mounts[base] = emulator.transport()
    http.pool.cache_clear()
    try:
        yield emulator
    finally:
        del http.mounts[base]
        http.pool.cache_clear()


@contextmanager
def emulated(slug: str, **options: Any) -> Iterator[Any]:
    """A provider emulated in process."""
    with mounted(slug, connectors.emulator(slug)(**FEW | options)) as emulator:
        yield emulator


def checked(attempt: Attempt) -> Attempt:
    """Do what the worker does for an attempt."""
    tasks.check(str(attempt.tenant_id), str(attempt.pk))
    attempt.refresh_from_db()
    return attempt


def link(tenant: Tenant, slug: str, key: str, label: str = "", models: tuple[str, ...] = ()) -> Connection:
    """Link an account, with every model unless some are named."""
    attempt = checked(linking.begin(tenant, slug, {"api_key": key}))
    assert (attempt.state, attempt.error) == ("checked", "")
    models = models or connectors.get(slug).reads()
    return linking.finish(attempt, label=label or linking.proposed_label(attempt), models=models)
