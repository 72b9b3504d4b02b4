"""Kills whoever works, at random moments, and compares everything with the truth afterwards.

Both emulated providers are read without a pause while other people change them and faults happen. It makes a test
database on DATABASE_URL (SQLite where none is named) and sends over CELERY_BROKER_URL (a folder). Ends with 1 where a
record, a total or the replay of the events differs from the truth, or a run hangs.
"""

import argparse
import os
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import django
from django.db import connection as database
from django.test.utils import setup_databases, setup_test_environment, teardown_databases

FOLDER = Path(tempfile.mkdtemp(prefix="torture"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
BROKER = os.environ.setdefault("CELERY_BROKER_URL", f"filesystem://{FOLDER / 'broker'}")
django.setup()

from tests.benchmarks.telling import table  # noqa: E402
from tests.killing import accounts, acting, telling  # noqa: E402
from tests.killing.crew import QUICK, Crew, served  # noqa: E402
from tests.killing.torture import Account, Torture  # noqa: E402

PROVIDERS = ("homerun", "cats")
SETTINGS: dict[str, Any] = {
    "EXCHANGE_SECONDS": "1.5",  # a request that hangs costs less than a lease
    "DOUBT_SECONDS": "2",
    "DELETION_GUARD_PERCENT": "100",  # nobody is there to be asked
    "COPIES": "0,1,1,1,2",  # some messages are lost, some repeated
}
MOST = 40
"""Differences that are told."""
WHOLE = 2
"""Complete runs at the end: what has no address of its own goes when two of them made it no more."""


def arguments() -> argparse.ArgumentParser:
    """What can be asked for."""
    parser = argparse.ArgumentParser(prog="make torture", description=__doc__)
    parser.add_argument("--kills", type=int, default=50, help="how often")
    parser.add_argument("--actions", type=int, default=0, help="write so many actions instead of reading")
    parser.add_argument("--seed", type=int, default=random.randrange(10_000), help="of the dice")
    parser.add_argument("--people", type=int, default=300, help="in each account")
    parser.add_argument("--pace", type=float, default=120, help="what people change a minute in each account")
    return parser


@contextmanager
def test_database() -> Iterator[None]:
    """A database of our own, dropped at the end."""
    setup_test_environment()
    made = setup_databases(verbosity=0, interactive=False)
    try:
        yield
    finally:
        teardown_databases(made, verbosity=0)


def main() -> int:
    """Torture, then read everything once more in peace, compare, tell."""
    asked, begun = arguments().parse_args(), time.monotonic()
    print(f"seed {asked.seed}, {database.vendor}, broker {BROKER.partition(':')[0]}, {QUICK}", flush=True)
    with test_database(), ExitStack() as stack:
        emulated = {slug: stack.enter_context(served(slug, people=asked.people)) for slug in PROVIDERS}
        for emulator, _ in emulated.values():
            emulator.timely = True
        linked = [Account(accounts.linked(slug, each, slug), each) for slug, (each, _) in emulated.items()]
        addresses = {slug: address for slug, (_, address) in emulated.items()}
        crew = stack.enter_context(Crew(FOLDER, BROKER, addresses, **SETTINGS))
        if asked.actions:
            return _write(crew, linked, asked)
        torture = Torture(crew, linked, random.Random(asked.seed), asked.pace)
        torture.go(asked.kills)
        for _ in range(WHOLE):
            for account in linked:
                account.start("command")
            torture.rest()
        said, wrong = telling.told(torture)
    print(f"{said}\n\n{asked.kills} kills in {time.monotonic() - begun:.0f} s")
    if wrong:
        print("\n".join([*wrong[:MOST], f"The worker's log is in {FOLDER}"]))
        return 1
    shutil.rmtree(FOLDER)
    print("Nothing differs, and no run hangs.")
    return 0


def _write(crew: Crew, linked: list[Account], asked: argparse.Namespace) -> int:
    """Let actions be killed instead of runs."""
    written = acting.accounts(crew, [(account.connection, account.emulator) for account in linked])
    kills = acting.torture(crew, written, random.Random(asked.seed), asked.actions)
    print(table(("killed", "times"), sorted(kills.items())))
    lines = [
        (account.connection.label, len(account.asked), account.faults, len(account.ended()), *telling.states(account))
        for account in written
    ]
    print("", table(("account", "actions", "answers lost", "ended", "done", "unknown"), lines), sep="\n")
    wrong = [f"{account.connection.label}: {said}" for account in written for said in account.wrong()]
    print("\n".join(["", *(wrong or ["Nothing was done twice, and nothing that says it is done is missing."])]))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
