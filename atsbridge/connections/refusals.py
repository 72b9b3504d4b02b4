"""What a provider's refusal means to people: what happened, and what to do about it."""

from datetime import datetime

from atsbridge.connections.vault import VaultError
from connectors import errors
from connectors.base import Connector
from connectors.errors import ConnectorError


def explain(speaks: type[Connector], error: ConnectorError, worked_at: datetime | None = None) -> tuple[str, str]:
    """What happened and what to do. worked_at: when the same key was last accepted."""
    match error:
        case errors.AuthFailed():
            words = f"{speaks.name} refuses this key: it is wrong, expired or revoked."
            words += f" It worked until {moment(worked_at)}." if worked_at else ""
            return words, f"Make a new key in {speaks.name} and paste it here."
        case errors.PlanRequired():
            plan = f"the plan {speaks.plan}" if speaks.plan else "a plan with the API"
            return (
                f"The key is right, but the plan of this {speaks.name} account does not include the API.",
                f"Ask whoever pays for {speaks.name} for {plan}, then check the key again.",
            )
        case errors.ScopeMissing():
            words = f"The key works, but it may not do what is needed: {error.message.rstrip('.')}."
            return words, f"Make a key in {speaks.name} with this permission and paste it here."
        case errors.TemporaryFailure() if not isinstance(error, VaultError):
            return (
                f"{speaks.name} is down or does not answer: {error.message.rstrip('.')}.",
                "That says nothing about the key. Check it again in a few minutes.",
            )
    return error.message, error.next_step


def moment(when: datetime) -> str:
    """A time in a sentence that is kept."""
    return f"{when:%-d %b %Y, %H:%M} UTC"
