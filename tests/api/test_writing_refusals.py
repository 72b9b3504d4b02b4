"""What machines write is read strictly, and whatever is wrong with it is named before anything is queued."""

import pytest
from django.test import Client

from atsbridge.tenants import keys
from tests.api.acting import Writer, writer
from tests.sync import harness


@pytest.fixture
def writing(acme) -> Writer:
    """Acme's Homerun account, of which nothing is known yet."""
    emulator = harness.emulate("homerun", jobs=1, people=1)
    return writer(harness.link(acme, "homerun", emulator), emulator)


@pytest.mark.parametrize(
    ("path", "body", "message"),
    [
        ("activities", {"body": "x"}, "candidate_id: say whose it is, with candidate_id or application_id"),
        ("activities", {"candidate_id": "1"}, "Object missing required field `body`"),
        ("activities", {"candidate_id": 1, "body": "x"}, "Expected `str | null`, got `int` - at `$.candidate_id`"),
        ("activities", {"candidate_id": "1", "body": "x", "text": "y"}, "Object contains unknown field `text`"),
        ("activities", {"candidate_id": "1", "body": "x", "candidate": {"id": "2"}},
         "candidate_id: it says another one than candidate.id"),
        ("activities", {"candidate_id": "1/../x", "body": "x"}, "candidate_id: this is the id of nothing"),
        ("activities", {"candidate_id": "1", "body": "x" * 70_000},
         "Expected `str` of length <= 65536 - at `$.body`"),
        ("activities", {"candidate_id": "1", "body": " \n"},
         "Expected a word or more - at `$.body`"),
        ("activities", {"candidate_id": "1", "body": "a\0b"},
         "content: it holds NUL or broken characters, which nobody keeps"),
        ("candidates", {"first_name": "A", "last_name": "B", "emails": [{"email": "\0@x.example"}]},
         "email_addresses: it holds NUL or broken characters, which nobody keeps"),
        ("candidates", {"first_name": "A", "last_name": "B", "phones": [{"number": " "}]},
         "Expected a word or more - at `$.phones[0].number`"),
        ("candidates", {"first_name": "", "last_name": "B"}, "Expected a word or more - at `$.first_name`"),
        ("candidates", {"first_name": "A", "last_name": "B"},
         "email_addresses: Homerun keeps nobody without an e-mail address"),
        ("applications/add-result-link", {"application_id": "1", "label": "x", "url": " "},
         "Expected a word or more - at `$.url`"),
        ("activities", {"candidate_id": "1", "body": "x", "visibility": "secret"},
         "Invalid enum value 'secret' - at `$.visibility`"),
        ("activities", {"candidate_id": "1", "body": "x", "created_at": "yesterday"},
         "Invalid RFC3339 encoded datetime - at `$.created_at`"),
        ("activities", {"candidate_id": "1", "body": "x", "created_at": "2024-02-29T12:00:00"},
         "Expected `datetime` with a timezone component - at `$.created_at`"),
        ("activities", {"candidate_id": "1", "body": "x", "created_at": "9999-12-31T23:59:59Z"},
         "created_at: a note is of a year from 1900 to 2100"),
        ("activities", ["x"], "The body has to be a JSON object"),
        ("applications/import", {"remote_id": "."},
         "Expected an id, which has none of / ? # \\ - at `$.application_id`"),
        ("applications/move-stage", {"stage_id": "1"}, "application_id: it is required"),
        ("applications/move-stage", {"application_id": "1", "stage_id": ""},
         "Expected `str` of length >= 1 - at `$.stage_id`"),
    ],
)  # fmt: skip
def test_a_body_is_read_strictly_and_the_field_named(writing, path, body, message):
    answer = writing.send("POST", path, body)

    assert (answer.status_code, answer.json()["message"]) == (400, message)
    assert answer.json()["details"] == {"failures": [{"message": message}]}
    assert writing.actions() == []


@pytest.mark.parametrize(
    ("body", "message"),
    [(b"{", "The body is no JSON"), (b'{"body":' * 50_000, "It is nested more than 200 levels deep")],
    ids=["broken_off", "too_deep"],
)
def test_a_body_that_is_no_json_is_refused(writing, body, message):
    client = Client(headers={"Authorization": f"Bearer {writing.key}"})
    address = f"/unified/ats/activities?integrated_account_id={writing.connection.pk}"
    answer = client.post(address, body, content_type="application/json")

    assert (answer.status_code, answer.json()["message"].partition(":")[0]) == (400, message)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "applications/promote", 404),
        ("POST", "jobs", 405),
        ("PATCH", "jobs/1", 405),
        ("DELETE", "activities/1", 405),
        ("PUT", "candidates/1", 405),
    ],
)
def test_what_is_not_offered_says_what_is(writing, method, path, status):
    answer = writing.send(method, path, {})

    assert answer.status_code == status
    if status == 405:
        more = ", PATCH, DELETE" if path.startswith("candidates") else ""
        assert answer.headers["Allow"] == f"GET, HEAD, OPTIONS{more}"
    else:
        assert answer.json()["message"] == (
            "applications has no method of this name. There are: import, move-stage, reject, hire, add-result-link."
        )


def test_a_key_that_only_reads_writes_nothing(writing, acme):
    reader = Writer(writing.connection, writing.emulator, keys.create(acme, "reader", can_write=False)[1])

    answer = reader.send("DELETE", "candidates/1")

    assert (answer.status_code, writing.actions()) == (403, [])
