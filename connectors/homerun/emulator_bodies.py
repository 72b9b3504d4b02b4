"""What an emulated Homerun takes in the bodies of writes, field by field; keys that it does not know it drops."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from werkzeug.wrappers import Request

type Body = dict[str, Any]
type Test = Callable[[Any], bool]
type Details = list[dict[str, str]]
type Known = Mapping[str, Test]
NAMES = ("first_name", "last_name", "email")
"""What every application has."""
LINKS = ("facebook", "twitter", "linkedin", "github", "website")
TEXTS = ("phone_number", "city", "country", "experience", "education", "pronouns", "assignment", "date_of_birth")


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_mail(value: Any) -> bool:
    return _is_text(value) and re.fullmatch(r"[^@\s]+@[^@\s]+", value) is not None


def _is_url(value: Any) -> bool:
    return _is_text(value) and re.fullmatch(r"https?://[^/\s]+\S*", value) is not None


def _is_day(value: Any) -> bool:
    try:
        return _is_text(value) and date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _is_mark(value: Any) -> bool:
    return isinstance(value, bool)


def _is_flat(value: Any) -> bool:
    return isinstance(value, dict) and not any(isinstance(each, dict | list) for each in value.values())


def _are_names(value: Any) -> bool:
    return isinstance(value, list) and all(_is_text(each) and each for each in value)


def _is_stage(value: Any) -> bool:
    return isinstance(value, dict)


APPLICATION: dict[str, Test] = {
    **dict.fromkeys((*NAMES, *TEXTS, "skype", "vacancy_id"), _is_text),
    **dict.fromkeys((*LINKS, "photo"), _is_url),
    "email": _is_mail,
    "date_of_birth": _is_day,
    "sourced": _is_mark,
    "custom_data": _is_flat,
}
CREATED = APPLICATION | {"sources": _are_names}
"""Fields of a creation; the stage, notes and files are none."""
CHANGED = APPLICATION | {"stage": _is_stage}
"""Fields of a change; the sources are none."""
NOTE: dict[str, Test] = {"note": _is_text, "display_name": _is_text, "is_sensitive": _is_mark}
FILE: dict[str, Test] = {"type": lambda value: value in ("resume", "assignment"), "file": lambda value: True}


def sent(request: Request, known: Known) -> Body:
    """The fields that a request brings, of those that are known; empty texts are nulls, as in any Laravel."""
    body = request.get_json(silent=True) if request.is_json else {**request.form}
    found = body if isinstance(body, dict) else {}
    return {name: None if value == "" else value for name, value in found.items() if name in known}


def wrong(body: Body, known: Known, required: Iterable[str]) -> Details:
    """What is missing, then what is not valid; nulls are for the caller to judge."""
    missing = [(name, "is required") for name in required if body.get(name) is None]
    invalid = [name for name, value in body.items() if value is not None and not known[name](value)]
    found = [*missing, *((name, "is not a valid value") for name in invalid)]
    return [{"param": name, "message": f"{name} {why}"} for name, why in found]
