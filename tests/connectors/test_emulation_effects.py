"""Emulated writes are counted by their effects, whatever becomes of their answers: lost, refused, late, or stripped."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from connectors.cats.emulator import Emulator as CatsEmulator
from connectors.emulation import Emulator, Fault, serve
from connectors.homerun.emulator import Emulator as HomerunEmulator

MANY = 10**6


@dataclass
class Account:
    """An emulator with one person in it, and how a note is written about them."""

    emulator: Any
    scheme: str
    path: str
    note: dict[str, str]
    status: int
    what: str

    def client(self, **how: Any) -> httpx.Client:
        return httpx.Client(headers={"Authorization": f"{self.scheme} {self.emulator.key}"}, trust_env=False, **how)

    def texts(self) -> list[str]:
        """What was written, by the effects."""
        return [effect.changed["note"] for effect in self.emulator.effects if effect.what == self.what]


def homerun() -> Account:
    emulator = HomerunEmulator(jobs=0, people=0, limit=MANY)
    path = f"/v2/job-applications/{emulator.person(job='Baker').id}/notes"
    return Account(emulator, "Bearer", path, {"note": "Knows yeast.", "display_name": "Acme"}, 201, "note added")


def cats() -> Account:
    emulator = CatsEmulator(jobs=1, people=0, limit=MANY)
    path = f"/v3/candidates/{emulator.person().id}/activities"
    note = {"type": "other", "note": "ignored", "notes": "Knows yeast."}
    return Account(emulator, "Token", path, note, 201, "activity added")


@pytest.fixture(params=[homerun, cats], ids=["homerun", "cats"])
def account(request: pytest.FixtureRequest) -> Account:
    make: Callable[[], Account] = request.param
    return make()


@pytest.fixture(params=["in process", "over HTTP"])
def client(request: pytest.FixtureRequest, account: Account) -> Iterator[httpx.Client]:
    """Asks the account, both ways."""
    if request.param == "in process":
        with account.client(transport=account.emulator.transport(), base_url="http://ats.test") as found:
            yield found
        return
    server = serve(account.emulator, 0)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    with account.client(base_url=f"http://127.0.0.1:{server.port}") as found:
        yield found
    server.shutdown()
    thread.join()
    server.server_close()


def written(account: Account, client: httpx.Client, **more: Any) -> int:
    """The status that a note is answered with."""
    return client.post(account.path, json={**account.note, **more}).status_code


def test_an_effect_names_the_request_the_change_and_how_often(account: Account, client: httpx.Client):
    account.emulator.clock = lambda: 1234.5678
    for _ in range(2):
        assert written(account, client) == account.status
    written(account, client, **dict.fromkeys(("note", "notes"), "Other."))
    truth = client.get("/_emulator/truth").json()

    assert truth == {
        "effects": [effect.told() for effect in account.emulator.effects],
        "counts": {account.what: 3},
        "late": 0,
    }
    assert [effect["times"] for effect in truth["effects"]] == [1, 2, 1]
    later = client.get("/_emulator/truth?after=2").json()
    assert later == {"effects": truth["effects"][2:], "counts": {account.what: 1}, "late": 0}
    second, changed = truth["effects"][1], account.emulator.effects[1].changed
    assert second == {
        "number": 2,
        "at": 1234.568,
        "method": "POST",
        "path": account.path,
        "what": account.what,
        "changed": changed,
        "times": 2,
    }


def test_a_lost_answer_is_an_effect(account: Account, client: httpx.Client):
    account.emulator.fail("reset", method="write")

    with pytest.raises(httpx.ReadError):
        written(account, client)
    assert account.texts() == ["Knows yeast."]
    assert written(account, client) == account.status


def test_an_answer_that_is_cut_off_breaks_whether_it_has_a_body_or_not(account: Account, client: httpx.Client):
    account.emulator.fail("cut", method="write", times=2)

    with pytest.raises(httpx.TransportError):
        written(account, client)
    with pytest.raises(httpx.TransportError):
        client.delete(account.path.rpartition("/")[0])
    assert [effect.method for effect in account.emulator.effects] == ["POST", "DELETE"]


def test_a_large_file_arrives_in_pieces_and_its_link_is_opened(account: Account, client: httpx.Client):
    content, person = b"%PDF" + bytes(range(256)) * 60_000, account.path.rpartition("/")[0]
    pieces = (content[at : at + 65_536] for at in range(0, len(content), 65_536))
    if account.scheme == "Token":
        octets = {"Content-Type": "application/octet-stream"}
        made = client.post(f"{person}/resumes?filename=cv.pdf", content=pieces, headers=octets)
        link = f"{httpx.URL(made.headers['Location']).path}/download"
        opened = client.get(link)
    else:
        made = client.post(f"{person}/files", data={"type": "resume"}, files={"file": ("cv.pdf", content)})
        opened = client.get(made.json()["data"]["temporary_download_url"])

    assert made.is_success
    assert opened.content == content
    assert written(account, client) == account.status


@pytest.mark.parametrize("kind", ["429", "500", "503", "html", "reset", "timeout"])
def test_what_is_broken_before_has_no_effect_and_what_is_broken_after_has(
    account: Account, client: httpx.Client, kind: str
):
    for when, texts in (("before", []), ("after", ["Knows yeast."])):
        account.emulator.fail(kind, when=when, seconds=0.05)
        try:
            assert written(account, client) >= 400
        except httpx.TransportError:
            assert kind in ("reset", "timeout")
        assert account.texts() == texts


@pytest.mark.parametrize(
    ("kind", "when"),
    [
        ("429", "before"),
        ("502", "before"),
        ("html", "before"),
        ("reset", "after"),
        ("timeout", "after"),
        ("cut", "after"),
    ],
)
def test_refusals_come_before_and_broken_connections_after(kind: str, when: str):
    assert Fault(kind).when == when


def test_what_is_put_off_is_applied_when_its_time_has_come(account: Account, client: httpx.Client):
    now = [1000.0]
    account.emulator.clock = lambda: now[0]
    account.emulator.fail("reset", when="late", late=30)
    with pytest.raises(httpx.ReadError):
        written(account, client)

    assert client.get("/_emulator/truth").json() == {"effects": [], "counts": {}, "late": 1}
    now[0] = 1029.9
    assert client.get("/_emulator/truth").json()["late"] == 1
    now[0] = 1030.0
    told = client.get("/_emulator/truth").json()
    assert (told["counts"], told["late"], told["effects"][0]["at"]) == ({account.what: 1}, 0, 1030.0)
    assert account.texts() == ["Knows yeast."]


def test_what_is_put_off_is_applied_by_itself_though_its_sender_has_gone(account: Account, client: httpx.Client):
    account.emulator.fail("timeout", when="late", late=0.3, seconds=0.6)
    with pytest.raises(httpx.ReadTimeout):
        client.post(account.path, json=account.note, timeout=0.1)

    assert account.texts() == []
    until = time.monotonic() + 10
    while not account.texts() and time.monotonic() < until:
        time.sleep(0.01)
    assert account.texts() == ["Knows yeast."]


def test_what_is_put_off_may_find_nobody_to_be_done_to(account: Account, client: httpx.Client):
    account.emulator.clock = lambda: 1000.0
    account.emulator.fail("reset", when="late", late=1)
    with pytest.raises(httpx.ReadError):
        written(account, client)
    assert client.delete(account.path.rpartition("/")[0]).status_code == 204
    account.emulator.clock = lambda: 1001.0
    account.emulator.catch_up()

    assert (account.texts(), account.emulator.late) == ([], [])


def test_a_limit_is_spent_and_a_key_judged_though_the_write_is_kept_back(account: Account, client: httpx.Client):
    left = account.emulator.remaining("account")
    account.emulator.fail("502", when="before")
    written(account, client)
    assert account.emulator.remaining("account") == left - 1

    account.emulator.revoked.add(account.emulator.key)
    account.emulator.fail("reset", when="late", late=0)
    with pytest.raises(httpx.ReadError):
        written(account, client)
    assert account.emulator.late == []


def test_the_nth_write_is_chosen_by_method_path_and_number(account: Account, client: httpx.Client):
    account.emulator.fail("500", path="/nowhere")
    account.emulator.fail("503", method="write", path=account.path, skip=2)

    assert client.get(account.path.rpartition("/")[0]).status_code == 200
    assert [written(account, client) for _ in range(4)] == [account.status, account.status, 503, account.status]


def test_fields_are_dropped_without_a_word(account: Account, client: httpx.Client):
    client.post("/_emulator/faults", json={"kind": "drops", "fields": ["is_sensitive", "regarding_id"]})
    written(account, client, is_sensitive=True, regarding_id=16_200_345)
    [effect] = account.emulator.effects

    assert account.texts() == ["Knows yeast."]
    assert not effect.changed.get("is_sensitive")
    assert not effect.changed.get("regarding_id")


def test_habits_are_changed_over_http(account: Account, client: httpx.Client):
    name = "new_status" if account.scheme == "Bearer" else "status_answer"
    told = [client.post("/_emulator/habits", json=habits) for habits in ({name: 200}, {"colour": "red"})]

    assert getattr(account.emulator.habits, name) == 200
    assert [(each.status_code, each.json()) for each in told] == [
        (200, {}),
        (400, {"message": "there is no habit colour"}),
    ]


@pytest.mark.parametrize("how", [{"when": "sometimes"}, {"often": 3}])
def test_a_fault_that_makes_no_sense_is_refused(account: Account, client: httpx.Client, how: dict[str, Any]):
    assert client.post("/_emulator/faults", json={"kind": "500", **how}).status_code == 400


def test_the_truth_is_not_written(account: Account, client: httpx.Client):
    assert client.post(f"/_emulator/truth{account.path}", json=account.note).status_code == 403
    assert account.emulator.effects == []


def test_a_body_without_a_length_arrives(account: Account, client: httpx.Client):
    words = iter([b'{"note": "In pieces.", "display_name": "Acme", ', b'"type": "other", "notes": "In pieces."}'])
    answer = client.post(account.path, content=words, headers={"Content-Type": "application/json"})

    assert answer.status_code == account.status
    assert account.texts() == ["In pieces."]


def test_an_emulator_without_writes_has_no_effects():
    assert Emulator(limit=1, per=1).effects == []
