"""An ATS as templates see it: they would call a connector class, so its declarations come as plain values."""

from typing import NamedTuple

from connectors.base import Connector


class Ats(NamedTuple):
    """What pages say about an ATS."""

    slug: str
    name: str
    plan: str
    keys_url: str


def ats(connector: type[Connector]) -> Ats:
    """The plain values of a connector."""
    return Ats(connector.slug, connector.name, connector.plan, connector.keys_url)
