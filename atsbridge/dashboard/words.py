"""Any unified value in one line of plain text."""

from datetime import datetime
from typing import Any

from atsbridge.dashboard import plain, spans
from atsbridge.records.listing import worded

EMPTY: tuple[Any, ...] = (None, "", [], {})
STATES = {"status", "outcome"}
CODED = {"visibility", "remote_work_status", "employment_type", "salary_period", "type", "kind"}
"""The fields, beside the states, whose values are codes of the schema."""
NAMING = ("email_address", "phone_number", "link", "title", "question", "user_id", "name")
"""The keys of a part that stand for all of it, in this order."""


def field_words(name: str, value: Any) -> str:
    """A field's value in one line: its moments and codes in words too."""
    if not isinstance(value, str):
        return line(value)
    if name.endswith("_at"):
        return spans.exact(datetime.fromisoformat(value))
    return worded(value) if name in STATES | CODED else line(value)


def line(value: Any) -> str:
    """Any value in one line: text without its tags, words for yes and no, the telling part of a part."""
    if isinstance(value, dict):
        return _place(value) if "city" in value else _parts(value)
    if isinstance(value, list):
        return ", ".join(line(each) for each in value)
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, int | float):
        return number(value)
    return plain.text(str(value)).replace("\n", " ")


def number(value: float) -> str:
    """A number without a useless fraction; thousands apart from five digits on, so that years stay years."""
    whole = int(value) if value == int(value) else value
    return f"{whole:,}" if abs(whole) >= 10_000 else str(whole)


def _place(value: dict[str, Any]) -> str:
    return ", ".join(filter(None, (value.get("city"), value.get("country")))) or value.get("raw") or "–"


def _parts(value: dict[str, Any]) -> str:
    main = next((str(value[name]) for name in NAMING if value.get(name)), "")
    return main or ", ".join(line(each) for each in value.values() if each not in EMPTY)
