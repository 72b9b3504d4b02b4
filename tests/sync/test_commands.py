"""The operators' commands about syncing: sync, remap, emulate."""

import json
import subprocess
import sys
import time
from datetime import timedelta
from io import StringIO
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from django_scopes import scope

from atsbridge.connections import states
from atsbridge.connections.integration_ids import integration_id
from atsbridge.records.models import Change, Record
from atsbridge.sync.models import COUNTS, Run
from tests.sync import harness

ROOT = Path(__file__).resolve().parent.parent.parent
pytestmark = pytest.mark.django_db(transaction=True)


def last_line(*words, **options):
    out = StringIO()
    call_command(*words, stdout=out, **options)
    return json.loads(out.getvalue().splitlines()[-1])


@pytest.fixture
def connection(acme, harbor, monkeypatch):
    monkeypatch.setattr("atsbridge.sync.management.commands.sync.PATIENCE", 0.0)
    return harness.link(acme, "harbor", harbor)


def counted(**some):
    return {what: some.get(what, 0) for what in COUNTS}


def test_sync_waits_and_does_the_work_itself_where_no_worker_does(connection, harbor):
    said = last_line("sync", str(connection.id), wait=True)

    with scope(tenant=connection.tenant):
        run = Run.objects.get()
    assert run.started_at
    assert run.ended_at
    assert said == {
        "run": str(run.id),
        "state": "succeeded",
        "models": said["models"],
        "calls": run.calls,
        "seconds": round((run.ended_at - run.started_at).total_seconds(), 3),
    }
    people = len(harbor.people)
    assert set(said["models"]) == set(connection.reads)
    assert said["models"]["candidate"] == counted(read=people, created=people)
    assert said["models"]["attachment"] == counted()


def test_sync_takes_the_outside_form_and_joins_the_running_run(connection):
    outside = integration_id("harbor", connection.id)
    first, second = last_line("sync", outside), last_line("sync", outside)

    assert (first["run"], first["state"], first["seconds"]) == (second["run"], "waiting", None)


def test_sync_takes_over_from_a_worker_that_is_gone(connection):
    gone = harness.started(connection)
    with scope(tenant=connection.tenant):
        Run.objects.filter(id=gone.id).update(
            state="running",
            lease=UUID(int=1),
            started_at=timezone.now() - timedelta(minutes=2),
            lease_until=timezone.now() - timedelta(minutes=1),
        )

    said = last_line("sync", str(connection.id), wait=True)

    assert (said["run"], said["state"]) == (str(gone.id), "succeeded")


def test_sync_in_full_reads_every_row_anew_and_announces_nothing(connection):
    harness.sync(connection)
    with scope(tenant=connection.tenant):
        before = list(Change.objects.exclude(kind="sync.finished").values_list("id", flat=True))

        said = last_line("sync", str(connection.id), full=True, wait=True)

        assert said["models"]["job"]["read"] > 0
        assert said["models"]["job"] == counted(read=said["models"]["job"]["read"])
        assert list(Change.objects.exclude(kind="sync.finished").values_list("id", flat=True)) == before


def test_sync_says_failed_and_exits_with_1(connection, harbor, capsys):
    harbor.fail("401", times=100)

    out = StringIO()
    with pytest.raises(SystemExit) as left:
        call_command("sync", str(connection.id), wait=True, stdout=out)

    assert left.value.code == 1
    assert json.loads(out.getvalue().splitlines()[-1])["state"] == "failed"


def test_sync_refuses_a_paused_connection(connection):
    with scope(tenant=connection.tenant):
        states.pause(connection)

    with pytest.raises(CommandError, match="paused"):
        call_command("sync", str(connection.id))


@pytest.mark.parametrize(
    "word", ["", "seventeen", "homerun:short", "homerun:" + "z" * 24, str(UUID(int=17)), "\x00", "٣" * 36]
)
def test_sync_says_what_names_a_connection(word, db):
    with pytest.raises(CommandError):
        call_command("sync", word)


def test_remap_mends_what_is_stored_without_a_call(connection, harbor):
    harness.sync(connection)
    with scope(tenant=connection.tenant):
        one = Record.objects.filter(model="candidate").order_by("id").first()
        assert one is not None
        Record.objects.filter(id=one.id).update(document=one.document.replace("first_name", "first_nome"), title="?")
        calls = len(harbor.calls)

        said = last_line("remap", str(connection.id))

        mended = Record.objects.get(id=one.id)
        assert (mended.document, mended.title) == (one.document, one.title)
    assert len(harbor.calls) == calls
    assert said["connection"] == str(connection.id)
    assert said["models"]["candidate"]["changed"] == 1


def test_emulate_serves_on_loopback_until_it_is_ended(settings):
    command = [sys.executable, "manage.py", "emulate", "homerun", "--port", "0", "--jobs", "2", "--people", "3"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            said = json.loads(process.stdout.readline())
            answer = httpx.get(f"{said['address']}/ping", headers={"Authorization": f"Bearer {said['key']}"})
        finally:
            process.terminate()

    assert said["address"].startswith("http://127.0.0.1:")
    assert (answer.status_code, answer.json()) == (200, {"pong": True})


@pytest.mark.parametrize(
    "option", ["--jobs=-1", "--people=200001", "--people=many", "--jobs=٣", "--port=99999", "--calls-taken=91"]
)
def test_emulate_refuses_other_amounts(option):
    with pytest.raises(CommandError, match="a number from 0 to "):
        call_command("emulate", "cats", "--port=0", option)


def test_emulate_refuses_a_share_of_no_limit():
    with pytest.raises(CommandError, match="--limit 0 has none"):
        call_command("emulate", "cats", "--port=0", "--limit=0", "--calls-taken=30")


def test_in_a_served_account_people_change_things(settings):
    command = [sys.executable, "manage.py", "emulate", "cats", "--port=0", "--people=9", "--limit=0", "--changes=6000"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            said = json.loads(process.stdout.readline())
            ask = httpx.Client(base_url=said["address"], headers={"Authorization": f"Token {said['key']}"})
            events, until = 0, time.monotonic() + 10
            while not events and time.monotonic() < until:
                answer = ask.get("/events")
                events = answer.json()["count"]
        finally:
            process.terminate()

    assert events
    assert answer.headers["X-Rate-Limit-Limit"] == "1000000000"
