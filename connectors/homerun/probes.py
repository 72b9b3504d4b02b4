"""Trying what a key may do. Probes of writes send nothing that could be kept."""

from collections.abc import Callable

from connectors.errors import NotFound, Rejected, ScopeMissing
from connectors.http import Talk
from connectors.paths import at


def pings(talk: Talk) -> bool:
    """Whether Homerun takes the key at all."""
    return at(talk.get("ping").data, "pong") is True


def lists(path: str) -> Callable[[Talk], bool]:
    """Whether a list can be read."""
    return lambda talk: bool(talk.get(path, {"perPage": 1}))


def shows_notes(talk: Talk) -> bool | None:
    """Whether an application's notes are shown; None where there is no application to try it on."""
    application = some_application(talk)
    if application is None:
        return None
    answer = talk.get(f"job-applications/{application}", {"include[]": ["notes"]})
    return "notes" in (at(answer.data, "data") or {})


def writes(path: str) -> Callable[[Talk], bool | None]:
    """Whether a write gets as far as being refused for its emptiness, which comes after the scope is looked at."""

    def probe(talk: Talk) -> bool | None:
        application = some_application(talk) if "{id}" in path else ""
        if application is None:
            return None
        try:
            talk.send("POST", path.format(id=application), body={})
        except Rejected as refused:
            return True if refused.status in (400, 422) else None
        except NotFound:
            return None
        return True

    return probe


def some_application(talk: Talk) -> str | None:
    """The id of an application to try something on; None where none can be seen."""
    try:
        rows = at(talk.get("job-applications", {"perPage": 1}).data, "data[].id")
    except ScopeMissing:
        return None
    return next((str(row) for row in rows if row), None)
