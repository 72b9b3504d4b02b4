"""What is touched because something related changed, without an event."""

from datetime import datetime
from uuid import UUID

import pytest

from atsbridge.connections.models import Connection
from atsbridge.records.models import Change, Record
from tests.records.storing import one, put
from tests.thirdats.emulator import Emulator
from tests.thirdats.emulator_truth import Application, Job, Person


def touched(before: dict[UUID, datetime]) -> set[tuple[str, str]]:
    rows = Record.objects.values_list("id", "model", "remote_id", "touched_at")
    return {(model, remote_id) for key, model, remote_id, at in rows if before.get(key) != at}


def moments() -> dict[UUID, datetime]:
    return dict(Record.objects.values_list("id", "touched_at"))


@pytest.fixture
def lived_in(harbor: Emulator, account: Connection) -> Connection:
    """One job, two people, one application of the first."""
    job = Job(1, "Baker")
    put(account, "jobs", job.row())
    put(account, "people", *(Person(number, "Ada", "Lovelace").row() for number in (101, 102)))
    put(account, "applications", Application(1001, 101, 1).row())
    return account


def test_a_new_application_touches_its_candidate(lived_in: Connection):
    before = moments()

    put(lived_in, "applications", Application(1002, 102, 1).row())

    assert touched(before) == {("application", "1002"), ("candidate", "102")}


def test_an_application_that_changes_hands_touches_both_candidates(lived_in: Connection):
    before, changed = moments(), one("candidate", 101).changed_at

    put(lived_in, "applications", Application(1001, 102, 1).row())

    assert touched(before) == {("application", "1001"), ("candidate", "101"), ("candidate", "102")}
    assert one("candidate", 101).changed_at == changed


def test_a_changed_candidate_touches_its_applications(lived_in: Connection):
    before = moments()

    put(lived_in, "people", Person(101, "Augusta", "Lovelace").row())

    assert touched(before) == {("candidate", "101"), ("application", "1001")}


def test_a_gained_or_lost_stage_touches_the_job_and_a_renamed_one_does_not(lived_in: Connection):
    steps = [("st_new", "New"), ("st_talk", "Talk"), ("st_offer", "Offer")]
    before = moments()
    put(lived_in, "jobs", Job(1, "Baker", steps=[*steps, ("st_swim", "Swim")]).row())
    assert ("job", "1") in touched(before)

    before = moments()
    put(lived_in, "jobs", Job(1, "Baker", steps=[*steps[:2], ("st_offer", "Bid"), ("st_swim", "Swim")]).row())
    assert {pair for pair in touched(before) if pair[0] != "job"} == {("application_stage", "st_offer")}


def test_a_touch_makes_no_event(lived_in: Connection):
    put(lived_in, "people", Person(101, "Augusta", "Lovelace").row())

    events = Change.objects.filter(record=one("application", 1001).id)
    assert [event.kind for event in events] == ["created"]


# What databases refuse
