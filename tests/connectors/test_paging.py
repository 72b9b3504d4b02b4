"""Pages follow each other by params alone, and end."""

from typing import Any

import pytest

from connectors.paging import ByCursor, ByLink, ByNumber, Paging, Whole

NUMBER = ByNumber("page", size=("perPage", 3), last="meta.last_page")
SHORT = ByNumber("page", size=("perPage", 3))
LINK = ByLink("page", size=("per_page", 3), link="_links.next")
COUNTED = ByLink("page", size=("per_page", 3), link="_links.next", total="total")
CURSOR = ByCursor("after", size=("limit", 3), cursor="next")


@pytest.mark.parametrize(
    ("paging", "first"),
    [
        (NUMBER, {"filter": "a", "perPage": 3, "page": 1}),
        (LINK, {"filter": "a", "per_page": 3, "page": 1}),
        (CURSOR, {"filter": "a", "limit": 3}),
        (Whole(), {"filter": "a"}),
    ],
)
def test_the_first_page_keeps_the_params_and_changes_none_of_the_given(paging: Paging, first: dict[str, Any]):
    given = {"filter": "a"}

    assert paging.first(given) == first
    assert given == {"filter": "a"}


@pytest.mark.parametrize(
    ("paging", "answer", "rows", "page"),
    [
        (NUMBER, {"meta": {"last_page": 4}}, 3, 3),
        (NUMBER, {"meta": {"last_page": 4}}, 1, 3),  # a short page before the last is followed
        (NUMBER, {"meta": {"last_page": 2}}, 3, None),
        (NUMBER, {"meta": {"last_page": 4}}, 0, None),
        (NUMBER, {}, 3, 3),
        (NUMBER, {"meta": {"last_page": "4"}}, 2, None),
        (SHORT, {}, 3, 3),
        (SHORT, {}, 2, None),
        (LINK, {"_links": {"next": {"href": "http://elsewhere"}}}, 1, 3),
        (LINK, {}, 3, 3),
        (LINK, {}, 2, None),
        (LINK, {"_links": {"next": {"href": "x"}}}, 0, None),
        (COUNTED, {"total": 6}, 3, None),  # no link, and the total says that this was all
        (COUNTED, {"total": "6"}, 3, None),
        (COUNTED, {"total": 6, "_links": {"next": {"href": "x"}}}, 3, 3),
        (COUNTED, {"total": 7}, 3, 3),
        (COUNTED, {"total": 5}, 3, 3),  # a total that cannot be right says nothing
        (COUNTED, {"total": None}, 3, 3),
        (Whole(), {"next": "x"}, 3, None),
    ],
)
def test_the_page_after_the_second(paging: Paging, answer: Any, rows: int, page: int | None):
    following = paging.next({"filter": "a", "page": 2}, answer, rows)

    assert following == (None if page is None else {"filter": "a", "page": page})


def test_a_cursor_is_taken_from_the_answer_until_there_is_none():
    assert CURSOR.next({"limit": 3}, {"next": "abc"}, 3) == {"limit": 3, "after": "abc"}
    assert CURSOR.next({"limit": 3, "after": "abc"}, {"next": "def"}, 0) == {"limit": 3, "after": "def"}
    assert CURSOR.next({"limit": 3, "after": "def"}, {"next": None}, 3) is None
