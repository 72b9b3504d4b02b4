"""Homerun, API version 2. https://developers.homerun.co"""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from connectors.acting import Wrote
from connectors.base import Account, Connector, Detail, Limit, Page, Parts, Permission, Resource, Setting
from connectors.credentials import Secret, bearer
from connectors.declarations import Place
from connectors.errors import AuthFailed, NotFound, PlanRequired, Rejected, ScopeMissing, TemporaryFailure
from connectors.homerun import mapping, readers
from connectors.homerun.actions import ACTIONS
from connectors.homerun.probes import lists, pings, shows_notes, writes
from connectors.http import Answer, Talk
from connectors.mapping import Beside, Row, Sources, Unavailable
from connectors.paging import ByNumber, Params
from connectors.paths import at
from connectors.values import text
from connectors.wording import RESULT

PAGES = ByNumber("page", size=("perPage", 100), last="meta.last_page")
"""By number only: the links that Homerun answers drop parameters and TLS."""
NEWER_INCLUDES = ("page_content", "salaryIndication")
"""Not every account knows these: they are left out once Homerun refuses them."""
VACANCY_INCLUDES = ["location", "department", "stages", *NEWER_INCLUDES]
LIST_KEYS = (
    "id",
    "vacancy_id",
    "rating",
    "total_votes",
    "sourced",
    "disqualified",
    "disqualification_reason",
    "homerun_url",
    "created_at",
    "hired_at",
    "first_reply_at",
    "retention_period_ends_at",
    "personal_info",
    "traffic_source",
    "stage",
    "sources",
)
"""What a row of the list of applications holds; the detail holds all of it and more."""
NOTE_KEYS = ("id", "vacancy_id", "notes")


def list_row(sources: Sources) -> Row | None:
    """A row of the list from a detail; what the detail leaves out stays as the list had it."""
    detail, known = sources["detail"], sources.get("", {})
    if any(key not in detail and key not in known for key in ("id", "stage", "sources")):
        return None
    both = {**known, **detail}
    return {key: both[key] for key in (*known, *LIST_KEYS) if key in both}


def of_vacancies(ids: Sequence[str]) -> Params:
    """Ask for the applications to some vacancies."""
    return {"filter[vacancy_id]": ",".join(ids)}


class Homerun(Connector):
    """Homerun: vacancies, and job applications that are person and application in one."""

    slug, name = "homerun", "Homerun"
    base_url = "https://api.homerun.co/v2"
    docs_url = "https://developers.homerun.co"
    keys_url = "https://app.homerun.co/settings/integrations"
    plan = "Plus"
    credentials = (Secret("api_key", "API key", hint="A number, a vertical bar and a long row of letters and digits"),)
    sign = bearer("api_key")
    limit = Limit(calls=60, per=60)
    statuses = {
        400: Rejected,  # validation: Homerun does not use 422
        401: AuthFailed,
        402: PlanRequired,
        403: ScopeMissing,
        404: NotFound,  # the body's own code may say 403
        422: Rejected,
    }
    permissions = (
        Permission("ping", "Homerun takes the key", "GET /ping", pings, required=True),
        Permission(
            "vacancies:read",
            "Read jobs",
            "GET /vacancies",
            lists("vacancies"),
            models=("job", "department", "job_stage"),
            scope="vacancies:read",
        ),
        Permission(
            "job-applications:read",
            "Read candidates and applications",
            "GET /job-applications",
            lists("job-applications"),
            scope="job-applications:read",
            models=("candidate", "application", "rejection_reason", "attachment", "note"),
        ),
        Permission(
            "job-application-notes:read",
            "Read notes",
            "GET /job-applications/{id}?include[]=notes",
            shows_notes,
            models=("note",),
            scope="job-application-notes:read",
        ),
        Permission(
            "job-applications:write",
            "Create candidates and move applications",
            "POST /job-applications",
            writes("job-applications"),
            scope="job-applications:write",
            writes=True,
        ),
        Permission(
            "job-application-notes:write",
            "Write notes",
            "POST /job-applications/{id}/notes",
            writes("job-applications/{id}/notes"),
            scope="job-application-notes:write",
            writes=True,
        ),
        Permission(
            "job-application-files:write",
            "Add files",
            "POST /job-applications/{id}/files",
            writes("job-applications/{id}/files"),
            scope="job-application-files:write",
            writes=True,
        ),
    )
    resources = (
        Resource(
            "vacancies",
            makes=(mapping.JOB, mapping.DEPARTMENT, mapping.STAGE_OF_JOB, mapping.JOB_STAGE),
            pages=PAGES,
            params={"filter[status]": "public,private,closed,draft", "include[]": VACANCY_INCLUDES},
            total="meta.total",
            address="vacancies/{id}",
            address_params={"include[]": VACANCY_INCLUDES},
            permission="vacancies:read",
            parts=Parts(short=True),
        ),
        Resource(
            "job-applications",
            makes=(mapping.CANDIDATE, mapping.APPLICATION, mapping.STAGE_OF_APPLICATION, mapping.REJECTION_REASON),
            pages=PAGES,
            params={"include[]": ["stage", "sources"]},
            total="meta.total",
            address="job-applications/{id}",
            address_params={"include[]": ["sources"]},
            detail=Detail(
                sources={"detail": "job-applications/{id}", "notes": "job-applications/{id}"},
                makes=(mapping.ATTACHMENT, mapping.NOTE),
                row=list_row,
                params={"detail": {"include[]": ["sources"]}, "notes": {"include[]": ["sources", "notes"]}},
                optional=("notes",),
            ),
            volatile=(
                "personal_info.photo",
                "files[].temporary_download_url",
                "question_answers[].answer.temporary_download_url",
            ),
            permission="job-applications:read",
            parts=Parts(newest_first=True, of_jobs=of_vacancies),
            expires="retention_period_ends_at",
        ),
    )
    actions = ACTIONS
    between_sources = readers.BETWEEN
    settings = (
        Setting("author", "Name under which notes are written", "atsbridge"),
        Setting("result_wording", "How a result reads as a note", RESULT),
        Setting("countries", "How countries are written", "names", {"names": "English names", "codes": "ISO codes"}),
    )
    lacks = {
        "user": "Homerun's API names no users",
        "tag": "Homerun's API shows no tags",
    }
    features = {
        "credential_check": "Each permission by its scope; permissions to write only when you ask for it",
        "deletion_detection": "Every run walks the lists and asks for the record itself before it is taken away",
        "incremental_sync": "The head of its list and the rows of open jobs, between complete walks",
        "webhooks": Unavailable("Homerun sends none; a run finds changes"),
        "custom_fields": "With the person, by their keys, when a record is opened",
        "work_history": Unavailable("Homerun keeps experience as one free text"),
        "stages": "Every vacancy's own stages, in order",
        "download": "A file is read from Homerun when somebody opens it, and kept nowhere",
    }

    def account(self) -> Account:
        """An account without a name, for Homerun names none; raises AuthFailed, PlanRequired, TemporaryFailure."""
        self.talk.get("ping")
        return Account()

    def wrote(self, answer: Answer) -> Wrote:
        """The record that a write answers with, and its id; a file has none."""
        if answer.data is None:
            return Wrote()
        return Wrote(text(self.unwrap(answer.data).get("id")) or "", answer.data)

    @classmethod
    def unwrap(cls, answer: Any) -> Row:
        """The record under `data`; raises TemporaryFailure where there is none."""
        row = at(answer, "data")
        if not isinstance(row, dict):
            raise TemporaryFailure("Homerun answered without a record")
        return row

    @classmethod
    def words(cls, status: int, body: bytes) -> str:
        """Homerun's message and its details; ours for 429, whose documented body speaks of something else."""
        if status == 429:
            return "Homerun takes 60 calls a minute"
        try:
            said = json.loads(body)
        except ValueError:
            return super().words(status, body)
        details = [word for word in at(said, "details[].message") or [] if isinstance(word, str)]
        message = at(said, "message")
        words = [message, *details] if isinstance(message, str) and message else details
        return ": ".join([words[0], "; ".join(words[1:])] if words[1:] else words)[:500] or super().words(status, body)

    def __init__(self, talk: Talk) -> None:
        super().__init__(talk)
        self.refused: set[str] = set()

    def page(self, resource: Resource, params: Params, beside: Beside | None = None) -> Page:
        """Read one page, without the newer includes that Homerun refuses; later pages go on without them."""
        before, page = self.talk.calls, super().page
        found = self._patiently(lambda asked: page(resource, asked), params)
        return replace(found, calls=self.talk.calls - before)

    def rows(self, resource: Resource, answer: Answer) -> list[Row]:
        """The rows of a page; an answer without a list is a failure, not an empty list."""
        if not isinstance(at(answer.data, resource.rows), list):
            raise TemporaryFailure(f"Homerun answered {resource.slug} without a list")
        return super().rows(resource, answer)

    def row(self, resource: Resource, remote_id: str) -> Row | None:
        """One row by its address, without what only a detail has and the newer includes that Homerun refuses."""
        read = super().row
        row = self._patiently(
            lambda asked: read(replace(resource, address_params=asked), remote_id), resource.address_params
        )
        return {key: row[key] for key in LIST_KEYS if key in row} if row and resource.detail else row

    def _patiently[T](self, ask: Callable[[Params], T], params: Params) -> T:
        """Ask with all includes; after a 400 with one newer include fewer, which is then not asked for again."""
        while True:
            includes = [name for name in params.get("include[]", ()) if name not in self.refused]
            newer = [name for name in NEWER_INCLUDES if name in includes]
            try:
                return ask({**params, "include[]": includes} if includes else params)
            except Rejected as refused:
                if refused.status != 400 or not newer:
                    self.refused.clear()
                    raise
                self.refused.add(newer[-1])

    def detail(self, resource: Resource, remote_id: str) -> Sources:
        """The detail, and its notes where the key may read them: refused or left out, the rest is read all the same."""
        path = resource.address.format(id=remote_id)
        try:
            answer = self.source(resource, "notes", path)
        except ScopeMissing:
            answer = self.source(resource, "detail", path)
        record = self.storable(resource, self.unwrap(answer))
        found: dict[str, Any] = {"detail": {key: value for key, value in record.items() if key != "notes"}}
        if "notes" in record:
            found["notes"] = {key: record.get(key) for key in NOTE_KEYS}
        return found

    def told(self, resource: Resource, answer: Any) -> Sources:
        """A change of an application answers with its detail."""
        record = at(answer, "data")
        return {"detail": record} if resource.detail and isinstance(record, dict) and "stage" in record else {}

    def file(self, remote_id: str, owner: str) -> Place:
        """A link that opens for five minutes, in the detail that has just been read."""
        detail = self.unwrap(self.talk.get(f"job-applications/{owner}").data)
        found: Row = next((row["own"] for row in readers.files(detail, {}) if row["remote_id"] == remote_id), {})
        link = found.get("temporary_download_url")
        if not isinstance(link, str):
            raise NotFound("Homerun has no such file any more")
        return Place(link=link)
