"""The emulated CATS creates, changes and deletes candidates, and what is set on them, as CATS's reference says."""

from typing import Any

import pytest

from connectors.cats.emulator import Emulator
from connectors.cats.emulator_truth import Candidate
from tests.connectors.cats.asking import Caller, effects, feed, said

NAMES = {"first_name": "Tove", "last_name": "Lind"}
EMAILS = [{"email": "tove@lind.example", "is_primary": True}]


@pytest.fixture
def emulator() -> Emulator:
    return Emulator(jobs=2, people=0, limit=10**6)


@pytest.fixture
def ask(emulator: Emulator) -> Caller:
    return Caller(emulator)


@pytest.fixture
def ada(emulator: Emulator) -> Candidate:
    return emulator.person("Ada", email="ada@example.test")


def test_a_candidate_is_created_with_everything_that_a_creation_takes(emulator: Emulator, ask: Caller):
    emails = [*EMAILS, {"email": "t@home.example", "is_primary": False}]
    body = {
        **NAMES,
        "middle_name": "B.",
        "title": "Backend developer",
        "website": "https://tove.example",
        "current_employer": "Nine Ltd",
        "key_skills": "python, sql",
        "notes": "Likes <b>tea</b>\nand rain",
        "source": "Acme Talent",
        "current_pay": "52000",
        "desired_pay": "60000",
        "emails": emails,
        "phones": [{"number": "+31600000001", "extension": "12", "type": "mobile"}, {"number": "+3150"}],
        "address": {"street": "Elm 4", "city": "Utrecht", "state": "UT", "postal_code": "3511 AB"},
        "country_code": "NL",
        "social_media_urls": ["https://social.example/tove"],
        "best_time_to_call": "10:00",
        "date_available": "2026-12-01",
        "is_willing_to_relocate": True,
        "is_active": False,
        "is_hot": True,
        "owner_id": 88013,
        "custom_fields": [{"id": 250005, "value": 940}, {"id": 250007, "value": [960, 961]}],
        "work_history": [{"title": "Developer", "employer": {"linked": False, "name": "Nine Ltd"}, "is_current": True}],
    }
    made = ask("/candidates", method="POST", json={**body, "password": "secret"})
    [candidate] = emulator.account.candidates.values()
    path, at = f"/candidates/{candidate.id}", "2026-11-01T12:01:00+00:00"
    row = ask(path).json()

    assert (made.status_code, made.content) == (201, b"")
    assert made.headers["Location"] == f"https://api.catsone.com/v3{path}"
    customs = {each["id"]: each["value"] for each in row["_embedded"].pop("custom_fields")}
    assert {number: value for number, value in customs.items() if value is not None} == {
        250005: 940,
        250007: [960, 961],
    }
    [position] = row["_embedded"].pop("work_history")
    assert position["employer"] == {"linked": False, "name": "Nine Ltd", "location": {"city": "", "state": None}}
    mails, phones = candidate.mails, candidate.phones
    row.pop("_links")
    assert row == {
        "id": candidate.id,
        "first_name": "Tove",
        "middle_name": "B.",
        "last_name": "Lind",
        "title": "Backend developer",
        "emails": {"primary": "tove@lind.example", "secondary": "t@home.example"},
        "address": {"street": "Elm 4", "city": "Utrecht", "state": "UT", "postal_code": "3511 AB"},
        "country_code": "NL",
        "social_media_urls": ["https://social.example/tove"],
        "website": "https://tove.example",
        "phones": {"home": None, "cell": "+31600000001", "work": None},
        "best_time_to_call": "10:00",
        "current_employer": "Nine Ltd",
        "date_available": "2026-12-01",
        "current_pay": "52000",
        "desired_pay": "60000",
        "is_willing_to_relocate": True,
        "key_skills": "python, sql",
        "notes": "Likes <b>tea</b>\nand rain",
        "is_hot": True,
        "is_active": False,
        "contact_id": None,
        "owner_id": 88013,
        "entered_by_id": 88013,
        "source": "Acme Talent",
        "is_registered": True,
        "consent_status": None,
        "date_created": at,
        "date_modified": at,
        "_embedded": {
            "thumbnail": [{"id": candidate.id % 1000, "source": "disabled", "attachment_id": None, "url": None}],
            "emails": [
                {**mail, "id": each.id, "_links": {"self": {"href": f"{path}/emails/{each.id}"}}}
                for mail, each in zip(emails, mails, strict=True)
            ],
            "phones": [
                {
                    "id": each.id,
                    "number": each.number,
                    "extension": each.extension,
                    "type": kind,
                    "_links": {"self": {"href": f"{path}/phones/{each.id}"}},
                }
                for each, kind in zip(phones, ("mobile", "other"), strict=True)
            ],
        },
    }
    assert effects(emulator) == [("candidate created", {**body, "id": candidate.id})]
    assert feed(ask) == [("candidate.created", candidate.id)]


def test_what_is_no_field_is_ignored_with_success_and_nothing_is_made_up(emulator: Emulator, ask: Caller):
    number = ask.write("POST", "/candidates", {**NAMES, "email": "t@x.example", "phone": "+31", "company": "Nine"}, 201)
    row = ask(f"/candidates/{number}").json()

    assert row["emails"] == {"primary": None, "secondary": None}
    assert row["phones"] == {"home": None, "cell": None, "work": None}
    plain = ("current_employer", "desired_pay", "best_time_to_call", "is_active", "owner_id", "social_media_urls")
    assert [row[name] for name in plain] == ["", "", None, True, 88016, []]
    assert effects(emulator) == [("candidate created", {**NAMES, "id": int(number)})]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "first_name must not be optional; last_name must not be optional"),
        ({**NAMES, "first_name": ""}, "first_name must not be empty"),
        ({**NAMES, "last_name": 7}, "last_name must be of type string"),
        ({**NAMES, "emails": {"primary": "t@x.example"}}, "emails must be of type array"),
        ({**NAMES, "emails": ["t@x.example"]}, "emails[0] must be of type object"),
        ({**NAMES, "emails": [{"email": "t@x.example"}]}, "emails must have exactly one primary"),
        ({**NAMES, "emails": EMAILS * 2}, "emails must have exactly one primary"),
        ({**NAMES, "emails": [{"email": "t", "is_primary": True}]}, "emails[0].email must be a valid e-mail"),
        ({**NAMES, "phones": [{"number": ""}]}, "phones[0].number must not be empty"),
        (
            {**NAMES, "phones": [{"number": "+31", "type": "cell"}]},
            "phones[0].type must be one of mobile, home, work, ",
        ),
        ({**NAMES, "address": "Elm 4"}, "address must be of type object"),
        ({**NAMES, "country_code": "Netherlands"}, "country_code must be a country code"),
        ({**NAMES, "date_available": "1.12.2026"}, "date_available must be a date"),
        ({**NAMES, "is_hot": "yes"}, "is_hot must be of type boolean"),
        ({**NAMES, "owner_id": "88013"}, "owner_id must be of type integer"),
        ({**NAMES, "owner_id": True}, "owner_id must be of type integer"),
        ({**NAMES, "owner_id": 1}, "owner_id must exist"),
        ({**NAMES, "social_media_urls": [1]}, "social_media_urls must be of type string"),
        ({**NAMES, "custom_fields": [{"id": 250011, "value": "x"}]}, "custom_fields[0].id must exist"),
        ({**NAMES, "work_history": [{"title": "x"}]}, "work_history[0].employer must not be optional"),
        ([], "The body must be JSON"),
    ],
)
def test_a_creation_that_lacks_or_misspells_something_creates_nothing(
    emulator: Emulator, ask: Caller, body: Any, message: str
):
    assert ask.write("POST", "/candidates", body, 400).startswith(message)
    assert (emulator.account.candidates, emulator.effects) == ({}, [])


@pytest.mark.parametrize("path", ["/candidates", "/candidates/{id}/emails", "/candidates/{id}/tags", "/pipelines"])
def test_a_write_without_a_body_is_refused(ask: Caller, ada: Candidate, path: str):
    assert said(ask(path.format(id=ada.id), method="POST")) == (400, "The body must be JSON")


@pytest.mark.parametrize(
    ("habit", "body"),
    [
        ("list", {"message": ["first_name must not be optional", "last_name must not be optional"]}),
        (
            "errors",
            {
                "message": "The request is not valid.",
                "errors": ["first_name must not be optional", "last_name must not be optional"],
            },
        ),
    ],
)
def test_several_errors_have_several_spellings(emulator: Emulator, ask: Caller, habit: str, body: Any):
    emulator.habits.errors = habit

    assert ask("/candidates", method="POST", json={}).json() == body


def test_a_duplicate_is_refused_only_where_that_is_asked_for(emulator: Emulator, ask: Caller, ada: Candidate):
    twin = {**NAMES, "emails": [{"email": "ADA@example.test", "is_primary": True}]}

    assert ask.write("POST", "/candidates?check_duplicate=true", twin, 409) == "This is a duplicate of a candidate."
    emulator.habits.duplicate_named = True
    refused = ask.write("POST", "/candidates?check_duplicate=true", twin, 409)
    assert refused == f"This is a duplicate of a candidate ({ada.id})."
    assert len(emulator.account.candidates) == 1
    ask.write("POST", "/candidates?check_duplicate=false", twin, 201)
    ask.write("POST", "/candidates", twin, 201)
    ask.write("POST", "/candidates?check_duplicate=true", {**NAMES, "emails": EMAILS}, 201)
    assert [effect.times for effect in emulator.effects] == [1, 1, 1]


def test_a_location_may_be_a_path_or_missing(emulator: Emulator, ask: Caller):
    emulator.habits.location = "path"
    made = ask("/candidates", method="POST", json=NAMES)
    emulator.fail("no_location")
    lost = ask("/candidates", method="POST", json=NAMES)

    assert made.headers["Location"].startswith("/v3/candidates/")
    assert (lost.status_code, "Location" in lost.headers) == (201, False)


@pytest.mark.parametrize(("clears", "title"), [(False, "Head"), (True, "")])
def test_a_put_needs_the_names_and_touches_no_mail_and_may_clear_the_rest(
    emulator: Emulator, ask: Caller, ada: Candidate, clears: bool, title: str
):
    emulator.habits.put_clears = clears
    emulator.change(ada, title="Head", custom={250001: "42"})
    body = {"first_name": "Ada", "last_name": "King", "source": "Acme", "emails": EMAILS, "phones": [{"number": "+1"}]}

    refused = ask.write("PUT", f"/candidates/{ada.id}", {"title": "x"}, 400)
    assert refused == "first_name must not be optional; last_name must not be optional"
    ask.write("PUT", f"/candidates/{ada.id}", body, 204)
    row = ask(f"/candidates/{ada.id}").json()
    assert [row[name] for name in ("last_name", "source", "title")] == ["King", "Acme", title]
    assert row["emails"]["primary"] == "ada@example.test"
    assert (ada.phones, ada.custom) == ([], {250001: "42"})
    assert row["date_modified"] > row["date_created"]
    assert feed(ask)[2:] == [("candidate.updated", ada.id)]
    [(what, changed)] = effects(emulator)
    assert (what, changed["last_name"], changed["source"]) == ("candidate changed", "King", "Acme")
    ask.write("PUT", f"/candidates/{ada.id}", body, 204)
    assert len(emulator.effects) == 1


def test_a_put_merges_custom_fields(emulator: Emulator, ask: Caller, ada: Candidate):
    emulator.change(ada, custom={250001: "42"})
    ask.write("PUT", f"/candidates/{ada.id}", {**NAMES, "custom_fields": [{"id": 250009, "value": 7}]}, 204)

    assert ada.custom == {250001: "42", 250009: 7}


def test_a_deletion_takes_pipelines_activities_and_files(emulator: Emulator, ask: Caller):
    ada = emulator.person("Ada", job="Baker")
    pipeline, note, file = emulator.pipeline_of(ada), emulator.note(ada, "Hm."), emulator.attach(ada, "cv.pdf")
    ask.write("DELETE", f"/candidates/{ada.id}", None, 204)

    for path in (f"candidates/{ada.id}", f"pipelines/{pipeline.id}", f"activities/{note.id}", f"attachments/{file.id}"):
        assert ask(f"/{path}").status_code == 404, path
    assert feed(ask)[-1] == ("candidate.deleted", ada.id)
    assert effects(emulator) == [("candidate deleted", {"id": ada.id, "pipelines": [pipeline.id]})]
    ask.write("DELETE", f"/candidates/{ada.id}", None, 404)


@pytest.mark.parametrize(
    ("field", "good", "bad"),
    [
        (250001, "42", 42),
        (250003, True, "yes"),
        (250004, "2026-12-01", "soon"),
        (250005, 940, "Yes"),
        (250006, 950, 940),
        (250007, [960, 962], 960),
        (250008, 88012, 1),
        (250009, 7.5, "7"),
    ],
)
def test_a_custom_field_takes_what_fits_its_type_choices_by_id(
    emulator: Emulator, ask: Caller, ada: Candidate, field: int, good: Any, bad: Any
):
    path = f"/candidates/{ada.id}/custom_fields/{field}"
    kind = emulator.account.definitions[field].type

    assert ask.write("PUT", path, {"value": bad}, 400) == f"value must fit a field of type {kind}"
    ask.write("PUT", path, {"value": good}, 204)
    assert ask(path).json() == {"id": field, "value": good, "_links": {"self": {"href": path}}}
    ask.write("PUT", path, {"value": good}, 204)
    ask.write("PUT", path, {"value": None}, 204)
    told = {"id": field, "candidate_id": ada.id}
    assert effects(emulator) == [("custom field changed", {**told, "value": value}) for value in (good, None)]
    assert feed(ask)[1:] == [("candidate.updated", ada.id)] * 2


def test_custom_fields_of_jobs_are_none_of_candidates(ask: Caller, ada: Candidate):
    path = f"/candidates/{ada.id}/custom_fields"

    ask.write("PUT", f"{path}/250011", {"value": "x"}, 404)
    ask.write("PUT", f"{path}/1", {"value": "x"}, 404)
    assert ask.write("PUT", f"{path}/250001", {}, 400) == "value must not be optional"


def test_tags_are_added_replaced_and_removed_and_no_event_tells(emulator: Emulator, ask: Caller, ada: Candidate):
    path = f"/candidates/{ada.id}/tags"

    def tagged() -> list[int]:
        return [row["id"] for row in ask(path).json().get("_embedded", {}).get("tags", [])]

    ask.write("PUT", path, {"tags": [{"id": 70}, {"id": 71}]}, 204)
    ask.write("PUT", path, {"tags": [{"id": 71}, {"id": 72}]}, 204)
    assert tagged() == [70, 71, 72]
    ask.write("PUT", path, {"tags": [{"id": 70}]}, 204)
    ask.write("POST", path, {"tags": [{"id": 75}, {"id": 72}]}, 204)
    assert tagged() == [75, 72]
    ask.write("DELETE", f"{path}/72", None, 204)
    ask.write("DELETE", f"{path}/72", None, 404)
    assert tagged() == [75]
    assert [(changed["added"], changed["removed"]) for _, changed in effects(emulator)] == [
        ([70, 71], []),
        ([72], []),
        ([75], [70, 71]),
        ([], [72]),
    ]
    assert feed(ask) == [("candidate.created", ada.id)]
    assert ada.modified == ada.created


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "tags must not be optional"),
        ({"tags": 70}, "tags must be of type array"),
        ({"tags": [70]}, "tags[0] must be of type object; tags[0].id must not be optional"),
        ({"tags": [{"id": "70"}]}, "tags[0].id must be of type integer"),
        ({"tags": [{"id": 70}, {"id": 1}]}, "tags[1].id must exist"),
    ],
)
def test_only_tags_that_exist_are_attached(
    emulator: Emulator, ask: Caller, ada: Candidate, body: dict[str, Any], message: str
):
    assert ask.write("PUT", f"/candidates/{ada.id}/tags", body, 400) == message
    assert (ada.tags, emulator.effects) == ([], [])


def test_a_picture_is_one_of_the_attachments_and_goes_with_it(emulator: Emulator, ask: Caller, ada: Candidate):
    path, file = f"/candidates/{ada.id}/thumbnail", emulator.attach(ada, "me.png")
    stranger = emulator.attach(emulator.person("Eve", email=""), "me.png")
    empty = {"id": ada.id % 1000, "source": "disabled", "attachment_id": None, "url": None}

    assert ask(path).json() == empty
    chosen = {"source": "attachment", "attachment_id": stranger.id}
    assert ask.write("PUT", path, chosen, 400) == "attachment_id must exist"
    assert ask.write("PUT", path, {"source": "attachment"}, 400) == "attachment_id must not be optional"
    assert ask.write("PUT", path, {"source": "x"}, 400) == "source must be one of attachment, gravatar, disabled"
    ask.write("PUT", path, {"source": "attachment", "attachment_id": file.id}, 204)
    ask.write("PUT", path, {"source": "attachment", "attachment_id": file.id}, 204)
    assert ask(path).json() == {**empty, "source": "attachment", "attachment_id": file.id}
    emulator.habits.thumbnail = "bytes"
    picture = ask(path)
    assert (picture.content, picture.headers["Content-Type"]) == (file.read(), "image/png")
    ask.write("DELETE", f"/attachments/{file.id}", None, 204)
    assert ask(path).status_code == 404
    assert [what for what, _ in effects(emulator)] == ["thumbnail changed", "attachment deleted"]
