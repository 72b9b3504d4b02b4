"""Keyset pages, walked forward and backward."""

from datetime import timedelta

import pytest
from django_scopes import scope
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from atsbridge.records import paging
from atsbridge.records.models import Record
from atsbridge.records.paging import BadCursor, Order, Page
from tests.api.rows import START, Account, account

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme():
    acme = account()
    with scope(tenant=acme.tenant):
        yield acme


def tags(acme: Account, *minutes: int) -> None:
    """One tag for each minute after the start at which it became readable; equal minutes share a stamp."""
    Record.objects.bulk_create(
        acme.made("tag", str(number), name=f"tag {number}", row={"touched_at": START + timedelta(minutes=minute)})
        for number, minute in enumerate(minutes)
    )


def cut(order: Order, size: int, cursor: str = "") -> Page[Record]:
    return paging.page(Record.objects.all(), order, size=size, cursor=cursor, binding="tags")


def names(page: Page[Record]) -> list[str]:
    return [record.remote_id for record in page.rows]


def expected(order: Order) -> list[str]:
    rows = sorted(Record.objects.all(), key=lambda r: (getattr(r, order.column), r.id.int), reverse=order.descending)
    return [row.remote_id for row in rows]


def test_a_list_that_fits_has_one_page_and_no_cursor(acme):
    tags(acme, 1, 2, 3)

    assert cut(Order("touched_at"), 3) == Page(list(Record.objects.order_by("touched_at")), None, None)


def test_an_empty_list_has_no_cursor(acme):
    assert cut(Order("touched_at"), 3) == Page([], None, None)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    minutes=st.lists(st.integers(0, 4), max_size=14),
    size=st.integers(1, 6),
    column=st.sampled_from(["touched_at", "created_at", "sort"]),
    descending=st.booleans(),
)
def test_walking_forward_then_backward_meets_every_row_once(acme, minutes, size, column, descending):
    Record.objects.all().delete()
    tags(acme, *minutes)
    order = Order(column, descending)

    page = cut(order, size)
    pages = [names(page)]
    while page.next:
        page = cut(order, size, page.next)
        pages.append(names(page))
    back = [names(page)]
    while page.previous:
        page = cut(order, size, page.previous)
        back.append(names(page))

    assert [name for some in pages for name in some] == expected(order)
    assert back[::-1] == pages
    assert all(len(some) == size for some in pages[:-1])


def test_a_cursor_may_be_used_again(acme):
    tags(acme, 1, 2, 3)
    first = cut(Order("touched_at"), 2)

    assert names(cut(Order("touched_at"), 2, first.next or "")) == names(cut(Order("touched_at"), 2, first.next or ""))


def test_a_page_whose_rows_are_gone_has_no_cursor(acme):
    tags(acme, 1, 2, 3)
    first = cut(Order("touched_at"), 2)
    Record.objects.filter(remote_id="2").delete()

    assert cut(Order("touched_at"), 2, first.next or "") == Page([], None, None)


@pytest.mark.parametrize(
    ("order", "binding"),
    [
        (Order("touched_at"), "jobs"),
        (Order("touched_at", descending=True), "tags"),
        (Order("created_at"), "tags"),
    ],
)
def test_a_cursor_is_refused_for_another_list_or_order(acme, order, binding):
    tags(acme, 1, 2, 3)
    cursor = cut(Order("touched_at"), 2).next or ""

    with pytest.raises(BadCursor):
        paging.page(Record.objects.all(), order, size=2, cursor=cursor, binding=binding)


@pytest.mark.parametrize("cursor", ["x", "x.y", "é", "\x00", ".", "a" * 100_000])
def test_a_made_up_cursor_is_refused(acme, cursor):
    with pytest.raises(BadCursor):
        cut(Order("touched_at"), 2, cursor)


def test_a_changed_cursor_is_refused(acme):
    tags(acme, 1, 2, 3)
    cursor = cut(Order("touched_at"), 2).next or ""
    changed = ("A" if cursor[0] != "A" else "B") + cursor[1:]

    with pytest.raises(BadCursor):
        cut(Order("touched_at"), 2, changed)


def test_a_page_costs_one_query_at_any_depth(acme, django_assert_num_queries):
    tags(acme, *range(9))
    page = cut(Order("touched_at"), 2)
    for _ in range(3):
        with django_assert_num_queries(1):
            page = cut(Order("touched_at"), 2, page.next or "")
