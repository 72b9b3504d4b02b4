"""The one place that talks: what is sent, what is tried again, and what is waited for."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
import requests
import responses
from responses.matchers import header_matcher, json_params_matcher, query_param_matcher

from connectors import http
from connectors.acting import Write
from connectors.credentials import bearer, token
from connectors.errors import (
    AuthFailed,
    ConnectorError,
    NotFound,
    PlanRequired,
    RateLimited,
    Rejected,
    ScopeMissing,
    TemporaryFailure,
    Unsupported,
)
from connectors.http import Talk
from connectors.unified.actions import File
from tests.connectors.conftest import Mount
from tests.connectors.forward import Forward
from tests.connectors.plain import KEY, URL, Desk, Plain


@pytest.fixture
def desk(mount: Mount) -> Callable[..., Desk]:
    return lambda **callables: Desk(mount, **callables)


def test_a_request_is_signed_and_its_parts_are_encoded(desk: Callable[..., Desk], network: responses.RequestsMock):
    network.get(
        f"{URL}/stages/In%20out%3F/%C3%BC",
        json={"ok": [1]},
        match=[
            header_matcher({"Authorization": f"Bearer {KEY}", "Accept": "application/json", "User-Agent": "atsbridge"}),
            query_param_matcher({"include[]": ["a", "b"], "page": "2"}),
        ],
    )
    answer = desk().talk.get("stages/In out?/ü", {"include[]": ["a", "b"], "page": 2})

    assert (answer.status, answer.data) == (200, {"ok": [1]})


def test_a_body_is_sent_as_json_once(desk: Callable[..., Desk], network: responses.RequestsMock):
    network.post(f"{URL}/people", status=503, body=b"later", match=[json_params_matcher({"name": "Zoë"})])

    with pytest.raises(TemporaryFailure, match="later"):
        desk().talk.send("POST", "people", body={"name": "Zoë"})
    assert len(network.calls) == 1


def test_an_unsigned_request_carries_no_key(desk: Callable[..., Desk], network: responses.RequestsMock):
    network.get(f"{URL}/file", json=1)
    desk().talk.send("GET", "file", signed=False)

    assert "Authorization" not in network.calls[0].request.headers


def test_tokens_and_bearers_lose_the_blanks_around_a_pasted_key():
    assert bearer("key")({"key": " 1|ab \n"}) == {"Authorization": "Bearer 1|ab"}
    assert token("key")({"key": "\tab"}) == {"Authorization": "Token ab"}


@pytest.mark.parametrize("key", ["клюЧ", "two\nlines", "zero\u200bwidth"])
def test_a_key_that_no_header_can_carry_is_refused_before_it_is_sent(mount: Mount, key: str):
    mount(Plain, Forward())

    with pytest.raises(AuthFailed, match="Copy it again"):
        Talk(Plain, {"api_key": key}).get("me")


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, Rejected),
        (401, AuthFailed),
        (402, PlanRequired),
        (403, ScopeMissing),
        (404, NotFound),
        (410, NotFound),
        (408, TemporaryFailure),
        (409, Rejected),
        (418, Unsupported),
        (422, Rejected),
        (429, RateLimited),
        (500, TemporaryFailure),
        (504, TemporaryFailure),
        (599, TemporaryFailure),
    ],
)
def test_a_status_is_an_error_and_the_connectors_table_comes_first(
    desk: Callable[..., Desk], network: responses.RequestsMock, status: int, kind: type[ConnectorError]
):
    network.get(f"{URL}/x", status=status, body=b"their words")

    with pytest.raises(kind, match="their words") as caught:
        desk().talk.send("GET", "x")
    assert (type(caught.value), caught.value.status) == (kind, status)


def test_a_redirect_is_not_followed(desk: Callable[..., Desk], network: responses.RequestsMock):
    network.get(f"{URL}/x", status=302, headers={"Location": "https://elsewhere.example.test/"})

    with pytest.raises(Rejected, match="Plain answered 302"):
        desk().talk.get("x")
    assert len(network.calls) == 1


def test_what_is_temporary_is_tried_three_times_with_growing_pauses(
    desk: Callable[..., Desk], network: responses.RequestsMock
):
    network.get(f"{URL}/x", status=500)
    network.get(f"{URL}/x", body=requests.ReadTimeout())
    network.get(f"{URL}/x", json="at last")
    tried = desk()

    assert tried.talk.get("x").data == "at last"
    assert tried.slept == [0.5, 1.5]
    assert [exchange.status for exchange in tried.exchanges] == [500, None, 200]
    assert tried.talk.calls == 3


def test_after_three_failures_it_is_raised(desk: Callable[..., Desk], network: responses.RequestsMock):
    network.get(f"{URL}/x", status=500)
    tried = desk()

    with pytest.raises(TemporaryFailure):
        tried.talk.get("x")
    assert (len(network.calls), tried.slept) == (3, [0.5, 1.5])


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404])
def test_what_is_final_is_not_tried_again(desk: Callable[..., Desk], network: responses.RequestsMock, status: int):
    network.get(f"{URL}/x", status=status)

    with pytest.raises(ConnectorError):
        desk().talk.get("x")
    assert len(network.calls) == 1


@pytest.mark.parametrize(
    ("header", "wait"),
    [
        ("7", 7),
        ("0", 1),
        ("-3", 1),
        ("999999", 86400),
        ("soon", 30),
        (None, 30),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 1),
    ],
)
def test_a_429_says_how_long_to_wait_else_one_window(
    desk: Callable[..., Desk], network: responses.RequestsMock, header: str | None, wait: float
):
    network.get(f"{URL}/x", status=429, headers={"Retry-After": header} if header else {})

    with pytest.raises(RateLimited) as limited:
        desk().talk.send("GET", "x")
    assert limited.value.wait == wait


def test_no_limit_is_slept_on_however_short(desk: Callable[..., Desk], network: responses.RequestsMock):
    network.get(f"{URL}/x", status=429, headers={"Retry-After": "1"})
    tried = desk()

    with pytest.raises(RateLimited) as limited:
        tried.talk.get("x")
    assert (tried.slept, limited.value.wait, len(network.calls)) == ([], 1, 1)


def test_the_budget_is_asked_before_each_request(desk: Callable[..., Desk], network: responses.RequestsMock):
    waits = iter([0.0, 2.0, 60.0])
    network.get(f"{URL}/x", json=1)
    tried = desk(budget=lambda: next(waits))

    tried.talk.get("x")
    for wait in (2, 60):
        with pytest.raises(RateLimited, match="budget") as spent:
            tried.talk.get("x")
        assert spent.value.wait == wait
    assert (tried.slept, len(network.calls)) == ([], 1)


def test_a_post_that_only_reads_is_tried_again_as_a_get_is(desk: Callable[..., Desk], network: responses.RequestsMock):
    asked = [query_param_matcher({"page": "2"}), json_params_matcher({"field": "id"})]
    network.post(f"{URL}/search", status=502, match=asked)
    network.post(f"{URL}/search", json=[7], match=asked)
    tried = desk()

    assert tried.talk.read("POST", "search", params={"page": 2}, body={"field": "id"}).data == [7]
    assert (tried.slept, [exchange.method for exchange in tried.exchanges]) == ([0.5], ["POST", "POST"])


def test_a_stale_token_is_renewed_once(mount: Mount, network: responses.RequestsMock):
    mount(Plain, Forward())
    stale: list[dict[str, str]] = []

    def renew(values: Any) -> dict[str, str]:
        stale.append(dict(values))
        return {"api_key": "fresh-key"}

    network.get(f"{URL}/x", json=1, match=[header_matcher({"Authorization": "Bearer fresh-key"})])
    network.get(f"{URL}/x", status=401, match=[header_matcher({"Authorization": f"Bearer {KEY}"})])
    network.get(f"{URL}/y", status=401)
    talk = Talk(Plain, {"api_key": KEY}, renew=renew)

    assert talk.get("x").data == 1
    assert stale == [{"api_key": KEY}]
    with pytest.raises(AuthFailed):
        talk.get("y")
    assert len(stale) == 2


def test_a_write_refused_for_a_stale_token_goes_again_with_its_whole_file(
    mount: Mount, network: responses.RequestsMock
):
    mount(Plain, Forward())
    sent: list[Any] = []

    def answer(request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
        sent.append(request.body)
        return (200 if request.headers["Authorization"] == "Bearer fresh-key" else 401), {}, "{}"

    network.add_callback("POST", f"{URL}/files", callback=answer)
    talk = Talk(Plain, {"api_key": KEY}, renew=lambda stale: {"api_key": "fresh-key"})
    write = Write("POST", "files", file=File(name="a.txt", size=5))

    assert talk.write(write, BytesIO(b"whole")).status == 200
    assert sent == [b"whole", b"whole"]
    with pytest.raises(AuthFailed):
        Talk(Plain, {"api_key": KEY}).write(write, BytesIO(b"whole"))


def test_another_base_address_can_be_given_and_clients_are_kept(mount: Mount, network: responses.RequestsMock):
    http.mounts["http://127.0.0.1:9/v9"] = Forward()
    mount(Plain, Forward())
    network.get("http://127.0.0.1:9/v9/x", json=1)

    assert Talk(Plain, {"api_key": KEY}, base_url="http://127.0.0.1:9/v9/").get("/x").data == 1
    assert http.pool(URL) is http.pool(URL)
    assert http.pool(URL) is not http.pool("http://127.0.0.1:9/v9")
