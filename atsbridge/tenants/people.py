"""Who belongs to a tenant, and in which role; one owner always stays."""

from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from atsbridge.tenants.across import everywhere
from atsbridge.tenants.models import Membership, Person, Role, Tenant


class LastOwnerError(Exception):
    """The tenant would be left without an owner.  → make somebody else an owner first"""


def tenants_of(person: Person) -> list[Tenant]:
    """The tenants that somebody belongs to, by name."""
    with everywhere():
        return list(Tenant.objects.filter(memberships__person=person).order_by("name"))


def members(tenant: Tenant) -> QuerySet[Membership]:
    """Everybody in a tenant, by name and address, with their persons."""
    return Membership.objects.filter(tenant=tenant).select_related("person").order_by("person__name", "person__email")


def owners(tenant_id: UUID) -> QuerySet[Person]:
    """The owners of a tenant who may sign in: whom mails about it go to."""
    return Person.objects.filter(
        is_active=True, memberships__in=Membership.objects.filter(tenant=tenant_id, role=Role.OWNER)
    )


@transaction.atomic
def change_role(membership: Membership, role: Role) -> None:
    """Give a member another role."""
    _lock(membership.tenant)
    if role != Role.OWNER:
        _keep_an_owner_besides(membership)
    Membership.objects.filter(pk=membership.pk).update(role=role)


@transaction.atomic
def remove(membership: Membership) -> None:
    """Take somebody out of the tenant. Their sign-in and their other tenants stay."""
    _lock(membership.tenant)
    _keep_an_owner_besides(membership)
    Membership.objects.filter(pk=membership.pk).delete()


def _lock(tenant: Tenant) -> None:
    """Let one change of roles at a time through, so that two owners cannot remove each other."""
    Tenant.objects.select_for_update(no_key=True).get(pk=tenant.pk)


def _keep_an_owner_besides(membership: Membership) -> None:
    others = Membership.objects.filter(tenant=membership.tenant, role=Role.OWNER).exclude(pk=membership.pk)
    if not others.exists():
        raise LastOwnerError
