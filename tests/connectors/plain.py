"""The plainest ATS, and a desk that notes what a talk with it does."""

from typing import Any, ClassVar

from connectors.base import Connector, Limit
from connectors.credentials import Secret, bearer
from connectors.errors import ConnectorError, Unsupported
from connectors.http import Exchange, Talk
from tests.connectors.conftest import Mount
from tests.connectors.forward import Forward

KEY = "secret-key-17"
URL = "https://api.plain.example.test/v9"


class Plain(Connector):
    """An ATS with nothing to it."""

    slug, name = "plain", "Plain"
    base_url = URL
    credentials = (Secret("api_key", "API key"),)
    sign = bearer("api_key")
    limit = Limit(calls=10, per=30, headers=("x-limit", "x-left"))
    statuses: ClassVar[dict[int, type[ConnectorError]]] = {418: Unsupported}
    permissions = ()
    resources = ()

    @classmethod
    def words(cls, status: int, body: bytes) -> str:
        """The body itself."""
        return body.decode() or super().words(status, body)


class Desk:
    """A talk whose sleeps and exchanges are noted."""

    def __init__(self, mount: Mount, **callables: Any) -> None:
        mount(Plain, Forward())
        self.slept: list[float] = []
        self.exchanges: list[Exchange] = []
        self.talk = Talk(
            Plain,
            {"api_key": KEY},
            record=self.exchanges.append,
            sleep=self.slept.append,
            **callables,
        )
