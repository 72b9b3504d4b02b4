"""What a page of the log of actions reads of a hundred thousand: as little at any depth, whatever narrows it.

Two filters that hardly anything fits together read what the narrower one leaves over.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection as database
from django.utils import timezone
from django_scopes import scope

from atsbridge.actions.models import Action
from atsbridge.connections.models import Connection
from atsbridge.dashboard import act_log
from atsbridge.records import paging
from atsbridge.tenants.models import Tenant
from tests.conftest import Browser
from tests.dashboard import reading
from tests.records import factory

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
MANY, FEW = 95_000, 5_000
COPIED = """
    INSERT INTO actions_action ({columns})
    SELECT {values} FROM actions_action, generate_series(1, {count}) AS number WHERE id = %s
"""
"""Copies of an action, each a second younger than the one before."""
DIFFERENT = {
    "id": "gen_random_uuid()",
    "order": '"order" + number',
    "created_at": "created_at + number * interval '1s'",
}


@pytest.fixture
def busy(acme: Tenant, alice: Browser) -> Connection:
    """An account with very many actions; before all of them came some of another account, of other kind and end."""
    quiet, busy = factory.connect(acme, label="Quiet"), factory.connect(acme, label="Busy")
    _copies(_action(quiet, alice, kind="add_tag", state="refused"), FEW)
    _copies(_action(busy, alice, kind="add_note", state="done"), MANY)
    with database.cursor() as cursor:
        cursor.execute("ANALYZE actions_action")
    return busy


def _action(connection: Connection, alice: Browser, **fields: str) -> Action:
    now = timezone.now()
    with scope(tenant=connection.tenant):
        return Action.objects.create(
            tenant=connection.tenant, connection=connection, person=alice.person, about="", order=1, digest="x",
            created_at=now, expires_at=now, ended_at=now, **fields,
        )  # fmt: skip


def _copies(action: Action, count: int) -> None:
    names = [field.column for field in Action._meta.concrete_fields]
    values = ", ".join(DIFFERENT.get(str(name), f'"{name}"') for name in names)
    columns = ", ".join(f'"{name}"' for name in names)
    with database.cursor() as cursor:
        cursor.execute(COPIED.format(columns=columns, values=values, count=count), [action.pk])


def deep(connection: Connection, *, whole: bool) -> str:
    """The cursor of a page in the depths of an account's log, or of the whole one, as its pages would lead there."""
    binding = json.dumps(["actions", {}, "" if whole else str(connection.pk)])
    with scope(tenant=connection.tenant):
        actions = connection.actions.order_by("created_at", "id")
        older = actions.filter(created_at__lte=actions[100].created_at)
        return paging.page(older, act_log.BY_TIME, size=1, binding=binding).next or ""


def actions_read(alice: Browser, address: str) -> list[int]:
    """How many actions each query of a page reads, those included that it then leaves out."""
    found = [_plan(sql) for sql in reading.queries(alice, address) if '"actions_action"' in sql]
    return [sum(_rows(plan)) for plan in found]


def _plan(sql: str) -> dict[str, Any]:
    with database.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}")
        told = cursor.fetchone()[0]
    return dict((json.loads(told) if isinstance(told, str) else told)[0]["Plan"])


def _rows(plan: dict[str, Any]) -> Iterator[int]:
    if plan.get("Relation Name") == "actions_action":
        left_out = plan.get("Rows Removed by Filter", 0) + plan.get("Rows Removed by Index Recheck", 0)
        yield round((plan["Actual Rows"] + left_out) * plan["Actual Loops"])
    for below in plan.get("Plans", ()):
        yield from _rows(below)


def test_a_page_reads_as_much_as_it_shows_wherever_it_stands_and_whatever_narrows_it(alice: Browser, busy: Connection):
    own = f"/t/acme/connections/{busy.pk}/actions/"
    with scope(tenant=busy.tenant):
        quiet = Connection.objects.get(label="Quiet")
    addresses = (
        "/t/acme/actions/",
        f"/t/acme/actions/?cursor={deep(busy, whole=True)}",
        own,
        f"{own}?cursor={deep(busy, whole=False)}",
        f"/t/acme/connections/{quiet.pk}/actions/",
        f"/t/acme/actions/?connection={quiet.pk}",
        "/t/acme/actions/?state=refused",
        "/t/acme/actions/?kind=add_tag",
        "/t/acme/actions/?kind=delete_candidate",
        f"/t/acme/actions/?person={alice.person.pk}",
        f"/t/acme/actions/?person={alice.person.pk}&kind=add_note&state=done",
    )

    most = {address: max(actions_read(alice, address)) for address in addresses}

    assert {address: count for address, count in most.items() if count > act_log.SIZE + 1} == {}


def test_two_filters_read_no_more_than_the_narrower_one_leaves_over(alice: Browser, busy: Connection):
    with scope(tenant=busy.tenant):
        quiet = Connection.objects.get(label="Quiet")

    assert max(actions_read(alice, f"/t/acme/connections/{quiet.pk}/actions/?state=refused")) <= FEW + 1
