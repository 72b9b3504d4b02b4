"""Linking an account: an attempt with a sealed key, a check by a worker, then a connection.

    begin ─▶ waiting ─▶ checking ─▶ checked ─▶ finished      link: `finish` names it and makes the connection
                           │    └────────────▶ finished      relink, test: nothing more to ask
                           └─▶ failed                        and after an hour: expired

A key is emptied as soon as its attempt has failed or finished, and after an hour at the latest.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

import connectors
from atsbridge.connections import checking, opening, sharing, tasks, vault
from atsbridge.connections.models import Attempt, Connection, State
from atsbridge.tenants.across import everywhere
from atsbridge.tenants.models import Person, Tenant

KEPT = timedelta(hours=1)
RING_AGAIN = timedelta(seconds=10)
STUCK = timedelta(minutes=2)
"""A check lets its row know after each answer; after this silence its worker is taken for dead."""

type Known = Iterable[tuple[str, str]]
"""A few records of a connection, (resource slug, remote id), that prove whose account a key opens."""


class NotReady(Exception):
    """An attempt cannot be finished; the text says why."""


def recognised(tenant: Tenant, connector: str, values: Mapping[str, str]) -> Connection | None:
    """The connection that these credentials are linked as already."""
    fingerprint = vault.fingerprint(connector, values)
    twins = Connection.objects.filter(tenant=tenant, connector=connector, fingerprint=fingerprint)
    return twins.exclude(state=State.UNLINKING).first()


def begin(
    tenant: Tenant,
    connector: str,
    values: Mapping[str, str],
    *,
    person: Person | None = None,
    write_probes: bool = False,
    expires_on: date | None = None,
    ring: bool = True,
) -> Attempt:
    """Try a key of an account to link; without `ring` the caller checks it, not a worker."""
    attempt = Attempt(tenant=tenant, connector=connector, person=person, write_probes=write_probes)
    attempt.expires_on = expires_on
    return _begin(attempt, values, ring=ring)


def begin_relink(
    connection: Connection,
    values: Mapping[str, str],
    known: Known,
    *,
    person: Person | None = None,
    write_probes: bool = False,
    expires_on: date | None = None,
    ring: bool = True,
) -> Attempt:
    """Try a new key for a connection; `known` records prove that it opens the same account."""
    attempt = Attempt(
        tenant_id=connection.tenant_id,
        connector=connection.connector,
        kind="relink",
        connection=connection,
        person=person,
        write_probes=write_probes,
        expires_on=expires_on,
        account={"known": [list(pair) for pair in known]},
    )
    return _begin(attempt, values, ring=ring)


def begin_test(connection: Connection, *, person: Person | None = None, write_probes: bool = False) -> Attempt:
    """Test again what a connection's own key may do."""
    attempt = Attempt.objects.create(
        tenant_id=connection.tenant_id,
        connector=connection.connector,
        kind="test",
        connection=connection,
        person=person,
        write_probes=write_probes,
        fingerprint=connection.fingerprint,
    )
    tasks.ring(attempt.tenant_id, attempt.pk)
    return attempt


def again(attempt: Attempt, *, write_probes: bool) -> bool:
    """Check a key once more, as long as it is kept."""
    now = timezone.now()
    ready = Attempt.objects.filter(pk=attempt.pk, state="checked").exclude(sealed={})
    account = attempt.account | {"asked_at": now.isoformat()}
    if not ready.update(state="waiting", write_probes=write_probes, verdicts=[], rung_at=now, account=account):
        return False
    tasks.ring(attempt.tenant_id, attempt.pk)
    return True


def unheard(attempt: Attempt) -> bool:
    """Whether no worker has taken an attempt for longer than that should last."""
    asked_at = attempt.account.get("asked_at")
    since = datetime.fromisoformat(asked_at) if asked_at else attempt.created_at
    return attempt.state == "waiting" and not attempt.error and timezone.now() - since > RING_AGAIN


def proposed_label(attempt: Attempt) -> str:
    """A name for the connection that its tenant does not use yet."""
    speaks, name = connectors.get(attempt.connector), attempt.account.get("name", "")
    wanted = f"{speaks.name} – {name}"[:90] if name else speaks.name
    taken = set(Connection.objects.filter(tenant_id=attempt.tenant_id).values_list("label", flat=True))
    numbered = (f"{wanted} {number}" for number in range(2, len(taken) + 3))
    return next(label for label in (wanted, *numbered) if label not in taken)


def finish(
    attempt: Attempt,
    *,
    label: str,
    models: Iterable[str],
    interval: int | None = None,
    announce_each: bool = False,
    only_ours: bool = False,
    person: Person | None = None,
) -> Connection:
    """Make the connection of a checked key; the one that the key is linked as already, if there is one.

    Models that the key may not read stay off. Raises NotReady.
    """
    try:
        with transaction.atomic():
            row = Attempt.objects.select_for_update().get(pk=attempt.pk)
            if row.state != "checked" or row.kind != "link" or not row.sealed:
                raise NotReady("This key is no longer kept. Paste it again.")
            values = vault.unseal(row.sealed, row.tenant_id, row.pk)
            chosen = {"announce_each": announce_each, "only_ours": only_ours}
            connection = _connection(row, models, label=label, interval=interval, created_by=person, **chosen)
            opening.keep(connection, values)
            checking.finish(row, connection)
    except IntegrityError:
        twin = Connection.objects.exclude(state=State.UNLINKING).filter(
            connector=attempt.connector, fingerprint=attempt.fingerprint
        )
        connection = twin.get()
        checking.finish(attempt, connection)
    sharing.merge(connection.connector, connection.fingerprint, connection.account_id)
    attempt.refresh_from_db()
    return connection


def sweep() -> None:
    """Empty the keys that were kept long enough, and ring for the attempts that nobody took."""
    expire()
    for tenant_id, attempt_id in due():
        tasks.ring(tenant_id, attempt_id)


def expire() -> int:
    """Empty the keys that were kept for an hour, in every tenant; for the sweeper."""
    with everywhere():
        open_ones = Attempt.objects.exclude(state__in=("failed", "finished", "expired"))
        old = open_ones.filter(created_at__lt=timezone.now() - KEPT)
        return old.update(sealed={}, state="expired", ended_at=timezone.now())


def due() -> list[tuple[UUID, UUID]]:
    """The attempts to ring for again, (tenant id, attempt id): nobody took them, or whoever did is silent."""
    now = timezone.now()
    with everywhere():
        Attempt.objects.filter(state="checking", rung_at__lt=now - STUCK).update(state="waiting")
        overdue = Attempt.objects.filter(state="waiting").filter(
            Q(rung_at__lt=now - RING_AGAIN) | Q(rung_at__lt=now) & ~Q(error="")
        )
        found = list(overdue.values_list("tenant_id", "pk")[:100])
        Attempt.objects.filter(pk__in=[pk for _, pk in found], state="waiting").update(rung_at=now)
    return found


def _begin(attempt: Attempt, values: Mapping[str, str], *, ring: bool) -> Attempt:
    stripped = {name: text.strip() for name, text in values.items()}
    secrets = [secret.name for secret in connectors.get(attempt.connector).credentials if secret.secret]
    attempt.pk = uuid4()
    attempt.fingerprint = vault.fingerprint(attempt.connector, stripped)
    attempt.hint = _hint(stripped.get(secrets[0], "")) if secrets else ""
    attempt.sealed = vault.seal(stripped, attempt.tenant_id, attempt.pk)
    attempt.save(force_insert=True)
    if ring:
        tasks.ring(attempt.tenant_id, attempt.pk)
    return attempt


def _hint(secret: str) -> str:
    """The last four characters of a secret long enough to spare them, for people to recognise it by."""
    return secret[-4:] if len(secret) >= 16 else ""


def _connection(attempt: Attempt, models: Iterable[str], **fields: Any) -> Connection:
    off = checking.missing(attempt.verdicts)
    chosen = set(models)
    now = timezone.now()
    return Connection.objects.create(
        tenant_id=attempt.tenant_id,
        connector=attempt.connector,
        worked_at=now,
        account_id=attempt.account.get("id", ""),
        account_name=attempt.account.get("name", "")[:200],
        facts=attempt.account.get("facts", {}),
        fingerprint=attempt.fingerprint,
        reads=[slug for slug in connectors.get(attempt.connector).reads() if slug in chosen and slug not in off],
        permissions=attempt.verdicts,
        checked_at=now,
        expires_on=attempt.expires_on,
        next_run_at=now + timedelta(minutes=fields["interval"] or settings.SYNC_INTERVAL_MINUTES),
        **fields,
    )
