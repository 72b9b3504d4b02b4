"""What a page's rows become: columns that follow from the document, stamps, touches, warnings."""

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection as database
from django.db import transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from atsbridge.connections.models import Connection
from atsbridge.records import beside, shape, stamps
from atsbridge.records.digest import clean, digest, encoded
from atsbridge.records.ids import record_id
from atsbridge.records.models import NONE, Change, Record, SetAside, Total
from atsbridge.records.store import Sheet, store_pages
from atsbridge.sync import remapping
from connectors import unified
from connectors.values import convert
from tests.records.storing import one, put
from tests.sync import harness
from tests.thirdats.emulator import Emulator
from tests.thirdats.emulator_truth import Application, Person

INDEX = re.compile(r"(?:using|Index Scan on) (\w+)")


def test_ordinary_columns_follow_from_the_document_for_every_record(account: Connection):
    harness.sync(account)
    for person in Record.objects.filter(model="candidate").select_related("connection", "tenant")[:5]:
        harness.read_detail(person)

    records = list(Record.objects.all())
    assert {record.model for record in records} == set(account.speaks.reads())
    for record in records:
        values = convert(json.loads(record.document), unified.BY_SLUG[record.model])
        columns = shape.columns(account.id, record.remote_id, values, record.first_seen_at)
        assert {name: getattr(record, name) for name in columns} == columns
        assert shape.render(values) == record.document
        assert record.id == record_id(account.id, record.model, record.remote_id)


def test_a_record_carries_its_row_and_what_many_rows_make_carries_none(harbor: Emulator, account: Connection):
    job = harbor.jobs[0]
    put(account, "jobs", job.row())

    assert json.loads(one("job", job.id).remote) == {"": job.row()}
    assert one("application_stage", "st_new").remote == "{}"
    assert one("job_stage", f"{job.id}:st_new").owner == one("job", job.id).id
    assert one("application_stage", "st_new").owner == NONE


def test_signed_links_are_blanked_before_storing(harbor: Emulator, account: Connection):
    person = harbor.people[1]
    harness.sync(account)
    record = Record.objects.select_related("connection", "tenant").get(model="candidate", remote_id=str(person.id))
    harness.read_detail(record)

    assert "files.harbor.example" not in record.remote
    assert [json.loads(record.remote)[name]["photo"] for name in ("", "person")] == [None, None]


def test_an_unchanged_row_is_not_even_mapped(harbor: Emulator, account: Connection):
    row = harbor.people[0].row()
    put(account, "people", row)
    Record.objects.update(document="untouched")

    assert put(account, "people", {**row, "photo": "https://files.harbor.example/another"}) == {
        "candidate": {"read": 1}
    }
    assert one("candidate", row["id"]).document == "untouched"


def test_a_row_whose_unified_values_stay_is_written_without_an_event(harbor: Emulator, account: Connection):
    row = harbor.people[0].row()
    put(account, "people", row)
    before = one("candidate", row["id"])

    counts = put(account, "people", {**row, "shoe_size": 43})

    after = one("candidate", row["id"])
    assert counts == {"candidate": {"read": 1}}
    assert after.changed_at > before.changed_at
    assert json.loads(after.remote)[""]["shoe_size"] == 43
    assert [change.kind for change in Change.objects.filter(record=after.id)] == ["created"]


def test_one_transaction_has_one_stamp_later_than_every_earlier_one(harbor: Emulator, account: Connection):
    with time_machine.travel(datetime(2026, 11, 2, tzinfo=UTC), tick=False):
        put(account, "people", *(person.row() for person in harbor.people[:3]))
        put(account, "people", *(person.row() for person in harbor.people[3:6]))

    first, second = (
        set(Record.objects.filter(remote_id__in=[str(p.id) for p in some]).values_list("changed_at", flat=True))
        for some in (harbor.people[:3], harbor.people[3:6])
    )
    assert len(first) == len(second) == 1
    assert second.pop() - first.pop() == timedelta(microseconds=1)


def test_a_first_sync_sees_stages_inexactly_and_later_ones_exactly(harbor: Emulator, account: Connection):
    harness.sync(account)
    application = harbor.applications[0]
    record = one("application", application.id)
    assert (record.stage_since, record.stage_exact) == (record.changed_at, False)

    application.result = "hired"
    harness.sync(account)
    assert (one("application", application.id).stage_since, record.stage_exact) == (record.stage_since, False)

    application.step = next(step for step in ("st_new", "st_talk") if step != application.step)
    harness.sync(account)
    moved = one("application", application.id)
    assert (moved.stage_since, moved.stage_exact) == (moved.changed_at, True)


# Who is touched


def test_nul_and_halves_of_pairs_are_replaced_with_a_warning(account: Connection):
    put(account, "people", Person(7, "A\x00da", "Love\udc00lace").row())

    record = one("candidate", 7)
    assert record.title == "A\ufffdda Love\ufffdlace"
    assert json.loads(record.warnings) == ["NUL or broken characters were replaced by \ufffd"]


@pytest.mark.parametrize(
    "row", [{"id": 9, "steps": ["x"]}, {"id": 9, "steps": 7}, {"id": 9, "steps": [{"id": "s"}, None]}]
)
def test_a_row_of_an_unknown_shape_is_set_aside_and_its_page_stored(
    harbor: Emulator, account: Connection, row: dict[str, Any]
):
    counts = put(account, "jobs", harbor.jobs[0].row(), row)

    assert counts["job"] == {"read": 1, "created": 1, "set_aside": 1}
    aside = SetAside.objects.get()
    assert (aside.resource, aside.remote_id, json.loads(aside.row)) == ("jobs", "9", row)
    assert aside.reason.startswith("TypeError: ")


def test_cleaning_keeps_what_is_clean():
    fine = {"a": ["\ufffd", "\U0001f469"], "b": 1}
    assert clean(fine) == (fine, encoded(fine), False)
    assert clean({"a\x00": ["\ud83d"]}) == ({"a\ufffd": ["\ufffd"]}, '{"a\ufffd":["\ufffd"]}'.encode(), True)
    assert clean("it says \\u0000") == ("it says \\u0000", b'"it says \\\\u0000"', False)


def test_a_digest_sees_order_of_keys_and_offsets_of_times_as_the_same():
    assert digest(encoded({"a": 1, "b": 2})) == digest(encoded({"b": 2, "a": 1}))
    assert digest(encoded({"a": 1})) != digest(encoded({"a": 1}), "another mapping")
    dutch, universal = {"at": "2026-11-01T10:00:00+01:00"}, {"at": "2026-11-01T09:00:00Z"}
    assert digest(encoded(dutch), instants=True) == digest(encoded(universal), instants=True)
    assert digest(encoded(dutch)) != digest(encoded(universal))


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("ŁUKASZ  Gżegżółka", "lukasz gzegzolka"),
        ("Søren Ångström", "soren angstrom"),
        ("STRASSE Straße", "strasse strasse"),
        ("İSTANBUL Diyarbakır", "istanbul diyarbakir"),
        ("ŒUVRE Þór Æsir ĐUKIĆ", "oeuvre thor aesir dukic"),
        ("ΣΊΣΥΦΟΣ ᾳ Юрий", "σισυφοσ α юрии"),
    ],
)
def test_search_folds_accents_and_case(text: str, folded: str):
    assert shape.fold(text) == folded


# Mapping anew


def test_remapping_costs_no_call_and_changes_nothing_where_nothing_changed(harbor: Emulator, account: Connection):
    harness.sync(account)
    before, calls = harness.kept(account), len(harbor.calls)

    rows, counts = remapping.remap(account)

    assert rows == 3 + 3 + 3 + 12 + 12
    assert harness.kept(account) == before
    assert len(harbor.calls) == calls
    assert {what for some in counts.values() for what in some} == {"read"}


def test_remapping_renders_anew_what_an_earlier_version_wrote(harbor: Emulator, account: Connection):
    harness.sync(account)
    before = harness.documents(account)
    Record.objects.filter(model="candidate").update(document='{"first_name":"Of earlier"}', wire="{}", search="")

    remapping.remap(account)

    assert harness.documents(account) == before
    assert Record.objects.filter(model="candidate", search="").count() == 0


def test_remapping_takes_a_row_that_was_set_aside_once_it_can_be_read(harbor: Emulator, account: Connection):
    harness.sync(account)
    row = Application(5555, 101, 1).row()
    SetAside.objects.create(
        tenant=account.tenant, connection=account, resource="applications", remote_id="5555", digest="of earlier",
        reason="An earlier version could not read it", row=json.dumps(row),
    )  # fmt: skip

    remapping.remap(account)

    assert one("application", 5555).deleted_at is None
    assert not SetAside.objects.exists()


def test_remapping_twice_keeps_a_row_that_cannot_be_read_once(account: Connection):
    put(account, "applications", {**Application(5555, 101, 1).row(), "id": None})
    before = SetAside.objects.get()
    SetAside.objects.update(digest="of earlier")

    assert [remapping.remap(account)[1] for _ in range(2)] == [{"application": {"set_aside": 1}}] * 2

    after = SetAside.objects.get()
    assert (after.digest, after.at, after.row) == (before.digest, before.at, before.row)


def test_a_row_that_a_page_repeats_is_stored_and_counted_once(harbor: Emulator, account: Connection):
    row = harbor.people[0].row()

    counts = put(account, "people", row, row)

    assert counts == {"candidate": {"read": 2, "created": 1}}
    assert Total.objects.get(model="candidate").count == 1
    assert Change.objects.filter(kind="created").count() == 1


def test_a_row_that_two_pages_carry_is_stored_as_the_later_one_says(harbor: Emulator, account: Connection):
    first, second, third = (person.row() for person in harbor.people[:3])
    people, now = account.speaks.resource("people"), timezone.now()
    put(account, "people")
    with transaction.atomic():
        hold, reader = stamps.hold(account, "run"), beside.reader(account)
        pages = [Sheet([first, second], now), Sheet([third, {**first, "given": "Grace"}], now)]
        stored = store_pages(hold, reader, people, pages)

    assert [page.counts["candidate"] for page in stored] == [
        {"read": 2, "created": 2},
        {"read": 2, "created": 1, "changed": 1},
    ]
    assert [page.ids for page in stored] == [
        [("candidate", str(row["id"])) for row in rows] for rows in ((first, second), (third, first))
    ]
    assert json.loads(one("candidate", first["id"]).document)["first_name"] == "Grace"
    told = Change.objects.filter(record=one("candidate", first["id"]).id).order_by("number")
    assert [change.kind for change in told] == ["created", "updated"]


# Cost


def test_a_page_costs_the_same_number_of_queries_with_one_row_and_with_ten(harbor: Emulator, account: Connection):
    def queries(*people: Person) -> int:
        with CaptureQueriesContext(database) as captured:
            put(account, "people", *(person.row() for person in people))
        return len(captured)

    put(account, "people", harbor.people[0].row())
    assert queries(harbor.people[1]) == queries(*harbor.people[2:])
    assert queries(*harbor.people) == queries(harbor.people[1])


@pytest.mark.postgres
def test_what_a_page_names_is_found_by_its_ids_alone_before_the_database_has_counted_a_young_tenant(
    account: Connection,
):
    people = [Person(number, "Ada", "Lovelace").row() for number in range(150)]
    put(account, "people", *people)
    with CaptureQueriesContext(database) as captured:
        put(account, "people", *({**row, "given": "Grace"} for row in people))

    used: set[str] = set()
    with database.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")  # the table is too short for an index to pay
        for query in captured:
            if "records_record" in query["sql"] and "COPY" not in query["sql"]:
                cursor.execute(f"EXPLAIN {query['sql']}")
                used |= {name for (line,) in cursor.fetchall() for name in INDEX.findall(line)}
    whole = {each.name for each in Record._meta.indexes if each.fields[0] in ("tenant", "connection")}
    assert "records_record_pkey" in used
    assert not {name for name in used if name in whole or "tenant" in name}
