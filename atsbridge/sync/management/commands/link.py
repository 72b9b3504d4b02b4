"""manage.py link TENANT CONNECTOR KEY=VALUE… [--label L] [--expires YYYY-MM-DD] [--announce-each] [--sync]"""

import sys
import time
from argparse import ArgumentTypeError
from datetime import date
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone
from django_scopes import scope

import connectors
from atsbridge.connections import checking, expiring, linking
from atsbridge.connections.integration_ids import integration_id
from atsbridge.connections.models import Attempt, Connection, State
from atsbridge.records import history
from atsbridge.records.known import known
from atsbridge.sync import schedule
from atsbridge.tenants.audit import audit
from atsbridge.tenants.commands import JsonCommand, tenant_of
from atsbridge.tenants.models import Tenant


class Command(JsonCommand):
    """Links an account to a tenant, or finds the connection that its key is linked as."""

    help = (
        "Check a key and link its account to TENANT. A key that the tenant has already linked answers with that"
        ' connection, relinked where it needed it. Prints {"connection", "integration", "state"}.'
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Whose account of which ATS, with which credentials."""
        parser.add_argument("tenant", metavar="TENANT", help="its name or id")
        parser.add_argument("connector", metavar="CONNECTOR", choices=list(connectors.REGISTRY))
        parser.add_argument("values", metavar="KEY=VALUE", nargs="+", help="a credential; KEY=- reads standard input")
        parser.add_argument("--label", default="", help="what people call the connection")
        parser.add_argument(
            "--expires", metavar="YYYY-MM-DD", type=_day, help="the last day of the key; its owners are told in time"
        )
        parser.add_argument(
            "--announce-each",
            action="store_true",
            help="make a `created` event of each record of the first sync, not only one event for each model",
        )
        parser.add_argument("--sync", action="store_true", help="start the first sync")

    def answer(self, **options: Any) -> dict[str, Any]:
        """Check, link, and start the sync where asked."""
        tenant = tenant_of(options["tenant"])
        values = _credentials(options["connector"], options["values"])
        with scope(tenant=tenant):
            connection = _linked(tenant, options["connector"], values, options["label"])
            if options["expires"]:
                Connection.objects.filter(pk=connection.pk).update(expires_on=options["expires"])
            if options["announce_each"]:
                Connection.objects.filter(pk=connection.pk).update(announce_each=True)
            history.state_changed(connection)
            if options["sync"] and connection.state == State.ACTIVE:
                schedule.start(connection, "command")
        return {
            "connection": str(connection.pk),
            "integration": integration_id(connection.connector, connection.pk),
            "state": connection.state,
        }


def _day(text: str) -> date:
    """A day to come; argparse says what is wrong with any other."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is not a day like 2027-03-31") from None
    if day < expiring.today():
        raise ArgumentTypeError(f"{text} is over")
    return day


def _credentials(connector: str, pairs: list[str]) -> dict[str, str]:
    """What was given, name by name. No error repeats a value, for it may be a secret in the wrong place."""
    names = [secret.name for secret in connectors.get(connector).credentials]
    given = {name: value for name, equals, value in (pair.partition("=") for pair in pairs) if equals}
    given = {name: sys.stdin.read().strip() if value == "-" else value.strip() for name, value in given.items()}
    if sorted(given) != sorted(names) or len(pairs) != len(names) or not all(given.values()):
        raise CommandError(f"{connector} takes exactly: {' '.join(f'{name}=VALUE' for name in names)}")
    return given


def _linked(tenant: Tenant, connector: str, values: dict[str, str], label: str) -> Connection:
    twin = linking.recognised(tenant, connector, values)
    if twin and twin.state != State.NEEDS_RELINK:
        return twin
    if twin:
        _checked(linking.begin_relink(twin, values, known(twin), ring=False))
        audit(tenant, None, "connection.relinked", twin.label, twin.pk)
        twin.refresh_from_db()
        return twin
    attempt = _checked(linking.begin(tenant, connector, values, ring=False))
    label = label or linking.proposed_label(attempt)
    connection = linking.finish(attempt, label=label[:100], models=connectors.get(connector).reads())
    audit(tenant, None, "connection.linked", connection.label, connection.pk)
    return connection


def _checked(attempt: Attempt) -> Attempt:
    """Check here and now, waiting where the provider's call limit asks for it; CommandError says why it is refused."""
    checking.check(attempt)
    while attempt.state == "waiting":
        time.sleep(max(0.0, (attempt.rung_at - timezone.now()).total_seconds()))
        checking.check(attempt)
    if attempt.state == "failed":
        raise CommandError(f"{attempt.error} {attempt.step}".strip())
    return attempt
