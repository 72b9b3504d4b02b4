"""The emulated Homerun's truth, and what may happen to it."""

import random
from datetime import datetime
from typing import Any

from connectors.homerun.emulator_data import (
    NOW,
    STAGES,
    Applicant,
    Vacancy,
    forget,
    imagine_applicants,
    imagine_vacancies,
    new_id,
    process,
)
from connectors.homerun.emulator_doors import Guarded


class State(Guarded):
    """Jobs and people, newest first, as plain objects: change them freely, or by the small methods here."""

    def __init__(self, jobs: int, people: int, seed: int, **doors: Any) -> None:
        super().__init__(seed=seed, **doors)
        self.jobs: list[Vacancy] = imagine_vacancies(seed, jobs)
        self.people: list[Applicant] = imagine_applicants(seed, people, self.jobs)
        self.dice = random.Random(f"added {seed}")  # noqa: S311 - imagination, not a secret
        self._last = NOW

    def job(self, title: str = "Baker", *, stages: tuple[str, ...] = STAGES[0], **values: Any) -> Vacancy:
        """Add a job."""
        identity = values.pop("id", None) or new_id(self.dice, "job_")
        made = Vacancy(id=identity, title=title, created_at=values.pop("created_at", None) or self.tick(), **values)
        made.stages = process(f"st_{made.id}", stages)
        self.jobs.insert(0, made)
        return made

    def person(
        self,
        first_name: str = "Ada",
        last_name: str = "Lovelace",
        *,
        job: Vacancy | str | None = None,
        stage: str = "",
        **values: Any,
    ) -> Applicant:
        """Add a person: in the first or named stage of a job, added if there is none; without job, in the pool."""
        identity = values.pop("id", None) or new_id(self.dice, "ap_")
        made = Applicant(
            id=identity,
            first_name=first_name,
            last_name=last_name,
            created_at=values.pop("created_at", None) or self.tick(),
            **values,
        )
        if job is not None:
            self.move(made, stage, job=self._job_named(job) if isinstance(job, str) else job)
        older = (n for n, each in enumerate(self.people) if each.created_at <= made.created_at)
        self.people.insert(next(older, len(self.people)), made)
        return made

    def job_of(self, person: Applicant) -> Vacancy | None:
        """The job that a person applied to, None for the pool and where it is gone."""
        return next((job for job in self.jobs if job.id == person.vacancy_id), None)

    def move(self, person: Applicant, stage: str = "", *, job: Vacancy | None = None) -> None:
        """Put a person into a stage ("" for the first) of a job, the present one if none is given."""
        target = job or self.job_of(person)
        if target is None:
            raise KeyError(person.vacancy_id)
        person.vacancy_id = target.id
        person.stage = target.stage(stage) if stage else target.stages[0]

    def hire(self, person: Applicant, at: datetime | None = None) -> None:
        """Hire a person, wherever in the process."""
        person.hired_at = at or self.tick()

    def disqualify(self, person: Applicant, reason: str | None = "Too junior") -> None:
        """Disqualify a person; the stage stays."""
        person.disqualified, person.reason = True, reason

    def to_pool(self, person: Applicant) -> None:
        """Take a person's job away."""
        person.vacancy_id = person.stage = None

    def anonymise(self, person: Applicant) -> None:
        """Forget who a person was."""
        forget(person)

    def archive(self, job: Vacancy) -> None:
        """Archive a job: it vanishes from the API, its applications stay."""
        job.status = "archived"

    def delete(self, gone: Vacancy | Applicant) -> None:
        """Delete a job or a person; the applications of a deleted job go on naming it."""
        (self.jobs if isinstance(gone, Vacancy) else self.people).remove(gone)  # type: ignore[arg-type]

    def _job_named(self, title: str) -> Vacancy:
        return next((job for job in self.jobs if job.title == title), None) or self.job(title)

    def tick(self) -> datetime:
        """Let time pass, a minute or what the clock says."""
        self._last = self.later(self._last)
        return self._last
