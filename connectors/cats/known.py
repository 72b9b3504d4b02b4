"""What the mappings need beside the rows: read once before a run, then only looked up.

Kept slim on purpose: what changes here makes every row be mapped again, so a portal keeps the addresses of its jobs and
nothing else of them.
"""

import re
from typing import Any

from connectors.cats import hal, words
from connectors.declarations import Meaning, Status, chosen
from connectors.http import Talk
from connectors.mapping import Beside, Row, as_id
from connectors.paths import at
from connectors.unified.parts import JobStatus, Outcome
from connectors.values import text

COMPANIES_AT_MOST = 25

WORKFLOWS = "pipelines/workflows"
JOB_STATUSES = "jobs/statuses"


def gather(talk: Talk) -> dict[str, Any]:
    """Everything, `{source path: answer}`, from the site to the departments."""
    site = talk.get("site").data
    found: dict[str, Any] = {"site": _only(site, "mode", "subdomain", "default_company_id")}
    found[WORKFLOWS] = [_only(row, "id", "title", "is_default") for row in hal.known(talk, WORKFLOWS, "workflows")]
    for workflow in found[WORKFLOWS]:
        path = statuses_path(workflow["id"])
        found[path] = [_status(row) for row in hal.known(talk, path, "statuses")]
    found[JOB_STATUSES] = [_only(row, "id", "title", "mapping") for row in hal.known(talk, JOB_STATUSES, "statuses")]
    for owner in ("candidates", "jobs"):
        path = f"{owner}/custom_fields"
        found[path] = [_only(row, "id", "name", "field") for row in hal.known(talk, path, "custom_fields")]
    return found | _portals(talk) | _departments(talk, found["site"])


def _status(row: Row) -> Row:
    """A status, with what it does by itself where that is something."""
    triggers = [_only(each, "id", "description", "is_required") for each in row.get("triggers") or ()]
    return _only(row, "id", "title", "mapping") | ({"triggers": triggers} if triggers else {})


def _only(row: Any, *names: str) -> Row:
    return {name: row.get(name) for name in names} if isinstance(row, dict) else {}


def _portals(talk: Talk) -> dict[str, Any]:
    found: dict[str, Any] = {"portals": [_only(row, "id", "name") for row in hal.known(talk, "portals", "portals")]}
    for portal in found["portals"]:
        path = f"portals/{portal['id']}/jobs"
        jobs = hal.known(talk, path, "jobs")
        found[path] = {
            number: url for row in jobs if (number := as_id(row.get("id"))) and (url := posting_address(row))
        }
    return found


def posting_address(row: Row) -> str | None:
    """A posting's public address; a relative one leads nowhere."""
    link = at(row, "_links.job_url")
    href = text(link.get("href") if isinstance(link, dict) else link)
    return href if href and href.startswith(("https://", "http://")) else None


def _departments(talk: Talk, site: Row) -> dict[str, Any]:
    """The departments of the companies that have jobs, one call each: an agency may keep thousands of client companies.

    In HR mode that is the default company alone. Else the jobs' list says which, at most 25 of them.
    """
    companies = [as_id(site.get("default_company_id"))] if site.get("mode") == "hr" else _hiring(talk)
    found: dict[str, Any] = {}
    for company in filter(None, companies):
        path = departments_path(company)
        found[path] = [_only(row, "id", "name") for row in hal.known(talk, path, "departments")]
    return found


def _hiring(talk: Talk) -> list[str | None]:
    jobs = hal.every(talk, "jobs", "jobs")
    companies = dict.fromkeys(as_id(job.get("company_id")) for job in jobs if job.get("department_id"))
    return list(companies)[:COMPANIES_AT_MOST]


def statuses_path(workflow: Any) -> str:
    """Where a workflow's statuses stand."""
    return f"{WORKFLOWS}/{workflow}/statuses"


def departments_path(company: Any) -> str:
    """Where a company's departments stand."""
    return f"companies/{company}/departments"


# Looking up


def page_url(beside: Beside, module: str, parameter: str, remote_id: Any) -> str | None:
    """A record's page in CATS's own application, where the account's subdomain is known."""
    subdomain, remote_id = text(at(beside, "site.subdomain")), as_id(remote_id)
    if not subdomain or not remote_id or not re.fullmatch(r"[A-Za-z0-9-]+", subdomain):
        return None
    return f"https://{subdomain}.catsone.com/index.php?m={module}&a=show&{parameter}={remote_id}"


def workflow_of(beside: Beside, job: Row) -> str | None:
    """A job's workflow under either of its two names; a job without one follows the default workflow."""
    named = as_id(job.get("pipeline_workflow_id")) or as_id(job.get("workflow_id"))
    return named or next((as_id(row["id"]) for row in beside.get(WORKFLOWS, ()) if row.get("is_default")), None)


def statuses(beside: Beside, workflow: Any) -> list[Row]:
    """A workflow's statuses in their order."""
    found: list[Row] = beside.get(statuses_path(workflow), [])
    return found


def outcome(beside: Beside, status_id: Any, embedded: Any = None) -> Outcome | None:
    """What a status says about an application; None for a status that no workflow knows."""
    wanted = as_id(status_id) or as_id(at(embedded, "id"))
    if said := chosen(beside, OUTCOMES.slug, wanted):
        return Outcome(said)
    for workflow in beside.get(WORKFLOWS, ()):
        for status in statuses(beside, workflow["id"]):
            if as_id(status["id"]) == wanted:
                return words.outcome(status.get("mapping"), status.get("title"))
    told = at(embedded, "mapping"), at(embedded, "title")
    return words.outcome(*told) if any(told) else None


def job_status(beside: Beside, embedded: Any, status_id: Any, published: bool | None) -> JobStatus | None:
    """What a job's status says; the embedded one, else the listed one of that id."""
    if said := chosen(beside, OF_JOBS.slug, as_id(status_id) or as_id(at(embedded, "id"))):
        return JobStatus(said)
    listed = (row for row in beside.get(JOB_STATUSES, ()) if as_id(row["id"]) == as_id(status_id))
    status = embedded if isinstance(embedded, dict) and embedded.get("title") else next(listed, {})
    return words.job_status(status.get("mapping"), status.get("title"), published)


def postings(beside: Beside, job_id: Any) -> list[tuple[str | None, str]]:
    """Every public address of a job, (portal, address)."""
    found = ((portal["id"], beside.get(f"portals/{portal['id']}/jobs", {})) for portal in beside.get("portals", ()))
    return [(as_id(portal), jobs[as_id(job_id)]) for portal, jobs in found if as_id(job_id) in jobs]


def departments(beside: Beside, company: Any) -> list[Row]:
    """A company's departments."""
    found: list[Row] = beside.get(departments_path(company), [])
    return found


# What people may say that the account's statuses mean


def _pipeline_statuses(beside: Beside) -> list[Status]:
    return [
        Status(
            str(row["id"]), text(row.get("title")) or str(row["id"]), text(workflow.get("title")) or "", _outcome(row)
        )
        for workflow in beside.get(WORKFLOWS, ())
        for row in statuses(beside, workflow["id"])
    ]


def _outcome(status: Row) -> str:
    return words.outcome(status.get("mapping"), status.get("title"))


def _job_statuses(beside: Beside) -> list[Status]:
    found = []
    for row in beside.get(JOB_STATUSES, ()):
        guess = words.job_status(row.get("mapping"), row.get("title"), is_published=None)
        found.append(Status(str(row["id"]), text(row.get("title")) or str(row["id"]), "Jobs", guess or ""))
    return found


OUTCOMES = Meaning(
    "outcome",
    "What a pipeline status says about the application",
    {Outcome.PENDING: "Pending", Outcome.HIRED: "Hired", Outcome.DECLINED: "Declined"},
    _pipeline_statuses,
)
OF_JOBS = Meaning(
    "job_status",
    "What a job's status says",
    {JobStatus.OPEN: "Open", JobStatus.CLOSED: "Closed", JobStatus.DRAFT: "Draft"},
    _job_statuses,
)
