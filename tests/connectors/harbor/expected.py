"""What an emulated Harbor's truth must come out as, worked out without the mappings."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from connectors import unified
from tests.thirdats.emulator import Emulator
from tests.thirdats.emulator_truth import Application, Job, Person

type Document = dict[str, Any]
type Documents = dict[tuple[str, str], Document]

PLACE = ("raw", "street_1", "street_2", "zip_code", "city", "state", "country")
STATUS = {"published": "OPEN", "closed": "CLOSED", "draft": "DRAFT"}
FILES = {"cv": "CV", "letter": "COVER_LETTER", "other": "OTHER"}


def expected(emulator: Emulator, *, details: Iterable[str] = ()) -> Documents:
    """Every document by (model slug, remote id); `details` are the people who were opened."""
    found: Documents = {}
    for each in emulator.departments:
        parent = str(each.parent) if each.parent else None
        found["department", str(each.id)] = document("department", name=each.name, parent_id=parent, status="ACTIVE")
    for user in emulator.users:
        found["user", str(user.id)] = document(
            "user", first_name=user.given, last_name=user.family, email=f"user{user.id}@example.test",
            status="ACTIVE" if user.active else "INACTIVE", access_role=user.role,
        )  # fmt: skip
    for job in emulator.jobs:
        _job(found, job)
    for person in emulator.people:
        _person(found, person, str(person.id) in set(details))
    for application in emulator.applications:
        found["application", str(application.id)] = _application(application)
    return found


def document(slug: str, **values: Any) -> Document:
    """A whole document: what is not named is null, or an empty list where the schema knows no null."""
    shapes = unified.BY_SLUG[slug].fields()
    empty: Document = {name: [] if shape.many and not shape.nullable else None for name, shape in shapes.items()}
    assert values.keys() <= empty.keys()
    return empty | values


def _job(found: Documents, job: Job) -> None:
    found["job", str(job.id)] = document(
        "job", name=job.title.strip() or None, status=STATUS[job.state], location=_place(job.town),
        department_id=str(job.department) if job.department else None, description=job.text.strip() or None,
        opened_at=_time(job.created), remote_created_at=_time(job.created), remote_updated_at=_time(job.updated),
    )  # fmt: skip
    for index, (step, name) in enumerate(job.steps):
        found.setdefault(("application_stage", step), document("application_stage", name=name, status="ACTIVE"))
        found["job_stage", f"{job.id}:{step}"] = document(
            "job_stage", job_id=str(job.id), stage_id=step, index=index
        )  # fmt: skip


def _person(found: Documents, person: Person, opened: bool) -> None:
    found["candidate", str(person.id)] = document(
        "candidate", first_name=person.first_name.strip() or None, last_name=person.last_name.strip() or None,
        email_addresses=[{"email_address": mail, "type": None} for mail in person.mails],
        phone_numbers=[{"phone_number": number, "type": None, "extension": None} for number in person.phones],
        location=_place(person.town), source=person.via or None,
        remote_created_at=_time(person.created), remote_updated_at=_time(person.updated),
    )  # fmt: skip
    if not opened:
        return
    for file in person.files:
        found["attachment", str(file.id)] = document(
            "attachment", file_name=file.name, type=FILES[file.kind], content_type=file.mime,
            candidate_id=str(person.id), remote_created_at=_time(file.created),
        )  # fmt: skip
    for note in person.notes:
        found["note", str(note.id)] = document(
            "note", kind="NOTE", candidate_id=str(person.id), author_id=str(note.by), content=note.body,
            is_private=note.private, remote_created_at=_time(note.created),
        )  # fmt: skip


def _application(application: Application) -> Document:
    ended = _time(application.updated)
    return document(
        "application", candidate_id=str(application.person), job_id=str(application.job),
        current_stage_id=application.step, outcome={"hired": "HIRED", "rejected": "DECLINED"}.get(
            application.result or "", "PENDING"
        ),
        hired_at=ended if application.result == "hired" else None,
        rejected_at=ended if application.result == "rejected" else None,
        remote_created_at=_time(application.created), remote_updated_at=_time(application.updated),
    )  # fmt: skip


def _place(town: str) -> Document | None:
    return {**dict.fromkeys(PLACE), "city": town} if town else None


def _time(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
