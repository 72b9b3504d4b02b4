"""What would be sent: an action's function is run with real reads, and its writes are written down instead of sent.

plan: {"writes": [{step, method, path, params, body, file, says}, …], "calls": how many requests it takes in all,
       "open": true where later steps depend on an answer that only a real write gives,
       "common": {name: what is the same for every row of a batch}, "shared": the requests that found that,
       "own": the requests that each row of a batch takes besides, "idle": where there is nothing to write,
       "together": whether all are read back at once}
"""

from collections.abc import Callable
from typing import Any

import msgspec

from atsbridge.actions import leases, readback
from atsbridge.actions.attempt import Attempt
from atsbridge.actions.models import Action
from connectors.acting import Done, Lost, Write, Wrote
from connectors.base import Connector
from connectors.errors import NotFound, Rejected

NEW = "(new)"
"""Stands for the id of what would be made."""


class Rehearsal(Attempt):
    """An acting that sends nothing."""

    def __init__(self, action: Action, connector: Connector) -> None:
        super().__init__(action, connector)
        self.writes: list[dict[str, Any]] = []
        self.found: dict[str, Any] = {}
        self.shared = 0

    def once(self, step: str, write: Write, *, lost: Lost) -> Wrote:
        """Write it down."""
        write = self.passed(step, write)
        told = write.file
        file = told and {"name": told.name, "bytes": told.size, "content_type": told.content_type}
        self.writes.append({"step": step, **msgspec.to_builtins(write), "file": file})
        return Wrote(NEW)

    def also(self, step: str, write: Write, *, lost: Lost) -> Wrote | None:
        """The same."""
        return self.once(step, write, lost=lost)

    def recall(self, name: str, read: Callable[[], Any]) -> Any:
        """What the look finds now."""
        return read()

    def common(self, name: str, read: Callable[[], Any]) -> Any:
        """The same, kept for the batch whose first row this is."""
        if name not in self.found:
            before = self.connector.talk.calls
            self.found[name] = read()
            self.shared += self.connector.talk.calls - before
        return self.found[name]


def rehearse(action: Action, connector: Connector, do: Callable[[Attempt], Done]) -> Done:
    """Run an action's function without sending; its plan stands on the action afterwards."""
    acting, open_ = Rehearsal(action, connector), False
    try:
        done = do(acting)
    except (NotFound, Rejected):
        if not acting.writes:
            raise
        done, open_ = Done(""), True  # it asked for what a write would have made
    leases.keep(action, plan={"writes": acting.writes, "open": open_, "common": acting.found, **_calls(acting, done)})
    return done


def _calls(acting: Rehearsal, done: Done) -> dict[str, Any]:
    connector, written = acting.connector, len(acting.writes)
    asked, back = connector.talk.calls, readback.cost(connector, done)
    together = done.told is None and readback.is_together(connector, done)
    alone, told = 0 if together else back, 0 if together or done.told else back
    return {
        "calls": asked + written + (0 if done.told else back),
        "shared": acting.shared,
        "own": asked - acting.shared + written + told,
        "idle": asked - acting.shared + alone,
        "together": together,
    }
