"""Seals every credential anew with the first key, while the product runs."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from atsbridge.connections import vault
from atsbridge.connections.models import Attempt, Connection, Credential
from atsbridge.tenants.across import everywhere

BATCH = 100

type Progress = Callable[[int, int], None]
"""Told how many are done, of how many."""


def rotate(progress: Progress) -> dict[str, int]:
    """Seal anew what another key than the first sealed, and renew the fingerprints; raises vault.VaultError.

    Each connection is one short transaction that holds its row: a renewal of its access under way is not overwritten.
    """
    done = {"credentials": 0, "attempts": 0, "fingerprints": 0}
    with everywhere():
        connections = list(Credential.objects.order_by().values_list("connection_id", flat=True).distinct())
        attempts = list(Attempt.objects.exclude(sealed={}).values_list("pk", flat=True))
        total = len(connections) + len(attempts)
        for at, pk in enumerate(connections, 1):
            _add(done, _connection(pk))
            _tell(progress, at, total)
        for at, pk in enumerate(attempts, len(connections) + 1):
            _add(done, _attempt(pk))
            _tell(progress, at, total)
    return done


def _tell(progress: Progress, at: int, total: int) -> None:
    if at % BATCH == 0 or at == total:
        progress(at, total)


def _add(done: dict[str, int], more: dict[str, int]) -> None:
    for name, count in more.items():
        done[name] += count


@transaction.atomic
def _connection(pk: UUID) -> dict[str, int]:
    connection = Connection.objects.select_for_update(no_key=True).filter(pk=pk).first()
    rows = list(Credential.objects.filter(connection_id=pk)) if connection else []
    if connection is None or not rows:
        return {}
    old = {row.field: row.sealed for row in rows}
    values = vault.unseal(old, connection.tenant_id, pk)
    new = _resealed(old, values, connection.tenant_id, pk)
    for row in rows:
        row.sealed = new[row.field]
    Credential.objects.bulk_update(rows, ["sealed"])
    changed = sum(old[field] != new[field] for field in old)
    return {"credentials": changed, "fingerprints": _recognise(connection, values)}


def _recognise(connection: Connection, values: dict[str, str]) -> int:
    """Compute a fingerprint anew, for SECRET_KEY may have changed; a key linked twice meanwhile keeps the old one."""
    fingerprint = vault.fingerprint(connection.connector, values)
    if fingerprint == connection.fingerprint:
        return 0
    try:
        with transaction.atomic():
            return Connection.objects.filter(pk=connection.pk).update(fingerprint=fingerprint)
    except IntegrityError:
        return 0


@transaction.atomic
def _attempt(pk: UUID) -> dict[str, int]:
    attempt = Attempt.objects.select_for_update().filter(pk=pk).exclude(sealed={}).first()
    if attempt is None:
        return {}
    values = vault.unseal(attempt.sealed, attempt.tenant_id, pk)
    new = _resealed(attempt.sealed, values, attempt.tenant_id, pk)
    changed = new != attempt.sealed
    Attempt.objects.filter(pk=pk).update(sealed=new, fingerprint=vault.fingerprint(attempt.connector, values))
    return {"attempts": int(changed)}


def _resealed(old: dict[str, str], values: dict[str, str], tenant_id: UUID, owner_id: UUID) -> dict[str, Any]:
    """Everything sealed with the first key; what already is stays as it is."""
    new = vault.seal(values, tenant_id, owner_id)
    kept = {field: text for field, text in old.items() if vault.sealed_with(text) == vault.sealing_key()}
    return new | kept
