"""Every address there is, tried by everybody who must not get in. The URL list itself is walked: no new view escapes.

A new address whose parts name a row needs one line in `rows`; until it has one, these tests fail.
"""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest
from django.http import HttpResponseBase
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone
from django_scopes import scope

from atsbridge.actions import intake
from atsbridge.actions.models import Action, Batch
from atsbridge.connections.models import Attempt
from atsbridge.records.models import SetAside
from atsbridge.sync.models import Question, Run
from atsbridge.tenants import invitations
from atsbridge.tenants.models import ApiKey, Membership, Tenant
from connectors.unified.dialects.truto_writing import OPERATIONS
from connectors.unified.parts import EmailAddress
from tests.api.rows import Account, account
from tests.conftest import Browser

SECRET = "Ada of Acme"
"""Part of the name of every record of Acme: wherever it shows, something of Acme's shows."""
OPEN = {"file", "home", "hook", "invitation", "openapi"}
"""Ours, without a right: they show what belongs to whoever is signed in, or to a link that was signed and ends, or take
what a provider signed, or say how machines ask, which is nobody's; allauth's are open."""
PEOPLES = {"look", "sync", "act", "manage", "own"}
MACHINES = {"read", "write"}


class Address(NamedTuple):
    """One line of the URL list."""

    name: str
    view: Callable[..., HttpResponseBase]
    parameters: tuple[str, ...]

    @property
    def right(self) -> str:
        """What the view asks for, "" where it asks for nothing."""
        return getattr(self.view, "right", "")


def walk(patterns: list[URLPattern | URLResolver], before: tuple[str, ...] = ()) -> Iterator[Address]:
    """Every address below some patterns."""
    for each in patterns:
        parameters = before + tuple(getattr(each.pattern, "converters", None) or each.pattern.regex.groupindex)
        if isinstance(each, URLResolver):
            yield from walk(each.url_patterns, parameters)
        else:
            assert each.name, f"{each} has no name"
            yield Address(each.name, each.callback, parameters)


ADDRESSES = {address.name: address for address in walk(get_resolver().url_patterns)}
OF_A_TENANT = sorted(name for name, address in ADDRESSES.items() if "slug" in address.parameters)
WITH_ROWS = sorted(name for name in OF_A_TENANT if len(ADDRESSES[name].parameters) > 1)
ABOVE_LOOKING = sorted(name for name in OF_A_TENANT if ADDRESSES[name].right != "look")
OF_MACHINES = sorted(name for name, address in ADDRESSES.items() if address.right in MACHINES)


@pytest.fixture
def linked(acme: Tenant) -> Account:
    """Acme's account, with records that refer to each other."""
    linked = account("Acme")
    mail = EmailAddress(email_address="ada@acme.example")
    linked.put("job", "j-1", name=f"Baker to {SECRET}")
    linked.put("candidate", "c-1", first_name=SECRET, last_name="", email_addresses=[mail])
    linked.put("application", "a-1", candidate_id="c-1", job_id="j-1")
    return linked


@pytest.fixture
def rows(linked: Account, alice: Browser, bob: Browser) -> dict[str, dict[str, Any]]:
    """Address → the parts of it that name rows of Acme."""
    tenant, connection = linked.tenant, linked.connection
    with scope(tenant=tenant):
        run = Run.objects.create(tenant=tenant, connection=connection, state="succeeded", ended_at=timezone.now())
        attempt = Attempt.objects.create(tenant=tenant, connector="homerun", person=alice.person, state="checked")
        key = ApiKey.objects.get(name="test")
        aside = SetAside.objects.create(
            tenant=tenant, connection=connection, resource="vacancies", digest="x", reason="No title", row="{}"
        )
        question = Question.objects.create(tenant=tenant, connection=connection, model="job", count=1, total=4)
        action = Action.objects.create(
            tenant=tenant, connection=connection, kind="add_note", digest="x", about=linked.id("candidate", "c-1"),
            order=1, expires_at=timezone.now(), input='{"candidate_id":"c-1","content":"Ada of Acme"}',
        )  # fmt: skip
        rehearsal = Action.objects.create(
            tenant=tenant, connection=connection, kind="add_note", digest="x", about="x", order=2, rehearsal=True,
            expires_at=timezone.now(), plan={"calls": 2, "writes": []},
        )  # fmt: skip
        batch = Batch.objects.create(tenant=tenant, connection=connection, kind="add_note", rows=[["a-1", {}]])
    invitation, _ = invitations.invite(tenant, "dora@acme.example", "viewer", alice.person)
    of_attempt, of_person = {"pk": attempt.pk}, {"person_id": bob.person.pk}
    of_action = {"action_id": action.pk}
    return {
        "act": {"plural": "candidates", "record_id": linked.id("candidate", "c-1"), "kind": "add_note"},
        "action": of_action,
        "action_decide": of_action,
        "action_plan": {"action_id": rehearsal.pk},
        "batch": {"batch_id": batch.pk},
        "batch_decide": {"batch_id": batch.pk},
        **{name: {"pk": connection.pk} for name in WITH_ROWS if name.split("_")[0] == "connection"},
        "connection_act": {"pk": connection.pk, "kind": "create_candidate"},
        "attempt": of_attempt,
        "attempt_name": of_attempt,
        "connection_question": {"pk": connection.pk, "question_id": question.pk},
        "connection_take": {"pk": connection.pk, "row": aside.pk},
        "invitation_withdraw": {"pk": invitation.pk},
        "key_revoke": {"pk": key.pk},
        "key_source": {"pk": key.pk},
        "link_key": {"connector": "homerun"},
        "person_remove": of_person,
        "person_role": of_person,
        **{name: {"job_id": linked.id("job", "j-1")} for name in WITH_ROWS if name.startswith("pipeline")},
        "record": {"plural": "candidates", "record_id": linked.id("candidate", "c-1")},
        "records": {"plural": "candidates"},
        "run": {"run_id": run.pk},
    }


def at(name: str, rows: dict[str, dict[str, Any]], slug: str = "acme") -> str:
    """An address with Acme's rows in it, in the tenant that is named."""
    assert name in rows or name not in WITH_ROWS, f"{name} needs a line in `rows`"
    return reverse(name, kwargs={"slug": slug, **rows.get(name, {})})


def both(client: Client, address: str) -> tuple[int, int]:
    """What somebody gets who looks, and who writes."""
    return client.get(address).status_code, client.post(address, {"x": "1"}).status_code


def test_every_view_says_what_it_asks_for() -> None:
    silent = {
        name: address.view.__module__
        for name, address in ADDRESSES.items()
        if not address.right and not address.view.__module__.startswith("allauth.account")
    }

    assert set(silent) == OPEN
    assert {address.right for address in ADDRESSES.values()} <= {"", "support", *PEOPLES, *MACHINES}


def test_whatever_is_a_tenants_asks_who_comes() -> None:
    assert [name for name in OF_A_TENANT if ADDRESSES[name].right not in PEOPLES] == []


@pytest.mark.parametrize("name", OF_A_TENANT)
def test_a_stranger_finds_nothing(name: str, charlie: Browser, rows: dict[str, dict[str, Any]]) -> None:
    assert both(charlie, at(name, rows)) == (404, 404)


@pytest.mark.parametrize("name", sorted(set(WITH_ROWS) - {"link_key", "records"}))
def test_a_strangers_own_tenant_opens_nothing_of_acmes(
    name: str, charlie: Browser, rows: dict[str, dict[str, Any]]
) -> None:
    looked, wrote = both(charlie, at(name, rows, "globex"))

    assert {looked, wrote} <= {404, 405}
    assert 404 in (looked, wrote)


@pytest.mark.parametrize("name", [name for name in OF_A_TENANT if ADDRESSES[name].right == "look"])
def test_acmes_ids_in_a_strangers_questions_show_nothing_of_acme(
    name: str, charlie: Browser, linked: Account, rows: dict[str, dict[str, Any]]
) -> None:
    asked = {
        **dict.fromkeys(("connection", "id", "pk"), str(linked.connection.pk)),
        **{model: linked.id(model, f"{model[0]}-1") for model in ("job", "candidate", "application")},
        "q": SECRET.split()[0],
        "person": rows["person_role"]["person_id"],
    }

    page = charlie.get(at(name, rows, "globex"), asked)

    assert page.status_code in (200, 404)
    assert SECRET not in page.content.decode()


@pytest.mark.parametrize("name", OF_A_TENANT)
def test_nobody_gets_in_without_signing_in(name: str, client: Client, rows: dict[str, dict[str, Any]]) -> None:
    address = at(name, rows)

    for answer in (client.get(address), client.post(address)):
        assert (answer.status_code, answer.headers["Location"].partition("?")[0]) == (302, "/accounts/login/")


@pytest.mark.parametrize("name", ABOVE_LOOKING)
def test_a_viewer_writes_nothing(name: str, bob: Browser, rows: dict[str, dict[str, Any]]) -> None:
    assert both(bob, at(name, rows)) == (403, 403)


@pytest.mark.parametrize("name", [name for name in OF_A_TENANT if ADDRESSES[name].right == "look"])
def test_a_viewer_looks_at_everything_else(name: str, bob: Browser, rows: dict[str, dict[str, Any]]) -> None:
    assert both(bob, at(name, rows)) == (200, 405)


@pytest.mark.parametrize("name", [name for name in OF_A_TENANT if ADDRESSES[name].right not in ("look", "sync")])
def test_support_staff_change_nothing(name: str, sam: Browser, rows: dict[str, dict[str, Any]]) -> None:
    assert both(sam, at(name, rows)) == (403, 403)


@pytest.mark.parametrize("name", [name for name in OF_A_TENANT if ADDRESSES[name].right == "own"])
def test_an_admin_is_no_owner(name: str, bob: Browser, rows: dict[str, dict[str, Any]], acme: Tenant) -> None:
    with scope(tenant=acme):
        Membership.objects.filter(person=bob.person).update(role="admin")

    assert both(bob, at(name, rows)) == (403, 403)


@pytest.mark.parametrize("name", [name for name in ADDRESSES if ADDRESSES[name].right == "support"])
def test_what_is_supports_is_not_there_for_others(name: str, alice: Browser, bob: Browser, client: Client) -> None:
    address = reverse(name)

    assert [both(somebody, address) for somebody in (alice, bob)] == [(404, 404)] * 2
    assert both(client, address) == (302, 302)


@pytest.mark.parametrize(
    ("plural", "model"), [("jobs", "job"), ("candidates", "candidate"), ("applications", "application")]
)
def test_no_record_of_acmes_is_reached_from_elsewhere(
    plural: str, model: str, alice: Browser, charlie: Browser, linked: Account
) -> None:
    def page(slug: str) -> str:
        return reverse("record", args=[slug, plural, linked.id(model, f"{model[0]}-1")])

    assert alice.get(page("acme")).status_code == 200
    assert [charlie.get(page(slug)).status_code for slug in ("acme", "globex")] == [404, 404]


HOSTILE = ["\x00", "x" * 5000, "\U0001f600\u0301", "'\"><script>", "9" * 40]
QUESTIONS = (
    "q",
    "cursor",
    "sort",
    "kind",
    "person",
    "connection",
    "job",
    "stage",
    "source",
    "status",
    "page",
    "column",
)


@pytest.mark.parametrize("name", [name for name in OF_A_TENANT if ADDRESSES[name].right == "look"])
def test_hostile_questions_are_answered(name: str, alice: Browser, rows: dict[str, dict[str, Any]]) -> None:
    address = at(name, rows)
    statuses = {
        alice.get(address, asked).status_code
        for value in HOSTILE
        for asked in (dict.fromkeys(QUESTIONS, value), {"q": value})
    }

    assert statuses <= {200, 302, 400, 404}


# -- Machines ----------------------------------------------------------------------------------------------------------


def asked(name: str, linked: Account) -> list[str]:
    """The addresses of an endpoint with Acme's ids in them, each kind of id that it takes."""
    of_account = f"integrated_account_id={linked.connection.pk}"
    candidate = ("c-1", linked.id("candidate", "c-1"))
    return {
        "truto_list": [f"/unified/ats/{resource}?{of_account}" for resource in ("jobs", "candidates", "applications")],
        "truto_record": [f"/unified/ats/candidates/{each}?{of_account}" for each in candidate],
        "truto_download": [f"/unified/ats/attachments/download?{of_account}"],
        "truto_accounts": ["/integrated-account"],
        "action": [f"/actions/{an_action(linked).pk}"],
        "events": [f"/events?{of_account}"],
        "truto_account": [f"/integrated-account/{linked.connection.pk}"],
        "truto_unknown": ["/unified/no/such/thing"],
    }[name]


def an_action(linked: Account) -> Action:
    """A note about Acme's candidate that waits for a worker."""
    with scope(tenant=linked.tenant):
        return intake.accept(linked.connection, intake.read("add_note", {"candidate_id": "c-1", "content": SECRET}))


def writes(linked: Account) -> list[tuple[str, str]]:
    """Every way to write, (method, address), with Acme's candidate in it."""
    query = f"?integrated_account_id={linked.connection.pk}"
    return [(verb, f"/unified/ats/{route.replace('{id}', 'c-1')}{query}") for verb, route in OPERATIONS]


@pytest.mark.parametrize("name", OF_MACHINES)
def test_no_machine_gets_in_without_a_key(name: str, client: Client, linked: Account) -> None:
    assert {client.get(address).status_code for address in asked(name, linked)} == {401}
    assert {client.post(address).status_code for address in asked(name, linked)} == {401}


@pytest.mark.parametrize("name", sorted(set(OF_MACHINES) - {"truto_accounts"}))
def test_another_tenants_key_finds_nothing(name: str, globex_key: str, linked: Account) -> None:
    machine = Client(headers={"Authorization": f"Bearer {globex_key}"})

    assert {machine.get(address).status_code for address in asked(name, linked)} == {404}


def test_another_tenants_key_writes_nothing(globex_key: str, linked: Account) -> None:
    machine = Client(headers={"Authorization": f"Bearer {globex_key}"})
    said = {machine.generic(verb, address, b"{}").status_code for verb, address in writes(linked)}

    assert said == {404}
    with scope(tenant=linked.tenant):
        assert not Action.objects.exists()


def test_a_key_that_reads_writes_nothing(linked: Account) -> None:
    machine = Client(headers={"Authorization": f"Bearer {linked.key}"})
    said = {machine.generic(verb, address, b"{}").status_code for verb, address in writes(linked)}

    assert said == {403}


def test_without_a_key_nothing_is_written(client: Client, linked: Account) -> None:
    assert {client.generic(verb, address, b"{}").status_code for verb, address in writes(linked)} == {401}


def test_another_tenants_key_with_its_own_account_finds_no_record_of_acmes(linked: Account, globex: Tenant) -> None:
    theirs = account("Globex")
    machine = Client(headers={"Authorization": f"Bearer {theirs.key}"})
    own = f"integrated_account_id={theirs.connection.pk}"

    for remote_id in ("c-1", linked.id("candidate", "c-1")):
        assert machine.get(f"/unified/ats/candidates/{remote_id}?{own}").status_code == 404
    assert machine.get(f"/unified/ats/candidates?{own}&id={linked.id('candidate', 'c-1')}").json()["result"] == []
    assert str(linked.connection.pk) not in machine.get("/integrated-account").content.decode()
