"""How Homerun's vacancies and job applications become unified records.

A vacancy is a job. A job application is a person and, where it names a vacancy, an application: so each application has
a candidate of its own with the same id, and a person in the general pool is a candidate without application.
"""

from typing import Any

from connectors.homerun import readers
from connectors.mapping import Always, At, Mapping, Unavailable
from connectors.unified import (
    Application,
    ApplicationStage,
    Attachment,
    Candidate,
    Department,
    Job,
    JobStage,
    Note,
    RejectionReason,
)
from connectors.values import instant, text

NO_UPDATED_AT = Unavailable("Homerun's API names no time of the last change")
NO_JOB_PAGE = Unavailable("Homerun's API names no address of the vacancy inside Homerun, only the public page")
NO_USERS = Unavailable("Homerun's API names no users")
WITH_ITS_JOB = Unavailable("Homerun shows it as a part of a vacancy or application, without a page or times of its own")
PART: dict[str, Any] = {
    "remote_url": WITH_ITS_JOB,
    "remote_created_at": WITH_ITS_JOB,
    "remote_updated_at": WITH_ITS_JOB,
}
SALARY = ("salary_indication.salary_value", "salary_indication.max_salary_value")

JOB = Mapping(
    Job,
    remote_id=At("id"),
    name=At("title", as_=text),
    status=At("status", as_=readers.job_status),
    visibility=At("status", as_=readers.visibility),
    department_id=At("department.name", as_=text),
    location=At("location", as_=readers.place),
    remote_work_status=At("location_type", "is_remote", as_=readers.remote_work),
    employment_type=At("type", as_=readers.employment),
    weekly_hours=Unavailable("Homerun's vacancies name no hours"),
    description=At("page_content", "description", as_=readers.first_text),
    job_code=Unavailable("Homerun's vacancies have no number that people know"),
    category=Unavailable("Homerun's vacancies have no category beside the department"),
    experience_level=At("salary_indication.experience_level", as_=text),
    salary_amount=At(*SALARY, as_=readers.single_amount),
    salary_amount_from=At(*SALARY, as_=readers.lower_amount),
    salary_amount_to=At("salary_indication.max_salary_value", as_=readers.amount),
    salary_currency=At("salary_indication.currency", as_=readers.upper),
    salary_period=At("salary_indication.time_period", as_=readers.period),
    post_url=At("job_url", as_=text),
    job_postings=Unavailable("A vacancy has one public page in Homerun's API: it is the post URL"),
    hiring_team=NO_USERS,
    screening_questions=Unavailable("What Homerun answers about a vacancy's questions is not published"),
    custom_fields=Unavailable("Homerun's vacancies have no fields of the customer's own"),
    offices=Unavailable("Homerun has locations, not offices"),
    opened_at=Unavailable("Homerun's API does not say when a vacancy was published"),
    closed_at=At("expires_at", as_=instant),
    remote_url=NO_JOB_PAGE,
    remote_created_at=At("created_at", as_=instant),
    remote_updated_at=NO_UPDATED_AT,
)

DEPARTMENT = Mapping(
    Department,
    remote_id=At("department.name", as_=text),
    shared=True,
    name=At("department.name", as_=text),
    parent_id=Unavailable("Homerun's departments are names only"),
    status=Unavailable("Homerun's departments are names only"),
    **PART,
)

STAGE_OF_JOB = Mapping(
    ApplicationStage,
    remote_id=At("stage_id"),
    each=readers.stages_of_job,
    shared=True,
    name=At("name"),
    status=Unavailable("Homerun's stages are in use or gone"),
    **PART,
)

JOB_STAGE = Mapping(
    JobStage,
    remote_id=At("job_id", "stage_id", as_=readers.joined),
    each=readers.stages_of_job,
    owned=True,
    job_id=At("job_id"),
    stage_id=At("stage_id"),
    index=At("index"),
    **PART,
)

CANDIDATE = Mapping(
    Candidate,
    remote_id=At("id"),
    first_name=At("personal_info.first_name", as_=text),
    last_name=At("personal_info.last_name", as_=text),
    email_addresses=At("personal_info.email", as_=readers.one_address),
    phone_numbers=At("personal_info.phone_number", as_=readers.one_number),
    title=Unavailable("Homerun asks for no job title"),
    company=Unavailable("Homerun asks for no employer"),
    location=At("personal_info.city", "personal_info.country", as_=readers.home),
    source=At("sources", as_=readers.source_names),
    social_media=At(*readers.PAGES, as_=readers.pages, source="detail"),
    work_history=Unavailable("Homerun keeps experience as one free text, not as positions"),
    tag_ids=Unavailable("Homerun's API shows no tags"),
    custom_fields=At("custom_data", as_=readers.custom, source="detail"),
    confidential=Unavailable("Homerun hides no person from its own people through the API"),
    can_email=Unavailable("Homerun's API does not say what the person agreed to"),
    last_interaction_at=Unavailable("Homerun names only the first reply, not the last"),
    remote_url=At("homerun_url", as_=text),
    remote_created_at=At("created_at", as_=instant),
    remote_updated_at=NO_UPDATED_AT,
)

APPLICATION = Mapping(
    Application,
    remote_id=At("id", "vacancy_id", as_=readers.if_applied),
    candidate_id=At("id"),
    job_id=At("vacancy_id"),
    current_stage_id=At("stage", as_=readers.stage_id),
    outcome=At("disqualified", "hired_at", as_=readers.outcome),
    source=At("sources", as_=readers.source_names),
    rejection_reason_id=At("disqualified", "disqualification_reason", as_=readers.reason_if_declined),
    rejected_at=Unavailable("Homerun says that somebody was disqualified, not when"),
    hired_at=At("hired_at", as_=instant),
    credited_to_id=NO_USERS,
    screening_question_answers=At("question_answers", as_=readers.answers, source="detail"),
    custom_fields=Unavailable("Homerun has one set for person and application: it is the candidate's"),
    remote_url=At("homerun_url", as_=text),
    remote_created_at=At("created_at", as_=instant),
    remote_updated_at=NO_UPDATED_AT,
)

STAGE_OF_APPLICATION = Mapping(
    ApplicationStage,
    remote_id=At("stage", as_=readers.stage_id),
    shared=True,
    name=At("stage.name", as_=text),
    status=Unavailable("Homerun's stages are in use or gone"),
    **PART,
)

REJECTION_REASON = Mapping(
    RejectionReason,
    remote_id=At("disqualification_reason", as_=readers.reason),
    shared=True,
    name=At("disqualification_reason", as_=readers.reason),
    **PART,
)

ATTACHMENT = Mapping(
    Attachment,
    remote_id=At("remote_id"),
    each=readers.files,
    detail="detail",
    own="own",
    file_name=At("name", as_=text),
    type=At("type", as_=readers.file_type),
    content_type=Unavailable("Homerun names a file's purpose, not its MIME type"),
    candidate_id=At("candidate_id"),
    application_id=At("candidate_id", "job_id", as_=readers.if_applied),
    job_id=At("job_id"),
    **PART,
)

NOTE = Mapping(
    Note,
    remote_id=At("remote_id"),
    each=readers.notes,
    detail="notes",
    own="own",
    kind=Always("NOTE"),
    candidate_id=At("candidate_id"),
    application_id=At("candidate_id", "job_id", as_=readers.if_applied),
    job_id=At("job_id"),
    author_id=NO_USERS,
    author_name=At("display_name", as_=text),
    title=Unavailable("Homerun's notes have no subject"),
    content=At("note", as_=text),
    is_private=At("is_sensitive"),
    remote_url=Unavailable("Homerun's notes have no page of their own"),
    remote_created_at=At("created_at", as_=instant),
    remote_updated_at=At("updated_at", as_=instant),
)
