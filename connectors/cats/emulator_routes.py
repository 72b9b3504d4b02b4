"""The addresses of an emulated CATS: the account, then its records."""

from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Request, Response

from connectors.cats.emulator_answers import Answers
from connectors.cats.emulator_options import Json
from connectors.cats.emulator_triggers import Trigger
from connectors.cats.emulator_truth import Candidate, Form, Job
from connectors.emulation import route


class AccountRoutes(Answers):
    """Site, users, tags, companies, portals, workflows, definitions."""

    @route("/site")
    def get_site(self, request: Request) -> Response:
        """GET /site."""
        return self.json(self.tell.site())

    @route("/users")
    def get_users(self, request: Request) -> Response:
        """GET /users."""
        return self.listed(request, "users", self.account.users.values(), self.tell.user)

    @route("/users/<int:number>")
    def get_user(self, request: Request, number: int) -> Response:
        """GET /users/{id}."""
        return self.one(self.account.users, number, self.tell.user)

    @route("/tags")
    def get_tags(self, request: Request) -> Response:
        """GET /tags."""
        return self.listed(request, "tags", self.account.tags.values(), self.tell.tag)

    @route("/tags/<int:number>")
    def get_tag(self, request: Request, number: int) -> Response:
        """GET /tags/{id}."""
        return self.one(self.account.tags, number, self.tell.tag)

    @route("/companies")
    def get_companies(self, request: Request) -> Response:
        """GET /companies."""
        return self.listed(request, "companies", self.account.companies.values(), self.tell.company)

    @route("/companies/<int:number>")
    def get_company(self, request: Request, number: int) -> Response:
        """GET /companies/{id}."""
        return self.one(self.account.companies, number, self.tell.company)

    @route("/companies/<int:number>/departments")
    def get_departments(self, request: Request, number: int) -> Response:
        """GET /companies/{id}/departments."""
        self.found(self.account.companies, number)
        rows = [each for each in self.account.departments.values() if each.company_id == number]
        return self.listed(request, "departments", rows, self.tell.department)

    @route("/portals")
    def get_portals(self, request: Request) -> Response:
        """GET /portals."""
        return self.listed(request, "portals", self.account.portals.values(), self.tell.portal)

    @route("/portals/<int:number>")
    def get_portal(self, request: Request, number: int) -> Response:
        """GET /portals/{id}."""
        return self.one(self.account.portals, number, self.tell.portal)

    @route("/portals/<int:number>/jobs")
    def get_portal_jobs(self, request: Request, number: int) -> Response:
        """GET /portals/{id}/jobs."""
        portal, tell = self.found(self.account.portals, number), self.tell
        rows = [self.account.jobs[job] for job in portal.jobs]
        return self.listed(request, "jobs", rows, lambda job: tell.posting(portal, job))

    @route("/pipelines/workflows")
    def get_workflows(self, request: Request) -> Response:
        """GET /pipelines/workflows."""
        return self.listed(request, "workflows", self.account.workflows.values(), self.tell.workflow)

    @route("/pipelines/workflows/<int:number>")
    def get_workflow(self, request: Request, number: int) -> Response:
        """GET /pipelines/workflows/{id}."""
        return self.one(self.account.workflows, number, self.tell.workflow)

    @route("/pipelines/workflows/<int:number>/statuses")
    def get_workflow_statuses(self, request: Request, number: int) -> Response:
        """GET /pipelines/workflows/{id}/statuses."""
        return self.listed(request, "statuses", self.found(self.account.workflows, number).statuses, self.tell.status)

    @route("/pipelines/workflows/<int:number>/statuses/<int:status>")
    def get_workflow_status(self, request: Request, number: int, status: int) -> Response:
        """GET /pipelines/workflows/{id}/statuses/{id}."""
        statuses = {each.id: each for each in self.found(self.account.workflows, number).statuses}
        return self.one(statuses, status, self.tell.status)

    @route("/triggers")
    def get_triggers(self, request: Request) -> Response:
        """GET /triggers."""
        return self.listed(request, "triggers", self._triggers().values(), self.tell.trigger)

    @route("/triggers/<int:number>")
    def get_trigger(self, request: Request, number: int) -> Response:
        """GET /triggers/{id}."""
        return self.one(self._triggers(), number, self.tell.trigger)

    def _triggers(self) -> dict[int, Trigger]:
        statuses = (status for workflow in self.account.workflows.values() for status in workflow.statuses)
        return {trigger.id: trigger for status in statuses for trigger in status.triggers}

    @route("/jobs/statuses")
    def get_job_statuses(self, request: Request) -> Response:
        """GET /jobs/statuses."""
        return self.listed(request, "statuses", self.account.job_statuses.values(), self.tell.status)

    @route("/jobs/statuses/<int:number>")
    def get_job_status(self, request: Request, number: int) -> Response:
        """GET /jobs/statuses/{id}."""
        return self.one(self.account.job_statuses, number, self.tell.status)

    @route("/<any(candidates, jobs):owner>/custom_fields")
    def get_definitions(self, request: Request, owner: str) -> Response:
        """GET /candidates/custom_fields, /jobs/custom_fields."""
        rows = [each for each in self.account.definitions.values() if f"{each.owner}s" == owner]
        return self.listed(request, "custom_fields", rows, self.tell.definition)

    @route("/<any(candidates, jobs):owner>/custom_fields/<int:number>")
    def get_definition(self, request: Request, owner: str, number: int) -> Response:
        """GET /candidates/custom_fields/{id}, /jobs/custom_fields/{id}."""
        found = {each.id: each for each in self.account.definitions.values() if f"{each.owner}s" == owner}
        return self.one(found, number, self.tell.definition)


class RecordRoutes(Answers):
    """Jobs, candidates, pipelines, activities, and what stands below them."""

    @route("/jobs")
    def get_jobs(self, request: Request) -> Response:
        """GET /jobs."""
        return self.listed(request, "jobs", self.account.jobs.values(), self.tell.job)

    @route("/jobs/<int:number>")
    def get_job(self, request: Request, number: int) -> Response:
        """GET /jobs/{id}."""
        return self.one(self.account.jobs, number, self.tell.job)

    @route("/jobs/<int:number>/<any(applications, attachments, custom_fields, pipelines, tags):part>")
    def get_job_part(self, request: Request, number: int, part: str) -> Response:
        """GET /jobs/{id}/…."""
        job, tell = self.found(self.account.jobs, number), self.tell
        match part:
            case "applications":
                return self.listed(request, part, job.forms, tell.form)
            case "attachments":
                return self._files(request, "job", job)
            case "custom_fields":
                return self.listed(request, part, tell.values("job", number, job.custom), _same)
            case "pipelines":
                rows = [each for each in self.account.pipelines.values() if each.job_id == number]
                return self.listed(request, part, rows, tell.pipeline)
        return self.listed(request, part, [], _same)

    @route("/jobs/applications/<int:number>")
    def get_form(self, request: Request, number: int) -> Response:
        """GET /jobs/applications/{id}: a form."""
        return self.one(self._forms(), number, self.tell.form)

    @route("/jobs/applications/<int:number>/fields")
    def get_questions(self, request: Request, number: int) -> Response:
        """GET /jobs/applications/{id}/fields."""
        form, tell = self.found(self._forms(), number), self.tell
        rows = [tell.question(form, place, question) for place, question in enumerate(form.questions, 1)]
        return self.listed(request, "fields", rows, _same)

    def _forms(self) -> dict[int, Form]:
        return {form.id: form for job in self.account.jobs.values() for form in job.forms}

    @route("/candidates")
    def get_candidates(self, request: Request) -> Response:
        """GET /candidates."""
        return self.listed(request, "candidates", self.account.candidates.values(), self.tell.candidate)

    @route("/candidates/<int:number>")
    def get_candidate(self, request: Request, number: int) -> Response:
        """GET /candidates/{id}."""
        return self.one(self.account.candidates, number, self.tell.candidate)

    @route("/candidates/<int:number>/<part>")
    def get_candidate_part(self, request: Request, number: int, part: str) -> Response:
        """GET /candidates/{id}/…."""
        candidate = self.found(self.account.candidates, number)
        if part == "attachments":
            return self._files(request, "candidate", candidate)
        return self.listed(request, part, self._part(candidate, part), _same)

    @route("/candidates/<int:number>/<any(emails, phones, custom_fields):part>/<int:row>")
    def get_candidate_row(self, request: Request, number: int, part: str, row: int) -> Response:
        """GET /candidates/{id}/…/{id}."""
        rows = self._part(self.found(self.account.candidates, number), part)
        return self.one({each["id"]: each for each in rows}, row, _same)

    def _part(self, candidate: Candidate, part: str) -> list[Json]:
        tell, account = self.tell, self.account
        match part:
            case "emails":
                return [tell.mail(candidate, mail) for mail in candidate.mails]
            case "phones":
                return [tell.phone(candidate, phone) for phone in candidate.phones]
            case "custom_fields":
                return tell.values("candidate", candidate.id, candidate.custom)
            case "work_history":
                return [tell.position(candidate, position) for position in candidate.history]
            case "tags":
                return [tell.tag(account.tags[tag]) for tag in candidate.tags if tag in account.tags]
            case "pipelines":
                mine = (each for each in account.pipelines.values() if each.candidate_id == candidate.id)
                return [tell.pipeline(each) for each in mine]
            case "activities":
                about = ("candidate", candidate.id)
                return [tell.activity(each) for each in account.activities.values() if each.about == about]
            case "applications":
                return [tell.submission(each, whole=False) for each in candidate.submissions]
            case "tasks":
                return []
        raise NotFound(f"There is no {part} of a candidate")

    @route("/candidates/applications/<int:number>")
    def get_submission(self, request: Request, number: int) -> Response:
        """GET /candidates/applications/{id}: a form that somebody sent in."""
        everybody = self.account.candidates.values()
        found = {each.id: each for candidate in everybody for each in candidate.submissions}
        return self.one(found, number, self.tell.submission)

    def _files(self, request: Request, owner: str, record: Candidate | Job) -> Response:
        """The documentation's list stands under `activities` once."""
        key, tell = "activities" if self.options.key_slip else "attachments", self.tell
        return self.listed(request, key, record.files, lambda file: tell.file(owner, record.id, file))

    @route("/attachments/<int:number>")
    def get_attachment(self, request: Request, number: int) -> Response:
        """GET /attachments/{id}."""
        for owner, records in (("candidate", self.account.candidates), ("job", self.account.jobs)):
            found = ((record, file) for record in records.values() for file in record.files if file.id == number)
            for record, file in found:
                return self.json(self.tell.file(owner, record.id, file))
        raise NotFound("Not found.")

    @route("/pipelines")
    def get_pipelines(self, request: Request) -> Response:
        """GET /pipelines."""
        return self.listed(request, "pipelines", self.account.pipelines.values(), self.tell.pipeline)

    @route("/pipelines/<int:number>")
    def get_pipeline(self, request: Request, number: int) -> Response:
        """GET /pipelines/{id}."""
        return self.one(self.account.pipelines, number, self.tell.pipeline)

    @route("/pipelines/<int:number>/statuses")
    def get_history(self, request: Request, number: int) -> Response:
        """GET /pipelines/{id}/statuses."""
        return self.listed(request, "statuses", self.found(self.account.pipelines, number).steps, self.tell.step)

    @route("/activities")
    def get_activities(self, request: Request) -> Response:
        """GET /activities."""
        return self.listed(request, "activities", self.account.activities.values(), self.tell.activity)

    @route("/activities/<int:number>")
    def get_activity(self, request: Request, number: int) -> Response:
        """GET /activities/{id}."""
        return self.one(self.account.activities, number, self.tell.activity)


def _same(row: Json) -> Json:
    return row
