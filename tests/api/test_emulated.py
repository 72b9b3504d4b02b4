"""Everything that an emulated account holds is served, once, in the shape that clients know."""

from typing import Any

import pytest
from django_scopes import scope

import connectors
from atsbridge.records.models import Record
from atsbridge.tenants import keys
from atsbridge.tenants.models import Tenant
from connectors.unified.dialects.truto import JOB_STATUSES, RESOURCES
from tests.api.conftest import Machine
from tests.api.rows import Account
from tests.sync import harness

COMMON = {"id", "created_at", "updated_at", "remote_data"}
PERSON = {"first_name", "last_name", "name", "emails"}
APPLICATION = {
    "candidate",
    "job",
    "applied_at",
    "rejected_at",
    "source",
    "credited_to",
    "current_stage",
    "reject_reason",
}
JOB = {
    "name", "description", "code", "requisition_id", "status", "locations", "job_posting_urls", "confidential",
    "departments", "teams", "offices", "hiring_managers", "recruiters",
}  # fmt: skip
CANDIDATE = {
    "company", "title", "last_interaction_at", "is_private", "can_email", "locations", "phones", "urls", "tags",
    "applications", "attachments",
}  # fmt: skip
ACTIVITY = {"candidate", "actor", "activity_type", "from", "to", "cc", "subject", "body", "visibility"}
FIELDS = {
    "jobs": JOB,
    "candidates": PERSON | CANDIDATE,
    "applications": APPLICATION | {"attachments"},
    "job_interview_stages": {"name", "status", "job", "position"},
    "attachments": {"file_name", "file_url", "candidate", "application", "job", "attachment_type"},
    "users": PERSON | {"disabled", "access_role"},
    "tags": {"name"},
    "departments": {"name", "parent", "status"},
    "activities": ACTIVITY,
}
WORDS: dict[str, dict[str, set[Any]]] = {
    "jobs": {"status": {*JOB_STATUSES, None}, "confidential": {True, False, None}},
    "job_interview_stages": {"status": {"active", "inactive", None}},
    "attachments": {"attachment_type": {"resume", "cover_letter", "other", None}},
    "activities": {"activity_type": {"note", "email", None}, "visibility": {"private", "public", None}},
    "departments": {"status": {"active", "inactive", None}},
    "users": {"disabled": {True, False, None}},
}


def walk(machine: Machine, resource: str, **asked: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    cursor: str | None = ""
    while cursor is not None:
        page = machine.read(resource, next_cursor=cursor, limit=17, **asked)
        rows += page["result"]
        cursor = page["next_cursor"]
    return rows


@pytest.mark.parametrize("slug", ["homerun", "cats", "harbor"])
def test_every_record_of_an_emulated_account_is_served_once(acme: Tenant, slug: str):
    with harness.with_harbor(), harness.mounted(slug, harness.emulate(slug, jobs=6, people=60)) as emulator:
        connection = harness.link(acme, slug, emulator)
        assert harness.sync(connection).state == "succeeded"
        key = keys.create(acme, "machine")[1]
        machine = Machine(Account(acme, connection, key), key)
        reads = connectors.get(slug).reads()
        for resource, model in RESOURCES.items():
            if model not in reads:
                assert machine.refusal(f"/unified/ats/{resource}")[0] == 404
                continue
            rows = walk(machine, resource)
            with scope(tenant=acme):
                stored = Record.objects.filter(model=model, deleted_at__isnull=True).order_by("touched_at", "id")
                assert [row["id"] for row in rows] == list(stored.values_list("remote_id", flat=True))
            assert {frozenset(row) for row in rows} <= {frozenset(FIELDS[resource] | COMMON)}
            for field, words in WORDS.get(resource, {}).items():
                assert {row[field] for row in rows} <= words


@pytest.mark.parametrize("slug", ["homerun", "cats"])
def test_every_jobs_stages_stand_in_order(acme: Tenant, slug: str):
    with harness.mounted(slug, harness.emulate(slug, jobs=6, people=20)) as emulator:
        connection = harness.link(acme, slug, emulator)
        harness.sync(connection)
        key = keys.create(acme, "machine")[1]
        machine = Machine(Account(acme, connection, key), key)
        for job in walk(machine, "jobs"):
            stages = walk(machine, "job_interview_stages", job_id=job["id"])
            assert sorted(stage["position"] for stage in stages) == list(range(len(stages)))
            assert all(stage["job"] == {"id": job["id"]} and stage["name"] for stage in stages)
