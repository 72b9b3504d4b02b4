"""What machines write to CATS, where that is another thing than with the rest."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.api.acting import Writer, worker, writer
from tests.records import factory
from tests.sync import harness

pytestmark = pytest.mark.django_db(transaction=True)
ADA = {"first_name": "Ada", "last_name": "Lovelace", "emails": [{"email": "ada@example.test"}]}


@pytest.fixture
def cats(acme) -> Iterator[Writer]:
    """Acme's synced CATS account, with a worker."""
    emulator = harness.emulate("cats", jobs=3, people=12)
    with harness.mounted("cats", emulator):
        connection = harness.link(acme, "cats", emulator)
        harness.sync(connection)
        with worker(connection.tenant):
            yield writer(connection, emulator)


@pytest.mark.parametrize("how", ["candidate", "candidate_id", "address"])
def test_an_application_of_somebody_who_is_named_by_an_id(cats, how):
    person = cats.emulator.person("Grace", "Hopper", email="grace@example.test")
    job = cats.record("job", status="OPEN").remote_id
    whom: dict[str, Any] = {"candidate": {"id": str(person.id)}, "candidate_id": str(person.id)}
    named = {how: whom[how]} if how in whom else {}
    query = f"&candidate_id={person.id}" if how == "address" else ""

    answer = cats.send("POST", "applications", {"job": {"id": job}, **named}, query=query)

    assert answer.status_code == 200, answer.content
    told = answer.json()
    assert (told["candidate"], told["job"], cats.effects()) == (
        {"id": str(person.id)},
        {"id": job},
        ["pipeline created"],
    )
    assert told == cats.send("GET", f"applications/{told['id']}").json()
    assert [action.kind for action in cats.actions()] == ["apply_candidate"]


def test_a_note_reads_the_date_that_it_was_told(cats):
    person = cats.emulator.person("Grace", "Hopper", email="grace@example.test")
    told = {"candidate_id": str(person.id), "body": "Met", "created_at": "2024-02-29T12:30:15+01:00"}

    answer = cats.send("POST", "activities", told)

    assert answer.status_code == 200, answer.content
    note = answer.json()
    assert (note["created_at"], note["remote_data"]["date"]) == (
        "2024-02-29T11:30:15.000000Z", "2024-02-29T11:30:15+00:00",
    )  # fmt: skip
    assert note == cats.send("GET", f"activities/{note['id']}").json()


def test_what_goes_to_the_ats_as_it_stands_and_what_does_not(cats):
    job = cats.record("job", status="OPEN").remote_id
    whom = {**ADA, "remote_data": {"is_hot": True}}

    answer = cats.send("POST", "applications", {"candidate": whom, "job_id": job, "remote_data": {"rating": 3}})
    dry = cats.send("POST", "candidates", {**whom, "emails": []}, query="&dry_run=true")
    wrong = cats.send("POST", "applications", {"candidate": ADA, "job_id": job, "remote_data": {"job_id": 1}})

    assert answer.status_code == 200, answer.content
    said = ["candidate.remote_data: only the application's goes to the ATS."]
    assert json.loads(answer.headers["X-Action-Warnings"]) == said
    assert [
        each.rating for each in cats.emulator.account.pipelines.values() if str(each.id) == answer.json()["id"]
    ] == [3]
    assert dry.json()["writes"][0]["body"]["is_hot"] is True
    assert (wrong.status_code, wrong.json()["message"]) == (
        400, "remote_data.job_id: it is told by another field, or not to be told",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("candidate", "message"),
    [
        ({}, "Object missing required field `candidate`"),
        ({"candidate": {}}, "Object missing required field `first_name` - at `$.candidate`"),
        (
            {"candidate": {"id": "1", "first_name": "Ada"}},
            "Object contains unknown field `first_name` - at `$.candidate`",
        ),
        ({"candidate_id": "1", "candidate": {"id": "2"}}, "candidate_id: it says another one than candidate.id"),
        ({"candidate_id": "1", "tags": ["x"]}, "Object contains unknown field `tags`"),
        ({"candidate_id": 1}, "Expected `str | null`, got `int` - at `$.candidate_id`"),
        ({"candidate_id": "../jobs/1"}, "candidate_id: this is the id of nothing"),
        ({"candidate_id": ""}, "Expected `str` of length >= 1 - at `$.candidate_id`"),
        ({"candidate_id": None}, "Object missing required field `candidate`"),
    ],
)
def test_an_application_says_clearly_whose_it_is(cats, candidate, message):
    answer = cats.send("POST", "applications", {"job_id": "1", **candidate})

    assert (answer.status_code, message in answer.json()["message"]) == (400, True), answer.json()["message"]
    assert (cats.actions(), cats.effects()) == ([], [])


def test_nobodys_application_names_somebody_of_another_account(cats, globex):
    """An id of ours that belongs to others leads to nothing."""
    theirs = factory.make(factory.connect(globex, "cats"), "candidate", "77", first_name="Grace")
    job = cats.record("job", status="OPEN").remote_id

    answer = cats.send("POST", "applications", {"job_id": job, "candidate_id": str(theirs.id)})

    assert (answer.status_code >= 400, cats.effects()) == (True, [])


def test_somebody_who_is_known_is_refused_by_id_and_made_again_only_where_that_is_wanted(cats):
    known = cats.emulator.person("Grace", "Hopper", email="ada@example.test")

    refused = cats.send("POST", "candidates", ADA)
    made = cats.send("POST", "candidates", ADA, X_Allow_Duplicate="true")

    assert (refused.status_code, made.status_code) == (422, 200)
    assert f"candidate {known.id}" in refused.json()["message"]
    assert (made.json()["first_name"], cats.effects()) == ("Ada", ["candidate created"])
