"""Everybody's passes over one account: each pass a process, each pair of passes a fresh database."""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg

import connectors
from tests.benchmarks.measuring import PEER, Spent, run
from tests.benchmarks.provider import Provider, provider

SERVER = os.environ.get("DATABASE_URL", "")
SERVER = SERVER if SERVER.startswith("postgres") else "postgres://postgres@127.0.0.1:5432/postgres"
READY = "its rows alone"
MODULES = {"floor": "floor", "atsbridge": "ours", "dlt": "peer", READY: "ready"}


@dataclass(slots=True)
class Account:
    """What was measured of one account: the quickest of each pass, and calls beside the least possible."""

    slug: str
    people: int
    rows: int
    passes: dict[tuple[str, str], Spent] = field(default_factory=dict)
    """(who, first or unchanged) → the quickest."""
    calls: dict[str, tuple[int, int, int]] = field(default_factory=dict)
    """What was done → (the calls that came, the least, how many more there may be)."""
    large: tuple[int, Spent] | None = None

    def took(self, who: str, which: str, spent: Spent) -> None:
        """Note one pass."""
        known = self.passes.get((who, which))
        if known is None or spent.seconds < known.seconds:
            self.passes[who, which] = spent

    def wrong(self) -> list[str]:
        """The facts that are not as they must be, in words."""
        found = [
            f"{self.slug}: {what} took {made} calls instead of {least}"
            for what, (made, least, spare) in self.calls.items()
            if not least <= made <= least + spare
        ]
        first, second = self.passes["atsbridge", "first"].facts, self.passes["atsbridge", "unchanged"].facts
        if first["events"] != first["records"]:
            found.append(f"{self.slug}: {first['records']} records, but {first['events']} change events")
        if second["written"] or second["events"]:
            found.append(f"{self.slug}: {second['written']} records of an unchanged account were written")
        states = {which: spent.facts["state"] for (who, which), spent in self.passes.items() if who == "atsbridge"}
        return found + [
            f"{self.slug}: the {which} run {state}" for which, state in states.items() if state != "succeeded"
        ]


@contextmanager
def database() -> Iterator[str]:
    """A database of its own, as an address."""
    name = f"atsbridge_bench_{os.getpid()}"
    with psycopg.connect(SERVER, autocommit=True) as server:
        server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        server.execute(f"CREATE DATABASE {name}")
        try:
            yield f"{SERVER.rpartition('/')[0]}/{name}"
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def compared(slug: str, jobs: int, people: int, who: Iterable[str], repeat: int) -> Account:
    """An account of that size, read by all in turn, so that whatever else the machine does hits them alike."""
    with provider(slug, jobs, people) as served:
        account = Account(slug, people, served.rows)
        for _ in range(repeat):
            for each in who:
                with database() as address:
                    prepare(served, each, address)
                    passes(served, account, each, address)
                    if each == "atsbridge" and not account.calls:
                        account.calls = dict(counted(served, address, account.passes[each, "first"]))
                    if each == "atsbridge":
                        account.took(READY, "first", one(served, READY, address))
    return account


def passes(served: Provider, account: Account, who: str, address: str) -> None:
    """A first pass, and a second one over the unchanged account."""
    for which in ("first", "unchanged"):
        with psycopg.connect(address, autocommit=True) as settled:
            settled.execute("CHECKPOINT")  # what was written before does not slow what is measured next
        served.calls()
        spent = one(served, who, address)
        spent.facts["calls"] = served.calls()
        account.took(who, which, spent)


def counted(served: Provider, address: str, first: Spent) -> Iterator[tuple[str, tuple[int, int, int]]]:
    """What our runs ask the provider for: the first, those of a quiet hour, and the details of a few records."""
    yield "the first sync", (first.facts["calls"], served.least["lists"], 0)
    runs = first.facts["runs_an_hour"]
    one(served, "atsbridge", address, runs=runs)
    yield f"a quiet hour, {runs} runs", (served.calls(), runs * served.least["lists"], runs * served.least["spare"])
    details = served.least["detail"]
    one(served, "atsbridge", address, opened={model: list(records) for model, records in details.items()})
    said = ", ".join(f"{len(records)} {model}s" for model, records in details.items())
    yield f"opening {said}", (served.calls(), sum(calls for each in details.values() for calls in each.values()), 0)


def large(slug: str, jobs: int, people: int) -> tuple[int, Spent]:
    """The first pass over a larger account, for its memory."""
    with provider(slug, jobs, people) as served, database() as address:
        prepare(served, "atsbridge", address)
        return people, one(served, "atsbridge", address)


def prepare(served: Provider, who: str, address: str) -> None:
    """Make our tables in a process of its own: it takes more memory than a sync does."""
    if who == "atsbridge":
        one(served, who, address, prepare=True)


def one(served: Provider, who: str, address: str, **more: Any) -> Spent:
    """One process of somebody's."""
    asked = {"slug": served.slug, "credentials": served.credentials, "database": address, **lists(served), **more}
    python = {"python": str(PEER)} if who == "dlt" else {}
    environment = {"DATABASE_URL": address, f"{served.slug.upper()}_API_URL": served.address}
    return run(MODULES[who], asked, **python, CELERY_BROKER_URL="memory://", **environment)


def lists(served: Provider) -> dict[str, Any]:
    """What the others are told of an account: what opens it, where its lists are, how they page."""
    speaks = connectors.get(served.slug)
    found = []
    for each in speaks.resources:
        pages: Any = each.pages
        told = {"path": each.path or each.slug, "params": pages.first(each.params), "number": pages.number}
        found.append({**told, "size": pages.size[1], "rows": each.rows, "total": each.total})
    return {"address": served.address, "headers": speaks.sign(served.credentials), "lists": found}
