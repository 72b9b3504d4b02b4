"""Reading a whole account through a connector, as the engine does, but into a dict."""

from collections.abc import Iterable
from typing import Any

import msgspec

from connectors.base import Connector, Resource
from connectors.mapping import Beside, Made, Row


def rows_of(connector: Connector, resource: Resource, beside: Beside | None = None) -> list[Row]:
    """All rows of a list, page by page, as they would be stored."""
    rows: list[Row] = []
    params: dict[str, Any] | None = resource.pages.first(resource.params)
    while params is not None:
        page = connector.page(resource, params, beside)
        rows += [connector.storable(resource, row) for row in page.rows]
        params = page.next
    return rows


def walk(connector: Connector, *, details: Iterable[str] = ()) -> dict[tuple[str, str], dict[str, Any]]:
    """Every record of an account, `{(model, remote id): document}`; the first of equal ones counts."""
    wanted, beside = frozenset(details), connector.beside()
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for resource in connector.resources:
        for row in rows_of(connector, resource, beside):
            sources: dict[str, Any] = {"": row}
            if resource.detail and str(row["id"]) in wanted:
                sources |= connector.detail(resource, str(row["id"]))
            keep(found, connector.make(resource, sources, beside))
    return found


def keep(found: dict[tuple[str, str], dict[str, Any]], made: Iterable[Made]) -> None:
    """Add records to what was found; nothing may have been set aside."""
    for record in made:
        assert record.warnings == []
        found.setdefault((record.model.slug, record.remote_id), msgspec.to_builtins(record.values))
