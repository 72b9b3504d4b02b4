"""People and what hangs on them as they go out, whole: own values, references, embedded records."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from atsbridge.sync import downloads
from connectors.unified.parts import (
    EmailAddress,
    FileType,
    Location,
    NoteKind,
    Outcome,
    PhoneNumber,
    SocialMedia,
    Status,
)
from tests.api.rows import Account, page

APPLIED = datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)


APPLICATION = {
    "id": "a1",
    "candidate": {"id": "c1"},
    "job": {"id": "j1"},
    "applied_at": "2026-02-03T04:05:06.000000Z",
    "rejected_at": "2026-02-04T04:05:06.500000Z",
    "source": {"id": None, "name": "LinkedIn"},
    "credited_to": {
        "id": "7",
        "first_name": "Grace",
        "last_name": "Hopper",
        "emails": [{"email": "grace@acme.example", "type": None, "is_primary": True}],
    },
    "current_stage": {"id": "s1", "name": "Phone screen", "status": "active", "job": {"id": "j1"}},
    "reject_reason": "Too junior",
    "created_at": "2026-02-03T04:05:06.000000Z",
    "updated_at": "2026-03-01T09:00:04.123456Z",
}
ATTACHMENT = {
    "id": "f1",
    "file_name": "cv.pdf",
    "candidate": {"id": "c1"},
    "application": {"id": "a1"},
    "job": None,
    "attachment_type": "resume",
    "created_at": "2026-03-01T09:00:05.123456Z",
    "updated_at": "2026-03-01T09:00:05.123456Z",
}


def cv(homerun: Account) -> dict[str, Any]:
    """The file as it is told, with its address for now."""
    return ATTACHMENT | {"file_url": downloads.link(homerun.tenant.pk, UUID(homerun.id("attachment", "f1")))}


def ada(account):
    """Ada's application with everything that it names."""
    account.put("user", "7", first_name="Grace", last_name="Hopper", email="grace@acme.example")
    account.put("application_stage", "s1", name="Phone screen", status=Status.ACTIVE)
    account.put("rejection_reason", "r1", name="Too junior")
    account.put(
        "application",
        "a1",
        remote={"": {"id": "a1"}, "detail": {"id": "a1", "files": []}, "notes": {"notes": []}},
        candidate_id="c1",
        job_id="j1",
        current_stage_id="s1",
        outcome=Outcome.DECLINED,
        source="LinkedIn",
        rejection_reason_id="r1",
        rejected_at=datetime(2026, 2, 4, 4, 5, 6, 500000, tzinfo=UTC),
        credited_to_id="7",
        remote_created_at=APPLIED,
        row={"detail_read_at": APPLIED},
    )
    account.put(
        "attachment", "f1", file_name="cv.pdf", type=FileType.CV, candidate_id="c1", application_id="a1",
    )  # fmt: skip


def test_an_application(machine, homerun):
    ada(homerun)

    assert machine.read("applications") == page(
        APPLICATION | {"attachments": [cv(homerun)], "remote_data": {"id": "a1", "files": []}}
    )


def test_a_candidate_embeds_applications_and_attachments(machine, homerun):
    ada(homerun)
    homerun.put("tag", "t1", name="Bread")
    homerun.put(
        "candidate",
        "c1",
        remote={"": {"id": "c1"}},
        first_name="Ada",
        last_name="Lovelace",
        email_addresses=[EmailAddress(email_address="ada@example.com", type="WORK")],
        phone_numbers=[PhoneNumber(phone_number="+31 6", type="MOBILE", extension="9")],
        title="Mathematician",
        company="Analytical Engines",
        location=Location(raw="London"),
        social_media=[SocialMedia(link="https://ada.example", type="WEBSITE"), SocialMedia(username="ada")],
        tag_ids=["t1", "t2"],
        confidential=False,
        can_email=True,
        last_interaction_at=APPLIED,
    )

    assert machine.read("candidates") == page(
        {
            "id": "c1",
            "first_name": "Ada",
            "last_name": "Lovelace",
            "name": "Ada Lovelace",
            "company": "Analytical Engines",
            "title": "Mathematician",
            "last_interaction_at": "2026-02-03T04:05:06.000000Z",
            "is_private": "false",
            "can_email": True,
            "locations": ["London"],
            "phones": [{"number": "+31 6", "extension": "9", "type": "MOBILE"}],
            "emails": [{"email": "ada@example.com", "type": "WORK"}],
            "urls": [{"url": "https://ada.example", "type": "WEBSITE"}],
            "tags": [{"id": "t1", "name": "Bread"}, {"id": "t2", "name": None}],
            "applications": [APPLICATION],
            "attachments": [cv(homerun)],
            "created_at": "2026-03-01T09:00:07.123456Z",
            "updated_at": "2026-03-01T09:00:07.123456Z",
            "remote_data": {"id": "c1"},
        },
        partial=True,
    )


def test_an_application_without_anything_embeds_nothing(machine, homerun):
    homerun.put("application", "a1", candidate_id="c1")

    assert machine.read("applications") == page(
        {
            "id": "a1",
            "candidate": {"id": "c1"},
            "job": None,
            "applied_at": None,
            "rejected_at": None,
            "source": None,
            "credited_to": None,
            "current_stage": None,
            "reject_reason": None,
            "attachments": [],
            "created_at": "2026-03-01T09:00:01.123456Z",
            "updated_at": "2026-03-01T09:00:01.123456Z",
            "remote_data": None,
        },
        partial=True,
    )


def test_a_stage_that_was_never_seen_keeps_its_id(machine, homerun):
    homerun.put("application", "a1", candidate_id="c1", job_id="j1", current_stage_id="s9")

    stage = {"id": "s9", "name": None, "status": None, "job": {"id": "j1"}}
    assert machine.one("applications", "a1")["current_stage"] == stage


def test_deleted_records_are_not_embedded(machine, homerun):
    homerun.put("candidate", "c1", first_name="Ada")
    homerun.put("application", "a1", candidate_id="c1", row={"deleted_at": APPLIED})
    homerun.put("attachment", "f1", candidate_id="c1", row={"deleted_at": APPLIED})

    ada = machine.one("candidates", "c1")
    assert (ada["applications"], ada["attachments"]) == ([], [])


def test_an_activity(cats, cats_machine):
    cats.put(
        "note", "5", kind=NoteKind.EMAIL, candidate_id="c1", author_id="7", author_name="Grace", title="Hello",
        content="Dear Ada", is_private=True, remote={"": {"id": 5}},
    )  # fmt: skip

    assert cats_machine.read("activities") == page(
        {
            "id": "5",
            "candidate": {"id": "c1"},
            "actor": {"id": "7", "type": "user"},
            "activity_type": "email",
            "from": [{"email": None, "name": "Grace"}],
            "to": None,
            "cc": None,
            "subject": "Hello",
            "body": "Dear Ada",
            "visibility": "private",
            "created_at": "2026-03-01T09:00:01.123456Z",
            "updated_at": "2026-03-01T09:00:01.123456Z",
            "remote_data": {"id": 5},
        }
    )


def test_a_call_is_told_as_a_note(cats, cats_machine):
    cats.put("note", "5", kind=NoteKind.CALL, is_private=False)

    activity = cats_machine.one("activities", "5")
    assert (activity["activity_type"], activity["visibility"], activity["actor"]) == ("note", "public", None)


def test_a_user(cats, cats_machine):
    cats.put("user", "7", first_name="Grace", email="grace@acme.example", status=Status.INACTIVE, access_role="admin")

    assert cats_machine.read("users") == page(
        {
            "id": "7",
            "first_name": "Grace",
            "last_name": None,
            "name": "Grace",
            "emails": [{"email": "grace@acme.example", "type": None, "is_primary": True}],
            "disabled": True,
            "access_role": "admin",
            "created_at": "2026-03-01T09:00:01.123456Z",
            "updated_at": "2026-03-01T09:00:01.123456Z",
            "remote_data": None,
        }
    )


def test_tags_and_departments(cats, cats_machine):
    cats.put("tag", "1", name="Bread")
    cats.put("department", "2", name="Bakery")
    cats.put("department", "3", name="Ovens", parent_id="2", status=Status.ACTIVE)

    tag = {"id": "1", "name": "Bread", "remote_data": None}
    ovens = {
        "id": "3",
        "name": "Ovens",
        "parent": {"id": "2", "name": "Bakery"},
        "status": "active",
        "remote_data": None,
    }
    at = dict.fromkeys(("created_at", "updated_at"), "2026-03-01T09:00:01.123456Z")
    assert cats_machine.read("tags") == page(tag | at)
    assert cats_machine.one("departments", "3") == ovens | dict.fromkeys(at, "2026-03-01T09:00:03.123456Z")
