"""Files that were given by an address: fetched by the worker, before anything is sent, and kept like uploads.

A rehearsal fetches them too, for what is refused then is better known before; they go when it ends.
"""

import math

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
"""How often a file is asked for that does not come; whoever looks at a rehearsal is told at once."""


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
        raise _later(action, TemporaryFailure(str(full), sent=False)) from full
    except Wrong as wrong:
        raise Rejected(str(wrong)) from wrong
    except TemporaryFailure as failure:
        raise _later(action, failure, TRIES) from failure
    Upload.objects.filter(pk=kept.key).update(action=action)
    return kept


def _later(action: Action, failure: TemporaryFailure, tries: float = math.inf) -> Rejected | TemporaryFailure:
    """The failure, or that it is final: nobody waits for a rehearsal, and nothing is asked for without end."""
    return Rejected(failure.message) if action.rehearsal or action.attempts >= tries else failure
