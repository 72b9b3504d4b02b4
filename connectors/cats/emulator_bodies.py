"""How an emulated CATS reads the bodies of writes: it names what is wrong, and ignores keys that it does not know."""

import re
from collections.abc import Callable, Collection
from datetime import date, datetime
from typing import Any

from connectors.cats.emulator_options import Json

KINDS: dict[str, type] = {"string": str, "integer": int, "boolean": bool, "array": list, "object": dict}


class Reader:
    """Reads one body field by field: `wrong` collects complaints, `taken` what was understood."""

    def __init__(self, body: Any, prefix: str = "") -> None:
        self.body: Json = body if isinstance(body, dict) else {}
        self.prefix = prefix
        self.wrong: list[str] = []
        self.taken: Json = {}
        if not isinstance(body, dict):
            self.wrong.append(f"{prefix.rstrip('.')} must be of type object")

    def has(self, name: str) -> bool:
        """Whether the body names a field, be it with null."""
        return name in self.body

    def complain(self, name: str, why: str) -> None:
        """Note that a field is wrong."""
        self.wrong.append(f"{self.prefix}{name} {why}")

    def take(self, name: str, kind: str, *, required: bool = False) -> Any:
        """A field of one of KINDS; None where it is missing, null or wrong."""
        value = self.body.get(name)
        if value is None:
            self.taken |= {name: None} if self.has(name) else {}
            if required:
                self.complain(name, "must not be optional")
        elif not isinstance(value, KINDS[kind]) or (kind == "integer" and isinstance(value, bool)):
            self.complain(name, f"must be of type {kind}")
        elif required and value == "":
            self.complain(name, "must not be empty")
        else:
            self.taken[name] = value
            return value
        return None

    def among(self, name: str, kind: str, known: Collection[Any], *, required: bool = False) -> Any:
        """A field that must be one of those that are known: a word, or the id of a record."""
        value = self.take(name, kind, required=required)
        if value is not None and value not in known:
            self.complain(name, "must exist" if kind == "integer" else f"must be one of {', '.join(known)}")
        return value

    def parsed[T](self, name: str, kind: str, parse: Callable[[str], T]) -> T | None:
        """A text that `parse` must understand."""
        value = self.take(name, "string")
        try:
            return None if value is None else parse(value)
        except ValueError:
            self.complain(name, f"must be a {kind}")
            return None

    def rows(self, name: str, *, required: bool = False) -> list["Reader"]:
        """A reader for each object of an array."""
        found = self.take(name, "array", required=required) or ()
        return [Reader(row, f"{self.prefix}{name}[{n}].") for n, row in enumerate(found)]

    def inner(self, name: str, *, required: bool = False) -> "Reader | None":
        """A reader for an object, None where there is none."""
        found = self.take(name, "object", required=required)
        return None if found is None else Reader(found, f"{self.prefix}{name}.")

    def blame(self, *others: "Reader") -> None:
        """Take over the complaints of inner readers."""
        for other in others:
            self.wrong += other.wrong


def day(text: str) -> date:
    """YYYY-MM-DD; ValueError for anything else."""
    found = date.fromisoformat(text)
    if found.isoformat() != text:
        raise ValueError(text)
    return found


def instant(text: str) -> datetime:
    """RFC 3339, with its offset; ValueError for anything else."""
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError(text)
    return found


def country(text: str) -> str:
    """ISO 3166-1 alpha-2; ValueError for anything else."""
    if not re.fullmatch("[A-Z]{2}", text):
        raise ValueError(text)
    return text


def mail(text: str) -> str:
    """An e-mail address; ValueError for anything else."""
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", text):
        raise ValueError(text)
    return text
