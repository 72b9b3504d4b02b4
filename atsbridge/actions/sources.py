"""Where somebody comes from who is written to an ATS."""

import msgspec

from atsbridge.actions.attempt import Attempt
from atsbridge.connections.models import Connection
from atsbridge.records import sources
from atsbridge.tenants.models import ApiKey
from connectors.acting import Act
from connectors.unified.actions import CreateApplication, CreateCandidate, Input


def defaulted(connection: Connection, given: Input, api_key: ApiKey | None) -> Input:
    """With the default source of the key, else of the tenant, where somebody is created without one."""
    if not isinstance(given, CreateCandidate | CreateApplication) or given.source:
        return given
    source = (api_key and api_key.default_source) or connection.tenant.default_source
    return msgspec.structs.replace(given, source=source or None)


def resolved(act: Act, acting: Attempt, given: Input) -> Input:
    """With the source as the account spells it; one that it does not know is said, and written as it was given."""
    word = getattr(given, "source", None)
    if not isinstance(word, str) or not word or "source" in act.lacks:
        return given
    source = sources.meant(acting.action.connection, word)
    if source is None:
        acting.warn(f"Source: nobody in this account comes from {word} yet, as far as is known here")
        return given
    return msgspec.structs.replace(given, source=source)
