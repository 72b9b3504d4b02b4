"""CATS, public API version 3: https://docs.catsone.com/api/v3/."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from connectors.acting import Wrote
from connectors.base import Account, Connector, Detail, Limit, Parts, Permission, Resource, Setting
from connectors.cats import hal, known, mapping, readers
from connectors.cats.actions import ACTIONS
from connectors.cats.hooks import CatsFeed, CatsHooks
from connectors.credentials import Secret, token
from connectors.declarations import Place
from connectors.decoding import decode
from connectors.errors import AuthFailed, NotFound
from connectors.http import Answer, Talk
from connectors.mapping import Mapping, Row, Sources, as_id
from connectors.paging import Params
from connectors.paths import at
from connectors.values import text
from connectors.wording import RESULT


def _may(path: str) -> Callable[[Talk], bool | None]:
    """Ask for one row of a list; a path that this account does not have is a no."""

    def probe(talk: Talk) -> bool:
        try:
            talk.get(path, {"per_page": 1} if path != "site" else None)
        except NotFound:
            return False
        return True

    return probe


def _reads(path: str, label: str, *models: str, required: bool = False) -> Permission:
    return Permission(path, label, f"GET /{path}", _may(path), models=models, required=required)


def _list(path: str, *makes: Mapping, key: str = "", **more: Any) -> Resource:
    """One of CATS's lists; its rows stand under the last word of its path and each has an address below it."""
    key = key or path.rpartition("/")[2]
    return Resource(
        path,
        makes,
        hal.PAGES,
        rows=f"_embedded.{key}",
        total="total",
        address=more.pop("address", f"{path}/{{id}}"),
        permission=path,
        **more,
    )


SEARCHED = Parts(between=hal.between, since=hal.since, ids=True)
"""What a search finds of a list. Searching jobs and people by `date_modified` is not documented: it is tried."""


class Cats(Connector):
    """CATS. Its pipelines are our applications; lists carry nearly everything, so calls per record stay rare."""

    slug, name = "cats", "CATS"
    base_url = "https://api.catsone.com/v3"
    docs_url = "https://docs.catsone.com/api/v3/"
    credentials = (Secret("api_key", "API key", "A version 3 key, made by a site administrator of CATS"),)
    sign = token("api_key")
    limit = Limit(calls=500, per=3600, headers=("x-rate-limit-limit", "x-rate-limit-remaining"))
    statuses = {403: AuthFailed}
    mixed_offsets = True
    hooks, feed = CatsHooks(), CatsFeed()
    lacks = {"rejection_reason": "CATS has no reasons for declining; only a status can say so"}
    permissions = (
        _reads("site", "See whose account it is", required=True),
        _reads("jobs", "Read jobs", "job", "job_stage", "department"),
        _reads("candidates", "Read people", "candidate", "attachment"),
        _reads("pipelines", "Read pipelines", "application"),
        _reads("pipelines/workflows", "Read workflows and their statuses", "application_stage", "job_stage"),
        _reads("activities", "Read activities", "note"),
        _reads("users", "Read users", "user"),
        _reads("tags", "Read tags", "tag"),
        _reads("portals", "Read portals, for the public addresses of jobs"),
        Permission(
            "writing",
            "Change statuses, add notes, tags and files",
            "POST and PUT: CATS has no harmless try",
            None,
            writes=True,
        ),
    )
    resources = (
        _list("users", mapping.USER),
        _list("tags", mapping.TAG),
        _list("pipelines/workflows", mapping.STAGE, address="", told=known.WORKFLOWS),
        _list(
            "jobs",
            mapping.JOB,
            mapping.JOB_STAGE,
            mapping.DEPARTMENT,
            completes=hal.job,
            parts=SEARCHED,
            detail=Detail(
                {"job": "jobs/{id}", "attachments": "jobs/{id}/attachments"},
                makes=(mapping.JOB_FILE,),
                row=lambda sources: sources.get("job"),
            ),
        ),
        _list(
            "candidates",
            mapping.CANDIDATE,
            completes=hal.candidate,
            parts=SEARCHED,
            volatile=("_embedded.thumbnail[].url",),
            detail=Detail(
                {
                    "candidate": "candidates/{id}",
                    "tags": "candidates/{id}/tags",
                    "attachments": "candidates/{id}/attachments",
                },
                makes=(mapping.CANDIDATE_FILE,),
                row=lambda sources: sources.get("candidate"),
            ),
        ),
        _list(
            "pipelines",
            mapping.APPLICATION,
            parts=SEARCHED,
            detail=Detail(
                {"pipeline": "pipelines/{id}", "history": "pipelines/{id}/statuses"},
                row=lambda sources: sources.get("pipeline"),
                more=1,
            ),
        ),
        _list("activities", mapping.NOTE, keeps=mapping.of_recruiting, parts=replace(SEARCHED, about=hal.about)),
    )
    meanings = (known.OUTCOMES, known.OF_JOBS)
    actions = ACTIONS
    settings = (
        Setting(
            "triggers",
            "What a status does by default, when a machine moves somebody to it",
            "off",
            {"off": "Not unless it is asked for", "defaults": "As in CATS itself"},
        ),
        Setting("result_wording", "How a result reads as an activity", RESULT),
    )
    features = {
        "credential_check": "The key is tried on every list that we read; CATS names no finer permissions",
        "deletion_detection": "Windows of ids prove what is gone; else the record's own address is asked",
        "incremental_sync": "By its events and by searches for what changed or is new, between complete walks",
        "webhooks": "CATS calls when a job, a person, a pipeline or an activity changes; a changed rating is silent",
        "custom_fields": "By their labels, on jobs and people",
        "work_history": "With the person, up to any length",
        "stages": "Every workflow's statuses, the customer's own included, in order and per job",
        "download": "A file is read from CATS when somebody opens it, and kept nowhere",
    }

    def account(self) -> Account:
        """The site of the key; its company's name where CATS embeds it."""
        site = self.talk.get("site").data
        subdomain, mode = text(at(site, "subdomain")) or "", text(at(site, "mode")) or ""
        name = text(at(site, "_embedded.default_company.name")) or subdomain
        return Account(as_id(at(site, "id")) or "", name, {"subdomain": subdomain, "mode": mode})

    def beside(self) -> dict[str, Any]:
        """Site, workflows with statuses, job statuses, field definitions, portals' addresses, departments."""
        return known.gather(self.talk)

    def ask(self, resource: Resource, params: Params) -> Answer:
        """Ask for one page of a list, or of what a search finds in it."""
        if hal.SEARCH not in params:
            return super().ask(resource, params)
        asked = {name: value for name, value in params.items() if name != hal.SEARCH}
        return self.talk.read("POST", f"{resource.path or resource.slug}/search", params=asked, body=params[hal.SEARCH])

    def rows_of(self, resource: Resource, remote_ids: Sequence[str]) -> list[Row] | None:
        """Several rows by a search for their ids, where the list has one; raises NotFound, Rejected."""
        if not resource.parts.ids:
            return None
        rows = hal.found(self.talk, resource.slug, remote_ids)
        rows = [row for row in rows if not resource.keeps or resource.keeps(row)]
        return [resource.completes(self.talk, row) for row in rows] if resource.completes else rows

    def source(self, resource: Resource, name: str, path: str) -> Any:
        """One answer of a detail: the record with its embeds in full, or all pages of a list as one."""
        if name in LISTS:
            key = LISTS[name]
            found = hal.every(self.talk, path, key)
            return {"count": len(found), "_embedded": {key: found}}
        row = self.unwrap(super().source(resource, name, path))
        return resource.completes(self.talk, row) if resource.completes else row

    def detail(self, resource: Resource, remote_id: str) -> Sources:
        """A pipeline's detail also holds its answers, whose address only the pipeline itself tells."""
        found = dict(super().detail(resource, remote_id))
        if "pipeline" in found:
            found["answers"] = hal.submitted(self.talk, found["pipeline"])
        return found

    def file(self, remote_id: str, owner: str) -> Place:
        """Its own address, which takes the key and may lead to another host."""
        return Place(f"attachments/{remote_id}/download")

    def wrote(self, answer: Answer) -> Wrote:
        """The id at the end of the Location, which is all that CATS says of what was made."""
        location = answer.headers.get("location", "").partition("?")[0]
        return Wrote(location.rstrip("/").rpartition("/")[2], answer.data)

    @classmethod
    def steps(cls, resource: Resource, sources: Sources) -> list[tuple[str, datetime]]:
        """A pipeline's statuses as its history has them."""
        if resource.slug != "pipelines" or "history" not in sources:
            return []
        told = readers.steps(hal.rows(sources["history"], "statuses"))
        return [(status, when) for when, each in told if (status := as_id(each))]

    @classmethod
    def words(cls, status: int, body: bytes) -> str:
        """CATS's own words under any of the keys seen; how several of them combine is not published."""
        try:
            answer = decode(body)
        except ValueError:
            answer = None
        said = [_said(answer.get(key)) for key in ("message", "errors", "error")] if isinstance(answer, dict) else []
        return " · ".join(dict.fromkeys(filter(None, said))) or super().words(status, body)


LISTS = {"tags": "tags", "attachments": "attachments", "history": "statuses"}
"""The detail answers that come in pages, with the key of their rows."""


def _said(words: Any) -> str:
    match words:
        case str():
            return words.strip()
        case list():
            return ", ".join(filter(None, (_said(word) for word in words)))
        case dict():
            return ", ".join(f"{name}: {said}" for name, word in words.items() if (said := _said(word)))
    return ""
