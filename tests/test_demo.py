"""`make demo`: one start, one Ctrl-C, and nothing left behind; its data stays until it is told otherwise."""

import fcntl
import signal
import socket
import time
from pathlib import Path

import httpx
import pytest

from tests.journeys.running import Demo, free_ports, launched

SMALL = ("--jobs", "2", "--people", "5")


def group(demo: Demo) -> dict[int, str]:
    """The processes that a demo started, with theirs: pid → command line."""
    parents = {int(each.name): each for each in Path("/proc").iterdir() if each.name.isdecimal()}
    family = {demo.process.pid}
    for _ in range(4):
        family |= {pid for pid, each in parents.items() if _parent(each) in family}
    return {pid: _words(pid) for pid in family - {demo.process.pid}}


def _parent(folder: Path) -> int:
    try:
        return int(folder.joinpath("stat").read_text().rpartition(")")[2].split()[1])
    except (FileNotFoundError, ProcessLookupError):
        return 0


def _words(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except (FileNotFoundError, ProcessLookupError):
        return ""


def left(pids: dict[int, str]) -> list[str]:
    """Which of them still run as what they were."""
    return [words for pid, words in pids.items() if words and _words(pid) == words]


def listening(pids: dict[int, str]) -> set[str]:
    """The addresses that these processes listen at, as the kernel writes them."""
    sockets = set()
    for pid in pids:
        for each in Path(f"/proc/{pid}/fd").iterdir():
            try:
                sockets.add(str(each.readlink()))
            except FileNotFoundError:
                continue
    lines = [line.split() for name in ("tcp", "tcp6") for line in Path(f"/proc/net/{name}").read_text().splitlines()]
    return {words[1].partition(":")[0] for words in lines if words[3] == "0A" and f"socket:[{words[9]}]" in sockets}


@pytest.mark.journey
@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="this machine does not show its processes in /proc")
def test_ctrl_c_ends_everything_a_second_start_keeps_the_data_and_a_reset_does_not(tmp_path):
    first = Demo.started(tmp_path / "data", *SMALL)
    pids = group(first)
    secrets = (first.folder / "secrets.json").read_text()
    connection = first.curl[1]
    assert {name for name in ("granian", "celery", "emulate homerun", "emulate cats") if name in str(pids)} == {
        "granian", "celery", "emulate homerun", "emulate cats",
    }  # fmt: skip
    assert listening(pids) == {"0100007F"}
    assert httpx.get(f"{first.address}/accounts/login/").status_code == 200
    assert registered(first) == 1

    assert first.stop(signal.SIGINT) == 0
    assert left(pids) == []

    second = Demo.started(first.folder, *SMALL, port=first.port)
    assert (second.folder / "secrets.json").read_text() == secrets
    assert second.curl[1] == connection
    assert second.curl[0] != first.curl[0]
    assert registered(second) == 1, "the second emulator knew nothing of webhooks"
    assert second.stop(signal.SIGTERM) == 0

    third = Demo.started(first.folder, *SMALL, "--reset", port=first.port)
    pids = group(third)
    assert (third.folder / "secrets.json").read_text() != secrets
    assert third.curl[1] != connection
    assert (third.folder / "beat").exists()

    third.stop(signal.SIGKILL)
    until = time.monotonic() + 15
    while left(pids) and time.monotonic() < until:
        time.sleep(0.2)
    assert left(pids) == []


@pytest.mark.journey
def test_a_demo_with_life_links_both_accounts_and_announces_what_people_change_there(tmp_path):
    demo = Demo.started(tmp_path / "data", *SMALL, "--life", "600")
    try:
        headers, until = dict([demo.curl[0].split(": ")]), time.monotonic() + 60
        created, updated = set[str](), set[str]()
        while not (len(created) == 2 and updated) and time.monotonic() < until:
            time.sleep(0.5)
            created, updated = (
                {event["connection"] for event in page["result"]}
                for kind in ("created", "updated")
                for page in [httpx.get(f"{demo.address}/events?kind={kind}&limit=1000", headers=headers).json()]
            )
    finally:
        assert demo.stop() == 0

    assert (len(created), updated <= created, bool(updated)) == (2, True, True)


def registered(demo: Demo) -> int:
    """How many webhooks the emulated CATS sends, as soon as it was asked for one."""
    headers, until = {"Authorization": f"Token {demo.cats_key}"}, time.monotonic() + 40
    address = f"http://127.0.0.1:{demo.port + 2}/v3/webhooks"
    while time.monotonic() < until:
        answer = httpx.get(address, headers=headers).json()
        if answer["total"]:
            return int(answer["total"])
        time.sleep(0.5)
    return 0


def refused(folder: Path, port: int, *words: str) -> tuple[int, str]:
    process = launched(folder, *words, port=port)
    said = process.communicate(timeout=60)[1]
    return process.returncode, said


@pytest.mark.parametrize("port", [0, 65534, 99999])
def test_a_port_that_leaves_no_room_for_the_emulators_is_refused(tmp_path, port):
    status, said = refused(tmp_path / "data", port)

    assert status == 2
    assert "argument --port: a number from 1 to 65533" in said


def test_a_port_in_use_is_said_with_what_to_do(tmp_path):
    port = free_ports()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port + 2))
        taken.listen()
        answer = refused(tmp_path / "data", port)
    words = f"Port {port + 2} is in use. The demo takes three in a row: make demo PORT={port + 100}\n"
    assert answer == (1, words)


def test_a_reset_deletes_no_folder_of_somebody_elses(tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    answer = refused(tmp_path, free_ports(), "--reset")
    assert answer == (1, f"{tmp_path} holds something else than a demo; name another folder.\n")
    assert (tmp_path / "thesis.txt").read_text() == "years of work"


def test_two_demos_never_share_a_folder(tmp_path):
    with (tmp_path / "data.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        answer = refused(tmp_path / "data", free_ports())
    assert answer == (1, "A demo is running here already. Stop it with Ctrl-C first.\n")
    assert [each.name for each in tmp_path.iterdir()] == ["data.lock"]
