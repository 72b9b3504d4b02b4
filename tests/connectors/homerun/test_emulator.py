"""The emulated Homerun behaves as Homerun's reference says: what a client sees of it, without our connector."""

import time
from typing import Any

import pytest
from werkzeug.test import Client, TestResponse

from connectors.homerun.emulator import Emulator
from connectors.homerun.emulator_doors import SCOPES

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


def ask(emulator: Emulator, path: str, *, key: str | None = None, method: str = "GET", **more: Any) -> TestResponse:
    headers = {"Authorization": f"Bearer {emulator.key if key is None else key}"}
    return Client(emulator).open(path, method=method, headers=headers, base_url="https://api.homerun.co", **more)


def data(emulator: Emulator, path: str) -> Any:
    answer = ask(emulator, path)
    assert answer.status_code == 200, answer.text
    assert answer.json is not None
    return answer.json["data"]


def small(**switches: Any) -> Emulator:
    return Emulator(jobs=12, people=120, **{"limit": 10**6, **switches})


def test_ping_is_not_wrapped():
    assert ask(small(), "/v2/ping").json == {"pong": True}


def test_the_defaults_are_forty_jobs_and_two_thousand_people():
    emulator = Emulator(limit=10**6)
    totals = [ask(emulator, path).json["meta"]["total"] for path in LISTS]  # type: ignore[index]

    assert totals == [40, 2000]


def test_checks_run_in_order_limit_key_plan_scope_route_record_validation():
    now = [1000.0]
    emulator = small(keys={"5|none": []}, limit=6, clock=lambda: now[0])
    emulator.plan_gone = True

    assert ask(emulator, "/v2/nowhere", key="wrong").status_code == 401
    assert ask(emulator, "/v2/nowhere", key="5|none").status_code == 402
    emulator.plan_gone = False
    assert ask(emulator, "/v2/nowhere", key="5|none").status_code == 404
    assert ask(emulator, "/v2/vacancies/none?include[]=none", key="5|none").status_code == 403
    assert ask(emulator, "/v2/vacancies/none?include[]=none").status_code == 404
    known = emulator.jobs[0].id
    assert ask(emulator, f"/v2/vacancies/{known}?include[]=none").status_code == 400
    assert ask(emulator, "/v2/ping", key="5|none").status_code == 200
    assert ask(emulator, "/v2/ping", key="5|none").status_code == 429


def test_refusals_have_the_documented_bodies_slips_included():
    emulator = small(limit=3)

    assert ask(emulator, "/v2/ping", key="wrong").json == {"code": 401, "error": True, "message": "Unauthenticated"}
    assert ask(emulator, "/v2/vacancies/x").json == {"code": 403, "error": True, "message": "Not found"}
    assert ask(emulator, "/v2/vacancies?include[]=x").json == {
        "code": 400, "error": True, "message": "The given input was invalid",
        "details": [{"param": "include", "message": "Requested include(s) `x` are not allowed"}],
    }
    ask(emulator, "/v2/ping")
    limited = ask(emulator, "/v2/ping")
    assert (limited.status_code, limited.json) == (
        429, {"code": 400, "error": True, "message": "The given input was invalid", "details": []},
    )


@pytest.mark.parametrize("limit_by", ["account", "key"])
def test_sixty_calls_a_minute_by_account_or_key_and_a_wait_that_is_true(limit_by: str):
    now = [5000.0]
    emulator = Emulator(
        jobs=1, people=1, limit_by=limit_by, keys={"2|other": SCOPES}, clock=lambda: now[0]
    )
    for left in range(59, -1, -1):
        assert ask(emulator, "/v2/ping").headers["X-RateLimit-Remaining"] == str(left)
    now[0] += 21.5
    limited = ask(emulator, "/v2/ping")
    other = ask(emulator, "/v2/ping", key="2|other")

    assert (limited.status_code, limited.headers["Retry-After"]) == (429, "39")
    assert limited.headers["X-RateLimit-Limit"] == "60"
    assert limited.headers["X-RateLimit-Reset"] == "5061"
    assert other.status_code == (429 if limit_by == "account" else 200)
    now[0] += 38.5
    assert ask(emulator, "/v2/ping").status_code == 200


def test_an_account_may_keep_silent_about_its_limit():
    emulator = small(limit=1, rate_headers=False)
    answers = [ask(emulator, "/v2/ping"), ask(emulator, "/v2/ping")]

    assert [answer.status_code for answer in answers] == [200, 429]
    names = [name.lower() for answer in answers for name, _ in answer.headers]
    assert not any(name.startswith(("x-ratelimit", "retry")) for name in names)


def test_a_key_dies_at_its_date_or_when_it_is_deleted():
    now = [10.0]
    emulator = small(keys={"3|brief": SCOPES}, expires={"3|brief": 20}, clock=lambda: now[0])

    assert ask(emulator, "/v2/ping", key="3|brief").status_code == 200
    now[0] = 20
    assert ask(emulator, "/v2/ping", key="3|brief").status_code == 401
    emulator.revoked.add(emulator.key)
    assert ask(emulator, "/v2/ping").status_code == 401


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


def test_signed_links_need_no_key_and_live_five_minutes():
    now = [2000.0]
    emulator = small(clock=lambda: now[0])
    person = next(person for person in emulator.people if person.files)
    link = data(emulator, f"/v2/job-applications/{person.id}")["files"][0]["temporary_download_url"]

    def fetch(url: str) -> int:
        return Client(emulator).get(url.removeprefix("https://api.homerun.co")).status_code

    assert Client(emulator).get(link.removeprefix("https://api.homerun.co")).data == person.files[0].content
    assert fetch(link.replace("expires=2300", "expires=9999")) == 403
    now[0] += 300
    assert fetch(link) == 200
    now[0] += 1
    assert fetch(link) == 403
    assert "/v2/" not in link


@pytest.mark.parametrize(
    ("path", "required"),
    [
        ("/v2/job-applications", ["first_name", "last_name", "email"]),
        ("/v2/job-applications/{id}/notes", ["note", "display_name"]),
        ("/v2/job-applications/{id}/files", ["type", "file"]),
    ],
)
def test_writes_are_refused_by_scope_then_by_what_is_missing(path: str, required: list[str]):
    emulator = small(keys={"6|reader": [scope for scope in SCOPES if scope.endswith("read")]})
    path = path.format(id=emulator.people[0].id)
    refused = ask(emulator, path, method="POST", json={})

    assert refused.status_code == 400
    assert refused.json is not None
    assert [detail["param"] for detail in refused.json["details"]] == required
    assert ask(emulator, path, method="POST", json={}, key="6|reader").status_code == 403
    assert ask(emulator, path, method="POST", json=dict.fromkeys(required, "x")).status_code == 400
    assert len(emulator.people) == 120


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
