"""What is true in an emulated CATS account: plain values that tests may change, and no word of how CATS tells them."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from connectors.cats.emulator_triggers import Prerequisite, Trigger


@dataclass(slots=True)
class Status:
    """A step of a workflow, or a job's status; `mapping` is empty where the customer mapped it to nothing."""

    id: int
    workflow_id: int
    title: str
    mapping: str = ""
    triggers: list[Trigger] = field(default_factory=list)
    prerequisites: list[Prerequisite] = field(default_factory=list)


@dataclass(slots=True)
class Workflow:
    """An ordered process."""

    id: int
    title: str
    is_default: bool
    modified: datetime
    statuses: list[Status] = field(default_factory=list)


@dataclass(slots=True)
class Definition:
    """A field of the customer's own; `selections` are {id: label}, `owner` is candidate or job."""

    id: int
    owner: str
    name: str
    type: str
    selections: dict[int, str] = field(default_factory=dict)


@dataclass(slots=True)
class User:
    """Somebody who works there; without `access_level` CATS leaves the key out."""

    id: int
    username: str
    first_name: str
    last_name: str
    access_level: str | None = None


@dataclass(slots=True)
class Named:
    """Something that has but a name: a tag, a company."""

    id: int
    name: str


@dataclass(slots=True)
class Department:
    """A department of one company."""

    id: int
    company_id: int
    name: str


@dataclass(slots=True)
class Portal:
    """A career site, and the jobs that it shows."""

    id: int
    name: str
    created: datetime
    jobs: list[int] = field(default_factory=list)

    def url(self, job_id: int) -> str:
        """The public address of a posting."""
        return f"https://jobs.example.test/portal/{self.id}/{job_id}"


@dataclass(slots=True)
class Question:
    """A field of a form; `answers` are {id: choice}."""

    id: int
    title: str
    type: str
    is_required: bool
    comment: str = ""
    answers: dict[int, str] = field(default_factory=dict)


@dataclass(slots=True)
class Form:
    """A form that applicants fill."""

    id: int
    description: str
    questions: list[Question]


@dataclass(slots=True)
class File:
    """A file of a candidate or a job; the imagined ones have as many bytes as they say, and none of their own."""

    id: int
    filename: str
    is_resume: bool
    size: int
    content: bytes | None = None

    def read(self) -> bytes:
        """Its bytes."""
        line = f"{self.id} {self.filename}\n".encode()
        return (line * (self.size // len(line) + 1))[: self.size] if self.content is None else self.content


@dataclass(slots=True)
class Job:
    """A job order. `workflow_id` None follows the default workflow."""

    id: int
    title: str
    description: str
    city: str
    state: str
    postal_code: str
    country_code: str
    company_id: int
    department_id: int | None
    status_id: int
    workflow_id: int | None
    owner_id: int
    recruiter_id: int | None
    sourcer_id: int | None
    category_name: str | None
    salary: str
    external_id: str | None
    type: str
    remote_type: str | None
    portal_hidden: bool
    created: datetime
    modified: datetime
    custom: dict[int, Any] = field(default_factory=dict)
    forms: list[Form] = field(default_factory=list)
    files: list[File] = field(default_factory=list)


@dataclass(slots=True)
class Mail:
    """An e-mail address."""

    id: int
    email: str
    is_primary: bool


@dataclass(slots=True)
class Phone:
    """A number; `type` is mobile, home, work, fax, main or other."""

    id: int
    number: str
    type: str
    extension: str | None = None


@dataclass(slots=True)
class Position:
    """One entry of a work history. A linked employer is known by its id only."""

    id: int
    title: str
    employer: str
    city: str
    state: str | None
    start: date | None
    end: date | None
    supervisor: str | None = None
    reason: str | None = None
    linked_company: int | None = None
    supervisor_phone: str | None = None
    is_verified: bool = False
    is_current: bool | None = None
    """None where the end says it."""


@dataclass(slots=True)
class Submission:
    """A form that a candidate sent in for a job, as {question: answer}."""

    id: int
    job_id: int
    created: datetime
    form: Form
    answers: dict[int, Any]


@dataclass(slots=True)
class Candidate:
    """A person."""

    id: int
    first_name: str
    last_name: str
    title: str
    employer: str
    mails: list[Mail]
    phones: list[Phone]
    street: str
    city: str
    state: str
    postal_code: str
    country_code: str
    social: list[str]
    website: str | None
    source: str
    owner_id: int
    created: datetime
    modified: datetime
    history: list[Position] = field(default_factory=list)
    custom: dict[int, Any] = field(default_factory=dict)
    tags: list[int] = field(default_factory=list)
    files: list[File] = field(default_factory=list)
    submissions: list[Submission] = field(default_factory=list)
    middle_name: str | None = None
    best_time_to_call: str | None = "09:30"
    date_available: str | None = None
    current_pay: str = ""
    desired_pay: str = "60000"
    is_willing_to_relocate: bool = False
    key_skills: str = ""
    notes: str = ""
    is_hot: bool = False
    is_active: bool = True
    is_registered: bool = False
    thumbnail: tuple[str, int | None] = ("disabled", None)
    """Where the picture comes from, and the attachment that it is."""


@dataclass(slots=True)
class Step:
    """A status that a pipeline came to, and when."""

    id: int
    status_id: int
    at: datetime


@dataclass(slots=True)
class Pipeline:
    """One candidate on one job; the last step is the present one."""

    id: int
    candidate_id: int
    job_id: int
    rating: int
    created: datetime
    modified: datetime
    steps: list[Step]

    @property
    def status_id(self) -> int:
        """The present status."""
        return self.steps[-1].status_id


@dataclass(slots=True)
class Activity:
    """Something noted or done, `about` a (candidate, job, company or contact, id)."""

    id: int
    about: tuple[str, int]
    type: str
    notes: str | None
    annotation: str | None
    regarding_id: int | None
    entered_by_id: int
    created: datetime
    modified: datetime
    dated: datetime | None = None

    @property
    def date(self) -> datetime:
        """When it was done."""
        return self.dated or self.created
