"""`manage.py tenant NAME --owner E-MAIL`"""

from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.db import IntegrityError, transaction
from django.utils.text import slugify

from atsbridge.tenants.commands import JsonCommand, address
from atsbridge.tenants.invitations import invite
from atsbridge.tenants.models import Role, Tenant


class Command(JsonCommand):
    """Makes a tenant and its owner's sign-in link."""

    help = (
        "Make a tenant, if there is none of this name, and a one-time link that signs its owner in."
        ' The last line is {"tenant": its id, "link": the link}.'
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the name and the owner's address."""
        parser.add_argument("name", help="what people call the customer")
        parser.add_argument("--owner", required=True, metavar="E-MAIL", help="who is to own it")

    def answer(self, *args: Any, name: str, owner: str, **options: Any) -> dict[str, Any]:
        """Make what is missing; the link is new each time."""
        email = address(owner)
        tenant = Tenant.objects.filter(name__iexact=name.strip()).first() or create(name.strip())
        _, link = invite(tenant, email, Role.OWNER)
        return {"tenant": str(tenant.pk), "link": link}


def create(name: str) -> Tenant:
    """A new tenant whose part of the address follows from its name, with a number where that is taken."""
    if not name or len(name) > 200 or not name.isprintable():
        raise CommandError("A tenant's name has 1 to 200 printable characters.")
    word = slugify(name)[:50] or "tenant"
    taken = set(Tenant.objects.filter(slug__startswith=word).values_list("slug", flat=True))
    slug = next(slug for slug in (word, *(f"{word}-{n}" for n in range(2, len(taken) + 3))) if slug not in taken)
    try:
        with transaction.atomic():
            return Tenant.objects.create(name=name, slug=slug)
    except IntegrityError as error:
        raise CommandError(f"Somebody made {name} just now. Run this again for a link.") from error
