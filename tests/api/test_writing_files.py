"""Files that machines send: as a form, as base64, by their address. What is not taken leaves nothing."""

import base64
import json
import threading
import time
import tracemalloc
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import FileSystemStorage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django_scopes import scope

from atsbridge.actions.models import Upload
from tests.api.acting import Writer, worker, writer
from tests.sync import harness

pytestmark = pytest.mark.django_db(transaction=True)
PDF = b"%PDF-1.7\nAda's life\n" + bytes(range(256)) * 8
PNG = b"\x89PNG\r\n\x1a\n" + bytes(200)
SVG = b'<?xml version="1.0"?>\n<!-- x --><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.fixture
def folder(tmp_path, settings) -> Path:
    """Where files are kept."""
    storages = dict(settings.STORAGES)
    storages["default"] = {**storages["default"], "OPTIONS": {"location": tmp_path / "files"}}
    settings.STORAGES = storages
    return Path(tmp_path / "files")


@pytest.fixture
def homerun(acme, folder) -> Iterator[Writer]:
    """Acme's synced Homerun account with a worker."""
    emulator = harness.emulate("homerun", jobs=2, people=5)
    with harness.mounted("homerun", emulator):
        connection = harness.link(acme, "homerun", emulator)
        harness.sync(connection)
        with worker(acme):
            yield writer(connection, emulator)


def sent(homerun: Writer, name: str, content: bytes, **fields: Any) -> Any:
    """A file of the first candidate, as a form."""
    whose = {"candidate_id": homerun.record("candidate").remote_id}
    # The client cuts paths off names; a hostile one does not.
    boundary = "x-x-x"
    lines = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'
        for key, value in {**whose, **fields}.items()
    ]
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
    body = "".join(lines).encode() + head.encode() + b"Content-Type: image/png\r\n\r\n" + content
    return Client(headers={"Authorization": f"Bearer {homerun.key}"}).generic(
        "POST",
        f"/unified/ats/attachments?integrated_account_id={homerun.connection.pk}",
        body + f"\r\n--{boundary}--\r\n".encode(),
        content_type=f"multipart/form-data; boundary={boundary}",
    )


def encoded(homerun: Writer, name: str, content: bytes, **fields: Any) -> Any:
    """The same as base64."""
    body = {"candidate_id": homerun.record("candidate").remote_id, "file_name": name, **fields}
    return homerun.send("POST", "attachments", {**body, "data": base64.b64encode(content).decode()})


def held(homerun: Writer) -> list[tuple[str, str, bytes]]:
    """The files that the emulated ATS has of the first candidate."""
    remote_id = homerun.record("candidate").remote_id
    person = next(each for each in homerun.emulator.people if each.id == remote_id)
    return [(file.name, file.type, file.content) for file in person.files]


def called(homerun: Writer, email: str) -> Any:
    """Whoever has this address there."""
    return next(person for person in homerun.emulator.people if person.email == email)


def left(homerun: Writer, folder: Path) -> tuple[list[Path], int]:
    """What is left of files here: in the storage, and rows. They go a moment after an action has ended."""
    until, found = time.monotonic() + 3, _left(homerun, folder)
    while found != ([], 0) and time.monotonic() < until:
        time.sleep(0.05)
        found = _left(homerun, folder)
    return found


def _left(homerun: Writer, folder: Path) -> tuple[list[Path], int]:
    with scope(tenant=homerun.connection.tenant):
        return [path for path in folder.rglob("*") if path.is_file()], Upload.objects.count()


@pytest.mark.parametrize("how", [sent, encoded])
def test_a_file_arrives_whole_and_its_record_is_answered(homerun, folder, how):
    answer = how(homerun, "ada.pdf", PDF, type="resume")

    assert answer.status_code == 200, answer.content
    told = answer.json()
    assert (told["file_name"], told["attachment_type"]) == ("ada.pdf", "resume")
    assert told["candidate"] == {"id": homerun.record("candidate").remote_id}
    assert ("ada.pdf", "resume", PDF) in held(homerun)
    assert left(homerun, folder) == ([], 0)


@pytest.mark.parametrize("how", [sent, encoded])
def test_the_same_file_again_is_a_repetition_and_another_is_not(homerun, folder, how):
    first, second = how(homerun, "ada.txt", b"Ada"), how(homerun, "ada.txt", b"Ada")
    other = how(homerun, "ada.txt", b"Bob")

    assert second.headers["X-Action-Id"] == first.headers["X-Action-Id"]
    assert (second.headers.get("Idempotent-Replayed"), "Idempotent-Replayed" in other.headers) == ("true", False)
    assert left(homerun, folder) == ([], 0)


def test_the_type_is_the_contents_whatever_name_and_sender_say(homerun):
    sent(homerun, "picture.png", PDF)

    (action,) = homerun.actions()
    assert json.loads(action.input)["file"]["content_type"] == "application/pdf"


def test_a_photo_has_to_be_a_picture(homerun, folder):
    refused = sent(homerun, "ada.png", PDF, photo="true")
    taken = sent(homerun, "ada.png", PNG, photo="true")

    assert refused.json()["message"] == "ada.png is no picture of a kind that is taken: jpeg, png, gif"
    assert (refused.status_code, taken.status_code) == (400, 200)
    assert homerun.effects() == ["photo replaced"]


@pytest.mark.parametrize("how", [sent, encoded])
@pytest.mark.parametrize(
    ("name", "content", "status", "message"),
    [
        ("empty.pdf", b"", 400, "empty.pdf is empty"),
        ("../../x", PDF, 400, "'../../x' is no name of a file, which holds no path"),
        ("..", PDF, 400, "'..' is no name of a file, which holds no path"),
        ("logo.svg", SVG, 400, "logo.svg is a page that could run a script, which is not passed on"),
        ("cv.pdf", SVG, 400, "cv.pdf is a page that could run a script, which is not passed on"),
        ("cv.pdf", b"\xff\xfe" + "<svg onload=1>".encode("utf-16-le"), 400, "cv.pdf is a page that could run a script"),
        ("cv.exe", b"MZ" + bytes(100), 400, "cv.exe is a program, which is not passed on"),
    ],
)
def test_what_is_not_taken_is_refused_and_leaves_nothing(homerun, folder, how, name, content, status, message):
    answer = how(homerun, name, content)

    assert answer.status_code == status
    assert message in answer.json()["message"]
    assert (homerun.actions(), homerun.effects(), left(homerun, folder)) == ([], [], ([], 0))


@pytest.mark.parametrize("how", [sent, encoded])
def test_a_file_that_is_too_large_is_refused_with_the_limit(homerun, folder, how):
    answer = how(homerun, "large.pdf", b"%PDF-" + bytes(26 * 1024 * 1024))

    assert (answer.status_code, "25 MB" in answer.json()["message"]) == (413, True)
    assert (homerun.actions(), left(homerun, folder)) == ([], ([], 0))


def test_a_body_that_is_far_too_large_is_not_read(homerun):
    client = Client(headers={"Authorization": f"Bearer {homerun.key}"})
    answer = client.post(
        f"/unified/ats/attachments?integrated_account_id={homerun.connection.pk}",
        b"{}",
        content_type="application/json",
        CONTENT_LENGTH="500000000",
    )

    assert answer.status_code == 413


def test_a_large_file_as_base64_is_not_held_in_memory(homerun):
    content = b"%PDF-" + bytes(range(256)) * (20 * 4096)
    data = base64.b64encode(content).decode().replace("/", "\\/")
    fields = json.dumps({"candidate_id": homerun.record("candidate").remote_id, "file_name": "large.pdf"})
    body = f'{fields[:-1]}, "data": "data:application\\/pdf;base64,{data}"}}'.encode()
    client = Client(headers={"Authorization": f"Bearer {homerun.key}"})
    address = f"/unified/ats/attachments?integrated_account_id={homerun.connection.pk}&dry_run=true"

    tracemalloc.start()
    answer = client.post(address, body, content_type="application/json")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert answer.status_code == 200
    (action,) = homerun.actions()
    assert json.loads(action.input)["file"]["size"] == len(content)
    assert peak - len(body) < 4 * 1024 * 1024  # the client itself holds the body once more


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({}, "cv.pdf: give its content or its address"),
        ({"data": "no base64!"}, "data: this is no base64"),
        ({"data": "QQ==", "file_url": "https://example.org/x"},
         "file_url: give a file's content or its address, not both"),
        ({"file_url": "ftp://example.org/x"}, "file_url: A file is fetched by https only, not by ftp"),
        ({"file_url": "https://me:secret@example.org/x"},
         "file_url: A file's address names a host, and no user or password"),
        ({"file_url": "https://[::1/x"}, "file_url: A file's address has to be a whole https address"),
        ({"text": "x" * 300_000}, "Object contains unknown field `text`"),
        ({"file_url": "x" * 300_000}, "A text is longer than 262144 bytes, which no field takes"),
    ],
)  # fmt: skip
def test_a_file_is_told_of_clearly(homerun, folder, fields, message):
    body = {"candidate_id": homerun.record("candidate").remote_id, "file_name": "cv.pdf", **fields}

    answer = homerun.send("POST", "attachments", body)

    assert (answer.status_code, answer.json()["message"]) == (400, message)
    assert (homerun.actions(), left(homerun, folder)) == ([], ([], 0))


def test_a_full_disk_is_said_and_leaves_nothing(homerun, folder, monkeypatch):
    def full(self: Any, name: str, content: Any) -> str:
        Path(self.path(name)).parent.mkdir(parents=True, exist_ok=True)
        Path(self.path(name)).write_bytes(content.read(10))
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(FileSystemStorage, "_save", full)

    answer = sent(homerun, "ada.pdf", PDF)

    assert (answer.status_code, answer.json()["message"].partition(".")[0]) == (
        507,
        "There is no room for the file here now",
    )
    assert (homerun.actions(), left(homerun, folder)) == ([], ([], 0))


@pytest.mark.parametrize("how", [sent, encoded])
def test_no_room_for_what_is_being_received_is_said_too(homerun, folder, how, settings, monkeypatch):
    settings.FILE_UPLOAD_TEMP_DIR = "/nowhere"
    monkeypatch.setattr("tempfile.tempdir", "/nowhere")

    answer = how(homerun, "ada.pdf", PDF * 2000)

    assert (answer.status_code, answer.json()["error"]) == (507, "Insufficient Storage")
    assert (homerun.actions(), left(homerun, folder)) == ([], ([], 0))


def test_a_candidate_comes_with_files(homerun):
    papers = [
        {"file_name": "cv.pdf", "type": "resume", "data": base64.b64encode(PDF).decode()},
        {"file_name": "letter.txt", "data": base64.b64encode(b"Dear all").decode()},
    ]
    body = {
        "first_name": "Grace",
        "last_name": "Hopper",
        "emails": [{"email": "old@example.org"}, {"email": "grace@example.org", "is_primary": True}],
        "phones": [{"number": "+1 212 555 0100"}],
        "attachments": papers,
    }

    answer = homerun.send("POST", "candidates", body)

    assert answer.status_code == 200, answer.content
    told = answer.json()
    assert (told["name"], [mail["email"] for mail in told["emails"]]) == ("Grace Hopper", ["grace@example.org"])
    assert sorted(file["file_name"] for file in told["attachments"]) == ["cv.pdf", "letter.txt"]
    person = called(homerun, "grace@example.org")
    assert (person.email, sorted(file.content for file in person.files)) == ("grace@example.org", [PDF, b"Dear all"])


def test_an_application_is_answered_for_a_new_person(homerun):
    job = homerun.record("job", status="OPEN")
    body = {
        "candidate": {"first_name": "Grace", "last_name": "Hopper", "emails": [{"email": "grace@example.org"}]},
        "job": {"id": job.remote_id},
    }

    answer = homerun.send("POST", "applications", body)

    assert answer.status_code == 200, answer.content
    assert (answer.json()["job"], answer.json()["candidate"]) == (
        {"id": job.remote_id},
        {"id": called(homerun, "grace@example.org").id},
    )


def test_a_candidate_is_changed(homerun):
    candidate = homerun.record("candidate")

    answer = homerun.send("PATCH", f"candidates/{candidate.remote_id}", {"first_name": "Grace"})

    assert (answer.status_code, answer.json()["first_name"]) == (200, "Grace")
    assert answer.json() == homerun.send("GET", f"candidates/{candidate.remote_id}").json()


# -- By their address --------------------------------------------------------------------------------------------------


class Server(ThreadingHTTPServer):
    """Serves what is put into `pages`, and keeps the headers that it was asked with."""

    pages: dict[str, tuple[int, dict[str, str], bytes]]
    asked: list[dict[str, str]]


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        status, headers, content = self.server.pages.get(self.path, (404, {}, b""))
        self.server.asked.append({name.lower(): value for name, value in self.headers.items()})
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def web(settings) -> Iterator[tuple[Server, str]]:
    """A web server on this machine, which only an operator can let us ask."""
    settings.FETCH_INSIDE = ["127.0.0.1"]
    server = Server(("127.0.0.1", 0), Handler)
    server.pages, server.asked = {"/cv.pdf": (200, {"Set-Cookie": "a=b"}, PDF)}, []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def by_address(homerun: Writer, address: str, query: str = "") -> Any:
    body = {"candidate_id": homerun.record("candidate").remote_id, "file_url": address}
    return homerun.send("POST", "attachments", body, query=query)


def test_a_file_is_fetched_from_its_address(homerun, web, folder):
    server, address = web
    server.pages["/moved"] = (302, {"Location": "/cv.pdf", "Set-Cookie": "session=1"}, b"")

    answer = by_address(homerun, f"{address}/moved")

    assert answer.status_code == 200, answer.content
    assert [content for _, _, content in held(homerun) if content == PDF] == [PDF]
    assert not any({"cookie", "authorization"} & asked.keys() for asked in server.asked)
    assert left(homerun, folder) == ([], 0)


def test_a_rehearsal_fetches_the_file_and_keeps_nothing_of_it(homerun, web, folder):
    _, address = web

    answer = by_address(homerun, f"{address}/cv.pdf", "&dry_run=true")

    assert answer.status_code == 200, answer.content
    (write,) = answer.json()["writes"]
    assert write["file"] == {"name": "cv.pdf", "bytes": len(PDF), "content_type": "application/pdf"}
    assert (homerun.effects(), left(homerun, folder)) == ([], ([], 0))


def test_a_rehearsal_says_at_once_that_an_address_does_not_answer(homerun, web, folder):
    server, address = web
    server.pages["/x"] = (503, {}, b"")

    answer = by_address(homerun, f"{address}/x", "&dry_run=true")

    assert (answer.status_code, answer.json()["message"]) == (422, "The file's address answered 503.")
    assert [action.attempts for action in homerun.actions()] == [1]
    assert (homerun.effects(), left(homerun, folder)) == ([], ([], 0))


@pytest.mark.parametrize("query", ["", "&dry_run=true"], ids=["sent", "rehearsed"])
@pytest.mark.parametrize(
    ("page", "words"),
    [
        ((404, {}, b""), "The file's address answered 404"),
        ((200, {}, b""), "x is empty"),
        ((200, {}, SVG), "x is a page that could run a script"),
        ((200, {"Content-Length": "99000000"}, b""), "larger than the 25 MB that are taken"),
        ((200, {}, b"%PDF-" + bytes(26 * 1024 * 1024)), "larger than the 25 MB that are taken"),
        ((200, {"Content-Encoding": "gzip"}, b"x"), "answered something packed"),
        ((302, {"Location": "/x"}, b""), "leads from one to the next without end"),
        ((302, {"Location": "http://169.254.169.254/latest/meta-data"}, b""), "169.254.169.254 is no public address"),
        ((302, {"Location": "http://localhost/x"}, b""), "localhost is no public address"),
        ((302, {"Location": "file:///etc/passwd"}, b""), "by https only, not by file"),
    ],
)
def test_what_an_address_gives_is_judged_like_what_is_sent(homerun, web, folder, page, words, query):
    server, address = web
    server.pages["/x"] = page

    answer = by_address(homerun, f"{address}/x", query)

    told = answer.json()
    assert (answer.status_code, told["action"]["state"], words in told["message"]) == (422, "refused", True)
    assert (homerun.effects(), left(homerun, folder)) == ([], ([], 0))


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("http://169.254.169.254/latest/meta-data", 400),
        ("http://127.0.0.1:1/x", 400),
        ("http://[::1]/x", 400),
        ("http://[::ffff:10.0.0.1]/x", 400),
        ("http://[fe80::1%25eth0]/x", 400),
        ("http://10.0.0.1/x", 400),
        ("http://2130706433/x", 422),
        ("http://localhost/x", 422),
    ],
)
def test_an_address_inside_is_never_asked(homerun, folder, address, status):
    """One in figures is refused before anything is queued, a name when it is looked up."""
    answer = by_address(homerun, address)

    assert (answer.status_code, "is no public address" in answer.json()["message"]) == (status, True)
    assert [action.state for action in homerun.actions()] == (["refused"] if status == 422 else [])
    assert (homerun.effects(), left(homerun, folder)) == ([], ([], 0))


def test_away_from_the_demo_only_https_is_taken(homerun, settings):
    settings.LOOPBACK_ONLY = False

    answer = by_address(homerun, "http://example.org/cv.pdf")

    assert (answer.status_code, homerun.actions()) == (400, [])
    assert answer.json()["message"] == "file_url: A file is fetched by https only, not by http"


def test_forms_are_for_attachments_alone(homerun):
    client = Client(headers={"Authorization": f"Bearer {homerun.key}"})
    address = f"/unified/ats/activities?integrated_account_id={homerun.connection.pk}"

    answer = client.post(address, {"body": "x", "file": SimpleUploadedFile("x", b"x")})

    assert answer.status_code == 415
