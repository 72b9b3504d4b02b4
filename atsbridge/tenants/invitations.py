"""One-time links: a person's invitation to a colleague, or an operator's to an owner or to support staff.

Only the digest of a link's token is kept, so a link can be shown once and mailed, never looked up. An operator's link
signs in by itself. A person's link does so only for an address that has no account yet: whoever invites sees the link,
and must not be able to sign in as somebody else with it.
"""

import secrets
from datetime import timedelta

from django.conf import settings
from django.core.mail import send_mail
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django_scopes import scope

from atsbridge.tenants.across import everywhere
from atsbridge.tenants.audit import audit
from atsbridge.tenants.keys import digest
from atsbridge.tenants.models import Invitation, Membership, Person, Role, Tenant

LASTS = timedelta(days=7)
RANKS = (Role.VIEWER, Role.ADMIN, Role.OWNER)


class UsedError(Exception):
    """The link was used, withdrawn or too old by the time it was accepted.  → ask for a new one"""


def invite(tenant: Tenant | None, email: str, role: str = "", by: Person | None = None) -> tuple[Invitation, str]:
    """Make a link for an address, and end the earlier ones to the same place. Without a tenant: to support staff."""
    email, token = email.strip().lower(), secrets.token_urlsafe(32)
    with everywhere(), transaction.atomic():
        Invitation.objects.filter(tenant=tenant, email=email, used_at__isnull=True).delete()
        invitation = Invitation.objects.create(
            tenant=tenant,
            email=email,
            role=role,
            digest=digest(token),
            invited_by=by,
            expires_at=timezone.now() + LASTS,
        )
    return invitation, settings.PUBLIC_URL + reverse("invitation", args=[token])


def mail(invitation: Invitation, link: str) -> bool:
    """Send the link; False where no mail server takes it."""
    facts = {"invitation": invitation, "link": link}
    text = render_to_string("people/invitation.txt", facts)
    try:
        send_mail(f"Invitation to {invitation.tenant or 'atsbridge'}", text, None, [invitation.email])
    except OSError:  # smtplib's errors are OSErrors too
        return False
    return True


def waiting(tenant: Tenant) -> QuerySet[Invitation]:
    """The invitations of a tenant that may still be accepted, the latest first."""
    fresh = Invitation.objects.filter(tenant=tenant, used_at__isnull=True, expires_at__gt=timezone.now())
    return fresh.select_related("invited_by").order_by("-created_at")


def find(token: str) -> Invitation | None:
    """The invitation that a link is good for, with its tenant, while it may be accepted."""
    with everywhere():
        fresh = Invitation.objects.filter(digest=digest(token), used_at__isnull=True, expires_at__gt=timezone.now())
        return fresh.select_related("tenant", "invited_by").first()


def account(invitation: Invitation) -> Person | None:
    """Who has an account with the invited address already."""
    return Person.objects.filter(email__iexact=invitation.email).first()


def signs_in(invitation: Invitation) -> bool:
    """Whether the link alone is enough to be signed in, as the head of this module says."""
    return invitation.invited_by_id is None or account(invitation) is None


def accept(invitation: Invitation, name: str = "", password: str = "") -> Person:
    """Use the link up: whoever has its address is, from now on, what it invites to. Raises UsedError."""
    try:
        with everywhere(), transaction.atomic():
            _use(invitation)
            person = account(invitation) or Person.objects.create_user(invitation.email)
            _introduce(person, name, password)
            _welcome(invitation, person)
    except IntegrityError as error:  # two links for one new address, accepted at once
        raise UsedError from error
    return person


def _use(invitation: Invitation) -> None:
    now = timezone.now()
    fresh = Invitation.objects.filter(pk=invitation.pk, used_at__isnull=True, expires_at__gt=now)
    if not fresh.update(used_at=now):
        raise UsedError


def _introduce(person: Person, name: str, password: str) -> None:
    person.name = name or person.name
    if password:
        person.set_password(password)
    person.save(update_fields=["name", "password"])


def _welcome(invitation: Invitation, person: Person) -> None:
    """Make them a member, or raise the member that they are; a link never takes a right away."""
    if invitation.tenant is None:
        Person.objects.filter(pk=person.pk).update(is_support=True)
        return
    with scope(tenant=invitation.tenant):
        membership, new = Membership.objects.get_or_create(
            tenant=invitation.tenant, person=person, defaults={"role": invitation.role}
        )
        if RANKS.index(Role(invitation.role)) > RANKS.index(Role(membership.role)):
            Membership.objects.filter(pk=membership.pk).update(role=invitation.role)
        audit(invitation.tenant, person, "person.joined" if new else "person.signed_in_by_link", invitation.role)
