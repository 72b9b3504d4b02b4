"""Accounts to be read by a worker that dies: where their people are listed, and what people do to them meanwhile."""

from typing import Any

from atsbridge.connections.models import Connection
from atsbridge.tenants.models import Tenant
from tests.sync import harness

PEOPLE = {"homerun": "/job-applications?", "cats": "/candidates?"}
"""Provider → what the address of its list of people holds."""
PEOPLE_AGAIN = PEOPLE | {"cats": "/candidates/search?"}
"""The same in a later run."""


def linked(slug: str, emulator: Any, name: str) -> Connection:
    """The account, linked by a tenant of its own, each of its records announced."""
    tenant = Tenant.objects.create(name=name, slug=name.replace(" ", "-").replace(",", ""))
    return harness.link(tenant, slug, emulator, announce_each=True)


def change(slug: str, emulator: Any) -> None:
    """What a morning brings: somebody new, some who move on, some who are gone."""
    {"homerun": _change_homerun, "cats": _change_cats}[slug](emulator)


def _change_homerun(emulator: Any) -> None:
    emulator.person("Ada", "Lovelace", job=emulator.jobs[0].title)
    ordinary = [person for person in emulator.people if person.reason is None and person.vacancy_id]
    emulator.hire(ordinary[20])
    emulator.disqualify(ordinary[40])
    emulator.to_pool(ordinary[60])
    for person in ordinary[100:104]:
        emulator.delete(person)


def _change_cats(emulator: Any) -> None:
    emulator.person("Ada", "Lovelace", job=next(iter(emulator.account.jobs.values())).title)
    people = list(emulator.account.candidates.values())
    emulator.change(people[20], first_name="Grace")
    emulator.note(people[40], "Called, and nobody answered")
    for person in people[100:104]:
        emulator.delete(person)
