"""What the link form asks for, and how a request is signed with it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

type Values = Mapping[str, str]
type Signer = Callable[[Values], dict[str, str]]


@dataclass(frozen=True, slots=True)
class Secret:
    """One thing to paste. `secret` hides it in the form; every one is stored encrypted."""

    name: str
    label: str
    hint: str = ""
    secret: bool = True
    maximum: int = 4096


def bearer(name: str) -> Signer:
    """Sign with `Authorization: Bearer <value>`; blanks around a pasted value are no part of it."""
    return lambda values: {"Authorization": f"Bearer {values[name].strip()}"}


def token(name: str) -> Signer:
    """Sign with `Authorization: Token <value>`; blanks around a pasted value are no part of it."""
    return lambda values: {"Authorization": f"Token {values[name].strip()}"}
