"""How Harbor's rows become unified records."""

from collections.abc import Iterator
from typing import Any

from connectors.mapping import Always, At, Beside, Mapping, Row, Unavailable, as_id
from connectors.unified import (
    Application,
    ApplicationStage,
    Attachment,
    Candidate,
    Department,
    Job,
    JobStage,
    Note,
    User,
)
from connectors.values import instant, text

STATES = {"published": "OPEN", "closed": "CLOSED", "draft": "DRAFT"}
RESULTS = {None: "PENDING", "hired": "HIRED", "rejected": "DECLINED"}
KINDS = {"cv": "CV", "letter": "COVER_LETTER", "other": "OTHER"}

NO_PAGES = Unavailable("Harbor's API links to no pages")
NO_TIMES = Unavailable("Harbor dates no such rows")
NO_CUSTOM = Unavailable("Harbor has no custom fields")


def addresses(mails: Any) -> list[dict[str, Any]]:
    """Plain texts as e-mail addresses."""
    return [{"email_address": mail} for mail in mails or []]


def numbers(phones: Any) -> list[dict[str, Any]]:
    """Plain texts as phone numbers."""
    return [{"phone_number": phone} for phone in phones or []]


def town(name: Any) -> dict[str, Any] | None:
    """A town as a place."""
    return {"city": text(name)} if text(name) else None


def steps(row: Row, beside: Beside) -> Iterator[Row]:
    """A job's steps in order, each with its job and its place."""
    for index, step in enumerate(row.get("steps") or []):
        yield {**step, "job": row["id"], "index": index}


def listed(answer: Any, beside: Beside) -> list[Row]:
    """The items of a detail's answer."""
    return list((answer or {}).get("items") or [])


def step_of_job(job: Any, step: Any) -> str:
    """The id of a step in one job's process."""
    return f"{job}:{step}"


def result(word: Any) -> str:
    """How an application ended; raises ValueError for a word that Harbor does not document."""
    if word not in RESULTS:
        raise ValueError(f"unknown result {word!r}")
    return RESULTS[word]


JOB = Mapping(
    Job,
    remote_id=At("id"),
    name=At("title", as_=text),
    status=At("state", as_=STATES.get),
    visibility=Unavailable("Harbor publishes every job alike"),
    department_id=At("department", as_=as_id),
    location=At("town", as_=town),
    remote_work_status=Unavailable("Harbor does not say"),
    employment_type=Unavailable("Harbor does not say"),
    weekly_hours=Unavailable("Harbor does not say"),
    description=At("text", as_=text),
    job_code=Unavailable("Harbor numbers no jobs"),
    category=Unavailable("Harbor has no categories"),
    experience_level=Unavailable("Harbor does not say"),
    salary_amount=Unavailable("Harbor names no salaries"),
    salary_amount_from=Unavailable("Harbor names no salaries"),
    salary_amount_to=Unavailable("Harbor names no salaries"),
    salary_currency=Unavailable("Harbor names no salaries"),
    salary_period=Unavailable("Harbor names no salaries"),
    post_url=Unavailable("Harbor's API shows no public pages"),
    job_postings=Unavailable("Harbor's API shows no public pages"),
    hiring_team=Unavailable("Harbor keeps its teams to itself"),
    screening_questions=Unavailable("Harbor asks none"),
    custom_fields=NO_CUSTOM,
    offices=Unavailable("Harbor has no offices"),
    opened_at=At("opened", as_=instant),
    closed_at=Unavailable("Harbor does not say when a job closed"),
    remote_url=NO_PAGES,
    remote_created_at=At("created", as_=instant),
    remote_updated_at=At("updated", as_=instant),
)
STAGE = Mapping(
    ApplicationStage,
    remote_id=At("id"),
    each=steps,
    shared=True,
    name=At("name", as_=text),
    status=Always("ACTIVE"),
    remote_url=NO_PAGES,
    remote_created_at=NO_TIMES,
    remote_updated_at=NO_TIMES,
)
JOB_STAGE = Mapping(
    JobStage,
    remote_id=At("job", "id", as_=step_of_job),
    each=steps,
    owned=True,
    job_id=At("job", as_=as_id),
    stage_id=At("id"),
    index=At("index"),
    remote_url=NO_PAGES,
    remote_created_at=NO_TIMES,
    remote_updated_at=NO_TIMES,
)
CANDIDATE = Mapping(
    Candidate,
    remote_id=At("id"),
    first_name=At("given", as_=text),
    last_name=At("family", as_=text),
    email_addresses=At("mails", as_=addresses),
    phone_numbers=At("phones", as_=numbers),
    title=Unavailable("Harbor does not ask"),
    company=Unavailable("Harbor does not ask"),
    location=At("town", as_=town),
    source=At("via", as_=text),
    social_media=Unavailable("Harbor does not ask"),
    work_history=Unavailable("Harbor does not ask"),
    tag_ids=Unavailable("Harbor has no tags"),
    custom_fields=NO_CUSTOM,
    confidential=Unavailable("Harbor hides nobody"),
    can_email=Unavailable("Harbor does not ask"),
    last_interaction_at=Unavailable("Harbor does not say"),
    remote_url=NO_PAGES,
    remote_created_at=At("created", as_=instant),
    remote_updated_at=At("updated", as_=instant),
)
APPLICATION = Mapping(
    Application,
    remote_id=At("id"),
    candidate_id=At("person", as_=as_id),
    job_id=At("job", as_=as_id),
    current_stage_id=At("step"),
    outcome=At("result", as_=result),
    source=Unavailable("Harbor keeps the source with the person"),
    rejection_reason_id=Unavailable("Harbor knows no reasons"),
    rejected_at=At("result", "ended", as_=lambda word, ended: instant(ended) if word == "rejected" else None),
    hired_at=At("result", "ended", as_=lambda word, ended: instant(ended) if word == "hired" else None),
    credited_to_id=Unavailable("Harbor does not say"),
    screening_question_answers=Unavailable("Harbor asks none"),
    custom_fields=NO_CUSTOM,
    remote_url=NO_PAGES,
    remote_created_at=At("created", as_=instant),
    remote_updated_at=At("updated", as_=instant),
)
ATTACHMENT = Mapping(
    Attachment,
    remote_id=At("id"),
    each=listed,
    detail="files",
    file_name=At("name", as_=text),
    type=At("kind", as_=KINDS.get),
    content_type=At("mime"),
    candidate_id=At("person", as_=as_id),
    application_id=Unavailable("Harbor's files belong to the person"),
    job_id=Unavailable("Harbor's files belong to the person"),
    remote_url=NO_PAGES,
    remote_created_at=At("created", as_=instant),
    remote_updated_at=NO_TIMES,
)
NOTE = Mapping(
    Note,
    remote_id=At("id"),
    each=listed,
    detail="notes",
    kind=Always("NOTE"),
    candidate_id=At("person", as_=as_id),
    application_id=Unavailable("Harbor's notes belong to the person"),
    job_id=Unavailable("Harbor's notes belong to the person"),
    author_id=At("by", as_=as_id),
    author_name=Unavailable("Harbor names the user instead"),
    title=Unavailable("Harbor's notes have no subject"),
    content=At("body", as_=text),
    is_private=At("private"),
    remote_url=NO_PAGES,
    remote_created_at=At("created", as_=instant),
    remote_updated_at=NO_TIMES,
)
USER = Mapping(
    User,
    remote_id=At("id"),
    first_name=At("name.given", as_=text),
    last_name=At("name.family", as_=text),
    email=At("mail"),
    status=At("active", as_=lambda active: "ACTIVE" if active else "INACTIVE"),
    access_role=At("role"),
    remote_url=NO_PAGES,
    remote_created_at=NO_TIMES,
    remote_updated_at=NO_TIMES,
)
DEPARTMENT = Mapping(
    Department,
    remote_id=At("id"),
    name=At("name", as_=text),
    parent_id=At("parent", as_=as_id),
    status=Always("ACTIVE"),
    remote_url=NO_PAGES,
    remote_created_at=NO_TIMES,
    remote_updated_at=NO_TIMES,
)
