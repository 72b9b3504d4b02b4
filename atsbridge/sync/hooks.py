"""Being called: a provider is asked for webhooks, and asked again whenever it no longer sends them.

    none ──asked for──▶ active ──gone or disabled when looked for──▶ lost ──asked for again──▶ active
      └───the provider refuses──▶ refused

Unlinking removes nothing at the provider: its key is deleted at once. The next call is answered 410, on which the
provider deletes the webhook itself.
"""

import secrets
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import F, Q
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

import connectors
from atsbridge.connections import vault
from atsbridge.connections.models import Connection, State
from atsbridge.connections.opening import opened
from atsbridge.sync.models import Hook
from atsbridge.tenants.across import everywhere
from connectors.errors import ConnectorError, RateLimited, TemporaryFailure
from connectors.hooks import Hooks, Registered
from connectors.http import Talk

EVERY = timedelta(hours=1)
SOON = timedelta(minutes=5)
SECRET = "hook_secret"  # noqa: S105 (the name of the field, not the secret)


# The address that is called


def find(connector: str, token: str) -> Hook | None:
    """The hook that an address belongs to, whichever tenant's it is."""
    with everywhere():
        found = Hook.objects.select_related("connection", "tenant")
        return found.filter(token=token, connection__connector=connector).first()


def was_ours(connector: str, token: str) -> bool:
    """Whether an address was given out here once, though nothing is left of its connection."""
    seed, _, mark = token.rpartition(".")
    return constant_time_compare(mark, _mark(connector, seed))


def address(hook: Hook) -> str:
    """Where the provider is asked to call."""
    return f"{_addresses(hook.connection.connector)}{hook.token}"


def secret(hook: Hook) -> str:
    """The secret that the provider signs with; raises vault.VaultError."""
    return vault.unseal(hook.sealed, hook.tenant_id, hook.connection_id)[SECRET]


def _addresses(connector: str) -> str:
    return f"{settings.HOOKS_URL}/hooks/{connector}/"


def _mark(connector: str, seed: str) -> str:
    """What makes an address recognisable as one of ours when its row is gone."""
    return salted_hmac("atsbridge.sync.hooks", f"{connector}/{seed}", algorithm="sha256").hexdigest()[:20]


# Looking after it


def unchecked(settle: timedelta, most: int) -> list[Hook]:
    """The hooks to ring for, those of new connections made: on the hour, and when a connection became active again."""
    speaking = [speaks.slug for speaks in connectors.every() if speaks.hooks]
    active = Connection.objects.filter(state=State.ACTIVE, connector__in=speaking)
    if settings.HOOKS_URL:
        for connection in active.filter(hook__isnull=True)[:most]:
            _make(connection)
    now = timezone.now()
    mine = Hook.objects.filter(connection__in=active).filter(Q(rung_at__isnull=True) | Q(rung_at__lt=now - settle))
    if not settings.HOOKS_URL:
        mine = mine.exclude(remote_id="")
    found = list(mine.filter(_due(now)).order_by("next_check_at")[:most])
    Hook.objects.filter(pk__in=[hook.pk for hook in found]).update(rung_at=now)
    return found


def check(connection_id: UUID) -> None:
    """Look for a connection's registration if it is time to; another worker that does so at once finds it is not."""
    now = timezone.now()
    mine = Hook.objects.filter(_due(now), connection=connection_id, connection__state=State.ACTIVE)
    if mine.update(checked_at=now, next_check_at=now + SOON):
        keep_registered(Hook.objects.select_related("connection").get(connection=connection_id).connection)


def _due(now: datetime) -> Q:
    return Q(next_check_at__lte=now) | Q(checked_at__lt=F("connection__state_since"))


def keep_registered(connection: Connection) -> Hook:
    """Make sure that the provider calls us, once, at the present address; what went wrong stands in the hook."""
    speaks = connection.speaks.hooks
    assert speaks
    hook = Hook.objects.filter(connection=connection).select_related("connection").first() or _make(connection)
    _resealed(hook)
    wait = EVERY
    try:
        with opened(connection, by="hook") as connector:
            connector.talk.hidden = (secret(hook), hook.token)
            _mend(hook, speaks, connector.talk)
    except RateLimited as limited:
        wait = timedelta(seconds=limited.wait)
    except TemporaryFailure as failure:
        hook.why, wait = failure.message, SOON
    except ConnectorError as refused:
        _became(hook, "refused", refused.message)
    hook.why, hook.next_check_at = hook.why[:500], timezone.now() + wait
    hook.save(update_fields=["state", "since", "why", "remote_id", "url", "next_check_at"])
    return hook


def _mend(hook: Hook, speaks: Hooks, talk: Talk) -> None:
    """Leave one registration at our address: what is stale goes, what is missing is asked for, strangers' stay."""
    url = address(hook) if settings.HOOKS_URL else ""
    found = speaks.registered(talk)
    good = sorted(
        (each for each in found if each.url == url and each.sound), key=lambda each: each.id != hook.remote_id
    )
    for each in found:
        if each not in good[:1] and _is_ours(hook, each):
            speaks.remove(talk, each.id)
    if not url:
        hook.remote_id, hook.url = "", ""
        _became(hook, "none")
    elif good:
        hook.remote_id, hook.url = good[0].id, url
        _became(hook, "active")
    else:
        _ask(hook, speaks, talk, url)


def _ask(hook: Hook, speaks: Hooks, talk: Talk, url: str) -> None:
    if hook.state == "active":
        _became(hook, "lost", f"{hook.connection.speaks.name} no longer sent them")
        hook.save(update_fields=["state", "since", "why"])
    hook.remote_id, hook.url = speaks.register(talk, url, secret(hook)), url
    _became(hook, "active")


def _is_ours(hook: Hook, each: Registered) -> bool:
    """Whether a registration is one of ours: this connection's, or at an address of which nothing is left."""
    if each.url in (hook.url, address(hook)):
        return bool(each.url)
    token = each.url.removeprefix(_addresses(hook.connection.connector))
    if not settings.HOOKS_URL or token == each.url or "/" in token:
        return False
    kept = find(hook.connection.connector, token)
    return was_ours(hook.connection.connector, token) and (kept is None or kept.connection.state == State.UNLINKING)


def _became(hook: Hook, state: str, why: str = "") -> None:
    if hook.state != state:
        hook.state, hook.since = state, timezone.now()
    hook.why = why


def _make(connection: Connection) -> Hook:
    fresh = {"tenant_id": connection.tenant_id, **_fresh(connection)}
    hook, _ = Hook.objects.get_or_create(connection=connection, defaults=fresh)
    return hook


def _fresh(connection: Connection) -> dict[str, object]:
    """A new address and the secret that belongs to it: an address never has two."""
    seed = secrets.token_urlsafe(24)
    sealed = vault.seal({SECRET: secrets.token_urlsafe(32)}, connection.tenant_id, connection.pk)
    return {"token": f"{seed}.{_mark(connection.connector, seed)}", "sealed": sealed}


def _resealed(hook: Hook) -> None:
    """Seal the secret with the key that seals now; one that no key opens any more is replaced, its address too."""
    if vault.sealed_with(hook.sealed[SECRET]) == vault.sealing_key():
        return
    try:
        hook.sealed = vault.seal({SECRET: secret(hook)}, hook.tenant_id, hook.connection_id)
    except vault.VaultError:
        fresh = _fresh(hook.connection)
        hook.token, hook.sealed = str(fresh["token"]), fresh["sealed"]
    hook.save(update_fields=["token", "sealed"])
