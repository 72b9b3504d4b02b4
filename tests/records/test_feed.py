"""What becomes an event, with which number, kind, values and cause."""

import json
from typing import Any

from django.db import transaction

from atsbridge.connections.models import Connection
from atsbridge.records import history, stamps
from atsbridge.records.models import NONE, Change, Record, Total
from atsbridge.tenants.models import Counter
from tests.records.storing import one, put
from tests.sync import harness
from tests.thirdats.emulator import Emulator


def events(**filters: Any) -> list[tuple[str, str, dict[str, Any], dict[str, Any]]]:
    """(model, kind, before, after) in the order of their numbers."""
    rows = Change.objects.filter(**filters).exclude(number=None).order_by("number")
    return [(row.model, row.kind, json.loads(row.before), json.loads(row.after)) for row in rows]


def since(account: Connection) -> int:
    """The last number given."""
    return Counter.objects.get(tenant=account.tenant).number


def test_a_new_record_is_an_event_with_its_whole_document(harbor: Emulator, account: Connection):
    harness.sync(account)
    before = since(account)
    person = harbor.person("Ada", "Lovelace")

    harness.sync(account)

    made = one("candidate", person.id)
    told = Change.objects.get(record=made.id)
    assert (told.number, told.kind, told.remote_id) == (before + 1, "created", str(person.id))
    assert (json.loads(told.before), json.loads(told.after)) == ({}, json.loads(made.document))


def test_a_move_and_a_hire_are_said_beside_the_update(harbor: Emulator, account: Connection):
    harness.sync(account)
    moved, stage = harbor.applications[0], harbor.applications[0].step
    record, before = one("application", moved.id), since(account)
    moved.step = next(step for step in ("st_new", "st_talk") if step != stage)
    moved.result = "hired"

    run = harness.sync(account)

    after = one("application", moved.id)
    rows = Change.objects.filter(record=record.id, number__gt=before).order_by("number")
    assert [
        ((row.number or 0) - before, row.kind, row.job, row.from_stage, row.stage, row.cause, row.cause_id)
        for row in rows
    ] == [
        (1, "updated", record.job, record.stage, after.stage, "run", run.id),
        (2, "stage_changed", record.job, record.stage, after.stage, "run", run.id),
        (3, "hired", record.job, NONE, after.stage, "run", run.id),
    ]
    updated, changed, hired = events(record=record.id, number__gt=before)
    assert changed[2:] == (
        {"current_stage_id": stage},
        {"current_stage_id": moved.step, "when": moment(rows[1]), "passed": False},
    )
    assert hired[2:] == ({"outcome": json.loads(record.document)["outcome"]}, {"outcome": "HIRED"})
    assert updated[3]["current_stage_id"] == moved.step


def moment(change: Change) -> str:
    """An event's time as JSON has it."""
    return change.at.isoformat().replace("+00:00", "Z")


def test_a_field_that_went_empty_is_null_and_a_deletion_carries_nothing(harbor: Emulator, account: Connection):
    harness.sync(account)
    person = harbor.people[0]
    record, before = one("candidate", person.id), since(account)
    put(account, "people", {**person.row(), "family": None})

    harbor.people.remove(person)
    harness.sync(account)

    last_name = json.loads(record.document)["last_name"]
    assert events(record=record.id, number__gt=before) == [
        ("candidate", "updated", {"last_name": last_name}, {"last_name": None}),
        ("candidate", "deleted", {}, {}),
    ]


def test_what_the_feed_leaves_out_has_no_number(harbor: Emulator, account: Connection):
    harness.sync(account)
    record = Record.objects.select_related("connection", "tenant").filter(model="candidate").earliest("remote_id")
    before = since(account)

    harness.read_detail(record)

    told = Change.objects.filter(cause="detail").exclude(model__in=history.FEED)
    assert {(row.model, row.kind, row.number) for row in told} <= {
        ("attachment", "created", None),
        ("note", "created", None),
    }
    assert told.exists()
    numbered = Change.objects.filter(number__gt=before).order_by("number")
    assert {row.model for row in numbered} <= {"candidate"}


def test_with_announce_each_the_first_pass_says_every_record(harbor: Emulator, account: Connection):
    Connection.objects.update(announce_each=True)

    harness.sync(account)

    made = {record.id: record.document for record in Record.objects.filter(model__in=history.FEED)}
    rows = Change.objects.filter(kind="created", model__in=history.FEED)
    assert {row.record: row.after for row in rows} == made
    assert not Record.objects.filter(model="application", stage_exact=True).exists()


def test_numbers_have_no_gap_and_a_transaction_that_fails_takes_none(harbor: Emulator, account: Connection):
    harness.sync(account)
    before = since(account)
    try:
        with transaction.atomic():
            put(account, "people", harbor.person("Ada", "Lovelace").row())
            raise RuntimeError
    except RuntimeError:
        pass
    assert since(account) == before

    put(account, "people", harbor.person("Grace", "Hopper").row())

    numbers = list(Change.objects.exclude(number=None).order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, before + 2))


def test_each_tenant_counts_for_itself(harbor: Emulator, account: Connection, globex: Any):
    harness.sync(account)

    assert not Counter.objects.filter(tenant=globex).exists()
    assert list(Counter.objects.values_list("tenant", flat=True)) == [account.tenant_id]


def test_a_model_is_listed_once_and_a_state_is_said_once(harbor: Emulator, account: Connection):
    with transaction.atomic():
        hold = stamps.hold(account, "run")
        for _ in range(2):
            history.listed(hold, "job")
            history.announce_state(hold)
    Connection.objects.update(state="needs_relink", reason="CATS refuses the key")
    for _ in range(2):
        history.state_changed(account)

    assert events() == [
        ("job", "job.listed", {}, {"count": 0}),
        ("", "connection.linked", {"state": None}, {"state": "active", "reason": None}),
        (
            "",
            "connection.needs_relink",
            {"state": "active"},
            {"state": "needs_relink", "reason": "CATS refuses the key"},
        ),
    ]
    assert Total.objects.get(model="job").listed_at == hold.stamp
