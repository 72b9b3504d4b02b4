"""How CATS's rows become unified records. A *pipeline* is our application, a *status* our application stage."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from connectors.cats import answers, fields, hal, known, readers, words
from connectors.mapping import At, Beside, Known, Mapping, Row, Sources, Unavailable, as_id
from connectors.paths import at
from connectors.unified import (
    Application,
    ApplicationStage,
    Attachment,
    Candidate,
    Department,
    Job,
    JobStage,
    Note,
    Tag,
    User,
)
from connectors.unified.parts import Outcome
from connectors.values import instant, text

CREATED = At("date_created", as_=instant)
MODIFIED = At("date_modified", as_=instant)
NO_PAGE = Unavailable("CATS tells no address of a page of its own for it")
NO_TIMES: dict[str, Any] = {
    "remote_url": NO_PAGE,
    "remote_created_at": Unavailable("CATS gives no date for it"),
    "remote_updated_at": Unavailable("CATS gives no date for it"),
}


@dataclass(frozen=True, slots=True)
class Dated(At):
    """When an application came to an outcome: from its history, as long as its row still says so."""

    wanted: Outcome

    def __init__(self, wanted: Outcome) -> None:
        At.__init__(self, "", source="history")
        object.__setattr__(self, "wanted", wanted)

    def read(self, sources: Sources, beside: Beside) -> Any:
        """The time, None until the history is read."""
        if "history" not in sources:
            return None
        return readers.reached(beside, self.wanted, sources[""], hal.rows(sources["history"], "statuses"))


def _page(module: str, parameter: str, path: str = "id") -> Known:
    return Known(path, as_=lambda beside, number: known.page_url(beside, module, parameter, number))


def _fields(owner: str) -> Known:
    return Known("_embedded.custom_fields", as_=lambda beside, values: fields.by_label(beside, owner, values))


# Jobs and what belongs to them

JOB = Mapping(
    Job,
    remote_id=At("id"),
    name=At("title", as_=text),
    status=Known(
        "_embedded.status",
        "status_id",
        "is_published",
        as_=lambda beside, status, number, published: known.job_status(beside, status, number, readers.flag(published)),
    ),
    visibility=At("is_published", "portal_hidden", as_=readers.visibility),
    department_id=At("department_id", as_=as_id),
    location=At("location", "country_code", as_=readers.place),
    remote_work_status=At("remote_type", as_=words.remote_work_status),
    employment_type=At("type", as_=words.employment_type),
    weekly_hours=Unavailable("CATS does not ask for the hours a week"),
    description=At("description", as_=readers.markup),
    job_code=At("external_id", as_=text),
    category=At("category_name", "category", as_=readers.first_text),
    experience_level=Unavailable("CATS does not ask for experience"),
    salary_amount=At("salary", as_=lambda words_: _figure(words_, 0, 1)),
    salary_amount_from=At("salary", as_=lambda words_: _figure(words_, 0, 2)),
    salary_amount_to=At("salary", as_=lambda words_: _figure(words_, 1, 2)),
    salary_currency=Unavailable("CATS keeps pay as free text without a currency"),
    salary_period=Unavailable("CATS keeps pay as free text without a period"),
    post_url=Known("id", as_=lambda beside, number: next((url for _, url in known.postings(beside, number)), None)),
    job_postings=Known("id", "title", "portal_hidden", as_=readers.job_postings),
    hiring_team=At("owner_id", "recruiter_id", "sourcer_id", as_=readers.hiring_team),
    screening_questions=At("_embedded.applications", as_=readers.questions),
    custom_fields=_fields("jobs"),
    offices=Unavailable("CATS has no offices, only a place per job"),
    opened_at=Unavailable("CATS does not say when a job was opened, only when it was entered"),
    closed_at=Unavailable("CATS gives a job no closing date"),
    remote_url=_page("joborders", "jobOrderID"),
    remote_created_at=CREATED,
    remote_updated_at=MODIFIED,
)


def _figure(pay: Any, which: int, of: int) -> float | None:
    figures = words.pay(pay)
    return figures[which] if len(figures) == of else None


def _job_stages(job: Row, beside: Beside) -> Iterable[Row]:
    statuses = known.statuses(beside, known.workflow_of(beside, job))
    job_id = as_id(job.get("id"))
    for index, status in enumerate(statuses):
        yield {"id": f"{job_id}:{as_id(status['id'])}", "job": job_id, "stage": status["id"], "index": index}


JOB_STAGE = Mapping(
    JobStage,
    remote_id=At("id"),
    each=_job_stages,
    owned=True,
    job_id=At("job", as_=as_id),
    stage_id=At("stage", as_=as_id),
    index=At("index"),
    **NO_TIMES,
)

DEPARTMENT = Mapping(
    Department,
    remote_id=At("id"),
    each=lambda job, beside: known.departments(beside, job.get("company_id")),
    shared=True,
    name=At("name", as_=text),
    parent_id=Unavailable("CATS's departments are a flat list for each company"),
    status=Unavailable("CATS does not mark departments as in use or not"),
    **NO_TIMES,
)

STAGE = Mapping(
    ApplicationStage,
    remote_id=At("id"),
    each=lambda workflow, beside: known.statuses(beside, as_id(workflow.get("id"))),
    shared=True,
    name=At("title", as_=text),
    status=Unavailable("CATS does not mark statuses as in use or not"),
    **NO_TIMES,
)

# People and their pipelines

CANDIDATE = Mapping(
    Candidate,
    remote_id=At("id"),
    first_name=At("first_name", as_=text),
    last_name=At("last_name", as_=text),
    email_addresses=At("_embedded.emails", "emails", as_=readers.emails),
    phone_numbers=At("_embedded.phones", "phones", as_=readers.phones),
    title=At("title", as_=text),
    company=At("current_employer", as_=text),
    location=At("address", "country_code", as_=readers.place),
    source=At("source", as_=text),
    social_media=At("social_media_urls", "website", as_=readers.pages),
    work_history=At("_embedded.work_history", as_=readers.work_history),
    tag_ids=At("", as_=lambda tags: [as_id(row.get("id")) for row in hal.rows(tags, "tags")], source="tags"),
    custom_fields=_fields("candidates"),
    confidential=Unavailable("CATS does not hide single people"),
    can_email=Unavailable("CATS's consent status is a word of its own whose values it does not publish"),
    last_interaction_at=Unavailable("CATS keeps no such date; the person's newest note tells it"),
    remote_url=_page("candidates", "candidateID"),
    remote_created_at=CREATED,
    remote_updated_at=MODIFIED,
)

APPLICATION = Mapping(
    Application,
    remote_id=At("id"),
    candidate_id=At("candidate_id", "_embedded.candidate.id", as_=lambda *ids: readers.first_text(*ids)),
    job_id=At("job_id", "_embedded.job.id", as_=lambda *ids: readers.first_text(*ids)),
    current_stage_id=At("status_id", "_embedded.status.id", as_=lambda *ids: readers.first_text(*ids)),
    outcome=Known("status_id", "_embedded.status", as_=known.outcome),
    source=Unavailable("CATS keeps the source on the person, not on the pipeline"),
    rejection_reason_id=Unavailable("CATS has no reasons for declining"),
    rejected_at=Dated(Outcome.DECLINED),
    hired_at=Dated(Outcome.HIRED),
    credited_to_id=Unavailable("CATS does not say who brought the person"),
    screening_question_answers=At("_embedded.applications", as_=answers.given, source="answers"),
    custom_fields=Unavailable("CATS's pipelines have no fields of the customer's own"),
    remote_url=_page("candidates", "candidateID", "candidate_id"),
    remote_created_at=CREATED,
    remote_updated_at=MODIFIED,
)


def _files(owner: str) -> Mapping:
    """The files of a candidate or of a job, whose detail brought them."""
    elsewhere = Unavailable(f"It is a file of a {owner}")
    owners: dict[str, Any] = {"candidate_id": elsewhere, "job_id": elsewhere}
    owners[f"{owner}_id"] = At("data_item.id", as_=as_id)
    return Mapping(
        Attachment,
        remote_id=At("id"),
        each=lambda answer, beside: hal.rows(answer, "attachments"),
        detail="attachments",
        file_name=At("filename", as_=text),
        type=At("is_resume", "filename", as_=lambda resume, name: words.file_type(readers.flag(resume), text(name))),
        content_type=At("filename", as_=words.content_type),
        application_id=Unavailable("CATS's files belong to a person or a job, never to a pipeline"),
        remote_url=Unavailable("CATS shows files only to who holds the key"),
        remote_created_at=CREATED,
        remote_updated_at=Unavailable("CATS's files are never changed"),
        **owners,
    )


CANDIDATE_FILE = _files("candidate")
JOB_FILE = _files("job")

# The rest


def _of(kind: str) -> Callable[[Any, Any], str | None]:
    return lambda data_item, href: readers.about(kind, data_item, href)


ABOUT = ("data_item", "_links.data_item.href")


def of_recruiting(activity: Row) -> bool:
    """False for the activities of client companies and their contacts."""
    about = [at(activity, path) for path in ABOUT]
    return not (readers.about("company", *about) or readers.about("contact", *about))


NOTE = Mapping(
    Note,
    remote_id=At("id"),
    kind=At("type", as_=words.note_kind),
    candidate_id=At(*ABOUT, as_=_of("candidate")),
    application_id=Unavailable("CATS ties an activity to a person and a job, not to their pipeline"),
    job_id=At("regarding_id", *ABOUT, as_=lambda job, *about: as_id(job) or _of("job")(*about)),
    author_id=At("entered_by_id", as_=as_id),
    author_name=Unavailable("CATS names the writer as a user"),
    title=Unavailable("CATS's activities have no subject"),
    content=At("notes", "annotation", as_=readers.first_text),
    is_private=Unavailable("CATS's activities are seen by every user"),
    remote_url=NO_PAGE,
    remote_created_at=At("date", "date_created", as_=readers.first_instant),
    remote_updated_at=MODIFIED,
)

USER = Mapping(
    User,
    remote_id=At("id"),
    first_name=At("first_name", as_=text),
    last_name=At("last_name", as_=text),
    email=At("username", as_=readers.address_like),
    status=Unavailable("CATS does not say which users are inactive"),
    access_role=At("access_level", as_=text),
    **NO_TIMES,
)

TAG = Mapping(Tag, remote_id=At("id"), name=At("title", as_=text), **NO_TIMES)
