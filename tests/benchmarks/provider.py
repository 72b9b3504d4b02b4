"""An emulated ATS for the benchmark, in a process of its own: it prints one JSON line about itself, then serves.

Every answer is made by the emulator once and kept as bytes, so that what is measured is the reader and not the
emulator. `GET /_calls` tells how many requests came since it was last asked.
"""

import argparse
import io
import json
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

import httpx

import connectors
from connectors.emulation import serve
from connectors.http import Talk, mounts
from tests.benchmarks import calls

CALLS = "/_calls"
REFUSED = re.compile(rb"\\u(?:[dD][89a-fA-F][0-9a-fA-F]{2}|0000)")
"""NUL and halves of characters: dlt ends at the first, so here everybody reads a question mark."""
ROOMY = 1_000_000_000
"""A rate limit that no benchmark reaches."""


@dataclass(frozen=True, slots=True)
class Provider:
    """A served account: where it is, what opens it, the rows of each list, the least calls for them by tier."""

    slug: str
    address: str
    credentials: dict[str, str]
    lists: dict[str, int]
    least: dict[str, Any]

    @property
    def rows(self) -> int:
        """The rows of all lists."""
        return sum(self.lists.values())

    def calls(self) -> int:
        """The requests since this was last asked."""
        found = httpx.get(httpx.URL(self.address).join(CALLS)).json()["calls"]
        assert isinstance(found, int)
        return found


@contextmanager
def provider(slug: str, jobs: int, people: int) -> Iterator[Provider]:
    """Serve an account of that size until the block ends."""
    command = [sys.executable, "-m", "tests.benchmarks.provider", slug, str(jobs), str(people)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield Provider(**json.loads(process.stdout.readline()))
    finally:
        process.terminate()
        process.wait()


class Remembering:
    """The emulator's answers to what it was asked before, in no time."""

    def __init__(self, emulator: Any) -> None:
        self.emulator, self.calls = emulator, 0
        self.known: dict[tuple[str, ...], tuple[str, list[tuple[str, str]], bytes]] = {}

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer one request; an address is the same whatever the order of its parameters."""
        if environ["PATH_INFO"] == CALLS:
            return self._told(start_response)
        self.calls += 1
        length = int(environ.get("CONTENT_LENGTH") or 0)
        sent = environ["wsgi.input"].read(length) if length else b""
        environ["wsgi.input"] = io.BytesIO(sent)
        query = sorted(f"{name}={value}" for name, value in parse_qsl(environ.get("QUERY_STRING", "")))
        key = (environ["REQUEST_METHOD"], environ["PATH_INFO"], sent.decode(), *query)
        if key not in self.known:
            self.known[key] = self._asked(environ)
        status, headers, body = self.known[key]
        start_response(status, headers)
        return [body]

    def _asked(self, environ: dict[str, Any]) -> tuple[str, list[tuple[str, str]], bytes]:
        started: list[Any] = []
        body = b"".join(self.emulator(environ, lambda *heads: started.append(heads)))
        status, headers, *_ = started[0]
        return status, headers, REFUSED.sub(rb"\\u003f", body)  # six bytes for six: the length stays

    def _told(self, start_response: Any) -> Iterable[bytes]:
        body = json.dumps({"calls": self.calls}).encode()
        self.calls = 0
        start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
        return [body]


def warm(speaks: Any, talk: Talk) -> dict[str, int]:
    """Have every page of every list made; the rows that each list holds."""
    connector = speaks(talk)
    connector.beside()
    found = {}
    for resource in speaks.resources:
        params, rows = resource.pages.first(resource.params), 0
        while params is not None:
            answer = talk.get(resource.path or resource.slug, params)
            page = connector.rows(resource, answer)
            params, rows = resource.pages.next(params, answer.data, len(page)), rows + len(page)
        found[resource.slug] = rows
    return found


def main() -> None:
    """Serve CONNECTOR with JOBS and PEOPLE on a free port of loopback."""
    parser = argparse.ArgumentParser()
    parser.add_argument("slug")
    parser.add_argument("jobs", type=int)
    parser.add_argument("people", type=int)
    asked = parser.parse_args()
    emulator = connectors.emulator(asked.slug)(jobs=asked.jobs, people=asked.people, limit=ROOMY)
    credentials = getattr(emulator, "credentials", None) or {"api_key": emulator.key}
    remembering = Remembering(emulator)
    server = serve(remembering, 0)  # type: ignore[arg-type]  # any WSGI application is served
    address = f"http://127.0.0.1:{server.port}{emulator.base_path}"
    mounts[address] = httpx.WSGITransport(app=remembering)
    speaks = connectors.get(asked.slug)
    lists = warm(speaks, Talk(speaks, credentials, base_url=address))
    remembering.calls = 0
    told = Provider(asked.slug, address, credentials, lists, calls.least(asked.slug, emulator))
    print(json.dumps({name: getattr(told, name) for name in Provider.__slots__}), flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
