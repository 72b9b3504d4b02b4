"""Files read live: `file_url` is an address of ours that is signed, ends, and streams."""

import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
import time_machine
from django.test import Client
from django_scopes import scope

from atsbridge.connections.models import Connection, Exchange
from atsbridge.records.models import Record
from atsbridge.sync import downloads
from connectors import http
from connectors.cats.emulator_files import ELSEWHERE
from connectors.emulation_faults import Fault
from tests.api.acting import Writer, writer
from tests.sync import harness

PDF = b"%PDF-1.7\n" + bytes(range(256)) * 300


@pytest.fixture(params=["homerun", "cats"])
def ats(request, acme) -> Iterator[Writer]:
    """Acme's synced account of each ATS in turn, in which somebody has a file."""
    emulator = harness.emulate(request.param, jobs=2, people=8)
    with harness.mounted(request.param, emulator):
        connection = harness.link(acme, request.param, emulator)
        harness.sync(connection)
        file = somebodys_file(emulator, request.param)
        file.content = PDF
        yield writer(connection, emulator)


def somebodys_file(emulator: Any, slug: str) -> Any:
    """A file of the emulated ATS, of which no other file of its owner has the name."""
    people = emulator.people if slug == "homerun" else emulator.account.candidates.values()
    person = next(each for each in people if each.files)
    person.files = person.files[:1]
    return person.files[0]


def read(ats: Writer) -> dict[str, Any]:
    """The attachment of whoever has one, as a machine reads it."""
    with scope(tenant=ats.connection.tenant):
        for record in Record.objects.filter(model="candidate").order_by("remote_id"):
            harness.read_detail(record)
        owners = Record.objects.filter(model="attachment", title__gt="").values_list("candidate", flat=True)
        found = {row["id"]: row for row in ats.send("GET", "attachments").json()["result"]}
    assert owners
    return next(row for row in found.values() if fetched(row["file_url"]) == PDF)


def answer(address: str, **headers: Any) -> Any:
    """What an address of ours answers to somebody without a key."""
    return Client().get(address.removeprefix("http://127.0.0.1:8000"), **headers)


def fetched(address: str) -> bytes:
    return b"".join(answer(address).streaming_content)


def test_a_records_file_is_streamed_from_the_provider_without_a_key(ats):
    row = read(ats)
    with scope(tenant=ats.connection.tenant):
        Exchange.objects.all().delete()

    got = answer(row["file_url"])

    assert b"".join(got.streaming_content) == PDF
    assert {name: got.headers[name] for name in ("Content-Type", "Content-Disposition", "X-Content-Type-Options")} == {
        "Content-Type": "application/pdf",
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(row['file_name'], safe='')}",
        "X-Content-Type-Options": "nosniff",
    }
    with scope(tenant=ats.connection.tenant):
        logged = list(Exchange.objects.values_list("by", "method", "status", "body"))
    assert logged == [("download", "GET", 200, b"")]


def test_a_machine_downloads_by_the_same_address(ats):
    row = read(ats)

    got = ats.send("POST", "attachments/download", query=f"&file_url={quote(row['file_url'], safe='')}")

    assert (got.status_code, b"".join(got.streaming_content)) == (200, PDF)


def test_a_key_downloads_nothing_of_another_tenants(ats, globex, globex_key):
    address = read(ats)["file_url"]
    emulator = harness.emulate("homerun", jobs=1, people=1)
    theirs = Writer(harness.link(globex, "homerun", emulator), emulator, globex_key)
    query = f"&file_url={quote(address, safe='')}"

    assert theirs.send("POST", "attachments/download", query=query).status_code == 404
    theirs.connection = ats.connection
    assert theirs.send("POST", "attachments/download", query=query).status_code == 404


@pytest.mark.parametrize("address", ["/files/x", "/files/a.b.c:d", "/files/%00", "/files/x/y"])
def test_what_is_no_address_of_ours_opens_nothing(db, address):
    got = answer(address)

    assert (got.status_code, got.headers["Content-Type"].partition(";")[0] in ("application/json", "text/html")) == (
        404,
        True,
    )


def test_an_address_is_signed_and_ends(ats):
    address = read(ats)["file_url"]
    _, _, token = address.rpartition("/")
    other = token.replace(token[:4], "0000", 1)

    assert answer(address.replace(token, other)).status_code == 404
    with time_machine.travel(downloads.ticket(address)[2] + 1):
        assert answer(address).json()["message"] == (
            "This address has ended. Read the record again, its file_url has a new one."
        )


def test_an_address_lasts_for_an_hour_and_stays_the_same_meanwhile(acme):
    with time_machine.travel(3600 * 500_000, tick=False):
        first = downloads.link(acme.pk, acme.pk)
    with time_machine.travel(3600 * 500_001 - 1, tick=False):
        assert downloads.link(acme.pk, acme.pk) == first
        assert downloads.ticket(first)[2] - 3600 * 500_001 == 3600
    with time_machine.travel(3600 * 500_001, tick=False):
        assert downloads.link(acme.pk, acme.pk) != first


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"<svg onload='alert(1)'/>", "application/octet-stream"),
        (b"<!doctype html><script>", "application/octet-stream"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"", "text/plain"),
    ],
)
def test_the_type_is_a_safe_one(ats, content, kind):
    address = read(ats)["file_url"]
    somebodys_file(ats.emulator, ats.connection.connector).content = content

    got = answer(address)

    assert (got.headers["Content-Type"], b"".join(got.streaming_content)) == (kind, content)
    assert got.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"


def test_a_file_that_is_gone_there_is_not_there(ats):
    address = read(ats)["file_url"]
    people = ats.emulator.people if ats.connection.connector == "homerun" else ats.emulator.account.candidates.values()
    for person in people:
        person.files = []

    assert answer(address).status_code == 404


def test_what_the_provider_refuses_is_said(ats):
    address = read(ats)["file_url"]
    ats.emulator.faults.append(Fault("500", times=9))

    got = answer(address)

    assert (got.status_code, got.json()["error"]) == (502, "Bad Gateway")


def test_a_spent_budget_is_told_with_the_time_to_wait(ats, monkeypatch):
    address = read(ats)["file_url"]
    monkeypatch.setattr("atsbridge.connections.budget.Purse.take", lambda *told, most: 7.0)

    got = answer(address)

    assert (got.status_code, got.headers["Retry-After"]) == (429, "8")


def test_a_connection_that_rests_gives_no_files(ats):
    address = read(ats)["file_url"]
    with scope(tenant=ats.connection.tenant):
        Connection.objects.update(state="paused")

    assert answer(address).status_code == 404


def test_a_key_never_goes_to_the_host_that_a_download_leads_to(acme):
    emulator = harness.emulate("cats", jobs=2, people=8)
    with harness.mounted("cats", emulator):
        http.mounts[f"https://{ELSEWHERE}"] = emulator.transport()
        connection = harness.link(acme, "cats", emulator)
        harness.sync(connection)
        somebodys_file(emulator, "cats").content = PDF
        emulator.habits.download = "redirect"
        try:
            assert fetched(read(writer(connection, emulator))["file_url"]) == PDF
        finally:
            del http.mounts[f"https://{ELSEWHERE}"]
    elsewhere = [call for call in emulator.calls if call.path.startswith("/files/")]
    assert elsewhere
    assert not any("authorization" in {name.lower() for name in call.headers} for call in elsewhere)


def test_downloads_are_asked_with_get_alone(ats):
    address = read(ats)["file_url"].removeprefix("http://127.0.0.1:8000")

    assert Client().post(address).status_code == 405
    assert ats.send("POST", "attachments/download").status_code == 400


@pytest.mark.parametrize("one", [False, True], ids=["list", "one"])
def test_an_address_lasts_as_long_as_was_asked_for(ats, one):
    row, asked = read(ats), int(time.time())

    got = ats.send("GET", f"attachments/{row['id']}" if one else "attachments", query="&expires_in=60").json()
    address = got["file_url"] if one else next(each["file_url"] for each in got["result"] if each["id"] == row["id"])

    assert 60 <= downloads.ticket(address)[2] - asked <= 70
    assert fetched(address) == PDF
    with time_machine.travel(asked + 75):
        assert answer(address).status_code == 404


@pytest.mark.parametrize("value", ["0", "-1", "3601", "1e3", "60.5", "", "x", "9" * 30, "٣", "60,70"])
def test_a_life_that_no_address_has_is_refused_by_name(ats, settings, value):
    settings.FILE_LINK_SECONDS = 3600

    got = ats.send("GET", "attachments", query=f"&expires_in={quote(value)}")

    assert (got.status_code, got.json()["message"]) == (400, "expires_in: A whole number from 1 to 3600.")


def test_only_what_has_addresses_of_files_takes_a_life_for_them(ats):
    assert "expires_in: It is no parameter" in ats.send("GET", "candidates", query="&expires_in=60").json()["message"]


def test_no_address_outlasts_the_limit_of_the_installation(ats, settings):
    settings.FILE_LINK_SECONDS = 120
    row = read(ats)

    assert 0 < downloads.ticket(row["file_url"])[2] - int(time.time()) <= 120
