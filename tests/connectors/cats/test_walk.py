"""A whole emulated account comes out as its truth says."""

import random
from typing import Any

import pytest

from connectors.cats.connector import Cats
from connectors.cats.emulator import Emulator
from tests.connectors.cats.asking import Caller
from tests.connectors.cats.expected import expected
from tests.connectors.conftest import Connect
from tests.connectors.walking import rows_of, walk

MANY = 10**6
"""A limit that no test reaches."""


def opened(emulator: Emulator, count: int) -> list[str]:
    """Some people, jobs and pipelines, those with long lists and those hired or declined among them."""
    account, dice = emulator.account, random.Random(3)
    weary = [person.id for person in account.candidates.values() if len(person.history) >= 25]
    chosen = [*weary, *dice.sample(list(account.candidates), count), *dice.sample(list(account.jobs), 5)]
    return [str(number) for number in [*chosen, *dice.sample(list(account.pipelines), count)]]


def test_two_thousand_people_and_fifty_details_equal_the_truth(connect: Connect):
    emulator = Emulator(limit=MANY)
    details = opened(emulator, 50)

    found = walk(connect(Cats, emulator), details=details)

    assert found == expected(emulator, details=details)
    assert {slug for slug, _ in found} == set(Cats.reads())
    assert sum(slug == "job" for slug, _ in found) == 40
    assert sum(slug == "candidate" for slug, _ in found) == 2000


def test_an_agency_with_several_companies_equals_its_truth(connect: Connect):
    emulator = Emulator(people=20, mode="recruiter", limit=MANY)

    found = walk(connect(Cats, emulator))

    assert found == expected(emulator)
    assert sum(slug == "department" for slug, _ in found) == 9


def test_what_is_read_beside_the_rows_costs_no_second_call(connect: Connect):
    emulator = Emulator(people=100, limit=MANY)

    walk(connect(Cats, emulator))

    asked = [(call.path, *call.query.get("page", ())) for call in emulator.calls]
    assert len(asked) == len(set(asked))
    assert ("/v3/pipelines/workflows", "1") in asked
    assert ("/v3/candidates", "1") in asked
    assert ("/v3/candidates", "2") not in asked  # a hundred people fill one page, and its total says so


@pytest.mark.parametrize(
    "habit",
    [
        {"mixed_offsets": True},
        {"total": "text"},
        {"total": "null"},
        {"next_link": "absolute"},
        {"next_link": "query"},
        {"next_link": "slashless"},
        {"next_link": "missing"},
        {"workflow_key": "workflow_id"},
        {"pipeline_workflow": False},
        {"text_ids": True},
        {"key_slip": True},
        {"numeric_kinds": True},
        {"refuse_large_pages": True},
    ],
    ids=str,
)
def test_no_habit_of_an_account_changes_what_is_read(connect: Connect, habit: dict[str, Any]):
    emulator = Emulator(people=220, limit=MANY, **habit)
    details = opened(emulator, 10)

    assert walk(connect(Cats, emulator), details=details) == expected(emulator, details=details)


def test_old_records_have_bare_dates_and_no_embeds_of_mail_phone_and_history(connect: Connect):
    emulator = Emulator(people=120, limit=MANY, bare_dates=True, sparse=True)

    assert walk(connect(Cats, emulator)) == {key: aged(*key, old) for key, old in expected(emulator).items()}


def aged(model: str, remote_id: str, document: dict[str, Any]) -> dict[str, Any]:
    """A document as the old answers tell it: midnights, no extensions, no positions."""
    times = {
        name: document[name] and f"{document[name][:10]}T00:00:00Z"
        for name in ("remote_created_at", "remote_updated_at")
    }
    if model != "candidate":
        return document | times
    phones = [{**phone, "extension": None} for phone in document["phone_numbers"]]
    return document | times | {"phone_numbers": phones, "work_history": None}


def test_descriptions_that_came_escaped_read_like_those_that_did_not(connect: Connect):
    emulator = Emulator(people=0, limit=MANY, escaped=True)

    found, truth = walk(connect(Cats, emulator)), expected(emulator)

    marked = {key: job["description"] for key, job in truth.items() if "</" in str(job.get("description"))}
    assert len(marked) > 30
    assert {key: found[key]["description"] for key in marked} == marked


def test_a_list_without_rows_has_no_embedded_and_reads_as_empty(connect: Connect):
    emulator = Emulator(people=0, jobs=0, limit=MANY)
    emulator.account.tags.clear()

    found = walk(connect(Cats, emulator))

    assert found == expected(emulator)
    assert {slug for slug, _ in found} == {"user", "application_stage"}


def test_the_same_seed_imagines_the_same_and_another_seed_another():
    first, again, other = (Emulator(jobs=5, people=40, seed=seed) for seed in (1, 1, 2))

    assert expected(first) == expected(again)
    assert expected(first) != expected(other)


def test_a_second_reading_gives_the_same_rows(connect: Connect):
    emulator = Emulator(people=150, limit=MANY)
    cats = connect(Cats, emulator)

    first = [rows_of(cats, resource) for resource in Cats.resources], cats.beside()

    assert ([rows_of(cats, resource) for resource in Cats.resources], cats.beside()) == first


def test_a_first_sync_of_two_thousand_people_fits_into_an_hour(connect: Connect):
    emulator = Emulator()
    cats = connect(Cats, emulator)

    walk(cats)

    assert cats.talk.calls <= 100


def test_what_was_written_is_read(connect: Connect):
    emulator = Emulator(jobs=2, people=20, limit=MANY)
    ask, job = Caller(emulator), emulator.add_job("Baker")
    person = {"first_name": "Tove", "last_name": "Lind", "emails": [{"email": "t@x.example", "is_primary": True}]}
    number = int(ask.write("POST", "/candidates", {**person, "current_employer": "Nine", "country_code": "NL"}, 201))
    path = f"/candidates/{number}"
    ask.write("POST", f"{path}/phones", {"number": "+31600000001", "type": "mobile"}, 201)
    ask.write("PUT", f"{path}/custom_fields/250001", {"value": "42"}, 204)
    ask.write("PUT", f"{path}/tags", {"tags": [{"id": 70}]}, 204)
    ask.write("POST", f"{path}/work_history", {"title": "x", "employer": {"linked": False, "name": "Nine"}}, 201)
    ask(f"{path}/resumes?filename=cv.pdf", method="POST", content=b"%PDF")
    ask.write("POST", f"{path}/activities", {"type": "other", "notes": "Good.", "regarding_id": job.id}, 201)
    pipeline = ask.write("POST", "/pipelines", {"candidate_id": number, "job_id": job.id, "rating": 4}, 201)
    ask.write("POST", f"/pipelines/{pipeline}/status", {"status_id": 70309}, 204)
    gone = min(emulator.account.candidates)
    ask.write("DELETE", f"/candidates/{gone}", None, 204)
    details = [str(number), pipeline]

    found = walk(connect(Cats, emulator), details=details)

    assert found == expected(emulator, details=details)
    assert found["application", pipeline]["outcome"] == "HIRED"
    assert found["candidate", str(number)]["custom_fields"] == {"Shoe size": "42"}
    assert ("candidate", str(gone)) not in found
