"""What came of an action, as machines are told: the record, or who said no and why."""

import json
from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpResponse

from atsbridge.actions import performing, waiting
from atsbridge.actions.models import Action, State
from atsbridge.api.answers import ActionNamed, ActionToldOf, Left, Plan
from atsbridge.api.errors import Refusal, answer
from atsbridge.api.parameters import Asked
from atsbridge.api.shapes import Wish, shaped
from atsbridge.connections import exchanges
from atsbridge.connections.models import Exchange
from atsbridge.records import queries
from atsbridge.records.ids import record_id
from atsbridge.records.models import Change, Record
from connectors.decoding import demand_shallow
from connectors.unified.actions import AddAttachment, AddNote, Input
from connectors.unified.dialects.truto import instant
from connectors.unified.dialects.truto_writing import Operation

REMOTE = (400, 402, 403, 404, 409, 410, 413, 415, 422)
"""Refusals of a provider that keep their status; the others are told as 422."""
ENDS = {
    State.FAILED: HTTPStatus.BAD_GATEWAY,
    State.UNKNOWN: HTTPStatus.BAD_GATEWAY,
    State.CANCELLED: HTTPStatus.GONE,
    State.EXPIRED: HTTPStatus.GONE,
}
"""An end without the provider's word → its status; what must not be asked for again by itself is gone."""
DELETING = ("delete_candidate", "delete_application")
LONGEST_HEADER = 4000
MOST = 200
"""Notes, or files, of one person that are looked through."""


def told(action: Action, operation: Operation, asked: Asked, warnings: list[str]) -> HttpResponse:
    """The answer to whoever asked for an action that has ended; raises Refusal where it was not done."""
    headers = _headers(action, [*warnings, *action.warnings])
    if action.state != State.DONE:
        raise _refusal(action, headers)
    if action.rehearsal:
        return answer(_plan(action, warnings), headers=headers)
    return answer(_body(action, operation, asked), headers=headers)


def late(action: Action) -> Refusal:
    """What is said when an action has not ended in time."""
    why = f" {action.waits_for}." if action.waits_for else ""
    return Refusal(
        HTTPStatus.GATEWAY_TIMEOUT,
        f"It is not done yet.{why} GET {address(action)} says what becomes of it; asking for the same again waits on.",
        headers={"Retry-After": str(waiting.pause(action)), "Location": address(action), **_headers(action, [])},
        action=_this(action),
    )


def _plan(action: Action, warnings: list[str]) -> Plan:
    """What would be sent."""
    plan = action.plan
    return {
        "dry_run": True,
        "writes": plan["writes"],
        "calls": plan["calls"],
        "open": plan["open"],
        "warnings": [*warnings, *action.warnings],
    }


def address(action: Action) -> str:
    """Where an action is looked at."""
    return f"/actions/{action.pk}"


def whole(action: Action) -> ActionToldOf:
    """An action as `GET /actions/{id}` answers it."""
    return {
        "id": action.pk,
        "integrated_account_id": action.connection_id,
        "action": action.kind,
        "state": action.state,
        "dry_run": action.rehearsal,
        "remote_id": action.remote_id or None,
        "waits_for": action.waits_for or None,
        "error": action.error or None,
        "truto_is_remote_error": action.refused_with is not None,
        "next_step": action.step or None,
        "warnings": action.warnings,
        "incomplete": action.incomplete,
        "steps": {name: step["state"] for name, step in action.steps.items()},
        "by": action.by or None,
        "attempts": action.attempts,
        "created_at": instant(action.created_at),
        "not_before": _time(action.not_before) if action.ended_at is None else None,
        "expires_at": instant(action.expires_at),
        "ended_at": _time(action.ended_at),
    }


def _body(action: Action, operation: Operation, asked: Asked) -> Any:
    """The record as a read would answer it now. A named method wraps it, a deletion leaves the id."""
    if action.kind in DELETING:
        left: Left = {"id": action.remote_id}
        return left
    record = _record(action, operation.model, asked)
    return {"result": record} if operation.method else record


def _record(action: Action, model: str, asked: Asked) -> dict[str, Any]:
    rows = queries.records(action.connection, model)
    told = None if action.emptied_at else performing.read(action)
    about = getattr(told, f"{model}_id", None) or action.remote_id
    found = rows.filter(id=record_id(action.connection_id, model, about)).first() or _made(action, rows)
    if found is None:  # written, but not read back, or not made: a warning says so
        return {"id": about or None if model in ("candidate", "application") else None}
    return shaped(action.connection, model, [found], Wish(asked.remote_data, False, asked.excluded))[0]


def _made(action: Action, rows: "QuerySet[Record]") -> Record | None:
    """The note or file that an action made, whose id few providers name: what is like it, else the newest that came
    with it; None where it was forgotten what that was."""
    if action.emptied_at:
        return None
    given, touched = performing.read(action), list(action.touched.values_list("record", flat=True))
    mine = rows.filter(Q(candidate__in=touched) | Q(application__in=touched)).order_by("-created_at", "-first_seen_at")
    came = Change.objects.filter(cause="action", cause_id=action.pk, kind="created").values("record")
    alike = (record for record in mine[:MOST] if _is(record, given))
    return next(alike, None) or mine.filter(id__in=came).first()


def _is(record: Record, given: Input) -> bool:
    if isinstance(given, AddNote):
        return bool(json.loads(record.document)["content"] == given.content)
    return isinstance(given, AddAttachment) and record.title == given.file.name


def _refusal(action: Action, headers: dict[str, str]) -> Refusal:
    """Why it was not done, in the provider's own words where it had any."""
    message = " ".join(f"{words.rstrip('.')}." for words in (action.error, action.step) if words)
    answered = action.refused_with
    if answered is None:
        status = ENDS.get(State(action.state), HTTPStatus.UNPROCESSABLE_ENTITY)
        return Refusal(status, message, headers=headers, action=_this(action))
    status = HTTPStatus(answered) if answered in REMOTE else HTTPStatus.UNPROCESSABLE_ENTITY
    return Refusal(
        status,
        message,
        headers=headers,
        action=_this(action),
        truto_is_remote_error=True,
        raw_response=_raw(action),
        truto_error_insight=_insight(answered),
    )


def _raw(action: Action) -> Any:
    """What the provider said when it refused; None where that is kept no more."""
    said = Exchange.objects.filter(by="action", by_id=action.pk, status=action.refused_with).order_by("-id").first()
    if said is None:
        return None
    body = exchanges.body(said)
    try:
        demand_shallow(body.encode())
        return json.loads(body)
    except ValueError:
        return body


def _insight(status: int) -> dict[str, Any]:
    if status == HTTPStatus.FORBIDDEN:
        return {"forbidden_error": {"description": "The provider answered 403.", "value": {"missing_scopes": []}}}
    return {"remote_error": {"description": "The provider refused it: see raw_response."}}


def _headers(action: Action, warnings: list[str]) -> dict[str, str]:
    """Which action it was, whether it is an earlier one, and what was not done as asked."""
    headers = {"X-Action-Id": str(action.pk)}
    if action.replayed:
        headers["Idempotent-Replayed"] = "true"
    if warnings:
        headers["X-Action-Warnings"] = _fitting(warnings)
    return headers


def _fitting(warnings: list[str]) -> str:
    """As many of them as a header holds, a JSON list in ASCII; all of them stand in the action."""
    while len(said := json.dumps(warnings)) > LONGEST_HEADER:
        warnings = [*warnings[:-2], "There is more: see the action."]
    return said


def _this(action: Action) -> ActionNamed:
    return {"id": action.pk, "state": action.state, "url": address(action)}


def _time(at: datetime | None) -> str | None:
    return None if at is None else instant(at)
