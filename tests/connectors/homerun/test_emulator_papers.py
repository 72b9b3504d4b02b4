"""The emulated Homerun takes notes, files and photos as Homerun's reference says, and gives them back."""

from typing import Any

import httpx
import pytest
from werkzeug.test import Client, TestResponse

from connectors.emulation_effects import digest
from connectors.homerun.emulator import Emulator
from connectors.homerun.emulator_data import Applicant
from connectors.homerun.emulator_doors import SCOPES
from tests.connectors.homerun.asking import ask, data
from tests.connectors.homerun.test_emulator_writing import LIST, effects, refusal, send

MEGABYTE = 1024 * 1024
NOTE = {"note": "Assessment result: 87/100\nhttps://app.acme.example/results/1042", "display_name": "Acme Assessments"}


@pytest.fixture
def emulator() -> Emulator:
    return Emulator(jobs=0, people=0, limit=10**6, clock=lambda: 1000.0)


@pytest.fixture
def ada(emulator: Emulator) -> Applicant:
    return emulator.person(job="Baker")


def upload(emulator: Emulator, path: str, content: bytes | str, name: str = "cv.pdf", **parts: str) -> httpx.Response:
    """What a form with a file is answered; a text is a field of that name."""
    form = {"files": {"file": (name, content)}} if isinstance(content, bytes) else {"files": {"file": (None, content)}}
    headers = {"Authorization": f"Bearer {emulator.key}"}
    with httpx.Client(transport=emulator.transport(), base_url="https://api.homerun.co") as client:
        return client.post(f"{LIST}{path}", data=parts, headers=headers, **form)


def fetch(emulator: Emulator, url: str) -> TestResponse:
    return Client(emulator).get(url.removeprefix("https://api.homerun.co"))


@pytest.mark.parametrize("sensitive", [None, True])
def test_a_note_keeps_its_text_and_is_read_on_the_detail_and_in_its_list(
    emulator: Emulator, ada: Applicant, sensitive: bool | None
):
    body = NOTE if sensitive is None else {**NOTE, "is_sensitive": sensitive, "author_id": 7}
    made = send(emulator, "POST", f"/{ada.id}/notes", body, 201)
    [note] = ada.notes

    assert made == {
        "data": {
            "id": note.id,
            "display_name": "Acme Assessments",
            "is_sensitive": bool(sensitive),
            "note": "Assessment result: 87/100\nhttps://app.acme.example/results/1042",
            "created_at": "2026-11-01T09:03:00Z",
            "updated_at": "2026-11-01T09:03:00Z",
        }
    }
    assert data(emulator, f"{LIST}/{ada.id}?include[]=notes")["notes"] == [made["data"]]
    assert data(emulator, f"{LIST}/{ada.id}/notes?page=1&perPage=5") == [made["data"]]
    told = {"id": note.id, "application_id": ada.id, **NOTE, "is_sensitive": bool(sensitive)}
    assert effects(emulator) == [("note added", told)]


@pytest.mark.parametrize(
    ("body", "param", "message"),
    [
        ({"display_name": "Acme"}, "note", "note is required"),
        ({"note": "x", "display_name": ""}, "display_name", "display_name is required"),
        ({**NOTE, "note": 5}, "note", ""),
        ({**NOTE, "is_sensitive": "yes"}, "is_sensitive", ""),
    ],
)
def test_a_note_that_lacks_something_is_refused(
    emulator: Emulator, ada: Applicant, body: dict[str, Any], param: str, message: str
):
    assert send(emulator, "POST", f"/{ada.id}/notes", body, 400) == refusal(param, message)
    assert emulator.effects == []


def test_long_notes_may_be_refused_or_cut(emulator: Emulator, ada: Applicant):
    long = {**NOTE, "note": "é" * 2001}
    send(emulator, "POST", f"/{ada.id}/notes", {**NOTE, "note": "é" * 100_000}, 201)
    emulator.habits.note_limit = 2000
    refused = send(emulator, "POST", f"/{ada.id}/notes", long, 400)
    emulator.habits.notes_cut = True
    cut = send(emulator, "POST", f"/{ada.id}/notes", long, 201)

    assert refused == refusal("note", "note may not be greater than 2000 characters")
    assert cut["data"]["note"] == "é" * 2000


def test_the_list_of_notes_is_newer_and_needs_its_scope(emulator: Emulator, ada: Applicant):
    emulator.keys["6|blind"] = SCOPES - {"job-application-notes:read"}
    path = f"{LIST}/{ada.id}/notes"

    assert ask(emulator, path, key="6|blind").status_code == 403
    assert ask(emulator, f"{LIST}/ap_nobody/notes").status_code == 404
    emulator.writer.note_ids = False
    assert ask(emulator, path).status_code == 404


@pytest.mark.parametrize("kind", ["resume", "assignment"])
def test_a_file_is_sent_in_parts_and_read_by_a_link_that_dies_after_five_minutes(
    emulator: Emulator, ada: Applicant, kind: str
):
    content = bytes(range(256)) * 5000
    answer = upload(emulator, f"/{ada.id}/files", content, "../Łódź cv.pdf", type=kind)
    link = answer.json()["data"]["temporary_download_url"]

    told = {"name": "Łódź cv.pdf", "type": kind}
    assert (answer.status_code, answer.json()) == (200, {"data": {**told, "temporary_download_url": link}})
    assert data(emulator, f"{LIST}/{ada.id}")["files"] == [answer.json()["data"]]
    assert fetch(emulator, link).data == content
    measures = {"size": 1_280_000, "sha256": digest(content)}
    assert effects(emulator) == [("file added", {"application_id": ada.id, **told, **measures})]
    emulator.clock = lambda: 1301.0
    assert fetch(emulator, link).status_code == 403


def test_links_go_on_opening_their_own_file_when_others_come(emulator: Emulator):
    emulator = Emulator(jobs=3, people=40, limit=10**6)
    person = next(each for each in emulator.people if each.files and any(one.kind == "file" for one in each.replies))
    rows = data(emulator, f"{LIST}/{person.id}")["question_answers"]
    [answered] = [row for row in rows if row["original_question_type"] == "file"]
    person.replies[-1].answer.content = b"my work"  # type: ignore[union-attr]
    upload(emulator, f"/{person.id}/files", b"new", type="resume")

    assert fetch(emulator, answered["answer"]["temporary_download_url"]).data == b"my work"


def test_a_second_resume_is_added_or_replaces(emulator: Emulator, ada: Applicant):
    upload(emulator, f"/{ada.id}/files", b"1", "a.pdf", type="resume")
    upload(emulator, f"/{ada.id}/files", b"2", "b.pdf", type="resume")
    emulator.habits.resumes_replace = True
    upload(emulator, f"/{ada.id}/files", b"3", "c.pdf", type="resume")
    upload(emulator, f"/{ada.id}/files", b"4", "d.pdf", type="assignment")

    assert [file.name for file in ada.files] == ["c.pdf", "b.pdf", "d.pdf"]
    assert [what for what, _ in effects(emulator)] == ["file added", "file added", "file replaced", "file added"]


@pytest.mark.parametrize(
    ("content", "parts", "details"),
    [
        (b"1", {}, {"type": "type is required"}),
        ("text", {"type": "resume"}, {"file": "file is required"}),
        (b"1", {"type": "cv"}, {"type": "type is not a valid value"}),
    ],
)
def test_a_file_without_type_or_bytes_is_refused(
    emulator: Emulator, ada: Applicant, content: bytes | str, parts: dict[str, str], details: dict[str, str]
):
    refused = upload(emulator, f"/{ada.id}/files", content, **parts)

    assert (refused.status_code, ada.files) == (400, [])
    assert refused.json() == {
        **refusal(""),
        "details": [{"param": param, "message": message} for param, message in details.items()],
    }


@pytest.mark.parametrize(("part", "start", "most"), [("files", b"", 25), ("photo", b"GIF89a", 5)])
@pytest.mark.parametrize("status", [400, 413])
def test_files_of_25_and_photos_of_5_megabytes_are_taken_and_no_larger_ones(
    emulator: Emulator, ada: Applicant, part: str, start: bytes, most: int, status: int
):
    emulator.habits.oversize_status = status
    largest = start + b"0" * (most * MEGABYTE - len(start))
    taken = upload(emulator, f"/{ada.id}/{part}", largest, type="resume")
    refused = upload(emulator, f"/{ada.id}/{part}", largest + b"0", type="resume")

    assert (taken.status_code, refused.status_code, len(emulator.effects)) == (200, status, 1)
    message = f"file may not be greater than {most} MB"
    plain = {"code": 413, "error": True, "message": "Content Too Large"}
    assert refused.json() == (refusal("file", message) if status == 400 else plain)


def test_endings_may_be_limited(emulator: Emulator, ada: Applicant):
    emulator.behave(endings=[".pdf", ".docx"])

    assert upload(emulator, f"/{ada.id}/files", b"1", "CV.PDF", type="resume").status_code == 200
    assert upload(emulator, f"/{ada.id}/files", b"1", "cv.exe", type="resume").json() == refusal("file")


@pytest.mark.parametrize(
    ("content", "kind"),
    [(b"\x89PNG\r\n", "image/png"), (b"\xff\xd8\xff\xe0", "image/jpeg"), (b"GIF89a", "image/gif")],
)
def test_a_photo_replaces_any_other_and_is_answered_with_the_row(
    emulator: Emulator, ada: Applicant, content: bytes, kind: str
):
    answer = upload(emulator, f"/{ada.id}/photo", content, "me.jpg")
    photo = fetch(emulator, answer.json()["data"]["personal_info"]["photo"])

    assert (answer.status_code, answer.json()["data"]) == (200, data(emulator, LIST)[0])
    assert (photo.data, photo.content_type) == (content, kind)
    upload(emulator, f"/{ada.id}/photo", content, "me.jpg")
    measures = {"size": len(content), "sha256": digest(content)}
    assert effects(emulator) == [("photo replaced", {"application_id": ada.id, **measures})]


def test_what_is_no_picture_is_no_photo(emulator: Emulator, ada: Applicant):
    assert upload(emulator, f"/{ada.id}/photo", b"<svg onload='x'/>", "me.png").json() == refusal("file")
    assert upload(emulator, f"/{ada.id}/photo", "text").json() == refusal("file", "file is required")
    assert (ada.photo, emulator.effects) == (False, [])


@pytest.mark.parametrize("part", ["files", "photo"])
def test_files_need_their_scope_and_their_application(emulator: Emulator, ada: Applicant, part: str):
    emulator.keys["6|reader"] = SCOPES - {"job-application-files:write"}

    assert ask(emulator, f"{LIST}/{ada.id}/{part}", method="POST", key="6|reader").status_code == 403
    assert upload(emulator, f"/ap_nobody/{part}", b"1", type="resume").status_code == 404
