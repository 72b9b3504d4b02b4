"""What the emulated Homerun knows, and what happens to it, shows."""

import time

import pytest

from connectors.homerun.emulator import Emulator
from tests.connectors.homerun.asking import ask, data, small

LISTS = ["/v2/vacancies", "/v2/job-applications"]


def test_the_defaults_are_forty_jobs_and_two_thousand_people():
    emulator = Emulator(limit=10**6)
    totals = [ask(emulator, path).json["meta"]["total"] for path in LISTS]  # type: ignore[index]

    assert totals == [40, 2000]


@pytest.mark.parametrize(
    ("archived", "seen", "answers"), [("gone", None, 404), ("closed", "closed", 200), ("listed", "archived", 200)]
)
def test_archived_vacancies_vanish_or_not_and_their_people_stay(archived: str, seen: str | None, answers: int):
    emulator = small(archived=archived)
    job = emulator.job("Baker")
    ada = emulator.person(job=job, stage="Interview")
    emulator.archive(job)
    rows = {row["id"]: row for row in data(emulator, "/v2/vacancies?perPage=100&filter[status]=public,closed")}

    assert rows.get(job.id, {}).get("status") == seen
    assert ask(emulator, f"/v2/vacancies/{job.id}").status_code == answers
    assert data(emulator, f"/v2/job-applications/{ada.id}")["vacancy_id"] == job.id


def test_applications_are_filtered_by_vacancy_stage_hire_and_disqualification():
    emulator = Emulator(jobs=0, people=0)
    ada = emulator.person("Ada", job="Baker", stage="Interview")
    bob = emulator.person("Bob", job="Miller", stage="Offer")
    eve = emulator.person("Eve")
    emulator.hire(bob)
    emulator.disqualify(eve)

    def found(query: str) -> list[str]:
        return [row["personal_info"]["first_name"] for row in data(emulator, f"/v2/job-applications?{query}")]

    assert found("") == ["Eve", "Bob", "Ada"]
    assert found(f"filter[vacancy_id]={ada.vacancy_id}") == ["Ada"]
    assert found(f"filter[vacancy_id]={ada.vacancy_id},{bob.vacancy_id}") == ["Bob", "Ada"]
    assert found("filter[stage]=interview") == ["Ada"]
    assert found("filter[hired_after]=2026-10-31") == ["Bob"]
    assert found("filter[hired_after]=2026-11-01") == []
    assert ask(emulator, "/v2/job-applications?filter[hired_after]=soon").status_code == 400
    assert found("filter[disqualified]=true") == ["Eve"]
    assert found("filter[disqualified]=0") == ["Bob", "Ada"]


def test_what_happens_to_people_shows():
    emulator = Emulator(jobs=0, people=0)
    ada = emulator.person(job="Baker", stage="Interview")
    path = f"/v2/job-applications/{ada.id}"

    emulator.move(ada, "Offer")
    assert data(emulator, path)["stage"]["name"] == "Offer"
    emulator.hire(ada)
    emulator.disqualify(ada, "Too late")
    row = data(emulator, path)
    assert (row["disqualified"], row["disqualification_reason"]) == (True, {"name": "Too late"})
    assert row["hired_at"] == "2026-11-01T09:03:00Z"
    emulator.move(ada, "Trial", job=emulator.job("Miller", stages=("New", "Trial")))
    assert data(emulator, path)["stage"]["name"] == "Trial"
    emulator.to_pool(ada)
    emulator.anonymise(ada)
    row = data(emulator, path)
    assert (row["vacancy_id"], row["stage"]) == (None, None)
    assert row["personal_info"] == {
        "first_name": None,
        "last_name": None,
        "email": None,
        "city": None,
        "country": None,
        "date_of_birth": None,
        "phone_number": None,
        "photo": None,
    }
    emulator.delete(ada)
    assert ask(emulator, path).status_code == 404


def test_twenty_thousand_people_are_answered_in_milliseconds():
    emulator = Emulator(people=20_000, limit=10**6)
    paths = ["/v2/job-applications?include[]=stage&include[]=sources&perPage=100&page=150"] * 5
    begun = time.perf_counter()
    for path in paths:
        data(emulator, path)
    each = (time.perf_counter() - begun) / len(paths)

    assert each < 0.1, f"{each * 1000:.1f} ms a page"


def test_the_imagined_are_as_awkward_as_real_ones():
    emulator = Emulator(limit=10**6)
    names = " ".join(f"{person.first_name} {person.last_name}" for person in emulator.people)
    pages = [job.page_content or "" for job in emulator.jobs]

    for needle in ("<script>", "\x00", "🦄", "محمد", "כהן", "𠮷郎", "\ud83d", "None None"):
        assert needle in names, needle
    assert max(map(len, pages)) > 200_000
    assert sum(person.vacancy_id is None for person in emulator.people) > 100
    listed = {job.id for job in emulator.jobs if job.status != "archived"}
    assert any(person.vacancy_id not in listed for person in emulator.people if person.vacancy_id)
    assert any(person.hired_at and person.disqualified for person in emulator.people)
