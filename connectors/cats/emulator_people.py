"""How CATS tells what is true: people, their pipelines, files and activities."""

from connectors.cats.emulator_options import Json, links
from connectors.cats.emulator_truth import Activity, Candidate, File, Mail, Phone, Pipeline, Position, Step, Submission
from connectors.cats.emulator_views import AccountViews

NUMBERS = {"candidate": 100, "job": 400, "company": 200, "contact": 300}
KIND_PATHS = {"candidate": "candidates", "job": "jobs", "company": "companies", "contact": "contacts"}


class Views(AccountViews):
    """Tells one account's records, all of them."""

    def candidate(self, candidate: Candidate) -> Json:
        """A person with embeds."""
        path = f"/candidates/{candidate.id}"
        primary = next((mail.email for mail in candidate.mails if mail.is_primary), None)
        secondary = next((mail.email for mail in candidate.mails if not mail.is_primary), None)
        numbers = {phone.type: phone.number for phone in candidate.phones}
        parts = ("emails", "phones", "custom_fields", "tags", "attachments", "activities", "work_history", "pipelines")
        return {
            "id": candidate.id,
            "first_name": candidate.first_name,
            "middle_name": candidate.middle_name,
            "last_name": candidate.last_name,
            "title": candidate.title,
            "emails": {"primary": primary, "secondary": secondary},
            "address": {
                "street": candidate.street,
                "city": candidate.city,
                "state": candidate.state,
                "postal_code": candidate.postal_code,
            },
            "country_code": candidate.country_code,
            "social_media_urls": candidate.social,
            "website": candidate.website,
            "phones": {"home": numbers.get("home"), "cell": numbers.get("mobile"), "work": numbers.get("work")},
            "best_time_to_call": candidate.best_time_to_call,
            "current_employer": candidate.employer,
            "date_available": candidate.date_available,
            "current_pay": candidate.current_pay,
            "desired_pay": candidate.desired_pay,
            "is_willing_to_relocate": candidate.is_willing_to_relocate,
            "key_skills": candidate.key_skills,
            "notes": candidate.notes,
            "is_hot": candidate.is_hot,
            "is_active": candidate.is_active,
            "contact_id": None,
            "owner_id": candidate.owner_id,
            "entered_by_id": candidate.owner_id,
            "source": candidate.source,
            "is_registered": candidate.is_registered,
            "consent_status": None,
            **self.dates(candidate),
            "_links": links(path, **{part: f"{path}/{part}" for part in parts}),
            "_embedded": self.embedded(candidate),
        }

    def embedded(self, candidate: Candidate) -> Json:
        """What a person's row embeds, at most 25 of each."""
        found: Json = {
            "custom_fields": self.cut(self.values("candidate", candidate.id, candidate.custom)),
            "thumbnail": [self.thumbnail(candidate)],
        }
        if not self.options.sparse:
            found["emails"] = self.cut(self.mail(candidate, mail) for mail in candidate.mails)
            found["phones"] = self.cut(self.phone(candidate, phone) for phone in candidate.phones)
            found["work_history"] = self.cut(self.position(candidate, position) for position in candidate.history)
        return found

    def thumbnail(self, candidate: Candidate) -> Json:
        """Where a person's picture comes from."""
        source, attachment = candidate.thumbnail
        return {"id": candidate.id % 1000, "source": source, "attachment_id": attachment, "url": None}

    def mail(self, candidate: Candidate, mail: Mail) -> Json:
        """An e-mail address."""
        path = f"/candidates/{candidate.id}/emails/{mail.id}"
        return {"id": mail.id, "email": mail.email, "is_primary": mail.is_primary, "_links": links(path)}

    def phone(self, candidate: Candidate, phone: Phone) -> Json:
        """A phone number."""
        path = f"/candidates/{candidate.id}/phones/{phone.id}"
        more = {"extension": phone.extension, "type": phone.type, "_links": links(path)}
        return {"id": phone.id, "number": phone.number, **more}

    def position(self, candidate: Candidate, position: Position) -> Json:
        """A position held; `is_current` is documented as text and told as such."""
        place = {"city": position.city, "state": position.state}
        employer: Json = {"linked": False, "name": position.employer, "location": place}
        if position.linked_company:
            employer = {"linked": True, "company_id": position.linked_company}
        return {
            "id": position.id,
            "candidate_id": candidate.id,
            "title": position.title,
            "employer": employer,
            "supervisor": {"linked": False, "name": position.supervisor, "phone": position.supervisor_phone},
            "is_verified": position.is_verified,
            "is_current": str(position.end is None if position.is_current is None else position.is_current).lower(),
            "start_date": position.start and position.start.isoformat(),
            "end_date": position.end and position.end.isoformat(),
            "reason_for_leaving": position.reason,
        }

    def submission(self, submission: Submission, whole: bool = True) -> Json:
        """A form that was sent in; its fields come with the single read only, and the job's id as text."""
        row: Json = {
            "id": submission.id,
            "job_id": str(submission.job_id),
            "date_created": self.when(submission.created),
            "_links": links(f"/candidates/applications/{submission.id}"),
        }
        asked = [self.question(submission.form, place, one) for place, one in enumerate(submission.form.questions, 1)]
        fields = [{**one, "value": submission.answers.get(one["id"])} for one in asked]
        return {**row, "_embedded": {"fields": fields}} if whole else row

    def file(self, owner: str, number: int, file: File) -> Json:
        """A file without a date and a type; its size is text."""
        kind = NUMBERS[owner] if self.options.numeric_kinds else owner
        return {
            "id": file.id,
            "filename": file.filename,
            "is_resume": file.is_resume,
            "size": str(file.size),
            "version": "1",
            "data_item": {"id": self.ref(number), "type": kind},
            "_links": links(f"/attachments/{file.id}"),
        }

    def pipeline(self, pipeline: Pipeline) -> Json:
        """A pipeline."""
        workflow = self.account.workflow_of(self.account.jobs[pipeline.job_id]).id
        named = {"workflow_id": workflow} if self.options.pipeline_workflow else {}
        more = links(
            f"/pipelines/{pipeline.id}",
            candidate=f"/candidates/{pipeline.candidate_id}",
            job=f"/jobs/{pipeline.job_id}",
            status=f"/pipelines/workflows/{workflow}/statuses/{pipeline.status_id}",
        )
        return {
            "id": pipeline.id,
            "candidate_id": self.ref(pipeline.candidate_id),
            "job_id": self.ref(pipeline.job_id),
            "rating": pipeline.rating,
            **named,
            "status_id": self.ref(pipeline.status_id),
            **self.dates(pipeline, -5),
            "_links": more,
        }

    def step(self, step: Step) -> Json:
        """One row of a pipeline's history."""
        return {"id": step.id, "status_id": step.status_id, "date_created": self.when(step.at)}

    def activity(self, activity: Activity) -> Json:
        """A note, a call, an entry of CATS's own."""
        kind, number = activity.about
        item = f"/{KIND_PATHS[kind]}/{number}"
        named = NUMBERS[kind] if self.options.numeric_kinds else kind
        more = {} if activity.regarding_id is None else {"regarding": f"/jobs/{activity.regarding_id}"}
        return {
            "id": activity.id,
            "data_item": {"id": self.ref(number), "type": named},
            "date": self.when(activity.date),
            "regarding_id": self.ref(activity.regarding_id),
            "type": activity.type,
            "notes": activity.notes,
            "annotation": activity.annotation,
            "entered_by_id": activity.entered_by_id,
            **self.dates(activity),
            "_links": links(f"/activities/{activity.id}", data_item=item, **more),
        }
