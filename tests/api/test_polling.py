"""A machine that asks for what is new since its last watermark misses nothing."""

import random
from typing import Any

import pytest
from django.db import transaction
from django_scopes import scope

from atsbridge.records import stamps
from atsbridge.records.ids import record_id
from atsbridge.records.models import Record
from atsbridge.records.writing import Writing
from tests.api.conftest import Machine
from tests.api.rows import Account

PEOPLE = 8


@pytest.fixture
def changes(homerun):
    """Random changes, several to a transaction, written as the store writes them."""
    return Changes(homerun)


class Changes:
    """What happens at the provider while a machine polls."""

    def __init__(self, account: Account) -> None:
        self.account = account

    def write(self, dice: random.Random) -> None:
        """One transaction: people come, change, go and come back; so do their applications."""
        with scope(tenant=self.account.tenant), transaction.atomic():
            hold = stamps.hold(self.account.connection, "run")
            writing = Writing(hold)
            for _ in range(dice.randrange(1, 5)):
                self._one(writing, dice)
            writing.insert(iter(list(writing.records.values())))
            writing.save()

    def _one(self, writing: Writing, dice: random.Random) -> None:
        number = dice.randrange(PEOPLE)
        model, remote_id = dice.choice([("candidate", f"c{number}"), ("application", f"a{number}")])
        key = record_id(self.account.connection.id, model, remote_id)
        old = Record.objects.filter(id=key).first()
        if key in writing.records:
            return
        if old and old.deleted_at is None and dice.random() < 0.3:
            writing.delete(old)
            return
        values: dict[str, Any] = {"first_name": str(dice.random())}
        if model == "application":
            values = {"candidate_id": f"c{number}", "current_stage_id": str(dice.random())}
        seen = old.first_seen_at if old else writing.hold.stamp
        row = {"first_seen_at": seen, "created_at": seen}
        new = self.account.made(model, remote_id, row=row, **values)
        writing.put(new, old)


class Poller:
    """Keeps a copy of a list by asking for what changed since the newest row that it knows."""

    def __init__(self, machine: Machine, resource: str, dice: random.Random) -> None:
        self.machine, self.resource, self.dice = machine, resource, dice
        self.watermark = ""
        self.copy: dict[str, Any] = {}

    def poll(self, between: Any) -> None:
        """Walk from the watermark to the end; something else happens between the pages."""
        asked = {"updated_at[gt]": self.watermark} if self.watermark else {}
        cursor: str | None = ""
        while cursor is not None:
            limit = self.dice.randrange(1, 5)
            page = self.machine.read(self.resource, asked, include_deleted="true", limit=limit, next_cursor=cursor)
            for row in page["result"]:
                self.copy[row["id"]] = row
                self.watermark = max(self.watermark, row["updated_at"])
            cursor = page["next_cursor"]
            between()

    def now(self) -> dict[str, Any]:
        """What is true now."""
        rows = self.machine.read(self.resource, include_deleted="true", limit=1000)["result"]
        return {row["id"]: row for row in rows}


@pytest.mark.parametrize("resource", ["candidates", "applications"])
@pytest.mark.parametrize("seed", range(6))
def test_polling_with_the_last_watermark_misses_nothing(machine, changes, resource, seed):
    dice = random.Random(seed)
    poller = Poller(machine, resource, dice)
    for _ in range(15):
        poller.poll(lambda: changes.write(dice) if dice.random() < 0.7 else None)
    poller.poll(lambda: None)

    assert poller.copy == poller.now()
    assert len(poller.copy) >= 3
