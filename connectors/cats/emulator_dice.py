"""What jobs and people of the emulated CATS account have in common: times, own fields, files, notes."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.cats import emulator_words as words
from connectors.cats.emulator_account import Account
from connectors.cats.emulator_truth import (
    Activity,
    Definition,
    File,
)
from connectors.emulation_data import TODAY

NOW = datetime(TODAY.year, TODAY.month, TODAY.day, 12, tzinfo=UTC)


def later(dice: random.Random, after: datetime, share: float = 1) -> datetime:
    """A whole second between a time and now, within that share of the way."""
    return after + timedelta(seconds=int((NOW - after).total_seconds() * share * dice.random()))


def moment(dice: random.Random, days: int) -> datetime:
    """A whole second of the last so many days."""
    return NOW - timedelta(seconds=dice.randrange(1, days * 86400))


def values(account: Account, dice: random.Random, owner: str, number: int) -> dict[int, Any]:
    """A value for every other field of the customer's own."""
    found: dict[int, Any] = {}
    for place, definition in enumerate(each for each in account.definitions.values() if each.owner == owner):
        if (number + place) % 2:
            found[definition.id] = _value(account, dice, definition, number)
    return found


def _value(account: Account, dice: random.Random, definition: Definition, number: int) -> Any:
    options = list(definition.selections)
    match definition.type:
        case "dropdown" | "radio":
            return dice.choice(options)
        case "checkboxes":
            return options[: number % (len(options) + 1)]
        case "checkbox":
            return number % 3 == 0
        case "date":
            return (TODAY + timedelta(days=number % 90)).isoformat()
        case "number":
            return number % 40
        case "user":
            return dice.choice(list(account.users))
    return f"{definition.name} {number} é"


def files(account: Account, dice: random.Random, count: int) -> list[File]:
    """So many files, the first a resume."""
    names = [dice.choice(words.FILES) for _ in range(count)]
    return [
        File(next(account.large), name, place == 0, dice.randint(900, 4_000_000)) for place, name in enumerate(names)
    ]


def note(account: Account, dice: random.Random, about: tuple[str, int], after: datetime, job_id: int | None) -> None:
    """Something that a user wrote."""
    number = next(account.large)
    at = later(dice, after)
    kind, notes = dice.choice(words.TYPES_OF_ACTIVITY), dice.choice(words.NOTES)
    user = dice.choice(list(account.users))
    account.activities[number] = Activity(number, about, kind, notes, None, job_id, user, at, at + timedelta(seconds=1))
