"""Opens a connection: its credentials, unsealed for this use only, become a connector with budget, log and renewal.

    with opened(connection, by="run", by_id=run.id, walk="vacancies") as connector:
        page = connector.page(...)

What goes wrong comes out as the errors of `connectors.errors`; on AuthFailed and PlanRequired the caller notes a doubt
(`states.refused`).
"""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

import connectors
from atsbridge.connections import vault
from atsbridge.connections.books import Books
from atsbridge.connections.budget import Allowance, Purpose, Purse, account_of
from atsbridge.connections.exchanges import Log
from atsbridge.connections.models import Attempt, Connection, Credential
from connectors.base import Connector
from connectors.errors import AuthFailed, RateLimited
from connectors.http import Talk

RENEWAL_LASTS = timedelta(seconds=30)
"""A worker that dies while renewing keeps the others waiting for this long."""
RENEWAL_WAIT = 5.0
RENEWAL_POLL = 0.1


@contextmanager
def opened(
    connection: Connection,
    *,
    by: str,
    by_id: UUID | None = None,
    walk: str = "",
    purpose: Purpose = "read",
    allowance: Allowance | None = None,
    seconds: float | None = None,
    patient: bool = False,
) -> Iterator[Connector]:
    """A connector bound to a connection's account. `purpose`: how far its calls may go in the account's budget.
    `seconds`: how long an exchange may last, if not as long as any that reads. `patient`: see `Books`."""
    values = _values(connection)
    log = Log(connection.tenant_id, connection.pk, by=by, by_id=by_id, walk=walk, secrets=values.values())
    account = account_of(connection.account_id, connection.fingerprint)

    def renew(stale: Mapping[str, str]) -> Mapping[str, str]:
        return _renew(connection, stale, log)

    purse = _purse(connection.connector, account, purpose, who=by_id, allowance=allowance)
    purse.seconds = seconds or purse.seconds
    books = Books(purse, log, patient=patient)
    try:
        yield _bound(connection.connector, values, books, renew)
    finally:
        books.settle()


@contextmanager
def tried(attempt: Attempt) -> Iterator[Connector]:
    """A connector bound to the credentials of an attempt; a person waits for it."""
    values = vault.unseal(attempt.sealed, attempt.tenant_id, attempt.pk)
    log = Log(attempt.tenant_id, attempt.connection_id, by="attempt", by_id=attempt.pk, secrets=values.values())
    account = account_of("", attempt.fingerprint)
    purse = _purse(attempt.connector, account, "person")

    def renew(stale: Mapping[str, str]) -> Mapping[str, str]:
        fresh = _refreshed(attempt.connector, stale, account, log)
        attempt.sealed = vault.seal(fresh, attempt.tenant_id, attempt.pk)
        Attempt.objects.filter(pk=attempt.pk).exclude(sealed={}).update(sealed=attempt.sealed)
        return fresh

    yield _bound(attempt.connector, values, Books(purse, log), renew)


def keep(connection: Connection, values: Mapping[str, str]) -> None:
    """Store these credentials as the connection's, sealed; whatever it had before goes."""
    sealed = vault.seal(values, connection.tenant_id, connection.pk)
    with transaction.atomic():
        connection.credentials.all().delete()
        Credential.objects.bulk_create(
            Credential(tenant_id=connection.tenant_id, connection=connection, field=field, sealed=text)
            for field, text in sealed.items()
        )


def _values(connection: Connection) -> dict[str, str]:
    sealed = dict(Credential.objects.filter(connection=connection).values_list("field", "sealed"))
    if not sealed:
        raise AuthFailed("This connection has no credentials any more")
    return vault.unseal(sealed, connection.tenant_id, connection.pk)


def _purse(
    slug: str, account: str, purpose: Purpose, *, who: UUID | None = None, allowance: Allowance | None = None
) -> Purse:
    return Purse(slug, account, purpose, who=who, allowance=allowance, seconds=settings.EXCHANGE_SECONDS)


def _bound(
    slug: str,
    values: Mapping[str, str],
    books: Books,
    renew: Callable[[Mapping[str, str]], Mapping[str, str]] | None,
) -> Connector:
    speaks = connectors.get(slug)
    return speaks(
        Talk(
            speaks,
            values,
            base_url=settings.CONNECTOR_URLS.get(slug, speaks.base_url),
            budget=books.take,
            record=books.note,
            renew=renew if speaks.renews() else None,
            seconds=books.purse.seconds,
        )
    )


def _refreshed(slug: str, stale: Mapping[str, str], account: str, log: Log) -> dict[str, str]:
    """Ask the provider for fresh credentials; whatever it answers may hold secrets, so no body of it is kept."""
    purse = _purse(slug, account, "person")
    connector = _bound(slug, stale, Books(purse, log.without_bodies), None)
    fresh = {**stale, **connector.refresh()}
    log.hide(fresh.values())
    return fresh


def _renew(connection: Connection, stale: Mapping[str, str], log: Log) -> Mapping[str, str]:
    """Fresh credentials: somebody else's where they were renewed meanwhile, else new ones under the lease."""
    deadline = time.monotonic() + RENEWAL_WAIT
    while True:
        with transaction.atomic():
            row = Connection.objects.select_for_update(no_key=True).get(pk=connection.pk)
            values = _values(row)
            if values != stale:
                log.hide(values.values())
                return values
            if row.renewing_until is None or row.renewing_until <= timezone.now():
                Connection.objects.filter(pk=row.pk).update(renewing_until=timezone.now() + RENEWAL_LASTS)
                break
        if time.monotonic() > deadline:
            raise RateLimited("Another worker is renewing the access of this account", wait=RENEWAL_WAIT)
        time.sleep(RENEWAL_POLL)
    return _renewed(connection, stale, log)


def _renewed(connection: Connection, stale: Mapping[str, str], log: Log) -> dict[str, str]:
    account = account_of(connection.account_id, connection.fingerprint)
    try:
        fresh = _refreshed(connection.connector, stale, account, log)
        with transaction.atomic():
            row = Connection.objects.select_for_update(no_key=True).get(pk=connection.pk)
            if row.credentials.exists():  # unlinked meanwhile: nothing is stored for it any more
                keep(row, fresh)
    finally:
        Connection.objects.filter(pk=connection.pk).update(renewing_until=None)
    return fresh
