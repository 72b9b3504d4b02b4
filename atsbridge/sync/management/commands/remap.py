"""manage.py remap CONNECTION"""

from typing import Any

from django.core.management.base import CommandParser
from django_scopes import scope

from atsbridge.sync.finding import connection_named
from atsbridge.sync.remapping import remap
from atsbridge.tenants.commands import JsonCommand


class Command(JsonCommand):
    """Renders and maps anew what is stored, without a call to the provider."""

    help = (
        "Map the stored rows of CONNECTION anew, without a call to the provider. "
        'Prints {"connection", "rows", "models"}.'
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Which connection."""
        parser.add_argument("connection", metavar="CONNECTION")

    def answer(self, **options: Any) -> dict[str, Any]:
        """Map everything again."""
        connection = connection_named(options["connection"])
        with scope(tenant=connection.tenant):
            rows, counts = remap(connection)
        return {"connection": str(connection.id), "rows": rows, "models": counts}
