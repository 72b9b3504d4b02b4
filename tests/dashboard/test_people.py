"""Owners invite, change roles and remove people; everybody sees who is there."""

import re
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django_scopes import scope

from atsbridge.tenants.across import everywhere
from atsbridge.tenants.models import AuditEntry, Invitation, Membership, Tenant
from tests.conftest import Browser

PEOPLE = "/t/acme/people/"
DORA = {"email": "dora@acme.example", "role": "admin"}


def roles(tenant: Tenant) -> dict[str, str]:
    with scope(tenant=tenant):
        return dict(Membership.objects.values_list("person__email", "role"))


def trail(tenant: Tenant) -> list[tuple[str, str]]:
    with scope(tenant=tenant):
        return list(AuditEntry.objects.order_by("id").values_list("kind", "subject"))


def text(page: Any) -> str:
    """A page's words, blanks single."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode()))


def test_the_link_is_shown_to_the_inviter_as_well_as_mailed(alice: Browser, acme: Tenant) -> None:
    page = alice.post(f"{PEOPLE}invite/", DORA)

    [link] = re.findall(r'value="(http://127.0.0.1:8000/invitation/[\w-]+/)"', page.content.decode())
    [sent] = mail.outbox
    assert link in sent.body
    assert "no-store" in page.headers["Cache-Control"]
    assert link not in alice.get(PEOPLE).content.decode()

    dora = Client()
    assert (
        dora.post(
            link.removeprefix("http://127.0.0.1:8000"), {"name": "Dora", "password": "correct horse battery"}
        ).status_code
        == 302
    )
    assert roles(acme) == {"alice@acme.example": "owner", "dora@acme.example": "admin"}
    assert trail(acme) == [("person.invited", "dora@acme.example as admin"), ("person.joined", "admin")]


def test_without_a_mail_server_the_link_is_handed_over(alice: Browser, settings: Any) -> None:
    settings.MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {"host": "127.0.0.1", "port": 9},
        }
    }

    page = alice.post(f"{PEOPLE}invite/", DORA)

    assert "The mail could not be sent: hand the link over yourself." in text(page)


def test_an_invitation_waits_in_the_list_until_it_is_withdrawn(alice: Browser, bob: Browser, acme: Tenant) -> None:
    alice.post(f"{PEOPLE}invite/", DORA)
    assert "dora@acme.example Admin Alice Adams" in text(bob.get(PEOPLE)).replace("Invited by", "")
    with everywhere():
        invitation = Invitation.objects.get()

    assert bob.post(f"{PEOPLE}invitations/{invitation.pk}/withdraw/").status_code == 403
    alice.post(f"{PEOPLE}invitations/{invitation.pk}/withdraw/")

    with everywhere():
        assert not Invitation.objects.exists()


@pytest.mark.parametrize(
    ("told", "complaint"),
    [
        ({"email": "bob@acme.example", "role": "viewer"}, "They belong to this tenant already."),
        ({"email": "BOB@acme.example", "role": "viewer"}, "They belong to this tenant already."),
        ({"email": "dora", "role": "viewer"}, "Enter a valid email address."),
        ({"email": "dora@acme.example", "role": "king"}, "Select a valid choice."),
        ({"email": "a\x00b@acme.example", "role": "viewer"}, "Null characters are not allowed."),
        ({}, "This field is required."),
    ],
)
def test_an_invitation_that_cannot_be_says_why(
    told: dict[str, str], complaint: str, alice: Browser, bob: Browser
) -> None:
    page = alice.post(f"{PEOPLE}invite/", told)

    assert page.status_code == 422
    assert complaint in text(page)
    assert "autofocus" in page.content.decode(), "the mistake is in sight on a small screen, too"
    assert mail.outbox == []


def test_an_owner_changes_a_role_and_takes_it_back(alice: Browser, bob: Browser, acme: Tenant) -> None:
    address = f"{PEOPLE}{bob.person.pk}/role/"
    for role in ("owner", "viewer"):
        page = alice.post(address, {"role": role}, follow=True)
        assert f"Bob Brown is now {role}." in text(page)

    assert roles(acme)["bob@acme.example"] == "viewer"
    assert trail(acme) == [
        ("person.role_changed", "Bob Brown to owner"),
        ("person.role_changed", "Bob Brown to viewer"),
    ]


def test_the_last_owner_stays(alice: Browser, bob: Browser, acme: Tenant) -> None:
    own = f"{PEOPLE}{alice.person.pk}/"

    for address, told in ((f"{own}role/", {"role": "viewer"}), (f"{own}remove/", {})):
        assert "A tenant keeps an owner." in text(alice.post(address, told, follow=True))

    assert roles(acme) == {"alice@acme.example": "owner", "bob@acme.example": "viewer"}
    assert trail(acme) == []


def test_somebody_removed_sees_nothing_any_more(alice: Browser, bob: Browser, acme: Tenant) -> None:
    address = f"{PEOPLE}{bob.person.pk}/remove/"
    assert "Remove Bob Brown ?" in text(alice.get(address))
    assert roles(acme)["bob@acme.example"] == "viewer"

    alice.post(address)

    assert roles(acme) == {"alice@acme.example": "owner"}
    assert bob.get(PEOPLE).status_code == 404
    assert "belongs to no tenant just now" in text(bob.get("/"))


def test_an_owner_with_a_successor_may_go(alice: Browser, bob: Browser, acme: Tenant) -> None:
    alice.post(f"{PEOPLE}{bob.person.pk}/role/", {"role": "owner"})

    assert alice.post(f"{PEOPLE}{alice.person.pk}/remove/").headers["Location"] == "/"
    assert roles(acme) == {"bob@acme.example": "owner"}


def test_a_role_that_does_not_exist_changes_nothing(alice: Browser, bob: Browser, acme: Tenant) -> None:
    for told in ({"role": "king"}, {"role": "\x00"}, {}):
        alice.post(f"{PEOPLE}{bob.person.pk}/role/", told)

    assert roles(acme)["bob@acme.example"] == "viewer"


def test_people_of_other_tenants_are_out_of_reach(alice: Browser, charlie: Browser, globex: Tenant) -> None:
    theirs = f"{PEOPLE}{charlie.person.pk}/"

    assert [alice.post(f"{theirs}{what}/", {"role": "viewer"}).status_code for what in ("role", "remove")] == [404, 404]
    assert roles(globex) == {"charlie@globex.example": "owner"}


def test_a_viewer_sees_who_is_there_and_no_form(bob: Browser, alice: Browser) -> None:
    page = bob.get(PEOPLE)

    assert "Alice Adams alice@acme.example Owner" in text(page)
    assert "Invite somebody" not in text(page)
