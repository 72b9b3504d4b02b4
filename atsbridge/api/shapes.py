"""Records on their way out in Truto's shape: the stored text, and around it what only a reader knows.

Stored values stay the bytes that they are (`msgspec.Raw`); only the few that name other records are looked into.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec

from atsbridge.api.answers import Around
from atsbridge.connections.models import Connection
from atsbridge.records import queries
from atsbridge.records.ids import record_id
from atsbridge.sync import downloads
from connectors.unified.dialects.truto import instant

type Values = dict[str, Any]
type Known = Callable[[str, str], Values]
"""(model, remote id) → the named record's own values, empty where it was never seen."""

REFERENCES = {
    "job": {"departments": "department", "hiring_managers": "user", "recruiters": "user"},
    "candidate": {"tags": "tag"},
    "application": {
        "current_stage": "application_stage", "reject_reason": "rejection_reason", "credited_to": "user",
    },
    "department": {"parent": "department"},
}  # fmt: skip
"""Field → the model that it names, where more than the id is shown."""

EMBEDS = {
    "candidate": {"applications": "application", "attachments": "attachment"},
    "application": {"attachments": "attachment"},
}
"""Field → the model whose records stand in it whole."""

PARTIAL = "detail"
"""The detail's own record in `remote`, where it holds more than the list's row."""

_raw = msgspec.json.Decoder(dict[str, msgspec.Raw])
_plain = msgspec.json.Decoder()


@dataclass(frozen=True, slots=True)
class Wish:
    """What a reader wants of each record. lasting: seconds for which addresses of files open them."""

    remote_data: bool = True
    deleted_at: bool = False
    excluded: frozenset[str] = frozenset()
    embeds: bool = True
    lasting: int | None = None


def shaped(connection: Connection, model: str, rows: list[Any], wish: Wish) -> list[Values]:
    """The records as they go out. Rows carry `queries.COLUMNS`, and `remote` and `deleted_at` where they are wanted."""
    found: list[Values] = [_raw.decode(row.wire) for row in rows]
    _drop(found, wish.excluded - {"id"})  # by which a stage of a job is filled in
    _fill_in(connection, model, found)
    if wish.embeds:
        _embed(connection, model, rows, found, wish)
    for row, values in zip(rows, found, strict=True):
        values |= _around(row, wish)
        if model == "attachment" and connection.speaks.downloads():
            values["file_url"] = downloads.link(connection.tenant_id, row.id, wish.lasting)
    _drop(found, wish.excluded)
    return found


def _drop(found: list[Values], names: Iterable[str]) -> None:
    for name in names:
        for values in found:
            values.pop(name, None)


def _around(row: Any, wish: Wish) -> Around:
    """What stands in columns of its own."""
    values: Around = {"created_at": instant(row.created_at), "updated_at": instant(row.updated)}
    if wish.deleted_at:
        values["deleted_at"] = None if row.deleted_at is None else instant(row.deleted_at)
    if wish.remote_data:
        remote = _raw.decode(row.remote)
        values["remote_data"] = remote.get(PARTIAL, remote.get(""))
    return values


def _fill_in(connection: Connection, model: str, found: list[Values]) -> None:
    """Say more than the id of what the records name: one query for all of it."""
    if model == "job_stage":
        _fill_in_stages(connection, found)
    elif model in REFERENCES:
        named = [(values, _named(values, REFERENCES[model])) for values in found]
        known = _known(connection, (pair for _, fields in named for pair in _pairs(fields, REFERENCES[model])))
        for values, fields in named:
            for name, value in fields.items():
                values[name] = _told(name, value, REFERENCES[model][name], values, known)


def _named(values: Values, references: Mapping[str, str]) -> Values:
    return {name: _plain.decode(values[name]) for name in references if name in values}


def _pairs(fields: Values, references: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    for name, value in fields.items():
        for reference in value if isinstance(value, list) else [value] if value else []:
            yield references[name], reference["id"]


def _known(connection: Connection, wanted: Iterable[tuple[str, str]]) -> Known:
    ids: dict[tuple[str, str], UUID] = {pair: record_id(connection.id, *pair) for pair in set(wanted)}
    wires = queries.known(ids.values())
    known: dict[tuple[str, str], Values] = {
        pair: _plain.decode(wires[key]) for pair, key in ids.items() if key in wires
    }
    return lambda model, remote_id: known.get((model, remote_id), {})


def _told(name: str, value: Any, model: str, values: Values, known: Known) -> Any:
    """A reference as it is shown. What it names may never have been seen: then only the id is known."""
    if value is None:
        return None
    if isinstance(value, list):
        return [_told(name, item, model, values, known) for item in value]
    record = known(model, value["id"])
    match name:
        case "reject_reason":
            return record.get("name")
        case "current_stage":
            stage = {"name": record.get("name"), "status": record.get("status")}
            return {**value, **stage, **({"job": values["job"]} if "job" in values else {})}
        case "credited_to":
            return {**value, **{key: record.get(key) for key in ("first_name", "last_name", "emails")}}
        case _:
            return {**value, "name": record.get("name")}


def _fill_in_stages(connection: Connection, found: list[Values]) -> None:
    """A stage's place in a job, told as the stage with its job and position."""
    for values in found:
        values["id"] = _plain.decode(values["id"])
    known = _known(connection, (("application_stage", values["id"]) for values in found))
    for values in found:
        stage = known("application_stage", values["id"])
        values |= {"name": stage.get("name"), "status": stage.get("status"), **values}


def _embed(connection: Connection, model: str, rows: list[Any], found: list[Values], wish: Wish) -> None:
    """Put whole records into the records that they belong to: one query for each relation."""
    for field, embedded in EMBEDS.get(model, {}).items():
        if field in wish.excluded:
            continue
        whole = queries.embedded(model, embedded, [row.id for row in rows])
        inner = list(whole.values_list(*queries.COLUMNS, model, named=True))
        belongs: dict[UUID, list[Values]] = defaultdict(list)
        shapes = shaped(connection, embedded, inner, Wish(remote_data=False, embeds=False))
        for row, values in zip(inner, shapes, strict=True):
            belongs[getattr(row, model)].append(values)
        for row, values in zip(rows, found, strict=True):
            values[field] = belongs.get(row.id, [])
