from typing import Any

from django.db import migrations

LONG = {"records_record": ("document", "remote", "wire"), "records_change": ("before", "after")}
"""Table → its long texts."""
OFFERED = "SELECT 'lz4' = ANY(enumvals) FROM pg_settings WHERE name = 'default_toast_compression'"


def pack(apps: Any, schema_editor: Any) -> None:
    """Have PostgreSQL pack new long texts by lz4, if it was built with it: what its own way takes is a sixth of storing."""
    if offered(schema_editor.connection):
        packed_by(schema_editor, "lz4")


def as_before(apps: Any, schema_editor: Any) -> None:
    """Leave it to the server; texts that are packed by lz4 stay so, and readable."""
    if schema_editor.connection.vendor == "postgresql":
        packed_by(schema_editor, "default")


def offered(database: Any) -> bool:
    """Whether it is a PostgreSQL with lz4."""
    if database.vendor != "postgresql":
        return False
    with database.cursor() as cursor:
        cursor.execute(OFFERED)
        return bool(cursor.fetchone()[0])


def packed_by(schema_editor: Any, method: str) -> None:
    """Say how new values of the long texts are packed; nothing is written anew."""
    for table, columns in LONG.items():
        changes = ", ".join(f"ALTER COLUMN {column} SET COMPRESSION {method}" for column in columns)
        schema_editor.execute(f"ALTER TABLE {table} {changes}")


class Migration(migrations.Migration):
    dependencies = [("records", "0008_kept_misses")]

    operations = [migrations.RunPython(pack, as_before)]
