"""How fast lists are read, against a floor measured beside them: `pytest -s tests/benchmarks/bench_list.py`.

The floor is what no answer can beat: one query for the same rows by the same index, their texts joined in Python.
"""

import json
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.core.handlers.base import BaseHandler
from django.db import connection as database
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django_scopes import scope

from atsbridge.records.models import Record
from tests.api.rows import START, Account, account

pytestmark = pytest.mark.django_db

PEOPLE = 10_000
ROWS = 100
SECONDS = 2.0


@pytest.fixture
def acme() -> Account:
    """A tenant with 10,000 people, an application for each, 50 jobs and 8 stages."""
    acme = account()
    made = [acme.made("application_stage", f"s{n}", name=f"Stage {n}") for n in range(8)]
    made += [acme.made("job", f"j{n}", name=f"Job {n}", status="OPEN", description="x" * 3000) for n in range(50)]
    for number in range(PEOPLE):
        raw = {"": {"id": number, "personal_info": {"about": "y" * 700}}}
        names = {"first_name": f"Ada {number}", "last_name": "Lovelace"}
        mails = [{"email_address": f"ada{number}@example.com"}]
        made.append(acme.made("candidate", f"c{number}", **names, email_addresses=mails, remote=raw))
        to = {"candidate_id": f"c{number}", "job_id": f"j{number % 50}", "current_stage_id": f"s{number % 8}"}
        made.append(acme.made("application", f"a{number}", **to, outcome="PENDING", remote=raw))
    for number, record in enumerate(made):
        record.touched_at = START + timedelta(seconds=number // 100)
    with scope(tenant=acme.tenant):
        Record.objects.bulk_create(made, batch_size=500)
    with database.cursor() as cursor:
        cursor.execute("ANALYZE")
    return acme


def a_second(work: Callable[[], Any]) -> float:
    """How often a second some work is done, after a warm-up."""
    work()
    begun, done = time.perf_counter(), 0
    while time.perf_counter() - begun < SECONDS:
        work()
        done += 1
    return done / (time.perf_counter() - begun)


def reader(acme: Account) -> Callable[..., bytes]:
    """Asks the whole application, middleware and all; without the signals, which would close the test's database."""
    handler = BaseHandler()
    handler.load_middleware()

    def read(path: str, **query: str) -> bytes:
        asked = {"integrated_account_id": str(acme.connection.id), "limit": str(ROWS), **query}
        request = RequestFactory().get(path, asked, secure=True, headers={"Authorization": f"Bearer {acme.key}"})
        response: Any = handler.get_response(request)
        assert response.status_code == 200, response.content
        content: bytes = response.content
        return content

    return read


def floor(acme: Account, model: str) -> Callable[[], bytes]:
    """One query for the rows of one page, their texts joined."""
    sql = (
        "SELECT wire, remote, created_at, touched_at FROM records_record WHERE connection_id = %s AND model = %s"
        " AND deleted_at IS NULL ORDER BY touched_at, id LIMIT %s"
    )
    key = acme.connection.id.hex if database.vendor == "sqlite" else acme.connection.id

    def read() -> bytes:
        with database.cursor() as cursor:
            cursor.execute(sql, [key, model, ROWS])
            texts = (f'{wire[:-1]},"remote_data":{remote}}}' for wire, remote, *_ in cursor.fetchall())
            return f'{{"result":[{",".join(texts)}]}}'.encode()

    return read


def show(name: str, measured: float, beside: float) -> None:
    print(f"\n{name:48} {measured:7.0f}/s   {measured / beside:5.2f} of the floor ({beside:.0f}/s)")


def test_lists_of_100(acme):
    read = reader(acme)
    for resource, model in (("jobs", "job"), ("applications", "application"), ("candidates", "candidate")):
        beside = a_second(floor(acme, model))
        show(f"100 {resource}", a_second(partial(read, f"/unified/ats/{resource}")), beside)
    lean = {"truto_ignore_remote_data": "true", "truto_exclude_fields": "applications,attachments"}
    show("100 candidates, themselves only", a_second(partial(read, "/unified/ats/candidates", **lean)), beside)


def test_a_cursor_costs_the_same_at_any_depth(acme):
    read = reader(acme)
    lean = {"truto_ignore_remote_data": "true", "truto_exclude_fields": "applications,attachments"}
    cursors = [""]
    while len(cursors) < 99:
        page = json.loads(read("/unified/ats/candidates", next_cursor=cursors[-1], **lean))
        cursors.append(page["next_cursor"])
    first, deep = (
        a_second(partial(read, "/unified/ats/candidates", next_cursor=cursor, **lean))
        for cursor in (cursors[1], cursors[-1])
    )
    show("page 99 of candidates, page 2 the floor", deep, first)
    assert deep > first * 0.6


@pytest.mark.parametrize("resource", ["jobs", "candidates", "applications", "job_interview_stages"])
def test_a_page_of_10_000_rows_takes_as_many_queries_as_one_of_3(acme, resource):
    read = reader(acme)
    read(f"/unified/ats/{resource}")  # a key's first use is noted
    counts = []
    for limit in ("1", "3", "1000"):
        with CaptureQueriesContext(database) as captured:
            read(f"/unified/ats/{resource}", limit=limit)
        counts.append(len(captured))
    print(f"\n{resource}: {counts[0]} queries")
    assert counts == [counts[0]] * 3
