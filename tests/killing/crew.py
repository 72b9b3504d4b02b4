"""A worker with beat in it, started again whenever it is gone, as an operator's init system would."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, Self

import kombu
from celery import current_app
from django.conf import settings
from django.db import connection as database
from django.utils import timezone
from django_scopes import scope

from atsbridge.connections.models import Connection
from atsbridge.environment import broker
from atsbridge.sync.models import Run
from atsbridge.sync.tasks import advance
from connectors.emulation import serve
from tests.killing.guard import Guard
from tests.killing.points import Order, give
from tests.sync import harness

PATIENCE = 60.0
QUICK = {
    "RUN_LEASE_SECONDS": "2",
    "SWEEP_SECONDS": "0.2",
    "SETTLE_SECONDS": "1",
    "ACTION_LEASE_SECONDS": "1",
    "WRITE_SECONDS": "2",
    "FILE_SECONDS": "2",
    "SETTLE_WRITE_SECONDS": "0.5",
}
"""What makes a killed run, or action, move on within seconds."""


def broker_address(broker: str, folder: Path) -> str:
    """A broker that nobody else in this run of the suite sends to; an address stays as it is."""
    if "://" in broker:
        return broker
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


@contextmanager
def served(slug: str, **arguments: Any) -> Iterator[tuple[Any, str]]:
    """An emulated provider over HTTP, and its address."""
    emulator = harness.emulate(slug, **{"people": 150, **arguments})
    server = serve(emulator, 0)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield emulator, f"http://127.0.0.1:{server.port}{emulator.base_path}"
    finally:
        server.shutdown()
        server.server_close()


class Crew:
    """The worker, its orders, and what is known of its deaths.

    `addresses`: slug → where that provider is emulated. `beats`: how many beats there are; the first is the worker's
    own. `concurrency`: its processes; the message that one died of keeps a place for ten seconds. `revive`: whether a
    worker that is gone is started again while somebody waits.
    """

    def __init__(
        self,
        folder: Path,
        broker: str,
        addresses: dict[str, str],
        *,
        app: str = "tests.killing.app",
        beats: int = 1,
        concurrency: int = 6,
        **more: str,
    ) -> None:
        self.folder, self.orders, self.given = folder, folder / "orders", 0
        self.orders.mkdir()
        self.app, self.beats, self.concurrency, self.revive, self.started = app, beats, concurrency, True, 0
        self.running: list[subprocess.Popen[bytes]] = []
        self.environment = os.environ | QUICK | more
        self.environment |= {f"{slug.upper()}_API_URL": address for slug, address in addresses.items()}
        self.environment |= {
            "DJANGO_SETTINGS_MODULE": "atsbridge.settings",
            "DATABASE_URL": database_address(),
            "CELERY_BROKER_URL": broker_address(broker, folder / "broker"),
            "ORDERS": str(self.orders),
        }

    def __enter__(self) -> Self:
        self.guard = Guard()
        self.start()
        return self

    def __exit__(self, *reason: object) -> None:
        self.kill()
        self.guard.leave()

    def start(self) -> None:
        """Start the worker, and the other beats."""
        words = ["--beat", f"--schedule={self.folder / 'beat'}", f"--concurrency={self.concurrency}"]
        self._celery("worker", *words, f"--hostname={os.getpid()}@%h")
        for number in range(1, self.beats):
            self._celery("beat", f"--schedule={self.folder / 'beat'}{number}", "--pidfile=")
        self.started += 1

    def _celery(self, command: str, *words: str) -> None:
        line = [sys.executable, "-m", "celery", "--app", self.app, command, *words, "--loglevel=error"]
        with (self.folder / f"{command}.log").open("ab") as log:
            self.running.append(
                subprocess.Popen(
                    line, cwd=settings.BASE_DIR, env=self.environment, stdout=log, stderr=log, start_new_session=True
                )
            )
        self.guard.watch(process.pid for process in self.running)

    def kill(self) -> None:
        """End everything at once, as a failing machine does."""
        for process in self.running:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self.running.clear()

    def keep_up(self) -> None:
        """Start whatever is gone again."""
        if not self.running or any(process.poll() is not None for process in self.running):
            self.kill()
            self.start()

    def order(self, point: str, *, visit: int = 1, who: str = "child", about: str = "") -> None:
        """Let somebody die at a named point, once the orders before this are obeyed."""
        self.given += 1
        give(self.orders, self.given, Order(point, visit, who, about))

    def withdraw(self) -> bool:
        """Take back the orders that nobody has obeyed; whether there were any."""
        waiting = list(self.orders.glob("*.order"))
        for order in waiting:
            order.unlink()
        return bool(waiting)

    def deaths(self) -> list[dict[str, Any]]:
        """The orders that were obeyed, with their time."""
        path = self.orders / "deaths.jsonl"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def sync(self, connection: Connection) -> Run:
        """A whole run, done by the worker. Its bell is lost on the way, so the sweeper finds it."""
        run = harness.started(connection)
        with scope(tenant=connection.tenant):
            Run.objects.filter(pk=run.pk).update(rung_at=timezone.now() - timedelta(minutes=1))
            self.until(lambda: Run.objects.filter(pk=run.pk, ended_at__isnull=False).exists())
            run.refresh_from_db()
        connection.refresh_from_db()
        return run

    def ring(self, run: Run) -> None:
        """Send a run's bell to the worker, as a web process does; a test's own goes to the test's broker."""
        url, options = broker(self.environment["CELERY_BROKER_URL"], settings.BASE_DIR)
        with kombu.Connection(url, transport_options=options) as way:
            told = (str(run.tenant_id), str(run.id), timezone.now().isoformat())
            current_app.send_task(advance.name, told, connection=way)

    def until(self, done: Callable[[], bool], patience: float = PATIENCE) -> None:
        """Wait for something that the worker does."""
        end = time.monotonic() + patience
        while not done():
            assert time.monotonic() < end, f"{self.deaths()}\n{(self.folder / 'worker.log').read_text()[-3000:]}"
            if self.revive:
                self.keep_up()
            time.sleep(0.05)
