"""What the emulated Homerun knows: plain, changeable dataclasses, imagined from a seed.

Among the imagined: jobs of each status with stages spelled differently, twice the same name, a renamed "Hired" and an
old "Disqualified"; people in the general pool, people of jobs that nobody lists, the same person twice, forgotten
people, the disqualified among the hired, and the hired outside of "Hired".
"""

import random
import string
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.emulation_data import ImaginedJob, Person, imagine_jobs, imagine_people

NOW = datetime(2026, 11, 1, 9, 0, tzinfo=UTC)
"""The instant from which all times of the data are counted."""
LETTERS = string.ascii_letters + string.digits
STAGES = (
    ("New", "Phone screen", "Interview", "Offer", "Hired"),
    ("New", "Phone Screen", " Interview ", "Trial day", "🎉 Hired"),
    ("New", "Interview", "Interview", "Offer / Contract", "Hired"),
    ("New", "Qualified", "Gespräch", "Aangenomen", "Disqualified"),
)
HIRING = ("Hired", "🎉 Hired", "Aangenomen")
"""What the stage that hires is called when a vacancy is made."""
FACE = b"\x89PNG an invented face"
PICTURES = {b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF8": "image/gif"}
"""How pictures begin."""
STATUSES = ("public", "public", "private", "public", "closed", "public", "draft", "public")
TYPES = (
    "Full-time",
    "Part-time",
    "Full-time / Part-time",
    "Contracted",
    "Internship",
    "Seasonal",
    "Temporary",
    "Traineeship",
    "Volunteer",
    "Freelance on the moon",
)
PLACES = ("on-site", "remote", "hybrid", "on-site", "wherever", None)
REASONS = ("Too junior", "No work permit", "Salary <too> high", "Nicht passend")
LANGUAGES = ("English", "Nederlands")


@dataclass(eq=False, slots=True)
class Stage:
    """A step of one vacancy's process; whoever comes to one that `hires` is hired, whatever it is called by now."""

    id: str | int
    name: str
    hires: bool = False


def process(prefix: str, names: Iterable[str]) -> list[Stage]:
    """The stages of a new vacancy."""
    return [Stage(f"{prefix}_{n}", name, name in HIRING) for n, name in enumerate(names)]


@dataclass(eq=False, slots=True)
class Vacancy:
    """A job: public, private, closed, draft or archived; `salary` is (from, to or None, currency, period)."""

    id: str
    title: str
    description: str = ""
    page_content: str | None = None
    status: str = "public"
    type: str | None = "Full-time"
    location_type: str | None = "on-site"
    location: dict[str, str] | None = None
    department: str | None = None
    stages: list[Stage] = field(default_factory=list)
    salary: tuple[str, str | None, str, str] | None = None
    expires_at: datetime | None = None
    created_at: datetime = NOW

    def stage(self, name: str) -> Stage:
        """Its first stage of that name; KeyError where there is none."""
        for stage in self.stages:
            if stage.name == name:
                return stage
        raise KeyError(name)


@dataclass(eq=False, slots=True)
class File:
    """A file of an application; `type` is resume or assignment."""

    name: str
    type: str
    content: bytes = b"%PDF-1.4 an invented file"


@dataclass(eq=False, slots=True)
class Note:
    """Something that was written about a person."""

    id: str
    note: str
    display_name: str
    created_at: datetime
    updated_at: datetime
    is_sensitive: bool = False


@dataclass(eq=False, slots=True)
class Reply:
    """What was answered to one question; a File for a question of type file."""

    question: str
    kind: str
    answer: str | File
    language: str = "English"


@dataclass(eq=False, slots=True)
class Applicant:
    """A job application: a person, and the vacancy applied to unless the person is in the general pool."""

    id: str
    first_name: str | None
    last_name: str | None
    email: str | None = None
    phone_number: str | None = None
    city: str | None = None
    country: str | None = None
    date_of_birth: str | None = None
    photo: bool = False
    face: bytes = FACE
    vacancy_id: str | None = None
    stage: Stage | None = None
    disqualified: bool = False
    reason: str | None = None
    hired_at: datetime | None = None
    first_reply_at: datetime | None = None
    rating: float | None = 0
    total_votes: int = 0
    sourced: bool = False
    sources: list[str] = field(default_factory=list)
    created_at: datetime = NOW
    experience: str | None = None
    education: str | None = None
    pronouns: str | None = None
    assignment: str | None = None
    pages: dict[str, str] = field(default_factory=dict)
    custom_data: dict[str, Any] | None = None
    files: list[File] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=list)
    kept_until: datetime | None = None
    """When retention ends; without, a year after the application."""


def imagine_vacancies(seed: int, count: int) -> list[Vacancy]:
    """The first `count` vacancies of a seed, newest first, and a tenth more that are archived, oldest of all."""
    dice = random.Random(f"vacancies {seed}")  # noqa: S311 - imagination, not a secret
    found = [_vacancy(dice, imagined) for imagined in imagine_jobs(seed, count + count // 10)]
    for archived in found[count:]:
        archived.status = "archived"
    return found


def imagine_applicants(seed: int, count: int, vacancies: list[Vacancy]) -> list[Applicant]:
    """The first `count` applications of a seed, newest first, spread over these vacancies."""
    dice = random.Random(f"applicants {seed}")  # noqa: S311 - imagination, not a secret
    found: list[Applicant] = []
    for person in imagine_people(seed, count):
        again = person.number % 29 == 28
        found.append(_applicant(dice, person, vacancies, found[-5] if again else None))
    return found


def picture_type(content: bytes) -> str:
    """The media type of a picture, "" for what is none."""
    return next((kind for start, kind in PICTURES.items() if content.startswith(start)), "")


def new_id(dice: random.Random, prefix: str) -> str:
    """An id as Homerun makes them: a prefix and 20 letters and digits."""
    return prefix + "".join(dice.choices(LETTERS, k=20))


def _vacancy(dice: random.Random, job: ImaginedJob) -> Vacancy:
    number = job.number
    names = STAGES[number % len(STAGES)]
    short = number % 3 == 0
    return Vacancy(
        id=new_id(dice, "job_") if number != 7 else "job_644689182a1b8",  # the older kind of id
        title=job.title,
        description="" if short else f"{job.title}, {job.city}",
        page_content=job.description if number % 6 else None,
        status=STATUSES[number % len(STATUSES)],
        type=TYPES[number % len(TYPES)],
        location_type=PLACES[number % len(PLACES)],
        location=None if number % 8 == 5 else _location(job, code=number % 2 == 0),
        department=f" {job.department} " if job.department and number % 4 == 1 else job.department or None,
        stages=process(f"st_{number}", names),
        salary=_salary(job),
        expires_at=None if number % 3 else NOW + timedelta(days=(number % 5 - 2) * 30),
        created_at=NOW - timedelta(days=3 * number, minutes=number),
    )


def _location(job: ImaginedJob, *, code: bool) -> dict[str, str]:
    return {
        "name": f"{job.city} office",
        "country": job.country_code if code else job.country_name,
        "address": job.street,
        "postal_code": job.postal_code,
        "city": job.city,
        "region": job.region,
    }


def _salary(job: ImaginedJob) -> tuple[str, str | None, str, str] | None:
    if not job.salary_from:
        return None
    most = None if job.salary_from == job.salary_to else f"{job.salary_to}.00"
    return f"{job.salary_from}.00", most, job.currency.lower(), "year" if job.number % 7 else "fortnight"


def _applicant(dice: random.Random, person: Person, vacancies: list[Vacancy], twin: Applicant | None) -> Applicant:
    number = person.number
    made = Applicant(
        id=new_id(dice, "ap_"),
        first_name=person.first_name,
        last_name=person.last_name,
        email=person.email,
        phone_number=person.phones[0].number if person.phones else None,
        city=person.city,
        country=person.country_name if number % 3 else person.country_code,
        date_of_birth="1994-02-11" if number % 6 == 0 else None,
        photo=number % 10 == 3,
        rating=dice.choice((0, 3.5, 4.25, None)),
        total_votes=number % 4,
        sourced=number % 7 == 0,
        sources=[word for word in (person.source, "Referral") if word][: number % 3],
        created_at=NOW - timedelta(minutes=37 * number, seconds=number % 60),
    )
    if twin:
        made.first_name, made.last_name, made.email = twin.first_name, twin.last_name, twin.email
    if number % 53 == 52:
        forget(made)
    _apply(dice, made, number, vacancies)
    _fill(made, person)
    return made


def forget(applicant: Applicant) -> None:
    """Make a person anonymous, as the end of the retention period may."""
    applicant.first_name = applicant.last_name = applicant.email = applicant.phone_number = None
    applicant.city = applicant.country = applicant.date_of_birth = None
    applicant.photo = False


def _apply(dice: random.Random, made: Applicant, number: int, vacancies: list[Vacancy]) -> None:
    if number % 11 == 10 or not vacancies:
        return  # somebody of the general pool
    vacancy = vacancies[int(len(vacancies) * dice.random() ** 2)]
    made.vacancy_id, made.stage = vacancy.id, dice.choice(vacancy.stages)
    if number % 97 == 96:
        made.vacancy_id = f"job_{number:020}"  # a vacancy that nobody lists any more
    if number % 9 == 4:
        made.disqualified, made.reason = True, dice.choice((*REASONS, None))
    if number % 13 == 5:
        made.hired_at = made.created_at + timedelta(days=20)
        made.stage = next(stage for stage in vacancy.stages if stage.hires) if number % 2 else made.stage
    if number % 5:
        made.first_reply_at = made.created_at + timedelta(hours=30)


def _fill(made: Applicant, person: Person) -> None:
    """What only the detail shows."""
    number = person.number
    made.experience = person.title or None
    if number % 2:
        made.files = [File(f"{person.last_name or 'cv'} <cv>.pdf", "resume")]
    if number % 8 == 7:
        made.files += [File("Portfolio & more.zip", "assignment"), File("Portfolio & more.zip", "assignment")]
    if number % 4 == 0:
        made.pages = {"linkedin": f"https://www.linkedin.example.test/in/{number}", "skype": f"live:{number}"}
    if number % 12 == 0:
        made.pages |= {"github": f"https://github.example.test/{number}", "website": "https://example.test/?a=1&b=2"}
    if number % 6 == 1:
        made.custom_data = {"referrer_code": f"A{number}", "Größe <cm>": str(150 + number % 50)}
    written = made.created_at + timedelta(days=1)
    made.notes = [
        Note(f"nt_{number}_{n}", f"Call {n}: <b>good</b> & kind\n☎", "Priya", written, written, bool(n))
        for n in range(number % 3)
    ]
    if number % 5 == 2:
        made.replies = [Reply("When can you start?", "text", "January", LANGUAGES[number % 2])]
    if number % 10 == 7:
        made.replies.append(Reply("Your work", "file", File("work.pdf", "assignment")))
