"""What comes of an exchange: its data, its failure, and a trace without secrets."""

from collections.abc import Callable
from typing import Any

import pytest
import requests
import responses

from connectors.errors import (
    Rejected,
    TemporaryFailure,
)
from tests.connectors.conftest import Mount
from tests.connectors.plain import KEY, URL, Desk


@pytest.fixture
def desk(mount: Mount) -> Callable[..., Desk]:
    return lambda **callables: Desk(mount, **callables)


@pytest.mark.parametrize(
    ("body", "data"),
    [
        (b"", None),
        (b"  ", None),
        (b"0", 0),
        (b'{"a": "\\ud83d"}', {"a": "\ud83d"}),
        (b'{"a": "\\u0000"}', {"a": "\x00"}),
    ],
)
def test_good_answers_are_decoded(desk: Callable[..., Desk], network: responses.RequestsMock, body: bytes, data: Any):
    network.get(f"{URL}/x", body=body)

    assert desk().talk.get("x").data == data


@pytest.mark.parametrize("body", [b'{"data": [', b"<html>", b"\xff\xfe", b'{"a": 1} and more'])
def test_a_good_status_with_broken_json_is_temporary(
    desk: Callable[..., Desk], network: responses.RequestsMock, body: bytes
):
    network.get(f"{URL}/x", body=body)

    with pytest.raises(TemporaryFailure, match="not JSON") as caught:
        desk().talk.send("GET", "x")
    assert (caught.value.status, caught.value.sent) == (200, True)


def test_an_exchange_tells_all_but_secrets(desk: Callable[..., Desk], network: responses.RequestsMock):
    network.get(
        f"{URL}/x",
        body=b'{"a": 1}',
        content_type="application/json",
        headers={"X-Limit": "10", "X-Left": "9", "Set-Cookie": "session=1", "X-Request-Id": "r1"},
    )
    tried = desk()
    tried.talk.get("x", {"page": 2})
    [exchange] = tried.exchanges

    assert (exchange.method, exchange.path, exchange.query, exchange.status) == ("GET", "x", "page=2", 200)
    assert (exchange.size, exchange.body, exchange.error) == (8, b"", "")
    assert exchange.request_headers == {"accept": "application/json", "user-agent": "atsbridge"}
    assert exchange.response_headers == {
        "content-type": "application/json",
        "content-length": "8",
        "x-request-id": "r1",
        "x-limit": "10",
        "x-left": "9",
    }


def test_a_failure_keeps_its_body_without_the_key_and_at_most_64_kilobytes(
    desk: Callable[..., Desk], network: responses.RequestsMock
):
    network.get(f"{URL}/x", status=400, body=f"bad key {KEY}! ".encode() + b"x" * 100_000)
    tried = desk()

    with pytest.raises(Rejected) as caught:
        tried.talk.get("x")
    [exchange] = tried.exchanges
    assert exchange.body.startswith("bad key •••! xxx".encode())
    assert len(exchange.body) <= 64 * 1024
    assert exchange.size == 100_023
    assert KEY not in f"{caught.value} {caught.value.message} {exchange}"


def test_what_is_sent_besides_the_credentials_is_blacked_out_too(
    desk: Callable[..., Desk], network: responses.RequestsMock
):
    network.post(f"{URL}/webhooks", status=400, body=b"no s3cret-of-ours here")
    tried = desk()
    tried.talk.hidden = ("s3cret-of-ours",)

    with pytest.raises(Rejected) as caught:
        tried.talk.send("POST", "webhooks", body={"secret": "s3cret-of-ours"})
    [exchange] = tried.exchanges
    assert exchange.body == "no ••• here".encode()
    assert "s3cret" not in f"{caught.value} {caught.value.message} {exchange}"


@pytest.mark.parametrize(
    ("error", "words", "sent"),
    [
        (requests.ConnectionError("no route"), "could not be reached", False),
        (requests.Timeout("slow"), "did not answer in time", True),
    ],
    ids=["unreachable", "slow"],
)
def test_without_an_answer_it_says_whether_the_request_may_have_arrived(
    desk: Callable[..., Desk], network: responses.RequestsMock, error: Exception, words: str, sent: bool
):
    network.post(f"{URL}/x", body=error)
    tried = desk()

    with pytest.raises(TemporaryFailure, match=words) as caught:
        tried.talk.send("POST", "x", body={})
    assert caught.value.sent is sent
    assert [(exchange.status, words in exchange.error) for exchange in tried.exchanges] == [(None, True)]
