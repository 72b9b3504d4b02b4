"""Rows that are inserted at once: they stand in the table value for value."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError

from atsbridge.connections.models import Connection
from atsbridge.records.copying import insert
from atsbridge.records.models import Change, Record
from atsbridge.records.unsaved import unsaved
from tests.records import factory

EARLY, LATE = datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)
ODD = ["", "\\N", "\\.", "a\tb\nc\rd\\e", '{"quoted":"\\"\\\\n"}', "null", "Zoë 🦉", "\x01\x7f\u2028"]
"""Texts that would mean something else, were they not taken as they are."""


def columns(row: Record | Change) -> dict[str, object]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields if field.attname != "id"}


def test_records_stand_in_the_table_value_for_value(account: Connection):
    moments = {"remote_created_at": EARLY, "remote_updated_at": None, "stage_since": LATE, "created_at": LATE}
    odd = [{**moments, "remote": text, "source": text, "position": -(2**31), "stage_exact": True} for text in ODD]
    rows = [factory.row(account, "tag", f"{at} {text}", {"name": text}, **odd[at]) for at, text in enumerate(ODD)]

    insert(Record, iter(rows))

    assert [columns(row) for row in Record.objects.order_by("remote_id")] == [columns(row) for row in rows]
    with pytest.raises(IntegrityError):
        insert(Record, rows[:1])


def test_events_stand_in_the_table_in_the_order_in_which_they_came(account: Connection):
    about = {"tenant_id": account.tenant_id, "connection_id": account.id, "at": LATE, "cause": "run"}
    rows = [unsaved(Change, kind="created", after=text, number=2**40 + at, **about) for at, text in enumerate(ODD)]

    insert(Change, [*rows, unsaved(Change, kind="sync.finished", **about)])

    kept = list(Change.objects.order_by("id"))
    assert [columns(row) for row in kept[:-1]] == [columns(row) for row in rows]
    assert (kept[-1].number, kept[-1].cause_id) == (None, None)


def test_no_rows_ask_the_database_nothing(account: Connection, django_assert_num_queries):
    with django_assert_num_queries(0):
        insert(Record, iter(()))
