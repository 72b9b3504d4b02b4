"""Many writers and a reader at once: every event is read once and in order, whoever commits first."""

import random
import threading
import time
from typing import Any

import pytest
from django.db import connection as database
from django.db import transaction
from django.test import Client
from django_scopes import scope

from atsbridge.connections.models import Connection
from atsbridge.records import history, stamps
from atsbridge.tenants.models import Tenant
from tests.records import factory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
WRITERS, EACH = 6, 25


def write(tenant: Tenant, connection: Connection, dice: random.Random) -> None:
    """Make events in transactions of different lengths, some of which fail at their end."""
    try:
        with scope(tenant=tenant):
            for number in range(EACH):
                try:
                    with transaction.atomic():
                        hold = stamps.hold(connection, "run")
                        for part in range(dice.choice((1, 1, 3))):
                            history.note(hold, "sync.finished", after={"run": number, "part": part})
                            time.sleep(dice.random() / 100)  # the others commit meanwhile, where they can
                        if dice.random() < 0.2:
                            raise RuntimeError
                except RuntimeError:
                    pass
    finally:
        database.close()


def test_a_reader_beside_many_writers_misses_nothing_and_reads_nothing_twice(acme: Tenant, acme_key: str):
    accounts = [factory.connect(acme, "cats", label=f"CATS {number}") for number in range(WRITERS)]
    threads = [
        threading.Thread(target=write, args=(acme, account, random.Random(number)))
        for number, account in enumerate(accounts)
    ]
    client, read, after = Client(headers={"Authorization": f"Bearer {acme_key}"}), list[Any](), 0
    for thread in threads:
        thread.start()
    writing = True
    while writing:
        writing = any(thread.is_alive() for thread in threads)
        body = client.get("/events", {"after": after, "limit": 5, "wait": 1}).json()
        read, after = [*read, *body["result"]], body["next_after"]
        writing = writing or bool(body["result"])

    whole = client.get("/events", {"limit": 1000}).json()
    assert read == whole["result"]
    assert [event["number"] for event in read] == list(range(1, len(read) + 1))
    assert {event["connection"] for event in read} == {str(account.pk) for account in accounts}
