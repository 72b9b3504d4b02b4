"""A field of an action's input is one line: the form, what JSON is taken, the OpenAPI document follow."""

import json
from typing import Annotated, ClassVar

import pytest
from django.urls import reverse

from atsbridge.api import openapi, writing
from connectors.unified.actions import BY_SLUG, AddTag, HireApplication, RemoveTag
from connectors.unified.base import about
from connectors.unified.dialects.truto_bodies import tells
from connectors.unified.dialects.truto_writing import OPERATIONS, Hire, Operation
from tests.api.acting import Writer, writer
from tests.sync import harness


class LongerHire(HireApplication, kw_only=True):
    """The action with one line more."""

    slug: ClassVar[str] = "hire_application"
    shoe_size: Annotated[int | None, about("Which shoes to order for the first day")] = None


@pytest.fixture
def longer(acme, monkeypatch) -> Writer:
    """Acme's account, where hiring takes a field more."""
    monkeypatch.setitem(BY_SLUG, "hire_application", LongerHire)
    hire = Operation("hire_application", tells(LongerHire)(Hire), "application", method=True)
    monkeypatch.setitem(OPERATIONS, ("POST", "applications/hire"), hire)
    monkeypatch.setattr(writing, "PATIENCE", 0)
    emulator = harness.emulate("homerun", jobs=1, people=2)
    with harness.mounted("homerun", emulator):
        connection = harness.link(acme, "homerun", emulator)
        harness.sync(connection)
    return writer(connection, emulator)


def test_a_new_field_of_an_action_is_taken_from_json_and_checked(longer):
    told = {"application_id": longer.record("application").remote_id, "stage_id": "Hired"}

    wrong = longer.send("POST", "applications/hire", {**told, "shoe_size": "big"})
    assert (wrong.status_code, wrong.json()["message"]) == (400, "Expected `int | null`, got `str` - at `$.shoe_size`")
    assert longer.send("POST", "applications/hire", {**told, "shoe_size": 42}).status_code == 504
    (action,) = longer.actions()
    assert json.loads(action.input)["shoe_size"] == 42


def test_a_new_field_of_an_action_is_told_to_machines(longer):
    hire = openapi.document()["components"]["schemas"]["Hire"]

    assert hire["properties"]["shoe_size"] == {
        "anyOf": [{"type": "integer"}, {"type": "null"}],
        "default": None,
        "description": "Which shoes to order for the first day",
    }


def test_a_new_field_of_an_action_stands_in_its_form(longer, alice):
    page = alice.get(reverse("act", args=["acme", "applications", longer.record("application").id, "hire_application"]))

    assert "Which shoes to order for the first day" in page.content.decode()


EVERY = [*OPERATIONS.values(), *(each.known for each in OPERATIONS.values() if each.known)]


@pytest.mark.parametrize("operation", EVERY, ids=lambda each: each.kind)
def test_every_field_of_an_action_is_told_in_json(operation):
    by_address = {f"{operation.model}_id"} if operation.named else set()

    told = {*operation.body.untold, *operation.body.spelled.values(), *operation.body.__struct_fields__, *by_address}
    assert {field.rstrip("_") for field in BY_SLUG[operation.kind].__struct_fields__} - told == set()


def test_two_actions_that_share_a_body_have_the_same_fields():
    assert AddTag.__struct_fields__ == RemoveTag.__struct_fields__
