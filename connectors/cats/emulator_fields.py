"""What an emulated CATS lets be searched: the fields of each resource, and the filters that a field takes."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from operator import attrgetter
from typing import Any

from connectors.cats.emulator_account import Account
from connectors.cats.emulator_options import Options
from connectors.cats.emulator_people import NUMBERS
from connectors.cats.emulator_truth import Activity, Candidate, Definition

NUMERIC = frozenset(("exactly", "greater_than", "less_than", "between", "is_empty"))
TEXT = frozenset(("contains", "exactly", "is_empty"))
KINDS = {
    "number": NUMERIC,
    "time": NUMERIC - {"exactly"},
    "text": TEXT,
    "place": TEXT | {"geo_distance"},
    "choice": frozenset(("exactly", "is_empty")),
    "mark": frozenset(("exactly",)),
    "words": frozenset(("contains",)),
}
"""A kind of field → the filters that may be used on it."""
CUSTOM = {"text": "text", "textarea": "text", "number": "number", "date": "time", "checkbox": "mark"}
"""Types of the customer's own fields that are no choice."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field that may be searched: its kind, and how it is read off the truth."""

    kind: str
    read: Callable[[Any], Any]


type Fields = dict[str, Field]


def words_of(value: Any) -> set[str]:
    """The words of a text, or of several; `contains` compares these."""
    text = " ".join(value) if isinstance(value, list) else value or ""
    return set(re.findall(r"\w+", text.casefold()))


def _plain(kind: str, *names: str, **others: str) -> Fields:
    named = {name: name for name in names} | others
    return {name: Field(kind, attrgetter(attribute)) for name, attribute in named.items()}


def _mail(primary: bool) -> Field:
    def read(candidate: Candidate) -> str | None:
        return next((mail.email for mail in candidate.mails if mail.is_primary == primary), None)

    return Field("text", read)


def _about(activity: Activity) -> int | str:
    return activity.about[0]


TIMES = _plain("time", date_created="created", date_modified="modified")
FIELDS: dict[str, Fields] = {
    "pipelines": _plain("number", "id", "candidate_id", "job_id", "status_id", "rating") | TIMES,
    "activities": {
        **_plain("number", "id", "regarding_id", "entered_by_id"),
        "data_item.id": Field("number", lambda activity: activity.about[1]),
        "data_item.type": Field("choice", _about),
        **_plain("choice", "type"),
        **_plain("text", "notes"),
        **_plain("time", "date"),
        **TIMES,
    },
    "candidates": {
        **_plain("number", "id", "owner_id"),
        **_plain("text", "first_name", "middle_name", "last_name", "title", "key_skills"),
        "emails.primary": _mail(True),
        "emails.secondary": _mail(False),
        **{f"address.{name}": field for name, field in _plain("text", "street", "city", "state").items()},
        "address.postal_code": Field("place", attrgetter("postal_code")),
        "phones": Field("words", lambda candidate: [phone.number for phone in candidate.phones]),
        "is_hot": Field("mark", attrgetter("is_hot")),
        **TIMES,
    },
    "jobs": {
        **_plain("number", "id", "recruiter_id", "owner_id"),
        **_plain("text", "title", "country_code", "description"),
        "notes": Field("text", lambda job: "internal remark"),
        **{f"location.{name}": field for name, field in _plain("text", "city", "state").items()},
        "location.postal_code": Field("place", attrgetter("postal_code")),
        **TIMES,
    },
    "companies": _plain("number", "id") | _plain("text", "name"),
    "contacts": _plain("number", "id") | _plain("text", "first_name", "last_name", "title"),
}
"""Resource → what may be searched; of pipelines and activities this is all that CATS documents."""


def fields_of(account: Account, options: Options, resource: str) -> Fields:
    """What may be searched in this account with these habits, the customer's own fields by their ids included."""
    found = dict(FIELDS[resource])
    if not options.dates_searchable and resource not in ("pipelines", "activities"):
        found = {name: field for name, field in found.items() if field.kind != "time"}
    if not options.ids_searchable:
        found.pop("id", None)
    if options.numeric_kinds and resource == "activities":
        found["data_item.type"] = Field("choice", lambda activity: NUMBERS[activity.about[0]])
    own = (each for each in account.definitions.values() if f"{each.owner}s" == resource)
    return found | {str(each.id): _custom(each) for each in own}


def _custom(definition: Definition) -> Field:
    def read(record: Any) -> Any:
        value = record.custom.get(definition.id)
        if definition.type != "date" or value is None:
            return value
        return datetime.fromisoformat(value).replace(tzinfo=UTC)

    return Field(CUSTOM.get(definition.type, "choice"), read)
