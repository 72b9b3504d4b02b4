"""A record's ordinary columns, made from its document by one function: what is filtered, sorted and searched by."""

import unicodedata
import uuid
from datetime import datetime
from functools import cache
from typing import Any

import msgspec

from atsbridge.records.ids import reference
from atsbridge.records.models import NONE
from connectors.unified import Model
from connectors.unified.dialects import truto

SEARCHED = 4000
"""Characters of a record that the search box looks at."""

_LETTERS = {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h"}
_PLAIN: dict[int, str | None] = {
    **{number: None for number in range(0x20000) if unicodedata.combining(chr(number))},
    **{ord(letter): plain for small, plain in _LETTERS.items() for letter in (small, small.upper())},
    **{number: chr(number) for number in range(128)},
}
"""What letters lose: accents and the like, once they are apart from them (the planes behind these have none), and
strokes. ASCII loses nothing, and stands here because a letter that is looked for in vain costs the most."""


_REFERENCES = {"job": "job", "candidate": "candidate", "application": "application", "application_stage": "stage"}
"""What a record may name, and the column in which our id of it stands."""
_NOWHERE = dict.fromkeys(_REFERENCES.values(), NONE)


@cache
def _named(model: type[Model], use: str) -> tuple[str, ...]:
    """The fields that have a use: `title`, `search`."""
    return tuple(field.name for field in model.fields().values() if getattr(field, use))


def fold(text: str) -> str:
    """Text as it is searched and sorted: accents stripped, case folded, blanks single."""
    if text.isascii():
        return " ".join(text.casefold().split())
    return " ".join(unicodedata.normalize("NFKD", text).translate(_PLAIN).casefold().split())


def render(values: Model) -> str:
    """A record's document: its unified values as JSON text."""
    return msgspec.json.encode(values).decode()


def columns(connection_id: uuid.UUID, remote_id: str, values: Model, seen: datetime) -> dict[str, Any]:
    """The columns that follow from a record's values; `seen` is when we first saw the record."""
    plain: dict[str, Any] = msgspec.to_builtins(values, builtin_types=(datetime,))
    title = " ".join(plain[name] for name in _named(type(values), "title") if plain[name])
    searched = [text for name in _named(type(values), "search") for text in _texts(plain[name])]
    return {
        "title": title,
        "sort": fold(title)[:200],
        "search": fold(" ".join([remote_id, *searched]))[:SEARCHED],
        "status": plain.get("status") or plain.get("outcome") or plain.get("type") or plain.get("kind") or "",
        "source": plain.get("source") or "",
        "emails": _emails(plain),
        **_NOWHERE,
        **{column: reference(connection_id, ref, plain[name]) for name, ref, column in _references(type(values))},
        "position": plain.get("index") or 0,
        "remote_created_at": values.remote_created_at,
        "remote_updated_at": values.remote_updated_at,
        "created_at": values.remote_created_at or seen,
        "wire": truto.wire(values.slug, remote_id, plain),
    }


@cache
def _references(model: type[Model]) -> tuple[tuple[str, str, str], ...]:
    """The fields of a model that name a record which has a column: the field, the model that it names, the column."""
    fields = model.fields().values()
    return tuple((field.name, field.ref, _REFERENCES[field.ref]) for field in fields if field.ref in _REFERENCES)


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value[:SEARCHED]]
    if isinstance(value, list):
        return [text for item in value for text in _texts(item)]
    if isinstance(value, dict):
        return [text for name, item in value.items() if name != "type" for text in _texts(item)]
    return []


def _emails(plain: dict[str, Any]) -> str:
    addresses = [item["email_address"] for item in plain.get("email_addresses") or []]
    return "\n".join(["", *(address.casefold() for address in addresses), ""]) if addresses else ""
