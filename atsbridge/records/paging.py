"""Keyset pages: a cursor names the row at a page's edge, so page 5,000 costs what page 2 costs.

A cursor is opaque to whoever holds it: `<direction and the edge row's sort values>.<signature>`. The signature covers
what the pages are cut from (`binding`: connection, filters, order), so a cursor is refused anywhere else.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from typing import Any

import msgspec
from django.core.signing import BadSignature, Signer
from django.db.models import F, QuerySet
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan


class BadCursor(ValueError):
    """A cursor that is not ours, or belongs to another list."""


@dataclass(frozen=True, slots=True)
class Order:
    """Rows by one column that is never null, equal ones by id."""

    column: str
    descending: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that decides a row's place."""
        return (self.column, "id")

    def reversed(self) -> "Order":
        """The same rows from the other end."""
        return Order(self.column, not self.descending)


@dataclass(frozen=True, slots=True)
class Page[Row]:
    """Some rows in order, and the cursors of the pages after and before; None where there is none."""

    rows: list[Row]
    next: str | None
    previous: str | None


def page[Row](rows: "QuerySet[Any, Row]", order: Order, *, size: int, cursor: str = "", binding: str) -> Page[Row]:
    """The page that a cursor names, the first one without a cursor.

    rows: model instances or named tuples that carry `order.columns`. binding: what the cursors are good for.
    Raises BadCursor.
    """
    if not cursor:
        found = _cut(rows, order, None, size + 1)
        return Page(found[:size], _after(found[size - 1], order, binding) if len(found) > size else None, None)
    backwards, edge = _opened(cursor, order, binding)
    found = _cut(rows, order.reversed() if backwards else order, edge, size + 1)
    kept, more = found[:size], len(found) > size
    if not kept:
        return Page([], None, None)
    if backwards:
        kept.reverse()
        return Page(kept, _after(kept[-1], order, binding), _before(kept[0], order, binding) if more else None)
    return Page(kept, _after(kept[-1], order, binding) if more else None, _before(kept[0], order, binding))


def _cut[Row](rows: "QuerySet[Any, Row]", order: Order, edge: list[Any] | None, size: int) -> list[Row]:
    sign = "-" if order.descending else ""
    ordered = rows.order_by(*(f"{sign}{column}" for column in order.columns))
    if edge is not None:
        beyond = TupleLessThan if order.descending else TupleGreaterThan
        ordered = ordered.filter(beyond(Tuple(*(F(column) for column in order.columns)), edge))
    return list(ordered[:size])


def _after(row: Any, order: Order, binding: str) -> str:
    return _sealed(False, row, order, binding)


def _before(row: Any, order: Order, binding: str) -> str:
    return _sealed(True, row, order, binding)


def _sealed(backwards: bool, row: Any, order: Order, binding: str) -> str:
    content = msgspec.msgpack.encode([backwards, *(getattr(row, column) for column in order.columns)])
    return _signer(order, binding).sign(urlsafe_b64encode(content).decode().rstrip("="))


def _opened(cursor: str, order: Order, binding: str) -> tuple[bool, list[Any]]:
    try:
        text = _signer(order, binding).unsign(cursor)
    except BadSignature as error:
        raise BadCursor("It was made for another list, filter or order, or not here.") from error
    backwards, *edge = msgspec.msgpack.decode(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    return backwards, edge


def _signer(order: Order, binding: str) -> Signer:
    return Signer(sep=".", salt=f"atsbridge.cursor\n{order.column} {order.descending}\n{binding}")
