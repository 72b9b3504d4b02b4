"""Real workers over real brokers: bells arrive, a killed worker's run is taken up by the next."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection as database
from django_scopes import scope

from atsbridge.records.models import Change, Record
from atsbridge.sync import schedule
from atsbridge.sync.models import Page, Run
from connectors.emulation import serve
from tests.connectors.homerun.expected import expected
from tests.sync import harness

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = 60.0
BROKERS = [
    pytest.param("folder"),
    pytest.param("redis", marks=pytest.mark.redis),
    pytest.param("rabbitmq", marks=pytest.mark.rabbitmq),
]


def broker_address(broker: str, folder: Path) -> str:
    """A broker that nobody else in this run of the suite sends to."""
    if broker == "redis":
        beside = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
        return f"{settings.CELERY_BROKER_URL.rpartition('/')[0]}/{6 + beside % 10}"
    return settings.CELERY_BROKER_URL if broker == "rabbitmq" else f"filesystem://{folder}"


def database_address() -> str:
    """The test database, as another process is told of it."""
    given = database.settings_dict
    if database.vendor == "sqlite":
        return f"sqlite:///{given['NAME']}"
    return f"postgres://{given['USER']}:{given['PASSWORD']}@{given['HOST']}:{given['PORT']}/{given['NAME']}"


@pytest.fixture
def homerun() -> Iterator[tuple[Any, str]]:
    """An emulated Homerun over HTTP, and its address."""
    emulator = harness.emulate("homerun", jobs=6, people=350)
    server = serve(emulator, 0)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield emulator, f"http://127.0.0.1:{server.port}{emulator.base_path}"
    server.shutdown()
    server.server_close()


@contextmanager
def worker(tmp_path: Path, broker: str, homerun: str) -> Iterator["subprocess.Popen[bytes]"]:
    """A worker with beat in it, in a process group of its own."""
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "atsbridge.settings",
        "DATABASE_URL": database_address(),
        "CELERY_BROKER_URL": broker_address(broker, tmp_path / "broker"),
        "HOMERUN_API_URL": homerun,
        "SWEEP_SECONDS": "1",
        "RUN_LEASE_SECONDS": "2",
    }
    words = ["--beat", f"--schedule={tmp_path / 'beat'}", "--concurrency=1", "--loglevel=error"]
    command = [sys.executable, "-m", "celery", "--app", "atsbridge", "worker", *words, f"--hostname={os.getpid()}@%h"]
    with (tmp_path / "worker.log").open("ab") as log:
        process = subprocess.Popen(
            command, cwd=settings.BASE_DIR, env=environment, stdout=log, stderr=log, start_new_session=True
        )
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def until(done: Callable[[], bool], tmp_path: Path) -> None:
    """Wait for something that a worker does."""
    end = time.monotonic() + PATIENCE
    while not done():
        assert time.monotonic() < end, (tmp_path / "worker.log").read_text()[-3000:]
        time.sleep(0.1)


def everything(emulator: Any) -> set[tuple[str, str]]:
    """What the list tier of the emulated account holds."""
    return set(expected(emulator))


@pytest.mark.parametrize("broker", BROKERS)
def test_a_worker_finds_the_run_that_waits_and_reads_everything(acme, homerun, tmp_path, broker):
    emulator, address = homerun
    connection = harness.link(acme, "homerun", emulator)
    with scope(tenant=acme):
        run = schedule.start(connection, "person")

        with worker(tmp_path, broker, address):
            until(lambda: Run.objects.filter(pk=run.pk, ended_at__isnull=False).exists(), tmp_path)

        run.refresh_from_db()
        assert (run.state, run.error) == ("succeeded", "")
        assert set(Record.objects.values_list("model", "remote_id")) == everything(emulator)


@pytest.mark.parametrize("broker", BROKERS)
def test_a_killed_workers_run_goes_on_with_the_next_and_nothing_is_lost_or_said_twice(acme, homerun, tmp_path, broker):
    emulator, address = homerun
    connection = harness.link(acme, "homerun", emulator)
    with scope(tenant=acme):
        run = schedule.start(connection, "person")
        emulator.fail("slow", path="page=3", seconds=5)

        with worker(tmp_path, broker, address) as first:
            until(lambda: any("page=3" in _query(call) for call in list(emulator.calls)), tmp_path)
            os.killpg(first.pid, signal.SIGKILL)
            first.wait()
        pages = Page.objects.count()
        with worker(tmp_path, broker, address):
            until(lambda: Run.objects.filter(pk=run.pk, ended_at__isnull=False).exists(), tmp_path)

        run.refresh_from_db()
        assert (pages, run.state, Page.objects.count()) == (3, "succeeded", 5)
        assert set(Record.objects.values_list("model", "remote_id")) == everything(emulator)
        kinds = list(Change.objects.values_list("kind", flat=True))
        listed = {f"{model}.listed" for resource in connection.speaks.resources for model in resource.models}
        assert set(kinds) == listed | {"sync.finished", "connection.linked"}
        assert len(kinds) == len(set(kinds))


def _query(call: Any) -> str:
    return "&".join(f"{name}={value}" for name, values in call.query.items() for value in values)
