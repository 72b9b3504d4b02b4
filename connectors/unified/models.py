"""The dictionary: every unified model one class, every field one line.

Kombo's name and enumeration where Kombo has one, Truto's otherwise, never both. A field that ends in `_id` holds the
remote id of what it names. Everything else (JSON Schema, coverage, HTML columns, wire shapes) is derived from here.
"""

from datetime import datetime
from typing import Annotated, Any, ClassVar

from connectors.unified.base import Model, about
from connectors.unified.parts import (
    Answer,
    EmailAddress,
    FileType,
    JobStatus,
    Location,
    NoteKind,
    Outcome,
    PhoneNumber,
    Position,
    Posting,
    Question,
    SocialMedia,
    Status,
    TeamMember,
    Visibility,
)


class Job(Model):
    """A position to be filled (Kombo: ats_jobs; Truto: jobs)."""

    slug: ClassVar[str] = "job"
    plural: ClassVar[str] = "jobs"
    label: ClassVar[str] = "Job"
    personal: ClassVar[bool] = False

    name: Annotated[str | None, about("Its title", title=True, search=True)] = None
    status: Annotated[JobStatus | None, about("OPEN, CLOSED, DRAFT or ARCHIVED", listed=True, filter=True)] = None
    visibility: Annotated[Visibility | None, about("Who can see the posting", listed=True)] = None
    department_id: Annotated[str | None, about("The department it belongs to", ref="department", listed=True)] = None
    location: Annotated[Location | None, about("Where the work is", listed=True)] = None
    remote_work_status: Annotated[str | None, about("REMOTE, HYBRID, TEMPORARY, ON_SITE or the provider's word")] = None
    employment_type: Annotated[
        str | None, about("FULL_TIME, PART_TIME, CONTRACT, SEASONAL, INTERNSHIP or the provider's word")
    ] = None
    weekly_hours: Annotated[float | None, about("Hours a week")] = None
    description: Annotated[str | None, about("The advertisement, usually HTML", long=True)] = None
    job_code: Annotated[str | None, about("The number that people know it by", search=True)] = None
    category: Annotated[str | None, about("The provider's category")] = None
    experience_level: Annotated[str | None, about("Experience asked for, in the provider's word")] = None
    salary_amount: Annotated[float | None, about("Salary, where one figure is named")] = None
    salary_amount_from: Annotated[float | None, about("Lower end of the salary")] = None
    salary_amount_to: Annotated[float | None, about("Upper end of the salary")] = None
    salary_currency: Annotated[str | None, about("ISO 4217, upper case")] = None
    salary_period: Annotated[str | None, about("YEAR, MONTH, TWO_WEEKS, WEEK, DAY, HOUR or the provider's word")] = None
    post_url: Annotated[str | None, about("The public posting")] = None
    job_postings: Annotated[list[Posting] | None, about("Every public posting")] = None
    hiring_team: Annotated[
        list[TeamMember] | None, about("Who hires for it, with HIRING_MANAGER, RECRUITER, SOURCER")
    ] = None
    screening_questions: Annotated[list[Question] | None, about("What applicants are asked")] = None
    custom_fields: Annotated[dict[str, Any] | None, about("The customer's own fields, by label")] = None
    offices: Annotated[list[str] | None, about("Offices it belongs to")] = None
    opened_at: Annotated[datetime | None, about("When it was opened")] = None
    closed_at: Annotated[datetime | None, about("When it closed or will close")] = None


class JobStage(Model):
    """One step of one job's own process, in order; its remote id is `<job>:<stage>`."""

    slug: ClassVar[str] = "job_stage"
    plural: ClassVar[str] = "job_stages"
    label: ClassVar[str] = "Job stage"
    personal: ClassVar[bool] = False

    job_id: Annotated[str, about("The job", ref="job", listed=True)]
    stage_id: Annotated[str, about("The application stage", ref="application_stage", listed=True)]
    index: Annotated[int, about("Place in the process, from 0", listed=True)]


class ApplicationStage(Model):
    """A step that an application can be in (Kombo: ats_application_stages; Truto: job_interview_stages)."""

    slug: ClassVar[str] = "application_stage"
    plural: ClassVar[str] = "application_stages"
    label: ClassVar[str] = "Application stage"
    personal: ClassVar[bool] = False

    name: Annotated[str | None, about("Its name", title=True, search=True)] = None
    status: Annotated[Status | None, about("ACTIVE or INACTIVE", filter=True)] = None


class Candidate(Model):
    """A person (Kombo: ats_candidates; Truto: candidates)."""

    slug: ClassVar[str] = "candidate"
    plural: ClassVar[str] = "candidates"
    label: ClassVar[str] = "Candidate"

    first_name: Annotated[str | None, about("Given name", title=True, search=True)] = None
    last_name: Annotated[str | None, about("Family name", title=True, search=True)] = None
    email_addresses: Annotated[list[EmailAddress], about("E-mail addresses", listed=True, search=True)] = []
    phone_numbers: Annotated[list[PhoneNumber], about("Phone numbers", listed=True, search=True)] = []
    title: Annotated[str | None, about("Present job title", listed=True)] = None
    company: Annotated[str | None, about("Present employer")] = None
    location: Annotated[Location | None, about("Where the person lives", listed=True)] = None
    source: Annotated[str | None, about("Where the person came from", listed=True, filter=True)] = None
    social_media: Annotated[list[SocialMedia] | None, about("Pages of the person elsewhere")] = None
    work_history: Annotated[
        list[Position] | None, about("Positions held, latest first as the provider orders them")
    ] = None
    tag_ids: Annotated[list[str] | None, about("Tags", ref="tag")] = None
    custom_fields: Annotated[dict[str, Any] | None, about("The customer's own fields, by label")] = None
    confidential: Annotated[bool | None, about("Hidden from most people there")] = None
    can_email: Annotated[bool | None, about("Whether the person agreed to e-mail")] = None
    last_interaction_at: Annotated[datetime | None, about("When somebody was last in touch")] = None


class Application(Model):
    """One candidate considered for one job (Kombo: ats_applications; Truto: applications)."""

    slug: ClassVar[str] = "application"
    plural: ClassVar[str] = "applications"
    label: ClassVar[str] = "Application"

    candidate_id: Annotated[str, about("The person considered", ref="candidate", listed=True)]
    job_id: Annotated[str | None, about("The position considered for", ref="job", listed=True)] = None
    current_stage_id: Annotated[
        str | None, about("Where in the process it is now", ref="application_stage", listed=True)
    ] = None
    outcome: Annotated[Outcome | None, about("PENDING, HIRED or DECLINED", listed=True, filter=True)] = None
    source: Annotated[str | None, about("What brought this application", listed=True, filter=True)] = None
    rejection_reason_id: Annotated[str | None, about("Why it was declined", ref="rejection_reason")] = None
    rejected_at: Annotated[datetime | None, about("When it was declined")] = None
    hired_at: Annotated[datetime | None, about("When the person was hired")] = None
    credited_to_id: Annotated[str | None, about("The user who brought the person", ref="user")] = None
    screening_question_answers: Annotated[list[Answer] | None, about("What the applicant answered")] = None
    custom_fields: Annotated[dict[str, Any] | None, about("The customer's own fields, by label")] = None


class Attachment(Model):
    """A file of a person, an application or a job."""

    slug: ClassVar[str] = "attachment"
    plural: ClassVar[str] = "attachments"
    label: ClassVar[str] = "Attachment"

    file_name: Annotated[str | None, about("Its name", title=True, search=True)] = None
    type: Annotated[FileType | None, about("CV, COVER_LETTER or OTHER", listed=True, filter=True)] = None
    content_type: Annotated[str | None, about("MIME type")] = None
    candidate_id: Annotated[str | None, about("Whose file it is", ref="candidate", listed=True)] = None
    application_id: Annotated[str | None, about("The application it came with", ref="application")] = None
    job_id: Annotated[str | None, about("The job it belongs to", ref="job", listed=True)] = None


class Note(Model):
    """Something written about a person (Kombo: ats_notes; Truto: activities)."""

    slug: ClassVar[str] = "note"
    plural: ClassVar[str] = "notes"
    label: ClassVar[str] = "Note"

    kind: Annotated[NoteKind | None, about("NOTE, EMAIL, MEETING, CALL or TEXT_MESSAGE", listed=True, filter=True)] = (
        None
    )
    candidate_id: Annotated[str | None, about("The person it is about", ref="candidate", listed=True)] = None
    application_id: Annotated[str | None, about("The application it is about", ref="application")] = None
    job_id: Annotated[str | None, about("The job it is about", ref="job", listed=True)] = None
    author_id: Annotated[str | None, about("The user who wrote it", ref="user")] = None
    author_name: Annotated[str | None, about("The writer's name, where no user is named")] = None
    title: Annotated[str | None, about("Its subject", title=True)] = None
    content: Annotated[str | None, about("The text, plain or HTML", long=True, search=True)] = None
    is_private: Annotated[bool | None, about("Whether only some may read it there")] = None


class User(Model):
    """Somebody who works in the ATS."""

    slug: ClassVar[str] = "user"
    plural: ClassVar[str] = "users"
    label: ClassVar[str] = "User"

    first_name: Annotated[str | None, about("Given name", title=True, search=True)] = None
    last_name: Annotated[str | None, about("Family name", title=True, search=True)] = None
    email: Annotated[str | None, about("E-mail address", listed=True, search=True)] = None
    status: Annotated[Status | None, about("ACTIVE or INACTIVE", listed=True, filter=True)] = None
    access_role: Annotated[str | None, about("What the user may do there, in the provider's word", listed=True)] = None


class Tag(Model):
    """A label on people."""

    slug: ClassVar[str] = "tag"
    plural: ClassVar[str] = "tags"
    label: ClassVar[str] = "Tag"
    personal: ClassVar[bool] = False

    name: Annotated[str | None, about("Its text", title=True, search=True)] = None


class Department(Model):
    """A part of the company."""

    slug: ClassVar[str] = "department"
    plural: ClassVar[str] = "departments"
    label: ClassVar[str] = "Department"
    personal: ClassVar[bool] = False

    name: Annotated[str | None, about("Its name", title=True, search=True)] = None
    parent_id: Annotated[str | None, about("The department above it", ref="department", listed=True)] = None
    status: Annotated[Status | None, about("ACTIVE or INACTIVE", filter=True)] = None


class RejectionReason(Model):
    """Why an application can be declined."""

    slug: ClassVar[str] = "rejection_reason"
    plural: ClassVar[str] = "rejection_reasons"
    label: ClassVar[str] = "Rejection reason"
    personal: ClassVar[bool] = False

    name: Annotated[str | None, about("Its text", title=True, search=True)] = None
