"""Invented people and jobs for the emulated ATSs: a seed's first n are always the same n.

They are as awkward as real ones: every script, right to left, emoji, markup in names, NUL, half a surrogate pair,
nobody's mail, three phones, a name of two hundred letters, a description of two hundred kilobytes. All mail ends in
`example.test`.
"""

import random
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta

from connectors import emulation_words as words

_HUGE = 200_000
TODAY = date(2026, 11, 1)
"""The day on which the imagined people live."""


@dataclass(frozen=True, slots=True)
class Phone:
    """A number as its owner writes it; `kind` is mobile, home or work."""

    number: str
    kind: str


@dataclass(frozen=True, slots=True)
class Held:
    """A position held; `end` is None for the present one."""

    title: str
    employer: str
    city: str
    country_code: str
    start: date
    end: date | None


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who looks for work. `history` is latest first; `source` is where they came from, "" for nowhere."""

    number: int
    first_name: str
    last_name: str
    email: str | None
    second_email: str | None
    phones: tuple[Phone, ...]
    street: str
    postal_code: str
    city: str
    region: str
    country_code: str
    country_name: str
    title: str
    employer: str
    history: tuple[Held, ...]
    source: str


@dataclass(frozen=True, slots=True)
class ImaginedJob:
    """A position to be filled. `description` is HTML; the salary is a year's, `salary_from` 0 where none is named."""

    number: int
    title: str
    description: str
    department: str
    street: str
    postal_code: str
    city: str
    region: str
    country_code: str
    country_name: str
    salary_from: int
    salary_to: int
    currency: str


def imagine_people(seed: int, count: int) -> list[Person]:
    """The first `count` people of a seed."""
    dice = random.Random(f"people {seed}")  # noqa: S311 - imagination, not a secret
    return [_person(dice, number) for number in range(count)]


def imagine_jobs(seed: int, count: int) -> list[ImaginedJob]:
    """The first `count` jobs of a seed."""
    dice = random.Random(f"jobs {seed}")  # noqa: S311 - imagination, not a secret
    return [_job(dice, number) for number in range(count)]


def _person(dice: random.Random, number: int) -> Person:
    land = dice.choice(words.LANDS)
    first, last = dice.choice(land.first), dice.choice(land.last)
    if number % 37 == 36:
        first, last = words.ODD_NAMES[number // 37 % len(words.ODD_NAMES)]
    city, postal_code, region = dice.choice(land.places)
    history = _history(dice, land)
    return Person(
        number=number,
        first_name=first,
        last_name=last,
        email=None if dice.random() < 0.03 else _mail(first, last, number),
        second_email=f"private.{number}@mail.example.test" if dice.random() < 0.1 else None,
        phones=_phones(dice, land.dial),
        street=f"{dice.choice(land.streets)} {dice.randint(1, 250)}",
        postal_code=postal_code,
        city=city,
        region=region,
        country_code=land.code,
        country_name=land.name,
        title=history[0].title if history else "",
        employer=history[0].employer if history else "",
        history=history,
        source=dice.choice(words.SOURCES),
    )


def _mail(first: str, last: str, number: int) -> str:
    """A mail address in plain letters; the number keeps it apart from all others."""
    plain = unicodedata.normalize("NFKD", f"{first} {last}".lower()).encode("ascii", "ignore").decode()
    parts = "".join(letter if letter.isalnum() else " " for letter in plain).split()
    return f"{'.'.join([*parts, str(number)])[-60:].lstrip('.')}@example.test"


def _phones(dice: random.Random, dial: str) -> tuple[Phone, ...]:
    count = dice.choices((0, 1, 2, 3), (2, 6, 2, 1))[0]
    kinds = ("mobile", "home", "work")[:count]
    return tuple(Phone(f"{dial} {dice.randint(10, 99)} {dice.randint(0, 9_999_999):07}", kind) for kind in kinds)


def _history(dice: random.Random, land: words.Land) -> tuple[Held, ...]:
    held: list[Held] = []
    end: date | None = None
    until = TODAY - timedelta(days=dice.randint(0, 900))
    for _ in range(dice.choices((0, 1, 2, 3), (1, 4, 3, 1))[0]):
        start = until - timedelta(days=dice.randint(90, 2500))
        place = dice.choice(land.places)[0]
        held.append(Held(dice.choice(words.TITLES), dice.choice(words.EMPLOYERS), place, land.code, start, end))
        until = end = start - timedelta(days=dice.randint(0, 200))
    return tuple(held)


def _job(dice: random.Random, number: int) -> ImaginedJob:
    land = dice.choice(words.LANDS)
    city, postal_code, region = dice.choice(land.places)
    salary = dice.choice((0, 24_000, 38_000, 61_500))
    title = dice.choice(words.LEVELS) + dice.choice(words.TITLES)
    return ImaginedJob(
        number=number,
        title=title,
        description=_description(dice, number, title),
        department=dice.choice(words.DEPARTMENTS),
        street=f"{dice.choice(land.streets)} {dice.randint(1, 250)}",
        postal_code=postal_code,
        city=city,
        region=region,
        country_code=land.code,
        country_name=land.name,
        salary_from=salary,
        salary_to=salary + dice.choice((0, 8_000)) if salary else 0,
        currency=land.currency,
    )


def _description(dice: random.Random, number: int, title: str) -> str:
    if number % 5 == 4:
        return words.ODD_DESCRIPTIONS[number // 5 % len(words.ODD_DESCRIPTIONS)]
    duties = [f"<li>{dice.choice(words.TITLES)} &amp; {dice.choice(words.TITLES)}</li>" for _ in range(4)]
    page = f"<h2>{title}</h2><p>You join <em>us</em> – today.</p><ul>{''.join(duties)}</ul>"
    return page if number % 17 != 8 else page * (_HUGE // len(page) + 1)
