"""The columns and cells of any model's list, and the values of any record's page, derived from the schema."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from atsbridge.records.models import Record
from atsbridge.records.references import TITLED, Reference, References
from connectors.unified import BY_SLUG, Field, Model

PLENTY = 4
"""Columns beside the name that a narrow window has room for."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column. sort: by what its head sorts, "" for nothing. shape: the field shown, None for the record's own."""

    label: str
    css: str = ""
    sort: str = ""
    shape: Field | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    """One value to be shown, and what it refers to."""

    shape: Field
    value: Any
    references: tuple[Reference, ...] = ()
    css: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One record in a list."""

    record: Record
    title: str
    cells: list[Cell]
    when: datetime
    names: list[Reference] = field(default_factory=list)


def heading(model: type[Model], without: str = "") -> Field | None:
    """The reference after which records without a name of their own are called."""
    if model.slug in TITLED:
        return None
    named = (shape for shape in model.fields().values() if shape.ref and shape.listed and shape.name != without)
    return next(named)


def listed(model: type[Model], without: str = "") -> list[Field]:
    """The fields that a list shows beside the name. without: the column that its filter makes the same everywhere."""
    named = heading(model, without)
    return [shape for shape in model.fields().values() if shape.listed and shape != named and shape.name != without]


def columns(model: type[Model], without: str = "") -> list[Column]:
    """The columns of a model's list: its name, the listed fields, and when it changed."""
    named = heading(model, without)
    first = Column(named.label if named else "Name", "w-25", "" if named else "name")
    between = [
        Column(shape.label, _css(place), "created" if shape.name == "remote_created_at" else "", shape)
        for place, shape in enumerate(listed(model, without))
    ]
    return [first, *between, Column("Changed", "w-124", "changed")]


def row(record: Record, values: dict[str, Any], references: References, without: str = "") -> Row:
    """One record as a row of its model's list."""
    model = BY_SLUG[record.model]
    named = heading(model, without)
    title = record.title
    if named:
        title = "".join(each.title for each in references.of(record.connection_id, named, values.get(named.name)))
    cells = [
        cell(record.connection_id, shape, values, references, _css(place, cell=True))
        for place, shape in enumerate(listed(model, without))
    ]
    return Row(record, title, cells, record.changed_at)


def cell(connection: UUID, shape: Field, values: dict[str, Any], references: References, css: str = "") -> Cell:
    """One field of one document."""
    value = values.get(shape.name)
    empty = " none" if value in (None, "", [], {}) else ""
    return Cell(shape, value, tuple(references.of(connection, shape, value)), css + empty)


def _css(place: int, *, cell: bool = False) -> str:
    if place >= PLENTY:
        return "opt"
    return "line" if cell and place == 0 else ""
