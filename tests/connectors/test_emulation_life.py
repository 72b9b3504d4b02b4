"""People change emulated accounts at the same time, another program takes calls, and the truth can be asked for."""

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from connectors.base import Connector
from connectors.cats.connector import Cats
from connectors.cats.emulator import Emulator as CatsEmulator
from connectors.emulation import Emulator, serve
from connectors.homerun.connector import Homerun
from connectors.homerun.emulator import Emulator as HomerunEmulator
from connectors.http import Talk
from tests.connectors.cats.expected import expected as cats_truth
from tests.connectors.conftest import Connect
from tests.connectors.homerun.expected import expected as homerun_truth
from tests.connectors.walking import walk

MANY = 10**6
KINDS: list[Any] = [(Homerun, HomerunEmulator, homerun_truth), (Cats, CatsEmulator, cats_truth)]
both = pytest.mark.parametrize(("connector", "make", "truth"), KINDS, ids=["homerun", "cats"])
type Truth = Callable[[Any], dict[tuple[str, str], dict[str, Any]]]


@both
def test_what_people_did_shows_as_the_truth_says(connect: Connect, connector: type[Connector], make: Any, truth: Truth):
    emulator = make(jobs=40, people=150, limit=MANY)
    before = truth(emulator)

    done = emulator.life.happen(1200)
    after = walk(connect(connector, emulator))

    assert set(done) == {deed.__name__ for _, deed in emulator.deeds()}
    assert sum(done.values()) == 1200
    assert after == truth(emulator)
    changed = {model for model, key in after.keys() & before.keys() if after[model, key] != before[model, key]}
    assert changed >= {"job", "candidate", "application"}
    for model in ("job", "candidate", "application"):
        ids = [{key for slug, key in found if slug == model} for found in (before, after)]
        assert (bool(ids[0] - ids[1]), bool(ids[1] - ids[0])) == (True, True), model


@both
def test_accounts_of_one_seed_live_the_same_life(connector: type[Connector], make: Any, truth: Truth):
    first, again, other = (make(jobs=8, people=30, seed=seed) for seed in (1, 1, 2))
    for emulator in (first, again, other):
        emulator.life.happen(100)

    assert truth(first) == truth(again)
    assert truth(first) != truth(other)


def test_an_account_without_deeds_has_no_life():
    assert Emulator(limit=1, per=1).life.happen(5) == {}


def test_retention_shows_its_end_before_it_takes_people():
    emulator = HomerunEmulator(jobs=2, people=40, limit=MANY)
    emulator.life.happen(600)
    due = [person for person in emulator.people if person.kept_until]

    assert due
    row = emulator.writer.row(due[0])
    assert row["retention_period_ends_at"] == emulator.writer.time(due[0].kept_until)


@pytest.fixture(params=KINDS, ids=["homerun", "cats"])
def behind_a_port(request: pytest.FixtureRequest) -> Iterator[tuple[Any, Any, Truth, str]]:
    """A connector, its emulator with a spent limit, its truth, and where it is served."""
    connector, make, truth = request.param
    emulator = make(jobs=4, people=60, limit=0)
    server = serve(emulator, 0)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield connector, emulator, truth, f"http://127.0.0.1:{server.port}"
    emulator.life.go_on(0)
    server.shutdown()
    server.server_close()


def post(address: str, **body: Any) -> httpx.Response:
    return httpx.post(f"{address}/_emulator/life", json=body, trust_env=False)


def test_the_truth_is_read_over_http_past_limit_and_faults(behind_a_port: tuple[Any, Any, Truth, str]):
    connector, emulator, truth, address = behind_a_port
    emulator.fail("500", times=MANY)
    emulator.fail("repeats", times=MANY)
    done = post(address, changes=50).json()["done"]
    base_url = f"{address}/_emulator/truth{emulator.base_path}"

    found = walk(connector(Talk(connector, {"api_key": emulator.key}, base_url=base_url)))

    assert sum(done.values()) == 50
    assert found == truth(emulator)
    assert emulator.calls == []


def test_life_goes_on_at_a_rate_until_it_is_halted(behind_a_port: tuple[Any, Any, Truth, str]):
    _, emulator, truth, address = behind_a_port
    before = truth(emulator)
    assert post(address, per_minute=6000).json() == {"done": {}}
    until = time.monotonic() + 10
    while looked(emulator, truth) == before and time.monotonic() < until:
        time.sleep(0.02)
    post(address, per_minute=0)
    then = looked(emulator, truth)
    time.sleep(0.1)

    assert then != before
    assert looked(emulator, truth) == then


def looked(emulator: Any, truth: Truth) -> Any:
    """The truth between two changes."""
    with emulator.lock:
        return truth(emulator)


@pytest.mark.parametrize("body", [{"changes": "many"}, {"often": 3}, {"per_minute": "x"}])
def test_a_life_that_makes_no_sense_is_refused(behind_a_port: tuple[Any, Any, Truth, str], body: dict[str, Any]):
    assert post(behind_a_port[3], **body).status_code == 400


def test_faults_are_healed_over_http_and_other_addresses_are_none(behind_a_port: tuple[Any, Any, Truth, str]):
    _, emulator, _, address = behind_a_port
    emulator.fail("500", times=9)

    assert httpx.delete(f"{address}/_emulator/faults", trust_env=False).json() == {"faults": 0}
    assert emulator.faults == []
    assert httpx.get(f"{address}/_emulator/nothing", trust_env=False).status_code == 404


def test_only_this_machine_steers():
    emulator = HomerunEmulator(jobs=1, people=1)
    away = httpx.WSGITransport(app=emulator, remote_addr="192.0.2.7")
    with httpx.Client(transport=away, base_url="http://ats.test") as client:
        assert client.post("/_emulator/faults", json={"kind": "500"}).status_code == 403
    assert emulator.faults == []


@pytest.mark.parametrize(("pause", "refused", "left"), [(60, False, 10), (45, True, 0)])
def test_another_program_takes_its_share_of_the_limit(pause: int, refused: bool, left: int):
    """Thirty of a hundred calls an hour: sixty more fit in, eighty do not."""
    now = [0.0]
    emulator = CatsEmulator(jobs=1, people=1, limit=100, clock=lambda: now[0])
    emulator.calls_taken = 30
    waits = []
    for now[0] in range(0, 4 * 3600, pause):
        waits.append(emulator.spend("account"))

    assert any(waits) is refused
    assert emulator.remaining("account") == left
