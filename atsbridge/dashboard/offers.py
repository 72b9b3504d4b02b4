"""What can be done about a record or an account: the menu of actions, the impossible ones with their reasons."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse

from atsbridge.actions import intake
from atsbridge.actions.intake import Wrong
from atsbridge.connections.models import Connection, State
from atsbridge.dashboard.act_form import LOSING
from atsbridge.records.models import Record
from atsbridge.tenants.access import Request
from connectors import unified
from connectors.unified.actions import ACTIONS, CreateCandidate, Input


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
        _offer(action, action.label, reverse("act", args=[*where, action.slug]), connection)
        for action in ACTIONS
        if record.model in action.on
    ]


def making(request: Request, connections: Iterable[Connection]) -> list[Offer]:
    """The ways to a new candidate for whom no record is needed: an offer an account, by its name."""
    if "act" not in request.rights:
        return []
    alive = [each for each in connections if each.state != State.UNLINKING]
    where = {each: [request.tenant.slug, each.pk, CreateCandidate.slug] for each in alive}
    return [_offer(CreateCandidate, each.label, reverse("connection_act", args=where[each]), each) for each in alive]


def _offer(action: type[Input], label: str, address: str, connection: Connection) -> Offer:
    return Offer(label, address, unable(connection, action.slug), action.slug in LOSING)


def unable(connection: Connection, kind: str) -> str:
    """Why a connection cannot do an action, "" where it can."""
    try:
        intake.able(connection, kind)
    except Wrong as wrong:
        return str(wrong)
    return ""
