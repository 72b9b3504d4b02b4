"""Opening a record: what it may take for gone, and what it may not."""

import pytest
from django_scopes import scope

from atsbridge.records.models import Record
from atsbridge.sync import details
from tests.records import factory
from tests.sync import harness

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cats(acme):
    with harness.mounted("cats", harness.emulate("cats", jobs=2, people=4)) as emulator, scope(tenant=acme):
        connection = harness.link(acme, "cats", emulator)
        harness.sync(connection)
        yield emulator, connection


def opened(record):
    """Read a record's detail here. Returns its reading and what became of the record."""
    reading = details.ask(record)
    details.read(reading.id)
    reading.refresh_from_db()
    record.refresh_from_db()
    return reading, record


def test_a_detail_whose_part_is_missing_does_not_take_the_person_for_gone(cats):
    emulator, _ = cats
    person = Record.objects.filter(model="candidate")[0]
    emulator.fail("404", path=f"candidates/{person.remote_id}/tags")

    reading, person = opened(person)

    assert (reading.state, person.deleted_at) == ("failed", None)
    assert reading.error


def test_a_job_that_is_gone_takes_its_stages_along_and_no_department_of_the_same_number(cats):
    emulator, connection = cats
    job = Record.objects.filter(model="job")[0]
    namesake = factory.make(connection, "department", job.remote_id, name="Same number", columns={"resource": "jobs"})
    emulator.delete(emulator.account.jobs[int(job.remote_id)])

    reading, job = opened(job)

    assert (reading.state, job.deleted_at is not None) == ("done", True)
    assert not Record.objects.filter(model="job_stage", job=job.id, deleted_at__isnull=True).exists()
    namesake.refresh_from_db()
    assert namesake.deleted_at is None
