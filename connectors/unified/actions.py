"""Everything that can be written, described once: each action one class, each field one line.

Kombo's name for a field where Kombo has one. Forms, validation of JSON, OpenAPI and coverage are derived from here. Ids
are the provider's. A field that is UNSET was not given; one that is null is to be emptied.
"""

from datetime import datetime
from typing import Annotated, Any, ClassVar

import msgspec
from msgspec import UNSET, UnsetType

from connectors.unified.base import Part, about
from connectors.unified.parts import EmailAddress, FileType, Location, PhoneNumber, Position, SocialMedia

type Name = Annotated[str, msgspec.Meta(max_length=255)]
type Line = Annotated[str, msgspec.Meta(max_length=1000)]
type Text = Annotated[str, msgspec.Meta(max_length=65_536)]
"""What a name, a line and a text hold at most, whatever the provider takes."""
A_WORD, AN_ID = r"\S", r"^(?!\.+$)[^/?#\\]+$"
type Called = Annotated[str, msgspec.Meta(max_length=255, pattern=A_WORD)]
type Place = Annotated[str, msgspec.Meta(max_length=1000, pattern=A_WORD)]
type Words = Annotated[str, msgspec.Meta(max_length=65_536, pattern=A_WORD)]
"""A name, an address and a text that say something."""
type Moment = Annotated[datetime, msgspec.Meta(tz=True)]
YEARS = range(1900, 2101)
"""Years in which something was written that somebody tells of."""
type Id = Annotated[str, msgspec.Meta(max_length=255, pattern=AN_ID)]
"""The provider's id of something that has an address: it leads to no other one."""


class File(Part, frozen=True):
    """A file on its way: `key` names where we keep it, empty until one given by `url` was fetched."""

    name: Annotated[Name, about("Its name, with the ending")]
    type: Annotated[FileType, about("CV, COVER_LETTER or OTHER")] = FileType.OTHER
    content_type: Annotated[Name | None, about("Its MIME type, as its content has it")] = None
    size: Annotated[int, about("Bytes")] = 0
    sha256: Annotated[str, about("Digest of its content, hexadecimal")] = ""
    url: Annotated[Line, about("Where it is fetched from")] = ""
    key: Annotated[Name, about("Where we keep it")] = ""


class Reply(Part, frozen=True):
    """An answer to one of a job's questions."""

    question: Annotated[Line, about("The question, or its id")]
    answer: Annotated[Any, about("What was answered")] = None


class Attribute(Part, frozen=True):
    """One line of a result: `score: 87`."""

    key: Annotated[Name, about("Its name")]
    value: Annotated[Line, about("Its value")]


PASSED = about("What goes to the ATS as it stands, in the request that writes the main thing")


class Input(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What an action is told. on: the models on whose records it is done; the first names the field of its id."""

    slug: ClassVar[str]
    label: ClassVar[str]
    on: ClassVar[tuple[str, ...]]
    """Where people begin it: the models whose pages offer it, and `connection` where it needs no record."""

    remote_data: Annotated[dict[str, Any] | UnsetType, PASSED] = UNSET


class Person(Input, kw_only=True):
    """What can be said of somebody who is created."""

    first_name: Annotated[Called, about("Given name")]
    last_name: Annotated[Called, about("Family name")]
    email_addresses: Annotated[list[EmailAddress], about("E-mail addresses, the first is the main one")] = []
    phone_numbers: Annotated[list[PhoneNumber], about("Phone numbers, with their country code")] = []
    title: Annotated[Name | None, about("Job title")] = None
    company: Annotated[Name | None, about("Present employer")] = None
    location: Annotated[Location | None, about("Where the person lives")] = None
    social_media: Annotated[list[SocialMedia], about("Pages elsewhere, as whole addresses")] = []
    source: Annotated[Name | None, about("Where the person comes from, by name, key or id")] = None
    tags: Annotated[list[str], about("Tags, by name or id")] = []
    work_history: Annotated[list[Position], about("Positions, the latest first")] = []
    custom_fields: Annotated[dict[str, Any], about("The customer's own fields, by label")] = {}
    answers: Annotated[list[Reply], about("Answers to the job's questions")] = []
    attachments: Annotated[list[File], about("Files; the first CV is the résumé")] = []


class CreateCandidate(Person, kw_only=True):
    """A new person, with or without an application."""

    slug: ClassVar[str] = "create_candidate"
    label: ClassVar[str] = "Create candidate"
    on: ClassVar[tuple[str, ...]] = ("connection", "job")

    job_id: Annotated[Id | None, about("The job applied for; without it nobody applies", ref="job")] = None
    stage_id: Annotated[str | None, about("Where the application begins", ref="application_stage")] = None
    allow_duplicate: Annotated[bool, about("Even if somebody is known under this address")] = False


class CreateApplication(Person, kw_only=True):
    """A new application for a job, of a new person or, where the provider knows the address, of that one."""

    slug: ClassVar[str] = "create_application"
    label: ClassVar[str] = "Create application"
    on: ClassVar[tuple[str, ...]] = ("job",)

    job_id: Annotated[Id, about("The job applied for", ref="job")]
    stage_id: Annotated[str | None, about("Where the application begins", ref="application_stage")] = None


class ApplyCandidate(Input, kw_only=True):
    """A new application for a job, of somebody who is known; nothing of the person is changed."""

    slug: ClassVar[str] = "apply_candidate"
    label: ClassVar[str] = "Add to job"
    on: ClassVar[tuple[str, ...]] = ("candidate",)

    candidate_id: Annotated[Id, about("The person", ref="candidate")]
    job_id: Annotated[Id, about("The job applied for", ref="job")]
    stage_id: Annotated[str | None, about("Where the application begins", ref="application_stage")] = None
    source: Annotated[Name | None, about("Where the application comes from, by name, key or id")] = None
    answers: Annotated[list[Reply], about("Answers to the job's questions")] = []
    attachments: Annotated[list[File], about("Files; the first CV is the résumé")] = []


class ImportApplication(Input, kw_only=True):
    """An application that others made, from now on read as if it were made from here. Nothing is written."""

    slug: ClassVar[str] = "import_application"
    label: ClassVar[str] = "Import application"
    on: ClassVar[tuple[str, ...]] = ()

    application_id: Annotated[Id, about("The application", ref="application")]


class UpdateCandidate(Input, kw_only=True):
    """Changes of what is known of somebody; what is not given stays."""

    slug: ClassVar[str] = "update_candidate"
    label: ClassVar[str] = "Change"
    on: ClassVar[tuple[str, ...]] = ("candidate",)

    candidate_id: Annotated[Id, about("The person", ref="candidate")]
    first_name: Annotated[Called | UnsetType, about("Given name")] = UNSET
    last_name: Annotated[Called | UnsetType, about("Family name")] = UNSET
    email_addresses: Annotated[list[EmailAddress] | UnsetType, about("All e-mail addresses, the main one first")] = (
        UNSET
    )
    phone_numbers: Annotated[list[PhoneNumber] | UnsetType, about("All phone numbers, with their country code")] = UNSET
    title: Annotated[Name | UnsetType | None, about("Job title")] = UNSET
    company: Annotated[Name | UnsetType | None, about("Present employer")] = UNSET
    location: Annotated[Location | UnsetType | None, about("Where the person lives")] = UNSET
    social_media: Annotated[list[SocialMedia] | UnsetType, about("All pages elsewhere, as whole addresses")] = UNSET
    source: Annotated[Name | UnsetType | None, about("Where the person comes from")] = UNSET
    custom_fields: Annotated[dict[str, Any] | UnsetType, about("The customer's own fields to change, by label")] = UNSET


class MoveApplication(Input, kw_only=True):
    """Another stage for an application."""

    slug: ClassVar[str] = "move_application"
    label: ClassVar[str] = "Move to stage"
    on: ClassVar[tuple[str, ...]] = ("application",)

    application_id: Annotated[Id, about("The application", ref="application")]
    stage_id: Annotated[str, about("The stage to move to, one of its job's", ref="application_stage")]
    expected_stage_id: Annotated[
        str | None, about("Where it is believed to be: elsewhere, it is not moved", ref="application_stage")
    ] = None
    triggers: Annotated[list[str], about("What the ATS shall do besides, of what it does only if asked, by id")] = []


class RejectApplication(Input, kw_only=True):
    """An application declined."""

    slug: ClassVar[str] = "reject_application"
    label: ClassVar[str] = "Reject"
    on: ClassVar[tuple[str, ...]] = ("application",)

    application_id: Annotated[Id, about("The application", ref="application")]
    stage_id: Annotated[
        str | None, about("The stage that declines, else the first one that does", ref="application_stage")
    ] = None
    rejection_reason_id: Annotated[str | None, about("Why, where the ATS keeps reasons", ref="rejection_reason")] = None
    note: Annotated[Text | None, about("A note about it")] = None
    triggers: Annotated[list[str], about("What the ATS shall do besides, by id")] = []


class HireApplication(Input, kw_only=True):
    """An application that ends well."""

    slug: ClassVar[str] = "hire_application"
    label: ClassVar[str] = "Hire"
    on: ClassVar[tuple[str, ...]] = ("application",)

    application_id: Annotated[Id, about("The application", ref="application")]
    stage_id: Annotated[
        str | None, about("The stage that hires, else the first one that does", ref="application_stage")
    ] = None
    triggers: Annotated[list[str], about("What the ATS shall do besides, by id")] = []


class AddAttachment(Input, kw_only=True):
    """A file for a person or one of their applications."""

    slug: ClassVar[str] = "add_attachment"
    label: ClassVar[str] = "Add file"
    on: ClassVar[tuple[str, ...]] = ("candidate", "application")

    file: Annotated[File, about("The file")]
    candidate_id: Annotated[Id | None, about("The person", ref="candidate")] = None
    application_id: Annotated[Id | None, about("The application", ref="application")] = None
    photo: Annotated[bool, about("It is the person's picture")] = False


class AddNote(Input, kw_only=True):
    """A note about a person or one of their applications."""

    slug: ClassVar[str] = "add_note"
    label: ClassVar[str] = "Add note"
    on: ClassVar[tuple[str, ...]] = ("candidate", "application")

    content: Annotated[Words, about("The note, plain text", long=True)]
    candidate_id: Annotated[Id | None, about("The person", ref="candidate")] = None
    application_id: Annotated[Id | None, about("The application", ref="application")] = None
    is_private: Annotated[bool, about("Only some may read it there")] = False
    created_at: Annotated[Moment | None, about("When it was written, if not now")] = None

    def __post_init__(self) -> None:
        """Raise ValueError for a time that no note has."""
        if self.created_at and self.created_at.year not in YEARS:
            raise ValueError(f"created_at: a note is of a year from {YEARS[0]} to {YEARS[-1]}")


class AddResultLink(Input, kw_only=True):
    """The result of an assessment, as a link with a few figures."""

    slug: ClassVar[str] = "add_result_link"
    label: ClassVar[str] = "Add result link"
    on: ClassVar[tuple[str, ...]] = ("application",)

    application_id: Annotated[Id, about("The application", ref="application")]
    label_: Annotated[Called, about("What it is called")] = msgspec.field(name="label")
    url: Annotated[Place, about("Where the result stands")]
    attributes: Annotated[list[Attribute], about("Figures that belong to it")] = []
    prefix: Annotated[Name, about("How custom fields begin that carry such figures")] = ""


class AddTag(Input, kw_only=True):
    """A tag for a person."""

    slug: ClassVar[str] = "add_tag"
    label: ClassVar[str] = "Add tag"
    on: ClassVar[tuple[str, ...]] = ("candidate",)

    candidate_id: Annotated[Id, about("The person", ref="candidate")]
    tag: Annotated[Called, about("The tag, by name or id")]


class RemoveTag(Input, kw_only=True):
    """A tag taken from a person; nothing happens where they do not carry it."""

    slug: ClassVar[str] = "remove_tag"
    label: ClassVar[str] = "Remove tag"
    on: ClassVar[tuple[str, ...]] = ("candidate",)

    candidate_id: Annotated[Id, about("The person", ref="candidate")]
    tag: Annotated[Called, about("The tag, by name or id")]


class DeleteApplication(Input, kw_only=True):
    """An application taken away; the person stays."""

    slug: ClassVar[str] = "delete_application"
    label: ClassVar[str] = "Delete application"
    on: ClassVar[tuple[str, ...]] = ("application",)

    application_id: Annotated[Id, about("The application", ref="application")]


class DeleteCandidate(Input, kw_only=True):
    """A person taken away, with all that hangs on them."""

    slug: ClassVar[str] = "delete_candidate"
    label: ClassVar[str] = "Delete candidate"
    on: ClassVar[tuple[str, ...]] = ("candidate",)

    candidate_id: Annotated[Id, about("The person", ref="candidate")]


ACTIONS: tuple[type[Input], ...] = (
    CreateCandidate, CreateApplication, ImportApplication, UpdateCandidate, ApplyCandidate, MoveApplication,
    RejectApplication, HireApplication, AddAttachment, AddNote, AddResultLink, AddTag, RemoveTag,
    DeleteApplication, DeleteCandidate,
)  # fmt: skip
BY_SLUG: dict[str, type[Input]] = {action.slug: action for action in ACTIONS}
