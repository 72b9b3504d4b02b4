"""Our runs, whole, in this process: what a worker does, without the broker between its slices."""

import json
import os
import sys
from typing import Any

import django
from django.core.management import call_command

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
os.environ["DEBUG"] = "false"  # a worker that debugs keeps every query
os.environ["SECRET_KEY"] = "only-for-a-benchmark"
os.environ["CREDENTIAL_KEYS"] = "bench:YmVuY2gtYmVuY2gtYmVuY2gtYmVuY2gtYmVuY2gtYjE="
django.setup()

from django_scopes import scope  # noqa: E402

from atsbridge.connections.models import Connection  # noqa: E402
from atsbridge.records.models import NONE, Change, Record  # noqa: E402
from atsbridge.sync import engine, schedule  # noqa: E402
from atsbridge.sync.models import Run  # noqa: E402
from atsbridge.tenants.models import Tenant  # noqa: E402
from tests.benchmarks.measuring import Spent, measured, tell  # noqa: E402
from tests.sync import harness  # noqa: E402


class Account:
    """What the harness links: an account by its credentials."""

    def __init__(self, credentials: dict[str, str]) -> None:
        self.credentials = credentials


def synced(connection: Connection, runs: int) -> Spent:
    """So many runs, one after the other, and what they came to."""
    events = Change.objects.exclude(record=NONE)  # those about a record
    before = events.count()
    with measured() as spent:
        for _ in range(runs):
            run = schedule.start(connection, "command")
            Run.objects.filter(pk=run.pk).update(kind="complete")
            engine.run_whole(run.pk)
    run.refresh_from_db()
    spent.facts = {
        "state": run.state,
        "written": sum(some.get("created", 0) + some.get("changed", 0) for some in run.counts.values()),
        "records": Record.objects.count(),
        "events": events.count() - before,
        "runs_an_hour": 60 // schedule.plan(connection).minutes,
    }
    return spent


def opened(connection: Connection, records: dict[str, list[str]]) -> Spent:
    """The details of some records, `{model: [remote id, …]}`."""
    with measured() as spent:
        for model, ids in records.items():
            for record in Record.objects.filter(connection=connection, model=model, remote_id__in=ids):
                harness.read_detail(record)
    return spent


def main(asked: dict[str, Any]) -> None:
    """Make the tables and link the account, or do with it what is asked."""
    if "prepare" in asked:
        call_command("migrate", verbosity=0)
    tenant, _ = Tenant.objects.get_or_create(slug="acme", defaults={"name": "Acme"})
    with scope(tenant=tenant):
        if "prepare" in asked:
            harness.link(tenant, asked["slug"], Account(asked["credentials"]), announce_each=True)
            tell(Spent())
            return
        connection = Connection.objects.get(connector=asked["slug"])
        if "opened" in asked:
            tell(opened(connection, asked["opened"]))
        else:
            tell(synced(connection, asked.get("runs", 1)))


if __name__ == "__main__":
    main(json.load(sys.stdin))
