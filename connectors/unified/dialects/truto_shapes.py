"""The shapes of Truto's records: each a type, from which what is said of them elsewhere is derived.

Everything that is not known is null. `Reference` holds no more than the id until somebody reads it.
"""

from typing import Annotated, Any, NotRequired, TypedDict

import msgspec

from connectors.unified.base import about

type Instant = Annotated[str, msgspec.Meta(extra_json_schema={"format": "date-time"})]
"""A time in UTC with its microseconds."""
type Some[Kind] = list[Kind] | None


class Reference(TypedDict):
    """A record by the provider's id, with its name where that is told here: null where the record was never seen."""

    id: str
    name: NotRequired[str | None]


class Name(TypedDict):
    """Something that has a name and no record."""

    id: None
    name: str


class WebPage(TypedDict):
    """An address, and what it is in the provider's word."""

    url: str
    type: str | None


class MailAddress(TypedDict):
    """An e-mail address, and what it is in the provider's word."""

    email: str | None
    type: str | None
    is_primary: NotRequired[bool]


class Telephone(TypedDict):
    """A phone number as the provider writes it."""

    number: str | None
    extension: str | None
    type: str | None


class Actor(TypedDict):
    """Who did something."""

    id: str
    type: str


class Sender(TypedDict):
    """Who wrote something and is no user."""

    email: None
    name: str


class Job(TypedDict):
    """A position to be filled."""

    name: str | None
    description: str | None
    code: Annotated[str | None, about("The number that people know it by")]
    requisition_id: None
    status: Annotated[str | None, about("open, closed, draft or archived")]
    locations: Annotated[list[str], about("Where the work is, as free text")]
    job_posting_urls: Some[WebPage]
    confidential: Annotated[bool | None, about("Whether the posting is other than public")]
    departments: Annotated[list[Reference], about("The department it belongs to")]
    teams: None
    offices: Some[Name]
    hiring_managers: Some[Reference]
    recruiters: Some[Reference]


class Candidate(TypedDict):
    """A person, with applications and files."""

    first_name: str | None
    last_name: str | None
    name: Annotated[str | None, about("Both names")]
    company: str | None
    title: str | None
    last_interaction_at: Instant | None
    is_private: Annotated[str | None, about("true or false, as a text: hidden from most people there")]
    can_email: bool | None
    locations: Annotated[list[str], about("Where the person lives, as free text")]
    phones: list[Telephone]
    emails: list[MailAddress]
    urls: Annotated[Some[WebPage], about("Pages of the person elsewhere")]
    tags: Some[Reference]


class Application(TypedDict):
    """One candidate considered for one job."""

    candidate: Annotated[Reference | None, about("The person considered")]
    job: Annotated[Reference | None, about("The position considered for")]
    applied_at: Annotated[Instant | None, about("When it entered the process")]
    rejected_at: Instant | None
    source: Name | None
    credited_to: Annotated[Reference | None, about("The user who brought the person")]
    current_stage: Annotated[Reference | None, about("Where in the process it is now")]
    reject_reason: Annotated[Reference | None, about("Why it was declined")]


class Stage(TypedDict):
    """A step that an application can be in; of one job's stages, with the job and its place there."""

    name: str | None
    status: Annotated[str | None, about("active or inactive")]
    job: Reference | None
    position: Annotated[int | None, about("Place in the job's process, from 0")]


class Attachment(TypedDict):
    """A file of a person, an application or a job."""

    file_name: str | None
    file_url: Annotated[str | None, about("Opens the file, without a key, for an hour or two")]
    candidate: Annotated[Reference | None, about("Whose file it is")]
    application: Annotated[Reference | None, about("The application it came with")]
    job: Annotated[Reference | None, about("The job it belongs to")]
    attachment_type: Annotated[str | None, about("resume, cover_letter or other")]


Activity = TypedDict(
    "Activity",
    {
        "candidate": Annotated[Reference | None, about("The person it is about")],
        "actor": Annotated[Actor | None, about("The user who wrote it")],
        "activity_type": Annotated[str | None, about("email or note")],
        "from": Annotated[Some[Sender], about("The writer, where no user is named")],
        "to": None,
        "cc": None,
        "subject": str | None,
        "body": Annotated[str | None, about("The text, plain or HTML")],
        "visibility": Annotated[str | None, about("private: only some may read it there. Else public")],
    },
)
Activity.__doc__ = "Something written about a person."


class User(TypedDict):
    """Somebody who works in the ATS."""

    first_name: str | None
    last_name: str | None
    name: Annotated[str | None, about("Both names")]
    emails: list[MailAddress]
    disabled: bool | None
    access_role: str | None


class Department(TypedDict):
    """A part of the company."""

    name: str | None
    parent: Annotated[Reference | None, about("The department above it")]
    status: Annotated[str | None, about("active or inactive")]


class Tag(TypedDict):
    """A label on people."""

    name: str | None


class ShownStage(TypedDict):
    """The stage of an application as it is read."""

    id: str
    name: str | None
    status: str | None
    job: NotRequired[Reference | None]


class ShownUser(TypedDict):
    """The user of an application as they are read."""

    id: str
    first_name: str | None
    last_name: str | None
    emails: Some[MailAddress]


SHOWN: dict[str, dict[str, Any]] = {
    "application": {
        "current_stage": Annotated[ShownStage | None, about("Where in the process it is now")],
        "reject_reason": Annotated[str | None, about("Why it was declined")],
        "credited_to": Annotated[ShownUser | None, about("The user who brought the person")],
    }
}
"""Model → what a reader sees in the place of a reference that is told by more than its id and name."""
