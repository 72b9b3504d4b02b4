"""The operators' commands: what their last line says, and what they refuse."""

import json
import subprocess
import sys
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from atsbridge.tenants import keys
from atsbridge.tenants.models import Person, Tenant

ROOT = Path(__file__).resolve().parent.parent.parent
NEW = {"name": "Olga", "password": "correct horse battery"}


def last_line(*arguments: str) -> dict[str, Any]:
    """The object that a command ends with."""
    out = StringIO()
    call_command(*arguments, stdout=out)
    answer: dict[str, Any] = json.loads(out.getvalue().splitlines()[-1])
    return answer


def opened(link: str) -> Client:
    """A browser in which somebody came in by a link."""
    client = Client()
    assert client.post(link.removeprefix("http://127.0.0.1:8000"), NEW).status_code == 302
    return client


def test_tenant_makes_a_tenant_and_its_owners_link(db: None) -> None:
    answer = last_line("tenant", "Łódź Bäckerei & Söhne", "--owner", "olga@lodz.example")

    tenant = Tenant.objects.get()
    assert answer == {"tenant": str(tenant.pk), "link": answer["link"]}
    assert (tenant.name, tenant.slug) == ("Łódź Bäckerei & Söhne", "odz-backerei-sohne")
    assert opened(answer["link"]).get(f"/t/{tenant.slug}/people/").status_code == 200


def test_tenant_again_gives_the_same_tenant_a_fresh_link_that_signs_in(db: None) -> None:
    first = last_line("tenant", "Acme", "--owner", "olga@acme.example")
    opened(first["link"])

    second = last_line("tenant", "acme", "--owner", "olga@acme.example")

    assert (second["tenant"], second["link"] == first["link"]) == (first["tenant"], False)
    assert opened(second["link"]).get("/t/acme/people/").status_code == 200
    assert (Tenant.objects.count(), Person.objects.count()) == (1, 1)


def test_names_that_look_alike_in_an_address_get_a_number(db: None) -> None:
    for name in ("Acme!", "Acme?", "Acme", "東京", "大阪"):
        last_line("tenant", name, "--owner", "olga@acme.example")

    assert list(Tenant.objects.order_by("created_at").values_list("slug", flat=True)) == [
        "acme", "acme-2", "acme-3", "tenant", "tenant-2",
    ]  # fmt: skip


def test_support_gives_a_link_to_every_tenant(acme: Tenant) -> None:
    answer = last_line("support", "sue@atsbridge.example")

    assert list(answer) == ["link"]
    assert opened(answer["link"]).get("/t/acme/people/").status_code == 200


@pytest.mark.parametrize(("options", "may_write"), [((), True), (("--read-only", "--name", "Data warehouse"), False)])
def test_apikey_takes_a_name_or_an_id(options: tuple[str, ...], may_write: bool, acme: Tenant) -> None:
    for named in ("Acme", "ACME", str(acme.pk)):
        answer = last_line("apikey", named, *options)
        key = keys.find(answer["key"])

        assert list(answer) == ["key"]
        assert key is not None
        assert (key.tenant, key.can_write) == (acme, may_write)
        assert key.name == (options[-1] if options else "command line")


@pytest.mark.parametrize(
    "arguments",
    [
        ("tenant", "Acme", "--owner", "nobody"),
        ("tenant", " ", "--owner", "olga@acme.example"),
        ("tenant", "x" * 201, "--owner", "olga@acme.example"),
        ("tenant", "Acme"),
        ("support", "sam@"),
        ("apikey", "Initech"),
        ("apikey", "00000000-0000-0000-0000-000000000000"),
        ("apikey", "Acme", "--name", ""),
    ],
)
def test_what_cannot_be_is_refused_in_words(arguments: tuple[str, ...], acme: Tenant) -> None:
    with pytest.raises(CommandError):
        last_line(*arguments)

    assert not Person.objects.exists()


@pytest.mark.parametrize("command", ["tenant", "support", "apikey"])
def test_each_explains_itself_and_fails_with_a_status(command: str) -> None:
    run = [sys.executable, "manage.py", command]
    told = subprocess.run([*run, "--help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    refused = subprocess.run(run, cwd=ROOT, capture_output=True, text=True, check=False)

    assert "The last line is" in told or "the last line is" in told
    assert refused.returncode == 2
    assert refused.stdout == ""
    assert "usage:" in refused.stderr
