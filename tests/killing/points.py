"""The named points of a page's way, and orders to die there.

An order is a file, so that one long-lived worker can be given any number: the point, at which visit, who ends. It is
taken away before it is obeyed, so each is obeyed once; what was done is written down in `deaths.jsonl`.
"""

import json
import os
import re
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import httpx
from django.db import connection as database
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

POINTS = ("before send", "sent, unanswered", "answered, unstored", "before commit", "after commit")
PAGE, RECORD, ACTION, QUESTIONED = "sync_page", "records_record", "actions_action", "sync_nomination"
STORED = {PAGE, RECORD, ACTION, QUESTIONED}
"""A transaction that writes into one of these tables is one whose commit is a point."""
WRITES = re.compile(r'(?:INSERT INTO|UPDATE|DELETE FROM) "(\w+)"')

type Send = Callable[[httpx.Client, httpx.Request], httpx.Response]


@dataclass(frozen=True, slots=True)
class Order:
    """At the `visit`th visit of `point` whose method and address, or whose written tables, contain `about`, `who` ends.

    who: child (the process that works, SIGKILL), worker (its whole group), backend (the database's end of the
    connection).
    """

    point: str
    visit: int = 1
    who: str = "child"
    about: str = ""


def give(folder: Path, number: int, order: Order) -> None:
    """Put an order in force, after those that are there already."""
    part = folder / f"{number:04}.part"
    part.write_text(json.dumps(asdict(order)))
    part.rename(part.with_suffix(".order"))


class Watch:
    """Looks, at each point that this process passes, whether an order says to die here."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.counted: tuple[str, int] = ("", 0)
        self.written: WeakKeyDictionary[BaseDatabaseWrapper, set[str]] = WeakKeyDictionary()

    def passing(self, point: str, about: str) -> None:
        """Die here, if the first of the orders says so."""
        path = min(self.folder.glob("*.order"), default=None)
        if path is None:
            return
        order = Order(**json.loads(path.read_text()))
        if order.point != point or order.about not in about:
            return
        self.counted = (path.name, 1 + (self.counted[1] if self.counted[0] == path.name else 0))
        if self.counted[1] >= order.visit:
            path.unlink()
            self._note(order)
            ENDS[order.who]()

    def _note(self, order: Order) -> None:
        with (self.folder / "deaths.jsonl").open("a") as deaths:
            deaths.write(json.dumps({"at": time.time(), "pid": os.getpid(), **asdict(order)}) + "\n")

    # A request

    def send(
        self, inner: Callable[..., httpx.Response], client: httpx.Client, request: httpx.Request, **how: Any
    ) -> httpx.Response:
        """Send a request, passing three points."""
        about = f"{request.method} {request.url.path}?{request.url.query.decode()}"

        def trace(name: str, info: Any) -> None:
            if name == "http11.receive_response_headers.started":
                self.passing("sent, unanswered", about)

        self.passing("before send", about)
        request.extensions = {**request.extensions, "trace": trace}
        response = inner(client, request, **how)
        self.passing("answered, unstored", about)
        return response

    # A transaction

    def connected(self, connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
        """Look at what a connection executes; it is made anew often."""
        if self._statement not in connection.execute_wrappers:
            connection.execute_wrappers.append(self._statement)

    def _statement(self, execute: Any, sql: str, params: Any, many: bool, context: Mapping[str, Any]) -> Any:
        if table := WRITES.match(sql):
            self.written.setdefault(context["connection"], set()).add(table[1])
        return execute(sql, params, many, context)

    @contextmanager
    def ending(self, connection: BaseDatabaseWrapper) -> Iterator[None]:
        """Commit, passing two points where it stores something."""
        tables = self.written.pop(connection, set())
        about = " ".join(sorted(tables)) if tables & STORED else ""
        if about:
            self.passing("before commit", about)
        yield
        if about:
            self.passing("after commit", about)


def arm(folder: Path) -> None:
    """Let this process, and those that it forks, obey the orders in a folder."""
    watch = Watch(folder)
    send, commit, rollback = httpx.Client.send, BaseDatabaseWrapper.commit, BaseDatabaseWrapper.rollback

    def watched_commit(connection: BaseDatabaseWrapper) -> None:
        with watch.ending(connection):
            commit(connection)

    def watched_rollback(connection: BaseDatabaseWrapper) -> None:
        watch.written.pop(connection, None)
        rollback(connection)

    patches: Mapping[tuple[type, str], Any] = {
        (httpx.Client, "send"): lambda client, request, **how: watch.send(send, client, request, **how),
        (BaseDatabaseWrapper, "commit"): watched_commit,
        (BaseDatabaseWrapper, "rollback"): watched_rollback,
    }
    for (owner, name), function in patches.items():
        setattr(owner, name, function)
    connection_created.connect(watch.connected, weak=False)


def _cut_off() -> None:
    """End our own connection at the database's end, as its restart does."""
    with database.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")


ENDS: Mapping[str, Callable[[], None]] = {
    "child": lambda: os.kill(os.getpid(), signal.SIGKILL),
    "worker": lambda: os.killpg(os.getpgrp(), signal.SIGKILL),
    "backend": _cut_off,
}
