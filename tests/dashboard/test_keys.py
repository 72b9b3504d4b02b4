"""A machine's key: shown once, recognised by its beginning, revoked for good."""

import re
from typing import Any

import pytest
from django.test import Client
from django_scopes import scope

from atsbridge.tenants.models import ApiKey, AuditEntry, Tenant
from tests.api.rows import account
from tests.conftest import Browser

KEYS = "/t/acme/keys/"


def shown(page: Any) -> tuple[str, str]:
    """The key and the line to try it by."""
    html = page.content.decode().replace("&quot;", '"').replace("&amp;", "&")
    [secret] = re.findall(r'value="(ats_\w{40})"', html)
    [line] = re.findall(r'value="(curl .*?)" aria-label', html)
    return secret, line


def made(alice: Browser, name: str = "Warehouse", may: str = "write") -> tuple[str, str]:
    return shown(alice.post(f"{KEYS}create/", {"name": name, "may": may}))


def test_the_page_leads_to_how_machines_ask(bob: Browser) -> None:
    assert '<a href="/openapi.json">' in bob.get(KEYS).content.decode()
    assert bob.get("/openapi.json").json()["openapi"] == "3.1.0"


def test_a_key_is_shown_once_with_a_line_that_works(alice: Browser, acme: Tenant) -> None:
    linked = account("Acme")
    linked.put("job", "17", name="Baker")

    page = alice.post(f"{KEYS}create/", {"name": "Warehouse", "may": "write"})

    secret, line = shown(page)
    assert "no-store" in page.headers["Cache-Control"]
    assert secret not in alice.get(KEYS).content.decode()
    header, address = re.fullmatch(r'curl -H "Authorization: (.+?)" "http://127.0.0.1:8000(.+)"', line).groups()  # type: ignore[union-attr]
    answer = Client().get(address, headers={"Authorization": header})
    assert [job["name"] for job in answer.json()["result"]] == ["Baker"]


def test_only_a_digest_is_kept_and_the_beginning_to_know_it_by(alice: Browser, acme: Tenant) -> None:
    secret, _ = made(alice)

    with scope(tenant=acme):
        key = ApiKey.objects.get()
        assert secret not in str(key.__dict__)
        assert (key.name, key.prefix, key.can_write, key.created_by) == ("Warehouse", secret[:10], True, alice.person)
        assert list(AuditEntry.objects.values_list("kind", "subject")) == [
            ("key.created", f"Warehouse ({secret[:10]}…)")
        ]
    assert secret[:10] in alice.get(KEYS).content.decode()


def test_a_key_that_only_reads(alice: Browser, acme: Tenant) -> None:
    made(alice, may="read")

    with scope(tenant=acme):
        assert not ApiKey.objects.get().can_write


def test_revoking_asks_first_and_is_for_good(alice: Browser, acme: Tenant) -> None:
    made(alice)
    with scope(tenant=acme):
        key = ApiKey.objects.get()
    address = f"{KEYS}{key.pk}/revoke/"

    assert "Revoke <bdi>Warehouse</bdi>?" in alice.get(address).content.decode()
    for _ in range(2):
        alice.post(address)

    assert "Revoked" in alice.get(KEYS).content.decode()
    with scope(tenant=acme):
        assert list(AuditEntry.objects.order_by("id").values_list("kind", flat=True)) == ["key.created", "key.revoked"]


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"name": "", "may": "read"},
        {"name": "x" * 101, "may": "read"},
        {"name": "x", "may": "\x00"},
        {"name": "a\x00", "may": "read"},
    ],
)
def test_a_form_that_cannot_be_makes_no_key(told: dict[str, str], alice: Browser, acme: Tenant) -> None:
    assert alice.post(f"{KEYS}create/", told).status_code == 422

    with scope(tenant=acme):
        assert not ApiKey.objects.exists()


def test_another_tenants_key_is_out_of_reach(charlie: Browser, alice: Browser, acme: Tenant) -> None:
    made(alice)
    with scope(tenant=acme):
        key = ApiKey.objects.get()

    assert charlie.post(f"/t/globex/keys/{key.pk}/revoke/").status_code == 404
    with scope(tenant=acme):
        assert ApiKey.objects.get().revoked_at is None


def test_a_key_and_the_tenant_have_a_default_source(alice: Browser, acme: Tenant) -> None:
    alice.post(f"{KEYS}create/", {"name": "Careers", "may": "write", "source": "Career page"})
    kept = alice.post(f"{KEYS}source/", {"default_source": "Acme Talent"})

    assert kept.status_code == 302
    assert alice.post(f"{KEYS}source/", {"default_source": "x" * 256}).status_code == 422
    acme.refresh_from_db()
    assert acme.default_source == "Acme Talent"
    page = alice.get(KEYS).content.decode()
    assert 'value="Acme Talent"' in page
    assert "source: <bdi>Career page</bdi>" in page
    with scope(tenant=acme):
        assert list(AuditEntry.objects.order_by("id").values_list("kind", flat=True)) == [
            "key.created",
            "tenant.source",
        ]


def test_a_keys_default_source_can_be_changed_and_taken_away(alice: Browser, acme: Tenant) -> None:
    secret, _ = shown(alice.post(f"{KEYS}create/", {"name": "Careers", "may": "write", "source": "Career page"}))
    with scope(tenant=acme):
        key = ApiKey.objects.get()
    address = f"{KEYS}{key.pk}/source/"
    assert f'href="{address}"' in alice.get(KEYS).content.decode()
    assert 'value="Career page"' in alice.get(address).content.decode()

    kept = [alice.post(address, {"default_source": told}).status_code for told in ("Fair", "x" * 256, "a\x00", " ")]

    assert kept == [302, 422, 422, 302]
    with scope(tenant=acme):
        assert ApiKey.objects.get().default_source == ""
        entries = AuditEntry.objects.filter(kind="key.source").order_by("id").values_list("subject", "who")
        called = f"Careers ({secret[:10]}…)"
        assert list(entries) == [(f"{called} to Fair", "Alice Adams"), (f"{called} to none", "Alice Adams")]


def test_a_revoked_key_and_another_tenants_have_no_source_to_change(
    alice: Browser, charlie: Browser, acme: Tenant
) -> None:
    made(alice)
    with scope(tenant=acme):
        key = ApiKey.objects.get()
    assert charlie.post(f"/t/globex/keys/{key.pk}/source/", {"default_source": "Theirs"}).status_code == 404
    alice.post(f"{KEYS}{key.pk}/revoke/")

    assert alice.post(f"{KEYS}{key.pk}/source/", {"default_source": "Late"}).status_code == 404
    assert "/source/" not in alice.get(KEYS).content.decode().replace(f"{KEYS}source/", "")
    with scope(tenant=acme):
        assert ApiKey.objects.get().default_source == ""
