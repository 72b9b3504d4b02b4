"""Files that nobody takes, sent by a machine and filled into the form: refused alike with a clear error, and nothing
of them stays."""
# ruff: noqa: F811 - the fixtures of another file, by their names

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import FileSystemStorage

from tests.api.acting import Writer
from tests.api.test_writing_files import (  # noqa: F401 - fixtures are among them
    PDF,
    SVG,
    by_address,
    encoded,
    folder,
    homerun,
    left,
    web,
)
from tests.conftest import Browser
from tests.dashboard import reading

pytestmark = pytest.mark.django_db(transaction=True)
LARGE = b"%PDF-" + bytes(26 * 1024 * 1024)
INSIDE = "http://169.254.169.254/latest/meta-data"
type Send = Callable[..., tuple[int, str]]
"""Sends a file, or its address: how it was refused, and in which words."""


@pytest.fixture(params=["json", "form"])
def send(request: pytest.FixtureRequest, homerun: Writer, alice: Browser) -> Send:
    """Each way in turn."""

    def as_json(name: str = "", content: bytes = b"", url: str = "") -> tuple[int, str]:
        answer = by_address(homerun, url) if url else encoded(homerun, name, content)
        return answer.status_code, answer.json()["message"]

    def as_form(name: str = "", content: bytes = b"", url: str = "") -> tuple[int, str]:
        answer = _filled_in(alice, homerun, name, content, url)
        if answer.status_code != 302:
            return answer.status_code, reading.text(answer.content.decode())
        return 422, _ended(alice, answer["Location"])

    return as_json if request.param == "json" else as_form


def _filled_in(alice: Browser, homerun: Writer, name: str, content: bytes, url: str) -> Any:
    """The form, sent with the very name: Django's client would cut a path off."""
    address = f"/t/acme/records/candidates/{homerun.record('candidate').id}/act/add_attachment/"
    fields = {"file-0-type": "CV", "file-0-url": url}
    lines = [f'--x\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n' for key, value in fields.items()]
    if not url:
        lines.append(f'--x\r\nContent-Disposition: form-data; name="file-0-upload"; filename="{name}"\r\n\r\n')
    body = "".join(lines).encode() + content + b"\r\n--x--\r\n"
    return alice.generic("POST", address, body, content_type="multipart/form-data; boundary=x")


def _ended(alice: Browser, address: str) -> str:
    """What the page of an action says when it has ended."""
    for _ in range(200):
        words = reading.text(reading.content(alice.get(address)))
        if "Refused" in words:
            return words
        time.sleep(0.05)
    raise AssertionError(words)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("large.pdf", LARGE, "25 MB"),
        ("empty.pdf", b"", "empty"),
        ("../../x", PDF, "is no name of a file, which holds no path"),
        ("..\\..\\x", PDF, "is no name of a file, which holds no path"),
        ("logo.svg", SVG, "logo.svg is a page that could run a script, which is not passed on"),
        ("photo.png", SVG, "photo.png is a page that could run a script, which is not passed on"),
    ],
    ids=["26 MB", "0 bytes", "a path", "another path", "a script", "a script by another name"],
)
def test_a_file_that_nobody_takes_is_refused_and_leaves_nothing(
    send: Send,
    homerun: Writer,
    folder: Path,
    name: str,
    content: bytes,
    words: str,
) -> None:
    status, said = send(name, content)

    assert (400 <= status < 500, words in said) == (True, True), said
    assert (homerun.actions(), homerun.effects(), left(homerun, folder)) == ([], [], ([], 0))


def test_a_full_disk_is_said_and_leaves_nothing(
    send: Send,
    homerun: Writer,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full(self: Any, name: str, content: Any) -> str:
        Path(self.path(name)).parent.mkdir(parents=True, exist_ok=True)
        Path(self.path(name)).write_bytes(content.read(10))
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(FileSystemStorage, "_save", full)

    status, said = send("ada.pdf", PDF)

    assert (status in (422, 507), "There is no room for the file here now" in said) == (True, True), said
    assert (homerun.actions(), homerun.effects(), left(homerun, folder)) == ([], [], ([], 0))


def test_an_address_inside_is_refused_and_leaves_nothing(send: Send, homerun: Writer, folder: Path) -> None:
    status, said = send(url=INSIDE)

    assert (status in (400, 422), "169.254.169.254 is no public address" in said) == (True, True), said
    assert (homerun.actions(), homerun.effects(), left(homerun, folder)) == ([], [], ([], 0))


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ((302, {"Location": INSIDE}, b""), "169.254.169.254 is no public address"),
        ((200, {}, LARGE), "larger than the 25 MB that are taken"),
        ((200, {}, b""), "x.pdf is empty"),
        ((200, {}, SVG), "x.pdf is a page that could run a script"),
    ],
    ids=["a redirect inside", "26 MB", "0 bytes", "a script"],
)
def test_what_stands_at_an_address_is_refused_and_leaves_nothing(
    send: Send,
    homerun: Writer,
    folder: Path,
    web: Any,
    page: tuple[int, dict[str, str], bytes],
    words: str,
) -> None:
    server, address = web
    server.pages["/x.pdf"] = page

    status, said = send(url=f"{address}/x.pdf")

    assert (status, words in said) == (422, True), said
    assert [action.state for action in homerun.actions()] == ["refused"]
    assert (homerun.effects(), left(homerun, folder)) == ([], ([], 0))
