"""A whole emulated CATS account, and what can be asked of it."""

from dataclasses import dataclass, field
from datetime import datetime

from connectors.cats.emulator_truth import (
    Activity,
    Candidate,
    Definition,
    Department,
    Job,
    Named,
    Pipeline,
    Portal,
    Status,
    User,
    Workflow,
)


@dataclass(slots=True)
class Numbers:
    """Ids, one after the other: `next(numbers)`; unlike itertools.count it can be copied with its account."""

    upcoming: int

    def __next__(self) -> int:
        self.upcoming += 1
        return self.upcoming - 1


@dataclass(slots=True)
class Account:
    """A whole CATS account, each kind by id."""

    now: datetime
    site_id: int = 40911
    mode: str = "hr"
    subdomain: str = "acme-works"
    company_id: int = 9100002
    users: dict[int, User] = field(default_factory=dict)
    tags: dict[int, Named] = field(default_factory=dict)
    companies: dict[int, Named] = field(default_factory=dict)
    departments: dict[int, Department] = field(default_factory=dict)
    workflows: dict[int, Workflow] = field(default_factory=dict)
    job_statuses: dict[int, Status] = field(default_factory=dict)
    definitions: dict[int, Definition] = field(default_factory=dict)
    portals: dict[int, Portal] = field(default_factory=dict)
    jobs: dict[int, Job] = field(default_factory=dict)
    candidates: dict[int, Candidate] = field(default_factory=dict)
    pipelines: dict[int, Pipeline] = field(default_factory=dict)
    activities: dict[int, Activity] = field(default_factory=dict)
    job_ids: Numbers = field(default_factory=lambda: Numbers(16_200_345))
    candidate_ids: Numbers = field(default_factory=lambda: Numbers(407_500_121))
    small: Numbers = field(default_factory=lambda: Numbers(60_000))
    """Ids of what stands inside other records."""
    large: Numbers = field(default_factory=lambda: Numbers(93_000_000))
    """Ids of files, steps and activities."""

    def workflow_of(self, job: Job) -> Workflow:
        """The workflow that a job follows."""
        if job.workflow_id is not None:
            return self.workflows[job.workflow_id]
        return next(workflow for workflow in self.workflows.values() if workflow.is_default)

    def statuses_of(self, job: Job) -> list[Status]:
        """A job's own steps in order."""
        return self.workflow_of(job).statuses

    def status(self, status_id: int) -> Status:
        """A status of any workflow; KeyError where there is none."""
        found = (
            status for workflow in self.workflows.values() for status in workflow.statuses if status.id == status_id
        )
        return next(found, None) or _missing(status_id)

    def is_published(self, job: Job) -> bool:
        """Whether some portal shows it."""
        return any(job.id in portal.jobs for portal in self.portals.values())


def _missing(status_id: int) -> Status:
    raise KeyError(status_id)
