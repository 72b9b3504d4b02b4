"""What each of Homerun's refusals becomes."""

from collections.abc import Callable
from typing import Any

import pytest
import requests
import responses
from responses.matchers import header_matcher, json_params_matcher

from connectors.base import Connector
from connectors.errors import (
    AuthFailed,
    ConnectorError,
    PlanRequired,
    RateLimited,
    Rejected,
    ScopeMissing,
    TemporaryFailure,
)
from connectors.homerun.connector import Homerun
from tests.connectors.homerun.recorded import APPLICATIONS, VACANCIES

BASE = "https://api.homerun.co/v2"
AP = "ap_Zk4Wm1nQ8cVb7XyT0sLf"
SIGNED = header_matcher({"Authorization": "Bearer secret-key-17", "Accept": "application/json"})
PARTS: dict[str, Any] = {"code": 400, "error": True, "message": "The given input was invalid"}

type Bind = Callable[[type[Connector]], Connector]


def read_page(homerun: Connector) -> Any:
    return homerun.page(APPLICATIONS, APPLICATIONS.pages.first(APPLICATIONS.params))


ENDPOINTS: dict[str, Callable[[Connector], Any]] = {
    "ping": lambda homerun: homerun.account(),
    "vacancies": lambda homerun: homerun.page(VACANCIES, VACANCIES.pages.first({})),
    "vacancies/job_1": lambda homerun: homerun.row(VACANCIES, "job_1"),
    "job-applications": read_page,
    f"job-applications/{AP}": lambda homerun: homerun.detail(APPLICATIONS, AP),
}


@pytest.mark.parametrize(
    ("status", "message", "kind"),
    [
        (401, "Unauthenticated", AuthFailed),
        (402, "Your plan does not include public api access", PlanRequired),
        (403, "Forbidden", ScopeMissing),
        (405, "Method not allowed", Rejected),
        (422, "Unprocessable", Rejected),
        (500, "Server Error", TemporaryFailure),
        (503, "Service unavailable", TemporaryFailure),
    ],
)
@pytest.mark.parametrize("path", ENDPOINTS)
def test_a_refusal_of_any_endpoint_is_told_by_its_status(
    forwarded: Bind, network: responses.RequestsMock, path: str, status: int, message: str, kind: type[ConnectorError]
):
    network.get(f"{BASE}/{path}", status=status, json={"code": 400, "error": True, "message": message})

    with pytest.raises(kind, match=f"^{message}$") as caught:
        ENDPOINTS[path](forwarded(Homerun))
    assert (type(caught.value), caught.value.status) == (kind, status)


@pytest.mark.parametrize(("headers", "wait"), [({"Retry-After": "37"}, 37), ({}, 60)])
@pytest.mark.parametrize("path", ENDPOINTS)
def test_a_429_with_the_body_of_a_validation_error_still_waits(
    forwarded: Bind, network: responses.RequestsMock, path: str, headers: dict[str, str], wait: int
):
    body = PARTS | {"details": [{"param": "email", "message": "email is not a valid value"}]}
    network.get(f"{BASE}/{path}", status=429, json=body, headers=headers)

    with pytest.raises(RateLimited, match=r"^Homerun takes 60 calls a minute$") as caught:
        ENDPOINTS[path](forwarded(Homerun))
    assert caught.value.wait == wait


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"<html>down</html>", "Homerun answered 500"),
        (b'{"message": "Maintenance"}', "Maintenance"),
        (b'["odd"]', "Homerun answered 500"),
        (b'{"message": ""}', "Homerun answered 500"),
        (b'{"message": "No", "details": [{"message": "a"}, {"param": "b"}, {"message": "c"}]}', "No: a; c"),
        (b'{"message": "' + b"long " * 200 + b'"}', ("long " * 200)[:500]),
        (b"", "Homerun answered 500"),
    ],
)
def test_the_words_of_a_refusal(body: bytes, words: str):
    assert Homerun.words(500, body) == words


def test_an_answer_that_is_no_record_is_a_failure(forwarded: Bind, network: responses.RequestsMock):
    network.get(f"{BASE}/vacancies/job_1", json={"data": []})

    with pytest.raises(TemporaryFailure, match="without a record"):
        forwarded(Homerun).row(VACANCIES, "job_1")


def test_a_time_out_is_temporary_and_a_refused_connection_was_never_sent(
    forwarded: Bind, network: responses.RequestsMock
):
    network.get(f"{BASE}/ping", body=requests.ReadTimeout("slow"))
    with pytest.raises(TemporaryFailure, match="did not answer in time") as slow:
        forwarded(Homerun).account()

    network.replace("GET", f"{BASE}/ping", body=requests.ConnectionError("refused"))
    with pytest.raises(TemporaryFailure, match="could not be reached") as refused:
        forwarded(Homerun).account()

    assert (slow.value.sent, refused.value.sent) == (True, False)


@pytest.mark.parametrize(
    ("status", "allowed"), [(400, True), (422, True), (403, False), (404, None), (405, None), (201, True)]
)
def test_a_probe_of_a_write_is_sent_once_with_nothing_in_it(
    forwarded: Bind, network: responses.RequestsMock, status: int, allowed: bool | None
):
    network.post(
        f"{BASE}/job-applications", status=status, json={"message": "No"}, match=[SIGNED, json_params_matcher({})]
    )
    homerun = forwarded(Homerun)
    permission = next(p for p in Homerun.permissions if p.slug == "job-applications:write")
    homerun.permissions = (permission,)  # type: ignore[misc]

    [verdict] = homerun.check(writes=True)

    assert verdict.allowed is allowed
    assert len(network.calls) == 1
