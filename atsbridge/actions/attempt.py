"""What every attempt at an action has at hand, whether it sends or only rehearses."""

import json
from collections.abc import Mapping
from typing import Any

from atsbridge.actions import leases
from atsbridge.actions.models import Action
from atsbridge.records import beside
from atsbridge.records.ids import record_id
from atsbridge.records.models import Record
from connectors.acting import Acting
from connectors.base import Connector


class Attempt(Acting):
    """An acting on behalf of one action."""

    def __init__(self, action: Action, connector: Connector) -> None:
        self.action, self.connector = action, connector
        self.beside = beside.answers(action.connection)
        self.settings = {each.slug: each.default for each in connector.settings} | action.connection.writing
        self.mark = f"atsbridge {action.id}"
        self.machine = action.api_key_id is not None

    def record(self, model: str, remote_id: str) -> Mapping[str, Any]:
        """The values of a record that is here; none of one that is not."""
        key = record_id(self.action.connection_id, model, remote_id)
        found = Record.objects.filter(id=key, deleted_at__isnull=True).values_list("document", flat=True).first()
        return json.loads(found) if found else {}

    def warn(self, words: str) -> None:
        """Add a sentence to what the action says."""
        leases.warn(self.action, words)
