"""The broker in a folder: many senders at once, and no reader ever meets half a message."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Empty
from typing import Any

import pytest
from kombu import Connection

from atsbridge.environment import broker
from atsbridge.folder import register

SENDERS, EACH = 4, 30


@pytest.fixture
def address(tmp_path: Path):
    register()
    url, options = broker(f"filesystem://{tmp_path}", tmp_path)
    return {"hostname": url, "transport_options": options}


def test_messages_of_many_senders_arrive_whole_and_once(address):
    def send(sender: int):
        with Connection(**address) as connection, connection.SimpleQueue("bells") as queue:
            for number in range(EACH):
                queue.put({"sender": sender, "number": number, "filling": "x" * 300_000})

    met: list[tuple[int, int]] = []
    with ThreadPoolExecutor(SENDERS) as pool, Connection(**address) as here, here.SimpleQueue("bells") as queue:
        sending = [pool.submit(send, sender) for sender in range(SENDERS)]
        while len(met) < SENDERS * EACH:
            try:
                message = queue.get(timeout=5)
            except Empty:
                break
            met.append((message.payload["sender"], message.payload["number"]))
            message.ack()
        for one in sending:
            one.result()

    assert sorted(met) == [(sender, number) for sender in range(SENDERS) for number in range(EACH)]


def test_a_message_that_is_still_being_written_is_not_there_yet(address):
    with Connection(**address) as connection, connection.channel() as opened:
        channel: Any = opened

        class Slow:
            def __json__(self):
                seen.append(channel._size("bells"))
                return "written"

        seen: list[int] = []
        channel._put("bells", {"body": Slow()})

        assert seen == [0]
        assert channel._size("bells") == 1
        assert channel._get("bells") == {"body": "written"}
