"""Activity tells the feed's events as sentences, newest first, with what brought each."""

import json
from collections.abc import Iterator

import pytest
from django_scopes import scope

from atsbridge.connections import states
from atsbridge.connections.models import Connection
from atsbridge.dashboard.activity import KINDS
from atsbridge.records import feed, history
from atsbridge.records.models import Change, Record
from atsbridge.tenants.models import Counter, Tenant
from tests.dashboard import reading
from tests.dashboard.test_audit import sentences
from tests.records import factory
from tests.sync import harness
from tests.thirdats.emulator import Emulator

ACTIVITY = "/t/acme/activity/"


@pytest.fixture
def harbor() -> Iterator[Emulator]:
    """A small emulated Harbor."""
    with harness.with_harbor(), harness.mounted("harbor", harness.emulate("harbor", jobs=3, people=12)) as emulator:
        yield emulator


@pytest.fixture
def linked(acme: Tenant, harbor: Emulator) -> Connection:
    """Harbor's account, read once."""
    connection = harness.link(acme, "harbor", harbor, label="Harbor – Oslo")
    harness.sync(connection)
    return connection


def titles(linked: Connection) -> dict[str, str]:
    """Names by (model, remote id)."""
    with scope(tenant=linked.tenant):
        return {f"{row.model} {row.remote_id}": row.title for row in Record.objects.all()}


def test_a_move_a_name_and_a_newcomer_read_as_sentences(alice, linked, harbor):
    moved = harbor.applications[0]
    was, moved.step = moved.step, "st_talk" if harbor.applications[0].step != "st_talk" else "st_offer"
    moved.result = "hired"
    harbor.people[5].first_name = "Renamed"
    harbor.person("Ada", "Lovelace")
    before = alice.get(ACTIVITY).content.decode().count("<li")

    harness.sync(linked)

    names = titles(linked)
    who, job = names[f"candidate {moved.person}"], names[f"job {moved.job}"]
    stages = names[f"application_stage {was}"], names[f"application_stage {moved.step}"]
    page = alice.get(ACTIVITY)
    told = sentences(page)[: page.content.decode().count("<li") - before]
    by = "Harbor – Oslo, by sync 2"
    assert told[0].startswith("Sync 2 finished: ")
    assert told[0].endswith("· Harbor – Oslo")
    assert f"{who} was hired · {job}, {by}" in told
    assert f"{who} moved from {stages[0]} to {stages[1]} · {job}, {by}" in told
    assert any(each.startswith(f"{who} changed: current stage, outcome") for each in told)
    assert f"{names[f'candidate {harbor.people[5].id}']} changed: first name · {by}" in told
    assert f"Ada Lovelace appeared in Harbor · {by}" in told


def test_the_first_read_and_what_becomes_of_a_connection(alice, linked):
    with scope(tenant=linked.tenant):
        states.pause(linked)
        history.state_changed(linked, "settings", alice.person.pk)
        states.needs_relink(linked, "Harbor <refuses> the key")
        history.state_changed(linked)

    told = sentences(alice.get(ACTIVITY))

    assert told[:2] == [
        "Harbor – Oslo needs a new key: Harbor &lt;refuses&gt; the key",
        "Harbor – Oslo was paused · by Alice Adams",
    ]
    assert "Read for the first time: 12 candidates · Harbor – Oslo, by sync 1" in told


def test_an_application_that_went_is_not_told_as_a_person_who_did(alice, linked, harbor):
    gone, other = harbor.applications[0], harbor.people[5]
    names = titles(linked)
    who, job = names[f"candidate {gone.person}"], names[f"job {gone.job}"]
    harbor.delete(gone)
    harbor.delete(other)

    harness.sync(linked)

    told = sentences(alice.get(ACTIVITY, {"kind": "deleted"}))
    assert f"{who} is no longer in the pipeline · {job}, Harbor – Oslo, by sync 2" in told
    assert [each for each in told if who in each and "was deleted" in each] == []
    assert f"{names[f'candidate {other.id}']} was deleted in Harbor · Harbor – Oslo, by sync 2" in told


def test_what_was_emptied_or_deleted_has_no_values(alice, linked, harbor):
    person = harbor.people[0]
    old, person.first_name = person.first_name, "Renamed"
    harness.sync(linked)
    with scope(tenant=linked.tenant):
        record = Record.objects.get(model="candidate", remote_id=str(person.id))
        Record.objects.filter(pk=record.pk).update(title="", document="{}", search="")
        Change.objects.filter(record=record.id).update(before="", after="")

    page = alice.get(ACTIVITY, {"kind": "updated"})

    assert f"Candidate {person.id} changed · Harbor – Oslo, by sync 2" in sentences(page)
    assert "Renamed" not in page.content.decode()
    assert old not in "".join(sentences(page))


def test_filters_narrow_and_are_named(alice, linked, harbor):
    other = factory.connect(linked.tenant, "cats", label="CATS – Berlin")
    with scope(tenant=linked.tenant):
        history.state_changed(other)
        Connection.objects.filter(pk=linked.pk).update(announce_each=True)
    for application in harbor.applications:
        application.result = "rejected"
    harness.sync(linked)
    job = harbor.applications[0].job
    with scope(tenant=linked.tenant):
        key = Record.objects.get(model="job", remote_id=str(job)).pk

    assert sentences(alice.get(ACTIVITY, {"connection": str(other.pk)})) == ["CATS – Berlin was linked"]
    listed = sentences(alice.get(ACTIVITY, {"kind": "listed"}))
    assert len(listed) == sum(each.startswith("Read for the first time") for each in listed) > 5
    declined = sentences(alice.get(ACTIVITY, {"kind": "rejected", "job": str(key)}))
    assert declined
    assert {each.partition(" was declined · ")[2] for each in declined} == {
        f"{titles(linked)[f'job {job}']}, Harbor – Oslo, by sync 2"
    }
    words = reading.text(alice.get(ACTIVITY, {"kind": "hired"}).content.decode())
    assert "Nothing matches" in words


def test_each_kind_of_the_feed_can_be_chosen():
    for kind in feed.KINDS:
        assert {kind, kind.partition(".")[0], kind.rpartition(".")[2]} & KINDS.keys()


def test_pages_follow_each_other_without_losing_or_repeating(alice, linked):
    with scope(tenant=linked.tenant):
        rows = [
            Change(
                tenant=linked.tenant, connection=linked, kind="sync.finished", at=linked.created_at, cause="run",
                after=json.dumps({"run": number, "state": "succeeded", "counts": {}}), number=10_000 + number,
                cause_id=linked.pk,
            )
            for number in range(120)
        ]  # fmt: skip
        Change.objects.bulk_create(rows)
        Counter.objects.update(number=10_119)

    told: list[str] = []
    address: str | None = ACTIVITY + "?kind=sync"
    while address:
        page = alice.get(address)
        told += sentences(page)
        address = reading.links(reading.content(page)).get("Older")

    assert told[:120] == [f"Sync {number} finished · Harbor – Oslo" for number in reversed(range(120))]
    assert len(told) == 121


def test_a_fragment_is_the_rows_alone(alice, linked):
    page = alice.get(ACTIVITY, headers={"HX-Request": "true", "HX-Target": "rows"})

    assert page.content.decode().lstrip().startswith("<section")
    assert sentences(page) == sentences(alice.get(ACTIVITY))


def test_a_page_costs_the_same_queries_with_few_events_and_with_many(alice, linked, harbor):
    few = len(reading.queries(alice, ACTIVITY))
    for person in harbor.people:
        person.first_name = "Renamed"
    for application in harbor.applications:
        application.result = "hired"
    harness.sync(linked)

    assert len(reading.queries(alice, ACTIVITY)) == few


def test_strangers_see_nothing_and_viewers_everything(bob, charlie, alice, linked, globex):
    assert sentences(bob.get(ACTIVITY)) == sentences(alice.get(ACTIVITY)) != []
    assert charlie.get(ACTIVITY).status_code == 404
    assert sentences(charlie.get("/t/globex/activity/", {"connection": str(linked.pk)})) == []


def test_what_is_forgotten_is_not_shown(alice, linked):
    with scope(tenant=linked.tenant):
        Counter.objects.update(forgotten=Counter.objects.get().number)
    assert "Nothing has happened yet" in reading.text(alice.get(ACTIVITY).content.decode())
