"""No exchange lasts for ever, however its answer comes, and none fills the memory."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress

import pytest
import responses

from connectors import deadline, http
from connectors.errors import TemporaryFailure
from connectors.http import Exchange, Talk
from tests.connectors.conftest import Mount
from tests.connectors.plain import KEY, URL, Desk, Plain

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n"


@contextmanager
def dripping(at_once: bytes, drop: bytes) -> Iterator[str]:
    """A server that answers a part at once and then a drop every 20 ms, for four seconds or until nobody listens."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:

        def answer() -> None:
            with suppress(OSError), closing(server.accept()[0]) as connection:
                connection.recv(10_000)
                connection.sendall(at_once)
                for _ in range(200):
                    connection.sendall(drop)
                    time.sleep(0.02)

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        http.pool.cache_clear()
        thread.join(5)


@pytest.mark.parametrize(
    ("at_once", "drop"),
    [(HEAD + b"\r\n", b" "), (HEAD, b"X-Drop: 1\r\n"), (HEAD + b"X-Long: ", b"x")],
    ids=["body", "headers", "one header"],
)
def test_an_answer_that_drips_is_given_up_at_its_deadline(at_once: bytes, drop: bytes):
    seen: list[Exchange] = []
    with dripping(at_once, drop) as address:
        talk = Talk(Plain, {"api_key": KEY}, base_url=address, seconds=0.5, record=seen.append)
        begun = time.monotonic()
        with pytest.raises(TemporaryFailure, match="did not answer in time") as caught:
            talk.send("GET", "x")

        assert time.monotonic() - begun == pytest.approx(0.5, abs=0.4)
    assert caught.value.sent
    assert [(exchange.status, exchange.ms >= 500) for exchange in seen] == [(None, True)]


def test_the_deadline_of_one_exchange_is_not_the_next_ones(mount: Mount, network: responses.RequestsMock):
    network.get(f"{URL}/x", json=1)
    tried = Desk(mount, seconds=0.2)

    assert tried.talk.get("x").data == 1
    time.sleep(0.3)
    assert tried.talk.get("x").data == 1


def test_an_answer_without_end_is_not_read_to_its_end(
    mount: Mount, network: responses.RequestsMock, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(deadline, "MOST_BYTES", 1000)
    network.get(f"{URL}/x", body=b'"' + b"x" * 998 + b'"')
    network.get(f"{URL}/y", body=b'"' + b"x" * 999 + b'"')
    tried = Desk(mount)

    assert len(tried.talk.get("x").data) == 998
    with pytest.raises(TemporaryFailure, match="more than anybody wants to read"):
        tried.talk.send("GET", "y")
