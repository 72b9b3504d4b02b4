"""What machines write in Truto's shape, and what it means: a body → what the unified action is told.

A body has here what Truto spells otherwise than we do; the rest comes from the action itself (`tells`). Truto documents
few bodies; what it leaves out is spelled as its records spell it. A field of the wrong type or an unknown one is
refused with its name (`msgspec.ValidationError`); one that Truto knows and no ATS here has a place for is answered
with a warning.
"""

from typing import Any, Literal

import msgspec
from msgspec import UNSET

from connectors.unified.actions import (
    AddAttachment,
    AddNote,
    AddResultLink,
    HireApplication,
    ImportApplication,
    Line,
    MoveApplication,
    Name,
    RejectApplication,
    Words,
)
from connectors.unified.dialects.truto_bodies import Given, Id, Paper, This, Written, tells
from connectors.unified.dialects.truto_people import (
    CandidateChange,
    KnownApplication,
    NewApplication,
    NewCandidate,
    Tagging,
)


class OfApplication(Written, kw_only=True):
    """What names an application."""

    needs = (("application",),)
    unused = {"user_id": "the ATS takes the key's own user for it", "candidate_id": "the application says whose it is"}

    application_id: Id | None = None
    application: This | None = None
    user_id: Any = UNSET
    candidate_id: Any = UNSET
    triggers: list[Id] = []

    def given(self) -> Given:
        """The application."""
        return super().given() | {"triggers": self.triggers}


@tells(MoveApplication)
class Move(OfApplication, kw_only=True):
    """POST /applications/move-stage."""


@tells(RejectApplication, reject_reason_id="rejection_reason_id")
class Rejection(OfApplication, kw_only=True):
    """POST /applications/reject."""

    reject_reason_id: Id | None = None

    def given(self) -> Given:
        """The application, why and how."""
        return super().given() | {"rejection_reason_id": self.reject_reason_id}


@tells(HireApplication)
class Hire(OfApplication, kw_only=True):
    """POST /applications/hire."""


@tells(AddResultLink)
class ResultLink(Written, kw_only=True):
    """POST /applications/add-result-link."""

    needs = (("application",),)

    application_id: Id | None = None
    application: This | None = None


@tells(ImportApplication, remote_id="application_id")
class Import(Written, kw_only=True):
    """POST /applications/import."""

    remote_id: Id

    def given(self) -> Given:
        """The application."""
        return super().given() | {"application_id": self.remote_id}


class About(Written, kw_only=True):
    """What names a person, or one of their applications."""

    needs = (("candidate", "application"),)

    candidate_id: Id | None = None
    candidate: This | None = None
    application_id: Id | None = None
    application: This | None = None


@tells(AddNote, body="content", visibility="is_private")
class NewActivity(About, kw_only=True):
    """POST /activities."""

    unused = {"subject": "notes have none", "actor": "the ATS takes the key's own user for it"}

    body: Words
    visibility: Literal["private", "public", "admin_only"] = "public"
    activity_type: Literal["note"] = "note"
    subject: Any = UNSET
    actor: Any = UNSET

    def given(self) -> Given:
        """Whose, and the text."""
        return super().given() | {"content": self.body, "is_private": self.visibility != "public"}


@tells(AddAttachment, "file")
class NewAttachment(About, kw_only=True):
    """POST /attachments, as JSON: the file's content as base64 (`data`), or where it is (`file_url`, else `url`)."""

    unused = {"remote_data": "a file goes to the ATS alone"}

    file_name: Name = ""
    file_url: Line = ""
    url: Line = ""
    data: str | None = None
    type: Literal["resume", "cover_letter", "other"] | None = None
    attachment_type: Literal["resume", "cover_letter", "other"] | None = None
    remote_data: Any = UNSET

    def papers(self) -> list[Paper]:
        """The file."""
        names = ("file_name", "file_url", "url", "data", "type", "attachment_type")
        return [Paper(**{name: getattr(self, name) for name in names})]


class Nothing(Written, kw_only=True):
    """The body of a DELETE."""

    unused = {"remote_data": "a deletion carries nothing"}


class Operation(msgspec.Struct, frozen=True):
    """One thing to do. kind: the unified action. body: what is sent. model: of which a record is answered. query:
    fields of the body that may be parameters instead. named: its record's id is a part of the address. method: it has
    a name, and wraps its answer. known: what it is where the body names a candidate by an id."""

    kind: str
    body: type[Written]
    model: str
    query: tuple[str, ...] = ()
    named: bool = False
    method: bool = False
    known: "Operation | None" = None

    def all(self) -> tuple["Operation", ...]:
        """Everything that it may be."""
        return (self, self.known) if self.known else (self,)

    def meant(self, fields: Given) -> "Operation":
        """The operation that a body means."""
        whom = fields.get("candidate")
        named = fields.get("candidate_id") is not None or (isinstance(whom, dict) and whom.get("id") is not None)
        return self.known if self.known and named else self


WHOSE = ("candidate_id", "application_id")

OPERATIONS: dict[tuple[str, str], Operation] = {
    ("POST", "candidates"): Operation("create_candidate", NewCandidate, "candidate", query=("job_id",)),
    ("PATCH", "candidates/{id}"): Operation("update_candidate", CandidateChange, "candidate", named=True),
    ("DELETE", "candidates/{id}"): Operation("delete_candidate", Nothing, "candidate", named=True),
    ("POST", "candidates/add-tag"): Operation("add_tag", Tagging, "candidate", method=True),
    ("POST", "candidates/remove-tag"): Operation("remove_tag", Tagging, "candidate", method=True),
    ("POST", "applications"): Operation(
        "create_application", NewApplication, "application", query=("job_id", "candidate_id"),
        known=Operation("apply_candidate", KnownApplication, "application"),
    ),
    ("DELETE", "applications/{id}"): Operation("delete_application", Nothing, "application", named=True),
    ("POST", "applications/import"): Operation("import_application", Import, "application", method=True),
    ("POST", "applications/move-stage"): Operation("move_application", Move, "application", method=True),
    ("POST", "applications/reject"): Operation("reject_application", Rejection, "application", method=True),
    ("POST", "applications/hire"): Operation("hire_application", Hire, "application", method=True),
    ("POST", "applications/add-result-link"): Operation("add_result_link", ResultLink, "application", method=True),
    ("POST", "attachments"): Operation("add_attachment", NewAttachment, "attachment", query=WHOSE),
    ("POST", "activities"): Operation("add_note", NewActivity, "note", query=WHOSE),
}  # fmt: skip
"""(method, what follows /unified/ats/) → what it does."""


def offered(route: str) -> tuple[str, ...]:
    """The methods that write at an address."""
    return tuple(method for method, each in OPERATIONS if each == route)
