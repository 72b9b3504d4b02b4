"""What people do in an emulated CATS account while somebody reads it."""

from collections.abc import Sequence

from connectors.cats import emulator_words as words
from connectors.cats.emulator_changes import Changes
from connectors.cats.emulator_truth import Candidate, Job, Pipeline
from connectors.emulation_life import Deed, Dice, name

TITLES = ("Baker", "Welder", "Nurse", "Night porter", "Ingénieur", "Data engineer", "Fahrer (m/w/d)", "配管工")
FEWEST_JOBS = 3
"""With fewer, none is deleted."""


class Alive(Changes):
    """The deeds: each does one thing to somebody picked by dice."""

    def deeds(self) -> Sequence[Deed]:
        """All that people do there, the frequent first."""
        return (
            (30, self.somebody_applies),
            (25, self.somebody_moves),
            (10, self.a_candidate_is_put_on_a_job),
            (8, self.somebody_is_declined),
            (4, self.somebody_is_placed),
            (8, self.a_note_is_written),
            (8, self.somebody_is_renamed),
            (6, self.somebody_is_rated),
            (5, self.somebody_is_tagged),
            (3, self.a_job_is_edited),
            (2, self.a_job_is_opened),
            (1, self.a_status_is_renamed),
            (3, self.a_candidate_is_deleted),
            (3, self.a_pipeline_is_deleted),
            (1, self.a_job_is_deleted),
        )

    def _job(self, dice: Dice) -> Job | None:
        found = [job for job in self.account.jobs.values() if self.account.statuses_of(job)]
        return dice.choice(found) if found else None

    def _candidate(self, dice: Dice) -> Candidate | None:
        return dice.choice(list(self.account.candidates.values())) if self.account.candidates else None

    def _pipeline(self, dice: Dice) -> Pipeline | None:
        return dice.choice(list(self.account.pipelines.values())) if self.account.pipelines else None

    def somebody_applies(self, dice: Dice) -> bool:
        """A new candidate on a job."""
        job, (first, last) = self._job(dice), name(dice)
        if job:
            mail = f"life.{dice.randrange(10**9)}@example.test"
            self.apply(self.person(first, last, email=mail, title=dice.choice(TITLES)), job)
        return job is not None

    def a_candidate_is_put_on_a_job(self, dice: Dice) -> bool:
        """A candidate that is known already; never twice on one job."""
        candidate, job = self._candidate(dice), self._job(dice)
        if not candidate or not job:
            return False
        known = ((each.candidate_id, each.job_id) for each in self.account.pipelines.values())
        if (candidate.id, job.id) in known:
            return False
        self.apply(candidate, job)
        return True

    def _move(self, dice: Dice, *mappings: str) -> bool:
        pipeline = self._pipeline(dice)
        statuses = self.account.statuses_of(self.account.jobs[pipeline.job_id]) if pipeline else []
        found = [each for each in statuses if not mappings or each.mapping.casefold() in mappings]
        if not pipeline or not found:
            return False
        self.move(pipeline, dice.choice(found).title)
        return True

    def somebody_moves(self, dice: Dice) -> bool:
        """To any status."""
        return self._move(dice)

    def somebody_is_declined(self, dice: Dice) -> bool:
        """Out of the process."""
        return self._move(dice, "declined")

    def somebody_is_placed(self, dice: Dice) -> bool:
        """The good end."""
        return self._move(dice, "placed")

    def a_note_is_written(self, dice: Dice) -> bool:
        """About a candidate."""
        candidate = self._candidate(dice)
        if candidate:
            self.note(candidate, dice.choice(words.NOTES))
        return candidate is not None

    def somebody_is_renamed(self, dice: Dice) -> bool:
        """A new last name and another title."""
        candidate, (_, last) = self._candidate(dice), name(dice)
        if candidate:
            self.change(candidate, last_name=last, title=dice.choice(TITLES))
        return candidate is not None

    def somebody_is_rated(self, dice: Dice) -> bool:
        """No event tells of it."""
        pipeline = self._pipeline(dice)
        if pipeline:
            self.rate(pipeline, dice.randint(0, 5))
        return pipeline is not None

    def somebody_is_tagged(self, dice: Dice) -> bool:
        """No event tells of it."""
        candidate = self._candidate(dice)
        if candidate:
            self.tag(candidate, *dice.sample(list(self.account.tags), 2))
        return candidate is not None

    def a_job_is_edited(self, dice: Dice) -> bool:
        """Another title, or another status."""
        job = self._job(dice)
        if job and dice.random() < 0.5:
            self.change(job, title=f"{dice.choice(TITLES)} {dice.randint(2, 99)}")
        elif job:
            self.change(job, status_id=dice.choice(list(self.account.job_statuses)))
        return job is not None

    def a_job_is_opened(self, dice: Dice) -> bool:
        """A job of any workflow that has steps."""
        if not self.account.jobs:
            return False
        workflows = [each.title for each in self.account.workflows.values() if each.statuses]
        self.add_job(f"{dice.choice(TITLES)} {dice.randint(2, 99)}", dice.choice(workflows))
        return True

    def a_status_is_renamed(self, dice: Dice) -> bool:
        """A step that no mapping gives its meaning to."""
        found = [each for flow in self.account.workflows.values() for each in flow.statuses if not each.mapping]
        if found:
            self.change(dice.choice(found), title=f"Step of {dice.randint(1, 10**6)}")
        return bool(found)

    def a_candidate_is_deleted(self, dice: Dice) -> bool:
        """With all that hangs on it."""
        candidate = self._candidate(dice)
        if candidate:
            self.delete(candidate)
        return candidate is not None

    def a_pipeline_is_deleted(self, dice: Dice) -> bool:
        """The candidate stays."""
        pipeline = self._pipeline(dice)
        if pipeline:
            self.delete(pipeline)
        return pipeline is not None

    def a_job_is_deleted(self, dice: Dice) -> bool:
        """With its pipelines."""
        job = self._job(dice) if len(self.account.jobs) > FEWEST_JOBS else None
        if job:
            self.delete(job)
        return job is not None
