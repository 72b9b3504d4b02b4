"""The emulated Homerun creates, changes, moves and deletes applications as Homerun's reference says."""

from typing import Any

import pytest

from connectors.homerun.emulator import Emulator
from connectors.homerun.emulator_data import Applicant
from connectors.homerun.emulator_doors import SCOPES
from tests.connectors.homerun.asking import ask, data

LIST = "/v2/job-applications"
SEM = {"first_name": "Sem", "last_name": "Okafor", "email": "sem@example.test"}
STAGES = ("New", "Phone screen", " Interview ", "Hired")


@pytest.fixture
def emulator() -> Emulator:
    return Emulator(jobs=0, people=0, limit=10**6)


@pytest.fixture
def ada(emulator: Emulator) -> Applicant:
    return emulator.person(job=emulator.job("Baker", stages=STAGES), email="ada@example.test", sources=["Indeed"])


def send(emulator: Emulator, method: str, path: str, body: Any, status: int) -> Any:
    """What a write of this status answers."""
    answer = ask(emulator, f"{LIST}{path}", method=method, json=body)
    assert answer.status_code == status, answer.text
    return answer.json


def refusal(param: str, message: str = "") -> dict[str, Any]:
    """A refusal that names one parameter."""
    details = [{"param": param, "message": message or f"{param} is not a valid value"}]
    return {"code": 400, "error": True, "message": "The given input was invalid", "details": details}


def effects(emulator: Emulator) -> list[tuple[str, dict[str, Any]]]:
    return [(effect.what, effect.changed) for effect in emulator.effects]


def test_a_person_is_created_with_everything_that_a_creation_takes(emulator: Emulator, ada: Applicant):
    job = emulator.jobs[0]
    body = {
        **SEM,
        "vacancy_id": job.id,
        "phone_number": "+31 6 0000 0000",
        "city": "Breda",
        "country": "The Netherlands",
        "date_of_birth": "1994-02-11",
        "photo": "https://example.test/sem.png",
        "sourced": True,
        "experience": "Six years in retail logistics",
        "education": "HBO",
        "pronouns": "he/him",
        "skype": "sem.o",
        "linkedin": "https://www.linkedin.com/in/sem-okafor-example",
        "website": "https://sem.example.test/?a=1",
        "assignment": "Done.",
        "sources": ["Acme Talent"],
        "custom_data": {"acme_candidate_id": "c-1042"},
    }
    made = send(emulator, "POST", "", body, 201)
    sem = emulator.people[0]

    assert made == {
        "data": {
            "id": sem.id,
            "vacancy_id": job.id,
            "rating": 0,
            "total_votes": 0,
            "sourced": True,
            "disqualified": False,
            "disqualification_reason": None,
            "homerun_url": f"https://app.homerun.example.test/candidates/{sem.id}",
            "created_at": "2026-11-01T09:03:00Z",
            "hired_at": None,
            "first_reply_at": None,
            "retention_period_ends_at": "2027-11-01T09:03:00Z",
            "personal_info": {
                "first_name": "Sem",
                "last_name": "Okafor",
                "email": "sem@example.test",
                "city": "Breda",
                "country": "The Netherlands",
                "date_of_birth": "1994-02-11",
                "phone_number": "+31 6 0000 0000",
                "photo": made["data"]["personal_info"]["photo"],
            },
            "stage": {"id": job.stages[0].id, "name": "New"},
            "education": "HBO",
            "experience": "Six years in retail logistics",
            "pronouns": "he/him",
            "assignment": "Done.",
            "facebook": None,
            "twitter": None,
            "linkedin": "https://www.linkedin.com/in/sem-okafor-example",
            "github": None,
            "website": "https://sem.example.test/?a=1",
            "skype": "sem.o",
            "custom_data": {"acme_candidate_id": "c-1042"},
            "files": [],
            "question_answers": [],
        }
    }
    assert made["data"]["personal_info"]["photo"].startswith(f"https://api.homerun.co/files/{sem.id}/photo?")
    assert data(emulator, f"{LIST}?include[]=sources")[0]["sources"] == [{"name": "Acme Talent"}]
    assert effects(emulator) == [("application created", {**body, "id": sem.id, "stage": "New"})]


def test_without_a_vacancy_a_person_is_in_the_pool_and_what_a_creation_does_not_take_is_dropped(emulator: Emulator):
    more = {"vacancyId": "job_x", "stage": {"name": "Hired"}, "notes": ["x"], "rating": 5, "disqualified": True}
    made = send(emulator, "POST", "", {**SEM, "vacancy_id": None, "city": "", **more}, 201)["data"]

    assert (made["vacancy_id"], made["stage"], made["rating"], made["disqualified"]) == (None, None, 0, False)
    assert (made["sourced"], made["personal_info"]["city"]) == (False, None)


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        ({}, None),
        ([], None),
        ({**SEM, "last_name": ""}, refusal("last_name", "last_name is required")),
        ({**SEM, "email": "sem"}, refusal("email")),
        ({**SEM, "first_name": 7}, refusal("first_name")),
        ({**SEM, "linkedin": "sem-okafor"}, refusal("linkedin")),
        ({**SEM, "photo": "/sem.png"}, refusal("photo")),
        ({**SEM, "date_of_birth": "11.2.1994"}, refusal("date_of_birth")),
        ({**SEM, "sourced": "yes"}, refusal("sourced")),
        ({**SEM, "sources": "Acme"}, refusal("sources")),
        ({**SEM, "custom_data": {"a": {"b": 1}}}, refusal("custom_data")),
        ({**SEM, "vacancy_id": "job_nobody"}, refusal("vacancy_id")),
    ],
)
def test_a_creation_that_lacks_or_misspells_something_creates_nothing(emulator: Emulator, body: Any, answer: Any):
    required = [{"param": name, "message": f"{name} is required"} for name in SEM]

    assert send(emulator, "POST", "", body, 400) == (answer or {**refusal(""), "details": required})
    assert (emulator.people, emulator.effects) == ([], [])


@pytest.mark.parametrize(("status", "answers"), [("public", 201), ("private", 201), ("closed", 400), ("draft", 400)])
def test_only_public_and_private_vacancies_take_applications(emulator: Emulator, status: str, answers: int):
    job = emulator.job(status=status)

    send(emulator, "POST", "", {**SEM, "vacancy_id": job.id}, answers)
    emulator.habits.vacancy_status = 422
    answers = 422 if answers == 400 else answers
    send(emulator, "POST", "", {**SEM, "vacancy_id": job.id}, answers)


def test_the_same_person_twice_is_two_applications_and_both_are_counted(emulator: Emulator, ada: Applicant):
    body = {**SEM, "vacancy_id": ada.vacancy_id}
    first, second = (send(emulator, "POST", "", body, 201)["data"]["id"] for _ in range(2))

    assert first != second
    assert [(effect.number, effect.times) for effect in emulator.effects] == [(1, 1), (2, 2)]
    emulator.habits.duplicates_refused = True
    again = send(emulator, "POST", "", {**body, "email": "SEM@example.test"}, 400)
    assert again == refusal("email", "email has already been taken")
    send(emulator, "POST", "", SEM, 201)


@pytest.mark.parametrize(
    ("habit", "status", "found"),
    [("created", 201, ["Indeed", "Acme"]), ("ignored", 201, ["Indeed"]), ("refused", 400, None)],
)
def test_an_unknown_source_is_created_ignored_or_refused(
    emulator: Emulator, ada: Applicant, habit: str, status: int, found: list[str] | None
):
    emulator.habits.unknown_sources = habit
    send(emulator, "POST", "", {**SEM, "sources": ["Indeed", "Acme"]}, status)

    assert [person.sources for person in emulator.people if person is not ada] == ([found] if found else [])


def test_more_habits_of_a_creation():
    emulator = Emulator(jobs=0, people=0, limit=10**6, sourced=True, confirms=True, plain_names=True)
    made = send(emulator, "POST", "", {**SEM, "last_name": "O'Hara-Łoś"}, 201)["data"]

    assert made["sourced"] is True
    assert effects(emulator)[1:] == [("confirmation e-mail sent", {"id": made["id"], "to": "sem@example.test"})]
    assert send(emulator, "POST", "", {**SEM, "last_name": "Okafor 2"}, 400) == refusal("last_name")


def test_a_change_changes_what_it_names_and_answers_with_the_detail(emulator: Emulator, ada: Applicant):
    ada.custom_data = {"a": "1", "b": "2"}
    path = f"/{ada.id}"
    body = {"last_name": "King", "phone_number": "+44 1", "custom_data": {"b": "3"}, "github": "https://g.example.test"}
    changed = send(emulator, "PATCH", path, body, 200)

    assert changed == {"data": data(emulator, LIST + path)}
    info = changed["data"]["personal_info"]
    assert (info["first_name"], info["last_name"], info["phone_number"]) == ("Ada", "King", "+44 1")
    assert changed["data"]["custom_data"] == {"a": "1", "b": "3"}
    assert changed["data"]["stage"]["name"] == "New"
    told = {**body, "id": ada.id, "custom_data": {"a": "1", "b": "3"}}
    assert effects(emulator) == [("application changed", told)]
    send(emulator, "PATCH", path, body, 200)
    assert len(emulator.effects) == 1


def test_a_change_does_not_take_sources_and_null_clears(emulator: Emulator, ada: Applicant):
    ada.phone_number = "+44 1"
    send(emulator, "PATCH", f"/{ada.id}", {"sources": ["Acme"], "phone_number": None, "custom_data": None}, 200)

    assert [ada.sources, ada.phone_number] == [["Indeed"], None]
    assert send(emulator, "PATCH", f"/{ada.id}", {"email": None}, 400) == refusal("email", "email is required")
    emulator.habits.nulls_refused = True
    assert send(emulator, "PATCH", f"/{ada.id}", {"city": None}, 400) == refusal("city", "city is required")
    send(emulator, "PATCH", f"/{ada.id}", {"vacancy_id": None}, 200)


@pytest.mark.parametrize("name", ["Phone screen", "phone SCREEN", "Interview"])
def test_a_stage_is_moved_to_by_its_name_in_any_case(emulator: Emulator, ada: Applicant, name: str):
    moved = send(emulator, "PATCH", f"/{ada.id}", {"stage": {"name": name}}, 200)["data"]

    assert moved["stage"]["name"].strip().casefold() == name.casefold()
    assert moved["vacancy_id"] == ada.vacancy_id
    [(what, changed)] = effects(emulator)
    assert (what, changed["from_stage"], changed["stage"]) == ("application moved", "New", moved["stage"]["name"])
    send(emulator, "PATCH", f"/{ada.id}", {"stage": {"name": name}}, 200)
    assert len(emulator.effects) == 1


@pytest.mark.parametrize("status", [404, 400, 403, 422])
def test_new_is_no_target(emulator: Emulator, ada: Applicant, status: int):
    emulator.habits.new_status = status
    emulator.move(ada, "Phone screen")
    refused = send(emulator, "PATCH", f"/{ada.id}", {"stage": {"name": "new"}, "city": "Paris"}, status)

    assert refused.get("details") == (refusal("stage.name")["details"] if status == 400 else None)
    assert (ada.stage and ada.stage.name, ada.city, emulator.effects) == ("Phone screen", None, [])


@pytest.mark.parametrize(
    ("habits", "stage", "status"),
    [
        ({}, {"name": "Offer"}, 404),
        ({}, {}, 400),
        ({}, {"id": "x"}, 400),
        ({}, "Hired", 400),
        ({"exact_stages": True}, {"name": "hired"}, 404),
        ({"exact_stages": True}, {"name": "Hired"}, 200),
        ({"stage_by": "id"}, {"name": "Hired"}, 400),
        ({"stage_by": "id"}, {"id": "{id}"}, 200),
        ({"stage_by": "id"}, {"id": "{id}x"}, 404),
        ({"stage_by": "either"}, {"id": "{id}", "name": "Nothing"}, 200),
        ({"stage_by": "either"}, {"name": "Hired"}, 200),
    ],
)
def test_stages_are_named_by_name_or_by_id(
    emulator: Emulator, ada: Applicant, habits: dict[str, Any], stage: Any, status: int
):
    for name, value in habits.items():
        setattr(emulator.habits, name, value)
    last = emulator.jobs[0].stages[-1]
    named = {name: text.format(id=last.id) for name, text in stage.items()} if isinstance(stage, dict) else stage
    send(emulator, "PATCH", f"/{ada.id}", {"stage": named}, status)

    assert (ada.stage is last) is (status == 200)


@pytest.mark.parametrize(("kept", "then"), [(False, None), (True, "2026-11-01T09:03:00Z")])
def test_hired_hires_and_leaving_it_does_so_no_more(emulator: Emulator, ada: Applicant, kept: bool, then: str | None):
    emulator.habits.hired_kept = kept
    emulator.jobs[0].stages[-1].name = "Aan boord"
    hired = send(emulator, "PATCH", f"/{ada.id}", {"stage": {"name": "aan boord"}}, 200)["data"]
    left = send(emulator, "PATCH", f"/{ada.id}", {"stage": {"name": "Interview"}}, 200)["data"]

    assert (hired["hired_at"], left["hired_at"]) == ("2026-11-01T09:03:00Z", then)


def test_another_vacancy_is_moved_to_at_its_first_stage_or_at_a_named_one(emulator: Emulator, ada: Applicant):
    miller, weaver = emulator.job("Miller", stages=("New", "Trial")), emulator.job("Weaver", status="draft")
    path = f"/{ada.id}"

    assert send(emulator, "PATCH", path, {"vacancy_id": weaver.id}, 404)["message"] == "Not found"
    send(emulator, "PATCH", path, {"vacancy_id": "job_nobody"}, 404)
    send(emulator, "PATCH", path, {"vacancy_id": miller.id, "stage": {"name": "Phone screen"}}, 404)
    assert emulator.effects == []
    assert send(emulator, "PATCH", path, {"vacancy_id": miller.id}, 200)["data"]["stage"]["name"] == "New"
    there = send(emulator, "PATCH", path, {"vacancy_id": miller.id, "stage": {"name": "Trial"}}, 200)["data"]
    assert (there["vacancy_id"], there["stage"]["name"]) == (miller.id, "Trial")


def test_no_vacancy_is_the_pool_where_there_are_no_stages(emulator: Emulator, ada: Applicant):
    vacancy_id, path = ada.vacancy_id, f"/{ada.id}"
    pooled = send(emulator, "PATCH", path, {"vacancy_id": None}, 200)["data"]

    assert (pooled["vacancy_id"], pooled["stage"], ada in emulator.people) == (None, None, True)
    moved = {"from_vacancy_id": vacancy_id, "vacancy_id": None, "from_stage": "New", "stage": None}
    assert effects(emulator) == [("application moved", {"id": ada.id, **moved})]
    send(emulator, "PATCH", path, {"stage": {"name": "Hired"}}, 404)


def test_a_change_that_does_not_name_the_vacancy_may_send_to_the_pool(emulator: Emulator, ada: Applicant):
    emulator.habits.omission_pools = True
    pooled = send(emulator, "PATCH", f"/{ada.id}", {"stage": {"name": "Hired"}}, 200)["data"]

    assert (pooled["vacancy_id"], pooled["stage"]) == (None, None)


def test_people_of_a_vacancy_that_is_gone_can_be_changed_but_not_moved(emulator: Emulator, ada: Applicant):
    gone = ada.vacancy_id
    emulator.delete(emulator.jobs[0])

    assert send(emulator, "PATCH", f"/{ada.id}", {"city": "Paris"}, 200)["data"]["vacancy_id"] == gone
    send(emulator, "PATCH", f"/{ada.id}", {"stage": {"name": "Hired"}}, 404)
    assert send(emulator, "PATCH", f"/{ada.id}", {"vacancy_id": None}, 200)["data"]["vacancy_id"] is None


def test_a_deletion_takes_the_person_and_is_a_404_the_next_time(emulator: Emulator, ada: Applicant):
    deleted = ask(emulator, f"{LIST}/{ada.id}", method="DELETE")

    assert (deleted.status_code, deleted.data, emulator.people) == (204, b"", [])
    assert ask(emulator, f"{LIST}/{ada.id}", method="DELETE").status_code == 404
    assert effects(emulator) == [("application deleted", {"id": ada.id})]


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_writing_needs_its_scope_before_anything_is_looked_for(emulator: Emulator, method: str):
    emulator.keys["6|reader"] = SCOPES - {"job-applications:write"}

    assert ask(emulator, f"{LIST}/ap_nobody", method=method, json={}, key="6|reader").status_code == 403
    assert ask(emulator, f"{LIST}/ap_nobody", method=method, json={}).status_code == 404
