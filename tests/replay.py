"""Rebuilding records from nothing but the feed, as a reader does that keeps no other copy."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

type Document = dict[str, Any]


def replay(events: Iterable[dict[str, Any]]) -> dict[tuple[str, str], Document]:
    """Apply `created`, `updated` and `deleted` in order: `{(model, remote id): document}`; other kinds are news only.

    A field of `before` that `after` lacks is gone. What changed before it was created was never announced.
    """
    found: dict[tuple[str, str], Document] = {}
    for event in events:
        key = (event["model"], event["remote_id"])
        if event["kind"] == "created":
            found[key] = dict(event["after"])
        elif event["kind"] == "updated" and key in found:
            gone = event["before"].keys() - event["after"].keys()
            found[key] = {name: value for name, value in {**found[key], **event["after"]}.items() if name not in gone}
        elif event["kind"] == "deleted":
            found.pop(key, None)
    return found


def follow(ask: Callable[..., dict[str, Any]], *, after: int | None = None, **query: Any) -> Iterator[dict[str, Any]]:
    """Every event there is after a number, page after page, by `ask(after=…, …) -> the answer's JSON`."""
    while True:
        body = ask(**({} if after is None else {"after": after}), **query)
        yield from body["result"]
        if body["next_after"] == after:
            return
        after = body["next_after"]
