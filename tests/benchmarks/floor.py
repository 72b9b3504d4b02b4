"""The floor: fetch every page with httpx, eight at a time, and COPY + upsert the rows by digest, 2,000 at once.

No mapping, no change events, no checkpoint, no log: what any sync into PostgreSQL must at least do. A row whose digest
is known already is not written.
"""

import hashlib
import json
import math
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import httpx
import msgspec
import psycopg

from tests.benchmarks.measuring import measured, tell

AT_ONCE = 8
PORTION = 2000
TABLE = """
CREATE TABLE IF NOT EXISTS floor_rows (list text, id text, digest text, row text, PRIMARY KEY (list, id));
CREATE TEMP TABLE arriving (list text, id text, digest text, row text);
"""
UPSERT = """
INSERT INTO floor_rows SELECT DISTINCT ON (list, id) * FROM arriving
ON CONFLICT (list, id) DO UPDATE SET digest = excluded.digest, row = excluded.row
WHERE floor_rows.digest <> excluded.digest
"""

type Row = tuple[str, str, str, str]


def pages(client: httpx.Client, pool: ThreadPoolExecutor, one: dict[str, Any]) -> Iterator[Iterable[Any]]:
    """The rows of one list, page by page, in order, a few pages ahead."""

    def read(number: int) -> Any:
        return msgspec.json.decode(client.get(one["path"], params={**one["params"], one["number"]: number}).content)

    first = read(1)
    yield rows(first, one)
    last = math.ceil(value(first, one["total"]) / one["size"])
    waiting: deque[Future[Any]] = deque()
    for number in range(2, last + 1):
        waiting.append(pool.submit(read, number))
        if len(waiting) == 2 * AT_ONCE:
            yield rows(waiting.popleft().result(), one)
    while waiting:
        yield rows(waiting.popleft().result(), one)


def rows(answer: Any, one: dict[str, Any]) -> Iterable[Any]:
    return value(answer, one["rows"]) or ()


def value(answer: Any, path: str) -> Any:
    for step in path.split("."):
        answer = answer.get(step) if answer else None
    return answer


def kept(name: str, row: Any) -> Row:
    encoded = msgspec.json.encode(row, order="deterministic")
    return name, str(row["id"]), hashlib.blake2s(encoded, digest_size=12).hexdigest(), encoded.decode()


def write(database: psycopg.Connection, some: list[Row]) -> int:
    """Store a portion in one transaction; how many rows were written."""
    with database.transaction(), database.cursor() as cursor:
        with cursor.copy("COPY arriving FROM STDIN") as copy:
            for row in some:
                copy.write_row(row)
        cursor.execute(UPSERT)
        written = cursor.rowcount
        cursor.execute("TRUNCATE arriving")
    return written


def sync(client: httpx.Client, database: psycopg.Connection, lists: list[dict[str, Any]]) -> dict[str, int]:
    """Every list, start to end."""
    waiting: list[Row] = []
    read = written = 0
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for one in lists:
            for page in pages(client, pool, one):
                waiting += [kept(one["path"], row) for row in page]
                if len(waiting) >= PORTION:
                    read, written = read + len(waiting), written + write(database, waiting)
                    waiting = []
    return {"rows": read + len(waiting), "written": written + write(database, waiting)}


def main() -> None:
    asked = json.load(sys.stdin)
    with (
        httpx.Client(base_url=asked["address"], headers=asked["headers"], trust_env=False) as client,
        psycopg.connect(asked["database"], autocommit=True) as database,
    ):
        database.execute(TABLE)
        with measured() as spent:
            spent.facts = sync(client, database, asked["lists"])
    tell(spent)


if __name__ == "__main__":
    main()
