"""What every record of an emulated CATS account must become, computed from its truth and from no mapping."""

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from connectors import unified
from connectors.cats.emulator import Emulator
from connectors.cats.emulator_account import Account
from connectors.cats.emulator_truth import Activity, Candidate, Definition, File, Job, Pipeline, Position, Question
from connectors.unified import Model
from connectors.unified import parts as p
from tests.connectors.cats.meanings import CONTENT, DECLINED, EMPLOYMENT, FORMATS, HIRED, JOB_STATUS, KINDS, PAY, REMOTE

type Documents = dict[tuple[str, str], dict[str, Any]]


def expected(emulator: Emulator, *, details: Iterable[str] = ()) -> Documents:
    """Every document by (model slug, remote id); `details` are the jobs, candidates and pipelines that were opened."""
    account, opened = emulator.account, frozenset(details)
    found: Documents = {}
    for made in (_small(account), _jobs(account, opened), _people(account, opened), _rest(account, opened)):
        for remote_id, model in made:
            found[model.slug, str(remote_id)] = msgspec.to_builtins(model)
    return found


def _small(account: Account) -> Iterator[tuple[int, Model]]:
    for user in account.users.values():
        email = user.username if "@" in user.username else None
        yield (
            user.id,
            unified.User(
                first_name=_text(user.first_name),
                last_name=_text(user.last_name),
                email=email,
                access_role=user.access_level,
            ),
        )
    for tag in account.tags.values():
        yield tag.id, unified.Tag(name=tag.name)
    for workflow in account.workflows.values():
        for status in workflow.statuses:
            yield status.id, unified.ApplicationStage(name=status.title)
    hiring = {account.company_id}
    if account.mode != "hr":
        hiring = {job.company_id for job in account.jobs.values() if job.department_id}
    employing = {job.company_id for job in account.jobs.values()}
    for department in account.departments.values():
        if department.company_id in hiring & employing:
            yield department.id, unified.Department(name=department.name)


def _jobs(account: Account, opened: frozenset[str]) -> Iterator[tuple[int | str, Model]]:
    for job in account.jobs.values():
        yield job.id, _job(account, job)
        workflow = next(
            w for w in account.workflows.values() if w.id == job.workflow_id or (not job.workflow_id and w.is_default)
        )
        for index, status in enumerate(workflow.statuses):
            yield f"{job.id}:{status.id}", unified.JobStage(job_id=str(job.id), stage_id=str(status.id), index=index)
        if str(job.id) in opened:
            for file in job.files:
                yield file.id, _file(file, job_id=str(job.id))


def _job(account: Account, job: Job) -> Model:
    portals = [portal for portal in account.portals.values() if job.id in portal.jobs]
    shown = "UNLISTED" if job.portal_hidden else "PUBLIC"
    single, low, high = PAY.get(job.salary, (None, None, None))
    title = account.job_statuses[job.status_id].title
    return unified.Job(
        name=job.title.strip(),
        status=p.JobStatus(JOB_STATUS[title]) if title in JOB_STATUS else p.JobStatus.OPEN if portals else None,
        visibility=p.Visibility(shown if portals else "INTERNAL"),
        department_id=_id(job.department_id),
        location=_place(None, job.postal_code, job.city, job.state, job.country_code),
        remote_work_status=REMOTE[job.remote_type],
        employment_type=EMPLOYMENT[job.type],
        description=_text(job.description),
        job_code=job.external_id,
        category=job.category_name,
        salary_amount=single,
        salary_amount_from=low,
        salary_amount_to=high,
        post_url=portals[0].url(job.id) if portals else None,
        job_postings=[
            p.Posting(
                remote_id=f"{portal.id}:{job.id}",
                title=job.title.strip(),
                status=p.Status.ACTIVE,
                visibility=p.Visibility(shown),
                url=portal.url(job.id),
            )
            for portal in portals
        ],
        hiring_team=_team(job),
        screening_questions=_questions(job),
        custom_fields=_custom(account, "job", job.custom),
        remote_url=f"https://{account.subdomain}.catsone.com/index.php?m=joborders&a=show&jobOrderID={job.id}",
        remote_created_at=job.created,
        remote_updated_at=job.modified,
    )


def _team(job: Job) -> list[p.TeamMember]:
    roles: dict[str, list[str]] = {}
    for user, role in ((job.owner_id, "HIRING_MANAGER"), (job.recruiter_id, "RECRUITER"), (job.sourcer_id, "SOURCER")):
        if user:
            roles[str(user)] = [*roles.get(str(user), []), role]
    return [p.TeamMember(user_id=user, roles=held) for user, held in roles.items()]


def _questions(job: Job) -> list[p.Question]:
    asked = [question for form in job.forms for question in form.questions]
    return [
        p.Question(
            remote_id=str(one.id),
            title=one.title,
            description=one.comment or None,
            index=index,
            required=one.is_required,
            format=FORMATS[one.type],
            options=list(one.answers.values()),
        )
        for index, one in enumerate(asked)
    ]


def _people(account: Account, opened: frozenset[str]) -> Iterator[tuple[int, Model]]:
    for person in account.candidates.values():
        yield person.id, _candidate(account, person, str(person.id) in opened)
        for file in person.files if str(person.id) in opened else ():
            yield file.id, _file(file, candidate_id=str(person.id))


def _candidate(account: Account, person: Candidate, opened: bool) -> Model:
    mails = [mail for mail in person.mails if mail.is_primary] + [mail for mail in person.mails if not mail.is_primary]
    pages = [p.SocialMedia(link=link, type="LINKEDIN" if "linkedin" in link else None) for link in person.social]
    own = [p.SocialMedia(link=person.website, type="WEBSITE")] if person.website else []
    return unified.Candidate(
        first_name=_text(person.first_name),
        last_name=_text(person.last_name),
        email_addresses=[
            p.EmailAddress(email_address=mail.email, type="PRIMARY" if mail.is_primary else "SECONDARY")
            for mail in mails
        ],
        phone_numbers=[
            p.PhoneNumber(phone_number=each.number, type=each.type.upper(), extension=each.extension)
            for each in person.phones
        ],
        title=_text(person.title),
        company=_text(person.employer),
        location=_place(person.street, person.postal_code, person.city, person.state, person.country_code),
        source=_text(person.source),
        social_media=pages + own,
        work_history=[_position(position) for position in person.history],
        tag_ids=[str(tag) for tag in person.tags] if opened else None,
        custom_fields=_custom(account, "candidate", person.custom),
        remote_url=_page(account, person.id),
        remote_created_at=person.created,
        remote_updated_at=person.modified,
    )


def _page(account: Account, candidate_id: int) -> str:
    return f"https://{account.subdomain}.catsone.com/index.php?m=candidates&a=show&candidateID={candidate_id}"


def _position(held: Position) -> p.Position:
    linked = held.linked_company is not None
    return p.Position(
        title=held.title,
        company=None if linked else _text(held.employer),
        location=None if linked or not held.city else p.Location(raw=held.city, city=held.city),
        start_date=str(held.start) if held.start else None,
        end_date=str(held.end) if held.end else None,
        is_current=held.end is None,
        supervisor=held.supervisor,
        reason_for_leaving=held.reason,
    )


def _rest(account: Account, opened: frozenset[str]) -> Iterator[tuple[int, Model]]:
    for pipeline in account.pipelines.values():
        yield pipeline.id, _application(account, pipeline, str(pipeline.id) in opened)
    for activity in account.activities.values():
        if activity.about[0] in ("candidate", "job"):
            yield activity.id, _note(activity)


def _application(account: Account, pipeline: Pipeline, opened: bool) -> Model:
    titles = {status.id: status.title for workflow in account.workflows.values() for status in workflow.statuses}
    outcome = _outcome(titles[pipeline.status_id]) if pipeline.status_id in titles else None
    since = None
    for step in pipeline.steps:
        same = titles.get(step.status_id) and _outcome(titles[step.status_id]) == outcome
        since = (since or step.at) if same else None
    return unified.Application(
        candidate_id=str(pipeline.candidate_id),
        job_id=str(pipeline.job_id),
        current_stage_id=str(pipeline.status_id),
        outcome=p.Outcome(outcome) if outcome else None,
        hired_at=since if opened and outcome == "HIRED" else None,
        rejected_at=since if opened and outcome == "DECLINED" else None,
        screening_question_answers=_answers(account, pipeline) if opened else None,
        remote_url=_page(account, pipeline.candidate_id),
        remote_created_at=pipeline.created,
        remote_updated_at=pipeline.modified,
    )


def _answers(account: Account, pipeline: Pipeline) -> list[p.Answer]:
    sent = [one for one in account.candidates[pipeline.candidate_id].submissions if one.job_id == pipeline.job_id]
    asked = [(question, one.answers.get(question.id)) for one in sent for question in one.form.questions]
    return [
        p.Answer(question=question.title, format=FORMATS[question.type], answer=_answer(question, value))
        for question, value in asked
        if value is not None
    ]


def _answer(question: Question, value: Any) -> Any:
    if question.answers:
        ticked = [label for number, label in question.answers.items() if value.get(str(number))]
        return ticked if question.type == "checkboxes" else ticked[0]
    return value


def _outcome(title: str) -> str:
    return "HIRED" if title in HIRED else "DECLINED" if title in DECLINED else "PENDING"


def _note(activity: Activity) -> Model:
    kind, number = activity.about
    return unified.Note(
        kind=p.NoteKind(KINDS[activity.type]),
        candidate_id=str(number) if kind == "candidate" else None,
        job_id=_id(activity.regarding_id) or (str(number) if kind == "job" else None),
        author_id=str(activity.entered_by_id),
        content=activity.notes or activity.annotation,
        remote_created_at=activity.created,
        remote_updated_at=activity.modified,
    )


def _file(file: File, **owner: Any) -> Model:
    extension = file.filename.lower().rpartition(".")[2]
    letter = file.filename.startswith(("cover letter", "motivation"))
    kind = "CV" if file.is_resume else "COVER_LETTER" if letter else "OTHER"
    return unified.Attachment(
        file_name=file.filename, type=p.FileType(kind), content_type=CONTENT.get(extension), **owner
    )


def _custom(account: Account, owner: str, values: dict[int, Any]) -> dict[str, Any]:
    """The second "Remarks" carries its id."""
    named: dict[str, Any] = {}
    for definition in account.definitions.values():
        label = definition.name
        if any(other.name == label and other.id < definition.id for other in account.definitions.values()):
            label = f"{label} ({definition.id})"
        value = _value(definition, values.get(definition.id)) if definition.owner == owner else None
        if value not in (None, [], ""):
            named[label] = value
    return named


def _value(definition: Definition, value: Any) -> Any:
    if definition.type == "user":
        return _id(value)
    if definition.type == "checkboxes":
        return [definition.selections[one] for one in value or []]
    return definition.selections[value] if definition.selections and value else value


def _place(street: str | None, postal_code: str, city: str, state: str, country: str) -> p.Location | None:
    parts = [street, f"{postal_code} {city}".strip(), state, country]
    line = ", ".join(part for part in parts if part)
    if not line:
        return None
    return p.Location(
        raw=line,
        street_1=street or None,
        zip_code=postal_code or None,
        city=city or None,
        state=state or None,
        country=country or None,
    )


def _text(value: str) -> str | None:
    return value.strip() or None


def _id(value: Any) -> str | None:
    return None if value is None else str(value)
