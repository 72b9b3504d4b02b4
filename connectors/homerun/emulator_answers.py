"""How the emulated Homerun writes down what it knows: vacancies, applications, details and the `meta` of a page."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.emulation_faults import Listing
from connectors.homerun.emulator_data import Applicant, File, Note, Reply, Stage, Vacancy

type Sign = Callable[[Applicant, str], str]
"""The signed link to one of a person's files: `photo`, or its place among all of them."""
ENDINGS = {"seconds": "%Y-%m-%dT%H:%M:%SZ", "micro": "%Y-%m-%dT%H:%M:%S.%fZ", "offset": "%Y-%m-%dT%H:%M:%S+00:00"}
PAGES = ("facebook", "twitter", "linkedin", "github", "website", "skype")


def all_files(person: Applicant) -> list[File]:
    """A person's answered files and files, in the order in which links count them: new ones come last."""
    return [*(reply.answer for reply in person.replies if isinstance(reply.answer, File)), *person.files]


class Writer:
    """Writes truth as Homerun's JSON. `stage_ids`, `note_ids`: the newer shapes; `dates`: one of ENDINGS."""

    def __init__(self, sign: Sign, *, stage_ids: bool, note_ids: bool, replies: bool, dates: str) -> None:
        self.sign, self.stage_ids, self.note_ids, self.replies = sign, stage_ids, note_ids, replies
        self.ending = ENDINGS[dates]

    def time(self, value: datetime | None) -> str | None:
        """An instant in the configured spelling."""
        return value.astimezone(UTC).strftime(self.ending) if value else None

    def stage(self, stage: Stage | None) -> dict[str, Any] | None:
        """A stage by name, with its id in the newer shape."""
        if stage is None:
            return None
        return {"id": stage.id, "name": stage.name} if self.stage_ids else {"name": stage.name}

    def vacancy(self, vacancy: Vacancy, include: Iterable[str], count: Callable[[], int]) -> dict[str, Any]:
        """A vacancy with exactly what was included."""
        page = f"https://acme.homerun.example.test/{vacancy.id}"
        row = {
            "id": vacancy.id,
            "title": vacancy.title,
            "description": vacancy.description,
            "status": vacancy.status,
            "type": vacancy.type,
            "location_type": vacancy.location_type,
            "is_remote": None if vacancy.location_type is None else vacancy.location_type == "remote",
            "application_form_url": f"{page}/en/apply",
            "job_url": f"{page}/en",
            "share_image_url": None,
            "expires_at": self.time(vacancy.expires_at),
            "created_at": self.time(vacancy.created_at),
        }
        makers: dict[str, tuple[str, Callable[[], Any]]] = {
            "location": ("location", lambda: vacancy.location),
            "department": ("department", lambda: {"name": vacancy.department} if vacancy.department else None),
            "stages": ("stages", lambda: [self.stage(stage) for stage in vacancy.stages]),
            "total_candidate_count": ("total_candidate_count", count),
            "page_content": ("page_content", lambda: vacancy.page_content),
            "salaryIndication": ("salary_indication", lambda: _salary(vacancy)),
        }
        return row | {key: make() for name, (key, make) in makers.items() if name in include}

    def row(self, person: Applicant) -> dict[str, Any]:
        """An application as the list shows it, without any include."""
        return {
            "id": person.id,
            "vacancy_id": person.vacancy_id,
            "rating": person.rating,
            "total_votes": person.total_votes,
            "sourced": person.sourced,
            "disqualified": person.disqualified,
            "disqualification_reason": {"name": person.reason} if person.reason else None,
            "homerun_url": f"https://app.homerun.example.test/candidates/{person.id}",
            "created_at": self.time(person.created_at),
            "hired_at": self.time(person.hired_at),
            "first_reply_at": self.time(person.first_reply_at),
            "retention_period_ends_at": self.time(person.kept_until or person.created_at + timedelta(days=365)),
            "personal_info": {
                "first_name": person.first_name,
                "last_name": person.last_name,
                "email": person.email,
                "city": person.city,
                "country": person.country,
                "date_of_birth": person.date_of_birth,
                "phone_number": person.phone_number,
                "photo": self.sign(person, "photo") if person.photo else None,
            },
        }

    def detail(self, person: Applicant) -> dict[str, Any]:
        """An application as its own address shows it, without any include; the stage is always there."""

        def reply(said: Reply) -> dict[str, Any]:
            answer = self.file(person, said.answer) if isinstance(said.answer, File) else said.answer
            return {
                "language": said.language,
                "original_question": said.question,
                "original_question_type": said.kind,
                "answer": answer,
            }

        return {
            **self.row(person),
            "stage": self.stage(person.stage),
            "education": person.education,
            "experience": person.experience,
            "pronouns": person.pronouns,
            "assignment": person.assignment,
            **{page: person.pages.get(page) for page in PAGES},
            "custom_data": person.custom_data,
            "files": [self.file(person, file) for file in person.files],
            **({"question_answers": [reply(said) for said in person.replies]} if self.replies else {}),
        }

    def file(self, person: Applicant, file: File) -> dict[str, Any]:
        """A file with its link."""
        place = next(place for place, each in enumerate(all_files(person)) if each is file)
        return {
            "name": file.name,
            "type": file.type,
            "temporary_download_url": self.sign(person, str(place)),
        }

    def note(self, note: Note) -> dict[str, Any]:
        """A note, with its id in the newer shape."""
        row = {
            "display_name": note.display_name,
            "is_sensitive": note.is_sensitive,
            "note": note.note,
            "created_at": self.time(note.created_at),
            "updated_at": self.time(note.updated_at),
        }
        return {"id": note.id, **row} if self.note_ids else row


def _salary(vacancy: Vacancy) -> dict[str, Any] | None:
    if vacancy.salary is None:
        return None
    value, most, currency, period = vacancy.salary
    return {
        "experience_level": "mid",
        "currency": currency,
        "salary_value": value,
        "max_salary_value": most,
        "time_period": period,
    }


def _window(page: int, last: int) -> list[int]:
    """The pages that the paginator links to, as Laravel's does: 0 where it leaves some out."""
    if last < 14:
        return list(range(1, last + 1))
    if page <= 7:
        return [*range(1, 11), 0, last - 1, last]
    if page > last - 7:
        return [1, 2, 0, *range(last - 9, last + 1)]
    return [1, 2, 0, *range(page - 3, page + 4), 0, last - 1, last]


def meta(path: str, page: int, size: int, asked: Listing, shown: int) -> dict[str, Any]:
    """The paginator's facts. Its links have the scheme http and lose every parameter but the page, as in the sample."""
    total = asked.total or 0
    last = max(1, -(-total // size), page + 1 if asked.has_next else 1)
    first = (page - 1) * size + 1

    def link(number: int, label: str, *, active: bool = False) -> dict[str, Any]:
        return {"url": f"{path}?page={number}" if 1 <= number <= last else None, "label": label, "active": active}

    numbers = [link(n, str(n) if n else "...", active=n == page) for n in _window(page, last)]
    following = link(page + 1 if asked.has_next else 0, "Next &raquo;")
    return {
        "current_page": page,
        "from": first if shown else None,
        "last_page": last,
        "links": [link(page - 1, "&laquo; Previous"), *numbers, following],
        "path": path,
        "per_page": size,
        "to": first + shown - 1 if shown else None,
        "total": total,
    }
