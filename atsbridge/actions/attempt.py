"""What every attempt at an action has at hand, whether it sends or only rehearses."""

from atsbridge.actions import leases
from atsbridge.actions.models import Action
from atsbridge.records import beside
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

    def warn(self, words: str) -> None:
        """Add a sentence to what the action says."""
        leases.warn(self.action, words)
