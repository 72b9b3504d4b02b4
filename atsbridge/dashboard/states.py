"""What a state looks like: its tone (good, busy, attention, broken, off), its icon and its word, always together."""

from typing import NamedTuple


class Look(NamedTuple):
    """How a state is shown."""

    tone: str
    icon: str
    word: str


STATES = {
    # connections
    "active": Look("good", "check-circle", "Active"),
    "needs_relink": Look("broken", "x-circle", "Needs relink"),
    "paused": Look("off", "pause-circle", "Paused"),
    "unlinking": Look("off", "minus-circle", "Unlinking"),
    # sync runs, their walks, and whatever else is waited for
    "queued": Look("busy", "clock", "Queued"),
    "waiting": Look("busy", "clock", "Waiting"),
    "waits": Look("busy", "clock", "Waits for budget"),
    "running": Look("busy", "arrow-path", "Running"),
    "walking": Look("busy", "arrow-path", "Working"),
    "reading": Look("busy", "arrow-path", "Reading"),
    "checking": Look("busy", "arrow-path", "Asking …"),
    "walked": Look("good", "check-circle", "Read"),
    "settled": Look("good", "check-circle", "Done"),
    "succeeded": Look("good", "check-circle", "Done"),
    "done": Look("good", "check-circle", "Done"),
    "partial": Look("attention", "exclamation-triangle", "Done in part"),
    "failed": Look("broken", "x-circle", "Failed"),
    "cancelled": Look("off", "minus-circle", "Cancelled"),
    "refused": Look("broken", "x-circle", "Refused"),
    "unknown": Look("attention", "question-mark-circle", "Unknown"),
    "expired": Look("off", "clock", "Expired"),
    "not_begun": Look("off", "clock", "Next"),
    "set_aside": Look("attention", "exclamation-triangle", "Set aside"),
    # permissions of a key
    "yes": Look("good", "check-circle", "Yes"),
    "no": Look("attention", "exclamation-triangle", "Missing"),
    "not_tested": Look("off", "minus-circle", "Not tested"),
    # jobs, applications, and what is in use
    "open": Look("good", "check-circle", "Open"),
    "closed": Look("off", "minus-circle", "Closed"),
    "draft": Look("off", "minus-circle", "Draft"),
    "archived": Look("off", "minus-circle", "Archived"),
    "pending": Look("off", "clock", "Pending"),
    "hired": Look("good", "check-circle", "Hired"),
    "declined": Look("off", "minus-circle", "Declined"),
    "inactive": Look("off", "minus-circle", "Inactive"),
    "deleted": Look("off", "minus-circle", "Deleted"),
}

TONES = {
    "good": "check-circle",
    "busy": "clock",
    "attention": "exclamation-triangle",
    "broken": "x-circle",
    "off": "minus-circle",
}
"""The icon of a tone where nothing else is said."""


def look(state: str) -> Look:
    """How a state is shown; an unknown one stands there as it is, without a meaning."""
    key = state.lower().replace(" ", "_")
    return STATES.get(key) or Look("off", "minus-circle", key.replace("_", " ").capitalize())


def answer(status: int | None) -> Look:
    """How the status of an HTTP exchange is shown; None is a provider that did not answer."""
    if status is None:
        return Look("broken", "x-circle", "no answer")
    if status == 429:
        return Look("busy", "clock", "429")
    return Look("good", "check-circle", str(status)) if status < 400 else Look("broken", "x-circle", str(status))
