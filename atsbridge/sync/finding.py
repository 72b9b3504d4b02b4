"""Finding what an operator names on the command line, whichever tenant it belongs to."""

from uuid import UUID

from django.core.management.base import CommandError

from atsbridge.connections import integration_ids
from atsbridge.connections.models import Connection
from atsbridge.tenants.across import everywhere


def connection_named(word: str) -> Connection:
    """The connection with this uuid or integration id; raises CommandError that says how to name one."""
    with everywhere():
        connection = Connection.objects.select_related("tenant").filter(pk=_key(word)).first()
    if connection is None:
        raise CommandError(f"There is no connection {word}")
    return connection


def _key(word: str) -> UUID:
    try:
        return integration_ids.connection_id(word) if ":" in word else UUID(word)
    except ValueError as error:
        raise CommandError(f"{word!r} is neither a connection's uuid nor its connector:… form") from error
