"""A complete walk only nominates; the record's own address, or a second such walk where it has none, decides."""

from collections.abc import Iterator

import pytest
from django_scopes import scope

from atsbridge.connections.models import Connection
from atsbridge.records.models import Change, Record, SetAside, Total
from atsbridge.sync import engine
from atsbridge.sync.models import Nomination, Run
from atsbridge.tenants.models import Tenant
from tests.sync import harness
from tests.thirdats.emulator import Emulator
from tests.thirdats.emulator_truth import Department


@pytest.fixture
def synced(acme: Tenant, harbor: Emulator) -> Connection:
    """Harbor's account after its first run."""
    connection = harness.link(acme, "harbor", harbor)
    assert harness.sync(connection).state == "succeeded"
    return connection


@pytest.fixture(autouse=True)
def scoped(acme: Tenant) -> Iterator[None]:
    """These tests look into Acme's rows throughout."""
    with scope(tenant=acme):
        yield


def alive(model: str) -> set[str]:
    return set(Record.objects.filter(model=model, deleted_at__isnull=True).values_list("remote_id", flat=True))


def addresses(harbor: Emulator, since: int) -> list[str]:
    """The single rows that were asked for."""
    paths = [call.path.removeprefix("/v1/") for call in harbor.calls[since:] if call.method == "GET"]
    return [path for path in paths if "/" in path]


def test_what_its_own_address_no_longer_knows_is_deleted_with_one_call(harbor: Emulator, synced: Connection):
    application, since = harbor.applications[4], len(harbor.calls)
    harbor.delete(application)

    run = harness.sync(synced)

    assert addresses(harbor, since) == [f"applications/{application.id}"]
    assert str(application.id) not in alive("application")
    assert run.counts["application"] == {"read": 59, "deleted": 1}
    record = Record.objects.get(remote_id=str(application.id))
    event = Change.objects.get(record=record.id)
    assert (event.kind, event.at, event.before, event.after) == ("deleted", record.deleted_at, "{}", "{}")
    assert record.changed_at == record.touched_at == record.deleted_at
    assert Total.objects.get(model="application").count == 59
    assert not Nomination.objects.exists()


def test_what_has_no_address_goes_when_two_complete_runs_in_a_row_made_it_no_more(harbor: Emulator, synced: Connection):
    harbor.delete(harbor.departments[2])

    harness.sync(synced)
    assert alive("department") == {"1", "2", "3"}
    assert Nomination.objects.get().misses == 1

    harness.sync(synced)
    assert alive("department") == {"1", "2"}
    assert not Nomination.objects.exists()


def test_what_comes_back_in_between_starts_from_the_beginning(harbor: Emulator, synced: Connection):
    gone = harbor.departments[2]
    harbor.delete(gone)
    harness.sync(synced)
    harbor.departments.append(gone)
    harness.sync(synced)
    assert not Nomination.objects.exists()

    harbor.delete(gone)
    harness.sync(synced)

    assert alive("department") == {"1", "2", "3"}


def test_a_list_that_was_not_walked_to_its_end_proves_nothing(harbor: Emulator, synced: Connection):
    harbor.delete(harbor.departments[2])
    harbor.scopes.discard("directory")

    for _ in range(3):
        assert harness.sync(synced).state == "partial"

    assert alive("department") == {"1", "2", "3"}
    assert not Nomination.objects.exists()


def test_at_most_fifty_addresses_are_asked_in_a_run_and_the_rest_stay_nominated(acme: Tenant, harbor: Emulator):
    harbor.applications += [harbor._application(number, harbor.people[number % 60]) for number in range(5000, 5300)]
    connection = harness.link(acme, "harbor", harbor)
    harness.sync(connection)
    del harbor.applications[:70]
    since = len(harbor.calls)

    harness.sync(connection)

    assert len(set(addresses(harbor, since))) == 50
    assert len(alive("application")) == 310
    assert Nomination.objects.count() == 20

    harness.sync(connection)
    assert len(alive("application")) == 290
    assert not Nomination.objects.exists()


@pytest.mark.parametrize(("refusal", "times"), [("403", 1), ("401", 2), ("402", 1)])
def test_an_address_that_is_refused_says_nothing_about_its_record(
    harbor: Emulator, synced: Connection, refusal: str, times: int
):
    person = harbor.people[3]
    harbor.people.remove(person)
    harbor.fail(refusal, times=times, path=f"people/{person.id}")  # a 401 is asked again with a new token

    run = harness.sync(synced)

    assert run.state == "succeeded"
    assert (synced.state, synced.refused_at) == ("active", None)
    assert str(person.id) in alive("candidate")
    assert Nomination.objects.get().remote_id == str(person.id)

    harness.sync(synced)
    assert str(person.id) not in alive("candidate")


def test_one_removed_during_the_walk_slides_a_live_one_past_it_which_stays_as_its_address_says(
    harbor: Emulator, synced: Connection, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("atsbridge.sync.engine.SLICE_PAGES", 1)
    slid = harbor.people[20]
    run = harness.until(synced, lambda run: run.walks.filter(resource="people", pages_read=1).exists())
    harbor.delete(harbor.people[0])
    slid.first_name = "Renamed"
    engine.run_whole(run.id)

    record = Record.objects.get(model="candidate", remote_id=str(slid.id))

    assert record.deleted_at is None
    assert record.title.startswith("Renamed")
    assert Change.objects.get(record=record.id).kind == "updated"


def test_a_deleted_job_takes_its_stages_along_and_leaves_the_stages_of_applications(
    harbor: Emulator, synced: Connection
):
    job = harbor.jobs[0]
    stages = {f"{job.id}:{step}" for step, _ in job.steps}
    assert stages <= alive("job_stage")
    harbor.delete(job)

    harness.sync(synced)

    assert str(job.id) not in alive("job")
    assert stages.isdisjoint(alive("job_stage"))
    assert {"st_new", "st_talk", "st_offer"} <= alive("application_stage")


def test_a_stage_that_a_job_no_longer_names_is_gone_at_once_and_its_job_is_touched(
    harbor: Emulator, synced: Connection
):
    job = harbor.jobs[0]
    before = Record.objects.get(model="job", remote_id=str(job.id))
    job.steps.pop(1)

    run = harness.sync(synced)

    after = Record.objects.get(model="job", remote_id=str(job.id))
    assert run.counts["job_stage"]["deleted"] == 1
    assert after.touched_at > before.touched_at


def test_a_model_that_was_switched_off_leaves(harbor: Emulator, synced: Connection):
    synced.reads = [slug for slug in synced.reads if slug != "application"]
    synced.save()

    run = harness.sync(synced)

    assert alive("application") == set()
    assert run.counts["application"] == {"deleted": 60}
    assert Total.objects.get(model="application").count == 0


def test_a_set_aside_row_counts_as_seen_until_it_can_be_read(harbor: Emulator, synced: Connection):
    application = harbor.applications[0]
    person = application.person
    application.person = None  # type: ignore[assignment]

    for _ in range(3):
        run = harness.sync(synced)

    assert run.counts["application"] == {"read": 59, "set_aside": 1}
    assert str(application.id) in alive("application")
    assert not Nomination.objects.exists()
    row = SetAside.objects.get(resource="applications")
    assert (row.remote_id, row.reason) == (str(application.id), "Candidate is missing")

    application.person = person
    harness.sync(synced)
    assert not SetAside.objects.filter(resource="applications").exists()


def test_a_set_aside_row_that_is_listed_no_more_is_forgotten(harbor: Emulator, synced: Connection):
    application = harbor._application(7777, harbor.people[0])
    application.person = None  # type: ignore[assignment]
    harbor.applications.append(application)
    harness.sync(synced)
    assert SetAside.objects.count() == 1

    harbor.applications.remove(application)
    harness.sync(synced)

    assert not SetAside.objects.exists()


def test_a_set_aside_row_without_an_id_is_forgotten_once_a_whole_walk_has_not_met_it(
    harbor: Emulator, synced: Connection
):
    application = harbor._application(7777, harbor.people[0])
    application.id = None  # type: ignore[assignment]
    harbor.applications.append(application)
    for _ in range(2):
        harness.sync(synced)
        assert [row.reason for row in SetAside.objects.all()] == ["The row carries no id"]

    harbor.applications.remove(application)
    harness.sync(synced)

    assert not SetAside.objects.exists()


def test_nominating_twice_in_one_run_counts_one_miss(harbor: Emulator, synced: Connection):
    """A worker that dies right after nominating makes the next one nominate again."""
    harbor.delete(harbor.departments[2])
    run = harness.sync(synced)
    Run.objects.filter(pk=run.pk).update(
        ended_at=None, phase="walks", state="waiting", lease=None, not_before=run.created_at
    )

    engine.run_whole(run.id)

    assert Nomination.objects.get().misses == 1
    assert alive("department") == {"1", "2", "3"}


def test_departments_of_a_new_parent_are_no_deletion(harbor: Emulator, synced: Connection):
    harbor.departments[0] = Department(1, "Crew", parent=2)

    run = harness.sync(synced)

    assert run.counts["department"] == {"read": 3, "changed": 1}
