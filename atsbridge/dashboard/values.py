"""A record's unified values with the source path of each, or why it has none; the provider's answers beside them."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from atsbridge.dashboard.columns import Cell, cell
from atsbridge.dashboard.tree import anchor
from atsbridge.dashboard.words import EMPTY
from atsbridge.records.models import NONE, Record
from atsbridge.records.references import References
from connectors import coverage
from connectors.base import Resource
from connectors.coverage import FieldCoverage, Origin
from connectors.unified import BY_SLUG

DEEP, WIDE, LONG, WHOLE = 12, 100, 20_000, 3_000
"""How deep a shown answer goes, how many entries a level has, letters a text has, and entries the whole of it has."""

COMMON = {
    "remote_url": "Page in {}",
    "remote_created_at": "Created in {}",
    "remote_updated_at": "Changed in {}",
}
"""The fields that every model has, as their page calls them."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value was read: the path, and the id of its place in the tree, "" where it has none."""

    path: str
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Value:
    """One field of a record. says: why there is nothing to show, if so; impossible: the provider never has it;
    unusable: why what the provider sent could not be read."""

    label: str
    cell: Cell
    places: tuple[Place, ...]
    says: str = ""
    impossible: bool = False
    unusable: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of the provider, cut to what a page can carry. paths: those that the mapping reads."""

    source: str
    path: str
    label: str
    data: Any
    paths: tuple[str, ...]


def values(record: Record, document: dict[str, Any], references: References) -> list[Value]:
    """Every field of a record's model, in the schema's order."""
    model = BY_SLUG[record.model]
    known = coverage.of(record.connection.speaks).models[record.model].fields
    reasons = dict(warning.split(": ", 1) for warning in json.loads(record.warnings) if ": " in warning)
    return [
        _value(record, known.get(name), cell(record.connection_id, shape, document, references), reasons)
        for name, shape in model.fields().items()
    ]


def _value(record: Record, known: FieldCoverage | None, shown: Cell, reasons: dict[str, str]) -> Value:
    ats = record.connection.speaks.name
    label = COMMON.get(shown.shape.name, shown.shape.label).format(ats)
    if known is None or not known.filled:
        reason = known.reason if known else f"{ats} no longer shows it"
        return Value(label, shown, (), reason, impossible=True)
    places = tuple(dict.fromkeys(_place(record, origin) for origin in _origins(record, known)))
    if shown.value not in EMPTY:
        return Value(label, shown, places)
    if shown.shape.label in reasons:
        return Value(label, shown, places, unusable=reasons[shown.shape.label])
    if record.emptied_at:
        return Value(label, shown, places, "emptied")
    if known.on_opening and record.detail_read_at is None and record.owner == NONE:
        return Value(label, shown, places, "not read yet, it costs a call of its own")
    return Value(label, shown, places, f"empty in {ats}")


def _origins(record: Record, known: FieldCoverage) -> Iterable[Origin]:
    """The origins in the list that carries this record; all of them where that is not known."""
    return [origin for origin in known.origins if origin.resource == record.resource] or known.origins


def _place(record: Record, origin: Origin) -> Place:
    carried = record.remote != "{}" and origin.path
    path = f"{origin.source}: {origin}" if origin.source else str(origin)
    return Place(path, anchor(origin.path, origin.source) if carried else "")


def answers(record: Record, shown: list[Value]) -> list[Answer]:
    """What the provider answered about a record, the list's row first."""
    resource = _resource(record)
    known = coverage.of(record.connection.speaks).models[record.model].fields
    origins = [origin for each in shown if not each.impossible for origin in known[each.cell.shape.name].origins]
    return [
        Answer(source, *_named(record, resource, source), clipped(data), _paths(origins, source))
        for source, data in sorted(json.loads(record.remote).items())
    ]


def _resource(record: Record) -> Resource | None:
    connector = record.connection.speaks
    return next((each for each in connector.resources if each.slug == record.resource), None)


def _named(record: Record, resource: Resource | None, source: str) -> tuple[str, str]:
    """The path that was asked, and a word about it."""
    if resource is None:
        return f"/{source or record.resource}", ""
    if not source:
        return f"/{resource.path or resource.slug}", "row of the list"
    if resource.detail is None:
        return f"/{source}", "on opening"
    path = resource.detail.sources.get(source, source).format(id=record.remote_id)
    query = urlencode(resource.detail.params.get(source, {}), doseq=True, safe="[],")
    return f"/{path}?{query}".rstrip("?"), "on opening"


def _paths(origins: list[Origin], source: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(origin.path for origin in origins if origin.source == source and origin.path))


def clipped(answer: Any) -> Any:
    """An answer cut to what a page can carry; what was cut says how much it was."""
    return _clip(answer, DEEP, [WHOLE])


def _clip(value: Any, depth: int, left: list[int]) -> Any:
    left[0] -= 1
    if isinstance(value, str):
        return value if len(value) <= LONG else f"{value[:LONG]} … {len(value) - LONG:,} more characters"
    if not isinstance(value, dict | list) or not value:
        return value
    if depth == 0 or left[0] <= 0:
        return f"… {len(value):,} more"
    pairs = list(value.items() if isinstance(value, dict) else enumerate(value))
    kept = [(key, _clip(each, depth - 1, left)) for key, each in pairs[:WIDE]]
    more = f"… {len(pairs) - WIDE:,} more" if len(pairs) > WIDE else None
    if isinstance(value, dict):
        return dict(kept) | ({"…": more} if more else {})
    return [each for _, each in kept] + ([more] if more else [])
