"""Whether a connection's provider calls us, in words for people."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from atsbridge.connections.models import Connection
from atsbridge.sync.models import Arrival, Hook


@dataclass(frozen=True, slots=True)
class Listening:
    """since: when it began to call, None where it does not; why: the reason then. last_at: when it last did."""

    since: datetime | None
    why: str
    last_at: datetime | None


def listening(connection: Connection) -> Listening | None:
    """How it stands with a connection's webhooks; None where its ATS sends none."""
    if connection.speaks.hooks is None or connection.state == "unlinking":
        return None
    hook = Hook.objects.filter(connection=connection).first()
    last_at = (
        Arrival.objects.filter(connection=connection).order_by("-received_at").values_list("received_at", flat=True)
    )
    active = hook is not None and hook.state == "active"
    return Listening(hook.since if hook and active else None, "" if active else _why(connection, hook), last_at.first())


def _why(connection: Connection, hook: Hook | None) -> str:
    name = connection.speaks.name
    if not settings.HOOKS_URL:
        return f"{name} cannot reach this installation. Whoever operates it sets HOOKS_URL to its public https address."
    if hook is None or (hook.state == "none" and not hook.why):
        return f"{name} was not asked for them yet."
    if hook.state == "refused":
        return f"{name} refuses to send them: {hook.why.rstrip('.')}. It is asked again every hour."
    return f"{hook.why.rstrip('.')}. It is asked again in a few minutes."
