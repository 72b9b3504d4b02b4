"""What would be sent: an action's function is run with real reads, and its writes are written down instead of sent.

plan: {"writes": [{step, method, path, params, body, file, says}, …], "calls": how many requests it takes in all,
       "open": true where later steps depend on an answer that only a real write gives}
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

    def once(self, step: str, write: Write, *, lost: Lost) -> Wrote:
        """Write it down."""
        file = write.file and {"name": write.file.name, "bytes": write.file.size}
        self.writes.append({"step": step, **msgspec.to_builtins(write), "file": file})
        return Wrote(NEW)

    def also(self, step: str, write: Write, *, lost: Lost) -> Wrote | None:
        """The same."""
        return self.once(step, write, lost=lost)

    def recall(self, name: str, read: Callable[[], Any]) -> Any:
        """What the look finds now."""
        return read()


def rehearse(action: Action, connector: Connector, do: Callable[[Attempt], Done]) -> Done:
    """Run an action's function without sending; its plan stands on the action afterwards."""
    acting, open_ = Rehearsal(action, connector), False
    try:
        done = do(acting)
    except (NotFound, Rejected):
        if not acting.writes:
            raise
        done, open_ = Done(""), True  # it asked for what a write would have made
    calls = connector.talk.calls + len(acting.writes) + sum(readback.cost(connector, slug) for slug, _ in done.touched)
    leases.keep(action, plan={"writes": acting.writes, "calls": calls, "open": open_})
    return done
