"""Emulated lists misbehave when told to, each in its provider's words; and an answer may drip for ever."""

import threading
from typing import Any

import httpx
import pytest

from connectors.cats.connector import Cats
from connectors.cats.emulator import Emulator as CatsEmulator
from connectors.emulation import FAULTS, Emulator, serve
from connectors.emulation_faults import LISTINGS
from connectors.errors import NotFound, TemporaryFailure
from connectors.homerun.connector import Homerun
from connectors.homerun.emulator import Emulator as HomerunEmulator
from tests.connectors.conftest import Connect

PEOPLE = 45
LISTS = {"cats": "/v3/candidates?per_page=10", "homerun": "/v2/job-applications?perPage=10"}
type Told = tuple[list[Any], int | None, bool]
"""The ids of a page, its total, and whether it names a next page."""


@pytest.fixture(params=["cats", "homerun"])
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def emulator(name: str) -> Emulator:
    make = {"cats": CatsEmulator, "homerun": HomerunEmulator}[name]
    made: Emulator = make(jobs=3, people=PEOPLE, limit=10**6)
    return made


def page(emulator: Emulator, name: str, number: int) -> Told:
    """One page of the people, as a client understands it."""
    scheme = "Token" if name == "cats" else "Bearer"
    headers = {"Authorization": f"{scheme} {emulator.key}"}  # type: ignore[attr-defined]
    with httpx.Client(transport=emulator.transport(), base_url="http://ats.test", headers=headers) as client:
        body = client.get(f"{LISTS[name]}&page={number}").json()
    if name == "cats":
        rows = body.get("_embedded", {}).get("candidates", [])
        return [row["id"] for row in rows], body.get("total"), "next" in body["_links"]
    meta = body.get("meta")
    has_next = bool(meta and meta["links"][-1]["url"])
    return [row["id"] for row in body["data"]], meta and meta["total"], has_next


@pytest.fixture
def honest(emulator: Emulator, name: str) -> list[Told]:
    """What the pages say before anything is wrong."""
    found = [page(emulator, name, number) for number in range(1, 6)]
    assert [(len(ids), total, more) for ids, total, more in found] == [(10, PEOPLE, True)] * 4 + [(5, PEOPLE, False)]
    return found


def test_a_page_repeats_for_ever(emulator: Emulator, name: str, honest: list[Told]):
    emulator.fail("repeats", times=1000, path=LISTS[name].split("?")[0])

    assert [page(emulator, name, number) for number in (1, 2, 5, 99)] == [honest[0]] * 4
    emulator.heal()
    assert page(emulator, name, 2) == honest[1]


def test_a_total_changes_each_time(emulator: Emulator, name: str, honest: list[Told]):
    emulator.fail("wild_total", times=20)
    found = [page(emulator, name, 1) for _ in range(20)]

    assert [ids for ids, _, _ in found] == [honest[0][0]] * 20
    assert len({total for _, total, _ in found}) > 10


def test_a_list_ends_before_its_total(emulator: Emulator, name: str, honest: list[Told]):
    emulator.fail("capped", times=5, rows=23)
    found = [page(emulator, name, number) for number in range(1, 6)]

    assert [ids for ids, _, _ in found] == [honest[0][0], honest[1][0], honest[2][0][:3], [], []]
    assert [total for _, total, _ in found] == [PEOPLE] * 5


def test_a_list_does_not_say_its_total(emulator: Emulator, name: str, honest: list[Told]):
    emulator.fail("no_total")
    ids, total, _ = page(emulator, name, 1)

    assert (ids, total) == (honest[0][0], None)
    assert page(emulator, name, 1) == honest[0]


def test_a_list_names_no_next_page(emulator: Emulator, name: str, honest: list[Told]):
    emulator.fail("no_next", times=5)

    assert [page(emulator, name, number) for number in range(1, 6)] == [(ids, n, False) for ids, n, _ in honest]


def test_every_fault_of_a_list_is_in_the_table():
    assert set(LISTINGS) < set(FAULTS)


@pytest.mark.parametrize(
    ("connector", "make", "path"), [(Cats, CatsEmulator, "site"), (Homerun, HomerunEmulator, "ping")]
)
def test_a_404_may_say_403(connect: Connect, connector: Any, make: Any, path: str):
    emulator = make(jobs=1, people=1)
    talk = connect(connector, emulator).talk
    emulator.fail("404_says_403")

    with pytest.raises(NotFound, match="Forbidden") as missing:
        talk.send("GET", path)
    assert missing.value.status == 404


def test_a_drip_in_process_is_a_read_that_times_out(connect: Connect, emulator: Emulator, name: str):
    talk = connect(Cats if name == "cats" else Homerun, emulator).talk
    emulator.fail("drip", times=10)

    with pytest.raises(TemporaryFailure, match="did not answer in time"):
        talk.send("GET", "site" if name == "cats" else "ping")


def test_a_drip_over_http_comes_byte_by_byte_and_never_ends(emulator: Emulator, name: str):
    emulator.fail("drip", seconds=0.001)
    server = serve(emulator, 0)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    address = f"http://127.0.0.1:{server.port}{LISTS[name]}"
    with httpx.stream("GET", address, trust_env=False) as answer:
        pieces = answer.iter_raw()
        told = b"".join(next(pieces) for _ in range(400))
    whole = httpx.get(address, trust_env=False)
    server.shutdown()
    server.server_close()

    assert "content-length" not in answer.headers
    assert "x-emulator-drip" not in answer.headers
    assert (len(told), told.rstrip(b" ")) == (400, whole.content)
