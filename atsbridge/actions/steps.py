"""The steps of an action, each sent once and only once.

What was sent and what came of it stands in `Action.steps`, written before and after each exchange:

    {"state": "sent", "until": seconds, "looks": n}    it may have arrived, by `until` at the latest
    {"state": "done", "wrote": {id, answer}}           it answered, or its mark was found
    {"state": "known", "value": …}                     what a look found before anything was sent
    {"state": "failed", "error": words}                it went wrong after the main thing was done, and was not written
    {"state": "unclear", "error": words, "blind": bool, "until": seconds, "looks": 0}
                                                       the same, and whether it was written nobody could tell
"""

import time
from collections.abc import Callable
from typing import Any

import msgspec
from django.conf import settings
from django.db import transaction

from atsbridge.actions import leases, uploads
from atsbridge.actions.attempt import Attempt
from atsbridge.actions.models import Action, Batch
from atsbridge.records.digest import clean
from connectors.acting import Look, Lost, Write, Wrote
from connectors.base import Connector
from connectors.errors import NotFound, Rejected, ScopeMissing, TemporaryFailure

REFUSALS = (Rejected, NotFound, ScopeMissing)
"""What a provider says when it has written nothing and will not."""
LEFT = ("failed", "unclear")
"""States of a step that was left behind, so that its action is incomplete."""


class Settling(Exception):
    """A write may have arrived: it is looked for, or sent again, after `wait` seconds."""

    def __init__(self, wait: float) -> None:
        super().__init__("It is not clear yet whether it arrived; it is looked for")
        self.wait = wait


class Unsure(Exception):
    """A write may have arrived, and nothing can tell whether it did."""


class Steps(Attempt):
    """The acting of one attempt at an action."""

    def __init__(self, action: Action, connector: Connector, seconds: float) -> None:
        super().__init__(action, connector)
        self.seconds = seconds

    def once(self, step: str, write: Write, *, lost: Lost) -> Wrote:
        """Send it, or answer what it came to before; raises Settling, Unsure, and the errors of `connectors.errors`."""
        write = self.passed(step, write)
        kept = self.action.steps.get(step)
        if kept is None or kept["state"] == "failed":
            return self._send(step, write)
        if kept["state"] == "done":
            return msgspec.convert(kept["wrote"], Wrote)
        return self._settle(step, write, lost, kept)

    def also(self, step: str, write: Write, *, lost: Lost) -> Wrote | None:
        """The same; what is refused, or stays unclear, becomes a warning. Whoever completes it later has the one sent
        again and the other looked for first."""
        kept = self.action.steps.get(step)
        if kept and kept["state"] in LEFT and not self.action.incomplete:
            return None
        try:
            return self.once(step, write, lost=lost)
        except REFUSALS as error:
            left: dict[str, Any] = {"state": "failed", "error": str(error)}
        except Unsure as error:
            sent = self.action.steps[step]
            left = {**sent, "state": "unclear", "looks": 0, "error": str(error), "blind": lost == "blind"}
        self._keep(step, left)
        self.warn(f"{step.capitalize()}: {left['error']}")
        return None

    def recall(self, name: str, read: Callable[[], Any]) -> Any:
        """What the look found before anything was sent; it is as old as that at the most."""
        if name not in self.action.steps or not self.action.sent:
            self._keep(name, {"state": "known", "value": read()})
        return self.action.steps[name]["value"]

    def common(self, name: str, read: Callable[[], Any]) -> Any:
        """What another row of the batch has found, else what a look finds now."""
        batch = self.action.batch
        if batch is None:
            return read()
        if name not in batch.common:
            found = clean(read()).answer
            with transaction.atomic():
                batch = self.action.batch = Batch.objects.select_for_update(no_key=True).get(pk=batch.pk)
                batch.common[name] = found
                batch.save(update_fields=["common"])
        return batch.common[name]

    def _send(self, step: str, write: Write, before: dict[str, Any] | None = None) -> Wrote:
        """Send it; where it does not go out, all is as `before`. A refusal is the provider's word on that as well."""
        self._keep(step, {"state": "sent", "until": time.time() + self.seconds, "looks": 0}, sent=True)
        try:
            with uploads.opened(write.file) as file:
                answer = self.connector.talk.write(write, file)
        except TemporaryFailure as failure:
            if failure.sent:
                raise Settling(self.seconds) from failure
            self._undo(step, before)
            raise
        except REFUSALS:
            self._undo(step, None)
            raise
        except Exception:
            self._undo(step, before)
            raise
        return self._done(step, self.connector.wrote(answer), answer.started_at.timestamp())

    def _settle(self, step: str, write: Write, lost: Lost, kept: dict[str, Any]) -> Wrote:
        """Clear up what became of a write without an answer."""
        left = kept["until"] - time.time()
        if lost == "blind":
            raise Unsure(f"{self.connector.name} gave no answer, and nothing there can tell whether it arrived")
        if callable(lost):
            now = time.time()
            found = self._look(lost)
            if found:
                return self._done(step, found, now)
            if left <= 0 and kept["looks"] == 0:
                left = settings.SETTLE_WRITE_SECONDS
                self._keep(step, {**kept, "looks": 1, "until": time.time() + left})
        if left > 0:
            raise Settling(left)
        try:
            return self._send(step, write, kept)
        except NotFound:
            if write.method != "DELETE":
                raise
            return self._done(step, Wrote(), time.time())  # the first one took it away

    def _look(self, look: Look) -> Wrote | None:
        """Look for a write's mark; raises Unsure where the ATS does not let us."""
        try:
            return look()
        except REFUSALS as refused:
            raise Unsure(f"{self.connector.name} gave no answer, and it cannot be looked for: {refused}") from refused

    def _done(self, step: str, wrote: Wrote, at: float) -> Wrote:
        wrote = msgspec.structs.replace(wrote, at=at)
        self._keep(step, {"state": "done", "wrote": msgspec.to_builtins(wrote)})
        return wrote

    def _undo(self, step: str, before: dict[str, Any] | None) -> None:
        """Nothing was written now: the step is as it was, or as if it had not been tried."""
        steps = {name: kept for name, kept in self.action.steps.items() if name != step}
        if before:
            steps[step] = before
        leases.keep(self.action, steps=steps, sent=any(each["state"] in ("sent", "done") for each in steps.values()))

    def _keep(self, step: str, kept: dict[str, Any], **fields: Any) -> None:
        leases.keep(self.action, steps={**self.action.steps, step: kept}, **fields)
