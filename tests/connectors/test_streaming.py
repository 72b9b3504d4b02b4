"""A file goes through piece by piece: nobody holds it whole, and nobody waits for it for ever."""

import threading
import time
import tracemalloc
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from connectors import streaming
from connectors.declarations import Place
from connectors.errors import AuthFailed, ConnectorError, NotFound, ScopeMissing, TemporaryFailure
from connectors.homerun.connector import Homerun
from connectors.http import Exchange, Talk

PIECE = bytes(64 * 1024)
PIECES = 512


class Handler(BaseHTTPRequestHandler):
    """Sends 32 MB, piece by piece, or what its path says."""

    def do_GET(self) -> None:
        if self.headers.get("Authorization") == "Bearer stale":
            return self.send_error(401)
        status = int(self.path.rpartition("/")[2]) if self.path[-1].isdigit() else 200
        self.send_response(status)
        self.end_headers()
        try:
            for _ in range(PIECES if status == 200 else 0):
                self.wfile.write(PIECE)
        except OSError:
            pass  # whoever asked has left

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def base() -> Iterator[str]:
    """A server on this machine."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def connector(base: str, log: list[Exchange], seconds: float = 30) -> Homerun:
    return Homerun(Talk(Homerun, {"api_key": "secret"}, base_url=base, record=log.append, seconds=seconds))


@pytest.mark.parametrize("where", ["path", "link"])
def test_a_large_file_is_never_held(base, where):
    place = Place(path="file") if where == "path" else Place(link=f"{base}/file")
    tracemalloc.start()
    size = sum(map(len, streaming.pieces(connector(base, []), place)))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert (size, peak < 4 * 1024 * 1024) == (len(PIECE) * PIECES, True)


def test_the_exchange_is_logged_when_the_file_has_gone_through_or_nobody_wants_it_any_more(base):
    log: list[Exchange] = []
    first = streaming.pieces(connector(base, log), Place(path="file"))
    next(first)
    first.close()
    list(streaming.pieces(connector(base, log), Place(path="file")))

    assert [(each.method, each.path, each.status, each.body) for each in log] == [("GET", "file", 200, b"")] * 2
    assert log[1].size == len(PIECE) * PIECES


@pytest.mark.parametrize(("status", "error"), [(404, NotFound), (403, ScopeMissing), (500, TemporaryFailure)])
def test_a_refusal_is_the_error_that_it_always_is(base, status, error: type[ConnectorError]):
    log: list[Exchange] = []

    with pytest.raises(error):
        list(streaming.pieces(connector(base, log), Place(path=f"file/{status}")))
    assert [(each.status, bool(each.error)) for each in log] == [(status, True)]


def test_a_stale_token_is_renewed_once(base):
    talk = Talk(Homerun, {"api_key": "stale"}, base_url=base, renew=lambda stale: {"api_key": "fresh"})
    refused = Talk(Homerun, {"api_key": "stale"}, base_url=base, renew=lambda stale: stale)

    assert sum(map(len, streaming.pieces(Homerun(talk), Place(path="file")))) == len(PIECE) * PIECES
    for hopeless in (refused, Talk(Homerun, {"api_key": "stale"}, base_url=base)):
        with pytest.raises(AuthFailed):
            list(streaming.pieces(Homerun(hopeless), Place(path="file")))


@pytest.mark.parametrize("where", ["path", "link"])
def test_what_goes_on_past_its_deadline_is_broken_off(base, where):
    place = Place(path="file") if where == "path" else Place(link=f"{base}/file")
    slow = streaming.pieces(connector(base, [], seconds=0.2), place)

    next(slow)
    time.sleep(0.3)

    with pytest.raises(TemporaryFailure):
        list(slow)
