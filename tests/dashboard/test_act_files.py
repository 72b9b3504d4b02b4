"""Files in forms, and what an ATS does by itself: chosen, refused with the reason, and nothing left behind."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django_scopes import scope

from atsbridge.actions.models import Action, Upload
from atsbridge.connections.models import Connection
from atsbridge.records import beside
from atsbridge.records.models import Record
from atsbridge.tenants.models import Tenant
from connectors.acting import Files
from tests.conftest import Browser
from tests.dashboard import reading
from tests.dashboard.test_acts import actions, fields, form, offered
from tests.records import factory

PDF = b"%PDF-1.7\nAda's life\n"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.fixture
def homerun(acme: Tenant, settings: Any, tmp_path: Path) -> Connection:
    """An account with Ada, and a place for files."""
    default = {**settings.STORAGES["default"], "OPTIONS": {"location": tmp_path / "files"}}
    settings.STORAGES = {**settings.STORAGES, "default": default}
    connection = factory.connect(acme, label="Homerun – Berlin")
    factory.make(connection, "candidate", "ada", first_name="Ada")
    return connection


@pytest.fixture
def cats(acme: Tenant) -> Connection:
    """An account with one application, whose second stage does two things by itself, one of them in any case."""
    connection = factory.connect(acme, "cats", label="CATS")
    for place, name in enumerate(("New", "Placed")):
        factory.make(connection, "application_stage", str(place), name=name)
        factory.make(connection, "job_stage", f"j:{place}", job_id="j", stage_id=str(place), index=place)
    factory.make(connection, "job", "j", name="Baker", status="OPEN")
    factory.make(connection, "candidate", "ada", first_name="Ada")
    factory.make(connection, "application", "a", candidate_id="ada", job_id="j", current_stage_id="0")
    triggers = [
        {"id": 7, "description": "E-mail Ada", "is_required": False},
        {"id": 8, "description": "Make a task", "is_required": True},
    ]
    with scope(tenant=acme):
        statuses = [{"id": 0, "title": "New"}, {"id": 1, "title": "Placed", "triggers": triggers}]
        beside.keep(connection, {"pipelines/workflows/3/statuses": statuses, "site": {}})
    return connection


def uploads(connection: Connection) -> list[Upload]:
    with scope(tenant=connection.tenant):
        return list(Upload.objects.select_related("action"))


def test_a_form_takes_a_file_as_parts_and_its_content_says_what_it_is(alice: Browser, homerun: Connection):
    address = form(homerun, "candidate", "add_attachment")
    shown = reading.content(alice.get(address))
    assert 'enctype="multipart/form-data"' in shown
    assert fields(shown)["file-0-upload"]["type"] == "file"
    sent = SimpleUploadedFile("../../Ada's life.pdf", PDF, content_type="text/html")

    alice.post(address, {"file-0-upload": sent, "file-0-type": "CV"})

    [action], [upload] = actions(homerun), uploads(homerun)
    told = json.loads(action.input)["file"]
    assert (told["name"], told["type"], told["content_type"], told["size"]) == (
        "Ada's life.pdf", "CV", "application/pdf", len(PDF),
    )  # fmt: skip
    assert (told["key"], upload.action) == (str(upload.pk), action)
    with upload.file.open() as kept:
        assert kept.read() == PDF


@pytest.mark.parametrize(
    ("name", "content", "most", "words"),
    [
        ("life.pdf", PDF, 10, "MB are the most"),
        ("picture.svg", SVG, 1000, "a page that could run a script"),
        ("empty.pdf", b"", 1000, "empty"),
    ],
)
def test_a_file_that_is_not_taken_leaves_nothing(
    alice: Browser, homerun: Connection, name: str, content: bytes, most: int, words: str
):
    with offered(homerun, "add_attachment", files=Files(most)):
        sent = {"file-0-upload": SimpleUploadedFile(name, content), "file-0-type": "CV"}
        answer = alice.post(form(homerun, "candidate", "add_attachment"), sent)
    assert (answer.status_code, words in reading.text(answer.content.decode())) == (422, True)
    assert (actions(homerun), uploads(homerun)) == ([], [])


def test_an_address_inside_is_refused_and_without_a_file_nothing_is_sent(alice: Browser, homerun: Connection):
    address = form(homerun, "candidate", "add_attachment")
    inside = alice.post(address, {"file-0-url": "file:///etc/passwd", "file-0-type": "CV"})
    without = alice.post(address, {"file-0-type": "CV"})
    assert (inside.status_code, without.status_code) == (422, 422)
    assert '<a href="#id_file-0-upload">' in inside.content.decode()
    assert "This field is required." in reading.text(without.content.decode())
    assert actions(homerun) == []


def test_what_is_wrong_beside_a_file_leaves_none_either(alice: Browser, homerun: Connection):
    with scope(tenant=homerun.tenant):
        factory.make(homerun, "job", "j", name="Baker")
    sent = {
        "first_name": "Ada", "last_name": "L", "attachments-0-upload": SimpleUploadedFile("life.pdf", PDF),
        "attachments-0-type": "CV", "attachments-1-upload": SimpleUploadedFile("x.svg", SVG),
        "attachments-1-type": "OTHER",
    }  # fmt: skip
    answer = alice.post(form(homerun, "job", "create_candidate"), sent)
    assert (answer.status_code, actions(homerun), uploads(homerun)) == (422, [], [])


def test_what_the_ats_does_by_itself_is_off_unless_chosen(alice: Browser, cats: Connection):
    address = form(cats, "application", "move_application")
    shown = reading.content(alice.get(address))
    assert "Placed: E-mail Ada" in reading.text(shown)
    assert "CATS does by itself, asked or not: Placed: Make a task" in reading.text(shown)
    assert "checked" not in shown[shown.index('id="id_triggers"') :]

    for chosen in ({}, {"triggers": ["7"]}, {"triggers": ["8"]}):
        alice.post(address, {"stage_id": "1", "expected_stage_id": "0", **chosen})

    assert [json.loads(action.input)["triggers"] for action in actions(cats)] == [[], ["7"]]


def test_a_batch_is_asked_for_them_too(alice: Browser, cats: Connection):
    with scope(tenant=cats.tenant):
        job, application = (Record.objects.get(model=model) for model in ("job", "application"))
    card = f"{application.id}:{application.stage}"
    asked = {"kind": "move_application", "application": card}
    shown = alice.post(f"/t/acme/pipelines/{job.id}/batch/", asked)
    assert "Placed: E-mail Ada" in reading.text(reading.content(shown))
    alice.post(f"/t/acme/pipelines/{job.id}/batch/", {**asked, "propose": "1", "stage_id": "1", "triggers": ["7"]})
    with scope(tenant=cats.tenant):
        rehearsal = Action.objects.get()
    assert (rehearsal.rehearsal, json.loads(rehearsal.input)["triggers"]) == (True, ["7"])
