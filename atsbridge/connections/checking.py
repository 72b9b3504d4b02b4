"""The check of a key: what a worker does for an attempt, and what its page shows while it does."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

import connectors
from atsbridge.connections import opening, refusals, sharing, states, vault
from atsbridge.connections.models import Attempt, Connection, Exchange
from connectors import errors
from connectors.base import Account, Connector, Verdict
from connectors.errors import ConnectorError

PATIENCE = timedelta(minutes=10)
"""A check that must wait longer than this for the provider's call limit fails with words instead."""
ASKED_AGAIN = (
    "The key that is linked is asked for once more in a moment, before the connection stops. If it is refused too:"
)


class Refused(ConnectorError):
    """The key works, but not for this; `next_step` says what to do instead."""

    def __init__(self, message: str, next_step: str) -> None:
        super().__init__(message)
        self.next_step = next_step


def check(attempt: Attempt) -> None:
    """Find out what an attempt's key may do; whatever comes of it stands in the attempt's row."""
    if not _claimed(attempt):
        return
    try:
        with _connector(attempt) as connector:
            _examine(attempt, connector)
        _conclude(attempt)
    except errors.RateLimited as limited:
        _wait(attempt, limited)
    except ConnectorError as error:
        _fail(attempt, error)


def fail(attempt: Attempt, error: str, step: str = "") -> None:
    """End an attempt in words, and forget its key."""
    _save(attempt, state="failed", error=error[:500], step=step[:500], sealed={}, ended_at=timezone.now())


def finish(attempt: Attempt, connection: Connection) -> None:
    """End an attempt well, and forget its key; what it asked belongs to the connection from now on."""
    Exchange.objects.filter(by_id=attempt.pk).update(connection=connection)
    _save(attempt, state="finished", error="", sealed={}, ended_at=timezone.now(), connection=connection)


def missing(verdicts: Iterable[dict[str, Any]]) -> dict[str, str]:
    """Model slug → why it cannot be read, as far as the check found out."""
    found: dict[str, str] = {}
    for verdict in verdicts:
        if verdict["allowed"] is False:
            scope = verdict["scope"] or verdict["label"]
            found |= dict.fromkeys(verdict["models"], f"Not possible with this key: it lacks {scope}")
    return found


def _claimed(attempt: Attempt) -> bool:
    """Take an attempt that waits; of two workers only one gets it."""
    now = timezone.now()
    taken = Attempt.objects.filter(pk=attempt.pk, state="waiting").update(
        state="checking", rung_at=now, verdicts=[], error="", step=""
    )
    if taken:
        attempt.refresh_from_db()
    return bool(taken)


def _subject(attempt: Attempt) -> Connection:
    """The connection that a test or a relink is about."""
    if attempt.connection is None:
        raise LookupError(f"attempt {attempt.pk} is about no connection")
    return attempt.connection


@contextmanager
def _connector(attempt: Attempt) -> Iterator[Connector]:
    """A test tries the credentials that the connection has, any other attempt those that it brought."""
    if attempt.kind == "test":
        with opening.opened(_subject(attempt), by="attempt", by_id=attempt.pk, purpose="person") as connector:
            yield connector
    else:
        with opening.tried(attempt) as connector:
            yield connector


def _examine(attempt: Attempt, connector: Connector) -> None:
    account = connector.account()
    attempt.account |= {"id": account.id, "name": account.name, "facts": account.facts}
    _save(attempt, account=attempt.account, rung_at=timezone.now())
    sharing.merge(attempt.connector, attempt.fingerprint, account.id)
    if attempt.kind == "relink":
        _same_account(attempt, connector, account)
    for verdict in connector.check(writes=attempt.write_probes):
        attempt.verdicts.append(_shown(verdict))
        _save(attempt, verdicts=attempt.verdicts, rung_at=timezone.now())
    _sound(attempt)


def _same_account(attempt: Attempt, connector: Connector, account: Account) -> None:
    """Refuse a key of another account: by the account's id, else by whether it finds a record that we know."""
    connection = _subject(attempt)
    known = [(resource, remote_id) for resource, remote_id in attempt.account.get("known", [])]
    if account.id and connection.account_id:
        same = account.id == connection.account_id
    else:
        same = not known or connector.same_account(known)
    if not same:
        raise Refused(
            f"This key opens a different {connector.name} account than {connection.label} is linked to.",
            f"Paste a key of the same account, or link the other account as a new connection. {connection.label}"
            " stays as it is.",
        )


def _sound(attempt: Attempt) -> None:
    """Refuse a key without what everything else needs, and one that may read nothing at all."""
    lacking = [verdict for verdict in attempt.verdicts if verdict["allowed"] is False and verdict["required"]]
    reading = [verdict for verdict in attempt.verdicts if verdict["models"]]
    if lacking or (reading and not any(verdict["allowed"] for verdict in reading)):
        names = ", ".join(verdict["scope"] or verdict["label"] for verdict in lacking or reading)
        raise errors.ScopeMissing(names)


def _conclude(attempt: Attempt) -> None:
    """A link waits for its name; a relink or a test has nothing more to ask."""
    if attempt.kind == "link":
        _save(attempt, state="checked", error="")
    elif attempt.kind == "test":
        _tested(attempt)
    else:
        relink(attempt)


def _tested(attempt: Attempt) -> None:
    connection = _subject(attempt)
    Connection.objects.filter(pk=connection.pk).update(permissions=attempt.verdicts, checked_at=timezone.now())
    states.worked(connection)
    if connection.state == "needs_relink":
        states.relinked(connection)
    finish(attempt, connection)


def relink(attempt: Attempt) -> None:
    """Give a connection the key that was just checked; its id and its records stay."""
    connection = _subject(attempt)
    account, fingerprint = attempt.account, connection.fingerprint
    try:
        with transaction.atomic():
            sealed = Attempt.objects.select_for_update().get(pk=attempt.pk).sealed
            values = vault.unseal(sealed, attempt.tenant_id, attempt.pk)
            if not sealed or not states.relinked(
                connection,
                fingerprint=attempt.fingerprint,
                account_id=account["id"] or connection.account_id,
                account_name=account["name"] or connection.account_name,
                facts=account["facts"],
                permissions=attempt.verdicts,
                checked_at=timezone.now(),
                expires_on=attempt.expires_on
                or (connection.expires_on if fingerprint == attempt.fingerprint else None),
            ):
                raise Refused(f"{connection.label} is being unlinked.", "Link the account anew.")
            opening.keep(connection, values)
            finish(attempt, connection)
    except IntegrityError as error:
        raise Refused("This key is already linked as another connection.", "Paste a key of this account.") from error
    sharing.merge(connection.connector, attempt.fingerprint, connection.account_id)
    sharing.follow(connection.connector, fingerprint, attempt.fingerprint)


def _wait(attempt: Attempt, limited: errors.RateLimited) -> None:
    until = timezone.now() + timedelta(seconds=limited.wait)
    name = connectors.get(attempt.connector).name
    told = refusals.moment(until)
    if until > timezone.now() + PATIENCE:
        fail(attempt, f"{name} allows no more calls before {told}.", "Check the key again after that.")
    else:
        _save(attempt, state="waiting", rung_at=until, error=f"{name} allows the next call at {told}.")


def _fail(attempt: Attempt, error: ConnectorError) -> None:
    connection = attempt.connection
    own = connection if connection and connection.fingerprint == attempt.fingerprint else None
    message, step = refusals.explain(connectors.get(attempt.connector), error, own.worked_at if own else None)
    if own and isinstance(error, errors.AuthFailed | errors.PlanRequired) and states.refused(own):
        step = f"{ASKED_AGAIN} {step}"
    fail(attempt, message, step)


def _shown(verdict: Verdict) -> dict[str, Any]:
    permission = verdict.permission
    return {
        "slug": permission.slug,
        "label": permission.label,
        "shown": permission.shown,
        "scope": permission.scope,
        "allowed": verdict.allowed,
        "why": verdict.why,
        "required": permission.required,
        "models": list(permission.models),
    }


def _save(attempt: Attempt, **fields: Any) -> None:
    Attempt.objects.filter(pk=attempt.pk).update(**fields)
    for name, value in fields.items():
        setattr(attempt, name, value)
