"""`manage.py apikey TENANT [--name N] [--read-only]`"""

from typing import Any

from django.core.management.base import CommandError, CommandParser
from django_scopes import scope

from atsbridge.tenants import keys
from atsbridge.tenants.audit import audit
from atsbridge.tenants.commands import JsonCommand, tenant_of


class Command(JsonCommand):
    """Makes a machine's key to a tenant."""

    help = 'Make an API key to a tenant. It is shown this once: the last line is {"key": the key}.'

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the tenant, a name for the key and what it may do."""
        parser.add_argument("tenant", help="the tenant's name or id")
        parser.add_argument("--name", default="command line", help="what people will know it by (default: %(default)s)")
        parser.add_argument("--read-only", action="store_true", help="it may read, not write")

    def answer(self, *args: Any, tenant: str, name: str, read_only: bool, **options: Any) -> dict[str, Any]:
        """Make the key."""
        found = tenant_of(tenant)
        if not name.strip() or len(name) > 100 or not name.isprintable():
            raise CommandError("A key's name has 1 to 100 printable characters.")
        with scope(tenant=found):
            row, secret = keys.create(found, name.strip(), can_write=not read_only)
            audit(found, None, "key.created", f"{row.name} ({row.prefix}…)")
        return {"key": secret}
