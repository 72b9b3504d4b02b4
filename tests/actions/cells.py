"""The cells of the table of actions: for each provider and action, what is given to do it on somebody new each time."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django_scopes import scope

from atsbridge.connections.models import Connection
from atsbridge.records.models import Record


@dataclass(frozen=True, slots=True)
class Cell:
    """One action of one provider. given: what it is told about an application. blind: what is lost is not found."""

    kind: str
    given: Callable[[Record], dict[str, Any]]
    blind: bool = False


def applications(connection: Connection) -> Iterator[Record]:
    """Applications to jobs with stages to move to, each once."""
    with scope(tenant=connection.tenant):
        rows = Record.objects.filter(connection=connection, model="application", status="PENDING", deleted_at=None)
        found = list(rows.select_related("connection__tenant").order_by("remote_id"))
    yield from (row for row in found if stages(row))


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


CELLS = {
    "homerun": (
        Cell("move_application", _move),
        Cell("add_note", _note, blind=True),
        Cell("delete_application", _application),
        Cell("delete_candidate", _candidate),
    ),
}
