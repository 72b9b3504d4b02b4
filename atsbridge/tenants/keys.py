"""Machine keys: made once and shown once, kept as a digest, looked up by it, revoked."""

import hashlib
import secrets
import string
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from atsbridge.tenants.across import everywhere
from atsbridge.tenants.models import ApiKey, Person, Tenant

ALPHABET = string.ascii_letters + string.digits
SHOWN = 10
"""How many letters of a key people recognise it by: `ats_` and six more."""
NOTED_EVERY = timedelta(minutes=1)


def digest(secret: str) -> str:
    """What is kept of a key or of a link's token; both have more than 200 random bits, so a plain hash will do."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def create(
    tenant: Tenant, name: str, *, can_write: bool = True, by: Person | None = None, source: str = ""
) -> tuple[ApiKey, str]:
    """A new key's row and the key itself, which is never to be had again."""
    secret = "ats_" + "".join(secrets.choice(ALPHABET) for _ in range(40))
    row = ApiKey.objects.create(
        tenant=tenant,
        name=name,
        prefix=secret[:SHOWN],
        digest=digest(secret),
        can_write=can_write,
        created_by=by,
        default_source=source,
    )
    return row, secret


def find(secret: str) -> ApiKey | None:
    """The key that a machine shows, with its tenant, unless it was revoked."""
    with everywhere():
        known = ApiKey.objects.select_related("tenant").filter(digest=digest(secret), revoked_at__isnull=True)
        return known.first()


def note_use(key: ApiKey, address: str | None) -> None:
    """Keep when and from where a key was last used; written at most once a minute."""
    now = timezone.now()
    if key.last_used_at is None or key.last_used_at <= now - NOTED_EVERY:
        unnoted = Q(last_used_at__isnull=True) | Q(last_used_at__lte=now - NOTED_EVERY)
        ApiKey.objects.filter(unnoted, pk=key.pk).update(last_used_at=now, last_used_from=address)


def revoke(key: ApiKey) -> bool:
    """End a key for good; false where somebody already had."""
    return bool(ApiKey.objects.filter(pk=key.pk, revoked_at__isnull=True).update(revoked_at=timezone.now()))
