"""Putting many new rows into a table at once, the columns taken from the model."""

from collections.abc import Iterable
from itertools import chain
from operator import itemgetter

from django.db import connection as database
from django.db import models


def insert[Row: models.Model](model: type[Row], rows: Iterable[Row]) -> None:
    """Insert rows that are not there yet: by COPY on PostgreSQL, where INSERT costs a page more than its mapping does.

    The database takes the first of them in while the others are still being made, which therefore must not ask it for
    anything. They get no ids of its making; one that is there already raises IntegrityError. They are sent in binary,
    where nothing in a text is looked for to be escaped: a third of the cost.
    """
    some = iter(rows)
    first = next(some, None)
    if first is None:
        return
    if database.vendor != "postgresql":
        model._default_manager.bulk_create([first, *some], batch_size=500)
        return
    fields = [field for field in model._meta.concrete_fields if field is not model._meta.auto_field]
    columns = ", ".join(database.ops.quote_name(field.column or field.attname) for field in fields)
    table = database.ops.quote_name(model._meta.db_table)
    types = [(field.db_type(database) or "").partition("(")[0] for field in fields]
    values = itemgetter(*(field.attname for field in fields))
    sql = f"COPY {table} ({columns}) FROM STDIN (FORMAT BINARY)"
    with database.wrap_database_errors, database.cursor() as cursor, cursor.copy(sql) as copy:
        copy.set_types(types)
        for row in chain([first], some):
            copy.write_row(values(vars(row)))
