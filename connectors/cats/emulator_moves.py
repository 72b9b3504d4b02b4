"""The writing half of an emulated CATS: pipelines, their status, and what a status does by itself."""

from werkzeug.exceptions import abort
from werkzeug.wrappers import Request, Response

from connectors.cats.emulator_bodies import Reader
from connectors.cats.emulator_triggers import Trigger
from connectors.cats.emulator_truth import Candidate, Job, Pipeline, Status
from connectors.cats.emulator_written import Written
from connectors.emulation import write


class Moves(Written):
    """POST, PUT and DELETE /pipelines, and POST /pipelines/{id}/status."""

    @write("/pipelines", "POST")
    def post_pipeline(self, request: Request) -> Response:
        """POST /pipelines: a candidate on a job, at the first status of its workflow."""
        account, reader = self.account, self.read(request)
        who = reader.among("candidate_id", "integer", account.candidates, required=True)
        what = reader.among("job_id", "integer", account.jobs, required=True)
        rating = self._rating(reader)
        if what in account.jobs and not account.statuses_of(account.jobs[what]):
            reader.complain("job_id", "must have a workflow with a status")
        self.judge(reader)
        candidate, job = account.candidates[who], account.jobs[what]
        known = any((each.candidate_id, each.job_id) == (who, what) for each in account.pipelines.values())
        if known and self.habits.duplicate_pipeline:
            abort(self.refusal(self.habits.duplicate_pipeline, "The candidate is already in the pipeline of this job."))
        made = self.apply(candidate, job, rating=rating or 0)
        told = {"candidate_id": who, "job_id": what, "status_id": made.status_id, "rating": made.rating}
        self.effect("pipeline created", id=made.id, **told)
        title = account.status(made.status_id).title
        self.log(request, candidate, job, f"Added to the pipeline at {title}")
        return self.made(f"/pipelines/{made.id}")

    def _rating(self, reader: Reader, *, required: bool = False) -> int | None:
        rating: int | None = reader.take("rating", "integer", required=required)
        if rating is not None and not 0 <= rating <= 5:
            reader.complain("rating", "must be between 0 and 5")
        return rating

    @write("/pipelines/<int:number>", "PUT")
    def put_pipeline(self, request: Request, number: int) -> Response:
        """PUT /pipelines/{id}: the rating, and nothing else."""
        pipeline, reader = self.found(self.account.pipelines, number), self.read(request)
        rating = self._rating(reader, required=True)
        self.judge(reader)
        if rating is not None and rating != pipeline.rating:
            self.rate(pipeline, rating)
            self.effect("pipeline rated", id=number, rating=rating)
        return self.done()

    @write("/pipelines/<int:number>", "DELETE")
    def delete_pipeline(self, request: Request, number: int) -> Response:
        """DELETE /pipelines/{id}: the candidate stays."""
        pipeline = self.found(self.account.pipelines, number)
        candidate, job = self._of(pipeline)
        self.delete(pipeline)
        self.effect("pipeline deleted", id=number, candidate_id=candidate.id, job_id=job.id)
        self.log(request, candidate, job, "Removed from the pipeline")
        return self.done()

    @write("/pipelines/<int:number>/status", "POST")
    def post_status(self, request: Request, number: int) -> Response:
        """POST /pipelines/{id}/status: to any status of the workflow, the present one too; triggers fire."""
        pipeline, reader = self.found(self.account.pipelines, number), self.read(request)
        candidate, job = self._of(pipeline)
        statuses = {each.id: each for each in self.account.statuses_of(job)}
        asked = reader.among("status_id", "integer", statuses, required=True)
        told = self._triggers_told(reader)
        self.judge(reader)
        status = statuses[asked]
        fired = self._fired(reader, status, told)
        self._require(candidate, pipeline, status)
        before = pipeline.status_id
        self.bring(pipeline, status)
        self.effect("status changed", id=number, from_status_id=before, status_id=status.id)
        for trigger in fired:
            told_of = {"description": trigger.description, "pipeline_id": number, "candidate_id": candidate.id}
            self.effect("trigger fired", id=trigger.id, **told_of)
        if self.habits.eeo and status.mapping.casefold() == "offered":
            self.effect("EEO e-mail sent", pipeline_id=number, candidate_id=candidate.id)
        self.log(request, candidate, job, f"Status changed to {status.title}")
        return self.done(self.habits.status_answer)

    def _of(self, pipeline: Pipeline) -> tuple[Candidate, Job]:
        return self.account.candidates[pipeline.candidate_id], self.account.jobs[pipeline.job_id]

    def _triggers_told(self, reader: Reader) -> dict[int, bool] | None:
        """Which triggers are to fire by the body; None where it names none."""
        rows = reader.rows("triggers")
        if reader.body.get("triggers") is None:
            return None
        told = {row.take("id", "integer", required=True): row.take("fire", "boolean", required=True) for row in rows}
        reader.blame(*rows)
        return told

    def _fired(self, reader: Reader, status: Status, told: dict[int, bool] | None) -> list[Trigger]:
        """The triggers that fire; a refusal where not all of them are listed, or others."""
        if told is None:
            return [trigger for trigger in status.triggers if trigger.is_required or trigger.is_default]
        if told.keys() != {trigger.id for trigger in status.triggers}:
            reader.complain("triggers", "must list every trigger of the status")
        quiet = [trigger.id for trigger in status.triggers if trigger.is_required and not told.get(trigger.id)]
        if quiet and self.habits.required_triggers == "refused":
            reader.complain("triggers", f"must fire {', '.join(map(str, quiet))}")
        self.judge(reader)
        return [trigger for trigger in status.triggers if trigger.is_required or told[trigger.id]]

    def _require(self, candidate: Candidate, pipeline: Pipeline, status: Status) -> None:
        """Refuse a change to a status that asks for what is not there."""
        there = {
            "resume": any(file.is_resume for file in candidate.files),
            "email": bool(candidate.mails),
            "rating": pipeline.rating > 0,
        }
        unmet = [each.description for each in status.prerequisites if not there[each.needs]]
        if unmet:
            abort(self.refusal(self.habits.unmet_status, f"Prerequisites are not met: {'; '.join(unmet)}"))
