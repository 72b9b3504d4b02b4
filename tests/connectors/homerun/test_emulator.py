"""The emulated Homerun shows what Homerun's reference says, exactly as it says."""

import pytest

from connectors.homerun.emulator_doors import SCOPES
from tests.connectors.homerun.asking import ask, data, small

LISTS = ["/v2/vacancies", "/v2/job-applications"]
ROW_KEYS = {
    "id",
    "vacancy_id",
    "rating",
    "total_votes",
    "sourced",
    "disqualified",
    "disqualification_reason",
    "homerun_url",
    "created_at",
    "hired_at",
    "first_reply_at",
    "retention_period_ends_at",
    "personal_info",
}
DETAIL_KEYS = ROW_KEYS | {
    "stage",
    "education",
    "experience",
    "pronouns",
    "skype",
    "facebook",
    "twitter",
    "linkedin",
    "github",
    "website",
    "assignment",
    "custom_data",
    "files",
    "question_answers",
}
VACANCY_KEYS = {
    "id",
    "title",
    "description",
    "status",
    "type",
    "location_type",
    "is_remote",
    "application_form_url",
    "job_url",
    "share_image_url",
    "expires_at",
    "created_at",
}


def test_a_page_has_exactly_the_documented_meta():
    emulator = small()
    path = "http://api.homerun.co/v2/job-applications"

    answer = ask(emulator, "/v2/job-applications?perPage=50&page=2&include[]=stage").json
    assert answer is not None
    assert answer.keys() == {"data", "meta"}
    assert answer["meta"] == {
        "current_page": 2,
        "from": 51,
        "last_page": 3,
        "links": [
            {"url": f"{path}?page=1", "label": "&laquo; Previous", "active": False},
            {"url": f"{path}?page=1", "label": "1", "active": False},
            {"url": f"{path}?page=2", "label": "2", "active": True},
            {"url": f"{path}?page=3", "label": "3", "active": False},
            {"url": f"{path}?page=3", "label": "Next &raquo;", "active": False},
        ],
        "path": path,
        "per_page": 50,
        "to": 100,
        "total": 120,
    }


def test_past_the_end_is_an_empty_page():
    answer = ask(small(), "/v2/vacancies?page=9").json
    assert answer is not None

    assert answer["data"] == []
    assert {name: answer["meta"][name] for name in ("current_page", "from", "to", "last_page", "total")} == {
        "current_page": 9,
        "from": None,
        "to": None,
        "last_page": 1,
        "total": 12,
    }


@pytest.mark.parametrize(
    ("query", "rows"), [("", 15), ("?per_page=100", 15), ("?perPage=7", 7), ("?perPage=500", 100), ("?perPage=0", 1)]
)
def test_per_page_is_camel_case_and_clamped(query: str, rows: int):
    assert len(data(small(), f"/v2/job-applications{query}")) == rows


def test_per_page_out_of_range_may_be_refused_and_words_are():
    emulator = small(clamp=False)

    assert [ask(emulator, f"/v2/vacancies?perPage={n}").status_code for n in (0, 1, 100, 101, "x")] == [
        400,
        200,
        200,
        400,
        400,
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
        ("location", "location"),
        ("department", "department"),
        ("stages", "stages"),
        ("total_candidate_count", "total_candidate_count"),
        ("page_content", "page_content"),
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
        "/v2/vacancies?include[]=stage",
        "/v2/job-applications?include[]=notes",
        "/v2/vacancies?filter[colour]=red",
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


def test_statuses_are_filtered():
    emulator = small()
    found = {row["status"] for row in data(emulator, "/v2/vacancies?filter[status]=private,draft&perPage=100")}

    assert found == {"private", "draft"}


@pytest.mark.parametrize(
    ("number", "labels"),
    [
        (1, "1 2 3 4 5 6 7 8 9 10 ... 39 40"),
        (20, "1 2 ... 17 18 19 20 21 22 23 ... 39 40"),
        (40, "1 2 ... 31 32 33 34 35 36 37 38 39 40"),
    ],
)
def test_of_many_pages_some_are_linked_to(number: int, labels: str):
    answer = ask(small(), f"/v2/job-applications?perPage=3&page={number}").json
    assert answer is not None

    assert " ".join(link["label"] for link in answer["meta"]["links"][1:-1]) == labels
