"""A candidate without a job: begun from the list of candidates or from an account, which is chosen where there are
several."""

import json
import re
from typing import Any

import pytest
from django.urls import reverse
from django_scopes import scope

from atsbridge.connections.models import Connection
from atsbridge.tenants.models import Tenant
from tests.conftest import Browser
from tests.dashboard import reading
from tests.dashboard.test_acts import actions, fields, offered
from tests.records import factory

LIST = "/t/acme/records/candidates/"
PERSON = {"first_name": "Grace", "last_name": "Hopper", "email_addresses-0-email_address": "grace@example.org"}


@pytest.fixture
def homerun(acme: Tenant) -> Connection:
    """An account with an open job and one that is closed."""
    connection = factory.connect(acme, label="Homerun – Berlin")
    factory.make(connection, "job", "j", name="Baker", status="OPEN")
    factory.make(connection, "job", "k", name="Cook", status="CLOSED")
    return connection


def form(connection: Connection, kind: str = "create_candidate") -> str:
    return reverse("connection_act", args=["acme", connection.pk, kind])


def ways(browser: Browser, address: str = LIST) -> dict[str, str]:
    """Words → address of the ways to a new candidate on a page."""
    found = re.findall(r'<a\b[^>]*?href="[^"]*/act/.*?</a>', reading.content(browser.get(address)), re.DOTALL)
    return reading.links(" ".join(found))


def test_somebody_is_created_without_a_job(alice: Browser, homerun: Connection) -> None:
    assert ways(alice) == {"Create candidate": form(homerun)}
    assert ways(alice, f"/t/acme/connections/{homerun.pk}/actions/") == {"Create candidate": form(homerun)}
    shown = reading.content(alice.get(form(homerun)))
    assert fields(shown)["job_id"]["choices"] == {"": "None", "j": "Baker"}
    assert "stage_id" not in fields(shown)
    assert reading.links(shown)["Back"] == f"/t/acme/connections/{homerun.pk}/actions/"

    answer = alice.post(form(homerun), PERSON)

    [action] = actions(homerun)
    assert (answer.status_code, answer["Location"]) == (302, reverse("action", args=["acme", action.pk]))
    given = {name: value for name, value in json.loads(action.input).items() if value}
    mail = {"email_address": "grace@example.org", "type": None}
    assert (action.kind, action.person, given) == (
        "create_candidate", alice.person, {"first_name": "Grace", "last_name": "Hopper", "email_addresses": [mail]},
    )  # fmt: skip


def test_a_job_can_be_chosen_and_a_closed_one_cannot(alice: Browser, homerun: Connection) -> None:
    closed = alice.post(form(homerun), {**PERSON, "job_id": "k"})
    assert (closed.status_code, actions(homerun)) == (422, [])

    alice.post(form(homerun), {**PERSON, "job_id": "j"})

    assert [json.loads(action.input)["job_id"] for action in actions(homerun)] == ["j"]


def test_the_account_is_chosen_where_there_are_several(alice: Browser, acme: Tenant, homerun: Connection) -> None:
    cats = factory.connect(acme, "cats", label="CATS – Paris")
    gone = factory.connect(acme, "cats", label="Gone")
    with scope(tenant=acme):
        Connection.objects.filter(pk=gone.pk).update(state="unlinking")

    assert ways(alice) == {"CATS – Paris": form(cats), "Homerun – Berlin": form(homerun)}
    assert ways(alice, f"{LIST}?connection={cats.pk}") == {"Create candidate": form(cats)}
    assert ways(alice, "/t/acme/records/applications/") == {}
    assert [alice.get(form(gone)).status_code, alice.post(form(gone), PERSON).status_code] == [404, 404]


def test_a_key_that_may_not_says_so_in_the_menu_and_in_the_form(
    alice: Browser, acme: Tenant, homerun: Connection
) -> None:
    lacks = {"slug": "job-applications:write", "scope": "job-applications:write", "label": "Write", "allowed": False}
    with scope(tenant=acme):
        Connection.objects.update(permissions=[{**lacks, "models": [], "why": ""}])

    listed, shown = alice.get(LIST), alice.get(form(homerun))

    for page in (listed, shown):
        assert "The key of this connection lacks job-applications:write" in reading.text(reading.content(page))
    assert (ways(alice), alice.post(form(homerun), PERSON).status_code, actions(homerun)) == ({}, 422, [])


def test_what_is_wrong_is_said_in_the_form_and_a_preview_queues_nothing(alice: Browser, homerun: Connection) -> None:
    wrong = alice.post(form(homerun), {**PERSON, "last_name": ""}, headers=reading.HTMX)
    assert (wrong.status_code, "This field is required." in wrong.content.decode()) == (422, True)
    assert actions(homerun) == []

    alice.post(form(homerun), {**PERSON, "preview": "1"}, headers=reading.HTMX)

    assert [action.rehearsal for action in actions(homerun)] == [True]


def test_somebody_known_is_added_to_an_open_job_from_their_page(alice: Browser, homerun: Connection) -> None:
    ada = factory.make(homerun, "candidate", "ada", first_name="Ada", last_name="Lovelace")
    page = f"/t/acme/records/candidates/{ada.id}/"
    links = reading.links(reading.content(alice.get(page)))
    assert links["Add to job"] == f"{page}act/apply_candidate/"
    shown = reading.content(alice.get(links["Add to job"]))
    assert "Only somebody in the pool: in Homerun a person is one application" in reading.text(shown)
    assert fields(shown)["job_id"]["choices"] == {"": "Choose …", "j": "Baker"}

    alice.post(links["Add to job"], {"job_id": "j"})

    [action] = actions(homerun)
    given = {name: value for name, value in json.loads(action.input).items() if value}
    assert (action.kind, given) == ("apply_candidate", {"candidate_id": "ada", "job_id": "j"})


def test_only_what_needs_no_record_is_done_on_an_account(alice: Browser, homerun: Connection) -> None:
    for kind in ("create_application", "apply_candidate", "add_note", "delete_candidate", "nonsense"):
        assert alice.get(form(homerun, kind)).status_code == 404


@pytest.mark.parametrize("who", ["bob", "sam"])
def test_viewers_and_support_see_no_way_and_are_refused(who: str, homerun: Connection, request: Any) -> None:
    somebody: Browser = request.getfixturevalue(who)

    assert ways(somebody) == {}
    assert [somebody.get(form(homerun)).status_code, somebody.post(form(homerun), PERSON).status_code] == [403, 403]
    assert actions(homerun) == []


def test_charlie_creates_nobody_in_an_account_of_acmes(charlie: Browser, homerun: Connection) -> None:
    for address in (form(homerun), form(homerun).replace("acme", "globex")):
        assert [charlie.get(address).status_code, charlie.post(address, PERSON).status_code] == [404, 404]
    assert (ways(charlie, LIST.replace("acme", "globex")), actions(homerun)) == ({}, [])


def test_more_jobs_than_are_offered_are_said(
    alice: Browser, homerun: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    with offered(homerun, "create_candidate"):
        assert "These are the first" not in reading.text(reading.content(alice.get(form(homerun))))
        monkeypatch.setattr("atsbridge.dashboard.act_form.OFFERED", 1)
        assert "These are the first 1 by name" in reading.text(reading.content(alice.get(form(homerun))))
