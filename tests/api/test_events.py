"""GET /events: one order for every reader, filters, what a reader rebuilds, when it is told to begin anew."""

import json
from typing import Any

import pytest
from django.test import Client
from django_scopes import scope

from atsbridge.connections import states
from atsbridge.connections.models import Connection
from atsbridge.records import history
from atsbridge.records.ids import record_id
from atsbridge.records.models import Change, Record
from atsbridge.sync import sweeping
from atsbridge.tenants import keys
from atsbridge.tenants.models import ApiKey
from tests.api.conftest import asking
from tests.records import factory
from tests.replay import follow, replay
from tests.sync import harness
from tests.thirdats.emulator import Emulator


def present(connection: Connection) -> dict[tuple[str, str], Any]:
    """The documents of the feed's models as they are now."""
    return {key: json.loads(text) for key, text in harness.documents(connection, model__in=history.FEED).items()}


def change(harbor: Emulator) -> None:
    """What people do in an account: they come, go, move, rename, lose a value."""
    harbor.person("Ada", "Lovelace")
    gone = harbor.people.pop(3)
    harbor.applications[:] = [each for each in harbor.applications if each.person != gone.id]
    harbor.applications[0].step = "st_talk" if harbor.applications[0].step != "st_talk" else "st_offer"
    harbor.people[0].first_name = "Renamed"
    harbor.people[1].mails = []


# What a reader rebuilds


def test_replayed_from_the_beginning_the_feed_gives_the_records_as_they_are(linked, harbor, ask):
    change(harbor)
    harness.sync(linked)
    with scope(tenant=linked.tenant):
        people = Record.objects.select_related("connection", "tenant").filter(model="candidate", deleted_at=None)
        for record in people[:4]:
            harness.read_detail(record)
    harbor.people[2].first_name = "Later"
    harness.sync(linked)

    events = list(follow(ask, limit=7))

    assert replay(events) == present(linked)
    assert [event["number"] for event in events] == list(range(1, len(events) + 1))
    assert {"created", "updated", "deleted", "stage_changed"} <= {event["kind"] for event in events}


def test_what_went_and_comes_back_is_created_again(linked, harbor, ask):
    person = harbor.people.pop(3)
    harness.sync(linked)
    harbor.people.append(person)
    harness.sync(linked)

    events = list(follow(ask))

    told = [event["kind"] for event in events if (event["model"], event["remote_id"]) == ("candidate", str(person.id))]
    assert told == ["created", "deleted", "created"]
    assert replay(events) == present(linked)


def test_an_event_in_full(linked, harbor, ask):
    before = ask()["next_after"]
    renamed, old = harbor.people[0], harbor.people[0].first_name
    renamed.first_name = "Renamed"
    run = harness.sync(linked)

    with scope(tenant=linked.tenant):
        change = Change.objects.get(number=before + 1)
        assert ask(after=before, kind="updated") == {
            "result": [
                {
                    "id": str(change.pk),
                    "number": before + 1,
                    "kind": "updated",
                    "at": change.at.isoformat().replace("+00:00", "Z"),
                    "connection": str(linked.pk),
                    "model": "candidate",
                    "record": str(record_id(linked.pk, "candidate", str(renamed.id))),
                    "remote_id": str(renamed.id),
                    "before": {"first_name": old},
                    "after": {"first_name": "Renamed"},
                    "by": {"kind": "run", "id": str(run.pk)},
                }
            ],
            "next_after": before + 2,
        }
    finished = ask(after=before, kind="sync.finished")["result"][0]
    assert (finished["model"], finished["record"], finished["remote_id"]) == (None, None, None)
    assert finished["after"] == {"run": 2, "state": "succeeded", "counts": run.counts}


def test_what_was_emptied_reads_null(linked, ask):
    with scope(tenant=linked.tenant):
        Change.objects.filter(number=1).update(before="", after="")

    first = ask(limit=1)["result"][0]
    assert (first["before"], first["after"]) == (None, None)


def test_what_people_do_to_a_connection_is_said_at_once_and_the_rest_by_the_sweeper(linked, alice, ask):
    before = list(follow(ask))[-1]["number"]

    alice.post(f"/t/acme/connections/{linked.pk}/pause/")
    with scope(tenant=linked.tenant):
        states.needs_relink(linked, "Harbor refuses the key")
    sweeping.sweep()

    told = [(event["kind"], event["before"], event["after"], event["by"]) for event in ask(after=before)["result"]]
    assert told == [
        (
            "connection.paused",
            {"state": "active"},
            {"state": "paused", "reason": None},
            {"kind": "settings", "id": str(alice.person.pk)},
        ),
        (
            "connection.needs_relink",
            {"state": "paused"},
            {"state": "needs_relink", "reason": "Harbor refuses the key"},
            {"kind": "sweep", "id": None},
        ),
    ]


# Filters


def test_filters_leave_out_and_the_number_passes_over_what_was_left_out(linked, harbor, ask):
    other = factory.connect(linked.tenant, "harbor", label="Other")
    with scope(tenant=linked.tenant):
        history.state_changed(other)
    end = list(follow(ask))[-1]["number"]

    assert [event["kind"] for event in follow(ask, integrated_account_id=str(other.pk))] == ["connection.linked"]
    assert ask(integrated_account_id=str(other.pk))["next_after"] == end
    assert {event["kind"] for event in follow(ask, kind="job.listed")} == {"job.listed"}
    assert ask(kind="hired")["next_after"] == end


def test_job_and_stage_take_the_providers_ids_and_ours(linked, harbor, ask):
    moved, was = harbor.applications[0], harbor.applications[0].step
    moved.step = "st_talk" if was != "st_talk" else "st_offer"
    before = list(follow(ask))[-1]["number"]
    harness.sync(linked)

    def kinds(**query: Any) -> list[tuple[str, str | None]]:
        return [(event["kind"], event["remote_id"]) for event in follow(ask, after=before, **query)]

    both = [("updated", str(moved.id)), ("stage_changed", str(moved.id))]
    stage = str(record_id(linked.pk, "application_stage", was))
    job = str(record_id(linked.pk, "job", str(moved.job)))
    for query in ({"job": moved.job}, {"job": job}, {"stage": was}, {"stage": moved.step}, {"stage": stage}):
        assert kinds(**query) == both
        assert kinds(**query, integrated_account_id=str(linked.pk), limit=1) == both
    assert kinds(job="none") == kinds(stage="st_new", job="none") == []
    created = follow(ask, job=moved.job, kind="created")
    assert {event["model"] for event in created} == {"job", "application"}


# Who may read


def test_another_tenant_sees_nothing_of_it(linked, globex_key):
    stranger = asking(globex_key)
    assert stranger() == {"result": [], "next_after": 0}
    answer = Client(headers={"Authorization": f"Bearer {globex_key}"}).get(
        "/events", {"integrated_account_id": str(linked.pk)}
    )
    assert answer.status_code == 404
    assert stranger(job="101")["result"] == []


def test_a_key_that_only_reads_is_enough_and_a_revoked_one_is_not(linked, acme):
    _, key = keys.create(acme, "reader", can_write=False)
    assert asking(key)(limit=1)["result"]
    with scope(tenant=acme):
        keys.revoke(ApiKey.objects.get(name="reader"))

    assert Client(headers={"Authorization": f"Bearer {key}"}).get("/events").status_code == 401
    assert Client().get("/events").status_code == 401


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("after", "-1"), ("after", "x"), ("after", "٣"), ("after", "9" * 30), ("after", "1.5"), ("after", ""),
        ("after", "\x00"), ("limit", "0"), ("limit", "1001"), ("limit", "٣"), ("wait", "26"), ("wait", "-1"),
        ("wait", "1.5"), ("kind", "Created"), ("kind", "\x00"), ("kind", ""), ("integrated_account_id", "1"),
        ("integrated_account_id", "\x00"), ("job", "\x00"), ("job", ""), ("stage", "x" * 501), ("after[]", "1"),
        ("cursor", "1"), ("after", "999999999999999999"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_named(linked, acme_key, name, value):
    answer = Client(headers={"Authorization": f"Bearer {acme_key}"}).get("/events", {name: value})

    assert answer.status_code == 400
    assert answer.json()["message"].startswith(f"{name}: ")


def test_a_parameter_given_twice_is_refused_and_only_reading_is_offered(acme_key):
    client = Client(headers={"Authorization": f"Bearer {acme_key}"})

    assert client.get("/events?after=1&after=2").json()["message"] == "after: It is given more than once."
    assert client.post("/events").status_code == 405
    assert client.get("/events/").json() == client.get("/events").json() == {"result": [], "next_after": 0}
