"""The emulated CATS keeps a candidate's e-mails, phones and work history as rows of their own."""

from typing import Any

import pytest

from connectors.cats.emulator import Emulator
from connectors.cats.emulator_truth import Candidate
from tests.connectors.cats.asking import Caller, effects, feed

NINE = {"linked": False, "name": "Nine Ltd", "location": {"city": "Leiden", "state": "ZH"}}


@pytest.fixture
def emulator() -> Emulator:
    return Emulator(jobs=1, people=0, limit=10**6)


@pytest.fixture
def ask(emulator: Emulator) -> Caller:
    return Caller(emulator)


@pytest.fixture
def ada(emulator: Emulator) -> Candidate:
    return emulator.person("Ada", email="ada@example.test")


def test_an_email_is_added_made_primary_changed_and_deleted(emulator: Emulator, ask: Caller, ada: Candidate):
    path, first = f"/candidates/{ada.id}/emails", ada.mails[0].id
    second = int(ask.write("POST", path, {"email": "a@home.example"}, 201))

    def held() -> list[tuple[int, str, bool]]:
        rows = ask(path).json()["_embedded"]["emails"]
        return [(row["id"], row["email"], row["is_primary"]) for row in rows]

    assert held() == [(first, "ada@example.test", True), (second, "a@home.example", False)]
    ask.write("PUT", f"{path}/{second}", {"email": "a@home.example", "is_primary": True}, 204)
    assert held() == [(first, "ada@example.test", False), (second, "a@home.example", True)]
    ask.write("PUT", f"{path}/{second}", {"email": "ada@home.example"}, 204)
    assert ask(f"{path}/{second}").json() == {
        "id": second,
        "email": "ada@home.example",
        "is_primary": True,
        "_links": {"self": {"href": f"{path}/{second}"}},
    }
    ask.write("PUT", f"{path}/{second}", {"email": "ada@home.example"}, 204)
    ask.write("DELETE", f"{path}/{first}", None, 204)
    ask.write("DELETE", f"{path}/{first}", None, 404)
    assert held() == [(second, "ada@home.example", True)]
    assert [what for what, _ in effects(emulator)] == [
        "e-mail added",
        "e-mail changed",
        "e-mail changed",
        "e-mail deleted",
    ]
    added = {"id": second, "candidate_id": ada.id, "email": "a@home.example", "is_primary": False}
    assert effects(emulator)[0][1] == added
    assert feed(ask)[1:] == [("candidate.updated", ada.id)] * 4


def test_a_phone_is_added_changed_and_deleted(emulator: Emulator, ask: Caller, ada: Candidate):
    path = f"/candidates/{ada.id}/phones"
    number = int(ask.write("POST", path, {"number": "+31600000001", "extension": "7", "type": "mobile"}, 201))
    row = {"id": number, "number": "+31600000001", "extension": "7", "type": "mobile"}

    assert ask(f"{path}/{number}").json() == {**row, "_links": {"self": {"href": f"{path}/{number}"}}}
    assert ask(f"/candidates/{ada.id}").json()["phones"] == {"home": None, "cell": "+31600000001", "work": None}
    ask.write("PUT", f"{path}/{number}", {"number": "+31600000002"}, 204)
    [phone] = ada.phones
    assert (phone.number, phone.extension, phone.type) == ("+31600000002", "7", "mobile")
    ask.write("DELETE", f"{path}/{number}", None, 204)
    assert ada.phones == []
    assert [what for what, _ in effects(emulator)] == ["phone added", "phone changed", "phone deleted"]


@pytest.mark.parametrize(
    ("part", "body", "message"),
    [
        ("emails", {}, "email must not be optional"),
        ("emails", {"email": "ada"}, "email must be a valid e-mail"),
        ("emails", {"email": "a@b.example", "is_primary": 1}, "is_primary must be of type boolean"),
        ("phones", {}, "number must not be optional"),
        ("phones", {"number": "+1", "type": "cell"}, "type must be one of mobile, home, work, fax, main, other"),
    ],
)
def test_rows_that_lack_something_are_refused(
    emulator: Emulator, ask: Caller, ada: Candidate, part: str, body: dict[str, Any], message: str
):
    assert ask.write("POST", f"/candidates/{ada.id}/{part}", body, 400) == message
    ask.write("POST", f"/candidates/1/{part}", {"email": "a@b.example", "number": "+1"}, 404)
    ask.write("PUT", f"/candidates/{ada.id}/{part}/1", {"email": "a@b.example", "number": "+1"}, 404)
    assert emulator.effects == []


def test_rows_may_be_no_change_of_the_person(emulator: Emulator, ask: Caller, ada: Candidate):
    emulator.habits.parts_bump = False
    ask.write("POST", f"/candidates/{ada.id}/phones", {"number": "+31"}, 201)

    assert ada.modified == ada.created
    assert feed(ask) == [("candidate.created", ada.id)]


def test_a_position_is_added_changed_and_deleted(emulator: Emulator, ask: Caller, ada: Candidate):
    body = {
        "title": "Developer",
        "employer": NINE,
        "supervisor": {"linked": False, "name": "Ria Moss", "phone": "+31"},
        "is_verified": True,
        "is_current": False,
        "start_date": "2023-02-01",
        "end_date": "2024-02-01",
        "reason_for_leaving": "Moved",
    }
    number = int(ask.write("POST", f"/candidates/{ada.id}/work_history", body, 201))
    row = {**body, "id": number, "candidate_id": ada.id, "is_current": "false"}

    assert ask(f"/work_history/{number}").json() == ask(f"/candidates/work_history/{number}").json() == row
    assert ask(f"/candidates/{ada.id}/work_history").json()["_embedded"]["work_history"] == [row]
    ask.write("PUT", f"/work_history/{number}", {**body, "is_current": True}, 204)
    current = {"is_current": "true", "end_date": None, "reason_for_leaving": None}
    assert ask(f"/work_history/{number}").json() == {**row, **current}
    ask.write("DELETE", f"/candidates/work_history/{number}", None, 204)
    assert ada.history == []
    assert effects(emulator) == [
        ("position added", {**body, "id": number, "candidate_id": ada.id}),
        ("position changed", {**body, "is_current": True, "id": number, "candidate_id": ada.id}),
        ("position deleted", {"id": number, "candidate_id": ada.id}),
    ]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"employer": NINE}, "title must not be optional"),
        ({"title": "x", "employer": {"name": "Nine"}}, "employer.linked must not be optional"),
        ({"title": "x", "employer": {**NINE, "linked": "false"}}, "employer.linked must be of type boolean"),
        ({"title": "x", "employer": {**NINE, "name": ""}}, "employer.name must not be empty"),
        ({"title": "x", "employer": {"linked": True}}, "employer.company_id must not be optional"),
        ({"title": "x", "employer": {"linked": True, "company_id": 1}}, "employer.company_id must exist"),
        ({"title": "x", "employer": NINE, "start_date": "2023"}, "start_date must be a date"),
        (
            {"title": "x", "employer": NINE, "supervisor": {"linked": True, "contact_id": 5}},
            "supervisor.contact_id must exist",
        ),
    ],
)
def test_a_position_that_lacks_something_is_refused(
    emulator: Emulator, ask: Caller, ada: Candidate, body: dict[str, Any], message: str
):
    assert ask.write("POST", f"/candidates/{ada.id}/work_history", body, 400).startswith(message)
    assert emulator.effects == []


def test_an_employer_may_be_a_company_that_is_known(ask: Caller, ada: Candidate):
    linked = {"linked": True, "company_id": 9100002}
    number = ask.write("POST", f"/candidates/{ada.id}/work_history", {"title": "x", "employer": linked}, 201)

    assert ask(f"/work_history/{number}").json()["employer"] == linked


@pytest.mark.parametrize(("habit", "short", "long"), [("both", 204, 204), ("short", 204, 404), ("long", 404, 204)])
def test_a_single_position_has_two_spellings(
    emulator: Emulator, ask: Caller, ada: Candidate, habit: str, short: int, long: int
):
    number = ask.write("POST", f"/candidates/{ada.id}/work_history", {"title": "x", "employer": NINE}, 201)
    emulator.habits.history_path = habit

    ask.write("PUT", f"/work_history/{number}", {"title": "y", "employer": NINE}, short)
    ask.write("PUT", f"/candidates/work_history/{number}", {"title": "z", "employer": NINE}, long)
