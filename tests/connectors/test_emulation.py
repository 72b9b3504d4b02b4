"""Emulators misbehave when told to: in process and over HTTP, and a connector tells each misbehaviour by its name."""

import threading
from collections.abc import Iterator

import httpx
import pytest

from connectors import http
from connectors.emulation import Fault, serve
from connectors.errors import (
    AuthFailed,
    ConnectorError,
    NotFound,
    PlanRequired,
    RateLimited,
    ScopeMissing,
    TemporaryFailure,
)
from connectors.homerun.connector import Homerun
from connectors.homerun.emulator import Emulator
from connectors.http import Talk
from tests.connectors.conftest import Mount


@pytest.fixture
def emulator() -> Emulator:
    return Emulator(jobs=2, people=3, limit=10**6)


@pytest.fixture(params=["in process", "over HTTP"])
def talk(request: pytest.FixtureRequest, emulator: Emulator, mount: Mount) -> Iterator[Talk]:
    """A talk to the emulator, both ways."""
    if request.param == "in process":
        mount(Homerun, emulator.transport())
        yield Talk(Homerun, {"api_key": emulator.key})
        return
    server = serve(emulator, 0)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    base_url = f"http://127.0.0.1:{server.server_port}/v2"
    yield Talk(Homerun, {"api_key": emulator.key}, base_url=base_url)
    http.pool(base_url).close()
    http.pool.cache_clear()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(
    ("fault", "kind", "words"),
    [
        ("500", TemporaryFailure, "Server Error"),
        ("502", TemporaryFailure, "Server Error"),
        ("503", TemporaryFailure, "Server Error"),
        ("html", TemporaryFailure, "Homerun answered 502"),
        ("malformed", TemporaryFailure, "not JSON"),
        ("cut", TemporaryFailure, "broke off"),
        ("reset", TemporaryFailure, "broke off"),
        ("401", AuthFailed, "Unauthenticated"),
        ("402", PlanRequired, "plan"),
        ("403", ScopeMissing, "Forbidden"),
        ("404", NotFound, "Not found"),
    ],
)
def test_each_fault_is_told_and_the_next_request_is_fine(
    emulator: Emulator, talk: Talk, fault: str, kind: type[ConnectorError], words: str
):
    emulator.fail(fault, path="vacancies")

    assert talk.send("GET", "ping").data == {"pong": True}
    with pytest.raises(kind, match=words):
        talk.send("GET", "vacancies")
    assert len(talk.send("GET", "vacancies").data["data"]) == 2


@pytest.mark.parametrize(("fault", "wait"), [("429", 7), ("429_silent", 60)])
def test_a_429_comes_with_and_without_the_seconds_to_wait(emulator: Emulator, talk: Talk, fault: str, wait: float):
    emulator.fail(fault, seconds=7)

    with pytest.raises(RateLimited) as limited:
        talk.send("GET", "ping")
    assert limited.value.wait == wait


@pytest.mark.parametrize("talk", ["over HTTP"], indirect=True)
def test_a_slow_answer_arrives_and_too_slow_a_one_does_not(
    emulator: Emulator, talk: Talk, monkeypatch: pytest.MonkeyPatch
):
    emulator.fail("slow", times=2, seconds=0.4)

    assert talk.send("GET", "ping").data == {"pong": True}
    monkeypatch.setattr(http, "TIMEOUT", httpx.Timeout(0.1))
    with pytest.raises(TemporaryFailure, match="did not answer in time"):
        talk.send("GET", "ping")


def test_faults_can_be_told_over_http(emulator: Emulator, talk: Talk):
    address = httpx.URL(talk.base_url).copy_with(path="/_emulator/faults")
    with httpx.Client(transport=emulator.transport()) as client:
        told = client.post(address, json={"kind": "500", "times": 2, "path": "ping"})
        wrong = client.post(address, json={"kind": "flood"})

    assert (told.status_code, told.json()) == (200, {"faults": 1})
    assert (wrong.status_code, "kind is one of" in wrong.json()["message"]) == (400, True)
    for _ in range(2):
        with pytest.raises(TemporaryFailure):
            talk.send("GET", "ping")
    assert talk.send("GET", "ping").data == {"pong": True}


def test_the_calls_are_noted(emulator: Emulator, talk: Talk):
    talk.send("GET", "vacancies", params={"include[]": ["stages", "location"], "perPage": 5})
    [call] = emulator.calls

    assert (call.method, call.path) == ("GET", "/v2/vacancies")
    assert call.query == {"include[]": ["stages", "location"], "perPage": ["5"]}


def test_a_fault_has_a_known_kind():
    with pytest.raises(ValueError, match="kind is one of 429, "):
        Fault("flood")
