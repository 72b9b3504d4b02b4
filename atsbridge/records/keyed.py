"""Records found by ids that we computed: the index on those ids decides alone what the database reads.

A tenant or connection beside the ids would tempt PostgreSQL: until it has counted the rows of a young tenant, it takes
them to be few, and reads all of them for each page that is stored. An id holds its connection (`ids.record_id`), so
whoever computed it can meet nobody else's records; none of these queries is for ids that came from outside.
"""

from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

from django.db.models import QuerySet, UUIDField
from django.db.models.lookups import In

from atsbridge.records.models import Record

GENTLE = 500
"""Ids a query: SQLite takes 32,766 variables."""


@UUIDField.register_lookup
class Among(In):
    """`id__among=[…]`: as `__in`, and on PostgreSQL one array, written down here: psycopg takes seven times as long."""

    lookup_name = "among"

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """One array."""
        sql, parameters = self.process_lhs(compiler, connection)
        return f"{sql} = ANY(%s::uuid[])", (*parameters, f"{{{','.join(each.hex for each in self.rhs)}}}")


def keyed(ids: Iterable[UUID], by: str = "id") -> "Iterator[QuerySet[Record]]":
    """The records of some ids, or those that refer to them `by` a column, portion by portion."""
    for some in chunks(set(ids)):
        yield Record._base_manager.filter(**{f"{by}__among": some})


def chunks(ids: Iterable[UUID]) -> Iterator[list[UUID]]:
    """Ids in portions that a query carries well."""
    rest = list(ids)
    return (rest[start : start + GENTLE] for start in range(0, len(rest), GENTLE))
