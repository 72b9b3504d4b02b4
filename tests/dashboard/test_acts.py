"""Asking for an action: the menu, the form derived from its input, what is wrong with it, and how it goes on."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.urls import reverse
from django_scopes import scope

from atsbridge.actions import performing
from atsbridge.actions.models import Action, State
from atsbridge.connections.models import Connection
from atsbridge.records.models import Record
from atsbridge.tenants.models import Tenant
from connectors import unified
from connectors.acting import Act, Done
from connectors.unified.parts import Location
from tests.conftest import Browser
from tests.dashboard import reading
from tests.records import factory


@pytest.fixture
def homerun(acme: Tenant) -> Connection:
    """An account with a job of three stages, and Ada in the first."""
    connection = factory.connect(acme, label="Homerun – Berlin")
    for place, name in enumerate(("Screening", "Interview", "Assessment")):
        factory.make(connection, "application_stage", name.lower(), name=name)
        factory.make(connection, "job_stage", f"j:{name}", job_id="j", stage_id=name.lower(), index=place)
    factory.make(connection, "job", "j", name="Baker", status="OPEN")
    factory.make(
        connection, "candidate", "ada", first_name="Ada", last_name="Lovelace",
        email_addresses=[{"email_address": "ada@example.org", "type": "WORK"}],
    )  # fmt: skip
    factory.make(connection, "application", "a", candidate_id="ada", job_id="j", current_stage_id="screening")
    return connection


def record(connection: Connection, model: str) -> Record:
    with scope(tenant=connection.tenant):
        return Record.objects.get(connection=connection, model=model)


def page(connection: Connection, model: str) -> str:
    return reverse("record", args=["acme", unified.BY_SLUG[model].plural, record(connection, model).id])


def form(connection: Connection, model: str, kind: str) -> str:
    return f"{page(connection, model)}act/{kind}/"


def actions(connection: Connection) -> list[Action]:
    with scope(tenant=connection.tenant):
        return list(Action.objects.select_related("connection").order_by("order"))


@contextmanager
def offered(connection: Connection, kind: str, **fields: Any) -> Iterator[None]:
    """Let an ATS offer an action, in whatever way."""
    speaks = connection.speaks
    before, speaks.actions = speaks.actions, speaks.actions | {kind: Act(lambda acting, given: Done(""), **fields)}
    yield
    speaks.actions = before


def fields(markup: str) -> dict[str, dict[str, Any]]:
    """Name → the attributes of each input of the page's form; choices by value."""
    [inside] = re.findall(r'<form class="form" method="post".*?</form>', markup, re.DOTALL)
    found: dict[str, dict[str, Any]] = {}
    for tag, attributes, rest in re.findall(
        r"<(input|textarea|select)\b([^>]*)>(.*?)(?=<input|<textarea|<div|$)", inside, re.DOTALL
    ):
        named = dict(re.findall(r'([\w-]+)="([^"]*)"', attributes))
        if tag == "select":
            named["choices"] = dict(re.findall(r'<option value="([^"]*)"[^>]*>([^<]*)', rest))
        name = named.pop("name")
        found[name] = named | ({"required": True} if " required" in attributes else {})
    found.pop("csrfmiddlewaretoken", None)
    return found


def test_the_menu_offers_each_action_of_the_record_and_says_why_one_is_impossible(alice: Browser, homerun: Connection):
    menu = re.search(
        r'<div class="sheet right offers">.*?</div>', reading.content(alice.get(page(homerun, "candidate")))
    )
    assert menu
    links = reading.links(menu.group())
    assert links["Add note"] == form(homerun, "candidate", "add_note")
    assert links["Delete candidate"] == form(homerun, "candidate", "delete_candidate")
    assert "Add tag Homerun's API shows no tags" in reading.text(menu.group())
    assert "Add tag" not in links

    of_application = reading.links(reading.content(alice.get(page(homerun, "application"))))
    assert of_application["Move to stage"] == form(homerun, "application", "move_application")


def test_a_form_follows_from_the_actions_input(alice: Browser, homerun: Connection):
    shown = reading.content(alice.get(form(homerun, "application", "move_application")))
    assert fields(shown) == {
        "stage_id": {
            "class": "input", "id": "id_stage_id", "aria-describedby": "id_stage_id_helptext", "required": True,
            "choices": {"": "Choose …", "interview": "Interview", "assessment": "Assessment"},
        },
        "expected_stage_id": {"type": "hidden", "value": "screening", "id": "id_expected_stage_id"},
    }  # fmt: skip

    note = fields(reading.content(alice.get(form(homerun, "candidate", "add_note"))))
    assert list(note) == ["content", "is_private", "created_at"]
    assert note["created_at"]["type"] == "datetime-local"
    assert (note["content"]["maxlength"], note["content"]["required"]) == ("65536", True)


def test_what_is_sent_becomes_an_action_that_names_who_asked(alice: Browser, homerun: Connection):
    asked = {"stage_id": "interview", "expected_stage_id": "screening"}
    answer = alice.post(form(homerun, "application", "move_application"), asked)

    [action] = actions(homerun)
    assert (answer.status_code, answer["Location"]) == (302, reverse("action", args=["acme", action.pk]))
    assert (action.kind, action.person, action.by, action.state) == (
        "move_application", alice.person, "Alice Adams", State.QUEUED,
    )  # fmt: skip
    assert json.loads(action.input) == {
        "application_id": "a", "expected_stage_id": "screening", "stage_id": "interview", "triggers": [],
    }  # fmt: skip


def test_a_note_of_another_day_is_told_its_time_and_a_strange_one_is_refused(alice: Browser, homerun: Connection):
    address = form(homerun, "candidate", "add_note")
    for at, words in (("yesterday", "Enter a valid date/time."), ("1024-02-29T12:30", "a year from 1900 to 2100")):
        answer = alice.post(address, {"content": "Brilliant", "created_at": at})
        assert (answer.status_code, words in reading.text(answer.content.decode())) == (422, True)
        assert '<a href="#id_created_at">' in answer.content.decode()

    alice.post(address, {"content": "Brilliant", "created_at": "2024-02-29T12:30:15"})

    assert [json.loads(action.input)["created_at"] for action in actions(homerun)] == ["2024-02-29T12:30:15Z"]


def test_what_is_wrong_names_its_field_and_nothing_is_queued(alice: Browser, homerun: Connection):
    for asked, words in (
        ({"content": ""}, "Content: This field is required."),
        ({"content": "x" * 65_537}, "at most 65536 characters (it has 65537)"),
    ):
        answer = alice.post(form(homerun, "candidate", "add_note"), asked)
        markup = answer.content.decode()
        assert answer.status_code == 422
        assert words in reading.text(markup)
        assert '<a href="#id_content">' in markup
        assert 'aria-invalid="true"' in markup
    stage = alice.post(form(homerun, "application", "move_application"), {"stage_id": "elsewhere"})
    assert "elsewhere is not one of the available choices" in reading.text(stage.content.decode())
    assert actions(homerun) == []


def test_an_impossible_action_shows_its_reason_and_takes_nothing(alice: Browser, homerun: Connection):
    address = form(homerun, "application", "reject_application")
    assert "Homerun's API cannot disqualify" in reading.text(reading.content(alice.get(address)))
    assert alice.post(address, {}).status_code == 422
    assert actions(homerun) == []


def test_a_key_that_may_not_write_is_an_impossibility_too(alice: Browser, homerun: Connection):
    act = homerun.speaks.actions["add_note"]
    assert isinstance(act, Act)
    lacks = {
        "slug": act.permission,
        "scope": "notes:write",
        "label": "Notes",
        "allowed": False,
        "models": [],
        "why": "",
    }
    with scope(tenant=homerun.tenant):
        Connection.objects.update(permissions=[lacks])
    shown = reading.text(reading.content(alice.get(form(homerun, "candidate", "add_note"))))
    assert "The key of this connection lacks notes:write" in shown


def test_what_takes_something_away_says_so_and_asks_for_the_name(alice: Browser, homerun: Connection):
    address = form(homerun, "candidate", "delete_candidate")
    shown = reading.text(reading.content(alice.get(address)))
    assert "The application goes with the person" in shown
    assert "Type “Ada Lovelace” to go on" in shown
    assert alice.post(address, {"confirm": "Ada"}).status_code == 422
    assert actions(homerun) == []

    alice.post(address, {"confirm": "Ada Lovelace"})

    assert [json.loads(action.input) for action in actions(homerun)] == [{"candidate_id": "ada"}]


def test_htmx_gets_the_inside_of_the_dialog_and_then_a_live_status_that_ends(alice: Browser, homerun: Connection):
    address = form(homerun, "candidate", "add_note")
    inside = reading.content(alice.get(address, headers=reading.HTMX))
    assert "<html" not in inside
    assert 'id="dialog-title"' in inside
    assert f'hx-post="{address}" hx-target="#dialog"' in inside
    again = alice.post(address, {"content": ""}, headers=reading.HTMX)
    assert (again.status_code, "This field is required." in again.content.decode()) == (422, True)

    sent = alice.post(address, {"content": "Brilliant"}, headers=reading.HTMX)

    [action] = actions(homerun)
    live = reverse("action", args=["acme", action.pk])
    assert f'id="action" hx-get="{live}" hx-trigger="every 1s"' in reading.content(sent)
    for state, ended, event in ((State.WAITING, False, None), (State.REFUSED, True, None), (State.DONE, True, "acted")):
        with scope(tenant=homerun.tenant):
            Action.objects.update(state=state, ended_at=action.created_at if ended else None, error="Homerun says no")
        part = alice.get(live, headers=reading.HTMX)
        assert ("hx-trigger" in reading.content(part), "<html" in reading.content(part)) == (not ended, False)
        assert json.loads(part.headers.get("HX-Trigger", "{}")).keys() == ({event} if event else set())


def test_the_actions_page_says_what_it_was_told_and_what_came_of_it(alice: Browser, homerun: Connection):
    alice.post(form(homerun, "application", "move_application"), {"stage_id": "interview"})
    [action] = actions(homerun)
    with scope(tenant=homerun.tenant):
        Action.objects.update(state=State.REFUSED, error="Homerun says: no", ended_at=action.created_at)
    shown = alice.get(reverse("action", args=["acme", action.pk]))
    words = reading.text(reading.content(shown))
    assert "Refused Nothing was written" in words
    assert "Homerun says: no" in words
    assert "Application Ada Lovelace – Baker Stage Interview" in words
    assert reading.links(reading.content(shown))["Ada Lovelace – Baker"] == page(homerun, "application")


def test_what_a_person_may_decide_is_a_button_and_is_done(alice: Browser, homerun: Connection):
    alice.post(form(homerun, "candidate", "add_note"), {"content": "Brilliant"})
    [action] = actions(homerun)
    address = reverse("action", args=["acme", action.pk])
    assert "Cancel it" in reading.content(alice.get(address))

    answer = alice.post(f"{address}decide/", {"choice": "cancel"}, follow=True)

    assert "Cancelled by Alice Adams" in reading.text(reading.content(answer))
    late = alice.post(f"{address}decide/", {"choice": "cancel"}, follow=True)
    assert "This cannot be decided about it (any more)" in reading.text(reading.content(late))
    with scope(tenant=homerun.tenant):
        performing.perform(action.pk)
    assert [each.state for each in actions(homerun)] == [State.CANCELLED]


@pytest.mark.parametrize("who", ["bob", "sam"])
def test_viewers_and_support_see_no_action_and_do_none(who: str, alice: Browser, homerun: Connection, request: Any):
    alice.post(form(homerun, "candidate", "add_note"), {"content": "Brilliant"})
    [action] = actions(homerun)
    somebody: Browser = request.getfixturevalue(who)

    for model in ("candidate", "application", "job"):
        shown = reading.content(somebody.get(page(homerun, model)))
        assert ("/act/" in shown, 'id="acted"' in shown) == (False, False)
    overview = reading.content(somebody.get("/t/acme/"))
    assert "/t/acme/actions/" not in overview
    for address in (
        form(homerun, "candidate", "add_note"), "/t/acme/actions/", f"/t/acme/actions/{action.pk}/",
        f"/t/acme/connections/{homerun.pk}/actions/",
    ):  # fmt: skip
        assert somebody.get(address).status_code == 403
    assert somebody.post(form(homerun, "candidate", "add_note"), {"content": "Me too"}).status_code == 403
    assert somebody.post(f"/t/acme/actions/{action.pk}/decide/", {"choice": "cancel"}).status_code == 403
    assert len(actions(homerun)) == 1


def test_charlie_finds_nothing(charlie: Browser, alice: Browser, homerun: Connection):
    alice.post(form(homerun, "candidate", "add_note"), {"content": "Brilliant"})
    [action] = actions(homerun)
    mine = (form(homerun, "candidate", "add_note"), f"/t/acme/actions/{action.pk}/")
    for address in (*mine, *(each.replace("acme", "globex") for each in mine)):
        assert charlie.get(address).status_code == 404
        assert charlie.post(address, {"content": "x"}).status_code == 404
    assert "Brilliant" not in reading.content(charlie.get("/t/globex/actions/"))
    assert "Nothing was written yet" in reading.content(charlie.get("/t/globex/actions/"))


def test_lists_are_rows_that_a_button_adds_to_without_a_script(alice: Browser, homerun: Connection):
    address = form(homerun, "candidate", "update_candidate")
    with offered(homerun, "update_candidate"):
        begun = fields(reading.content(alice.get(address)))
        assert begun["email_addresses-0-email_address"]["value"] == "ada@example.org"
        assert begun["email_addresses-1-email_address"]["value"] == ""
        typed = {name: each.get("value", "") for name, each in begun.items()}

        more = alice.post(address, typed | {"email_addresses-1-email_address": "a@b.c", "more": "email_addresses"})

        again = fields(reading.content(more))
        assert again["email_addresses-1-email_address"]["value"] == "a@b.c"
        assert again["email_addresses-2-email_address"]["value"] == ""
        assert actions(homerun) == []


def test_a_change_gives_what_was_changed_and_nothing_else(alice: Browser, homerun: Connection):
    address = form(homerun, "candidate", "update_candidate")
    with offered(homerun, "update_candidate"):
        begun = fields(reading.content(alice.get(address)))
        typed = {name: each.get("value", "") for name, each in begun.items()}
        typed |= {"last_name": "King", "location-0-city": "London", "custom_fields-0-label": "Shoe size"}
        alice.post(address, typed | {"custom_fields-0-value": "38"})
    assert [json.loads(action.input) for action in actions(homerun)] == [
        {
            "candidate_id": "ada", "last_name": "King", "custom_fields": {"Shoe size": "38"},
            "location": dict.fromkeys(Location.__struct_fields__) | {"city": "London"},
        }
    ]  # fmt: skip


def test_a_row_says_what_it_lacks(alice: Browser, homerun: Connection):
    with offered(homerun, "update_candidate"):
        answer = alice.post(
            form(homerun, "candidate", "update_candidate"),
            {"first_name": "Ada", "last_name": "Lovelace", "email_addresses-0-type": "WORK"}
            | {"phone_numbers-0-extension": "12"},
        )
    assert "Phone numbers: fill in “Phone number” in row 1." in reading.text(answer.content.decode())
    assert (answer.status_code, actions(homerun)) == (422, [])


def test_a_field_without_a_place_says_what_becomes_of_it(alice: Browser, homerun: Connection):
    with offered(homerun, "update_candidate", lacks={"company": "Homerun asks for no employer"}):
        shown = reading.text(reading.content(alice.get(form(homerun, "candidate", "update_candidate"))))
    assert "Present employer. Homerun asks for no employer" in shown


def test_what_will_be_sent_is_shown_before_and_nothing_is(alice: Browser, homerun: Connection):
    address = form(homerun, "candidate", "add_note")
    asked = {"content": "Brilliant", "preview": "1"}
    page = alice.post(address, asked)
    part = alice.post(address, asked, headers=reading.HTMX)
    for shown in (page, part):
        assert "Homerun is read to see what would be sent; nothing is written." in reading.text(reading.content(shown))
    assert 'id="id_content"' in reading.content(page)
    assert ("<form" in reading.content(part), "every 1s" in reading.content(part)) == (False, True)

    *_, rehearsal = actions(homerun)
    write: dict[str, Any] = {
        "step": "note",
        "method": "POST",
        "path": "x/ada/notes",
        "params": {"a": ["1", "2"]},
        "form": {},
    }
    write |= {"body": {"note": "<b>Brilliant</b>"}, "file": None, "part": "", "says": "It mails Ada"}
    with scope(tenant=homerun.tenant):
        plan = {"calls": 3, "writes": [write], "open": False}
        Action.objects.update(plan=plan, state=State.DONE, ended_at=rehearsal.created_at)
    told = reading.content(alice.get(f"/t/acme/actions/{rehearsal.pk}/plan/", headers=reading.HTMX))
    assert reading.text(told) == (
        "3 calls to Homerun, of which 1 writes. POST /x/ada/notes?a=1&a=2 Homerun by itself It mails Ada"
        ' { "note": "<b>Brilliant</b>" }'
    )
    assert "every 1s" not in told
    assert alice.get(f"/t/acme/actions/{rehearsal.pk}/").status_code == 404
    wrong = alice.post(address, {"content": "", "preview": "1"}, headers=reading.HTMX)
    assert (wrong.status_code, wrong["HX-Retarget"]) == (422, "#dialog")


def test_a_persons_page_offers_the_actions_of_each_application(alice: Browser, bob: Browser, homerun: Connection):
    shown = reading.content(alice.get(page(homerun, "candidate")))
    assert form(homerun, "application", "move_application") in shown
    assert "/act/" not in reading.content(bob.get(page(homerun, "candidate")))
    before = len(reading.queries(alice, page(homerun, "candidate")))
    for number in range(3):
        factory.make(homerun, "application", f"x{number}", candidate_id="ada", job_id="j")
    assert len(reading.queries(alice, page(homerun, "candidate"))) == before
