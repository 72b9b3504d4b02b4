"""What every attempt at an action has at hand, whether it sends or only rehearses."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from atsbridge.actions import leases
from atsbridge.actions.models import Action
from atsbridge.records import beside
from atsbridge.records.ids import record_id
from atsbridge.records.models import Record
from connectors.acting import Act, Acting, Write
from connectors.base import Connector


class Attempt(Acting):
    """An acting on behalf of one action. passes: it came to the write that takes what goes there as it stands."""

    def __init__(self, action: Action, connector: Connector) -> None:
        self.action, self.connector = action, connector
        self.beside = beside.answers(action.connection)
        self.settings = {each.slug: each.default for each in connector.settings} | action.connection.writing
        self.mark = f"atsbridge {action.id}"
        self.machine = action.api_key_id is not None
        self.passes = False

    def record(self, model: str, remote_id: str) -> Mapping[str, Any]:
        """The values of a record that is here; none of one that is not."""
        key = record_id(self.action.connection_id, model, remote_id)
        found = Record.objects.filter(id=key, deleted_at__isnull=True).values_list("document", flat=True).first()
        return json.loads(found) if found else {}

    def passed(self, step: str, write: Write) -> Write:
        """A write with what goes to the ATS as it stands, if it is the one that takes that."""
        act = self.connector.actions[self.action.kind]
        assert isinstance(act, Act)
        if not (act.passes and act.passes.step == step):
            return write
        self.passes = True
        return replace(write, body={**write.body, **json.loads(self.action.input).get("remote_data", {})})

    def warn(self, words: str) -> None:
        """Add a sentence to what the action says."""
        leases.warn(self.action, words)
