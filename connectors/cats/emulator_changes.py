"""What happens in an emulated CATS account, as people there would do it; time moves with each change."""

from datetime import datetime
from typing import Any

from connectors.cats.emulator_events import Happenings
from connectors.cats.emulator_truth import (
    Activity,
    Candidate,
    Definition,
    Department,
    File,
    Job,
    Mail,
    Named,
    Pipeline,
    Portal,
    Status,
    Step,
    User,
    Workflow,
)

BLANK = ("title", "employer", "street", "city", "state", "postal_code", "country_code", "source")
type Record = (
    Candidate | Job | Pipeline | Activity | Status | Workflow | Named | User | Definition | Department | Portal
)


class Changes(Happenings):
    """Verbs on the truth: find a job or a status by its title, add, move, change, delete. Each tells what happened."""

    def tick(self) -> datetime:
        """Let time pass, a minute or what the clock says."""
        self.account.now = self.later(self.account.now)
        return self.account.now

    def job(self, title: str) -> Job:
        """The first job of that title; KeyError where there is none."""
        return _first(self.account.jobs, "title", title)

    def status(self, job: Job, title: str) -> Status:
        """A step of a job's workflow by its title; KeyError where there is none."""
        return _first({status.id: status for status in self.account.statuses_of(job)}, "title", title)

    def add_job(self, title: str, workflow: str = "General", **values: Any) -> Job:
        """A new job like the first one, empty of forms and fields, shown on no portal."""
        first, now = next(iter(self.account.jobs.values())), self.tick()
        copied = {name: getattr(first, name) for name in Job.__slots__}
        fresh = {"custom": {}, "forms": [], "files": [], "created": now, "modified": now, "title": title}
        chosen = _first(self.account.workflows, "title", workflow)
        number = next(self.account.job_ids)
        found = Job(**{**copied, **fresh, "id": number, "workflow_id": chosen.id, **values})
        self.account.jobs[number] = found
        self.happened("created", found)
        return found

    def person(
        self,
        first_name: str = "Ada",
        last_name: str = "Lovelace",
        *,
        job: str = "",
        status: str = "",
        email: str = "ada@example.test",
        **values: Any,
    ) -> Candidate:
        """A new candidate, on a job (made if it is missing) at a status where they are named."""
        account, now = self.account, self.tick()
        plain = dict.fromkeys(BLANK, "")
        mails = [Mail(next(account.small), email, True)] if email else []
        lists: dict[str, Any] = {
            "mails": mails,
            "phones": [],
            "social": [],
            "website": None,
            "owner_id": min(account.users),
        }
        number = next(account.candidate_ids)
        filled = {**plain, **lists, "created": now, "modified": now, **values}
        found = Candidate(id=number, first_name=first_name, last_name=last_name, **filled)
        account.candidates[number] = found
        self.happened("created", found)
        if job:
            self.apply(
                found, next((j for j in account.jobs.values() if j.title == job), None) or self.add_job(job), status
            )
        return found

    def apply(self, candidate: Candidate, job: Job, status: str = "", *, rating: int = 0) -> Pipeline:
        """Put a candidate on a job, at the first status or another."""
        step = self.status(job, status) if status else self.account.statuses_of(job)[0]
        number, now = next(self.account.large), self.tick()
        steps = [Step(next(self.account.large), step.id, now)]
        found = Pipeline(number, candidate.id, job.id, rating, now, now, steps)
        self.account.pipelines[number] = found
        self.happened("created", found)
        return found

    def pipeline_of(self, candidate: Candidate, job: Job | None = None) -> Pipeline:
        """A candidate's pipeline, on that job or the first."""
        found = (p for p in self.account.pipelines.values() if p.candidate_id == candidate.id)
        return next(pipeline for pipeline in found if job is None or pipeline.job_id == job.id)

    def move(self, who: Candidate | Pipeline, to: str) -> Pipeline:
        """Bring a pipeline, or a candidate's first one, to another status of its job."""
        pipeline = self.pipeline_of(who) if isinstance(who, Candidate) else who
        return self.bring(pipeline, self.status(self.account.jobs[pipeline.job_id], to))

    def bring(self, pipeline: Pipeline, status: Status) -> Pipeline:
        """Bring a pipeline to a status."""
        pipeline.steps.append(Step(next(self.account.large), status.id, self.tick()))
        if self.options.status_bumps:
            pipeline.modified = self.account.now
        self.happened("status_changed", pipeline)
        return pipeline

    def change(self, record: Any, **values: Any) -> None:
        """Change a record's values and, where it has one, its time of change."""
        now = self.tick()
        for name, value in values.items():
            setattr(record, name, value)
        if hasattr(record, "modified") and (self.options.tags_bump or set(values) != {"tags"}):
            record.modified = now
        if isinstance(record, Job) and "status_id" in values:
            self.happened("status_changed", record)
        if set(values) - {"tags", "status_id"}:
            self.happened("updated", record)

    def tag(self, candidate: Candidate, *tags: int) -> None:
        """Give a candidate these tags and no others: no event tells of it."""
        self.change(candidate, tags=list(tags))

    def rate(self, pipeline: Pipeline, rating: int) -> None:
        """Rate a pipeline, 0 to 5: no event tells of it."""
        self.change(pipeline, rating=rating)

    def note(self, candidate: Candidate, notes: str, job: Job | None = None) -> Activity:
        """Write about a candidate."""
        number, now = next(self.account.large), self.tick()
        about, regarding, author = ("candidate", candidate.id), job.id if job else None, min(self.account.users)
        found = Activity(number, about, "other", notes, None, regarding, author, now, now)
        self.account.activities[number] = found
        self.happened("created", found)
        return found

    def attach(self, owner: Candidate | Job, filename: str, is_resume: bool = False) -> File:
        """Add a file."""
        found = File(next(self.account.large), filename, is_resume, 1024)
        owner.files.append(found)
        return found

    def delete(self, record: Record) -> None:
        """Take a record away; pipelines go with their candidate or job, activities with their candidate."""
        account = self.account
        self.tick()
        self.happened("deleted", record)
        if isinstance(record, Status):
            for workflow in account.workflows.values():
                workflow.statuses = [status for status in workflow.statuses if status is not record]
        for kind in (
            account.jobs,
            account.candidates,
            account.pipelines,
            account.activities,
            account.tags,
            account.users,
            account.workflows,
            account.departments,
            account.definitions,
            account.portals,
            account.job_statuses,
        ):
            if kind.get(record.id) is record:
                del kind[record.id]
        if isinstance(record, Job | Candidate):
            self._orphans(record)

    def _orphans(self, record: Job | Candidate) -> None:
        account, key = self.account, "job_id" if isinstance(record, Job) else "candidate_id"
        for pipeline in [each for each in account.pipelines.values() if getattr(each, key) == record.id]:
            del account.pipelines[pipeline.id]
            if self.options.orphans_told:
                self.happened("deleted", pipeline)
        if isinstance(record, Candidate):
            about = ("candidate", record.id)
            for number in [each.id for each in account.activities.values() if each.about == about]:
                del account.activities[number]
        for portal in account.portals.values():
            portal.jobs = [number for number in portal.jobs if number in account.jobs]


def _first[T](records: dict[int, T], attribute: str, wanted: str) -> T:
    found = next((record for record in records.values() if getattr(record, attribute) == wanted), None)
    if found is None:
        raise KeyError(wanted)
    return found
