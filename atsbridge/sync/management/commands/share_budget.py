"""manage.py share_budget CONNECTION CONNECTION [--undo]"""

from typing import Any

from django.core.management.base import CommandError, CommandParser

from atsbridge.connections import budget, sharing
from atsbridge.connections.models import Connection
from atsbridge.sync.finding import connection_named
from atsbridge.tenants.commands import JsonCommand


class Command(JsonCommand):
    """Lets the keys of two connections count as one provider account, or apart again."""

    help = (
        "Let two connections (each its uuid or its homerun:… form, of any tenant) take their calls from one budget:"
        " their keys open the same account, which the provider does not tell. --undo lets them count apart again. "
        'Prints {"connections", "shared", "used", "limit"}.'
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Which two, and whether to part them."""
        parser.add_argument("connections", metavar="CONNECTION", nargs=2)
        parser.add_argument("--undo", action="store_true", help="let them count apart again")

    def answer(self, **options: Any) -> dict[str, Any]:
        """Share or part."""
        one, other = (connection_named(word) for word in options["connections"])
        _refuse(one, other)
        if not options["undo"]:
            sharing.share(one, other)
        elif not sharing.part(one, other):
            raise CommandError("These connections share no budget.")
        use = budget.use(one)
        return {
            "connections": [str(one.pk), str(other.pk)],
            "shared": not options["undo"],
            "used": use.used,
            "limit": use.limit,
        }


def _refuse(one: Connection, other: Connection) -> None:
    """CommandError where the two cannot be one account, or are it by the provider's own word."""
    if one.connector != other.connector:
        raise CommandError(f"{one.speaks.name} and {other.speaks.name} count their calls apart.")
    if one.account_id and other.account_id:
        told = "one account" if one.account_id == other.account_id else "two accounts"
        raise CommandError(f"{one.speaks.name} itself says that these are {told}; there is nothing to decide.")
    if one.fingerprint == other.fingerprint:
        raise CommandError("Both have the same key, so they share one budget already.")
