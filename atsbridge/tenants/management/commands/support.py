"""`manage.py support E-MAIL`"""

from typing import Any

from django.core.management.base import CommandParser

from atsbridge.tenants.commands import JsonCommand, address
from atsbridge.tenants.invitations import invite


class Command(JsonCommand):
    """Makes a sign-in link for somebody of the support staff."""

    help = (
        "Make a one-time link that signs somebody in as support staff: they see every tenant, and each look is audited."
        ' The last line is {"link": the link}.'
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the address."""
        parser.add_argument("email", metavar="E-MAIL", help="who is to give support")

    def answer(self, *args: Any, email: str, **options: Any) -> dict[str, Any]:
        """Make the link; a new one each time."""
        return {"link": invite(None, address(email))[1]}
