"""What an emulated Homerun's truth must come out as, worked out without the mappings."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from hashlib import blake2s
from typing import Any

from connectors import unified
from connectors.homerun.emulator import Emulator
from connectors.homerun.emulator_data import Applicant, File, Stage, Vacancy

type Document = dict[str, Any]
type Documents = dict[tuple[str, str], Document]

STATUS = {"public": "OPEN", "private": "OPEN", "closed": "CLOSED", "draft": "DRAFT", "archived": "ARCHIVED"}
VISIBILITY = {"public": "PUBLIC", "private": "UNLISTED"}
REMOTE = {"on-site": "ON_SITE", "remote": "REMOTE", "hybrid": "HYBRID"}
TYPES = {
    "Full-time": "FULL_TIME",
    "Full-time / Part-time": "FULL_TIME",
    "Part-time": "PART_TIME",
    "Contracted": "CONTRACT",
    "Internship": "INTERNSHIP",
    "Traineeship": "INTERNSHIP",
    "Seasonal": "SEASONAL",
}
PLACE = ("raw", "street_1", "street_2", "zip_code", "city", "state", "country")


def expected(emulator: Emulator, *, details: Iterable[str] = frozenset()) -> Documents:
    """`{(model slug, remote id): document}` of everything that can be read; `details` are the applications opened."""
    opened = frozenset(details)
    found: Documents = {}
    for job in emulator.jobs:
        if job.status != "archived" or emulator.archived != "gone":
            _job(found, emulator, job)
    for person in emulator.people:
        _person(found, emulator, person, person.id in opened)
        if person.id in opened:
            _files_and_notes(found, emulator, person)
    return found


def document(slug: str, **values: Any) -> Document:
    """A whole document: what is not named is null, or an empty list where the schema knows no null."""
    shapes = unified.BY_SLUG[slug].fields()
    empty: Document = {name: [] if shape.many and not shape.nullable else None for name, shape in shapes.items()}
    assert values.keys() <= empty.keys()
    return empty | values


def _job(found: Documents, emulator: Emulator, job: Vacancy) -> None:
    status = "closed" if job.status == "archived" and emulator.archived == "closed" else job.status
    newer = emulator.newer_includes
    page = job.page_content if newer and (job.page_content or "").strip() else None
    value, most, currency, period = job.salary if job.salary and newer else (None, None, None, None)
    department = _text(job.department)
    found["job", job.id] = document(
        "job",
        name=_text(job.title),
        status=STATUS[status],
        visibility=VISIBILITY.get(status),
        department_id=department,
        location=_location(job.location),
        remote_work_status=REMOTE.get(job.location_type or "", job.location_type),
        employment_type=TYPES.get(job.type or "", job.type),
        description=page or job.description or None,
        experience_level="mid" if value else None,
        salary_amount=float(value) if value and not most else None,
        salary_amount_from=float(value) if value and most else None,
        salary_amount_to=float(most) if most else None,
        salary_currency=currency.upper() if currency else None,
        salary_period={"year": "YEAR"}.get(period or "", period),
        post_url=f"https://acme.homerun.example.test/{job.id}/en",
        closed_at=_time(job.expires_at),
        remote_created_at=_time(job.created_at),
    )
    if department:
        found["department", department] = document("department", name=department)
    for index, stage in enumerate(_stages(emulator, job)):
        key = _stage(found, emulator, stage)
        place = document("job_stage", job_id=job.id, stage_id=key, index=index)
        found.setdefault(("job_stage", f"{job.id}:{key}"), place)


def _stages(emulator: Emulator, job: Vacancy) -> list[Stage]:
    return [stage for stage in job.stages if emulator.new_in_stages or stage.name != "New"]


def _stage(found: Documents, emulator: Emulator, stage: Stage) -> str:
    key = str(stage.id) if emulator.writer.stage_ids else stage.name.strip()
    found.setdefault(("application_stage", key), document("application_stage", name=_text(stage.name)))
    return key


def _person(found: Documents, emulator: Emulator, person: Applicant, opened: bool) -> None:
    source = ", ".join(name for name in map(_text, person.sources) if name) or None
    page = f"https://app.homerun.example.test/candidates/{person.id}"
    created, email, phone = _time(person.created_at), _text(person.email), _text(person.phone_number)
    found["candidate", person.id] = document(
        "candidate",
        first_name=_text(person.first_name),
        last_name=_text(person.last_name),
        email_addresses=[{"email_address": email, "type": None}] if email else [],
        phone_numbers=[{"phone_number": phone, "type": None, "extension": None}] if phone else [],
        location=_location({"city": person.city, "country": person.country}),
        source=source,
        social_media=_pages(person) if opened else None,
        custom_fields=person.custom_data if opened else None,
        remote_url=page,
        remote_created_at=created,
    )
    reason = _text(person.reason)
    if reason:
        found["rejection_reason", reason] = document("rejection_reason", name=reason)
    stage = _stage(found, emulator, person.stage) if person.stage else None
    if person.vacancy_id:
        found["application", person.id] = document(
            "application",
            candidate_id=person.id,
            job_id=person.vacancy_id,
            current_stage_id=stage,
            outcome=_outcome(person),
            source=source,
            rejection_reason_id=reason if person.disqualified else None,
            hired_at=_time(person.hired_at),
            screening_question_answers=_replies(person) if opened and emulator.writer.replies else None,
            remote_url=page,
            remote_created_at=created,
        )


def _outcome(person: Applicant) -> str:
    if person.disqualified:
        return "DECLINED"
    return "HIRED" if person.hired_at else "PENDING"


def _pages(person: Applicant) -> list[Document]:
    names = [name for name in ("linkedin", "github", "facebook", "twitter", "website", "skype") if name in person.pages]
    return [
        {
            "type": name.upper(),
            "link": None if name == "skype" else person.pages[name],
            "username": person.pages[name] if name == "skype" else None,
        }
        for name in names
    ]


def _replies(person: Applicant) -> list[Document]:
    return [
        {
            "question": reply.question,
            "format": reply.kind.upper(),
            "answer": reply.answer.name if isinstance(reply.answer, File) else reply.answer,
        }
        for reply in person.replies
    ]


def _files_and_notes(found: Documents, emulator: Emulator, person: Applicant) -> None:
    applied = person.id if person.vacancy_id else None
    owner = {"candidate_id": person.id, "application_id": applied, "job_id": person.vacancy_id}
    answered = [reply.answer for reply in person.replies if isinstance(reply.answer, File)]
    for file in [*person.files, *(answered if emulator.writer.replies else ())]:
        kind = "CV" if file.type == "resume" else "OTHER"
        row = document("attachment", file_name=_text(file.name), type=kind, **owner)
        found["attachment", _free(found, "attachment", f"{person.id}:{file.type}:{digest(file.name)}")] = row
    for note in person.notes:
        row = document(
            "note",
            kind="NOTE",
            author_name=_text(note.display_name),
            content=_text(note.note),
            is_private=note.is_sensitive,
            remote_created_at=_time(note.created_at),
            remote_updated_at=_time(note.updated_at),
            **owner,
        )
        bare = f"{person.id}:{emulator.writer.time(note.created_at)}"
        found["note", note.id if emulator.writer.note_ids else _free(found, "note", bare)] = row


def digest(name: str) -> str:
    """What stands for a file's name in its id."""
    return blake2s(name.encode("utf-8", "replace"), digest_size=6).hexdigest()


def _free(found: Documents, slug: str, name: str) -> str:
    """The name, or the name with the first number from 2 that is still free."""
    names = [name, *(f"{name}:{number}" for number in range(2, 10))]
    return next(name for name in names if (slug, name) not in found)


def _location(place: Mapping[str, str | None] | None) -> Document | None:
    if not place or not any(map(_text, place.values())):
        return None
    names = {"name": "raw", "address": "street_1", "postal_code": "zip_code", "region": "state"}
    return {**dict.fromkeys(PLACE), **{names.get(name, name): _text(value) for name, value in place.items()}}


def _text(value: str | None) -> str | None:
    """A text without blanks around it, null where nothing is left."""
    return (value or "").strip() or None


def _time(value: datetime | None) -> str | None:
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if value else None
