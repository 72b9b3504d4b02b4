"""The least that storing can cost: the records and events that a first pass of ours made, ready as they are, put into
their tables with one COPY each. No fetching, no mapping, no comparing; whoever keeps these tables cannot be quicker.
"""

import json
import sys
from typing import Any

import psycopg

from tests.benchmarks.measuring import measured, tell

TABLES = ("records_record", "records_change")


def taken(database: psycopg.Connection, table: str) -> bytes:
    """A table's rows as PostgreSQL writes them."""
    with database.cursor() as cursor, cursor.copy(f"COPY {table} TO STDOUT (FORMAT binary)") as copy:
        return b"".join(map(bytes, copy))


def main(asked: dict[str, Any]) -> None:
    """Take them out, and put them in again."""
    with psycopg.connect(asked["database"], autocommit=True) as database, database.cursor() as cursor:
        rows = {table: taken(database, table) for table in TABLES}
        cursor.execute(f"TRUNCATE {', '.join(TABLES)}")
        cursor.execute("CHECKPOINT")
        with measured() as spent, database.transaction():
            for table, some in rows.items():
                with cursor.copy(f"COPY {table} FROM STDIN (FORMAT binary)") as copy:
                    copy.write(some)
        cursor.execute("SELECT count(*) FROM records_record")
        [[spent.facts["written"]]] = cursor.fetchall()
    tell(spent)


if __name__ == "__main__":
    main(json.load(sys.stdin))
