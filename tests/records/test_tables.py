"""How the two large tables lie in the database: every index earns its keep with each row, and so does the packing."""

import pytest
from django.db import connection as database
from django.db import models
from django.db.migrations.executor import MigrationExecutor

from atsbridge.records.models import Change, Record

LARGE = pytest.mark.parametrize("model", [Record, Change])
PACKED = """
SELECT attname FROM pg_attribute
WHERE attrelid IN ('records_record'::regclass, 'records_change'::regclass) AND attcompression = 'l'
"""
OFFERED = "SELECT 'lz4' = ANY(enumvals) FROM pg_settings WHERE name = 'default_toast_compression'"


def packed() -> set[str]:
    """The columns whose texts lz4 packs."""
    with database.cursor() as cursor:
        cursor.execute(PACKED)
        return {name for (name,) in cursor.fetchall()}


@LARGE
@pytest.mark.django_db
def test_no_index_is_the_beginning_of_another(model: type[models.Model]):
    with database.cursor() as cursor:
        known = database.introspection.get_constraints(cursor, model._meta.db_table)
    indexes = {name: each["columns"] for name, each in known.items() if each["index"] or each["unique"]}

    needless = {
        name
        for name, columns in indexes.items()
        for other, more in indexes.items()
        if other != name and not known[name]["unique"] and more[: len(columns)] == columns
    }
    assert len(indexes) > 5
    assert not needless


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_lz4_packs_long_texts_where_the_server_has_it_and_can_be_taken_back():
    with database.cursor() as cursor:
        cursor.execute(OFFERED)
        if not cursor.fetchone()[0]:
            pytest.skip("this PostgreSQL was built without lz4")
    long = {"document", "remote", "wire", "before", "after"}

    assert packed() == long
    latest = MigrationExecutor(database).loader.graph.leaf_nodes()
    MigrationExecutor(database).migrate([("records", "0008_kept_misses")])
    try:
        assert packed() == set()
    finally:
        MigrationExecutor(database).migrate(latest)
    assert packed() == long
