"""Stages that were passed between two looks: announced once the provider's history is read, and only once."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django_scopes import scope

from atsbridge.connections.models import Connection
from atsbridge.records.ids import record_id
from atsbridge.records.models import Change, Record
from atsbridge.records.passing import Seen, Step, matched
from atsbridge.tenants.models import Tenant
from connectors.cats.emulator_truth import Pipeline
from tests.sync import harness

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


@pytest.fixture
def cats(acme: Tenant) -> Iterator[tuple[Any, Connection]]:
    """An emulated CATS that was read once, in Acme's scope."""
    with harness.mounted("cats", harness.emulate("cats", jobs=2, people=4)) as emulator, scope(tenant=acme):
        connection = harness.link(acme, "cats", emulator)
        harness.sync(connection)
        yield emulator, connection


def passing_through(emulator: Any, stages: int) -> Pipeline:
    """A pipeline that is moved through so many stages of its job while nobody looks."""
    pipeline: Pipeline = next(iter(emulator.account.pipelines.values()))
    job = emulator.account.jobs[pipeline.job_id]
    others = [status for status in emulator.account.statuses_of(job) if status.id != pipeline.status_id]
    for status in others[:stages]:
        emulator.move(pipeline, status.title)
    return pipeline


def opened(pipeline: Pipeline) -> Record:
    """The application, its detail read."""
    record = Record.objects.select_related("connection", "tenant").get(model="application", remote_id=str(pipeline.id))
    harness.read_detail(record)
    return record


def told(record: Record) -> list[tuple[Any, ...]]:
    """(kind, from, to, when, passed, by) of an application's events in the feed's order."""
    found = []
    for change in Change.objects.filter(record=record.id, kind="stage_changed").order_by("number"):
        before, after = json.loads(change.before), json.loads(change.after)
        assert change.stage == record_id(record.connection_id, "application_stage", after["current_stage_id"])
        assert change.from_stage == record_id(record.connection_id, "application_stage", before["current_stage_id"])
        found.append(
            (before["current_stage_id"], after["current_stage_id"], after["when"], after["passed"], change.cause)
        )
    return found


def moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def test_what_lies_between_two_looks_is_told_once_the_history_is_read(cats):
    emulator, connection = cats
    pipeline = passing_through(emulator, 3)
    start, one, two, three = pipeline.steps[-4:]
    harness.sync(connection)
    record = Record.objects.get(model="application", remote_id=str(pipeline.id))
    jump = (str(start.status_id), str(three.status_id), moment(record.changed_at), False, "run")
    assert told(record) == [jump]

    record = opened(pipeline)

    passed = [
        (str(start.status_id), str(one.status_id), moment(one.at), True, "history"),
        (str(one.status_id), str(two.status_id), moment(two.at), True, "history"),
    ]
    assert told(record) == [jump, *passed]
    opened(pipeline)
    harness.sync(connection, full=True)
    assert told(record) == [jump, *passed]


def test_a_move_that_the_detail_itself_brings_has_the_providers_time_and_comes_last(cats):
    emulator, _ = cats
    pipeline = passing_through(emulator, 2)
    start, one, two = pipeline.steps[-3:]

    record = opened(pipeline)

    assert told(record) == [
        (str(start.status_id), str(one.status_id), moment(one.at), True, "history"),
        (str(start.status_id), str(two.status_id), moment(two.at), False, "detail"),
    ]


def test_what_was_before_the_first_look_is_no_news(cats):
    emulator, _ = cats
    walked = next(each for each in emulator.account.pipelines.values() if len(each.steps) > 1)

    assert told(opened(walked)) == []


# Which step each look met


def steps(text: str) -> list[Step]:
    """A history, one stage an hour."""
    return [Step(UUID(int=ord(each)), each, NOON + timedelta(hours=place)) for place, each in enumerate(text)]


def looks(*given: tuple[str, float]) -> list[Seen]:
    """(stage, hours after noon) of each look."""
    return [Seen(UUID(int=ord(stage)), NOON + timedelta(hours=hours)) for stage, hours in given]


@pytest.mark.parametrize(
    ("history", "seen", "met"),
    [
        ("ABCD", [("A", 0.5), ("D", 9)], {0: 0, 3: 1}),
        ("ABAB", [("A", 0.5), ("B", 9)], {0: 0, 3: 1}),
        ("ABAB", [("A", 99), ("B", 99)], {2: 0, 3: 1}),
        ("ABC", [("A", -5), ("C", -4)], {0: 0, 2: 1}),
        ("BC", [("A", 0.5), ("C", 9)], {1: 1}),
        ("ABC", [("B", 9)], {1: 0}),
        ("", [("B", 9)], {}),
    ],
)
def test_each_look_meets_the_last_step_that_had_been_taken(history, seen, met):
    assert matched(steps(history), looks(*seen)) == met
