"""The emulated Homerun shows what Homerun's reference says, exactly as it says."""

import time

import pytest

from connectors.homerun.emulator import Emulator
from connectors.homerun.emulator_doors import SCOPES
from tests.connectors.homerun.asking import ask, data, small

LISTS = ["/v2/vacancies", "/v2/job-applications"]
ROW_KEYS = {
    "id", "vacancy_id", "rating", "total_votes", "sourced", "disqualified", "disqualification_reason", "homerun_url",
    "created_at", "hired_at", "first_reply_at", "retention_period_ends_at", "personal_info",
}
DETAIL_KEYS = ROW_KEYS | {
    "stage", "education", "experience", "pronouns", "skype", "facebook", "twitter", "linkedin", "github", "website",
    "assignment", "custom_data", "files", "question_answers",
}
VACANCY_KEYS = {
    "id", "title", "description", "status", "type", "location_type", "is_remote", "application_form_url", "job_url",
    "share_image_url", "expires_at", "created_at",
}


def test_the_defaults_are_forty_jobs_and_two_thousand_people():
    emulator = Emulator(limit=10**6)
    totals = [ask(emulator, path).json["meta"]["total"] for path in LISTS]  # type: ignore[index]

    assert totals == [40, 2000]


def test_a_page_has_exactly_the_documented_meta():
    emulator = small()
    path = "http://api.homerun.co/v2/job-applications"

    answer = ask(emulator, "/v2/job-applications?perPage=50&page=2&include[]=stage").json
    assert answer is not None
    assert answer.keys() == {"data", "meta"}
    assert answer["meta"] == {
        "current_page": 2, "from": 51, "last_page": 3,
        "links": [
            {"url": f"{path}?page=1", "label": "&laquo; Previous", "active": False},
            {"url": f"{path}?page=1", "label": "1", "active": False},
            {"url": f"{path}?page=2", "label": "2", "active": True},
            {"url": f"{path}?page=3", "label": "3", "active": False},
            {"url": f"{path}?page=3", "label": "Next &raquo;", "active": False},
        ],
        "path": path, "per_page": 50, "to": 100, "total": 120,
    }


def test_past_the_end_is_an_empty_page():
    answer = ask(small(), "/v2/vacancies?page=9").json
    assert answer is not None

    assert answer["data"] == []
    assert {name: answer["meta"][name] for name in ("current_page", "from", "to", "last_page", "total")} == {
        "current_page": 9, "from": None, "to": None, "last_page": 1, "total": 12,
    }


@pytest.mark.parametrize(
    ("query", "rows"), [("", 15), ("?per_page=100", 15), ("?perPage=7", 7), ("?perPage=500", 100), ("?perPage=0", 1)]
)
def test_per_page_is_camel_case_and_clamped(query: str, rows: int):
    assert len(data(small(), f"/v2/job-applications{query}")) == rows


def test_per_page_out_of_range_may_be_refused_and_words_are():
    emulator = small(clamp=False)

    assert [ask(emulator, f"/v2/vacancies?perPage={n}").status_code for n in (0, 1, 100, 101, "x")] == [
        400, 200, 200, 400, 400,
    ]


def test_pages_of_people_are_newest_first_and_lose_nothing():
    emulator = small()
    rows = [row for page in (1, 2, 3) for row in data(emulator, f"/v2/job-applications?perPage=50&page={page}")]

    assert [row["id"] for row in rows] == [person.id for person in emulator.people]
    assert [row["created_at"] for row in rows] == sorted((row["created_at"] for row in rows), reverse=True)


def test_nothing_is_included_unasked():
    emulator = small()
    applied = emulator.people[0].id

    assert set(data(emulator, "/v2/vacancies")[0]) == VACANCY_KEYS
    assert set(data(emulator, "/v2/job-applications")[0]) == ROW_KEYS
    assert set(data(emulator, f"/v2/job-applications/{applied}")) == DETAIL_KEYS


@pytest.mark.parametrize(
    ("include", "key"),
    [
        ("location", "location"), ("department", "department"), ("stages", "stages"),
        ("total_candidate_count", "total_candidate_count"), ("page_content", "page_content"),
        ("salaryIndication", "salary_indication"),
    ],
)
def test_each_include_of_vacancies_brings_its_key(include: str, key: str):
    emulator = small()

    assert set(data(emulator, f"/v2/vacancies?include[]={include}")[0]) == VACANCY_KEYS | {key}
    assert set(data(emulator, f"/v2/vacancies/{emulator.jobs[0].id}?include[]={include}")) == VACANCY_KEYS | {key}


@pytest.mark.parametrize("include", ["stage", "sources", "vacancy"])
def test_each_include_of_applications_brings_its_key(include: str):
    assert set(data(small(), f"/v2/job-applications?include[]={include}")[0]) == ROW_KEYS | {include}


@pytest.mark.parametrize("include", ["notes", "sources", "vacancy"])
def test_each_include_of_a_detail_brings_its_key(include: str):
    emulator = small()
    path = f"/v2/job-applications/{emulator.people[0].id}?include[]={include}"

    assert set(data(emulator, path)) == DETAIL_KEYS | {include}


@pytest.mark.parametrize(
    "query",
    [
        "/v2/vacancies?include[]=stage", "/v2/job-applications?include[]=notes", "/v2/vacancies?filter[colour]=red",
        "/v2/job-applications?filter[status]=public",
    ],
)
def test_unknown_includes_and_filters_are_refused_or_ignored(query: str):
    assert ask(small(), query).status_code == 400
    assert ask(small(strict=False), query).status_code == 200


def test_newer_includes_can_be_unknown():
    assert ask(small(newer_includes=False), "/v2/vacancies?include[]=page_content").status_code == 400


def test_notes_need_their_scope():
    scopes = SCOPES - {"job-application-notes:read"}
    refusing = small(keys={"4|no notes": scopes})
    dropping = small(keys={"4|no notes": scopes}, notes_refused=False)
    path = f"/v2/job-applications/{refusing.people[2].id}?include[]=notes"

    assert ask(refusing, path, key="4|no notes").status_code == 403
    dropped = ask(dropping, path, key="4|no notes").json
    assert dropped is not None
    assert set(dropped["data"]) == DETAIL_KEYS


def test_stages_and_notes_have_ids_or_not():
    newer, older = small(), small(stage_ids=False, note_ids=False)
    person = newer.people[2]
    path = f"/v2/job-applications/{person.id}?include[]=notes"

    assert person.stage is not None
    assert data(newer, path)["stage"] == {"id": person.stage.id, "name": person.stage.name}
    assert data(older, path)["stage"] == {"name": person.stage.name}
    assert [set(data(emulator, path)["notes"][0]) for emulator in (newer, older)] == [
        {"id", "display_name", "is_sensitive", "note", "created_at", "updated_at"},
        {"display_name", "is_sensitive", "note", "created_at", "updated_at"},
    ]


def test_new_may_be_missing_among_a_vacancys_stages():
    stages = data(small(new_in_stages=False), "/v2/vacancies?include[]=stages")[0]["stages"]

    assert "New" not in {stage["name"] for stage in stages}


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


def test_statuses_are_filtered():
    emulator = small()
    found = {row["status"] for row in data(emulator, "/v2/vacancies?filter[status]=private,draft&perPage=100")}

    assert found == {"private", "draft"}


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
        "first_name": None, "last_name": None, "email": None, "city": None, "country": None, "date_of_birth": None,
        "phone_number": None, "photo": None,
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
