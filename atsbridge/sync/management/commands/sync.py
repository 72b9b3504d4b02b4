"""manage.py sync CONNECTION [--full] [--wait]"""

import time
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django_scopes import scope

from atsbridge.sync import engine, schedule
from atsbridge.sync.finding import connection_named
from atsbridge.sync.models import COUNTS, Run
from atsbridge.tenants.commands import JsonCommand

PATIENCE = 5.0
"""Seconds that a worker has to take the run before the command does the work itself."""


class Command(JsonCommand):
    """Reads a connection now, or joins the run that is reading it."""

    help = (
        "Start a sync run of CONNECTION (its uuid or its homerun:… form), or join the running one. "
        'Prints {"run", "state", "models", "calls", "seconds"}.'
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Which connection, how thoroughly, and whether to stay until it ends."""
        parser.add_argument("connection", metavar="CONNECTION")
        parser.add_argument("--full", action="store_true", help="map every row anew, changed or not")
        parser.add_argument("--wait", action="store_true", help="stay until the run has ended")

    def answer(self, **options: Any) -> dict[str, Any]:
        """Start or join, and wait where asked."""
        connection = connection_named(options["connection"])
        with scope(tenant=connection.tenant):
            try:
                run = schedule.start(connection, "command", full=options["full"])
            except schedule.NotActive as reason:
                raise CommandError(str(reason)) from reason
            if options["wait"]:
                run = self._wait(run)
            self.failed = run.state in ("failed", "cancelled")
            return {
                "run": str(run.id),
                "state": run.state,
                "models": _counts(run),
                "calls": run.calls,
                "seconds": _seconds(run),
            }

    def _wait(self, run: Run) -> Run:
        until = time.monotonic() + PATIENCE
        while run.started_at is None and run.ended_at is None and time.monotonic() < until:
            time.sleep(0.1)
            run.refresh_from_db()
        engine.run_whole(run.id)
        run.refresh_from_db()
        return run


def _counts(run: Run) -> dict[str, dict[str, int]]:
    """Every model that the connection reads, with every count."""
    return {model: {what: run.counts.get(model, {}).get(what, 0) for what in COUNTS} for model in run.connection.reads}


def _seconds(run: Run) -> float | None:
    if run.started_at is None or run.ended_at is None:
        return None
    return round((run.ended_at - run.started_at).total_seconds(), 3)
