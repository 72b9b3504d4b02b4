"""Whose an action is, so that the actions on one person keep their order.

    <our id>                  a candidate
    email:<address>           somebody who is to be created, by the main address in small letters
    application:<our id>      an application of which it is not known yet whose it is

What an action is about is written down once. Who that is may come to be known later, so each attempt asks anew: a
creation and whatever is about a candidate with its address are one person's, and so are a candidate's applications. The
later always waits for the earlier by one order of all actions of the connection, so that no two wait for each other.
"""

from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db.models import Q, QuerySet

from atsbridge.actions import leases
from atsbridge.actions.models import OPEN, Action, State
from atsbridge.connections.models import Connection
from atsbridge.connections.opening import opened
from atsbridge.records import beside
from atsbridge.records.ids import record_id
from atsbridge.records.models import NONE, Record
from connectors.base import Connector
from connectors.errors import NotFound, Rejected, ScopeMissing
from connectors.mapping import Unreadable
from connectors.unified.actions import CreateApplication, CreateCandidate, Input

MAIL, STRANGER = "email:", "application:"


def about(connection: Connection, given: Input) -> str:
    """What an action is about; a creation without an address is nobody else's."""
    if isinstance(given, CreateCandidate | CreateApplication):
        mail = given.email_addresses[0].email_address if given.email_addresses else ""
        return f"{MAIL}{mail.strip().casefold() or uuid4()}"[:300]
    candidate, application = (getattr(given, f"{model}_id", None) or "" for model in ("candidate", "application"))
    speaks = connection.speaks
    if candidate or speaks.home("candidate") is speaks.home("application"):  # one row, and one id, for both
        return str(record_id(connection.pk, "candidate", candidate or application))
    key = record_id(connection.pk, "application", application)
    return str(_candidate_of(key) or f"{STRANGER}{key}")


def introduce(action: Action, application: str) -> None:
    """Find out whose the application is that an action is about, by a call where nobody here knows it; raises what
    makes the action wait. Where nobody there knows it either, it is nobody else's."""
    if action.about.startswith(STRANGER):
        key = UUID(action.about.removeprefix(STRANGER))
        leases.keep(action, about=str(_candidate_of(key) or _asked(action, application) or key))


def earlier(action: Action) -> "QuerySet[Action]":
    """The actions that come before one: those on its person, and those of which it is not known yet whose they are."""
    before = Action.objects.filter(connection=action.connection_id, order__lt=action.order, rehearsal=False)
    waited_for = before.filter(state__in=(*OPEN, State.UNKNOWN))
    if not waited_for.exists():
        return waited_for
    strange = Q(about__startswith=STRANGER, state__in=OPEN)
    return waited_for.filter(Q(about__in=_kin(action)) | strange)


def following(action: Action) -> "QuerySet[Action]":
    """The actions on its person that come after one and are still to be done, in their order."""
    after = Action.objects.filter(connection=action.connection_id, order__gt=action.order, state__in=OPEN)
    return after.filter(about__in=_kin(action)).order_by("order") if after.exists() else after


def _kin(action: Action) -> set[str]:
    """Whatever an action on its person may be about."""
    people = _people(action)
    records = Record.objects.filter(connection=action.connection_id)
    applications = records.filter(model="application", candidate__in=people).values_list("id", flat=True)
    mails = records.filter(model="candidate", id__in=people).values_list("emails", flat=True)
    addresses = {f"{MAIL}{mail}"[:300] for some in mails for mail in some.split("\n") if mail}
    return {action.about, *map(str, people), *map(str, applications)} | addresses


def _people(action: Action) -> list[UUID]:
    """The candidates whom an action is about, as far as they are known now."""
    if action.about.startswith(MAIL):
        records = Record.objects.filter(connection=action.connection_id, model="candidate", deleted_at__isnull=True)
        mail = action.about.removeprefix(MAIL)
        return list(records.filter(emails__contains=f"\n{mail}\n").values_list("id", flat=True))
    if not action.about:  # emptied
        return []
    key = UUID(action.about.removeprefix(STRANGER))
    return [_candidate_of(key) or key]


def _candidate_of(application: UUID) -> UUID | None:
    known = Record.objects.filter(id=application, model="application").exclude(candidate=NONE)
    return known.values_list("candidate", flat=True).first()


def _asked(action: Action, application: str) -> UUID | None:
    """The candidate of an application as the provider has it now; None where it does not say."""
    with opened(action.connection, by="action", by_id=action.pk, purpose="write") as connector:
        connector.talk.budget = leases.kept(action, connector.talk.budget, settings.EXCHANGE_SECONDS)
        try:
            candidate = _read(action, connector, application)
        except (NotFound, Rejected, ScopeMissing, Unreadable):
            return None
    return record_id(action.connection_id, "candidate", candidate) if candidate else None


def _read(action: Action, connector: Connector, application: str) -> Any:
    home = connector.home("application")
    row = connector.row(home, application) if home else None
    if home is None or row is None:
        return None
    made = connector.make(home, {"": row}, beside.answers(action.connection))
    return next((getattr(one.values, "candidate_id", None) for one in made if one.model.slug == "application"), None)
