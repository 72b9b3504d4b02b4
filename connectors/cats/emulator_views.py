"""How CATS tells what is true: the account and its jobs as the JSON of its API, with the habits of the options."""

import html
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from itertools import islice
from typing import Any

from connectors.cats.emulator_account import Account
from connectors.cats.emulator_options import Json, Options, links
from connectors.cats.emulator_triggers import Trigger
from connectors.cats.emulator_truth import (
    Definition,
    Department,
    Form,
    Job,
    Named,
    Portal,
    Question,
    Status,
    User,
    Workflow,
)


@dataclass(slots=True)
class AccountViews:
    """Tells what stands in an account, up to its jobs."""

    account: Account
    options: Options
    most: int = 25
    """So many rows of a list are embedded, without a word about the rest."""

    def cut(self, rows: Iterable[Json]) -> list[Json]:
        """What is embedded of a list."""
        return list(islice(rows, self.most))

    def when(self, moment: datetime, hours: int = 0) -> str:
        """A time in the offset that this endpoint likes."""
        if self.options.bare_dates:
            return moment.date().isoformat()
        zone = timezone(timedelta(hours=hours if self.options.mixed_offsets else 0))
        return moment.astimezone(zone).isoformat(timespec="seconds")

    def dates(self, record: Any, hours: int = 0) -> Json:
        """When a record was made and changed."""
        return {"date_created": self.when(record.created, hours), "date_modified": self.when(record.modified, hours)}

    def ref(self, number: int | None) -> int | str | None:
        """A reference to another record."""
        return str(number) if self.options.text_ids and number is not None else number

    def site(self) -> Json:
        """GET /site."""
        account = self.account
        company = self.company(account.companies[account.company_id])
        embedded = {"default_company": company, "users": self.cut(self.user(user) for user in account.users.values())}
        return {
            "id": account.site_id,
            "mode": account.mode,
            "subdomain": account.subdomain,
            "default_company_id": account.company_id,
            "_embedded": embedded,
            "_links": links("/site", default_company=f"/companies/{account.company_id}", users="/users"),
        }

    def user(self, user: User) -> Json:
        """A user; some rows have no access level."""
        level = {} if user.access_level is None else {"access_level": user.access_level}
        return {
            "id": user.id,
            "username": user.username,
            "first_name": user.first_name,
            "last_name": user.last_name,
            "title": "Recruiter",
            **level,
            "_links": links(f"/users/{user.id}"),
        }

    def tag(self, tag: Named) -> Json:
        """A tag."""
        return {"id": tag.id, "title": tag.name, "_links": links(f"/tags/{tag.id}")}

    def company(self, company: Named) -> Json:
        """A company, as a list and an embed show it."""
        return {
            "id": company.id,
            "name": company.name,
            "owner_id": 88012,
            "status_id": 4021,
            "website": None,
            "_links": links(f"/companies/{company.id}"),
        }

    def department(self, department: Department) -> Json:
        """A department."""
        path = f"/companies/{department.company_id}/departments/{department.id}"
        return {"id": department.id, "name": department.name, "_links": links(path)}

    def workflow(self, workflow: Workflow) -> Json:
        """A workflow, without its statuses."""
        path = f"/pipelines/workflows/{workflow.id}"
        return {
            "id": workflow.id,
            "title": workflow.title,
            "is_default": workflow.is_default,
            "date_modified": self.when(workflow.modified),
            "_links": links(path, statuses=f"{path}/statuses"),
        }

    def status(self, status: Status) -> Json:
        """A status of a workflow or of jobs."""
        jobs = status.id in self.account.job_statuses
        path = "/jobs/statuses" if jobs else f"/pipelines/workflows/{status.workflow_id}/statuses"
        return {
            "id": status.id,
            "workflow_id": status.workflow_id,
            "title": status.title,
            "mapping": status.mapping,
            "prerequisites": [{"id": each.id, "description": each.description} for each in status.prerequisites],
            "triggers": [self.trigger(trigger) for trigger in status.triggers],
            "_links": links(f"{path}/{status.id}"),
        }

    def trigger(self, trigger: Trigger) -> Json:
        """Something that a status does by itself."""
        return {
            "id": trigger.id,
            "description": trigger.description,
            "is_required": trigger.is_required,
            "is_default": trigger.is_default,
            "_links": links(f"/triggers/{trigger.id}"),
        }

    def definition(self, definition: Definition) -> Json:
        """A custom field's definition."""
        selections = [{"id": number, "label": label} for number, label in definition.selections.items()]
        field = {"type": definition.type, "selections": selections}
        path = f"/{definition.owner}s/custom_fields/{definition.id}"
        return {
            "id": definition.id,
            "data_item_type": definition.owner,
            "name": definition.name,
            "comment": None,
            "field": field,
            "_links": links(path),
        }

    def values(self, owner: str, number: int, values: dict[int, Any]) -> list[Json]:
        """Every custom field of a record, the empty ones too; a row's id is the definition's."""
        path = f"/{owner}s/{number}/custom_fields"
        return [
            {"id": each.id, "value": values.get(each.id), "_links": links(f"{path}/{each.id}")}
            for each in self.account.definitions.values()
            if each.owner == owner
        ]

    def portal(self, portal: Portal) -> Json:
        """A career site."""
        more = links(f"/portals/{portal.id}", portal_url=f"https://jobs.example.test/portal/{portal.id}")
        return {"id": portal.id, "name": portal.name, "date_created": self.when(portal.created), "_links": more}

    def posting(self, portal: Portal, job: Job) -> Json:
        """A job as its portal lists it."""
        row = self.job(job)
        return {**row, "_links": {**row["_links"], "job_url": {"href": portal.url(job.id)}}}

    def job(self, job: Job) -> Json:
        """A job."""
        account, path = self.account, f"/jobs/{job.id}"
        description = html.escape(job.description) if self.options.escaped else job.description
        embedded = {
            "status": self.status(account.job_statuses[job.status_id]),
            "company": self.company(account.companies[job.company_id]),
            "applications": self.cut(self.form(form) for form in job.forms),
            "custom_fields": self.cut(self.values("job", job.id, job.custom)),
        }
        return {
            "id": job.id,
            "title": job.title,
            "location": {"city": job.city, "state": job.state, "postal_code": job.postal_code},
            "country_code": job.country_code,
            "description": description,
            "notes": "internal remark",
            "recruiter_id": job.recruiter_id,
            "owner_id": job.owner_id,
            "sourcer_id": job.sourcer_id,
            "category_name": job.category_name,
            "is_hot": False,
            "start_date": None,
            "salary": job.salary,
            "max_rate": "",
            "duration": "",
            "openings": 1,
            "external_id": job.external_id,
            "company_id": job.company_id,
            "department_id": self.ref(job.department_id),
            "contact_id": None,
            "status_id": job.status_id,
            self.options.workflow_key: self.ref(job.workflow_id),
            "type": job.type,
            "remote_type": job.remote_type,
            "portal_hidden": job.portal_hidden,
            "is_published": account.is_published(job),
            **self.dates(job),
            "_links": links(path, company=f"/companies/{job.company_id}", applications=f"{path}/applications"),
            "_embedded": embedded,
        }

    def form(self, form: Form) -> Json:
        """A form with its questions."""
        path = f"/jobs/applications/{form.id}"
        fields = self.cut(self.question(form, place, one) for place, one in enumerate(form.questions, 1))
        return {
            "id": form.id,
            "description": form.description,
            "header": "Apply here",
            "_embedded": {"fields": fields},
            "_links": links(path, fields=f"{path}/fields"),
        }

    def question(self, form: Form, position: int, question: Question) -> Json:
        """A question of a form."""
        return {
            "id": question.id,
            "application_id": form.id,
            "title": question.title,
            "comment": question.comment,
            "position": position,
            "type": question.type,
            "size": "",
            "is_required": question.is_required,
            "answers": [{"id": number, "title": title} for number, title in question.answers.items()],
            "min_items": None,
            "linked_custom_field_id": None,
            "saves_to_field": None,
        }
