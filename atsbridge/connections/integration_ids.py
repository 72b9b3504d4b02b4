"""A connection's id as Kombo's clients know them: `homerun:` and 24 letters and digits, made from our uuid and back."""

import re
import string
from uuid import UUID

LENGTH = 24
DIGITS = string.digits + string.ascii_uppercase + string.ascii_lowercase
_FORM = re.compile(rf"[a-z0-9_-]+:([0-9A-Za-z]{{{LENGTH}}})")


def integration_id(connector: str, connection_id: UUID) -> str:
    """The outside form of a connection's id."""
    return f"{connector}:{letters(connection_id)}"


def connection_id(text: str) -> UUID:
    """The id that an outside form stands for; raises ValueError where it stands for none."""
    found = _FORM.fullmatch(text)
    if not found:
        raise ValueError("an integration id is a connector, a colon and 24 letters and digits")
    return UUID(int=_number(found[1]))


def letters(uuid: UUID) -> str:
    """A uuid as 24 letters and digits, to the base of 62."""
    number, text = uuid.int, ""
    while number:
        number, digit = divmod(number, len(DIGITS))
        text = DIGITS[digit] + text
    return text.rjust(LENGTH, DIGITS[0])


def _number(text: str) -> int:
    number = 0
    for character in text:
        number = number * len(DIGITS) + DIGITS.index(character)
    return number
