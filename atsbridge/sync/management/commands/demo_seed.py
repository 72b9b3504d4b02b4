"""manage.py demo_seed CATS-KEY PASSWORD [--homerun KEY]: the people, tenants and connections of `make demo`."""

import json
from io import StringIO
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError, CommandParser
from django.utils import timezone
from django.utils.text import slugify
from django_scopes import scope

import connectors
from atsbridge.sync.models import Hook
from atsbridge.tenants import keys
from atsbridge.tenants.commands import JsonCommand
from atsbridge.tenants.models import ApiKey, Membership, Person, Role, Tenant

CAST = (
    ("alice@acme.example", "Alice Marchetti", "Acme", Role.OWNER, "owner of Acme"),
    ("bob@acme.example", "Bob Lindqvist", "Acme", Role.VIEWER, "viewer at Acme"),
    ("charlie@globex.example", "Charlie Adeyemi", "Globex", Role.OWNER, "owner of Globex"),
    ("sam@support.example", "Sam Okafor", None, None, "support staff"),
)


class Command(JsonCommand):
    """Makes what is missing; running it again gives the machine a new key, and looks after the webhooks."""

    help = 'Seed the demo. Prints {"people", "connections", "key"}.'

    def add_arguments(self, parser: CommandParser) -> None:
        """The emulated CATS' key, and the password of everybody."""
        parser.add_argument("key", metavar="CATS-KEY")
        parser.add_argument("password", metavar="PASSWORD")
        parser.add_argument("--homerun", metavar="KEY", help="link the emulated Homerun too, and announce each record")

    def answer(self, **options: Any) -> dict[str, Any]:
        """Seed, and start the first sync."""
        if not settings.LOOPBACK_ONLY:
            raise CommandError("The demo's people have a known password: they are made where only this machine comes.")
        for email, name, tenant, role, _ in CAST:
            _person(email, name, tenant, role, options["password"])
        acme = Tenant.objects.get(slug="acme")
        accounts = {"cats": options["key"]} | ({"homerun": options["homerun"]} if options["homerun"] else {})
        with scope(tenant=acme):
            ApiKey.objects.filter(tenant=acme, name="demo").delete()
            _, secret = keys.create(acme, "demo")
            Hook.objects.update(next_check_at=timezone.now())  # emulators begin anew, and know of no webhooks
        return {
            "people": {email: what for email, _, _, _, what in CAST},
            "connections": {
                slug: _linked(slug, key, announce_each=len(accounts) > 1) for slug, key in accounts.items()
            },
            "key": secret,
        }


def _linked(slug: str, key: str, *, announce_each: bool) -> str:
    label = f"{connectors.get(slug).name} – Acme"
    words = ("link", "Acme", slug, f"api_key={key}")
    linked = call_command(*words, label=label, announce_each=announce_each, sync=True, stdout=StringIO())
    connection: str = json.loads(linked)["connection"]
    return connection


def _person(email: str, name: str, tenant_name: str | None, role: Role | None, password: str) -> None:
    person = Person.objects.filter(email=email).first()
    if person is None:
        person = Person.objects.create_user(email, password, name=name, is_support=tenant_name is None)
    if tenant_name and role:
        tenant, _ = Tenant.objects.get_or_create(name=tenant_name, defaults={"slug": slugify(tenant_name)})
        with scope(tenant=tenant):
            Membership.objects.get_or_create(tenant=tenant, person=person, defaults={"role": role})
