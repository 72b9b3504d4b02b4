"""The OpenAPI document: valid, whole, nobody's secret, and cheap to ask for again."""

import re
from typing import Any

import pytest
import schemathesis
from django.test import Client
from django.urls import resolve

from atsbridge.api import openapi, urls
from connectors.unified.dialects.truto import RESOURCES
from connectors.unified.dialects.truto_writing import OPERATIONS

NOT_FOR_MACHINES = {"hook", "openapi", "truto_unknown"}
"""What providers call, the document itself, and where nothing is."""


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    """The document as it is served."""
    answer = Client().get("/openapi.json")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")
    told: dict[str, Any] = answer.json()
    return told


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    """Every (method, address, operation)."""
    return [(method.upper(), path, each) for path, item in document["paths"].items() for method, each in item.items()]


def test_the_document_is_valid(document):
    schemathesis.openapi.from_dict(document).validate()

    ids = [operation["operationId"] for *_, operation in operations(document)]
    assert len(ids) == len(set(ids))


def test_it_holds_every_address_of_machines_and_no_other(document):
    names = {resolve(re.sub(r"{\w+}", "x", path)).url_name for _, path, _ in operations(document)}

    assert names == {pattern.name for pattern in urls.urlpatterns} - NOT_FOR_MACHINES


def test_it_holds_everything_that_is_read_and_written(document):
    told = {(method, path.removeprefix("/unified/ats/")) for method, path, _ in operations(document)}
    reads = {("GET", f"{resource}{rest}") for resource in RESOURCES for rest in ("", "/{id}")}

    of_records = {(method, path) for method, path in told if not path.startswith("/")}
    assert of_records == reads | OPERATIONS.keys() | {("POST", "attachments/download")}


@pytest.mark.django_db
def test_what_it_holds_is_offered_and_asks_for_a_key_where_it_says_so(document):
    for method, path, operation in operations(document):
        answer = Client().generic(method, path.replace("{", "").replace("}", ""))

        assert answer.status_code == (404 if operation.get("security") == [] else 401), path


def test_what_a_body_must_hold_is_told(document):
    schemas = document["components"]["schemas"]

    said = {"anyOf": [{"type": "object"}, {"type": "string", "minLength": 1}]}
    assert schemas["Move"] == {
        "title": "Move",
        "description": "POST /applications/move-stage.",
        "type": "object",
        "properties": {
            "remote_data": {
                "anyOf": [{"type": "object"}, {"type": "null"}],
                "description": "What goes to the ATS as it stands, in the request that writes the main thing",
            },
            "application_id": {
                "anyOf": [{"type": "string", "maxLength": 500, "minLength": 1}, {"type": "null"}],
                "default": None,
                "description": "The application",
            },
            "application": {
                "anyOf": [{"$ref": "#/components/schemas/This"}, {"type": "null"}],
                "default": None,
                "description": "The application",
            },
            "user_id": {"description": "Taken, but the ATS takes the key's own user for it"},
            "candidate_id": {"description": "Taken, but the application says whose it is"},
            "triggers": {
                "type": "array",
                "items": {"type": "string", "maxLength": 500, "minLength": 1},
                "default": [],
                "description": "What the ATS shall do besides, of what it does only if asked, by id",
            },
            "stage_id": {
                "type": "string",
                "maxLength": 500,
                "minLength": 1,
                "description": "The stage to move to, one of its job's",
                "x-refers-to": "application_stage",
            },
            "expected_stage_id": {
                "anyOf": [{"type": "string", "maxLength": 500, "minLength": 1}, {"type": "null"}],
                "default": None,
                "description": "Where it is believed to be: elsewhere, it is not moved",
                "x-refers-to": "application_stage",
            },
        },
        "required": ["stage_id"],
        "additionalProperties": False,
        "allOf": [
            {"anyOf": [{"required": [name], "properties": {name: said}} for name in ("application_id", "application")]}
        ],
    }


@pytest.mark.parametrize("resource", RESOURCES)
def test_a_record_has_just_the_fields_that_are_told(resource, document, cats, cats_machine):
    needed = {"candidate_id": "c1"} if resource == "applications" else {}
    cats.put(RESOURCES[resource], "1", **needed)

    (record,) = cats_machine.read(resource, include_deleted="true")["result"]
    answers = document["paths"][f"/unified/ats/{resource}/{{id}}"]["get"]["responses"]["200"]
    name = answers["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
    assert record.keys() == document["components"]["schemas"][name]["properties"].keys()


def test_what_an_ats_cannot_do_is_told(document):
    said = document["paths"]["/unified/ats/applications/reject"]["post"]["description"]

    assert said.startswith("An application declined.\n\nHomerun: ")


def test_everybody_may_keep_it_and_ask_whether_it_changed():
    first = Client().get("/openapi.json")

    assert first.headers["Cache-Control"] == "public, max-age=3600"
    again = Client(headers={"If-None-Match": first.headers["ETag"]}).get("/openapi.json")
    assert (again.status_code, again.content) == (304, b"")
    assert "Set-Cookie" not in first.headers


@pytest.mark.parametrize("address", ["/openapi.json", "/files/x"])
def test_what_is_open_to_everybody_is_only_read(address):
    answer = Client(enforce_csrf_checks=True).post(address)

    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD, OPTIONS")
    assert answer.json()["message"] == "POST is not offered here. Allowed: GET, HEAD, OPTIONS."


def test_nothing_of_this_installation_but_its_address_is_in_it(settings):
    settings.PUBLIC_URL = "https://hub.example.org"

    assert openapi.document()["servers"] == [{"url": "https://hub.example.org"}]
