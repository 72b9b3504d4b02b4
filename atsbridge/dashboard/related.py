"""The records that belong to one: a person's applications, notes and files, a job's stages and applications."""

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import reverse

from atsbridge.dashboard import columns
from atsbridge.dashboard.columns import Cell, Column, Row
from atsbridge.records.board import stay
from atsbridge.records.listing import HEAVY, worded
from atsbridge.records.models import NONE, Record
from atsbridge.records.references import Documents, References, documents
from connectors.unified import BY_SLUG, Model

SHOWN = 25


@dataclass(frozen=True, slots=True)
class Relation:
    """Records of one model that name the shown one, by `column`, in this order. look: cards, notes or table."""

    model: str
    column: str
    field: str
    order: str = "-created_at"
    look: str = "table"


RELATIONS = {
    "candidate": (
        Relation("application", "candidate", "candidate_id", look="cards"),
        Relation("attachment", "candidate", "candidate_id"),
        Relation("note", "candidate", "candidate_id", look="notes"),
    ),
    "job": (
        Relation("job_stage", "job", "job_id", order="position"),
        Relation("application", "job", "job_id"),
        Relation("attachment", "job", "job_id"),
    ),
    "application": (
        Relation("attachment", "application", "application_id"),
        Relation("note", "application", "application_id", look="notes"),
    ),
}


@dataclass(frozen=True, slots=True)
class Card:
    """One application beside the others of a person, or one note."""

    record: Record
    title: str
    values: dict[str, Any]
    cells: dict[str, Cell]
    stay: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """The related records of one model. count: how many are shown; all: the whole list's address where it is longer."""

    plural: str
    look: str
    label: str
    count: str
    columns: list[Column]
    rows: list[Row]
    cards: list[Card]
    all: str = ""


class Related:
    """Everything that belongs to one record: one query a relation, whatever they hold."""

    def __init__(self, record: Record) -> None:
        self.record = record
        self.found = [(relation, self._load(relation)) for relation in RELATIONS.get(record.model, ())]

    def documents(self) -> Documents:
        """The documents whose references are wanted by name."""
        return [document for _, rows in self.found for document in documents(rows[:SHOWN])]

    def sections(self, slug: str, references: References) -> list[Section]:
        """The sections of the page, without empty ones."""
        return [self._section(slug, relation, rows, references) for relation, rows in self.found if rows]

    def _load(self, relation: Relation) -> list[Record]:
        key = {relation.column: self.record.id}
        if self.record.model == "application" and self.record.candidate != NONE:
            key["candidate"] = self.record.candidate  # there is an index by person, none by application
        rows = Record.objects.filter(model=relation.model, deleted_at__isnull=True, **key)
        return list(rows.order_by(relation.order, "id").defer(*HEAVY)[: SHOWN + 1])

    def _section(self, slug: str, relation: Relation, rows: list[Record], references: References) -> Section:
        model = BY_SLUG[relation.model]
        more = len(rows) > SHOWN
        pairs = [(row, json.loads(row.document)) for row in rows[:SHOWN]]
        table = relation.look == "table"
        return Section(
            plural=model.plural,
            look=relation.look,
            label=_label(model),
            count=f"{SHOWN} of more" if more else str(len(rows)),
            columns=columns.columns(model, relation.field) if table else [],
            rows=[columns.row(row, values, references, relation.field) for row, values in pairs] if table else [],
            cards=[] if table else [_card(row, values, references) for row, values in pairs],
            all=_all(slug, model, relation, self.record.id) if more else "",
        )


def _label(model: type[Model]) -> str:
    return "Files" if model.slug == "attachment" else model.plural.replace("_", " ").capitalize()


def _all(slug: str, model: type[Model], relation: Relation, id_: UUID) -> str:
    return f"{reverse('records', args=[slug, model.plural])}?{relation.column}={id_}"


def _card(record: Record, values: dict[str, Any], references: References) -> Card:
    fields = BY_SLUG[record.model].fields()
    cells = {name: columns.cell(record.connection_id, shape, values, references) for name, shape in fields.items()}
    title = record.title or worded(values.get("kind") or BY_SLUG[record.model].label)
    return Card(record, title, values, cells, stay(record))
