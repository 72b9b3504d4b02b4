"""Truto's shape of every unified model.

`wire` renders a record's own values once, when they change. What a record refers to stands there as
`{"id": remote id}`; whoever reads adds the rest (names, embedded records, `created_at`, `updated_at`, `deleted_at`,
`remote_data`).
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from connectors.unified.dialects import truto_shapes
from connectors.unified.dialects.truto_shapes import Reference, WebPage

VERSION = 1
"""Raised whenever `wire` renders the same document differently."""

RESOURCES = {
    "jobs": "job",
    "candidates": "candidate",
    "applications": "application",
    "job_interview_stages": "application_stage",
    "attachments": "attachment",
    "users": "user",
    "tags": "tag",
    "departments": "department",
    "activities": "note",
}
"""Truto's resource → the slug of the unified model."""

JOB_STATUSES = ("open", "closed", "draft", "pending", "archived")
"""Every status that Truto names for a job."""

FILE_TYPES = {"CV": "resume", "COVER_LETTER": "cover_letter", "OTHER": "other"}

type Document = dict[str, Any]
type Shape = dict[str, Any]


def wire(model_slug: str, remote_id: str, document: Document) -> str:
    """A record's own values as JSON text in Truto's shape."""
    return msgspec.json.encode({"id": remote_id, **SHAPES[model_slug](document)}).decode()


def instant(at: datetime) -> str:
    """A time in UTC, always with its microseconds."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def _job(document: Document) -> truto_shapes.Job:
    return {
        "name": document.get("name"),
        "description": document.get("description"),
        "code": document.get("job_code"),
        "requisition_id": None,
        "status": _lower(document.get("status")),
        "locations": _places(document.get("location")),
        "job_posting_urls": _postings(document),
        "confidential": _confidential(document.get("visibility")),
        "departments": _these([document.get("department_id")]),
        "teams": None,
        "offices": _offices(document.get("offices")),
        "hiring_managers": _team(document, "HIRING_MANAGER"),
        "recruiters": _team(document, "RECRUITER"),
    }


def _candidate(document: Document) -> truto_shapes.Candidate:
    return {
        "first_name": document.get("first_name"),
        "last_name": document.get("last_name"),
        "name": _full_name(document),
        "company": document.get("company"),
        "title": document.get("title"),
        "last_interaction_at": _time(document.get("last_interaction_at")),
        "is_private": _word(document.get("confidential")),
        "can_email": document.get("can_email"),
        "locations": _places(document.get("location")),
        "phones": [_phone(phone) for phone in document.get("phone_numbers") or []],
        "emails": [
            {"email": email.get("email_address"), "type": email.get("type")}
            for email in document.get("email_addresses") or []
        ],
        "urls": _urls(document.get("social_media")),
        "tags": None if document.get("tag_ids") is None else _these(document["tag_ids"]),
    }


def _application(document: Document) -> truto_shapes.Application:
    source = document.get("source")
    return {
        "candidate": _this(document.get("candidate_id")),
        "job": _this(document.get("job_id")),
        "applied_at": _time(document.get("remote_created_at")),
        "rejected_at": _time(document.get("rejected_at")),
        "source": None if source is None else {"id": None, "name": source},
        "credited_to": _this(document.get("credited_to_id")),
        "current_stage": _this(document.get("current_stage_id")),
        "reject_reason": _this(document.get("rejection_reason_id")),
    }


def _application_stage(document: Document) -> truto_shapes.Stage:
    return {"name": document.get("name"), "status": _lower(document.get("status")), "job": None, "position": None}


def _job_stage(document: Document) -> Shape:
    """One job's place for a stage: it answers under the stage's id, with the job and the position filled in."""
    return {"id": document.get("stage_id"), "job": _this(document.get("job_id")), "position": document.get("index")}


def _attachment(document: Document) -> truto_shapes.Attachment:
    return {
        "file_name": document.get("file_name"),
        "file_url": None,
        "candidate": _this(document.get("candidate_id")),
        "application": _this(document.get("application_id")),
        "job": _this(document.get("job_id")),
        "attachment_type": FILE_TYPES.get(document.get("type") or ""),
    }


def _activity(document: Document) -> truto_shapes.Activity:
    kind, author, writer = document.get("kind"), document.get("author_id"), document.get("author_name")
    return {
        "candidate": _this(document.get("candidate_id")),
        "actor": None if author is None else {"id": author, "type": "user"},
        # Truto knows two kinds: what is no e-mail (a call, a meeting) is told as the note that was made of it.
        "activity_type": None if kind is None else "email" if kind == "EMAIL" else "note",
        "from": None if writer is None else [{"email": None, "name": writer}],
        "to": None,
        "cc": None,
        "subject": document.get("title"),
        "body": document.get("content"),
        "visibility": _either(document.get("is_private"), "private", "public"),
    }


def _user(document: Document) -> truto_shapes.User:
    email, status = document.get("email"), document.get("status")
    return {
        "first_name": document.get("first_name"),
        "last_name": document.get("last_name"),
        "name": _full_name(document),
        "emails": [] if email is None else [{"email": email, "type": None, "is_primary": True}],
        "disabled": None if status is None else status == "INACTIVE",
        "access_role": document.get("access_role"),
    }


def _department(document: Document) -> truto_shapes.Department:
    return {
        "name": document.get("name"),
        "parent": _this(document.get("parent_id")),
        "status": _lower(document.get("status")),
    }


def _named(document: Document) -> truto_shapes.Tag:
    return {"name": document.get("name")}


SHAPES: dict[str, Callable[[Document], Mapping[str, Any]]] = {
    "job": _job,
    "candidate": _candidate,
    "application": _application,
    "application_stage": _application_stage,
    "job_stage": _job_stage,
    "attachment": _attachment,
    "note": _activity,
    "user": _user,
    "tag": _named,
    "department": _department,
    "rejection_reason": _named,
}


def _this(remote_id: str | None) -> Reference | None:
    return None if remote_id is None else {"id": remote_id}


def _these(remote_ids: list[str | None]) -> list[Reference]:
    return [{"id": remote_id} for remote_id in remote_ids if remote_id is not None]


def _lower(word: str | None) -> str | None:
    return None if word is None else word.lower()


def _either(value: bool | None, yes: str, no: str) -> str | None:
    return None if value is None else yes if value else no


def _word(value: bool | None) -> str | None:
    # Truto documents `is_private` as a string, a boolean by meaning.
    return _either(value, "true", "false")


def _time(value: str | datetime | None) -> str | None:
    if value is None:
        return None
    return instant(datetime.fromisoformat(value) if isinstance(value, str) else value)


def _full_name(document: Document) -> str | None:
    return " ".join(part for part in (document.get("first_name"), document.get("last_name")) if part) or None


def _confidential(visibility: str | None) -> bool | None:
    return None if visibility is None else visibility != "PUBLIC"


def _phone(phone: Shape) -> truto_shapes.Telephone:
    return {"number": phone.get("phone_number"), "extension": phone.get("extension"), "type": phone.get("type")}


def _urls(pages: list[Shape] | None) -> list[WebPage] | None:
    if pages is None:
        return None
    return [{"url": page["link"], "type": page.get("type")} for page in pages if page.get("link")]


def _offices(names: list[str] | None) -> list[truto_shapes.Name] | None:
    return None if names is None else [{"id": None, "name": name} for name in names]


def _team(document: Document, role: str) -> list[Reference] | None:
    team = document.get("hiring_team")
    if team is None:
        return None
    return _these([member["user_id"] for member in team if role in member["roles"]])


def _postings(document: Document) -> list[WebPage] | None:
    postings = document.get("job_postings")
    if postings is None:
        url = document.get("post_url")
        return None if url is None else [{"url": url, "type": None}]
    return [{"url": it["url"], "type": _lower(it.get("visibility"))} for it in postings if it.get("url")]


def _places(location: Shape | None) -> list[str]:
    """A place as free text: the provider's own line, else its parts."""
    if location is None:
        return []
    town = " ".join(part for part in (location.get("zip_code"), location.get("city")) if part)
    parts = (location.get("street_1"), location.get("street_2"), town, location.get("state"), location.get("country"))
    line = location.get("raw") or ", ".join(part for part in parts if part)
    return [line] if line else []
