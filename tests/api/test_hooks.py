"""The door for webhooks: what is proved is stored and answered at once, everything else leaves no trace."""

import hashlib
import hmac
import json
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django_scopes import scope

from atsbridge.connections import unlinking
from atsbridge.connections.models import Connection
from atsbridge.records import forgetting
from atsbridge.sync import hooks
from atsbridge.sync.models import Arrival, Hook
from atsbridge.tenants.models import Tenant
from tests.conftest import Browser
from tests.sync import calling, harness

pytestmark = pytest.mark.django_db(transaction=True)
SENT = {"event": "candidate.updated", "candidate_id": 407500121, "date": "2026-05-03T11:20:00+00:00"}


@pytest.fixture
def linked(acme: Tenant) -> Connection:
    """Acme's CATS, which is neither asked for anything here nor synced."""
    connection = harness.link(acme, "cats", harness.emulate("cats", jobs=1, people=1))
    with scope(tenant=acme):
        hooks._make(connection)
    return connection


def send(connection: Connection, body: Any, *, secret: str = "", to: str = "", **headers: str) -> Any:
    """What the door answers to a body, signed as CATS does."""
    with scope(tenant=connection.tenant):
        hook = calling.hook(connection)
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    number = headers.pop("id", "8f7a6d0c-0c1f-4b6e-9d4b-3f6f0c2b7a11")
    signed = hmac.new((secret or hooks.secret(hook)).encode(), content + number.encode(), hashlib.sha256).hexdigest()
    sent = {"X-Request-Id": number, "X-Signature": f"HMAC-SHA256 {signed}", **headers}
    path = to or f"/hooks/cats/{hook.token}"
    return Client().post(path, content, content_type="application/json", headers=sent)


def arrived(tenant: Tenant) -> list[tuple[str, str, str, str]]:
    with scope(tenant=tenant):
        return [(one.kind, one.subject, one.state, one.error) for one in Arrival.objects.order_by("received_at")]


def test_what_is_signed_is_stored_before_it_is_answered(acme: Tenant, linked: Connection):
    answer = send(linked, SENT)

    assert (answer.status_code, answer.json(), answer.headers["Cache-Control"]) == (202, {"stored": True}, "no-store")
    assert arrived(acme) == [("candidate.updated", "candidates/407500121", "waiting", "")]


def test_a_repeat_is_answered_alike_and_stored_once(acme: Tenant, linked: Connection):
    assert [send(linked, SENT).status_code for _ in range(3)] == [202] * 3
    assert send(linked, SENT, id="another").status_code == 202

    assert len(arrived(acme)) == 2


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Signature": "HMAC-SHA256 " + "0" * 64},
        {"X-Signature": "HMAC-SHA256"},
        {"X-Signature": ""},
        {"X-Signature": "HMAC-SHA256 ü"},
        {"X-Request-Id": "not the one that was signed"},
    ],
)
def test_a_wrong_signature_leaves_nothing(acme: Tenant, linked: Connection, headers: dict[str, str]):
    answer = send(linked, SENT, **headers)

    assert (answer.status_code, answer.json()["message"]) == (401, "The signature is not right.")
    assert arrived(acme) == []


def test_another_secret_and_another_body_are_no_proof(acme: Tenant, linked: Connection):
    assert send(linked, SENT, secret="another").status_code == 401
    with scope(tenant=acme):
        hook = calling.hook(linked)
    right = hmac.new(hooks.secret(hook).encode(), json.dumps(SENT).encode() + b"1", hashlib.sha256).hexdigest()
    headers = {"X-Request-Id": "1", "X-Signature": f"HMAC-SHA256 {right}"}
    answer = Client().post(f"/hooks/cats/{hook.token}", b"{}", content_type="application/json", headers=headers)

    assert (answer.status_code, arrived(acme)) == (401, [])


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b'{"event": "candid', "It is not JSON"),
        (b"[" * 100_000, "It is nested more than 200 levels deep"),
        (b"[]", "It names no event"),
        (b'{"event": "candidate.updated"}', "It names no candidate"),
        (b'{"event": "candidate.updated", "candidate_id": "../../site"}', "It names no candidate"),
    ],
)
def test_what_is_signed_and_cannot_be_read_is_kept_with_its_reason(acme: Tenant, linked: Connection, body, why):
    assert send(linked, body).status_code == 202

    assert [found[2:] for found in arrived(acme)] == [("failed", why)]


def test_words_that_no_database_takes_are_taken(acme: Tenant, linked: Connection):
    answer = send(linked, b'{"event": "candidate.up\\u0000d\\ud800ated", "candidate_id": 5}')

    assert (answer.status_code, arrived(acme)) == (202, [("candidate.updated", "candidates/5", "waiting", "")])


def test_nothing_is_kept_of_what_nobody_here_reads(acme: Tenant, linked: Connection):
    send(linked, {"event": "company.updated", "company_id": 7, "_embedded": {"company": {"name": "Secret Ltd"}}})

    assert arrived(acme) == [("company.updated", "", "ignored", "Nothing of this kind is read")]
    with scope(tenant=acme):
        assert bytes(Arrival.objects.get().body) == b""


def test_too_much_is_refused_and_a_get_is_none(acme: Tenant, linked: Connection):
    assert send(linked, b" " * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)).status_code == 413
    with scope(tenant=acme):
        path = f"/hooks/cats/{calling.hook(linked).token}"
    looked = Client().get(path)

    assert (looked.status_code, looked.headers["Allow"], arrived(acme)) == (405, "POST", [])


@pytest.mark.parametrize("path", ["/hooks/cats/unknown", "/hooks/cats/un.known", "/hooks/homerun/{token}"])
def test_an_address_that_nobody_gave_out_is_not_there(acme: Tenant, linked: Connection, path: str):
    with scope(tenant=acme):
        token = calling.hook(linked).token

    assert send(linked, SENT, to=path.format(token=token)).status_code == 404
    assert arrived(acme) == []


def test_an_unlinked_account_answers_410_until_and_after_it_is_gone(acme: Tenant, linked: Connection):
    with scope(tenant=acme):
        token, secret = calling.hook(linked).token, hooks.secret(calling.hook(linked))
        unlinking.unlink(linked, now=True)
        assert send(linked, SENT, secret=secret).status_code == 410
        unlinking.purge_due(forgetting.empty_events)
        assert not Hook.objects.exists()

    answer = Client().post(f"/hooks/cats/{token}", b"{}", content_type="application/json")

    assert answer.status_code == 410
    assert answer.json()["message"] == "This account is no longer linked here. Send nothing more to this address."
    assert arrived(acme) == []


def test_a_strangers_secret_opens_nothing_of_acmes(
    acme: Tenant, globex: Tenant, linked: Connection, charlie: Browser, globex_key: str
):
    theirs = harness.link(globex, "cats", harness.emulate("cats", seed=2, jobs=1, people=1))
    with scope(tenant=globex):
        secret = hooks.secret(hooks._make(theirs))

    assert send(linked, SENT, secret=secret).status_code == 401
    with scope(tenant=acme):
        token = calling.hook(linked).token
    assert charlie.post(f"/hooks/cats/{token}", b"{}", content_type="application/json").status_code == 401
    assert (arrived(acme), arrived(globex)) == ([], [])


def test_a_secret_that_no_key_opens_is_no_refusal(acme: Tenant, linked: Connection):
    with scope(tenant=acme):
        good = calling.hook(linked)
        secret = hooks.secret(good)
        Hook.objects.update(sealed={hooks.SECRET: good.sealed[hooks.SECRET].replace("example", "lost")})

    assert send(linked, SENT, secret=secret).status_code == 503


def test_a_body_that_is_too_large_to_keep_is_still_a_hint(acme: Tenant, linked: Connection, monkeypatch):
    monkeypatch.setattr("atsbridge.sync.arrivals.KEPT_BODY", 10)

    assert send(linked, SENT).status_code == 202
    assert arrived(acme) == [("candidate.updated", "candidates/407500121", "waiting", "")]
