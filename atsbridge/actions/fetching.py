"""Files that were given by an address: fetched by the worker, before anything is sent, and kept like uploads."""

import msgspec
from django.conf import settings

from atsbridge.actions import leases, uploads
from atsbridge.actions.models import Action, Upload
from atsbridge.actions.wrong import NoRoom, Wrong
from connectors import guard
from connectors.acting import Files
from connectors.errors import Rejected, TemporaryFailure
from connectors.unified.actions import AddAttachment, File, Input

TRIES = 4
"""How often a file is asked for that does not come."""


def bring(action: Action, given: Input, limits: Files | None) -> Input:
    """The input with all its files here; raises Rejected, TemporaryFailure, LeaseLost."""
    photo = isinstance(given, AddAttachment) and given.photo
    if limits and any(not file.key for file in uploads.each(given)):
        given = uploads.changed(given, lambda file: file if file.key else _fetched(action, file, limits, photo))
        leases.keep(action, input=msgspec.json.encode(given, order="deterministic").decode())
    return given


def _fetched(action: Action, file: File, limits: Files, photo: bool) -> File:
    leases.keep(action, settings.FETCH_SECONDS)
    most = limits.most_photo if photo else limits.most
    pieces = guard.fetch(
        file.url, most=most, seconds=settings.FETCH_SECONDS, inside=settings.FETCH_INSIDE, plain=settings.LOOPBACK_ONLY
    )
    try:
        with uploads.collected(pieces, most) as here:
            kept = uploads.keep(action.tenant_id, here, file, limits, photo=photo)
    except NoRoom as full:
        raise TemporaryFailure(str(full), sent=False) from full
    except Wrong as wrong:
        raise Rejected(str(wrong)) from wrong
    except TemporaryFailure as failure:
        if action.attempts >= TRIES:
            raise Rejected(failure.message) from failure
        raise
    Upload.objects.filter(pk=kept.key).update(action=action)
    return kept
