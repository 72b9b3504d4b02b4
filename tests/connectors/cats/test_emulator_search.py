"""The emulated CATS finds by words and by filters, as its reference says."""

import time
from typing import Any

import pytest

from connectors.cats.emulator import Emulator
from tests.connectors.cats.asking import Caller, said

REFUSED = (400, "That filter cannot be used on this field")


@pytest.fixture
def emulator() -> Emulator:
    """An account whose candidates have the ids 407500121 to 407500140, and Ottoline and Bramwell."""
    made = Emulator(jobs=3, people=20)
    made.person("Ottoline", "Lovelace", job="Baker", title="Head Zymurgist", email="ada@example.test", city="Gent")
    made.person("Bramwell", "Ross", job="Miller", title="Gongfarmer", email="", postal_code="9000")
    return made


@pytest.fixture
def ask(emulator: Emulator) -> Caller:
    return Caller(emulator)


def one(field: str, name: str, value: Any) -> dict[str, Any]:
    return {"field": field, "filter": name, "value": value}


FIRST = 407500121
BETWEEN = one("id", "between", {"gte": FIRST + 3, "lte": FIRST + 5})


@pytest.mark.parametrize(
    ("tree", "places"),
    [
        (BETWEEN, [3, 4, 5]),
        (one("id", "greater_than", FIRST + 19), [20, 21]),
        (one("id", "less_than", FIRST + 2), [0, 1]),
        (one("id", "exactly", FIRST + 7), [7]),
        (one("id", "exactly", 1), []),
        ({"not": one("id", "greater_than", FIRST + 1)}, [0, 1]),
        ({"and": [BETWEEN, {"not": one("id", "exactly", FIRST + 4)}]}, [3, 5]),
        ({"and": [BETWEEN, one("id", "greater_than", FIRST + 4)]}, [5]),
        ({"or": [one("first_name", "exactly", "Ottoline"), one("id", "less_than", FIRST + 1)]}, [0, 20]),
        (one("title", "contains", "zymurgist GONGFARMER"), [20, 21]),
        (one("emails.primary", "exactly", "ada@example.test"), [20]),
        ({"and": [one("emails.primary", "is_empty", True), one("last_name", "exactly", "Ross")]}, [21]),
        (one("address.postal_code", "geo_distance", {"postal_code": "9000", "distance": 5, "unit": "km"}), [21]),
    ],
)
def test_filters_and_their_trees_find_people(ask: Caller, tree: Any, places: list[int]):
    assert [row["id"] - FIRST for row in ask.search("candidates", tree)] == places


def test_pipelines_are_found_by_number_and_by_time(emulator: Emulator, ask: Caller):
    [first, second] = list(emulator.account.pipelines.values())[-2:]
    emulator.change(first, rating=5)
    since = second.modified.isoformat()

    def found(tree: Any) -> list[int]:
        return [row["id"] for row in ask.search("pipelines", tree)]

    assert found(one("date_modified", "greater_than", since)) == [first.id]
    assert found({"and": [one("job_id", "exactly", first.job_id), one("rating", "greater_than", 4)]}) == [first.id]
    assert found(one("date_created", "between", {"gte": since, "lte": since})) == [second.id]
    assert found(one("date_created", "less_than", "2001-01-01")) == []
    assert found(one("status_id", "is_empty", True)) == []


@pytest.mark.parametrize(
    ("kind", "tree"),
    [
        ("pipelines", one("date_modified", "exactly", "2026-01-01")),
        ("pipelines", one("rating", "contains", "5")),
        ("pipelines", one("title", "contains", "5")),
        ("pipelines", {"field": "rating"}),
        ("candidates", one("date_modified", "greater_than", "2026-01-01")),
        ("jobs", one("date_created", "greater_than", "2026-01-01")),
        ("candidates", one("city", "geo_distance", {})),
        ("candidates", one("phones", "exactly", "1")),
        ("activities", one("type", "contains", "call")),
        ("candidates", {"and": [one("id", "exactly", 1), {"not": one("is_hot", "is_empty", True)}]}),
    ],
)
def test_a_filter_that_a_field_does_not_take_is_refused(ask: Caller, kind: str, tree: Any):
    assert said(ask(f"/{kind}/search", method="POST", json=tree)) == REFUSED


@pytest.mark.parametrize(
    ("tree", "message"),
    [
        ([], "A filter must be an object"),
        ({"and": []}, "and must be an array"),
        ({"and": [], "or": []}, "A filter must have exactly one of and, or, not"),
        (one("id", "exactly", "407500121"), "value must be of type integer"),
        (one("id", "between", [1, 2]), "value must have gte and lte"),
        (one("title", "is_empty", False), "value must be true"),
        (one("title", "contains", 4), "value must be of type string"),
    ],
)
def test_a_filter_that_makes_no_sense_is_refused(ask: Caller, tree: Any, message: str):
    assert said(ask("/candidates/search", method="POST", json=tree)) == (400, message)
    assert said(ask("/candidates/search", method="POST")) == (400, "The body must be JSON")


def test_pages_of_a_search_are_those_of_a_list(ask: Caller):
    answer = ask(
        "/candidates/search?per_page=2&page=2&query=ottoline+bramwell",
        method="POST",
        json=one("id", "greater_than", FIRST),
    )
    words = ask("/candidates/search?per_page=1&query=ottoline+bramwell").json()

    assert {**answer.json(), "_links": None} == {"count": 0, "total": 2, "_links": None}
    assert words["_links"]["next"] == {"href": "/candidates/search?query=ottoline+bramwell&page=2&per_page=1"}
    assert [row["first_name"] for row in words["_embedded"]["candidates"]] == ["Ottoline"]


def test_a_wrong_name_of_the_words_returns_everything(ask: Caller):
    assert [ask(f"/candidates/search?{query}").json()["total"] for query in ("query=ottoline", "q=ottoline", "")] == [
        1,
        22,
        22,
    ]
    assert ask("/pipelines/search?query=ottoline").status_code == 404


def test_habits_open_dates_close_ids_and_hide_the_total(emulator: Emulator, ask: Caller):
    emulator.options.dates_searchable, emulator.options.ids_searchable = True, False
    since = emulator.account.now.isoformat()
    emulator.person("Eve", "Late")

    assert [row["first_name"] for row in ask.search("candidates", one("date_created", "greater_than", since))] == [
        "Eve"
    ]
    assert said(ask("/candidates/search", method="POST", json=BETWEEN)) == REFUSED
    emulator.options.total = "null"
    assert ask("/candidates").json()["total"] is None
    emulator.options.total = "missing"
    assert "total" not in ask("/candidates").json()


def test_the_customers_own_fields_are_found_by_their_id(emulator: Emulator, ask: Caller):
    found = {each.name: str(each.id) for each in emulator.account.definitions.values() if each.owner == "candidate"}
    ada = next(each for each in emulator.account.candidates.values() if each.first_name == "Ottoline")
    kilometres, day = found["Kilometres"], found["Available from"]
    ada.custom = {int(kilometres): 90, int(day): "2031-02-03"}

    for tree in (one(kilometres, "greater_than", 80), one(day, "greater_than", "2031-02-02")):
        assert [row["id"] for row in ask.search("candidates", tree)] == [ada.id]
    assert said(ask("/candidates/search", method="POST", json=one(found["Drives"], "is_empty", True))) == REFUSED


def test_companies_and_contacts_are_found_too(ask: Caller):
    assert [row["name"] for row in ask.search("companies", one("name", "contains", "globex"))] == ["Globex GmbH"]
    assert ask("/contacts/search?query=ottoline").json()["total"] == 0


def test_a_window_of_ids_costs_the_same_in_a_large_account(ask: Caller, emulator: Emulator):
    ada = next(each for each in emulator.account.candidates.values() if each.first_name == "Ottoline")
    emulator.account.candidates |= dict.fromkeys(range(FIRST + 1000, FIRST + 51_000), ada)
    window = one("id", "between", {"gte": FIRST + 20_000, "lte": FIRST + 20_099})
    began = time.perf_counter()

    assert len(ask.search("candidates", window)) == 100
    assert time.perf_counter() - began < 1
