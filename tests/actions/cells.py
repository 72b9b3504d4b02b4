"""The cells of the table of actions: for each provider and action, what is given to do it on somebody new each time."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django_scopes import scope

from atsbridge.actions.models import Touched
from atsbridge.connections.models import Connection
from atsbridge.records.models import Record
from tests.actions.harness import upload

EARLY = 2
"""Who is in one of so many first stages has somewhere to go."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One action of one provider. given: what it is told about an application. blind: what is lost is not found. idle:
    with some people there is nothing to do."""

    kind: str
    given: Callable[[Record], dict[str, Any]]
    blind: bool = False
    idle: bool = False

    def __str__(self) -> str:
        return self.kind


def applications(connection: Connection) -> Iterator[Record]:
    """Applications that stand at the beginning of an open job with stages to move to, each once."""
    with scope(tenant=connection.tenant):
        rows = Record.objects.filter(connection=connection, model="application", status="PENDING", deleted_at=None)
        jobs = Record.objects.filter(connection=connection, model="job", status="OPEN").values("id")
        rows = rows.filter(job__in=jobs)
        found = list(rows.select_related("connection__tenant").order_by("remote_id"))
    yield from (row for row in found if len(stages(row)) > 1 and _place(row) < EARLY)


def _place(application: Record) -> int:
    """How many stages of its job come before the one where it is."""
    with scope(tenant=application.connection.tenant):
        places = Record.objects.filter(connection=application.connection, model="job_stage", job=application.job)
        before = places.filter(stage=application.stage).values_list("position", flat=True).first()
    return EARLY if before is None else before


def stages(application: Record) -> list[str]:
    """The stages of its job, in order, that it can be moved to: not the first, and not where it is."""
    with scope(tenant=application.connection.tenant):
        places = Record.objects.filter(connection=application.connection, model="job_stage", job=application.job)
        ids = [json.loads(place.document)["stage_id"] for place in places.order_by("position")]
    return [stage for stage in ids[1:] if stage != json.loads(application.document)["current_stage_id"]]


def _move(application: Record) -> dict[str, Any]:
    return {"application_id": application.remote_id, "stage_id": stages(application)[0]}


def _application(application: Record) -> dict[str, Any]:
    return {"application_id": application.remote_id}


def _candidate(application: Record) -> dict[str, Any]:
    return {"candidate_id": json.loads(application.document)["candidate_id"]}


def _note(application: Record) -> dict[str, Any]:
    return _application(application) | {"content": f"Spoke to them\nabout {application.remote_id}"}


def _person(application: Record) -> dict[str, Any]:
    mail = f"ada.{application.remote_id.lower()}@example.test"
    return {"first_name": "Ada", "last_name": "Lovelace", "email_addresses": [{"email_address": mail}]}


def _applicant(application: Record) -> dict[str, Any]:
    document = json.loads(application.document)
    file = upload(application.connection, "cv.pdf", b"%PDF-1.7 a cv", type="CV", content_type="application/pdf")
    where = {"job_id": document["job_id"], "stage_id": stages(application)[0]}
    return _person(application) | where | {"attachments": [file]}


def _known(application: Record) -> dict[str, Any]:
    """Somebody who has no application, and whom no action was about."""
    with scope(tenant=application.connection.tenant):
        rows = Record.objects.filter(connection=application.connection, deleted_at=None)
        idle = rows.filter(model="candidate").exclude(id__in=rows.filter(model="application").values("candidate"))
        somebody = idle.exclude(id__in=Touched.objects.values("record")).order_by("remote_id")[0]
    applied = {name: value for name, value in _applicant(application).items() if name not in _person(application)}
    return {"candidate_id": somebody.remote_id, **applied}


def _change(application: Record) -> dict[str, Any]:
    return _candidate(application) | {"last_name": f"Byron-{application.remote_id[-4:]}"}


def _file(application: Record) -> dict[str, Any]:
    return _application(application) | {"file": upload(application.connection, "work.pdf", b"%PDF-1.7 some work")}


def _link(application: Record) -> dict[str, Any]:
    return _application(application) | {"label": "Test", "url": f"https://tests.example/{application.remote_id}"}


def _tag(application: Record) -> dict[str, Any]:
    with scope(tenant=application.connection.tenant):
        tags = Record.objects.filter(connection=application.connection, model="tag").order_by("remote_id")
        return _candidate(application) | {"tag": tags.values_list("remote_id", flat=True)[0]}


CELLS = {
    "homerun": (
        Cell("create_candidate", _person),
        Cell("create_application", _applicant),
        Cell("apply_candidate", _known),
        Cell("update_candidate", _change),
        Cell("move_application", _move),
        Cell("hire_application", _application),
        Cell("add_attachment", _file),
        Cell("add_note", _note, blind=True),
        Cell("add_result_link", _link, blind=True),
        Cell("delete_application", _application),
        Cell("delete_candidate", _candidate),
    ),
    "cats": (
        Cell("create_candidate", _person),
        Cell("create_application", _applicant),
        Cell("apply_candidate", _known),
        Cell("update_candidate", _change),
        Cell("move_application", _move),
        Cell("reject_application", _application),
        Cell("hire_application", _application),
        Cell("add_attachment", _file),
        Cell("add_note", _note),
        Cell("add_result_link", _link),
        Cell("add_tag", _tag, idle=True),
        Cell("remove_tag", _tag, idle=True),
        Cell("delete_application", _application),
        Cell("delete_candidate", _candidate),
    ),
}
