"""What is true in an emulated Harbor: plain objects, and how Harbor writes them down."""

import itertools
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.emulation_data import ImaginedJob
from connectors.emulation_data import Person as Imagined

NOW = datetime(2026, 11, 1, 8, tzinfo=UTC)
STEPS = (("st_new", "New"), ("st_talk", "Talk"), ("st_offer", "Offer"))


@dataclass(slots=True)
class Job:
    """One of Harbor's jobs."""

    id: int
    title: str
    state: str = "published"
    department: int | None = None
    town: str = ""
    text: str = ""
    steps: list[tuple[str, str]] = field(default_factory=lambda: list(STEPS))
    created: datetime = NOW
    updated: datetime = NOW

    def row(self) -> dict[str, Any]:
        """As Harbor writes it."""
        return {
            "id": self.id, "title": self.title, "state": self.state, "department": self.department, "town": self.town,
            "text": self.text, "steps": [{"id": id_, "name": name} for id_, name in self.steps],
            "opened": time(self.created), "created": time(self.created), "updated": time(self.updated),
        }  # fmt: skip


@dataclass(slots=True)
class File:
    """A file of a person."""

    id: int
    name: str
    kind: str = "cv"
    mime: str = "application/pdf"
    created: datetime = NOW


@dataclass(slots=True)
class Note:
    """A note about a person."""

    id: int
    body: str
    by: int = 1
    private: bool = False
    created: datetime = NOW


@dataclass(slots=True)
class Person:
    """Somebody who looks for work."""

    id: int
    first_name: str
    last_name: str
    mails: list[str] = field(default_factory=list)
    phones: list[str] = field(default_factory=list)
    town: str = ""
    via: str = ""
    files: list[File] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    created: datetime = NOW
    updated: datetime = NOW

    def row(self) -> dict[str, Any]:
        """As Harbor writes it, with a link to a photo that is signed anew each time."""
        return {
            "id": self.id, "given": self.first_name, "family": self.last_name, "mails": self.mails,
            "phones": self.phones, "town": self.town, "via": self.via or None,
            "photo": f"https://files.harbor.example/{next(_signatures)}",
            "created": time(self.created), "updated": time(self.updated),
        }  # fmt: skip


@dataclass(slots=True)
class Application:
    """A person considered for a job."""

    id: int
    person: int
    job: int
    step: str = "st_new"
    result: str | None = None
    created: datetime = NOW
    updated: datetime = NOW

    def row(self) -> dict[str, Any]:
        """As Harbor writes it."""
        return {
            "id": self.id, "person": self.person, "job": self.job, "step": self.step, "result": self.result,
            "ended": time(self.updated) if self.result else None,
            "created": time(self.created), "updated": time(self.updated),
        }  # fmt: skip


@dataclass(slots=True)
class User:
    """Somebody who works with Harbor."""

    id: int
    given: str
    family: str
    role: str = "recruiter"
    active: bool = True

    def row(self) -> dict[str, Any]:
        """As Harbor writes it."""
        name = {"given": self.given, "family": self.family}
        return {"id": self.id, "name": name, "mail": f"user{self.id}@example.test", "active": self.active,
                "role": self.role}  # fmt: skip


@dataclass(slots=True)
class Department:
    """A part of the company."""

    id: int
    name: str
    parent: int | None = None

    def row(self) -> dict[str, Any]:
        """As Harbor writes it."""
        return {"id": self.id, "name": self.name, "parent": self.parent}


_signatures = itertools.count(1)


def time(moment: datetime) -> str:
    """A moment as Harbor writes it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def imagined_job(number: int, seed: int, imagined: ImaginedJob) -> Job:
    """One of the imagined jobs; every third has a step more."""
    state = ("published", "published", "closed", "draft")[(number + seed) % 4]
    created = NOW - timedelta(days=number)
    job = Job(number, imagined.title, state, number % 3 + 1, imagined.city, imagined.description, created=created,
              updated=created)  # fmt: skip
    if number % 3 == 0:
        job.steps.insert(1, ("st_trial", "Trial day"))
    return job


def imagined_person(number: int, imagined: Imagined) -> Person:
    """One of the imagined people; some have files and notes."""
    mails = [mail for mail in (imagined.email, imagined.second_email) if mail]
    phones = [phone.number for phone in imagined.phones]
    person = Person(number, imagined.first_name, imagined.last_name, mails, phones, imagined.city, imagined.source)
    person.created = person.updated = hours_ago(number)
    if number % 2:
        person.files = [File(number * 10, "cv.pdf"), File(number * 10 + 1, "letter.pdf", "letter")]
    if number % 3 == 0:
        person.notes = [Note(number * 10, "<p>Called & liked</p>", private=number % 2 == 0)]
    return person


def hours_ago(hours: int) -> datetime:
    """A moment of the imagined past."""
    return NOW - timedelta(hours=hours)
