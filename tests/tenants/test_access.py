"""Who gets in where, with which right, and what is written down about it."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client
from django_scopes import scope

from atsbridge.environment import cache
from atsbridge.tenants import keys
from atsbridge.tenants.models import AuditEntry, Membership, Person, Role, Tenant
from tests.conftest import Browser

HTMX = {"HX-Request": "true"}
NOW = datetime(2026, 11, 19, 9, 26, tzinfo=UTC)
PEOPLE = "/t/acme/people/"


def trail(tenant: Tenant) -> list[tuple[str, str, str, bool]]:
    """Who, what, which page and whether as support, oldest first."""
    with scope(tenant=tenant):
        return list(AuditEntry.objects.order_by("id").values_list("who", "kind", "page", "as_support"))


def without_token(page: bytes) -> str:
    """A page less what differs from one time to the next."""
    return re.sub(r'"x-csrftoken": "\w+"', "", page.decode())


def test_a_stranger_is_told_nothing_is_there_as_if_the_tenant_did_not_exist(charlie: Browser, acme: Tenant) -> None:
    refused, missing = charlie.get(PEOPLE), charlie.get("/t/nobodys/people/")

    assert (refused.status_code, missing.status_code) == (404, 404)
    assert without_token(refused.content) == without_token(missing.content)


def test_who_is_not_signed_in_signs_in_and_comes_back(client: Client, acme: Tenant) -> None:
    assert client.get(f"{PEOPLE}?x=1").headers["Location"] == "/accounts/login/?next=/t/acme/people/%3Fx%3D1"
    assert client.post(f"{PEOPLE}invite/").headers["Location"] == "/accounts/login/?next=/"


def test_a_fragment_sends_its_whole_page_to_sign_in(client: Client, acme: Tenant) -> None:
    page = client.get(PEOPLE, headers={**HTMX, "HX-Current-URL": "http://testserver/t/acme/audit/?kind=key"})

    assert (page.status_code, page.headers["HX-Redirect"]) == (200, "/accounts/login/?next=/t/acme/audit/%3Fkind%3Dkey")


def test_a_viewer_looks_and_does_nothing_else(bob: Browser, acme: Tenant) -> None:
    assert bob.get(PEOPLE).status_code == 200
    assert bob.post(f"{PEOPLE}invite/", {"email": "dora@acme.example", "role": "viewer"}).status_code == 403
    assert bob.post("/t/acme/keys/create/", {"name": "mine", "may": "read"}).status_code == 403


def test_an_admin_makes_keys_and_invites_nobody(bob: Browser, acme: Tenant) -> None:
    with scope(tenant=acme):
        Membership.objects.filter(person=bob.person).update(role=Role.ADMIN)

    assert bob.post("/t/acme/keys/create/", {"name": "mine", "may": "read"}).status_code == 200
    assert bob.post(f"{PEOPLE}invite/", {"email": "dora@acme.example", "role": "viewer"}).status_code == 403


def test_a_view_that_only_looks_takes_no_post(alice: Browser) -> None:
    assert alice.post(PEOPLE).status_code == 405


def test_support_sees_every_tenant_and_changes_nothing(sam: Browser, acme: Tenant, globex: Tenant) -> None:
    assert [sam.get(f"/t/{slug}/people/").status_code for slug in ("acme", "globex")] == [200, 200]
    assert sam.post(f"{PEOPLE}invite/", {"email": "dora@acme.example", "role": "viewer"}).status_code == 403
    assert b"You are looking at Acme as support." in sam.get(PEOPLE).content


def test_a_visit_of_support_is_written_down_once_a_page_in_30_minutes(
    sam: Browser, acme: Tenant, globex: Tenant
) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        for _ in range(3):
            sam.get(f"{PEOPLE}?again=1")
        sam.get("/t/acme/keys/")
        clock.shift(timedelta(minutes=31))
        sam.get(PEOPLE)

    visits = [("Sam Stone", "support.visit", page, True) for page in (PEOPLE, "/t/acme/keys/", PEOPLE)]
    assert (trail(acme), trail(globex)) == (visits, [])


def test_polling_by_support_leaves_no_trace(sam: Browser, acme: Tenant) -> None:
    sam.get(PEOPLE, headers=HTMX)

    assert trail(acme) == []


def test_a_boosted_link_is_a_visit_like_any_other(sam: Browser, acme: Tenant) -> None:
    sam.get(PEOPLE, headers={**HTMX, "HX-Boosted": "true"})

    assert trail(acme) == [("Sam Stone", "support.visit", PEOPLE, True)]


def test_support_staff_in_their_own_tenant_are_members(sam: Browser, acme: Tenant) -> None:
    Membership.objects.create(tenant=acme, person=sam.person, role=Role.VIEWER)

    assert b"as support" not in sam.get(PEOPLE).content
    assert trail(acme) == []


def test_a_page_is_kept_out_of_shared_caches_and_apart_from_its_fragment(alice: Browser) -> None:
    page = alice.get(PEOPLE)

    assert page.headers["Cache-Control"] == "private, no-cache"
    assert "HX-Request" in page.headers["Vary"]


def test_when_somebody_was_here_is_kept_to_five_minutes(alice: Browser) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        alice.get(PEOPLE)
        clock.shift(timedelta(minutes=4))
        alice.get(PEOPLE)

    assert Person.objects.get(pk=alice.person.pk).seen_at == NOW


@pytest.mark.parametrize(
    "header", [None, "", "Bearer", "Bearer wrong", "Basic YTpi", "Bearer \xff\xfe", "Bearer " + "x" * 9000]
)
def test_no_key_no_answer(header: str | None, acme: Tenant) -> None:
    answer = Client().get("/integrated-account", headers={"Authorization": header} if header is not None else {})

    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert answer.json()["error"] == "Unauthorized"


def test_a_key_is_kept_as_a_digest_and_its_use_noted_once_a_minute(acme: Tenant, acme_key: str) -> None:
    key, machine = keys.find(acme_key), Client(headers={"Authorization": f"bearer {acme_key}"})
    assert key is not None
    assert acme_key not in str(key.__dict__)

    used = []
    with time_machine.travel(NOW, tick=False) as clock:
        for address, later in (("192.0.2.1", 0), ("192.0.2.2", 59), ("192.0.2.3", 1)):
            clock.shift(timedelta(seconds=later))
            assert machine.get("/integrated-account", REMOTE_ADDR=address).status_code == 200
            with scope(tenant=acme):
                key.refresh_from_db()
            used.append((key.last_used_at, key.last_used_from))

    assert used == [(NOW, "192.0.2.1"), (NOW, "192.0.2.1"), (NOW + timedelta(minutes=1), "192.0.2.3")]


def test_a_revoked_key_is_refused_at_once(alice: Browser, acme: Tenant, acme_key: str) -> None:
    machine, key = Client(headers={"Authorization": f"Bearer {acme_key}"}), keys.find(acme_key)
    assert machine.get("/integrated-account").status_code == 200
    assert key is not None

    alice.post(f"/t/acme/keys/{key.pk}/revoke/")

    assert machine.get("/integrated-account").status_code == 401


def test_sign_in_by_e_mail_whatever_its_case_and_throttled(client: Client, acme: Tenant) -> None:
    Person.objects.create_user("dora@acme.example", "correct horse battery")

    def sign_in(password: str) -> int:
        return client.post("/accounts/login/", {"login": "DORA@acme.example", "password": password}).status_code

    assert sign_in("correct horse battery") == 302
    client.logout()
    assert [sign_in("wrong") for _ in range(6)] == [200] * 6
    assert sign_in("correct horse battery") == 200, "after five wrong guesses the right one has to wait, too"


@pytest.mark.parametrize(
    ("broker", "where"),
    [
        ("redis://10.0.0.1:6379/0", ("redis.RedisCache", "redis://10.0.0.1:6379/0")),
        ("amqp://10.0.0.1//", ("filebased.FileBasedCache", "/srv/.run/cache")),
        ("filesystem://.run/demo", ("filebased.FileBasedCache", "/srv/.run/demo/cache")),
    ],
)
def test_wrong_guesses_are_counted_for_all_processes_together(broker: str, where: tuple[str, str]) -> None:
    config = cache(broker, Path("/srv"))

    assert (config["BACKEND"].removeprefix("django.core.cache.backends."), config["LOCATION"]) == where


def test_nobody_signs_up_without_an_invitation(client: Client, db: None) -> None:
    call_command("check")
    client.post("/accounts/signup/", {"email": "eve@example.com", "password1": "correct horse battery"})

    assert not Person.objects.exists()
    assert b"By invitation only" in client.get("/accounts/signup/").content


@pytest.mark.parametrize("address", ["/accounts/email/", "/accounts/confirm-email/", "/accounts/login/code/confirm/"])
def test_an_address_is_not_changed_by_oneself(address: str, alice: Browser) -> None:
    assert alice.get(address).status_code == 404
