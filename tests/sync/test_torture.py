"""`make torture` itself, briefly: it kills, compares, tells, and finds what differs."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.utils import timezone
from django_scopes import scope

from atsbridge.records.models import Change, Record, Total
from atsbridge.tenants.models import Tenant
from tests.killing import telling
from tests.killing.torture import OFTEN, Account
from tests.sync import harness

ROOT = Path(__file__).resolve().parents[2]
SMALL = ("--kills", "2", "--seed", "1", "--people", "40")


def test_torture_tells_what_it_killed_and_that_nothing_differs():
    environment = {name: value for name, value in os.environ.items() if name != "CELERY_BROKER_URL"}
    command = [sys.executable, "-m", "tests.killing", *SMALL]
    done = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=False)

    assert done.returncode == 0, done.stdout
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in done.stdout.splitlines() if "|" in line]
    lines = {cell[0]: cell[1:] for cell in cells}
    killed = [int(lines[kind][0]) for kind in OFTEN]
    assert sum(killed) == 2
    assert [lines[name][-2:] for name in ("Homerun", "CATS")] == [["0", "0"], ["0", "0"]]
    assert done.stdout.splitlines()[-1] == "Nothing differs, and no run hangs."


@pytest.mark.django_db
def test_whatever_differs_is_found(acme: Tenant):
    emulator = harness.emulate("homerun", people=20)
    with harness.mounted("homerun", emulator):
        account = Account(harness.link(acme, "homerun", emulator, announce_each=True), emulator)
        harness.sync(account.connection)
        assert telling.told_of(account)[1] == []

        with scope(tenant=acme):
            gone, lost = Record.objects.filter(model="candidate").order_by("remote_id")[:2]
            Record.objects.filter(pk=gone.pk).update(deleted_at=timezone.now())
            Change.objects.filter(record=lost.pk).delete()
            counts = dict(Total.objects.filter(count__gt=0).values_list("model", "count"))
        harness.started(account.connection)
        wrong = telling.told_of(account)[1]

    one, other = ("candidate", gone.remote_id), ("candidate", lost.remote_id)
    assert wrong == [
        f"{one} is missing, the truth has it",
        f"totals say {counts}",
        f"{one} is missing, the replay of the events has it",
        f"{other} is here, and the replay of the events has none",
        f"{one} is missing, the replay of the feed has it",
        f"{other} is here, and the replay of the feed has none",
        "run 2 hangs: waiting",
    ]
