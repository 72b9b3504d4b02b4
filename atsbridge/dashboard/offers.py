"""What can be done about a record: the menu of its actions, the impossible ones with their reasons."""

from dataclasses import dataclass

from django.urls import reverse

from atsbridge.actions import intake
from atsbridge.actions.intake import Wrong
from atsbridge.connections.models import Connection, State
from atsbridge.dashboard.act_form import LOSING
from atsbridge.records.models import Record
from atsbridge.tenants.access import Request
from connectors import unified
from connectors.unified.actions import ACTIONS


@dataclass(frozen=True, slots=True)
class Offer:
    """One action. address: its form; reason: why it is impossible here, "" where it is not."""

    label: str
    address: str
    reason: str
    losing: bool


def offers(request: Request, record: Record, connection: Connection) -> list[Offer]:
    """The actions on a record that this person may ask for; none on what is gone."""
    if "act" not in request.rights or record.deleted_at or connection.state == State.UNLINKING:
        return []
    where = [request.tenant.slug, unified.BY_SLUG[record.model].plural, record.id]
    return [
        Offer(
            action.label,
            reverse("act", args=[*where, action.slug]),
            unable(connection, action.slug),
            action.slug in LOSING,
        )
        for action in ACTIONS
        if record.model in action.on
    ]


def unable(connection: Connection, kind: str) -> str:
    """Why a connection cannot do an action, "" where it can."""
    try:
        intake.able(connection, kind)
    except Wrong as wrong:
        return str(wrong)
    return ""
