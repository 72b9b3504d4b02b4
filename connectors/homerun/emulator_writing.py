"""The writing half of an emulated Homerun: applications made, changed, moved and deleted."""

import re
from typing import Any

from werkzeug.exceptions import abort
from werkzeug.wrappers import Request, Response

from connectors.emulation import write
from connectors.homerun.emulator_bodies import CHANGED, CREATED, LINKS, NAMES, TEXTS, Body, sent
from connectors.homerun.emulator_data import Applicant, Stage, Vacancy
from connectors.homerun.emulator_papers import Papers

OPEN = ("public", "private")
PLAIN = (*NAMES, *TEXTS, "sourced")
"""Fields that a person has under the same name."""


class Writing(Papers):
    """What may be written about a person; each change is an effect."""

    @write("/job-applications", "POST", scope="job-applications:write")
    def create(self, request: Request) -> Response:
        """A person with an application; without vacancy_id in the pool."""
        body = sent(request, CREATED)
        self.judge(body, CREATED, NAMES)
        job = self._taking(body.get("vacancy_id"))
        if job is None and body.get("vacancy_id") is not None:
            self.refuse("vacancy_id", self.habits.vacancy_status)
        self._doubt(body)
        return self._created(body, job)

    def _doubt(self, body: Body) -> None:
        """Refuse what only some accounts refuse."""
        habits, mail = self.habits, body["email"].casefold()
        twins = (each for each in self.people if (each.email or "").casefold() == mail)
        if habits.duplicates_refused and body.get("vacancy_id") in {each.vacancy_id for each in twins}:
            self.refuse("email", message="email has already been taken")
        if habits.unknown_sources == "refused" and set(body.get("sources") or ()) - self._sources():
            self.refuse("sources")
        for name in NAMES[:2]:
            if habits.plain_names and re.search(r"[^\w .'-]|[\d_]", body[name]):
                self.refuse(name)

    def _sources(self) -> set[str]:
        return {name for person in self.people for name in person.sources}

    def _created(self, body: Body, job: Vacancy | None) -> Response:
        first, last, mail = (body[name] for name in NAMES)
        sources = list(body.get("sources") or ())
        if self.habits.unknown_sources == "ignored":
            sources = [name for name in sources if name in self._sources()]
        body["sourced"] = self.habits.sourced if body.get("sourced") is None else body["sourced"]
        person = self.person(first, last, job=job, email=mail, sources=sources)
        self._fill(person, body)
        stage = person.stage and person.stage.name
        self.effect("application created", **body | {"id": person.id, "sources": sources, "stage": stage})
        if self.habits.confirms:
            self.effect("confirmation e-mail sent", id=person.id, to=mail)
        return self._told(person, 201)

    @write("/job-applications/<application_id>", "PATCH", scope="job-applications:write")
    def update(self, request: Request, application_id: str) -> Response:
        """Changes of what is named; a vacancy and a stage are moved to, no vacancy is the pool."""
        person, body = self.applicant(application_id), sent(request, CHANGED)
        nulls = [name for name, value in body.items() if value is None and name != "vacancy_id"]
        self.judge(body, CHANGED, nulls if self.habits.nulls_refused else set(NAMES) & set(nulls))
        vacancy_id, job = self._target(person, body)
        stage = self._stage(job, body["stage"]) if body.get("stage") is not None else None
        self._change(person, body)
        self._bring(person, vacancy_id, stage or self._first(person, vacancy_id, job))
        return self._told(person)

    def _change(self, person: Applicant, body: Body) -> None:
        before = self._held(person)
        self._fill(person, body)
        changed = {name: value for name, value in self._held(person).items() if value != before[name]}
        if changed:
            self.effect("application changed", id=person.id, **changed)

    def _target(self, person: Applicant, body: Body) -> tuple[str | None, Vacancy | None]:
        """The vacancy that a change leads to: the present one, which may be gone, another that is open, or none."""
        asked = body.get("vacancy_id", None if self.habits.omission_pools else person.vacancy_id)
        if asked is None or asked == person.vacancy_id:
            return asked, self.job_of(person) if asked else None
        job = self._taking(asked) or abort(self.refusal(404))
        return job.id, job

    def _first(self, person: Applicant, vacancy_id: str | None, job: Vacancy | None) -> Stage | None:
        """Where somebody stands who is moved to no stage by name."""
        if vacancy_id == person.vacancy_id:
            return person.stage
        return job.stages[0] if job else None

    def _stage(self, job: Vacancy | None, asked: Body) -> Stage | None:
        """The stage that a change leads to; the pool has none."""
        if job is None:
            return None if self.habits.omission_pools else abort(self.refusal(404))
        by = self.habits.stage_by
        key = "id" if by == "id" or (by == "either" and "id" in asked) else "name"
        if asked.get(key) is None:
            self.refuse(f"stage.{key}", message=f"stage.{key} is required")
        found = next((stage for stage in job.stages if self._is_meant_by(stage, key, asked[key])), None)
        if found is None:
            abort(self.refusal(404))
        if _plain(found.name) == "new":
            self.refuse("stage.name", self.habits.new_status)
        return found

    def _is_meant_by(self, stage: Stage, key: str, asked: Any) -> bool:
        if key == "id" or self.habits.exact_stages:
            return bool(asked == getattr(stage, key))
        return _plain(stage.name) == _plain(str(asked))

    def _bring(self, person: Applicant, vacancy_id: str | None, stage: Stage | None) -> None:
        """Move a person; no effect where that is the place already."""
        was_at, was = person.vacancy_id, person.stage
        if (vacancy_id, stage) == (was_at, was):
            return
        person.vacancy_id, person.stage = vacancy_id, stage
        if stage and stage.hires:
            person.hired_at = person.hired_at or self.tick()
        elif not self.habits.hired_kept:
            person.hired_at = None
        names = {"from_stage": was and was.name, "stage": stage and stage.name}
        self.effect("application moved", id=person.id, from_vacancy_id=was_at, vacancy_id=vacancy_id, **names)

    @write("/job-applications/<application_id>", "DELETE", scope="job-applications:write")
    def remove(self, request: Request, application_id: str) -> Response:
        """The application and its person."""
        person = self.applicant(application_id)
        self.delete(person)
        self.effect("application deleted", id=person.id)
        return Response(status=204)

    # Inside

    def _taking(self, vacancy_id: Any) -> Vacancy | None:
        return next((job for job in self.jobs if job.id == vacancy_id and job.status in OPEN), None)

    def _held(self, person: Applicant) -> Body:
        """What a person has of the fields that can be written."""
        pages = {name: person.pages.get(name) for name in (*LINKS, "skype")}
        data = dict(person.custom_data or {})
        return {name: getattr(person, name) for name in PLAIN} | pages | {"custom_data": data, "photo": person.photo}

    def _fill(self, person: Applicant, body: Body) -> None:
        for name, value in body.items():
            if name in PLAIN:
                setattr(person, name, value)
            elif name in (*LINKS, "skype"):
                person.pages = {**person.pages, name: value}
            elif name == "custom_data":
                person.custom_data = {**(person.custom_data or {}), **value} if value else None
            elif name == "photo":
                person.photo = value is not None

    def _told(self, person: Applicant, status: int = 200) -> Response:
        return self.json({"data": self.writer.detail(person)}, status)


def _plain(name: str) -> str:
    """A stage's name as others might write it."""
    return name.strip().casefold()
