"""The enumerations and small values of the unified models, spelled as Kombo spells them where it has them."""

from enum import StrEnum
from typing import Annotated, Any

from connectors.unified.base import Part, about


class JobStatus(StrEnum):
    """Whether a job takes candidates."""

    OPEN = "OPEN"
    CLOSED = "CLOSED"
    DRAFT = "DRAFT"
    ARCHIVED = "ARCHIVED"


class Visibility(StrEnum):
    """Who can see a job's posting."""

    PUBLIC = "PUBLIC"
    INTERNAL = "INTERNAL"
    UNLISTED = "UNLISTED"
    CONFIDENTIAL = "CONFIDENTIAL"


class Outcome(StrEnum):
    """How an application ended, if it did."""

    PENDING = "PENDING"
    HIRED = "HIRED"
    DECLINED = "DECLINED"


class Status(StrEnum):
    """Whether a stage, user or department is in use."""

    ACTIVE = "ACTIVE"
    INACTIVE = "INACTIVE"


class FileType(StrEnum):
    """What a file is."""

    CV = "CV"
    COVER_LETTER = "COVER_LETTER"
    OTHER = "OTHER"


class NoteKind(StrEnum):
    """What a note records."""

    NOTE = "NOTE"
    EMAIL = "EMAIL"
    MEETING = "MEETING"
    CALL = "CALL"
    TEXT_MESSAGE = "TEXT_MESSAGE"


class Location(Part, frozen=True):
    """A place. Country is the two-letter code where it is known, else the provider's word."""

    raw: Annotated[str | None, about("The place in one line")] = None
    street_1: Annotated[str | None, about("Street and number")] = None
    street_2: Annotated[str | None, about("Second line of the street")] = None
    zip_code: Annotated[str | None, about("Postal code")] = None
    city: Annotated[str | None, about("City")] = None
    state: Annotated[str | None, about("State, province or region")] = None
    country: Annotated[str | None, about("ISO 3166-1 alpha-2, else the provider's word")] = None


class EmailAddress(Part, frozen=True):
    """One address; `type` in the provider's word, upper case, or null."""

    email_address: str
    type: str | None = None


class PhoneNumber(Part, frozen=True):
    """One number as the provider writes it."""

    phone_number: str
    type: str | None = None
    extension: str | None = None


class SocialMedia(Part, frozen=True):
    """A page of the person elsewhere."""

    link: str | None = None
    type: str | None = None
    username: str | None = None


class Position(Part, frozen=True):
    """One entry of a work history; dates are `YYYY-MM-DD` texts."""

    title: str | None = None
    company: str | None = None
    location: Location | None = None
    start_date: str | None = None
    end_date: str | None = None
    is_current: bool | None = None
    supervisor: str | None = None
    reason_for_leaving: str | None = None


class TeamMember(Part, frozen=True):
    """Somebody of a job's hiring team; `user_id` is the user's remote id."""

    user_id: str
    roles: list[str]


class Posting(Part, frozen=True):
    """One public advertisement of a job."""

    remote_id: str | None = None
    title: str | None = None
    status: Status | None = None
    visibility: Visibility | None = None
    url: str | None = None


class Question(Part, frozen=True):
    """One question that applicants are asked; `format` is Kombo's word for its kind."""

    remote_id: str | None = None
    title: str | None = None
    description: str | None = None
    index: int | None = None
    required: bool | None = None
    format: str | None = None
    options: list[str] = []


class Answer(Part, frozen=True):
    """What was answered to one question."""

    question: str | None = None
    format: str | None = None
    answer: Any = None
