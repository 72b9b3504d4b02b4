"""What writing to CATS has in common: ids as numbers, texts as HTML, and the id of what was made."""

import html
from collections.abc import Callable
from typing import Any

from connectors.acting import Acting, Lost, Write, Wrote
from connectors.errors import Rejected
from connectors.mapping import Row, as_id

CANDIDATES, PIPELINES, ACTIVITIES = "candidates", "pipelines", "activities"


def number(remote_id: Any) -> Any:
    """An id as CATS wants it in a body; what is no number stays, to be refused there."""
    text = str(remote_id)
    return int(text) if text.isascii() and text.isdigit() else remote_id


type Send = Callable[..., Wrote | None]
"""`acting.once` or `acting.also`."""


def made(send: Send, acting: Acting, step: str, write: Write, look: Lost) -> str:
    """The id of what a write makes, "" where it failed. Where its answer named none, it is looked for."""
    wrote = send(step, write, lost=look)
    if wrote is None or wrote.id:
        return wrote.id if wrote else ""
    found = acting.recall(f"{step}, found", lambda: (look() or Wrote()).id) if callable(look) else ""
    if not found:
        raise Rejected("CATS made it, but does not say under which id, and it is not found either")
    return str(found)


def markup(text: str) -> str:
    """Plain text as HTML that shows the same, line by line."""
    return html.escape(text, quote=False).replace("\r\n", "\n").replace("\n", "<br>\n")


def same(one: Any, other: Any) -> bool:
    """Whether two ids are one, be they numbers or texts."""
    return as_id(one) == as_id(other)


def filled(row: Row) -> Row:
    """What of a row says something."""
    return {key: value for key, value in row.items() if value not in (None, "", [], {})}
