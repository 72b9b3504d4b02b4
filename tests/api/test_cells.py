"""Every cell of the table of actions, done from JSON with each ATS: what the ATS did, and what is answered."""

import base64
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django_scopes import scope

import connectors
from atsbridge.records.models import Record
from connectors.acting import Act
from connectors.mapping import Unavailable
from connectors.unified.dialects.truto_writing import OPERATIONS, Operation
from tests.api.acting import Writer, worker, writer
from tests.sync import harness

pytestmark = pytest.mark.django_db(transaction=True)
GRACE = {"first_name": "Grace", "last_name": "Hopper", "emails": [{"email": "grace@example.test"}]}
CV = {"file_name": "cv.pdf", "type": "resume", "data": base64.b64encode(b"%PDF-1.7 Grace").decode()}


@pytest.fixture(params=["homerun", "cats"])
def ats(request, acme) -> Iterator[Writer]:
    """Acme's synced account of each ATS in turn, with a worker."""
    emulator = harness.emulate(request.param, jobs=3, people=12)
    with harness.mounted(request.param, emulator):
        connection = harness.link(acme, request.param, emulator)
        harness.sync(connection)
        with worker(acme):
            yield writer(connection, emulator)


class Subject:
    """What the actions are about."""

    def __init__(self, ats: Writer) -> None:
        self.ats = ats
        with scope(tenant=ats.connection.tenant):
            places = Record.objects.filter(model="application_stage").exclude(title__in=("Hired", "Placed"))
            open_ = Record.objects.filter(model="application", status="PENDING", stage__in=places.values("id"))
            self.application = open_.order_by("remote_id")[0]
        document = json.loads(self.application.document)
        self.about = {"application_id": self.application.remote_id}
        self.candidate, self.job = document["candidate_id"], document["job_id"]
        self.stage = ats.stages(self.application)[0]

    @property
    def hiring(self) -> dict[str, str]:
        """Which stage hires, where the ATS cannot know."""
        last = self.ats.stages(self.application)[-1]
        return {"stage_id": last} if self.ats.connection.connector == "homerun" else {}

    @property
    def tag(self) -> str:
        """A tag that the ATS has."""
        return self.ats.record("tag").title if self.ats.connection.connector == "cats" else "Senior"


BODIES: dict[tuple[str, str], Callable[[Subject], dict[str, Any]]] = {
    ("POST", "candidates"): lambda it: {**GRACE, "job_id": it.job, "attachments": [CV], "source": "Acme Talent"},
    ("PATCH", "candidates/{id}"): lambda it: {"first_name": "Ada", "phones": [{"number": "+44 20 1"}]},
    ("DELETE", "candidates/{id}"): lambda it: {},
    ("POST", "candidates/add-tag"): lambda it: {"candidate_id": it.candidate, "tag": {"name": it.tag}},
    ("POST", "candidates/remove-tag"): lambda it: {"candidate_id": it.candidate, "tag": it.tag},
    ("POST", "applications"): lambda it: {"candidate": GRACE, "job": {"id": it.job}, "attachments": [CV]},
    ("DELETE", "applications/{id}"): lambda it: {},
    ("POST", "applications/import"): lambda it: {"remote_id": it.application.remote_id},
    ("POST", "applications/move-stage"): lambda it: {**it.about, "stage_id": it.stage},
    ("POST", "applications/reject"): lambda it: {**it.about, "note": "Not now"},
    ("POST", "applications/hire"): lambda it: {**it.about, **it.hiring},
    ("POST", "applications/add-result-link"): lambda it: {
        **it.about, "label": "Logic", "url": "https://results.example.test/1",
        "attributes": [{"key": "score", "value": "87"}],
    },
    ("POST", "attachments"): lambda it: {"candidate_id": it.candidate, **CV},
    ("POST", "activities"): lambda it: {**it.about, "body": "Good call"},
}  # fmt: skip


def done(ats: Writer, cell: tuple[str, str]) -> tuple[Any, Subject]:
    """The answer to the request of a cell, and what it was about."""
    subject, (method, route) = Subject(ats), cell
    if route == "candidates/remove-tag":
        ats.send("POST", "candidates/add-tag", {"candidate_id": subject.candidate, "tag": subject.tag})
    remote_id = subject.candidate if route.startswith("candidates") else subject.application.remote_id
    return ats.send(method, route.replace("{id}", remote_id), BODIES[cell](subject)), subject


def test_every_operation_has_a_body_here() -> None:
    assert BODIES.keys() == OPERATIONS.keys()


@pytest.mark.parametrize("cell", OPERATIONS, ids=" ".join)
def test_a_cell_is_done_or_declared_impossible_with_its_reason(ats, cell):
    operation = OPERATIONS[cell]
    act = connectors.get(ats.connection.connector).actions[operation.kind]

    answer, subject = done(ats, cell)

    if isinstance(act, Unavailable):
        assert (answer.status_code, answer.json()["message"]) == (422, act.reason)
        assert (ats.actions(), ats.effects()) == ([], [])
        return
    assert isinstance(act, Act)
    assert answer.status_code == 200, answer.content
    assert bool(ats.effects()) == (operation.kind != "import_application")  # which only reads
    action = ats.actions()[-1]
    assert (action.kind, action.state, action.incomplete) == (operation.kind, "done", False)
    told(ats, operation, subject, answer.json())


def told(ats: Writer, operation: Operation, subject: Subject, body: Any) -> None:
    """Compare what was answered with what a read answers now."""
    if operation.kind.startswith("delete"):
        about = subject.candidate if operation.model == "candidate" else subject.application.remote_id
        assert body == {"id": about}
        assert ats.send("GET", f"{operation.model}s/{about}").status_code == 404
        return
    record = body["result"] if operation.method else body
    resource = {"note": "activities"}.get(operation.model, f"{operation.model}s")
    assert record == ats.send("GET", f"{resource}/{record['id']}").json()
    LOOKS.get(operation.kind, lambda *_: None)(record, subject)


def created(record: dict[str, Any], subject: Subject) -> None:
    assert (record["name"], [mail["email"] for mail in record["emails"]]) == ("Grace Hopper", ["grace@example.test"])
    assert [application["job"] for application in record["applications"]] == [{"id": subject.job}]
    assert [file["file_name"] for file in record["attachments"]] == ["cv.pdf"]


def applied(record: dict[str, Any], subject: Subject) -> None:
    assert record["job"] == {"id": subject.job}


def moved(record: dict[str, Any], subject: Subject) -> None:
    assert (record["id"], record["current_stage"]["id"]) == (subject.application.remote_id, subject.stage)


def changed(record: dict[str, Any], subject: Subject) -> None:
    assert (record["id"], record["first_name"], record["phones"][0]["number"]) == (subject.candidate, "Ada", "+44 20 1")


def noted(record: dict[str, Any], subject: Subject) -> None:
    assert (record["candidate"], record["body"]) == ({"id": subject.candidate}, "Good call")


def filed(record: dict[str, Any], subject: Subject) -> None:
    assert (record["candidate"], record["file_name"]) == ({"id": subject.candidate}, "cv.pdf")


def untagged(record: dict[str, Any], subject: Subject) -> None:
    assert subject.tag not in [tag["name"] for tag in record["tags"]]


def tagged(record: dict[str, Any], subject: Subject) -> None:
    assert subject.tag in [tag["name"] for tag in record["tags"]]


LOOKS: dict[str, Callable[[dict[str, Any], Subject], None]] = {
    "create_candidate": created,
    "create_application": applied,
    "move_application": moved,
    "update_candidate": changed,
    "add_note": noted,
    "add_attachment": filed,
    "add_tag": tagged,
    "remove_tag": untagged,
}
