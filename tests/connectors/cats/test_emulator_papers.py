"""The emulated CATS takes files and activities as CATS's reference says, and gives them back."""

from typing import Any

import httpx
import pytest

from connectors.cats.emulator import Emulator
from connectors.cats.emulator_truth import Candidate
from connectors.emulation_effects import digest
from tests.connectors.cats.asking import Caller, effects, feed, said

OCTETS = {"Content-Type": "application/octet-stream"}


@pytest.fixture
def emulator() -> Emulator:
    made = Emulator(jobs=2, people=0, limit=10**6, clock=lambda: 1000.0)
    made.account.activities.clear()
    return made


@pytest.fixture
def ask(emulator: Emulator) -> Caller:
    return Caller(emulator)


@pytest.fixture
def ada(emulator: Emulator) -> Candidate:
    return emulator.person("Ada", email="ada@example.test")


def upload(ask: Caller, path: str, content: bytes, name: str = "cv.pdf") -> httpx.Response:
    """What raw bytes are answered."""
    headers = {"Authorization": f"Token {ask.key}", **OCTETS}
    return ask.client.post(f"/v3{path}", params={"filename": name} if name else {}, content=content, headers=headers)


@pytest.mark.parametrize(("path", "is_resume"), [("attachments", False), ("resumes", True)])
def test_raw_bytes_become_an_attachment_or_a_resume(
    emulator: Emulator, ask: Caller, ada: Candidate, path: str, is_resume: bool
):
    content = bytes(range(256)) * 100
    made = upload(ask, f"/candidates/{ada.id}/{path}", content, "Lebenslauf größer & mehr.pdf")
    [file] = ada.files
    row = {
        "id": file.id,
        "filename": "Lebenslauf größer & mehr.pdf",
        "is_resume": is_resume,
        "size": "25600",
        "version": "1",
        "data_item": {"id": ada.id, "type": "candidate"},
        "_links": {"self": {"href": f"/attachments/{file.id}"}},
    }

    assert (made.status_code, made.content) == (201, b"")
    assert made.headers["Location"] == f"https://api.catsone.com/v3/attachments/{file.id}"
    assert ask(f"/attachments/{file.id}").json() == row
    assert ask(f"/candidates/{ada.id}/attachments").json()["_embedded"]["attachments"] == [row]
    told = {"filename": file.filename, "is_resume": is_resume, "size": 25600, "sha256": digest(content)}
    assert effects(emulator) == [("attachment added", {"id": file.id, "candidate_id": ada.id, **told})]
    assert feed(ask) == [("candidate.created", ada.id)]


def test_a_download_has_the_bytes_a_type_and_a_name(ask: Caller, ada: Candidate):
    upload(ask, f"/candidates/{ada.id}/attachments", b"%PDF", "größer.pdf")
    answer = ask(f"/attachments/{ada.files[0].id}/download")

    assert (answer.status_code, answer.content) == (200, b"%PDF")
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"] == "attachment; filename*=UTF-8''gr%C3%B6%C3%9Fer.pdf"
    assert ask(f"/attachments/{ada.files[0].id}/download", auth="").status_code == 401


def test_imagined_files_have_as_many_bytes_as_they_say(emulator: Emulator, ask: Caller, ada: Candidate):
    file = emulator.attach(ada, "scan")
    answer = ask(f"/attachments/{file.id}/download")

    assert (len(answer.content), answer.headers["Content-Type"]) == (1024, "application/octet-stream")
    assert answer.content.startswith(f"{file.id} scan\n".encode())


def test_a_download_may_lead_to_another_host_that_wants_no_key_and_forgets_its_links(
    emulator: Emulator, ask: Caller, ada: Candidate
):
    emulator.habits.download = "redirect"
    upload(ask, f"/candidates/{ada.id}/attachments", b"%PDF")
    answer = ask(f"/attachments/{ada.files[0].id}/download")
    link = httpx.URL(answer.headers["Location"])

    def fetch(path: str, **headers: str) -> tuple[int, bytes]:
        with httpx.Client(transport=emulator.transport(), base_url=f"https://{link.host}", headers=headers) as client:
            got = client.get(path)
        return got.status_code, got.content

    path = link.raw_path.decode()
    assert (answer.status_code, link.host) == (302, "files.catsone.example.test")
    assert fetch(path) == (200, b"%PDF")
    assert fetch(path, Authorization=f"Token {emulator.key}")[0] == 400
    assert fetch(path.replace("expires=1300", "expires=9999"))[0] == 403
    emulator.clock = lambda: 1301.0
    assert fetch(path)[0] == 403


@pytest.mark.parametrize(
    ("content", "name", "message"),
    [
        (b"1", "", "filename must not be optional"),
        (b"", "cv.pdf", "The body must not be empty"),
        (b"1234", "cv.pdf", "The file is too large"),
    ],
)
def test_a_file_without_a_name_or_bytes_or_with_too_many_is_refused(
    emulator: Emulator, ask: Caller, ada: Candidate, content: bytes, name: str, message: str
):
    emulator.habits.file_limit = 3

    assert said(upload(ask, f"/candidates/{ada.id}/resumes", content, name)) == (400, message)
    assert (ada.files, emulator.effects) == ([], [])
    assert upload(ask, f"/candidates/{ada.id}/resumes", b"123").status_code == 201


def test_a_form_is_never_taken(ask: Caller, ada: Candidate):
    refused = ask(f"/candidates/{ada.id}/attachments?filename=cv.pdf", method="POST", files={"file": ("cv.pdf", b"1")})

    assert said(refused) == (415, "Unsupported Content-Type.")


def test_a_file_is_deleted_once(emulator: Emulator, ask: Caller, ada: Candidate):
    upload(ask, f"/candidates/{ada.id}/attachments", b"1")
    number = ada.files[0].id
    ask.write("DELETE", f"/attachments/{number}", None, 204)
    ask.write("DELETE", f"/attachments/{number}", None, 404)

    assert ada.files == []
    assert effects(emulator)[1:] == [("attachment deleted", {"id": number, "filename": "cv.pdf"})]


def test_an_activity_is_written_about_a_candidate_and_a_job(emulator: Emulator, ask: Caller, ada: Candidate):
    job = next(iter(emulator.account.jobs))
    body = {
        "type": "other",
        "regarding_id": job,
        "notes": "Strong on <SQL>.\nYes.",
        "date": "2026-05-04T14:00:00+02:00",
    }
    number = int(ask.write("POST", f"/candidates/{ada.id}/activities", {**body, "entered_by_id": 88012}, 201))
    row = {
        "id": number,
        "data_item": {"id": ada.id, "type": "candidate"},
        "date": "2026-05-04T12:00:00+00:00",
        "regarding_id": job,
        "type": "other",
        "notes": "Strong on <SQL>.\nYes.",
        "annotation": None,
        "entered_by_id": 88016,
        "date_created": "2026-11-01T12:02:00+00:00",
        "date_modified": "2026-11-01T12:02:00+00:00",
        "_links": {
            "self": {"href": f"/activities/{number}"},
            "data_item": {"href": f"/candidates/{ada.id}"},
            "regarding": {"href": f"/jobs/{job}"},
        },
    }

    assert ask(f"/activities/{number}").json() == row
    assert ask(f"/candidates/{ada.id}/activities").json()["_embedded"]["activities"] == [row]
    day = {"field": "date", "filter": "between", "value": {"gte": body["date"], "lte": body["date"]}}
    assert ask.search("activities", day) == [row]
    told = {"type": "other", "note": body["notes"], "regarding_id": job, "date": body["date"]}
    assert effects(emulator) == [("activity added", {"id": number, "candidate_id": ada.id, **told})]
    assert feed(ask)[1:] == [("activity.created", number)]


def test_an_activity_is_dated_now_unless_it_says_so(ask: Caller, ada: Candidate):
    number = ask.write("POST", f"/candidates/{ada.id}/activities", {"type": "call_talked"}, 201)
    row = ask(f"/activities/{number}").json()

    assert (row["date"], row["notes"], row["regarding_id"]) == (row["date_created"], None, None)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"notes": "x"}, "type must not be optional"),
        ({"type": "note"}, "type must be one of email, meeting, call_talked, call_lvm, "),
        ({"type": "other", "regarding_id": "16200345"}, "regarding_id must be of type integer"),
        ({"type": "other", "regarding_id": 1}, "regarding_id must exist"),
        ({"type": "other", "notes": 5}, "notes must be of type string"),
        ({"type": "other", "date": "2026-05-04"}, "date must be a date"),
    ],
)
def test_an_activity_that_misspells_something_is_refused(
    emulator: Emulator, ask: Caller, ada: Candidate, body: dict[str, Any], message: str
):
    assert ask.write("POST", f"/candidates/{ada.id}/activities", body, 400).startswith(message)
    assert (emulator.account.activities, emulator.effects) == ({}, [])


def test_an_activity_is_changed_and_deleted(emulator: Emulator, ask: Caller, ada: Candidate):
    written = emulator.note(ada, "Hm.", next(iter(emulator.account.jobs.values())))
    path = f"/activities/{written.id}"

    assert ask.write("PUT", path, {"notes": "x"}, 400) == "type must not be optional"
    ask.write("PUT", path, {"type": "other", "notes": "Oh!", "regarding_id": None}, 204)
    ask.write("PUT", path, {"type": "other", "notes": "Oh!"}, 204)
    assert (written.notes, written.regarding_id, written.modified > written.created) == ("Oh!", None, True)
    ask.write("DELETE", path, None, 204)
    ask.write("DELETE", path, None, 404)
    assert [what for what, _ in effects(emulator)] == ["activity changed", "activity deleted"]
    assert feed(ask)[2:] == [("activity.updated", written.id), ("activity.deleted", written.id)]


def test_writing_below_an_unknown_candidate_is_a_404(ask: Caller):
    for path in (
        "activities",
        "attachments?filename=x",
        "resumes?filename=x",
        "emails",
        "phones",
        "work_history",
        "tags",
    ):
        assert ask(f"/candidates/1/{path}", method="POST", json={}).status_code == 404, path
