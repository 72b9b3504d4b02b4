"""What people do in an emulated Homerun account while somebody reads it."""

from collections.abc import Sequence

from connectors.emulation_life import Deed, Dice, name
from connectors.homerun.emulator_data import REASONS, STAGES, Applicant, Note, Vacancy
from connectors.homerun.emulator_state import State

TITLES = ("Baker", "Welder", "Nurse", "Night porter", "Ingénieur", "Data engineer", "Fahrer (m/w/d)", "配管工")
FEWEST_JOBS = 3
"""With fewer, none is deleted or archived."""


class Alive(State):
    """The deeds: each does one thing to somebody picked by dice."""

    def deeds(self) -> Sequence[Deed]:
        """All that people do there, the frequent first."""
        return (
            (30, self.somebody_applies),
            (25, self.somebody_moves),
            (8, self.somebody_is_disqualified),
            (3, self.somebody_is_requalified),
            (4, self.somebody_is_hired),
            (8, self.a_note_is_written),
            (8, self.somebody_is_renamed),
            (5, self.somebody_is_rated),
            (2, self.somebody_goes_to_the_pool),
            (3, self.a_job_is_edited),
            (2, self.a_job_is_opened),
            (1, self.a_stage_is_renamed),
            (3, self.somebody_is_deleted),
            (3, self.somebodys_retention_ends),
            (3, self.retention_forgets_somebody),
            (1, self.a_job_is_archived),
            (1, self.a_job_is_deleted),
        )

    def _open(self, dice: Dice) -> Vacancy | None:
        found = [job for job in self.jobs if job.status != "archived" and job.stages]
        return dice.choice(found) if found else None

    def _somebody(self, dice: Dice) -> Applicant | None:
        return dice.choice(self.people) if self.people else None

    def somebody_applies(self, dice: Dice) -> bool:
        """A new application for a job."""
        job, (first, last) = self._open(dice), name(dice)
        if job:
            self.person(first, last, job=job, email=f"life.{dice.randrange(10**9)}@example.test")
        return job is not None

    def somebody_moves(self, dice: Dice) -> bool:
        """To any stage of their job."""
        person = self._somebody(dice)
        job = person and self.job_of(person)
        if not person or not job or not job.stages:
            return False
        person.stage = dice.choice(job.stages)
        return True

    def somebody_is_disqualified(self, dice: Dice) -> bool:
        """For a reason or for none."""
        person = self._somebody(dice)
        if person:
            self.disqualify(person, dice.choice((*REASONS, None)))
        return person is not None

    def somebody_is_requalified(self, dice: Dice) -> bool:
        """Back in the process."""
        person = self._somebody(dice)
        if not person or not person.disqualified:
            return False
        person.disqualified, person.reason = False, None
        return True

    def somebody_is_hired(self, dice: Dice) -> bool:
        """Wherever in the process."""
        person = self._somebody(dice)
        if person:
            self.hire(person)
        return person is not None

    def a_note_is_written(self, dice: Dice) -> bool:
        """Which only the detail shows."""
        person, now = self._somebody(dice), self.tick()
        if person:
            person.notes.append(Note(f"nt_life_{dice.randrange(10**9)}", "Called back.", "Priya", now, now, False))
        return person is not None

    def somebody_is_renamed(self, dice: Dice) -> bool:
        """A new last name and another city."""
        person, (_, last) = self._somebody(dice), name(dice)
        if person:
            person.last_name, person.city = last, dice.choice(("Gent", "Utrecht", "Łódź", None))
        return person is not None

    def somebody_is_rated(self, dice: Dice) -> bool:
        """By one more vote."""
        person = self._somebody(dice)
        if person:
            person.rating, person.total_votes = dice.choice((1, 2.5, 4, 5)), person.total_votes + 1
        return person is not None

    def somebody_goes_to_the_pool(self, dice: Dice) -> bool:
        """Without a job."""
        person = self._somebody(dice)
        if person:
            self.to_pool(person)
        return person is not None

    def a_job_is_edited(self, dice: Dice) -> bool:
        """Another title, or another status."""
        job = self._open(dice)
        if job and dice.random() < 0.5:
            job.title = f"{dice.choice(TITLES)} {dice.randint(2, 99)}"
        elif job:
            job.status = dice.choice(("public", "private", "closed", "draft"))
        return job is not None

    def a_job_is_opened(self, dice: Dice) -> bool:
        """With one of the usual processes."""
        self.job(f"{dice.choice(TITLES)} {dice.randint(2, 99)}", stages=dice.choice(STAGES))
        return True

    def a_stage_is_renamed(self, dice: Dice) -> bool:
        """Neither the first of a job nor the last."""
        job = self._open(dice)
        if not job or len(job.stages) < 3:
            return False
        dice.choice(job.stages[1:-1]).name = f"Step of {dice.randint(1, 10**6)}"
        return True

    def somebody_is_deleted(self, dice: Dice) -> bool:
        """By hand."""
        person = self._somebody(dice)
        if person:
            self.delete(person)
        return person is not None

    def somebodys_retention_ends(self, dice: Dice) -> bool:
        """Now; the row is still there for a while."""
        person = self._somebody(dice)
        if person:
            person.kept_until = self.tick()
        return person is not None

    def retention_forgets_somebody(self, dice: Dice) -> bool:
        """Deletes a person whose retention is over, or makes them anonymous."""
        due = [person for person in self.people if person.kept_until and person.first_name is not None]
        if not due:
            return False
        (self.delete if dice.random() < 0.5 else self.anonymise)(dice.choice(due))
        return True

    def a_job_is_archived(self, dice: Dice) -> bool:
        """Its applications stay."""
        job = self._open(dice) if sum(job.status != "archived" for job in self.jobs) > FEWEST_JOBS else None
        if job:
            self.archive(job)
        return job is not None

    def a_job_is_deleted(self, dice: Dice) -> bool:
        """Its applications go on naming it."""
        job = self._open(dice) if sum(job.status != "archived" for job in self.jobs) > FEWEST_JOBS else None
        if job:
            self.delete(job)
        return job is not None
