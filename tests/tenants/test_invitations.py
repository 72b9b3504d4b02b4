"""One-time links: who may use them, how often, and what comes of it."""

import threading
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.test import Client
from django.utils import timezone
from django_scopes import scope

from atsbridge.tenants import invitations
from atsbridge.tenants.across import everywhere
from atsbridge.tenants.models import Invitation, Membership, Person, Role, Tenant
from tests.conftest import Browser, browser

DORA = {"name": "Dora Díaz", "password": "correct horse battery"}


def path_of(link: str) -> str:
    assert link.startswith("http://127.0.0.1:8000/invitation/")
    return link.removeprefix("http://127.0.0.1:8000")


def invited(
    tenant: Tenant | None, email: str = "dora@acme.example", role: str = "viewer", by: Person | None = None
) -> str:
    return path_of(invitations.invite(tenant, email, role, by)[1])


def roles(tenant: Tenant) -> dict[str, str]:
    with scope(tenant=tenant):
        return dict(Membership.objects.values_list("person__email", "role"))


def signed_in(client: Client) -> str:
    """The address of whoever is signed in in a browser."""
    return Person.objects.get(pk=client.session["_auth_user_id"]).email


def test_a_newcomer_sets_name_and_password_and_is_in(client: Client, acme: Tenant, alice: Browser) -> None:
    link = invited(acme, "Dora@Acme.Example", by=alice.person)
    assert b"Join Acme" in client.get(link).content

    joined = client.post(link, DORA)

    assert (joined.status_code, joined.headers["Location"]) == (302, "/t/acme/")
    dora = Person.objects.get(email="dora@acme.example")
    assert (dora.name, dora.check_password(DORA["password"]), roles(acme)["dora@acme.example"]) == (
        "Dora Díaz",
        True,
        "viewer",
    )
    assert client.get("/t/acme/people/").status_code == 200


def test_a_link_works_once(acme: Tenant) -> None:
    link = invited(acme)
    Client().post(link, DORA)

    again = Client()
    assert (again.get(link).status_code, again.post(link, DORA).status_code) == (404, 404)
    assert "_auth_user_id" not in again.session


def test_looking_at_a_link_uses_nothing_up(acme: Tenant) -> None:
    link = invited(acme)

    assert [Client().get(link).status_code for _ in range(3)] == [200] * 3
    assert roles(acme) == {}


def test_a_link_ends_after_a_week(client: Client, acme: Tenant) -> None:
    link = invited(acme)

    with time_machine.travel(timezone.now() + timedelta(days=7, seconds=1)):
        assert client.get(link).status_code == 404


def test_only_a_digest_of_a_link_is_kept(acme: Tenant) -> None:
    token = invited(acme).split("/")[2]

    with everywhere():
        kept = Invitation.objects.values().get()
    assert token not in str(kept)


def test_a_new_link_ends_the_one_before(client: Client, acme: Tenant) -> None:
    first, second = invited(acme), invited(acme)

    assert (client.get(first).status_code, client.get(second).status_code) == (404, 200)


def test_two_at_once_are_one(acme: Tenant) -> None:
    link = invitations.find(invited(acme).split("/")[2])
    assert link is not None
    invitations.accept(link, **DORA)

    with pytest.raises(invitations.UsedError):
        invitations.accept(link, **DORA)


def test_somebody_else_who_is_signed_in_is_told_and_joins_nothing(bob: Browser, acme: Tenant, globex: Tenant) -> None:
    link = invited(globex)

    page = bob.get(link).content.decode()

    assert "You are signed in as" in page
    assert "bob@acme.example" in page
    assert bob.post(link, DORA).status_code == 403
    assert roles(globex) == {}


def test_whoever_signs_out_there_comes_back_to_the_link(bob: Browser, globex: Tenant) -> None:
    link = invited(globex)

    assert bob.post("/accounts/logout/", {"next": link}).headers["Location"] == link


def test_an_inviter_cannot_sign_in_as_somebody_who_has_an_account(
    alice: Browser, acme: Tenant, charlie: Browser
) -> None:
    link, thief = invited(acme, "charlie@globex.example", by=alice.person), Client()

    assert b"has an account. Sign in with it" in thief.get(link).content
    assert thief.post(link, DORA).status_code == 403
    assert "_auth_user_id" not in thief.session

    assert charlie.post(link).headers["Location"] == "/t/acme/"
    assert roles(acme) == {"alice@acme.example": "owner", "charlie@globex.example": "viewer"}
    assert not Person.objects.get(pk=charlie.person.pk).check_password(DORA["password"])


def test_an_operators_link_signs_in_whoever_has_the_account_already(
    client: Client, charlie: Browser, acme: Tenant
) -> None:
    link = invited(acme, "charlie@globex.example", "owner")

    assert client.post(link, {"password": ""}).status_code == 302
    assert signed_in(client) == "charlie@globex.example"
    assert roles(acme) == {"charlie@globex.example": "owner"}


def test_a_link_never_takes_a_right_away(alice: Browser, bob: Browser, acme: Tenant) -> None:
    alice.post(invited(acme, alice.person.email, "viewer"))
    bob.post(invited(acme, bob.person.email, "admin"))

    assert roles(acme) == {"alice@acme.example": "owner", "bob@acme.example": "admin"}


def test_support_staff_are_made_by_an_operators_link_only(client: Client, acme: Tenant) -> None:
    assert client.post(invited(None, "sue@atsbridge.example", ""), DORA).headers["Location"] == "/support/"
    assert client.get("/t/acme/people/").status_code == 200


@pytest.mark.parametrize(
    ("told", "complaint"),
    [
        ({"name": "Dora", "password": "short"}, "too short"),
        ({"name": "Dora", "password": "password123"}, "too common"),
        ({"name": "Dora", "password": "dora@acme.example"}, "too similar"),
        ({"name": "", "password": "correct horse battery"}, "required"),
        ({"name": "a\x00b", "password": "correct horse battery"}, "Null characters"),
    ],
)
def test_a_poor_answer_is_refused_and_uses_nothing_up(
    told: dict[str, str], complaint: str, client: Client, acme: Tenant
) -> None:
    link = invited(acme)

    assert complaint in client.post(link, told).content.decode()
    assert client.post(link, DORA).status_code == 302


@pytest.mark.parametrize("token", ["x", "x" * 5000, "-", "00000000-0000-0000-0000-000000000000"])
def test_a_made_up_link_leads_nowhere(token: str, client: Client, db: None) -> None:
    assert client.get(f"/invitation/{token}/").status_code == 404


def test_the_mail_says_who_invites_to_what_and_holds_the_link(alice: Browser, acme: Tenant) -> None:
    invitation, link = invitations.invite(acme, "dora@acme.example", "admin", alice.person)

    assert invitations.mail(invitation, link)

    [sent] = mail.outbox
    assert (sent.to, sent.subject) == (["dora@acme.example"], "Invitation to Acme")
    assert sent.body.startswith("Alice Adams invites you to Acme as admin.")
    assert link in sent.body


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_owners_who_remove_each_other_at_once_leave_one() -> None:
    from atsbridge.tenants import people

    tenant = Tenant.objects.create(name="Acme", slug="acme")
    both = [browser(f"{name}@acme.example", name, tenant=tenant).person for name in ("ann", "ben")]

    def remove(person: Person) -> None:
        try:
            with scope(tenant=tenant):
                people.change_role(Membership.objects.select_related("tenant").get(person=person), Role.VIEWER)
        except people.LastOwnerError:
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=remove, args=(person,)) for person in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(roles(tenant).values()) == ["owner", "viewer"]
