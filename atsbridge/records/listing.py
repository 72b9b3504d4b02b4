"""Any model's list: what may be asked of it, and the page that answers."""

import json
import typing
from collections.abc import Mapping as Table
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum

from atsbridge.connections.models import Connection, State
from atsbridge.records import paging
from atsbridge.records.models import Record, Total
from atsbridge.records.shape import fold
from connectors.unified import Field, Model

SIZE = 50
SORTS = {"name": "sort", "created": "created_at", "changed": "changed_at"}
"""What a list can be sorted by → the column; a minus in front begins at the end."""
COLUMNS = {
    "status": "status", "outcome": "status", "type": "status", "kind": "status", "source": "source",
    "job_id": "job", "candidate_id": "candidate", "application_id": "application",
    "current_stage_id": "stage", "stage_id": "stage",
}  # fmt: skip
"""Field → the ordinary column that it is filtered by."""
HEAVY = ("remote", "wire", "digest", "made", "search", "emails")
"""Columns that no list shows."""


@dataclass(frozen=True, slots=True)
class Filter:
    """Something that a list can be narrowed by. choices: its values and their words, none where any text or id does."""

    name: str
    label: str
    column: str
    ref: str = ""
    choices: tuple[tuple[str, str], ...] = ()


DELETED = Filter("deleted", "Deleted", "", choices=(("only", "only these"), ("with", "shown too")))


def filters(model: type[Model]) -> dict[str, Filter]:
    """What a model's list can be narrowed by, besides the connection and the search."""
    found = [_filter(each) for each in model.fields().values() if each.name in COLUMNS and (each.filter or each.ref)]
    return {each.name: each for each in [*found, DELETED]}


def _filter(shape: Field) -> Filter:
    column = COLUMNS[shape.name]
    return Filter(column if shape.ref else shape.name, shape.label, column, shape.ref, _choices(shape))


def _choices(shape: Field) -> tuple[tuple[str, str], ...]:
    kinds = [kind for kind in (shape.type, *typing.get_args(shape.type)) if isinstance(kind, type)]
    enum = next((kind for kind in kinds if issubclass(kind, StrEnum)), None)
    return tuple((value, worded(value)) for value in enum) if enum else ()


def worded(code: str) -> str:
    """A code of the schema in words: "FULL_TIME" is "Full time"; an abbreviation, or what is no code, stays."""
    return code.replace("_", " ").capitalize() if code.isupper() and len(code) > 3 else code


@dataclass(slots=True)
class Asked:
    """What somebody asks of a list. problems: what of it cannot be answered, in words."""

    model: type[Model]
    q: str = ""
    values: dict[str, str] = field(default_factory=dict)
    sort: str = "-changed"
    cursor: str = ""
    problems: list[str] = field(default_factory=list)

    @property
    def order(self) -> paging.Order:
        """The order asked for."""
        return paging.Order(SORTS[self.sort.removeprefix("-")], descending=self.sort.startswith("-"))

    @property
    def narrowed(self) -> bool:
        """Whether some of the records are left out."""
        return bool(self.q or self.values)

    @property
    def binding(self) -> str:
        """What the cursors of these pages are good for."""
        return json.dumps(["records", self.model.slug, self.q, sorted(self.values.items())])


def asked(model: type[Model], parameters: Table[str, str]) -> Asked:
    """Read what an address asks for. What it cannot mean is left out and said."""
    found = Asked(model)
    known = filters(model)
    for name, value in parameters.items():
        if value := value.replace("\x00", "").strip():  # PostgreSQL takes no NUL, not even in a question
            _take(found, known, name, value)
    return found


def _take(found: Asked, known: dict[str, Filter], name: str, value: str) -> None:
    if name == "q":
        found.q = value[:200]
    elif name == "cursor":
        found.cursor = value
    elif name == "sort":
        _sort(found, value)
    elif name == "connection" or name in known:
        _narrow(found, known.get(name), name, value)
    else:
        found.problems.append(f"This list cannot be narrowed by “{name}”.")


def _sort(found: Asked, value: str) -> None:
    if value.removeprefix("-") in SORTS:
        found.sort = value
    else:
        found.problems.append(f"This list cannot be sorted by “{value}”.")


def _narrow(found: Asked, known: Filter | None, name: str, value: str) -> None:
    if _fits(known, value):
        found.values[name] = value
    else:
        found.problems.append(f"“{value}” is none of the values of “{name}”.")


def _fits(known: Filter | None, value: str) -> bool:
    if known is None or (known.ref and known.column != "stage"):
        return is_id(value)
    return not known.choices or value in dict(known.choices)


def is_id(value: str) -> bool:
    """Whether it can be one of our ids."""
    try:
        UUID(value)
    except ValueError:
        return False
    return True


def shown(connections: list[Connection], chosen: str = "") -> list[UUID]:
    """The connections whose records are shown: all but those that are being unlinked, or the chosen one."""
    alive = [each.id for each in connections if each.state != State.UNLINKING]
    return [id_ for id_ in alive if str(id_) == str(UUID(chosen))] if chosen else alive


def rows(asked_for: Asked, connections: list[Connection]) -> "QuerySet[Record]":
    """The rows that answer, in no order yet."""
    values = dict(asked_for.values)
    found = Record.objects.filter(
        model=asked_for.model.slug, connection__in=shown(connections, values.pop("connection", ""))
    )
    deleted = values.pop("deleted", "")
    if deleted != "with":
        found = found.filter(deleted_at__isnull=deleted != "only")
    known = filters(asked_for.model)
    for name, value in values.items():
        found = found.filter(_equals(known[name].column, value))
    for word in fold(asked_for.q).split():
        found = found.filter(_says(asked_for.model, word))
    return found.defer(*HEAVY)


def _says(model: type[Model], word: str) -> Q:
    """Whose words, or whose person's words, hold this one."""
    own = Q(search__contains=word)
    if "candidate_id" not in model.fields():
        return own
    return own | Q(Exists(Record.objects.filter(id=OuterRef("candidate"), search__contains=word)))


def _equals(column: str, value: str) -> Q:
    """A column's condition; a stage may be named by its title, as many jobs have a stage of that name."""
    if column == "stage" and not is_id(value):
        stages = Record.objects.filter(model="application_stage", title=value)
        return Q(stage__in=stages.values("id"))
    return Q(**{column: value})


def page(asked_for: Asked, connections: list[Connection], size: int = SIZE) -> paging.Page[Record]:
    """The page asked for; the first one, and a word about it, where the cursor is none of this list's."""
    found = rows(asked_for, connections)

    def cut(cursor: str) -> paging.Page[Record]:
        return paging.page(found, asked_for.order, size=size, cursor=cursor, binding=asked_for.binding)

    try:
        return cut(asked_for.cursor)
    except paging.BadCursor:
        asked_for.problems.append("That page is of another list, so this is the first one.")
        asked_for.cursor = ""
        return cut("")


def total(model: type[Model], connections: list[UUID]) -> int:
    """How many live records of a model these connections have, from the kept totals."""
    totals = Total.objects.filter(model=model.slug, connection__in=connections)
    found: dict[str, Any] = totals.aggregate(count=Sum("count"))
    return found["count"] or 0
